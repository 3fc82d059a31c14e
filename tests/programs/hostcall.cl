/* hostcall.cl - fibers that call the host: in rounds, with large and odd arguments and results,
 * with neither, to print, and to copy a file. */
typedef struct {
    uint id, round;
} question;
typedef struct {
    ulong16 number; /* as strictly aligned as anything */
} large;
typedef struct {
    char letter[7];
} odd;
typedef struct {
    long bytes;
    char data[56];
} block;
typedef struct {
    clf_file_range range;
    char data[56];
} page;

typedef struct {
    clf_header h;
    uint id, number, rounds;
    uint round;
    ulong answer, sum;
} clf_frame_asker;
typedef struct {
    uint none;
} clf_spill_asker;

typedef struct {
    clf_header h;
    uint number;
    ulong fill;
    large result;
} clf_frame_heavy;
typedef struct {
    uint none;
} clf_spill_heavy;

typedef struct {
    clf_header h;
    uint number;
    char before;
    odd result;
    char after;
} clf_frame_strange;
typedef struct {
    uint none;
} clf_spill_strange;

typedef struct {
    clf_header h;
    uint number;
} clf_frame_bare;
typedef struct {
    uint none;
} clf_spill_bare;

typedef struct {
    clf_header h;
    uint id, lines;
    uint line;
} clf_frame_writer;
typedef struct {
    uint none;
} clf_spill_writer;

typedef struct {
    clf_header h;
    uint from, to;
    ulong at;
    block got;
    long put;
} clf_frame_copier;
typedef struct {
    uint none;
} clf_spill_copier;

#define CLF_FIBERS(F)         F(asker) F(heavy) F(strange) F(bare) F(writer) F(copier)
#define CLF_RESULT_asker(R)   R(ulong)
#define CLF_ARGS_asker(A)     A(uint, id) A(uint, number) A(uint, rounds)
#define CLF_RESULT_heavy(R)   R(ulong)
#define CLF_ARGS_heavy(A)     A(uint, number)
#define CLF_RESULT_strange(R) R(uint)
#define CLF_ARGS_strange(A)   A(uint, number)
#define CLF_RESULT_bare(R)    R(int)
#define CLF_ARGS_bare(A)      A(uint, number)
#define CLF_RESULT_writer(R)  R(uint)
#define CLF_ARGS_writer(A)    A(uint, id) A(uint, lines)
#define CLF_RESULT_copier(R)  R(ulong)
#define CLF_ARGS_copier(A)    A(uint, from) A(uint, to)

#pragma clfiber runtime

/* Adds up the answers. */
static void clf_segment_asker(clf_worker *w, uint self, __global clf_frame_asker *f, uint at)
{
    if (at == 0)
        f->round = 0, f->sum = 0;
    if (at == 1) {
        if (f->h.status != 0) {
            clf_fail(w, self, &f->h, 0, (int)f->h.status, 1);
            return;
        }
        f->sum += f->answer;
        f->round++;
    }
    if (f->round == f->rounds) {
        CLF_RETURN(w, self, f, ulong, f->sum);
        return;
    }
    uint request = clf_call_take(w, sizeof(question));
    if (request == CLF_NIL) {
        clf_park(w, self, &f->h, 0, 2);
        return;
    }
    question q = {f->id, f->round};
    CLF_CALL_ARGUMENT(w, request, question) = q;
    clf_ask(w, request, f->number);
    clf_hostcall(w, self, &f->h, request, sizeof q, CLF_PLACE(f, answer), sizeof f->answer, 0, 1);
}

/* Result: 1 if every element came back doubled. */
static void clf_segment_heavy(clf_worker *w, uint self, __global clf_frame_heavy *f, uint at)
{
    if (at == 1) {
        __global const ulong *n = (__global const ulong *)&f->result;
        ulong right = f->h.status == 0;
        for (uint i = 0; i < 16; i++)
            right &= n[i] == 2 * ((ulong)i << 32 | i);
        CLF_RETURN(w, self, f, ulong, right);
        return;
    }
    uint request = clf_call_take(w, sizeof(large));
    if (request == CLF_NIL) {
        clf_park(w, self, &f->h, 0, 0);
        return;
    }
    large x;
    ulong *n = (ulong *)&x;
    for (uint i = 0; i < 16; i++)
        n[i] = (ulong)i << 32 | i;
    CLF_CALL_ARGUMENT(w, request, large) = x;
    clf_ask(w, request, f->number);
    clf_hostcall(w, self, &f->h, request, sizeof x, CLF_PLACE(f, result), sizeof(large), 0, 1);
}

/* Seven bytes there and back, with neighbours that nobody may touch. */
static void clf_segment_strange(clf_worker *w, uint self, __global clf_frame_strange *f, uint at)
{
    if (at == 1) {
        uint right = f->before == 11 && f->after == 13;
        for (int i = 0; i < 7; i++)
            right &= f->result.letter[i] == 'a' + 6 - i;
        CLF_RETURN(w, self, f, uint, right);
        return;
    }
    uint request = clf_call_take(w, sizeof(odd));
    if (request == CLF_NIL) {
        clf_park(w, self, &f->h, 0, 0);
        return;
    }
    f->before = 11;
    f->after = 13;
    odd x;
    for (int i = 0; i < 7; i++)
        x.letter[i] = 'a' + i;
    CLF_CALL_ARGUMENT(w, request, odd) = x;
    clf_ask(w, request, f->number);
    clf_hostcall(w, self, &f->h, request, sizeof x, CLF_PLACE(f, result), sizeof(odd), 0, 1);
}

/* Result: the call's code. */
static void clf_segment_bare(clf_worker *w, uint self, __global clf_frame_bare *f, uint at)
{
    if (at == 1) {
        CLF_RETURN(w, self, f, int, (int)f->h.status);
        return;
    }
    uint request = clf_call_take(w, 0);
    if (request == CLF_NIL) {
        clf_park(w, self, &f->h, 0, 0);
        return;
    }
    clf_ask(w, request, f->number);
    clf_hostcall(w, self, &f->h, request, 0, CLF_NO_PLACE, 0, 0, 1);
}

static void clf_segment_writer(clf_worker *w, uint self, __global clf_frame_writer *f, uint at)
{
    if (at == 0)
        f->line = 0;
    if (at == 1 && f->h.status != 0) {
        clf_fail(w, self, &f->h, 0, (int)f->h.status, 1);
        return;
    }
    if (f->line == f->lines) {
        CLF_RETURN(w, self, f, uint, f->line);
        return;
    }
    uint request = clf_call_take(w, sizeof(clf_line));
    if (request == CLF_NIL) {
        clf_park(w, self, &f->h, 0, 2);
        return;
    }
    clf_line line = clf_format("fiber %u line %05d: %.2f %x%% of %s\n");
    clf_put_ulong(&line, f->id);
    clf_put_long(&line, -(long)f->line);
    clf_put_float(&line, f->line / 4.0f);
    clf_put_ulong(&line, f->id * f->line);
    f->line++;
    CLF_CALL_ARGUMENT(w, request, clf_line) = line;
    clf_ask(w, request, CLF_CALL_PRINT);
    clf_hostcall(w, self, &f->h, request, sizeof line, CLF_NO_PLACE, 0, 0, 1);
}

/* Result: bytes copied. */
static void clf_segment_copier(clf_worker *w, uint self, __global clf_frame_copier *f, uint at)
{
    uint request;
    if (f->h.status != 0 && (at == 2 || at == 4)) {
        clf_fail(w, self, &f->h, 0, (int)f->h.status, at);
        return;
    }
    switch (at) {
    case 0:
        f->at = 0;
        /* fall through */
    case 4:
        f->at += at == 4 ? (ulong)f->put : 0;
        /* fall through */
    case 1:
        request = clf_call_take(w, sizeof(clf_file_range));
        if (request == CLF_NIL) {
            clf_park(w, self, &f->h, 0, 1);
            return;
        }
        clf_file_range range = {f->from, 56, f->at};
        CLF_CALL_ARGUMENT(w, request, clf_file_range) = range;
        clf_ask(w, request, CLF_CALL_READ);
        clf_hostcall(w, self, &f->h, request, sizeof range, CLF_PLACE(f, got), sizeof(block), 0, 2);
        return;
    case 2:
        if (f->got.bytes == 0) {
            CLF_RETURN(w, self, f, ulong, f->at);
            return;
        }
        /* fall through */
    case 3:
        request = clf_call_take(w, sizeof(page));
        if (request == CLF_NIL) {
            clf_park(w, self, &f->h, 0, 3);
            return;
        }
        page out;
        out.range.file = f->to;
        out.range.bytes = (uint)f->got.bytes;
        out.range.offset = f->at;
        for (uint i = 0; i < 56; i++)
            out.data[i] = f->got.data[i];
        CLF_CALL_ARGUMENT(w, request, page) = out;
        clf_ask(w, request, CLF_CALL_WRITE);
        clf_hostcall(w, self, &f->h, request, sizeof out, CLF_PLACE(f, put), sizeof f->put, 0, 4);
        return;
    }
}

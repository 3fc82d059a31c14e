/* values.cl - results, parameters and env members of every shape. */
typedef struct {
    int x;
    float y;
    char tag;
    short s[3];
} point;

typedef struct {
    point p;
    float4 v;
    int i;
    uint cell;
} summary;

#define ECHO(name, type) \
    typedef struct {     \
        clf_header h;    \
        char before;     \
        type v;          \
        char after;      \
    } clf_frame_##name;  \
    typedef struct {     \
        uint none;       \
    } clf_spill_##name;

ECHO(echo_char, char)
ECHO(echo_short, short)
ECHO(echo_float, float)
ECHO(echo_long, long)
ECHO(echo_float4, float4)
ECHO(echo_float8, float8)
ECHO(echo_long8, long8)
ECHO(echo_point, point)

typedef struct {
    clf_header h;
    uint word;
} clf_frame_nothing;
typedef struct {
    uint none;
} clf_spill_nothing;

typedef struct {
    clf_header h;
    point p;
    char tail;
    long8 wide;
    point out;
    char c;
    long8 eight;
} clf_frame_relay;
typedef struct {
    uint none;
} clf_spill_relay;

typedef struct {
    clf_header h;
    uint cell;
} clf_frame_look;
typedef struct {
    uint none;
} clf_spill_look;

#define CLF_FIBERS(F) \
    F(echo_char)      \
    F(echo_short)     \
    F(echo_float)     \
    F(echo_long)      \
    F(echo_float4) F(echo_float8) F(echo_long8) F(echo_point) F(nothing) F(relay) F(look)
#define CLF_RESULT_echo_char(R)   R(char)
#define CLF_ARGS_echo_char(A)     A(char, before) A(char, v) A(char, after)
#define CLF_RESULT_echo_short(R)  R(short)
#define CLF_ARGS_echo_short(A)    A(char, before) A(short, v) A(char, after)
#define CLF_RESULT_echo_float(R)  R(float)
#define CLF_ARGS_echo_float(A)    A(char, before) A(float, v) A(char, after)
#define CLF_RESULT_echo_long(R)   R(long)
#define CLF_ARGS_echo_long(A)     A(char, before) A(long, v) A(char, after)
#define CLF_RESULT_echo_float4(R) R(float4)
#define CLF_ARGS_echo_float4(A)   A(char, before) A(float4, v) A(char, after)
#define CLF_RESULT_echo_float8(R) R(float8)
#define CLF_ARGS_echo_float8(A)   A(char, before) A(float8, v) A(char, after)
#define CLF_RESULT_echo_long8(R)  R(long8)
#define CLF_ARGS_echo_long8(A)    A(char, before) A(long8, v) A(char, after)
#define CLF_RESULT_echo_point(R)  R(point)
#define CLF_ARGS_echo_point(A)    A(char, before) A(point, v) A(char, after)
#define CLF_RESULT_nothing(R)
#define CLF_ARGS_nothing(A) A(uint, word)
#define CLF_RESULT_relay(R) R(point)
#define CLF_ARGS_relay(A)   A(point, p) A(char, tail) A(long8, wide)
#define CLF_RESULT_look(R)  R(summary)
#define CLF_ARGS_look(A)    A(uint, cell)
#define CLF_ENV(V, P) \
    V(char, tiny)     \
    V(int, number)    \
    V(float4, vector) V(point, place) P(__global uint, cells) P(__constant float, table)

#pragma clfiber runtime

#define ECHO_SEGMENT(name, type)                                                           \
    static void clf_segment_##name(clf_worker *w, uint self, __global clf_frame_##name *f, \
                                   uint at)                                                \
    {                                                                                      \
        if (f->before == 'b' && f->after == 'a')                                           \
            CLF_RETURN(w, self, f, type, f->v);                                            \
        else                                                                               \
            clf_fail(w, self, &f->h, 0, f->before * 256 + f->after, 1);                    \
    }

ECHO_SEGMENT(echo_char, char)
ECHO_SEGMENT(echo_short, short)
ECHO_SEGMENT(echo_float, float)
ECHO_SEGMENT(echo_long, long)
ECHO_SEGMENT(echo_float4, float4)
ECHO_SEGMENT(echo_float8, float8)
ECHO_SEGMENT(echo_long8, long8)
ECHO_SEGMENT(echo_point, point)

static void clf_segment_nothing(clf_worker *w, uint self, __global clf_frame_nothing *f, uint at)
{
    atomic_inc(&w->env.cells[f->word]);
    clf_return_void(w, self, &f->h);
}

/* Sends its parameters through children of three sizes and gives the point back if all came home.
 */
static void clf_segment_relay(clf_worker *w, uint self, __global clf_frame_relay *f, uint at)
{
    uint kids = 0, c;
    switch (at) {
    case 0:
    case 1:
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, kids, 1);
            return;
        }
        CLF_FRAME(w, echo_point, c)->before = 'b';
        CLF_FRAME(w, echo_point, c)->v = f->p;
        CLF_FRAME(w, echo_point, c)->after = 'a';
        clf_spawn(w, c, CLF_FN_echo_point, self, CLF_PLACE(f, out));
        kids++;
        /* fall through */
    case 2:
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, kids, 2);
            return;
        }
        CLF_FRAME(w, echo_char, c)->before = 'b';
        CLF_FRAME(w, echo_char, c)->v = f->tail;
        CLF_FRAME(w, echo_char, c)->after = 'a';
        clf_spawn(w, c, CLF_FN_echo_char, self, CLF_PLACE(f, c));
        kids++;
        /* fall through */
    case 3:
        c = clf_take(w);
        if (c == CLF_NIL) {
            clf_park(w, self, &f->h, kids, 3);
            return;
        }
        CLF_FRAME(w, echo_long8, c)->before = 'b';
        CLF_FRAME(w, echo_long8, c)->v = f->wide;
        CLF_FRAME(w, echo_long8, c)->after = 'a';
        clf_spawn(w, c, CLF_FN_echo_long8, self, CLF_PLACE(f, eight));
        kids++;
        if (clf_sync(w, self, &f->h, kids, 4))
            return;
        /* fall through */
    case 4:
        if (f->h.error) {
            clf_fail_with(w, self, &f->h, f->h.error);
            return;
        }
        if (f->c != f->tail || any(f->eight != f->wide))
            clf_fail(w, self, &f->h, 0, 31, 31);
        else
            CLF_RETURN(w, self, f, point, f->out);
        return;
    }
}

static void clf_segment_look(clf_worker *w, uint self, __global clf_frame_look *f, uint at)
{
    summary s;
    s.p = w->env.place;
    s.v = w->env.vector + w->env.table[1];
    s.i = w->env.number + w->env.tiny;
    s.cell = w->env.cells[f->cell];
    CLF_RETURN(w, self, f, summary, s);
}

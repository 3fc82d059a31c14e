/* test_hostcall.c - host calls: each is made once, with its argument, and its result comes back to
 * its fiber; errors become the fiber's; and the calls that come with the library. */
#include "support.h"

#include <fcntl.h>
#include <unistd.h>

typedef struct question {
    cl_uint id, round;
} question;

/* ---- calls in rounds ---------------------------------------------------------------- */

enum { ASKERS = 200, ROUNDS = 10, NUMBER = 7 };

static unsigned char asked[ASKERS][ROUNDS];

static int32_t answer(clf_hostcall *call, void *user)
{
    ck_assert_ptr_eq(user, asked);
    ck_assert_uint_eq(call->number, NUMBER);
    ck_assert_uint_eq(call->argument_size, sizeof(question));
    ck_assert_uint_eq(call->result_size, sizeof(cl_ulong));
    const question *q = call->argument;
    ck_assert_uint_lt(q->id, ASKERS);
    ck_assert_uint_lt(q->round, ROUNDS);
    asked[q->id][q->round]++;
    *(cl_ulong *)call->result = mix((cl_ulong)q->id << 32 | q->round);
    return 0;
}

static cl_ulong right_sum(cl_uint id)
{
    cl_ulong sum = 0;
    for (cl_uint round = 0; round < ROUNDS; round++)
        sum += mix((cl_ulong)id << 32 | round);
    return sum;
}

static void start_askers(clf_scheduler *s, clf_handle *handle, cl_uint number)
{
    for (cl_uint i = 0; i < ASKERS; i++) {
        clf_arg args[] = {CLF_ARG(i), CLF_ARG(number), CLF_UINT(ROUNDS)};
        must(s, clf_start(s, "asker", 3, args, &handle[i]));
    }
}

static void join_askers(clf_scheduler *s, const clf_handle *handle)
{
    for (cl_uint i = 0; i < ASKERS; i++) {
        cl_ulong sum = 0;
        must(s, clf_join(s, handle[i], &sum, sizeof sum, CLF_FOREVER));
        ck_assert_uint_eq(sum, right_sum(i));
        for (int k = 0; k < ROUNDS; k++)
            ck_assert_uint_eq(asked[i][k], 1);
    }
}

static const struct {
    clf_mode mode;
    uint32_t workers, lanes, frames, ring, slice;
} shapes[] = {
    {CLF_STEAL, 1, 1, 0, 0, 0},  {CLF_STEAL, 2, 1, 1, 2, 1},   {CLF_STEAL, 64, 1, 1, 2, 7},
    {CLF_STEAL, 2, 16, 1, 2, 0}, {CLF_STATIC, 3, 1, 0, 0, 50}, {CLF_SHARED, 4, 1, 1, 2, 7},
};

START_TEST(every_call_is_made_once)
{
    clf_scheduler *s = open_scheduler(
        OPTIONS(.mode = shapes[_i].mode, .workers = shapes[_i].workers, .lanes = shapes[_i].lanes,
                .frames = shapes[_i].frames, .ring = shapes[_i].ring, .slice = shapes[_i].slice),
        "hostcall");
    clf_handle handle[ASKERS];
    must(s, clf_hostcall_register(s, NUMBER, answer, asked));
    start_askers(s, handle, NUMBER);
    join_askers(s, handle);
    check_balanced(s);
    clf_destroy(s);
}
END_TEST

/* ---- sizes -------------------------------------------------------------------------- */

static int32_t twice(clf_hostcall *call, void *user)
{
    (void)user;
    const cl_ulong *from = call->argument;
    cl_ulong *to = call->result;
    if (call->argument_size != 16 * sizeof *from || call->result_size != 16 * sizeof *to)
        return 5;
    for (int i = 0; i < 16; i++)
        to[i] = 2 * from[i];
    return 0;
}

static int32_t reverse(clf_hostcall *call, void *user)
{
    (void)user;
    const char *from = call->argument;
    char *to = call->result;
    if (call->argument_size != 7 || call->result_size != 7)
        return 5;
    for (int i = 0; i < 7; i++)
        to[i] = from[6 - i];
    return 0;
}

/* 400 arguments of 128 bytes are more than there is room for at first. */
START_TEST(large_and_odd_ones)
{
    enum { COUNT = 400 };
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = 2, .frames = 1), "hostcall");
    clf_handle heavy[COUNT], strange[COUNT];
    must(s, clf_hostcall_register(s, 1, twice, NULL));
    must(s, clf_hostcall_register(s, 2, reverse, NULL));
    for (int i = 0; i < COUNT; i++) {
        must(s, clf_start(s, "heavy", 1, &CLF_UINT(1), &heavy[i]));
        must(s, clf_start(s, "strange", 1, &CLF_UINT(2), &strange[i]));
    }
    for (int i = 0; i < COUNT; i++) {
        cl_ulong h = 0;
        cl_uint o = 0;
        must(s, clf_join(s, heavy[i], &h, sizeof h, CLF_FOREVER));
        must(s, clf_join(s, strange[i], &o, sizeof o, CLF_FOREVER));
        ck_assert_uint_eq(h, 1);
        ck_assert_uint_eq(o, 1);
    }
    clf_destroy(s);
}
END_TEST

/* ---- errors ------------------------------------------------------------------------- */

static int32_t nothing(clf_hostcall *call, void *user)
{
    ck_assert_ptr_null(call->argument);
    ck_assert_ptr_null(call->result);
    ck_assert_uint_eq(call->argument_size + call->result_size, 0);
    return *(int32_t *)user;
}

static cl_int code_of(clf_scheduler *s, cl_uint number)
{
    cl_int code = 99;
    clf_arg args[] = {CLF_ARG(number)};
    run_fiber(s, "bare", args, &code);
    return code;
}

START_TEST(codes_reach_the_fiber)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = 1), "hostcall");
    int32_t code = 0;
    ck_assert_int_eq(code_of(s, 3), CLF_FAIL_NO_CALL);
    must(s, clf_hostcall_register(s, 3, nothing, &code));
    ck_assert_int_eq(code_of(s, 3), 0);
    code = 42;
    ck_assert_int_eq(code_of(s, 3), 42);
    must(s, clf_hostcall_register(s, 3, NULL, NULL));
    ck_assert_int_eq(code_of(s, 3), CLF_FAIL_NO_CALL);
    ck_assert_int_eq(code_of(s, CLF_CALL_PRINT), CLF_FAIL_NO_CALL);
    must(s, clf_hostcall_print(s, NULL, stdout));
    ck_assert_int_eq(code_of(s, CLF_CALL_PRINT), CLF_FAIL_CALL_SIZE);
    ck_assert_int_eq(code_of(s, CLF_CALL_READ), CLF_FAIL_NO_CALL);
    refuses(s, CLF_BAD_ARGUMENT, "0x40000000",
            clf_hostcall_register(s, 0x40000000u, nothing, NULL));
    refuses(s, CLF_BAD_ARGUMENT, "1024", clf_hostcall_file(s, 1024, 0));
    refuses(s, CLF_BAD_ARGUMENT, "12345", clf_hostcall_file(s, 0, 12345));
    clf_destroy(s);
}
END_TEST

START_TEST(an_unknown_number_fails_the_fiber)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = 1), "hostcall");
    clf_handle handle;
    cl_ulong sum;
    clf_failure failure;
    clf_arg args[] = {CLF_UINT(0), CLF_UINT(8), CLF_UINT(1)};
    must(s, clf_start(s, "asker", 3, args, &handle));
    refuses(s, CLF_FIBER_FAILED, "was of number 8, and 2 are known: clf_hostcall_register",
            clf_join(s, handle, &sum, sizeof sum, CLF_FOREVER));
    must(s, clf_get_failure(s, &failure));
    ck_assert_int_eq(failure.code, CLF_FAIL_NO_CALL);
    ck_assert_str_eq(failure.fiber, "asker");
    clf_destroy(s);
}
END_TEST

/* ---- in the language ---------------------------------------------------------------- */

typedef struct point {
    cl_float x, y;
    cl_int tag[3];
} point;

static int32_t mirror(clf_hostcall *call, void *user)
{
    const point *from = call->argument;
    point *to = call->result;
    if (call->argument_size != sizeof *from || call->result_size != sizeof *to)
        return CLF_FAIL_CALL_SIZE;
    *to = (point){from->y, from->x, {from->tag[2], from->tag[1] + 1, from->tag[0]}};
    ++*(int *)user;
    return from->tag[1] == 66 ? 67 : 0;
}

static const char language[] =
    "typedef struct { float x, y; int tag[3]; } point;\n"
    "fiber int child(int n) { yield; return n; }\n"
    "fiber int main(int n)\n"
    "{\n"
    "    point p, back[2];\n"
    "    int sum = 0, a = 0;\n"
    "    p.x = 1.5f; p.y = n; p.tag[0] = 7; p.tag[1] = n; p.tag[2] = 9;\n"
    "    for (int i = 0; i < 2; i++) {\n"
    "        a = spawn child(i);\n"
    "        back[i] = await hostcall(11, &p);\n"
    "        p.tag[1]++;\n" /* p lives on in the frame */
    "        sync;\n"
    "        sum += a;\n"
    "    }\n"
    "    point last = await hostcall(n > 3 ? 11 : 12, &p);\n"
    "    if (back[0].x != n || back[1].y != 1.5f || back[0].tag[1] != n + 1 ||\n"
    "        back[1].tag[1] != n + 2 || back[1].tag[0] != 9 || last.tag[1] != n + 3)\n"
    "        return -1;\n"
    "    return sum;\n"
    "}\n";

/* A struct there and back, from and to the frame, beside children; and the host's code. */
START_TEST(structs_in_the_language)
{
    static const struct {
        uint32_t lanes, slice, frames;
    } shape[] = {{1, 0, 0}, {1, 1, 1}, {4, 1, 1}};
    clf_scheduler *s = NULL;
    must(NULL, clf_create(OPTIONS(.workers = 2, .lanes = shape[_i].lanes, .slice = shape[_i].slice,
                                  .frames = shape[_i].frames),
                          &s));
    int calls = 0;
    clf_handle handle;
    clf_failure failure;
    must(s, clf_hostcall_register(s, 11, mirror, &calls));
    must(s, clf_program_build(s, language, NULL));
    for (cl_int n = 4; n < 20; n++) {
        cl_int sum = 99;
        run_fiber(s, "main", ((clf_arg[]){CLF_ARG(n)}), &sum);
        ck_assert_int_eq(sum, 1);
    }
    ck_assert_int_eq(calls, 16 * 3);
    must(s, clf_start(s, "main", 1, &CLF_INT(65), &handle));
    gives(s, CLF_FIBER_FAILED, clf_join(s, handle, NULL, 0, CLF_FOREVER));
    must(s, clf_get_failure(s, &failure));
    ck_assert_int_eq(failure.code, 67);
    ck_assert_uint_eq(failure.at, 10);
    must(s, clf_start(s, "main", 1, &CLF_INT(3), &handle));
    gives(s, CLF_FIBER_FAILED, clf_join(s, handle, NULL, 0, CLF_FOREVER));
    must(s, clf_get_failure(s, &failure));
    ck_assert_int_eq(failure.code, CLF_FAIL_NO_CALL);
    ck_assert_uint_eq(failure.at, 15);
    clf_destroy(s);
}
END_TEST

/* ---- the library's own -------------------------------------------------------------- */

typedef struct collected {
    cl_uint next[16];
    int lines;
} collected;

static int collect(const char *line, size_t length, void *user)
{
    collected *c = user;
    unsigned id, percent;
    int number;
    double quarter;
    ck_assert_uint_eq(length, strlen(line));
    ck_assert_int_eq(
        sscanf(line, "fiber %u line %d: %lf %x%% of %%s\n", &id, &number, &quarter, &percent), 4);
    ck_assert_uint_lt(id, 16);
    ck_assert_int_eq(-number, (int)c->next[id]);
    ck_assert(quarter == c->next[id] / 4.0);
    ck_assert_uint_eq(percent, id * c->next[id]);
    char wanted[200];
    snprintf(wanted, sizeof wanted, "fiber %u line %05d: %.2f %x%% of %%s\n", id, number, quarter,
             percent);
    ck_assert_str_eq(line, wanted);
    c->next[id]++;
    c->lines++;
    return c->lines == 300; /* then the disk is full */
}

START_TEST(lines_come_in_order)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = 4, .slice = 20), "hostcall");
    collected c = {.lines = 0};
    clf_handle handle[16];
    must(s, clf_hostcall_print(s, collect, &c));
    for (cl_uint i = 0; i < 16; i++) {
        clf_arg args[] = {CLF_ARG(i), CLF_UINT(10)};
        must(s, clf_start(s, "writer", 2, args, &handle[i]));
    }
    for (int i = 0; i < 16; i++) {
        cl_uint lines = 0;
        must(s, clf_join(s, handle[i], &lines, sizeof lines, CLF_FOREVER));
        ck_assert_uint_eq(lines, 10);
        ck_assert_uint_eq(c.next[i], 10);
    }
    clf_arg args[] = {CLF_UINT(0), CLF_UINT(1000)};
    c.next[0] = 0;
    must(s, clf_start(s, "writer", 2, args, &handle[0]));
    gives(s, CLF_FIBER_FAILED, clf_join(s, handle[0], NULL, 0, CLF_FOREVER));
    clf_failure failure;
    must(s, clf_get_failure(s, &failure));
    ck_assert_int_eq(failure.code, CLF_FAIL_CALL_IO);
    clf_destroy(s);
}
END_TEST

START_TEST(a_file_is_copied)
{
    enum { BYTES = 5000 };
    char from_name[] = "clf-from-XXXXXX", to_name[] = "clf-to-XXXXXX";
    int from = mkstemp(from_name), to = mkstemp(to_name);
    ck_assert_int_ge(from, 0);
    ck_assert_int_ge(to, 0);
    unlink(from_name);
    unlink(to_name);
    unsigned char text[BYTES], copy[BYTES + 1];
    for (size_t i = 0; i < BYTES; i++)
        text[i] = (unsigned char)mix(i);
    ck_assert_int_eq(pwrite(from, text, BYTES, 0), BYTES);
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = 2), "hostcall");
    must(s, clf_hostcall_file(s, 3, from));
    must(s, clf_hostcall_file(s, 900, to));
    cl_ulong copied = 0;
    clf_arg args[] = {CLF_UINT(3), CLF_UINT(900)};
    run_fiber(s, "copier", args, &copied);
    ck_assert_uint_eq(copied, BYTES);
    ck_assert_int_eq(pread(to, copy, BYTES + 1, 0), BYTES);
    ck_assert_int_eq(memcmp(text, copy, BYTES), 0);
    must(s, clf_hostcall_file(s, 900, -1));
    clf_handle handle;
    clf_failure failure;
    must(s, clf_start(s, "copier", 2, args, &handle));
    gives(s, CLF_FIBER_FAILED, clf_join(s, handle, NULL, 0, CLF_FOREVER));
    must(s, clf_get_failure(s, &failure));
    ck_assert_int_eq(failure.code, CLF_FAIL_CALL_FILE);
    clf_destroy(s);
    close(from);
    close(to);
}
END_TEST

/* The round is part of the question, which clock and seed do not look at: two seeds differ. */
START_TEST(clock_and_seed_are_there)
{
    clf_scheduler *s = open_scheduler(OPTIONS(.workers = 1), "hostcall");
    cl_ulong time = 0, seed[2] = {0, 0};
    clf_arg clock_args[] = {CLF_UINT(0), CLF_UINT(CLF_CALL_CLOCK), CLF_UINT(1)};
    clf_arg seed_args[] = {CLF_UINT(0), CLF_UINT(CLF_CALL_SEED), CLF_UINT(1)};
    run_fiber(s, "asker", clock_args, &time);
    run_fiber(s, "asker", seed_args, &seed[0]);
    run_fiber(s, "asker", seed_args, &seed[1]);
    ck_assert_uint_gt(time, UINT64_C(1700000000000000000));
    ck_assert_uint_ne(seed[0], seed[1]);
    clf_destroy(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hostcall");
    TCase *tcase = new_case(suite, "calls");
    tcase_add_loop_test(tcase, every_call_is_made_once, 0, sizeof shapes / sizeof *shapes);
    tcase_add_test(tcase, large_and_odd_ones);
    tcase_add_test(tcase, codes_reach_the_fiber);
    tcase_add_test(tcase, an_unknown_number_fails_the_fiber);
    tcase_add_loop_test(tcase, structs_in_the_language, 0, 3);
    TCase *own = new_case(suite, "own");
    tcase_add_test(own, lines_come_in_order);
    tcase_add_test(own, a_file_is_copied);
    tcase_add_test(own, clock_and_seed_are_there);
    return test_main(suite, true);
}

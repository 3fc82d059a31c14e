/* test_layout.c - the structures that host and device share: where hot words lie, and that a device
 * which sees them otherwise is found out. $CLFIBER_CL, which replaces the embedded runtime, gives
 * the device another layout.h than the one that the host was compiled with. */
#include "support.h"

#include "clfi.h"

#include <dirent.h>
#include <unistd.h>

/* ---- the host's view ---------------------------------------------------------------- */

/* Words that different workers write lie on different lines of 128 bytes. */
START_TEST(hot_words_have_lines_of_their_own)
{
    static const size_t hot[] = {
        offsetof(clf_control, want),        offsetof(clf_control, fresh),
        offsetof(clf_control, pool_full),   offsetof(clf_control, inbox_head),
        offsetof(clf_control, done_tail),   offsetof(clf_control, lock),
        offsetof(clf_control, record_count)};
    for (size_t i = 0; i < sizeof hot / sizeof *hot; i++) {
        ck_assert_uint_eq(hot[i] % 128, 0);
        for (size_t k = 0; k < i; k++)
            ck_assert_uint_ne(hot[i] / 128, hot[k] / 128);
    }
    ck_assert_uint_eq(offsetof(clf_worker_state, top) % 128, 0);
    ck_assert_uint_eq(offsetof(clf_worker_state, split) % 128, 0);
    ck_assert_uint_eq(offsetof(clf_worker_state, bottom) % 128, 0);
    ck_assert_uint_eq(sizeof(clf_worker_state) % 128, 0);
}
END_TEST

/* doc/abi.md: eight words, in this order. */
START_TEST(a_frame_starts_with_32_bytes)
{
    ck_assert_uint_eq(sizeof(clf_header), 32);
    ck_assert_uint_eq(offsetof(clf_header, code), 0);
    ck_assert_uint_eq(offsetof(clf_header, parent), 4);
    ck_assert_uint_eq(offsetof(clf_header, slot), 8);
    ck_assert_uint_eq(offsetof(clf_header, pending), 12);
    ck_assert_uint_eq(offsetof(clf_header, error), 16);
    ck_assert_uint_eq(offsetof(clf_header, gen), 20);
    ck_assert_uint_eq(offsetof(clf_header, link), 24);
    ck_assert_uint_eq(offsetof(clf_header, status), 28);
}
END_TEST

/* ---- a device that differs ---------------------------------------------------------- */

static char folder[] = "clf-runtime-XXXXXX";
static char found_folder[4096];

static char *read_file(const char *path)
{
    enum { MOST = 1 << 18 };
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    char *text = calloc(1, MOST);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_gt(fread(text, 1, MOST - 1, file), 0);
    fclose(file);
    return text;
}

static void write_file(const char *name, const char *head, const char *middle, const char *tail)
{
    char path[8192];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fprintf(file, "%s%s%s", head, middle, tail), 0);
    ck_assert_int_eq(fclose(file), 0);
}

/* A copy of the runtime, with `old` replaced by `new` in layout.h. */
static void copy_runtime(const char *old, const char *new)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    DIR *files = opendir(RUNTIME);
    ck_assert_ptr_nonnull(files);
    for (struct dirent *e; (e = readdir(files)) != NULL;) {
        char path[8192];
        size_t n = strlen(e->d_name);
        if (n < 3 || (strcmp(e->d_name + n - 3, ".cl") && strcmp(e->d_name, "layout.h")))
            continue;
        snprintf(path, sizeof path, "%s/%s", RUNTIME, e->d_name);
        char *text = read_file(path), *place = strstr(text, old);
        if (strcmp(e->d_name, "layout.h")) {
            write_file(e->d_name, text, "", "");
        } else {
            ck_assert_msg(place != NULL, "layout.h has no \"%s\"", old);
            *place = '\0';
            write_file(e->d_name, text, new, place + strlen(old));
        }
        free(text);
    }
    closedir(files);
    ck_assert_ptr_nonnull(getcwd(found_folder, sizeof found_folder - sizeof folder - 1));
    strcat(strcat(found_folder, "/"), folder);
}

static void remove_runtime(void)
{
    DIR *files = opendir(folder);
    for (struct dirent *e; files && (e = readdir(files)) != NULL;) {
        char path[8192];
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (e->d_name[0] != '.')
            unlink(path);
    }
    if (files)
        closedir(files);
    rmdir(folder);
}

/* Each of these moves or resizes something behind it. */
static const char *const changes[][2] = {
    {"    uint want; ", "    uint padding_too_much; uint want; "},
    {"typedef struct clf_done {\n", "typedef struct clf_done {\n    ulong before;\n"},
    {"typedef struct clf_inbox {\n", "typedef struct clf_inbox {\n    ulong before;\n"},
    {"    uint yields; ", "    ulong yields; "},
    {"    ulong value; ", "    uint value; "},
};

START_TEST(a_layout_that_differs_is_refused)
{
    copy_runtime(changes[_i][0], changes[_i][1]);
    clf_scheduler *s = open_scheduler(NULL, "fib");
    char *source = read_program("fib");
    setenv("CLFIBER_CL", found_folder, 1);
    gives(s, CLF_BAD_LAYOUT, clf_program_build(s, source, NULL));
    ck_assert_int_gt(strlen(clf_message(s)), 0);
    unsetenv("CLFIBER_CL");
    must(s, clf_program_build(s, source, NULL));
    check_usable(s);
    free(source);
    clf_destroy(s);
}
END_TEST

/* The same way without a difference: it is not the copy that is refused. */
START_TEST(a_copy_of_the_runtime_works)
{
    copy_runtime("    uint want; ", "    uint want; ");
    setenv("CLFIBER_CL", found_folder, 1);
    clf_scheduler *s = open_scheduler(NULL, "fib");
    check_usable(s);
    clf_destroy(s);
}
END_TEST

START_TEST(a_runtime_that_is_not_there)
{
    clf_scheduler *s = open_scheduler(NULL, "fib");
    char *source = read_program("fib");
    setenv("CLFIBER_CL", "/no/such/folder", 1);
    refuses(s, CLF_BAD_ARGUMENT, "/no/such/folder", clf_program_build(s, source, NULL));
    unsetenv("CLFIBER_CL");
    check_usable(s);
    free(source);
    clf_destroy(s);
}
END_TEST

/* ---- frames ------------------------------------------------------------------------- */

enum { CACHE_LINE = 64, FRAMES_SEEN = 1024 };

/* What a spawn writes, an end reads and a join counts down: of each frame in one line, wherever it
 * begins. */
START_TEST(the_hot_words_of_a_frame_are_in_one_line)
{
    static const char *const programs[] = {"fib",        "tree",        "started",
                                           "frames.fib", "channel.fib", "own.fib"};
    static const size_t hot[] = {offsetof(clf_header, code), offsetof(clf_header, parent),
                                 offsetof(clf_header, slot), offsetof(clf_header, pending)};
    clf_scheduler *s = open_scheduler(NULL, programs[_i]);
    cl_uint align = 0;
    must_cl(clGetDeviceInfo(s->device, CL_DEVICE_MEM_BASE_ADDR_ALIGN, sizeof align, &align, NULL));
    ck_assert_uint_eq(align / 8 % CACHE_LINE, 0); /* of a buffer */
    for (size_t frame = 0; frame < FRAMES_SEEN; frame++) {
        size_t at = s->program.frames_at + frame * s->program.frame_bytes;
        for (size_t i = 0; i < sizeof hot / sizeof *hot; i++)
            ck_assert_msg((at + hot[i]) / CACHE_LINE == at / CACHE_LINE,
                          "%s: word %zu of frame %zu is in another line", programs[_i], hot[i] / 4,
                          frame);
    }
    clf_destroy(s);
}
END_TEST

static uint32_t frame_of(clf_scheduler *s, const char *source)
{
    uint32_t bytes = 0;
    must(s, clf_program_build(s, source, NULL));
    must(s, clf_get_frame_bytes(s, 0, &bytes));
    return bytes;
}

#define LOCALS(p)                                                                          \
    "ulong " p "0 = n, " p "1 = n + 1, " p "2 = n * 3, " p "3 = n ^ 5, " p "4 = n | 6, " p \
    "5 = n - 7;"
#define SUM(p) "sum += " p "0 + " p "1 * 2 + " p "2 * 3 + " p "3 * 4 + " p "4 * 5 + " p "5 * 6;"

/* What lives at different times takes the room of what lives at one time, on the device as well. */
START_TEST(lives_that_do_not_overlap_share_their_room)
{
    clf_scheduler *s = open_scheduler(NULL, "fib");
    uint32_t one = frame_of(s, "fiber ulong f(uint n) { ulong sum = 0; { " LOCALS(
                                   "a") " yield; " SUM("a") " } return sum; }");
    uint32_t apart =
        frame_of(s, "fiber ulong f(uint n) { ulong sum = 0; { " LOCALS("a") " yield; " SUM(
                        "a") " } { " LOCALS("b") " yield; " SUM("b") " } return sum; }");
    uint32_t at_once = frame_of(s, "fiber ulong f(uint n) { ulong sum = 0; " LOCALS("a")
                                       LOCALS("b") " yield; " SUM("a") SUM("b") " return sum; }");
    ck_assert_uint_eq(apart, one);
    ck_assert_uint_ge(at_once, one + 6 * sizeof(cl_ulong));
    clf_destroy(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("layout");
    TCase *host = new_case(suite, "host");
    tcase_add_test(host, hot_words_have_lines_of_their_own);
    tcase_add_test(host, a_frame_starts_with_32_bytes);
    TCase *device = new_case(suite, "device");
    tcase_add_checked_fixture(device, NULL, remove_runtime);
    tcase_add_loop_test(device, a_layout_that_differs_is_refused, 0,
                        sizeof changes / sizeof *changes);
    tcase_add_test(device, a_copy_of_the_runtime_works);
    tcase_add_test(device, a_runtime_that_is_not_there);
    TCase *frames = new_case(suite, "frames");
    tcase_add_loop_test(frames, the_hot_words_of_a_frame_are_in_one_line, 0, 6);
    tcase_add_test(frames, lives_that_do_not_overlap_share_their_room);
    return test_main(suite, true);
}

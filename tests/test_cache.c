/* test_cache.c - compiled programs in files: taken when all that they depend on is the same, and
 * only then; damaged, foreign or unwritable files cost a build, never a result. PoCL keeps programs
 * itself, so $CLFIBER_CACHE asks for it. */
#include "support.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- what the library asks OpenCL for (the linker puts these between) --------------------- */

static int sources, binaries;

cl_program __real_clCreateProgramWithSource(cl_context, cl_uint, const char **, const size_t *,
                                            cl_int *);
cl_program __wrap_clCreateProgramWithSource(cl_context context, cl_uint count, const char **text,
                                            const size_t *length, cl_int *error);
cl_program __wrap_clCreateProgramWithSource(cl_context context, cl_uint count, const char **text,
                                            const size_t *length, cl_int *error)
{
    sources++;
    return __real_clCreateProgramWithSource(context, count, text, length, error);
}

cl_program __real_clCreateProgramWithBinary(cl_context, cl_uint, const cl_device_id *,
                                            const size_t *, const unsigned char **, cl_int *,
                                            cl_int *);
cl_program __wrap_clCreateProgramWithBinary(cl_context context, cl_uint count,
                                            const cl_device_id *device, const size_t *length,
                                            const unsigned char **binary, cl_int *status,
                                            cl_int *error);
cl_program __wrap_clCreateProgramWithBinary(cl_context context, cl_uint count,
                                            const cl_device_id *device, const size_t *length,
                                            const unsigned char **binary, cl_int *status,
                                            cl_int *error)
{
    binaries++;
    return __real_clCreateProgramWithBinary(context, count, device, length, binary, status, error);
}

/* ---- a folder for each test --------------------------------------------------------------- */

static char folder[] = "test-cache-XXXXXX", inside[64];

static void make_folder(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(inside, sizeof inside, "%s/a/b", folder);
    setenv("CLFIBER_CACHE", inside, 1);
}

/* Calls `what` for every file; how many there are. */
static int each_file(void (*what)(const char *path))
{
    DIR *all = opendir(inside);
    int n = 0;
    for (struct dirent *d; all != NULL && (d = readdir(all)) != NULL;) {
        char path[400];
        if (d->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", inside, d->d_name);
        n++;
        if (what != NULL)
            what(path);
    }
    if (all != NULL)
        closedir(all);
    return n;
}

static void drop(const char *path)
{
    ck_assert_int_eq(unlink(path), 0);
}

static void drop_folder(void)
{
    char a[64];
    chmod(inside, 0700);
    each_file(drop);
    snprintf(a, sizeof a, "%s/a", folder);
    rmdir(inside);
    rmdir(a);
    ck_assert_int_eq(rmdir(folder), 0);
}

/* How many programs were built from their source and how many came from files, while fib(15) was
 * found. */
static void run(const char *flags, int from_source, int from_file)
{
    clf_scheduler *s = NULL;
    char *text = read_program("fib");
    sources = binaries = 0;
    must(NULL, clf_create(NULL, &s));
    must(s, clf_program_build(s, text, flags));
    ck_assert_int_eq(fiber_fib(s, 15), 610);
    clf_destroy(s);
    free(text);
    ck_assert_msg(sources == from_source && binaries == from_file,
                  "%d programs from their source and %d from files, not %d and %d", sources,
                  binaries, from_source, from_file);
}

/* The litmus tests' program is one, too, in a process's first scheduler. */
START_TEST(the_second_time_comes_from_the_file)
{
    run(NULL, 2, 0);
    ck_assert_int_eq(each_file(NULL), 2);
    run(NULL, 0, 1);
    run("-DSOMETHING=1", 1, 0);
    run("-DSOMETHING=2", 1, 0);
    run("-DSOMETHING=1", 0, 1);
    ck_assert_int_eq(each_file(NULL), 4);
}
END_TEST

static void read_mode(const char *path)
{
    struct stat found;
    ck_assert_int_eq(stat(path, &found), 0);
    ck_assert_uint_eq(found.st_mode & 0777, 0600);
}

START_TEST(files_are_the_user_s_alone)
{
    struct stat found;
    run(NULL, 2, 0);
    ck_assert_int_eq(each_file(read_mode), 2);
    ck_assert_int_eq(stat(inside, &found), 0);
    ck_assert_uint_eq(found.st_mode & 0777, 0700);
}
END_TEST

static void flip_last_byte(const char *path)
{
    FILE *file = fopen(path, "r+b");
    ck_assert_int_eq(fseek(file, -1, SEEK_END), 0);
    int c = fgetc(file);
    ck_assert_int_eq(fseek(file, -1, SEEK_END), 0);
    fputc(c ^ 1, file);
    fclose(file);
}

static void cut(const char *path)
{
    struct stat found;
    ck_assert_int_eq(stat(path, &found), 0);
    ck_assert_int_eq(truncate(path, found.st_size - 1), 0);
}

static void empty(const char *path)
{
    ck_assert_int_eq(truncate(path, 0), 0);
}

static void lengthen(const char *path)
{
    FILE *file = fopen(path, "ab");
    fputc('x', file);
    fclose(file);
}

/* The header says that its parts are longer than the file, as far as numbers go. */
static void claim_more(const char *path)
{
    FILE *file = fopen(path, "r+b");
    ck_assert_int_eq(fseek(file, 16, SEEK_SET), 0);
    for (int i = 0; i < 16; i++)
        fputc(0xff, file);
    fclose(file);
}

static void (*const harm[])(const char *path) = {flip_last_byte, cut, empty, lengthen, claim_more};

START_TEST(a_damaged_file_is_made_anew)
{
    run(NULL, 2, 0);
    ck_assert_int_eq(each_file(harm[_i]), 2);
    run(NULL, 1, 0);
    run(NULL, 0, 1);
}
END_TEST

/* Whole and well-formed, but of a program with other flags under this one's name. */
START_TEST(a_file_under_another_name_is_not_taken)
{
    static char name[2][400];
    static int names;
    DIR *all;
    run(NULL, 2, 0);
    each_file(drop);
    run("-DSOMETHING=1", 1, 0);
    run("-DSOMETHING=2", 1, 0);
    all = opendir(inside);
    for (struct dirent *d; (d = readdir(all)) != NULL;)
        if (d->d_name[0] != '.')
            snprintf(name[names++ % 2], sizeof *name, "%s/%s", inside, d->d_name);
    closedir(all);
    ck_assert_int_eq(names, 2);
    ck_assert_int_eq(rename(name[0], "test-cache-swap"), 0);
    ck_assert_int_eq(rename(name[1], name[0]), 0);
    ck_assert_int_eq(rename("test-cache-swap", name[1]), 0);
    run("-DSOMETHING=1", 1, 0);
    run("-DSOMETHING=1", 0, 1);
}
END_TEST

START_TEST(a_folder_that_cannot_be_is_no_error)
{
    setenv("CLFIBER_CACHE", "/dev/null/cache", 1);
    run(NULL, 2, 0);
    run(NULL, 1, 0);
}
END_TEST

/* What the build log says of it when a program is compiled with that folder. */
static void is_told(const char *path, const char *reason)
{
    char text[200];
    clf_scheduler *s = NULL;
    setenv("CLFIBER_CACHE", path, 1);
    must(NULL, clf_create(NULL, &s));
    must(s, clf_program_build(s, "fiber int f(int n) { return n; }", "-DTOLD=1"));
    snprintf(text, sizeof text,
             "CLFIBER_CACHE: warning: the compiled program cannot be kept in the folder '%s': %s\n",
             path, reason);
    const char *log = clf_build_log(s);
    bool told = strstr(log, reason[0] != '\0' ? text : "cannot be kept") != NULL;
    ck_assert_msg(told == (reason[0] != '\0'), "the log of %s is \"%s\"", path, log);
    clf_destroy(s);
}

START_TEST(the_log_says_why_a_program_is_not_kept)
{
    char file[80];
    run(NULL, 2, 0);
    snprintf(file, sizeof file, "%s/a/file", folder);
    fclose(fopen(file, "wb"));
    is_told(file, "Not a directory");
    is_told("/dev/null/cache", "Not a directory");
    is_told("/proc/clfiber/cache", "No such file or directory");
    is_told("/proc", "No such file or directory");
    is_told(inside, "");
    is_told("off", "");
    unlink(file);
}
END_TEST

/* What they hold is not in the key. */
START_TEST(a_program_that_includes_files_is_not_kept)
{
    static const char program[] =
        "#include \"value.h\"\nfiber int f(void)\n{\n    return VALUE;\n}\n";
    char flags[64], path[64];
    snprintf(flags, sizeof flags, "-I%s", folder);
    snprintf(path, sizeof path, "%s/value.h", folder);
    for (int value = 7; value < 9; value++) {
        cl_int result = 0;
        clf_scheduler *s = NULL;
        clf_handle handle;
        FILE *file = fopen(path, "w");
        fprintf(file, "#define VALUE %d\n", value);
        fclose(file);
        must(NULL, clf_create(NULL, &s));
        must(s, clf_program_build(s, program, flags));
        must(s, clf_start(s, "f", 0, NULL, &handle));
        must(s, clf_join(s, handle, &result, sizeof result, CLF_FOREVER));
        ck_assert_int_eq(result, value);
        clf_destroy(s);
    }
    unlink(path);
}
END_TEST

START_TEST(off_is_off)
{
    setenv("CLFIBER_CACHE", "off", 1);
    run(NULL, 2, 0);
    run(NULL, 1, 0);
    ck_assert_int_eq(access("off", F_OK), -1);
    ck_assert_int_eq(each_file(NULL), 0);
}
END_TEST

START_TEST(a_platform_that_keeps_programs_needs_no_files)
{
    unsetenv("CLFIBER_CACHE");
    setenv("XDG_CACHE_HOME", folder, 1);
    setenv("HOME", folder, 1);
    run(NULL, 2, 0);
    run(NULL, 1, 0);
    char path[64];
    snprintf(path, sizeof path, "%s/clfiber", folder);
    ck_assert_int_eq(access(path, F_OK), -1);
}
END_TEST

static char *warn(clf_scheduler **s)
{
    static const char program[] = "#warning look here\nfiber int one(void)\n{\n    return 1;\n}\n";
    must(NULL, clf_create(NULL, s));
    must(*s, clf_program_build(*s, program, NULL));
    return strdup(clf_build_log(*s));
}

START_TEST(the_compiler_s_words_are_kept)
{
    clf_scheduler *s = NULL;
    char *first = warn(&s);
    clf_destroy(s);
    ck_assert_msg(strstr(first, "look here") != NULL, "the log is \"%s\"", first);
    binaries = 0;
    char *second = warn(&s);
    clf_destroy(s);
    ck_assert_int_eq(binaries, 1);
    ck_assert_str_eq(first, second);
    free(first);
    free(second);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cache");
    TCase *cache = new_case(suite, "cache");
    tcase_add_checked_fixture(cache, make_folder, drop_folder);
    tcase_add_test(cache, the_second_time_comes_from_the_file);
    tcase_add_test(cache, files_are_the_user_s_alone);
    tcase_add_loop_test(cache, a_damaged_file_is_made_anew, 0, sizeof harm / sizeof *harm);
    tcase_add_test(cache, a_file_under_another_name_is_not_taken);
    tcase_add_test(cache, a_folder_that_cannot_be_is_no_error);
    tcase_add_test(cache, the_log_says_why_a_program_is_not_kept);
    tcase_add_test(cache, a_program_that_includes_files_is_not_kept);
    tcase_add_test(cache, off_is_off);
    tcase_add_test(cache, a_platform_that_keeps_programs_needs_no_files);
    tcase_add_test(cache, the_compiler_s_words_are_kept);
    return test_main(suite, true);
}

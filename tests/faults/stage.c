/* stage.c - what the scenes of scenes.c are played with: see scenes.h. */
#include "scenes.h"

#include "clfi.h"

#include <dirent.h>
#include <unistd.h>

stage on;

/* ---- what fails has to say why --------------------------------------------------------- */

void check_explained(clf_status status, const char *call)
{
    const char *message = clf_message(on.s);
    if (message[0] == '\0')
        message = clf_message(NULL);
    ck_assert_msg(shim_was_hit(), "%s\n  returned %s without a fault: %s", call,
                  clf_status_name(status), message);
    ck_assert_msg(status < 0 && strcmp(clf_status_name(status), "unknown status"),
                  "%s\n  returned %d after a fault in %s", call, (int)status, shim_hit_text());
    ck_assert_msg(message[0] != '\0', "%s\n  returned %s without a message", call,
                  clf_status_name(status));
    if (on.lasting)
        longjmp(on.exit, 1);
}

void check_status(clf_status status, clf_status wanted, const char *call)
{
    ck_assert_msg(status == wanted, "%s\n  returned %s, not %s, after a fault in %s: %s", call,
                  clf_status_name(status), clf_status_name(wanted), shim_hit_text(),
                  clf_message(on.s));
}

/* ---- the stage ------------------------------------------------------------------------- */

static int32_t answer(clf_hostcall *call, void *user)
{
    const cl_uint *question = call->argument;
    (void)user;
    on.asked[*question]++;
    *(cl_ulong *)call->result = 100 + *question;
    if (call->number == NUMBER)
        return 0;
    on.later[on.laters++] = call;
    return CLF_CALL_LATER;
}

static int print(const char *line, size_t length, void *user)
{
    (void)user;
    on.printed += length == 7 && !memcmp(line, "line ", 5);
    return 0;
}

static void open_with(const clf_options *options)
{
    on.s = open_scheduler(options, "mixture.fib");
    on.hits = bind_words(on.s, "hits", MARKS);
    on.mutex = bind_words(on.s, "mutex", 4);
    bind_uint(on.s, "bias", BIAS);
    must(on.s, clf_hostcall_register(on.s, NUMBER, answer, NULL));
    must(on.s, clf_hostcall_register(on.s, LATER, answer, NULL));
    must(on.s, clf_hostcall_print(on.s, print, NULL));
}

void open_usual(void)
{
    open_with(OPTIONS(.workers = 2, .slice = 7, .frames = 1, .ring = 2, .window = 4));
}

void open_static(void)
{
    open_with(OPTIONS(.workers = 2, .mode = CLF_STATIC, .slice = 2));
}

void open_source(void)
{
    open_usual();
    on.source = read_program("mixture.fib");
}

/* A folder of the scene's own for compiled programs, empty. */
void open_kept(void)
{
    snprintf(on.kept, sizeof on.kept, "faults-kept.%ld", (long)getpid());
    setenv("CLFIBER_CACHE", on.kept, 1);
    open_source();
}

void empty_kept(void)
{
    char path[sizeof on.kept + 256];
    DIR *folder = opendir(on.kept);
    for (struct dirent *e; folder != NULL && (e = readdir(folder)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", on.kept, e->d_name);
        unlink(path); /* but for the folder itself and the one above */
    }
    if (folder != NULL)
        closedir(folder);
}

void open_own(void)
{
    clf_device_info info;
    cl_int code;
    must(NULL, clf_get_device(0, &info, NULL));
    on.device = info.id;
    on.context = clCreateContext(NULL, 1, &on.device, NULL, NULL, &code);
    must_cl(code);
    on.queue = clCreateCommandQueue(on.context, on.device, 0, &code);
    must_cl(code);
}

void open_nothing(void)
{
}

void close_stage(void)
{
    if (on.kept[0] != '\0') {
        empty_kept();
        rmdir(on.kept);
    }
    if (on.hits != NULL)
        must_cl(clReleaseMemObject(on.hits));
    if (on.mutex != NULL)
        must_cl(clReleaseMemObject(on.mutex));
    if (on.other != NULL)
        must_cl(clReleaseMemObject(on.other));
    if (on.event != NULL)
        must_cl(clReleaseEvent(on.event));
    shim_arm();
    clf_destroy(on.s);
    shim_disarm();
    if (on.queue != NULL)
        must_cl(clReleaseCommandQueue(on.queue));
    if (on.context != NULL)
        must_cl(clReleaseContext(on.context));
    free(on.source);
    on.s = NULL;
    on.hits = on.mutex = on.other = NULL;
    on.event = NULL;
    on.queue = NULL;
    on.context = NULL;
    on.source = NULL;
}

void zero_words(cl_mem buffer, size_t words)
{
    const cl_uint nothing = 0;
    must_cl(clEnqueueFillBuffer(clf_queue(on.s), buffer, &nothing, sizeof nothing, 0, words * 4, 0,
                                NULL, NULL));
    must_cl(clFinish(clf_queue(on.s)));
}

void reset_stage(void)
{
    memset(on.asked, 0, sizeof on.asked);
    on.printed = on.laters = 0;
    if (on.s == NULL || on.hits == NULL)
        return;
    zero_words(on.hits, MARKS);
    zero_words(on.mutex, 4);
    ck_assert(!clfi_outstanding(on.s));
    clfi_buffers_free(&on.s->buffers);
    must(on.s, clfi_buffers_make(on.s));
}

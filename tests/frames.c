/* frames.c - see frames.h. */
#include "frames.h"

clf_scheduler *s;
cl_mem once, bad;

void open_frames(const clf_options *options)
{
    s = open_scheduler(options, "frames.fib");
    once = bind_words(s, "once", IDS);
    bad = bind_words(s, "bad", 1);
}

void check_words(void)
{
    cl_uint found;
    read_words(s, bad, &found, 1);
    ck_assert_msg(found == 0, "%u words were somebody else's", (unsigned)found);
}

void close_frames(void)
{
    must_cl(clReleaseMemObject(once));
    must_cl(clReleaseMemObject(bad));
    clf_destroy(s);
}

/* objects.c - see objects.h. */
#include "objects.h"

const object_case object_cases[OBJECT_CASES] = {
    {2, 1, CLF_UNLIMITED, 0, 0},
    {64, 1, CLF_UNLIMITED, 0, 0},
    {2, 16, CLF_UNLIMITED, 0, 0},
    {64, 16, CLF_UNLIMITED, 0, 0},
    {1, 1, CLF_UNLIMITED, 1, 2},
    {2, 1, 7, 0, 0},
    {64, 1, 7, 0, 0},
    {2, 16, 7, 0, 0},
    {64, 16, 7, 0, 0},
    {2, 1, 1, 0, 0},
    {64, 1, 1, 0, 0},
    {2, 16, 1, 0, 0},
    {64, 16, 1, 0, 0},
    {2, 4, 13, 1, 2},
};

clf_scheduler *open_case(const object_case *c, const char *program)
{
    return open_scheduler(OPTIONS(.workers = c->workers, .lanes = c->lanes, .slice = c->slice,
                                  .frames = c->frames, .ring = c->ring),
                          program);
}

const object_case *wanted_case(int number)
{
    const char *wanted = getenv("CLF_TEST_CASE");
    return wanted == NULL || atoi(wanted) == number ? &object_cases[number] : NULL;
}

cl_uint case_operations(const object_case *c, cl_uint share)
{
    const char *wanted = getenv("CLF_TEST_OPERATIONS");
    if (wanted != NULL && atoi(wanted) > 0)
        return (cl_uint)atoi(wanted);
    cl_uint most = c->slice == CLF_UNLIMITED ? 1000000 : c->slice > 1 ? 8000 : 2000;
    if (c->workers != 2)
        most /= c->slice == CLF_UNLIMITED ? 5 : c->workers > 2 ? 4 : 1;
    return most / share;
}

cl_mem bind_bytes(clf_scheduler *scheduler, const char *member, size_t bytes)
{
    return bind_words(scheduler, member, (bytes + 3) / 4);
}

void read_bytes(clf_scheduler *scheduler, cl_mem buffer, void *to, size_t bytes)
{
    must_cl(
        clEnqueueReadBuffer(clf_queue(scheduler), buffer, CL_TRUE, 0, bytes, to, 0, NULL, NULL));
}

void write_bytes(clf_scheduler *scheduler, cl_mem buffer, const void *from, size_t bytes)
{
    must_cl(
        clEnqueueWriteBuffer(clf_queue(scheduler), buffer, CL_TRUE, 0, bytes, from, 0, NULL, NULL));
}

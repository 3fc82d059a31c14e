/* bell.c - how the host tells a slice under way that it wants its turn: a word in memory that host
 * and device see at the same time (shared virtual memory, OpenCL 2.0). Without it a slice is as
 * long as it was meant to be when it was launched (cl/slice.cl, "stretches").
 *
 * Nothing is handed over through this word: what the host wants to be done it does when the slice
 * has ended. So relaxed order does, and a ring that a worker sees late costs a stretch. None is
 * lost: who rings under the lock, under which a slice is launched, has handed over before what the
 * slice begins with. Two have nothing to hand over: clf_interrupt sets `interrupted` first, which
 * clfi_bell_still looks at last, and clf_thread_stop `thread_stop`.
 */
#include "clfi.h"

#ifdef CL_VERSION_2_0

/* Only where slices go on beyond their first stretch; on CPUs, whose caches hide nothing. */
static bool of_use(const clf_scheduler *s)
{
    const clf_options *o = &s->options;
    const cl_device_svm_capabilities needed =
        CL_DEVICE_SVM_FINE_GRAIN_BUFFER | CL_DEVICE_SVM_ATOMICS;
    cl_device_svm_capabilities there = 0;
    return (s->device_type & CL_DEVICE_TYPE_CPU) != 0 && o->slice == 0 && o->lanes == 1 &&
           o->mode != CLF_STATIC &&
           clGetDeviceInfo(s->device, CL_DEVICE_SVM_CAPABILITIES, sizeof there, &there, NULL) ==
               CL_SUCCESS &&
           (there & needed) == needed;
}

void clfi_bell_make(clf_scheduler *s)
{
    if (of_use(s))
        s->bell = clSVMAlloc(s->context,
                             CL_MEM_READ_WRITE | CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS,
                             CLF_LINE_WORDS * sizeof *s->bell, 0);
    if (s->bell != NULL)
        atomic_init(s->bell, 0);
}

void clfi_bell_free(clf_scheduler *s)
{
    if (s->bell != NULL)
        clSVMFree(s->context, (void *)s->bell);
}

cl_int clfi_bell_pass(clf_scheduler *s, cl_uint argument)
{
    return s->bell != NULL ? clSetKernelArgSVMPointer(s->program.slice, argument, (void *)s->bell)
                           : clSetKernelArg(s->program.slice, argument, sizeof s->buffers.control,
                                            &s->buffers.control); /* nobody looks */
}

#else

void clfi_bell_make(clf_scheduler *s)
{
    (void)s;
}

void clfi_bell_free(clf_scheduler *s)
{
    (void)s;
}

cl_int clfi_bell_pass(clf_scheduler *s, cl_uint argument)
{
    return clSetKernelArg(s->program.slice, argument, sizeof s->buffers.control,
                          &s->buffers.control);
}

#endif

void clfi_bell_ring(clf_scheduler *s)
{
    if (s->bell != NULL)
        atomic_store(s->bell, 1);
}

void clfi_bell_still(clf_scheduler *s)
{
    if (s->bell == NULL)
        return;
    atomic_store(s->bell, 0);
    if (atomic_load(&s->interrupted) || s->thread_stop)
        atomic_store(s->bell, 1);
}

/* unhook.cl - kernels of the user's program, which has the buffers where the objects are, for what
 * happens to them between two slices.
 */
#ifdef CLF_WAITING

#define CLF_VALUE(type, name)   , type clf_env_##name
#define CLF_POINTER(type, name) , type *clf_env_##name
/* For a dump: who holds what each fiber waits for, as a ticket in the place of the fates. */
__kernel void clf_holders(__global clf_upkeep *u, __global char *frames, __global uint *scratch,
                          uint turn, __global clf_ready *ready CLF_ENV(CLF_VALUE, CLF_POINTER))
{
    clf_worker worker, *w = &worker;
    uint i = get_global_id(0), holder = 0;
    (void)ready;
    if (i >= u->used)
        return;
    w->frames = frames;
    __global clf_wait *wait = clf_wait_of(w, i);
    if (CLF_MARKS[i] != CLF_MARK_FREE && wait->what == CLF_WAITS_LOCK)
        holder = ((__global clf_mutex *)(size_t)wait->object)->holder;
    CLF_FATE_A[i] = holder;
}

/* Takes fibers out of objects (sift.cl): list[first...]. */
__kernel void clf_unhook(__global clf_upkeep *u, __global char *frames, __global uint *list,
                         uint first, __global clf_ready *ready CLF_ENV(CLF_VALUE, CLF_POINTER))
#undef CLF_VALUE
#undef CLF_POINTER
{
    clf_worker worker, *w = &worker;
    w->frames = frames;
    clf_sift_all(w, u, list + first, ready);
}

#endif

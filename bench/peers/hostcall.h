/* hostcall.h - the call. Tasks call the host directly, so that there is nothing to compare with but
 * as many calls of sequential C.
 */
#ifdef TASK_SEQUENTIAL

/* Through a volatile pointer, so that the compiler keeps the calls. */
static uint32_t (*volatile hostcall_call)(uint32_t, uint32_t) = bench_answer_to;

static void hostcall_solve(const bench_problem *problem, void *data, peer_count *counts)
{
    uint32_t *places = (uint32_t *)data;

    (void)counts;
    for (uint32_t round = 1; round <= problem->as.flat.rounds; round++)
        for (uint32_t i = 0; i < problem->as.flat.fibers; i++)
            places[i] += hostcall_call(i, round);
}

#else
#define hostcall_solve TASK_NO_COUNTERPART
#endif

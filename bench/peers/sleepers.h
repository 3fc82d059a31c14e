/* sleepers.h - tasks that sleep hold their thread: no counterpart. Sequential C only does what is
 * left without the sleeps, for the check of the answer.
 */
#ifdef TASK_SEQUENTIAL

static void sleepers_solve(const bench_problem *problem, void *data, peer_count *counts)
{
    uint32_t *places = (uint32_t *)data;

    (void)counts;
    for (uint32_t i = 0; i < problem->as.flat.fibers; i++)
        places[i] += bench_mark(i);
}

#else
#define sleepers_solve TASK_NO_COUNTERPART
#endif

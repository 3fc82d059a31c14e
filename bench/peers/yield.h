/* yield.h - the switch. OpenMP's taskyield may do nothing, and oneTBB's tasks cannot give way at
 * all; sequential C shows the price of as many calls.
 */
#ifdef TASK_SEQUENTIAL

static void yield_step(uint32_t *round)
{
    ++*round;
}
/* Through a volatile pointer, so that the compiler keeps the calls. */
static void (*volatile yield_call)(uint32_t *) = yield_step;

static void yield_solve(const bench_problem *problem, void *data, peer_count *counts)
{
    uint32_t *places = (uint32_t *)data;

    (void)counts;
    for (uint32_t r = 0; r < problem->as.flat.rounds; r++)
        for (uint32_t i = 0; i < problem->as.flat.fibers; i++)
            yield_call(&places[i]);
}

#else
#define yield_solve TASK_NO_COUNTERPART
#endif

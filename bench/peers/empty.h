/* empty.h - a task alone, and the wait for it, again and again. */
static uint64_t empty_add(uint64_t before, uint32_t mark)
{
    return before + mark;
}
#ifdef TASK_SEQUENTIAL
/* Through a volatile pointer, so that the compiler keeps the calls whose cost is asked for. */
static uint64_t (*volatile empty_call)(uint64_t, uint32_t) = empty_add;
#else
#define empty_call empty_add
#endif

static void empty_solve(const bench_problem *problem, void *data, peer_count *counts)
{
    uint64_t *sum = (uint64_t *)data;

    (void)counts;
    for (uint32_t i = 0; i < problem->as.flat.fibers; i++) {
        uint64_t after = 0;
        TASK_GROUP();

        TASK_SPAWN_TO(after, empty_call(*sum, bench_mark(i)));
        TASK_WAIT();
        *sum = after;
    }
}

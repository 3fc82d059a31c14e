/* spawnjoin.h - one parent, many children, for the peers. */
static void spawnjoin_child(uint32_t *places, uint32_t index)
{
    places[index] += bench_mark(index);
}
#ifdef TASK_SEQUENTIAL
/* Through a volatile pointer, so that the compiler keeps the calls whose cost is asked for. */
static void (*volatile spawnjoin_call)(uint32_t *, uint32_t) = spawnjoin_child;
#else
#define spawnjoin_call spawnjoin_child
#endif

static void spawnjoin_solve(const bench_problem *problem, void *data, peer_count *counts)
{
    uint32_t count = problem->as.flat.fibers, batch = problem->as.flat.rounds;
    uint32_t *places = (uint32_t *)data;

    (void)counts;
    for (uint32_t i = 0; i < count;) {
        uint32_t end = count - i > batch ? i + batch : count;
        TASK_GROUP();

        for (; i < end; i++)
            TASK_SPAWN(spawnjoin_call(places, i));
        TASK_WAIT();
    }
}

/* mergesort.h - sorts by halves with sequential merges, for the peers. */
#include "../workloads/scalar_sort.h"

struct mergesort {
    const uint32_t *input;
    uint32_t *data, *spare;
    uint32_t leaf;
};

static void mergesort_sort(const struct mergesort *s, uint32_t first, uint32_t n, int aside)
{
    uint32_t *to = aside ? s->spare : s->data, *from = aside ? s->data : s->spare;

    if (n <= s->leaf) {
        leaf_sort(s->input + first, to + first, NULL, n);
        return;
    }
    uint32_t left = n / 2;
    TASK_GROUP();

    TASK_SPAWN(mergesort_sort(s, first, left, !aside));
    TASK_SPAWN(mergesort_sort(s, first + left, n - left, !aside));
    TASK_WAIT();
    leaf_merge(from + first, left, from + first + left, n - left, to + first);
}

static void mergesort_solve(const bench_problem *problem, void *data, peer_count *counts)
{
    uint32_t n = problem->as.sort.n, *numbers = (uint32_t *)data;
    struct mergesort s = {numbers, numbers + n, numbers + 2 * (size_t)n, problem->as.sort.leaf};

    (void)counts;
    mergesort_sort(&s, 0, n, 0);
}

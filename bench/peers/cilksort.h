/* cilksort.h - sorts by quarters with merges that are split, for the peers. */
#include "../workloads/scalar_sort.h"

struct cilksort {
    const uint32_t *input;
    uint32_t *data, *spare;
    uint32_t leaf;
};

static void cilksort_merge(const struct cilksort *s, int back, uint32_t a, uint32_t na, uint32_t b,
                           uint32_t nb, uint32_t out)
{
    const uint32_t *from = back ? s->spare : s->data;
    uint32_t *to = back ? s->data : s->spare;

    if (na + nb <= 4 * s->leaf) {
        leaf_merge(from + a, na, from + b, nb, to + out);
        return;
    }
    if (na < nb) {
        uint32_t swap = a;

        a = b;
        b = swap;
        swap = na;
        na = nb;
        nb = swap;
    }
    uint32_t half = na / 2, below = leaf_bound(from + b, nb, from[a + half]);
    TASK_GROUP();

    TASK_SPAWN(cilksort_merge(s, back, a, half, b, below, out));
    TASK_SPAWN(
        cilksort_merge(s, back, a + half, na - half, b + below, nb - below, out + half + below));
    TASK_WAIT();
}

static void cilksort_sort(const struct cilksort *s, uint32_t first, uint32_t n)
{
    if (n <= s->leaf) {
        leaf_sort(s->input + first, s->data + first, NULL, n);
        return;
    }
    uint32_t quarter = n / 4, last = n - 3 * quarter;
    TASK_GROUP();

    TASK_SPAWN(cilksort_sort(s, first, quarter));
    TASK_SPAWN(cilksort_sort(s, first + quarter, quarter));
    TASK_SPAWN(cilksort_sort(s, first + 2 * quarter, quarter));
    TASK_SPAWN(cilksort_sort(s, first + 3 * quarter, last));
    TASK_WAIT();
    TASK_SPAWN(cilksort_merge(s, 0, first, quarter, first + quarter, quarter, first));
    TASK_SPAWN(cilksort_merge(s, 0, first + 2 * quarter, quarter, first + 3 * quarter, last,
                              first + 2 * quarter));
    TASK_WAIT();
    cilksort_merge(s, 1, first, 2 * quarter, first + 2 * quarter, n - 2 * quarter, first);
}

static void cilksort_solve(const bench_problem *problem, void *data, peer_count *counts)
{
    uint32_t n = problem->as.sort.n, *numbers = (uint32_t *)data;
    struct cilksort s = {numbers, numbers + n, numbers + 2 * (size_t)n, problem->as.sort.leaf};

    (void)counts;
    cilksort_sort(&s, 0, n);
}

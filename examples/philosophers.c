/* philosophers.c - Dijkstra's philosophers: a mutex for every fork, and nobody starves.
 *
 * usage: philosophers [N] */
#include <stdio.h>
#include <stdlib.h>

#include "common.h"

enum { HUNGER = 100 };

int main(int argc, char **argv)
{
    cl_uint n = (cl_uint)example_number(argc, argv, 3, 100000, 5);
    clf_scheduler *s = example_open("philosophers.fib");
    size_t bytes = n * sizeof(cl_uint);
    /* Zeroed buffers: free forks. */
    clf_mutex *forks = calloc(n, sizeof *forks);
    cl_uint *meals = calloc(n, sizeof *meals);
    cl_uint quarrels = 0, hungry = 0;
    clf_handle root;

    if (!forks || !meals)
        example_die(EXAMPLE_FAILED, "out of memory");
    cl_mem fork_buffer = example_buffer(s, "forks", n * sizeof *forks, forks);
    cl_mem eating = example_buffer(s, "eating", bytes, meals);
    cl_mem meal_buffer = example_buffer(s, "meals", bytes, meals);
    cl_mem quarrel_buffer = example_buffer(s, "quarrels", sizeof quarrels, &quarrels);
    example_check(s, clf_bind(s, "philosophers", &n, sizeof n));
    example_check(s, clf_start(s, "table", 1, (clf_arg[]){CLF_UINT(HUNGER)}, &root));
    example_check(s, clf_join(s, root, NULL, 0, CLF_FOREVER));
    example_take_buffer(s, meal_buffer, bytes, meals);
    example_take_buffer(s, quarrel_buffer, sizeof quarrels, &quarrels);
    clReleaseMemObject(fork_buffer);
    clReleaseMemObject(eating);
    printf("%u philosophers have eaten %d times each\n", n, HUNGER);
    example_print_stats(s);
    clf_destroy(s);
    for (cl_uint i = 0; i < n; i++)
        hungry += meals[i] != HUNGER;
    free(forks);
    free(meals);
    if (hungry || quarrels)
        example_die(EXAMPLE_FAILED, "wrong: %u are hungry, %u ate with a neighbour's fork", hungry,
                    quarrels);
    return 0;
}

/* sort_leaf.h - sorting and merging inside a task, for the peers. workloads/scalar_sort.h is the
 * same on the device.
 */
#ifndef BENCH_PEERS_SORT_LEAF_H
#define BENCH_PEERS_SORT_LEAF_H

#include <stdint.h>

/* Insertion sort for what quicksort leaves. */
static inline void sort_insert(uint32_t *a, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        uint32_t x = a[i], k = i;

        for (; k > 0 && a[k - 1] > x; k--)
            a[k] = a[k - 1];
        a[k] = x;
    }
}

/* Splits n >= 4 numbers by the median of three; the first part is not empty and not all. */
static inline uint32_t sort_split(uint32_t *a, uint32_t n)
{
    uint32_t x = a[0], y = a[n / 2], z = a[n - 1];
    uint32_t lower = x < y ? x : y, upper = x < y ? y : x;
    uint32_t middle = upper < z ? upper : z, pivot = lower > middle ? lower : middle;
    uint32_t low = 0, high = n - 1;

    for (;;) {
        uint32_t swap;

        while (a[low] < pivot)
            low++;
        while (a[high] > pivot)
            high--;
        if (low >= high)
            return high + 1;
        swap = a[low];
        a[low++] = a[high];
        a[high--] = swap;
    }
}

/* The larger part waits on a stack: it holds one per doubling. */
static inline void leaf_sort(const uint32_t *in, uint32_t *out, uint32_t n)
{
    uint32_t first[32], count[32], top = 0, at = 0;

    for (uint32_t i = 0; i < n; i++)
        out[i] = in[i];
    for (;;) {
        if (n > 20) {
            uint32_t below = sort_split(out + at, n);
            int left = below < n - below; /* the smaller part first */

            first[top] = left ? at + below : at;
            count[top++] = left ? n - below : below;
            at = left ? at : at + below;
            n = left ? below : n - below;
            continue;
        }
        sort_insert(out + at, n);
        if (top == 0)
            return;
        at = first[--top];
        n = count[top];
    }
}

static inline void leaf_merge(const uint32_t *a, uint32_t na, const uint32_t *b, uint32_t nb,
                              uint32_t *out)
{
    while (na > 0 && nb > 0) {
        if (*a <= *b) {
            *out++ = *a++;
            na--;
        } else {
            *out++ = *b++;
            nb--;
        }
    }
    while (na-- > 0)
        *out++ = *a++;
    while (nb-- > 0)
        *out++ = *b++;
}

static inline uint32_t leaf_bound(const uint32_t *a, uint32_t n, uint32_t key)
{
    uint32_t first = 0;

    while (n > 0) {
        uint32_t half = n / 2;

        if (a[first + half] < key) {
            first += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return first;
}

#endif

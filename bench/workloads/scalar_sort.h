/* scalar_sort.h - sorting and merging without vectors inside a fiber, or a task of the peers:
 * OpenCL C, C and C++ at the same time.
 */
#ifndef BENCH_SCALAR_SORT_H
#define BENCH_SCALAR_SORT_H

#ifdef __OPENCL_VERSION__
#define SORT_SPACE __global
typedef uint sort_word;
#else
#define SORT_SPACE
typedef uint32_t sort_word;
#endif

/* Insertion sort for what quicksort leaves. */
static inline void sort_insert(SORT_SPACE sort_word *a, sort_word n)
{
    for (sort_word i = 1; i < n; i++) {
        sort_word x = a[i], k = i;

        for (; k > 0 && a[k - 1] > x; k--)
            a[k] = a[k - 1];
        a[k] = x;
    }
}

/* Splits n >= 4 numbers by the median of three; the first part is not empty and not all. */
static inline sort_word sort_split(SORT_SPACE sort_word *a, sort_word n)
{
    sort_word x = a[0], y = a[n / 2], z = a[n - 1];
    sort_word lower = x < y ? x : y, upper = x < y ? y : x;
    sort_word middle = upper < z ? upper : z, pivot = lower > middle ? lower : middle;
    sort_word low = 0, high = n - 1;

    for (;;) {
        sort_word swap;

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

/* The larger part waits on a stack: it holds one per doubling. wide_sort, which fibers call in its
 * place, has a use for `spare`. */
static inline void leaf_sort(SORT_SPACE const sort_word *in, SORT_SPACE sort_word *out,
                             SORT_SPACE sort_word *spare, sort_word n)
{
    sort_word first[32], count[32], top = 0, at = 0;

    (void)spare;
    for (sort_word i = 0; i < n; i++)
        out[i] = in[i];
    for (;;) {
        if (n > 20) {
            sort_word below = sort_split(out + at, n);
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

static inline void leaf_merge(SORT_SPACE const sort_word *a, sort_word na,
                              SORT_SPACE const sort_word *b, sort_word nb,
                              SORT_SPACE sort_word *out)
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

static inline sort_word leaf_bound(SORT_SPACE const sort_word *a, sort_word n, sort_word key)
{
    sort_word first = 0;

    while (n > 0) {
        sort_word middle = n / 2;

        if (a[first + middle] < key) {
            first += middle + 1;
            n -= middle + 1;
        } else {
            n = middle;
        }
    }
    return first;
}

#endif

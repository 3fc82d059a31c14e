/* scalar_sort.h - sorting without vectors, as the peers do it (peers/sort_leaf.h). */

/* Insertion sort for what quicksort leaves. */
static void sort_insert(__global uint *a, uint n)
{
    for (uint i = 1; i < n; i++) {
        uint x = a[i], k = i;

        for (; k > 0 && a[k - 1] > x; k--)
            a[k] = a[k - 1];
        a[k] = x;
    }
}

/* Splits n >= 4 numbers by the median of three; the first part is not empty and not all. */
static uint sort_split(__global uint *a, uint n)
{
    uint x = a[0], y = a[n / 2], z = a[n - 1];
    uint pivot = max(min(x, y), min(max(x, y), z));
    uint low = 0, high = n - 1;

    for (;;) {
        uint swap;

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
static void leaf_sort(__global const uint *in, __global uint *out, __global uint *spare, uint n)
{
    uint first[32], count[32], top = 0, at = 0;

    (void)spare;
    for (uint i = 0; i < n; i++)
        out[i] = in[i];
    for (;;) {
        if (n > 20) {
            uint below = sort_split(out + at, n);
            bool left = below < n - below; /* the smaller part first */

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

static void leaf_merge(__global const uint *a, uint na, __global const uint *b, uint nb,
                       __global uint *out)
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

static uint leaf_bound(__global const uint *a, uint n, uint key)
{
    uint first = 0;

    while (n > 0) {
        uint middle = n / 2;

        if (a[first + middle] < key) {
            first += middle + 1;
            n -= middle + 1;
        } else {
            n = middle;
        }
    }
    return first;
}

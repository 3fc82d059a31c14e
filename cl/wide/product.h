/* product.h - products of matrices with vectors inside a fiber.
 *
 * Matrices lie row by row; a row is na, nb or nc numbers behind the one before, so that they may be
 * parts of larger ones. 4 rows by 32 columns of C are computed at a time in eight vectors, which
 * never leave the registers.
 */
#ifndef WIDE_PRODUCT_H
#define WIDE_PRODUCT_H

#define WIDE_TILE_LOAD(r)                     \
    float16 left##r = vload16(0, c + r * nc); \
    float16 right##r = vload16(1, c + r * nc)
#define WIDE_TILE_ADD(r)                                \
    left##r = fma((float16)(a[r * na + k]), p, left##r); \
    right##r = fma((float16)(a[r * na + k]), q, right##r)
#define WIDE_TILE_STORE(r)            \
    vstore16(left##r, 0, c + r * nc); \
    vstore16(right##r, 1, c + r * nc)

static inline void wide_product_tile(__global const float *a, uint na, __global const float *b,
                                     uint nb, __global float *c, uint nc, uint inner)
{
    WIDE_TILE_LOAD(0);
    WIDE_TILE_LOAD(1);
    WIDE_TILE_LOAD(2);
    WIDE_TILE_LOAD(3);
    for (uint k = 0; k < inner; k++) {
        float16 p = vload16(0, b + k * nb), q = vload16(1, b + k * nb);

        WIDE_TILE_ADD(0);
        WIDE_TILE_ADD(1);
        WIDE_TILE_ADD(2);
        WIDE_TILE_ADD(3);
    }
    WIDE_TILE_STORE(0);
    WIDE_TILE_STORE(1);
    WIDE_TILE_STORE(2);
    WIDE_TILE_STORE(3);
}

static void wide_product_rest(__global const float *a, uint na, __global const float *b, uint nb,
                              __global float *c, uint nc, uint rows, uint columns, uint inner)
{
    for (uint i = 0; i < rows; i++)
        for (uint k = 0; k < inner; k++)
            for (uint j = 0; j < columns; j++)
                c[i * nc + j] += a[i * na + k] * b[k * nb + j];
}

/* C += A B; A has `rows` rows of `inner` numbers, B `inner` rows of `columns`. C overlaps neither. */
static void wide_product(__global const float *a, uint na, __global const float *b, uint nb,
                         __global float *c, uint nc, uint rows, uint columns, uint inner)
{
    uint j = 0;

    for (; j + 32 <= columns; j += 32) {
        uint i = 0;

        for (; i + 4 <= rows; i += 4)
            wide_product_tile(a + i * na, na, b + j, nb, c + i * nc + j, nc, inner);
        wide_product_rest(a + i * na, na, b + j, nb, c + i * nc + j, nc, rows - i, 32, inner);
    }
    wide_product_rest(a, na, b + j, nb, c + j, nc, rows, columns - j, inner);
}

#endif

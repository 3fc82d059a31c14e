/* scalar_product.h - C += A B without vectors, as the peers do. */

static void leaf_product(__global const float *a, uint na, __global const float *b, uint nb,
                         __global float *c, uint nc, uint rows, uint columns, uint inner)
{
    for (uint i = 0; i < rows; i++)
        for (uint k = 0; k < inner; k++)
            for (uint j = 0; j < columns; j++)
                c[i * nc + j] += a[i * na + k] * b[k * nb + j];
}

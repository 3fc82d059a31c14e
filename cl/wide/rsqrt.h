/* rsqrt.h - 1 / sqrt(x) of 16 numbers at once, to 22 bits or so, for x from 2^-125 on.
 *
 * A vector's square root and division take some 20 cycles each where a multiplication takes one; a
 * first guess out of the bits of x and three of Newton's steps are products and sums alone.
 */
#ifndef WIDE_RSQRT_H
#define WIDE_RSQRT_H

static inline float16 wide_rsqrt16(float16 x)
{
    const float16 half_x = 0.5f * x, one_and_half = 1.5f;
    float16 y = as_float16(0x5f3759dfu - (as_uint16(x) >> 1));

    y *= fma(-half_x * y, y, one_and_half);
    y *= fma(-half_x * y, y, one_and_half);
    y *= fma(-half_x * y, y, one_and_half);
    return y;
}

#endif

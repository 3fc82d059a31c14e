/* queens.h - solutions of the queens problem below a board: an example of SIMD inside a fiber.
 *
 *   wide_queens(n, columns, left, right)
 *
 * for n up to 20. A board is three sets of bits: columns that are taken, and those that are attacked
 * along the diagonals, as seen from the next row; here one word of 64 bits, 21 for each.
 *
 * Boards with a free place in their next row are on a stack, whatever their row. The last eight are
 * taken off at a time and get their next queens, every lane its lowest free place; what has a free
 * place then is put back, close up. So vectors are full until the end, and no branch depends on a
 * single board.
 */
#ifndef WIDE_QUEENS_H
#define WIDE_QUEENS_H

#include "some.h"

#define WIDE_QUEENS_MOST 20

/* What is on the stack was put there by several turns. Boards that a turn took stood above all that
 * the turn before it left, so they descend from what that one put there: the lowest row among those
 * taken grows from turn to turn. A board of row r has n - r places at most: in all 8 * (n + ... + 1),
 * and a rest. */
#define WIDE_QUEENS_ROOM (8 * WIDE_QUEENS_MOST * (WIDE_QUEENS_MOST + 1) / 2 + 16)

#define WIDE_QUEENS_PLACES(x) (all & ~((x) | (x) >> 21 | (x) >> 42))

/* Puts those of eight boards on the stack of `n` whose `lives` is -1; returns the new height. */
static inline uint wide_queens_push(ulong8 board, long8 lives, ulong *stack, uint n)
{
    ulong b[8];
    long l[8];

    vstore8(board, 0, b);
    vstore8(lives, 0, l);
#pragma unroll
    for (uint k = 0; k < 8; k++) {
        stack[n] = b[k];
        n -= (uint)l[k];
    }
    return n;
}

/* `first` in all lanes is the first board, at least two rows before the end. A vector among the
 * parameters makes LLVM use registers of its width. */
__attribute__((noinline)) static ulong wide_queens_search(ulong8 first, uint n)
{
    const ulong8 all = (1ul << n) - 1, left = all << 21, right = all << 42;
    ulong stack[WIDE_QUEENS_ROOM], lane[8], sum = 0;
    uint height = 1;
    ulong8 found = 0;

    vstore8(first, 0, stack);
    while (height != 0) {
        uint boards = min(height, 8u);
        ulong8 x, places;

        height -= boards;
        x = vload8(0, stack + height);
        places = WIDE_QUEENS_PLACES(x);
        places = (ulong8)(0, 1, 2, 3, 4, 5, 6, 7) < (ulong8)boards ? places : 0;
        do {
            ulong8 bit = places & (0 - places), y = x | bit | bit << 21 | bit << 42, missing;
            long8 lives, last;

            places ^= bit;
            y = (y & all) | (y << 1 & left) | (y >> 1 & right);
            missing = all & ~y;
            lives = bit != 0 && WIDE_QUEENS_PLACES(y) != 0;
            last = (missing & (missing - 1)) == 0; /* the free place is in the last row */
            found -= as_ulong8(lives & last);
            height = wide_queens_push(y, lives & ~last, stack, height);
        } while (wide_some8_long(places));
    }
    vstore8(found, 0, lane);
    for (uint k = 0; k < 8; k++)
        sum += lane[k];
    return sum;
}

static ulong wide_queens(uint n, uint columns, uint left, uint right)
{
    const uint all = (1u << n) - 1, rows = n - popcount(columns);

    if (rows < 2)
        return rows == 0 || (all & ~(columns | left | right)) != 0;
    return wide_queens_search(columns | (ulong)(left & all) << 21 | (ulong)right << 42, n);
}

#endif

/* queens.h - solutions of the queens problem below a board: an example of SIMD inside a fiber.
 *
 *   wide_queens(n, columns, left, right)
 *
 * A board is three sets of bits: columns that are taken, and those that are attacked along the
 * diagonals, as seen from the next row. A search down to WIDE_QUEENS_ROWS rows before the last
 * collects boards, 16 in a vector. The rest of all 16 is searched in step: every lane tries its own
 * lowest free place, or waits.
 */
#ifndef WIDE_QUEENS_H
#define WIDE_QUEENS_H

#define WIDE_QUEENS_ROWS 4 /* searched in step; what is less is hardly worth the vectors */

/* Ways to fill the last row: 1 in a lane with a free place. A row with one free column has one
 * place. */
#define WIDE_QUEENS_LAST(found, c, l, r) found -= as_uint16((all & ~(c | l | r)) != 0);

/* Every lane's lowest free place in turn, as long as any lane has one; a lane without goes on with
 * a full board, which has no places below it. `inside` sees nc, nl, nr. */
#define WIDE_QUEENS_ROW(c, l, r, nc, nl, nr, inside)         \
    {                                                        \
        uint16 open = all & ~(c | l | r);                    \
        while (any(open != 0)) {                             \
            uint16 bit = open & (0u - open);                 \
            uint16 nc = bit != 0 ? c | bit : (uint16)(all);  \
            uint16 nl = (l | bit) << 1, nr = (r | bit) >> 1; \
            open ^= bit;                                     \
            inside                                           \
        }                                                    \
    }

/* Four rows are left on each of 16 boards. */
static uint wide_queens_last(uint all, const uint board[3][16])
{
    uint16 c = vload16(0, board[0]), l = vload16(0, board[1]), r = vload16(0, board[2]);
    uint16 found = 0;
    uint lane[16], sum = 0;

    WIDE_QUEENS_ROW(c, l, r, c1, l1, r1,
                    WIDE_QUEENS_ROW(c1, l1, r1, c2, l2, r2,
                                    WIDE_QUEENS_ROW(c2, l2, r2, c3, l3, r3,
                                                    WIDE_QUEENS_LAST(found, c3, l3, r3))))
    vstore16(found, 0, lane);
    for (uint k = 0; k < 16; k++)
        sum += lane[k];
    return sum;
}

/* The same by one board at a time, for boards with few rows left. */
static ulong wide_queens_few(uint all, uint columns, uint left, uint right)
{
    uint c[8], l[8], r[8], open[8], depth = 0;
    ulong found = 0;

    if (columns == all)
        return 1;
    c[0] = columns;
    l[0] = left;
    r[0] = right;
    open[0] = all & ~(columns | left | right);
    for (;;) {
        uint bit = open[depth] & (0u - open[depth]);

        if (bit == 0) {
            if (depth-- == 0)
                return found;
            continue;
        }
        open[depth] ^= bit;
        if ((c[depth] | bit) == all) {
            found++;
            continue;
        }
        c[depth + 1] = c[depth] | bit;
        l[depth + 1] = (l[depth] | bit) << 1;
        r[depth + 1] = (r[depth] | bit) >> 1;
        depth++;
        open[depth] = all & ~(c[depth] | l[depth] | r[depth]);
    }
}

/* n <= 32. */
static ulong wide_queens(uint n, uint columns, uint left, uint right)
{
    const uint all = n < 32 ? (1u << n) - 1 : ~0u;
    uint c[32], l[32], r[32], open[32], depth = 0, waiting = 0;
    const uint rows = n - popcount(columns);
    const uint end = rows - WIDE_QUEENS_ROWS - 1; /* boards below this depth are collected */
    uint board[3][16];
    ulong found = 0;

    if (rows <= WIDE_QUEENS_ROWS)
        return wide_queens_few(all, columns, left, right);
    c[0] = columns;
    l[0] = left;
    r[0] = right;
    open[0] = all & ~(columns | left | right);
    for (;;) {
        uint bit = open[depth] & (0u - open[depth]);

        if (bit == 0) {
            if (depth-- == 0)
                break;
            continue;
        }
        uint nc = c[depth] | bit, nl = (l[depth] | bit) << 1, nr = (r[depth] | bit) >> 1;
        uint places = all & ~(nc | nl | nr);

        open[depth] ^= bit;
        if (places == 0)
            continue;
        if (depth == end) {
            board[0][waiting] = nc;
            board[1][waiting] = nl;
            board[2][waiting++] = nr;
            if (waiting == 16) {
                found += wide_queens_last(all, board);
                waiting = 0;
            }
            continue;
        }
        depth++;
        c[depth] = nc;
        l[depth] = nl;
        r[depth] = nr;
        open[depth] = places;
    }
    for (uint k = waiting; k < 16; k++) {
        board[0][k] = all;
        board[1][k] = board[2][k] = 0;
    }
    return waiting ? found + wide_queens_last(all, board) : found;
}

#endif

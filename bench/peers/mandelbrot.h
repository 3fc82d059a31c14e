/* mandelbrot.h - iterations of the pixels of a picture, for the peers. Products and sums are not
 * contracted, as on the device.
 */
#ifdef __clang__
#define MANDELBROT_EXACT
#else
#define MANDELBROT_EXACT __attribute__((optimize("fp-contract=off")))
#endif

struct mandelbrot {
    uint32_t size, limit, leaf;
};

/* Iterations within the circle; `limit` for a pixel that stays there. */
MANDELBROT_EXACT static uint32_t mandelbrot_pixel(float cx, float cy, uint32_t limit)
{
#ifdef __clang__
#pragma clang fp contract(off)
#endif
    float x = cx, y = cy;
    uint32_t n = 0;

    while (n < limit) {
        float xx = x * x, yy = y * y;

        if (!(xx + yy <= 4.0f))
            break;
        n++;
        y = 2.0f * (x * y) + cy;
        x = (xx - yy) + cx;
    }
    return n;
}

MANDELBROT_EXACT static void mandelbrot_tile(const struct mandelbrot *m, uint32_t left,
                                             uint32_t top, uint32_t width, uint32_t height,
                                             peer_count *count)
{
#ifdef __clang__
#pragma clang fp contract(off)
#endif
    float scale = 3.0f / (float)m->size;

    for (uint32_t row = top; row < top + height; row++)
        for (uint32_t column = left; column < left + width; column++) {
            float cx = (float)column * scale - 2.25f, cy = (float)row * scale - 1.5f;
            uint32_t n = mandelbrot_pixel(cx, cy, m->limit);

            count->part[0] += n;
            count->part[1] += n == m->limit;
        }
}

static void mandelbrot_visit(const struct mandelbrot *m, uint32_t left, uint32_t top,
                             uint32_t width, uint32_t height, peer_count *counts)
{
    uint32_t w = width / 2, h = height / 2;

    if (width <= m->leaf && height <= m->leaf) {
        mandelbrot_tile(m, left, top, width, height, &counts[TASK_THREAD()]);
        return;
    }
    TASK_GROUP();
    TASK_SPAWN(mandelbrot_visit(m, left, top, w, h, counts));
    TASK_SPAWN(mandelbrot_visit(m, left + w, top, width - w, h, counts));
    TASK_SPAWN(mandelbrot_visit(m, left, top + h, w, height - h, counts));
    TASK_SPAWN(mandelbrot_visit(m, left + w, top + h, width - w, height - h, counts));
    TASK_WAIT();
}

static void mandelbrot_solve(const bench_problem *problem, void *data, peer_count *counts)
{
    uint32_t size = problem->as.mandelbrot.size;
    struct mandelbrot m = {size, problem->as.mandelbrot.limit, problem->as.mandelbrot.leaf};

    (void)data;
    mandelbrot_visit(&m, 0, 0, size, size, counts);
}

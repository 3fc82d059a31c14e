/* mandelbrot.c - an adaptive Mandelbrot set, written as a PNG file.
 *
 * usage: mandelbrot [SIZE]   makes mandelbrot.png, SIZE x SIZE pixels, in the current folder */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "common.h"

enum { LIMIT = 256, TILE = 64 };
static const char file_name[] = "mandelbrot.png";

/* As in the fiber file, with OpenCL's types: those are of one size on host and device. */
typedef struct {
    cl_int size, limit;
    cl_float left, top, step;
} picture;

/* The same as in the fiber file, in the same order: floats are equal to the last bit only then. */
static cl_int iterations(float x, float y)
{
    float re = 0, im = 0;
    cl_int n = 0;

    while (n < LIMIT && re * re + im * im <= 4) {
        float next = re * re - im * im + x;
        im = 2 * re * im + y;
        re = next;
        n++;
    }
    return n;
}

/* Each pixel on its own. Returns how many differ; *missing gets how many the fibers left out. */
static size_t compare(const cl_int *pixel, const picture *view, size_t *missing)
{
    size_t size = (size_t)view->size;
    size_t different = 0;

    *missing = 0;
    for (size_t y = 0; y < size; y++)
        for (size_t x = 0; x < size; x++) {
            cl_int n = pixel[y * size + x];
            if (n < 0)
                ++*missing;
            else if (n != iterations(view->left + (float)x * view->step,
                                     view->top + (float)y * view->step))
                different++;
        }
    return different;
}

static void write_png(const cl_int *pixel, size_t size)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)size,
                       .height = (png_uint_32)size,
                       .format = PNG_FORMAT_RGB};
    png_byte *rgb = malloc(size * size * 3);

    if (!rgb)
        example_die(EXAMPLE_FAILED, "out of memory");
    for (size_t k = 0; k < size * size; k++) {
        /* Black for the set; outside, a path from dark blue to white: few iterations are frequent.
         */
        float t = pixel[k] >= LIMIT ? 0 : sqrtf((float)pixel[k] / LIMIT);
        rgb[3 * k] = (png_byte)(255 * t * t);
        rgb[3 * k + 1] = (png_byte)(255 * t);
        rgb[3 * k + 2] = (png_byte)(pixel[k] >= LIMIT ? 0 : 64 + 191 * sqrtf(t));
    }
    if (!png_image_write_to_file(&image, file_name, 0, rgb, 0, NULL))
        example_die(EXAMPLE_FAILED, "%s: %s", file_name, image.message);
    free(rgb);
}

int main(int argc, char **argv)
{
    cl_int size = (cl_int)example_number(argc, argv, 1, 16384, 512);
    picture view = {size, LIMIT, -2.25f, -1.5f, 3.0f / (float)size};
    size_t pixels = (size_t)size * (size_t)size, missing, different;
    cl_int *pixel = malloc(pixels * sizeof *pixel);
    clf_scheduler *s = example_open("mandelbrot.fib");
    cl_mem buffer;
    clf_handle root;

    if (!pixel)
        example_die(EXAMPLE_FAILED, "out of memory");
    memset(pixel, -1, pixels * sizeof *pixel);
    buffer = example_buffer(s, "pixel", pixels * sizeof *pixel, pixel);
    example_check(s, clf_bind(s, "view", &view, sizeof view));
    example_check(s, clf_start(s, "image", 1, (clf_arg[]){CLF_INT(TILE)}, &root));
    example_check(s, clf_join(s, root, NULL, 0, CLF_FOREVER));
    example_take_buffer(s, buffer, pixels * sizeof *pixel, pixel);
    example_print_stats(s);
    clf_destroy(s);

    write_png(pixel, (size_t)size);
    different = compare(pixel, &view, &missing);
    free(pixel);
    printf("%s: %d x %d pixels, %zu differ from those computed one by one\n", file_name, size, size,
           different);
    /* Between pixels, what is thinner than they are can pass a border unseen: some may differ. */
    if (missing || different > pixels / 1000)
        example_die(EXAMPLE_FAILED, "wrong: %zu pixels are missing, %zu differ", missing,
                    different);
    return 0;
}

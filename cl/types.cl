/* types.cl - what a fiber program may use before the runtime itself: handles and small helpers. */

/* The name of a started fiber: who holds it may join or detach it, once. */
typedef struct fiber_t {
    uint frame;
    uint generation;
} fiber_t;

/* Synchronization objects, in __global memory; clfiber.h has the same for the host. All zero is a
 * free mutex. */
typedef struct clf_mutex {
    uint state;  /* atomic */
    uint queue;  /* the holder's */
    uint holder; /* atomic */
    uint fill;
} clf_mutex;

/* Where a child puts its result: the distance of a member, or of what a pointer shows, from its
 * frame's start. */
#define CLF_PLACE(f, member)      ((uint)((__global char *)&(f)->member - (__global char *)(f)))
#define CLF_PLACE_OF(f, pointer)  ((uint)((__global char *)(pointer) - (__global char *)(f)))
#define CLF_FRAME(w, name, index) ((__global clf_frame_##name *)clf_frame_at((w), (index)))

/* ---- lines to print: CLF_CALL_PRINT ------------------------------------------------- */

/* A line that says `format`, as printf has it, but for the values: they follow one by one. */
static inline clf_line clf_format(__constant const char *format)
{
    clf_line line;
    uint i = 0;
    line.count = line.kinds = 0;
    for (; i < CLF_LINE_BYTES - 1 && format[i] != 0; i++)
        line.format[i] = format[i];
    for (; i < CLF_LINE_BYTES; i++)
        line.format[i] = 0;
    return line;
}

static inline void clf_put(clf_line *line, uint kind, ulong bits)
{
    if (line->count < CLF_LINE_VALUES) {
        line->kinds |= kind << 4 * line->count;
        line->value[line->count++] = bits;
    }
}

static inline void clf_put_long(clf_line *line, long value)
{
    clf_put(line, CLF_LINE_LONG, (ulong)value);
}

static inline void clf_put_ulong(clf_line *line, ulong value)
{
    clf_put(line, CLF_LINE_ULONG, value);
}

static inline void clf_put_float(clf_line *line, float value)
{
    clf_put(line, CLF_LINE_FLOAT, as_uint(value));
}

#if defined(cl_khr_fp64) || defined(__opencl_c_fp64)
static inline void clf_put_double(clf_line *line, double value)
{
    clf_put(line, CLF_LINE_DOUBLE, as_ulong(value));
}
#endif

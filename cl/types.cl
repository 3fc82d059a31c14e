/* types.cl - what a fiber program may use before the runtime itself: handles and small helpers. */

/* The name of a started fiber: who holds it may join or detach it, once. */
typedef struct fiber_t {
    uint frame;
    uint generation;
} fiber_t;

/* A fiber's name; "": it has none. */
typedef struct clf_name {
    char text[CLF_NAME_BYTES];
} clf_name;

#define CLF_PRIORITY_NORMAL 0
#define CLF_PRIORITY_URGENT 1

/* Synchronization objects, in __global memory; clfiber.h has the same for the host. All zero is a
 * free mutex. */
typedef struct clf_mutex {
    uint state;  /* atomic */
    uint queue;  /* the holder's */
    uint holder; /* atomic */
    uint fill;
} clf_mutex;

/* Fibers in line, as tickets: frame + 1. */
typedef struct clf_waiters {
    uint first, last;
} clf_waiters;

/* All zero: no units. */
typedef struct clf_semaphore {
    uint value; /* atomic */
    uint gate;  /* atomic */
    clf_waiters line;
} clf_semaphore;

/* All zero: unset, to be reset by hand. */
typedef struct clf_event {
    clf_semaphore counter;
    uint mode; /* CLF_EVENT_MANUAL or CLF_EVENT_AUTO */
    uint fill[3];
} clf_event;

/* All zero: not done. */
typedef struct clf_once {
    clf_event done;
    uint begun; /* ticket of the fiber that does it, atomic */
    uint fill[3];
} clf_once;

typedef struct clf_barrier {
    uint gate; /* atomic */
    uint fibers;
    uint arrived;
    uint fill;
    clf_waiters line;
    uint fill1[2];
} clf_barrier;

/* The messages lie behind it: capacity * bytes. */
typedef struct clf_channel {
    uint gate;   /* atomic */
    uint closed; /* atomic */
    uint capacity;
    uint bytes; /* of a message */
    uint oldest, messages;
    clf_waiters senders, receivers;
    uint fill[6];
} clf_channel;

static inline void clf_semaphore_init(__global clf_semaphore *s, uint units)
{
    clf_semaphore made = {units, 0, {0, 0}};
    *s = made;
}

static inline void clf_event_init(__global clf_event *e, uint mode)
{
    clf_event made = {{0, 0, {0, 0}}, mode, {0, 0, 0}};
    *e = made;
}

static inline void clf_barrier_init(__global clf_barrier *b, uint fibers)
{
    clf_barrier made = {0, fibers, 0, 0, {0, 0}, {0, 0}};
    *b = made;
}

static inline void clf_channel_init(__global clf_channel *c, uint capacity, uint bytes)
{
    clf_channel made = {0, 0, capacity, bytes, 0, 0, {0, 0}, {0, 0}, {0, 0, 0, 0, 0, 0}};
    *c = made;
}

/* Where a child puts its result: the distance of a member, or of what a pointer shows, from its
 * frame's start. */
#define CLF_PLACE(f, member)       ((uint)((__global char *)&(f)->member - (__global char *)(f)))
#define CLF_PLACE_IN(name, member) ((uint)(size_t) & ((__global clf_frame_##name *)0)->member)
#define CLF_PLACE_OF(f, pointer)   ((uint)((__global char *)(pointer) - (__global char *)(f)))
#define CLF_FRAME(w, name, index)  ((__global clf_frame_##name *)clf_frame_at((w), (index)))

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

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

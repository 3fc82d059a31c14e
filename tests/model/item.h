/* item.h - what the scenarios of objects that fibers wait for have in common: three workers, each
 * with a fiber that begins there, and the fibers that an object wakes. */
#include "host_opencl.h"
#define CLF_LANES 1
#define CLF_MODE  0u
#define CLF_WAITING
#include "device_before.h"

#define ITEM_MEMBERS uint rounds; uint message;
#include "item_fiber.h"

enum { WORKERS = 3, FRAMES = 4 };

static uint *woken; /* fibers, by worker */

/* Fiber i begins at worker i. */
static void setup_items(void)
{
    machine_setup(WORKERS, 4, 4, FRAMES, 2, 0xfffffffeu, 0);
    machine.ctl->fresh = FRAMES;
    woken = ex_alloc("woken", WORKERS * sizeof *woken, sizeof *woken, NULL);
    for (uint i = 0; i < WORKERS; i++)
        MACHINE_FRAME(item, i)->h.code = CLF_FN_item << CLF_FN_SHIFT;
}

/* The next fiber that was woken here, or CLF_NIL. */
static uint next_woken(clf_worker *w)
{
    uint fiber = w->next;
    w->next = CLF_NIL;
    if (fiber == CLF_NIL && w->yields != 0) {
        fiber = w->yield_head;
        w->yield_head = clf_frame_at(w, fiber)->link;
        w->yields--;
    }
    woken[w->id] += fiber != CLF_NIL;
    return fiber;
}

/* Nobody is left; bit 0: somebody was woken, 1: somebody by another worker than the first. */
static inline uint finish_items(void)
{
    for (uint i = 0; i < WORKERS; i++)
        EX_CHECK(MACHINE_WORKER(i)->yields == 0);
    return (woken[0] + woken[1] + woken[2] != 0) | (woken[1] + woken[2] != 0) << 1;
}

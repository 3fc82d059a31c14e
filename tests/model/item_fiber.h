/* item_fiber.h - the only kind of fiber that a scenario has, `item`, with ITEM_MEMBERS in its
 * frame; and the machine for it. */
typedef struct {
    clf_header h;
    ITEM_MEMBERS
} clf_frame_item;
typedef struct {
    uint none;
} clf_spill_item;
#define CLF_FIBERS(F) F(item)
#define CLF_RESULT_item(R)
#define CLF_ARGS_item(A)

#define CLF_MACHINE_UNITS
#include "machine.h"

/* report.cl - what the device's compiler made of the program: sizes, offsets, names; and
 * housekeeping kernels that the host runs between slices.
 */
#define CLF_LAYOUT_SPACE __global

typedef struct clf_reporter {
    __global uint *out;
    uint at;
} clf_reporter;

static inline void clf_report_words(clf_reporter *r, uint kind, uint a, uint b,
                                    __constant const char *text)
{
    uint length = 0;
    if (text != 0)
        while (text[length] != 0)
            length++;
    uint words = length / 4 + 1;
    if (r->at + 4 + words + 4 > CLF_REPORT_WORDS) {
        r->out[1] = 1; /* too long: the host says so */
        return;
    }
    __global uint *out = r->out + r->at;
    out[0] = kind;
    out[1] = a;
    out[2] = b;
    out[3] = words;
    __global char *to = (__global char *)(out + 4);
    for (uint i = 0; i < words * 4; i++)
        to[i] = i < length ? text[i] : 0;
    r->at += 4 + words;
}

/* Strings live at program scope: that is where OpenCL C 1.2 allows __constant arrays. */
#define CLF_TEXT(type, name) #type "\0" #name "\0"
#define CLF_DECLARE(name)                                                \
    __constant char clf_args_of_##name[] = "" CLF_ARGS_##name(CLF_TEXT); \
    __constant char clf_name_of_##name[] = #name;                        \
    __constant char clf_result_of_##name[] = "" CLF_RESULT_##name(CLF_REPORT_STRING);
#define CLF_REPORT_STRING(type) #type
CLF_FIBERS(CLF_DECLARE)
#undef CLF_DECLARE
__constant char clf_env_text[] = "" CLF_ENV(CLF_TEXT, CLF_TEXT);

/* Reports the next of the strings behind each other in `text`, and moves on. */
static inline __constant const char *clf_report_next(clf_reporter *r, uint kind, uint a, uint b,
                                                     __constant const char *text)
{
    clf_report_words(r, kind, a, b, text);
    while (*text != 0)
        text++;
    return text + 1;
}

__kernel void clf_report(__global uint *out)
{
    clf_reporter reporter = {out, 2}, *r = &reporter;
    __constant const char *text;
    out[0] = CLF_REPORT_MAGIC;
    out[1] = 0;
#define CLF_CHECK(number, value) clf_report_words(r, CLF_REPORT_LAYOUT, number, (uint)(value), 0);
    CLF_LAYOUT_CHECKS(CLF_CHECK)
    clf_report_words(r, CLF_REPORT_FRAME, CLF_FRAME_BYTES, CLF_SPILL_BYTES, 0);
#ifdef CLF_PRIORITIES
    uint priorities = 1;
#else
    uint priorities = 0;
#endif
    clf_report_words(r, CLF_REPORT_OWN, CLF_NAME_SIZE != 0 ? CLF_NAME_BACK : 0, priorities, 0);
    clf_report_words(r, CLF_REPORT_CLASSES, CLF_CLASSES, clf_units_of(CLF_CLASSES - 1), 0);
    clf_report_words(r, CLF_REPORT_FRONT, CLF_FRAMES_AT, CLF_UNITS_0, 0);
#define CLF_REPORT_A_RESULT(type) clf_report_words(r, CLF_REPORT_RESULT, sizeof(type), 0, text);
#define CLF_REPORT_AN_ARG(type, member)                                                  \
    text = clf_report_next(r, CLF_REPORT_ARG, CLF_PLACE(f, member), sizeof(type), text); \
    text = clf_report_next(r, CLF_REPORT_NAME, 0, 0, text);
#define CLF_REPORT_A_FIBER(name)                                                                  \
    {                                                                                             \
        __global clf_frame_##name *f = (__global clf_frame_##name *)out;                          \
        clf_report_words(r, CLF_REPORT_FIBER, sizeof(clf_frame_##name), sizeof(clf_spill_##name), \
                         clf_name_of_##name);                                                     \
        text = clf_result_of_##name;                                                              \
        CLF_RESULT_##name(CLF_REPORT_A_RESULT) text = clf_args_of_##name;                         \
        CLF_ARGS_##name(CLF_REPORT_AN_ARG)(void) f;                                               \
        clf_report_words(r, CLF_REPORT_ROOM, clf_units_of(CLF_CLASS_##name) * CLF_FRAME_BYTES, 0, \
                         0);                                                                      \
    }
    CLF_FIBERS(CLF_REPORT_A_FIBER)
    text = clf_env_text;
#define CLF_REPORT_VALUE(type, name)                                  \
    text = clf_report_next(r, CLF_REPORT_ENV, 0, sizeof(type), text); \
    text = clf_report_next(r, CLF_REPORT_NAME, 0, 0, text);
#define CLF_REPORT_POINTER(type, name)                                  \
    text = clf_report_next(r, CLF_REPORT_ENV, 1, sizeof(type *), text); \
    text = clf_report_next(r, CLF_REPORT_NAME, 0, 0, text);
    CLF_ENV(CLF_REPORT_VALUE, CLF_REPORT_POINTER)
    (void)text;
    out[r->at] = CLF_REPORT_END;
}

/* Moves each ring to one of another capacity, of zeros; an entry's place follows from its counter.
 * The last but one "worker" is the shared queue, which has no counters and starts at 0, the last
 * one the queue of urgent fibers. */
__kernel void clf_move_rings(__global clf_control *ctl, __global clf_worker_state *workers,
                             __global uint *from, uint from_mask, __global uint *to, uint to_mask)
{
    uint g = get_global_id(0);
    uint first = 0, last = ctl->shared_top;
    from += (size_t)g * (from_mask + 1);
    to += (size_t)g * (to_mask + 1);
    if (g < ctl->workers) {
        first = workers[g].top;
        last = workers[g].bottom;
    } else if (g > ctl->workers) {
        first = ctl->urgent_head;
        last = ctl->urgent_tail;
    }
    for (uint i = first; i != last; i++)
        to[i & to_mask] = from[i & from_mask];
}

/* Static mode: deals the entries of the fullest deque out to all, once. */
__kernel void clf_deal(__global clf_control *ctl, __global clf_worker_state *workers,
                       __global uint *rings)
{
    const uint mask = ctl->ring_mask;
    uint rich = 0, most = 0;
    for (uint g = 0; g < ctl->workers; g++)
        if (workers[g].bottom - workers[g].top > most) {
            most = workers[g].bottom - workers[g].top;
            rich = g;
        }
    uint first = workers[rich].top, last = workers[rich].bottom, kept = first;
    for (uint i = first; i != last; i++) {
        uint index = rings[(size_t)rich * (mask + 1) + (i & mask)];
        __global clf_worker_state *to = &workers[(i - first) % ctl->workers];
        if ((i - first) % ctl->workers == rich || to->bottom - to->top > mask) {
            rings[(size_t)rich * (mask + 1) + (kept++ & mask)] = index;
        } else {
            rings[(size_t)(to - workers) * (mask + 1) + (to->bottom++ & mask)] = index;
        }
    }
    workers[rich].bottom = kept;
    workers[rich].split = workers[rich].top;
}

/* Puts the results of host calls into the frames that wait for them. The block: a clf_result for
 * each, then the bytes. */
__kernel void clf_give_results(__global char *frames, __global const char *block)
{
    clf_result r = ((__global const clf_result *)block)[get_global_id(0)];
    __global const char *from = block + r.offset;
    __global char *to = frames + CLF_FRAMES_AT + (size_t)r.frame * CLF_FRAME_BYTES + r.place;
    if ((r.place | r.size) % 4 == 0) {
        for (uint i = 0; i < r.size / 4; i++)
            ((__global uint *)to)[i] = ((__global const uint *)from)[i];
    } else {
        for (uint i = 0; i < r.size; i++)
            to[i] = from[i];
    }
}

/* mock_inline.h - the operations for children that run inline (cl/inline.cl). See mock.h.
 *
 * Clones are refused at random, so that a fiber gets its frame at any of its calls. */
#define CLF_SAVE  __attribute__((noinline)) static
#define CLF_CLONE CLF_SAVE
#define CLF_FOLD  static inline
#define CLF_KEEP(f, place, type, value) \
    (*(__global type *)((__global char *)(f) + (place)) = (value))
#define CLF_BYTES_BETWEEN(from, to) ((uint)((__private char *)(to) - (__private char *)(from)))

static bool mock_fuel(clf_worker *w, __private uint *fuel)
{
    bool given = (mock_random(w) & 255) >= w->park;
    w->calls += given;
    *fuel -= given;
    return given;
}

#define clf_inlines(w)     mock_fuel(w, &(w)->fuel)
#define CLF_MAY_CALL(w)    mock_fuel(w, &clf_fuel)
#define CLF_MAY_RUN(w)     ((mock_random(w) & 255) >= (w)->park)
#define CLF_RAN(child)     ((ulong)clf_fuel << 32 | (child))
#define CLF_FUEL_LEFT(ran) ((uint)((ran) >> 32))
#define CLF_CHILD(ran)     ((uint)(ran))
#define CLF_FOLDED(child)  (*clf_left = clf_fuel, (uint)(child))
#define CLF_LEAVING(w)     (w)

/* A frame that its clone has made: kind and parent are known now. */
static uint mock_adopt(clf_worker *w, uint child, uint kind, uint parent, uint place)
{
    mock_check(w, w->book[child].parent == MOCK_LATE, 9016);
    w->book[child].kind = kind;
    w->book[child].parent = parent;
    w->book[child].place = place;
    return 1;
}

static uint clf_adopt(clf_worker *w, uint child, uint self, uint place)
{
    w->book[self].outstanding++;
    w->kids++;
    return mock_adopt(w, child, MOCK_SPAWNED, self, place);
}

static void clf_launch(clf_worker *w, uint child, uint fn)
{
    mock_make(w, child, fn, MOCK_AWAITED, MOCK_LATE, 0);
}

static void clf_await_made(clf_worker *w, uint child, uint self, __global clf_header *h, uint place,
                           uint kids, uint at)
{
    (void)h;
    mock_adopt(w, child, MOCK_AWAITED, self, place);
    mock_suspend(w, self, kids, at, MOCK_AWAITS);
}

static uint clf_hang(clf_worker *w, uint child, uint list, uint place)
{
    mock_check(w, w->book[child].parent == MOCK_LATE, 9016);
    w->book[child].joiner = list; /* the next one: nobody joins it */
    w->book[child].place = place;
    return child;
}

static void clf_hang_awaited(clf_worker *w, uint child, uint place)
{
    w->book[child].place = place;
}

#define clf_take_late_for(w, name) clf_take_late(w)
static uint clf_take_late(clf_worker *w)
{
    uint park = w->park;
    w->park = 0;
    uint self = clf_take(w);
    w->park = park;
    w->book[self].parent = MOCK_LATE;
    return self;
}

static void mock_late(clf_worker *w, uint self, uint fn, uint list, uint at, uint state)
{
    w->book[self].fn = fn;
    w->book[self].at = at;
    w->book[self].state = state;
    w->book[self].priority = w->priority;
    while (list != CLF_NIL) {
        uint next = w->book[list].joiner;
        w->book[list].joiner = 0;
        w->book[self].outstanding++;
        mock_adopt(w, list, MOCK_SPAWNED, self, w->book[list].place);
        list = next;
    }
    if (state == MOCK_READY)
        mock_ready(w, self);
}

static void clf_late_goes_on(clf_worker *w, uint self, __global clf_header *h, uint fn, uint list,
                             uint at)
{
    (void)h;
    mock_late(w, self, fn, list, at, MOCK_READY);
}

static void clf_late_syncs(clf_worker *w, uint self, __global clf_header *h, uint fn, uint list,
                           uint at)
{
    (void)h;
    mock_check(w, list != CLF_NIL, 9012);
    mock_late(w, self, fn, list, at, MOCK_SYNCS);
}

static void clf_late_awaits(clf_worker *w, uint self, __global clf_header *h, uint fn, uint list,
                            uint child, uint at)
{
    (void)h;
    mock_late(w, self, fn, list, at, MOCK_AWAITS);
    mock_adopt(w, child, MOCK_AWAITED, self, w->book[child].place);
}

static void clf_late_yields(clf_worker *w, uint self, __global clf_header *h, uint fn, uint list,
                            uint at)
{
    (void)h;
    mock_late(w, self, fn, list, at, MOCK_READY);
}

static uint clf_inline_fails(clf_worker *w, uint fn, uint list, int code, uint line)
{
    uint self = clf_take_late(w);
    mock_check(w, line != 0, 9008);
    w->book[self].failing = (uint)code;
    mock_late(w, self, fn, list, 1, list == CLF_NIL ? MOCK_READY : MOCK_SYNCS);
    return self;
}

/* channel.cl - a queue of messages of one size, for any number of senders and receivers.
 *
 * The messages lie behind the clf_channel, a ring of `capacity` places; without any, a sender waits
 * for its receiver. All words but the gate and `closed` are the server's (gate.cl). A message goes
 * from frame to frame if a receiver waits; never past one that is older. A message lies in its
 * sender's frame while it waits: it can be moved without the sender.
 */
#ifdef CLF_WAITING

/* Words if everything is a multiple of words. */
#define CLF_COPY(space_to, to, space_from, from, bytes)                                    \
    do {                                                                                   \
        if (((size_t)(to) | (size_t)(from) | (bytes)) % 4 == 0)                            \
            for (uint clf_k = 0; clf_k < (bytes) / 4; clf_k++)                             \
                ((space_to uint *)(to))[clf_k] = ((space_from const uint *)(from))[clf_k]; \
        else                                                                               \
            for (uint clf_k = 0; clf_k < (bytes); clf_k++)                                 \
                ((space_to char *)(to))[clf_k] = ((space_from const char *)(from))[clf_k]; \
    } while (0)

static inline __global char *clf_message_at(__global clf_channel *c, uint place)
{
    return (__global char *)(c + 1) + (size_t)place * c->bytes;
}

/* Where a fiber has its message, or wants it; 0: it drops it. */
static inline __global char *clf_message_of(clf_worker *w, uint ticket)
{
    uint place = clf_wait_of(w, ticket - 1)->place;
    return place == CLF_NO_PLACE ? 0 : (__global char *)clf_frame_at(w, ticket - 1) + place;
}

static inline void clf_message_move(__global clf_channel *c, __global char *to,
                                    __global const char *from)
{
    uint bytes = c->bytes;
    if (to != 0)
        CLF_COPY(__global, to, __global, from, bytes);
}

/* The place behind the newest message, which is counted in. */
static inline __global char *clf_message_add(__global clf_channel *c)
{
    uint place = c->oldest + c->messages++;
    return clf_message_at(c, place < c->capacity ? place : place - c->capacity);
}

/* The oldest message, which is counted out, but stays where it is until another is added. */
static inline __global char *clf_message_remove(__global clf_channel *c)
{
    uint place = c->oldest;
    c->oldest = place + 1 == c->capacity ? 0 : place + 1;
    c->messages--;
    return clf_message_at(c, place);
}

/* ---- serving --------------------------------------------------------------------------- */

/* The oldest message, from the ring or a waiting sender; null: there is none. */
static inline __global const char *clf_channel_get(clf_worker *w, __global clf_channel *c)
{
    if (c->messages != 0)
        return clf_message_remove(c);
    return c->senders.first != 0 ? clf_message_of(w, c->senders.first) : 0;
}

/* After a message has been taken: the oldest sender's moves up. */
static inline void clf_channel_move_up(clf_worker *w, __global clf_channel *c, clf_server *server)
{
    if (c->senders.first == 0)
        return;
    uint sender = clf_next_in_line(w, &c->senders);
    if (c->capacity != 0)
        clf_message_move(c, clf_message_add(c), clf_message_of(w, sender));
    clf_serve_answer(w, server, sender, 0);
}

static inline void clf_channel_send(clf_worker *w, __global clf_channel *c, clf_server *server,
                                    uint ticket, bool closed)
{
    if (closed) {
        clf_serve_answer(w, server, ticket, (uint)CLF_FAIL_CLOSED);
    } else if (c->receivers.first != 0) {
        uint receiver = clf_next_in_line(w, &c->receivers);
        clf_message_move(c, clf_message_of(w, receiver), clf_message_of(w, ticket));
        clf_serve_answer(w, server, receiver, 0);
        clf_serve_answer(w, server, ticket, 0);
    } else if (c->messages < c->capacity) {
        clf_message_move(c, clf_message_add(c), clf_message_of(w, ticket));
        clf_serve_answer(w, server, ticket, 0);
    } else {
        clf_line_up(w, &c->senders, ticket);
    }
}

static inline void clf_channel_recv(clf_worker *w, __global clf_channel *c, clf_server *server,
                                    uint ticket, bool closed)
{
    __global const char *from = clf_channel_get(w, c);
    if (from != 0) {
        clf_message_move(c, clf_message_of(w, ticket), from);
        clf_channel_move_up(w, c, server);
        clf_serve_answer(w, server, ticket, 0);
    } else if (closed) {
        clf_serve_answer(w, server, ticket, (uint)CLF_FAIL_CLOSED);
    } else {
        clf_line_up(w, &c->receivers, ticket);
    }
}

/* Nobody will send any more: who waits, waits in vain. A receiver waits only if there is no
 * message. */
static inline void clf_channel_dismiss(clf_worker *w, __global clf_channel *c, clf_server *server)
{
    while (c->receivers.first != 0)
        clf_serve_answer(w, server, clf_next_in_line(w, &c->receivers), (uint)CLF_FAIL_CLOSED);
    while (c->senders.first != 0)
        clf_serve_answer(w, server, clf_next_in_line(w, &c->senders), (uint)CLF_FAIL_CLOSED);
}

CLF_SLOW(uint) clf_channel_serve(clf_worker *w, __global clf_channel *c, uint own)
{
    clf_server server = {own, CLF_NIL};
    uint asking = own;
    do {
        /* acquire: pairs with clf_close, though its post has ordered it already */
        bool closed = clf_load_acquire(&c->closed) != 0;
        while (asking != 0) {
            uint ticket = clf_next_of(w, &asking);
            if (clf_wait_of(w, ticket - 1)->what == CLF_WAITS_SEND)
                clf_channel_send(w, c, &server, ticket, closed);
            else
                clf_channel_recv(w, c, &server, ticket, closed);
        }
        if (closed)
            clf_channel_dismiss(w, c, &server);
    } while (!clf_gate_leave(w, &c->gate, &asking));
    return server.status;
}

/* ---- sending and receiving --------------------------------------------------------------- */

/* Why an operation with a message of `size` bytes cannot be; size 0 drops a message. */
static inline int clf_channel_refuse(__global clf_channel *c, uint size)
{
    if (c == 0 || c->bytes == 0)
        return CLF_FAIL_BAD_OBJECT;
    return size == c->bytes || size == 0 ? 0 : CLF_FAIL_MESSAGE;
}

static inline bool clf_channel_ask(clf_worker *w, uint self, __global clf_header *h,
                                   __global clf_channel *c, uint what, uint place, uint size,
                                   uint request)
{
    uint status = (uint)clf_channel_refuse(c, size);
    if (status != 0)
        return clf_begun(w, self, h, request, status);
    __global clf_wait *wait = clf_wait_for(w, self, what, c, request);
    wait->place = place;
    wait->amount = size;
    status = CLF_NIL;
    if (clf_gate_enter(w, self, &c->gate)) {
        h->link = 0;
        status = clf_channel_serve(w, c, CLF_TICKET(self));
    }
    return clf_begun(w, self, h, request, status);
}

static inline bool clf_send_timed(clf_worker *w, uint self, __global clf_header *h,
                                  __global clf_channel *c, uint place, uint size, uint request,
                                  uint kids, uint at)
{
    clf_prepare(w, self, h, kids, at);
    return clf_channel_ask(w, self, h, c, CLF_WAITS_SEND, place, size, request);
}

static inline bool clf_send(clf_worker *w, uint self, __global clf_header *h,
                            __global clf_channel *c, uint place, uint size, uint kids, uint at)
{
    return clf_send_timed(w, self, h, c, place, size, CLF_NIL, kids, at);
}

static inline bool clf_recv_timed(clf_worker *w, uint self, __global clf_header *h,
                                  __global clf_channel *c, uint place, uint size, uint request,
                                  uint kids, uint at)
{
    clf_prepare(w, self, h, kids, at);
    return clf_channel_ask(w, self, h, c, CLF_WAITS_RECV, place, size, request);
}

static inline bool clf_recv(clf_worker *w, uint self, __global clf_header *h,
                            __global clf_channel *c, uint place, uint size, uint kids, uint at)
{
    return clf_recv_timed(w, self, h, c, place, size, CLF_NIL, kids, at);
}

/* No sends any more. What is in the ring can still be received. */
static inline bool clf_close(clf_worker *w, uint self, __global clf_header *h,
                             __global clf_channel *c, uint kids, uint line)
{
    if (c == 0 || c->bytes == 0) {
        clf_fail(w, self, h, kids, CLF_FAIL_BAD_OBJECT, line);
        return true;
    }
    clf_store_release(&c->closed, 1u);
    if (clf_gate_post(&c->gate))
        clf_channel_serve(w, c, 0);
    return false;
}

/* ---- without waiting ------------------------------------------------------------------- */

/* For messages in private memory and, where the variable lives in the frame, in global memory.
 * CLF_AGAIN also if somebody else is just being served. */
#define CLF_TRY_FUNCTIONS(name, space)                                                \
    static inline int clf_try_send_##name(clf_worker *w, __global clf_channel *c,     \
                                          space const void *message, uint size)       \
    {                                                                                 \
        clf_server nobody = {0, CLF_NIL};                                             \
        int status = size == 0 ? CLF_FAIL_MESSAGE : clf_channel_refuse(c, size);      \
        if (status != 0)                                                              \
            return status;                                                            \
        if (clf_cas_acq_rel(&c->gate, 0u, CLF_SERVED) != 0)                           \
            return CLF_AGAIN;                                                         \
        if (clf_load_acquire(&c->closed) != 0) {                                      \
            status = CLF_FAIL_CLOSED;                                                 \
        } else if (c->receivers.first != 0) {                                         \
            uint receiver = clf_next_in_line(w, &c->receivers);                       \
            __global char *to = clf_message_of(w, receiver);                          \
            if (to != 0)                                                              \
                CLF_COPY(__global, to, space, message, size);                         \
            clf_serve_answer(w, &nobody, receiver, 0);                                \
        } else if (c->messages < c->capacity) {                                       \
            __global char *to = clf_message_add(c);                                   \
            CLF_COPY(__global, to, space, message, size);                             \
        } else {                                                                      \
            status = CLF_AGAIN;                                                       \
        }                                                                             \
        clf_channel_serve(w, c, 0);                                                   \
        return status;                                                                \
    }                                                                                 \
    static inline int clf_try_recv_##name(clf_worker *w, __global clf_channel *c,     \
                                          space void *message, uint size)             \
    {                                                                                 \
        clf_server nobody = {0, CLF_NIL};                                             \
        int status = size == 0 ? CLF_FAIL_MESSAGE : clf_channel_refuse(c, size);      \
        if (status != 0)                                                              \
            return status;                                                            \
        if (clf_cas_acq_rel(&c->gate, 0u, CLF_SERVED) != 0)                           \
            return CLF_AGAIN;                                                         \
        __global const char *from = clf_channel_get(w, c);                            \
        if (from != 0) {                                                              \
            CLF_COPY(space, message, __global, from, size);                           \
            clf_channel_move_up(w, c, &nobody);                                       \
        } else {                                                                      \
            status = clf_load_acquire(&c->closed) != 0 ? CLF_FAIL_CLOSED : CLF_AGAIN; \
        }                                                                             \
        clf_channel_serve(w, c, 0);                                                   \
        return status;                                                                \
    }
CLF_TRY_FUNCTIONS(private, __private)
CLF_TRY_FUNCTIONS(global, __global)

#define CLF_TRY_SEND_PRIVATE(w, self, c, p) clf_try_send_private((w), (c), (p), sizeof(*(p)))
#define CLF_TRY_SEND_GLOBAL(w, self, c, p)  clf_try_send_global((w), (c), (p), sizeof(*(p)))
#define CLF_TRY_RECV_PRIVATE(w, self, c, p) clf_try_recv_private((w), (c), (p), sizeof(*(p)))
#define CLF_TRY_RECV_GLOBAL(w, self, c, p)  clf_try_recv_global((w), (c), (p), sizeof(*(p)))

#endif

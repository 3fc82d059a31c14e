/* guard.cl - a word behind each fiber's part of its frame that nobody may write: programs built
 * with CLF_GUARDS (options.debug) look at it whenever the fiber is resumed and when it ends. An
 * overwritten one fails the fiber. Without CLF_GUARDS all of this is nothing.
 *
 * The word lies right behind the fiber's own struct, so that a fiber that writes past its last
 * member hits its own. The result of a started fiber may lie
 * there in the end: nobody looks any more by then.
 */
#ifdef CLF_GUARDS

/* Of every frame another one, so that a neighbour's is none. */
#define CLF_GUARD_WORD(index) (0x9e3779b9u ^ (index)*2654435761u)

/* Where it is; 0: a fiber that has failed already has none. */
static inline __global uint *clf_guard_at(clf_worker *w, uint index, uint fn)
{
    uint at = 0;
#define CLF_CASE(name)       \
    if (fn == CLF_FN_##name) \
        at = sizeof(clf_frame_##name);
    CLF_FIBERS(CLF_CASE)
#undef CLF_CASE
    return at == 0 ? 0 : (__global uint *)((__global char *)clf_frame_at(w, index) + at);
}

/* A fiber's frame begins. */
static inline void clf_guard(clf_worker *w, uint index, uint fn)
{
    __global uint *word = clf_guard_at(w, index, fn);
    if (word != 0)
        *word = CLF_GUARD_WORD(index);
}

/* Of the running fiber. */
static inline bool clf_guard_broken(clf_worker *w, uint self)
{
    __global uint *word = clf_guard_at(w, self, w->code >> CLF_FN_SHIFT);
    return word != 0 && *word != CLF_GUARD_WORD(self);
}

/* Only the line of a macro's use tells where the fiber returns. */
#define CLF_GUARDED_RETURN(w, self, h)                                 \
    if (clf_guard_broken((w), (self))) {                               \
        clf_fail((w), (self), (h), 0, CLF_FAIL_GUARD, (uint)__LINE__); \
    } else

#else

#define clf_guard(w, index, fn)
#define clf_guard_broken(w, self) false
#define CLF_GUARDED_RETURN(w, self, h)

#endif

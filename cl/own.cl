/* own.cl - what fibers have of their own in front of the frame, in programs that use it:
 * fiber-local data (CLF_LOCALS, with a type clf_locals) and a name (CLF_NAMES). A fiber begins with
 * zeros and without a name; where a fiber begins, clf_begin is called.
 */
#ifdef CLF_LOCALS

static inline __global clf_locals *clf_own(clf_worker *w, uint self)
{
    return (__global clf_locals *)((__global char *)clf_frame_at(w, self) - CLF_LOCALS_BACK);
}

#endif

#ifdef CLF_NAMES

static inline __global clf_name *clf_name_at(clf_worker *w, uint index)
{
    return (__global clf_name *)((__global char *)clf_frame_at(w, index) - CLF_NAME_BACK);
}

/* "": it has none. */
static inline clf_name clf_name_of(clf_worker *w, uint self)
{
    return *clf_name_at(w, self);
}

/* Copies the text, as far as there is room; the number of characters. */
static inline uint clf_put_name(__global clf_name *name, __constant const char *text)
{
    uint n = 0;
    for (; n < CLF_NAME_BYTES - 1 && text[n] != 0; n++)
        name->text[n] = text[n];
    for (uint i = n; i < CLF_NAME_BYTES; i++)
        name->text[i] = 0;
    return n;
}

static inline void clf_set_name(clf_worker *w, uint self, __constant const char *text)
{
    clf_put_name(clf_name_at(w, self), text);
}

/* "text 12": of too long a text as much as leaves room for the number. */
static inline void clf_set_name_and_number(clf_worker *w, uint self, __constant const char *text,
                                           long number)
{
    __global clf_name *name = clf_name_at(w, self);
    ulong left = number < 0 ? -(ulong)number : (ulong)number;
    char digits[20];
    uint n = 0;
    do {
        digits[n++] = (char)('0' + left % 10);
        left /= 10;
    } while (left != 0);
    uint at = min(clf_put_name(name, text), CLF_NAME_BYTES - 2u - n - (number < 0));
    name->text[at++] = ' ';
    if (number < 0)
        name->text[at++] = '-';
    while (n != 0)
        name->text[at++] = digits[--n];
    name->text[at] = 0;
}

#endif

/* A fiber begins in the frame. */
static inline void clf_begin(clf_worker *w, uint index, uint fn)
{
    clf_guard(w, index, fn);
#ifdef CLF_LOCALS
    __global uint *words = (__global uint *)clf_own(w, index);
    for (uint i = 0; i < CLF_LOCALS_BYTES / 4; i++)
        words[i] = 0;
#endif
#ifdef CLF_NAMES
    clf_name_at(w, index)->text[0] = 0;
#endif
}

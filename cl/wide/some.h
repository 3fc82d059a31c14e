/* some.h - whether a vector has anything but zeros, for wide helpers. OpenCL's any() looks at the parts of a wide vector
 * one after another, with branches that nobody foresees (PoCL 3.1); here is one branch, the caller's.
 */
#ifndef WIDE_SOME_H
#define WIDE_SOME_H

static inline bool wide_some8(uint8 v)
{
    uint4 a = v.lo | v.hi;
    uint2 b = a.lo | a.hi;

    return (b.x | b.y) != 0;
}

static inline bool wide_some16(uint16 v)
{
    return wide_some8(v.lo | v.hi);
}

static inline bool wide_some8_long(ulong8 v)
{
    ulong4 a = v.lo | v.hi;
    ulong2 b = a.lo | a.hi;

    return (b.x | b.y) != 0;
}

#endif

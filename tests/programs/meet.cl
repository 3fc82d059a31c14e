/* meet.cl - evidence that two workers overlap in time: a fiber says that it is inside its segment
 * and looks, a bounded number of times, whether another one is. */
typedef struct {
    clf_header h;
    uint looks;
} clf_frame_meet;
typedef struct {
    uint none;
} clf_spill_meet;

#define CLF_FIBERS(F)      F(meet)
#define CLF_RESULT_meet(R) R(uint)
#define CLF_ARGS_meet(A)   A(uint, looks)
#define CLF_ENV(V, P)      P(__global uint, inside)

#pragma clfiber runtime

static void clf_segment_meet(clf_worker *w, uint self, __global clf_frame_meet *f, uint at)
{
    uint most = 0;
    atomic_inc(&w->env.inside[0]);
    for (uint look = 0; look < f->looks && most < 2; look++)
        most = max(most, atomic_or(&w->env.inside[0], 0));
    /* The other one has to find this one inside as well: leave only after looking. */
    atomic_dec(&w->env.inside[0]);
    CLF_RETURN(w, self, f, uint, most);
}

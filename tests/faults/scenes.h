/* scenes.h - what is played again and again, with another call failing each time. */
#ifndef CLF_TESTS_FAULTS_SCENES_H
#define CLF_TESTS_FAULTS_SCENES_H

#include <setjmp.h>

#include "shim.h"
#include "support.h"

enum { MARKS = 64, BIAS = 3, NUMBER = 7, LATER = 8, MOST_CALLS = 64 };

/* What all scenes play with; made by a scene's `open`. */
typedef struct stage {
    clf_scheduler *s;
    cl_mem hits, mutex, other;
    cl_context context; /* the user's own, with device and queue */
    cl_device_id device;
    cl_command_queue queue;
    char *source;
    char kept[64];                   /* folder of compiled programs, or empty: none */
    cl_event event;                  /* the user's, too */
    uint32_t asked[MOST_CALLS];      /* host calls made, by their question */
    uint32_t printed;                /* lines */
    clf_hostcall *later[MOST_CALLS]; /* calls of number LATER, to be finished */
    uint32_t laters;
    bool lasting; /* the fault: after the first call that failed the scene is left */
    jmp_buf exit;
} stage;
extern stage on;

typedef struct fault_scene {
    const char *name;
    void (*open)(void);
    /* Ends with the scheduler as it found it; all that comes out is right, whatever call has failed
     * in between. */
    void (*play)(void);
    uint32_t stride; /* of the fault points that are tried unless all are: 1 for cheap ones */
} fault_scene;

extern const fault_scene scenes[];
extern const int scene_count;

/* The usual scheduler, with everything too small, and its end, which may fail as well. */
void open_usual(void);
void open_static(void); /* static mode */
void open_source(void); /* and a source to build */
void open_kept(void);   /* and keeps compiled programs, in a folder of its own */
void empty_kept(void);
void open_own(void); /* no scheduler, but the user's own context */
void open_nothing(void);
void close_stage(void);
void zero_words(cl_mem buffer, size_t words);
/* Buffers as they were at first, so that they have to grow again; marks and mutex zeroed. */
void reset_stage(void);

/* A little of everything, started; its end, with the right answers; and its beginning on the stage,
 * which may have failed: on a device's first use. */
void start_mixture(void);
void join_mixture(void);
void play_first_use(void);
/* Nothing is outstanding, all fibers have ended, no frame is lost. */
void check_nothing_left(void);

/* A call of the library, in which the fault may come. If it fails although `wanted` was to come, it
 * has to say why; and then it has to work when it is called again. */
#define TRY_FOR(wanted, ...)                         \
    do {                                             \
        shim_arm();                                  \
        clf_status status_ = (__VA_ARGS__);          \
        shim_disarm();                               \
        if (status_ != (wanted)) {                   \
            check_explained(status_, #__VA_ARGS__);  \
            shim_arm();                              \
            status_ = (__VA_ARGS__);                 \
            shim_disarm();                           \
        }                                            \
        check_status(status_, wanted, #__VA_ARGS__); \
    } while (0)
#define TRY(...) TRY_FOR(CLF_OK, __VA_ARGS__)

/* Leaves the scene if the fault lasts. */
void check_explained(clf_status status, const char *call);
void check_status(clf_status status, clf_status wanted, const char *call);

#endif

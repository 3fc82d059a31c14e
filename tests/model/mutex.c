/* mutex.c - fibers lock and unlock a mutex. */
#include "turns.h"

static clf_mutex *mutex;

static bool take(clf_worker *w, uint fiber, clf_header *h)
{
    return clf_lock(w, fiber, h, mutex, 0, 1);
}

static void give(clf_worker *w, uint fiber, clf_header *h)
{
    EX_CHECK(!clf_unlock(w, fiber, h, mutex, 0, 1));
}

static void setup_rounds(uint n)
{
    setup_turns(n);
    mutex = ex_alloc("mutex", sizeof *mutex, sizeof *mutex, NULL);
}

static void setup(void)
{
    setup_rounds(1);
}

static void setup_again(void)
{
    setup_rounds(2);
}

static uint finish(void)
{
    EX_CHECK(mutex->state == 0 && mutex->holder == 0 && mutex->queue == 0);
    return finish_turns();
}

const struct ex_scenario ex_mutex[] = {
    {"mutex", "3 fibers lock and unlock once", 3, setup, take_turns, NULL, finish, 0, 0, 0,
     20000000, 0, 0xb, true},
    {"mutex-again", "the same, twice, with load buffering", 3, setup_again, take_turns, NULL,
     finish, 2, 1, 1, 3000000, 100000, 0xb, true},
    {0},
};

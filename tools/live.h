/* live.h - a line about a running scheduler: renewed in place on a terminal, printed once in a
 * pipe.
 */
#ifndef CLF_TOOLS_LIVE_H
#define CLF_TOOLS_LIVE_H

#include <stdbool.h>

#include <clfiber.h>

/* How often the line is renewed. */
#define LIVE_SECONDS 1.0

/* Whether standard error shows lines that are renewed. */
bool live_possible(void);
/* Renews the line, if it is possible. */
void live_show(clf_scheduler *scheduler, const char *what);
/* Takes it away: before anything else is printed. */
void live_clear(void);
/* The same as a line that stays. */
void live_print(const clf_stats *stats, const char *what);

/* clf_join, with the line renewed once a second; it stays until live_clear. All outcomes as there.
 */
clf_status live_join(clf_scheduler *scheduler, clf_handle handle, void *result, size_t size,
                     const char *what);

#endif

/* unjoined.h - what is left when a run is over. */
#ifndef CLF_TOOLS_UNJOINED_H
#define CLF_TOOLS_UNJOINED_H

#include <stdio.h>

#include <clfiber.h>

/* Warns of started fibers that were neither joined nor detached: how many, and some by name. */
void unjoined_warn(clf_scheduler *scheduler, FILE *to);

#endif

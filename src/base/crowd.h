/*
 * How many workers at once may wait for what lies outside: so many that hang with a gateway or a carrier leave others to
 * those who ask for something else (R16). Who finds no place does not wait, and goes on as if nobody had answered.
 */
#ifndef SOUK_BASE_CROWD_H
#define SOUK_BASE_CROWD_H

#include "base/base.h"

#define CROWD_MOST 64

/* Before the fork: at most `most` processes, 1 to CROWD_MOST. Without it, any. */
void crowd_setup(int most);

/* Takes a place, of which a process has one at a time; false: none is free. A process that dies has left. */
bool crowd_enter(void) MUST_CHECK;
void crowd_leave(void);

#endif

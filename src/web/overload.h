/*
 * Overload: more requests come than can be answered, and wait in the socket's queue. What is refused at once, after a wait that
 * all others have too, leaves the time to those that can still be answered in time. A queue that has only gathered while the
 * database was away is worked off.
 */
#ifndef SOUK_WEB_OVERLOAD_H
#define SOUK_WEB_OVERLOAD_H

#include "base/base.h"

/* Of one worker. {0} to begin with. */
struct overload {
	int64_t late_since_us; /* all requests since then had waited for long; 0: the last one had not */
};

/*
 * To be told of each request as it is taken: how long it has waited, and clock_mono_us(). True if it shall be refused.
 */
bool overload_meets(struct overload *o, int64_t waited_us, int64_t now_us) MUST_CHECK;

#endif

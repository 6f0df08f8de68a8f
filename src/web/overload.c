#include "web/overload.h"

#define LATE_US 1000000  /* a wait that long is refused … */
#define CROWD_US 1000000 /* … once all have waited so for that long */

bool
overload_meets(struct overload *o, int64_t waited_us, int64_t now_us)
{
	if (waited_us < LATE_US) {
		o->late_since_us = 0;
		return false;
	}
	if (!o->late_since_us)
		o->late_since_us = now_us;
	return now_us - o->late_since_us >= CROWD_US;
}

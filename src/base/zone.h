/* Time zones by their IANA ids, as ICU knows them. The only file that asks ICU about them. */
#ifndef SOUK_BASE_ZONE_H
#define SOUK_BASE_ZONE_H

#include "base/base.h"

/* True for an id such as "Europe/Berlin", in that very spelling; no offsets. */
bool zone_known(struct str id);
/* The id that was probably meant, in the arena; absent if none is near. */
struct str zone_nearest(struct arena *a, struct str id);

/*
 * The first moment of a day in a known zone, UTC if it is absent; the day is given by its midnight in UTC. If
 * the clocks leave midnight out, that is the moment at which they do; if they pass it twice, the first time.
 */
int64_t zone_day(struct str id, int64_t midnight_ms);

/* The day that it is in a known zone at a moment, given by its midnight in UTC: the last one that has begun. */
int64_t zone_date(struct str id, int64_t ms);

#endif

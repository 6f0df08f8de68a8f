/*
 * For what part of the last 30 days the service was well: a ring of hours in a file, so that it survives
 * restarts. Time that nobody noted, because nothing ran, counts as down.
 */
#ifndef SOUK_BASE_UPTIME_H
#define SOUK_BASE_UPTIME_H

#include "base/base.h"

#define UPTIME_HOURS 720

struct uptime {
	uint64_t magic;
	int64_t first_ms; /* when the record begins; 0: it has not */
	int64_t last_ms;  /* the last note: when, and whether all was well */
	int64_t last_well;
	struct uptime_hour {
		int64_t hour; /* since 1970 */
		int64_t well_ms;
	} hours[UPTIME_HOURS];
};

/*
 * Maps `state_dir`/uptime, made if it is not there; one of another layout begins anew. NULL (errno) if
 * that fails.
 */
struct uptime *uptime_open(const char *state_dir);

/*
 * At `now_ms` (since 1970) all is well, or not. If it was at the last note too, and that is at most three seconds ago,
 * the time between counts as up. Several processes may note in turn.
 */
void uptime_note(struct uptime *u, int64_t now_ms, bool well);

/* Time up in hundredths of a percent, rounded down: of 30 days, or since the record began. */
int uptime_hundredths(const struct uptime *u, int64_t now_ms);

#endif

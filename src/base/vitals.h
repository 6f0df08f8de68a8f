/*
 * How the parts behind the service are, as the keeper saw them last (web/keeper.h). It is one word of
 * shared memory, so it is always whole, and it says when it was written: what is older than two seconds is
 * not known.
 */
#ifndef SOUK_BASE_VITALS_H
#define SOUK_BASE_VITALS_H

#include "base/base.h"

struct shared;

enum database_state {
	DATABASE_UP,
	DATABASE_AWAY, /* nobody is there; it may be back in a moment */
	DATABASE_HUNG, /* it does not answer: who asks it waits */
};

enum storage_state {
	STORAGE_ROOM,
	STORAGE_LOW,  /* little is left */
	STORAGE_FULL, /* writes are refused */
	STORAGE_UNKNOWN,
};

#define UPTIME_UNKNOWN (-1)

struct vitals {
	enum database_state database;
	enum storage_state storage;
	int uptime; /* hundredths of a percent, see base/uptime.h; or UPTIME_UNKNOWN */
};

/* Before the fork. NULL: nothing is ever known. */
void vitals_setup(struct shared *shared);

void vitals_put(const struct vitals *v);
/* False if nothing is known. */
bool vitals_get(struct vitals *v);
/* How long ago it was written; -1: never. */
int64_t vitals_age_us(void);

/* What soukctl verify found last: a word of its own, which does not grow old by itself. */
struct books_seen {
	int64_t at_ms;       /* when, to the second; 0: never, or not known */
	int64_t differences; /* a million and more are shown as 1048575 */
};

void vitals_put_books(const struct books_seen *b);
struct books_seen vitals_get_books(void);

/* What is asked of them at every request; false if nothing is known. */
bool vitals_database_hung(void);
bool vitals_storage_full(void);

#endif

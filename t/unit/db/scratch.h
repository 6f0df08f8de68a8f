/*
 * A scratch database for the tests of this floor. SOUK_TEST_DB_CONFIG names a file of settings
 * whose database may be filled and emptied at will: its name ends in "_test", and its user may do
 * anything in it. Without it, tests that need a server are skipped.
 */
#ifndef SOUK_UNIT_SCRATCH_H
#define SOUK_UNIT_SCRATCH_H

#include "db/db.h"

struct scratch {
	struct arena *arena;
	struct db *db;
	struct ctx cx;
};

/* Connects and empties the database; false, with the test skipped or failed, if it cannot. */
bool scratch_open(struct scratch *s);
/* A further connection to the same database, which is left as it is. */
bool scratch_join(struct scratch *s);
/* The same as scratch_open(), for tests that inject faults, which only debug builds can. */
bool scratch_open_faulty(struct scratch *s);
void scratch_close(struct scratch *s);

/* Runs a statement without values; a failure of it fails the test. */
void scratch_run(struct scratch *s, const char *sql);
/* The one number that a query without values gives. */
int64_t scratch_number(struct scratch *s, const char *sql);
/* Kills the connection of `victim` and waits until its socket is shut. */
void scratch_kill(struct scratch *s, struct scratch *victim);

/* True if e has that code and reason (NULL: any); says what came otherwise. */
bool scratch_is(const struct err *e, enum err_code code, const char *reason);
/* True if e is NULL; says what came otherwise. */
bool scratch_fine(const struct err *e);

#ifndef SOUK_DEBUG
static inline void
db_fault(struct db *db UNUSED, unsigned nth UNUSED, int error UNUSED)
{
}
#endif

#endif

/*
 * What the keeper asks. Its wait is short, since all that it has to find out is whether others should wait at
 * all; a server that is gone says so at once, one that hangs says nothing.
 */
#include "db/db_int.h"

#include "base/clock.h"

#define PATIENCE_US 750000

static bool
is_there(struct ctx *cx)
{
	struct db *db = cx->db;
	struct err *e = conn_ready(cx);

	if (e)
		return false;
	cx->statements++;
	if (!mysql_ping(db->my))
		return true;
	failure_set(db, STR("ping"), mysql_errno(db->my), mysql_error(db->my));
	conn_drop(db);
	return false;
}

enum database_state
db_probe(struct ctx *cx)
{
	int64_t begun_us = clock_mono_us();
	struct err *e;

	cx->deadline_us = begun_us + PATIENCE_US;
	if (cx->db->my && is_there(cx))
		return DATABASE_UP;
	if (clock_mono_us() >= cx->deadline_us)
		return DATABASE_HUNG;
	e = conn_try(cx->arena, cx->db, PATIENCE_US);
	if (!e)
		return DATABASE_UP;
	return clock_mono_us() < cx->deadline_us ? DATABASE_AWAY : DATABASE_HUNG;
}

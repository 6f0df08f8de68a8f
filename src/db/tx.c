/*
 * Transactions. MariaDB takes back the whole transaction on a deadlock but only the statement on a
 * lock wait, and a function may overlook a failed statement: so a failure that calls for a repeat
 * marks the transaction as broken, nothing more is sent in it, and it always ends with ROLLBACK.
 */
#include "db/db_int.h"

#include "base/clock.h"
#include "base/http.h"
#include "base/log.h"
#include "base/metrics.h"

#include <errmsg.h>
#include <time.h>

#define ID_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789_"

bool
db_in_tx(const struct ctx *cx)
{
	return cx->db->in_tx;
}

/*
 * BEGIN and COMMIT are sent as text each time, so the request's id can go with them at no cost: whoever reads the server's logs
 * or its list of processes finds the request.
 */
static struct str
with_id(struct ctx *cx, const char *verb)
{
	struct str id = cx->request_id;

	return id.n && str_only(id, ID_LETTERS)
		? str_fmt(cx->arena, "%s /* %.*s */", verb, STRF(id))
		: str_of(verb);
}

static struct err *
send_begin(struct ctx *cx, bool still)
{
	struct err *e;

	if (!still)
		return conn_text(cx, with_id(cx, "BEGIN"));
	e = conn_text(cx, STR("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"));
	return e ? e
		 : conn_text(cx,
			   with_id(cx, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"));
}

/* No call of another service may be made while a transaction holds its locks (base/http.h). */
static void
set_in_tx(struct db *db, bool is)
{
	db->in_tx = is;
	http_forbid(is);
}

/* BEGIN may be lost and sent again without harm: nothing hangs on it yet. */
static struct err *
begin(struct ctx *cx, bool still)
{
	struct db *db = cx->db;
	db->broken = false;
	struct err *e = send_begin(cx, still);
	if (e && db->failure.kind != FAILURE_OTHER)
		e = send_begin(cx, still);
	set_in_tx(db, !e);
	return e;
}

static void
rollback(struct ctx *cx)
{
	struct db *db = cx->db;
	set_in_tx(db, false);
	if (!db->my)
		return;
	conn_allow_last_word(cx);
	int64_t start_us = clock_mono_us();
	cx->statements++;
	bool done = !mysql_query(db->my, "ROLLBACK");
	cx->db_us += clock_mono_us() - start_us;
	if (!done)
		conn_drop(db); /* and the server rolls back by itself */
}

/*
 * Once COMMIT has left, a lost connection leaves the outcome unknown: no repeat, unless the transaction begins with its key,
 * which is there already if it was carried out.
 */
static struct err *
commit(struct ctx *cx)
{
	struct db *db = cx->db;
	struct err *e = conn_ready(cx);
	if (e)
		return e;
	conn_allow_last_word(cx);
	if (conn_send(cx, with_id(cx, "COMMIT"))) {
		set_in_tx(db, false);
		return NULL;
	}
	e = failure_err(cx);
	if (db->failure.kind == FAILURE_LOST && db->failure.number != CR_SERVER_GONE_ERROR) {
		db->broken = cx->once != NULL;
		err_reason(e, REASON_OUTCOME_UNKNOWN);
	}
	return e;
}

static struct err *
attempt(struct ctx *cx, db_tx_fn *fn, void *arg)
{
	struct err *e = begin(cx, false);
	if (e)
		return e;
	e = fn(cx, arg);
	if (!e && !cx->dry_run && !cx->db->broken)
		e = commit(cx);
	if (cx->db->in_tx)
		rollback(cx);
	return e;
}

/* The two that met step apart: up to 1 ms before the first repeat, 16 ms before the last. */
static void
step_aside(int repeats)
{
	long us = (long)(clock_mono_us() % 1000) << repeats;
	struct timespec t = { .tv_nsec = us * 1000 };
	nanosleep(&t, NULL);
}

static bool
has_time(const struct ctx *cx)
{
	return !cx->deadline_us || clock_mono_us() < cx->deadline_us;
}

/* What is told in the end. If a COMMIT got no answer, and no repeat found out what came of it, that stays unknown. */
static struct err *
told(struct err *e, bool unknown)
{
	bool found_out = !e || (!err_is_server(e) && e->code != ERR_TX_REPEAT);

	return unknown && !found_out ? err_reason(e, REASON_OUTCOME_UNKNOWN) : e;
}

struct err *
db_tx(struct ctx *cx, db_tx_fn *fn, void *arg)
{
	struct db *db = cx->db;
	must(!db->in_tx);
	struct arena_mark mark = arena_mark(cx->arena);
	bool unknown = false;
	for (int repeats = 0;; repeats++) {
		struct err *e = attempt(cx, fn, arg);
		bool asked = e && e->code == ERR_TX_REPEAT;
		unknown = unknown || (e && e->reason == REASON_OUTCOME_UNKNOWN);
		/* Not rewound, so that an err, or the results of a dry run, stay readable. */
		if (!db->broken && !asked)
			return told(e, unknown);
		if (repeats == DB_REPEATS || !has_time(cx)) {
			log_line(LOG_WARN, "db_tx_gave_up", LOG_I("repeats", repeats),
				LOG_I("error", db->broken ? db->failure.number : 0));
			return told(db->broken ? failure_err(cx) : e, unknown);
		}
		metrics_add(METRIC_DB_REPEATS, 1);
		arena_rewind(cx->arena, mark);
		step_aside(repeats);
	}
}

struct err *
db_snapshot(struct ctx *cx, db_tx_fn *fn, void *arg)
{
	struct err *e;

	must(!cx->db->in_tx);
	e = begin(cx, true);
	if (!e)
		e = fn(cx, arg);
	if (cx->db->in_tx)
		rollback(cx);
	return e;
}

struct err *
db_savepoint(struct ctx *cx)
{
	must(cx->db->in_tx);
	return conn_text(cx, STR("SAVEPOINT souk"));
}

struct err *
db_rollback_to_savepoint(struct ctx *cx)
{
	must(cx->db->in_tx);
	return conn_text(cx, STR("ROLLBACK TO SAVEPOINT souk"));
}

/* Transactions: all or nothing, repeated when concurrent ones were in the way. */
#include "scratch.h"
#include "tap.h"

#include "base/clock.h"
#include "db/db_int.h"

#include <pthread.h>

/* What the functions below count and do. */
struct work {
	int calls;
	struct scratch *other; /* killed, or let go, as the function says */
	struct err *(*upset)(struct ctx *cx, struct work *w);
	pthread_barrier_t *both;
	int64_t first, second;
	struct str text;
};

static void
make_ledger(struct scratch *s)
{
	scratch_run(s, "CREATE TABLE ledger (id BIGINT PRIMARY KEY, n BIGINT NOT NULL DEFAULT 0)");
}

static int64_t
entries(struct scratch *s)
{
	return scratch_number(s, "SELECT COUNT(*) FROM ledger");
}

static struct err *
add_four(struct ctx *cx, void *arg)
{
	struct work *w = arg;
	struct err *e = NULL;

	w->calls++;
	for (int64_t i = 1; i <= 4 && !e; i++)
		e = db_exec(cx, "INSERT INTO ledger (id) VALUES (?)", db_int(i));
	return e;
}

void
test_tx__commits_what_its_function_did(void)
{
	struct scratch s;
	struct work w = { 0 };

	if (!scratch_open(&s))
		return;
	make_ledger(&s);
	s.cx.statements = 0;
	CHECK(!db_in_tx(&s.cx));
	scratch_fine(db_tx(&s.cx, add_four, &w));
	CHECK(!db_in_tx(&s.cx));
	CHECK(s.cx.statements == 7); /* BEGIN, prepare, 4, COMMIT */
	CHECK(w.calls == 1 && entries(&s) == 4);
	scratch_close(&s);
}

static struct err *
add_and_refuse(struct ctx *cx, void *arg)
{
	struct err *e = add_four(cx, arg), *refusal = NULL;

	if (e)
		return e;
	CHECK(db_in_tx(cx));
	err_field(cx->arena, &refusal, str_fmt(cx->arena, "items[%d]", 3), REASON_REQUIRED,
		"it is %s", "needed");
	return refusal;
}

void
test_tx__an_error_rolls_back_and_is_readable_after(void)
{
	struct scratch s;
	struct work w = { 0 };
	struct err *e;

	if (!scratch_open(&s))
		return;
	make_ledger(&s);
	e = db_tx(&s.cx, add_and_refuse, &w);
	CHECK(entries(&s) == 0 && w.calls == 1);
	if (scratch_is(e, ERR_VALIDATION, NULL)) {
		CHECK_STR(e->details->field, "items[3]");
		CHECK_STR(e->details->message, "it is needed");
	}
	scratch_close(&s);
}

/* Asks twice for another try, as a rule does that finds what it met already gone. */
static struct err *
add_and_ask_twice(struct ctx *cx, void *arg)
{
	struct work *w = arg;
	struct err *e = add_four(cx, arg);

	return e || w->calls > 2 ? e : err_new(cx->arena, ERR_TX_REPEAT, NULL);
}

void
test_tx__a_function_may_ask_for_a_repeat(void)
{
	struct scratch s;
	struct work w = { 0 };

	if (!scratch_open(&s))
		return;
	make_ledger(&s);
	scratch_fine(db_tx(&s.cx, add_and_ask_twice, &w));
	CHECK(w.calls == 3 && entries(&s) == 4);
	scratch_close(&s);
}

static struct err *
ask_for_ever(struct ctx *cx, void *arg)
{
	struct work *w = arg;

	w->calls++;
	return err_new(cx->arena, ERR_TX_REPEAT, NULL);
}

void
test_tx__a_function_may_not_ask_for_ever(void)
{
	struct scratch s;
	struct work w = { 0 };

	if (!scratch_open(&s))
		return;
	scratch_is(db_tx(&s.cx, ask_for_ever, &w), ERR_TX_REPEAT, NULL);
	CHECK(w.calls == 1 + DB_REPEATS);
	scratch_close(&s);
}

static struct err *
add_and_look(struct ctx *cx, void *arg)
{
	struct work *w = arg;
	struct db_rows rows;
	struct err *e = add_four(cx, arg);

	if (!e)
		e = db_query(cx, &rows, "SELECT CONCAT('sum ', SUM(id)) FROM ledger WHERE id > ?",
			db_int(0));
	if (!e)
		w->text = rows.cells[0].s;
	return e;
}

void
test_tx__a_dry_run_leaves_its_results_and_nothing_else(void)
{
	struct scratch s;
	struct work w = { 0 };

	if (!scratch_open(&s))
		return;
	make_ledger(&s);
	s.cx.dry_run = true;
	scratch_fine(db_tx(&s.cx, add_and_look, &w));
	s.cx.dry_run = false;
	CHECK(entries(&s) == 0);
	CHECK_STR(w.text, "sum 10");
	scratch_close(&s);
}

static struct err *
add_and_go_back(struct ctx *cx, void *arg)
{
	struct err *e = db_exec(cx, "INSERT INTO ledger (id) VALUES (?)", db_int(9));

	if (!e)
		e = db_savepoint(cx);
	if (!e)
		e = add_four(cx, arg);
	if (!e)
		e = db_exec(cx, "INSERT INTO ledger (id) VALUES (?)", db_int(4));
	if (!scratch_is(e, ERR_CONFLICT, "duplicate"))
		return e;
	return db_rollback_to_savepoint(cx);
}

void
test_tx__goes_back_to_its_savepoint_and_on(void)
{
	struct scratch s;
	struct work w = { 0 };

	if (!scratch_open(&s))
		return;
	make_ledger(&s);
	scratch_fine(db_tx(&s.cx, add_and_go_back, &w));
	CHECK(entries(&s) == 1);
	CHECK(scratch_number(&s, "SELECT id FROM ledger") == 9);
	scratch_close(&s);
}

/*
 * Adds one to two rows; the first time, both sides hold their first row before they want the
 * other.
 */
static struct err *
add_crosswise(struct ctx *cx, void *arg)
{
	struct work *w = arg;
	struct err *e = db_exec(cx, "UPDATE ledger SET n = n + 1 WHERE id = ?", db_int(w->first));

	if (w->calls++ == 0)
		pthread_barrier_wait(w->both);
	return e ? e : db_exec(cx, "UPDATE ledger SET n = n + 1 WHERE id = ?", db_int(w->second));
}

struct side {
	struct scratch s;
	struct work w;
	struct err *e;
};

static void *
run_side(void *arg)
{
	struct side *side = arg;

	side->e = db_tx(&side->s.cx, add_crosswise, &side->w);
	mysql_thread_end();
	return NULL;
}

void
test_tx__repeats_a_deadlock(void)
{
	pthread_barrier_t both;
	pthread_t thread;
	struct side left = { 0 }, right = { 0 };

	if (!scratch_open(&left.s))
		return;
	if (!scratch_join(&right.s)) {
		scratch_close(&left.s);
		return;
	}
	make_ledger(&left.s);
	scratch_run(&left.s, "INSERT INTO ledger (id) VALUES (1), (2)");
	pthread_barrier_init(&both, NULL, 2);
	left.w = (struct work){ .both = &both, .first = 1, .second = 2 };
	right.w = (struct work){ .both = &both, .first = 2, .second = 1 };
	if (CHECK(pthread_create(&thread, NULL, run_side, &right) == 0)) {
		left.e = db_tx(&left.s.cx, add_crosswise, &left.w);
		pthread_join(thread, NULL);
	}
	scratch_fine(left.e);
	scratch_fine(right.e);
	CHECK(left.w.calls + right.w.calls == 3);
	CHECK(scratch_number(&left.s, "SELECT MIN(n) FROM ledger") == 2);
	CHECK(scratch_number(&left.s, "SELECT MAX(n) FROM ledger") == 2);
	pthread_barrier_destroy(&both);
	scratch_close(&right.s);
	scratch_close(&left.s);
}

/* Waits in vain the first time; then the other side has let go. */
static struct err *
add_behind_a_lock(struct ctx *cx, void *arg)
{
	struct work *w = arg;
	struct err *e;

	if (w->calls++ == 1)
		e = conn_text(&w->other->cx, STR("ROLLBACK"));
	else
		e = NULL;
	scratch_fine(e);
	e = db_exec(cx, "INSERT INTO ledger (id) VALUES (?)", db_int(50 + w->calls));
	return e ? e : db_exec(cx, "UPDATE ledger SET n = n + 1 WHERE id = ?", db_int(1));
}

void
test_tx__repeats_a_lock_wait_from_the_start(void)
{
	struct scratch s, other;
	struct work w = { .other = &other };

	if (!scratch_open(&s))
		return;
	if (scratch_join(&other)) {
		make_ledger(&s);
		scratch_run(&s, "INSERT INTO ledger (id) VALUES (1)");
		scratch_fine(conn_text(&other.cx, STR("BEGIN")));
		scratch_run(&other, "UPDATE ledger SET n = 100 WHERE id = 1");
		scratch_fine(db_tx(&s.cx, add_behind_a_lock, &w));
		CHECK(w.calls == 2);
		/*
		 * MariaDB takes back only the statement that waited; the first insert must be
		 * gone too.
		 */
		CHECK(scratch_number(&s, "SELECT COUNT(*) FROM ledger WHERE id > 50") == 1);
		CHECK(scratch_number(&s, "SELECT n FROM ledger WHERE id = 1") == 1);
		scratch_close(&other);
	}
	scratch_close(&s);
}

static struct err *
claim(struct ctx *cx, void *arg)
{
	struct work *w = arg;
	struct err *e = db_exec(cx,
		"SET STATEMENT innodb_lock_wait_timeout=1 FOR INSERT INTO ledger (id) VALUES (?)",
		db_int(1));

	w->calls++;
	if (!scratch_is(e, ERR_CONFLICT, "lock_wait"))
		return e;
	scratch_fine(db_exec(cx, "INSERT INTO ledger (id) VALUES (?)", db_int(2)));
	return e;
}

void
test_tx__a_claim_that_waits_in_vain_is_a_conflict(void)
{
	struct scratch s, other;
	struct work w = { 0 };

	if (!scratch_open(&s))
		return;
	if (scratch_join(&other)) {
		make_ledger(&s);
		scratch_fine(conn_text(&other.cx, STR("BEGIN")));
		scratch_run(&other, "INSERT INTO ledger (id) VALUES (1)");
		scratch_is(db_tx(&s.cx, claim, &w), ERR_CONFLICT, "lock_wait");
		CHECK(w.calls == 1);
		scratch_fine(conn_text(&other.cx, STR("COMMIT")));
		CHECK(entries(&s) == 1);
		scratch_close(&other);
	}
	scratch_close(&s);
}

static struct err *
add_and_be_killed(struct ctx *cx, void *arg)
{
	struct work *w = arg;
	struct scratch me = { .db = cx->db, .cx = *cx };
	struct err *e = db_exec(cx, "INSERT INTO ledger (id) VALUES (?)", db_int(7));

	if (w->calls == 0)
		scratch_kill(w->other, &me);
	return e ? e : add_four(cx, arg);
}

void
test_tx__starts_again_when_its_connection_is_lost(void)
{
	struct scratch s, other;
	struct work w = { .other = &other };

	if (!scratch_open(&s))
		return;
	if (scratch_join(&other)) {
		make_ledger(&s);
		scratch_fine(db_tx(&s.cx, add_and_be_killed, &w));
		CHECK(w.calls == 2 && entries(&s) == 5);
		scratch_kill(&other, &s);
		w = (struct work){ .calls = 9 };
		scratch_run(&other, "DELETE FROM ledger");
		scratch_fine(db_tx(&s.cx, add_and_be_killed, &w)); /* lost before BEGIN */
		CHECK(w.calls == 10 && entries(&s) == 5);
		scratch_close(&other);
	}
	scratch_close(&s);
}

/* Ignores what failed, as no function should. */
static struct err *
add_carelessly(struct ctx *cx, void *arg)
{
	struct err *e = add_four(cx, arg);

	for (int64_t i = 5; i <= 8; i++)
		e = db_exec(cx, "INSERT INTO ledger (id) VALUES (?)", db_int(i));
	(void)e;
	return NULL;
}

void
test_tx__nothing_is_written_outside_it_by_a_careless_function(void)
{
	struct scratch s;
	struct work w = { 0 };

	if (!scratch_open_faulty(&s))
		return;
	make_ledger(&s);
	db_fault(s.db, 3, 1213);
	scratch_fine(db_tx(&s.cx, add_carelessly, &w));
	CHECK(w.calls == 2 && entries(&s) == 8);
	scratch_close(&s);
}

/* One transaction of six statements, the n-th of which fails with that error. */
static void
torture(struct scratch *s, int error, unsigned nth)
{
	bool commit_lost = nth == 6 && error >= 2000;
	struct work w = { 0 };
	struct err *e;
	size_t used;

	tap_row("error %d at statement %u", error, nth);
	scratch_run(s, "DELETE FROM ledger");
	used = arena_used(s->cx.arena);
	db_fault(s->db, nth, error);
	e = db_tx(&s->cx, add_four, &w);
	db_fault(s->db, 0, 0);
	CHECK(arena_used(s->cx.arena) - used < 4096);
	CHECK(!db_in_tx(&s->cx));
	if (commit_lost)
		scratch_is(e, ERR_UNAVAILABLE, "outcome_unknown");
	else
		scratch_fine(e);
	CHECK(w.calls == (nth == 1 || commit_lost ? 1 : 2));
	CHECK(entries(s) == (commit_lost && error == 2013 ? 0 : 4));
}

void
test_tx__a_fault_at_any_statement_leaves_nothing_half_written(void)
{
	static const int errors[] = { 1213, 1205, 1020, 2013, 2014 };
	struct scratch s;

	if (!scratch_open_faulty(&s))
		return;
	make_ledger(&s);
	for (size_t i = 0; i < COUNT(errors); i++) {
		for (unsigned nth = 1; nth <= 6; nth++)
			torture(&s, errors[i], nth);
	}
	scratch_close(&s);
}

/* Has itself meet a deadlock every time. */
static struct err *
add_in_vain(struct ctx *cx, void *arg)
{
	db_fault(cx->db, 2, 1213);
	return add_four(cx, arg);
}

void
test_tx__gives_up_after_five_repeats(void)
{
	struct scratch s;
	struct work w = { 0 };
	struct err *e;

	if (!scratch_open_faulty(&s))
		return;
	make_ledger(&s);
	e = db_tx(&s.cx, add_in_vain, &w);
	if (scratch_is(e, ERR_TX_REPEAT, NULL))
		CHECK(e->retry_after_s == 1);
	CHECK(w.calls == 6 && entries(&s) == 0);
	scratch_close(&s);
}

/* Its first COMMIT is carried out but not answered; every later attempt is lost at its first statement. */
static struct err *
add_and_never_know(struct ctx *cx, void *arg)
{
	struct work *w = arg;

	db_fault(cx->db, w->calls ? 1 : 5, w->calls ? 2013 : 2014);
	return add_four(cx, arg);
}

void
test_tx__with_a_key_a_lost_commit_is_looked_for(void)
{
	struct scratch s;
	struct work w = { 0 };
	char any;

	if (!scratch_open_faulty(&s))
		return;
	make_ledger(&s);
	s.cx.once = (struct once *)&any; /* never read here */
	db_fault(s.db, 6, 2013);
	scratch_fine(db_tx(&s.cx, add_four, &w));
	CHECK(w.calls == 2 && entries(&s) == 4);
	w.calls = 0;
	scratch_run(&s, "DELETE FROM ledger");
	scratch_is(db_tx(&s.cx, add_and_never_know, &w), ERR_UNAVAILABLE, "outcome_unknown");
	CHECK(w.calls == 6 && entries(&s) == 4);
	scratch_close(&s);
}

static struct err *
add_too_late(struct ctx *cx, void *arg)
{
	struct err *e = add_four(cx, arg);

	cx->deadline_us = clock_mono_us() - 1;
	return e;
}

void
test_tx__does_not_commit_after_the_deadline(void)
{
	struct scratch s;
	struct work w = { 0 };

	if (!scratch_open(&s))
		return;
	make_ledger(&s);
	scratch_is(db_tx(&s.cx, add_too_late, &w), ERR_UNAVAILABLE, "deadline");
	s.cx.deadline_us = 0;
	CHECK(entries(&s) == 0 && !db_in_tx(&s.cx));
	scratch_close(&s);
}

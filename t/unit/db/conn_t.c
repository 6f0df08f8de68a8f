/* The connection: what it insists on, and what happens when it is lost. */
#include "scratch.h"
#include "tap.h"

#include "base/clock.h"
#include "base/config.h"
#include "db/db_int.h"

void
test_conn__refuses_a_server_that_would_lose_updates(void)
{
	static const struct {
		const char *found[3];
		const char *says; /* NULL: it is taken */
	} cases[] = {
		{ { "1", "1", "utf8mb4" }, NULL },
		{ { "0", "1", "utf8mb4" }, "innodb_snapshot_isolation" },
		{ { NULL, "1", "utf8mb4" }, "innodb_snapshot_isolation" },
		{ { "1", "0", "utf8mb4" }, "time zone tables" },
		{ { "1", "1", "latin1" }, "latin1" },
	};
	struct arena *a = arena_new("test", 1 << 20);

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err *e = conn_judge(a, cases[i].found);

		tap_row("case %zu", i);
		if (!cases[i].says)
			CHECK(e == NULL);
		else if (scratch_is(e, ERR_INTERNAL, NULL))
			CHECK(strstr(str_z(a, e->log), cases[i].says) != NULL);
	}
	arena_free(a);
}

void
test_conn__says_why_it_cannot_connect(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct config c = { .db_socket = "/nonexistent/souk.sock", .db_user = "u", .db_name = "d" };
	struct db *db = NULL;
	int64_t start_us = clock_mono_us();
	struct err *e = db_open(a, &c, 250, &db);

	if (scratch_is(e, ERR_UNAVAILABLE, "database_lost"))
		CHECK(e->retry_after_s == 1);
	CHECK(db == NULL);
	CHECK(clock_mono_us() - start_us >= 250000);
	arena_free(a);
}

void
test_conn__the_session_is_set_up(void)
{
	struct scratch s;
	struct db_rows rows;

	if (!scratch_open(&s))
		return;
	scratch_fine(db_query0(&s.cx, &rows,
		"SELECT @@time_zone, @@tx_isolation, @@innodb_lock_wait_timeout, "
		"@@max_statement_time, @@character_set_client"));
	if (CHECK(rows.n == 1)) {
		CHECK_STR(rows.cells[0].s, "+00:00");
		CHECK_STR(rows.cells[1].s, "READ-COMMITTED");
		CHECK(rows.cells[2].i == 1);
		CHECK_STR(rows.cells[3].s, "2");
		CHECK_STR(rows.cells[4].s, "utf8mb4");
	}
	scratch_close(&s);
}

void
test_conn__a_statement_not_sent_is_sent_on_a_fresh_connection(void)
{
	struct scratch s, other;

	if (!scratch_open(&s))
		return;
	if (scratch_join(&other)) {
		scratch_run(&s, "CREATE TABLE once (n INT)");
		scratch_kill(&other, &s);
		scratch_run(&s, "INSERT INTO once VALUES (1)");
		CHECK(scratch_number(&s, "SELECT COUNT(*) FROM once") == 1);
		scratch_kill(&other, &s);
		CHECK(scratch_number(&s, "SELECT n FROM once") == 1);
		scratch_kill(&other, &s);
		scratch_fine(db_ping(&s.cx));
		/* The session of the fresh connection is set up like the first. */
		CHECK(scratch_number(&s, "SELECT @@innodb_lock_wait_timeout") == 1);
		scratch_close(&other);
	}
	scratch_close(&s);
}

void
test_conn__a_read_whose_answer_was_lost_is_repeated(void)
{
	struct scratch s;

	if (!scratch_open_faulty(&s))
		return;
	db_fault(s.db, 1, 2014);
	CHECK(scratch_number(&s, "SELECT 41 + 1") == 42);
	db_fault(s.db, 1, 2013);
	CHECK(scratch_number(&s, "SELECT 41 + 1") == 42);
	scratch_close(&s);
}

void
test_conn__a_write_whose_answer_was_lost_is_not_repeated(void)
{
	struct scratch s;
	struct err *e;

	if (!scratch_open_faulty(&s))
		return;
	scratch_run(&s, "CREATE TABLE once (n INT)");
	db_fault(s.db, 1, 2014);
	e = db_exec(&s.cx, "INSERT INTO once VALUES (?)", db_int(1));
	if (scratch_is(e, ERR_UNAVAILABLE, "database_lost"))
		CHECK(e->retry_after_s == 1);
	CHECK(scratch_number(&s, "SELECT COUNT(*) FROM once") == 1);
	scratch_close(&s);
}

void
test_conn__a_lone_statement_that_met_a_deadlock_is_repeated(void)
{
	static const int errors[] = { 1213, 1205, 1020 };
	struct scratch s;

	if (!scratch_open_faulty(&s))
		return;
	scratch_run(&s, "CREATE TABLE once (n INT)");
	for (size_t i = 0; i < COUNT(errors); i++) {
		tap_row("%d", errors[i]);
		db_fault(s.db, 1, errors[i]);
		scratch_run(&s, "INSERT INTO once VALUES (1)");
		CHECK(scratch_number(&s, "SELECT COUNT(*) FROM once") == (int64_t)i + 1);
	}
	scratch_close(&s);
}

void
test_conn__a_server_that_is_away_costs_little(void)
{
	struct scratch s;
	const char *socket;
	int64_t start_us;

	if (!scratch_open(&s))
		return;
	socket = s.db->socket;
	s.db->socket = "/nonexistent/souk.sock";
	conn_drop(s.db);
	start_us = clock_mono_us();
	s.cx.deadline_us = start_us + 300000;
	scratch_is(db_exec(&s.cx, "SELECT ?", db_int(1)), ERR_UNAVAILABLE, "database_lost");
	CHECK(clock_mono_us() - start_us < 400000);
	CHECK(s.db->retry_at_us == 0); /* the next waits too: it was missed a moment ago only */
	s.db->missed_at_us -= 5000000;
	s.cx.deadline_us = 0;
	for (int i = 0; i < 2; i++) {
		start_us = clock_mono_us();
		scratch_is(db_exec(&s.cx, "SELECT ?", db_int(1)), ERR_UNAVAILABLE, "database_lost");
		CHECK(clock_mono_us() - start_us < 20000);
	}
	s.db->socket = socket;
	s.db->retry_at_us = 0;
	CHECK(scratch_number(&s, "SELECT 1") == 1);
	CHECK(s.db->missed_at_us == 0);
	scratch_close(&s);
}

void
test_conn__nothing_is_sent_after_the_deadline(void)
{
	struct scratch s;
	struct err *e;
	unsigned before;

	if (!scratch_open(&s))
		return;
	before = s.cx.statements;
	s.cx.deadline_us = clock_mono_us() - 1;
	e = db_exec(&s.cx, "SELECT ?", db_int(1));
	if (scratch_is(e, ERR_UNAVAILABLE, "deadline"))
		CHECK(e->retry_after_s == 1);
	CHECK(s.cx.statements == before);
	scratch_close(&s);
}

void
test_conn__no_answer_is_awaited_beyond_the_deadline(void)
{
	struct scratch s;
	int64_t start_us, waited_us;

	if (!scratch_open(&s))
		return;
	start_us = clock_mono_us();
	s.cx.deadline_us = start_us + 300000;
	scratch_is(db_exec(&s.cx, "SELECT SLEEP(?)", db_int(3)), ERR_UNAVAILABLE, NULL);
	waited_us = clock_mono_us() - start_us;
	CHECK(waited_us >= 290000 && waited_us < 900000);
	s.cx.deadline_us = 0;
	CHECK(scratch_number(&s, "SELECT 1") == 1);
	scratch_close(&s);
}

void
test_conn__a_statement_ends_with_its_time(void)
{
	struct scratch s;
	bool open;

	setenv("SOUK_STATEMENT_MS", "20", 1);
	open = scratch_open(&s);
	unsetenv("SOUK_STATEMENT_MS");
	if (!open)
		return;
	scratch_is(db_query(&s.cx, NULL, "SELECT COUNT(*) FROM seq_1_to_1000000000 WHERE seq <> ?",
			   db_int(0)),
		ERR_TOO_EXPENSIVE, NULL);
	scratch_fine(db_query(&s.cx, NULL, "SELECT ?", db_int(1)));
	scratch_close(&s);
}

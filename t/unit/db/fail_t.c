/* MariaDB's refusals as errs. */
#include "scratch.h"
#include "tap.h"

#include "base/metrics.h"
#include "db/db_int.h"

static void
make_shelves(struct scratch *s)
{
	scratch_run(s,
		"CREATE TABLE shelf (id INT PRIMARY KEY, sku VARCHAR(9), UNIQUE KEY sku_live "
		"(sku))");
	scratch_run(s,
		"CREATE TABLE book (id INT PRIMARY KEY, shelf INT, pages TINYINT CHECK (pages > "
		"0), "
		"FOREIGN KEY (shelf) REFERENCES shelf (id))");
	scratch_run(s, "INSERT INTO shelf VALUES (1, 'a')");
	scratch_run(s, "INSERT INTO book VALUES (1, 1, 5)");
}

void
test_fail__refusals_have_code_and_reason(void)
{
	static const struct {
		const char *sql;
		enum err_code code;
		const char *reason;
	} cases[] = {
		{ "INSERT INTO shelf VALUES (1, 'b')", ERR_CONFLICT, "duplicate" },
		{ "INSERT INTO book VALUES (2, 9, 5)", ERR_VALIDATION, "reference" },
		{ "DELETE FROM shelf WHERE id = 1", ERR_CONFLICT, "still_referenced" },
		{ "INSERT INTO book VALUES (3, 1, 0)", ERR_VALIDATION, "check" },
		{ "INSERT INTO book VALUES (3, 1, 999)", ERR_VALIDATION, "out_of_range" },
		{ "INSERT INTO shelf VALUES (4, 'abcdefghij')", ERR_VALIDATION, "out_of_range" },
		{ "SELECT 9223372036854775807 + id FROM shelf", ERR_VALIDATION, "out_of_range" },
		{ "SET STATEMENT max_statement_time=0.1 FOR SELECT SLEEP(5)", ERR_TOO_EXPENSIVE,
			NULL },
	};
	struct scratch s;

	if (!scratch_open(&s))
		return;
	make_shelves(&s);
	metrics_setup(NULL);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err *e = db_run(&s.cx, str_of(cases[i].sql), NULL, 0, NULL);

		tap_row("%s", cases[i].sql);
		if (!scratch_is(e, cases[i].code, cases[i].reason))
			continue;
		CHECK(str_starts(e->log, STR("MariaDB ")));
		CHECK(!str_starts(e->message, STR("MariaDB ")));
		CHECK(e->message.n > 0);
	}
	CHECK(scratch_number(&s, "SELECT COUNT(*) FROM book") == 1);
	CHECK(metrics_value(METRIC_DB_ERRORS) == 0); /* these are faults of clients */
	scratch_close(&s);
}

void
test_fail__a_duplicate_names_its_key(void)
{
	static const char *const skus[] = { "a", "it's", "x' key'y", "for key " };
	struct scratch s;

	if (!scratch_open(&s))
		return;
	make_shelves(&s);
	for (size_t i = 1; i < COUNT(skus); i++)
		scratch_fine(db_exec(&s.cx, "INSERT INTO shelf VALUES (?, ?)",
			db_int(10 + (int64_t)i), db_text(str_of(skus[i]))));
	for (size_t i = 0; i < COUNT(skus); i++) {
		struct err *e = db_exec(&s.cx, "INSERT INTO shelf VALUES (?, ?)", db_int(50),
			db_text(str_of(skus[i])));

		tap_row("%s", skus[i]);
		if (scratch_is(e, ERR_CONFLICT, "duplicate"))
			CHECK_STR(db_duplicate_key(e), "sku_live");
	}
	struct err *e = db_exec(&s.cx, "INSERT INTO shelf VALUES (?, 'new')", db_int(1));

	if (scratch_is(e, ERR_CONFLICT, "duplicate"))
		CHECK_STR(db_duplicate_key(e), "PRIMARY");
	CHECK(db_duplicate_key(err_new(s.cx.arena, ERR_CONFLICT, NULL)).p == NULL);
	scratch_close(&s);
}

void
test_fail__a_full_disk_is_known_by_number_or_by_words(void)
{
	static const struct {
		unsigned number;
		const char *message;
		bool full;
	} cases[] = {
		{ 1021, "Disk full (/db); waiting for someone to free some space...", true },
		{ 1114, "The table 'products' is full", true },
		{ 1026, "Error writing file '/db/binlog' (errno: 28 \"No space left on device\")",
			true },
		{ 1180, "Got error 28 \"No space left on device\" during COMMIT", true },
		{ 3, "Error writing file '/tmp/MYfd' (Errcode: 28 \"No space left on device\")",
			true },
		{ 1026, "Error writing file '/db/binlog' (errno: 5 \"Input/output error\")",
			false },
		{ 1180, "Got error 5 \"Input/output error\" during COMMIT", false },
	};
	struct arena *a = arena_new("test", 1 << 20);
	struct ctx cx = { .arena = a, .db = ARENA_NEW(a, struct db) };

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err *e;

		tap_row("%s", cases[i].message);
		failure_set(cx.db, STR("INSERT"), cases[i].number, cases[i].message);
		e = failure_err(&cx);
		if (cases[i].full && scratch_is(e, ERR_UNAVAILABLE, "storage"))
			CHECK(e->retry_after_s > 0);
		else if (!cases[i].full)
			scratch_is(e, ERR_INTERNAL, NULL);
	}
	arena_free(a);
}

void
test_fail__each_kind_is_counted_apart(void)
{
	static const struct {
		unsigned number;
		enum metric metric;
	} cases[] = {
		{ 1213, METRIC_DB_CONFLICTS },
		{ 1205, METRIC_DB_CONFLICTS },
		{ 2013, METRIC_DB_LOST },
		{ 2006, METRIC_DB_LOST },
		{ 1064, METRIC_DB_ERRORS },
		{ 1021, METRIC_DB_ERRORS },
		{ 1040, METRIC_DB_ERRORS },
		{ 1062, METRIC__MAX },
		{ 1615, METRIC__MAX },
	};
	static const enum metric all[] = { METRIC_DB_CONFLICTS, METRIC_DB_LOST, METRIC_DB_ERRORS };
	struct arena *a = arena_new("test", 1 << 20);
	struct db *db = ARENA_NEW(a, struct db);

	for (size_t i = 0; i < COUNT(cases); i++) {
		tap_row("%u", cases[i].number);
		metrics_setup(NULL);
		failure_set(db, STR("INSERT"), cases[i].number, "of a test");
		for (size_t k = 0; k < COUNT(all); k++)
			CHECK(metrics_value(all[k]) == (all[k] == cases[i].metric));
	}
	arena_free(a);
}

/* Values in and out, the cache of statements, and how many round trips they take. */
#include "scratch.h"
#include "tap.h"

#include "base/clock.h"
#include "db/db_int.h"

#define EMOJI "\xf0\x9f\x9b\x8d\xef\xb8\x8f"

static void
make_values(struct scratch *s)
{
	scratch_run(s,
		"CREATE TABLE vals (id INT AUTO_INCREMENT PRIMARY KEY, n BIGINT, t LONGTEXT, "
		"w DATETIME(3), b VARBINARY(300)) CHARACTER SET utf8mb4");
}

static void
check_same(const struct db_value *got, const struct db_value *want)
{
	CHECK(got->kind == want->kind);
	if (want->kind == DB_TEXT) {
		CHECK_BYTES(got->s.p, got->s.n, want->s.p, want->s.n);
		CHECK(got->s.p != NULL);
	} else {
		CHECK(got->i == want->i);
	}
}

static int64_t
at(const char *text)
{
	int64_t ms = 0;

	CHECK(clock_parse(str_of(text), &ms));
	return ms;
}

void
test_stmt__numbers_and_texts_come_back_as_they_went(void)
{
	const struct db_value numbers[] = { db_int(0), db_int(-1), db_int(INT64_MAX),
		db_int(INT64_MIN), db_null(), db_id((struct id){ 0 }), db_id((struct id){ 7 }) };
	const struct db_value texts[] = { db_text(STR("")), db_text(STR("plain")), db_null(),
		db_text(STR("sho" EMOJI "p")), db_text(STR("a\0b")),
		db_text(STR("it's; -- \"quoted\" \\ %s ?")), db_text((struct str){ NULL, 0 }) };
	struct scratch s;
	struct db_rows rows;

	if (!scratch_open(&s))
		return;
	make_values(&s);
	for (size_t i = 0; i < COUNT(texts); i++) {
		tap_row("row %zu", i);
		scratch_fine(db_exec(
			&s.cx, "INSERT INTO vals (n, t) VALUES (?, ?)", numbers[i], texts[i]));
	}
	scratch_fine(db_query0(&s.cx, &rows, "SELECT n, t FROM vals ORDER BY id"));
	if (CHECK(rows.n == COUNT(texts) && rows.columns == 2)) {
		for (size_t i = 0; i < rows.n; i++) {
			tap_row("row %zu", i);
			check_same(&db_row(&rows, i)[0], &numbers[i]);
			check_same(&db_row(&rows, i)[1], &texts[i]);
		}
	}
	scratch_close(&s);
}

void
test_stmt__times_come_back_to_the_millisecond(void)
{
	static const char *const times[] = { "1970-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z",
		"1066-10-14T09:00:00.001Z", "1000-01-01T00:00:00Z", "2024-02-29T12:34:56.789Z",
		"2026-11-24T00:00:00Z", "2026-11-24T00:00:00.001Z", "9999-12-31T23:59:59.999Z" };
	struct scratch s;
	struct db_rows rows;

	if (!scratch_open(&s))
		return;
	make_values(&s);
	for (size_t i = 0; i < COUNT(times); i++) {
		struct db_value want = db_time(at(times[i]));

		tap_row("%s", times[i]);
		scratch_fine(db_exec(&s.cx, "INSERT INTO vals (w) VALUES (?)", want));
		scratch_fine(db_query(&s.cx, &rows,
			"SELECT w, DATE_FORMAT(w, '%Y-%m-%dT%T') FROM vals WHERE w = ?", want));
		if (!CHECK(rows.n == 1))
			continue;
		check_same(&rows.cells[0], &want);
		CHECK_BYTES(rows.cells[1].s.p, rows.cells[1].s.n, times[i], 19);
	}
	scratch_close(&s);
}

void
test_stmt__every_column_type_is_read(void)
{
	struct scratch s;
	struct db_rows rows;

	if (!scratch_open(&s))
		return;
	scratch_run(&s,
		"CREATE TABLE kinds (a TINYINT, b TINYINT UNSIGNED, c SMALLINT, d MEDIUMINT, e "
		"INT, "
		"f INT UNSIGNED, g BIGINT, h DECIMAL(20,10), i DATE, j JSON, k BOOLEAN, "
		"l ENUM('x','y'), m CHAR(3), o DOUBLE, p YEAR, q BINARY(2))");
	scratch_run(&s,
		"INSERT INTO kinds VALUES (-128, 255, -32768, -8388608, -2147483648, 4294967295, "
		"-9, 1.5, '2026-01-02', '{\"a\":1}', TRUE, 'y', 'abc', 0.25, 2026, X'FF00')");
	scratch_fine(db_query0(&s.cx, &rows, "SELECT * FROM kinds"));
	if (CHECK(rows.n == 1 && rows.columns == 16)) {
		const struct db_value want[] = { db_int(-128), db_int(255), db_int(-32768),
			db_int(-8388608), db_int(INT32_MIN), db_int(UINT32_MAX), db_int(-9),
			db_text(STR("1.5000000000")), db_time(at("2026-01-02T00:00:00Z")),
			db_text(STR("{\"a\":1}")), db_int(1), db_text(STR("y")),
			db_text(STR("abc")), db_text(STR("0.25")), db_int(2026),
			db_text(STR("\xff\0")) };

		for (size_t i = 0; i < COUNT(want); i++) {
			tap_row("column %zu", i);
			check_same(&rows.cells[i], &want[i]);
		}
	}
	scratch_close(&s);
}

void
test_stmt__bytes_and_long_texts_are_whole(void)
{
	static const size_t sizes[] = { 250, 251, 65535, 65536, 1 << 20, 3, 17 << 19 };
	char bytes[256];
	struct scratch s;
	struct db_rows rows;

	if (!scratch_open(&s))
		return;
	make_values(&s);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		char *text = arena_alloc(s.cx.arena, sizes[i]);

		memset(text, 'a' + (int)i, sizes[i]);
		tap_row("%zu bytes", sizes[i]);
		scratch_fine(db_exec(&s.cx, "INSERT INTO vals (n, t, b) VALUES (?, ?, ?)",
			db_int((int64_t)i), db_text((struct str){ text, sizes[i] }),
			db_text((struct str){ bytes, sizeof(bytes) })));
		scratch_fine(db_query(
			&s.cx, &rows, "SELECT t, b FROM vals WHERE n = ?", db_int((int64_t)i)));
		if (!CHECK(rows.n == 1))
			continue;
		CHECK_BYTES(rows.cells[0].s.p, rows.cells[0].s.n, text, sizes[i]);
		CHECK_BYTES(rows.cells[1].s.p, rows.cells[1].s.n, bytes, sizeof(bytes));
	}
	scratch_close(&s);
}

void
test_stmt__thousands_of_rows_keep_their_order(void)
{
	struct db_value values[5000 * 2];
	struct scratch s;
	struct db_rows rows;
	int wrong = 0;

	if (!scratch_open(&s))
		return;
	make_values(&s);
	for (size_t i = 0; i < 5000; i++) {
		values[i * 2] = db_int((int64_t)i * 3);
		values[i * 2 + 1] = db_text(str_fmt(s.cx.arena, "row %zu", i));
	}
	scratch_fine(db_insert_rows(
		&s.cx, "INSERT INTO vals (n, t) VALUES", "(?, ?)", values, COUNT(values)));
	scratch_fine(db_query0(&s.cx, &rows, "SELECT n, t FROM vals ORDER BY n"));
	CHECK(rows.n == 5000);
	for (size_t i = 0; i < rows.n; i++)
		wrong += db_row(&rows, i)[0].i != values[i * 2].i ||
			!str_eq(db_row(&rows, i)[1].s, values[i * 2 + 1].s);
	CHECK(wrong == 0);
	scratch_close(&s);
}

void
test_stmt__rows_inserted_at_once_are_cut_into_few_lengths(void)
{
	static const size_t counts[] = { 0, 1, 16, 17, 33, 333, 334, 999, 1000 };
	struct db_value values[3000];
	struct scratch s;

	if (!scratch_open(&s))
		return;
	scratch_run(&s, "CREATE TABLE three (a BIGINT, b BIGINT, c BIGINT)");
	for (size_t i = 0; i < COUNT(values); i++)
		values[i] = db_int((int64_t)i);
	for (size_t i = 0; i < COUNT(counts); i++) {
		int64_t n = (int64_t)counts[i] * 3;

		tap_row("%zu rows", counts[i]);
		scratch_run(&s, "TRUNCATE three");
		scratch_fine(db_insert_rows(&s.cx, "INSERT INTO three (a, b, c) VALUES",
			"(?, ?, ?)", values, (size_t)n));
		CHECK(scratch_number(&s, "SELECT COUNT(*) FROM three") == n / 3);
		CHECK(scratch_number(
			      &s, "SELECT CAST(COALESCE(SUM(a + b + c), 0) AS INT) FROM three") ==
			n * (n - 1) / 2);
	}
	CHECK(s.db->stmts.n < 16);
	scratch_close(&s);
}

void
test_stmt__takes_one_round_trip_from_the_second_use_on(void)
{
	struct scratch s;
	struct db_rows rows;

	if (!scratch_open(&s))
		return;
	s.cx.statements = 0;
	for (unsigned i = 0; i < 3; i++) {
		scratch_fine(db_query(&s.cx, &rows, "SELECT ? + 1", db_int(i)));
		CHECK(rows.cells[0].i == i + 1);
		CHECK(s.cx.statements == i + 2);
	}
	CHECK(s.cx.db_us > 0);
	scratch_close(&s);
}

/* Runs the k-th of many texts; gives the round trips it took. */
static unsigned
run_text(struct scratch *s, size_t k)
{
	struct db_rows rows;
	unsigned before = s->cx.statements;
	struct str sql = str_fmt(s->cx.arena, "SELECT ? /* %zu */", k);
	const struct db_value v = db_int((int64_t)k);

	scratch_fine(db_run(&s->cx, sql, &v, 1, &rows));
	CHECK(rows.n == 1 && rows.cells[0].i == (int64_t)k);
	return s->cx.statements - before;
}

void
test_stmt__the_least_used_statements_are_forgotten(void)
{
	struct scratch s;

	if (!scratch_open(&s))
		return;
	for (size_t k = 0; k < 700; k++) {
		tap_row("text %zu", k);
		CHECK(run_text(&s, k) == 2);
		CHECK(run_text(&s, 0) == 1); /* in use all the time, it stays */
		CHECK(s.db->stmts.n <= 240);
	}
	CHECK(run_text(&s, 1) == 2);
	CHECK(run_text(&s, 699) == 1);
	scratch_close(&s);
}

void
test_stmt__a_changed_table_shows_its_new_columns(void)
{
	struct scratch s;
	struct db_rows rows;

	if (!scratch_open(&s))
		return;
	scratch_run(&s, "CREATE TABLE grows (a INT)");
	scratch_run(&s, "INSERT INTO grows VALUES (1)");
	scratch_fine(db_query(&s.cx, &rows, "SELECT * FROM grows WHERE a = ?", db_int(1)));
	CHECK(rows.n == 1 && rows.columns == 1);
	scratch_run(&s, "ALTER TABLE grows ADD b VARCHAR(10) DEFAULT 'new', MODIFY a BIGINT");
	scratch_fine(db_query(&s.cx, &rows, "SELECT * FROM grows WHERE a = ?", db_int(1)));
	if (CHECK(rows.n == 1 && rows.columns == 2)) {
		CHECK(rows.cells[0].i == 1);
		CHECK_STR(rows.cells[1].s, "new");
	}
	scratch_close(&s);
}

void
test_stmt__counts_the_rows_a_write_met(void)
{
	struct scratch s;
	struct db_rows rows;

	if (!scratch_open(&s))
		return;
	make_values(&s);
	scratch_fine(
		db_query(&s.cx, &rows, "INSERT INTO vals (n) VALUES (?), (2), (3)", db_int(1)));
	CHECK(rows.affected == 3);
	scratch_fine(db_query(&s.cx, &rows, "UPDATE vals SET n = n WHERE n >= ?", db_int(2)));
	CHECK(rows.affected == 2); /* matched, though nothing changed */
	scratch_fine(db_query(&s.cx, &rows, "DELETE FROM vals WHERE n = ?", db_int(9)));
	CHECK(rows.affected == 0 && rows.n == 0);
	scratch_fine(
		db_query(&s.cx, &rows, "INSERT INTO vals (n) VALUES (?) RETURNING n", db_int(5)));
	CHECK(rows.affected == 1 && rows.n == 1 && rows.cells[0].i == 5);
	scratch_fine(db_query(&s.cx, &rows, "SELECT n FROM vals WHERE n = ?", db_int(99)));
	CHECK(rows.n == 0 && rows.columns == 1);
	scratch_close(&s);
}

void
test_stmt__a_wrong_number_of_values_is_our_own_fault(void)
{
	struct scratch s;

	if (!scratch_open(&s))
		return;
	scratch_is(db_exec(&s.cx, "SELECT ?, ?", db_int(1)), ERR_INTERNAL, NULL);
	scratch_is(db_exec(&s.cx, "SELECT nonsense FROM nowhere WHERE a = ?", db_int(1)),
		ERR_INTERNAL, NULL);
	scratch_is(db_exec(&s.cx, "SELEKT ?", db_int(1)), ERR_INTERNAL, NULL);
	CHECK(scratch_number(&s, "SELECT 1") == 1);
	scratch_close(&s);
}

void
test_stmt__a_result_beyond_all_measure_is_refused(void)
{
	struct scratch s;
	struct db_rows rows;
	struct err *e;

	if (!scratch_open(&s))
		return;
	scratch_fine(db_query0(&s.cx, &rows,
		"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)"
		" SELECT REPEAT('x', 1000000) FROM n"));
	CHECK(rows.n == 60);
	e = db_query0(&s.cx, &rows,
		"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150)"
		" SELECT REPEAT('x', 1000000) FROM n");
	CHECK(e && e->code == ERR_TOO_EXPENSIVE);
	/* The connection goes on, and so does that statement. */
	scratch_fine(db_query0(&s.cx, &rows, "SELECT 7"));
	CHECK(rows.n == 1 && db_row(&rows, 0)[0].i == 7);
	e = db_query0(&s.cx, &rows,
		"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150)"
		" SELECT REPEAT('x', 1000000) FROM n");
	CHECK(e && e->code == ERR_TOO_EXPENSIVE);
	scratch_close(&s);
}

/* Scripts: statement by statement, up to the first that fails; text in them is quoted. */
#include "scratch.h"
#include "tap.h"

#include "db/admin.h"

void
test_admin__quotes_text(void)
{
	static const struct {
		const char *text, *quoted;
	} rows[] = {
		{ "", "''" },
		{ "abc", "'abc'" },
		{ "it's", "'it\\'s'" },
		{ "a\\", "'a\\\\'" },
		{ "'; DROP TABLE t;\n", "'\\'; DROP TABLE t;\n'" },
	};
	struct arena *a = arena_new("test", 1 << 20);

	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("%s", rows[i].text);
		CHECK_STR(db_quote(a, str_of(rows[i].text)), rows[i].quoted);
	}
	arena_free(a);
}

void
test_admin__runs_a_script_up_to_its_fault(void)
{
	struct scratch s;

	if (!scratch_open(&s))
		return;
	CHECK(scratch_fine(db_script(&s.cx,
		STR("-- a comment; not a statement;\nCREATE TABLE t (\n\tn INT);\n\n"
		    "INSERT INTO t VALUES (1);\nINSERT INTO t VALUES (2)"))));
	CHECK(scratch_number(&s, "SELECT CAST(SUM(n) AS SIGNED) FROM t") == 3);
	CHECK(db_script(&s.cx, STR("INSERT INTO t VALUES (4);\nnonsense;\nDELETE FROM t;\n")) !=
		NULL);
	CHECK(scratch_number(&s, "SELECT CAST(SUM(n) AS SIGNED) FROM t") == 7);
	CHECK(scratch_fine(db_script(&s.cx, STR("-- nothing\n\n"))));
	scratch_close(&s);
}

void
test_admin__needs_a_server_and_a_user_it_knows(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct db *db;
	struct err *e = db_admin_open(a, "/nonexistent/mysqld.sock", "root", 0, &db);

	CHECK(e && e->code == ERR_UNAVAILABLE && !db);
	arena_free(a);
}

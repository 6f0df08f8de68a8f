/* MariaDB's refusals as errs. */
#include "scratch.h"
#include "tap.h"

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

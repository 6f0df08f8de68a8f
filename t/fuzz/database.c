/*
 * A database in which there is nothing, and which takes everything: what parsers hand over is carried out as far as it gets. The
 * linker puts these in place of the real ones (--wrap).
 */
#include "fuzz.h"

#include "db/db.h"

struct err *__wrap_db_run(struct ctx *cx, struct str sql, const struct db_value *values, size_t n,
	struct db_rows *rows);
struct err *__wrap_db_insert_rows(struct ctx *cx, const char *head, const char *tuple,
	const struct db_value *values, size_t n);
struct err *__wrap_db_tx(struct ctx *cx, db_tx_fn *fn, void *arg);
struct err *__wrap_db_savepoint(struct ctx *cx);
struct err *__wrap_db_rollback_to_savepoint(struct ctx *cx);

static size_t
marks(struct str sql)
{
	size_t n = 0;

	for (size_t i = 0; i < sql.n; i++)
		n += sql.p[i] == '?';
	return n;
}

/* As many values as marks, text and numbers only; what stands in the statement itself is ours and plain. */
static void
check(struct str sql, const struct db_value *values, size_t n)
{
	must(marks(sql) == n);
	for (size_t i = 0; i < sql.n; i++)
		must((sql.p[i] >= ' ' && sql.p[i] <= '~') || sql.p[i] == '\n');
	for (size_t i = 0; i < n; i++)
		must(values[i].kind != DB_TEXT || values[i].s.p);
}

struct err *
__wrap_db_run(struct ctx *cx, struct str sql, const struct db_value *values, size_t n,
	struct db_rows *rows)
{
	check(sql, values, n);
	cx->statements++;
	if (rows)
		*rows = (struct db_rows){ .affected = 1 };
	return NULL;
}

struct err *
__wrap_db_insert_rows(struct ctx *cx, const char *head, const char *tuple,
	const struct db_value *values, size_t n)
{
	size_t each = marks(str_of(tuple));

	must(head && each && n % each == 0);
	for (size_t i = 0; i < n; i += each)
		check(str_of(tuple), values + i, each);
	cx->statements++;
	return NULL;
}

struct err *
__wrap_db_tx(struct ctx *cx, db_tx_fn *fn, void *arg)
{
	return fn(cx, arg);
}

struct err *
__wrap_db_savepoint(struct ctx *cx UNUSED)
{
	return NULL;
}

struct err *
__wrap_db_rollback_to_savepoint(struct ctx *cx UNUSED)
{
	return NULL;
}

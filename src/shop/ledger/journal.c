/* The ledger as a journal that other programs of accounting read. */
#include "shop/ledger/ledger.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/currency.h"
#include "base/decimal.h"
#include "base/id.h"
#include "db/db.h"

#include <ctype.h>

/* Entries in one statement, and the most that they take as text. */
#define STEP "1000"
#define STEP_BYTES ((size_t)1 << 20)
#define PATIENTLY "SET STATEMENT max_statement_time = 600 FOR "

struct journal {
	ledger_journal_fn *put;
	void *arg;
	int64_t n;
};

/* The columns of an account: kind, type, holder, holder_id. */
enum { KIND, TYPE, HOLDER, HOLDER_ID };

/* ---- names and numbers */

/* "assets:gateway:gw_…" */
static void
put_account(struct buf *b, struct ctx *cx, const struct db_value *a)
{
	static const char *const plural[LEDGER__TYPES] = {
		[LEDGER_ASSET] = "assets",
		[LEDGER_LIABILITY] = "liabilities",
		[LEDGER_REVENUE] = "revenues",
		[LEDGER_EXPENSE] = "expenses",
	};
	const struct resource *holder = a[HOLDER].kind == DB_TEXT ? model_find(a[HOLDER].s) : NULL;

	for (size_t i = 0; i < LEDGER__TYPES; i++)
		if (str_eq_z(a[TYPE].s, ledger_type_words[i].name))
			buf_z(b, plural[i]);
	buf_fmt(b, ":%.*s", STRF(a[KIND].s));
	if (holder)
		buf_fmt(b, ":%.*s",
			STRF(id_str(cx->arena, (struct id){ a[HOLDER_ID].i }, holder->prefix)));
	else if (a[HOLDER].kind == DB_TEXT)
		buf_fmt(b, ":%.*s:%" PRId64, STRF(a[HOLDER].s), a[HOLDER_ID].i);
}

/* A currency that is in use no more has as many digits as most. */
static int
digits_of(struct str currency)
{
	int digits = currency_digits(currency);

	return digits < 0 ? 2 : digits;
}

static void
put_amount(struct buf *b, int64_t minor, struct str currency)
{
	char text[DECIMAL_TEXT];
	size_t n = decimal_render(minor, digits_of(currency), text);

	buf_fmt(b, "%.*s %.*s", STRF(currency), (int)n, text);
}

/* ---- what stands at the head */

static bool
flush(struct journal *j, struct buf *b)
{
	bool more = !b->n || j->put(j->arg, buf_view(b));

	must(!b->overflow);
	b->n = 0;
	return more;
}

static struct err *
put_commodities(struct ctx *cx, struct journal *j)
{
	struct db_rows rows;
	struct buf b;
	struct err *e = db_query(cx, &rows,
		"SELECT DISTINCT currency FROM ledger_balances WHERE tenant_id = ? ORDER BY 1",
		db_id(cx->tenant));

	if (e)
		return e;
	buf_init(&b, cx->arena, 1024, STEP_BYTES);
	for (size_t i = 0; i < rows.n; i++) {
		struct str currency = db_row(&rows, i)[0].s;

		/* The number is a pattern, which must show where the point is. */
		buf_fmt(&b, "commodity %.*s 1000.%.*s\n", STRF(currency), digits_of(currency),
			"000000");
	}
	(void)flush(j, &b);
	return NULL;
}

/* Those of customers may be very many. */
static struct err *
put_accounts(struct ctx *cx, struct journal *j)
{
	struct arena_mark mark = arena_mark(cx->arena);
	int64_t after = 0;
	bool more = true;

	while (more) {
		struct db_rows rows;
		struct buf b;
		struct err *e = db_query(cx, &rows,
			"SELECT kind, type, holder, holder_id, id FROM ledger_accounts"
			" WHERE tenant_id = ? AND id > ? ORDER BY id LIMIT " STEP,
			db_id(cx->tenant), db_int(after));

		if (e)
			return e; /* cppcheck-suppress returnDanglingLifetime ; it lives in the arena */
		buf_init(&b, cx->arena, 4096, STEP_BYTES);
		for (size_t i = 0; i < rows.n; i++) {
			const struct db_value *a = db_row(&rows, i);

			buf_z(&b, "account ");
			put_account(&b, cx, a);
			buf_fmt(&b, "  ; type: %c\n", toupper((unsigned char)a[TYPE].s.p[0]));
			after = a[4].i;
		}
		more = flush(j, &b) && rows.n > 0;
		arena_rewind(cx->arena, mark);
	}
	return NULL;
}

/* ---- entries */

static void
put_entry(struct buf *b, struct ctx *cx, const struct db_value *e)
{
	enum {
		ID,
		CREATED,
		WHAT,
		OBJECT,
		OBJECT_ID,
		ORDER,
		AMOUNT,
		CURRENCY,
		DEBIT,
		CREDIT = 12,
		PAYMENT = 16
	};
	const struct resource *object = model_find(e[OBJECT].s);
	char date[CLOCK_TEXT];

	(void)clock_render(e[CREATED].i, date);
	buf_fmt(b, "\n%.10s * (%.*s) %.*s", date,
		STRF(id_str(cx->arena, (struct id){ e[ID].i }, ledger_entry_resource.prefix)),
		STRF(e[WHAT].s));
	if (e[ORDER].kind != DB_NULL)
		buf_fmt(b, " %.*s", STRF(id_str(cx->arena, (struct id){ e[ORDER].i }, "ord")));
	if (e[PAYMENT].kind != DB_NULL)
		buf_fmt(b, " %.*s", STRF(id_str(cx->arena, (struct id){ e[PAYMENT].i }, "pay")));
	if (object)
		buf_fmt(b, "  ; object: %.*s",
			STRF(id_str(cx->arena, (struct id){ e[OBJECT_ID].i }, object->prefix)));
	buf_z(b, "\n    ");
	put_account(b, cx, e + DEBIT);
	buf_z(b, "  ");
	put_amount(b, e[AMOUNT].i, e[CURRENCY].s);
	buf_z(b, "\n    ");
	put_account(b, cx, e + CREDIT);
	buf_z(b, "  ");
	put_amount(b, -e[AMOUNT].i, e[CURRENCY].s);
	buf_char(b, '\n');
}

static struct err *
put_entries(struct ctx *cx, struct journal *j)
{
	struct arena_mark mark = arena_mark(cx->arena);
	int64_t after = 0;
	bool more = true;

	while (more) {
		struct db_rows rows;
		struct buf b;
		struct err *e = db_query(cx, &rows,
			PATIENTLY
			"SELECT e.id, e.created_at, e.kind, e.object_name, e.object_id, e.order_id,"
			" e.amount, e.currency, d.kind, d.type, d.holder, d.holder_id, c.kind,"
			" c.type, c.holder, c.holder_id, e.payment_id FROM ledger_entries e FORCE "
			"INDEX (PRIMARY)"
			" STRAIGHT_JOIN ledger_accounts d FORCE INDEX (PRIMARY)"
			" ON d.tenant_id = e.tenant_id AND d.id = e.debit_account_id"
			" STRAIGHT_JOIN ledger_accounts c FORCE INDEX (PRIMARY)"
			" ON c.tenant_id = e.tenant_id AND c.id = e.credit_account_id"
			" WHERE e.tenant_id = ? AND e.id > ? ORDER BY e.id LIMIT " STEP,
			db_id(cx->tenant), db_int(after));

		if (e)
			return e; /* cppcheck-suppress returnDanglingLifetime ; it lives in the arena */
		buf_init(&b, cx->arena, (size_t)64 << 10, STEP_BYTES);
		for (size_t i = 0; i < rows.n; i++) {
			put_entry(&b, cx, db_row(&rows, i));
			after = db_row(&rows, i)[0].i;
		}
		j->n += (int64_t)rows.n;
		more = flush(j, &b) && rows.n > 0;
		arena_rewind(cx->arena, mark);
	}
	return NULL;
}

static struct err *
put_all(struct ctx *cx, void *arg)
{
	struct err *e = put_commodities(cx, arg);

	e = e ? e : put_accounts(cx, arg);
	return e ? e : put_entries(cx, arg);
}

struct err *
ledger_export(struct ctx *cx, ledger_journal_fn *put, void *arg, int64_t *n)
{
	struct journal j = { .put = put, .arg = arg };
	struct err *e = db_snapshot(cx, put_all, &j);

	*n = j.n;
	return e;
}

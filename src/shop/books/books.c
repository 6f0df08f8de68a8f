/* The walk over a tenant's objects. What is verified stands in books_orders.c and its neighbours. */
#include "shop/books/books.h"

#include "base/id.h"
#include "shop/books/books_int.h"

const char *const books_checks[] = { "items_count", "subtotal", "discount_total", "tax_total",
	"total", "total_base", "item_subtotal", "item_total", "order_number", "order_numbers",
	"order_created", "order_audit", "order_held", "cart_held", "quantity_claimed",
	"quantity_returned", "quantity_fulfilled", "payment_status", "refund_status",
	"amount_refunded", "redemption", "times_redeemed", "on_hand", "reserved", "held",
	"ledger_on_hand", "ledger_reserved", "ledger_debits", "ledger_credits", "ledger_captured",
	"ledger_refunded", "payment_captured", "payment_refunded", "payment_disputed",
	"amount_paid", "rating_sum", "reviews_count", "rating_average", NULL };

typedef struct err *step_fn(struct ctx *cx, struct span *s, bool *more);

static const struct {
	step_fn *step;    /* NULL: once for the tenant */
	books_fn *fn[12]; /* the last is NULL */
} walks[] = {
	{ books_step_orders,
		{ books_order_sums, books_order_lines, books_order_number, books_order_traces,
			books_order_holds, books_order_returns, books_order_money,
			books_redemptions, books_order_paid, books_shipments } },
	{ NULL,
		{ books_numbers, books_stock, books_cart_holds, books_coupons, books_ledger,
			books_moved } },
	{ books_step_payments, { books_payments } },
	{ books_step_products, { books_ratings } },
};

/* ---- telling */

static bool
is_same(const struct db_value *a, const struct db_value *b)
{
	if (a->kind != b->kind)
		return false;
	return a->kind == DB_TEXT ? str_eq(a->s, b->s) : a->i == b->i;
}

static struct str
text_of(struct ctx *cx, const struct db_value *v)
{
	if (v->kind == DB_TEXT)
		return v->s;
	return v->kind == DB_NULL ? STR("nothing") : str_fmt(cx->arena, "%" PRId64, v->i);
}

void
books_tell(
	struct ctx *cx, struct books *b, const struct books_rule *rule, const struct db_rows *rows)
{
	must(!rows->n || rows->columns == 2 * rule->n + 1);
	for (size_t i = 0; i < rows->n; i++) {
		const struct db_value *cells = db_row(rows, i);

		for (size_t k = 0; k < rule->n; k++) {
			const struct db_value *expected = &cells[2 * k + 1], *found = expected + 1;
			struct books_difference d = { .check = rule->checks[k] };

			if (is_same(expected, found))
				continue;
			d.object = cells->kind == DB_TEXT
				? cells->s
				: id_str(cx->arena, (struct id){ cells->i }, rule->prefix);
			d.expected = text_of(cx, expected);
			d.found = text_of(cx, found);
			b->differences++;
			b->told(b->arg, &d);
		}
	}
}

/* ---- steps */

static void
step(const struct db_rows *rows, struct span *s, bool *more)
{
	*more = rows->n > 0;
	s->until = (struct id){ *more ? db_row(rows, 0)[0].i : INT64_MAX };
}

struct err *
books_step_orders(struct ctx *cx, struct span *s, bool *more)
{
	struct db_rows rows = { 0 };
	struct err *e = db_query(cx, &rows,
		"SELECT id FROM orders WHERE tenant_id = ? AND id > ? ORDER BY id"
		" LIMIT 1 OFFSET " BOOKS_STEP,
		db_id(cx->tenant), db_int(s->after.n));

	step(&rows, s, more);
	return e;
}

/* ---- the walk */

static struct err *
walk(struct ctx *cx, struct books *b, size_t w)
{
	struct arena_mark mark = arena_mark(cx->arena);
	struct span s = { .after = ID_NONE };
	struct err *e = NULL;
	bool more = true;

	while (more) {
		more = false;
		if (walks[w].step)
			e = walks[w].step(cx, &s, &more);
		for (size_t i = 0; !e && walks[w].fn[i]; i++)
			e = walks[w].fn[i](cx, b, &s);
		if (e)
			return e; /* cppcheck-suppress returnDanglingLifetime ; it lives in the arena */
		s.after = s.until;
		arena_rewind(cx->arena, mark);
	}
	return NULL;
}

struct err *
books_verify(struct ctx *cx, struct books *b)
{
	struct err *e = NULL;

	for (size_t w = 0; !e && w < COUNT(walks); w++)
		e = walk(cx, b, w);
	return e;
}

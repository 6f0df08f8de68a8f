/* Orders: the sums of their lines, their numbers, what was written of them, and what is kept for them. */
#include "shop/books/books_int.h"

#include "base/clock.h"
#include "base/id.h"

/* Rows of the audit log are kept for 90 days at least. */
#define TRACES_MS (INT64_C(89) * 86400000)

/*
 * The total is that of the lines and of shipping, whose tax is what the tax of the lines leaves of the order's. What was
 * converted is worth what its rate says, to the minor unit.
 */
struct err *
books_order_sums(struct ctx *cx, struct books *b, const struct span *s)
{
	static const struct books_rule rule = { "ord",
		{ "items_count", "subtotal", "discount_total", "tax_total", "total", "total_base" },
		6 };
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		PATIENTLY
		"SELECT f.id, f.n, f.items_count, f.of_items, f.subtotal, f.discounts, "
		"f.discount_total,"
		" IF(f.shipping_total = 0, f.taxes, GREATEST(f.taxes, f.tax_total)), f.tax_total,"
		" f.totals + f.shipping_total + IF(f.prices_include_tax, 0, f.tax_total - "
		"f.taxes), f.total,"
		" IF(f.rate IS NULL, f.total, f.total_base), f.total_base"
		" FROM (SELECT o.id, COALESCE(l.n, 0) AS n, o.items_count, o.subtotal, "
		"o.discount_total,"
		" o.tax_total, o.shipping_total, o.total, o.total_base, o.rate, "
		"o.prices_include_tax,"
		" CAST(COALESCE(l.subtotals, 0) AS SIGNED) AS of_items,"
		" CAST(COALESCE(l.discounts, 0) AS SIGNED) AS discounts,"
		" CAST(COALESCE(l.taxes, 0) AS SIGNED) AS taxes,"
		" CAST(COALESCE(l.totals, 0) AS SIGNED) AS totals"
		" FROM orders o LEFT JOIN (SELECT order_id, COUNT(*) AS n, SUM(subtotal) AS "
		"subtotals,"
		" SUM(discount_total) AS discounts, SUM(tax_total) AS taxes, SUM(total) AS totals"
		" FROM order_items FORCE INDEX (`order`) WHERE tenant_id = ? AND order_id > ? AND "
		"order_id <= ?"
		" GROUP BY order_id) l ON l.order_id = o.id"
		" WHERE o.tenant_id = ? AND o.id > ? AND o.id <= ?) f"
		" WHERE f.n <> f.items_count OR f.of_items <> f.subtotal OR f.discounts <> "
		"f.discount_total"
		" OR f.taxes > f.tax_total OR (f.shipping_total = 0 AND f.taxes <> f.tax_total)"
		" OR f.total <> f.totals + f.shipping_total + IF(f.prices_include_tax, 0, "
		"f.tax_total - f.taxes)"
		" OR (f.rate IS NULL AND f.total <> f.total_base)"
		" ORDER BY f.id",
		db_id(cx->tenant), db_int(s->after.n), db_int(s->until.n), db_id(cx->tenant),
		db_int(s->after.n), db_int(s->until.n));

	if (!e)
		books_tell(cx, b, &rule, &rows);
	return e;
}

/*
 * What the statuses say of the money, from the amounts alone; an order that costs nothing is as it was made. What went back is the
 * sum of its refunds, where there are any: history that was imported has none.
 */
struct err *
books_order_money(struct ctx *cx, struct books *b, const struct span *s)
{
	static const struct books_rule rule = { "ord",
		{ "payment_status", "refund_status", "amount_refunded" }, 3 };
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		PATIENTLY
		"SELECT f.id, f.expected, f.payment_status, f.expected_refund, f.refund_status, "
		"f.refunds, f.amount_refunded FROM (SELECT o.id, o.payment_status, "
		"o.refund_status, "
		"o.amount_refunded,"
		" CASE WHEN o.total = 0 THEN o.payment_status"
		" WHEN o.amount_paid = 0 THEN IF(o.payment_status = 'failed', 'failed', 'pending')"
		" WHEN o.amount_refunded = o.amount_paid THEN 'refunded'"
		" WHEN o.amount_paid >= o.total THEN 'paid' ELSE 'pending' END AS expected,"
		" CASE WHEN o.amount_refunded = 0 THEN 'none'"
		" WHEN o.amount_refunded = o.amount_paid THEN 'full' ELSE 'partial' END AS "
		"expected_refund,"
		" COALESCE((SELECT CAST(SUM(IF(r.status = 'failed', 0, r.amount)) AS SIGNED)"
		" FROM refunds r FORCE INDEX (of_order) WHERE r.tenant_id = o.tenant_id"
		" AND r.order_id = o.id), o.amount_refunded) AS refunds"
		" FROM orders o WHERE o.tenant_id = ? AND o.id > ? AND o.id <= ?) f"
		" WHERE f.expected <> f.payment_status OR f.expected_refund <> f.refund_status"
		" OR f.refunds <> f.amount_refunded",
		db_id(cx->tenant), db_int(s->after.n), db_int(s->until.n));

	if (!e)
		books_tell(cx, b, &rule, &rows);
	return e;
}

struct err *
books_order_lines(struct ctx *cx, struct books *b, const struct span *s)
{
	static const struct books_rule rule = { "item", { "item_subtotal", "item_total" }, 2 };
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		PATIENTLY
		"SELECT i.id, i.price * i.quantity, i.subtotal, i.subtotal - i.discount_total"
		" + IF(o.prices_include_tax, 0, i.tax_total), i.total"
		" FROM orders o JOIN order_items i FORCE INDEX (`order`) ON i.tenant_id = "
		"o.tenant_id AND i.order_id = "
		"o.id"
		" WHERE o.tenant_id = ? AND o.id > ? AND o.id <= ?"
		" AND (i.price * i.quantity <> i.subtotal OR i.total <> i.subtotal - "
		"i.discount_total"
		" + IF(o.prices_include_tax, 0, i.tax_total))",
		db_id(cx->tenant), db_int(s->after.n), db_int(s->until.n));

	if (!e)
		books_tell(cx, b, &rule, &rows);
	return e;
}

struct err *
books_order_number(struct ctx *cx, struct books *b, const struct span *s)
{
	static const struct books_rule rule = { "ord", { "order_number" }, 1 };
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		PATIENTLY
		"SELECT id, 'a number', NULL FROM orders WHERE tenant_id = ? AND id > ? AND id <= ?"
		" AND number IS NULL",
		db_id(cx->tenant), db_int(s->after.n), db_int(s->until.n));

	if (!e)
		books_tell(cx, b, &rule, &rows);
	return e;
}

/* The first of each gap; looked for only if there are some. */
static struct err *
find_gaps(struct ctx *cx, struct books *b)
{
	static const struct books_rule rule = { "ord", { "order_numbers" }, 1 };
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		PATIENTLY
		"SELECT CONCAT('number ', o.number + 1), 'an order', NULL FROM orders o"
		" WHERE o.tenant_id = ? AND o.number IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
		"orders n"
		" WHERE n.tenant_id = o.tenant_id AND n.number = o.number + 1)"
		" AND o.number < (SELECT MAX(number) FROM orders m WHERE m.tenant_id = o.tenant_id)"
		" ORDER BY o.number LIMIT 100",
		db_id(cx->tenant));

	if (!e)
		books_tell(cx, b, &rule, &rows);
	return e;
}

/* A number twice is what the table refuses. */
struct err *
books_numbers(struct ctx *cx, struct books *b, const struct span *s UNUSED)
{
	static const struct books_rule rule = { "ord", { "order_numbers" }, 1 };
	struct db_rows last, count;
	struct err *e = db_query(cx, &last,
		PATIENTLY
		"SELECT 'the last number', COALESCE(MAX(number), 0), COALESCE((SELECT last FROM "
		"order_numbers c"
		" WHERE c.tenant_id = ?), 0) FROM orders WHERE tenant_id = ?",
		db_id(cx->tenant), db_id(cx->tenant));

	e = e ? e
	      : db_query(cx, &count,
			PATIENTLY
			"SELECT COUNT(*), COALESCE(MAX(number) - MIN(number) + 1, 0), COUNT(number)"
			" FROM orders WHERE tenant_id = ?",
			db_id(cx->tenant));
	if (e)
		return e;
	b->objects += db_row(&count, 0)[0].i;
	books_tell(cx, b, &rule, &last);
	return db_row(&count, 0)[1].i == db_row(&count, 0)[2].i ? NULL : find_gaps(cx, b);
}

/* What was written in the same transaction as the order. */
struct err *
books_order_traces(struct ctx *cx, struct books *b, const struct span *s)
{
	static const struct books_rule rule = { "ord", { "order_created", "order_audit" }, 2 };
	struct db_rows rows;
	struct id since = id_at_ms(clock_real_ms() - TRACES_MS);
	struct err *e;

	if (s->until.n < since.n)
		return NULL;
	e = db_query(cx, &rows,
		PATIENTLY
		"SELECT f.id, 'an event', IF(f.event, 'an event', NULL), 'a row', IF(f.audit, 'a "
		"row', NULL)"
		" FROM (SELECT o.id, EXISTS (SELECT 1 FROM events e FORCE INDEX (object) WHERE "
		"e.tenant_id = o.tenant_id"
		" AND e.object_id = o.id AND e.object_version = 1 AND e.type = 'order.created') AS "
		"event,"
		" EXISTS (SELECT 1 FROM audit_logs a FORCE INDEX (object) WHERE a.tenant_id = "
		"o.tenant_id"
		" AND a.resource_id = o.id AND a.action = 'order.created') AS audit"
		" FROM orders o WHERE o.tenant_id = ? AND o.id > ? AND o.id <= ?) f"
		" WHERE NOT f.event OR NOT f.audit",
		db_id(cx->tenant), db_int(MAX(s->after.n, since.n)), db_int(s->until.n));
	if (!e)
		books_tell(cx, b, &rule, &rows);
	return e;
}

/*
 * What is held for an order is what is still to be sent of those lines whose stock was reserved when it was taken; for one that is
 * cancelled or gone, nothing. Only open orders are asked for their lines.
 */
struct err *
books_order_holds(struct ctx *cx, struct books *b, const struct span *s)
{
	static const struct books_rule rule = { "ord", { "order_held" }, 1 };
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		PATIENTLY
		"SELECT f.id, CAST(f.open_lines AS SIGNED), CAST(f.held AS SIGNED) FROM (SELECT "
		"o.id,"
		" IF(o.status IN ('pending', 'processing'), COALESCE((SELECT SUM(i.quantity - "
		"i.quantity_fulfilled)"
		" FROM order_items i FORCE INDEX (`order`) WHERE i.tenant_id = o.tenant_id AND "
		"i.order_id = o.id AND "
		"EXISTS"
		" (SELECT 1 FROM movements m FORCE INDEX (source) WHERE m.tenant_id = i.tenant_id "
		"AND m.source_id = o.id"
		" AND m.product_id = i.product_id AND m.variant_id <=> i.variant_id)), 0), 0) AS "
		"open_lines,"
		" COALESCE((SELECT SUM(h.quantity) FROM holds h FORCE INDEX (of_order) WHERE "
		"h.tenant_id = o.tenant_id"
		" AND h.order_id = o.id), 0) AS held"
		" FROM orders o WHERE o.tenant_id = ? AND o.id > ? AND o.id <= ?) f"
		" WHERE f.open_lines <> f.held",
		db_id(cx->tenant), db_int(s->after.n), db_int(s->until.n));

	if (!e)
		books_tell(cx, b, &rule, &rows);
	return e;
}

/* What of a line is claimed back, and what came: of the returns that were neither refused nor given up. */
struct err *
books_order_returns(struct ctx *cx, struct books *b, const struct span *s)
{
	static const struct books_rule rule = { "item", { "quantity_claimed", "quantity_returned" },
		2 };
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		PATIENTLY
		"SELECT i.id, COALESCE(r.claimed, 0), i.quantity_claimed, COALESCE(r.back, 0), "
		"i.quantity_returned"
		" FROM order_items i FORCE INDEX (`order`) LEFT JOIN (SELECT l.order_item_id, "
		"CAST(SUM(l.quantity) AS SIGNED) AS claimed,"
		" CAST(SUM(IF(d.status IN ('received', 'refunded'), l.quantity, 0)) AS SIGNED) AS "
		"back"
		" FROM returns d FORCE INDEX (of_order) JOIN return_items l FORCE INDEX (`return`)"
		" ON l.tenant_id = d.tenant_id AND l.return_id = d.id"
		" WHERE d.tenant_id = ? AND d.order_id > ? AND d.order_id <= ? AND d.status NOT IN "
		"('rejected', 'cancelled')"
		" GROUP BY l.order_item_id) r ON r.order_item_id = i.id"
		" WHERE i.tenant_id = ? AND i.order_id > ? AND i.order_id <= ?"
		" AND (i.quantity_claimed <> COALESCE(r.claimed, 0) OR i.quantity_returned <> "
		"COALESCE(r.back, 0))",
		db_id(cx->tenant), db_int(s->after.n), db_int(s->until.n), db_id(cx->tenant),
		db_int(s->after.n), db_int(s->until.n));

	if (!e)
		books_tell(cx, b, &rule, &rows);
	return e;
}

/* Payments: what was captured of each, went back and is disputed, is what the ledger says of it, and its order knows of it. */
#include "base/id.h"
#include "shop/books/books_int.h"

struct err *
books_step_payments(struct ctx *cx, struct span *s, bool *more)
{
	struct db_rows rows = { 0 };
	struct err *e = db_query(cx, &rows,
		PATIENTLY "SELECT id FROM payments WHERE tenant_id = ? AND id > ? ORDER BY id"
			  " LIMIT 1 OFFSET " BOOKS_STEP,
		db_id(cx->tenant), db_int(s->after.n));

	*more = !e && rows.n > 0;
	s->until = (struct id){ *more ? db_row(&rows, 0)[0].i : INT64_MAX };
	return e;
}

/* The first entry of each fact is what was moved; the others share it out. */
#define ENTRY_OF(object, name)                                                                     \
	" STRAIGHT_JOIN ledger_entries e FORCE INDEX (fact) ON e.tenant_id = p.tenant_id"          \
	" AND e.object_id = " object " AND e.object_name = '" name "' AND e.position = 0"
#define CAPTURED                                                                                   \
	"IF(p.status = 'failed', 0, COALESCE((SELECT CAST(SUM(e.amount) AS SIGNED)"                \
	" FROM gateway_calls c FORCE INDEX (intent)" ENTRY_OF(                                     \
		"c.id", "gateway_call") " AND e.kind = 'capture' WHERE c.tenant_id = p.tenant_id"  \
					" AND c.intent_id = p.intent_id), 0))"
#define BACK(table, name, more, less)                                                              \
	"COALESCE((SELECT CAST(SUM(IF(e.kind = '" more "', e.amount, -e.amount)) AS SIGNED)"       \
	" FROM " table                                                                             \
	" r FORCE INDEX (payment)" ENTRY_OF("r.id", name) " AND e.kind IN ('" more "', '" less     \
							  "') WHERE r.tenant_id = p.tenant_id"     \
							  " AND r.payment_id = p.id), 0)"

#define REFUNDED BACK("refunds", "refund", "refund", "refund_failed")
#define DISPUTED BACK("disputes", "dispute", "dispute_opened", "dispute_won")

struct err *
books_payments(struct ctx *cx, struct books *b, const struct span *s)
{
	static const struct books_rule rule = { "pay",
		{ "payment_captured", "payment_refunded", "payment_disputed" }, 3 };
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		PATIENTLY
		"SELECT f.* FROM (SELECT p.id, " CAPTURED
		" AS captured, p.amount_captured, " REFUNDED
		" AS refunded, p.amount_refunded, " DISPUTED " AS disputed, p.amount_disputed"
		" FROM payments p WHERE p.tenant_id = ? AND p.id > ? AND p.id <= ?) f"
		" WHERE f.captured <> f.amount_captured OR f.refunded <> f.amount_refunded"
		" OR f.disputed <> f.amount_disputed",
		db_id(cx->tenant), db_int(s->after.n), db_int(s->until.n));

	if (!e)
		books_tell(cx, b, &rule, &rows);
	return e;
}

/* An order may have been paid by hand as well, but never less than what was captured for it. */
struct err *
books_order_paid(struct ctx *cx, struct books *b, const struct span *s)
{
	static const struct books_rule rule = { "ord", { "amount_paid" }, 1 };
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		PATIENTLY
		"SELECT o.id, f.captured, o.amount_paid FROM (SELECT order_id,"
		" CAST(SUM(amount_captured) AS SIGNED) AS captured FROM payments FORCE INDEX"
		" (order_id) WHERE tenant_id = ? AND order_id > ? AND order_id <= ?"
		" GROUP BY order_id) f JOIN orders o FORCE INDEX (PRIMARY)"
		" ON o.tenant_id = ? AND o.id = f.order_id WHERE o.amount_paid < f.captured",
		db_id(cx->tenant), db_int(s->after.n), db_int(s->until.n), db_id(cx->tenant));

	if (!e)
		books_tell(cx, b, &rule, &rows);
	return e;
}

/* Nothing stands in the ledger that is of no payment. */
struct err *
books_moved(struct ctx *cx, struct books *b, const struct span *s UNUSED)
{
	static const struct books_rule rule = { "", { "ledger_captured", "ledger_refunded" }, 2 };
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		PATIENTLY
		"SELECT CONCAT('all in ', f.currency), CAST(SUM(f.captured) AS SIGNED),"
		" CAST(SUM(f.posted) AS SIGNED), CAST(SUM(f.refunded) AS SIGNED),"
		" CAST(SUM(f.posted_back) AS SIGNED) FROM (SELECT currency,"
		" SUM(amount_captured) AS captured, 0 AS posted, SUM(amount_refunded) AS refunded,"
		" 0 AS posted_back FROM payments WHERE tenant_id = ? GROUP BY currency"
		" UNION ALL SELECT currency, 0, SUM(IF(kind = 'capture', amount, 0)), 0,"
		" SUM(CASE kind WHEN 'refund' THEN amount WHEN 'refund_failed' THEN -amount ELSE 0 "
		"END)"
		" FROM ledger_entries FORCE INDEX (kind) WHERE tenant_id = ? AND position = 0"
		" AND kind IN ('capture', 'refund', 'refund_failed') GROUP BY currency) f"
		" GROUP BY f.currency HAVING SUM(f.captured) <> SUM(f.posted)"
		" OR SUM(f.refunded) <> SUM(f.posted_back) ORDER BY f.currency",
		db_id(cx->tenant), db_id(cx->tenant));

	if (!e)
		books_tell(cx, b, &rule, &rows);
	return e;
}

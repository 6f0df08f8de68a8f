/* What programs do with payments: calls that nobody answered are settled, what is over is given free. */
#include "shop/payments/refund_int.h"

#include "base/clock.h"
#include "base/id.h"
#include "db/db.h"
#include "model/write.h"

/* One that fails does not keep the others waiting; the database that is lost does. */
static struct err *
keep_worst(struct err *first, struct err *e)
{
	return e && (!first || e->code == ERR_UNAVAILABLE) ? e : first;
}

struct err *
payments_settle(struct ctx *cx, struct payments_due *due)
{
	struct err *failed = NULL;
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT id, intent_id, refund_id FROM gateway_calls WHERE tenant_id = ? AND id > ?"
		" AND due_at <= ? AND created_at <= ? ORDER BY id LIMIT ?",
		db_id(cx->tenant), db_int(due->after.n), db_time(due->due_before_ms),
		db_time(due->made_before_ms), db_int(due->most));

	due->n = e ? 0 : (int64_t)rows.n;
	for (size_t i = 0; !e && i < rows.n; i++) {
		const struct db_value *c = db_row(&rows, i);
		bool refund = c[2].kind != DB_NULL;

		due->after = (struct id){ c[0].i };
		if (cx->dry_run)
			continue;
		failed = keep_worst(failed,
			model_settle(cx, refund ? &refund_resource : &payment_intent_resource,
				(struct id){ c[refund ? 2 : 1].i }));
		if (failed && failed->code == ERR_UNAVAILABLE)
			return failed;
	}
	return e ? e : failed;
}

/* ---- of an order */

/* Its open calls: of its intents, and of refunds of its payments. */
static struct err *
find_of_order(struct ctx *cx, struct id order, struct db_rows *rows)
{
	return db_query(cx, rows,
		"SELECT i.id, 0 FROM payment_intents i FORCE INDEX (order_id)"
		" JOIN gateway_calls c FORCE INDEX (open_intent) ON c.tenant_id = i.tenant_id"
		" AND c.open_intent = i.id WHERE i.tenant_id = ? AND i.order_id = ?"
		" UNION ALL SELECT r.id, 1 FROM refunds r FORCE INDEX (of_order)"
		" JOIN gateway_calls c FORCE INDEX (open_refund) ON c.tenant_id = r.tenant_id"
		" AND c.open_refund = r.id WHERE r.tenant_id = ? AND r.order_id = ?",
		db_id(cx->tenant), db_id(order), db_id(cx->tenant), db_id(order));
}

struct err *
payments_are_due(struct ctx *cx, struct id order, bool *due)
{
	struct db_rows rows;
	struct err *e = find_of_order(cx, order, &rows);

	*due = !e && rows.n;
	return e;
}

struct err *
payments_carry_out(struct ctx *cx, struct id order)
{
	struct err *failed = NULL;
	struct db_rows rows;
	struct err *e = find_of_order(cx, order, &rows);

	for (size_t i = 0; !e && i < rows.n; i++) {
		const struct db_value *c = db_row(&rows, i);

		failed = keep_worst(failed,
			model_settle(cx, c[1].i ? &refund_resource : &payment_intent_resource,
				(struct id){ c[0].i }));
		if (failed && failed->code == ERR_UNAVAILABLE)
			return failed;
	}
	return e ? e : failed;
}

struct err *
payments_count_open(struct ctx *cx, struct payments_open *out)
{
	struct db_rows rows;
	const struct db_value *c;
	struct err *e = db_query(cx, &rows,
		"SELECT (SELECT COUNT(*) FROM gateway_calls WHERE due_at IS NOT NULL),"
		" (SELECT COALESCE(TIMESTAMPDIFF(SECOND, MIN(created_at), ?), 0) FROM gateway_calls"
		" WHERE due_at IS NOT NULL),"
		" (SELECT COUNT(*) FROM refunds r JOIN tenants t ON t.id = r.tenant_id WHERE "
		"r.status = 'manual'),"
		" (SELECT COUNT(*) FROM disputes d JOIN tenants t ON t.id = d.tenant_id WHERE "
		"d.is_open = 1)",
		db_time(clock_now_ms()));

	if (e)
		return e;
	c = db_row(&rows, 0);
	*out = (struct payments_open){ c[0].i, c[1].i, c[2].i, c[3].i };
	return NULL;
}

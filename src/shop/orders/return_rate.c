/* How much of what is sold comes back, counted in the tables. */
#include "shop/orders/returns.h"

#include "base/decimal.h"
#include "db/db.h"
#include "model/rec.h"

#define RATE_DIGITS 4
#define LATEST_MS INT64_C(253402300799999) /* the last moment of the year 9999 */

static operation_fn summary;

enum { ASK_FROM, ASK_TO, ASK_PRODUCT, ASK__MAX };

static const struct field ask_fields[ASK__MAX] = {
	[ASK_FROM] = TIME("date_from", DOC("From then on; a date is its first moment."),
		.example = "2026-01-01T00:00:00Z"),
	[ASK_TO] = TIME("date_to", DOC("Until then; a date is its last moment."),
		.example = "2026-01-31T23:59:59Z"),
	[ASK_PRODUCT] =
		REF("product_id", "product", DOC("Of this product alone."), .example = "prod_123"),
};

static const struct resource ask_shape =
	SHAPE("return_question", ask_fields, DOC("Of what and when the returns are counted."));

enum { SUM_SOLD, SUM_RETURNED, SUM_RATE, SUM__MAX };

static const struct field sum_fields[SUM__MAX] = {
	[SUM_SOLD] = INTEGER("units_sold",
		DOC("Units in the orders that were taken in that time and not cancelled."),
		.example = "500"),
	[SUM_RETURNED] = INTEGER(
		"units_returned", DOC("Units that came back in that time."), .example = "25"),
	[SUM_RATE] = STRING("rate",
		DOC("The second divided by the first, with four digits; null: nothing was sold."),
		.max = 24, .example = "0.0500"),
};

static const struct resource sum_shape =
	SHAPE("return_summary", sum_fields, DOC("How much of what was sold came back."));

const struct operation return_operations[RETURN_OPERATIONS] = {
	OPERATION("summarize_returns", "GET", "returns/summary", summary, .scope = "returns:read",
		.input = &ask_shape, .output = &sum_shape,
		DOC("How much of what was sold came back, and at what rate.")),
};

struct period {
	struct db_value from, to;
	struct id product;
};

static struct err *
count_sold(struct ctx *cx, const struct period *p, struct db_rows *out)
{
	if (p->product.n)
		return db_query(cx, out,
			"SELECT CAST(COALESCE(SUM(i.quantity), 0) AS SIGNED) FROM order_items i"
			" JOIN orders o ON o.tenant_id = i.tenant_id AND o.id = i.order_id"
			" WHERE i.tenant_id = ? AND i.product_id = ? AND o.created_at >= ?"
			" AND o.created_at <= ? AND o.status <> 'cancelled'",
			db_id(cx->tenant), db_id(p->product), p->from, p->to);
	return db_query(cx, out,
		"SELECT CAST(COALESCE(SUM(i.quantity), 0) AS SIGNED) FROM orders o"
		" JOIN order_items i ON i.tenant_id = o.tenant_id AND i.order_id = o.id"
		" WHERE o.tenant_id = ? AND o.created_at >= ? AND o.created_at <= ?"
		" AND o.status <> 'cancelled'",
		db_id(cx->tenant), p->from, p->to);
}

/* What has come back has a time when it did. */
static struct err *
count_returned(struct ctx *cx, const struct period *p, struct db_rows *out)
{
	if (p->product.n)
		return db_query(cx, out,
			"SELECT CAST(COALESCE(SUM(i.quantity), 0) AS SIGNED) FROM return_items i"
			" JOIN returns r ON r.tenant_id = i.tenant_id AND r.id = i.return_id"
			" WHERE i.tenant_id = ? AND i.product_id = ? AND r.received_at >= ?"
			" AND r.received_at <= ?",
			db_id(cx->tenant), db_id(p->product), p->from, p->to);
	return db_query(cx, out,
		"SELECT CAST(COALESCE(SUM(i.quantity), 0) AS SIGNED) FROM returns r"
		" JOIN return_items i ON i.tenant_id = r.tenant_id AND i.return_id = r.id"
		" WHERE r.tenant_id = ? AND r.received_at >= ? AND r.received_at <= ?",
		db_id(cx->tenant), p->from, p->to);
}

static struct err *
summary(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	const struct rec *in = call->input;
	struct period p = {
		.from = db_time(rec_has(in, ASK_FROM) ? rec_time(in, ASK_FROM) : 0),
		.to = db_time(rec_has(in, ASK_TO) ? rec_time(in, ASK_TO) : LATEST_MS),
		.product = rec_ref(in, ASK_PRODUCT),
	};
	struct db_rows sold, returned;
	char text[DECIMAL_TEXT];
	int64_t rate;
	struct err *e = count_sold(cx, &p, &sold);

	e = e ? e : count_returned(cx, &p, &returned);
	if (e)
		return e;
	*out = rec_new(cx->arena, &sum_shape);
	rec_set_int(*out, SUM_SOLD, db_count(&sold));
	rec_set_int(*out, SUM_RETURNED, db_count(&returned));
	rec_set_null(*out, SUM_RATE);
	if (db_count(&sold) &&
		decimal_scale(db_count(&returned), 10000, db_count(&sold), ROUND_HALF_EVEN, &rate))
		rec_set_str(*out, SUM_RATE,
			str_dup(cx->arena,
				(struct str){ text, decimal_render(rate, RATE_DIGITS, text) }));
	return NULL;
}

/*
 * What a return takes from its order. The order's row is locked first, then its lines by id, as all do who
 * need both; each claim is one conditional UPDATE, so that a unit is never claimed twice.
 */
#include "shop/orders/orders.h"
#include "shop/orders/returns.h"

#include "base/decimal.h"
#include "db/db.h"
#include "model/rec.h"

/* Cells of a line of the order. */
enum {
	C_ID,
	C_PRODUCT,
	C_VARIANT,
	C_SKU,
	C_NAME,
	C_PRICE,
	C_TOTAL,
	C_QUANTITY,
	C_FULFILLED,
	C_CLAIMED,
	C_AMOUNT_CLAIMED
};

/* Who bought it; the row stays locked. */
static struct err *
read_order(struct ctx *cx, struct rec *now)
{
	struct db_rows rows;
	const struct db_value *c;
	struct err *e = db_query(cx, &rows,
		"SELECT customer_id, email, currency FROM orders WHERE tenant_id = ? AND id = ?"
		" FOR UPDATE",
		db_id(cx->tenant), db_id(rec_ref(now, RETURN_ORDER)));

	if (e)
		return e;
	if (!rows.n)
		return rec_refuse(cx, now, RETURN_ORDER, REASON_UNKNOWN, "there is no such order");
	c = db_row(&rows, 0);
	if (c[0].kind != DB_NULL)
		rec_set_ref(now, RETURN_CUSTOMER, (struct id){ c[0].i });
	if (c[1].kind != DB_NULL)
		rec_set_str(now, RETURN_EMAIL, c[1].s);
	rec_set_str(now, RETURN_CURRENCY, c[2].s);
	return NULL;
}

static const struct db_value *
find_line(const struct db_rows *lines, struct id id)
{
	for (size_t i = 0; i < lines->n; i++)
		if (db_row(lines, i)[C_ID].i == id.n)
			return db_row(lines, i);
	return NULL;
}

/*
 * The exact part that so many units have of what the line cost: what all claimed units cost, these included, less what
 * is claimed already. So all parts add up, in whatever sizes the line comes back.
 */
static int64_t
amount_of(const struct db_value *c, int64_t quantity)
{
	int64_t all;

	must(decimal_scale(
		c[C_TOTAL].i, c[C_CLAIMED].i + quantity, c[C_QUANTITY].i, ROUND_DOWN, &all));
	return MAX(all - c[C_AMOUNT_CLAIMED].i, 0);
}

static void
fill_line(struct rec *item, const struct db_value *c, struct str currency)
{
	rec_set_ref(item, BACK_PRODUCT, (struct id){ c[C_PRODUCT].i });
	if (c[C_VARIANT].kind != DB_NULL)
		rec_set_ref(item, BACK_VARIANT, (struct id){ c[C_VARIANT].i });
	rec_set_str(item, BACK_SKU, c[C_SKU].s);
	rec_set_str(item, BACK_NAME, c[C_NAME].s);
	rec_set_str(item, BACK_CURRENCY, currency);
	rec_set_money(item, BACK_PRICE, c[C_PRICE].i);
	rec_set_money(item, BACK_AMOUNT, amount_of(c, rec_int(item, BACK_QUANTITY)));
}

static struct err *
refuse_quantity(struct ctx *cx, const struct rec *item, int64_t most)
{
	return rec_refuse(cx, item, BACK_QUANTITY, REASON_TOO_LARGE,
		"must be at most what was sent and is not claimed back yet, %" PRId64, most);
}

static struct err *
take_line(struct ctx *cx, const struct rec *now, size_t at, const struct db_rows *lines)
{
	struct rec *item = now->many[RETURN_ITEMS].r[at];
	struct id id = rec_ref(item, BACK_ORDER_ITEM);
	const struct db_value *c = find_line(lines, id);
	int64_t most;

	if (!c)
		return rec_refuse(
			cx, item, BACK_ORDER_ITEM, REASON_UNKNOWN, "the order has no such line");
	for (size_t i = 0; i < at; i++)
		if (rec_ref(now->many[RETURN_ITEMS].r[i], BACK_ORDER_ITEM).n == id.n)
			return rec_refuse(cx, item, BACK_ORDER_ITEM, REASON_TWICE,
				"is the same line as items[%zu]", i);
	most = c[C_FULFILLED].i - c[C_CLAIMED].i;
	if (rec_int(item, BACK_QUANTITY) > most)
		return refuse_quantity(cx, item, most);
	fill_line(item, c, rec_str(now, RETURN_CURRENCY));
	return NULL;
}

/* What waits for a carrier, for its label or to be void, may turn out not to have been sent. */
struct err *
return_derive(struct ctx *cx, struct rec *now)
{
	const struct recs *items = &now->many[RETURN_ITEMS];
	struct db_rows lines;
	int64_t sum = 0;
	struct err *e = read_order(cx, now);

	e = e ? e
	      : db_query(cx, &lines,
			"SELECT i.id, i.product_id, i.variant_id, i.sku, i.name, i.price, i.total,"
			" i.quantity, i.quantity_fulfilled - (SELECT"
			" CAST(COALESCE(SUM(w.quantity), 0) AS SIGNED) FROM shipment_items w"
			" FORCE INDEX (order_item) STRAIGHT_JOIN shipment_calls c"
			" FORCE INDEX (one_pending) ON c.tenant_id = w.tenant_id"
			" AND c.pending_of = w.shipment_id"
			" WHERE w.tenant_id = i.tenant_id AND w.order_item_id = i.id),"
			" i.quantity_claimed, i.amount_claimed FROM order_items i"
			" FORCE INDEX (`order`) WHERE i.tenant_id = ? AND i.order_id = ?",
			db_id(cx->tenant), db_id(rec_ref(now, RETURN_ORDER)));
	if (e)
		return e;
	for (size_t i = 0; i < items->n; i++)
		e = err_join(e, take_line(cx, now, i, &lines));
	for (size_t i = 0; !e && i < items->n; i++)
		must(decimal_add(sum, rec_money(items->r[i], BACK_AMOUNT), &sum));
	rec_set_money(now, RETURN_AMOUNT, sum);
	return e;
}

static int
by_line(const void *a, const void *b)
{
	int64_t x = rec_ref(*(struct rec *const *)a, BACK_ORDER_ITEM).n;
	int64_t y = rec_ref(*(struct rec *const *)b, BACK_ORDER_ITEM).n;

	return (x > y) - (x < y);
}

/* The lines in the order in which everybody locks them. */
static struct rec **
sorted_items(struct ctx *cx, const struct rec *now)
{
	const struct recs *items = &now->many[RETURN_ITEMS];
	struct rec **sorted = ARENA_ARRAY(cx->arena, items->n, struct rec *);

	for (size_t i = 0; i < items->n; i++)
		sorted[i] = items->r[i];
	qsort(sorted, items->n, sizeof(struct rec *), by_line);
	return sorted;
}

struct err *
return_claim(struct ctx *cx, const struct rec *now)
{
	struct rec **items = sorted_items(cx, now);
	struct err *e = NULL;

	for (size_t i = 0; !e && i < now->many[RETURN_ITEMS].n; i++) {
		struct db_value n = db_int(rec_int(items[i], BACK_QUANTITY));
		struct db_rows done;

		e = db_query(cx, &done,
			"UPDATE order_items SET quantity_claimed = quantity_claimed + ?,"
			" amount_claimed = amount_claimed + ? WHERE tenant_id = ? AND id = ?"
			" AND quantity_claimed + ? <= quantity_fulfilled",
			n, db_int(rec_money(items[i], BACK_AMOUNT)), db_id(cx->tenant),
			db_id(rec_ref(items[i], BACK_ORDER_ITEM)), n);
		if (!e && !db_count(&done))
			e = refuse_quantity(cx, items[i], 0);
	}
	return e;
}

struct err *
return_release(struct ctx *cx, const struct rec *now)
{
	struct rec **items = sorted_items(cx, now);
	struct err *e;

	if (!rec_has(now, RETURN_ORDER))
		return NULL;
	e = db_exec(cx, "SELECT id FROM orders WHERE tenant_id = ? AND id = ? FOR UPDATE",
		db_id(cx->tenant), db_id(rec_ref(now, RETURN_ORDER)));
	for (size_t i = 0; !e && i < now->many[RETURN_ITEMS].n; i++)
		e = db_exec(cx,
			"UPDATE order_items SET quantity_claimed = quantity_claimed - ?,"
			" amount_claimed = amount_claimed - ? WHERE tenant_id = ? AND id = ?",
			db_int(rec_int(items[i], BACK_QUANTITY)),
			db_int(rec_money(items[i], BACK_AMOUNT)), db_id(cx->tenant),
			db_id(rec_ref(items[i], BACK_ORDER_ITEM)));
	return e;
}

/* What was written to it when it was asked for, and when it was not taken. */
static struct str
words_of(const struct rec *now)
{
	if (rec_choice(now, RETURN_STATUS) == RETURN_REQUESTED)
		return rec_str(now, RETURN_NOTE);
	if (rec_choice(now, RETURN_STATUS) == RETURN_REJECTED)
		return rec_str(now, RETURN_REJECTION);
	return (struct str){ 0 };
}

struct err *
return_tell(struct ctx *cx, const struct rec *now)
{
	struct order_event what = {
		.order = rec_ref(now, RETURN_ORDER),
		.kind = TIMELINE_RETURNED,
		.amount = rec_money(now, RETURN_AMOUNT),
		.status = str_of(return_statuses[rec_choice(now, RETURN_STATUS)].name),
		.note = words_of(now),
		.object = return_resource.plan->name,
		.object_id = now->id,
	};

	return what.order.n ? orders_tell(cx, &what) : NULL;
}

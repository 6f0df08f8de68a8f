/*
 * What shipments do to an order, and what an order that is said to be shipped records as one. Its lines count the units that
 * are in live shipments (quantity_fulfilled); what waits for a label is counted there, but was not sent yet.
 */
#include "shop/orders/order_int.h"

#include "base/id.h"
#include "db/db.h"
#include "model/query.h"
#include "model/write.h"
#include "shop/inventory/inventory.h"
#include "shop/shipping/shipping.h"

static action_fn take_news;

/* Not routes. What is told stands in the input's `found`. */
static const struct field news_fields[] = {
	REF("shipment_id", "shipment", DOC("What tells.")),
};
static const struct resource news_input =
	SHAPE("order_shipment_news", news_fields, DOC("What became of a shipment."));
static const struct action told = { .name = "told", .run = take_news, .input = &news_input };

/* ---- what shipments ask */

/* What a piece of each line weighs today; those that weigh nothing are not found. */
static struct err *
read_weights(struct ctx *cx, struct id order, struct shipping_order *o)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT i.id, CAST(COALESCE(v.weight, p.weight) AS CHAR),"
		" IF(v.weight IS NULL, p.weight_unit, v.weight_unit)"
		" FROM order_items i FORCE INDEX (`order`)"
		" LEFT JOIN products p ON p.tenant_id = i.tenant_id AND p.id = i.product_id"
		" LEFT JOIN variants v ON v.tenant_id = i.tenant_id AND v.id = i.variant_id"
		" WHERE i.tenant_id = ? AND i.order_id = ?",
		db_id(cx->tenant), db_id(order));

	for (size_t i = 0; !e && i < rows.n; i++) {
		const struct db_value *c = db_row(&rows, i);

		for (size_t k = 0; k < o->n; k++) {
			if (o->lines[k].item.n != c[0].i || c[1].kind != DB_TEXT ||
				c[2].kind != DB_TEXT)
				continue;
			o->lines[k].weight = c[1].s;
			o->lines[k].weight_unit = c[2].s;
		}
	}
	return e;
}

static struct err *
fill(struct ctx *cx, const struct rec *order, struct shipping_order *out)
{
	const struct recs *items = &order->many[ORDER_ITEMS];

	out->number = rec_int(order, ORDER_NUMBER);
	out->currency = rec_str(order, ORDER_CURRENCY);
	out->cancelled = rec_choice(order, ORDER_STATUS) == STATUS_CANCELLED;
	out->lines = ARENA_ARRAY(cx->arena, items->n, struct shipping_line);
	out->n = items->n;
	for (size_t i = 0; i < items->n; i++) {
		const struct rec *item = items->r[i];

		out->lines[i] = (struct shipping_line){
			.item = item->id,
			.sku = rec_str(item, ITEM_SKU),
			.name = rec_str(item, ITEM_NAME),
			.quantity = rec_int(item, ITEM_QUANTITY),
			.open = rec_int(item, ITEM_QUANTITY) -
				rec_int(item, ITEM_QUANTITY_FULFILLED),
		};
	}
	return rec_object(cx, order, ORDER_SHIPPING_ADDRESS, &out->ship_to);
}

static struct err *
read_items(struct ctx *cx, struct id id, struct shipping_order *out)
{
	const struct view whole = view_whole(&order_resource);
	struct db_rows rows;
	struct rec *order = NULL;
	struct err *e = db_query(cx, &rows,
		"SELECT id FROM orders WHERE tenant_id = ? AND id = ? FOR UPDATE",
		db_id(cx->tenant), db_id(id));

	if (!e && !rows.n)
		e = err_new(cx->arena, ERR_NOT_FOUND, NULL);
	e = e ? e
	      : model_get(cx, &order_resource, ID_NONE,
			id_str(cx->arena, id, order_resource.prefix), &whole, &order);
	e = e ? e : fill(cx, order, out);
	return e ? e : read_weights(cx, id, out);
}

/* ---- what they tell */

static struct inventory_need
need_of(const struct rec *item, int64_t quantity)
{
	return (struct inventory_need){
		.product = rec_ref(item, ITEM_PRODUCT),
		.variant = rec_ref(item, ITEM_VARIANT),
		.quantity = quantity,
		.sku = rec_str(item, ITEM_SKU),
	};
}

static struct err *
conflict(struct ctx *cx, const struct rec *item, const char *why)
{
	return err_reason(
		err_new(cx->arena, ERR_CONFLICT, "%.*s: %s", STRF(rec_str(item, ITEM_SKU)), why),
		REASON_FULFILLED);
}

/*
 * Units that somebody wants to send back stay sent, whatever carriers answer about others of the line: what waits for them may
 * all be undone.
 */
static struct err *
read_claimed(struct ctx *cx, const struct rec *item, int64_t *claimed)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT GREATEST(i.quantity_claimed, i.quantity_returned) + (SELECT"
		" CAST(COALESCE(SUM(w.quantity), 0) AS SIGNED) FROM shipment_items w"
		" FORCE INDEX (order_item) STRAIGHT_JOIN shipment_calls c FORCE INDEX (one_pending)"
		" ON c.tenant_id = w.tenant_id AND c.pending_of = w.shipment_id"
		" WHERE w.tenant_id = i.tenant_id AND w.order_item_id = i.id)"
		" FROM order_items i WHERE i.tenant_id = ? AND i.id = ?",
		db_id(cx->tenant), db_id(item->id));

	*claimed = e || !rows.n ? 0 : db_row(&rows, 0)[0].i;
	return e;
}

static struct err *
count_part(struct ctx *cx, struct rec *item, int64_t by)
{
	int64_t n = rec_int(item, ITEM_QUANTITY_FULFILLED) + by, claimed = 0;
	struct err *e = by < 0 ? read_claimed(cx, item, &claimed) : NULL;

	if (e)
		return e;
	if (n > rec_int(item, ITEM_QUANTITY))
		return conflict(cx, item, "more would be sent than was bought");
	if (by < 0 && n < claimed)
		return conflict(cx, item, "some of it came back, or is to come back");
	rec_set_int(item, ITEM_QUANTITY_FULFILLED, n);
	return NULL;
}

static struct err *
count_parts(struct ctx *cx, struct rec *now, const struct shipping_news *news)
{
	bool back = news->kind == SHIPPING_VOIDED;
	struct inventory_need *needs = ARENA_ARRAY(cx->arena, news->n, struct inventory_need);
	struct err *e = NULL;

	for (size_t i = 0; !e && i < news->n; i++) {
		struct rec *item = rec_child(now, ORDER_ITEMS, news->parts[i].item);
		int64_t quantity = news->parts[i].quantity;

		must(item);
		needs[i] = need_of(item, quantity);
		e = count_part(cx, item, back ? -quantity : quantity);
	}
	if (e)
		return e;
	if (back)
		return inventory_uncommit(cx, needs, news->n, now->id);
	return inventory_commit(cx, needs, news->n, &(struct inventory_for){ .order = now->id });
}

/* How far the order is by what was sent of it (D4, D6). */
static void
follow(struct rec *now, const struct shipping_news *news)
{
	int64_t all = 0, sent = -news->pending;
	int status = rec_choice(now, ORDER_STATUS), fulfillment;

	for (size_t i = 0; i < now->many[ORDER_ITEMS].n; i++) {
		all += rec_int(now->many[ORDER_ITEMS].r[i], ITEM_QUANTITY);
		sent += rec_int(now->many[ORDER_ITEMS].r[i], ITEM_QUANTITY_FULFILLED);
	}
	fulfillment = sent <= 0 ? FULFILLMENT_UNFULFILLED
		: sent < all    ? FULFILLMENT_PARTIAL
				: FULFILLMENT_FULFILLED;
	rec_set_choice(now, ORDER_FULFILLMENT_STATUS, fulfillment);
	if (status == STATUS_CANCELLED)
		return;
	if (fulfillment == FULFILLMENT_FULFILLED)
		status = news->delivered || status == STATUS_DELIVERED ? STATUS_DELIVERED
								       : STATUS_SHIPPED;
	else if (fulfillment == FULFILLMENT_PARTIAL || status > STATUS_PROCESSING)
		status = STATUS_PROCESSING;
	rec_set_choice(now, ORDER_STATUS, status);
}

static struct err *
take_news(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	const struct shipping_news *news = input->found;
	struct timeline_row row = { .order = now->id,
		.kind = TIMELINE_FULFILLED,
		.note = news->note,
		.object = STR("shipment"),
		.object_id = news->shipment };
	struct err *e = NULL;

	if (news->kind == SHIPPING_TAKEN || news->kind == SHIPPING_VOIDED)
		e = count_parts(cx, now, news);
	if (e)
		return e;
	follow(now, news);
	if (rec_changed(now, was, ORDER_STATUS)) {
		row.old_status = order_word(was, ORDER_STATUS);
		row.new_status = order_word(now, ORDER_STATUS);
	}
	return news->told || row.new_status.n ? timeline_add(cx, &row) : NULL;
}

static struct err *
hear(struct ctx *cx, const struct shipping_news *news)
{
	struct rec *input = rec_new(cx->arena, &news_input);
	struct write w = {
		.verb = WRITE_ACT,
		.resource = &order_resource,
		.action = &told,
		.key = id_str(cx->arena, news->order, order_resource.prefix),
		.input = input,
	};
	struct written out;

	input->found = ARENA_NEW(cx->arena, struct shipping_news);
	*(struct shipping_news *)input->found = *news;
	return model_write_inside(cx, &w, &out);
}

void
orders_hear_shipping(void)
{
	static const struct shipping_listener listener = { .items = read_items, .news = hear };

	shipping_listen(&listener);
}

/* ---- by hand */

struct err *
order_ship_by_hand(struct ctx *cx, struct rec *now, bool delivered)
{
	const struct recs *items = &now->many[ORDER_ITEMS];
	struct shipping_part *parts = ARENA_ARRAY(cx->arena, items->n, struct shipping_part);
	struct inventory_need *needs = ARENA_ARRAY(cx->arena, items->n, struct inventory_need);
	struct shipping_order of = { 0 };
	struct shipping_by_hand what = {
		.order = now->id, .of = &of, .parts = parts, .delivered = delivered
	};
	struct err *e = fill(cx, now, &of);

	for (size_t i = 0; !e && i < items->n; i++) {
		int64_t open = of.lines[i].open;

		if (!open)
			continue;
		needs[what.n] = need_of(items->r[i], open);
		parts[what.n++] = (struct shipping_part){ items->r[i]->id, open };
		rec_set_int(
			items->r[i], ITEM_QUANTITY_FULFILLED, rec_int(items->r[i], ITEM_QUANTITY));
	}
	rec_set_choice(now, ORDER_FULFILLMENT_STATUS, FULFILLMENT_FULFILLED);
	e = e ? e : shipping_record(cx, &what);
	if (e || !what.n)
		return e;
	return inventory_commit(cx, needs, what.n, &(struct inventory_for){ .order = now->id });
}

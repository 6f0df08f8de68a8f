/* POST /inventory/transfers: pieces go from one warehouse to another, all at once or not at all. */
#include "base/id.h"
#include "db/db.h"
#include "model/rec.h"
#include "model/store.h"
#include "model/write.h"
#include "shop/inventory/inventory.h"
#include "shop/inventory/ledger.h"
#include "shop/inventory/operations.h"
#include "shop/inventory/place.h"
#include "shop/inventory/thing.h"
#include "shop/inventory/watch.h"

/* Pieces of one item, and both of their stocks as they were. */
struct moved {
	struct rec *item, *from, *to;
	struct id product, from_id, to_id;
	int64_t quantity;
};

struct transfer {
	struct ctx *cx;
	struct id from, to;
	struct moved *m;
	size_t n;
};

static struct err *
check_warehouses(struct transfer *t, const struct rec *input)
{
	struct err *e = thing_warehouse(t->cx, input, TRANSFER_FROM, &t->from);

	e = err_join(e, thing_warehouse(t->cx, input, TRANSFER_TO, &t->to));
	if (e || t->from.n != t->to.n)
		return e;
	return rec_refuse(t->cx, input, TRANSFER_TO, REASON_TWICE,
		"must be another warehouse than the one in from");
}

static struct err *
find_item(struct ctx *cx, const struct rec *item, struct thing *thing)
{
	struct str key;
	struct err *e;

	if (rec_has(item, TRANSFER_PRODUCT))
		key = id_str(cx->arena, rec_ref(item, TRANSFER_PRODUCT), "prod");
	else if (rec_has(item, TRANSFER_VARIANT))
		key = id_str(cx->arena, rec_ref(item, TRANSFER_VARIANT), "var");
	else if (rec_has(item, TRANSFER_SKU))
		key = rec_str(item, TRANSFER_SKU);
	else
		return rec_refuse(cx, item, TRANSFER_PRODUCT, REASON_REQUIRED,
			"must be given, or variant_id, or sku");
	e = thing_find(cx, key, thing);
	if (!e || e->code != ERR_NOT_FOUND)
		return e;
	return rec_refuse(cx, item,
		rec_has(item, TRANSFER_PRODUCT)           ? TRANSFER_PRODUCT
			: rec_has(item, TRANSFER_VARIANT) ? TRANSFER_VARIANT
							  : TRANSFER_SKU,
		REASON_UNKNOWN, "there is no such product or variant");
}

/* Fills in what the answer says of the item, and finds its stocks. */
static struct err *
prepare(struct transfer *t, struct moved *m)
{
	struct ctx *cx = t->cx;
	struct id variant = ID_NONE;
	struct thing thing = { 0 };
	struct err *e = find_item(cx, m->item, &thing);

	e = e ? e : thing_variant(cx, &thing, m->item, TRANSFER_VARIANT, &variant);
	e = e ? e : place_stock(cx, thing.product, variant, t->from, &m->from_id);
	e = e ? e : place_stock(cx, thing.product, variant, t->to, &m->to_id);
	if (e)
		return e;
	m->product = thing.product;
	m->quantity = rec_int(m->item, TRANSFER_QUANTITY);
	rec_set_ref(m->item, TRANSFER_PRODUCT, thing.product);
	if (variant.n)
		rec_set_ref(m->item, TRANSFER_VARIANT, variant);
	return NULL;
}

static struct err *
load(struct transfer *t)
{
	struct id *products = ARENA_ARRAY(t->cx->arena, t->n, struct id);
	struct err *e;

	for (size_t i = 0; i < t->n; i++)
		products[i] = t->m[i].product;
	e = watch_lock(t->cx, products, t->n);
	for (size_t i = 0; !e && i < t->n; i++) {
		struct moved *m = &t->m[i];

		e = store_load(t->cx, &stock_resource, ID_NONE, m->from_id, &m->from);
		e = e ? e : store_load(t->cx, &stock_resource, ID_NONE, m->to_id, &m->to);
		if (!e)
			rec_set_str(m->item, TRANSFER_SKU, rec_str(m->from, STOCK_SKU));
	}
	return e;
}

/* The rows are locked: what each can give is known, less what items before took of the same. */
static struct err *
check_free(const struct transfer *t, size_t i)
{
	const struct moved *m = &t->m[i];
	int64_t left = rec_int(m->from, STOCK_ON_HAND) - rec_int(m->from, STOCK_RESERVED);
	struct err *e;

	for (size_t k = 0; k < i; k++)
		if (t->m[k].from->id.n == m->from->id.n)
			left -= t->m[k].quantity;
	if (m->quantity <= left)
		return NULL;
	e = rec_refuse(t->cx, m->item, TRANSFER_QUANTITY, REASON_OUT_OF_STOCK,
		"%.*s: at most %" PRId64 " can be taken, not %" PRId64,
		STRF(rec_str(m->from, STOCK_SKU)), MAX(left, 0), m->quantity);
	e->code = ERR_CONFLICT;
	return err_reason(e, REASON_OUT_OF_STOCK);
}

static struct err *
move(const struct transfer *t, struct str note)
{
	const struct ledger_cause out = {
		.reason = MOVED_TRANSFER, .source = "warehouse", .of = t->to, .note = note
	};
	const struct ledger_cause in = {
		.reason = MOVED_TRANSFER, .source = "warehouse", .of = t->from, .note = note
	};
	struct ledger_change *c = ARENA_ARRAY(t->cx->arena, t->n * 4, struct ledger_change);
	struct ledger_change *left = c + t->n * 2, *came = c + t->n * 3;
	size_t n = 0, nleft = 0, ncame = 0;
	struct err *e;
	bool all;

	for (size_t i = 0; i < t->n; i++) {
		const struct ledger_change less = { .stock = t->m[i].from->id,
			.on_hand = -t->m[i].quantity };
		const struct ledger_change more = { .stock = t->m[i].to->id,
			.on_hand = t->m[i].quantity };

		ledger_add(c, &n, less);
		ledger_add(c, &n, more);
		ledger_add(left, &nleft, less);
		ledger_add(came, &ncame, more);
	}
	e = ledger_move(t->cx, c, n, id_new(), &all);
	if (!e && !all)
		return err_new(t->cx->arena, ERR_TX_REPEAT, NULL);
	e = e ? e : ledger_write(t->cx, left, nleft, &out);
	return e ? e : ledger_write(t->cx, came, ncame, &in);
}

/* Each stock once, though several items may be of it. */
static struct err *
leave_traces(const struct transfer *t, const char *event)
{
	struct rec *now;
	struct err *e = NULL;

	for (size_t i = 0; !e && i < t->n; i++) {
		bool told = false;

		for (size_t k = 0; k < i; k++)
			told = told || t->m[k].from->id.n == t->m[i].from->id.n;
		if (told)
			continue;
		e = place_trace(t->cx, event, t->m[i].from, &now);
		e = e ? e : place_trace(t->cx, event, t->m[i].to, &now);
	}
	return e;
}

struct err *
inventory_transfer(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	const struct rec *input = call->input;
	struct rec *shown = rec_copy(cx->arena, input);
	struct transfer t = { .cx = cx };
	struct recs items;
	struct err *e = check_warehouses(&t, input);

	e = e ? e : rec_objects(cx, input, TRANSFER_ITEMS, &items);
	if (e)
		return e;
	t.m = ARENA_ARRAY(cx->arena, items.n, struct moved);
	for (t.n = 0; t.n < items.n && !err_is_server(e); t.n++) {
		t.m[t.n].item = items.r[t.n];
		e = err_join(e, prepare(&t, &t.m[t.n]));
	}
	e = e ? e : load(&t);
	if (e)
		return e;
	for (size_t i = 0; i < t.n; i++)
		e = err_join(e, check_free(&t, i));
	e = e ? e
	      : move(&t,
			rec_has(input, TRANSFER_NOTE) ? rec_str(input, TRANSFER_NOTE)
						      : (struct str){ 0 });
	e = e ? e : leave_traces(&t, call->operation->event);
	rec_set_objects(cx, shown, TRANSFER_ITEMS, &items);
	*out = shown;
	return e;
}

/* Stock that is changed by hand: pieces that came or went, that were counted, or that are kept back. */
#include "base/clock.h"
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

/* The fields of a body that say which stock it is about. */
struct which {
	int warehouse, variant;
};

/* The stock that path and body name, locked, as it is; made if there is none yet. */
static struct err *
load(struct ctx *cx, const struct operation_call *call, struct which which, struct rec **was)
{
	struct id variant = ID_NONE, warehouse = ID_NONE, stock;
	struct thing thing;
	struct err *e = thing_find(cx, call->keys[0], &thing);

	if (e)
		return e;
	e = thing_variant(cx, &thing, call->input, which.variant, &variant);
	e = err_join(e, thing_warehouse(cx, call->input, which.warehouse, &warehouse));
	e = e ? e : place_stock(cx, thing.product, variant, warehouse, &stock);
	e = e ? e : watch_lock(cx, &thing.product, 1);
	return e ? e : store_load(cx, &stock_resource, ID_NONE, stock, was);
}

/* Reads it again and leaves the traces of a write. */
static struct err *
finish(struct ctx *cx, const struct operation_call *call, const struct rec *was, struct rec **out)
{
	return place_trace(cx, call->operation->event, was, out);
}

static struct str
note_of(const struct rec *input, int field)
{
	return rec_has(input, field) ? rec_str(input, field) : (struct str){ 0 };
}

/* The row is locked, so what it can bear is known. */
static struct err *
check_free(
	struct ctx *cx, const struct rec *input, int field, const struct rec *was, int64_t change)
{
	int64_t on_hand = rec_int(was, STOCK_ON_HAND), reserved = rec_int(was, STOCK_RESERVED);
	struct err *e = NULL;

	if (on_hand + change > STOCK_MOST)
		return rec_refuse(cx, input, field, REASON_TOO_LARGE,
			"there can be at most %" PRId64 " pieces, and %" PRId64 " lie there",
			STOCK_MOST, on_hand);
	if (on_hand + change >= reserved)
		return NULL;
	e = rec_refuse(cx, input, field, REASON_OUT_OF_STOCK,
		"%.*s: %" PRId64 " lie there and %" PRId64
		" of them are reserved, so at most %" PRId64 " can be taken",
		STRF(rec_str(was, STOCK_SKU)), on_hand, reserved, on_hand - reserved);
	e->code = ERR_CONFLICT;
	return err_reason(e, REASON_OUT_OF_STOCK);
}

struct err *
inventory_adjust(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	const struct rec *input = call->input;
	struct ledger_change c = { .on_hand = rec_int(input, ADJUST_QUANTITY) };
	struct ledger_cause cause = {
		.reason = (enum movement_reason)rec_choice(input, ADJUST_REASON),
		.note = note_of(input, ADJUST_NOTE),
	};
	struct rec *was;
	struct err *e = NULL;

	if (!c.on_hand)
		e = rec_refuse(cx, input, ADJUST_QUANTITY, REASON_ZERO, "must not be 0");
	e = e ? e : load(cx, call, (struct which){ ADJUST_WAREHOUSE, ADJUST_VARIANT }, &was);
	e = e ? e : check_free(cx, input, ADJUST_QUANTITY, was, c.on_hand);
	if (e)
		return e;
	c.stock = was->id;
	e = ledger_apply(cx, &c, 1, &cause);
	return e ? e : finish(cx, call, was, out);
}

struct err *
inventory_count(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	const struct rec *input = call->input;
	const struct ledger_cause cause = { .reason = MOVED_COUNT,
		.note = note_of(input, COUNT_NOTE) };
	struct ledger_change c = { 0 };
	struct rec *was;
	struct err *e = load(cx, call, (struct which){ COUNT_WAREHOUSE, COUNT_VARIANT }, &was);

	if (e)
		return e;
	c.stock = was->id;
	c.on_hand = rec_int(input, COUNT_QUANTITY) - rec_int(was, STOCK_ON_HAND);
	e = check_free(cx, input, COUNT_QUANTITY, was, c.on_hand);
	if (!e && c.on_hand)
		e = ledger_apply(cx, &c, 1, &cause);
	return e ? e : finish(cx, call, was, out);
}

struct err *
inventory_set_safety(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	struct rec *was;
	struct err *e = load(cx, call, (struct which){ SAFETY_WAREHOUSE, SAFETY_VARIANT }, &was);

	if (!e && rec_int(was, STOCK_SAFETY) == rec_int(call->input, SAFETY_SAFETY))
		return finish(cx, call, was, out);
	e = e ? e
	      : db_exec(cx,
			"UPDATE stocks SET safety = ?, version = version + 1, updated_at = ?"
			" WHERE tenant_id = ? AND id = ?",
			db_int(rec_int(call->input, SAFETY_SAFETY)), db_time(clock_now_ms()),
			db_id(cx->tenant), db_id(was->id));
	if (!e)
		ledger_touch(cx, rec_ref(was, STOCK_PRODUCT));
	e = e ? e : watch_product(cx, rec_ref(was, STOCK_PRODUCT), was->id);
	return e ? e : finish(cx, call, was, out);
}

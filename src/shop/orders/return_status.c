/*
 * What becomes of a return: requested → approved → received → refunded; rejected from the first, cancelled from the
 * first two. The money is only promised here: the payments carry it out.
 */
#include "shop/orders/orders.h"
#include "shop/orders/returns.h"

#include "base/buf.h"
#include "base/clock.h"
#include "db/db.h"
#include "model/rec.h"
#include "shop/inventory/inventory.h"
#include "shop/payments/payments.h"

static action_fn approve, cancel, receive, refund, reject;

#define TO(s) (1U << (s))

static const unsigned transitions[RETURN_STATUSES] = {
	[RETURN_REQUESTED] = TO(RETURN_APPROVED) | TO(RETURN_REJECTED) | TO(RETURN_CANCELLED),
	[RETURN_APPROVED] = TO(RETURN_RECEIVED) | TO(RETURN_CANCELLED),
	[RETURN_RECEIVED] = TO(RETURN_REFUNDED),
};

/* ---- what they take */

enum { REJECT_REASON, REJECT__MAX };

static const struct field reject_fields[REJECT__MAX] = {
	[REJECT_REASON] = STRING("reason", DOC("Why it is not taken."), .flags = F_REQUIRED,
		.max = 255, .example = "The seal is broken"),
};

static const struct resource reject_input =
	SHAPE("return_rejection", reject_fields, DOC("Why a return is not taken."));

enum { RECEIVED_ID, RECEIVED_CONDITION, RECEIVED__MAX };

static const struct field received_fields[RECEIVED__MAX] = {
	[RECEIVED_ID] = REF("id", "return_item", DOC("The line of the return."),
		.flags = F_REQUIRED, .example = "rli_123"),
	[RECEIVED_CONDITION] = ENUM("disposition", return_conditions, DOC("How it came back."),
		.flags = F_REQUIRED, .example = "write_off"),
};

static const struct resource received_shape =
	SHAPE("received_line", received_fields, DOC("How a line of a return came back."));

enum { RECEIVE_CONDITION, RECEIVE_ITEMS, RECEIVE_WAREHOUSE, RECEIVE__MAX };

static const struct field receive_fields[RECEIVE__MAX] = {
	[RECEIVE_CONDITION] = ENUM("disposition", return_conditions,
		DOC("How all lines came back that items does not name."), .initial = "restock",
		.example = "restock"),
	[RECEIVE_ITEMS] = OBJECTS("items", &received_shape, DOC("Lines that came back otherwise."),
		.max = RETURN_ITEMS_MOST),
	[RECEIVE_WAREHOUSE] = REF("warehouse_id", "warehouse",
		DOC("Where it came; left out: the default one."), .example = "wh_001"),
};

static const struct resource receive_input =
	SHAPE("return_receipt", receive_fields, DOC("What has come back, and how."));

enum { REFUND_AMOUNT, REFUND__MAX };

static const struct field refund_fields[REFUND__MAX] = {
	[REFUND_AMOUNT] = AMOUNT("amount",
		DOC("What goes back, in minor units of the order's currency; left out: what the "
		    "lines cost."),
		.min = 1, .example = "19999"),
};

static const struct resource refund_input =
	SHAPE("return_refund", refund_fields, DOC("The money that goes back for a return."));

const struct action return_actions[RETURN_ACTIONS] = {
	ACTION("approve", approve, .event = "return.approved", DOC("Lets the goods be sent back.")),
	ACTION("reject", reject, .event = "return.rejected", .input = &reject_input,
		DOC("Does not take the return; its lines may be claimed back again.")),
	ACTION("cancel", cancel, .event = "return.cancelled",
		DOC("Calls the return off before anything came back; its lines may be claimed "
		    "back again.")),
	ACTION("receive", receive, .event = "return.received", .input = &receive_input,
		.input_optional = true,
		DOC("Takes the goods in: what can be sold again is back in stock, the rest is "
		    "written off.")),
	ACTION("refund", refund, .event = "return.refunded", .input = &refund_input,
		.input_optional = true,
		DOC("Lets the money go back: by default what the lines cost, tax included.")),
};

/* ---- moving on */

/* Sets the status, if it can follow that which was. */
static struct err *
move_to(struct ctx *cx, struct rec *now, const struct rec *was, enum return_status to)
{
	struct err *e = rec_check_step(cx, was, RETURN_STATUS, (int)to, transitions);

	if (!e)
		rec_set_choice(now, RETURN_STATUS, (int)to);
	return e;
}

static struct err *
approve(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input UNUSED)
{
	struct err *e = move_to(cx, now, was, RETURN_APPROVED);

	if (e)
		return e;
	rec_set_time(now, RETURN_APPROVED_AT, clock_now_ms());
	return return_tell(cx, now);
}

static struct err *
give_up(struct ctx *cx, struct rec *now, const struct rec *was, enum return_status to)
{
	struct err *e = move_to(cx, now, was, to);

	e = e ? e : return_release(cx, was);
	return e ? e : return_tell(cx, now);
}

static struct err *
reject(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	rec_set_str(now, RETURN_REJECTION, rec_str(input, REJECT_REASON));
	return give_up(cx, now, was, RETURN_REJECTED);
}

static struct err *
cancel(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input UNUSED)
{
	return give_up(cx, now, was, RETURN_CANCELLED);
}

/* ---- the goods */

static struct err *
set_condition(struct ctx *cx, struct rec *now, const struct rec *line)
{
	struct rec *item = rec_child(now, RETURN_ITEMS, rec_ref(line, RECEIVED_ID));

	if (!item)
		return rec_refuse(
			cx, line, RECEIVED_ID, REASON_UNKNOWN, "the return has no such line");
	rec_set_choice(item, BACK_CONDITION, rec_choice(line, RECEIVED_CONDITION));
	return NULL;
}

static struct err *
set_conditions(struct ctx *cx, struct rec *now, const struct rec *input)
{
	const struct recs *items = &now->many[RETURN_ITEMS];
	struct recs named;
	struct err *e = rec_objects(cx, input, RECEIVE_ITEMS, &named);

	if (e)
		return e;
	for (size_t i = 0; i < items->n; i++)
		rec_set_choice(items->r[i], BACK_CONDITION, rec_choice(input, RECEIVE_CONDITION));
	for (size_t i = 0; i < named.n; i++)
		e = err_join(e, set_condition(cx, now, named.r[i]));
	return e;
}

static struct err *
count_in_order(struct ctx *cx, const struct rec *now)
{
	const struct recs *items = &now->many[RETURN_ITEMS];
	struct order_return *back = ARENA_ARRAY(cx->arena, items->n, struct order_return);

	for (size_t i = 0; i < items->n; i++) {
		back[i].item = rec_ref(items->r[i], BACK_ORDER_ITEM);
		back[i].quantity = rec_int(items->r[i], BACK_QUANTITY);
	}
	return orders_returned(cx, rec_ref(now, RETURN_ORDER), back, items->n);
}

/* What is counted and still there: not every product is, and a variant may be gone. */
static struct err *
put_in_stock(struct ctx *cx, const struct rec *now, struct id warehouse)
{
	struct inventory_return *back;
	struct db_rows rows;
	size_t n = 0;
	struct err *e = db_query(cx, &rows,
		"SELECT i.id FROM return_items i"
		" JOIN products p ON p.tenant_id = i.tenant_id AND p.id = i.product_id"
		" LEFT JOIN variants v ON v.tenant_id = i.tenant_id AND v.id = i.variant_id"
		" WHERE i.tenant_id = ? AND i.return_id = ? AND p.track_inventory"
		" AND (i.variant_id IS NULL OR v.id IS NOT NULL) ORDER BY i.id",
		db_id(cx->tenant), db_id(now->id));

	if (e || !rows.n)
		return e;
	back = ARENA_ARRAY(cx->arena, rows.n, struct inventory_return);
	for (size_t i = 0; i < rows.n; i++) {
		const struct rec *item =
			rec_child(now, RETURN_ITEMS, (struct id){ db_row(&rows, i)[0].i });

		if (!item)
			continue;
		back[n++] = (struct inventory_return){
			.product = rec_ref(item, BACK_PRODUCT),
			.variant = rec_ref(item, BACK_VARIANT),
			.warehouse = warehouse,
			.quantity = rec_int(item, BACK_QUANTITY),
			.damaged = rec_choice(item, BACK_CONDITION) == CONDITION_WRITE_OFF,
		};
	}
	return inventory_restock(cx, back, n, "return", now->id);
}

static struct err *
check_warehouse(struct ctx *cx, const struct rec *input)
{
	struct db_rows rows;
	struct err *e;

	if (!rec_has(input, RECEIVE_WAREHOUSE))
		return NULL;
	e = db_query(cx, &rows,
		"SELECT id FROM warehouses WHERE tenant_id = ? AND id = ? AND archived_at IS NULL",
		db_id(cx->tenant), db_id(rec_ref(input, RECEIVE_WAREHOUSE)));
	if (e || rows.n)
		return e;
	return rec_refuse(
		cx, input, RECEIVE_WAREHOUSE, REASON_UNKNOWN, "there is no such warehouse");
}

static struct err *
receive(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	struct err *e = move_to(cx, now, was, RETURN_RECEIVED);

	e = e ? e : check_warehouse(cx, input);
	if (!err_is_server(e))
		e = err_join(e, set_conditions(cx, now, input));
	e = e ? e : count_in_order(cx, now);
	if (e)
		return e;
	rec_set_time(now, RETURN_RECEIVED_AT, clock_now_ms());
	e = return_tell(cx, now);
	return e ? e : put_in_stock(cx, now, rec_ref(input, RECEIVE_WAREHOUSE));
}

/* ---- the money */

static struct err *
check_paid(struct ctx *cx, struct id order)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT amount_paid > amount_refunded FROM orders WHERE tenant_id = ? AND id = ?"
		" FOR UPDATE",
		db_id(cx->tenant), db_id(order));

	if (e || (rows.n && db_row(&rows, 0)[0].i))
		return e;
	return err_reason(
		err_new(cx->arena, ERR_CONFLICT, "the order is not paid, so nothing can go back"),
		REASON_NOT_PAID);
}

/* The bound is the order's: no more goes back than was paid for it (D32). */
static struct err *
refund(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	int64_t amount = rec_money(rec_has(input, REFUND_AMOUNT) ? input : now,
		rec_has(input, REFUND_AMOUNT) ? (int)REFUND_AMOUNT : (int)RETURN_AMOUNT);
	struct refund_due due = {
		.order = rec_ref(now, RETURN_ORDER),
		.amount = amount,
		.currency = rec_str(now, RETURN_CURRENCY),
		.reason = "return",
		.object = return_resource.plan->name,
		.object_id = now->id,
	};
	struct order_refund back = {
		.order = due.order,
		.amount = amount,
		.reason = STR("return"),
		.object = due.object,
		.object_id = now->id,
	};
	struct err *e = move_to(cx, now, was, RETURN_REFUNDED);

	e = e ? e : check_paid(cx, due.order);
	if (e)
		return e;
	rec_set_time(now, RETURN_REFUNDED_AT, clock_now_ms());
	rec_set_money(now, RETURN_AMOUNT_REFUNDED, amount);
	if (!amount)
		return NULL;
	e = orders_refunded(cx, &back);
	e = e ? e : payments_refund_due(cx, &due);
	return e ? e : payments_are_due(cx, due.order, &now->outside);
}

/* ---- what gateways are still to be asked of it */

static struct err *
carry_out(struct ctx *cx, const struct rec *r, struct rec **input UNUSED)
{
	return payments_carry_out(cx, rec_ref(r, RETURN_ORDER));
}

const struct outside return_outside = { .call = carry_out };

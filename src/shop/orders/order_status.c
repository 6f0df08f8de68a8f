/*
 * What becomes of an order: pending → processing → shipped → delivered, and cancelled from the first two (D6). What the
 * status says of the goods is done with it: shipped by hand, all that is open has left the house (D76).
 */
#include "shop/orders/order_int.h"

#include "base/buf.h"
#include "base/clock.h"
#include "shop/inventory/inventory.h"
#include "shop/payments/payments.h"
#include "shop/promotions/promotions.h"

static action_fn set_status, cancel;

#define TO(s) (1U << (s))

static const unsigned transitions[] = {
	[STATUS_PENDING] = TO(STATUS_PROCESSING) | TO(STATUS_CANCELLED),
	[STATUS_PROCESSING] = TO(STATUS_SHIPPED) | TO(STATUS_CANCELLED),
	[STATUS_SHIPPED] = TO(STATUS_DELIVERED),
	[STATUS_DELIVERED] = 0,
	[STATUS_CANCELLED] = 0,
};

enum { INPUT_STATUS, INPUT_STATUS_NOTE, INPUT_STATUS__MAX };

static const struct field status_input_fields[INPUT_STATUS__MAX] = {
	[INPUT_STATUS] = ENUM("status", order_statuses, DOC("The status from now on."),
		.flags = F_REQUIRED, .example = "processing"),
	[INPUT_STATUS_NOTE] =
		STRING("note", DOC("Kept in the timeline with it."), .flags = F_MULTILINE,
			.max = NOTE_POINTS, .example = "Payment confirmed, preparing shipment"),
};

static const struct resource status_input =
	SHAPE("order_status_change", status_input_fields, DOC("A change of an order's status."));

enum { INPUT_REASON, INPUT_REFUND, INPUT_CANCEL_NOTE, INPUT_CANCEL__MAX };

static const struct field cancel_input_fields[INPUT_CANCEL__MAX] = {
	[INPUT_REASON] = ENUM("reason", cancel_reasons, DOC("Why it is cancelled."),
		.initial = "other", .example = "customer_request"),
	[INPUT_REFUND] = BOOL("refund", DOC("Whether what was paid is to go back."),
		.initial = "false", .example = "true"),
	[INPUT_CANCEL_NOTE] = STRING("note", DOC("Kept in the timeline with it."),
		.flags = F_MULTILINE, .max = NOTE_POINTS, .example = "Customer changed mind"),
};

static const struct resource cancel_input =
	SHAPE("order_cancellation", cancel_input_fields, DOC("The end of an order."));

const struct action order_actions[ORDER_ACTIONS] = {
	ACTION("status", set_status, .title = "Change the status of an order", .method = "PATCH",
		.input = &status_input, .scope = "orders:write",
		DOC("Moves the order on: pending, processing, shipped, delivered; cancelled from "
		    "the first two. Shipped or delivered, all open lines are fulfilled.")),
	ACTION("cancel", cancel, .input = &cancel_input, .input_optional = true,
		.scope = "orders:write", .event = "order.cancelled",
		DOC("Cancels the order: its stock is free again, its coupon may be redeemed again, "
		    "and what was paid goes back if that is asked for.")),
};

struct str
order_word(const struct rec *order, int field)
{
	return str_of(order->resource->fields[field].choices[rec_choice(order, field)].name);
}

static struct err *
tell(struct ctx *cx, const struct rec *now, const struct rec *was, struct timeline_row row)
{
	row.order = now->id;
	row.old_status = order_word(was, ORDER_STATUS);
	row.new_status = order_word(now, ORDER_STATUS);
	return timeline_add(cx, &row);
}

/* What was paid goes back: it is counted here, since the order is being written. */
static struct err *
give_back(struct ctx *cx, struct rec *now)
{
	struct refund_due due = {
		.order = now->id,
		.currency = rec_str(now, ORDER_CURRENCY),
		.reason = "cancelled",
	};
	int64_t disputed;
	struct err *e = payments_disputed(cx, now->id, &disputed);

	due.amount = order_refundable(now) - disputed;
	if (e || due.amount <= 0)
		return e;
	order_count_money(now, 0, due.amount);
	return payments_refund_due(cx, &due);
}

/* What was only authorized is given free in any case. */
static struct err *
settle_money(struct ctx *cx, struct rec *now, bool refund)
{
	struct err *e = refund ? give_back(cx, now) : NULL;

	e = e ? e : payments_void(cx, now->id);
	return e ? e : payments_are_due(cx, now->id, &now->outside);
}

/* A part of it is in a shipment, though that may still wait for its label. */
static bool
order_is_begun(const struct rec *order)
{
	for (size_t i = 0; i < order->many[ORDER_ITEMS].n; i++)
		if (rec_int(order->many[ORDER_ITEMS].r[i], ITEM_QUANTITY_FULFILLED))
			return true;
	return rec_choice(order, ORDER_FULFILLMENT_STATUS) != FULFILLMENT_UNFULFILLED;
}

/* Why and with what note; `refund`: what was paid goes back. */
struct cancelling {
	int reason;
	bool refund;
	struct str note;
};

static struct err *
cancel_order(struct ctx *cx, struct rec *now, const struct rec *was, const struct cancelling *how)
{
	struct timeline_row row = {
		.kind = TIMELINE_CANCELLED,
		.reason = str_of(cancel_reasons[how->reason].name),
		.note = how->note,
	};
	struct err *e = rec_check_step(cx, was, ORDER_STATUS, STATUS_CANCELLED, transitions);

	if (!e && order_is_begun(was))
		e = err_reason(err_new(cx->arena, ERR_CONFLICT,
				       "a part of the order was sent: it can only be returned"),
			REASON_FULFILLED);
	if (e)
		return e;
	rec_set_choice(now, ORDER_STATUS, STATUS_CANCELLED);
	rec_set_choice(now, ORDER_CANCEL_REASON, how->reason);
	rec_set_time(now, ORDER_CANCELLED_AT, clock_now_ms());
	rec_set_null(now, ORDER_HOLD_REASON);
	now->event = "order.cancelled";
	e = settle_money(cx, now, how->refund);
	row.amount = rec_money(now, ORDER_AMOUNT_REFUNDED) - rec_money(was, ORDER_AMOUNT_REFUNDED);
	e = e ? e : tell(cx, now, was, row);
	e = e ? e : promotions_release(cx, now->id);
	return e ? e : inventory_release(cx, NULL, 0, &(struct inventory_for){ .order = now->id });
}

static struct err *
set_status(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	int to = rec_choice(input, INPUT_STATUS);
	struct str note = rec_str(input, INPUT_STATUS_NOTE);
	struct err *e;

	if (to == STATUS_CANCELLED)
		return cancel_order(
			cx, now, was, &(struct cancelling){ .reason = CANCEL_OTHER, .note = note });
	e = rec_check_step(cx, was, ORDER_STATUS, to, transitions);
	if (e)
		return e;
	rec_set_choice(now, ORDER_STATUS, to);
	e = tell(cx, now, was, (struct timeline_row){ .kind = TIMELINE_STATUS, .note = note });
	if (e || (to != STATUS_SHIPPED && to != STATUS_DELIVERED))
		return e;
	return order_ship_by_hand(cx, now, to == STATUS_DELIVERED);
}

static struct err *
cancel(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	return cancel_order(cx, now, was,
		&(struct cancelling){
			.reason = rec_choice(input, INPUT_REASON),
			.refund = rec_bool(input, INPUT_REFUND),
			.note = rec_str(input, INPUT_CANCEL_NOTE),
		});
}

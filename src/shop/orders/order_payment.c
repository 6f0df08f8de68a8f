/*
 * What payments tell of an order, and what they ask of it: how much may still be paid, under the lock of its row; what
 * came, what was refused, what goes back after all. The amounts of an order are written here and in order_refund.c alone.
 */
#include "shop/orders/order_int.h"

#include "base/id.h"
#include "db/db.h"
#include "shop/payments/payments.h"

static action_fn paid, failed, keep;

enum { MONEY_AMOUNT, MONEY_REASON, MONEY_OBJECT, MONEY_OBJECT_ID, MONEY__MAX };

static const struct field money_fields[MONEY__MAX] = {
	[MONEY_AMOUNT] = AMOUNT("amount", DOC("The money."), .flags = F_REQUIRED, .example = "500"),
	[MONEY_REASON] = STRING("reason", DOC("Why."), .max = 32),
	[MONEY_OBJECT] = STRING("object_name", DOC("The kind of what it came from."), .max = 32),
	[MONEY_OBJECT_ID] =
		REF_OF("object_id", "object_name", DOC("And which of them."), .flags = F_READ_ONLY),
};

static const struct resource money_input =
	SHAPE("order_money", money_fields, DOC("What payments tell of an order."));

/* Not routes. */
static const struct action actions[] = {
	[PAYMENTS_CAPTURED] = { .name = "paid", .run = paid, .input = &money_input },
	[PAYMENTS_FAILED] = { .name = "payment_failed", .run = failed, .input = &money_input },
	[PAYMENTS_REFUND_FAILED] = { .name = "refund_failed", .run = keep, .input = &money_input },
};

static struct err *
tell(struct ctx *cx, const struct rec *now, const struct rec *input, const char *reason)
{
	struct timeline_row row = {
		.order = now->id,
		.kind = TIMELINE_PAYMENT,
		.amount = rec_money(input, MONEY_AMOUNT),
		.reason = reason ? str_of(reason) : rec_str(input, MONEY_REASON),
		.object = rec_str(input, MONEY_OBJECT),
		.object_id = rec_ref(input, MONEY_OBJECT_ID),
	};

	return timeline_add(cx, &row);
}

/* The order was cancelled while the gateway was at it: what it took goes back. */
static struct err *
send_back(struct ctx *cx, struct rec *now, int64_t amount)
{
	struct refund_due due = {
		.order = now->id,
		.amount = amount,
		.currency = rec_str(now, ORDER_CURRENCY),
		.reason = "cancelled",
	};

	order_count_money(now, 0, amount);
	now->event = order_resource.event_updated;
	return payments_refund_due(cx, &due);
}

static struct err *
paid(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	int64_t amount = rec_money(input, MONEY_AMOUNT);
	struct err *e;

	order_count_money(now, amount, 0);
	e = tell(cx, now, input, "captured");
	if (e || rec_choice(was, ORDER_STATUS) != STATUS_CANCELLED)
		return e;
	return send_back(cx, now, amount);
}

/* An order of which something is paid stays as it is: another payment may follow. */
static struct err *
failed(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	if (rec_choice(was, ORDER_PAYMENT_STATUS) == PAYMENT_PENDING &&
		!rec_money(was, ORDER_AMOUNT_PAID))
		rec_set_choice(now, ORDER_PAYMENT_STATUS, PAYMENT_FAILED);
	return tell(cx, now, input, NULL);
}

/* A refund that the gateway refused: the money is here still. */
static struct err *
keep(struct ctx *cx, struct rec *now, const struct rec *was UNUSED, const struct rec *input)
{
	order_count_money(now, 0, -rec_money(input, MONEY_AMOUNT));
	return tell(cx, now, input, "refund_failed");
}

static struct err *
news(struct ctx *cx, const struct payments_news *n)
{
	struct order_refund back = { n->order, n->amount, n->reason, n->object, n->object_id };
	struct rec *input = rec_new(cx->arena, &money_input);

	if (n->kind == PAYMENTS_REFUNDED)
		return orders_refunded(cx, &back);
	rec_set_money(input, MONEY_AMOUNT, n->amount);
	if (n->reason.n)
		rec_set_str(input, MONEY_REASON, str_cut(n->reason, 0, 32));
	if (n->object.n)
		rec_set_str(input, MONEY_OBJECT, n->object);
	if (n->object_id.n)
		rec_set_ref(input, MONEY_OBJECT_ID, n->object_id);
	return order_act_inside(cx, n->order, &actions[n->kind], input);
}

static struct err *
payable(struct ctx *cx, struct id order, struct payable *out)
{
	struct db_rows rows;
	const struct db_value *c;
	struct err *e = db_query(cx, &rows,
		"SELECT total, amount_paid, amount_refunded, currency, customer_id, status = "
		"'cancelled' FROM orders WHERE tenant_id = ? AND id = ? FOR UPDATE",
		db_id(cx->tenant), db_id(order));

	if (e)
		return e;
	if (!rows.n)
		return err_new(cx->arena, ERR_NOT_FOUND, "there is no such order");
	c = db_row(&rows, 0);
	*out = (struct payable){
		.total = c[0].i,
		.paid = c[1].i,
		.refunded = c[2].i,
		.currency = c[3].s,
		.customer = { c[4].kind == DB_NULL ? 0 : c[4].i },
		.cancelled = c[5].i != 0,
	};
	return NULL;
}

/* ---- what gateways are still to be asked about an order */

static struct err *
carry_out(struct ctx *cx, const struct rec *order, struct rec **input UNUSED)
{
	return payments_carry_out(cx, order->id);
}

const struct outside order_outside = { .call = carry_out };

void
orders_hear_payments(void)
{
	static const struct payments_listener listener = { payable, news };

	payments_listen(&listener);
}

/* What of an order may be changed once it was taken: never what was bought; where it goes, as long as it is here. */
#include "shop/orders/order_int.h"

#include "base/buf.h"
#include "model/trace.h"
#include "shop/customers/customers.h"

/* Of what is not sent: where it goes, and how. */
static const int while_unsent[] = { ORDER_SHIPPING_ADDRESS, ORDER_SHIPPING_ADDRESS_ID,
	ORDER_SHIPPING_METHOD };
/* Of what is not paid: who pays, and how. */
static const int while_unpaid[] = { ORDER_BILLING_ADDRESS, ORDER_BILLING_ADDRESS_ID,
	ORDER_PAYMENT_METHOD };

static struct err *
refuse(struct ctx *cx, int field, const char *why)
{
	struct err *e = NULL;

	err_field(cx->arena, &e, str_of(order_resource.fields[field].name), REASON_TOO_LATE,
		"cannot be changed any more: the order is %s", why);
	e->code = ERR_CONFLICT;
	return err_reason(e, REASON_TOO_LATE);
}

static struct err *
check_items(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	struct err *e = NULL;

	for (size_t i = 0; i < now->many[ORDER_ITEMS].n; i++) {
		const struct rec *item = now->many[ORDER_ITEMS].r[i];

		if (item->fate == CHILD_ADDED || item->fate == CHILD_REMOVED ||
			(item->fate == CHILD_CHANGED && item->path.n))
			err_field(cx->arena, &e, item->path.n ? item->path : STR("items"),
				REASON_CREATE_ONLY, "cannot be changed any more");
	}
	(void)was;
	return e;
}

static struct err *
check_fields(struct ctx *cx, const struct rec *now, const struct rec *was, const int *fields,
	const char *why)
{
	struct err *e = NULL;

	for (size_t i = 0; i < 3; i++) {
		if (rec_changed(now, was, fields[i]))
			e = err_join(e, refuse(cx, fields[i], why));
	}
	return e;
}

struct err *
order_check_change(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct err *e = check_items(cx, now, was);
	bool ended = rec_choice(was, ORDER_STATUS) == STATUS_CANCELLED;

	if (e)
		return e;
	if (ended || rec_choice(was, ORDER_FULFILLMENT_STATUS) != FULFILLMENT_UNFULFILLED)
		e = check_fields(
			cx, now, was, while_unsent, ended ? "cancelled" : "sent, or a part of it");
	if (ended || rec_choice(was, ORDER_PAYMENT_STATUS) == PAYMENT_PAID ||
		rec_choice(was, ORDER_PAYMENT_STATUS) == PAYMENT_REFUNDED)
		e = err_join(
			e, check_fields(cx, now, was, while_unpaid, ended ? "cancelled" : "paid"));
	return e;
}

static struct str
changed_names(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	static const int told[] = { ORDER_EMAIL, ORDER_SHIPPING_ADDRESS, ORDER_BILLING_ADDRESS,
		ORDER_SHIPPING_METHOD, ORDER_PAYMENT_METHOD };
	struct buf b;

	buf_init(&b, cx->arena, 128, 512);
	for (size_t i = 0; i < COUNT(told); i++) {
		if (rec_changed(now, was, told[i]))
			buf_fmt(&b, "%s%s", b.n ? ", " : "", order_resource.fields[told[i]].name);
	}
	return buf_view(&b);
}

/* The event of a second fact: an update may also be the end of the sending. */
static struct err *
tell_fulfilled(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	if (rec_choice(now, ORDER_FULFILLMENT_STATUS) != FULFILLMENT_FULFILLED ||
		!rec_changed(now, was, ORDER_FULFILLMENT_STATUS))
		return NULL;
	return event_write(cx, "order.fulfilled", now, was);
}

/* So may be one: an order that is cancelled may give back what was paid. The refund itself is told by its own action. */
static struct err *
tell_refunded(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	if (!now->event ||
		rec_money(now, ORDER_AMOUNT_REFUNDED) <= rec_money(was, ORDER_AMOUNT_REFUNDED))
		return NULL;
	return event_write(cx, "order.refunded", now, was);
}

struct err *
order_note_change(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct timeline_row row = { .order = now->id, .kind = TIMELINE_CHANGED };
	struct err *e = tell_fulfilled(cx, now, was);

	e = e ? e : tell_refunded(cx, now, was);
	row.note = changed_names(cx, now, was);
	return e || !row.note.n ? e : timeline_add(cx, &row);
}

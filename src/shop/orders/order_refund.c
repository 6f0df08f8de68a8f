/* What others do to an order: money that went back, goods that came back. Its version, audit and event are the engine's. */
#include "shop/orders/order_int.h"

#include "base/id.h"
#include "model/write.h"

static action_fn refund, take_back;

enum { REFUND_AMOUNT, REFUND_REASON, REFUND_OBJECT, REFUND_OBJECT_ID, REFUND__MAX };

static const struct field refund_fields[REFUND__MAX] = {
	[REFUND_AMOUNT] = AMOUNT(
		"amount", DOC("What went back."), .flags = F_REQUIRED, .min = 1, .example = "500"),
	[REFUND_REASON] = STRING("reason", DOC("Why."), .max = 32),
	[REFUND_OBJECT] = STRING("object_name", DOC("The kind of what it came from."), .max = 32),
	[REFUND_OBJECT_ID] =
		REF_OF("object_id", "object_name", DOC("And which of them."), .flags = F_READ_ONLY),
};

static const struct resource refund_input =
	SHAPE("order_refund", refund_fields, DOC("Money that went back."));

enum { BACK_ITEM, BACK_QUANTITY, BACK__MAX };

static const struct field back_fields[BACK__MAX] = {
	[BACK_ITEM] = REF("item_id", "order_item", DOC("A line."), .flags = F_REQUIRED,
		.example = "item_123"),
	[BACK_QUANTITY] = INTEGER("quantity", DOC("How many of it."), .flags = F_REQUIRED, .min = 1,
		.max = ORDER_QUANTITY_MOST, .example = "1"),
};

static const struct resource back_shape =
	SHAPE("returned_line", back_fields, DOC("Goods of a line that came back."));

enum { TAKE_ITEMS, TAKE__MAX };

static const struct field take_fields[TAKE__MAX] = {
	[TAKE_ITEMS] = OBJECTS("items", &back_shape, DOC("What came back."), .flags = F_REQUIRED,
		.min = 1, .max = ORDER_ITEMS_MOST,
		.example = "[{\"item_id\":\"item_123\",\"quantity\":1}]"),
};

static const struct resource take_input =
	SHAPE("order_returned", take_fields, DOC("Goods that came back."));

/* Not routes: what returns and payments do to an order. */
static const struct action refunded = {
	.name = "refunded",
	.event = "order.refunded",
	.run = refund,
	.input = &refund_input,
};
static const struct action returned = {
	.name = "returned",
	.run = take_back,
	.input = &take_input,
};

int64_t
order_refundable(const struct rec *order)
{
	return rec_money(order, ORDER_AMOUNT_PAID) - rec_money(order, ORDER_AMOUNT_REFUNDED);
}

/* Nothing is paid: what a payment that failed left stays; all is back: it is as if it were not paid (D4). */
static int
payment_status_of(const struct rec *order)
{
	int64_t paid = rec_money(order, ORDER_AMOUNT_PAID);

	if (!paid)
		return rec_choice(order, ORDER_PAYMENT_STATUS) == PAYMENT_FAILED ? PAYMENT_FAILED
										 : PAYMENT_PENDING;
	if (!order_refundable(order))
		return PAYMENT_REFUNDED;
	return paid >= rec_money(order, ORDER_TOTAL) ? PAYMENT_PAID : PAYMENT_PENDING;
}

void
order_count_money(struct rec *now, int64_t came, int64_t went)
{
	int64_t back = rec_money(now, ORDER_AMOUNT_REFUNDED) + went;
	int status = REFUND_NONE;

	rec_set_money(now, ORDER_AMOUNT_PAID, rec_money(now, ORDER_AMOUNT_PAID) + came);
	rec_set_money(now, ORDER_AMOUNT_REFUNDED, back);
	if (back)
		status = order_refundable(now) ? REFUND_PARTIAL : REFUND_FULL;
	rec_set_choice(now, ORDER_REFUND_STATUS, status);
	rec_set_choice(now, ORDER_PAYMENT_STATUS, payment_status_of(now));
}

/* The bound is judged under the lock of the order's row; the table's CHECK has the last word (D32). */
static struct err *
refund(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	int64_t amount = rec_money(input, REFUND_AMOUNT), left = order_refundable(was);
	struct timeline_row row = {
		.order = now->id,
		.kind = TIMELINE_REFUNDED,
		.amount = amount,
		.reason = rec_str(input, REFUND_REASON),
		.object = rec_str(input, REFUND_OBJECT),
		.object_id = rec_ref(input, REFUND_OBJECT_ID),
	};

	if (amount > left)
		return rec_refuse(cx, input, REFUND_AMOUNT, REASON_TOO_LARGE,
			"must be at most what is left of what was paid, %" PRId64, left);
	order_count_money(now, 0, amount);
	return timeline_add(cx, &row);
}

static struct err *
take_back_item(struct ctx *cx, struct rec *now, const struct rec *back)
{
	struct rec *item = rec_child(now, ORDER_ITEMS, rec_ref(back, BACK_ITEM));
	int64_t n;

	if (!item)
		return rec_refuse(
			cx, back, BACK_ITEM, REASON_UNKNOWN, "the order has no such line");
	n = rec_int(item, ITEM_QUANTITY_RETURNED) + rec_int(back, BACK_QUANTITY);
	if (n > rec_int(item, ITEM_QUANTITY_FULFILLED))
		return rec_refuse(cx, back, BACK_QUANTITY, REASON_TOO_LARGE,
			"must be at most what was sent and is not back, %" PRId64,
			rec_int(item, ITEM_QUANTITY_FULFILLED) -
				rec_int(item, ITEM_QUANTITY_RETURNED));
	rec_set_int(item, ITEM_QUANTITY_RETURNED, n);
	return NULL;
}

static struct err *
take_back(struct ctx *cx, struct rec *now, const struct rec *was UNUSED, const struct rec *input)
{
	struct recs all;
	struct err *e = rec_objects(cx, input, TAKE_ITEMS, &all);

	for (size_t i = 0; !err_is_server(e) && i < all.n; i++)
		e = err_join(e, take_back_item(cx, now, all.r[i]));
	return e;
}

struct err *
order_act_inside(
	struct ctx *cx, struct id order, const struct action *action, const struct rec *input)
{
	struct write w = {
		.verb = WRITE_ACT,
		.resource = &order_resource,
		.action = action,
		.key = id_str(cx->arena, order, order_resource.prefix),
		.input = input,
	};
	struct written out;

	return model_write_inside(cx, &w, &out);
}

struct err *
orders_refunded(struct ctx *cx, const struct order_refund *r)
{
	struct rec *input = rec_new(cx->arena, &refund_input);

	rec_set_money(input, REFUND_AMOUNT, r->amount);
	if (r->reason.n)
		rec_set_str(input, REFUND_REASON, r->reason);
	if (r->object.n)
		rec_set_str(input, REFUND_OBJECT, r->object);
	if (r->object_id.n)
		rec_set_ref(input, REFUND_OBJECT_ID, r->object_id);
	return order_act_inside(cx, r->order, &refunded, input);
}

struct err *
orders_returned(struct ctx *cx, struct id order, const struct order_return *back, size_t n)
{
	struct rec *input = rec_new(cx->arena, &take_input);
	struct recs all = { ARENA_ARRAY(cx->arena, n, struct rec *), n, true };

	for (size_t i = 0; i < n; i++) {
		all.r[i] = rec_new(cx->arena, &back_shape);
		rec_set_ref(all.r[i], BACK_ITEM, back[i].item);
		rec_set_int(all.r[i], BACK_QUANTITY, back[i].quantity);
	}
	rec_set_objects(cx, input, TAKE_ITEMS, &all);
	return order_act_inside(cx, order, &returned, input);
}

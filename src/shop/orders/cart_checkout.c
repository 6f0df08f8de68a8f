/*
 * From a cart to an order, in one transaction. The cart is marked first and the order made last, so that its number, for
 * which all other orders of the shop wait, is held for as short as can be (D73). Whatever refuses the order undoes the mark.
 * The mark gives back what is kept for the cart; its stocks stay locked until the order has taken them anew.
 */
#include "base/clock.h"
#include "base/decimal.h"
#include "base/id.h"
#include "base/json.h"
#include "base/json_out.h"
#include "model/store.h"
#include "model/write.h"
#include "shop/orders/cart_int.h"
#include "shop/orders/orders.h"

static action_fn complete;

#define ORDER_BYTES ((size_t)1 << 20)
#define TOTAL_SCALE 4 /* more than any currency has */

/* ---- what is sent and answered */

enum checkout_field { CHECKOUT_PAYMENT_METHOD, CHECKOUT_EXPECTED_TOTAL, CHECKOUT__MAX };

static const struct field checkout_fields[CHECKOUT__MAX] = {
	[CHECKOUT_PAYMENT_METHOD] = STRING("payment_method",
		DOC("How it is paid: a kind, such as card, or a stored method."), .max = 64,
		.example = "card"),
	[CHECKOUT_EXPECTED_TOTAL] = DECIMAL("expected_total", TOTAL_SCALE,
		DOC("The total that the buyer was shown: if it is another by now, nothing is "
		    "ordered."),
		.min = 0, .max = INT64_C(9007199254740991), .example = "379.98"),
};

const struct resource cart_checkout_shape =
	SHAPE("cart_checkout", checkout_fields, DOC("How a cart is ordered."));

/* ---- the cart's end */

static const struct field order_of_fields[] = { REF("order_id", "order", DOC("The order.")) };
static const struct resource order_of =
	SHAPE("cart_order", order_of_fields, DOC("What a cart became."));
static const struct action completing = ACTION("complete", complete, .event = "cart.completed");

static struct err *
complete(struct ctx *cx UNUSED, struct rec *now, const struct rec *was UNUSED,
	const struct rec *input)
{
	rec_set_choice(now, CART_STATUS, CART_COMPLETED);
	rec_set_time(now, CART_COMPLETED_AT, clock_now_ms());
	rec_set_ref(now, CART_ORDER, rec_ref(input, 0));
	return NULL;
}

static struct err *
mark(struct ctx *cx, struct str key, struct id order)
{
	struct rec *input = rec_new(cx->arena, &order_of);
	struct write w = { .verb = WRITE_ACT,
		.resource = &cart_resource,
		.key = key,
		.action = &completing,
		.input = input };
	struct written written;

	rec_set_ref(input, 0, order);
	return model_write_inside(cx, &w, &written);
}

/* ---- the order */

static void
put_text(struct buf *b, const char *name, struct str text)
{
	if (!text.n)
		return;
	json_out_name(b, str_of(name));
	json_out_string(b, text);
}

/* As it is stored, an address reads as it is sent. */
static void
put_address(struct buf *b, const char *name, const struct rec *cart, int field)
{
	if (!rec_has(cart, field))
		return;
	json_out_name(b, str_of(name));
	buf_str(b, cart->v[field].s);
}

static void
put_line(struct ctx *cx, struct buf *b, const struct rec *line)
{
	json_out_comma(b);
	buf_char(b, '{');
	put_text(b, "product_id", id_str(cx->arena, rec_ref(line, CART_LINE_PRODUCT), "prod"));
	if (rec_has(line, CART_LINE_VARIANT))
		put_text(b, "variant_id",
			id_str(cx->arena, rec_ref(line, CART_LINE_VARIANT), "var"));
	JSON_OUT_NAME(b, "quantity");
	buf_int(b, rec_int(line, CART_LINE_QUANTITY));
	if (line->metadata.n) {
		JSON_OUT_NAME(b, "metadata");
		buf_str(b, line->metadata);
	}
	buf_char(b, '}');
}

/* The order as it would be posted; absent if it would be larger than a body may be. */
static struct str
order_text(struct ctx *cx, const struct rec *cart, const struct rec *input)
{
	const struct recs *lines = &cart->many[CART_LINES];
	struct buf b;

	buf_init(&b, cx->arena, 512 + lines->n * 96, ORDER_BYTES);
	buf_char(&b, '{');
	if (rec_has(cart, CART_CUSTOMER))
		put_text(
			&b, "customer_id", id_str(cx->arena, rec_ref(cart, CART_CUSTOMER), "cust"));
	put_text(&b, "email", rec_str(cart, CART_EMAIL));
	put_text(&b, "currency", rec_str(cart, CART_CURRENCY));
	put_text(&b, "coupon_code", rec_str(cart, CART_COUPON_CODE));
	put_text(&b, "shipping_method", rec_str(cart, CART_SHIPPING_METHOD));
	put_text(&b, "payment_method", rec_str(input, CHECKOUT_PAYMENT_METHOD));
	put_address(&b, "shipping_address", cart, CART_SHIPPING_ADDRESS);
	put_address(&b, "billing_address", cart, CART_BILLING_ADDRESS);
	if (cart->metadata.n) {
		JSON_OUT_NAME(&b, "metadata");
		buf_str(&b, cart->metadata);
	}
	buf_z(&b, ",\"items\":[");
	for (size_t i = 0; i < lines->n; i++)
		put_line(cx, &b, lines->r[i]);
	buf_z(&b, "]}");
	return b.overflow ? (struct str){ 0 } : buf_view(&b);
}

static struct err *
make_order(struct ctx *cx, struct id id, const struct rec *cart, const struct rec *input,
	struct rec **out)
{
	struct write w = { .verb = WRITE_CREATE, .resource = &order_resource, .preset = id };
	struct written written;
	struct str text = order_text(cx, cart, input);
	struct json *body;
	struct err *e = NULL;

	if (!text.n) {
		err_field(cx->arena, &e, STR("lines"), REASON_TOO_LARGE,
			"hold more than can be ordered at once: with all metadata at most %zu "
			"bytes",
			ORDER_BYTES);
		return e;
	}
	e = json_parse(cx->arena, text, &body);
	w.body = body;
	e = e ? e : model_write_inside(cx, &w, &written);
	if (e)
		return cart_in_its_words(cx, e);
	*out = written.rec;
	return NULL;
}

static struct err *
check_total(struct ctx *cx, const struct rec *order, const struct rec *input)
{
	int64_t total = rec_money(order, ORDER_TOTAL), expected = 0;
	int digits = rec_digits(cx, order, ORDER_TOTAL);
	char text[DECIMAL_TEXT];
	bool same = true; /* a total beyond all that can be expected is another one */
	struct err *e = NULL;

	if (!rec_has(input, CHECKOUT_EXPECTED_TOTAL))
		return NULL;
	expected = rec_decimal(input, CHECKOUT_EXPECTED_TOTAL);
	for (int i = digits; i < TOTAL_SCALE; i++)
		same = same && !__builtin_mul_overflow(total, 10, &total);
	if (same && total == expected)
		return NULL;
	err_field(cx->arena, &e, STR("expected_total"), REASON_PRICE_CHANGED,
		"the total is %.*s by now",
		(int)decimal_render(rec_money(order, ORDER_TOTAL), digits, text), text);
	e->code = ERR_CONFLICT;
	return err_reason(e, REASON_PRICE_CHANGED);
}

static struct err *
load_cart(struct ctx *cx, struct str key, struct rec **cart)
{
	struct id id;
	struct err *e = NULL, *none = err_new(cx->arena, ERR_NOT_FOUND, "there is no such cart");

	if (!id_parse(key, cart_resource.prefix, &id))
		return none;
	e = store_load(cx, &cart_resource, ID_NONE, id, cart);
	if (e || (*cart)->archived_at)
		return e ? e : none;
	e = cart_must_be_open(cx, *cart);
	if (!e && !(*cart)->many[CART_LINES].n)
		err_field(cx->arena, &e, STR("lines"), REASON_REQUIRED,
			"must have at least one line");
	return e;
}

struct err *
cart_checkout(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	struct id order = id_new();
	struct rec *cart = NULL;
	struct err *e = load_cart(cx, call->keys[0], &cart);

	if (e)
		return e;
	must(cart);
	e = mark(cx, call->keys[0], order);
	e = e ? e : make_order(cx, order, cart, call->input, out);
	return e ? e : check_total(cx, *out, call->input);
}

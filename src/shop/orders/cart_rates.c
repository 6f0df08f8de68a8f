/*
 * The ways in which what a cart holds can be sent. GET shows those that have a price without asking anybody, POST asks all
 * carriers. A shop without carriers has one way, which costs nothing (D75).
 */
#include "base/id.h"
#include "model/query.h"
#include "shop/orders/cart_int.h"
#include "shop/shipping/shipping.h"

enum cart_rate_field {
	CART_RATE_METHOD,
	CART_RATE_CURRENCY,
	CART_RATE_PRICE,
	CART_RATE_TEXT,
	CART_RATE__MAX
};

static const struct field rate_fields[CART_RATE__MAX] = {
	[CART_RATE_METHOD] = STRING("shipping_method", DOC("What the cart would have to name."),
		.flags = F_READ_ONLY, .max = 64, .example = "standard"),
	[CART_RATE_CURRENCY] = STRING("currency", DOC("The cart's currency."), .flags = F_READ_ONLY,
		.max = 3, .example = "USD"),
	[CART_RATE_PRICE] = PRICE("price", DOC("What sending it so costs."), .flags = F_READ_ONLY,
		.money_in = "currency", .example = "0.00"),
	[CART_RATE_TEXT] = STRING("text", DOC("What it is, or why it costs nothing."),
		.flags = F_READ_ONLY, .max = 255, .example = "Standard"),
};

static const struct resource rate_shape =
	SHAPE("cart_rate", rate_fields, DOC("A way to send what a cart holds."));

static const struct field rates_fields[] = {
	OBJECTS("data", &rate_shape, .flags = F_READ_ONLY, .max = 1000, DOC("The ways there are.")),
};

const struct resource cart_rates_shape =
	SHAPE("cart_rates", rates_fields, DOC("The ways in which a cart can be sent."));

/* What is to be sent, and where to: of a customer's cart that does not say, to his default address. */
static struct err *
find_offer(struct ctx *cx, struct str key, struct shipping_offer *out)
{
	const struct view whole = view_whole(&cart_resource);
	struct quote q = { 0 };
	struct rec *cart;
	struct err *e = model_get(cx, &cart_resource, ID_NONE, key, &whole, &cart);

	e = e ? e : cart_quote(cx, cart, true, &q);
	if (!e)
		*out = quote_shipping(cx, &q);
	return e;
}

static struct rec *
rate_of(struct ctx *cx, const struct shipping_offer *o)
{
	struct rec *rate = rec_new(cx->arena, &rate_shape);

	rec_set_str(rate, CART_RATE_METHOD, o->method);
	rec_set_str(rate, CART_RATE_CURRENCY, o->currency);
	rec_set_money(rate, CART_RATE_PRICE, o->minor);
	rec_set_str(rate, CART_RATE_TEXT, str_head(o->text, 255));
	return rate;
}

/* Nobody has a price for it. */
static struct err *
only_way(struct ctx *cx, struct shipping_offer *o, struct rec **rate)
{
	struct err *e;

	if (!o->method.n)
		o->method = STR("standard");
	e = shipping_price(cx, o);
	if (!e)
		*rate = rate_of(cx, o);
	return e;
}

struct err *
cart_rates(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	struct shipping_offer ask, *ways;
	struct recs rates = { 0 };
	size_t n;
	struct err *e = find_offer(cx, call->keys[0], &ask);

	e = e ? e : shipping_ways(cx, &ask, &ways, &n);
	if (e)
		return e;
	rates = (struct recs){ ARENA_ARRAY(cx->arena, n + 1, struct rec *), n, true };
	for (size_t i = 0; i < n; i++)
		rates.r[i] = rate_of(cx, &ways[i]);
	if (!ways) {
		rates.n = 1;
		e = only_way(cx, &ask, &rates.r[0]);
	}
	*out = rec_new(cx->arena, &cart_rates_shape);
	rec_set_objects(cx, *out, 0, &rates);
	return e;
}

struct err *
cart_ask_rates(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	struct shipping_offer ask;
	struct err *e = find_offer(cx, call->keys[0], &ask);

	if (e)
		return e;
	if (!ask.to) {
		err_field(cx->arena, &e, STR("shipping_address"), REASON_REQUIRED,
			"must be known: carriers ask where the cart goes");
		return e;
	}
	return shipping_rates(cx, &ask, out);
}

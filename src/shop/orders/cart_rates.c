/* The ways in which what a cart holds can be sent. Until there are carriers there is one, and its text says so (D75). */
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
	OBJECTS("data", &rate_shape, .flags = F_READ_ONLY, .max = 50, DOC("The ways there are.")),
};

const struct resource cart_rates_shape =
	SHAPE("cart_rates", rates_fields, DOC("The ways in which a cart can be sent."));

struct err *
cart_rates(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	const struct view whole = view_whole(&cart_resource);
	struct rec *cart, *to, *rate = rec_new(cx->arena, &rate_shape);
	struct shipping_offer offer = { 0 };
	struct err *e = model_get(cx, &cart_resource, ID_NONE, call->keys[0], &whole, &cart);

	e = e ? e : rec_object(cx, cart, CART_SHIPPING_ADDRESS, &to);
	if (e)
		return e;
	offer.method = rec_has(cart, CART_SHIPPING_METHOD) ? rec_str(cart, CART_SHIPPING_METHOD)
							   : STR("standard");
	offer.to = to;
	offer.currency = rec_str(cart, CART_CURRENCY);
	e = shipping_price(cx, &offer);
	if (e)
		return e;
	rec_set_str(rate, CART_RATE_METHOD, offer.method);
	rec_set_str(rate, CART_RATE_CURRENCY, offer.currency);
	rec_set_money(rate, CART_RATE_PRICE, offer.minor);
	rec_set_str(rate, CART_RATE_TEXT, offer.text);
	*out = rec_new(cx->arena, &cart_rates_shape);
	rec_set_objects(cx, *out, 0, &(struct recs){ &rate, 1, true });
	return NULL;
}

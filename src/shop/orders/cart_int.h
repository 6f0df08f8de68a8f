/* What the files of carts share. */
#ifndef SOUK_CART_INT_H
#define SOUK_CART_INT_H

#include "shop/orders/carts.h"
#include "shop/orders/quote.h"

enum cart_warning_field { WARNING_REASON, WARNING_FIELD, WARNING_MESSAGE, WARNING__MAX };

extern const struct resource cart_warning_shape, cart_checkout_shape, cart_rates_shape;

rule_fn cart_present, cart_line_present, cart_keep_stock;
operation_fn cart_checkout, cart_rates, cart_ask_rates;

/* ERR_CONFLICT if the cart was completed or its time is over. */
struct err *cart_must_be_open(struct ctx *cx, const struct rec *cart) MUST_CHECK;

/*
 * Finds what fresh lines name, in one statement, fills in what is sold, and joins lines of the same thing.
 * ERR_VALIDATION with a fault for each line that cannot be sold.
 */
struct err *cart_settle_lines(struct ctx *cx, struct rec *cart) MUST_CHECK;

/* Its lines as those of a quote, but for those that go. */
void cart_take_lines(struct ctx *cx, const struct rec *cart, struct quote *q);

/* What an order calls items, are the lines of a cart. */
struct err *cart_in_its_words(struct ctx *cx, struct err *e) MUST_CHECK;

/* The whole cart as a quote, priced; lenient: to be shown. */
struct err *cart_quote(
	struct ctx *cx, const struct rec *cart, bool lenient, struct quote *q) MUST_CHECK;

#endif

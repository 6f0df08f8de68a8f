/*
 * A quote: what somebody wants to buy, who and where they are, and what that costs now. Carts show it, orders are made of
 * it. It reads what is sold, which discounts and taxes hold and what shipping costs, and lets pricing/ compute.
 */
#ifndef SOUK_QUOTE_H
#define SOUK_QUOTE_H

#include "model/rec.h"
#include "shop/catalog/catalog.h"
#include "shop/pricing/pricing.h"
#include "shop/shipping/shipping.h"

struct promotions;
struct promotions_ask;

#define QUOTE_LINES_MOST 500
#define QUOTE_QUANTITY_MOST 1000000
#define QUOTE_OVERRIDE_SCOPE "orders:price_override"

/* A word and a sentence on what is in the way of a line or of the whole. */
struct quote_trouble {
	enum reason reason; /* REASON_NONE: nothing */
	struct str field;   /* path in the request: "items[2].product_id", "coupon_code" */
	struct str message;
};

struct quote_line {
	/* In: a product, a variant (of it), or a SKU. */
	struct id product, variant;
	struct str sku;
	int64_t quantity;
	/* The unit price that the client gave: its own word if it may give one, else it must be what is asked anyhow (D33). */
	bool has_price;
	int64_t price_minor;
	struct str path; /* where it stands in the request: "items[2]"; absent: it is the request */

	/* Out: */
	const struct sellable *sold; /* its facts, with both ids and the SKU */
	const struct pricing_line
		*priced; /* = pricing.lines[…]; NULL if trouble keeps it out of all totals */
	struct quote_trouble trouble; /* only with `lenient` */
};

struct quote {
	/* In: */
	const struct rec *customer; /* NULL: a guest */
	struct str email;           /* absent: the customer's, or nobody's */
	struct str currency;        /* in any case; absent: the tenant's */
	const struct rec
		*ship_to;  /* an address_shape; NULL: not known, then there is no tax by place */
	struct str coupon; /* absent: none */
	const char *coupon_field;   /* of the request; NULL: coupon_code */
	struct str shipping_method; /* absent: none */
	const char *lines_field;    /* of the request; NULL: items */
	struct quote_line *lines;
	size_t nlines;
	int64_t at_ms; /* when the discounts must hold; 0: now */
	/*
	 * To be shown, not sold: a line that cannot be sold, or a coupon that does not hold, is told in its trouble and left out,
	 * instead of being refused.
	 */
	bool lenient;

	/* Out: */
	struct sale_currency in;
	struct pricing
		pricing; /* lines that can be sold, in their order; `at` is the place in `lines` */
	/* What promotions_redeem() takes. */
	struct promotions_ask *asked;
	struct promotions *promotions;
	struct quote_trouble coupon_trouble, shipping_trouble; /* only with `lenient` */
	bool sound; /* no line has trouble, nor have the coupon and the way it is sent */
};

/*
 * Fills what stands under "out". Two to four statements, whatever the number of lines. Without `lenient`,
 * ERR_VALIDATION with every fault: product, variant or SKU unknown, archived, draft, of another product, not said which
 * variant, quantity, a price that is not the server's, a currency without a rate, a coupon that does not hold, a way to send it that there
 * is not; and in
 * both cases amounts that are too large. ERR_FORBIDDEN never.
 */
struct err *quote_make(struct ctx *cx, struct quote *q) MUST_CHECK;

/* What sending it so would take, for shipping_price() and its like: lines that can be sold, by weight and price. */
struct shipping_offer quote_shipping(struct ctx *cx, const struct quote *q);

/* The first step of it alone: finds and judges the currency and the lines, and prices nothing. */
struct err *quote_find(struct ctx *cx, struct quote *q) MUST_CHECK;

#endif

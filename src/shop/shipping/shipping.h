/* Shipping: what others may ask of it. So far there are no carriers, so nothing has a price (D75). */
#ifndef SOUK_SHIPPING_H
#define SOUK_SHIPPING_H

#include "db/ctx.h"

struct rec;

struct shipping_offer {
	/* In: */
	struct str method;    /* absent: none was chosen */
	const struct rec *to; /* an address_shape; NULL: not known */
	struct str currency;

	/* Out: */
	int64_t minor;   /* the price, in minor units of currency */
	struct str text; /* what it is, or why it costs nothing: for the explanation */
};

/* What it costs to send something so. */
struct err *shipping_price(struct ctx *cx, struct shipping_offer *o) MUST_CHECK;

#endif

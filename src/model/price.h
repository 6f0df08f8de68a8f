/* Prices in the currency that the client wants to see (D2, D60). */
#ifndef SOUK_MODEL_PRICE_H
#define SOUK_MODEL_PRICE_H

#include "base/buf.h"
#include "model/rec.h"

/*
 * Shows a price field as {"amount":…,"currency":…,"formatted":…}: the explicit price of its sibling if that
 * has one in cx->shown.currency, else its own, converted. False, and nothing written, if no currency was
 * asked for or there is no price. A price too large to be converted is shown as null and noted in cx->shown.
 */
bool price_show(struct buf *b, struct ctx *cx, const struct rec *r, size_t field);

/* The price in that currency, in minor units, that a PRICES field holds as text; false if it holds none. */
bool price_explicit(
	struct arena *a, struct str prices, struct str currency, int digits, int64_t *out);

/* ERR_QUERY if a price that was rendered could not be shown in that currency. */
struct err *price_check(struct ctx *cx) MUST_CHECK;

#endif

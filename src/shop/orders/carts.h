/*
 * Carts: what somebody gathers before he orders it. A cart keeps what is wanted and by whom; what that costs, and whether
 * it can be had, is worked out whenever it is read.
 */
#ifndef SOUK_CARTS_H
#define SOUK_CARTS_H

#include "model/plan.h"

enum cart_field {
	CART_STATUS,
	CART_CUSTOMER,
	CART_EMAIL,
	CART_CURRENCY,
	CART_COUPON_CODE,
	CART_SHIPPING_ADDRESS,
	CART_BILLING_ADDRESS,
	CART_SHIPPING_METHOD,
	CART_EXPIRES_AT,
	CART_COMPLETED_AT,
	CART_ORDER,
	CART_HOLD_EXPIRES_AT,
	CART_SUBTOTAL,
	CART_DISCOUNT_TOTAL,
	CART_SHIPPING_TOTAL,
	CART_TAX_TOTAL,
	CART_TOTAL,
	CART_PRICES_INCLUDE_TAX,
	CART_DISCOUNTS,
	CART_TAX_LINES,
	CART_SHIPPING_EXPLANATION,
	CART_WARNINGS,
	CART_READY,
	CART__MAX
};

enum cart_relation { CART_LINES };

enum cart_status { CART_OPEN, CART_COMPLETED, CART_EXPIRED, CART_ABANDONED };

enum cart_line_field {
	CART_LINE_PRODUCT,
	CART_LINE_VARIANT,
	CART_LINE_SKU,
	CART_LINE_QUANTITY,
	CART_LINE_POSITION,
	CART_LINE_NAME,
	CART_LINE_VARIANT_NAME,
	CART_LINE_CURRENCY,
	CART_LINE_LIST_PRICE,
	CART_LINE_PRICE,
	CART_LINE_SUBTOTAL,
	CART_LINE_DISCOUNT_TOTAL,
	CART_LINE_TAX_TOTAL,
	CART_LINE_TOTAL,
	CART_LINE_EXPLANATION,
	CART_LINE_WARNINGS,
	CART_LINE__MAX
};

extern const struct resource cart_resource;
extern const struct resource cart_line_resource;

#define CART_LINES_MOST 500
#define CART_DAYS 30

/*
 * For souk-housekeep, outside a transaction: ends the open carts whose time is over, at most `most`; *n says how many.
 * With cx->dry_run it counts all there are.
 */
struct err *carts_expire(struct ctx *cx, int64_t most, int64_t *n) MUST_CHECK;

#endif

/* Promotions: coupons that a buyer names, and discounts that apply by themselves. What they come to, pricing says. */
#ifndef SOUK_PROMOTIONS_H
#define SOUK_PROMOTIONS_H

#include "model/plan.h"
#include "shop/pricing/pricing.h"

struct sale_currency;

enum coupon_field {
	COUPON_CODE,
	COUPON_NAME,
	COUPON_TYPE,
	COUPON_AMOUNT,
	COUPON_CURRENCY,
	COUPON_DURATION,
	COUPON_MONTHS,
	COUPON_MAX_REDEMPTIONS,
	COUPON_TIMES_REDEEMED,
	COUPON_RESTRICTIONS,
	COUPON_COMBINABLE,
	COUPON_ACTIVE,
	COUPON_START_DATE,
	COUPON_END_DATE,
	COUPON__MAX
};

enum discount_field {
	DISCOUNT_NAME,
	DISCOUNT_TYPE,
	DISCOUNT_AMOUNT,
	DISCOUNT_CURRENCY,
	DISCOUNT_APPLIES_TO,
	DISCOUNT_CONDITIONS,
	DISCOUNT_PRIORITY,
	DISCOUNT_STACKING,
	DISCOUNT_STATUS,
	DISCOUNT_START_DATE,
	DISCOUNT_END_DATE,
	DISCOUNT__MAX
};

extern const struct resource coupon_resource;
extern const struct resource discount_resource;

/* Who buys, in what currency, and the coupon he names. */
struct promotions_ask {
	struct id customer; /* ID_NONE: a guest */
	struct str email;   /* absent: not known */
	struct str tags;    /* of the customer, the text of a JSON list; absent: none */
	const struct sale_currency *in;
	struct str code;   /* absent: none */
	const char *field; /* in which the request named it, for faults: "coupon_code" */
};

struct promotions {
	struct pricing_rule *rules; /* to be priced; that of the coupon is the last */
	size_t nrules;
	struct id coupon; /* ID_NONE: none was named */
	struct str code;  /* as the merchant wrote it */
	bool once;        /* a buyer may redeem it once */
};

/*
 * The rules that hold now for that buyer: automatic discounts that run today, in the tenant's zone, and are for him, and
 * the coupon. Reads only; two statements, up to four if the coupon asks what the buyer had before. A coupon that he may
 * not use is ERR_VALIDATION at ask->field, while *out has the automatic discounts all the same. Its reason says why:
 * coupon_unknown, coupon_inactive, coupon_not_yet, coupon_expired, coupon_used_up, coupon_used, coupon_not_first,
 * coupon_not_yours, coupon_needs_customer.
 */
struct err *promotions_find(
	struct ctx *cx, const struct promotions_ask *ask, struct promotions *out) MUST_CHECK;

/*
 * Once the rules were priced: ERR_VALIDATION at ask->field if the coupon took nothing because of what is in the basket:
 * coupon_minimum, coupon_no_items, coupon_not_combinable.
 */
struct err *promotions_check(
	struct ctx *cx, const struct promotions_ask *ask, const struct promotions *p) MUST_CHECK;

/*
 * Counts the coupon as redeemed for that order, in the caller's transaction; it holds the coupon's row until the commit.
 * Nothing to do without one. ERR_CONFLICT, reason coupon_used_up or coupon_used, if others, or the same buyer, were
 * quicker.
 */
struct err *promotions_redeem(struct ctx *cx, const struct promotions_ask *ask,
	const struct promotions *p, struct id order) MUST_CHECK;

/* Gives back what the order redeemed, once: a cancelled order used no coupon. In the caller's transaction. */
struct err *promotions_release(struct ctx *cx, struct id order) MUST_CHECK;

/* The coupon and discount that examples speak of; what is there already is left alone. */
struct err *promotions_sample(struct ctx *cx) MUST_CHECK;

#endif

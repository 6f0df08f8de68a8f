/*
 * What pricing worked out, as carts and orders show it: the discounts, the taxes and the steps that lead to a line's
 * total. All amounts are minor units of the order's currency.
 */
#ifndef SOUK_PRICED_H
#define SOUK_PRICED_H

#include "model/rec.h"
#include "shop/pricing/pricing.h"

enum discount_line_field {
	DISCOUNT_LINE_ID,
	DISCOUNT_LINE_KIND,
	DISCOUNT_LINE_NAME,
	DISCOUNT_LINE_CODE,
	DISCOUNT_LINE_AMOUNT,
	DISCOUNT_LINE__MAX
};

enum tax_line_field {
	TAX_LINE_ID,
	TAX_LINE_NAME,
	TAX_LINE_PERCENT,
	TAX_LINE_AMOUNT_TAXED,
	TAX_LINE_AMOUNT,
	TAX_LINE__MAX
};

enum step_field {
	STEP_KIND,
	STEP_RULE,
	STEP_TEXT,
	STEP_AMOUNT,
	STEP_AMOUNT_AFTER,
	STEP_UNIT_AMOUNT,
	STEP_AMOUNT_INCLUDED,
	STEP__MAX
};

extern const struct resource discount_line_shape;
extern const struct resource tax_line_shape;
extern const struct resource price_step_shape;

/* The rules that took something; `code` is that of the coupon, absent: none. */
struct recs priced_discounts(struct ctx *cx, const struct pricing *p, struct str code);
/* The taxes that were taken. */
struct recs priced_taxes(struct ctx *cx, const struct pricing *p);
/* The steps of one line, or of shipping. */
struct recs priced_steps(struct ctx *cx, const struct pricing_line *line);

#define PRICED_DISCOUNTS_MOST 100
#define PRICED_TAXES_MOST 50
#define PRICED_STEPS_MOST 500

#endif

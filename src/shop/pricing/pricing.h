/*
 * What a basket costs (D40): list price → contract → override → automatic discounts by priority → coupon → tax, each on
 * what the one before it has left, never below 0. A pure function: carts, orders, quick orders and subscriptions fill the
 * struct and read the result out of it; who may have which rule has been decided before.
 *
 * All amounts are minor units of one currency, all percentages are × 10⁴ (8.25 % = 82500). Every part is a whole
 * number of minor units, and the parts add up: see pricing_compute().
 */
#ifndef SOUK_PRICING_H
#define SOUK_PRICING_H

#include "base/base.h"

#define PRICING_PERCENT INT64_C(10000)            /* 1 % */
#define PRICING_WHOLE (100 * PRICING_PERCENT)     /* 100 % */
#define PRICING_QUANTITY_MOST INT64_C(1000000000) /* of one line */
/* Of any amount: the largest integer that every reader of JSON takes exactly (RFC 8259 §6), 2^53 − 1. */
#define PRICING_MOST ((INT64_C(1) << 53) - 1)

enum pricing_kind { PRICING_AUTOMATIC, PRICING_COUPON };

enum pricing_type {
	PRICING_PERCENTAGE,   /* `percent` of what the lines it is for have left */
	PRICING_FIXED_AMOUNT, /* `amount_minor` once, at most what they have left, split over them */
	PRICING_FREE_SHIPPING, /* all that shipping has left */
	PRICING_BUY_X_GET_Y /* of each buy + get units `get` are `percent` cheaper: the cheapest ones of all */
};

/* What a rule works on; a shipping rule takes percentage and fixed_amount from the price of shipping. */
enum pricing_class { PRICING_PRODUCT, PRICING_ORDER, PRICING_SHIPPING, PRICING_CLASS__MAX };

enum pricing_stacking {
	PRICING_ONE_PER_CLASS, /* the first by priority is the only automatic one of its class */
	PRICING_COMBINABLE,    /* with the others of its class that are combinable */
	PRICING_EXCLUSIVE      /* alone: not with any other discount, automatic or coupon */
};

/* What came of a rule: why a coupon did nothing is for its owner to read. */
enum pricing_outcome {
	PRICING_NOTHING, /* it could take nothing: nothing left, or too few for its buy_quantity */
	PRICING_APPLIED,
	PRICING_NO_LINES,      /* no line is of its products or categories */
	PRICING_BELOW_MINIMUM, /* of amount or quantity */
	PRICING_NOT_COMBINED   /* another discount stands in its way */
};

struct pricing_words {
	const struct str *p; /* category slugs */
	size_t n;
};

struct pricing_ids {
	const struct id *p;
	size_t n;
};

struct pricing_rule {
	struct id id;
	struct str rule; /* the public id, as explained: disc_…, coup_… */
	struct str name; /* for people */
	enum pricing_kind kind;
	enum pricing_type type;
	enum pricing_class class;
	enum pricing_stacking stacking;
	int64_t priority; /* higher first, then the older id; coupons come after all automatic ones */
	int64_t percent;      /* percentage, buy_x_get_y (PRICING_WHOLE: free) */
	int64_t amount_minor; /* fixed_amount */
	int64_t buy_quantity, get_quantity;
	int64_t repeats_most; /* buy_x_get_y: how often in one basket; 0: as often as it fits */
	/* Tested when its turn comes: what all goods have left by then; the units of the lines it is for. 0: none. */
	int64_t minimum_minor, minimum_quantity;
	/* The lines it is for: of one of these products or categories (neither: all), and of none of the excluded. */
	struct pricing_ids products, excluded_products;
	struct pricing_words categories, excluded_categories;

	/* out */
	enum pricing_outcome outcome;
	int64_t discount_minor; /* = Σ of its amounts over the lines and shipping */
};

struct pricing_tax {
	struct id id;
	struct str rule; /* the public id: tax_… */
	struct str name;
	struct str class; /* lines of this tax class only; absent: of every class */
	int64_t percent;
	bool compound; /* on the net price and all taxes before it; those that are not compound come first */
	bool on_shipping; /* whatever its class */
	int64_t priority; /* lower first, then the older id */

	/* out */
	int64_t taxed_minor; /* Σ of what it was taken of */
	int64_t tax_minor;   /* = Σ of its amounts over the lines and shipping */
};

struct pricing_discount {
	const struct pricing_rule *rule;
	int64_t amount_minor; /* > 0 */
};

struct pricing_levy {
	const struct pricing_tax *tax;
	int64_t base_minor, amount_minor;
};

#define PRICING_STEPS(X)                                                                           \
	X(list) X(contract) X(override) X(shipping) X(automatic) X(coupon) X(tax) X(rounding)
enum pricing_step_kind {
#define X(name) PRICING_STEP_##name,
	PRICING_STEPS(X)
#undef X
		PRICING_STEP__MAX
};

/*
 * One step of the explanation. after_minor = the after_minor before it + amount_minor; the first begins at 0, the last is
 * the line's total. With prices that include tax, a tax step says what part of the amount is tax and changes nothing:
 * its amount_minor is 0 and included_minor has it (else 0). A rounding step, of ±1, stands behind the step whose rule it
 * names: the line got one unit more or less than its own share rounds to, so that all shares add up.
 */
struct pricing_step {
	enum pricing_step_kind kind;
	struct str
		rule; /* public id of the contract, discount, coupon or tax; absent for the rest */
	struct str text;
	int64_t amount_minor, after_minor;
	int64_t unit_minor; /* the unit price from here on, before discounts */
	int64_t included_minor;
};

struct pricing_line {
	struct id product, variant;
	struct pricing_words categories;
	struct str tax_class;
	int64_t quantity;   /* 1 to PRICING_QUANTITY_MOST */
	int64_t list_minor; /* of one unit, as all prices here */
	bool has_contract, has_override;
	int64_t contract_minor, override_minor;
	struct str contract_rule; /* public id of the price list or contract */
	size_t at;                /* its place in the request, for faults: items[at].quantity */

	/* out */
	int64_t unit_minor;
	int64_t subtotal; /* unit × quantity */
	int64_t discount; /* = Σ discounts */
	int64_t tax;      /* = Σ taxes */
	int64_t net;      /* without tax: total − tax */
	int64_t total;    /* with tax, whether it was included or added */
	struct pricing_discount *discounts;
	size_t ndiscounts;
	struct pricing_levy *taxes;
	size_t ntaxes;
	struct pricing_step *steps;
	size_t nsteps;
};

struct pricing {
	int digits;          /* of the currency */
	struct str currency; /* for those who show it; not read here */
	bool prices_include_tax;
	const char *field; /* the name of the list of lines in the request; NULL: items */
	struct pricing_line *lines;
	size_t nlines;
	struct pricing_rule *rules; /* in any order */
	size_t nrules;
	struct pricing_tax *taxes; /* in any order */
	size_t ntaxes;
	int64_t shipping_minor;
	struct str
		shipping_text; /* of its first step: the name of the method, or why it costs nothing */

	/* out */
	struct pricing_line shipping; /* a line of its own: subtotal, discounts, taxes, steps */
	int64_t subtotal;             /* Σ lines' subtotal */
	int64_t discount_total;       /* Σ lines' discount */
	int64_t shipping_total;       /* shipping.subtotal − shipping.discount */
	int64_t tax_total;            /* with that of shipping */
	int64_t total;
};

/*
 * Prices a basket, filling in what stands under "out". What holds afterwards:
 *   Σ line.total + shipping.total = total;  Σ line.net + shipping.net + tax_total = total
 *   subtotal − discount_total + shipping_total (+ tax_total unless prices include it) = total
 *   a rule's discount_minor = Σ its amounts; Σ rules = discount_total + shipping.discount; the same of taxes
 *   nothing is negative, no discount exceeds what its line had left, and the order of lines changes no total
 * Money is rounded half to even (D59), splits hand out the remainder by largest fraction. The lines stay in their order.
 * ERR_VALIDATION with a detail for each line whose quantity or amount is too large, or for the total. Results live in `a`.
 */
struct err *pricing_compute(struct arena *a, struct pricing *p) MUST_CHECK;

/* The word of a kind of step: "automatic". */
const char *pricing_step_word(enum pricing_step_kind kind);

#endif

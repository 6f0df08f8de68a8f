/* What the parts of pricing share. Nobody else includes this. */
#ifndef SOUK_PRICING_INT_H
#define SOUK_PRICING_INT_H

#include "base/money.h"
#include "shop/pricing/pricing.h"

/* What happened to a line, in the order in which it did: explanations, discounts and taxes are made of it at the end. */
struct pricing_entry {
	size_t line;
	enum pricing_step_kind kind; /* automatic, coupon or tax */
	const struct pricing_rule *rule;
	const struct pricing_tax *tax;
	int64_t base_minor;   /* of a tax */
	int64_t amount_minor; /* what was taken (a discount), added or included (a tax) */
	int64_t rounding_minor; /* the part of amount_minor that is not the line's own share: −1, 0 or 1 */
};

/*
 * Lines stand here in an order of their own, made of what they are, so that ties fall alike however the request
 * had them. Shipping is the one behind the last.
 */
struct pricing_work {
	struct arena *arena;
	struct pricing *p;
	struct pricing_line **lines;
	size_t n;         /* of goods; lines[n] is shipping */
	int64_t *left;    /* of each line and shipping, not yet discounted */
	int64_t goods;    /* Σ left of goods */
	size_t *mine;     /* lines that the rule at hand is for */
	int64_t *weights; /* of the split at hand */
	struct money_part *parts;
	struct pricing_entry *entries;
	size_t nentries, capacity;
};

void pricing_note(struct pricing_work *w, struct pricing_entry entry);
/* Applies p->rules to what is left. */
void pricing_discount_all(struct pricing_work *w);
/* Notes p->taxes of what is left; left itself does not change. False if one does not fit. */
bool pricing_tax_all(struct pricing_work *w);
/* Fills in what stands under "out" of the lines and of shipping. */
void pricing_explain(struct pricing_work *w);

#endif

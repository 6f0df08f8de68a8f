/*
 * Discounts, one rule after the other on what is left. A rule comes to one amount first, which is then shared out over its
 * lines: so the amount that a customer reads is exactly the percentage, whatever the lines are.
 */
#include "shop/pricing/pricing_int.h"

#include "base/decimal.h"

__extension__ typedef __int128 wide;

/* What stands in the way of later rules. */
struct standing {
	bool any, exclusive;
	bool taken[PRICING_CLASS__MAX];  /* an automatic rule of the class was applied */
	bool closed[PRICING_CLASS__MAX]; /* by one that is not combinable */
};

static enum pricing_class
class_of(const struct pricing_rule *r)
{
	return r->type == PRICING_FREE_SHIPPING ? PRICING_SHIPPING : r->class;
}

/* Automatic before coupons, higher priority, goods before orders before shipping, older first. */
static int
by_turn(const void *left, const void *right)
{
	const struct pricing_rule *a = *(struct pricing_rule *const *)left;
	const struct pricing_rule *b = *(struct pricing_rule *const *)right;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->priority != b->priority)
		return a->priority > b->priority ? -1 : 1;
	if (class_of(a) != class_of(b))
		return class_of(a) < class_of(b) ? -1 : 1;
	return a->id.n < b->id.n ? -1 : a->id.n > b->id.n;
}

static struct pricing_rule **
rules_by_turn(struct pricing_work *w)
{
	struct pricing_rule **rules = ARENA_ARRAY(w->arena, w->p->nrules, struct pricing_rule *);

	for (size_t i = 0; i < w->p->nrules; i++)
		rules[i] = &w->p->rules[i];
	qsort(rules, w->p->nrules, sizeof(struct pricing_rule *), by_turn);
	return rules;
}

/* ---- which lines */

static bool
has_id(struct pricing_ids ids, struct id id)
{
	for (size_t i = 0; i < ids.n; i++) {
		if (ids.p[i].n == id.n)
			return true;
	}
	return false;
}

static bool
meets(struct pricing_words a, struct pricing_words b)
{
	for (size_t i = 0; i < a.n; i++) {
		for (size_t k = 0; k < b.n; k++) {
			if (str_eq(a.p[i], b.p[k]))
				return true;
		}
	}
	return false;
}

static bool
is_for(const struct pricing_rule *r, const struct pricing_line *l)
{
	if (has_id(r->excluded_products, l->product) ||
		meets(r->excluded_categories, l->categories))
		return false;
	if (!r->products.n && !r->categories.n)
		return true;
	return has_id(r->products, l->product) || meets(r->categories, l->categories);
}

/* Lists the lines that the rule is for in w->mine. */
static size_t
find_lines(struct pricing_work *w, const struct pricing_rule *r)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++) {
		if (is_for(r, w->lines[i]))
			w->mine[n++] = i;
	}
	return n;
}

/* ---- how much */

static void
take(struct pricing_work *w, struct pricing_rule *r, size_t line, struct money_part part)
{
	if (!part.amount && !part.nearest)
		return;
	must(part.amount >= 0 && part.amount <= w->left[line]);
	w->left[line] -= part.amount;
	if (line < w->n)
		w->goods -= part.amount;
	r->discount_minor += part.amount;
	pricing_note(w,
		(struct pricing_entry){
			.line = line,
			.kind = r->kind == PRICING_COUPON ? PRICING_STEP_coupon
							  : PRICING_STEP_automatic,
			.rule = r,
			.amount_minor = part.amount,
			.rounding_minor = part.amount - part.nearest,
		});
}

/* What the rule takes of so much. */
static int64_t
amount_of(const struct pricing_rule *r, int64_t base)
{
	int64_t amount = base;

	if (r->type == PRICING_FIXED_AMOUNT)
		amount = r->amount_minor;
	else if (r->type == PRICING_PERCENTAGE)
		must(decimal_scale(base, MIN(r->percent, PRICING_WHOLE), PRICING_WHOLE,
			ROUND_HALF_EVEN, &amount));
	return MIN(amount, base);
}

static void
take_of_shipping(struct pricing_work *w, struct pricing_rule *r)
{
	int64_t amount = amount_of(r, w->left[w->n]);

	take(w, r, w->n, (struct money_part){ amount, amount });
}

static void
take_of_lines(struct pricing_work *w, struct pricing_rule *r, size_t nmine)
{
	int64_t base = 0;

	for (size_t i = 0; i < nmine; i++) {
		w->weights[i] = w->left[w->mine[i]];
		base += w->weights[i];
	}
	money_split(w->arena, amount_of(r, base), w->weights, nmine, w->parts);
	for (size_t i = 0; i < nmine; i++)
		take(w, r, w->mine[i], w->parts[i]);
}

/* ---- buy x, get y */

/* The units of a line, each at left / quantity. */
struct units {
	int64_t left, quantity;
	size_t line;
};

static int
cheapest_first(const void *left, const void *right)
{
	const struct units *a = left, *b = right;
	wide one = (wide)a->left * b->quantity, other = (wide)b->left * a->quantity;

	if (one != other)
		return one < other ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

/*
 * How many of so many units are the cheap ones: `get` of each full buy + get, and of the rest what is more than
 * `buy`, since whoever has paid for those need not take the whole gift.
 */
static int64_t
units_gotten(const struct pricing_rule *r, int64_t units)
{
	int64_t group = r->buy_quantity + r->get_quantity;
	int64_t repeats = units / group;
	int64_t rest = MAX(units % group - r->buy_quantity, 0);

	if (r->repeats_most && repeats >= r->repeats_most)
		return r->repeats_most * r->get_quantity;
	return repeats * r->get_quantity + rest;
}

static void
take_units(struct pricing_work *w, struct pricing_rule *r, size_t nmine)
{
	struct units *units = ARENA_ARRAY(w->arena, nmine, struct units);
	int64_t all = 0, gotten;
	size_t n = 0;

	for (size_t i = 0; i < nmine; i++) {
		size_t line = w->mine[i];

		if (!w->left[line])
			continue; /* a gift already */
		units[n++] = (struct units){ w->left[line], w->lines[line]->quantity, line };
		all += w->lines[line]->quantity;
	}
	gotten = units_gotten(r, all);
	qsort(units, n, sizeof(*units), cheapest_first);
	for (size_t i = 0; i < n && gotten; i++) {
		int64_t count = MIN(gotten, units[i].quantity), amount;

		must(decimal_scale(units[i].left, count * MIN(r->percent, PRICING_WHOLE),
			units[i].quantity * PRICING_WHOLE, ROUND_HALF_EVEN, &amount));
		take(w, r, units[i].line, (struct money_part){ amount, amount });
		gotten -= count;
	}
}

/* ---- one after the other */

static bool
is_in_the_way(const struct standing *s, const struct pricing_rule *r)
{
	if (s->exclusive || (r->stacking == PRICING_EXCLUSIVE && s->any))
		return true;
	if (r->kind == PRICING_COUPON)
		return false;
	return r->stacking == PRICING_COMBINABLE ? s->closed[class_of(r)] : s->taken[class_of(r)];
}

static void
stand(struct standing *s, const struct pricing_rule *r)
{
	s->any = true;
	s->exclusive = s->exclusive || r->stacking == PRICING_EXCLUSIVE;
	if (r->kind == PRICING_COUPON)
		return;
	s->taken[class_of(r)] = true;
	s->closed[class_of(r)] = s->closed[class_of(r)] || r->stacking != PRICING_COMBINABLE;
}

static bool
is_below_minimum(const struct pricing_work *w, const struct pricing_rule *r, size_t nmine)
{
	int64_t units = 0;

	for (size_t i = 0; i < nmine; i++)
		units += w->lines[w->mine[i]]->quantity;
	return w->goods < r->minimum_minor || units < r->minimum_quantity;
}

static enum pricing_outcome
apply(struct pricing_work *w, struct pricing_rule *r, const struct standing *s)
{
	size_t nmine;

	if (is_in_the_way(s, r))
		return PRICING_NOT_COMBINED;
	nmine = find_lines(w, r);
	if (!nmine)
		return PRICING_NO_LINES;
	if (is_below_minimum(w, r, nmine))
		return PRICING_BELOW_MINIMUM;
	if (r->type == PRICING_BUY_X_GET_Y)
		take_units(w, r, nmine);
	else if (class_of(r) == PRICING_SHIPPING)
		take_of_shipping(w, r);
	else
		take_of_lines(w, r, nmine);
	return r->discount_minor ? PRICING_APPLIED : PRICING_NOTHING;
}

void
pricing_discount_all(struct pricing_work *w)
{
	struct pricing_rule **rules = rules_by_turn(w);
	struct standing s = { 0 };

	for (size_t i = 0; i < w->p->nrules; i++) {
		struct pricing_rule *r = rules[i];

		r->discount_minor = 0;
		r->outcome = apply(w, r, &s);
		if (r->outcome == PRICING_APPLIED)
			stand(&s, r);
	}
}

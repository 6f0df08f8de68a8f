/*
 * Taxes, each line by itself and each rounded by itself. A compound tax is taken of the rounded taxes before it; where prices
 * include tax, compound taxes are taken out from the last to the first, and what is then left is shared out over the
 * simple ones, so that net and taxes always add up to the price on the label.
 */
#include "shop/pricing/pricing_int.h"

#include "base/decimal.h"

/* Simple ones first, then by priority, then the older. */
static int
by_turn(const void *left, const void *right)
{
	const struct pricing_tax *a = *(struct pricing_tax *const *)left;
	const struct pricing_tax *b = *(struct pricing_tax *const *)right;

	if (a->compound != b->compound)
		return a->compound ? 1 : -1;
	if (a->priority != b->priority)
		return a->priority < b->priority ? -1 : 1;
	return a->id.n < b->id.n ? -1 : a->id.n > b->id.n;
}

static struct pricing_tax **
taxes_by_turn(struct pricing_work *w)
{
	struct pricing_tax **taxes = ARENA_ARRAY(w->arena, w->p->ntaxes, struct pricing_tax *);

	for (size_t i = 0; i < w->p->ntaxes; i++) {
		taxes[i] = &w->p->taxes[i];
		taxes[i]->taxed_minor = taxes[i]->tax_minor = 0;
	}
	qsort(taxes, w->p->ntaxes, sizeof(struct pricing_tax *), by_turn);
	return taxes;
}

static bool
is_on(const struct pricing_tax *t, const struct pricing_work *w, size_t line)
{
	if (line == w->n)
		return t->on_shipping;
	return !t->class.n || str_eq(t->class, w->lines[line]->tax_class);
}

/* The taxes at hand, of one line. */
struct levied {
	struct pricing_tax **taxes;
	int64_t *bases, *weights;
	struct money_part *parts;
	size_t n;
};

static bool
add_taxes(struct levied *l, int64_t net)
{
	int64_t sum = net;

	for (size_t i = 0; i < l->n; i++) {
		int64_t amount;

		l->bases[i] = l->taxes[i]->compound ? sum : net;
		if (!decimal_scale(l->bases[i], l->taxes[i]->percent, PRICING_WHOLE,
			    ROUND_HALF_EVEN, &amount) ||
			!decimal_add(sum, amount, &sum) || sum > PRICING_MOST)
			return false;
		l->parts[i] = (struct money_part){ amount, amount };
	}
	return true;
}

/* What `gross` is without a tax, or taxes on the same base, of so many percent. */
static int64_t
without(int64_t gross, int64_t percent)
{
	int64_t net;

	must(decimal_scale(gross, PRICING_WHOLE, PRICING_WHOLE + percent, ROUND_HALF_EVEN, &net));
	return net;
}

static void
take_taxes_out(struct arena *a, struct levied *l, int64_t gross)
{
	size_t simple = l->n;
	int64_t net, percent = 0;

	for (; simple && l->taxes[simple - 1]->compound; simple--) {
		net = without(gross, l->taxes[simple - 1]->percent);
		l->bases[simple - 1] = net;
		l->parts[simple - 1] = (struct money_part){ gross - net, gross - net };
		gross = net;
	}
	for (size_t i = 0; i < simple; i++) {
		l->weights[i] = l->taxes[i]->percent;
		percent += l->taxes[i]->percent;
	}
	net = without(gross, percent);
	for (size_t i = 0; i < simple; i++)
		l->bases[i] = net;
	money_split(a, gross - net, l->weights, simple, l->parts);
}

static void
note_taxes(struct pricing_work *w, const struct levied *l, size_t line)
{
	for (size_t i = 0; i < l->n; i++) {
		l->taxes[i]->taxed_minor += l->bases[i];
		l->taxes[i]->tax_minor += l->parts[i].amount;
		pricing_note(w,
			(struct pricing_entry){
				.line = line,
				.kind = PRICING_STEP_tax,
				.tax = l->taxes[i],
				.base_minor = l->bases[i],
				.amount_minor = l->parts[i].amount,
				.rounding_minor = l->parts[i].amount - l->parts[i].nearest,
			});
	}
}

bool
pricing_tax_all(struct pricing_work *w)
{
	struct pricing_tax **taxes = taxes_by_turn(w);
	size_t ntaxes = w->p->ntaxes;
	struct levied l = {
		.taxes = ARENA_ARRAY(w->arena, ntaxes, struct pricing_tax *),
		.bases = ARENA_ARRAY(w->arena, ntaxes, int64_t),
		.weights = ARENA_ARRAY(w->arena, ntaxes, int64_t),
		.parts = ARENA_ARRAY(w->arena, ntaxes, struct money_part),
	};

	for (size_t line = 0; line <= w->n; line++) {
		if (!w->left[line])
			continue;
		l.n = 0;
		for (size_t i = 0; i < ntaxes; i++) {
			if (is_on(taxes[i], w, line))
				l.taxes[l.n++] = taxes[i];
		}
		if (w->p->prices_include_tax)
			take_taxes_out(w->arena, &l, w->left[line]);
		else if (!add_taxes(&l, w->left[line]))
			return false;
		note_taxes(w, &l, line);
	}
	return true;
}

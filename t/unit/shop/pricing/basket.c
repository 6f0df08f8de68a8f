/* What a product is follows from its number, as in a catalogue: lines of the same product have the same shelves and tax. */
#include "basket.h"

#include <time.h>

#define PRODUCTS 9

static const struct str shelves[] = { { "audio", 5 }, { "books", 5 }, { "food", 4 },
	{ "toys", 4 } };
static const struct str classes[] = { { "standard", 8 }, { "reduced", 7 }, { "none", 4 } };

static const struct id products[PRODUCTS] = {
	{ 1 },
	{ 2 },
	{ 3 },
	{ 4 },
	{ 5 },
	{ 6 },
	{ 7 },
	{ 8 },
	{ 9 },
};

uint64_t
basket_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

int64_t
basket_below(uint64_t *state, int64_t n)
{
	return (int64_t)(basket_random(state) % (uint64_t)n);
}

uint64_t
basket_seed(void)
{
	const char *given = getenv("SOUK_SEED");

	return given ? strtoull(given, NULL, 10) | 1 : (uint64_t)time(NULL) * 2654435761U | 1;
}

static bool
one_in(uint64_t *state, int64_t n)
{
	return !basket_below(state, n);
}

/* Prices as shops have them, and now and then a very large one. */
static int64_t
price(uint64_t *state)
{
	static const int64_t tops[] = { 2, 100, 2000, 100000, 100000, 100000, 10000000000 };

	return basket_below(state, tops[basket_below(state, COUNT(tops))]);
}

static struct pricing_words
some_shelves(uint64_t *state, int64_t most)
{
	size_t n = (size_t)basket_below(state, most + 1);

	return (struct pricing_words){
		&shelves[basket_below(state, (int64_t)(COUNT(shelves) - n) + 1)], n
	};
}

static struct pricing_ids
some_products(uint64_t *state, int64_t most)
{
	size_t n = (size_t)basket_below(state, most + 1);

	return (struct pricing_ids){ &products[basket_below(state, (int64_t)(PRODUCTS - n) + 1)],
		n };
}

static void
fill_line(uint64_t *state, struct pricing_line *l)
{
	static const int64_t tops[] = { 1, 3, 3, 10, 1000, 100000 };
	size_t product = (size_t)basket_below(state, PRODUCTS);

	*l = (struct pricing_line){
		.product = products[product],
		.variant = { one_in(state, 2) ? 1000 + basket_below(state, 3) : 0 },
		.categories = { &shelves[product % 3], product % 3 },
		.tax_class = classes[product % COUNT(classes)],
		.quantity = 1 + basket_below(state, tops[basket_below(state, COUNT(tops))]),
		.list_minor = price(state),
		.has_contract = one_in(state, 5),
		.has_override = one_in(state, 6),
	};
	l->contract_minor = l->has_contract ? price(state) : 0;
	l->override_minor = l->has_override ? price(state) : 0;
	l->contract_rule = l->has_contract ? STR("plist_1") : (struct str){ 0 };
}

static int64_t
percent(uint64_t *state)
{
	static const int64_t usual[] = { 50000, 100000, 200000, 333333, 82500, 88750, 1000000 };

	return one_in(state, 3) ? 1 + basket_below(state, PRICING_WHOLE)
				: usual[basket_below(state, COUNT(usual))];
}

static void
fill_rule(struct arena *a, uint64_t *state, struct pricing_rule *r, int64_t number)
{
	*r = (struct pricing_rule){
		.id = { number },
		.name = STR("a rule"),
		.kind = one_in(state, 4) ? PRICING_COUPON : PRICING_AUTOMATIC,
		.type = (enum pricing_type)basket_below(state, 4),
		.class = (enum pricing_class)basket_below(state, PRICING_CLASS__MAX),
		.stacking = one_in(state, 9) ? PRICING_EXCLUSIVE
			: one_in(state, 2)   ? PRICING_COMBINABLE
					     : PRICING_ONE_PER_CLASS,
		.priority = basket_below(state, 4),
		.percent = percent(state),
		.amount_minor = 1 + price(state),
		.buy_quantity = 1 + basket_below(state, 3),
		.get_quantity = 1 + basket_below(state, 3),
		.repeats_most = one_in(state, 4) ? 1 + basket_below(state, 3) : 0,
		.minimum_minor = one_in(state, 4) ? price(state) : 0,
		.minimum_quantity = one_in(state, 4) ? basket_below(state, 5) : 0,
		.products = some_products(state, one_in(state, 2) ? 4 : 0),
		.categories = some_shelves(state, one_in(state, 2) ? 2 : 0),
		.excluded_products = some_products(state, one_in(state, 4) ? 3 : 0),
		.excluded_categories = some_shelves(state, one_in(state, 6) ? 1 : 0),
	};
	r->rule = str_fmt(a, "rule_%" PRId64, number);
}

static void
fill_tax(struct arena *a, uint64_t *state, struct pricing_tax *t, int64_t number)
{
	static const int64_t usual[] = { 190000, 70000, 200000, 82500, 50000, 99750, 0, 1 };

	*t = (struct pricing_tax){
		.id = { number },
		.name = STR("a tax"),
		.class = one_in(state, 2) ? classes[basket_below(state, COUNT(classes))]
					  : (struct str){ 0 },
		.percent = one_in(state, 3) ? basket_below(state, 400000)
					    : usual[basket_below(state, COUNT(usual))],
		.compound = one_in(state, 3),
		.on_shipping = one_in(state, 2),
		.priority = basket_below(state, 3),
	};
	t->rule = str_fmt(a, "tax_%" PRId64, number);
}

void
basket_fill(struct arena *a, uint64_t *state, struct pricing *p)
{
	static const int digits[] = { 0, 2, 2, 3 };

	*p = (struct pricing){
		.digits = digits[basket_below(state, COUNT(digits))],
		.prices_include_tax = one_in(state, 2),
		.nlines = (size_t)basket_below(state, one_in(state, 20) ? 60 : 9),
		.nrules = (size_t)basket_below(state, 7),
		.ntaxes = (size_t)basket_below(state, 5),
		.shipping_minor = one_in(state, 3) ? 0 : price(state),
		.shipping_text = STR("standard"),
	};
	p->lines = ARENA_ARRAY(a, p->nlines, struct pricing_line);
	p->rules = ARENA_ARRAY(a, p->nrules, struct pricing_rule);
	p->taxes = ARENA_ARRAY(a, p->ntaxes, struct pricing_tax);
	for (size_t i = 0; i < p->nlines; i++) {
		fill_line(state, &p->lines[i]);
		p->lines[i].at = i;
	}
	for (size_t i = 0; i < p->nrules; i++)
		fill_rule(a, state, &p->rules[i], (int64_t)i + 1);
	for (size_t i = 0; i < p->ntaxes; i++)
		fill_tax(a, state, &p->taxes[i], (int64_t)i + 1);
}

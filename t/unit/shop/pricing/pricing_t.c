/* Pricing: baskets worked out by hand, and a hundred thousand by chance of which the sums must hold. */
#include "shop/pricing/pricing.h"

#include "tap.h"

#include "basket.h"

#define BASKETS 100000
#define PERCENT(n) ((n)*PRICING_PERCENT)

/* ---- by hand */

static struct arena *arena;

/* The only fault of a basket, "" if there is none. */
static const char *
fault(struct pricing *p)
{
	struct err *e = pricing_compute(arena, p);

	if (!e)
		return "";
	CHECK(e->code == ERR_VALIDATION && e->details);
	return str_z(arena,
		str_fmt(arena, "%.*s %s", STRF(e->details->field),
			reason_word(e->details->reason)));
}

static void
begin(void)
{
	arena = arena_new("test", (size_t)1 << 26);
}

static void
end(void)
{
	arena_free(arena);
}

/* clang-format off */
#define LINE(n, q, ...) { .product = { n }, .at = (n) - 1, .quantity = (q), .list_minor = __VA_ARGS__ }
#define RULE(n, ...) { .id = { n }, .rule = { "disc_" #n, 6 }, .type = __VA_ARGS__ }
#define TAX(n, ...) { .id = { n }, .rule = { "tax_" #n, 5 }, .percent = __VA_ARGS__ }
/* clang-format on */

/* Up to four lines, rules and taxes; what comes of them. */
struct worked {
	const char *what;
	struct pricing_line lines[4];
	struct pricing_rule rules[4];
	struct pricing_tax taxes[4];
	int64_t shipping;
	bool included;
	int64_t discounts[4]; /* of the lines */
	int64_t subtotal, discount_total, shipping_total, tax_total, total;
	enum pricing_outcome outcomes[4];
};

static struct pricing
pricing_of(struct worked *w)
{
	struct pricing p = {
		.digits = 2,
		.lines = w->lines,
		.rules = w->rules,
		.taxes = w->taxes,
		.shipping_minor = w->shipping,
		.prices_include_tax = w->included,
	};

	while (p.nlines < COUNT(w->lines) && w->lines[p.nlines].quantity)
		p.nlines++;
	while (p.nrules < COUNT(w->rules) && w->rules[p.nrules].id.n)
		p.nrules++;
	while (p.ntaxes < COUNT(w->taxes) && w->taxes[p.ntaxes].id.n)
		p.ntaxes++;
	return p;
}

static void
check_worked(struct worked *rows, size_t n)
{
	begin();
	for (size_t i = 0; i < n; i++) {
		struct pricing p = pricing_of(&rows[i]);

		tap_row("%s", rows[i].what);
		CHECK(!pricing_compute(arena, &p));
		CHECK(p.subtotal == rows[i].subtotal);
		CHECK(p.discount_total == rows[i].discount_total);
		CHECK(p.shipping_total == rows[i].shipping_total);
		CHECK(p.tax_total == rows[i].tax_total);
		CHECK(p.total == rows[i].total);
		for (size_t k = 0; k < p.nlines; k++)
			CHECK(p.lines[k].discount == rows[i].discounts[k]);
		for (size_t k = 0; k < p.nrules; k++)
			CHECK(p.rules[k].outcome == rows[i].outcomes[k]);
	}
	end();
}

void
test_pricing__prices_lines(void)
{
	struct worked rows[] = {
		{ .what = "nothing at all" },
		{ "list", { LINE(1, 3, 1999), LINE(2, 1, 1) }, .subtotal = 5998, .total = 5998 },
		{ "contract", { LINE(1, 3, 1999, .has_contract = true, .contract_minor = 1500) },
			.subtotal = 4500, .total = 4500 },
		{ .what = "override beats contract",
			.lines = { LINE(1, 3, 1999, .has_contract = true, .contract_minor = 1500,
				.has_override = true, .override_minor = 0) } },
		{ "only shipping", .shipping = 499, .shipping_total = 499, .total = 499 },
	};

	check_worked(rows, COUNT(rows));
}

void
test_pricing__takes_percentages_and_amounts(void)
{
	struct worked rows[] = {
		{ "20 % of 9.99 is 2.00", { LINE(1, 1, 999) },
			{ RULE(1, PRICING_PERCENTAGE, .percent = PERCENT(20)) },
			.discounts = { 200 }, .subtotal = 999, .discount_total = 200, .total = 799,
			.outcomes = { PRICING_APPLIED } },
		{ "a half goes to the even neighbour: 10 % of 0.25", { LINE(1, 1, 25) },
			{ RULE(1, PRICING_PERCENTAGE, .percent = PERCENT(10)) }, .discounts = { 2 },
			.subtotal = 25, .discount_total = 2, .total = 23,
			.outcomes = { PRICING_APPLIED } },
		{ "10.00 over three equal lines",
			{ LINE(1, 1, 2000), LINE(2, 1, 2000), LINE(3, 1, 2000) },
			{ RULE(1, PRICING_FIXED_AMOUNT, .amount_minor = 1000) },
			.discounts = { 334, 333, 333 }, .subtotal = 6000, .discount_total = 1000,
			.total = 5000, .outcomes = { PRICING_APPLIED } },
		{ "never below 0", { LINE(1, 2, 300) },
			{ RULE(1, PRICING_FIXED_AMOUNT, .amount_minor = 1000) }, .shipping = 499,
			.discounts = { 600 }, .subtotal = 600, .discount_total = 600,
			.shipping_total = 499, .total = 499, .outcomes = { PRICING_APPLIED } },
		{ "100 %", { LINE(1, 2, 300) },
			{ RULE(1, PRICING_PERCENTAGE, .percent = PERCENT(100)) },
			.discounts = { 600 }, .subtotal = 600, .discount_total = 600,
			.outcomes = { PRICING_APPLIED } },
		{ "free shipping", { LINE(1, 1, 300) }, { RULE(1, PRICING_FREE_SHIPPING) },
			.shipping = 499, .subtotal = 300, .total = 300,
			.outcomes = { PRICING_APPLIED } },
		{ "shipping that costs nothing", { LINE(1, 1, 300) },
			{ RULE(1, PRICING_FREE_SHIPPING) }, .subtotal = 300, .total = 300,
			.outcomes = { PRICING_NOTHING } },
		{ "half of shipping", { LINE(1, 1, 300) },
			{ RULE(1, PRICING_PERCENTAGE, .percent = PERCENT(50),
				.class = PRICING_SHIPPING) },
			.shipping = 499, .subtotal = 300, .shipping_total = 249, .total = 549,
			.outcomes = { PRICING_APPLIED } },
	};

	check_worked(rows, COUNT(rows));
}

static const struct id second[] = { { 2 } };
static const struct str audio[] = { { "audio", 5 } };

void
test_pricing__restricts_lines_and_minimums(void)
{
	struct worked rows[] = {
		{ "one product", { LINE(1, 1, 1000), LINE(2, 1, 1000) },
			{ RULE(1, PRICING_PERCENTAGE, .percent = PERCENT(10),
				.products = { second, 1 }) },
			.discounts = { 0, 100 }, .subtotal = 2000, .discount_total = 100,
			.total = 1900, .outcomes = { PRICING_APPLIED } },
		{ "a category", { LINE(1, 1, 1000, .categories = { audio, 1 }), LINE(2, 1, 1000) },
			{ RULE(1, PRICING_PERCENTAGE, .percent = PERCENT(10),
				.categories = { audio, 1 }) },
			.discounts = { 100, 0 }, .subtotal = 2000, .discount_total = 100,
			.total = 1900, .outcomes = { PRICING_APPLIED } },
		{ "all but a product", { LINE(1, 1, 1000), LINE(2, 1, 1000) },
			{ RULE(1, PRICING_PERCENTAGE, .percent = PERCENT(10),
				.excluded_products = { second, 1 }) },
			.discounts = { 100, 0 }, .subtotal = 2000, .discount_total = 100,
			.total = 1900, .outcomes = { PRICING_APPLIED } },
		{ "none of the lines", { LINE(1, 1, 1000) },
			{ RULE(1, PRICING_PERCENTAGE, .percent = PERCENT(10),
				.products = { second, 1 }) },
			.subtotal = 1000, .total = 1000, .outcomes = { PRICING_NO_LINES } },
		{ "the minimum, exactly", { LINE(1, 1, 5000) },
			{ RULE(1, PRICING_PERCENTAGE, .percent = PERCENT(10),
				.minimum_minor = 5000) },
			.discounts = { 500 }, .subtotal = 5000, .discount_total = 500,
			.total = 4500, .outcomes = { PRICING_APPLIED } },
		{ "the minimum of a coupon is tested after automatic discounts",
			{ LINE(1, 1, 5000) },
			{ RULE(1, PRICING_PERCENTAGE, .percent = PERCENT(20),
				  .kind = PRICING_COUPON, .minimum_minor = 5000),
				RULE(2, PRICING_FIXED_AMOUNT, .amount_minor = 1) },
			.discounts = { 1 }, .subtotal = 5000, .discount_total = 1, .total = 4999,
			.outcomes = { PRICING_BELOW_MINIMUM, PRICING_APPLIED } },
		{ "three of a product", { LINE(1, 9, 10), LINE(2, 2, 10) },
			{ RULE(1, PRICING_PERCENTAGE, .percent = PERCENT(20), .minimum_quantity = 3,
				.products = { second, 1 }) },
			.subtotal = 110, .total = 110, .outcomes = { PRICING_BELOW_MINIMUM } },
	};

	check_worked(rows, COUNT(rows));
}

void
test_pricing__stacks_as_told(void)
{
	struct worked rows[] = {
		{ "one of a class, by priority", { LINE(1, 1, 1000) },
			{ RULE(1, PRICING_PERCENTAGE, .percent = PERCENT(10)),
				RULE(2, PRICING_PERCENTAGE, .percent = PERCENT(5), .priority = 1) },
			.discounts = { 50 }, .subtotal = 1000, .discount_total = 50, .total = 950,
			.outcomes = { PRICING_NOT_COMBINED, PRICING_APPLIED } },
		{ "the older of equals", { LINE(1, 1, 1000) },
			{ RULE(2, PRICING_PERCENTAGE, .percent = PERCENT(10)),
				RULE(1, PRICING_PERCENTAGE, .percent = PERCENT(5)) },
			.discounts = { 50 }, .subtotal = 1000, .discount_total = 50, .total = 950,
			.outcomes = { PRICING_NOT_COMBINED, PRICING_APPLIED } },
		{ "one of each class, and a coupon on what is left", { LINE(1, 1, 1000) },
			{ RULE(1, PRICING_PERCENTAGE, .percent = PERCENT(10),
				  .class = PRICING_ORDER),
				RULE(2, PRICING_PERCENTAGE, .percent = PERCENT(50),
					.class = PRICING_PRODUCT),
				RULE(3, PRICING_FREE_SHIPPING),
				RULE(4, PRICING_PERCENTAGE, .percent = PERCENT(20),
					.kind = PRICING_COUPON) },
			.shipping = 300, .discounts = { 640 }, .subtotal = 1000,
			.discount_total = 640, .total = 360,
			.outcomes = { PRICING_APPLIED, PRICING_APPLIED, PRICING_APPLIED,
				PRICING_APPLIED } },
		{ "combinable ones", { LINE(1, 1, 1000) },
			{ RULE(1, PRICING_PERCENTAGE, .percent = PERCENT(10),
				  .stacking = PRICING_COMBINABLE),
				RULE(2, PRICING_PERCENTAGE, .percent = PERCENT(10),
					.stacking = PRICING_COMBINABLE),
				RULE(3, PRICING_PERCENTAGE, .percent = PERCENT(10)) },
			.discounts = { 190 }, .subtotal = 1000, .discount_total = 190, .total = 810,
			.outcomes = { PRICING_APPLIED, PRICING_APPLIED, PRICING_NOT_COMBINED } },
		{ "not with one that is alone", { LINE(1, 1, 1000) },
			{ RULE(1, PRICING_PERCENTAGE, .percent = PERCENT(10),
				  .stacking = PRICING_COMBINABLE),
				RULE(2, PRICING_PERCENTAGE, .percent = PERCENT(20),
					.priority = 1) },
			.discounts = { 200 }, .subtotal = 1000, .discount_total = 200, .total = 800,
			.outcomes = { PRICING_NOT_COMBINED, PRICING_APPLIED } },
		{ "exclusive: no other, no coupon", { LINE(1, 1, 1000) },
			{ RULE(1, PRICING_PERCENTAGE, .percent = PERCENT(10),
				  .stacking = PRICING_EXCLUSIVE, .priority = 9),
				RULE(2, PRICING_FREE_SHIPPING),
				RULE(3, PRICING_PERCENTAGE, .percent = PERCENT(20),
					.kind = PRICING_COUPON) },
			.shipping = 300, .discounts = { 100 }, .subtotal = 1000,
			.discount_total = 100, .shipping_total = 300, .total = 1200,
			.outcomes = { PRICING_APPLIED, PRICING_NOT_COMBINED,
				PRICING_NOT_COMBINED } },
		{ "exclusive, but too late", { LINE(1, 1, 1000) },
			{ RULE(1, PRICING_PERCENTAGE, .percent = PERCENT(50),
				  .stacking = PRICING_EXCLUSIVE),
				RULE(2, PRICING_PERCENTAGE, .percent = PERCENT(10),
					.priority = 9) },
			.discounts = { 100 }, .subtotal = 1000, .discount_total = 100, .total = 900,
			.outcomes = { PRICING_NOT_COMBINED, PRICING_APPLIED } },
		{ "one that can take nothing stands in nobody's way", { LINE(1, 1, 1000) },
			{ RULE(1, PRICING_PERCENTAGE, .percent = PERCENT(50), .priority = 9,
				  .minimum_minor = 2000),
				RULE(2, PRICING_PERCENTAGE, .percent = PERCENT(10)) },
			.discounts = { 100 }, .subtotal = 1000, .discount_total = 100, .total = 900,
			.outcomes = { PRICING_BELOW_MINIMUM, PRICING_APPLIED } },
	};

	check_worked(rows, COUNT(rows));
}

/* clang-format off */
#define TWO_PLUS(...) RULE(1, PRICING_BUY_X_GET_Y, .percent = PRICING_WHOLE, .buy_quantity = 2, .get_quantity = __VA_ARGS__)
/* clang-format on */

void
test_pricing__frees_the_cheapest(void)
{
	struct worked rows[] = {
		{ "two are too few", { LINE(1, 2, 1000) }, { TWO_PLUS(1) }, .subtotal = 2000,
			.total = 2000, .outcomes = { PRICING_NOTHING } },
		{ "the cheapest of three lines",
			{ LINE(1, 1, 3000), LINE(2, 1, 1000), LINE(3, 1, 2000) }, { TWO_PLUS(1) },
			.discounts = { 0, 1000, 0 }, .subtotal = 6000, .discount_total = 1000,
			.total = 5000, .outcomes = { PRICING_APPLIED } },
		{ "seven give two, over lines", { LINE(1, 6, 3000), LINE(2, 1, 1000) },
			{ TWO_PLUS(1) }, .discounts = { 3000, 1000 }, .subtotal = 19000,
			.discount_total = 4000, .total = 15000, .outcomes = { PRICING_APPLIED } },
		{ "once only", { LINE(1, 9, 3000) }, { TWO_PLUS(1, .repeats_most = 1) },
			.discounts = { 3000 }, .subtotal = 27000, .discount_total = 3000,
			.total = 24000, .outcomes = { PRICING_APPLIED } },
		{ "half the price, a half cent to the even one", { LINE(1, 3, 333) },
			{ RULE(1, PRICING_BUY_X_GET_Y, .percent = PERCENT(50), .buy_quantity = 2,
				.get_quantity = 1) },
			.discounts = { 166 }, .subtotal = 999, .discount_total = 166, .total = 833,
			.outcomes = { PRICING_APPLIED } },
		{ "two for two: the third is half the gift", { LINE(1, 3, 500) },
			{ RULE(1, PRICING_BUY_X_GET_Y, .percent = PRICING_WHOLE, .buy_quantity = 2,
				.get_quantity = 2) },
			.discounts = { 500 }, .subtotal = 1500, .discount_total = 500,
			.total = 1000, .outcomes = { PRICING_APPLIED } },
		{ "a gift is no cheapest unit", { LINE(1, 3, 500), LINE(2, 1, 0) }, { TWO_PLUS(1) },
			.discounts = { 500, 0 }, .subtotal = 1500, .discount_total = 500,
			.total = 1000, .outcomes = { PRICING_APPLIED } },
		{ "a thousand million", { LINE(1, 1000000000, 3), LINE(2, 1000000000, 2) },
			{ TWO_PLUS(1) }, .discounts = { 0, 1333333332 }, .subtotal = 5000000000,
			.discount_total = 1333333332, .total = 3666666668,
			.outcomes = { PRICING_APPLIED } },
	};

	check_worked(rows, COUNT(rows));
}

void
test_pricing__taxes_what_is_left(void)
{
	struct worked rows[] = {
		{ "8.25 % of 19.99", { LINE(1, 1, 1999) }, .taxes = { TAX(1, 82500) },
			.subtotal = 1999, .tax_total = 165, .total = 2164 },
		{ "after discounts, on shipping too", { LINE(1, 1, 2000) },
			{ RULE(1, PRICING_PERCENTAGE, .percent = PERCENT(50)) },
			{ TAX(1, PERCENT(10), .on_shipping = true) }, .shipping = 500,
			.discounts = { 1000 }, .subtotal = 2000, .discount_total = 1000,
			.shipping_total = 500, .tax_total = 150, .total = 1650,
			.outcomes = { PRICING_APPLIED } },
		{ "each line by itself: 0.5 is 0, 1.5 is 2", { LINE(1, 1, 5), LINE(2, 1, 15) },
			.taxes = { TAX(1, PERCENT(10)) }, .subtotal = 20, .tax_total = 2,
			.total = 22 },
		{ "by class",
			{ LINE(1, 1, 1000, .tax_class = STR("reduced")),
				LINE(2, 1, 1000, .tax_class = STR("standard")) },
			.taxes = { TAX(1, PERCENT(7), .class = STR("reduced")),
				TAX(2, PERCENT(19), .class = STR("standard")) },
			.subtotal = 2000, .tax_total = 260, .total = 2260 },
		{ "a tax on a tax: 5 % and 9.975 % on both", { LINE(1, 1, 10000) },
			.taxes = { TAX(1, 99750, .compound = true), TAX(2, PERCENT(5)) },
			.subtotal = 10000, .tax_total = 500 + 1047, .total = 11547 },
		{ "19 % are in 119.00", { LINE(1, 1, 11900) }, .taxes = { TAX(1, PERCENT(19)) },
			.included = true, .subtotal = 11900, .tax_total = 1900, .total = 11900 },
		{ "two rates in one price", { LINE(1, 1, 10825) },
			.taxes = { TAX(1, PERCENT(6)), TAX(2, 22500) }, .included = true,
			.subtotal = 10825, .tax_total = 825, .total = 10825 },
		{ "a tax on a tax in the price", { LINE(1, 1, 11547) },
			.taxes = { TAX(1, 99750, .compound = true), TAX(2, PERCENT(5)) },
			.included = true, .subtotal = 11547, .tax_total = 1547, .total = 11547 },
		{ "shipping has its tax in it", { LINE(1, 1, 11900) },
			.taxes = { TAX(1, PERCENT(19), .on_shipping = true) }, .shipping = 595,
			.included = true, .subtotal = 11900, .shipping_total = 595,
			.tax_total = 1995, .total = 12495 },
	};

	check_worked(rows, COUNT(rows));
}

static const struct {
	enum pricing_step_kind kind;
	int64_t amount, after, unit;
} explained[] = {
	{ PRICING_STEP_list, 3000, 3000, 1000 },
	{ PRICING_STEP_contract, -300, 2700, 900 },
	{ PRICING_STEP_override, 300, 3000, 1000 },
	{ PRICING_STEP_automatic, -33, 2967, 1000 },
	{ PRICING_STEP_rounding, -1, 2966, 1000 },
	{ PRICING_STEP_coupon, -1483, 1483, 1000 },
	{ PRICING_STEP_tax, 148, 1631, 1000 },
};

void
test_pricing__explains_each_line(void)
{
	struct pricing_line lines[] = {
		LINE(1, 3, 1000, .has_contract = true, .contract_minor = 900,
			.contract_rule = STR("plist_1"), .has_override = true,
			.override_minor = 1000),
		LINE(2, 1, 3000),
		LINE(3, 1, 3000),
	};
	struct pricing_rule rules[] = {
		RULE(1, PRICING_FIXED_AMOUNT, .amount_minor = 100),
		RULE(2, PRICING_PERCENTAGE, .percent = PERCENT(50), .kind = PRICING_COUPON,
			.products = { (struct id[]){ { 1 } }, 1 }),
	};
	struct pricing_tax taxes[] = { TAX(1, PERCENT(10)) };
	struct pricing p = { .lines = lines,
		.nlines = 3,
		.rules = rules,
		.nrules = 2,
		.taxes = taxes,
		.ntaxes = 1 };

	begin();
	CHECK_STR(str_of(fault(&p)), "");
	CHECK(lines[0].nsteps == COUNT(explained));
	for (size_t i = 0; i < MIN(lines[0].nsteps, COUNT(explained)); i++) {
		const struct pricing_step *s = &lines[0].steps[i];

		tap_row("step %zu", i);
		CHECK(s->kind == explained[i].kind);
		CHECK(s->amount_minor == explained[i].amount);
		CHECK(s->after_minor == explained[i].after);
		CHECK(s->unit_minor == explained[i].unit);
	}
	CHECK_STR(lines[0].steps[1].rule, "plist_1");
	CHECK_STR(lines[0].steps[4].rule, "disc_1");
	CHECK(lines[0].ndiscounts == 2 && lines[0].discounts[0].amount_minor == 34);
	CHECK_STR(str_of(pricing_step_word(PRICING_STEP_override)), "override");
	end();
}

void
test_pricing__refuses_what_is_too_much(void)
{
	static const struct {
		struct pricing_line line;
		int64_t shipping, tax;
		const char *want;
	} rows[] = {
		{ LINE(1, 0, 100), 0, 0, "items[0].quantity too_small" },
		{ LINE(1, -5, 100), 0, 0, "items[0].quantity too_small" },
		{ LINE(1, INT64_MIN, 100), 0, 0, "items[0].quantity too_small" },
		{ LINE(1, 1000000001, 0), 0, 0, "items[0].quantity too_large" },
		{ LINE(1, 1000000000000, 1), 0, 0, "items[0].quantity too_large" },
		{ LINE(1, 1000000000, 1000000000000000), 0, 0, "items[0].quantity too_large" },
		{ LINE(1, 1000000000, INT64_MAX), 0, 0, "items[0].quantity too_large" },
		{ LINE(1, 1, PRICING_MOST + 1), 0, 0, "items[0].quantity too_large" },
		{ LINE(1, 1, -1), 0, 0, "items[0].price too_small" },
		{ LINE(1, 1, INT64_MIN), 0, 0, "items[0].price too_small" },
		{ LINE(1, 1, 1, .has_override = true, .override_minor = -1), 0, 0,
			"items[0].price too_small" },
		{ LINE(1, 2, 1, .has_override = true, .override_minor = INT64_MAX), 0, 0,
			"items[0].quantity too_large" },
		{ LINE(1, 2, 1, .has_contract = true, .contract_minor = INT64_MAX), 0, 0,
			"items[0].quantity too_large" },
		{ LINE(1, 1, PRICING_MOST), 0, 0, "" },
		{ LINE(1, 1, PRICING_MOST), 0, PERCENT(1), "items too_large" },
		{ LINE(1, 1, PRICING_MOST), 0, INT64_MAX - PRICING_WHOLE, "items too_large" },
		{ LINE(1, 1, PRICING_MOST), 1, 0, "items too_large" },
		{ LINE(1, 1000000000, 9007199), 0, 0, "" },
	};

	begin();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pricing_line line = rows[i].line;
		struct pricing_tax tax = TAX(1, rows[i].tax);
		struct pricing p = { .lines = &line,
			.nlines = 1,
			.taxes = &tax,
			.ntaxes = 1,
			.shipping_minor = rows[i].shipping };

		tap_row("row %zu", i);
		CHECK_STR(str_of(fault(&p)), rows[i].want);
	}
	end();
}

void
test_pricing__names_every_line_at_fault(void)
{
	struct pricing_line lines[] = { LINE(1, 0, 1), LINE(2, 1, 1), LINE(3, 1, -1) };
	struct pricing_line heavy[] = { LINE(1, 1, PRICING_MOST), LINE(2, 1, PRICING_MOST),
		LINE(3, 1, PRICING_MOST) };
	struct pricing p = { .lines = lines, .nlines = 3, .field = "lines" };
	struct pricing q = { .lines = heavy, .nlines = 3 };
	struct err *e;

	begin();
	e = pricing_compute(arena, &p);
	CHECK(e && e->ndetails == 2);
	CHECK_STR(e->details->next->field, "lines[2].price");
	CHECK_STR(str_of(fault(&q)), "items too_large");
	end();
}

/* ---- by chance */

static bool
line_holds(const struct pricing *p, const struct pricing_line *l)
{
	int64_t discount = 0, tax = 0, after = 0, included = 0;
	bool good = l->subtotal == l->unit_minor * l->quantity;

	for (size_t i = 0; i < l->ndiscounts; i++) {
		discount += l->discounts[i].amount_minor;
		good = good && l->discounts[i].amount_minor > 0;
	}
	for (size_t i = 0; i < l->ntaxes; i++) {
		tax += l->taxes[i].amount_minor;
		good = good && l->taxes[i].amount_minor >= 0 && l->taxes[i].base_minor >= 0;
	}
	for (size_t i = 0; i < l->nsteps; i++) {
		after += l->steps[i].amount_minor;
		included += l->steps[i].included_minor;
		good = good && after == l->steps[i].after_minor && after >= 0;
	}
	good = good && discount == l->discount && discount <= l->subtotal && tax == l->tax;
	good = good && after == l->total && l->net == l->total - l->tax && l->net >= 0;
	good = good && included == (p->prices_include_tax ? tax : 0);
	return good && l->total == l->subtotal - l->discount + (p->prices_include_tax ? 0 : tax);
}

static int64_t
discount_of(const struct pricing_line *l, const struct pricing_rule *r)
{
	int64_t sum = 0;

	for (size_t i = 0; i < l->ndiscounts; i++)
		sum += l->discounts[i].rule == r ? l->discounts[i].amount_minor : 0;
	return sum;
}

static bool
rules_hold(const struct pricing *p)
{
	int64_t all = 0, tax = 0;
	bool good = true;

	for (size_t i = 0; i < p->nrules; i++) {
		int64_t sum = discount_of(&p->shipping, &p->rules[i]);

		for (size_t k = 0; k < p->nlines; k++)
			sum += discount_of(&p->lines[k], &p->rules[i]);
		good = good && sum == p->rules[i].discount_minor &&
			(sum > 0) == (p->rules[i].outcome == PRICING_APPLIED);
		all += sum;
	}
	for (size_t i = 0; i < p->ntaxes; i++)
		tax += p->taxes[i].tax_minor;
	return good && all == p->discount_total + p->shipping.discount && tax == p->tax_total;
}

static bool
sums_hold(const struct pricing *p)
{
	int64_t subtotal = 0, discount = 0, total = p->shipping.total, net = p->shipping.net;
	bool good = line_holds(p, &p->shipping);

	for (size_t i = 0; i < p->nlines; i++) {
		const struct pricing_line *l = &p->lines[i];

		good = good && line_holds(p, l);
		subtotal += l->subtotal;
		discount += l->discount;
		total += l->total;
		net += l->net;
	}
	good = good && subtotal == p->subtotal && discount == p->discount_total;
	good = good && total == p->total && net + p->tax_total == p->total;
	return good &&
		p->total ==
		p->subtotal - p->discount_total + p->shipping_total +
			(p->prices_include_tax ? 0 : p->tax_total);
}

/* Fisher and Yates. */
#define SHUFFLE(state, p, n, type)                                                                 \
	for (size_t at = (n); at > 1; at--) {                                                      \
		size_t other = (size_t)basket_below((state), (int64_t)at);                         \
		type kept = (p)[at - 1];                                                           \
                                                                                                   \
		(p)[at - 1] = (p)[other];                                                          \
		(p)[other] = kept;                                                                 \
	}

/* The same basket with all its lists in another order. */
static struct pricing
shuffled(uint64_t *state, const struct pricing *p)
{
	struct pricing q = *p;

	q.lines = ARENA_ARRAY(arena, q.nlines, struct pricing_line);
	q.rules = ARENA_ARRAY(arena, q.nrules, struct pricing_rule);
	q.taxes = ARENA_ARRAY(arena, q.ntaxes, struct pricing_tax);
	for (size_t i = 0; i < q.nlines; i++)
		q.lines[i] = p->lines[i];
	for (size_t i = 0; i < q.nrules; i++)
		q.rules[i] = p->rules[i];
	for (size_t i = 0; i < q.ntaxes; i++)
		q.taxes[i] = p->taxes[i];
	SHUFFLE(state, q.lines, q.nlines, struct pricing_line)
	SHUFFLE(state, q.rules, q.nrules, struct pricing_rule)
	SHUFFLE(state, q.taxes, q.ntaxes, struct pricing_tax)
	return q;
}

static bool
rules_same(const struct pricing *p, const struct pricing *q)
{
	bool same = true;

	for (size_t i = 0; i < q->nrules; i++) {
		const struct pricing_rule *r = &p->rules[q->rules[i].id.n - 1];

		same = same && r->discount_minor == q->rules[i].discount_minor &&
			r->outcome == q->rules[i].outcome;
	}
	for (size_t i = 0; i < q->ntaxes; i++)
		same = same && p->taxes[q->taxes[i].id.n - 1].tax_minor == q->taxes[i].tax_minor;
	return same;
}

static bool
order_is_nothing(uint64_t *state, struct pricing *p)
{
	struct pricing q = shuffled(state, p);

	return !pricing_compute(arena, &q) && sums_hold(&q) && rules_hold(&q) &&
		q.total == p->total && q.tax_total == p->tax_total &&
		q.discount_total == p->discount_total && q.shipping_total == p->shipping_total &&
		rules_same(p, &q);
}

void
test_pricing__adds_up_by_chance(void)
{
	uint64_t seed = basket_seed(), state = seed;
	int applied = 0, taxed = 0;

	begin();
	printf("# seed %" PRIu64 "\n", seed);
	for (int i = 0; i < BASKETS; i++) {
		struct arena_mark mark = arena_mark(arena);
		struct pricing p;

		tap_row("seed %" PRIu64 ", basket %d", seed, i);
		basket_fill(arena, &state, &p);
		if (!CHECK(!pricing_compute(arena, &p)) || !CHECK(sums_hold(&p)) ||
			!CHECK(rules_hold(&p)) || !CHECK(order_is_nothing(&state, &p)))
			break;
		applied += p.discount_total > 0;
		taxed += p.tax_total > 0;
		arena_rewind(arena, mark);
	}
	CHECK(applied > BASKETS / 4 && taxed > BASKETS / 4);
	end();
}

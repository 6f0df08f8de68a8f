/* POST /tax/calculate: what tax comes to, without a cart or an order. Computed as theirs is. */
#include "model/rec.h"
#include "shop/address/address.h"
#include "shop/tax/tax_int.h"

static operation_fn calculate;

/* ---- what is sent */

enum { TO_COUNTRY, TO_STATE, TO_CITY, TO_ZIP, TO__MAX };
static const struct field to_fields[TO__MAX] = {
	[TO_COUNTRY] = STRING("country", DOC("Country (ISO 3166-1 alpha-2), taken in any case."),
		.flags = F_REQUIRED, COUNTRY_CODE, .example = "US"),
	[TO_STATE] =
		STRING("state", DOC("State, as tax rates write it."), .max = 64, .example = "CA"),
	[TO_CITY] = STRING("city", DOC("City."), .max = 64, .example = "Los Angeles"),
	[TO_ZIP] = STRING(
		"zip", DOC("Postal code."), .alias = "postal_code", .max = 16, .example = "90012"),
};
static const struct resource to_shape =
	SHAPE("tax_address", to_fields, DOC("The part of an address that tax depends on."));

enum { ITEM_PRICE, ITEM_AMOUNT, ITEM_QUANTITY, ITEM_CLASS, ITEM__MAX };
static const struct field item_fields[ITEM__MAX] = {
	[ITEM_PRICE] = PRICE("price", DOC("Of one unit; either this or amount is given."),
		.max = PRICING_MOST, .money_in = "currency", .example = "199.99"),
	[ITEM_AMOUNT] = AMOUNT("amount", DOC("The same in minor units (19999)."),
		.max = PRICING_MOST, .money_in = "currency"),
	[ITEM_QUANTITY] = INTEGER("quantity", DOC("How many units."), .min = 1,
		.max = PRICING_QUANTITY_MOST, .initial = "1", .example = "2"),
	[ITEM_CLASS] = STRING(
		"tax_class", DOC("Which rates are taken of it."), TAX_CLASS, .initial = "standard"),
};
static const struct resource item_shape =
	SHAPE("tax_item", item_fields, DOC("Something that is sold, to be taxed."));

enum { ASK_ADDRESS, ASK_CURRENCY, ASK_ITEMS, ASK_SHIPPING, ASK__MAX };
static const struct field ask_fields[ASK__MAX] = {
	[ASK_ADDRESS] = OBJECT("address", &to_shape,
		DOC("Where it is sold to. Without one, the country that X-Region names.")),
	[ASK_CURRENCY] = STRING("currency",
		DOC("What all the money is in (ISO 4217); without: the shop's own currency."),
		.max = 3, .known = known_currency,
		.pattern_doc = "the code of a currency such as USD (ISO 4217)", .example = "USD"),
	[ASK_ITEMS] = OBJECTS("items", &item_shape, DOC("What is sold."), .flags = F_REQUIRED,
		.min = 1, .max = 500),
	[ASK_SHIPPING] = PRICE("shipping_price", DOC("What shipping costs."), .max = PRICING_MOST,
		.money_in = "currency", .initial = "0", .example = "9.99"),
};
static const struct resource ask_shape =
	SHAPE("tax_question", ask_fields, DOC("What is to be taxed, and where."));

/* ---- what is answered */

enum { LEVY_RATE_ID, LEVY_NAME, LEVY_RATE, LEVY_BASE, LEVY_TAX, LEVY__MAX };
static const struct field levy_fields[LEVY__MAX] = {
	[LEVY_RATE_ID] =
		REF("tax_rate_id", "tax_rate", DOC("By which tax rate."), .example = "tax_001"),
	[LEVY_NAME] = STRING("name", DOC("The rate's name."), .example = "California sales tax"),
	[LEVY_RATE] = DECIMAL("rate", TAX_DIGITS, DOC("Percent."), .example = "7.25"),
	[LEVY_BASE] = PRICE("taxable_total", DOC("What it was taken of."), .money_in = "currency",
		.example = "399.98"),
	[LEVY_TAX] =
		PRICE("tax_total", DOC("The tax."), .money_in = "currency", .example = "29.00"),
};
static const struct resource levy_shape =
	SHAPE("levied_tax", levy_fields, DOC("What one tax rate comes to."));

enum {
	LINE_CLASS,
	LINE_QUANTITY,
	LINE_PRICE,
	LINE_SUBTOTAL,
	LINE_TAX,
	LINE_TOTAL,
	LINE_TAXES,
	LINE__MAX
};
static const struct field line_fields[LINE__MAX] = {
	[LINE_CLASS] =
		STRING("tax_class", DOC("Its tax class; null: shipping."), .example = "standard"),
	[LINE_QUANTITY] = INTEGER("quantity", DOC("How many units."), .example = "2"),
	[LINE_PRICE] = PRICE("price", DOC("Of one unit, as it was sent."), .money_in = "currency",
		.example = "199.99"),
	[LINE_SUBTOTAL] = PRICE("subtotal", DOC("Price times quantity."), .money_in = "currency",
		.example = "399.98"),
	[LINE_TAX] = PRICE("tax_total",
		DOC("Its taxes: on top of the subtotal or, with "
		    "prices_include_tax, a part of it."),
		.money_in = "currency", .example = "29.00"),
	[LINE_TOTAL] =
		PRICE("total", DOC("With the tax."), .money_in = "currency", .example = "428.98"),
	[LINE_TAXES] = OBJECTS("taxes", &levy_shape, DOC("Its taxes, one by one."), .max = 1000),
};
static const struct resource line_shape =
	SHAPE("taxed_item", line_fields, DOC("What was asked about, with its tax."));

enum {
	SUM_CURRENCY,
	SUM_INCLUDED,
	SUM_ITEMS,
	SUM_SHIPPING,
	SUM_SUBTOTAL,
	SUM_SHIPPING_TOTAL,
	SUM_TAX,
	SUM_TOTAL,
	SUM_TAXES,
	SUM__MAX
};
static const struct field sum_fields[SUM__MAX] = {
	[SUM_CURRENCY] =
		STRING("currency", DOC("What all the money is in (ISO 4217)."), .example = "USD"),
	[SUM_INCLUDED] = BOOL("prices_include_tax",
		DOC("Whether the prices have the tax in them there."), .example = "false"),
	[SUM_ITEMS] = OBJECTS("items", &line_shape,
		DOC("One for each that was sent, in that order."), .max = 500),
	[SUM_SHIPPING] = OBJECT("shipping", &line_shape, DOC("The same of shipping."),
		.example = "{\"tax_class\":null,\"quantity\":1,\"price\":9.99,\"subtotal\":9.99,"
			   "\"tax_total\":0.00,\"total\":9.99,\"taxes\":[]}"),
	[SUM_SUBTOTAL] = PRICE("subtotal", DOC("Sum of the items' subtotals."),
		.money_in = "currency", .example = "399.98"),
	[SUM_SHIPPING_TOTAL] = PRICE("shipping_total", DOC("What shipping costs, as it was sent."),
		.money_in = "currency", .example = "9.99"),
	[SUM_TAX] = PRICE("tax_total", DOC("All taxes, shipping's too."), .money_in = "currency",
		.example = "29.00"),
	[SUM_TOTAL] = PRICE(
		"total", DOC("What is to be paid."), .money_in = "currency", .example = "438.97"),
	[SUM_TAXES] = OBJECTS("taxes", &levy_shape,
		DOC("What each tax rate comes to, over all items and shipping. These, and the "
		    "items' "
		    "taxes, add up to tax_total."),
		.max = 1000),
};
static const struct resource sum_shape =
	SHAPE("tax_calculation", sum_fields, DOC("Tax, computed as carts and orders compute it."));

const struct operation tax_operations[1] = {
	OPERATION("calculate_tax", "POST", "tax/calculate", calculate, .scope = "tax:read",
		.input = &ask_shape, .output = &sum_shape,
		DOC("Tells what tax comes to at a place, item by item. Nothing is stored.")),
};

/* ---- the question as a basket */

static struct err *
find_taxes(struct ctx *cx, const struct rec *ask, struct pricing *p)
{
	struct tax_place place = { 0 };
	struct taxes found;
	struct rec *to;
	struct err *e = rec_object(cx, ask, ASK_ADDRESS, &to);

	if (e)
		return e;
	if (!to && !cx->shown.region.n)
		return rec_refuse(cx, ask, ASK_ADDRESS, REASON_REQUIRED,
			"must be given, unless X-Region names a country");
	if (to)
		place = (struct tax_place){ rec_str(to, TO_COUNTRY), rec_str(to, TO_STATE),
			rec_str(to, TO_CITY), rec_str(to, TO_ZIP) };
	e = tax_find(cx, &place, &found);
	p->taxes = found.taxes;
	p->ntaxes = found.ntaxes;
	p->prices_include_tax = found.prices_include_tax;
	return e;
}

/* One price, told in one of two ways. */
static struct err *
read_price(struct ctx *cx, const struct rec *item, int64_t *out)
{
	bool decimal = rec_has(item, ITEM_PRICE), minor = rec_has(item, ITEM_AMOUNT);

	if (decimal && minor)
		return rec_refuse(cx, item, ITEM_AMOUNT, REASON_TWICE,
			"must not be given beside price, which says the same");
	if (!decimal && !minor)
		return rec_refuse(
			cx, item, ITEM_PRICE, REASON_REQUIRED, "must be given, or amount");
	*out = rec_money(item, decimal ? ITEM_PRICE : ITEM_AMOUNT);
	return NULL;
}

static struct err *
fill_lines(struct ctx *cx, const struct recs *items, struct pricing *p)
{
	struct err *e = NULL;

	p->nlines = items->n;
	p->lines = ARENA_ARRAY(cx->arena, items->n, struct pricing_line);
	for (size_t i = 0; i < items->n; i++) {
		const struct rec *item = items->r[i];
		struct pricing_line *line = &p->lines[i];

		line->at = i;
		line->quantity = rec_int(item, ITEM_QUANTITY);
		line->tax_class = rec_str(item, ITEM_CLASS);
		e = err_join(e, read_price(cx, item, &line->list_minor));
	}
	return e;
}

/* ---- the basket as an answer */

static void
set_levy(struct rec *to, const struct pricing_tax *tax, int64_t base, int64_t amount)
{
	rec_set_ref(to, LEVY_RATE_ID, tax->id);
	rec_set_str(to, LEVY_NAME, tax->name);
	rec_set_decimal(to, LEVY_RATE, tax->percent);
	rec_set_money(to, LEVY_BASE, base);
	rec_set_money(to, LEVY_TAX, amount);
}

static struct rec *
line_of(struct ctx *cx, const struct pricing_line *line)
{
	struct rec *to = rec_new(cx->arena, &line_shape);
	struct recs levies = { .r = ARENA_ARRAY(cx->arena, line->ntaxes, struct rec *) };

	for (size_t i = 0; i < line->ntaxes; i++) {
		levies.r[levies.n] = rec_new(cx->arena, &levy_shape);
		set_levy(levies.r[levies.n++], line->taxes[i].tax, line->taxes[i].base_minor,
			line->taxes[i].amount_minor);
	}
	if (line->tax_class.p)
		rec_set_str(to, LINE_CLASS, line->tax_class);
	rec_set_int(to, LINE_QUANTITY, line->quantity);
	rec_set_money(to, LINE_PRICE, line->unit_minor);
	rec_set_money(to, LINE_SUBTOTAL, line->subtotal);
	rec_set_money(to, LINE_TAX, line->tax);
	rec_set_money(to, LINE_TOTAL, line->total);
	rec_set_objects(cx, to, LINE_TAXES, &levies);
	return to;
}

static void
set_items(struct ctx *cx, struct rec *sum, const struct pricing *p)
{
	struct recs items = { ARENA_ARRAY(cx->arena, p->nlines, struct rec *), p->nlines, true };

	for (size_t i = 0; i < p->nlines; i++)
		items.r[i] = line_of(cx, &p->lines[i]);
	rec_set_objects(cx, sum, SUM_ITEMS, &items);
	rec_set_object(cx, sum, SUM_SHIPPING, line_of(cx, &p->shipping));
}

/* Rates that nothing was taken by are left out. */
static void
set_taxes(struct ctx *cx, struct rec *sum, const struct pricing *p)
{
	struct recs levies = { .r = ARENA_ARRAY(cx->arena, p->ntaxes, struct rec *) };

	for (size_t i = 0; i < p->ntaxes; i++) {
		const struct pricing_tax *tax = &p->taxes[i];

		if (!tax->taxed_minor)
			continue;
		levies.r[levies.n] = rec_new(cx->arena, &levy_shape);
		set_levy(levies.r[levies.n++], tax, tax->taxed_minor, tax->tax_minor);
	}
	rec_set_objects(cx, sum, SUM_TAXES, &levies);
}

static struct rec *
answer(struct ctx *cx, const struct pricing *p)
{
	struct rec *sum = rec_new(cx->arena, &sum_shape);

	rec_set_str(sum, SUM_CURRENCY, p->currency);
	rec_set_bool(sum, SUM_INCLUDED, p->prices_include_tax);
	set_items(cx, sum, p);
	rec_set_money(sum, SUM_SUBTOTAL, p->subtotal);
	rec_set_money(sum, SUM_SHIPPING_TOTAL, p->shipping_total);
	rec_set_money(sum, SUM_TAX, p->tax_total);
	rec_set_money(sum, SUM_TOTAL, p->total);
	set_taxes(cx, sum, p);
	return sum;
}

static struct err *
calculate(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	const struct rec *ask = call->input;
	struct pricing p = {
		.currency = rec_has(ask, ASK_CURRENCY) ? rec_str(ask, ASK_CURRENCY) : cx->currency,
		.digits = rec_digits(cx, ask, ASK_SHIPPING),
		.shipping_minor = rec_money(ask, ASK_SHIPPING),
	};
	struct recs items;
	struct err *e = rec_objects(cx, ask, ASK_ITEMS, &items);

	e = e ? e : fill_lines(cx, &items, &p);
	e = err_join(e, find_taxes(cx, ask, &p));
	e = e ? e : pricing_compute(cx->arena, &p);
	if (!e)
		*out = answer(cx, &p);
	return e;
}

/* A discount that applies by itself, to whatever basket fulfils its conditions. */
#include "shop/promotions/discount.h"
#include "model/kept.h"
#include "model/rec.h"

static rule_fn discount_check, discount_apply;

#define UNITS_MOST 1000

static const struct choice discount_types[] = {
	[PRICING_PERCENTAGE] = { "percentage", "amount percent off" },
	[PRICING_FIXED_AMOUNT] = { "fixed_amount", "amount off, in minor units" },
	[PRICING_FREE_SHIPPING] = { "free_shipping", "nothing to pay for shipping" },
	[PRICING_BUY_X_GET_Y] = { "buy_x_get_y",
		"of each buy_quantity + get_quantity units get_quantity are free, the cheapest" },
};

static const struct choice classes[] = {
	[PRICING_PRODUCT] = { "product", "the goods that it is for" },
	[PRICING_ORDER] = { "order", "the whole order" },
	[PRICING_SHIPPING] = { "shipping", "the price of shipping" },
};

static const struct choice stackings[] = {
	[PRICING_ONE_PER_CLASS] = { "one_per_class",
		"of those that apply to the same, the first by priority alone" },
	[PRICING_COMBINABLE] = { "combinable",
		"together with others that apply to the same and are combinable" },
	[PRICING_EXCLUSIVE] = { "exclusive", "with no other discount and no coupon" },
};

static const struct choice statuses[] = {
	[DISCOUNT_ACTIVE] = { "active", "applies on the days that it says" },
	[DISCOUNT_PAUSED] = { "paused", "does not apply" },
	[DISCOUNT_ARCHIVED] = { "archived", "is over" },
};

static const struct field condition_fields[CONDITION__MAX] = {
	[CONDITION_MINIMUM_AMOUNT] = TERMS_ROWS,
	[CONDITION_BUY_QUANTITY] =
		INTEGER("buy_quantity", DOC("Of buy_x_get_y: how many units are paid for."),
			.min = 1, .max = UNITS_MOST, .example = "2"),
	[CONDITION_GET_QUANTITY] =
		INTEGER("get_quantity", DOC("Of buy_x_get_y: how many more are free, or cheaper."),
			.min = 1, .max = UNITS_MOST, .example = "1"),
	[CONDITION_GET_PERCENT] =
		DECIMAL("get_percent", 4, DOC("By how many percent those are cheaper; null: free."),
			.min = 1, .max = PRICING_WHOLE, .example = "50"),
	[CONDITION_MAX_REPEATS] = INTEGER("max_repeats",
		DOC("How often in one order; null: as often as there are units."), .min = 1,
		.max = UNITS_MOST, .example = "1"),
};

static const struct resource conditions_shape = SHAPE("discount_conditions", condition_fields,
	DOC("What a basket must be for a discount to apply. All of it must hold."));

static const struct field discount_fields[DISCOUNT__MAX] = {
	[DISCOUNT_NAME] = STRING("name", DOC("What the buyer reads."),
		.flags = F_REQUIRED | F_FILTER | F_SORT | F_SEARCH, .max = 255, .index = "name",
		.example = "Buy 2 Get 1 Free"),
	[DISCOUNT_TYPE] = ENUM("type", discount_types, DOC("What it takes off."),
		.flags = F_REQUIRED | F_FILTER, .index = "type", .example = "percentage"),
	[DISCOUNT_AMOUNT] = AMOUNT_ROW("How much: percent of a percentage, minor units of a "
				       "fixed_amount; else of no account."),
	[DISCOUNT_CURRENCY] = CURRENCY_ROW,
	[DISCOUNT_APPLIES_TO] = ENUM("applies_to", classes,
		DOC("Of what it takes. null: shipping if it is free_shipping; product if it is "
		    "buy_x_get_y, or "
		    "for some products; else the order."),
		.example = "order"),
	[DISCOUNT_CONDITIONS] = OBJECT(
		"conditions", &conditions_shape, DOC("What a basket must be for it to apply.")),
	[DISCOUNT_PRIORITY] =
		INTEGER("priority", DOC("The higher is applied first; among equals the older."),
			.flags = F_FILTER | F_SORT, .index = "priority", .min = 0, .max = 1000000,
			.initial = "0", .example = "10"),
	[DISCOUNT_STACKING] = ENUM("stacking", stackings, DOC("With what it applies together."),
		.initial = "one_per_class", .example = "one_per_class"),
	[DISCOUNT_STATUS] = ENUM("status", statuses, DOC("Whether it applies at all."),
		.flags = F_FILTER | F_SORT, .index = "status", .initial = "active",
		.example = "active"),
	[DISCOUNT_START_DATE] = DATE_ROW(
		"start_date", "The first day in the shop's time zone.", .example = "2026-02-01"),
	[DISCOUNT_END_DATE] =
		DATE_ROW("end_date", "The last day in the shop's time zone, the whole of it.",
			.flags = F_FILTER | F_SORT, .index = "end_date", .example = "2026-03-31"),
};

static const struct shorthand discount_shorthands[] = {
	SHORT("status", "status",
		DOC("Discounts of this status; archived ones are shown only so.")),
	SHORT("type", "type", DOC("Discounts of this type.")),
};

const struct resource discount_resource = {
	.name = "automatic_discount",
	.plural = "automatic_discounts",
	.path = "discounts/automatic",
	.prefix = "disc",
	.table = "automatic_discounts",
	DOC("A discount that applies by itself."),
	FIELDS(discount_fields),
	SHORTHANDS(discount_shorthands),
	.verbs = V_CRUD,
	STATUS(DISCOUNT_STATUS, DISCOUNT_ARCHIVED),
	SCOPES("discounts"),
	EVENTS("discount"),
	.check = discount_check,
	.apply = discount_apply,
	ADMIN("Promotions", DISCOUNT_NAME, DISCOUNT_TYPE, DISCOUNT_AMOUNT, DISCOUNT_STATUS),
	PLAN,
};

static const struct terms_of terms_of_discount = {
	.amount = DISCOUNT_AMOUNT,
	.currency = DISCOUNT_CURRENCY,
	.terms = DISCOUNT_CONDITIONS,
	.start = DISCOUNT_START_DATE,
	.end = DISCOUNT_END_DATE,
};

static enum pricing_type
type_of(const struct rec *now)
{
	return (enum pricing_type)rec_choice(now, DISCOUNT_TYPE);
}

static struct err *
check_class(struct ctx *cx, const struct rec *now)
{
	enum pricing_type type = type_of(now);
	int class;

	if (!rec_has(now, DISCOUNT_APPLIES_TO))
		return NULL;
	class = rec_choice(now, DISCOUNT_APPLIES_TO);
	if (type == PRICING_FREE_SHIPPING && class != PRICING_SHIPPING)
		return rec_refuse(cx, now, DISCOUNT_APPLIES_TO, REASON_NOT_APPLICABLE,
			"must be shipping, or null, of free_shipping");
	if (type == PRICING_BUY_X_GET_Y && class != PRICING_PRODUCT)
		return rec_refuse(cx, now, DISCOUNT_APPLIES_TO, REASON_NOT_APPLICABLE,
			"must be product, or null, of buy_x_get_y");
	return NULL;
}

static struct err *
check_units(struct ctx *cx, const struct rec *now)
{
	bool gives = type_of(now) == PRICING_BUY_X_GET_Y;
	struct rec *terms;
	struct err *e = rec_object(cx, now, DISCOUNT_CONDITIONS, &terms);

	if (e)
		return e;
	if (!terms)
		return gives ? rec_refuse(cx, now, DISCOUNT_CONDITIONS, REASON_REQUIRED,
				       "must have buy_quantity and get_quantity of buy_x_get_y")
			     : NULL;
	for (int field = CONDITION_BUY_QUANTITY; field <= CONDITION_MAX_REPEATS; field++) {
		if (gives && field <= CONDITION_GET_QUANTITY && !rec_has(terms, field))
			e = err_join(e,
				rec_refuse(cx, terms, field, REASON_REQUIRED,
					"must be given of buy_x_get_y"));
		if (!gives && rec_has(terms, field))
			e = err_join(e,
				rec_refuse(cx, terms, field, REASON_NOT_APPLICABLE,
					"is for buy_x_get_y alone"));
	}
	return e;
}

static struct err *
discount_check(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct err *e, *more;

	if (!rec_has(now, DISCOUNT_TYPE))
		return NULL;
	e = err_join(check_class(cx, now), check_units(cx, now));
	more = terms_check(cx, now, was, &terms_of_discount, type_of(now));
	return err_is_server(more) ? more : err_join(e, more);
}

static struct err *
discount_apply(struct ctx *cx, struct rec *now, const struct rec *was UNUSED)
{
	kept_touch(cx, now->resource->prefix);
	return NULL;
}

/* A coupon: a code that makes an order cheaper, for whom and what its restrictions say. */
#include "shop/promotions/coupon.h"
#include "model/rec.h"
#include "shop/promotions/terms.h"

static rule_fn coupon_check, coupon_present;

#define MONTHS_MOST 120
#define REDEMPTIONS_MOST INT64_C(1000000000)

static const struct choice coupon_types[] = {
	[PRICING_PERCENTAGE] = { "percentage", "amount percent off" },
	[PRICING_FIXED_AMOUNT] = { "fixed_amount", "amount off, in minor units" },
	[PRICING_FREE_SHIPPING] = { "free_shipping", "nothing to pay for shipping" },
};

static const struct choice durations[] = {
	[DURATION_ONCE] = { "once", "each customer may use it for one order" },
	[DURATION_REPEATING] = { "repeating",
		"a customer may use it for duration_in_months from his first order with it" },
	[DURATION_FOREVER] = { "forever", "for any number of orders" },
};

static const struct field restriction_fields[RESTRICTION__MAX] = {
	[RESTRICTION_MINIMUM_AMOUNT] = TERMS_ROWS,
	[RESTRICTION_FIRST_TIME] = BOOL("first_time_transaction",
		DOC("Only for the first order of a customer."), .example = "true"),
	[RESTRICTION_ONCE] = BOOL("once_per_customer",
		DOC("Only once for each customer, whatever the duration."), .example = "true"),
};

static const struct resource restrictions_shape = SHAPE("coupon_restrictions", restriction_fields,
	DOC("What an order must be for a coupon to be taken. All of it must hold."));

static const struct field coupon_fields[COUPON__MAX] = {
	[COUPON_CODE] = STRING("code",
		DOC("What the buyer names. Its case does not count; it is shown as it was given."),
		.flags = F_REQUIRED | F_UNIQUE | F_FILTER | F_SORT | F_SEARCH, .max = 64,
		.index = "code", .pattern = "^[!-~]+$",
		.pattern_doc = "ASCII characters without blanks", .example = "SUMMER2026"),
	[COUPON_NAME] = STRING("name", DOC("What it is called, for people."), .max = 255,
		.example = "Summer sale"),
	[COUPON_TYPE] = ENUM("type", coupon_types, DOC("What it takes off."),
		.flags = F_REQUIRED | F_FILTER, .index = "type", .example = "percentage"),
	[COUPON_AMOUNT] = AMOUNT_ROW("How much: percent of a percentage, minor units of a "
				     "fixed_amount; of free_shipping "
				     "null."),
	[COUPON_CURRENCY] = CURRENCY_ROW,
	[COUPON_DURATION] = ENUM("duration", durations, DOC("How long a customer may use it."),
		.initial = "forever", .example = "repeating"),
	[COUPON_MONTHS] = INTEGER("duration_in_months",
		DOC("How many months a repeating coupon may be used; else it is of no account."),
		.min = 1, .max = MONTHS_MOST, .example = "3"),
	[COUPON_MAX_REDEMPTIONS] = INTEGER("max_redemptions",
		DOC("How many orders may use it, of all customers together; null: any number."),
		.min = 1, .max = REDEMPTIONS_MOST, .example = "1000"),
	[COUPON_TIMES_REDEEMED] = INTEGER("times_redeemed",
		DOC("How many orders have used it and were not cancelled."),
		.flags = F_READ_ONLY | F_UNVERSIONED, .initial = "0"),
	[COUPON_RESTRICTIONS] = OBJECT("restrictions", &restrictions_shape,
		DOC("What an order must be for it to be taken.")),
	[COUPON_COMBINABLE] = BOOL("combinable",
		DOC("Whether it is taken beside automatic discounts, of what they leave."),
		.initial = "true", .example = "true"),
	[COUPON_ACTIVE] = BOOL("active", DOC("Whether it may be used at all."), .flags = F_FILTER,
		.index = "active", .initial = "true", .example = "true"),
	[COUPON_START_DATE] = DATE_ROW(
		"start_date", "The first day in the shop's time zone.", .example = "2026-02-01"),
	[COUPON_END_DATE] =
		DATE_ROW("end_date", "The last day in the shop's time zone, the whole of it.",
			.flags = F_FILTER | F_SORT, .index = "end_date", .example = "2026-03-31"),
};

static const struct operation coupon_operations[] = {
	OPERATION("validate_coupon", "POST", "coupons/validate", coupon_validate,
		DOC("Says whether a coupon could be used for a basket, what it would take off, or "
		    "why "
		    "not. Redeems nothing."),
		.scope = "coupons:read", .input = &coupon_inquiry_shape,
		.output = &coupon_verdict_shape),
};

static const struct shorthand coupon_shorthands[] = {
	SHORT("code", "code", DOC("The coupon of this code, in any case.")),
	SHORT("type", "type", DOC("Coupons of this type.")),
	SHORT("active", "active", DOC("Coupons that may be used (true), or may not (false).")),
};

const struct resource coupon_resource = {
	.name = "coupon",
	.plural = "coupons",
	.prefix = "coup",
	.table = "coupons",
	DOC("A code that makes an order cheaper."),
	FIELDS(coupon_fields),
	OPERATIONS(coupon_operations),
	SHORTHANDS(coupon_shorthands),
	.verbs = V_CRUD,
	NO_STATUS,
	SCOPES("coupons"),
	EVENTS("coupon"),
	.check = coupon_check,
	.present = coupon_present,
	ADMIN("Promotions", COUPON_CODE, COUPON_TYPE, COUPON_AMOUNT, COUPON_TIMES_REDEEMED),
	PLAN,
};

static const struct terms_of terms_of_coupon = {
	.amount = COUPON_AMOUNT,
	.currency = COUPON_CURRENCY,
	.terms = COUPON_RESTRICTIONS,
	.start = COUPON_START_DATE,
	.end = COUPON_END_DATE,
};

static enum pricing_type
type_of(const struct rec *now)
{
	return (enum pricing_type)rec_choice(now, COUPON_TYPE);
}

static struct err *
check_duration(struct ctx *cx, const struct rec *now)
{
	if (!rec_has(now, COUPON_DURATION) || rec_has(now, COUPON_MONTHS) ||
		rec_choice(now, COUPON_DURATION) != DURATION_REPEATING)
		return NULL;
	return rec_refuse(cx, now, COUPON_MONTHS, REASON_REQUIRED,
		"must be given if the duration is repeating");
}

static struct err *
check_redemptions(struct ctx *cx, const struct rec *now)
{
	if (!rec_has(now, COUPON_MAX_REDEMPTIONS) || !rec_has(now, COUPON_TIMES_REDEEMED) ||
		rec_int(now, COUPON_MAX_REDEMPTIONS) >= rec_int(now, COUPON_TIMES_REDEEMED))
		return NULL;
	return rec_refuse(cx, now, COUPON_MAX_REDEMPTIONS, REASON_TOO_SMALL,
		"must be at least %" PRId64 ": so many orders have used it",
		rec_int(now, COUPON_TIMES_REDEEMED));
}

static struct err *
coupon_check(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct err *e = err_join(check_duration(cx, now), check_redemptions(cx, now)), *more;

	if (!rec_has(now, COUPON_TYPE))
		return e;
	more = terms_check(cx, now, was, &terms_of_coupon, type_of(now));
	return err_is_server(more) ? more : err_join(e, more);
}

/* Nothing to add, but its ETag must be that of what is shown: times_redeemed rises without a version. */
static struct err *
coupon_present(struct ctx *cx UNUSED, struct rec *now UNUSED, const struct rec *was UNUSED)
{
	return NULL;
}

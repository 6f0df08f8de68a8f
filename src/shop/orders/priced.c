/* Pricing's results as recs of shapes. */
#include "shop/orders/priced.h"

#include "model/plan.h"

static const struct choice discount_kinds[] = {
	[PRICING_AUTOMATIC] = { "automatic", "an automatic discount" },
	[PRICING_COUPON] = { "coupon", "a coupon" },
};

static const struct field discount_fields[DISCOUNT_LINE__MAX] = {
	[DISCOUNT_LINE_ID] = STRING("rule", DOC("The discount or coupon, by its id."),
		.flags = F_READ_ONLY, .max = 32, .example = "disc_123"),
	[DISCOUNT_LINE_KIND] = ENUM("kind", discount_kinds, DOC("What took it off."),
		.flags = F_READ_ONLY, .example = "automatic"),
	[DISCOUNT_LINE_NAME] = STRING("name", DOC("Its name, as it was then."),
		.flags = F_READ_ONLY, .max = 255, .example = "Summer sale"),
	[DISCOUNT_LINE_CODE] = STRING("code", DOC("The coupon's code; null: it is none."),
		.flags = F_READ_ONLY, .max = 64, .example = "SUMMER20"),
	[DISCOUNT_LINE_AMOUNT] = AMOUNT("amount", DOC("What it takes off in all, in minor units."),
		.flags = F_READ_ONLY, .example = "2000"),
};

const struct resource discount_line_shape =
	SHAPE("discount_line", discount_fields, DOC("A discount that took something off."));

static const struct field tax_fields[TAX_LINE__MAX] = {
	[TAX_LINE_ID] = STRING("rule", DOC("The tax rate, by its id."), .flags = F_READ_ONLY,
		.max = 32, .example = "tax_123"),
	[TAX_LINE_NAME] = STRING("name", DOC("Its name, as it was then."), .flags = F_READ_ONLY,
		.max = 255, .example = "VAT"),
	[TAX_LINE_PERCENT] = DECIMAL("percent", 4, DOC("How many per cent it takes."),
		.flags = F_READ_ONLY, .example = "20"),
	[TAX_LINE_AMOUNT_TAXED] =
		AMOUNT("amount_taxed", DOC("Of how much it was taken, in minor units."),
			.flags = F_READ_ONLY, .example = "10000"),
	[TAX_LINE_AMOUNT] = AMOUNT(
		"amount", DOC("The tax, in minor units."), .flags = F_READ_ONLY, .example = "2000"),
};

const struct resource tax_line_shape = SHAPE("tax_line", tax_fields, DOC("A tax that was taken."));

static const struct choice step_kinds[] = {
	[PRICING_STEP_list] = { "list", "what it costs everybody" },
	[PRICING_STEP_contract] = { "contract", "what it costs this buyer" },
	[PRICING_STEP_override] = { "override", "what somebody who may said it costs" },
	[PRICING_STEP_shipping] = { "shipping", "what sending it costs" },
	[PRICING_STEP_automatic] = { "automatic", "an automatic discount" },
	[PRICING_STEP_coupon] = { "coupon", "a coupon" },
	[PRICING_STEP_tax] = { "tax", "a tax" },
	[PRICING_STEP_rounding] = { "rounding",
		"one unit more or less, so that all shares add up" },
};

static const struct field step_fields[STEP__MAX] = {
	[STEP_KIND] = ENUM("kind", step_kinds, DOC("What happens in the step."),
		.flags = F_READ_ONLY, .example = "automatic"),
	[STEP_RULE] = STRING("rule",
		DOC("The discount, coupon, tax rate or contract, by its id; null: there is none."),
		.flags = F_READ_ONLY, .max = 32, .example = "disc_123"),
	[STEP_TEXT] = STRING("text", DOC("The same for people."), .flags = F_READ_ONLY, .max = 500,
		.example = "Summer sale: 10 % off"),
	[STEP_AMOUNT] = AMOUNT("amount", DOC("What the step changes, in minor units."),
		.flags = F_READ_ONLY, .min = INT64_MIN, .max = INT64_MAX, .example = "-1000"),
	[STEP_AMOUNT_AFTER] = AMOUNT("amount_after",
		DOC("What stands after it, in minor units; after the last step, the total."),
		.flags = F_READ_ONLY, .example = "9000"),
	[STEP_UNIT_AMOUNT] = AMOUNT("unit_amount",
		DOC("The price of one from here on, before discounts, in minor units."),
		.flags = F_READ_ONLY, .example = "10000"),
	[STEP_AMOUNT_INCLUDED] = AMOUNT("amount_included",
		DOC("How much of the price is this tax, if prices include it; else 0."),
		.flags = F_READ_ONLY, .example = "0"),
};

const struct resource price_step_shape =
	SHAPE("price_step", step_fields, DOC("A step on the way to a line's total."));

struct recs
priced_discounts(struct ctx *cx, const struct pricing *p, struct str code)
{
	struct recs all = { ARENA_ARRAY(cx->arena, p->nrules, struct rec *), 0, true };

	for (size_t i = 0; i < p->nrules; i++) {
		const struct pricing_rule *rule = &p->rules[i];
		struct rec *r;

		if (rule->outcome != PRICING_APPLIED)
			continue;
		r = rec_new(cx->arena, &discount_line_shape);
		rec_set_str(r, DISCOUNT_LINE_ID, rule->rule);
		rec_set_choice(r, DISCOUNT_LINE_KIND, (int)rule->kind);
		rec_set_text(r, DISCOUNT_LINE_NAME, rule->name);
		rec_set_text(r, DISCOUNT_LINE_CODE,
			rule->kind == PRICING_COUPON ? code : (struct str){ 0 });
		rec_set_money(r, DISCOUNT_LINE_AMOUNT, rule->discount_minor);
		all.r[all.n++] = r;
	}
	return all;
}

struct recs
priced_taxes(struct ctx *cx, const struct pricing *p)
{
	struct recs all = { ARENA_ARRAY(cx->arena, p->ntaxes, struct rec *), 0, true };

	for (size_t i = 0; i < p->ntaxes; i++) {
		const struct pricing_tax *tax = &p->taxes[i];
		struct rec *r;

		if (!tax->taxed_minor)
			continue;
		r = rec_new(cx->arena, &tax_line_shape);
		rec_set_str(r, TAX_LINE_ID, tax->rule);
		rec_set_text(r, TAX_LINE_NAME, tax->name);
		rec_set_decimal(r, TAX_LINE_PERCENT, tax->percent);
		rec_set_money(r, TAX_LINE_AMOUNT_TAXED, tax->taxed_minor);
		rec_set_money(r, TAX_LINE_AMOUNT, tax->tax_minor);
		all.r[all.n++] = r;
	}
	return all;
}

struct recs
priced_steps(struct ctx *cx, const struct pricing_line *line)
{
	struct recs all = { ARENA_ARRAY(cx->arena, line->nsteps, struct rec *), line->nsteps,
		true };

	for (size_t i = 0; i < line->nsteps; i++) {
		const struct pricing_step *step = &line->steps[i];
		struct rec *r = rec_new(cx->arena, &price_step_shape);

		rec_set_choice(r, STEP_KIND, (int)step->kind);
		rec_set_text(r, STEP_RULE, step->rule);
		rec_set_text(r, STEP_TEXT, step->text);
		rec_set_money(r, STEP_AMOUNT, step->amount_minor);
		rec_set_money(r, STEP_AMOUNT_AFTER, step->after_minor);
		rec_set_money(r, STEP_UNIT_AMOUNT, step->unit_minor);
		rec_set_money(r, STEP_AMOUNT_INCLUDED, step->included_minor);
		all.r[i] = r;
	}
	return all;
}

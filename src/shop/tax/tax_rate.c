/* A tax rate: how much is taken, of what, and where. */
#include "base/id.h"
#include "db/db.h"
#include "model/kept.h"
#include "model/rec.h"
#include "shop/address/address.h"
#include "shop/tax/tax_int.h"

static rule_fn rate_derive, rate_check, rate_apply;

static const struct choice statuses[] = {
	[TAX_RATE_ACTIVE] = { "active", "taken" },
	[TAX_RATE_INACTIVE] = { "inactive", "prepared or kept, and not taken" },
	[TAX_RATE_ARCHIVED] = { "archived", "deleted" },
};

static const struct field fields[TAX_RATE__MAX] = {
	[TAX_RATE_NAME] = STRING("name", DOC("What an invoice calls it."),
		.flags = F_REQUIRED | F_FILTER | F_SORT | F_SEARCH, .max = 64, .index = "name",
		.example = "California sales tax"),
	[TAX_RATE_COUNTRY] = STRING("country",
		DOC("Where it is taken: the country that is sold to (ISO 3166-1 alpha-2)."),
		.flags = F_REQUIRED | F_FILTER | F_SORT, COUNTRY_CODE, .index = "country",
		.example = "US"),
	[TAX_RATE_STATE] = STRING("state",
		DOC("Only in this state or province, as addresses write it; without: in all."),
		.flags = F_FILTER | F_SORT, .max = 64, .index = "state", .example = "CA"),
	[TAX_RATE_CITY] = STRING("city", DOC("Only in this city; without: in all."), .max = 64),
	[TAX_RATE_ZIP] = STRING("zip",
		DOC("Only where the postal code is this one, or is covered by it; without: all."),
		.alias = "postal_code", .max = 40, .pattern = ZIP_PATTERN,
		.pattern_doc = ZIP_PATTERN_DOC),
	[TAX_RATE_CLASS] = STRING("tax_class",
		DOC("Which products it is taken of: those of this tax class. Products without one "
		    "are standard."),
		.flags = F_FILTER | F_SORT, .index = "tax_class", TAX_CLASS, .initial = "standard"),
	[TAX_RATE_RATE] = DECIMAL("rate", 4, DOC("Percent: 8.25 takes 8.25 of 100."),
		.flags = F_REQUIRED | F_FILTER | F_SORT, .max = 1000 * PRICING_PERCENT,
		.index = "rate", .example = "8.25"),
	[TAX_RATE_INCLUSIVE] = BOOL("inclusive",
		DOC("Whether prices have the tax in them already. Of the rates of one place, the "
		    "first by priority says so for all."),
		.initial = "false"),
	[TAX_RATE_COMPOUND] = BOOL("compound",
		DOC("Whether it is taken of the price and the other taxes, after them."),
		.initial = "false"),
	[TAX_RATE_ON_SHIPPING] = BOOL("on_shipping",
		DOC("Whether it is taken of the price of shipping too."), .initial = "false"),
	[TAX_RATE_PRIORITY] = INTEGER("priority",
		DOC("Rates of different priority are taken together, lower ones first; of those of "
		    "one priority and tax class, the one that names the place most closely: by "
		    "postal code, city, state, country."),
		.flags = F_FILTER | F_SORT, .max = 1000, .index = "priority", .initial = "0"),
	[TAX_RATE_STATUS] = ENUM("status", statuses, DOC("Whether it is in force."),
		.flags = F_FILTER | F_SORT, .index = "status", .initial = "active"),
	[TAX_RATE_ZIP_KEY] = STRING("zip_key", DOC("What a postal code is looked up by."),
		.flags = F_INTERNAL, .max = 16),
	[TAX_RATE_ZIP_FROM] =
		STRING("zip_from", DOC("Where a range begins."), .flags = F_INTERNAL, .max = 16),
	[TAX_RATE_ZIP_TO] =
		STRING("zip_to", DOC("Where a range ends."), .flags = F_INTERNAL, .max = 16),
};

static const struct shorthand shorthands[] = {
	SHORT("country", "country", DOC("Only rates of this country, by its code in any case.")),
	SHORT("state", "state", DOC("Only rates of this state, in any case.")),
	SHORT("tax_class", "tax_class", DOC("Only rates of this tax class.")),
	SHORT("status", "status", DOC("Only rates of this status: active, inactive or archived.")),
};

const struct resource tax_rate_resource = {
	.name = "tax_rate",
	.plural = "tax-rates",
	.prefix = "tax",
	.table = "tax_rates",
	DOC("A tax that is taken at a place."),
	FIELDS(fields),
	SHORTHANDS(shorthands),
	.verbs = V_CRUD | V_READABLE_ARCHIVED,
	STATUS(TAX_RATE_STATUS, TAX_RATE_ARCHIVED),
	SCOPES("tax"),
	EVENTS("tax_rate"),
	OPERATIONS(tax_operations),
	.derive = rate_derive,
	.check = rate_check,
	.apply = rate_apply,
	ADMIN("Settings", TAX_RATE_NAME, TAX_RATE_COUNTRY, TAX_RATE_STATE, TAX_RATE_RATE,
		TAX_RATE_STATUS),
	PLAN,
};

/* How its postal code is looked up. What cannot be read is found by the check. */
static struct err *
rate_derive(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct zip_pattern zip;

	(void)was;
	if (zip_read(cx->arena, rec_str(now, TAX_RATE_COUNTRY), rec_str(now, TAX_RATE_ZIP), &zip))
		return NULL;
	rec_set_str(now, TAX_RATE_ZIP_KEY, zip.key);
	rec_set_str(now, TAX_RATE_ZIP_FROM, zip.from);
	rec_set_str(now, TAX_RATE_ZIP_TO, zip.to);
	return NULL;
}

static struct err *
check_zip(struct ctx *cx, const struct rec *now)
{
	struct zip_pattern zip;
	const char *wrong = zip_read(
		cx->arena, rec_str(now, TAX_RATE_COUNTRY), rec_str(now, TAX_RATE_ZIP), &zip);

	return wrong ? rec_refuse(cx, now, TAX_RATE_ZIP, REASON_PATTERN, "%s", wrong) : NULL;
}

static bool
is_elsewhere(const struct rec *now, const struct rec *was)
{
	static const int placing[] = { TAX_RATE_COUNTRY, TAX_RATE_STATE, TAX_RATE_CITY,
		TAX_RATE_ZIP, TAX_RATE_CLASS, TAX_RATE_PRIORITY, TAX_RATE_STATUS };

	for (size_t i = 0; i < COUNT(placing); i++) {
		if (rec_changed(now, was, placing[i]))
			return true;
	}
	return false;
}

/* The key place_active holds it against writes at the same time; here it is said of whom. */
static struct err *
check_alone(struct ctx *cx, const struct rec *now)
{
	struct db_rows rows = { 0 };
	struct err *e = db_query(cx, &rows,
		"SELECT id FROM tax_rates WHERE tenant_id = ? AND country = ? AND zip_key = ?"
		" AND zip_from = ? AND zip_to = ? AND state <=> ? AND city <=> ?"
		" AND tax_class = ? AND priority = ? AND status = 'active' AND id <> ? LIMIT 1",
		db_id(cx->tenant), db_text(rec_str(now, TAX_RATE_COUNTRY)),
		db_text(rec_str(now, TAX_RATE_ZIP_KEY)), db_text(rec_str(now, TAX_RATE_ZIP_FROM)),
		db_text(rec_str(now, TAX_RATE_ZIP_TO)), db_text(rec_str(now, TAX_RATE_STATE)),
		db_text(rec_str(now, TAX_RATE_CITY)), db_text(rec_str(now, TAX_RATE_CLASS)),
		db_int(rec_int(now, TAX_RATE_PRIORITY)), db_id(now->id));

	if (e || !rows.n)
		return e;
	e = rec_refuse(cx, now, TAX_RATE_PRIORITY, REASON_TAKEN,
		"is taken by %.*s, for the same place and tax class",
		STRF(id_str(cx->arena, (struct id){ db_row(&rows, 0)[0].i },
			tax_rate_resource.prefix)));
	e->code = ERR_CONFLICT;
	return err_reason(e, REASON_TAKEN);
}

static struct err *
rate_check(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct err *e = check_zip(cx, now);

	if (e || rec_choice(now, TAX_RATE_STATUS) != TAX_RATE_ACTIVE || !is_elsewhere(now, was))
		return e;
	return check_alone(cx, now);
}

static struct err *
rate_apply(struct ctx *cx, struct rec *now, const struct rec *was UNUSED)
{
	kept_touch(cx, now->resource->prefix);
	return NULL;
}

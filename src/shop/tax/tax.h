/* Tax: which rates hold at a place, and what they come to. */
#ifndef SOUK_TAX_H
#define SOUK_TAX_H

#include "model/plan.h"
#include "shop/pricing/pricing.h"

enum tax_rate_field {
	TAX_RATE_NAME,
	TAX_RATE_COUNTRY,
	TAX_RATE_STATE,
	TAX_RATE_CITY,
	TAX_RATE_ZIP,
	TAX_RATE_CLASS,
	TAX_RATE_RATE,
	TAX_RATE_INCLUSIVE,
	TAX_RATE_COMPOUND,
	TAX_RATE_ON_SHIPPING,
	TAX_RATE_PRIORITY,
	TAX_RATE_STATUS,
	TAX_RATE_ZIP_KEY,
	TAX_RATE_ZIP_FROM,
	TAX_RATE_ZIP_TO,
	TAX_RATE__MAX
};

enum tax_rate_status { TAX_RATE_ACTIVE, TAX_RATE_INACTIVE, TAX_RATE_ARCHIVED };

extern const struct resource tax_rate_resource;

/* The class of what has none of its own. */
#define TAX_STANDARD STR("standard")
static inline struct str tax_class_of(struct str class)
{
	return class.n ? class : TAX_STANDARD;
}
/* Of a field that holds a tax class. */
/* clang-format off */
#define TAX_CLASS .max = 32, .pattern = "^[a-z0-9_-]+$",                                           \
	.pattern_doc = "lower-case letters, digits, '-' and '_'", .example = "standard"
/* clang-format on */

/* Where something is sold to, as its address has it: members may be absent, and are compared without their case. */
struct tax_place {
	struct str country, state, city, zip;
};

struct taxes {
	struct pricing_tax *taxes; /* for struct pricing, as is prices_include_tax */
	size_t ntaxes;
	bool prices_include_tax;
};

/* The place of an address (a rec of address_shape); NULL: one that nothing is known of. */
struct tax_place tax_place_of(const struct rec *address);

/*
 * The rates that hold there: of each class and priority the one that names the place most closely. A place without a
 * country is that of X-Region; without that, there is no tax. One statement, and none for no country
 * or while it is remembered that the shop has no rates. Lives in the arena.
 */
struct err *tax_find(struct ctx *cx, const struct tax_place *place, struct taxes *out) MUST_CHECK;

/* Loads the sample rates; again changes nothing. */
struct err *tax_sample(struct ctx *cx) MUST_CHECK;

#endif

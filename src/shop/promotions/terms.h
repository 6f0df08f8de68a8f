/*
 * What coupons and automatic discounts have in common: an amount, a window of days, and the goods and buyers that they
 * are for. The rows stand first in the shapes of both, so that one reading serves them.
 */
#ifndef SOUK_PROMOTIONS_TERMS_H
#define SOUK_PROMOTIONS_TERMS_H

#include "shop/promotions/promotions.h"

#define TERMS_ITEMS 200
/* Of a fixed amount, in minor units; of a percentage it is 100. */
#define AMOUNT_MOST INT64_C(100000000000)
#define AMOUNT_SCALE 4 /* as pricing counts percent */
#define AMOUNT_UNIT INT64_C(10000)
#define DATE_PATTERN "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"

/* clang-format off */
#define TERMS_ENUM(p)                                                                              \
	p##_MINIMUM_AMOUNT, p##_MINIMUM_QUANTITY, p##_PRODUCT_IDS, p##_PRODUCT_CATEGORIES,         \
		p##_EXCLUDED_PRODUCT_IDS, p##_EXCLUDED_CATEGORIES, p##_CUSTOMER_IDS,               \
		p##_CUSTOMER_TAGS

#define TERMS_ROWS                                                                                 \
	AMOUNT("minimum_amount",                                                                   \
		DOC("What all goods must come to, after automatic discounts, in minor units."),    \
		.min = 1, .max = AMOUNT_MOST, .money_in = "currency", .example = "5000"),          \
	INTEGER("minimum_quantity", DOC("How many units of the goods that it is for."),            \
		.min = 1, .max = 1000000, .example = "3"),                                         \
	LIST("product_ids", DOC("Only these products, and those of the categories."),              \
		.to = "product", .max = TERMS_ITEMS, .example = "[\"prod_123\", \"prod_456\"]"),   \
	LIST("product_categories",                                                                 \
		DOC("Only products of these categories, by slug, and those that are listed."),     \
		.max = TERMS_ITEMS, .example = "[\"electronics\"]"),                               \
	LIST("excluded_product_ids", DOC("Never these products."), .to = "product",                \
		.max = TERMS_ITEMS, .example = "[\"prod_456\"]"),                                  \
	LIST("excluded_categories", DOC("Never products of these categories."),                    \
		.max = TERMS_ITEMS, .example = "[\"audio\"]"),                                     \
	LIST("customer_ids", DOC("Only these customers, and those with one of the tags."),         \
		.to = "customer", .max = TERMS_ITEMS, .example = "[\"cust_123\"]"),                \
	LIST("customer_tags",                                                                      \
		DOC("Only customers with one of these tags, and those that are listed."),          \
		.max = TERMS_ITEMS, .example = "[\"vip\"]")

#define AMOUNT_ROW(doc)                                                                            \
	DECIMAL("amount", AMOUNT_SCALE, DOC(doc), .min = 1, .max = AMOUNT_MOST * AMOUNT_UNIT,      \
		.example = "20")
#define CURRENCY_ROW                                                                               \
	STRING("currency", DOC("Of its amounts (ISO 4217); null: the shop's own."),            \
		.max = 3, .known = known_currency,                                                 \
		.pattern_doc = "the code of a currency such as USD (ISO 4217)", .example = "USD")
#define DATE_ROW(n, doc, ...)                                                                      \
	STRING(n, DOC(doc), .max = 10, .pattern = DATE_PATTERN,                         \
		.pattern_doc = "a day such as 2026-02-01", __VA_ARGS__)
/* clang-format on */

enum terms_field { TERMS_ENUM(TERMS), TERMS__MAX };

/* Where the common fields of the resource stand. */
struct terms_of {
	int amount, currency, terms, start, end;
};

/*
 * Checks the amount as one of that type (no type that has none must have one), the days, that there is a rate between a new
 * currency and the tenant's, and that products, categories and customers are there, where they changed. All faults.
 */
struct err *terms_check(struct ctx *cx, const struct rec *now, const struct rec *was,
	const struct terms_of *at, enum pricing_type type) MUST_CHECK;

/* The day that it is in the tenant's zone, "2026-02-01". */
struct str terms_today(struct ctx *cx);

/* A list of texts, as it is stored. */
struct pricing_words terms_words(struct ctx *cx, struct str list);
/* Fills in what the rule asks of goods; `from` is the currency of its amounts, absent: the tenant's own. Terms may be NULL. */
void terms_rule(struct ctx *cx, const struct promotions_ask *ask, const struct rec *terms,
	struct str from, struct pricing_rule *r);
/* True if it is for that buyer. Terms may be NULL. */
bool terms_admit(struct ctx *cx, const struct promotions_ask *ask, const struct rec *terms);

#endif

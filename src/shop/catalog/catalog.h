/* The catalogue: what can be sold, and how it is sorted into shelves. */
#ifndef SOUK_CATALOG_H
#define SOUK_CATALOG_H

#include "model/plan.h"

enum product_field {
	PRODUCT_NAME,
	PRODUCT_DESCRIPTION,
	PRODUCT_SKU,
	PRODUCT_PRICE,
	PRODUCT_PRICES,
	PRODUCT_CURRENCY,
	PRODUCT_COST,
	PRODUCT_STATUS,
	PRODUCT_BRAND,
	PRODUCT_BARCODE,
	PRODUCT_TAX_CLASS,
	PRODUCT_WEIGHT,
	PRODUCT_WEIGHT_UNIT,
	PRODUCT_LENGTH,
	PRODUCT_WIDTH,
	PRODUCT_HEIGHT,
	PRODUCT_DIMENSION_UNIT,
	PRODUCT_RATING_AVERAGE,
	PRODUCT_REVIEWS_COUNT,
	PRODUCT_TRACK_INVENTORY,
	PRODUCT__MAX
};

enum product_relation { PRODUCT_CATEGORIES, PRODUCT_VARIANTS, PRODUCT_IMAGES, PRODUCT_REVIEWS };

enum variant_field {
	VARIANT_SKU,
	VARIANT_NAME,
	VARIANT_PRICE,
	VARIANT_PRICES,
	VARIANT_COST,
	VARIANT_INVENTORY,
	VARIANT_ATTRIBUTES,
	VARIANT_BARCODE,
	VARIANT_WEIGHT,
	VARIANT_WEIGHT_UNIT,
	VARIANT_IMAGE,
	VARIANT_POSITION,
	VARIANT__MAX
};

enum image_field { IMAGE_URL, IMAGE_ALT, IMAGE_POSITION, IMAGE__MAX };

enum category_field {
	CATEGORY_NAME,
	CATEGORY_SLUG,
	CATEGORY_DESCRIPTION,
	CATEGORY_PARENT,
	CATEGORY_POSITION,
	CATEGORY__MAX
};

enum review_field {
	REVIEW_PRODUCT,
	REVIEW_RATING,
	REVIEW_TITLE,
	REVIEW_TEXT,
	REVIEW_AUTHOR_NAME,
	REVIEW_CUSTOMER,
	REVIEW_STATUS,
	REVIEW_REASON,
	REVIEW_MODERATED_AT,
	REVIEW__MAX
};

enum review_status { REVIEW_PENDING, REVIEW_APPROVED, REVIEW_REJECTED };

extern const struct resource product_resource;
extern const struct resource review_resource;
extern const struct resource variant_resource;
extern const struct resource image_resource;
extern const struct resource category_resource;

/* In what currency something is sold, and by which rate prices of the tenant's own become prices in it. */
struct sale_currency {
	struct str code;  /* upper case */
	int digits;       /* of its minor unit */
	struct rate rate; /* n is 0: it is the tenant's own */
};

/* What is in the way of selling it. */
enum sellable_state {
	SELLABLE,
	SELLABLE_UNKNOWN, /* there is no such product, or nothing has that SKU */
	SELLABLE_UNKNOWN_VARIANT,
	SELLABLE_DRAFT,
	SELLABLE_ARCHIVED,
	SELLABLE_OF_ANOTHER,    /* the product has no such variant */
	SELLABLE_WHICH_VARIANT, /* the product comes in several, and none is named (D33) */
	SELLABLE_TOO_DEAR,      /* its price is too large to be converted */
};

/* One thing that a line of a cart or an order names, and all that selling it asks for. */
struct sellable {
	/* In: one of them at least. Out: both ids and the SKU of what is sold; variant is ID_NONE if it comes in none. */
	struct id product, variant;
	struct str sku;

	/* Out: */
	enum sellable_state state;
	struct str name, variant_name; /* in the tenant's language; variant_name may be absent */
	struct str product_sku;        /* = sku, unless a variant is sold */
	int64_t variants;              /* how many the product comes in */
	int64_t list_minor;            /* its price, in the currency that was asked for; */
	bool converted;                /* which was worked out from the one in the tenant's own */
	int64_t cost_minor;            /* in the tenant's own currency; -1: not known */
	struct str attributes;         /* of the variant, as JSON; absent: none */
	struct str tax_class;          /* absent: none */
	const struct str *categories;  /* slugs, the main one first */
	size_t ncategories;
	struct str weight, weight_unit; /* of one piece, "0.3500", "kg"; absent: not known */
	bool track_inventory;
};

/*
 * Finds what a sale in that currency needs to know of each of them, in one statement, in or outside a transaction.
 * What cannot be sold says so in its state (facts of it are filled as far as there are any); errors are the
 * database's alone. A product of which there is one variant is that variant.
 */
struct err *catalog_sellables(
	struct ctx *cx, const struct sale_currency *in, struct sellable *s, size_t n) MUST_CHECK;

/*
 * The currency of that code, in any case, with the rate of today; false if it is no currency, or has no rate.
 */
bool catalog_currency(struct ctx *cx, struct str code, struct sale_currency *out);

/*
 * Loads the products that the specification speaks of (prod_123, prod_456 …), with their categories,
 * for the tenant of cx. What is there already is left alone.
 */
struct err *catalog_sample(struct ctx *cx) MUST_CHECK;

/* What catalog_generate() shall make, and whom it tells how far it is (may be NULL). */
struct catalog_generation {
	int64_t products;
	bool variants; /* each product has two, and an image */
	void (*told)(int64_t done);
};

/*
 * Makes that many products for measuring, straight into the tables: no rules, no audit, no events. They
 * follow on those made before. Outside a transaction; each thousand is one.
 */
struct err *catalog_generate(struct ctx *cx, const struct catalog_generation *g) MUST_CHECK;

enum import_outcome {
	IMPORT_CREATED,
	IMPORT_UPDATED,
	IMPORT_UNCHANGED,
	IMPORT_REFUSED,
	IMPORT__MAX
};

/* Why a row was refused; one for each fault of it. */
struct import_fault {
	int64_t line; /* of the file */
	struct str sku, column;
	enum reason reason;
	struct str message;
};

struct catalog_import {
	const char *path;  /* "-": standard input */
	bool skip_unknown; /* leave columns out that are not known, instead of refusing the file */
	void (*told)(void *arg, const struct import_fault *fault);
	void (*progress)(void *arg, int64_t rows); /* may be NULL */
	void *arg;
	int64_t rows[IMPORT__MAX]; /* result: how many rows came to what */
};

/*
 * Creates and updates products from a CSV file, by SKU; what the columns may be is said in
 * product_columns.h. About a hundred rows are one transaction, in which a row that is refused spoils
 * no other; killed and run again, it goes on. With cx->dry_run nothing is kept, and each transaction
 * sees only what it does itself. ERR_NOT_FOUND, ERR_MALFORMED (the file), ERR_VALIDATION (its
 * columns): nothing, or what came before, was written.
 */
struct err *catalog_import(struct ctx *cx, struct catalog_import *im) MUST_CHECK;

#endif

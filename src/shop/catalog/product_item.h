/* Items of an import: a product's row and those of its variants, written as one body. */
#ifndef SOUK_CATALOG_PRODUCT_ITEM_H
#define SOUK_CATALOG_PRODUCT_ITEM_H

#include "shop/catalog/catalog.h"
#include "shop/catalog/product_columns.h"
#include "shop/catalog/seen.h"

struct row {
	int64_t line;
	struct str *cells;
	enum import_outcome outcome;
	const struct err *why; /* refused */
	int place;             /* of a variant in the body that was written last; -1 */
};

struct item {
	struct str sku; /* the product's */
	struct row *rows;
	size_t n;
	bool has_product; /* rows[0] is the product's own */
};

struct item_writer {
	struct ctx *cx;
	const struct columns *columns;
	struct arena *own;  /* what lasts longer than a transaction */
	struct seen slugs;  /* categories that are there */
	struct seen skus;   /* products that a dry run would have made */
	bool made_category; /* since this was last set false */
};

static inline bool
row_is_out(const struct row *row)
{
	return row->outcome == IMPORT_REFUSED;
}

/*
 * Creates or updates the product, without the variants whose rows are refused, and notes what came of
 * each row. Inside a transaction. Errors as of model_write_inside(); their fields are those of the body.
 */
struct err *item_write(struct item_writer *w, struct item *it) MUST_CHECK;

#endif

/*
 * The columns of a product file, and rows of it as the bodies that the API takes.
 *
 *   sku, name, price, status, brand …   a field of the product, or of the variant in a variant's row
 *   name.es, description.fr             the same text in another language
 *   parent_sku                          filled: the row is a variant of that product
 *   attributes.size                     of variants
 *   categories                          slugs separated by '|'; new ones are created (D67)
 *   images                              addresses separated by '|'; image: one, of a variant its own
 *   metadata.supplier                   of products
 *   currency                            refused if it is not the shop's
 *
 * An empty cell says nothing: what is stored stays.
 */
#ifndef SOUK_CATALOG_PRODUCT_COLUMNS_H
#define SOUK_CATALOG_PRODUCT_COLUMNS_H

#include "base/buf.h"
#include "base/csv.h"
#include "db/ctx.h"

enum column_kind {
	COLUMN_LEFT_OUT,
	COLUMN_FIELD,
	COLUMN_METADATA,
	COLUMN_ATTRIBUTE,
	COLUMN_CATEGORIES,
	COLUMN_IMAGES,
	COLUMN_IMAGE,
	COLUMN_PARENT,
	COLUMN_CURRENCY,
	COLUMN_SKU,
};

struct column {
	enum column_kind kind;
	struct str name;      /* as it is compared: lower case, '_' for spaces */
	int product, variant; /* field of each, or -1 */
	struct str sub;       /* language, key of metadata, name of the attribute */
};

struct columns {
	struct column *c;
	size_t n;
};

/*
 * Reads the head of the file. ERR_VALIDATION with a detail for each column that is not known (unless
 * `skip_unknown`) or there twice, and if there is no sku.
 */
struct err *columns_read(struct ctx *cx, const struct csv_row *head, bool skip_unknown,
	struct columns *out) MUST_CHECK;

/* The row's cell in the first column of that kind; absent if there is none. */
struct str columns_cell(const struct columns *c, const struct str *cells, enum column_kind kind);

/* Writes the fields, languages and metadata of a product: members of an object under way. */
void columns_put_product(
	struct buf *b, const struct ctx *cx, const struct columns *c, const struct str *cells);
/* The same of a variant, with its sku, attributes and image. */
void columns_put_variant(
	struct buf *b, const struct ctx *cx, const struct columns *c, const struct str *cells);

#endif

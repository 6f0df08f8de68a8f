/* A product as the controls S and P read and write it: every column that an answer needs. */
#ifndef BENCH_PRODUCT_H
#define BENCH_PRODUCT_H

#include "control.h"

#define PRODUCT_COLUMNS                                                                            \
	"id, version, created_at, updated_at, archived_at, metadata, name, name_i18n, "            \
	"description, description_i18n, sku, price, currency, cost, status, brand, barcode, "      \
	"tax_class, weight, weight_unit, length, width, height, dimension_unit, categories, "      \
	"variants_count, images_count"

/* Binds the columns of a statement to the one row. */
void product_bind(MYSQL_STMT *stmt);
/* Reads the next row; false at the end. */
bool product_fetch(MYSQL_STMT *stmt);
/* Writes the row as JSON. */
void product_write(struct text *out);

#endif

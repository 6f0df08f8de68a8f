/* Choices and texts that products and variants share. */
#ifndef SOUK_CATALOG_UNITS_H
#define SOUK_CATALOG_UNITS_H

#include "model/resource.h"

extern const struct choice weight_units[4];
extern const struct choice dimension_units[3];

/* Printable ASCII without '/', spaces inside only (D11). */
#define SKU_PATTERN "^[!-.0-~]([ -.0-~]{0,62}[!-.0-~])?$"
#define SKU_PATTERN_DOC                                                                            \
	"1 to 64 printable ASCII characters without '/', with no space at either end"
#define BARCODE_PATTERN "^([0-9]{8}|[0-9]{12,14})$"
#define BARCODE_PATTERN_DOC "a GTIN of 8, 12, 13 or 14 digits"
#define URL_PATTERN "^https?://[^[:space:]]+$"
#define URL_PATTERN_DOC "an address that begins with https:// or http://"
#define PRICES_MOST 30 /* currencies that a thing has prices in, beside the shop's own */
#define WEIGHT_MOST 9999999999

/* Refuses a SKU that could pass for an id or for a word of the path (D11). */
struct err *sku_check(
	struct ctx *cx, const struct rec *now, const struct rec *was, int field) MUST_CHECK;
/* Refuses a GTIN whose check digit is wrong (GS1 General Specifications §7.9). */
struct err *barcode_check(
	struct ctx *cx, const struct rec *now, const struct rec *was, int field) MUST_CHECK;
/* Refuses a measure without its unit. */
struct err *unit_check(struct ctx *cx, const struct rec *now, int measure, int unit) MUST_CHECK;

#endif

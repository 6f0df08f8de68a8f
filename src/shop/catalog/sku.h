/* The register of SKUs: one live thing, product or variant, for each SKU of a tenant (D11, D13). */
#ifndef SOUK_CATALOG_SKU_H
#define SOUK_CATALOG_SKU_H

#include "model/resource.h"

/*
 * Makes the register say what the product and its variants now say; inside the write's transaction. An archived
 * product holds none. ERR_CONFLICT, reason sku_taken, names the field.
 */
struct err *sku_register(struct ctx *cx, const struct rec *now, const struct rec *was) MUST_CHECK;

#endif

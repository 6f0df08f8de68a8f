/* What a path or body calls by an id or SKU: a product, or a variant of it. For the files of this folder. */
#ifndef SOUK_INVENTORY_THING_H
#define SOUK_INVENTORY_THING_H

#include "model/plan.h"

struct thing {
	struct id product, variant; /* variant: that was named, or ID_NONE */
	struct id only;             /* the only variant of a product that has one */
	int64_t variants;
};

/* By prod_, var_ or SKU. ERR_NOT_FOUND. */
struct err *thing_find(struct ctx *cx, struct str key, struct thing *out) MUST_CHECK;

/*
 * What of it is stocked: the variant that was named, or that `input` names in `field`, or the only one there is.
 * ERR_VALIDATION for that field.
 */
struct err *thing_variant(struct ctx *cx, const struct thing *thing, const struct rec *input,
	int field, struct id *variant) MUST_CHECK;

/* The warehouse that `input` names in `field`, or the default one. It can't be archived before the transaction ends. */
struct err *thing_warehouse(
	struct ctx *cx, const struct rec *input, int field, struct id *warehouse) MUST_CHECK;

#endif

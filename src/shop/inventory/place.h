/* Where something lies: warehouses, and the stock of one thing in one of them. For the files of this folder. */
#ifndef SOUK_INVENTORY_PLACE_H
#define SOUK_INVENTORY_PLACE_H

#include "db/ctx.h"

/* The active warehouse of the first priority; ERR_CONFLICT no_warehouse. */
struct err *place_default(struct ctx *cx, struct id *warehouse) MUST_CHECK;

/* The stock of a thing in a warehouse, both of the tenant; made if need be. Inside a transaction. ERR_NOT_FOUND. */
struct err *place_stock(struct ctx *cx, struct id product, struct id variant, struct id warehouse,
	struct id *stock) MUST_CHECK;

#endif

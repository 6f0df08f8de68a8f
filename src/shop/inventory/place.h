/* Where something lies: warehouses, and the stock of one thing in one of them. For the files of this folder. */
#ifndef SOUK_INVENTORY_PLACE_H
#define SOUK_INVENTORY_PLACE_H

#include "db/ctx.h"

struct rec;

/* The active warehouse of the first priority; ERR_CONFLICT no_warehouse. */
struct err *place_default(struct ctx *cx, struct id *warehouse) MUST_CHECK;
/* Whether there is that warehouse. Inside a transaction it stays until the end. */
struct err *place_is_open(struct ctx *cx, struct id warehouse, bool *open) MUST_CHECK;

/* Whoever makes a stock or an alert holds the product, so that neither is made without knowing of the other. */
struct err *place_lock_product(struct ctx *cx, struct id product) MUST_CHECK;

/* The stock of a thing in a warehouse, both of the tenant; made if need be. Inside a transaction. ERR_NOT_FOUND. */
struct err *place_stock(struct ctx *cx, struct id product, struct id variant, struct id warehouse,
	struct id *stock) MUST_CHECK;

/* Reads a stock again and, if it was changed, leaves the traces of a write: an audit row and the event. */
struct err *place_trace(
	struct ctx *cx, const char *event, const struct rec *was, struct rec **now) MUST_CHECK;

#endif

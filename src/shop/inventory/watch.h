/* Who has to be told when a stock runs low or out, or is filled again. For the files of this folder. */
#ifndef SOUK_INVENTORY_WATCH_H
#define SOUK_INVENTORY_WATCH_H

#include "db/ctx.h"

/*
 * Looks at all stocks of the product, locking them, and tells what was crossed since it was looked at last: events
 * inventory.low and inventory.out_of_stock, drafts of reorders. `stock` is the one that changed, which the event shows.
 */
struct err *watch_product(struct ctx *cx, struct id product, struct id stock) MUST_CHECK;

#endif

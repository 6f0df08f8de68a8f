/* Who has to be told when a stock runs low or out, or is filled again. For the files of this folder. */
#ifndef SOUK_INVENTORY_WATCH_H
#define SOUK_INVENTORY_WATCH_H

#include "db/ctx.h"

struct rec;

/*
 * Looks at all stocks of the product, locking them, and tells what was crossed since it was looked at last: events
 * inventory.low and inventory.out_of_stock, drafts of reorders. `stock` is the one that changed, which the event shows.
 */
struct err *watch_product(struct ctx *cx, struct id product, struct id stock) MUST_CHECK;

/*
 * Locks all stocks of the products in the order of their ids. Whoever expects to have to look at them does so before he changes
 * one: two who held one each would wait for one another.
 */
struct err *watch_lock(struct ctx *cx, const struct id *products, size_t n) MUST_CHECK;

/*
 * Says what an alert that was written sees, without telling anybody: the product and its stocks are locked from then
 * on, so that nothing is crossed unseen.
 */
struct err *watch_judge(struct ctx *cx, struct rec *alert) MUST_CHECK;

/* Lets the product's stocks know when its alerts, as they stand, want to be asked. */
struct err *watch_arm(struct ctx *cx, struct id product) MUST_CHECK;

#endif

/* Returns, for the files of this folder: what of an order comes back, whether it is taken, and the money for it. */
#ifndef SOUK_RETURNS_H
#define SOUK_RETURNS_H

#include "shop/orders/orders.h"

enum return_field {
	RETURN_ORDER,
	RETURN_CUSTOMER,
	RETURN_EMAIL,
	RETURN_STATUS,
	RETURN_CURRENCY,
	RETURN_AMOUNT,
	RETURN_AMOUNT_REFUNDED,
	RETURN_NOTE,
	RETURN_REJECTION,
	RETURN_APPROVED_AT,
	RETURN_RECEIVED_AT,
	RETURN_REFUNDED_AT,
	RETURN__MAX
};

enum return_relation { RETURN_ITEMS };

enum return_status {
	RETURN_REQUESTED,
	RETURN_APPROVED,
	RETURN_RECEIVED,
	RETURN_REFUNDED,
	RETURN_REJECTED,
	RETURN_CANCELLED,
	RETURN_STATUSES
};

enum return_item_field {
	BACK_ORDER_ITEM,
	BACK_PRODUCT,
	BACK_VARIANT,
	BACK_SKU,
	BACK_NAME,
	BACK_QUANTITY,
	BACK_REASON,
	BACK_NOTE,
	BACK_CONDITION,
	BACK_CURRENCY,
	BACK_PRICE,
	BACK_AMOUNT,
	BACK__MAX
};

enum return_condition { CONDITION_RESTOCK, CONDITION_WRITE_OFF, CONDITIONS };

#define RETURN_ITEMS_MOST 500

extern const struct choice return_statuses[RETURN_STATUSES];
extern const struct choice return_conditions[CONDITIONS];
extern const struct action return_actions[];
#define RETURN_ACTIONS 5
extern const struct outside return_outside;
extern const struct operation return_operations[];
#define RETURN_OPERATIONS 1

/*
 * Fills a new return from its order, whose row is then locked, and claims what it takes back. ERR_VALIDATION: there is
 * no such order or line, a line stands there twice, or less of it was sent and is not claimed back yet.
 */
struct err *return_derive(struct ctx *cx, struct rec *now) MUST_CHECK;
struct err *return_claim(struct ctx *cx, const struct rec *now) MUST_CHECK;
/* Gives back what it claimed. */
struct err *return_release(struct ctx *cx, const struct rec *now) MUST_CHECK;
/* Tells the order's timeline how far the return is. */
struct err *return_tell(struct ctx *cx, const struct rec *now) MUST_CHECK;

#endif

/* Orders: what was bought, by whom, for how much, and what became of it. */
#ifndef SOUK_ORDERS_H
#define SOUK_ORDERS_H

#include "model/plan.h"
#include "shop/orders/carts.h"

enum order_field {
	ORDER_NUMBER,
	ORDER_CUSTOMER,
	ORDER_EMAIL,
	ORDER_STATUS,
	ORDER_PAYMENT_STATUS,
	ORDER_REFUND_STATUS,
	ORDER_FULFILLMENT_STATUS,
	ORDER_CURRENCY,
	ORDER_RATE,
	ORDER_SUBTOTAL,
	ORDER_DISCOUNT_TOTAL,
	ORDER_SHIPPING_TOTAL,
	ORDER_TAX_TOTAL,
	ORDER_TOTAL,
	ORDER_TOTAL_BASE,
	ORDER_AMOUNT_PAID,
	ORDER_AMOUNT_REFUNDED,
	ORDER_PRICES_INCLUDE_TAX,
	ORDER_SHIPPING_ADDRESS,
	ORDER_SHIPPING_ADDRESS_ID,
	ORDER_BILLING_ADDRESS,
	ORDER_BILLING_ADDRESS_ID,
	ORDER_PAYMENT_METHOD,
	ORDER_SHIPPING_METHOD,
	ORDER_COUPON_CODE,
	ORDER_DISCOUNTS,
	ORDER_TAX_LINES,
	ORDER_SHIPPING_EXPLANATION,
	ORDER_CHANNEL,
	ORDER_HOLD_REASON,
	ORDER_CANCEL_REASON,
	ORDER_CANCELLED_AT,
	ORDER__MAX
};

enum order_relation { ORDER_ITEMS };

enum order_status {
	STATUS_PENDING,
	STATUS_PROCESSING,
	STATUS_SHIPPED,
	STATUS_DELIVERED,
	STATUS_CANCELLED
};
enum payment_status { PAYMENT_PENDING, PAYMENT_PAID, PAYMENT_FAILED, PAYMENT_REFUNDED };
enum refund_status { REFUND_NONE, REFUND_PARTIAL, REFUND_FULL };
enum fulfillment_status { FULFILLMENT_UNFULFILLED, FULFILLMENT_PARTIAL, FULFILLMENT_FULFILLED };

enum item_field {
	ITEM_PRODUCT,
	ITEM_VARIANT,
	ITEM_SKU,
	ITEM_NAME,
	ITEM_ATTRIBUTES,
	ITEM_QUANTITY,
	ITEM_CURRENCY,
	ITEM_LIST_PRICE,
	ITEM_PRICE,
	ITEM_SUBTOTAL,
	ITEM_DISCOUNT_TOTAL,
	ITEM_TAX_TOTAL,
	ITEM_TOTAL,
	ITEM_TAX_CLASS,
	ITEM_QUANTITY_FULFILLED,
	ITEM_QUANTITY_RETURNED,
	ITEM_POSITION,
	ITEM_EXPLANATION,
	ITEM__MAX
};

enum timeline_field {
	TIMELINE_ORDER,
	TIMELINE_KIND,
	TIMELINE_OLD_STATUS,
	TIMELINE_NEW_STATUS,
	TIMELINE_AMOUNT,
	TIMELINE_REASON,
	TIMELINE_NOTE,
	TIMELINE_AUTHOR,
	TIMELINE_VISIBILITY,
	TIMELINE_OBJECT,
	TIMELINE_OBJECT_ID,
	TIMELINE_ACTOR,
	TIMELINE__MAX
};

enum timeline_kind {
	TIMELINE_STATUS,
	TIMELINE_CANCELLED,
	TIMELINE_FULFILLED,
	TIMELINE_NOTED,
	TIMELINE_CHANGED,
	TIMELINE_RETURNED,
	TIMELINE_REFUNDED,
	TIMELINE_CREATED,
	TIMELINE_PAYMENT
};
enum visibility { VISIBLE_INTERNAL, VISIBLE_CUSTOMER };

extern const struct resource order_resource;
extern const struct resource order_item_resource;
extern const struct resource timeline_resource;
extern const struct resource return_resource;
extern const struct resource return_item_resource;

/* Loads the order that the specification speaks of (ord_123); what is there already is left alone. */
struct err *orders_sample(struct ctx *cx) MUST_CHECK;

/* Has shipments tell orders what was sent of them. Once, at start. */
void orders_hear_shipping(void);
/* Has payments tell orders what happens to their money. Once, at start. */
void orders_hear_payments(void);

/* Money of an order that went back. */
struct order_refund {
	struct id order;
	int64_t amount;    /* minor units of the order's currency, > 0 */
	struct str reason; /* a word; absent: none */
	struct str
		object; /* the name of the resource that it comes from, and which of them; absent: none */
	struct id object_id;
};

/*
 * Counts the refund in the order, in the caller's transaction: amount_refunded, refund_status and, when all is back,
 * payment_status; a line of the timeline, the event order.refunded. ERR_VALIDATION if it is more than is left.
 */
struct err *orders_refunded(struct ctx *cx, const struct order_refund *r) MUST_CHECK;

struct order_return {
	struct id item;
	int64_t quantity;
};

/*
 * Counts goods that came back in the order's lines (quantity_returned), in the caller's transaction. ERR_VALIDATION,
 * items[i].item_id or items[i].quantity, for a line that is not the order's or of which less was sent.
 */
struct err *orders_returned(
	struct ctx *cx, struct id order, const struct order_return *back, size_t n) MUST_CHECK;

/* What happened to an order elsewhere, for its timeline. */
struct order_event {
	struct id order;
	enum timeline_kind kind;
	int64_t amount;                  /* minor units; 0: none */
	struct str reason, note, status; /* status: of what it came from; absent: none */
	struct str object;
	struct id object_id;
};
struct err *orders_tell(struct ctx *cx, const struct order_event *what) MUST_CHECK;

#define ORDER_ITEMS_MOST 500
#define ORDER_QUANTITY_MOST 1000000
#define NOTE_POINTS 5000

struct order_generation {
	int64_t orders;
	void (*told)(int64_t done); /* may be NULL */
};

/*
 * Makes that many orders of one to five lines for the tenant of cx, spread over the last year, straight into the tables: with their
 * events, their rows in the audit log and in the ledger of stock, so that books_verify() finds nothing. They are of the first thousand
 * products, which get a stock in a warehouse GEN. Of a hundred orders the last is still open, and holds what it is of. Outside a
 * transaction; each thousand is one. Nobody else may order or move stock there meanwhile. ERR_VALIDATION if there is no product.
 */
struct err *orders_generate(struct ctx *cx, const struct order_generation *g) MUST_CHECK;

/* Why a row was refused. */
struct history_fault {
	int64_t line; /* of the file */
	struct str invoice, column;
	enum reason reason;
	struct str message;
};
typedef void history_fault_fn(void *arg, const struct history_fault *fault);

struct order_import {
	const char *path; /* "-": standard input */
	history_fault_fn *told;
	void (*progress)(void *arg, int64_t invoices); /* may be NULL */
	void *arg;

	/* results: what was made, or would be in a dry run; invoices that were there; rows of the file */
	int64_t orders, cancellations, lines, customers, products, unchanged, rows, refused;
};

/*
 * Loads the history of a shop (history.h) into the tenant of cx. Each sale becomes an order that is delivered and paid, with the invoice's number and country in
 * its metadata; each cancellation a return that is refunded and belongs to no order. Lines point to the product or variant that has
 * their SKU; for a SKU that nobody has, an archived product is made. A customer gets CustomerID as `external_id` in the metadata and,
 * since the file has none, the address customer-ID@history.invalid. Stock is not touched, and events are silent.
 *
 * An invoice that is there is left alone, so that a second run changes nothing and one that was killed is gone on with. Many invoices
 * are one transaction. In a dry run nothing is written. Errors as of history_read(), and of the database.
 */
struct err *order_import(struct ctx *cx, struct order_import *to) MUST_CHECK;

#endif

/* For the files of this folder: the rules of an order, and what they share. */
#ifndef SOUK_ORDER_INT_H
#define SOUK_ORDER_INT_H

#include "model/rec.h"
#include "shop/orders/orders.h"

#define STATUSES (STATUS_CANCELLED + 1)
extern const struct choice order_statuses[STATUSES];

enum cancel_reason {
	CANCEL_CUSTOMER,
	CANCEL_STOCK,
	CANCEL_PAYMENT,
	CANCEL_FRAUD,
	CANCEL_DUPLICATE,
	CANCEL_OTHER,
	CANCEL_REASONS
};
extern const struct choice cancel_reasons[CANCEL_REASONS];

/* Fills the customer's e-mail and addresses in where none were given. *customer: NULL for a guest. */
struct err *order_find_buyer(struct ctx *cx, struct rec *now, struct rec **customer) MUST_CHECK;
/* Copies an address that a change names by its id. */
struct err *order_readdress(struct ctx *cx, struct rec *now, const struct rec *was) MUST_CHECK;

/* An order that is new: prices it, reserves its stock, gives it its number. */
struct err *order_price(struct ctx *cx, struct rec *now) MUST_CHECK;
struct err *order_take(struct ctx *cx, struct rec *now) MUST_CHECK;

/* What of an order may still be changed, and the row of the timeline that tells so. */
struct err *order_check_change(struct ctx *cx, struct rec *now, const struct rec *was) MUST_CHECK;
struct err *order_note_change(struct ctx *cx, struct rec *now, const struct rec *was) MUST_CHECK;

extern const struct action order_actions[];
#define ORDER_ACTIONS 2
extern const struct operation order_operations[];
#define ORDER_OPERATIONS 2

/*
 * All that is open was sent, by whomever: counts it, and records a shipment for it; `delivered`: all has arrived. The caller
 * sets the status.
 */
struct err *order_ship_by_hand(struct ctx *cx, struct rec *now, bool delivered) MUST_CHECK;

/* What is new in the timeline. */
struct timeline_row {
	struct id order;
	enum timeline_kind kind;
	struct str old_status, new_status; /* absent: as it was */
	int64_t amount;                    /* 0: none */
	struct str reason, note, author;
	enum visibility visibility;
	struct str object; /* the name of a resource, and one of it; absent: the order itself */
	struct id object_id;
	int64_t at_ms; /* 0: now */
	struct id id;  /* result */
};

/* Writes it in the caller's transaction. */
struct err *timeline_add(struct ctx *cx, struct timeline_row *row) MUST_CHECK;
/* The entry that it became. */
struct rec *timeline_rec(struct ctx *cx, const struct timeline_row *row);

#define VISIBILITIES (VISIBLE_CUSTOMER + 1)
extern const struct choice note_visibilities[VISIBILITIES];

/* What was paid and has not gone back, in minor units. */
int64_t order_refundable(const struct rec *order);
/* Counts money that came and money that goes back (less than 0: did not after all), and what follows of it for the statuses. */
void order_count_money(struct rec *now, int64_t came, int64_t went);
extern const struct outside order_outside;
/* Does to an order what is no route, in the caller's transaction. */
struct err *order_act_inside(struct ctx *cx, struct id order, const struct action *action,
	const struct rec *input) MUST_CHECK;

/* The word of a choice of one of the order's enums. */
struct str order_word(const struct rec *order, int field);

#endif

/* Shipments, for the files of this folder: what of an order was sent, its label, and its way. */
#ifndef SOUK_SHIPMENTS_H
#define SOUK_SHIPMENTS_H

#include "model/plan.h"
#include "model/rec.h"
#include "shop/shipping/shipping.h"

enum shipment_field {
	SHIPMENT_ORDER,
	SHIPMENT_CARRIER,
	SHIPMENT_SERVICE,
	SHIPMENT_CARRIER_ID,
	SHIPMENT_STATUS,
	SHIPMENT_TRACKING_NUMBER,
	SHIPMENT_TRACKING_URL,
	SHIPMENT_LABEL_URL,
	SHIPMENT_REFERENCE,
	SHIPMENT_PACKAGES,
	SHIPMENT_FROM,
	SHIPMENT_TO,
	SHIPMENT_INSURANCE,
	SHIPMENT_SIGNATURE,
	SHIPMENT_CURRENCY,
	SHIPMENT_COST,
	SHIPMENT_ESTIMATED,
	SHIPMENT_SHIPPED_AT,
	SHIPMENT_DELIVERED_AT,
	SHIPMENT_VOIDED_AT,
	SHIPMENT_ERROR,
	SHIPMENT_EVENTS,
	SHIPMENT__MAX
};

enum shipment_relation { SHIPMENT_ITEMS };

enum shipment_status {
	SHIPMENT_PENDING,
	SHIPMENT_LABELLED,
	SHIPMENT_IN_TRANSIT,
	SHIPMENT_OUT,
	SHIPMENT_DELIVERED,
	SHIPMENT_EXCEPTION,
	SHIPMENT_RETURNED,
	SHIPMENT_VOIDED,
	SHIPMENT_STATUSES
};

enum shipment_item_field { SENT_ITEM, SENT_SKU, SENT_NAME, SENT_QUANTITY, SENT__MAX };

extern const struct choice shipment_statuses[SHIPMENT_STATUSES];

#define SHIPMENT_ITEMS_MOST 500
#define MANUAL "manual" /* the carrier of what was sent without telling us by whom */

extern const struct action shipment_actions[];
#define SHIPMENT_ACTIONS 2
extern const struct operation shipment_operations[];
#define SHIPMENT_OPERATIONS 3
extern const struct raw shipment_label_raw, shipment_package_label_raw;

extern const struct shipping_listener *shipping_told;

/*
 * A shipment that is new: locks its order and fills in what was left out. ERR_VALIDATION: there is no such order, line or
 * service, a line stands there twice, or less of it is open; ERR_CONFLICT: the order is cancelled, or all was sent.
 */
struct err *shipment_fill(struct ctx *cx, struct rec *now) MUST_CHECK;
struct err *shipment_take(struct ctx *cx, const struct rec *now) MUST_CHECK;

/* What a body says that no database need judge. */
struct err *shipment_check_body(struct ctx *cx, const struct rec *now) MUST_CHECK;

/*
 * Who carries it and whence its label comes: sets status, number, paths and cost, or asks for the outside. ERR_VALIDATION: there is
 * no such carrier or service, or it does not take this.
 */
struct err *shipment_choose(struct ctx *cx, struct rec *now) MUST_CHECK;
/* "/v2/shipments/shp_…/label" */
void shipment_own_path(struct ctx *cx, struct rec *now, int field, const char *what);

/* What its carrier is asked, but for the verb. *can is false if there is nobody to ask: the contract is gone. */
struct carrier_ask;
struct err *shipment_ask(
	struct ctx *cx, const struct rec *shipment, struct carrier_ask *ask, bool *can) MUST_CHECK;

/*
 * Its goods, if it crosses a border; without any when their prices have no rate to the shop's currency, and then the label will be
 * refused.
 */
struct err *shipment_goods(struct ctx *cx, struct id shipment, struct carrier_ask *ask) MUST_CHECK;

extern const struct outside shipment_outside;
/* The row of the call that makes the label of one that is pending; and when its way is asked for first. */
struct err *shipment_due(struct ctx *cx, const struct rec *now) MUST_CHECK;
/* Sets when the carrier is asked for its way next, if it can be; tries: how often it could not answer. */
struct err *shipment_track_later(struct ctx *cx, const struct rec *now, int64_t tries) MUST_CHECK;
/* A label that was bought is voided by its carrier: the row of that call. */
struct err *shipment_void_due(struct ctx *cx, struct rec *now) MUST_CHECK;

/* Gives its lines back, unless it has moved (ERR_CONFLICT). Sets the status; a void one stays as it is. */
struct err *shipment_void(struct ctx *cx, struct rec *now, const struct rec *was) MUST_CHECK;

/* Before the order's other shipments, or what came back of it, are looked at. */
struct err *shipment_lock_order(struct ctx *cx, const struct rec *shipment) MUST_CHECK;

/* Tells the order what became of the shipment as `now` says, whose row need not be written yet. */
struct err *shipment_tell(struct ctx *cx, const struct rec *now, enum shipping_news_kind kind,
	struct str note) MUST_CHECK;

/* Something that happened on the way. */
struct shipment_event {
	int64_t at_ms;
	int status;                    /* enum shipment_status */
	struct str location, text, id; /* id: the teller's own; absent: none */
};

/*
 * Takes events down, whatever their order, and sets the status that all there are lead to; what is there already is
 * passed over. The shipment is locked.
 */
struct err *shipment_happened(struct ctx *cx, struct rec *now, const struct rec *was,
	const struct shipment_event *events, size_t n) MUST_CHECK;
/* The same without telling the order. */
struct err *shipment_note(struct ctx *cx, struct rec *now, const struct rec *was,
	const struct shipment_event *events, size_t n) MUST_CHECK;

/* A tracking number of our own: 18 digits, the last of which checks the others (GS1 General Specifications §7.9). */
struct str shipment_number(struct arena *a, struct id id);

#endif

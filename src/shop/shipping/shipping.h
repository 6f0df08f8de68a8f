/* Shipping: what others may ask of it, and what it asks of orders, which it does not know. */
#ifndef SOUK_SHIPPING_H
#define SOUK_SHIPPING_H

#include "model/plan.h"

extern const struct resource carrier_resource;
extern const struct resource shipment_resource;
extern const struct resource shipment_item_resource;
extern const struct resource shipping_rates_shape;

/* What a line weighs: of one piece, "0.3500", "kg"; absent: nobody knows, so nothing. */
struct shipping_weight {
	struct str weight, unit;
	int64_t quantity;
};

struct shipping_offer {
	/* In: */
	struct str method;    /* absent: none was chosen */
	const struct rec *to; /* an address_shape; NULL: not known */
	struct str currency;
	const struct shipping_weight *lines;
	size_t nlines;
	int64_t goods_minor; /* what the goods cost before discounts, for what is free above an amount */

	/* Out: */
	int64_t minor; /* the price, in minor units of currency */
	struct str
		text; /* carrier, service, zone, weight and surcharges, or why it costs nothing */
};

/*
 * What it costs to send something by a method (D75): a service of a carrier with a tariff ("standard"), a carrier and its
 * service ("fedex:ground") or a rate that was told within the last 24 hours ("rate_…"). Nobody is asked, so it may be
 * part of a transaction. A shop without carriers takes any method, for nothing. ERR_VALIDATION names shipping_method:
 * unknown, not_served, rate_needed (only the carrier knows the price), rate_unfit, no_rate.
 */
struct err *shipping_price(struct ctx *cx, struct shipping_offer *o) MUST_CHECK;

/* All methods that have a price without asking anybody; none of a shop without carriers. `ask->method` does not matter. */
struct err *shipping_ways(struct ctx *cx, const struct shipping_offer *ask,
	struct shipping_offer **out, size_t *n) MUST_CHECK;

/*
 * Asks all carriers at once: *out is a rec of shipping_rates_shape, whose rates hold for 24 hours. ask->to must be known.
 * Not within a transaction.
 */
struct err *shipping_rates(
	struct ctx *cx, const struct shipping_offer *ask, struct rec **out) MUST_CHECK;

/* Removes up to `most` rates whose day is over; in a dry run counts them. *n: how many. */
struct err *shipping_purge(struct ctx *cx, int64_t most, int64_t *n) MUST_CHECK;

/* Loads the sample carriers: prices by the shop's own tariff, and in the sandbox those that the specification names. */
struct err *carriers_sample(struct ctx *cx) MUST_CHECK;

/* A line of an order, as a shipment sees it. */
struct shipping_line {
	struct id item;
	struct str sku, name;
	int64_t quantity, open; /* ordered, and of these not sent yet */
	struct str weight,
		weight_unit; /* of one piece, "0.3500", "kg"; absent: not known, or it weighs nothing */
};

struct shipping_order {
	int64_t number;
	struct str currency;
	struct rec *ship_to; /* an address_shape; NULL: there is none */
	bool cancelled;
	struct shipping_line *lines;
	size_t n;
};

enum shipping_news_kind {
	SHIPPING_TAKEN, /* these units are of a shipment from now on: nobody else may send them, and they leave the stock */
	SHIPPING_SENT,   /* the label of a shipment that was pending is there */
	SHIPPING_VOIDED, /* these units are here still */
	SHIPPING_MOVED   /* a shipment arrived, or otherwise moved */
};

struct shipping_part {
	struct id item;
	int64_t quantity;
};

struct shipping_news {
	enum shipping_news_kind kind;
	struct id order, shipment;
	const struct shipping_part *parts; /* taken and voided */
	size_t n;
	int64_t pending; /* units of the order in shipments that wait for their label */
	bool delivered;  /* all live shipments of the order have arrived */
	bool told;       /* a line of the timeline shall say so */
	struct str note; /* for it: "fedex ground 123"; absent: none */
};

/* What shipments must know of orders and tell them; orders hands it in at start. In the caller's transaction. */
struct shipping_listener {
	/* Locks the order's row and reads its lines. ERR_NOT_FOUND. */
	struct err *(*items)(struct ctx *cx, struct id order, struct shipping_order *out);
	/* ERR_CONFLICT if the lines cannot bear it: no more is sent than was bought, nor less than came back. */
	struct err *(*news)(struct ctx *cx, const struct shipping_news *news);
};
void shipping_listen(const struct shipping_listener *l);

/* An order that was said to be shipped or delivered by hand (D76). */
struct shipping_by_hand {
	struct id order;
	const struct shipping_order *of;   /* its lines, and where it goes */
	const struct shipping_part *parts; /* what no shipment has; n 0: nothing */
	size_t n;
	bool delivered; /* so are all its other live shipments */
};

/*
 * Records a shipment without a carrier for these lines, for orders, which count them by themselves: it is told nothing. In the
 * caller's transaction, in which the order is locked.
 */
struct err *shipping_record(struct ctx *cx, const struct shipping_by_hand *what) MUST_CHECK;

/*
 * For souk-shipments, outside a transaction: asks carriers once more for what they gave no answer to, and asks where shipments are
 * whose turn it is, at most `most`; *n says how many. With cx->dry_run they count all there are.
 */
struct err *shipments_settle(struct ctx *cx, int64_t most, int64_t *n) MUST_CHECK;
struct err *shipments_poll(struct ctx *cx, int64_t most, int64_t *n) MUST_CHECK;

/* Loads the shipment that the specification speaks of (shp_123); what is there already is left alone. */
struct err *shipments_sample(struct ctx *cx) MUST_CHECK;

#endif

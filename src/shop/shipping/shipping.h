/* Shipping: what others may ask of it, and what it asks of orders, which it does not know. */
#ifndef SOUK_SHIPPING_H
#define SOUK_SHIPPING_H

#include "model/plan.h"

struct rec;

extern const struct resource shipment_resource;
extern const struct resource shipment_item_resource;

struct shipping_offer {
	/* In: */
	struct str method;    /* absent: none was chosen */
	const struct rec *to; /* an address_shape; NULL: not known */
	struct str currency;

	/* Out: */
	int64_t minor;   /* the price, in minor units of currency */
	struct str text; /* what it is, or why it costs nothing: for the explanation */
};

/* What it costs to send something so. */
struct err *shipping_price(struct ctx *cx, struct shipping_offer *o) MUST_CHECK;

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

/* Loads the shipment that the specification speaks of (shp_123); what is there already is left alone. */
struct err *shipments_sample(struct ctx *cx) MUST_CHECK;

#endif

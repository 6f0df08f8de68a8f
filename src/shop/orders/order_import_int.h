/* What the steps of an import share. */
#ifndef SOUK_ORDERS_ORDER_IMPORT_INT_H
#define SOUK_ORDERS_ORDER_IMPORT_INT_H

#include "model/rec.h"
#include "shop/orders/history.h"

#define EXTERNAL_ID "external_id" /* of a customer, in his metadata */
#define INVOICE "invoice"         /* of an order or a return */

/* A customer or a product that the file names. */
struct named {
	struct str key;  /* CustomerID, StockCode */
	struct str text; /* of a product: its name; of a customer: his country */
	int64_t at_ms;   /* of the first invoice that names it */
	int64_t price_minor;
	struct id id, variant; /* ID_NONE: not there yet */
};

/* In the order of their keys, each once. */
struct register_of {
	struct named *all;
	size_t n;
};

struct importing {
	struct ctx *cx;
	struct order_import *to;
	struct history history;
	struct register_of customers, products;
};

/* Finds or makes all customers, then all products of the history; `own` holds the registers. Outside a transaction. */
struct err *order_import_customers(struct importing *im, struct arena *own) MUST_CHECK;
struct err *order_import_products(struct importing *im, struct arena *own) MUST_CHECK;

/* The entry of a key; NULL if there is none. */
const struct named *register_get(const struct register_of *r, struct str key);

/* A new rec with an id, made and changed at that moment, its initial values filled in. */
struct rec *order_import_rec(struct ctx *cx, const struct resource *r, int64_t at_ms);
/* Its first traces: an audit row and a silent event. Inside a transaction. */
struct err *order_import_traces(struct ctx *cx, const struct rec *r) MUST_CHECK;

/* A cancellation as a return of no order, with its lines; not stored yet. */
struct rec *order_import_return(struct importing *im, const struct history_invoice *v);
/* Invoice and country, as metadata. */
struct str order_import_metadata(struct ctx *cx, const struct history_invoice *v);

/* The keys as a JSON list, for a statement that looks many up. */
struct str order_import_list(struct ctx *cx, const struct str *keys, size_t n);

#endif

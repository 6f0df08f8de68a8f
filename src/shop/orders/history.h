/*
 * The history of a shop before it was ours: a CSV file with a row for each line of an invoice, as tills and bookkeepers write it.
 *
 *   InvoiceNo     digits: a sale; C and digits: a cancellation, whose quantities are below 0. All else is no sale
 *   StockCode     the SKU of then, Description what it was called
 *   Quantity, UnitPrice, InvoiceDate (2010-12-01 08:26:00, in UTC), Country (a name or a code)
 *   CustomerID    a number; a till's "17850.0" is 17850; empty: a guest
 *
 * The columns may stand in any order. A row is refused, with the first reason of these that holds: its invoice is no sale; no stock
 * code, or one like an id; a text that is too long; a customer that is no word; a quantity that is no whole number, or has the wrong
 * sign, or is 0; a price that is no number, below 0 or finer than the currency's minor unit; a line that comes to more than 2^53 - 1
 * minor units; no time; another customer or country than the invoice's first row; more than the invoice may come to. What costs
 * nothing is kept.
 */
#ifndef SOUK_ORDERS_HISTORY_H
#define SOUK_ORDERS_HISTORY_H

#include "shop/orders/orders.h"

struct history_line {
	int64_t at; /* line of the file */
	struct str sku, name;
	int64_t quantity, price_minor; /* above 0, of cancellations too; of one piece */
};

struct history_invoice {
	struct str number; /* with its C */
	bool is_cancellation;
	int64_t at_ms;       /* of its first line */
	struct str customer; /* absent: a guest */
	struct str country;
	struct history_line *lines;
	size_t n;
	int64_t total_minor;
};

struct history {
	struct history_invoice *invoices; /* in the order in which they begin in the file */
	size_t n;
	int64_t rows, refused; /* of the file, without its head */
};

/* Where it stands ("-": standard input), and whom each fault is told. */
struct history_source {
	const char *path;
	history_fault_fn *told;
	void *arg;
};

/*
 * Reads the file whole into `own`, wherever an invoice's rows stand; prices have cx->currency's digits. ERR_NOT_FOUND,
 * ERR_MALFORMED (the file), ERR_VALIDATION (its columns).
 */
struct err *history_read(struct ctx *cx, struct arena *own, const struct history_source *from,
	struct history *out) MUST_CHECK;

/* The ISO 3166 code of a country as people write it; a code is its own. Absent: none is known. */
struct str history_country(struct str name);

#endif

/* What the checks share. */
#ifndef SOUK_BOOKS_INT_H
#define SOUK_BOOKS_INT_H

#include "db/db.h"
#include "shop/books/books.h"

/* Objects in one statement. */
#define BOOKS_STEP "2000"
/* Nobody waits for the answer. */
#define PATIENTLY "SET STATEMENT max_statement_time = 600 FOR "

/* The objects whose ids are above `after`, up to `until`. */
struct span {
	struct id after, until;
};

typedef struct err *books_fn(struct ctx *cx, struct books *b, const struct span *s);

/* Sets s->until to the end of the next step, as far above s->after as one statement shall go; *more: it is not the last. */
struct err *books_step_orders(struct ctx *cx, struct span *s, bool *more) MUST_CHECK;
struct err *books_step_payments(struct ctx *cx, struct span *s, bool *more) MUST_CHECK;
struct err *books_step_products(struct ctx *cx, struct span *s, bool *more) MUST_CHECK;

/* Whose rows, by the prefix of their ids, and the checks of each. */
struct books_rule {
	const char *prefix;
	const char *checks[6];
	size_t n;
};

/*
 * Tells of each row of a result: its first cell is the object's number, behind it stand pairs of what was expected and what was
 * found, one for each of the checks; pairs that are the same are passed over.
 */
void books_tell(
	struct ctx *cx, struct books *b, const struct books_rule *rule, const struct db_rows *rows);

books_fn books_order_sums, books_order_lines, books_order_money, books_order_traces,
	books_order_holds, books_order_number;
books_fn books_payments, books_order_paid;
/* Of the tenant as a whole; the span is not looked at. */
books_fn books_moved, books_numbers, books_stock, books_cart_holds, books_coupons, books_ledger;
books_fn books_ratings, books_redemptions, books_order_returns, books_shipments;

#endif

/*
 * The books of a tenant: what is kept in two places must be the same in both. Stock and its ledger, orders and their lines, coupons
 * and their redemptions are summed up anew and held against what is stored. Nothing is locked, and nothing is changed: each
 * statement sees one moment, so that a shop that is open while it is verified is not blamed for it.
 */
#ifndef SOUK_BOOKS_H
#define SOUK_BOOKS_H

#include "db/ctx.h"

struct books_difference {
	const char *check; /* "order_total" */
	struct str object; /* its id, or what it is about */
	struct str expected, found;
};
typedef void books_told_fn(void *arg, const struct books_difference *d);

struct books {
	books_told_fn *told;
	void *arg;
	int64_t objects, differences; /* result: looked at, found */
};

/*
 * Verifies the tenant of cx in steps of some thousand objects, by their ids, so that memory stays small however many there are.
 * Adds to the results. The errors of the database.
 */
struct err *books_verify(struct ctx *cx, struct books *b) MUST_CHECK;

/* The names of all checks, for documents; NULL-terminated. */
extern const char *const books_checks[];

#endif

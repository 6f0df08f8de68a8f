/*
 * The query string: decoded, bounded, and turned into what the engine takes. What is not known is
 * refused with the nearest name, so that a slip never widens a filter.
 */
#ifndef SOUK_WEB_PARAMS_H
#define SOUK_WEB_PARAMS_H

#include "model/query.h"

#define PARAMS_MAX 100

struct param {
	struct str name, value; /* decoded; the value is never absent, but may be empty */
};

/* In the order of their first appearance; a repeated one is there once, its values joined by commas. */
struct params {
	struct param p[PARAMS_MAX];
	size_t n;
};

/*
 * Splits, then decodes ("%2C" in a list is a comma, as many clients send it). ERR_QUERY for more than
 * PARAMS_MAX, ERR_MALFORMED for what is not percent-encoded UTF-8.
 */
struct err *params_read(struct arena *a, struct str query, struct params *out) MUST_CHECK;

/*
 * The same of a form's body (application/x-www-form-urlencoded). ERR_MALFORMED, and also for a name that stands there
 * twice.
 */
struct err *params_form(struct arena *a, struct str body, struct params *out) MUST_CHECK;

/*
 * A list: fills *q, made by query_init(), from page, limit, cursor, sort, order, fields, include, search, languages,
 * filter[field][op], filter[field] and the shorthands of the resource. ERR_QUERY names the parameter.
 * *warning: a text if a value was lowered to what is allowed, else absent.
 */
struct err *params_query(
	struct ctx *cx, const struct params *p, struct query *q, struct str *warning) MUST_CHECK;

/* One object: fields, include and languages only. */
struct err *params_view(struct ctx *cx, const struct params *p, const struct resource *r,
	struct view *out) MUST_CHECK;

/*
 * An operation: fields, include and languages of its output, if it has one, into *view; all others are its input, if
 * `input` is not NULL, into *input. ERR_QUERY with every fault. A date is its first moment; of an input that ends in _to,
 * its last (D47).
 */
struct err *params_operation(struct ctx *cx, const struct params *p, const struct operation *o,
	struct view *view, struct rec **input) MUST_CHECK;

/* The nth parameter that every list takes, NULL beyond the last; for documents. */
const char *params_of_list(size_t i);

/* No parameter at all is taken here. */
struct err *params_none(struct ctx *cx, const struct params *p) MUST_CHECK;

#endif

/*
 * Cursors (D63): a place in one list, opaque to the client. base64url of a version byte, the tenant,
 * a hash of what makes the list that list (filters, sort), the keys of the last row shown, and an
 * 8-byte HMAC of all that.
 */
#ifndef SOUK_MODEL_CURSOR_H
#define SOUK_MODEL_CURSOR_H

#include "model/query.h"

#define KEYS_MAX (SORTS_MAX + 1)

/* The cursor behind a row with these keys, query_keys(q) of them. */
struct str cursor_make(struct ctx *cx, const struct query *q, const struct value *keys);

/* The keys in q->cursor. ERR_QUERY if we did not make it, or made it for another list or tenant. */
struct err *cursor_read(struct ctx *cx, const struct query *q, struct value *keys) MUST_CHECK;

#endif

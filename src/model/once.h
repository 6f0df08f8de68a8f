/*
 * Idempotency (D52, D53): the same key and body replays the stored answer, another body is a
 * conflict, a concurrent twin waits. The row is written in the write's own transaction. Of a write with a call to the
 * outside it is pending until the second transaction, which stores the answer: a repeat completes it.
 */
#ifndef SOUK_MODEL_ONCE_H
#define SOUK_MODEL_ONCE_H

#include "base/buf.h"
#include "base/crypto.h"
#include "db/db.h"

/* An answer as it is sent and stored: what a replay repeats to the byte. */
struct answer {
	int status;
	struct str location, etag, type; /* absent: none; type absent: application/json */
	struct str language;             /* Content-Language; absent: none */
	struct str body;
	bool secret; /* the body shows a secret: stored sealed */
};

struct once {
	struct digest key;         /* SHA-256 of the client's key */
	struct digest fingerprint; /* of everything that makes the request what it is */
	const void *face;          /* for `refusal` */
	/* Renders a refusal (an err that the write met inside its transaction) as it would be sent. */
	void (*refusal)(struct ctx *cx, const struct err *e, struct answer *out);
};

/* What is known of a key. Neither: this request is the first. */
struct kept_once {
	bool answered;     /* its answer is there, and nothing more is to be done */
	struct id pending; /* the object whose second transaction is still due */
};

/*
 * Inside the transaction, before anything else. If it is answered, *out is the stored answer. ERR_CONFLICT, reason
 * idempotency_mismatch for another fingerprint, idempotency_in_progress if the twin does not end within 3 s. `likely`: the
 * object for which once_pend() would have to be called, so that it need not be; ID_NONE: not known yet.
 */
struct err *once_begin(
	struct ctx *cx, struct id likely, struct kept_once *kept, struct answer *out) MUST_CHECK;
/* Stores that the write of this object is committed and its answer is not there yet; the last statement of its first transaction. */
struct err *once_pend(struct ctx *cx, struct id object) MUST_CHECK;
/* Whether a pending key is answered meanwhile; as the first statement of a transaction with `lock`, which holds the row. */
struct err *once_look(struct ctx *cx, bool lock, bool *answered, struct answer *out) MUST_CHECK;
/* ERR_CONFLICT, reason idempotency_in_progress. */
struct err *once_busy(struct ctx *cx);
/* Stores the answer; the last statement before the commit. */
struct err *once_end(struct ctx *cx, const struct answer *a) MUST_CHECK;

/*
 * Removes at most `most` keys that are older than a day (D53), of one tenant or, ID_NONE, of all; *n: how many. With
 * cx->dry_run counts them all instead.
 */
struct err *once_purge(struct ctx *cx, struct id tenant, int64_t most, int64_t *n) MUST_CHECK;

#endif

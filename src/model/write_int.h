/* What the two transactions of a write share: write.c has the first, outside.c the call and the second. */
#ifndef SOUK_MODEL_WRITE_INT_H
#define SOUK_MODEL_WRITE_INT_H

#include "model/write.h"

/* One attempt: what is being written, and what it became. */
struct attempt {
	const struct write *w;
	struct written *out;
	struct rec *was, *now; /* the top-level record */
	struct rec *shown;     /* what the answer shows: now, or a child of it */
	bool changed;
	struct id
		outside; /* the object about which the outside is asked after the commit; ID_NONE: none */
	struct id preset; /* the id of what is made; ID_NONE: none is chosen yet */
	struct id likely; /* what the key's row names as the object that is pending */
	bool repeated;    /* another request of this key wrote it, and its answer is still due */
	void *second;     /* of the second transaction: outside.c's own */
};

/* Rules, rows, traces: what every write does once `now` says what it shall be. */
struct err *write_carry_out(struct ctx *cx, struct attempt *at) MUST_CHECK;
/* True for a refusal that would come again: it is the answer to this key (D52). */
bool write_is_final(const struct err *e);

/* The call and the second transaction of a write whose first is committed. Replaces *at->out. */
struct err *write_outside(struct ctx *cx, struct attempt *at) MUST_CHECK;

#endif

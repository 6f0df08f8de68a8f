/* Payments: what others may ask of them. So far they only take down what they owe. */
#ifndef SOUK_PAYMENTS_H
#define SOUK_PAYMENTS_H

#include "db/ctx.h"

/* Money that is to go back to whoever paid an order. */
struct refund_due {
	struct id order;
	int64_t amount; /* minor units of currency, > 0 */
	struct str currency;
	const char *reason; /* a word: "cancelled", "return" */
	struct str
		object; /* the name of the resource that it comes from; absent: the order itself */
	struct id object_id; /* and which of them */
};

/*
 * Takes the refund down in the caller's transaction, as a row of refunds_due that is pending. Nothing is asked of any
 * gateway: that is done with what is committed.
 */
struct err *payments_refund_due(struct ctx *cx, const struct refund_due *r) MUST_CHECK;

#endif

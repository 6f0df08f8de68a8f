/*
 * Payments: what others may ask of them, and what they tell. Payments know nothing of orders: whose orders they are paid
 * for says what is to be paid (payable) and is told what happened (news).
 */
#ifndef SOUK_PAYMENTS_H
#define SOUK_PAYMENTS_H

#include "model/plan.h"

extern const struct resource payment_intent_resource;
extern const struct resource payment_method_resource;
extern const struct resource payment_resource;
extern const struct resource gateway_resource;

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

/*
 * Cancels what of an order is not captured, in the caller's transaction, which holds the order's row: its intents become
 * canceled, and calls are pending that give authorized money free. What a gateway is being asked about (processing)
 * is left alone: it is voided when the answer comes, since the order is cancelled then.
 */
struct err *payments_void(struct ctx *cx, struct id order) MUST_CHECK;

enum payments_news_kind {
	PAYMENTS_CAPTURED,
	PAYMENTS_FAILED,
	PAYMENTS_REFUNDED,
	PAYMENTS_REFUND_FAILED
};

struct payments_news {
	enum payments_news_kind kind;
	struct id order;
	int64_t amount; /* minor units of currency; of what failed: what it was for */
	struct str currency, reason;
	struct str object; /* the name of the resource that it comes from, and which of them */
	struct id object_id;
};

/* What is to be paid for an order, in minor units of its currency. */
struct payable {
	int64_t total, paid, refunded;
	struct str currency;
	struct id customer; /* ID_NONE: a guest */
	bool cancelled;
};

struct payments_listener {
	/* Locks the order's row; ERR_NOT_FOUND. */
	struct err *(*payable)(struct ctx *cx, struct id order, struct payable *out);
	/* In the caller's transaction. */
	struct err *(*news)(struct ctx *cx, const struct payments_news *news);
};

/* Once, at start. Until then no payment can be for an order. */
void payments_listen(const struct payments_listener *l);

/*
 * Something is known of a call to a gateway, whose id is its key: it told so by itself, or the buyer has confirmed. The
 * gateway is asked what, and that is settled. Outside a transaction. A call that is unknown or settled: nothing is done.
 */
struct err *payments_told(struct ctx *cx, struct id call) MUST_CHECK;

/*
 * Gives free what was held for too long, at most `most` intents of the tenant; *n: how many. Outside a transaction, each
 * is some of its own. In a dry run they are counted.
 */
struct err *payments_expire(struct ctx *cx, int64_t most, int64_t *n) MUST_CHECK;

/* Where pages for buyers are: SOUK_BASE_URL, set once at start; "": they are told by their paths. */
void payments_setup(const char *base_url);

/* For souk-housekeep: forgets the messages of gateways that cannot come again, at most `most`; in a dry run it counts them. */
struct err *payments_forget(struct ctx *cx, int64_t most, int64_t *n) MUST_CHECK;

/* Loads the payments that the specification's examples need; what is there already is left alone. */
struct err *payments_sample(struct ctx *cx) MUST_CHECK;

#endif

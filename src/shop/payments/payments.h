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
extern const struct resource refund_resource;
extern const struct resource dispute_resource;
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
 * Makes the refunds in the caller's transaction, which counts the amount in the order: from what is left of the order's payments, the
 * oldest first; what none of them covers is a refund by hand. Gateways are asked after the commit, by payments_carry_out().
 * ERR_CONFLICT, reason nothing_left, if a part of that is disputed.
 */
struct err *payments_refund_due(struct ctx *cx, const struct refund_due *due) MUST_CHECK;

/*
 * What of an order is disputed, and so cannot go back by a refund: in minor units of its currency. In the transaction that
 * holds the order's row.
 */
struct err *payments_disputed(struct ctx *cx, struct id order, int64_t *amount) MUST_CHECK;

/* Whether gateways are still to be asked something about an order, as the caller's transaction left it. */
struct err *payments_are_due(struct ctx *cx, struct id order, bool *due) MUST_CHECK;
/* Asks them, outside a transaction, and writes what comes of it, object by object. What fails stays due. */
struct err *payments_carry_out(struct ctx *cx, struct id order) MUST_CHECK;

/* Calls that are to be settled: those behind `after`, made and due before those times; at most `most`. */
struct payments_due {
	int64_t made_before_ms, due_before_ms;
	struct id after;
	int64_t most;
	int64_t n; /* result: how many there were; `after` becomes the last of them */
};
/*
 * Asks the gateways about them, one by one, outside a transaction; in a dry run they are counted. The first error that is not the
 * database's does not keep the others waiting.
 */
struct err *payments_settle(struct ctx *cx, struct payments_due *due) MUST_CHECK;

/*
 * Refunds whose money has arrived by the clock become succeeded, at most `most` of them, each in a transaction of its own;
 * outside one. In a dry run they are counted. *n: how many.
 */
struct err *refunds_settle(struct ctx *cx, int64_t most, int64_t *n) MUST_CHECK;

/*
 * Disputes whose evidence the gateway does not have yet, or whose time is over, are asked about; at most `most` of those behind
 * *after, which becomes the last of them. Outside a transaction; in a dry run they are counted.
 */
struct err *disputes_settle(struct ctx *cx, int64_t most, struct id *after, int64_t *n) MUST_CHECK;

/* What is open, of all tenants. */
struct payments_open {
	int64_t calls, oldest_s; /* calls that wait for an answer, and how long the oldest does */
	int64_t by_hand, disputes;
};
struct err *payments_count_open(struct ctx *cx, struct payments_open *out) MUST_CHECK;

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
 * Gives free what was held for too long, and what no buyer has confirmed within a day, at most `most` intents of the tenant; *n: how many. Outside a transaction, each
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

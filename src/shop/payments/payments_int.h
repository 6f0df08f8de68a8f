/*
 * For the files of this folder: the fields of intents and payments, and how a call to a gateway is made, asked and
 * settled. The way of a call:
 *   first transaction     call_begin() writes it, pending
 *   no transaction        call_find() reads it, call_ask() asks the gateway, outcome_rec() tells the second transaction
 *   second transaction    call_settle() ends it, unless somebody else did: then nothing is to be done
 */
#ifndef SOUK_PAYMENTS_INT_H
#define SOUK_PAYMENTS_INT_H

#include "model/rec.h"
#include "shop/payments/gateway.h"
#include "shop/payments/payments.h"

enum intent_field {
	INTENT_ORDER,
	INTENT_CUSTOMER,
	INTENT_STATUS,
	INTENT_AMOUNT,
	INTENT_CURRENCY,
	INTENT_METHOD, /* as it was sent: a type or the id of a stored one */
	INTENT_METHOD_ID,
	INTENT_METHOD_TYPE,
	INTENT_CAPTURE_METHOD,
	INTENT_AMOUNT_CAPTURABLE,
	INTENT_AMOUNT_CAPTURED,
	INTENT_APPLICATION_FEE,
	INTENT_PAYMENT,
	INTENT_GATEWAY,
	INTENT_GATEWAY_ID,
	INTENT_DESCRIPTION,
	INTENT_STATEMENT_DESCRIPTOR,
	INTENT_RETURN_URL,
	INTENT_NEXT_ACTION,
	INTENT_LAST_ERROR,
	INTENT_EXPIRES_AT,
	INTENT_CANCELED_AT,
	INTENT_CANCELLATION_REASON,
	INTENT__MAX
};

enum intent_status {
	INTENT_NEEDS_METHOD, /* requires_payment_method */
	INTENT_NEEDS_ACTION, /* requires_action */
	INTENT_NEEDS_CAPTURE,
	INTENT_PROCESSING, /* a call is pending, and nobody knows yet what comes of it */
	INTENT_SUCCEEDED,
	INTENT_CANCELED,
	INTENT_FAILED,
	INTENT__STATUSES
};

enum capture_method { CAPTURE_MANUAL, CAPTURE_AUTOMATIC };

enum payment_field {
	PAY_INTENT,
	PAY_ORDER,
	PAY_CUSTOMER,
	PAY_STATUS,
	PAY_AMOUNT,
	PAY_CURRENCY,
	PAY_AMOUNT_CAPTURED,
	PAY_AMOUNT_REFUNDED, /* counts at acceptance of a refund */
	PAY_AMOUNT_DISPUTED, /* of disputes that are open or lost */
	PAY_APPLICATION_FEE, /* taken so far, */
	PAY_APPLICATION_FEE_REFUNDED,
	PAY_GATEWAY_FEE, /* and what the gateway kept */
	PAY_METHOD_ID,
	PAY_METHOD_TYPE,
	PAY_BRAND,
	PAY_LAST4,
	PAY_GATEWAY,
	PAY_GATEWAY_ID,
	PAY_GATEWAY_REFERENCE,
	PAY_CAPTURED_AT,
	PAY__MAX
};

enum pay_status {
	PAY_AUTHORIZED,
	PAY_CAPTURED, /* some of it, or all */
	PAY_PARTIALLY_REFUNDED,
	PAY_REFUNDED,
	PAY_CANCELED, /* nothing was captured, and nothing will be */
	PAY_FAILED,
	PAY_DISPUTED,
	PAY__STATUSES
};

/* What the amounts of a payment make of its status; not for what is failed or canceled. */
enum pay_status payment_status_of(const struct rec *payment);

/*
 * Carries `run` out on a payment in the caller's transaction: it is locked, changed, and its status follows its amounts.
 * Version, audit and event (NULL: payment.updated) are the engine's. `payment`: what it became; may be NULL.
 */
struct err *payment_change(struct ctx *cx, struct id id, const struct action *run,
	const struct rec *input, struct rec **payment) MUST_CHECK;

/* ---- calls */

enum call_status {
	CALL_PENDING,
	CALL_WAITING, /* for the buyer, at a challenge */
	CALL_DONE,
	CALL_DECLINED,
	CALL_REFUSED, /* by the gateway, or given up before it was carried out */
	CALL__STATUSES
};

struct outcome;

/* A row of gateway_calls. Of one intent there is one open at a time, of one refund, too. */
struct call {
	struct id id; /* the gateway's idempotency key */
	enum gateway_kind kind;
	struct id intent, payment, refund, order; /* refund: ID_NONE: it is the intent's own */
	struct str gateway;                       /* struct gateway.name, */
	struct id gateway_id;                     /* and the tenant's row */
	int64_t amount;
	struct str currency;
	bool final; /* of an authorization: captured at once; of a capture: the rest is given free */
	enum call_status status;
	int64_t tries;        /* how often it was asked in vain */
	struct str reference; /* what the gateway calls it, once it said so */
};

/* Writes it as pending; fills id, status, tries. ERR_CONFLICT, reason in_progress, if one of the intent or refund is open. */
struct err *call_begin(struct ctx *cx, struct call *c) MUST_CHECK;
/* The open call of an intent (refund ID_NONE) or of a refund; c->id ID_NONE: there is none. */
struct err *call_find(
	struct ctx *cx, struct id intent, struct id refund, struct call *c) MUST_CHECK;
/*
 * Asks the gateway, outside any transaction: what is to be done or, after a try in vain, what became of it, and if it has
 * never heard of it, again. `details`: what an authorization needs beside the row; may be NULL.
 */
struct err *call_ask(struct ctx *cx, const struct call *c, const struct gateway_call *details,
	struct gateway_answer *out) MUST_CHECK;
/*
 * Ends it, or after GATEWAY_UNKNOWN, PENDING and ACTION notes what is known and when to ask again. *ours false: it was not open
 * any more, and the caller must do nothing.
 */
struct err *call_settle(struct ctx *cx, const struct outcome *o, bool *ours) MUST_CHECK;
/* Gives an open call of an intent up: it was not carried out and will not be. */
struct err *call_give_up(struct ctx *cx, struct id call) MUST_CHECK;
/*
 * Opens the authorization of an intent again that was given up, since the gateway would not cancel it: what became of it, it is to be
 * asked. *found false: there is none.
 */
struct err *call_take_up(struct ctx *cx, struct id intent, bool *found) MUST_CHECK;

/*
 * What struct outside's `call` tells its `then`: a call as it was read, and the answer to it, behind a rec of a shape
 * that says nothing more.
 */
struct outcome {
	struct call call;
	struct gateway_call details; /* as they were given */
	struct gateway_answer answer;
};
extern const struct resource outcome_shape;
/* *input stays NULL if there is no open call. `details` as in call_ask(). */
struct err *outcome_ask(struct ctx *cx, const struct call *c, const struct gateway_call *details,
	struct rec **input) MUST_CHECK;
const struct outcome *outcome_of(const struct rec *input);

/* ---- orders */

/* Never NULL: without a listener, no order is found and no news are heard. */
const struct payments_listener *payments_listener(void);

#endif

/* Money that goes back, and money that is taken back: refunds and disputes. */
#ifndef SOUK_REFUNDS_H
#define SOUK_REFUNDS_H

#include "shop/payments/payments.h"

enum refund_field {
	REFUND_PAYMENT,
	REFUND_ORDER,
	REFUND_AMOUNT,
	REFUND_CURRENCY,
	REFUND_REASON,
	REFUND_FEE,          /* whether the commission goes back too, */
	REFUND_FEE_REFUNDED, /* and how much of it did */
	REFUND_STATUS,
	REFUND_SETTLES_AT,
	REFUND_SETTLED_AT,
	REFUND_GATEWAY_REFERENCE,
	REFUND_FAILURE,
	REFUND_OBJECT,
	REFUND_OBJECT_ID,
	REFUND__MAX
};

enum refund_state {
	REFUND_PENDING,
	REFUND_SUCCEEDED,
	REFUND_FAILED,
	REFUND_MANUAL,
	REFUND__STATES
};

enum refund_reason {
	REFUND_CUSTOMER,
	REFUND_DUPLICATE,
	REFUND_FRAUD,
	REFUND_OUT_OF_STOCK,
	REFUND_CANCELLED,
	REFUND_RETURN,
	REFUND_OTHER,
	REFUND__REASONS
};

enum dispute_field {
	DISPUTE_PAYMENT,
	DISPUTE_ORDER,
	DISPUTE_CUSTOMER,
	DISPUTE_AMOUNT,
	DISPUTE_FEE,
	DISPUTE_CURRENCY,
	DISPUTE_REASON,
	DISPUTE_STATUS,
	DISPUTE_DUE_BY,
	DISPUTE_EVIDENCE,
	DISPUTE_RESPONDED_AT,
	DISPUTE_SUBMITTED_AT, /* the gateway has the evidence */
	DISPUTE_CLOSED_AT,
	DISPUTE_GATEWAY_REFERENCE,
	DISPUTE__MAX
};

enum dispute_status {
	DISPUTE_NEEDS_RESPONSE,
	DISPUTE_UNDER_REVIEW,
	DISPUTE_WON,
	DISPUTE_LOST,
	DISPUTE__STATUSES
};

enum dispute_reason {
	DISPUTE_GENERAL,
	DISPUTE_FRAUDULENT,
	DISPUTE_NOT_RECEIVED,
	DISPUTE_UNACCEPTABLE,
	DISPUTE_DUPLICATE,
	DISPUTE_CREDIT,
	DISPUTE_SUBSCRIPTION,
	DISPUTE_UNRECOGNIZED,
	DISPUTE__REASONS
};

/* What a gateway tells of a dispute that it opened. */
struct dispute_opening {
	struct id payment;
	int64_t amount; /* minor units of the payment's currency; 0: all that is left of it, which is also the most */
	int64_t fee; /* what the gateway keeps for it */
	enum dispute_reason reason;
	struct str reference; /* the gateway's own name of it; absent: none */
	int64_t due_ms;       /* until when evidence is taken; 0: fourteen days from now */
};

/*
 * Opens it in the caller's transaction: the amount is held in the ledger, the payment says so (payment.disputed). *dispute: what was
 * made; NULL if that reference is known already or nothing is left of the payment.
 */
struct err *disputes_open(
	struct ctx *cx, const struct dispute_opening *told, struct rec **dispute) MUST_CHECK;

/* Opens one if a payment that was just captured was by the sandbox's card that is always disputed. In that transaction. */
struct err *disputes_of_card(struct ctx *cx, const struct rec *payment) MUST_CHECK;

/* What a gateway decided of the dispute of that reference; in the caller's transaction. Of one that is closed or unknown: nothing. */
struct err *disputes_decide(struct ctx *cx, struct str reference, bool won) MUST_CHECK;

/* The word of a gateway for its reason; what we do not know is general. */
enum dispute_reason dispute_reason_of(struct str word);

/* When money arrives that goes back now: five to ten business days, by the type of the method (D32). Weekends are none. */
int64_t refund_settles_ms(struct str method_type, int64_t now_ms);

/*
 * What of an application fee goes back with a refund: its part of what was captured, rounded half to even, so that parts that add up
 * to all of it give back all of it. `before`: what of the payment went back with its fee already, fee_before: how much of that.
 */
struct fee_part {
	int64_t fee, captured, before, fee_before;
};
int64_t refund_fee_part(const struct fee_part *of, int64_t amount);

#endif

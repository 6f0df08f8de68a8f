/* What the files about refunds and disputes share. */
#ifndef SOUK_REFUND_INT_H
#define SOUK_REFUND_INT_H

#include "shop/ledger/ledger.h"
#include "shop/payments/payments_int.h"
#include "shop/payments/refunds.h"

extern const struct choice refund_reasons[REFUND__REASONS];

extern const struct operation refund_operations[];
#define REFUND_OPERATIONS 1

/*
 * A refund that will not be after all: its amount and its fee are the payment's again, and the order's, and the ledger's. In the
 * caller's transaction, which writes the refund.
 */
struct err *refund_give_back(struct ctx *cx, const struct rec *refund) MUST_CHECK;

/* The tenant's gateway that a payment went through; ID_NONE: the built-in sandbox. */
struct id payment_gateway(const struct rec *payment);

/* The payment that a path names, by its own id or by its intent's; ERR_NOT_FOUND; ERR_CONFLICT if the intent has none yet. */
struct err *payment_of_path(struct ctx *cx, struct str key, struct id *payment) MUST_CHECK;

extern const struct operation dispute_operations[];
#define DISPUTE_OPERATIONS 1

/* Ends a dispute that is being written: its money stays, or is lost. */
struct err *dispute_close(struct ctx *cx, struct rec *now, bool won) MUST_CHECK;

enum evidence_field {
	EVIDENCE_TRANSACTION,
	EVIDENCE_SHIPPING,
	EVIDENCE_COMMUNICATION,
	EVIDENCE_TEXT,
	EVIDENCE_CARRIER,
	EVIDENCE_TRACKING,
	EVIDENCE_FILES,
	EVIDENCE__MAX
};
extern const struct resource evidence_shape;
extern const struct choice dispute_reasons[DISPUTE__REASONS];

#endif

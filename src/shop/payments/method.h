/*
 * Payment methods: what a customer pays with, kept so that it can be used again. What a card or an account is stands
 * nowhere here but in a token, which is sealed; only brand, last digits, expiry and a fingerprint are readable.
 */
#ifndef SOUK_METHOD_H
#define SOUK_METHOD_H

#include "shop/payments/payments.h"

/*
 * Tokens of the sandbox, by which its gateway decides (D31). They begin with TOKEN_SANDBOX; what follows is the outcome.
 * Those of live tenants are their gateway's own.
 */
#define TOKEN_SANDBOX "tok_sandbox_"
/* success, declined, insufficient_funds, challenge, dispute: "tok_sandbox_success" … */

/* What an intent pays with. Strings live in cx->arena. */
struct payment_means {
	struct id id;       /* of payment_methods; ID_NONE: only the type is known */
	struct id customer; /* whose it is; ID_NONE: nobody's */
	struct str type;    /* "card", "paypal", "ach" … */
	struct str
		token; /* by which the gateway knows it, opened; absent: there is none to pay with yet */
	struct str brand; /* of a card: "visa"; absent: none */
	struct str last4; /* of card or account; absent: none */
	bool expired;     /* a card past its last month */
};

/*
 * Finds what the text, a type or the id of a method, means for that customer (ID_NONE: none is named): of a type the
 * customer's default method if it is of that type, else in the sandbox a method that succeeds (4242), else one without a
 * token (D74). `path` is the field of the body, for faults. ERR_VALIDATION: no such type or method, a detached one, or
 * another customer's; ERR_FORBIDDEN, reason plan: cryptocurrency below the enterprise plan.
 */
struct err *payments_means(struct ctx *cx, struct str text, struct str path, struct id customer,
	struct payment_means *out) MUST_CHECK;

#endif

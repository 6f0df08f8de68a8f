/* For the files of payment methods: their fields, and what is judged of what somebody pays with. */
#ifndef SOUK_METHOD_INT_H
#define SOUK_METHOD_INT_H

#include "base/card.h"
#include "model/rec.h"
#include "shop/payments/method.h"

enum method_field {
	METHOD_CUSTOMER,
	METHOD_TYPE,
	METHOD_IS_DEFAULT,
	METHOD_NUMBER, /* never kept */
	METHOD_CVC,    /* nor this */
	METHOD_EXP_MONTH,
	METHOD_EXP_YEAR,
	METHOD_BRAND,
	METHOD_LAST4,
	METHOD_FINGERPRINT,
	METHOD_NAME,
	METHOD_BILLING_ADDRESS,
	METHOD_ROUTING_NUMBER,
	METHOD_ACCOUNT_NUMBER,
	METHOD_IBAN,
	METHOD_BIC,
	METHOD_TOKEN,
	METHOD__MAX
};

enum method_type {
	METHOD_CARD,
	METHOD_APPLE_PAY,
	METHOD_GOOGLE_PAY,
	METHOD_PAYPAL,
	METHOD_ACH,
	METHOD_WIRE,
	METHOD_AFFIRM,
	METHOD_KLARNA,
	METHOD_BITCOIN,
	METHOD_ETHEREUM,
	METHOD__TYPES
};

/* -1 if there is none of that name. */
int method_type_of(struct str name);

/* ERR_FORBIDDEN, reason plan, for a type that the account's plan does not have. */
struct err *method_check_plan(struct ctx *cx, int type) MUST_CHECK;

/* All faults of what a new method is made of: a card, an account, a token. Reads nothing from the database. */
struct err *method_check_means(struct ctx *cx, const struct rec *now) MUST_CHECK;
/* What is left of it to be kept: brand, last4, fingerprint and, in the sandbox, the token. Of what has faults, nothing. */
void method_take_means(struct ctx *cx, struct rec *now);

/* A fault of month and year, be they new or changed. */
struct err *method_check_expiry(struct ctx *cx, const struct rec *now) MUST_CHECK;
/* True once its last month, in UTC, is over. */
bool method_has_expired(int64_t month, int64_t year, int64_t now_ms);

#endif

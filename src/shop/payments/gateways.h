/* The gateways of a tenant as objects, for the files of this folder: their credentials and what they take. */
#ifndef SOUK_GATEWAYS_H
#define SOUK_GATEWAYS_H

#include "model/plan.h"
#include "shop/payments/gateway.h"

enum gateway_field {
	GATEWAY_FIELD_KIND,
	GATEWAY_FIELD_NAME,
	GATEWAY_FIELD_ENABLED,
	GATEWAY_FIELD_PRIORITY,
	GATEWAY_FIELD_METHODS,
	GATEWAY_FIELD_PUBLIC_KEY,
	GATEWAY_FIELD_SECRET_KEY,
	GATEWAY_FIELD_WEBHOOK_SECRET,
	GATEWAY_FIELD__MAX
};

enum gateway_brand { GATEWAY_SANDBOX, GATEWAY_STRIPE, GATEWAY__BRANDS };

struct gateway_keys {
	struct str secret, webhook_secret; /* absent: none was given */
};

/*
 * Reads the credentials of a gateway, be it archived: what was paid by it goes back by it. Outside a transaction. They are wiped
 * with cx->arena. ERR_NOT_FOUND.
 */
struct err *gateway_keys_read(
	struct ctx *cx, struct id gateway, struct gateway_keys *out) MUST_CHECK;

#endif

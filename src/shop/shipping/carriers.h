/* The carriers of a shop, as rows: whom it can ask, and what its own tariffs are. For the files of this folder. */
#ifndef SOUK_CARRIERS_H
#define SOUK_CARRIERS_H

#include "model/plan.h"
#include "model/rec.h"
#include "shop/shipping/carrier.h"
#include "shop/shipping/shipping.h"

enum carrier_field {
	CARRIER_NAME,
	CARRIER_CODE,
	CARRIER_KIND,
	CARRIER_ENABLED,
	CARRIER_ACCOUNT_NUMBER,
	CARRIER_CREDENTIALS,
	CARRIER_SERVICES,
	CARRIER_TARIFF,
	CARRIER_CALLBACK_URL,
	CARRIER_CALLBACK_SECRET,
	CARRIER__MAX
};

enum carrier_kind {
	KIND_USPS,
	KIND_FEDEX,
	KIND_UPS,
	KIND_DHL,
	KIND_TABLE,
	KIND_CALLBACK,
	KIND__MAX
};

enum carrier_service_field {
	SERVICE_CODE,
	SERVICE_NAME,
	SERVICE_DAYS,
	SERVICE_FREE_ABOVE,
	SERVICE__MAX
};

extern const struct resource carrier_service_shape;
/* A carrier of the merchant's own: signed requests to callback_url. */
extern const struct carrier_adapter carrier_callback;

#define CARRIER_SERVICES_MOST 50

#define CARRIER_OPERATIONS 2
extern const struct operation carrier_operations[CARRIER_OPERATIONS];

/* POST /shipping/carriers/{id}/test: whether it accepts the credentials that the shop gave. */
extern const struct resource carrier_sign_in_shape;
operation_fn carrier_sign_in;

/* Of a field that holds the code of a carrier, or of a service. */
/* clang-format off */
#define CARRIER_CODE_TEXT .max = 32, .pattern = "^[a-z0-9]+(_[a-z0-9]+)*$",                        \
	.pattern_doc = "lower-case letters and digits, parted by single '_'"
/* clang-format on */

/* The address of the default warehouse; *out NULL: there is none, or it has no address. */
struct err *shipping_origin(struct ctx *cx, struct rec **out) MUST_CHECK;

/* The carrier of that code, whether it is enabled or not; *out NULL: there is none. */
struct err *carriers_find(struct ctx *cx, struct str code, struct rec **out) MUST_CHECK;

/*
 * Those that are enabled, the oldest first. Remembered by the worker while nobody changes them, so that mostly no
 * statement is needed; secrets stay sealed.
 */
struct err *carriers_enabled(struct ctx *cx, struct recs *out) MUST_CHECK;

/*
 * By whom it is asked: NULL for one with a tariff, and for one in the sandbox that has no credentials, for which the sandbox
 * answers.
 */
const struct carrier_adapter *carriers_adapter(const struct ctx *cx, const struct rec *carrier);

/*
 * Whose contract it is, of a row as carriers_find() gives it. *out's credentials are absent if there are none. Wiped with the
 * arena. ERR_INTERNAL if they do not open.
 */
struct err *carriers_account(
	struct ctx *cx, const struct rec *carrier, struct carrier_account *out) MUST_CHECK;

#endif

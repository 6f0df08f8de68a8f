/*
 * The Stripe gateway, for the files of this folder: what it is asked and answers, as pure functions, and how its messages are
 * proved. The shapes are those of https://docs.stripe.com/api (PaymentIntents, Refunds, Disputes, Errors, Events).
 */
#ifndef SOUK_STRIPE_H
#define SOUK_STRIPE_H

#include "base/http.h"
#include "shop/payments/gateway.h"

struct json;
struct raw;

/* The version of the API that we speak: https://docs.stripe.com/api/versioning */
#define STRIPE_VERSION "2025-04-30.basil"

/*
 * Stripe has units of its own (https://docs.stripe.com/currencies): some currencies have none below 1 there though they have
 * here, or the other way round; of those with three digits the last must be 0. False: it cannot be said exactly.
 */
bool stripe_amount(struct str currency, int64_t minor, int64_t *amount) MUST_CHECK;
/* And back; the part that we have no unit for is cut off, and false. */
bool stripe_minor(struct str currency, int64_t amount, int64_t *minor) MUST_CHECK;

/* A secret key of that side: sk_live_ or, restricted, rk_live_; with test for the sandbox. */
bool stripe_is_secret(struct str key, bool sandbox);
bool stripe_is_public(struct str key, bool sandbox);
#define STRIPE_KEY_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

/* Whether Stripe takes a key; code NULL: it does. Outside a transaction. */
struct stripe_verdict {
	const char *code, *message;
};
struct stripe_verdict stripe_try(struct ctx *cx, struct str secret);

/* ---- what is asked */

struct stripe_request {
	const char *method; /* "POST" */
	struct str path;    /* "/v1/payment_intents" */
	struct str form;    /* absent: none */
	struct str key;     /* Idempotency-Key; absent: none */
};

/*
 * What a call asks for. NULL is success; else what it is refused for here, since Stripe could not do it: the code of an answer;
 * STRIPE_NO_METHOD if what was to be paid with is not there.
 */
#define STRIPE_NO_METHOD "payment_method_missing"
const char *stripe_request_of(
	struct arena *a, const struct gateway_call *call, struct stripe_request *out);

/* ---- what it answers */

/* Reads the answer to what `call` asked. Of an HTTP call that failed, and of anything unclear, GATEWAY_UNKNOWN. */
void stripe_read(struct arena *a, const struct gateway_call *call, const struct http_call *http,
	struct gateway_answer *out);
/* What an object of the API (a payment intent or a refund) says of the call. */
void stripe_read_object(struct arena *a, const struct gateway_call *call, const struct json *object,
	struct gateway_answer *out);
/* The object of an answer whose status is 200; NULL: there is none. */
const struct json *stripe_object(struct arena *a, const struct http_call *http);
/* A text member, absent if it is none. */
struct str stripe_text(const struct json *object, const char *name);

/* True for a name of an object of Stripe's: nothing else goes into a path. */
bool stripe_is_name(struct str s);

/* ---- disputes */

enum gateway_verdict stripe_verdict_of(const struct json *dispute);
/* Asks for a dispute; *dispute NULL: there is none such. ERR_UNAVAILABLE: no answer. Outside a transaction. */
struct err *stripe_dispute_read(struct ctx *cx, struct id gateway, struct str reference,
	const struct json **dispute) MUST_CHECK;
/* Something happened to a dispute: asks what, and opens or closes ours. Outside a transaction. */
struct err *stripe_disputed(struct ctx *cx, struct id gateway, struct str reference) MUST_CHECK;

/* ---- its messages */

/*
 * True if Stripe-Signature (t=…,v1=…[,v1=…]) proves that the body is from who knows the secret, and was signed within 300
 * seconds of now_s: https://docs.stripe.com/webhooks#verify-manually. Each v1 is looked at, in constant time.
 */
bool stripe_is_signed(
	struct arena *a, struct str header, struct str body, struct str secret, int64_t now_s);

extern const struct gateway stripe_gateway;
/* POST /webhook/stripe/{gateway_id} */
extern const struct raw stripe_hook;

#endif

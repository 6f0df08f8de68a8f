/* What Stripe answers, and how its messages are proved. What is not clear is unknown, and is asked again. */
#include "shop/payments/stripe.h"

#include "base/crypto.h"
#include "base/json.h"

#define TOLERANCE_S 300
#define MESSAGE_BYTES 500

struct str
stripe_text(const struct json *object, const char *name)
{
	const struct json *j = json_kind(object) == JSON_OBJECT ? json_get(object, name) : NULL;

	return json_kind(j) == JSON_STRING ? json_string(j) : (struct str){ 0 };
}

static const struct json *
inside(const struct json *object, const char *name)
{
	return json_kind(object) == JSON_OBJECT ? json_get(object, name) : NULL;
}

const struct json *
stripe_object(struct arena *a, const struct http_call *http)
{
	struct json *j = NULL;

	if (http->fault != HTTP_NONE || http->status < 200 || http->status > 299)
		return NULL;
	return json_parse(a, http->answer, &j) || json_kind(j) != JSON_OBJECT ? NULL : j;
}

/* ---- objects */

static void
put_error(struct arena *a, const struct json *error, struct gateway_answer *out)
{
	struct str code = stripe_text(error, "code"), type = stripe_text(error, "type");

	out->code = str_dup(a, code.n ? code : type);
	out->decline_code = stripe_text(error, "decline_code");
	out->message = str_dup(a, str_head(stripe_text(error, "message"), MESSAGE_BYTES));
}

/* What Stripe kept, if that is in the currency of the payment. */
static int64_t
fee_of(const struct gateway_call *call, const struct json *intent)
{
	const struct json *booked = inside(inside(intent, "latest_charge"), "balance_transaction");
	int64_t fee, minor;

	if (json_kind(booked) != JSON_OBJECT ||
		!str_eq_nocase(stripe_text(booked, "currency"), call->currency) ||
		!json_int(json_get(booked, "fee"), &fee) || fee < 0)
		return 0;
	return stripe_minor(call->currency, fee, &minor) ? minor : 0;
}

/* Until when a card's money is held (https://docs.stripe.com/payments/place-a-hold-on-a-payment-method). */
static int64_t
expires_of(const struct json *intent)
{
	const struct json *card =
		inside(inside(inside(intent, "latest_charge"), "payment_method_details"), "card");
	int64_t s;

	if (json_kind(card) != JSON_OBJECT || !json_int(json_get(card, "capture_before"), &s))
		return 0;
	return s > 0 && s < INT64_MAX / 1000 ? s * 1000 : 0;
}

static void
read_action(struct arena *a, const struct json *intent, struct gateway_answer *out)
{
	struct str url =
		stripe_text(inside(inside(intent, "next_action"), "redirect_to_url"), "url");

	out->outcome = GATEWAY_ACTION;
	if (str_starts(url, STR("https://")) || str_starts(url, STR("http://127."))) {
		out->url = str_dup(a, url);
		return;
	}
	/* Something that no redirect can do: it would never end. */
	out->outcome = GATEWAY_DECLINED;
	out->code = STR("authentication_required");
	out->message = STR("the payment needs a step that cannot be taken here");
}

static enum gateway_outcome
refused_or_declined(const struct gateway_call *call)
{
	return call->kind == GATEWAY_AUTHORIZE ? GATEWAY_DECLINED : GATEWAY_REFUSED;
}

/* An intent that is asked to capture or to be cancelled says by its status whether it did. */
static void
read_intent(struct arena *a, const struct gateway_call *call, const struct json *intent,
	struct gateway_answer *out)
{
	struct str status = stripe_text(intent, "status");

	if (str_eq_z(status, "canceled")) {
		out->outcome = call->kind == GATEWAY_CANCEL ? GATEWAY_DONE : GATEWAY_REFUSED;
		out->code = STR("canceled");
	} else if (call->kind == GATEWAY_CANCEL) {
		out->outcome = GATEWAY_UNKNOWN;
	} else if (str_eq_z(status, "succeeded") || str_eq_z(status, "requires_capture")) {
		out->outcome = GATEWAY_DONE;
		out->fee = fee_of(call, intent);
		out->expires_at_ms = expires_of(intent);
	} else if (str_eq_z(status, "processing")) {
		out->outcome = GATEWAY_PENDING;
	} else if (str_eq_z(status, "requires_action")) {
		read_action(a, intent, out);
	} else if (str_eq_z(status, "requires_payment_method")) {
		put_error(a, inside(intent, "last_payment_error"), out);
		out->outcome = refused_or_declined(call);
	}
}

static void
read_refund(struct arena *a, const struct json *refund, struct gateway_answer *out)
{
	struct str status = stripe_text(refund, "status");

	if (str_eq_z(status, "succeeded"))
		out->outcome = GATEWAY_DONE;
	else if (str_eq_z(status, "pending") || str_eq_z(status, "requires_action"))
		out->outcome = GATEWAY_PENDING;
	else if (str_eq_z(status, "failed") || str_eq_z(status, "canceled")) {
		out->outcome = GATEWAY_REFUSED;
		out->code = str_dup(a, stripe_text(refund, "failure_reason"));
		out->code = out->code.n ? out->code : STR("refund_failed");
		out->message = STR("the refund did not arrive");
	}
}

void
stripe_read_object(struct arena *a, const struct gateway_call *call, const struct json *object,
	struct gateway_answer *out)
{
	struct str kind = stripe_text(object, "object"), id = stripe_text(object, "id");

	*out = (struct gateway_answer){ .outcome = GATEWAY_UNKNOWN };
	if (stripe_is_name(id))
		out->reference = str_dup(a, id);
	if (str_eq_z(kind, "payment_intent") && call->kind != GATEWAY_REFUND)
		read_intent(a, call, object, out);
	else if (str_eq_z(kind, "refund") && call->kind == GATEWAY_REFUND)
		read_refund(a, object, out);
}

/* ---- answers */

/* What cannot be in a payment's state is either done already, or will never be. */
static void
read_state(struct arena *a, const struct gateway_call *call, const struct json *intent,
	struct gateway_answer *out)
{
	struct str status = stripe_text(intent, "status");

	if (call->kind == GATEWAY_CANCEL && str_eq_z(status, "canceled")) {
		*out = (struct gateway_answer){ .outcome = GATEWAY_DONE,
			.reference = str_dup(a, stripe_text(intent, "id")) };
	}
}

/* Of 4xx: what was asked cannot be done. Others ask to be asked again. */
static void
read_refusal(struct arena *a, const struct gateway_call *call, int status, const struct json *error,
	struct gateway_answer *out)
{
	const struct json *intent = inside(error, "payment_intent");
	struct str id = stripe_text(intent, "id"), type = stripe_text(error, "type");

	put_error(a, error, out);
	if (status == 402 || str_eq_z(type, "card_error")) {
		out->outcome = refused_or_declined(call);
		if (stripe_is_name(id) && call->kind == GATEWAY_AUTHORIZE)
			out->reference = str_dup(a, id);
		return;
	}
	/* The key belongs to other parameters: what became of those is to be found out, not told. */
	if (str_eq_z(type, "idempotency_error") || !str_eq_z(type, "invalid_request_error"))
		return;
	out->outcome = GATEWAY_REFUSED;
	if (str_eq_z(stripe_text(error, "code"), "payment_intent_unexpected_state"))
		read_state(a, call, intent, out);
}

void
stripe_read(struct arena *a, const struct gateway_call *call, const struct http_call *http,
	struct gateway_answer *out)
{
	const struct json *object = stripe_object(a, http);
	struct json *j = NULL;

	*out = (struct gateway_answer){ .outcome = GATEWAY_UNKNOWN };
	if (object) {
		stripe_read_object(a, call, object, out);
		return;
	}
	if (http->fault != HTTP_NONE) {
		out->message = str_of(http_fault_word(http->fault));
		return;
	}
	if (json_parse(a, http->answer, &j) || json_kind(inside(j, "error")) != JSON_OBJECT)
		return;
	if (http->status == 401 || http->status == 403) {
		put_error(a, inside(j, "error"), out);
		out->outcome = GATEWAY_REFUSED;
		out->code = STR("gateway_credentials");
		out->message = STR("the gateway does not take the key that it was given");
	} else if (http->status >= 400 && http->status < 500 && http->status != 409 &&
		http->status != 424 && http->status != 429) {
		read_refusal(a, call, http->status, inside(j, "error"), out);
	}
}

/* ---- signatures */

static bool
is_proof(struct str hex, const struct digest *want)
{
	struct digest got;

	return str_unhex(hex, got.b, sizeof(got.b)) && crypto_same(got.b, want->b, sizeof(got.b));
}

/* What is signed: the time as it was sent, a point, and the body. */
static struct digest
digest_of(struct arena *a, struct str at, struct str body, struct str secret)
{
	struct buf b;

	buf_init(&b, a, at.n + body.n + 1, at.n + body.n + 1);
	buf_str(&b, at);
	buf_char(&b, '.');
	buf_str(&b, body);
	must(!b.overflow);
	return crypto_hmac(secret, buf_view(&b));
}

bool
stripe_is_signed(
	struct arena *a, struct str header, struct str body, struct str secret, int64_t now_s)
{
	struct str rest = header, part, at = { 0 };
	struct digest want;
	bool proved = false;
	int64_t t;

	while (str_split(&rest, ',', &part))
		if (str_starts(part, STR("t=")) && !at.p)
			at = str_cut(part, 2, part.n);
	if (!secret.n || at.n > 20 || !str_int(at, &t) || t < now_s - TOLERANCE_S ||
		t > now_s + TOLERANCE_S)
		return false;
	want = digest_of(a, at, body, secret);
	rest = header;
	while (str_split(&rest, ',', &part))
		if (str_starts(part, STR("v1=")))
			proved |= is_proof(str_cut(part, 3, part.n), &want);
	return proved;
}

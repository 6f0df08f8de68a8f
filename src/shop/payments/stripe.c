/*
 * The Stripe gateway. Each call carries an Idempotency-Key, which Stripe keeps for a day: until then a try in vain is made again as
 * it was, which tells what became of it, or does it at last. Afterwards only what Stripe shows of the payment can tell; what it
 * does not know then was never done, and is not done any more. Keys go into a header, and nowhere else.
 */
#include "shop/payments/stripe.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/id.h"
#include "base/json.h"
#include "base/log.h"
#include "db/db.h"
#include "shop/payments/gateways.h"

#define STRIPE "https://api.stripe.com"
#define TIMEOUT_MS 10000
/* Stripe forgets a key after 24 hours at the soonest (https://docs.stripe.com/api/idempotent_requests). */
#define KEPT_MS (INT64_C(23) * 3600000)
/* An answer with all that is expanded takes about 8 KB; a page of a list, of a hundred, more. */
#define ANSWER_MAX ((size_t)256 << 10)
#define LIST_MAX ((size_t)2 << 20)
#define PAGES_MOST 5
#define UNDER_WAY_MS INT64_C(600000)
#define NOT_DONE "gateway_timeout"

static gateway_fn look;

/* ---- one request */

static void
send(struct ctx *cx, struct str secret, const struct stripe_request *r, struct http_call *http)
{
	struct http_header headers[4] = {
		{ "Authorization", str_fmt(cx->arena, "Bearer %.*s", STRF(secret)) },
		{ "Stripe-Version", STR(STRIPE_VERSION) },
	};
	size_t n = 2;

	if (r->form.n)
		headers[n++] = (struct http_header){ "Content-Type",
			STR("application/x-www-form-urlencoded") };
	if (r->key.n)
		headers[n++] = (struct http_header){ "Idempotency-Key", r->key };
	*http = (struct http_call){
		.method = r->method,
		.url = str_fmt(
			cx->arena, "%.*s%.*s", STRF(http_service("stripe", STRIPE)), STRF(r->path)),
		.body = r->form,
		.headers = headers,
		.nheaders = n,
		.timeout_ms = (int)ctx_left_ms(cx, TIMEOUT_MS),
		.answer_max = r->form.p ? ANSWER_MAX : LIST_MAX,
		.repeatable = true,
	};
	http_do(cx->arena, http);
	http->headers = NULL;
	http->nheaders = 0;
}

/* Tells the log what the gateway did with a call: never a key, never what was sent. */
static void
tell(const struct gateway_call *call, const struct http_call *http, const struct gateway_answer *a)
{
	log_line(a->outcome == GATEWAY_UNKNOWN ? LOG_WARN : LOG_INFO, "gateway_answered",
		LOG_S("gateway", STR("stripe")), LOG_I("call", call->id.n),
		LOG_I("status", http->status), LOG_S("fault", str_of(http_fault_word(http->fault))),
		LOG_I("outcome", (int64_t)a->outcome), LOG_S("code", a->code));
}

/*
 * A method that was there when the call was written and is not any more: it cannot be asked for again as it was. Whether it was
 * carried out, Stripe shows; that it was not is believed only when no request can be under way any more.
 */
static struct err *
ask_without_method(struct ctx *cx, const struct gateway_call *call, struct gateway_answer *out)
{
	struct err *e;

	*out = (struct gateway_answer){ .outcome = GATEWAY_UNKNOWN };
	e = look(cx, call, out);
	if (out->outcome == GATEWAY_REFUSED && str_eq_z(out->code, NOT_DONE) &&
		clock_real_ms() - id_time_ms(call->id) < UNDER_WAY_MS)
		*out = (struct gateway_answer){ .outcome = GATEWAY_UNKNOWN };
	return e;
}

static struct err *
ask(struct ctx *cx, const struct gateway_call *call, struct gateway_answer *out)
{
	struct stripe_request request;
	struct gateway_keys keys;
	struct http_call http;
	struct err *e = gateway_keys_read(cx, call->gateway, &keys);
	const char *refused = e ? NULL : stripe_request_of(cx->arena, call, &request);

	if (e)
		return e;
	if (refused && strcmp(refused, STRIPE_NO_METHOD) == 0)
		return ask_without_method(cx, call, out);
	if (refused) {
		*out = (struct gateway_answer){ .outcome = GATEWAY_REFUSED,
			.code = str_of(refused),
			.message = STR("the gateway cannot be asked for that") };
		return NULL;
	}
	send(cx, keys.secret, &request, &http);
	stripe_read(cx->arena, call, &http, out);
	tell(call, &http, out);
	return NULL;
}

/* ---- what became of a call */

static const struct json *
read_path(struct ctx *cx, struct str secret, struct str path, struct http_call *http)
{
	const struct stripe_request r = { .method = "GET", .path = path };

	send(cx, secret, &r, http);
	return stripe_object(cx->arena, http);
}

static bool
is_of(struct ctx *cx, const struct json *object, const struct gateway_call *call)
{
	return str_eq(stripe_text(json_get(object, "metadata"), "souk_call"),
		id_str(cx->arena, call->id, "call"));
}

/* Of a list, newest first, that with the call in its metadata; *over: there are no older ones. */
static const struct json *
among(struct ctx *cx, const struct json *list, const struct gateway_call *call, bool *over,
	struct str *last)
{
	const struct json *data = json_get(list, "data");
	size_t n = json_kind(data) == JSON_ARRAY ? json_length(data) : 0;

	*over = json_kind(json_get(list, "has_more")) != JSON_BOOL ||
		!json_bool(json_get(list, "has_more"));
	for (size_t i = 0; i < n; i++) {
		const struct json *one = json_at(data, i);

		if (json_kind(one) != JSON_OBJECT)
			continue;
		if (is_of(cx, one, call))
			return one;
		*last = stripe_text(one, "id");
		if (!stripe_is_name(*last))
			*last = (struct str){ 0 };
	}
	return NULL;
}

/* Looks through what was made since the call, of all payments or of the refunds of one. */
static void
search(struct ctx *cx, const struct gateway_call *call, struct str secret,
	struct gateway_answer *out)
{
	int64_t since_s = id_time_ms(call->id) / 1000 - 60;
	struct str last = { 0 }, base;
	bool over = false;

	if (call->kind == GATEWAY_REFUND)
		base = str_fmt(cx->arena, "/v1/refunds?limit=100&payment_intent=%.*s",
			STRF(call->reference));
	else
		base = str_fmt(cx->arena,
			"/v1/payment_intents?limit=100&created%%5Bgte%%5D=%" PRId64, since_s);
	for (int page = 0; !over && page < PAGES_MOST; page++) {
		struct str path = last.n
			? str_fmt(cx->arena, "%.*s&starting_after=%.*s", STRF(base), STRF(last))
			: base;
		struct http_call http;
		const struct json *list = read_path(cx, secret, path, &http), *found;

		if (!list)
			return;
		found = among(cx, list, call, &over, &last);
		if (found) {
			stripe_read_object(cx->arena, call, found, out);
			return;
		}
		over = over || !last.n;
	}
	if (over) {
		out->outcome = GATEWAY_REFUSED;
		out->code = STR(NOT_DONE);
		out->message = STR("the gateway did not carry it out in time");
	}
}

/* A capture is done if the last thing that was captured is its own; a cancellation, if the payment is cancelled. */
static void
read_payment(struct ctx *cx, const struct gateway_call *call, const struct json *intent,
	struct gateway_answer *out)
{
	stripe_read_object(cx->arena, call, intent, out);
	if (call->kind == GATEWAY_CAPTURE && out->outcome == GATEWAY_DONE &&
		!is_of(cx, intent, call)) {
		out->outcome = GATEWAY_REFUSED;
		out->code = STR(NOT_DONE);
		out->message = STR("the gateway did not carry it out in time");
	} else if (call->kind == GATEWAY_CANCEL && out->outcome == GATEWAY_UNKNOWN) {
		out->outcome = GATEWAY_NEVER;
	}
}

static struct err *
look(struct ctx *cx, const struct gateway_call *call, struct gateway_answer *out)
{
	const char *kind = call->kind == GATEWAY_REFUND ? "refunds" : "payment_intents";
	bool is_named =
		str_starts(call->reference, call->kind == GATEWAY_REFUND ? STR("re_") : STR("pi_"));
	struct gateway_keys keys;
	struct http_call http = { 0 };
	struct err *e = gateway_keys_read(cx, call->gateway, &keys);
	const struct json *object = NULL;

	if (e)
		return e;
	if (!is_named) {
		search(cx, call, keys.secret, out);
		return NULL;
	}
	object = read_path(cx, keys.secret,
		str_fmt(cx->arena, "/v1/%s/%.*s?expand%%5B0%%5D=%s", kind, STRF(call->reference),
			call->kind == GATEWAY_REFUND ? "balance_transaction"
						     : "latest_charge.balance_transaction"),
		&http);
	if (object)
		read_payment(cx, call, object, out);
	tell(call, &http, out);
	return NULL;
}

/*
 * An authorization or refund that Stripe has named is read; all else is asked again under its key while Stripe keeps that. A key
 * that is refused now says nothing of what was done under it before.
 */
static struct err *
fetch(struct ctx *cx, const struct gateway_call *call, struct gateway_answer *out)
{
	bool is_kept = clock_real_ms() - id_time_ms(call->id) < KEPT_MS;
	bool is_named = (call->kind == GATEWAY_AUTHORIZE && call->reference.n) ||
		(call->kind == GATEWAY_REFUND && str_starts(call->reference, STR("re_")));
	struct err *e;

	*out = (struct gateway_answer){ .outcome = GATEWAY_UNKNOWN };
	if (is_named || !is_kept || (call->kind == GATEWAY_AUTHORIZE && !call->method_type.n))
		return look(cx, call, out);
	e = ask(cx, call, out);
	if (!e && str_eq_z(out->code, "gateway_credentials"))
		out->outcome = GATEWAY_UNKNOWN;
	return e;
}

/* ---- disputes: https://docs.stripe.com/api/disputes */

enum gateway_verdict
stripe_verdict_of(const struct json *dispute)
{
	static const struct {
		const char *status;
		enum gateway_verdict verdict;
	} all[] = {
		{ "under_review", GATEWAY_REVIEWS },
		{ "warning_under_review", GATEWAY_REVIEWS },
		{ "won", GATEWAY_WON },
		{ "warning_closed", GATEWAY_WON },
		{ "lost", GATEWAY_LOST },
	};
	struct str status = stripe_text(dispute, "status");

	for (size_t i = 0; i < COUNT(all); i++)
		if (str_eq_z(status, all[i].status))
			return all[i].verdict;
	return GATEWAY_UNDECIDED;
}

/* The same evidence is given once, whoever repeats it. */
static struct str
key_of(struct ctx *cx, const struct gateway_dispute *d, struct str form)
{
	struct digest digest = crypto_sha256(form);

	return str_fmt(cx->arena, "souk-%.*s-%.*s", STRF(id_str(cx->arena, d->id, "dp")),
		STRF(str_hex(cx->arena, digest.b, 16)));
}

/* ---- whether a key works */

struct stripe_verdict
stripe_try(struct ctx *cx, struct str secret)
{
	struct http_call http;
	const struct json *balance = read_path(cx, secret, STR("/v1/balance"), &http), *live;

	if (http.fault != HTTP_NONE || http.status >= 500 || http.status == 429)
		return (struct stripe_verdict){ "gateway_unreachable",
			"the gateway gave no answer" };
	/* A restricted key that may not read balances is a key all the same. */
	if (http.status == 403)
		return (struct stripe_verdict){ .code = NULL };
	live = balance ? json_get(balance, "livemode") : NULL;
	if (json_kind(live) != JSON_BOOL)
		return (struct stripe_verdict){ "gateway_credentials",
			"the gateway does not take the key" };
	if (json_bool(live) == cx->sandbox)
		return (struct stripe_verdict){ "gateway_mode",
			"the key is of the other side of the gateway" };
	return (struct stripe_verdict){ .code = NULL };
}

static struct err *
ask_dispute(
	struct ctx *cx, const struct gateway_dispute *d, struct str form, enum gateway_verdict *out)
{
	const struct stripe_request r = {
		.method = form.n ? "POST" : "GET",
		.path = str_fmt(cx->arena, "/v1/disputes/%.*s", STRF(d->reference)),
		.form = form,
		.key = form.n ? key_of(cx, d, form) : (struct str){ 0 },
	};
	struct gateway_keys keys;
	struct http_call http;
	struct err *e = gateway_keys_read(cx, d->gateway, &keys);

	*out = GATEWAY_UNDECIDED;
	if (e || !stripe_is_name(d->reference))
		return e;
	send(cx, keys.secret, &r, &http);
	*out = stripe_verdict_of(stripe_object(cx->arena, &http));
	return NULL;
}

/* All that is said: what Stripe has fields for is files, which we do not have. */
static struct str
words_of(struct ctx *cx, const struct gateway_dispute *d)
{
	const struct str all[] = { d->transaction_details, d->shipping_proof, d->communication_logs,
		d->text };
	struct str text = { 0 };

	for (size_t i = 0; i < COUNT(all); i++)
		if (all[i].n)
			text = str_fmt(cx->arena, "%.*s%s%.*s", STRF(text), text.n ? "\n\n" : "",
				STRF(all[i]));
	return text;
}

static struct err *
respond(struct ctx *cx, const struct gateway_dispute *d, enum gateway_verdict *out)
{
	struct buf b;
	struct str text = words_of(cx, d);

	buf_init(&b, cx->arena, 4096, (size_t)1 << 20);
	if (text.n)
		http_form(&b, "evidence[uncategorized_text]", text);
	if (d->carrier.n)
		http_form(&b, "evidence[shipping_carrier]", d->carrier);
	if (d->tracking_number.n)
		http_form(&b, "evidence[shipping_tracking_number]", d->tracking_number);
	http_form(&b, "submit", STR("true"));
	must(!b.overflow);
	return ask_dispute(cx, d, buf_view(&b), out);
}

static struct err *
verdict(struct ctx *cx, const struct gateway_dispute *d, enum gateway_verdict *out)
{
	return ask_dispute(cx, d, (struct str){ 0 }, out);
}

struct err *
stripe_dispute_read(
	struct ctx *cx, struct id gateway, struct str reference, const struct json **dispute)
{
	struct gateway_keys keys;
	struct http_call http;
	struct err *e = gateway_keys_read(cx, gateway, &keys);

	*dispute = NULL;
	if (e || !stripe_is_name(reference))
		return e;
	*dispute = read_path(
		cx, keys.secret, str_fmt(cx->arena, "/v1/disputes/%.*s", STRF(reference)), &http);
	if (*dispute || http.status == 404)
		return NULL;
	return err_log(cx->arena, ERR_UNAVAILABLE, "stripe gave no answer about a dispute: %d %s",
		http.status, http_fault_word(http.fault));
}

const struct gateway stripe_gateway = {
	.name = "stripe",
	.authorize = ask,
	.capture = ask,
	.cancel = ask,
	.refund = ask,
	.fetch = fetch,
	.respond = respond,
	.verdict = verdict,
};

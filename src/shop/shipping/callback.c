/*
 * A carrier with a service of its own. It is asked by POST, with JSON that is signed as our webhooks are (D9): the hex
 * HMAC-SHA256 of timestamp, a point and the body. CONVENTIONS.md says what it is asked and may answer; anything else is no
 * answer.
 */
#include "base/clock.h"
#include "base/crypto.h"
#include "base/currency.h"
#include "shop/shipping/carrier_int.h"
#include "shop/shipping/carriers.h"

#define RATES_ANSWER ((size_t)64 << 10)
#define LABEL_ANSWER ((size_t)2 << 20)
#define RATES_MOST 50
#define EVENTS_MOST 500
#define CODE_MOST 32
#define NAME_MOST 64
#define AMOUNT_MOST INT64_C(1000000000)
#define DAYS_MOST 365

static const struct carrier_credential credentials[] = {
	{ "url", "where it is asked", false },
	{ "secret", "what questions are signed with", false },
	{ "carrier", "our code of it", false },
	{ NULL, NULL, false },
};

/* ---- asking */

static void
put_address(struct buf *b, const char *name, const struct carrier_address *at)
{
	json_out_name(b, str_of(name));
	buf_char(b, '{');
	carrier_out(b, "name", at->name, 128);
	carrier_out(b, "company", at->company, 128);
	carrier_out(b, "line1", at->line1, 128);
	carrier_out(b, "line2", at->line2, 128);
	carrier_out(b, "city", at->city, 64);
	carrier_out(b, "state", at->state, 64);
	carrier_out(b, "zip", at->zip, 16);
	carrier_out(b, "country", at->country, 2);
	carrier_out(b, "phone", at->phone, 32);
	json_out_comma(b);
	buf_z(b, at->residential ? "\"residential\":true}" : "\"residential\":false}");
}

static void
put_packages(struct buf *b, const struct carrier_ask *ask)
{
	struct carrier_form kg = CARRIER_FORM(&carrier_kg, 5, CARRIER_NUMBER);
	struct carrier_form cm = CARRIER_FORM(&carrier_cm, 4, CARRIER_NUMBER);

	JSON_OUT_NAME(b, "packages");
	buf_char(b, '[');
	for (size_t i = 0; i < ask->npackages; i++) {
		const struct carrier_package *p = &ask->packages[i];

		json_out_comma(b);
		buf_char(b, '{');
		carrier_out_measure(b, "weight_kg", p->weight_mg, kg);
		if (p->length_um) {
			carrier_out_measure(b, "length_cm", p->length_um, cm);
			carrier_out_measure(b, "width_cm", p->width_um, cm);
			carrier_out_measure(b, "height_cm", p->height_um, cm);
		}
		JSON_OUT_NAME(b, "insured_amount");
		buf_int(b, p->insured_minor);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void
put_parcels(struct buf *b, const struct carrier_ask *ask)
{
	put_address(b, "from", &ask->from);
	put_address(b, "to", &ask->to);
	put_packages(b, ask);
	carrier_out(b, "currency", carrier_currency(ask), 3);
	json_out_comma(b);
	buf_z(b, ask->signature ? "\"signature_required\":true" : "\"signature_required\":false");
}

static const char *
question_of(enum carrier_verb verb)
{
	static const char *const words[CARRIER__VERBS] = { [CARRIER_RATES] = "rates",
		[CARRIER_LABEL] = "label",
		[CARRIER_VOID] = "void",
		[CARRIER_TRACK] = "track",
		[CARRIER_CHECK] = "check" };

	return words[verb];
}

static void
put_question(struct buf *b, const struct carrier_ask *ask)
{
	buf_char(b, '{');
	carrier_out(b, "question", str_of(question_of(ask->verb)), 16);
	carrier_out(b, "carrier", carrier_secret(ask, "carrier"), CODE_MOST);
	json_out_comma(b);
	buf_z(b, ask->account.test ? "\"test\":true" : "\"test\":false");
	if (ask->verb == CARRIER_RATES || ask->verb == CARRIER_LABEL)
		put_parcels(b, ask);
	carrier_out(b, "service", ask->service, 64);
	carrier_out(b, "reference", ask->reference, 64);
	carrier_out(b, "tracking_number", ask->tracking, 128);
	carrier_out(b, "shipment", ask->shipment, 128);
	buf_char(b, '}');
}

static struct str
signature(struct carrier_ask *ask, struct str timestamp, struct str body)
{
	struct str text = str_fmt(ask->arena, "%.*s.%.*s", STRF(timestamp), STRF(body));
	struct digest d = crypto_hmac(carrier_secret(ask, "secret"), text);

	return str_hex(ask->arena, d.b, sizeof(d.b));
}

static void
build(struct carrier_ask *ask)
{
	struct carrier_call *c = carrier_call_add(ask, "POST", carrier_secret(ask, "url"));
	struct str timestamp = str_fmt(ask->arena, "%" PRId64, clock_real_ms() / 1000);
	struct buf b;

	carrier_buf(ask, &b);
	put_question(&b, ask);
	carrier_json(c, &b);
	c->answer_max = ask->verb == CARRIER_LABEL ? LABEL_ANSWER : RATES_ANSWER;
	carrier_header(c, "X-Souk-Timestamp", timestamp);
	carrier_header(c, "X-Souk-Signature", signature(ask, timestamp, c->body));
}

/* ---- reading: it is whole, or it is no answer */

static void
wrong(struct carrier_ask *ask, const char *where, size_t n, const char *what)
{
	carrier_refuse(ask, STR("bad_answer"),
		str_fmt(ask->arena, "%s[%zu].%s is not as it must be", where, n, what));
}

static bool
is_code(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return s.n > 0 && s.n <= CODE_MOST;
}

static bool
amount_of(const struct json *j, const char *name, int64_t *out)
{
	return json_int(json_get(j, name), out) && *out >= 0 && *out <= AMOUNT_MOST;
}

/* A text that is there is as it was sent: nothing was cut or cleaned. */
static bool
text_of(struct carrier_ask *ask, const struct json *j, const char *name, size_t most,
	struct str *out)
{
	struct str raw = json_string(json_get(j, name));

	*out = carrier_words(ask->arena, j, name, most);
	return str_eq(raw, *out) && out->n;
}

/* The member of it that is wrong; NULL: none. */
static const char *
read_rate(struct carrier_ask *ask, const struct json *j)
{
	struct str service = json_string(json_get(j, "service")), name, currency;
	struct carrier_rate *rate;
	int64_t amount, days = 0;

	if (!is_code(service))
		return "service";
	name = service;
	if (json_has(j, "name") && !text_of(ask, j, "name", NAME_MOST, &name))
		return "name";
	if (!amount_of(j, "amount", &amount))
		return "amount";
	if (!carrier_currency_read(ask->arena, json_string(json_get(j, "currency")), &currency))
		return "currency";
	if (json_has(j, "estimated_days") &&
		(!json_int(json_get(j, "estimated_days"), &days) || days < 1 || days > DAYS_MOST))
		return "estimated_days";
	rate = carrier_rate_add(
		ask, str_dup(ask->arena, service), str_dup(ask->arena, name), currency, amount);
	if (rate)
		rate->days = (int)days;
	return NULL;
}

static void
read_rates(struct carrier_ask *ask, const struct json *j)
{
	const struct json *all = json_get(j, "rates");
	size_t n = json_kind(all) == JSON_ARRAY ? json_length(all) : 0;

	if (json_kind(all) != JSON_ARRAY || n > RATES_MOST) {
		carrier_refuse(ask, STR("bad_answer"),
			STR("rates is no list, or has more than 50 members"));
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const char *what = read_rate(ask, json_at(all, i));

		if (!what)
			continue;
		ask->nrates = 0;
		wrong(ask, "rates", i, what);
		return;
	}
	ask->outcome = CARRIER_DONE;
}

static void
read_label(struct carrier_ask *ask, const struct json *j)
{
	struct str tracking, label = json_string(json_get(j, "label"));
	struct carrier_parcel *parcel;

	if (!text_of(ask, j, "tracking_number", 64, &tracking)) {
		carrier_unreadable(ask);
		return;
	}
	ask->label.tracking = tracking;
	if (!text_of(ask, j, "shipment", 128, &ask->label.shipment))
		ask->label.shipment = tracking;
	if (!amount_of(j, "amount", &ask->label.minor) ||
		!carrier_currency_read(
			ask->arena, json_string(json_get(j, "currency")), &ask->label.currency)) {
		ask->label.minor = 0;
		ask->label.currency = (struct str){ 0 };
	}
	parcel = carrier_parcel_add(ask, tracking);
	if (label.n && carrier_unbase64(ask->arena, label, &parcel->label))
		parcel->type = str_of(carrier_label_type(parcel->label));
	if (!parcel->type.n)
		parcel->label = (struct str){ 0 };
	ask->outcome = CARRIER_DONE;
}

static const char *
status_word(struct str s)
{
	static const char *const words[] = { "label_created", "in_transit", "out_for_delivery",
		"delivered", "exception", "returned" };

	for (size_t i = 0; i < COUNT(words); i++) {
		if (str_eq_z(s, words[i]))
			return words[i];
	}
	return NULL;
}

static const char *
read_event(struct carrier_ask *ask, const struct json *j)
{
	const char *status = status_word(json_string(json_get(j, "status")));
	struct carrier_event *event;
	int64_t at_ms;

	if (!status)
		return "status";
	if (!carrier_stamp(json_string(json_get(j, "at")), &at_ms))
		return "at";
	event = carrier_event_add(ask, at_ms, status);
	if (!event)
		return NULL;
	event->code = carrier_words(ask->arena, j, "code", 20);
	event->text = carrier_words(ask->arena, j, "text", 255);
	event->city = carrier_words(ask->arena, j, "city", 64);
	event->state = carrier_words(ask->arena, j, "state", 64);
	event->zip = carrier_words(ask->arena, j, "zip", 16);
	event->country = carrier_words(ask->arena, j, "country", 2);
	return NULL;
}

static void
read_events(struct carrier_ask *ask, const struct json *j)
{
	const struct json *all = json_get(j, "events");
	size_t n = json_kind(all) == JSON_ARRAY ? json_length(all) : 0;

	if (json_kind(all) != JSON_ARRAY || n > EVENTS_MOST) {
		carrier_refuse(ask, STR("bad_answer"),
			STR("events is no list, or has more than 500 members"));
		return;
	}
	carrier_events_begin(ask, n);
	for (size_t i = 0; i < n; i++) {
		const char *what = read_event(ask, json_at(all, i));

		if (!what)
			continue;
		ask->nevents = 0;
		wrong(ask, "events", i, what);
		return;
	}
	carrier_events_end(ask);
	ask->outcome = CARRIER_DONE;
}

/* {"error":{"code":…,"message":…}} */
static bool
read_error(struct carrier_ask *ask, const struct json *j, struct str *code, struct str *message)
{
	*code = carrier_words(ask->arena, j, "error.code", 60);
	*message = carrier_words(ask->arena, j, "error.message", 300);
	return code->n > 0;
}

static void
parse(struct carrier_ask *ask)
{
	const struct json *j = carrier_answer(ask, &ask->calls[0], read_error);
	struct str code, message;

	if (!j)
		return;
	if (json_kind(j) != JSON_OBJECT)
		carrier_unreadable(ask);
	else if (read_error(ask, j, &code, &message))
		carrier_refuse(ask, code, message);
	else if (ask->verb == CARRIER_RATES)
		read_rates(ask, j);
	else if (ask->verb == CARRIER_LABEL)
		read_label(ask, j);
	else if (ask->verb == CARRIER_TRACK)
		read_events(ask, j);
	else
		ask->outcome = CARRIER_DONE;
}

static unsigned
needs_no_token(const struct carrier_ask *ask UNUSED)
{
	return 0;
}

const struct carrier_adapter carrier_callback = {
	.kind = "callback",
	.credentials = credentials,
	.needs = needs_no_token,
	.build = build,
	.parse = parse,
};

/* Stripe: amounts in its units, what it is asked, what its answers mean, and how its messages are proved. */
#include "shop/payments/stripe.h"

#include "base/crypto.h"
#include "base/id.h"

#include "tap.h"

#define CHECK_INT(got, want) CHECK((int64_t)(got) == (int64_t)(want))
#define NOW_S INT64_C(1764300000)

static struct arena *
arena(void)
{
	return arena_new("test", (size_t)4 << 20);
}

void
test_stripe__amounts_have_the_units_that_it_has(void)
{
	static const struct {
		const char *currency;
		int64_t minor, amount; /* amount 0: it cannot be said */
	} rows[] = {
		{ "USD", 19999, 19999 },
		{ "usd", 1, 1 },
		{ "JPY", 500, 500 },
		{ "KRW", 500, 500 },
		{ "ISK", 5, 500 },
		{ "UGX", 5, 500 },
		{ "KWD", 5120, 5120 },
		{ "KWD", 5124, 0 },
		{ "BHD", 10, 10 },
		{ "TND", 9, 0 },
		{ "HUF", 100, 100 },
		{ "ISK", INT64_MAX / 10, 0 },
		{ "XXX", 1, 0 },
		{ "US", 1, 0 },
		{ "", 1, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t amount = 0, back = 0;
		bool said = stripe_amount(str_of(rows[i].currency), rows[i].minor, &amount);

		tap_row("%s %" PRId64, rows[i].currency, rows[i].minor);
		CHECK(said == (rows[i].amount != 0));
		if (!said)
			continue;
		CHECK_INT(amount, rows[i].amount);
		CHECK(stripe_minor(str_of(rows[i].currency), amount, &back));
		CHECK_INT(back, rows[i].minor);
	}
}

void
test_stripe__part_of_a_unit_is_not_rounded_silently(void)
{
	int64_t minor;

	CHECK(!stripe_minor(STR("ISK"), 550, &minor));
	CHECK_INT(minor, 5);
}

void
test_stripe__keys_are_of_one_side(void)
{
	static const struct {
		const char *key;
		bool live, test;
	} rows[] = {
		{ "sk_live_51H", true, false },
		{ "sk_test_51H", false, true },
		{ "rk_live_51H", true, false },
		{ "rk_test_51H", false, true },
		{ "sk_live_", false, false },
		{ "sk_test", false, false },
		{ "pk_live_51H", false, false },
		{ "whsec_51H", false, false },
		{ "SK_LIVE_51H", false, false },
		{ " sk_live_51H", false, false },
		{ "", false, false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("%s", rows[i].key);
		CHECK(stripe_is_secret(str_of(rows[i].key), false) == rows[i].live);
		CHECK(stripe_is_secret(str_of(rows[i].key), true) == rows[i].test);
	}
	CHECK(stripe_is_public(STR("pk_live_1"), false) &&
		!stripe_is_public(STR("pk_live_1"), true));
}

/* ---- what is asked */

static struct gateway_call
call_of(enum gateway_kind kind)
{
	return (struct gateway_call){
		.id = { 1 },
		.kind = kind,
		.amount = 19999,
		.currency = STR("USD"),
		.intent = { 2 },
		.reference = kind == GATEWAY_AUTHORIZE ? (struct str){ 0 } : STR("pi_3Mr"),
		.method_type = STR("card"),
		.token = STR("pm_1Abc"),
	};
}

void
test_stripe__each_kind_of_call_is_a_form(void)
{
	static const struct {
		enum gateway_kind kind;
		bool final;
		const char *path, *form;
	} rows[] = {
		{ GATEWAY_AUTHORIZE, false, "/v1/payment_intents",
			"amount=19999&currency=usd&confirm=true&capture_method=manual"
			"&payment_method_types%5B0%5D=card&payment_method=pm_1Abc"
			"&metadata%5Bsouk_intent%5D=pi_002"
			"&expand%5B0%5D=latest_charge.balance_transaction"
			"&metadata%5Bsouk_call%5D=call_001" },
		{ GATEWAY_AUTHORIZE, true, "/v1/payment_intents",
			"amount=19999&currency=usd&confirm=true&capture_method=automatic"
			"&payment_method_types%5B0%5D=card&payment_method=pm_1Abc"
			"&metadata%5Bsouk_intent%5D=pi_002"
			"&expand%5B0%5D=latest_charge.balance_transaction"
			"&metadata%5Bsouk_call%5D=call_001" },
		{ GATEWAY_CAPTURE, true, "/v1/payment_intents/pi_3Mr/capture",
			"amount_to_capture=19999&expand%5B0%5D=latest_charge.balance_transaction"
			"&metadata%5Bsouk_call%5D=call_001" },
		{ GATEWAY_CAPTURE, false, "/v1/payment_intents/pi_3Mr/capture",
			"amount_to_capture=19999&final_capture=false"
			"&expand%5B0%5D=latest_charge.balance_transaction"
			"&metadata%5Bsouk_call%5D=call_001" },
		{ GATEWAY_CANCEL, true, "/v1/payment_intents/pi_3Mr/cancel", "" },
		{ GATEWAY_REFUND, true, "/v1/refunds",
			"payment_intent=pi_3Mr&amount=19999&metadata%5Bsouk_call%5D=call_001" },
	};
	struct arena *a = arena();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct gateway_call call = call_of(rows[i].kind);
		struct stripe_request r;

		tap_row("%s", rows[i].path);
		call.final = rows[i].final;
		CHECK(!stripe_request_of(a, &call, &r));
		CHECK_STR(r.path, rows[i].path);
		CHECK_STR(r.form, rows[i].form);
		CHECK_STR(r.key, "souk-call_001");
	}
	arena_free(a);
}

void
test_stripe__what_it_cannot_do_is_not_asked(void)
{
	struct arena *a = arena();
	struct gateway_call call = call_of(GATEWAY_AUTHORIZE);
	struct stripe_request r;

	call.token = (struct str){ 0 };
	CHECK_STR(str_of(stripe_request_of(a, &call, &r)), "payment_method_missing");
	call.method_type = STR("klarna");
	CHECK(!stripe_request_of(a, &call, &r));
	call.method_type = STR("bitcoin");
	CHECK_STR(str_of(stripe_request_of(a, &call, &r)), "payment_method_unsupported");
	call = call_of(GATEWAY_AUTHORIZE);
	call.currency = STR("KWD");
	CHECK_STR(str_of(stripe_request_of(a, &call, &r)), "amount_not_representable");
	call = call_of(GATEWAY_REFUND);
	call.reference = STR("pi_1/../../v1/payouts");
	CHECK_STR(str_of(stripe_request_of(a, &call, &r)), "reference_missing");
	call.reference = (struct str){ 0 };
	CHECK_STR(str_of(stripe_request_of(a, &call, &r)), "reference_missing");
	arena_free(a);
}

/* ---- what it answers */

#define INTENT(status, more)                                                                       \
	"{\"id\":\"pi_9\",\"object\":\"payment_intent\",\"status\":\"" status "\"" more "}"
#define REFUND(status) "{\"id\":\"re_9\",\"object\":\"refund\",\"status\":\"" status "\"}"
#define ERROR(type, code, more)                                                                    \
	"{\"error\":{\"type\":\"" type "\",\"code\":\"" code "\",\"message\":\"No.\"" more "}}"
#define DECLINE                                                                                    \
	ERROR("card_error", "card_declined",                                                       \
		",\"decline_code\":\"insufficient_funds\",\"payment_intent\":" INTENT(             \
			"requires_payment_method", ""))
#define STATE(status)                                                                              \
	ERROR("invalid_request_error", "payment_intent_unexpected_state",                          \
		",\"payment_intent\":" INTENT(status, ""))
#define REDIRECT                                                                                   \
	",\"next_action\":{\"type\":\"redirect_to_url\",\"redirect_to_url\":{\"url\":"             \
	"\"https://hooks.stripe.com/3ds\",\"return_url\":null}}"

void
test_stripe__answers_mean_what_they_say(void)
{
	static const struct {
		enum gateway_kind kind;
		int status;
		const char *body;
		enum gateway_outcome outcome;
		const char *reference, *code;
	} rows[] = {
		{ GATEWAY_AUTHORIZE, 200, INTENT("requires_capture", ""), GATEWAY_DONE, "pi_9",
			"" },
		{ GATEWAY_AUTHORIZE, 200, INTENT("succeeded", ""), GATEWAY_DONE, "pi_9", "" },
		{ GATEWAY_AUTHORIZE, 200, INTENT("processing", ""), GATEWAY_PENDING, "pi_9", "" },
		{ GATEWAY_AUTHORIZE, 200, INTENT("requires_action", REDIRECT), GATEWAY_ACTION,
			"pi_9", "" },
		{ GATEWAY_AUTHORIZE, 200, INTENT("requires_action", ""), GATEWAY_DECLINED, "pi_9",
			"authentication_required" },
		{ GATEWAY_AUTHORIZE, 200, INTENT("requires_confirmation", ""), GATEWAY_UNKNOWN,
			"pi_9", "" },
		{ GATEWAY_AUTHORIZE, 200, INTENT("canceled", ""), GATEWAY_REFUSED, "pi_9",
			"canceled" },
		{ GATEWAY_AUTHORIZE, 200, INTENT("teleported", ""), GATEWAY_UNKNOWN, "pi_9", "" },
		{ GATEWAY_AUTHORIZE, 402, DECLINE, GATEWAY_DECLINED, "pi_9", "card_declined" },
		{ GATEWAY_CAPTURE, 402, DECLINE, GATEWAY_REFUSED, "", "card_declined" },
		{ GATEWAY_CAPTURE, 200, INTENT("succeeded", ""), GATEWAY_DONE, "pi_9", "" },
		{ GATEWAY_CAPTURE, 400, STATE("canceled"), GATEWAY_REFUSED, "",
			"payment_intent_unexpected_state" },
		{ GATEWAY_CANCEL, 200, INTENT("canceled", ""), GATEWAY_DONE, "pi_9", "canceled" },
		{ GATEWAY_CANCEL, 400, STATE("canceled"), GATEWAY_DONE, "pi_9", "" },
		{ GATEWAY_CANCEL, 400, STATE("succeeded"), GATEWAY_REFUSED, "",
			"payment_intent_unexpected_state" },
		{ GATEWAY_REFUND, 200, REFUND("succeeded"), GATEWAY_DONE, "re_9", "" },
		{ GATEWAY_REFUND, 200, REFUND("pending"), GATEWAY_PENDING, "re_9", "" },
		{ GATEWAY_REFUND, 200, REFUND("failed"), GATEWAY_REFUSED, "re_9", "refund_failed" },
		{ GATEWAY_REFUND, 200, INTENT("succeeded", ""), GATEWAY_UNKNOWN, "pi_9", "" },
		{ GATEWAY_REFUND, 400,
			ERROR("invalid_request_error", "charge_already_refunded", ""),
			GATEWAY_REFUSED, "", "charge_already_refunded" },
		{ GATEWAY_REFUND, 404, ERROR("invalid_request_error", "resource_missing", ""),
			GATEWAY_REFUSED, "", "resource_missing" },
		/* To be asked again. */
		{ GATEWAY_REFUND, 400, ERROR("idempotency_error", "", ""), GATEWAY_UNKNOWN, "",
			"idempotency_error" },
		{ GATEWAY_REFUND, 409, ERROR("idempotency_error", "idempotency_key_in_use", ""),
			GATEWAY_UNKNOWN, "", "" },
		{ GATEWAY_REFUND, 429, ERROR("invalid_request_error", "rate_limit", ""),
			GATEWAY_UNKNOWN, "", "" },
		{ GATEWAY_REFUND, 500, ERROR("api_error", "", ""), GATEWAY_UNKNOWN, "", "" },
		{ GATEWAY_REFUND, 424, ERROR("api_error", "", ""), GATEWAY_UNKNOWN, "", "" },
		{ GATEWAY_REFUND, 502, "<html>bad gateway</html>", GATEWAY_UNKNOWN, "", "" },
		{ GATEWAY_REFUND, 400, "no json", GATEWAY_UNKNOWN, "", "" },
		{ GATEWAY_REFUND, 400, "{\"error\":\"no\"}", GATEWAY_UNKNOWN, "", "" },
		{ GATEWAY_REFUND, 200, "[]", GATEWAY_UNKNOWN, "", "" },
		{ GATEWAY_REFUND, 200, "", GATEWAY_UNKNOWN, "", "" },
		{ GATEWAY_REFUND, 200, "{\"id\":5,\"object\":[],\"status\":{}}", GATEWAY_UNKNOWN,
			"", "" },
		{ GATEWAY_REFUND, 301, "", GATEWAY_UNKNOWN, "", "" },
		{ GATEWAY_REFUND, 401, ERROR("invalid_request_error", "", ""), GATEWAY_REFUSED, "",
			"gateway_credentials" },
	};
	struct arena *a = arena();

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct gateway_call call = call_of(rows[i].kind);
		const struct http_call http = { .status = rows[i].status,
			.answer = str_of(rows[i].body) };
		struct gateway_answer answer;

		tap_row("%zu: %d %s", i, rows[i].status, rows[i].body);
		stripe_read(a, &call, &http, &answer);
		CHECK_INT(answer.outcome, rows[i].outcome);
		CHECK_STR(answer.reference, rows[i].reference);
		CHECK_STR(answer.code, rows[i].code);
	}
	arena_free(a);
}

void
test_stripe__a_call_without_an_answer_is_unknown(void)
{
	struct arena *a = arena();
	const struct gateway_call call = call_of(GATEWAY_CAPTURE);

	for (enum http_fault fault = HTTP_TIMEOUT; fault < HTTP__FAULTS; fault++) {
		const struct http_call http = {
			.fault = fault, .status = 200, .answer = STR(INTENT("succeeded", ""))
		};
		struct gateway_answer answer;

		stripe_read(a, &call, &http, &answer);
		CHECK_INT(answer.outcome, GATEWAY_UNKNOWN);
	}
	arena_free(a);
}

void
test_stripe__a_decline_says_why_and_a_challenge_where(void)
{
	struct arena *a = arena();
	const struct gateway_call call = call_of(GATEWAY_AUTHORIZE);
	struct gateway_answer answer;

	stripe_read(
		a, &call, &(struct http_call){ .status = 402, .answer = STR(DECLINE) }, &answer);
	CHECK_STR(answer.decline_code, "insufficient_funds");
	CHECK_STR(answer.message, "No.");
	stripe_read(a, &call,
		&(struct http_call){
			.status = 200, .answer = STR(INTENT("requires_action", REDIRECT)) },
		&answer);
	CHECK_STR(answer.url, "https://hooks.stripe.com/3ds");
	arena_free(a);
}

void
test_stripe__a_fee_counts_in_the_currency_of_the_payment(void)
{
	struct arena *a = arena();
	const struct gateway_call call = call_of(GATEWAY_CAPTURE);
	struct gateway_answer answer;

#define CHARGE(currency, fee)                                                                      \
	STR(INTENT("succeeded",                                                                    \
		",\"latest_charge\":{\"payment_method_details\":{\"card\":{\"capture_before\":"    \
		"1764900000}},\"balance_transaction\":{\"currency\":\"" currency "\",\"fee\":" fee \
		"}}"))
	stripe_read(a, &call, &(struct http_call){ .status = 200, .answer = CHARGE("usd", "610") },
		&answer);
	CHECK_INT(answer.fee, 610);
	CHECK_INT(answer.expires_at_ms, INT64_C(1764900000000));
	stripe_read(a, &call, &(struct http_call){ .status = 200, .answer = CHARGE("eur", "610") },
		&answer);
	CHECK_INT(answer.fee, 0);
	stripe_read(a, &call, &(struct http_call){ .status = 200, .answer = CHARGE("usd", "-5") },
		&answer);
	CHECK_INT(answer.fee, 0);
	stripe_read(a, &call, &(struct http_call){ .status = 200, .answer = CHARGE("usd", "1.5") },
		&answer);
	CHECK_INT(answer.fee, 0);
	arena_free(a);
}

/* ---- signatures */

static struct str
proof(struct arena *a, int64_t t, const char *body, const char *secret)
{
	struct digest d = crypto_hmac(str_of(secret), str_fmt(a, "%" PRId64 ".%s", t, body));

	return str_hex(a, d.b, sizeof(d.b));
}

void
test_stripe__a_message_is_proved_by_its_signature(void)
{
	struct arena *a = arena();
	struct str right = proof(a, NOW_S, "{}", "whsec_1"),
		   wrong = proof(a, NOW_S, "{}", "whsec_2");
	struct str header = str_fmt(a, "t=%" PRId64 ",v1=%.*s", NOW_S, STRF(right));

#define SIGNED(h, body, secret, now) stripe_is_signed(a, h, STR(body), STR(secret), now)
	CHECK(SIGNED(header, "{}", "whsec_1", NOW_S));
	CHECK(SIGNED(header, "{}", "whsec_1", NOW_S + 300));
	CHECK(SIGNED(header, "{}", "whsec_1", NOW_S - 300));
	CHECK(!SIGNED(header, "{}", "whsec_1", NOW_S + 301));
	CHECK(!SIGNED(header, "{}", "whsec_1", NOW_S - 301));
	CHECK(!SIGNED(header, "{ }", "whsec_1", NOW_S));
	CHECK(!SIGNED(header, "", "whsec_1", NOW_S));
	CHECK(!SIGNED(header, "{}", "whsec_2", NOW_S));
	CHECK(!SIGNED(header, "{}", "", NOW_S));
	/* Any of several proves it, while a secret is rolled; those of other schemes do not. */
	CHECK(SIGNED(
		str_fmt(a, "t=%" PRId64 ",v1=%.*s,v1=%.*s,v0=00", NOW_S, STRF(wrong), STRF(right)),
		"{}", "whsec_1", NOW_S));
	CHECK(!SIGNED(
		str_fmt(a, "t=%" PRId64 ",v0=%.*s", NOW_S, STRF(right)), "{}", "whsec_1", NOW_S));
	CHECK(!SIGNED(str_fmt(a, "t=%" PRId64 ",v1=%.*s", NOW_S + 1, STRF(right)), "{}", "whsec_1",
		NOW_S));
	arena_free(a);
}

void
test_stripe__a_header_that_is_none_proves_nothing(void)
{
	static const char *const rows[] = { "", ",", "t=", "t=1764300000", "v1=00", "t=x,v1=00",
		"t=1764300000,v1=", "t=1764300000,v1=zz", "t=99999999999999999999999,v1=00",
		"t=-1764300000,v1=00", "t=1764300000,,,,v1", "hello" };
	struct arena *a = arena();

	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("%s", rows[i]);
		CHECK(!SIGNED(str_of(rows[i]), "{}", "whsec_1", NOW_S));
	}
	CHECK(!SIGNED(((struct str){ 0 }), "{}", "whsec_1", NOW_S));
	arena_free(a);
}

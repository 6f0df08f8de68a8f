/* What Stripe is asked: amounts in its units, and forms. Nothing here has a key or makes a call. */
#include "shop/payments/stripe.h"

#include "base/currency.h"
#include "base/decimal.h"
#include "base/id.h"

#define FORM_MAX ((size_t)16 << 10)

/* ---- amounts */

/* The digits that Stripe's amounts have. ISK and UGX have none any more, but kept two there, which are 00. */
static int
digits_there(struct str currency)
{
	static const char *const none[] = { "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA",
		"PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF" };
	static const char *const three[] = { "BHD", "JOD", "KWD", "OMR", "TND" };

	for (size_t i = 0; i < COUNT(none); i++)
		if (str_eq_nocase(currency, str_of(none[i])))
			return 0;
	for (size_t i = 0; i < COUNT(three); i++)
		if (str_eq_nocase(currency, str_of(three[i])))
			return 3;
	return 2;
}

/* n × 10^digits; below 0 it is divided, and false if something is left. */
static bool
shift(int64_t n, int digits, int64_t *out)
{
	bool exact = true;

	for (; digits > 0; digits--)
		if (__builtin_mul_overflow(n, 10, &n))
			return false;
	for (; digits < 0; digits++) {
		exact = exact && n % 10 == 0;
		n /= 10;
	}
	*out = n;
	return exact;
}

bool
stripe_amount(struct str currency, int64_t minor, int64_t *amount)
{
	int here = currency_digits(currency), there = digits_there(currency);

	if (here < 0 || !shift(minor, there - here, amount))
		return false;
	return there < 3 || *amount % 10 == 0;
}

bool
stripe_minor(struct str currency, int64_t amount, int64_t *minor)
{
	int here = currency_digits(currency);

	return here >= 0 && shift(amount, here - digits_there(currency), minor);
}

/* ---- keys */

static bool
begins(struct str key, const char *prefix, bool sandbox)
{
	struct str kind = str_of(prefix), side = sandbox ? STR("test_") : STR("live_");

	return str_starts(key, kind) && str_starts(str_cut(key, kind.n, key.n), side) &&
		key.n > kind.n + side.n;
}

bool
stripe_is_secret(struct str key, bool sandbox)
{
	return begins(key, "sk_", sandbox) || begins(key, "rk_", sandbox);
}

bool
stripe_is_public(struct str key, bool sandbox)
{
	return begins(key, "pk_", sandbox);
}

/* ---- forms */

struct form {
	struct buf b;
	struct arena *a;
};

static void
put(struct form *f, const char *name, struct str value)
{
	if (value.n)
		http_form(&f->b, name, value);
}

static void
put_number(struct form *f, const char *name, int64_t n)
{
	http_form(&f->b, name, str_fmt(f->a, "%" PRId64, n));
}

/* By which the call is found among what Stripe did. */
static void
put_call(struct form *f, const struct gateway_call *call)
{
	put(f, "metadata[souk_call]", id_str(f->a, call->id, "call"));
}

/* How Stripe calls a type of method, and whether it needs nothing but the type. */
struct method_there {
	const char *here, *there;
	bool alone;
};

static const struct method_there *
method_there(struct str type)
{
	static const struct method_there all[] = {
		{ "card", "card", false },
		{ "apple_pay", "card", false },
		{ "google_pay", "card", false },
		{ "ach", "us_bank_account", false },
		{ "paypal", "paypal", true },
		{ "affirm", "affirm", true },
		{ "klarna", "klarna", true },
	};

	for (size_t i = 0; i < COUNT(all); i++)
		if (str_eq_z(type, all[i].here))
			return &all[i];
	return NULL;
}

/* A token of our sandbox is one of Stripe's own test methods (https://docs.stripe.com/testing). */
static struct str
token_there(struct str token)
{
	static const struct {
		const char *here, *there;
	} tests[] = {
		{ "tok_sandbox_success", "pm_card_visa" },
		{ "tok_sandbox_declined", "pm_card_chargeDeclined" },
		{ "tok_sandbox_insufficient_funds", "pm_card_chargeDeclinedInsufficientFunds" },
		{ "tok_sandbox_challenge", "pm_card_threeDSecure2Required" },
		{ "tok_sandbox_dispute", "pm_card_createDispute" },
	};

	for (size_t i = 0; i < COUNT(tests); i++)
		if (str_eq_z(token, tests[i].here))
			return str_of(tests[i].there);
	return token;
}

/* The statement of a card has a fixed beginning; what is given is put behind it. */
static const char *
put_authorize(struct form *f, const struct gateway_call *call)
{
	const struct method_there *method = method_there(call->method_type);
	struct str token = token_there(call->token);

	if (!method)
		return "payment_method_unsupported";
	if (!token.n && !method->alone)
		return STRIPE_NO_METHOD;
	put(f, "confirm", STR("true"));
	put(f, "capture_method", call->final ? STR("automatic") : STR("manual"));
	put(f, "payment_method_types[0]", str_of(method->there));
	put(f, "payment_method", token);
	if (!token.n)
		put(f, "payment_method_data[type]", str_of(method->there));
	put(f, "return_url", call->return_url);
	put(f, "description", call->description);
	put(f,
		str_eq_z(str_of(method->there), "card") ? "statement_descriptor_suffix"
							: "statement_descriptor",
		call->statement_descriptor);
	put(f, "metadata[souk_intent]", id_str(f->a, call->intent, "pi"));
	return NULL;
}

static struct str
path_of(struct arena *a, const struct gateway_call *call)
{
	switch (call->kind) {
	case GATEWAY_CAPTURE:
		return str_fmt(a, "/v1/payment_intents/%.*s/capture", STRF(call->reference));
	case GATEWAY_CANCEL:
		return str_fmt(a, "/v1/payment_intents/%.*s/cancel", STRF(call->reference));
	case GATEWAY_REFUND:
		return STR("/v1/refunds");
	default:
		return STR("/v1/payment_intents");
	}
}

bool
stripe_is_name(struct str s)
{
	return s.n > 0 && s.n <= 255 && str_only(s, STRIPE_KEY_LETTERS);
}

const char *
stripe_request_of(struct arena *a, const struct gateway_call *call, struct stripe_request *out)
{
	struct form f = { .a = a };
	const char *refused = NULL;
	int64_t amount;

	if (!stripe_amount(call->currency, call->amount, &amount))
		return "amount_not_representable";
	if (call->kind != GATEWAY_AUTHORIZE && !stripe_is_name(call->reference))
		return "reference_missing";
	buf_init(&f.b, a, 512, FORM_MAX);
	if (call->kind == GATEWAY_AUTHORIZE) {
		put_number(&f, "amount", amount);
		put(&f, "currency", str_lower(a, call->currency));
		refused = put_authorize(&f, call);
	} else if (call->kind == GATEWAY_CAPTURE) {
		put_number(&f, "amount_to_capture", amount);
		if (!call->final)
			put(&f, "final_capture", STR("false"));
	} else if (call->kind == GATEWAY_REFUND) {
		put(&f, "payment_intent", call->reference);
		put_number(&f, "amount", amount);
	}
	if (call->kind == GATEWAY_AUTHORIZE || call->kind == GATEWAY_CAPTURE)
		put(&f, "expand[0]", STR("latest_charge.balance_transaction"));
	if (call->kind != GATEWAY_CANCEL)
		put_call(&f, call);
	must(!f.b.overflow);
	*out = (struct stripe_request){
		.method = "POST",
		.path = path_of(a, call),
		.form = buf_view(&f.b),
		.key = str_fmt(a, "souk-%.*s", STRF(id_str(a, call->id, "call"))),
	};
	return refused;
}

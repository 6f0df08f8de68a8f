/* The gateways that a tenant has set up: which methods they take, and the credentials that they know it by. */
#include "shop/payments/gateways.h"

#include "base/id.h"
#include "base/json.h"
#include "db/db.h"
#include "model/query.h"
#include "model/rec.h"
#include "shop/payments/payments.h"
#include "shop/payments/stripe.h"

#define METHODS_MOST 20
#define KEY_MOST 255

static rule_fn gateway_derive, gateway_check;
static operation_fn gateway_test;

static const struct choice kinds[GATEWAY__BRANDS] = {
	[GATEWAY_SANDBOX] = { "sandbox", "moves no money; of the sandbox side alone" },
	[GATEWAY_STRIPE] = { "stripe", "stripe.com" },
};

/* What each kind takes. */
static const char *const of_sandbox[] = { "card", "apple_pay", "google_pay", "paypal", "ach",
	"wire", "affirm", "klarna", "bitcoin", "ethereum" };
static const char *const of_stripe[] = { "card", "apple_pay", "google_pay", "paypal", "ach",
	"affirm", "klarna" };
static const struct {
	const char *const *method;
	size_t n;
} taken[GATEWAY__BRANDS] = {
	[GATEWAY_SANDBOX] = { of_sandbox, COUNT(of_sandbox) },
	[GATEWAY_STRIPE] = { of_stripe, COUNT(of_stripe) },
};

static const struct field gateway_fields[GATEWAY_FIELD__MAX] = {
	[GATEWAY_FIELD_KIND] = ENUM("kind", kinds, DOC("Who moves the money."),
		.flags = F_REQUIRED | F_CREATE_ONLY | F_FILTER, .example = "stripe"),
	[GATEWAY_FIELD_NAME] = STRING("name", DOC("What it is called, for people."),
		.flags = F_REQUIRED | F_FILTER | F_SORT | F_SEARCH, .max = 255, .index = "name",
		.example = "Cards of the web shop"),
	[GATEWAY_FIELD_ENABLED] = BOOL("enabled",
		DOC("Whether new payments go by it. What was paid by it goes back by it in any "
		    "case."),
		.flags = F_FILTER, .initial = "true", .example = "true"),
	[GATEWAY_FIELD_PRIORITY] = INTEGER("priority",
		DOC("Of several that take a method, the one with the lowest number has it."),
		.flags = F_SORT, .min = 0, .max = 10000, .index = "priority", .initial = "100",
		.example = "100"),
	[GATEWAY_FIELD_METHODS] = LIST("methods",
		DOC("Types of payment methods that it takes, such as card, paypal, klarna; left "
		    "out: all that it can."),
		.max = METHODS_MOST, .example = "[\"card\", \"paypal\"]"),
	[GATEWAY_FIELD_PUBLIC_KEY] = STRING("public_key",
		DOC("The key that a page may have to hand the gateway a card, such as pk_live_…."),
		.max = KEY_MOST, .pattern = "^[!-~]+$", .pattern_doc = "ASCII without blanks"),
	[GATEWAY_FIELD_SECRET_KEY] = STRING("secret_key",
		DOC("The key that payments are made with. It is kept sealed and never shown."),
		.flags = F_SEALED, .min = 8, .max = KEY_MOST),
	[GATEWAY_FIELD_WEBHOOK_SECRET] = STRING("webhook_secret",
		DOC("What the gateway signs its messages with. It is kept sealed and never shown; "
		    "without it, messages are refused."),
		.flags = F_SEALED, .min = 8, .max = KEY_MOST),
};

enum verdict_field { VERDICT_OK, VERDICT_CODE, VERDICT_MESSAGE, VERDICT__MAX };

static const struct field verdict_fields[VERDICT__MAX] = {
	[VERDICT_OK] = BOOL("ok", DOC("Whether the gateway takes the key."), .example = "true"),
	[VERDICT_CODE] = STRING("code",
		DOC("Why not: gateway_credentials, it does not; gateway_mode, the key is of the "
		    "other side; gateway_unreachable, it gave no answer. null: it does."),
		.max = 64, .example = "gateway_credentials"),
	[VERDICT_MESSAGE] = STRING("message", DOC("The same for people."), .max = 500),
};
static const struct resource verdict_shape = SHAPE(
	"gateway_verdict", verdict_fields, DOC("What a gateway says of the key it was shown."));

static const struct operation gateway_operations[] = {
	OPERATION("test_gateway", "POST", "payments/gateways/{gateway_id}/test", gateway_test,
		DOC("Asks the gateway whether its key works. Nothing is changed, here or there."),
		.scope = "payments:write", .output = &verdict_shape),
	RAW("receive_stripe_event", "POST", "webhook/stripe/{gateway_id}", &stripe_hook,
		DOC("What Stripe tells: the address of an endpoint in its dashboard. The signature "
		    "stands for a key. An event is heeded once, and answered with an error if it "
		    "is to come again.")),
};

static const struct shorthand gateway_shorthands[] = {
	SHORT("kind", "kind", DOC("Gateways of this kind.")),
	SHORT("enabled", "enabled", DOC("Gateways that take new payments (true), or do not.")),
};

const struct resource gateway_resource = {
	.name = "gateway",
	.plural = "gateways",
	.path = "payments/gateways",
	.prefix = "gw",
	.table = "payment_gateways",
	DOC("A payment gateway of the shop, with the credentials that it knows the shop by. An "
	    "archived one takes no new payments, and still gives money back."),
	FIELDS(gateway_fields),
	OPERATIONS(gateway_operations),
	SHORTHANDS(gateway_shorthands),
	.verbs = V_CRUD | V_READABLE_ARCHIVED,
	NO_STATUS,
	SCOPES("payments"),
	EVENTS("gateway"),
	.no_cards = true,
	.max_age_s = -1,
	.derive = gateway_derive,
	.check = gateway_check,
	ADMIN("Payments", GATEWAY_FIELD_NAME, GATEWAY_FIELD_KIND, GATEWAY_FIELD_ENABLED),
	PLAN,
};

/* ---- rules */

static struct err *
gateway_derive(struct ctx *cx, struct rec *now, const struct rec *was UNUSED)
{
	struct str text = rec_str(now, GATEWAY_FIELD_METHODS);
	enum gateway_brand kind;
	struct buf b;

	if (!rec_has(now, GATEWAY_FIELD_KIND) || (text.n && !str_eq_z(text, "[]")))
		return NULL;
	kind = (enum gateway_brand)rec_choice(now, GATEWAY_FIELD_KIND);
	buf_init(&b, cx->arena, 128, 1024);
	for (size_t i = 0; i < taken[kind].n; i++)
		buf_fmt(&b, "%s\"%s\"", i ? "," : "[", taken[kind].method[i]);
	buf_char(&b, ']');
	rec_set_str(now, GATEWAY_FIELD_METHODS, buf_view(&b));
	return NULL;
}

static bool
takes(enum gateway_brand kind, struct str method)
{
	for (size_t i = 0; i < taken[kind].n; i++)
		if (str_eq_z(method, taken[kind].method[i]))
			return true;
	return false;
}

static struct err *
check_methods(struct ctx *cx, const struct rec *now, enum gateway_brand kind)
{
	struct json *all = NULL;
	struct err *e = json_parse(cx->arena, rec_str(now, GATEWAY_FIELD_METHODS), &all);
	size_t n = json_length(all);

	for (size_t i = 0; !e && i < n; i++) {
		struct str method = json_string(json_at(all, i));

		if (!takes(kind, method))
			e = rec_refuse(cx, now, GATEWAY_FIELD_METHODS, REASON_NOT_A_CHOICE,
				"a gateway of the kind %s does not take \"%.*s\"", kinds[kind].name,
				STRF(str_shown(method, 32)));
	}
	return e;
}

/* What is wrong with a key is never said with the key. */
static struct err *
check_secret(struct ctx *cx, const struct rec *now)
{
	struct str secret = { 0 }, hook = { 0 };
	struct err *e = rec_open_sealed(cx, now, GATEWAY_FIELD_SECRET_KEY, &secret), *more = NULL;
	const char *side = cx->sandbox ? "test" : "live";

	e = e ? e : rec_open_sealed(cx, now, GATEWAY_FIELD_WEBHOOK_SECRET, &hook);
	if (e)
		return e;
	if (!secret.p)
		more = rec_refuse(
			cx, now, GATEWAY_FIELD_SECRET_KEY, REASON_REQUIRED, "must be given");
	else if (!stripe_is_secret(secret, cx->sandbox) || !str_only(secret, STRIPE_KEY_LETTERS))
		more = rec_refuse(cx, now, GATEWAY_FIELD_SECRET_KEY, REASON_PATTERN,
			"must begin with sk_%s_ or rk_%s_, as keys of this side do", side, side);
	if (hook.p && !str_starts(hook, STR("whsec_")))
		more = err_join(more,
			rec_refuse(cx, now, GATEWAY_FIELD_WEBHOOK_SECRET, REASON_PATTERN,
				"must begin with whsec_"));
	if (rec_has(now, GATEWAY_FIELD_PUBLIC_KEY) &&
		!stripe_is_public(rec_str(now, GATEWAY_FIELD_PUBLIC_KEY), cx->sandbox))
		more = err_join(more,
			rec_refuse(cx, now, GATEWAY_FIELD_PUBLIC_KEY, REASON_PATTERN,
				"must begin with pk_%s_, as keys of this side do", side));
	return more;
}

static struct err *
gateway_check(struct ctx *cx, struct rec *now, const struct rec *was UNUSED)
{
	enum gateway_brand kind;
	struct err *e;

	if (!rec_has(now, GATEWAY_FIELD_KIND))
		return NULL;
	kind = (enum gateway_brand)rec_choice(now, GATEWAY_FIELD_KIND);
	e = check_methods(cx, now, kind);
	if (err_is_server(e))
		return e;
	if (kind == GATEWAY_STRIPE) {
		struct err *more = check_secret(cx, now);

		return err_is_server(more) ? more : err_join(e, more);
	}
	if (cx->sandbox)
		return e;
	return err_join(e,
		rec_refuse(cx, now, GATEWAY_FIELD_KIND, REASON_NOT_A_CHOICE,
			"moves no money, so it is of the sandbox side alone"));
}

/* ---- credentials */

static struct err *
read_row(struct ctx *cx, struct str key, struct rec **row)
{
	const struct view all = view_whole(&gateway_resource);

	return model_get(cx, &gateway_resource, ID_NONE, key, &all, row);
}

static struct err *
open_keys(struct ctx *cx, const struct rec *row, struct gateway_keys *out)
{
	struct err *e = rec_open_sealed(cx, row, GATEWAY_FIELD_SECRET_KEY, &out->secret);

	return e ? e : rec_open_sealed(cx, row, GATEWAY_FIELD_WEBHOOK_SECRET, &out->webhook_secret);
}

struct err *
gateway_keys_read(struct ctx *cx, struct id gateway, struct gateway_keys *out)
{
	struct rec *row;
	struct err *e = read_row(cx, id_str(cx->arena, gateway, gateway_resource.prefix), &row);

	return e ? e : open_keys(cx, row, out);
}

static struct err *
gateway_test(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	struct stripe_verdict v = { .code = NULL };
	struct gateway_keys keys;
	struct rec *row;
	struct err *e = read_row(cx, call->keys[0], &row);

	e = e ? e : open_keys(cx, row, &keys);
	if (e)
		return e;
	if (rec_choice(row, GATEWAY_FIELD_KIND) == GATEWAY_STRIPE)
		v = stripe_try(cx, keys.secret);
	*out = rec_new(cx->arena, &verdict_shape);
	rec_set_bool(*out, VERDICT_OK, !v.code);
	if (v.code) {
		rec_set_str(*out, VERDICT_CODE, str_of(v.code));
		rec_set_str(*out, VERDICT_MESSAGE, str_of(v.message));
	} else {
		rec_set_null(*out, VERDICT_CODE);
		rec_set_null(*out, VERDICT_MESSAGE);
	}
	return NULL;
}

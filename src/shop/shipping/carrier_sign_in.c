/* Whether a carrier accepts the shop's credentials: it is asked there and then, and nothing changes. */
#include "shop/shipping/carriers.h"

#include "base/clock.h"
#include "base/id.h"
#include "model/query.h"

#define ASK_US INT64_C(3000000)

enum { SIGN_IN_OK, SIGN_IN_CODE, SIGN_IN_MESSAGE, SIGN_IN__MAX };

static const struct field fields[SIGN_IN__MAX] = {
	[SIGN_IN_OK] = BOOL("ok", DOC("Whether the carrier can be asked with them."),
		.flags = F_READ_ONLY, .example = "true"),
	[SIGN_IN_CODE] = STRING("code",
		DOC("Why not: credentials, no_answer, no_connection, unreadable, no_credentials, "
		    "or "
		    "the carrier's own code."),
		.flags = F_READ_ONLY, .max = 64, .example = "credentials"),
	[SIGN_IN_MESSAGE] = STRING("message", DOC("The same for people."), .flags = F_READ_ONLY,
		.max = 300, .example = "the carrier does not accept the credentials"),
};

const struct resource carrier_sign_in_shape =
	SHAPE("carrier_sign_in", fields, DOC("Whether a carrier accepts the shop's credentials."));

static struct rec *
answer(struct ctx *cx, bool ok, struct str code, struct str message)
{
	struct rec *r = rec_new(cx->arena, &carrier_sign_in_shape);

	rec_set_bool(r, SIGN_IN_OK, ok);
	if (!ok)
		rec_set_str(r, SIGN_IN_CODE, code);
	rec_set_str(r, SIGN_IN_MESSAGE, message);
	return r;
}

static struct rec *
ask_carrier(struct ctx *cx, const struct carrier_adapter *adapter,
	const struct carrier_account *account)
{
	struct carrier_ask *ask = ARENA_NEW(cx->arena, struct carrier_ask);
	int64_t deadline_us = clock_mono_us() + ASK_US;

	if (cx->deadline_us && cx->deadline_us < deadline_us)
		deadline_us = cx->deadline_us;
	*ask = (struct carrier_ask){ .adapter = adapter,
		.verb = CARRIER_CHECK,
		.account = *account,
		.at_ms = clock_now_ms() };
	carrier_ask_all(cx->arena, ask, 1, deadline_us);
	if (ask->outcome == CARRIER_DONE)
		return answer(cx, true, ask->code, STR("the carrier accepts the credentials"));
	return answer(cx, false, ask->code, ask->message);
}

struct err *
carrier_sign_in(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	const struct view whole = view_whole(&carrier_resource);
	const struct carrier_adapter *adapter;
	struct carrier_account account;
	struct rec *carrier;
	struct err *e = model_get(cx, &carrier_resource, ID_NONE, call->keys[0], &whole, &carrier);

	if (e)
		return e;
	adapter = carriers_adapter(cx, carrier);
	if (!adapter) {
		*out = answer(
			cx, true, (struct str){ NULL, 0 }, STR("it is not asked over the network"));
		return NULL;
	}
	e = carriers_account(cx, carrier, &account);
	if (e)
		return e;
	*out = account.credentials.n
		? ask_carrier(cx, adapter, &account)
		: answer(cx, false, STR("no_credentials"), STR("the shop has given none"));
	return NULL;
}

/*
 * The challenge that a buyer must meet: its token names the tenant and the call, and cannot be made up. It is good once, and
 * for an hour; then the payment is declined.
 */
#include "shop/payments/sandbox.h"

#include "access/tenant.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/id.h"
#include "db/db.h"
#include "shop/payments/payments.h"

static const char *base = "";

void
payments_setup(const char *base_url)
{
	base = base_url;
}

static struct str
mac_of(struct ctx *cx, struct id tenant, struct id call)
{
	const struct digest key = crypto_derive(cx->ring, "sandbox challenge");
	struct str what = str_fmt(cx->arena, "%" PRId64 "|%" PRId64, tenant.n, call.n);
	struct digest mac = crypto_hmac((struct str){ (const char *)key.b, sizeof(key.b) }, what);
	struct buf b;

	buf_init(&b, cx->arena, 2 * sizeof(mac.b), 2 * sizeof(mac.b));
	buf_hex(&b, mac.b, sizeof(mac.b));
	return buf_view(&b);
}

struct str
sandbox_challenge_url(struct ctx *cx, struct id call)
{
	return str_fmt(cx->arena, "%s/v2/payments/challenges/%.*s.%.*s.%.*s", base,
		STRF(id_str(cx->arena, cx->tenant, "t")), STRF(id_str(cx->arena, call, "c")),
		STRF(mac_of(cx, cx->tenant, call)));
}

static struct err *
not_found(struct ctx *cx)
{
	return err_new(cx->arena, ERR_NOT_FOUND, "there is no such challenge, or it is over");
}

/* Whose it is, and which call, if the token is one of ours. */
static bool
read_token(struct ctx *cx, struct str token, struct id *tenant, struct id *call)
{
	struct str rest = token, first, second, mac, ours;

	if (!str_split(&rest, '.', &first) || !str_split(&rest, '.', &second) ||
		!str_split(&rest, '.', &mac) || rest.n)
		return false;
	if (!id_parse(first, "t", tenant) || !id_parse(second, "c", call))
		return false;
	ours = mac_of(cx, *tenant, *call);
	return mac.n == ours.n && crypto_same(mac.p, ours.p, ours.n);
}

static struct err *
enter(struct ctx *cx, struct id tenant, struct str *shop)
{
	struct tenant t;
	struct err *e = tenant_side(cx, tenant, &t);

	if (!e && !t.sandbox)
		e = not_found(cx);
	if (e)
		return e;
	*shop = t.name;
	return tenant_enter(cx, &t, STR("buyer"));
}

struct err *
sandbox_challenge_find(struct ctx *cx, struct str token, struct sandbox_challenge *out)
{
	struct db_rows rows;
	struct id tenant, call;
	const struct db_value *v;
	struct err *e;

	*out = (struct sandbox_challenge){ .call = ID_NONE };
	if (!read_token(cx, token, &tenant, &call))
		return not_found(cx);
	e = enter(cx, tenant, &out->shop);
	e = e ? e
	      : db_query(cx, &rows,
			"SELECT intent_id, amount, currency FROM sandbox_gateway WHERE tenant_id "
			"= ? AND call_id = ? AND state = 'action' AND created_at > ?",
			db_id(tenant), db_id(call), db_time(clock_now_ms() - SANDBOX_CHALLENGE_MS));
	if (e)
		return e;
	if (!rows.n)
		return not_found(cx);
	v = db_row(&rows, 0);
	out->call = call;
	out->intent.n = v[0].i;
	out->amount = v[1].i;
	out->currency = v[2].s;
	return NULL;
}

struct err *
sandbox_challenge_end(struct ctx *cx, const struct sandbox_challenge *c, bool approved, bool *taken)
{
	struct db_rows done = { 0 };
	struct err *e = db_query(cx, &done,
		"UPDATE sandbox_gateway SET state = ?, code = ? WHERE tenant_id = ? AND call_id = "
		"? "
		"AND state = 'action'",
		db_text(approved ? STR("done") : STR("declined")),
		db_text(approved ? (struct str){ 0 } : STR("authentication_failed")),
		db_id(cx->tenant), db_id(c->call));

	*taken = !e && db_count(&done) == 1;
	return e;
}

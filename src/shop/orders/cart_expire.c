/* Carts whose time is over: they are so for everybody already, and their rows come to say it. */
#include "base/clock.h"
#include "base/id.h"
#include "db/db.h"
#include "model/write.h"
#include "shop/orders/cart_int.h"

#define AT_ONCE 50 /* in one transaction */

static action_fn end;

static const struct action ending = ACTION("end", end, .event = NULL);

struct expiry {
	int64_t most, found;
};

static struct err *
end(struct ctx *cx UNUSED, struct rec *now, const struct rec *was UNUSED,
	const struct rec *input UNUSED)
{
	rec_set_choice(now, CART_STATUS, CART_EXPIRED);
	return NULL;
}

/* One that was ordered or deleted a moment ago is left as it is. */
static struct err *
end_one(struct ctx *cx, struct id id)
{
	const struct write w = { .verb = WRITE_ACT,
		.resource = &cart_resource,
		.key = id_str(cx->arena, id, cart_resource.prefix),
		.action = &ending };
	struct written written;
	struct err *e = model_write_inside(cx, &w, &written);

	if (e && (e->code == ERR_NOT_FOUND || e->reason == REASON_CART_CLOSED))
		return NULL;
	return e;
}

static struct err *
expire(struct ctx *cx, void *arg)
{
	struct expiry *x = arg;
	struct db_rows rows = { 0 };
	struct err *e = db_query(cx, &rows,
		"SELECT id FROM carts FORCE INDEX (ending) WHERE tenant_id = ? AND status = 'open' "
		"AND expires_at <= ? ORDER BY expires_at LIMIT ?",
		db_id(cx->tenant), db_time(clock_now_ms()), db_int(MIN(x->most, AT_ONCE)));

	x->found = (int64_t)rows.n;
	for (size_t i = 0; !e && i < rows.n; i++)
		e = end_one(cx, (struct id){ db_row(&rows, i)[0].i });
	return e;
}

struct err *
carts_expire(struct ctx *cx, int64_t most, int64_t *n)
{
	struct expiry x = { .most = most, .found = AT_ONCE };
	struct db_rows rows = { 0 };
	struct err *e = NULL;

	*n = 0;
	while (!e && !cx->dry_run && x.found == AT_ONCE && x.most > 0) {
		e = db_tx(cx, expire, &x);
		*n += e ? 0 : x.found;
		x.most -= x.found;
	}
	if (e || !cx->dry_run)
		return e;
	e = db_query(cx, &rows,
		"SELECT COUNT(*) FROM carts FORCE INDEX (ending) WHERE tenant_id = ? AND status = "
		"'open' AND expires_at <= ?",
		db_id(cx->tenant), db_time(clock_now_ms()));
	*n = e ? 0 : db_count(&rows);
	return e;
}

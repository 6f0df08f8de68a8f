/* Redeeming: the database counts, so that no more orders use a coupon than may, however many ask at once. */
#include "base/clock.h"
#include "db/db.h"
#include "shop/promotions/promotions.h"

static struct err *
lost(struct ctx *cx, const struct promotions_ask *ask, enum reason reason, const char *what)
{
	struct err *e = NULL;

	err_field(cx->arena, &e, str_of(ask->field), reason, "the coupon %.*s %s", STRF(ask->code),
		what);
	e->code = ERR_CONFLICT;
	e->reason = reason;
	return e;
}

static struct err *
count(struct ctx *cx, const struct promotions_ask *ask, struct id coupon)
{
	struct db_rows rows = { 0 };
	struct err *e = db_query(cx, &rows,
		"UPDATE coupons SET times_redeemed = times_redeemed + 1"
		" WHERE tenant_id = ? AND id = ? AND archived_at IS NULL AND active = 1"
		" AND (max_redemptions IS NULL OR times_redeemed < max_redemptions)",
		db_id(cx->tenant), db_id(coupon));

	if (e || rows.affected)
		return e;
	return lost(cx, ask, REASON_COUPON_USED_UP,
		"has been used as often as it may, or cannot be used any more");
}

struct err *
promotions_redeem(struct ctx *cx, const struct promotions_ask *ask, const struct promotions *p,
	struct id order)
{
	struct str email = ask->email.n ? str_lower(cx->arena, ask->email) : (struct str){ 0 };
	struct err *e;

	if (!p->coupon.n)
		return NULL;
	e = count(cx, ask, p->coupon);
	e = e ? e
	      : db_exec(cx,
			"INSERT INTO coupon_redemptions"
			" (tenant_id, order_id, coupon_id, customer_id, email, is_once, created_at)"
			" VALUES (?, ?, ?, ?, ?, ?, ?)",
			db_id(cx->tenant), db_id(order), db_id(p->coupon), db_id(ask->customer),
			db_text(email), db_int(p->once), db_time(clock_now_ms()));
	if (!e || !str_starts(db_duplicate_key(e), STR("once_")))
		return e;
	return lost(cx, ask, REASON_COUPON_USED, "was used by this customer already");
}

struct err *
promotions_release(struct ctx *cx, struct id order)
{
	return db_exec(cx,
		"UPDATE coupon_redemptions r JOIN coupons c ON c.tenant_id = r.tenant_id AND c.id "
		"= "
		"r.coupon_id"
		" SET c.times_redeemed = c.times_redeemed - 1, r.released_at = ?"
		" WHERE r.tenant_id = ? AND r.order_id = ? AND r.released_at IS NULL",
		db_time(clock_now_ms()), db_id(cx->tenant), db_id(order));
}

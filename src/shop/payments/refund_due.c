/* What is owed is written with what it is owed for; a gateway is never called inside a transaction. */
#include "shop/payments/payments.h"

#include "base/clock.h"
#include "base/id.h"
#include "db/db.h"

struct err *
payments_refund_due(struct ctx *cx, const struct refund_due *r)
{
	must(r->amount > 0);
	return db_exec(cx,
		"INSERT INTO refunds_due (tenant_id, id, created_at, order_id, amount, currency, "
		"reason, object_name, object_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		db_id(cx->tenant), db_id(id_new()), db_time(clock_now_ms()), db_id(r->order),
		db_int(r->amount), db_text(r->currency), db_text(str_of(r->reason)),
		db_text(r->object), db_id(r->object_id));
}

/* The gateways there are, and which of them takes a payment. */
#include "shop/payments/gateway.h"

#include "base/id.h"
#include "db/db.h"
#include "shop/payments/stripe.h"

const char *const gateway_kind_names[GATEWAY__KINDS] = {
	[GATEWAY_AUTHORIZE] = "authorize",
	[GATEWAY_CAPTURE] = "capture",
	[GATEWAY_CANCEL] = "cancel",
	[GATEWAY_REFUND] = "refund",
};

static const struct gateway *const gateways[] = { &sandbox_gateway, &stripe_gateway };

const struct gateway *
gateway_find(struct str name)
{
	for (size_t i = 0; i < COUNT(gateways); i++)
		if (str_eq_z(name, gateways[i]->name))
			return gateways[i];
	return NULL;
}

/* Its methods are a list of types; without one it takes all. */
struct err *
gateway_choose(struct ctx *cx, struct str method_type, struct gateway_choice *out)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT kind, id FROM payment_gateways FORCE INDEX (priority) "
		"WHERE tenant_id = ? AND enabled AND archived_at IS NULL "
		"AND (methods IS NULL OR JSON_CONTAINS(methods, JSON_QUOTE(?))) "
		"ORDER BY priority, created_at, id LIMIT 1",
		db_id(cx->tenant), db_text(method_type));

	if (e)
		return e;
	*out = (struct gateway_choice){ &sandbox_gateway, ID_NONE };
	if (rows.n) {
		out->gateway = gateway_find(db_row(&rows, 0)[0].s);
		out->id.n = db_row(&rows, 0)[1].i;
		must(out->gateway);
	} else if (!cx->sandbox) {
		e = err_reason(err_new(cx->arena, ERR_CONFLICT, "no gateway takes payments by %.*s",
				       STRF(method_type)),
			REASON_NO_GATEWAY);
	}
	return e;
}

/* How an intent is paid: what its text means when it is confirmed, and what its gateway is told of that. */
#include "base/id.h"
#include "shop/payments/intent_int.h"
#include "shop/payments/method.h"

struct err *
intent_find_method(struct ctx *cx, struct rec *now, const struct rec *input, int field, bool *found)
{
	struct str path = rec_path(cx->arena, input, str_of(input->resource->fields[field].name));
	struct payment_means means = { .id = ID_NONE };
	struct err *e = payments_means(
		cx, rec_str(now, INTENT_METHOD), path, rec_ref(now, INTENT_CUSTOMER), &means);

	*found = false;
	if (e)
		return e;
	if (means.expired)
		return rec_refuse(cx, input, field, REASON_PAST, "the card has expired");
	*found = means.token.n > 0;
	rec_set_str(now, INTENT_METHOD_TYPE, means.type);
	if (means.id.n)
		rec_set_ref(now, INTENT_METHOD_ID, means.id);
	else
		rec_set_null(now, INTENT_METHOD_ID);
	return NULL;
}

struct err *
intent_read_method(struct ctx *cx, const struct rec *intent, struct gateway_call *details)
{
	struct id id = rec_ref(intent, INTENT_METHOD_ID);
	struct str type = rec_str(intent, INTENT_METHOD_TYPE);
	struct payment_means means = { .id = ID_NONE };
	struct err *e = payments_means(cx,
		id.n ? id_str(cx->arena, id, payment_method_resource.prefix) : type,
		STR("payment_method"), rec_ref(intent, INTENT_CUSTOMER), &means);

	if (err_is_server(e))
		return e;
	details->method = id;
	details->method_type = type;
	if (e)
		return NULL;
	details->token = means.token;
	details->brand = means.brand;
	details->last4 = means.last4;
	return NULL;
}

/* What a capture is in the books: the sale, what the gateway kept of it, and what of it is the marketplace's commission. */
#include "base/id.h"
#include "shop/ledger/ledger.h"
#include "shop/payments/intent_int.h"

struct err *
intent_book(struct ctx *cx, const struct outcome *o, struct id payment, int64_t commission)
{
	const struct ledger_side gateway = { LEDGER_GATEWAY, o->call.gateway_id };
	struct ledger_entry entries[3] = {
		{ gateway, { LEDGER_SALES, ID_NONE }, o->call.amount },
	};
	struct ledger_fact fact = {
		.kind = "capture",
		.object = STR("gateway_call"),
		.object_id = o->call.id,
		.order = o->call.order,
		.payment = payment,
		.currency = o->call.currency,
		.entries = entries,
		.n = 1,
	};

	if (o->answer.fee)
		entries[fact.n++] =
			(struct ledger_entry){ { LEDGER_FEES, ID_NONE }, gateway, o->answer.fee };
	if (commission)
		entries[fact.n++] = (struct ledger_entry){ { LEDGER_SALES, ID_NONE },
			{ LEDGER_APPLICATION_FEES, ID_NONE }, commission };
	return ledger_post(cx, &fact);
}

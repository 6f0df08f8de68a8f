/*
 * How the sandbox judges disputes: at once, by the word winning_evidence or losing_evidence in a text, as Stripe's does; else when the
 * time for evidence is over, for the shop if all three kinds were given. It keeps no books of it: the answer follows from what it is told.
 */
#include "shop/payments/sandbox.h"

#include "base/clock.h"

static bool
holds(struct str text, struct str word)
{
	for (size_t i = 0; i + word.n <= text.n; i++) {
		if (str_starts(str_cut(text, i, text.n), word))
			return true;
	}
	return false;
}

static bool
has(const struct gateway_dispute *d, struct str word)
{
	return holds(d->transaction_details, word) || holds(d->communication_logs, word) ||
		holds(d->shipping_proof, word) || holds(d->text, word);
}

static enum gateway_verdict
judge(const struct gateway_dispute *d)
{
	bool complete = d->transaction_details.n && d->communication_logs.n &&
		(d->shipping_proof.n || d->tracking_number.n);

	if (has(d, STR("winning_evidence")))
		return GATEWAY_WON;
	if (has(d, STR("losing_evidence")))
		return GATEWAY_LOST;
	if (clock_now_ms() <= d->due_ms)
		return GATEWAY_REVIEWS;
	return complete ? GATEWAY_WON : GATEWAY_LOST;
}

struct err *
sandbox_respond(struct ctx *cx UNUSED, const struct gateway_dispute *d, enum gateway_verdict *out)
{
	*out = judge(d);
	return NULL;
}

struct err *
sandbox_verdict(struct ctx *cx UNUSED, const struct gateway_dispute *d, enum gateway_verdict *out)
{
	*out = judge(d);
	return NULL;
}

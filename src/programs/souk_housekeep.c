/*
 * souk-housekeep: what has had its day is removed, and what is due is said. Cron starts it. It works in small steps, each of
 * which leaves everything in order: it may end anywhere, and the next run goes on from there.
 */
#include "programs/chores.h"

#include "access/housekeep.h"
#include "base/id.h"
#include "model/once.h"
#include "shop/inventory/inventory.h"
#include "shop/orders/orders.h"
#include "shop/payments/payments.h"
#include "shop/shipping/shipping.h"

static chore_fn idempotency, nonces, audit, networks, rotation, holds, carts, rates, messages;

static const struct chore all[] = {
	{ "idempotency", idempotency, false },
	{ "nonces", nonces, false },
	{ "audit", audit, true },
	{ "networks", networks, true },
	{ "rotation", rotation, true },
	{ "holds", holds, true },
	{ "carts", carts, true },
	{ "rates", rates, true },
	{ "messages", messages, true },
};

static const struct chores chores = { "souk-housekeep", "housekeeping", all, COUNT(all) };

static struct err *
idempotency(struct ctx *cx, struct chore_step *s)
{
	return once_purge(cx, s->tenant ? s->tenant->id : ID_NONE, s->most, &s->n);
}

static struct err *
nonces(struct ctx *cx, struct chore_step *s)
{
	return nonce_purge(cx, s->tenant, s->most, &s->n);
}

static struct err *
audit(struct ctx *cx, struct chore_step *s)
{
	return audit_purge(cx, s->tenant, s->most, &s->n);
}

static struct err *
networks(struct ctx *cx, struct chore_step *s)
{
	return network_purge(cx, s->tenant, s->most, &s->n);
}

static struct err *
rotation(struct ctx *cx, struct chore_step *s)
{
	return key_remind(cx, s->tenant, s->most, &s->n);
}

static struct err *
holds(struct ctx *cx, struct chore_step *s)
{
	return inventory_expire(cx, s->most, &s->n);
}

static struct err *
carts(struct ctx *cx, struct chore_step *s)
{
	return carts_expire(cx, s->most, &s->n);
}

static struct err *
rates(struct ctx *cx, struct chore_step *s)
{
	return shipping_purge(cx, s->most, &s->n);
}

static struct err *
messages(struct ctx *cx, struct chore_step *s)
{
	return payments_forget(cx, s->most, &s->n);
}

static int
run(struct ctl *c)
{
	return chores_run(c, &chores);
}

static const struct option_row options[] = {
	{ "dry-run", NULL, "count what is to be done, and change nothing" },
	{ "only", "TASK",
		"idempotency, nonces, audit, networks, rotation, holds, carts, rates or "
		"messages (all)" },
	{ "tenant", "TENANT", "id of the tenant (all)" },
	{ "json", NULL, "print what was done as JSON" },
};

static const struct verb housekeep = {
	.words = "",
	.doc = "remove what has had its day, and remind of what is due",
	.options = options,
	.noptions = COUNT(options),
	.run = run,
};

int
main(int argc, char **argv)
{
	static const struct verb *const verbs[] = { &housekeep, NULL };

	return ctl_main(chores.program, verbs, argc, argv);
}

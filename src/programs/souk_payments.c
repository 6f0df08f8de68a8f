/*
 * souk-payments: what gateways did not answer is asked again, authorizations that are over are given free, refunds arrive, disputes are
 * decided. Cron starts it. It may end anywhere, also between a question to a gateway and what follows of the answer: the question has
 * a key, under which the gateway does it once.
 */
#include "programs/chores.h"

#include "base/id.h"
#include "base/log.h"
#include "db/db.h"
#include "shop/payments/payments.h"

#define PATIENCE_MS INT64_C(30000)         /* the request that began a call may still be at it */
#define LATEST_MS INT64_C(253402300799999) /* the last moment of the year 9999 */

static chore_fn calls, reconciled, authorizations, refunds, disputes;

static const struct chore all[] = {
	{ "calls", calls, true },
	{ "authorizations", authorizations, true },
	{ "refunds", refunds, true },
	{ "disputes", disputes, true },
};
static const struct chore of_reconcile[] = {
	{ "calls", reconciled, true },
};

static const struct chores chores = { "souk-payments", "payments", all, COUNT(all) };
static const struct chores reconcile = { "souk-payments", "payments", of_reconcile,
	COUNT(of_reconcile) };

static struct err *
settle(struct ctx *cx, struct chore_step *s, bool waits)
{
	struct payments_due due = {
		.made_before_ms = waits ? s->began_ms - PATIENCE_MS : s->began_ms,
		.due_before_ms = waits ? s->began_ms : LATEST_MS,
		.after = s->after,
		.most = s->most,
	};
	struct err *e = payments_settle(cx, &due);

	s->after = due.after;
	s->n = due.n;
	return e;
}

static struct err *
calls(struct ctx *cx, struct chore_step *s)
{
	return settle(cx, s, true);
}

static struct err *
reconciled(struct ctx *cx, struct chore_step *s)
{
	return settle(cx, s, false);
}

static struct err *
authorizations(struct ctx *cx, struct chore_step *s)
{
	return payments_expire(cx, s->most, &s->n);
}

static struct err *
refunds(struct ctx *cx, struct chore_step *s)
{
	return refunds_settle(cx, s->most, &s->n);
}

static struct err *
disputes(struct ctx *cx, struct chore_step *s)
{
	return disputes_settle(cx, s->most, &s->after, &s->n);
}

/* What is open still, of all tenants: for the log, and whoever watches it. */
static int
tell_pending(struct ctl *c)
{
	struct payments_open open;
	struct err *e = payments_count_open(&c->cx, &open);

	if (e)
		return ctl_fail(c, e);
	log_line(LOG_INFO, "payments_pending", LOG_I("calls", open.calls),
		LOG_I("oldest_s", open.oldest_s), LOG_I("refunds_by_hand", open.by_hand),
		LOG_I("disputes", open.disputes));
	return 0;
}

static int
run(struct ctl *c)
{
	int status = chores_run(c, ctl_given(c, "reconcile") ? &reconcile : &chores), told;

	if (status == EXIT_AGAIN || status == EXIT_USAGE || status == EXIT_CONFIG ||
		status == EXIT_UNAVAILABLE)
		return status;
	told = tell_pending(c);
	return status ? status : told;
}

static const struct option_row options[] = {
	{ "dry-run", NULL, "count what is to be done, and change nothing" },
	{ "reconcile", NULL, "ask gateways about all that is open now, whenever it would be due" },
	{ "only", "TASK", "calls, authorizations, refunds or disputes (all)" },
	{ "tenant", "TENANT", "id of the tenant (all)" },
	{ "json", NULL, "print what was done as JSON" },
};

static const struct verb payments = {
	.words = "",
	.doc = "settle what gateways left open, and what the clock makes due",
	.options = options,
	.noptions = COUNT(options),
	.run = run,
};

int
main(int argc, char **argv)
{
	static const struct verb *const verbs[] = { &payments, NULL };

	return ctl_main(chores.program, verbs, argc, argv);
}

/*
 * souk-shipments: carriers that gave no answer are asked again, and those that have something on its way are asked where it is.
 * Cron starts it. It may end anywhere: what was asked twice happens once.
 */
#include "programs/chores.h"

#include "shop/shipping/shipping.h"

static chore_fn labels, tracking;

static const struct chore all[] = {
	{ "labels", labels, true },
	{ "tracking", tracking, true },
};

static const struct chores chores = { "souk-shipments", "shipments", all, COUNT(all) };

static struct err *
labels(struct ctx *cx, struct chore_step *s)
{
	return shipments_settle(cx, s->most, &s->n);
}

static struct err *
tracking(struct ctx *cx, struct chore_step *s)
{
	return shipments_poll(cx, s->most, &s->n);
}

static int
run(struct ctl *c)
{
	return chores_run(c, &chores);
}

static const struct option_row options[] = {
	{ "dry-run", NULL, "count what is to be asked, and ask nobody" },
	{ "only", "TASK", "labels or tracking (all)" },
	{ "tenant", "TENANT", "id of the tenant (all)" },
	{ "json", NULL, "print what was done as JSON" },
};

static const struct verb shipments = {
	.words = "",
	.doc = "ask carriers for labels that are due, and where shipments are",
	.options = options,
	.noptions = COUNT(options),
	.run = run,
};

int
main(int argc, char **argv)
{
	static const struct verb *const verbs[] = { &shipments, NULL };

	return ctl_main(chores.program, verbs, argc, argv);
}

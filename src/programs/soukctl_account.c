/* soukctl account limits: what an account may do, beside its plan. */
#include "programs/soukctl.h"

#include "access/access.h"
#include "access/tenant.h"

/* A number, or "plan" for what the plan says; not given: as it is. */
static bool
read_rate(const struct ctl *c, const char *option, int64_t *out)
{
	struct str text = ctl_text(c, option);

	*out = LIMIT_STAYS;
	if (!text.p)
		return true;
	if (str_eq_z(text, "plan")) {
		*out = 0;
		return true;
	}
	return str_int(text, out) && *out > 0;
}

static void
print_rate(const char *window, int64_t rate)
{
	if (rate)
		(void)printf("%s %" PRId64 "\n", window, rate);
	else
		(void)printf("%s unlimited\n", window);
}

static int
run(struct ctl *c)
{
	struct account_limits set = { .plan = ctl_text(c, "plan") }, now;
	struct tenant t;
	struct err *e;
	int status;

	if (!ctl_given(c, "tenant"))
		return ctl_usage(c, "--tenant is missing: a tenant of the account");
	if (!read_rate(c, "per-hour", &set.per_hour) || !read_rate(c, "per-day", &set.per_day))
		return ctl_usage(c, "--per-hour and --per-day are numbers from 1, or plan");
	status = ctl_open(c, false);
	if (status)
		return status;
	e = tenant_find(&c->cx, ctl_text(c, "tenant"), false, &t);
	e = e ? e : account_limit(&c->cx, t.account, &set, &now);
	if (e)
		return ctl_fail(c, e);
	access_forget();
	(void)printf("plan %.*s\n", STRF(now.plan));
	print_rate("per-hour", now.per_hour);
	print_rate("per-day", now.per_day);
	return 0;
}

static const struct option_row options[] = {
	{ "tenant", "TENANT", "id or name of a tenant of the account" },
	{ "plan", "PLAN", "free, starter, professional or enterprise (as it is)" },
	{ "per-hour", "N", "requests an hour, or plan for what the plan says (as it is)" },
	{ "per-day", "N", "requests a day, or plan for what the plan says (as it is)" },
};

const struct verb verb_account_limits = {
	.words = "account limits",
	.doc = "show the rate limits of an account, or set them; both sides are counted apart",
	.options = options,
	.noptions = COUNT(options),
	.run = run,
};

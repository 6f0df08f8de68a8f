/* soukctl migrate: brings the database's tables to what this release needs. */
#include "programs/soukctl.h"

#include "db/migrate.h"

static void
told(const char *name)
{
	(void)fprintf(stderr, "applied %s\n", name);
}

static int
pending(struct ctl *c)
{
	int n;
	struct err *e = migrate_pending(&c->cx, c->config.sql_dir, &n);

	if (e)
		return ctl_fail(c, e);
	(void)printf("%d\n", n);
	return 0;
}

static int
run(struct ctl *c)
{
	struct err *e;
	int status = ctl_open(c, true);

	if (status)
		return status;
	if (ctl_given(c, "pending"))
		return pending(c);
	e = migrate_up(&c->cx, c->config.sql_dir, told);
	return e ? ctl_fail(c, e) : 0;
}

static const struct option_row options[] = {
	{ "pending", NULL, "only print how many migrations are to be applied" },
};

const struct verb verb_migrate = {
	.words = "migrate",
	.doc = "apply the migrations that are missing",
	.options = options,
	.noptions = COUNT(options),
	.run = run,
};

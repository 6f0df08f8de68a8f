/* soukctl tenant create: a new account with one tenant, both sides of it. */
#include "programs/soukctl.h"

#include "access/tenant.h"
#include "base/id.h"

/* A number, or an id as it is shown. */
static bool
read_public_id(const struct ctl *c, int64_t *out)
{
	struct str text = ctl_text(c, "public-id");
	struct id id;

	*out = 0;
	if (!text.p)
		return true;
	if (id_parse(text, "tenant", &id)) {
		*out = id.n;
		return true;
	}
	return str_int(text, out) && *out > 0;
}

static int
run(struct ctl *c)
{
	struct tenant_new new = {
		.name = ctl_text(c, "name"),
		.plan = ctl_text(c, "plan"),
		.currency = ctl_text(c, "currency"),
		.language = ctl_text(c, "language"),
	};
	struct id id;
	struct err *e;
	int status;

	if (!new.name.p)
		return ctl_usage(c, "--name is missing");
	if (!read_public_id(c, &new.public_id))
		return ctl_usage(c, "--public-id must be a number from 1, or tenant_…");
	status = ctl_open(c, false);
	if (status)
		return status;
	e = tenant_create(&c->cx, &new, &id);
	if (e)
		return ctl_fail(c, e);
	(void)printf("%.*s\n", STRF(id_str(c->arena, id, "tenant")));
	return 0;
}

static const struct option_row options[] = {
	{ "name", "NAME", "what people call it" },
	{ "currency", "CODE", "base currency, ISO 4217 (USD)" },
	{ "language", "TAG", "language of its texts: en, es, fr, de, ja or zh (en)" },
	{ "plan", "PLAN", "free, starter, professional or enterprise (free)" },
	{ "public-id", "N", "the number of its id; without it a new one" },
};

const struct verb verb_tenant_create = {
	.words = "tenant create",
	.doc = "make a tenant, live and sandbox side; prints its id",
	.options = options,
	.noptions = COUNT(options),
	.run = run,
};

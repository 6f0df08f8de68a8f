/* soukctl ledger export: the ledger of a tenant as a journal for hledger, to stdout. */
#include "programs/soukctl.h"

#include "shop/ledger/ledger.h"

static bool
print(void *arg UNUSED, struct str text)
{
	return fwrite(text.p, 1, text.n, stdout) == text.n;
}

static int
run(struct ctl *c)
{
	int64_t n;
	struct err *e;
	int status = ctl_open(c, false);

	status = status ? status : ctl_enter(c);
	if (status)
		return status;
	e = ledger_export(&c->cx, print, NULL, &n);
	if (e)
		return ctl_fail(c, e);
	if (fflush(stdout) || ferror(stdout)) {
		(void)fprintf(stderr, "%s: the journal could not be written: %s\n", c->program,
			strerror(errno));
		return EXIT_OUTPUT;
	}
	(void)fprintf(stderr, "%" PRId64 " entries\n", n);
	return 0;
}

static const struct option_row options[] = {
	{ "tenant", "TENANT", "id or name of the tenant" },
	{ "mode", "MODE", "live or sandbox (live)" },
};

const struct verb verb_ledger_export = {
	.words = "ledger export",
	.doc = "print the ledger of a tenant as a journal, which hledger reads and checks: "
	       "commodities, accounts, then each entry",
	.options = options,
	.noptions = COUNT(options),
	.run = run,
};

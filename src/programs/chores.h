/*
 * Programs that cron starts: what is due is done, tenant by tenant, in small steps, each of which leaves everything in order. Such a
 * program may end anywhere, and its next run goes on from there; of several that run at once one does the work.
 */
#ifndef SOUK_CHORES_H
#define SOUK_CHORES_H

#include "programs/soukctl.h"

#define CHORES_MOST 12

/* One step of a chore. */
struct chore_step {
	const struct tenant *tenant; /* whose it is; NULL: everybody's at once */
	int64_t most;                /* rows */
	struct id after;  /* the chore's own, from step to step of a tenant; ID_NONE at first */
	int64_t began_ms; /* by the clock of business rules, when the chore was begun */
	/* Result: how many there were, done or in vain. So many as `most`: there may be more. In a dry run, how many there are. */
	int64_t n;
};
typedef struct err *chore_fn(struct ctx *cx, struct chore_step *step);

struct chore {
	const char *name;
	chore_fn *step;
	bool by_tenant; /* else one step is about all tenants */
};

struct chores {
	const char *program, *event; /* its name; what its line in the log is called */
	const struct chore *all;
	size_t n;
};

/*
 * Does them, or the one that --only names, for all tenants or for that of --tenant, and tells what was done, with --json as JSON.
 * --dry-run counts. Gives the exit status: 0, that of the last failure, or EXIT_AGAIN if another one is at it.
 */
int chores_run(struct ctl *c, const struct chores *what);

#endif

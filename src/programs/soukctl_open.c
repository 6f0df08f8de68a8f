/* From settings to a context that may act: what nearly every verb begins with, and the frame around it. */
#include "programs/soukctl.h"

#include "access/access.h"
#include "access/tenant.h"
#include "base/board.h"
#include "base/crypto.h"
#include "base/http.h"
#include "base/id.h"
#include "base/log.h"
#include "base/shared.h"
#include "db/db.h"
#include "model/plan.h"
#include "shop/resources.h"

#include <grp.h>
#include <pwd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define MEMORY_MAX ((size_t)1 << 30)

/* Whoever runs soukctl may see what only the log may know. */
int
ctl_fail(const struct ctl *c, const struct err *e)
{
	(void)fprintf(stderr, "%s: %.*s\n", c->program, STRF(e->log.n ? e->log : e->message));
	for (const struct err_detail *d = e->details; d && (d->next || e->ndetails > 1);
		d = d->next)
		(void)fprintf(stderr, "  %.*s: %.*s\n", STRF(d->field), STRF(d->message));
	if (e->code == ERR_UNAVAILABLE)
		return EXIT_UNAVAILABLE;
	if (e->code == ERR_NOT_FOUND)
		return EXIT_INPUT;
	return err_is_server(e) ? EXIT_SOFTWARE : EXIT_DATA;
}

static int
misconfigured(const struct ctl *c, const struct err *e)
{
	(void)ctl_fail(c, e);
	return EXIT_CONFIG;
}

int
ctl_link(struct ctl *c)
{
	struct err *e = shop_link(c->arena);

	return e ? misconfigured(c, e) : 0;
}

int
ctl_settings(struct ctl *c)
{
	struct err *e = config_read(c->arena, &c->config);

	if (e)
		return misconfigured(c, e);
	http_setup(c->arena, &c->config);
	return ctl_link(c);
}

/* Ids are made by this process, so it needs a slot that no other has. */
static int
take_slot(struct ctl *c)
{
	int slot = id_take_slot(c->config.run_dir);
	struct shared *shared;

	if (slot < 0) {
		(void)fprintf(stderr, "%s: SOUK_RUN_DIR=%s: %s\n", c->program, c->config.run_dir,
			strerror(errno));
		return EXIT_CONFIG;
	}
	id_setup((int)c->config.host_number, slot);
	shared = shared_open(c->config.run_dir);
	access_setup(shared);
	board_setup(shared);
	return 0;
}

static struct err *
connect_db(struct ctl *c, bool as_migrator)
{
	struct config as = c->config;

	if (as_migrator && *as.migrate_user) {
		as.db_user = as.migrate_user;
		as.db_password = as.migrate_password;
	}
	return db_open(c->arena, &as, 0, &c->cx.db);
}

static const struct passwd *
whom_to_become(const struct config *config, bool as_migrator)
{
	struct stat st;

	if (as_migrator && *config->migrate_user)
		return *config->migrate_password ? NULL : getpwnam(config->migrate_user);
	return stat(config->run_dir, &st) ? NULL : getpwuid(st.st_uid);
}

int
ctl_become(const struct ctl *c, bool as_migrator)
{
	const struct passwd *p;

	if (geteuid() != 0)
		return 0;
	p = whom_to_become(&c->config, as_migrator);
	if (!p || p->pw_uid == 0)
		return 0;
	umask(077);
	if (!initgroups(p->pw_name, p->pw_gid) && !setgid(p->pw_gid) && !setuid(p->pw_uid))
		return 0;
	(void)fprintf(
		stderr, "%s: cannot become %s: %s\n", c->program, p->pw_name, strerror(errno));
	return EXIT_NO_PERMISSION;
}

int
ctl_open(struct ctl *c, bool as_migrator)
{
	struct keyring *ring;
	struct err *e;
	int status = ctl_settings(c);

	if (!status)
		status = ctl_become(c, as_migrator);
	if (status)
		return status;
	e = connect_db(c, as_migrator);
	if (e)
		return e->code == ERR_UNAVAILABLE ? ctl_fail(c, e) : misconfigured(c, e);
	if (as_migrator)
		return 0;
	e = keyring_read(c->arena, c->config.keyring, &ring);
	if (e)
		return misconfigured(c, e);
	c->cx.ring = ring;
	status = take_slot(c);
	if (!status)
		c->cx.request_id = id_str(c->arena, id_new(), "req");
	return status;
}

int
ctl_mode(const struct ctl *c, bool *sandbox)
{
	const char *mode = ctl_given(c, "mode");

	*sandbox = mode && !strcmp(mode, "sandbox");
	if (mode && !*sandbox && strcmp(mode, "live") != 0)
		return ctl_usage(c, "--mode is live or sandbox, not %s", mode);
	return 0;
}

int
ctl_enter(struct ctl *c)
{
	const char *which = ctl_given(c, "tenant");
	struct tenant t;
	struct err *e;
	bool sandbox;
	int status = ctl_mode(c, &sandbox);

	if (status)
		return status;
	if (!which)
		return ctl_usage(c, "--tenant is missing: the tenant's id or name");
	e = tenant_find(&c->cx, str_of(which), sandbox, &t);
	e = e ? e : tenant_enter(&c->cx, &t, str_of(c->program));
	return e ? ctl_fail(c, e) : 0;
}

int
ctl_main(const char *program, const struct verb *const *verbs, int argc, char **argv)
{
	struct arena *a = arena_new(program, MEMORY_MAX);
	struct ctl c = {
		.program = program,
		.arena = a,
		.cx = { .arena = a, .actor = str_of(program) },
	};
	int status;

	log_open(NULL, LOG_WARN);
	(void)setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 }); /* it would hold secrets */
	status = ctl_parse(&c, verbs, argc, argv);
	if (status < 0)
		status = c.verb->run(&c);
	ctl_close(&c);
	if (fflush(stdout) && !status) {
		(void)fprintf(stderr, "%s: standard output: %s\n", program, strerror(errno));
		status = EXIT_SOFTWARE;
	}
	arena_free(a);
	return status;
}

void
ctl_close(struct ctl *c)
{
	db_close(c->cx.db);
	c->cx.db = NULL;
}

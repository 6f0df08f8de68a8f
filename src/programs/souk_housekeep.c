/*
 * souk-housekeep: what has had its day is removed, and what is due is said. Cron starts it. It works in small steps, each of
 * which leaves everything in order: it may end anywhere, and the next run goes on from there.
 */
#include "programs/soukctl.h"

#include "access/housekeep.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/json_out.h"
#include "base/log.h"
#include "db/program.h"
#include "model/once.h"
#include "shop/inventory/inventory.h"
#include "shop/orders/orders.h"

#include <time.h>
#include <unistd.h>

#define PROGRAM "souk-housekeep"
#define AT_ONCE 500 /* rows a step */
#define OUT_MAX ((size_t)1 << 16)

typedef struct err *step_fn(struct ctx *cx, const struct tenant *t, int64_t most, int64_t *n);

static step_fn idempotency_step, holds_step, carts_step;

static const struct task {
	const char *name;
	step_fn *step;
	bool by_tenant; /* else one step is about all tenants */
} tasks[] = {
	{ "idempotency", idempotency_step, false },
	{ "nonces", nonce_purge, false },
	{ "audit", audit_purge, true },
	{ "networks", network_purge, true },
	{ "rotation", key_remind, true },
	{ "holds", holds_step, true },
	{ "carts", carts_step, true },
};

/* One run of the program. */
struct run {
	struct ctl *c;
	const struct task *only; /* NULL: all */
	struct id public_id;     /* of the tenant that it is about; ID_NONE: all */
	int64_t rows[COUNT(tasks)];
	int status; /* of the last that failed */
	bool lost;  /* the database is: nothing more is tried */
};

static struct err *
idempotency_step(struct ctx *cx, const struct tenant *t, int64_t most, int64_t *n)
{
	return once_purge(cx, t ? t->id : ID_NONE, most, n);
}

static struct err *
holds_step(struct ctx *cx, const struct tenant *t UNUSED, int64_t most, int64_t *n)
{
	return inventory_expire(cx, most, n);
}

static struct err *
carts_step(struct ctx *cx, const struct tenant *t UNUSED, int64_t most, int64_t *n)
{
	return carts_expire(cx, most, n);
}

/* ---- the work */

/* As long as the step took, so that half of the disk's time is left to others. */
static void
rest(int64_t us)
{
	struct timespec t = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };

	nanosleep(&t, NULL);
}

static struct err *
all_steps(struct ctx *cx, const struct task *task, const struct tenant *t, int64_t *rows)
{
	for (;;) {
		struct arena_mark mark = arena_mark(cx->arena);
		int64_t n, began_us = clock_mono_us();
		struct err *e = task->step(cx, t, AT_ONCE, &n);

		if (e)
			return e; /* cppcheck-suppress returnDanglingLifetime ; it lives in the arena */
		*rows += n;
		arena_rewind(cx->arena, mark);
		if (n < AT_ONCE || cx->dry_run)
			return NULL;
		rest(clock_mono_us() - began_us);
	}
}

/* What fails for one tenant is tried for the others all the same. */
static void
note_failure(struct run *r, const struct task *task, const struct err *e)
{
	log_line(LOG_ERROR, "housekeeping_failed", LOG_Z("task", task->name),
		LOG_I("tenant", r->c->cx.tenant.n), LOG_S("log", e->log.n ? e->log : e->message));
	r->status = ctl_fail(r->c, e);
	r->lost |= e->code == ERR_UNAVAILABLE;
}

static void
for_each_tenant(struct run *r, const struct task *task, int64_t *rows)
{
	struct ctx *cx = &r->c->cx;
	struct id after = ID_NONE;
	bool found = true;

	while (found && !r->lost) {
		struct arena_mark mark = arena_mark(cx->arena);
		struct tenant t = { .id = ID_NONE };
		struct err *e = tenant_after(cx, after, r->public_id, &t, &found);

		if (!e && found) {
			after = t.id;
			e = tenant_enter(cx, &t, STR(PROGRAM));
			e = e ? e : all_steps(cx, task, &t, rows);
		}
		if (e)
			note_failure(r, task, e);
		arena_rewind(cx->arena, mark);
	}
	cx->tenant = ID_NONE;
}

static void
do_task(struct run *r, const struct task *task, int64_t *rows)
{
	int64_t began_us = clock_mono_us();
	struct err *e;

	if (task->by_tenant || r->public_id.n) {
		for_each_tenant(r, task, rows);
	} else {
		e = all_steps(&r->c->cx, task, NULL, rows);
		if (e)
			note_failure(r, task, e);
	}
	log_line(LOG_INFO, "housekeeping", LOG_Z("task", task->name), LOG_I("rows", *rows),
		LOG_I("dry_run", r->c->cx.dry_run), LOG_I("us", clock_mono_us() - began_us));
}

/* ---- telling */

static void
print_json(const struct run *r)
{
	struct buf b;

	buf_init(&b, r->c->arena, 512, OUT_MAX);
	buf_fmt(&b, "{\"dry_run\":%s,\"tasks\":[", r->c->cx.dry_run ? "true" : "false");
	for (size_t i = 0; i < COUNT(tasks); i++) {
		if (r->only && r->only != &tasks[i])
			continue;
		json_out_comma(&b);
		buf_fmt(&b, "{\"task\":\"%s\",\"rows\":%" PRId64 "}", tasks[i].name, r->rows[i]);
	}
	buf_z(&b, "]}\n");
	(void)fwrite(b.p, 1, b.n, stdout);
}

/* Cron would mail it every hour, so only a terminal is told. */
static void
print_task(const struct run *r, size_t i)
{
	if (isatty(STDOUT_FILENO) && !ctl_given(r->c, "json"))
		(void)printf("%-12s %" PRId64 " rows%s\n", tasks[i].name, r->rows[i],
			r->c->cx.dry_run ? " to be done" : "");
}

/* ---- the run */

static void
do_all(struct run *r)
{
	for (size_t i = 0; i < COUNT(tasks) && !r->lost; i++) {
		if (r->only && r->only != &tasks[i])
			continue;
		do_task(r, &tasks[i], &r->rows[i]);
		print_task(r, i);
	}
}

/* Held until the connection ends. Of a dry run there may be any number. */
static int
take_lock(struct ctl *c)
{
	struct db_rows rows;
	struct err *e = db_query0(
		&c->cx, &rows, "SELECT GET_LOCK(CONCAT('souk-housekeep:', DATABASE()), 0)");

	if (e)
		return ctl_fail(c, e);
	if (db_row(&rows, 0)[0].i)
		return 0;
	log_line(LOG_INFO, "housekeeping_busy", LOG_I("exit", EXIT_AGAIN));
	return EXIT_AGAIN;
}

static int
read_options(struct run *r)
{
	const char *names[COUNT(tasks)], *only = ctl_given(r->c, "only"), *nearest;
	const char *tenant = ctl_given(r->c, "tenant");

	for (size_t i = 0; i < COUNT(tasks); i++) {
		names[i] = tasks[i].name;
		if (only && !strcmp(only, names[i]))
			r->only = &tasks[i];
	}
	if (only && !r->only) {
		nearest = str_nearest(str_of(only), names, COUNT(names));
		return ctl_usage(r->c, "there is no task %s%s%s", only,
			nearest ? "; did you mean " : "", nearest ? nearest : "");
	}
	if (tenant && !id_parse(str_of(tenant), "tenant", &r->public_id))
		return ctl_usage(r->c, "--tenant takes an id such as tenant_001, not %s", tenant);
	r->c->cx.dry_run = ctl_given(r->c, "dry-run") != NULL;
	return 0;
}

/* Debug builds end at the nth statement: SOUK_EXIT_AT=n before it is sent, =n+ when it has been carried out. */
static void
plant_exit(struct ctl *c)
{
#ifdef SOUK_DEBUG
	struct str told = str_of(getenv("SOUK_EXIT_AT"));
	bool after = str_ends(told, STR("+"));
	int64_t nth;

	if (str_int(str_cut(told, 0, told.n - after), &nth))
		db_fault(c->cx.db, (unsigned)nth, after ? DB_FAULT_EXIT_AFTER : DB_FAULT_EXIT);
#else
	(void)c;
#endif
}

static int
check_tenant(struct run *r)
{
	struct tenant t;
	bool found = true;
	struct err *e = NULL;

	if (r->public_id.n)
		e = tenant_after(&r->c->cx, ID_NONE, r->public_id, &t, &found);
	if (!e && !found)
		e = err_new(r->c->arena, ERR_NOT_FOUND, "there is no tenant %s",
			ctl_given(r->c, "tenant"));
	return e ? ctl_fail(r->c, e) : 0;
}

static int
begin(struct run *r)
{
	struct ctl *c = r->c;
	int status = read_options(r);

	status = status ? status : ctl_open(c, false);
	if (status)
		return status;
	if (!log_open(c->config.log_file, log_level_of(c->config.log_level)))
		return ctl_fail(c,
			err_log(c->arena, ERR_INTERNAL, "%s: %s", c->config.log_file,
				strerror(errno)));
	log_request(c->cx.request_id, (struct str){ 0 });
	plant_exit(c);
	status = check_tenant(r);
	return status || c->cx.dry_run ? status : take_lock(c);
}

static int
run(struct ctl *c)
{
	struct run r = { .c = c };
	struct err *e;
	int status = begin(&r);

	if (status)
		return status;
	do_all(&r);
	if (ctl_given(c, "json"))
		print_json(&r);
	if (r.status || r.only || r.public_id.n || c->cx.dry_run)
		return r.status;
	e = program_done(&c->cx, STR(PROGRAM));
	return e ? ctl_fail(c, e) : 0;
}

static const struct option_row options[] = {
	{ "dry-run", NULL, "count what is to be done, and change nothing" },
	{ "only", "TASK", "idempotency, nonces, audit, networks, rotation, holds or carts (all)" },
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

	return ctl_main(PROGRAM, verbs, argc, argv);
}

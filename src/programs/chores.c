/* What programs that cron starts have in common: tenants, steps, rests, one lock, and what is told. */
#include "programs/chores.h"

#include "access/tenant.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/json_out.h"
#include "base/log.h"
#include "db/db.h"
#include "db/program.h"

#include <time.h>
#include <unistd.h>

#define AT_ONCE 500 /* rows a step */
#define OUT_MAX ((size_t)1 << 16)

/* One run of the program. */
struct run {
	struct ctl *c;
	const struct chores *what;
	const struct chore *only; /* NULL: all */
	struct id public_id;      /* of the tenant that it is about; ID_NONE: all */
	int64_t rows[CHORES_MOST];
	int status; /* of the last that failed */
	bool lost;  /* the database is: nothing more is tried */
};

/* ---- the work */

/* As long as the step took, so that half of the disk's time is left to others. */
static void
rest(int64_t us)
{
	struct timespec t = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };

	nanosleep(&t, NULL);
}

static struct err *
all_steps(struct ctx *cx, const struct chore *chore, const struct tenant *t, int64_t *rows)
{
	struct chore_step step = { .tenant = t, .most = AT_ONCE, .began_ms = clock_now_ms() };

	for (;;) {
		struct arena_mark mark = arena_mark(cx->arena);
		int64_t began_us = clock_mono_us();
		struct err *e;

		step.n = 0;
		e = chore->step(cx, &step);
		if (e)
			return e; /* cppcheck-suppress returnDanglingLifetime ; it lives in the arena */
		*rows += step.n;
		arena_rewind(cx->arena, mark);
		if (step.n < AT_ONCE || cx->dry_run)
			return NULL;
		rest(clock_mono_us() - began_us);
	}
}

static const char *
event(const struct run *r, const char *what)
{
	return str_z(r->c->arena, str_fmt(r->c->arena, "%s%s", r->what->event, what));
}

/* What fails for one tenant is tried for the others all the same. */
static void
note_failure(struct run *r, const struct chore *chore, const struct err *e)
{
	log_line(LOG_ERROR, event(r, "_failed"), LOG_Z("task", chore->name),
		LOG_I("tenant", r->c->cx.tenant.n), LOG_S("log", e->log.n ? e->log : e->message));
	r->status = ctl_fail(r->c, e);
	r->lost |= e->code == ERR_UNAVAILABLE;
}

static void
for_each_tenant(struct run *r, const struct chore *chore, int64_t *rows)
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
			e = tenant_enter(cx, &t, str_of(r->what->program));
			e = e ? e : all_steps(cx, chore, &t, rows);
		}
		if (e)
			note_failure(r, chore, e);
		arena_rewind(cx->arena, mark);
	}
	cx->tenant = ID_NONE;
}

static void
do_task(struct run *r, const struct chore *chore, int64_t *rows)
{
	int64_t began_us = clock_mono_us();
	struct err *e;

	if (chore->by_tenant || r->public_id.n) {
		for_each_tenant(r, chore, rows);
	} else {
		e = all_steps(&r->c->cx, chore, NULL, rows);
		if (e)
			note_failure(r, chore, e);
	}
	log_line(LOG_INFO, r->what->event, LOG_Z("task", chore->name), LOG_I("rows", *rows),
		LOG_I("dry_run", r->c->cx.dry_run), LOG_I("us", clock_mono_us() - began_us));
}

/* ---- telling */

static void
print_json(const struct run *r)
{
	struct buf b;

	buf_init(&b, r->c->arena, 512, OUT_MAX);
	buf_fmt(&b, "{\"dry_run\":%s,\"tasks\":[", r->c->cx.dry_run ? "true" : "false");
	for (size_t i = 0; i < r->what->n; i++) {
		if (r->only && r->only != &r->what->all[i])
			continue;
		json_out_comma(&b);
		buf_fmt(&b, "{\"task\":\"%s\",\"rows\":%" PRId64 "}", r->what->all[i].name,
			r->rows[i]);
	}
	buf_z(&b, "]}\n");
	(void)fwrite(b.p, 1, b.n, stdout);
}

/* Cron would mail it every hour, so only a terminal is told, and who asks what there is to do. */
static void
print_task(const struct run *r, size_t i)
{
	bool told = r->c->cx.dry_run || isatty(STDOUT_FILENO);

	if (told && !ctl_given(r->c, "json"))
		(void)printf("%-12s %" PRId64 " rows%s\n", r->what->all[i].name, r->rows[i],
			r->c->cx.dry_run ? " to be done" : "");
}

/* ---- the run */

static void
do_all(struct run *r)
{
	for (size_t i = 0; i < r->what->n && !r->lost; i++) {
		if (r->only && r->only != &r->what->all[i])
			continue;
		do_task(r, &r->what->all[i], &r->rows[i]);
		print_task(r, i);
	}
}

/* Held until the connection ends. Of a dry run there may be any number. */
static int
take_lock(struct run *r)
{
	struct db_rows rows;
	struct err *e = db_query(&r->c->cx, &rows, "SELECT GET_LOCK(CONCAT(?, ':', DATABASE()), 0)",
		db_text(str_of(r->what->program)));

	if (e)
		return ctl_fail(r->c, e);
	if (db_row(&rows, 0)[0].i)
		return 0;
	log_line(LOG_INFO, event(r, "_busy"), LOG_I("exit", EXIT_AGAIN));
	return EXIT_AGAIN;
}

static int
read_options(struct run *r)
{
	const char *names[CHORES_MOST], *only = ctl_given(r->c, "only"), *nearest;
	const char *tenant = ctl_given(r->c, "tenant");

	for (size_t i = 0; i < r->what->n; i++) {
		names[i] = r->what->all[i].name;
		if (only && !strcmp(only, names[i]))
			r->only = &r->what->all[i];
	}
	if (only && !r->only) {
		nearest = str_nearest(str_of(only), names, r->what->n);
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
	return status || c->cx.dry_run ? status : take_lock(r);
}

int
chores_run(struct ctl *c, const struct chores *what)
{
	struct run r = { .c = c, .what = what };
	struct err *e;
	int status;

	must(what->n <= CHORES_MOST);
	status = begin(&r);
	if (status)
		return status;
	do_all(&r);
	if (ctl_given(c, "json"))
		print_json(&r);
	if (r.status || r.only || r.public_id.n || c->cx.dry_run)
		return r.status;
	e = program_done(&c->cx, str_of(what->program));
	return e ? ctl_fail(c, e) : 0;
}

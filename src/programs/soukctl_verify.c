/*
 * soukctl verify: are stock, orders and sums what their parts say? It is started every night; what it found is kept, shown by
 * /health, and mailed by cron, since it ends with 65 then.
 */
#include "programs/soukctl.h"

#include "access/tenant.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/json_out.h"
#include "base/shared.h"
#include "base/vitals.h"
#include "db/program.h"
#include "shop/books/books.h"

#define LINE_MAX_BYTES ((size_t)64 << 10)

/* One run of the verb. */
struct verifying {
	struct ctl *c;
	struct books books;
	const struct tenant *tenant; /* the one it is at */
	int64_t tenants, began_us;
	bool json;
};

static void
put_text(struct buf *b, const char *name, struct str text)
{
	json_out_name(b, str_of(name));
	json_out_string(b, text);
}

static struct str
tenant_of(const struct verifying *v)
{
	return id_str(v->c->cx.arena, v->tenant->public_id, "tenant");
}

static void
tell_json(const struct verifying *v, const struct books_difference *d)
{
	struct buf b;

	buf_init(&b, v->c->cx.arena, 512, LINE_MAX_BYTES);
	buf_z(&b, v->books.differences > 1 ? "," : "");
	buf_char(&b, '{');
	put_text(&b, "tenant", tenant_of(v));
	put_text(&b, "mode", v->tenant->sandbox ? STR("sandbox") : STR("live"));
	put_text(&b, "check", str_of(d->check));
	put_text(&b, "object", d->object);
	put_text(&b, "expected", d->expected);
	put_text(&b, "found", d->found);
	buf_z(&b, "}\n");
	(void)fwrite(b.p, 1, b.n, stdout);
}

static void
told(void *arg, const struct books_difference *d)
{
	const struct verifying *v = arg;
	const char *mode = v->tenant->sandbox ? "sandbox" : "live";

	if (v->json)
		tell_json(v, d);
	else
		(void)printf("%.*s %s: %s: %.*s: expected %.*s, found %.*s\n", STRF(tenant_of(v)),
			mode, d->check, STRF(d->object), STRF(d->expected), STRF(d->found));
}

static struct err *
verify(struct verifying *v, const struct tenant *t)
{
	struct err *e = tenant_enter(&v->c->cx, t, str_of(v->c->program));

	v->tenant = t;
	v->tenants++;
	e = e ? e : books_verify(&v->c->cx, &v->books);
	v->tenant = NULL;
	return e;
}

/* Of all tenants or of one, the side of --mode or both. */
static struct err *
verify_all(struct verifying *v, struct id public_id, const bool *sandbox)
{
	struct ctx *cx = &v->c->cx;
	struct id after = ID_NONE;
	bool found = true;

	for (;;) {
		struct arena_mark mark = arena_mark(cx->arena);
		struct tenant t = { .id = ID_NONE };
		struct err *e = tenant_after(cx, after, public_id, &t, &found);

		if (e || !found)
			return e; /* cppcheck-suppress returnDanglingLifetime ; it lives in the arena */
		after = t.id;
		e = sandbox && *sandbox != t.sandbox ? NULL : verify(v, &t);
		if (e)
			return e; /* cppcheck-suppress returnDanglingLifetime ; it lives in the arena */
		arena_rewind(cx->arena, mark);
	}
}

/* For /health: here at once, for other hosts and later in the database. */
static struct err *
keep(struct verifying *v)
{
	const struct books_seen seen = { clock_real_ms(), v->books.differences };

	vitals_setup(shared_open(v->c->config.run_dir));
	vitals_put_books(&seen);
	return program_found(&v->c->cx, STR("souk-verify"), v->books.differences);
}

static void
summarize(const struct verifying *v)
{
	int64_t ms = (clock_mono_us() - v->began_us) / 1000;

	if (v->json)
		(void)printf("],\"tenants\":%" PRId64 ",\"objects\":%" PRId64 ",\"found\":%" PRId64
			     ",\"ms\":%" PRId64 "}\n",
			v->tenants, v->books.objects, v->books.differences, ms);
	else
		(void)fprintf(stderr,
			"%" PRId64 " tenants, %" PRId64 " objects, %" PRId64
			" differences, %" PRId64 " ms\n",
			v->tenants, v->books.objects, v->books.differences, ms);
}

static int
find_tenant(struct ctl *c, bool sandbox, struct id *public_id)
{
	struct str which = ctl_text(c, "tenant");
	struct tenant t;
	struct err *e = which.p ? tenant_find(&c->cx, which, sandbox, &t) : NULL;

	*public_id = which.p && !e ? t.public_id : ID_NONE;
	return e ? ctl_fail(c, e) : 0;
}

static int
run(struct ctl *c)
{
	struct verifying v = { .c = c, .began_us = clock_mono_us() };
	bool whole = !ctl_given(c, "tenant") && !ctl_given(c, "mode"), sandbox;
	struct id public_id;
	struct err *e;
	int status = ctl_mode(c, &sandbox);

	v.books = (struct books){ .told = told, .arg = &v };
	v.json = ctl_given(c, "json") != NULL;
	status = status ? status : ctl_open(c, false);
	status = status ? status : find_tenant(c, sandbox, &public_id);
	if (status)
		return status;
	(void)fputs(v.json ? "{\"differences\":[" : "", stdout);
	e = verify_all(&v, public_id, ctl_given(c, "mode") ? &sandbox : NULL);
	if (!e && whole)
		e = keep(&v);
	if (e)
		return ctl_fail(c, e);
	summarize(&v);
	return v.books.differences ? EXIT_DATA : 0;
}

static const struct option_row options[] = {
	{ "tenant", "TENANT", "id or name of the tenant (all)" },
	{ "mode", "MODE", "live or sandbox (both)" },
	{ "json", NULL, "print what differs as JSON" },
};

const struct verb verb_verify = {
	.words = "verify",
	.doc = "hold stock, orders and sums against their parts; ends with 65 if something "
	       "differs. "
	       "Of all tenants it is kept, and /health shows it",
	.options = options,
	.noptions = COUNT(options),
	.run = run,
};

/* soukctl config check, config show: what the settings are, where each comes from, and what is wrong with them. */
#include "programs/soukctl.h"

#include "base/json_out.h"

#define OUT_MAX ((size_t)1 << 20)
#define ROWS_MAX 128
#define MASK STR("(set)")

/* What was read, for both verbs. */
struct reading {
	struct config config;
	struct str origins[ROWS_MAX];
	struct err *err;
};

static struct reading *
read_settings(struct ctl *c)
{
	struct reading *r = ARENA_NEW(c->arena, struct reading);
	const char *file = ctl_given(c, "file");
	size_t n;

	(void)config_rows(&n);
	must(n <= ROWS_MAX);
	if (file)
		setenv("SOUK_CONFIG", file, 1);
	r->err = config_read_origins(c->arena, &r->config, r->origins);
	return r;
}

static void
put_text(struct buf *b, const char *name, struct str text)
{
	if (!text.p)
		return;
	json_out_name(b, str_of(name));
	json_out_string(b, text);
}

static void
put_fault(struct buf *b, const struct err_detail *d)
{
	json_out_comma(b);
	buf_char(b, '{');
	put_text(b, "place", d->field);
	put_text(b, "reason", str_of(reason_word(d->reason)));
	put_text(b, "message", d->message);
	put_text(b, "allowed", d->allowed);
	put_text(b, "nearest", d->nearest);
	buf_char(b, '}');
}

static void
check_json(struct ctl *c, const struct err *e)
{
	struct buf b;

	buf_init(&b, c->arena, 4096, OUT_MAX);
	buf_fmt(&b, "{\"ok\":%s,\"faults\":[", e ? "false" : "true");
	for (const struct err_detail *d = e ? e->details : NULL; d; d = d->next)
		put_fault(&b, d);
	buf_z(&b, "]}\n");
	(void)fwrite(b.p, 1, b.n, stdout);
}

static int
run_check(struct ctl *c)
{
	const struct err *e = read_settings(c)->err;
	const char *file = config_file();

	if (ctl_given(c, "json"))
		check_json(c, e);
	else if (!e)
		(void)printf("%s: no fault\n", file ? file : "the environment");
	for (const struct err_detail *d = e ? e->details : NULL; d && !ctl_given(c, "json");
		d = d->next)
		(void)fprintf(stderr, "%.*s\n", STRF(d->message));
	return e ? EXIT_CONFIG : 0;
}

/* A secret's value is nobody's business, only whether there is one. */
static struct str
shown_value(struct ctl *c, const struct reading *r, const struct config_row *row, size_t i)
{
	struct str value = config_value(c->arena, &r->config, i);

	return row->secret && value.n ? MASK : value;
}

static void
show_json(struct ctl *c, const struct reading *r)
{
	size_t n;
	const struct config_row *rows = config_rows(&n);
	struct buf b;

	buf_init(&b, c->arena, 4096, OUT_MAX);
	buf_z(&b, "{\"config\":[");
	for (size_t i = 0; i < n; i++) {
		json_out_comma(&b);
		buf_char(&b, '{');
		put_text(&b, "key", str_of(rows[i].key));
		put_text(&b, "value", shown_value(c, r, &rows[i], i));
		put_text(&b, "origin", r->origins[i]);
		buf_char(&b, '}');
	}
	buf_z(&b, "]}\n");
	(void)fwrite(b.p, 1, b.n, stdout);
}

/* Faults are told too, but what could be read is shown all the same. */
static int
run_show(struct ctl *c)
{
	const struct reading *r = read_settings(c);
	size_t n;
	const struct config_row *rows = config_rows(&n);

	if (ctl_given(c, "json")) {
		show_json(c, r);
		return r->err ? EXIT_CONFIG : 0;
	}
	for (size_t i = 0; i < n; i++) {
		(void)printf("%s=%.*s\n", rows[i].key, STRF(shown_value(c, r, &rows[i], i)));
		if (ctl_given(c, "origin"))
			(void)printf("    %.*s\n", STRF(r->origins[i]));
	}
	for (const struct err_detail *d = r->err ? r->err->details : NULL; d; d = d->next)
		(void)fprintf(stderr, "%.*s\n", STRF(d->message));
	return r->err ? EXIT_CONFIG : 0;
}

static const struct option_row check_options[] = {
	{ "file", "FILE", "instead of the file named by SOUK_CONFIG" },
	{ "json", NULL, "as JSON" },
};

const struct verb verb_config_check = {
	.words = "config check",
	.doc = "look for faults in the settings; 78 if there is one",
	.options = check_options,
	.noptions = COUNT(check_options),
	.run = run_check,
};

static const struct option_row show_options[] = {
	{ "file", "FILE", "instead of the file named by SOUK_CONFIG" },
	{ "json", NULL, "as JSON, with the origins" },
	{ "origin", NULL, "and where each value comes from" },
};

const struct verb verb_config_show = {
	.words = "config show",
	.doc = "print the settings as they hold; a secret only as (set)",
	.options = show_options,
	.noptions = COUNT(show_options),
	.run = run_show,
};

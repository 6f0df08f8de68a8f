/* soukctl key create, key revoke: through the engine, so that audit and events know of it. */
#include "programs/soukctl.h"

#include "access/access.h"
#include "access/tenant.h"
#include "base/id.h"
#include "base/json.h"
#include "base/json_out.h"
#include "model/rec.h"
#include "model/write.h"

#define BODY_MAX ((size_t)64 << 10)

/* A member that is a text, if it was given. */
static void
put_text(struct buf *b, const char *name, struct str text)
{
	if (!text.p)
		return;
	json_out_name(b, str_of(name));
	json_out_string(b, text);
}

/* A member that is a list, given with commas. */
static void
put_list(struct buf *b, const char *name, struct str list)
{
	struct str one;

	if (!list.p)
		return;
	json_out_name(b, str_of(name));
	buf_char(b, '[');
	while (str_split(&list, ',', &one)) {
		json_out_comma(b);
		json_out_string(b, str_trim(one));
	}
	buf_char(b, ']');
}

/* The body that POST /api-keys would have. */
static struct err *
make_body(struct ctl *c, struct json **body)
{
	bool publishable = ctl_given(c, "publishable") != NULL;
	struct str scopes = ctl_text(c, "scopes");
	struct buf b;

	if (!scopes.p)
		scopes = publishable ? STR("products:read,categories:read") : STR("*");
	buf_init(&b, c->arena, 256, BODY_MAX);
	buf_char(&b, '{');
	put_text(&b, "name", ctl_text(c, "name"));
	put_list(&b, "scopes", scopes);
	put_text(&b, "expires_at", ctl_text(c, "expires"));
	put_text(&b, "kind", publishable ? STR("publishable") : (struct str){ 0 });
	put_list(&b, "origins", ctl_text(c, "origins"));
	buf_char(&b, '}');
	return json_parse(c->arena, buf_view(&b), body);
}

static int
run_create(struct ctl *c)
{
	struct write w = { .verb = WRITE_CREATE, .resource = &api_key_resource };
	struct written out;
	struct json *body;
	struct err *e;
	int status;

	if (!ctl_given(c, "name"))
		return ctl_usage(c, "--name is missing: what the key is for");
	status = ctl_open(c, false);
	if (!status)
		status = ctl_enter(c);
	if (status)
		return status;
	e = make_body(c, &body);
	w.body = body;
	e = e ? e : model_write(&c->cx, &w, &out);
	if (e)
		return ctl_fail(c, e);
	(void)printf("%.*s\n", STRF(rec_str(out.rec, API_KEY_SECRET)));
	return 0;
}

int
ctl_demo_key(struct ctl *c, struct str *secret)
{
	static const char body[] = "{\"name\":\"demo\",\"scopes\":[\"*\"]}";
	struct write w = { .verb = WRITE_CREATE, .resource = &api_key_resource };
	struct tenant t;
	struct written out;
	struct json *json;
	struct err *e = tenant_find(&c->cx, STR("tenant_001"), false, &t);

	e = e ? e : tenant_enter(&c->cx, &t, STR("soukctl"));
	e = e ? e : json_parse(c->arena, str_of(body), &json);
	if (!e) {
		w.body = json;
		e = model_write(&c->cx, &w, &out);
	}
	if (e)
		return ctl_fail(c, e);
	*secret = rec_str(out.rec, API_KEY_SECRET);
	return 0;
}

static int
run_revoke(struct ctl *c)
{
	struct write w = {
		.verb = WRITE_ARCHIVE,
		.resource = &api_key_resource,
		.key = str_of(c->operands[0]),
	};
	struct written out;
	struct err *e;
	int status = ctl_open(c, false);

	if (!status)
		status = ctl_enter(c);
	if (status)
		return status;
	e = model_write(&c->cx, &w, &out);
	return e ? ctl_fail(c, e) : 0;
}

static const struct option_row create_options[] = {
	{ "tenant", "TENANT", "id or name of the tenant" },
	{ "mode", "MODE", "live or sandbox (live)" },
	{ "name", "NAME", "what the key is for" },
	{ "scopes", "LIST", "scopes, separated by commas (*; publishable: all that it can have)" },
	{ "publishable", NULL, "for pages and apps: reads what is published of the catalogue" },
	{ "origins", "LIST", "origins of the pages that may use it, separated by commas (any)" },
	{ "expires", "TIME", "when it expires, as 2027-01-31T00:00:00Z (never)" },
};

const struct verb verb_key_create = {
	.words = "key create",
	.doc = "make an API key; prints its secret, which cannot be seen again",
	.options = create_options,
	.noptions = COUNT(create_options),
	.run = run_create,
};

static const struct option_row revoke_options[] = {
	{ "tenant", "TENANT", "id or name of the tenant" },
	{ "mode", "MODE", "live or sandbox (live)" },
};

const struct verb verb_key_revoke = {
	.words = "key revoke",
	.operands = "KEY_ID",
	.noperands = 1,
	.doc = "refuse an API key from now on, for ever",
	.options = revoke_options,
	.noptions = COUNT(revoke_options),
	.run = run_revoke,
};

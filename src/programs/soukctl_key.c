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

/* The body that POST /api-keys would have. */
static struct err *
make_body(struct ctl *c, struct json **body)
{
	struct str scopes = ctl_text(c, "scopes"), scope, expires = ctl_text(c, "expires");
	struct buf b;

	if (!scopes.p)
		scopes = STR("*");
	buf_init(&b, c->arena, 256, BODY_MAX);
	buf_char(&b, '{');
	JSON_OUT_NAME(&b, "name");
	json_out_string(&b, ctl_text(c, "name"));
	JSON_OUT_NAME(&b, "scopes");
	buf_char(&b, '[');
	while (str_split(&scopes, ',', &scope)) {
		json_out_comma(&b);
		json_out_string(&b, str_trim(scope));
	}
	buf_char(&b, ']');
	if (expires.p) {
		JSON_OUT_NAME(&b, "expires_at");
		json_out_string(&b, expires);
	}
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
		return ctl_fail(e);
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
		return ctl_fail(e);
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
	return e ? ctl_fail(e) : 0;
}

static const struct option_row create_options[] = {
	{ "tenant", "TENANT", "id or name of the tenant" },
	{ "mode", "MODE", "live or sandbox (live)" },
	{ "name", "NAME", "what the key is for" },
	{ "scopes", "LIST", "scopes, separated by commas (*)" },
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

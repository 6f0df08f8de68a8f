/* A carrier: somebody who takes packages, and by what they are priced. */
#include "base/http.h"
#include "base/id.h"
#include "base/json_out.h"
#include "db/db.h"
#include "model/kept.h"
#include "model/query.h"
#include "shop/shipping/rates_int.h"
#include "shop/shipping/tariff.h"

static rule_fn carrier_check, carrier_apply;

static const struct choice kinds[KIND__MAX] = {
	[KIND_USPS] = { "usps", "United States Postal Service, asked over its API" },
	[KIND_FEDEX] = { "fedex", "FedEx, asked over its API" },
	[KIND_UPS] = { "ups", "UPS, asked over its API" },
	[KIND_DHL] = { "dhl", "DHL, asked over its API" },
	[KIND_TABLE] = { "table", "the shop's own prices, by zone and weight: tariff" },
	[KIND_CALLBACK] = { "callback",
		"a carrier with a service of its own, which is asked by "
		"signed requests to callback_url" },
};

static const struct field service_fields[SERVICE__MAX] = {
	[SERVICE_CODE] = STRING("code", DOC("What orders and shipments call it."),
		.flags = F_REQUIRED, CARRIER_CODE_TEXT, .example = "standard"),
	[SERVICE_NAME] = STRING("name", DOC("What buyers see; without: the code."), .max = 64,
		.example = "Standard"),
	[SERVICE_DAYS] = INTEGER("estimated_days", DOC("Working days on the way."), .min = 1,
		.max = 365, .example = "5"),
	[SERVICE_FREE_ABOVE] = AMOUNT("free_above_amount",
		DOC("Of a carrier with a tariff: it costs nothing when the goods come to so much, "
		    "in "
		    "minor units; 0: always. Null: never."),
		.max = (INT64_C(1) << 53) - 1, .example = "5000"),
};

const struct resource carrier_service_shape =
	SHAPE("carrier_service", service_fields, DOC("A way in which a carrier sends."));

static const struct field fields[CARRIER__MAX] = {
	[CARRIER_NAME] = STRING("name", DOC("What people call it."),
		.flags = F_REQUIRED | F_FILTER | F_SORT | F_SEARCH, .max = 64, .index = "name",
		.example = "Our own vans"),
	[CARRIER_CODE] = STRING("code", DOC("What orders and shipments call it; also finds it."),
		.flags = F_REQUIRED | F_UNIQUE | F_KEY | F_FILTER | F_SORT, .index = "code",
		CARRIER_CODE_TEXT, .example = "vans"),
	[CARRIER_KIND] = ENUM("kind", kinds, DOC("Who it is, or by what it is priced."),
		.flags = F_REQUIRED | F_CREATE_ONLY | F_FILTER | F_SORT, .index = "kind",
		.example = "usps"),
	[CARRIER_ENABLED] = BOOL("enabled", DOC("Whether it is asked."), .flags = F_FILTER,
		.initial = "true", .example = "true"),
	[CARRIER_ACCOUNT_NUMBER] = STRING("account_number",
		DOC("The shop's number with the carrier."), .max = 64, .pattern = "^[0-9A-Za-z-]+$",
		.pattern_doc = "letters, digits and '-'", .example = "740561073"),
	[CARRIER_CREDENTIALS] = MAP("credentials",
		DOC("What the carrier gave the shop to sign in with, by the names of its kind: "
		    "client_id, client_secret … Never shown; a write replaces all of it."),
		.flags = F_SEALED, .max = 10, .example = "{\"client_id\":\"a1b2c3\"}"),
	[CARRIER_SERVICES] =
		OBJECTS("services", &carrier_service_shape, .max = CARRIER_SERVICES_MOST,
			DOC("Its services. Of a carrier that is asked: only these are offered, "
			    "null: all; of "
			    "one with a tariff: those that there are.")),
	[CARRIER_TARIFF] = OBJECT("tariff", &tariff_shape,
		DOC("Of kind table: what it takes. A write replaces it whole.")),
	[CARRIER_CALLBACK_URL] =
		STRING("callback_url", DOC("Of kind callback: where its service is asked."),
			.max = 1024, .pattern = "^https?://[^[:space:]]+$",
			.pattern_doc = "an address that begins with https://",
			.example = "https://carrier.example.com/souk"),
	[CARRIER_CALLBACK_SECRET] = STRING("callback_secret",
		DOC("Of kind callback: what requests to it are signed with. Never shown."),
		.flags = F_SEALED, .min = 16, .max = 128, .example = "whsec_c2hpcHBpbmctc2VjcmV0"),
};

static const struct shorthand shorthands[] = {
	SHORT("kind", "kind", DOC("Only carriers of this kind.")),
	SHORT("enabled", "enabled", DOC("Only those that are asked, or only those that are not.")),
};

const struct resource carrier_resource = {
	.name = "carrier",
	.plural = "carriers",
	.prefix = "carr",
	.table = "carriers",
	DOC("Somebody who takes packages to buyers, and what that costs."),
	.path = "shipping/carriers",
	FIELDS(fields),
	SHORTHANDS(shorthands),
	.verbs = V_CRUD,
	NO_STATUS,
	SCOPES("shipping"),
	EVENTS("carrier"),
	OPERATIONS(carrier_operations),
	.check = carrier_check,
	.apply = carrier_apply,
	ADMIN("Settings", CARRIER_NAME, CARRIER_CODE, CARRIER_KIND, CARRIER_ENABLED),
	PLAN,
};

/* A code that could pass for an id where either may stand. */
static struct err *
check_code(struct ctx *cx, const struct rec *r, int field, const char *prefix)
{
	struct id id;

	if (!rec_has(r, field) || !id_parse(rec_str(r, field), prefix, &id))
		return NULL;
	return rec_refuse(cx, r, field, REASON_ID_SHAPED, "must not look like an id: %s_…", prefix);
}

static struct err *
check_codes(struct ctx *cx, const struct rec *now)
{
	struct recs services = { 0 };
	struct err *e = rec_has(now, CARRIER_SERVICES)
		? rec_objects(cx, now, CARRIER_SERVICES, &services)
		: NULL;

	e = err_join(e, check_code(cx, now, CARRIER_CODE, carrier_resource.prefix));
	for (size_t i = 0; i < services.n; i++)
		e = err_join(e, check_code(cx, services.r[i], SERVICE_CODE, RATE_PREFIX));
	return e;
}

/* A field that only carriers of one kind have. */
static struct err *
check_own(struct ctx *cx, const struct rec *now, int field, enum carrier_kind kind)
{
	if (rec_choice(now, CARRIER_KIND) == (int)kind || !rec_has(now, field))
		return NULL;
	return rec_refuse(cx, now, field, REASON_NOT_APPLICABLE, "is only for a carrier of kind %s",
		kinds[kind].name);
}

/* As adapters take secrets. */
static struct err *
check_secret(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	struct str secret = { 0 };
	struct err *e = NULL;

	if (rec_changed(now, was, CARRIER_CALLBACK_SECRET))
		e = rec_open_sealed(cx, now, CARRIER_CALLBACK_SECRET, &secret);
	for (size_t i = 0; !e && i < secret.n; i++) {
		if (secret.p[i] < '!' || secret.p[i] > '~')
			return rec_refuse(cx, now, CARRIER_CALLBACK_SECRET, REASON_PATTERN,
				"must be of printable ASCII characters without spaces");
	}
	return e;
}

static struct err *
check_callback(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	const char *wrong;
	struct err *e = NULL;

	if (rec_choice(now, CARRIER_KIND) != KIND_CALLBACK)
		return NULL;
	for (int f = CARRIER_CALLBACK_URL; f <= CARRIER_CALLBACK_SECRET; f++) {
		if (!rec_has(now, f))
			e = err_join(e,
				rec_refuse(cx, now, f, REASON_REQUIRED,
					"must be given for a carrier of kind callback"));
	}
	e = err_join(e, check_secret(cx, now, was));
	wrong = rec_has(now, CARRIER_CALLBACK_URL)
		? http_url_fault(cx->arena, rec_str(now, CARRIER_CALLBACK_URL))
		: NULL;
	if (wrong)
		e = err_join(
			e, rec_refuse(cx, now, CARRIER_CALLBACK_URL, REASON_PATTERN, "%s", wrong));
	return e;
}

static struct err *
check_credentials(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	enum carrier_kind kind = (enum carrier_kind)rec_choice(now, CARRIER_KIND);
	struct str text;
	struct err *e;

	if (!rec_has(now, CARRIER_CREDENTIALS) || !rec_changed(now, was, CARRIER_CREDENTIALS))
		return NULL;
	if (kind == KIND_TABLE || kind == KIND_CALLBACK)
		return rec_refuse(cx, now, CARRIER_CREDENTIALS, REASON_NOT_APPLICABLE,
			"is not for a carrier of kind %s", kinds[kind].name);
	e = rec_open_sealed(cx, now, CARRIER_CREDENTIALS, &text);
	return e ? e
		 : carrier_credentials_check(cx->arena, carrier_adapter(str_of(kinds[kind].name)),
			   text, rec_path(cx->arena, now, STR("credentials")));
}

static struct err *
carrier_check(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct err *e;

	if (!rec_has(now, CARRIER_KIND))
		return NULL;
	e = check_own(cx, now, CARRIER_TARIFF, KIND_TABLE);
	e = err_join(e, check_own(cx, now, CARRIER_CALLBACK_URL, KIND_CALLBACK));
	e = err_join(e, check_own(cx, now, CARRIER_CALLBACK_SECRET, KIND_CALLBACK));
	e = err_join(e, check_callback(cx, now, was));
	e = err_join(e, check_credentials(cx, now, was));
	e = err_join(e, check_codes(cx, now));
	return err_join(e, tariff_check(cx, now));
}

static struct err *
carrier_apply(struct ctx *cx, struct rec *now, const struct rec *was UNUSED)
{
	kept_touch(cx, now->resource->prefix);
	return NULL;
}

struct err *
carriers_find(struct ctx *cx, struct str code, struct rec **out)
{
	const struct view whole = view_whole(&carrier_resource);
	struct err *e = NULL;
	struct id id;

	*out = NULL;
	if (!id_parse(code, carrier_resource.prefix, &id))
		e = model_get(cx, &carrier_resource, ID_NONE, code, &whole, out);
	return e && e->code == ERR_NOT_FOUND ? NULL : e;
}

enum {
	CELL_ID,
	CELL_VERSION,
	CELL_NAME,
	CELL_CODE,
	CELL_KIND,
	CELL_ACCOUNT,
	CELL_CREDENTIALS,
	CELL_SERVICES,
	CELL_TARIFF,
	CELL_URL,
	CELL_SECRET
};

static void
set_text(struct rec *r, int field, struct str text)
{
	bool sealed = carrier_resource.fields[field].flags & F_SEALED;

	if (text.n)
		r->v[field] = (struct value){ .state = VALUE_SET, .sealed = sealed, .s = text };
	else
		rec_set_null(r, field);
}

static struct rec *
row_of(struct ctx *cx, const struct db_value *c)
{
	struct rec *r = rec_new(cx->arena, &carrier_resource);

	r->id.n = c[CELL_ID].i;
	r->version = c[CELL_VERSION].i;
	rec_set_str(r, CARRIER_NAME, c[CELL_NAME].s);
	rec_set_str(r, CARRIER_CODE, c[CELL_CODE].s);
	for (int k = 0; k < KIND__MAX; k++) {
		if (str_eq_z(c[CELL_KIND].s, kinds[k].name))
			rec_set_choice(r, CARRIER_KIND, k);
	}
	rec_set_bool(r, CARRIER_ENABLED, true);
	set_text(r, CARRIER_ACCOUNT_NUMBER, c[CELL_ACCOUNT].s);
	set_text(r, CARRIER_CREDENTIALS, c[CELL_CREDENTIALS].s);
	set_text(r, CARRIER_SERVICES, c[CELL_SERVICES].s);
	set_text(r, CARRIER_TARIFF, c[CELL_TARIFF].s);
	set_text(r, CARRIER_CALLBACK_URL, c[CELL_URL].s);
	set_text(r, CARRIER_CALLBACK_SECRET, c[CELL_SECRET].s);
	return r;
}

struct err *
carriers_enabled(struct ctx *cx, struct recs *out)
{
	struct db_rows rows = { 0 };
	struct kept_reading rd = { 0 };
	struct err *e = NULL;

	if (!kept_recall(cx, carrier_resource.prefix, &rows, &rd)) {
		e = db_query(cx, &rows,
			"SELECT id, version, name, code, kind, account_number, "
			"credentials, services, tariff, callback_url, callback_secret FROM "
			"carriers FORCE INDEX (enabled) WHERE tenant_id = ? AND "
			"enabled = 1 AND archived_at IS NULL ORDER BY created_at, id",
			db_id(cx->tenant));
		if (e)
			return e;
		kept_put(&rd, &rows);
	}
	*out = (struct recs){ ARENA_ARRAY(cx->arena, rows.n, struct rec *), rows.n, true };
	for (size_t i = 0; i < rows.n; i++)
		out->r[i] = row_of(cx, db_row(&rows, i));
	return NULL;
}

struct str
carriers_kind(const struct rec *carrier)
{
	return str_of(kinds[rec_choice(carrier, CARRIER_KIND)].name);
}

static struct rec *
made_up(struct arena *a, enum carrier_kind kind, const char *name)
{
	struct rec *r = rec_new(a, &carrier_resource);

	rec_set_str(r, CARRIER_NAME, str_of(name));
	rec_set_str(r, CARRIER_CODE, str_of(kinds[kind].name));
	rec_set_choice(r, CARRIER_KIND, kind);
	rec_set_bool(r, CARRIER_ENABLED, true);
	return r;
}

struct err *
carriers_to_ask(struct ctx *cx, struct recs *out)
{
	static const char *const names[] = {
		[KIND_USPS] = "USPS", [KIND_FEDEX] = "FedEx", [KIND_UPS] = "UPS", [KIND_DHL] = "DHL"
	};
	struct err *e = carriers_enabled(cx, out);

	if (e || out->n || !cx->sandbox)
		return e;
	*out = (struct recs){ ARENA_ARRAY(cx->arena, COUNT(names), struct rec *), COUNT(names),
		true };
	for (size_t i = 0; i < COUNT(names); i++)
		out->r[i] = made_up(cx->arena, (enum carrier_kind)i, names[i]);
	return NULL;
}

const struct carrier_adapter *
carriers_adapter(const struct ctx *cx, const struct rec *carrier)
{
	enum carrier_kind kind = (enum carrier_kind)rec_choice(carrier, CARRIER_KIND);

	if (kind == KIND_CALLBACK)
		return &carrier_callback;
	if (kind == KIND_TABLE || (cx->sandbox && !rec_has(carrier, CARRIER_CREDENTIALS)))
		return NULL;
	return carrier_adapter(str_of(kinds[kind].name));
}

/* To the adapter, where it is asked and what with are credentials like others. */
static struct err *
callback_credentials(struct ctx *cx, const struct rec *carrier, struct str *out)
{
	struct str secret;
	struct buf b;
	struct err *e = rec_open_sealed(cx, carrier, CARRIER_CALLBACK_SECRET, &secret);

	if (e || !secret.n)
		return e;
	buf_init(&b, cx->arena, 256, 8192);
	buf_z(&b, "{\"url\":");
	json_out_string(&b, rec_str(carrier, CARRIER_CALLBACK_URL));
	buf_z(&b, ",\"secret\":");
	json_out_string(&b, secret);
	buf_z(&b, ",\"carrier\":");
	json_out_string(&b, rec_str(carrier, CARRIER_CODE));
	buf_char(&b, '}');
	must(!b.overflow);
	*out = buf_view(&b);
	return NULL;
}

struct err *
carriers_account(struct ctx *cx, const struct rec *carrier, struct carrier_account *out)
{
	*out = (struct carrier_account){
		.tenant = cx->tenant,
		.carrier = carrier->id,
		.version = carrier->version,
		.number = rec_str(carrier, CARRIER_ACCOUNT_NUMBER),
		.test = cx->sandbox,
	};
	if (rec_choice(carrier, CARRIER_KIND) == KIND_CALLBACK)
		return callback_credentials(cx, carrier, &out->credentials);
	return rec_open_sealed(cx, carrier, CARRIER_CREDENTIALS, &out->credentials);
}

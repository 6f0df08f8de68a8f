/*
 * An API key. Its secrets are made here and shown once, in the answer that made them: what is sent with each request is
 * kept as a SHA-256 only (256 bits of chance need no slow hash), what signs requests is kept sealed, since it must be
 * known to check them. Archiving a key is revoking it.
 */
#include "access/access.h"

#include "access/housekeep.h"
#include "access/secret.h"
#include "base/buf.h"
#include "base/cidr.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "db/db.h"
#include "model/plan.h"
#include "model/rec.h"
#include "model/write.h"

#define SCOPES_MOST 50
#define RANGES_MOST 50
#define ORIGINS_MOST 20
#define RATE_MOST 1000000
#define DAY_MS INT64_C(86400000)
#define ROTATE_EVERY_MS (90 * DAY_MS)
#define GRACE_MS DAY_MS

static rule_fn key_derive, key_check;
static action_fn key_revoke, key_rotate, note_reminder;

enum key_status { ACTIVE, REVOKED };

static const struct choice key_statuses[] = {
	[ACTIVE] = { "active", "may be used" },
	[REVOKED] = { "revoked", "refused for ever" },
};

static const struct choice key_kinds[] = {
	[KEY_SECRET] = { "secret", "for servers: does what its scopes say" },
	[KEY_PUBLISHABLE] = { "publishable",
		"for pages and apps that anybody can read: sees what is published of the "
		"catalogue" },
};

static const struct field key_fields[API_KEY__MAX] = {
	[API_KEY_NAME] = STRING("name", DOC("What the key is for, for people."),
		.flags = F_REQUIRED | F_FILTER | F_SORT | F_SEARCH, .max = 255, .index = "name",
		.example = "Warehouse scanner"),
	[API_KEY_STATUS] = ENUM("status", key_statuses, DOC("Whether the key may still be used."),
		.flags = F_READ_ONLY | F_FILTER | F_SORT, .index = "status", .initial = "active"),
	[API_KEY_KIND] = ENUM("kind", key_kinds, DOC("Who may see the key."),
		.flags = F_CREATE_ONLY | F_FILTER, .initial = "secret", .example = "secret"),
	[API_KEY_SCOPES] = LIST("scopes",
		DOC("What the key may do: words such as products:read, products:* for all of an "
		    "area, * for "
		    "everything."),
		.flags = F_REQUIRED, .min = 1, .max = SCOPES_MOST,
		.example = "[\"products:read\"]"),
	[API_KEY_ENVIRONMENT] = STRING("environment",
		DOC("Where the key is used, such as development, staging, production."),
		.flags = F_FILTER, .max = 32, .example = "production"),
	[API_KEY_PER_HOUR] = INTEGER("per_hour",
		DOC("Requests an hour that this key may make; null: as many as the account."),
		.min = 1, .max = RATE_MOST, .example = "500"),
	[API_KEY_PER_DAY] = INTEGER("per_day",
		DOC("Requests a day that this key may make; null: as many as the account."),
		.min = 1, .max = RATE_MOST, .example = "5000"),
	[API_KEY_IP_ALLOWLIST] = LIST("ip_allowlist",
		DOC("Addresses and ranges (CIDR, v4 and v6) that the key may be used from; empty: "
		    "any."),
		.max = RANGES_MOST, .example = "[\"192.168.1.0/24\", \"2001:db8::/32\"]"),
	[API_KEY_ORIGINS] = LIST("origins",
		DOC("Origins of the pages that may use the key, such as "
		    "https://shop.example.com; empty: any."),
		.max = ORIGINS_MOST, .example = "[\"https://shop.example.com\"]"),
	[API_KEY_REQUIRE_SIGNATURE] = BOOL("require_signature",
		DOC("Whether every request must be signed with the signing secret."),
		.initial = "false", .example = "false"),
	[API_KEY_LAST4] = STRING("last4", DOC("The end of the secret, to tell keys apart."),
		.flags = F_READ_ONLY, .max = 4),
	[API_KEY_EXPIRES_AT] = TIME("expires_at",
		DOC("From then on the key is refused; null: never."), .flags = F_FILTER | F_SORT,
		.index = "expires", .example = "2036-01-15T10:30:00Z"),
	[API_KEY_ROTATE_BY] = TIME("rotate_by",
		DOC("When the secret should have been renewed: 90 days after it was made."),
		.flags = F_READ_ONLY),
	[API_KEY_PREVIOUS_UNTIL] = TIME("previous_until",
		DOC("Until then the secret before the last rotation is taken as well."),
		.flags = F_READ_ONLY),
	[API_KEY_LAST_USED_AT] =
		TIME("last_used_at", DOC("When the key was last used, to a few seconds."),
			.flags = F_READ_ONLY | F_UNVERSIONED),
	[API_KEY_LAST_USED_IP] = STRING("last_used_ip", DOC("The address that it was used from."),
		.flags = F_READ_ONLY | F_UNVERSIONED, .max = 45),
	[API_KEY_REQUESTS_LAST_DAY] =
		INTEGER("requests_last_day", DOC("Requests on the day (UTC) of last_used_at."),
			.flags = F_READ_ONLY | F_UNVERSIONED, .initial = "0"),
	[API_KEY_SECRET] = STRING("secret", DOC("The key itself. Shown once, when it is made."),
		.flags = F_READ_ONLY | F_ONCE, .max = 64),
	[API_KEY_SIGNING_SECRET] = STRING("signing_secret",
		DOC("Signs requests (X-Signature). Shown once, when it is made."),
		.flags = F_READ_ONLY | F_ONCE, .max = 64),
	[API_KEY_SECRET_HASH] = STRING(
		"secret_hash", DOC("SHA-256 of the secret."), .flags = F_INTERNAL, .max = 64),
	[API_KEY_PREVIOUS_HASH] = STRING("previous_hash", DOC("SHA-256 of the secret before it."),
		.flags = F_INTERNAL, .max = 64),
	[API_KEY_SIGNING_SEALED] = STRING("signing_sealed", DOC("The signing secret, sealed."),
		.flags = F_INTERNAL, .max = 255),
	[API_KEY_PREVIOUS_SIGNING] = STRING("previous_signing",
		DOC("The signing secret before it, sealed."), .flags = F_INTERNAL, .max = 255),
	[API_KEY_REMINDED_AT] =
		TIME("reminded_at", DOC("When its rotation was asked for."), .flags = F_INTERNAL),
};

static const struct action key_actions[] = {
	ACTION("revoke", key_revoke, DOC("Refuses the key from now on; cannot be undone."),
		.scope = "api-keys:write", .event = "api_key.revoked"),
	ACTION("rotate", key_rotate,
		DOC("Makes new secrets and shows them; the old ones are taken for 24 more hours."),
		.scope = "api-keys:write", .event = "api_key.rotated"),
};

static const struct shorthand key_shorthands[] = {
	SHORT("status", "status", DOC("Keys of that status; revoked ones are shown only so.")),
};

static void
key_committed(struct ctx *cx UNUSED)
{
	access_forget();
}

const struct resource api_key_resource = {
	.name = "api_key",
	.plural = "api-keys",
	.prefix = "key",
	.table = "api_keys",
	DOC("A secret by which a program shows who it is."),
	FIELDS(key_fields),
	ACTIONS(key_actions),
	SHORTHANDS(key_shorthands),
	.verbs = V_CRUD,
	STATUS(API_KEY_STATUS, REVOKED),
	SCOPES("api-keys"),
	.event_created = "api_key.created",
	.event_updated = "api_key.updated",
	.event_archived = "api_key.revoked",
	.max_age_s = -1,
	.derive = key_derive,
	.check = key_check,
	.committed = key_committed,
	ADMIN("Settings", API_KEY_NAME, API_KEY_STATUS, API_KEY_LAST4, API_KEY_EXPIRES_AT),
	PLAN,
};

/* ---- secrets */

static void
make_secrets(struct ctx *cx, struct rec *now)
{
	bool publishable = rec_choice(now, API_KEY_KIND) == KEY_PUBLISHABLE;
	struct str secret = secret_make(cx->arena, publishable, cx->sandbox), signing;

	rec_set_str(now, API_KEY_SECRET, secret);
	rec_set_str(now, API_KEY_LAST4, str_cut(secret, secret.n - 4, secret.n));
	rec_set_str(now, API_KEY_SECRET_HASH, secret_hash(cx->arena, secret));
	rec_set_time(now, API_KEY_ROTATE_BY, clock_real_ms() + ROTATE_EVERY_MS);
	rec_set_null(now, API_KEY_REMINDED_AT);
	if (publishable)
		return;
	signing = secret_make_signing(cx->arena);
	rec_set_str(now, API_KEY_SIGNING_SECRET, signing);
	rec_set_str(now, API_KEY_SIGNING_SEALED, secret_seal(cx, now->id, signing));
}

static struct err *
key_derive(struct ctx *cx, struct rec *now, const struct rec *was)
{
	if (!was)
		make_secrets(cx, now);
	return NULL;
}

static struct err *
key_rotate(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input UNUSED)
{
	rec_set_str(now, API_KEY_PREVIOUS_HASH, rec_str(was, API_KEY_SECRET_HASH));
	if (rec_has(was, API_KEY_SIGNING_SEALED))
		rec_set_str(now, API_KEY_PREVIOUS_SIGNING, rec_str(was, API_KEY_SIGNING_SEALED));
	rec_set_time(now, API_KEY_PREVIOUS_UNTIL, clock_real_ms() + GRACE_MS);
	make_secrets(cx, now);
	return NULL;
}

static struct err *
key_revoke(struct ctx *cx UNUSED, struct rec *now, const struct rec *was UNUSED,
	const struct rec *input UNUSED)
{
	rec_set_choice(now, API_KEY_STATUS, REVOKED);
	now->archived_at = clock_now_ms();
	return NULL;
}

/* ---- rules */

/* Nobody can hand on what he does not have, or else a key that makes keys could do everything. */
static struct err *
check_scope(struct ctx *cx, const struct rec *now, struct str scope)
{
	bool publishable = rec_choice(now, API_KEY_KIND) == KEY_PUBLISHABLE;

	if (!scope_is_known(scope))
		return rec_refuse(cx, now, API_KEY_SCOPES, REASON_NOT_A_SCOPE,
			"there is no scope %.*s", STRF(str_head(scope, 64)));
	if (publishable && !scope_is_public(scope))
		return rec_refuse(cx, now, API_KEY_SCOPES, REASON_NOT_PUBLIC,
			"a publishable key cannot have the scope %.*s: only reading what is "
			"published of the catalogue, products:read and categories:read",
			STRF(scope));
	if (!scope_is_within(cx->arena, scope, &cx->scopes))
		return rec_refuse(cx, now, API_KEY_SCOPES, REASON_SCOPE,
			"your own key has not the scope %.*s, so it cannot give it", STRF(scope));
	return NULL;
}

static struct err *
check_range(struct ctx *cx, const struct rec *now, struct str range)
{
	struct str suggested;
	struct cidr parsed;

	if (cidr_parse(cx->arena, range, &parsed, &suggested))
		return NULL;
	if (suggested.n)
		return rec_refuse(cx, now, API_KEY_IP_ALLOWLIST, REASON_NOT_A_RANGE,
			"%.*s has bits set behind its prefix; did you mean %.*s?", STRF(range),
			STRF(suggested));
	return rec_refuse(cx, now, API_KEY_IP_ALLOWLIST, REASON_NOT_A_RANGE,
		"must be addresses or ranges such as 192.168.1.0/24 or 2001:db8::/32, not %.*s",
		STRF(str_head(range, 64)));
}

static struct err *
check_origin(struct ctx *cx, const struct rec *now, struct str origin)
{
	if (secret_is_origin(origin))
		return NULL;
	return rec_refuse(cx, now, API_KEY_ORIGINS, REASON_NOT_AN_ORIGIN,
		"must be origins such as https://shop.example.com, without a path, not %.*s",
		STRF(str_head(origin, 64)));
}

typedef struct err *item_rule(struct ctx *cx, const struct rec *now, struct str item);

/* A rule for each text of a list that changed. */
static struct err *
check_items(
	struct ctx *cx, const struct rec *now, const struct rec *was, int field, item_rule *rule)
{
	struct json *list = NULL;
	struct err *e = NULL;

	if (rec_has(now, field) && rec_changed(now, was, field))
		e = json_parse(cx->arena, rec_str(now, field), &list);
	for (size_t i = 0; i < json_length(list); i++)
		e = err_join(e, rule(cx, now, json_string(json_at(list, i))));
	return e;
}

static struct err *
check_expiry(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	if (!rec_changed(now, was, API_KEY_EXPIRES_AT) || !rec_has(now, API_KEY_EXPIRES_AT) ||
		rec_time(now, API_KEY_EXPIRES_AT) > clock_real_ms())
		return NULL;
	return rec_refuse(cx, now, API_KEY_EXPIRES_AT, REASON_PAST, "must be in the future");
}

static struct err *
check_kind(struct ctx *cx, const struct rec *now)
{
	if (rec_choice(now, API_KEY_KIND) != KEY_PUBLISHABLE ||
		!rec_bool(now, API_KEY_REQUIRE_SIGNATURE))
		return NULL;
	return rec_refuse(cx, now, API_KEY_REQUIRE_SIGNATURE, REASON_PUBLISHABLE,
		"must be false: a publishable key has no signing secret");
}

static struct err *
key_check(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct err *e = check_items(cx, now, was, API_KEY_SCOPES, check_scope);

	e = err_join(e, check_items(cx, now, was, API_KEY_IP_ALLOWLIST, check_range));
	e = err_join(e, check_items(cx, now, was, API_KEY_ORIGINS, check_origin));
	e = err_join(e, check_kind(cx, now));
	return err_join(e, check_expiry(cx, now, was));
}

/* ---- reminders */

/* Not a route: what souk-housekeep does to a key. */
static const struct action rotation_due = {
	.name = "rotation_due",
	.event = "key.rotation_due",
	.run = note_reminder,
};

/* Looked at again under the lock: another run may have come first, or the key was rotated. Then nothing changes. */
static struct err *
note_reminder(struct ctx *cx UNUSED, struct rec *now, const struct rec *was,
	const struct rec *input UNUSED)
{
	if (!rec_has(was, API_KEY_REMINDED_AT) &&
		rec_time(was, API_KEY_ROTATE_BY) <= clock_real_ms())
		rec_set_time(now, API_KEY_REMINDED_AT, clock_real_ms());
	return NULL;
}

static struct err *
remind(struct ctx *cx, struct id key)
{
	struct write w = {
		.verb = WRITE_ACT,
		.resource = &api_key_resource,
		.action = &rotation_due,
		.key = id_str(cx->arena, key, api_key_resource.prefix),
	};
	struct written out;
	struct err *e = model_write(cx, &w, &out);

	return e && e->code == ERR_NOT_FOUND ? NULL : e; /* revoked in between */
}

struct err *
key_remind(struct ctx *cx, const struct tenant *t, int64_t most, int64_t *n)
{
	struct db_value now = db_time(clock_real_ms());
	struct db_rows rows;
	struct err *e;

	if (cx->dry_run) {
		e = db_query(cx, &rows,
			"SELECT COUNT(*) FROM api_keys WHERE tenant_id = ? AND rotate_by <= ?"
			" AND reminded_at IS NULL AND archived_at IS NULL",
			db_id(t->id), now);
		*n = e ? 0 : db_count(&rows);
		return e;
	}
	e = db_query(cx, &rows,
		"SELECT id FROM api_keys WHERE tenant_id = ? AND rotate_by <= ?"
		" AND reminded_at IS NULL AND archived_at IS NULL ORDER BY id LIMIT ?",
		db_id(t->id), now, db_int(most));
	*n = e ? 0 : (int64_t)rows.n;
	for (size_t i = 0; !e && i < rows.n; i++)
		e = remind(cx, (struct id){ db_row(&rows, i)[0].i });
	return e;
}

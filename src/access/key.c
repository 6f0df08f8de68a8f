/*
 * An API key. Its secret is made here, shown once in the answer that made it, and kept as a SHA-256
 * only: 256 bits of chance need no slow hash. Archiving a key is revoking it.
 */
#include "access/access.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "model/plan.h"
#include "model/rec.h"

#define SECRET_BYTES 32
#define SCOPES_MOST 50

static rule_fn key_derive, key_check;
static action_fn key_revoke;

enum key_status { ACTIVE, REVOKED };

static const struct choice key_statuses[] = {
	[ACTIVE] = { "active", "may be used" },
	[REVOKED] = { "revoked", "refused for ever" },
};

static const struct field key_fields[API_KEY__MAX] = {
	[API_KEY_NAME] = STRING("name", DOC("What the key is for, for people."),
		.flags = F_REQUIRED | F_FILTER | F_SORT | F_SEARCH, .max = 255, .index = "name",
		.example = "Warehouse scanner"),
	[API_KEY_STATUS] = ENUM("status", key_statuses, DOC("Whether the key may still be used."),
		.flags = F_READ_ONLY | F_FILTER, .initial = "active"),
	[API_KEY_SCOPES] = LIST("scopes",
		DOC("What the key may do: words such as products:read, products:* for all of an "
		    "area, * for "
		    "everything."),
		.flags = F_REQUIRED, .min = 1, .max = SCOPES_MOST,
		.example = "[\"products:read\"]"),
	[API_KEY_LAST4] = STRING("last4", DOC("The end of the secret, to tell keys apart."),
		.flags = F_READ_ONLY, .max = 4),
	[API_KEY_SECRET] = STRING("secret", DOC("The key itself. Shown once, when it is made."),
		.flags = F_READ_ONLY | F_ONCE, .max = 64),
	[API_KEY_SECRET_HASH] = STRING(
		"secret_hash", DOC("SHA-256 of the secret."), .flags = F_INTERNAL, .max = 64),
	[API_KEY_EXPIRES_AT] =
		TIME("expires_at", DOC("From then on the key is refused; null: never."),
			.example = "2036-01-15T10:30:00Z"),
};

static const struct action key_actions[] = {
	ACTION("revoke", key_revoke, DOC("Refuses the key from now on; cannot be undone."),
		.scope = "api-keys:write", .event = "api_key.revoked"),
};

static const struct shorthand key_shorthands[] = {
	SHORT("status", "status", DOC("Keys of that status; revoked ones are shown only so.")),
};

static void
key_committed(struct ctx *cx UNUSED, const struct rec *now UNUSED)
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

/* "live_" or "test_" says which side the key is for (D22). */
static struct err *
key_derive(struct ctx *cx, struct rec *now, const struct rec *was)
{
	unsigned char bytes[SECRET_BYTES];
	struct digest hash;
	struct str secret;

	if (was)
		return NULL;
	crypto_random(bytes, sizeof(bytes));
	secret = str_fmt(cx->arena, "%s%.*s", cx->sandbox ? "test_" : "live_",
		STRF(str_base64url(cx->arena, bytes, sizeof(bytes))));
	crypto_wipe(bytes, sizeof(bytes));
	hash = crypto_sha256(secret);
	rec_set_str(now, API_KEY_SECRET, secret);
	rec_set_str(now, API_KEY_LAST4, str_cut(secret, secret.n - 4, secret.n));
	rec_set_str(now, API_KEY_SECRET_HASH, str_hex(cx->arena, hash.b, SHA256_BYTES));
	return NULL;
}

/* Nobody can hand on what he does not have, or else a key that makes keys could do everything. */
static struct err *
check_scope(struct ctx *cx, const struct rec *now, struct str scope)
{
	if (!scope_is_known(scope))
		return rec_refuse(cx, now, API_KEY_SCOPES, REASON_NOT_A_SCOPE,
			"there is no scope %.*s", STRF(str_cut(scope, 0, 64)));
	if (!scope_is_within(cx->arena, scope, &cx->scopes))
		return rec_refuse(cx, now, API_KEY_SCOPES, REASON_SCOPE,
			"your own key has not the scope %.*s, so it cannot give it", STRF(scope));
	return NULL;
}

static struct err *
key_check(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct err *e = NULL;
	struct json *list = NULL;

	if (rec_changed(now, was, API_KEY_SCOPES))
		e = json_parse(cx->arena, rec_str(now, API_KEY_SCOPES), &list);
	for (size_t i = 0; i < json_length(list); i++)
		e = err_join(e, check_scope(cx, now, json_string(json_at(list, i))));
	if (rec_changed(now, was, API_KEY_EXPIRES_AT) && rec_has(now, API_KEY_EXPIRES_AT) &&
		rec_time(now, API_KEY_EXPIRES_AT) <= clock_real_ms())
		e = err_join(e,
			rec_refuse(
				cx, now, API_KEY_EXPIRES_AT, REASON_PAST, "must be in the future"));
	return e;
}

static struct err *
key_revoke(struct ctx *cx UNUSED, struct rec *now, const struct rec *was UNUSED,
	const struct json *input UNUSED)
{
	rec_set_choice(now, API_KEY_STATUS, REVOKED);
	now->archived_at = clock_now_ms();
	return NULL;
}

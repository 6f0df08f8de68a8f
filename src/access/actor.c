/*
 * Who asks. What the database said of a key is remembered in a table of four places to a set, chosen by
 * the hash of the key; an entry holds its texts in a block of its own, which is used again for the next
 * key in that place. Answers of "no" are not remembered, so strangers cannot push keys out.
 */
#include "access/actor_int.h"
#include "access/secret.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/currency.h"
#include "base/id.h"
#include "base/json.h"
#include "base/metrics.h"
#include "base/shared.h"
#include "db/db.h"

#define SETS 256
#define WAYS 4
#define ENTRY_TEXT 4096 /* a key whose texts take more is not remembered */
#define MEMORY_MAX ((size_t)8 << 20)
#define LIFE_US 5000000
#define KEY_TEXT_MAX 128

struct entry {
	struct digest hash;
	struct actor actor;
	struct usage usage;
	uint64_t epoch;
	int64_t read_us; /* 0: empty */
	char *text;      /* ENTRY_TEXT bytes behind the views of the actor */
};

struct memory {
	struct arena *arena;
	struct shared *shared;
	struct entry sets[SETS][WAYS];
};

/* One a process: the table lives as long as it, and each worker has its own after the fork. */
static struct memory *memory;

void
access_setup(struct shared *shared)
{
	struct arena *a;

	if (memory)
		arena_free(memory->arena);
	memory = NULL;
	limit_setup(shared);
	if (!shared)
		return;
	a = arena_new("keys", MEMORY_MAX);
	memory = ARENA_NEW(a, struct memory);
	memory->arena = a;
	memory->shared = shared;
}

void
access_forget(void)
{
	if (memory)
		atomic_fetch_add(&memory->shared->key_epoch, 1);
}

static uint64_t
epoch_now(void)
{
	return memory ? atomic_load(&memory->shared->key_epoch) : 0;
}

static struct entry *
set_of(const struct digest *hash)
{
	return memory->sets[hash->b[0]];
}

static const struct actor *
recall(const struct digest *hash)
{
	int64_t now_us = clock_mono_us();

	for (size_t i = 0; memory && i < WAYS; i++) {
		struct entry *e = &set_of(hash)[i];

		if (!e->read_us || !crypto_same(e->hash.b, hash->b, SHA256_BYTES))
			continue;
		if (e->epoch == epoch_now() && now_us - e->read_us <= LIFE_US)
			return &e->actor;
	}
	return NULL;
}

/* The place of that key, else an empty one, else the one read longest ago. */
static struct entry *
place_for(const struct digest *hash)
{
	struct entry *set = set_of(hash), *best = &set[0];

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].read_us && crypto_same(set[i].hash.b, hash->b, SHA256_BYTES))
			return &set[i];
		if (set[i].read_us < best->read_us)
			best = &set[i];
	}
	return best;
}

static size_t
list_bytes(const struct scopes *l)
{
	size_t n = l->n * sizeof(struct str);

	for (size_t i = 0; i < l->n; i++)
		n += l->s[i].n;
	return n;
}

static size_t
text_bytes(const struct actor *a)
{
	return a->name.n + a->currency.n + a->language.n + a->time_zone.n + a->signing.n +
		a->previous_signing.n + a->nranges * sizeof(*a->ranges) + list_bytes(&a->scopes) +
		list_bytes(&a->origins);
}

/* Copies behind *room and moves it. */
static struct str
keep(char **room, struct str s)
{
	struct str kept = { s.p ? *room : NULL, s.n };

	if (s.p)
		memcpy(*room, s.p, s.n);
	*room += s.n;
	return kept;
}

static void
keep_list(struct str *to, char **room, const struct scopes *from, struct scopes *out)
{
	for (size_t i = 0; i < from->n; i++)
		to[i] = keep(room, from->s[i]);
	*out = (struct scopes){ to, from->n };
}

/* Arrays stand first in the block, where they are aligned. */
static void
keep_texts(struct entry *e, const struct actor *from)
{
	struct str *texts = (void *)e->text;
	struct cidr *ranges = (void *)(texts + from->scopes.n + from->origins.n);
	char *room = (char *)(ranges + from->nranges);

	e->actor = *from;
	e->actor.name = keep(&room, from->name);
	e->actor.currency = keep(&room, from->currency);
	e->actor.language = keep(&room, from->language);
	e->actor.time_zone = keep(&room, from->time_zone);
	e->actor.signing = keep(&room, from->signing);
	e->actor.previous_signing = keep(&room, from->previous_signing);
	keep_list(texts, &room, &from->scopes, &e->actor.scopes);
	keep_list(texts + from->scopes.n, &room, &from->origins, &e->actor.origins);
	if (from->nranges)
		memcpy(ranges, from->ranges, from->nranges * sizeof(*ranges));
	e->actor.ranges = ranges;
	e->actor.usage = &e->usage;
}

/* `epoch` is what it was before the database was asked. NULL: it is not remembered. */
static const struct actor *
remember(const struct digest *hash, const struct actor *from, uint64_t epoch)
{
	struct entry *e;

	if (!memory || text_bytes(from) > ENTRY_TEXT)
		return NULL;
	e = place_for(hash);
	if (!e->text)
		e->text = arena_alloc(memory->arena, ENTRY_TEXT);
	if (!crypto_same(e->hash.b, hash->b, SHA256_BYTES))
		e->usage = (struct usage){ 0 };
	e->hash = *hash;
	e->epoch = epoch;
	e->read_us = clock_mono_us();
	keep_texts(e, from);
	return &e->actor;
}

static struct err *
refuse(struct ctx *cx, enum reason reason, const char *message)
{
	return err_reason(err_new(cx->arena, ERR_UNAUTHENTICATED, "%s", message), reason);
}

/* The key out of "Bearer KEY". */
static struct err *
bearer(struct ctx *cx, struct str authorization, struct str *key)
{
	struct str rest = str_trim(authorization);
	size_t space = str_find(rest, ' ');

	if (!rest.n)
		return err_reason(
			err_new(cx->arena, ERR_UNAUTHENTICATED, NULL), REASON_KEY_MISSING);
	*key = str_trim(str_cut(rest, space, rest.n));
	if (!str_eq_nocase(str_cut(rest, 0, space), STR("bearer")) || !key->n ||
		key->n > KEY_TEXT_MAX)
		return refuse(cx, REASON_KEY_MALFORMED, "Authorization must be: Bearer KEY");
	return NULL;
}

/* The key says which side it is for; the host that was asked must be that side's (D22). */
static struct err *
check_mode(struct ctx *cx, struct str key, bool sandbox)
{
	bool publishable, test;

	if (!secret_read(key, &publishable, &test))
		return refuse(cx, REASON_KEY_MALFORMED,
			"an API key begins with live_, or with test_ for the sandbox");
	if (test && !sandbox)
		return refuse(cx, REASON_KEY_MODE,
			"this is a key of the sandbox (test_): send it to the sandbox's address");
	if (!test && sandbox)
		return refuse(cx, REASON_KEY_MODE,
			"this is a live key (live_), and this is the sandbox's address: "
			"use a key that begins with test_");
	return NULL;
}

static struct err *
check_age(struct ctx *cx, int64_t expires_at)
{
	if (expires_at && expires_at <= clock_real_ms())
		return refuse(cx, REASON_KEY_EXPIRED, "this API key has expired");
	return NULL;
}

/* ---- reading */

enum cell {
	CELL_ID,
	CELL_TENANT,
	CELL_STATUS,
	CELL_ARCHIVED,
	CELL_EXPIRES,
	CELL_SCOPES,
	CELL_KIND,
	CELL_PER_HOUR,
	CELL_PER_DAY,
	CELL_RANGES,
	CELL_ORIGINS,
	CELL_MUST_SIGN,
	CELL_SIGNING,
	CELL_IS_PREVIOUS,
	CELL_PREVIOUS_UNTIL,
	CELL_PREVIOUS_SIGNING,
	CELL_ACCOUNT,
	CELL_PLAN,
	CELL_ACCOUNT_PER_HOUR,
	CELL_ACCOUNT_PER_DAY,
	CELL_PUBLIC,
	CELL_CURRENCY,
	CELL_LANGUAGE,
	CELL_TIME_ZONE
};

static struct err *
read_list(struct ctx *cx, const struct db_value *cell, struct scopes *out)
{
	struct json *j;
	struct str *texts;
	struct err *e;

	*out = (struct scopes){ 0 };
	if (cell->kind == DB_NULL)
		return NULL;
	e = json_parse(cx->arena, cell->s, &j);
	if (e)
		return err_log(cx->arena, ERR_INTERNAL, "a list of a key is no JSON: %.*s",
			STRF(e->message));
	texts = ARENA_ARRAY(cx->arena, json_length(j), struct str);
	for (size_t i = 0; i < json_length(j); i++)
		texts[i] = json_string(json_at(j, i));
	*out = (struct scopes){ texts, json_length(j) };
	return NULL;
}

static struct err *
read_ranges(struct ctx *cx, const struct db_value *cell, struct actor *out)
{
	struct scopes texts;
	struct cidr *ranges;
	struct err *e = read_list(cx, cell, &texts);

	if (e)
		return e;
	ranges = ARENA_ARRAY(cx->arena, texts.n, struct cidr);
	for (size_t i = 0; i < texts.n; i++) {
		if (!cidr_parse(cx->arena, texts.s[i], &ranges[i], NULL))
			return err_log(cx->arena, ERR_INTERNAL, "a key has the range %.*s",
				STRF(texts.s[i]));
	}
	out->ranges = ranges;
	out->nranges = texts.n;
	return NULL;
}

/* The secret before the last rotation ends with its grace; after that it cannot sign either. */
static struct err *
read_secrets(struct ctx *cx, const struct db_value *c, struct actor *out)
{
	bool grace = c[CELL_PREVIOUS_UNTIL].i > clock_real_ms();
	struct err *e = NULL;

	if (c[CELL_IS_PREVIOUS].i &&
		(!out->expires_at || c[CELL_PREVIOUS_UNTIL].i < out->expires_at))
		out->expires_at = c[CELL_PREVIOUS_UNTIL].i;
	if (c[CELL_SIGNING].kind != DB_NULL)
		e = secret_open(cx, out->tenant, out->key, c[CELL_SIGNING].s, &out->signing);
	if (!e && grace && c[CELL_PREVIOUS_SIGNING].kind != DB_NULL)
		e = secret_open(cx, out->tenant, out->key, c[CELL_PREVIOUS_SIGNING].s,
			&out->previous_signing);
	return e;
}

/* What was agreed with an account goes before its plan. */
static struct rates
account_rates(const struct db_value *c)
{
	struct rates rates = limit_of_plan(c[CELL_PLAN].s);

	if (c[CELL_ACCOUNT_PER_HOUR].kind != DB_NULL)
		rates.per_hour = c[CELL_ACCOUNT_PER_HOUR].i;
	if (c[CELL_ACCOUNT_PER_DAY].kind != DB_NULL)
		rates.per_day = c[CELL_ACCOUNT_PER_DAY].i;
	return rates;
}

/* currency and language are CHAR and VARCHAR in ascii: nothing to trim. */
static struct err *
read_actor(struct ctx *cx, const struct db_value *c, struct actor *out)
{
	struct err *e;

	*out = (struct actor){
		.account = { c[CELL_ACCOUNT].i },
		.tenant = { c[CELL_TENANT].i },
		.key = { c[CELL_ID].i },
		.public_id = c[CELL_PUBLIC].i,
		.expires_at = c[CELL_EXPIRES].i,
		.name = id_str(cx->arena, (struct id){ c[CELL_ID].i }, api_key_resource.prefix),
		.currency = c[CELL_CURRENCY].s,
		.language = c[CELL_LANGUAGE].s,
		.time_zone = c[CELL_TIME_ZONE].s,
		.currency_digits = currency_digits(c[CELL_CURRENCY].s),
		.publishable = str_eq_z(c[CELL_KIND].s, "publishable"),
		.must_sign = c[CELL_MUST_SIGN].i != 0,
		.account_rates = account_rates(c),
		.key_rates = { c[CELL_PER_HOUR].i, c[CELL_PER_DAY].i },
	};
	if (out->currency_digits < 0)
		return err_log(cx->arena, ERR_INTERNAL, "a tenant has the currency %.*s",
			STRF(out->currency));
	e = scopes_read(cx->arena, c[CELL_SCOPES].s, &out->scopes);
	e = e ? e : read_list(cx, &c[CELL_ORIGINS], &out->origins);
	e = e ? e : read_ranges(cx, &c[CELL_RANGES], out);
	return e ? e : read_secrets(cx, c, out);
}

/* Whoever is refused from here on is known. */
static void
note_shown(struct ctx *cx, struct id tenant, struct id key)
{
	cx->shown_tenant = tenant;
	cx->shown_key = key;
}

static struct err *
ask(struct ctx *cx, const struct digest *hash, bool sandbox, struct actor *out)
{
	struct str hex = str_hex(cx->arena, hash->b, SHA256_BYTES);
	const struct db_value *c;
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT k.id, k.tenant_id, k.status, k.archived_at, k.expires_at, k.scopes, k.kind,"
		" k.per_hour, k.per_day, k.ip_allowlist, k.origins, k.require_signature,"
		" k.signing_sealed, k.secret_hash <> ?, k.previous_until, k.previous_signing,"
		" a.id, a.plan, a.per_hour, a.per_day, t.public_id, t.currency, t.language,"
		" t.time_zone"
		" FROM api_keys k JOIN tenants t ON t.id = k.tenant_id"
		" JOIN accounts a ON a.id = t.account_id"
		" WHERE (k.secret_hash = ? OR k.previous_hash = ?) AND t.mode = ?",
		db_text(hex), db_text(hex), db_text(hex),
		db_text(sandbox ? STR("sandbox") : STR("live")));

	if (e)
		return e;
	if (!rows.n)
		return refuse(cx, REASON_KEY_UNKNOWN, "there is no such API key");
	c = db_row(&rows, 0);
	note_shown(cx, (struct id){ c[CELL_TENANT].i }, (struct id){ c[CELL_ID].i });
	if (!str_eq_z(c[CELL_STATUS].s, "active") || c[CELL_ARCHIVED].kind != DB_NULL)
		return refuse(cx, REASON_KEY_REVOKED, "this API key was revoked");
	return read_actor(cx, c, out);
}

/* ---- the gate */

static struct err *
check_tenant(struct ctx *cx, struct str header, const struct actor *actor)
{
	struct id asked;

	if (!header.n)
		return NULL;
	if (id_parse(header, "tenant", &asked) && asked.n == actor->public_id)
		return NULL;
	return err_reason(err_new(cx->arena, ERR_FORBIDDEN,
				  "X-Tenant-ID names a tenant that this key does not belong to"),
		REASON_OTHER_TENANT);
}

static struct err *
check_address(struct ctx *cx, const struct actor *actor)
{
	struct cidr_list list = { actor->ranges, actor->nranges };

	if (!list.n || cidr_list_has(&list, cx->ip))
		return NULL;
	return err_reason(err_new(cx->arena, ERR_FORBIDDEN,
				  "this key may not be used from the address %.*s", STRF(cx->ip)),
		REASON_IP_NOT_ALLOWED);
}

/* Only pages send an origin; an app or a server has none to show. */
static struct err *
check_origin(struct ctx *cx, const struct actor *actor, struct str origin)
{
	if (!origin.n || !actor->origins.n)
		return NULL;
	for (size_t i = 0; i < actor->origins.n; i++) {
		if (str_eq(origin, actor->origins.s[i]))
			return NULL;
	}
	return err_reason(err_new(cx->arena, ERR_FORBIDDEN,
				  "this key may not be used by pages of the origin %.*s",
				  STRF(str_shown(origin, 200))),
		REASON_ORIGIN_NOT_ALLOWED);
}

static struct err *
count(struct ctx *cx, const struct actor *actor, bool sandbox, struct allowance *seen)
{
	struct limited who = {
		.account = actor->account,
		.key = actor->key,
		.sandbox = sandbox,
		.account_rates = actor->account_rates,
		.key_rates = actor->key_rates,
	};

	return limit_take(cx, &who, 1, seen);
}

static void
admit(struct ctx *cx, const struct actor *actor, bool sandbox)
{
	cx->account = actor->account;
	cx->tenant = actor->tenant;
	cx->actor = actor->name;
	cx->holder = actor;
	cx->published_only = actor->publishable;
	cx->scopes = actor->scopes;
	cx->currency = actor->currency;
	cx->currency_digits = actor->currency_digits;
	cx->language = actor->language;
	cx->time_zone = actor->time_zone;
	cx->sandbox = sandbox;
}

/* Who holds the key: remembered, or asked for and remembered. */
static struct err *
find(struct ctx *cx, struct str key, bool sandbox, const struct actor **out)
{
	uint64_t epoch = epoch_now();
	struct digest hash = crypto_sha256(key);
	struct actor *fresh;
	struct err *e;

	*out = recall(&hash);
	if (*out) {
		note_shown(cx, (*out)->tenant, (*out)->key);
		return NULL;
	}
	metrics_add(METRIC_KEY_LOOKUPS, 1);
	fresh = ARENA_NEW(cx->arena, struct actor);
	e = ask(cx, &hash, sandbox, fresh);
	if (e)
		return e;
	*out = remember(&hash, fresh, epoch);
	if (!*out)
		*out = fresh;
	return NULL;
}

struct err *
access_check(struct ctx *cx, const struct asking *how, struct allowance *seen)
{
	const struct actor *actor = NULL;
	struct str key = { 0 };
	struct err *e = bearer(cx, how->authorization, &key);

	seen->n = 0;
	e = e ? e : check_mode(cx, key, how->sandbox);
	e = e ? e : find(cx, key, how->sandbox, &actor);
	e = e ? e : check_age(cx, actor->expires_at);
	e = e ? e : count(cx, actor, how->sandbox, seen);
	e = e ? e : check_tenant(cx, how->tenant, actor);
	e = e ? e : check_address(cx, actor);
	e = e ? e : check_origin(cx, actor, how->origin);
	if (!e)
		admit(cx, actor, how->sandbox);
	return e;
}

/*
 * Who asks. What the database said of a key is remembered in a table of four places to a set, chosen by
 * the hash of the key; an entry holds its texts in a block of its own, which is used again for the next
 * key in that place. Answers of "no" are not remembered, so strangers cannot push keys out.
 */
#include "access/access.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/currency.h"
#include "base/id.h"
#include "base/shared.h"
#include "db/db.h"

#define SETS 256
#define WAYS 4
#define ENTRY_TEXT 4096 /* a key whose texts take more is not remembered */
#define MEMORY_MAX ((size_t)8 << 20)
#define LIFE_US 5000000
#define KEY_TEXT_MAX 128

/* What a key says of its holder. */
struct actor {
	struct id account, tenant;
	int64_t public_id;
	int64_t expires_at; /* ms; 0: never */
	struct str name;    /* "key_…" */
	struct str currency, language;
	int currency_digits;
	struct scopes scopes;
};

struct entry {
	struct digest hash;
	struct actor actor;
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

	memory = NULL;
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
text_bytes(const struct actor *a)
{
	size_t n = a->name.n + a->currency.n + a->language.n;

	for (size_t i = 0; i < a->scopes.n; i++)
		n += sizeof(struct str) + a->scopes.s[i].n;
	return n;
}

/* Copies behind *room and moves it. */
static struct str
keep(char **room, struct str s)
{
	struct str kept = { *room, s.n };

	if (s.n)
		memcpy(*room, s.p, s.n);
	*room += s.n;
	return kept;
}

/* The array of scopes stands first in the block, where it is aligned. */
static void
keep_texts(struct entry *e, const struct actor *from)
{
	struct str *scopes = (void *)e->text;
	char *room = e->text + from->scopes.n * sizeof(*scopes);

	e->actor = *from;
	e->actor.name = keep(&room, from->name);
	e->actor.currency = keep(&room, from->currency);
	e->actor.language = keep(&room, from->language);
	for (size_t i = 0; i < from->scopes.n; i++)
		scopes[i] = keep(&room, from->scopes.s[i]);
	e->actor.scopes.s = scopes;
}

/* `epoch` is what it was before the database was asked. */
static void
remember(const struct digest *hash, const struct actor *from, uint64_t epoch)
{
	struct entry *e;

	if (!memory || text_bytes(from) > ENTRY_TEXT)
		return;
	e = place_for(hash);
	if (!e->text)
		e->text = arena_alloc(memory->arena, ENTRY_TEXT);
	e->hash = *hash;
	e->epoch = epoch;
	e->read_us = clock_mono_us();
	keep_texts(e, from);
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
	bool test = str_starts(key, STR("test_"));

	if (!test && !str_starts(key, STR("live_")))
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

enum cell {
	CELL_ID,
	CELL_TENANT,
	CELL_STATUS,
	CELL_ARCHIVED,
	CELL_EXPIRES,
	CELL_SCOPES,
	CELL_ACCOUNT,
	CELL_PUBLIC,
	CELL_CURRENCY,
	CELL_LANGUAGE
};

/* currency and language are CHAR and VARCHAR in ascii: nothing to trim. */
static struct err *
read_actor(struct ctx *cx, const struct db_value *c, struct actor *out)
{
	*out = (struct actor){
		.account = { c[CELL_ACCOUNT].i },
		.tenant = { c[CELL_TENANT].i },
		.public_id = c[CELL_PUBLIC].i,
		.expires_at = c[CELL_EXPIRES].i,
		.name = id_str(cx->arena, (struct id){ c[CELL_ID].i }, api_key_resource.prefix),
		.currency = c[CELL_CURRENCY].s,
		.language = c[CELL_LANGUAGE].s,
		.currency_digits = currency_digits(c[CELL_CURRENCY].s),
	};
	if (out->currency_digits < 0)
		return err_log(cx->arena, ERR_INTERNAL, "a tenant has the currency %.*s",
			STRF(out->currency));
	return scopes_read(cx->arena, c[CELL_SCOPES].s, &out->scopes);
}

static struct err *
ask(struct ctx *cx, const struct digest *hash, bool sandbox, struct actor *out)
{
	struct str hex = str_hex(cx->arena, hash->b, SHA256_BYTES);
	const struct db_value *c;
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT k.id, k.tenant_id, k.status, k.archived_at, k.expires_at, k.scopes,"
		" a.id, t.public_id, t.currency, t.language"
		" FROM api_keys k JOIN tenants t ON t.id = k.tenant_id"
		" JOIN accounts a ON a.id = t.account_id"
		" WHERE k.secret_hash = ? AND t.mode = ?",
		db_text(hex), db_text(sandbox ? STR("sandbox") : STR("live")));

	if (e)
		return e;
	if (!rows.n)
		return refuse(cx, REASON_KEY_UNKNOWN, "there is no such API key");
	c = db_row(&rows, 0);
	if (!str_eq_z(c[CELL_STATUS].s, "active") || c[CELL_ARCHIVED].kind != DB_NULL)
		return refuse(cx, REASON_KEY_REVOKED, "this API key was revoked");
	return read_actor(cx, c, out);
}

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

static void
admit(struct ctx *cx, const struct actor *actor, bool sandbox)
{
	cx->account = actor->account;
	cx->tenant = actor->tenant;
	cx->actor = actor->name;
	cx->scopes = actor->scopes;
	cx->currency = actor->currency;
	cx->currency_digits = actor->currency_digits;
	cx->language = actor->language;
	cx->sandbox = sandbox;
}

struct err *
access_check(struct ctx *cx, struct str authorization, struct str tenant_header, bool sandbox)
{
	uint64_t epoch = epoch_now();
	const struct actor *actor;
	struct actor fresh = { 0 };
	struct digest hash;
	struct str key = { 0 };
	struct err *e = bearer(cx, authorization, &key);

	e = e ? e : check_mode(cx, key, sandbox);
	if (e)
		return e;
	hash = crypto_sha256(key);
	actor = recall(&hash);
	if (!actor) {
		e = ask(cx, &hash, sandbox, &fresh);
		if (e)
			return e;
		remember(&hash, &fresh, epoch);
		actor = &fresh;
	}
	e = check_age(cx, actor->expires_at);
	e = e ? e : check_tenant(cx, tenant_header, actor);
	if (!e)
		admit(cx, actor, sandbox);
	return e;
}

/*
 * Signed requests (D24, D83): HMAC-SHA256 over what was sent, under a secret that is never sent. A nonce is good once: the
 * database's primary key refuses the second use, on whichever worker.
 */
#include "access/actor_int.h"
#include "access/housekeep.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/id.h"
#include "db/db.h"

#define SKEW_S 300
/* Longer than any timestamp is taken: what is older cannot come again. */
#define NONCE_KEPT_MS INT64_C(660000)
#define NONCE_MIN 8
#define NONCE_MAX 128
#define CANONICAL_MAX ((size_t)64 << 10)

static struct err *
refuse(struct ctx *cx, enum reason reason, const char *message)
{
	return err_reason(err_new(cx->arena, ERR_UNAUTHENTICATED, "%s", message), reason);
}

static void
put_query(struct buf *b, struct str query)
{
	struct str *pairs;
	size_t n = str_sorted(b->arena, query, '&', &pairs);

	for (size_t i = 0; i < n; i++) {
		buf_char(b, i ? '&' : '?');
		buf_str(b, pairs[i]);
	}
}

/* METHOD \n path?query, its pairs in bytewise order, undecoded \n timestamp \n nonce \n hex SHA-256 of the body. */
static struct str
canonical(struct arena *a, const struct signing *s)
{
	struct digest body = crypto_sha256(s->body);
	size_t question = str_find(s->target, '?');
	struct buf b;

	buf_init(&b, a, 1024, CANONICAL_MAX);
	buf_str(&b, s->method);
	buf_char(&b, '\n');
	buf_str(&b, str_cut(s->target, 0, question));
	if (question + 1 < s->target.n)
		put_query(&b, str_cut(s->target, question + 1, s->target.n));
	buf_char(&b, '\n');
	buf_str(&b, s->timestamp);
	buf_char(&b, '\n');
	buf_str(&b, s->nonce);
	buf_char(&b, '\n');
	buf_str(&b, str_hex(a, body.b, SHA256_BYTES));
	must(!b.overflow);
	return buf_view(&b);
}

static bool
signs(struct str secret, struct str text, const struct digest *given)
{
	struct digest made;

	if (!secret.n)
		return false;
	made = crypto_hmac(secret, text);
	return crypto_same(made.b, given->b, SHA256_BYTES);
}

static bool
nonce_ok(struct str nonce)
{
	if (nonce.n < NONCE_MIN || nonce.n > NONCE_MAX)
		return false;
	for (size_t i = 0; i < nonce.n; i++)
		if (nonce.p[i] <= ' ' || nonce.p[i] > '~')
			return false;
	return true;
}

static struct err *
check_time(struct ctx *cx, struct str timestamp)
{
	int64_t sent, now = clock_real_ms() / 1000;

	if (!str_int(timestamp, &sent))
		return refuse(cx, REASON_SIGNATURE_MALFORMED,
			"X-Timestamp must be the time in whole seconds since 1970");
	if (sent < now - SKEW_S || sent > now + SKEW_S)
		return refuse(cx, REASON_TIMESTAMP_TOO_OLD,
			"X-Timestamp is more than five minutes from now: sign each request when "
			"it is sent, and set the clock");
	return NULL;
}

/* By itself, before anything that the request does: whatever becomes of it, its nonce is used. */
static struct err *
use_nonce(struct ctx *cx, const struct actor *actor, struct str nonce)
{
	struct digest hash = crypto_sha256(nonce);
	struct err *e = db_exec(cx,
		"INSERT INTO api_key_nonces (tenant_id, key_id, nonce_hash, created_at) VALUES "
		"(?, ?, ?, ?)",
		db_id(actor->tenant), db_id(actor->key),
		db_text((struct str){ (const char *)hash.b, SHA256_BYTES }),
		db_time(clock_real_ms()));

	if (e && db_duplicate_key(e).p)
		return refuse(cx, REASON_NONCE_REUSED,
			"X-Nonce was used before: each request needs one of its own");
	return e;
}

static struct err *
check_parts(struct ctx *cx, const struct signing *s, struct digest *given)
{
	if (!str_unhex(s->signature, given->b, SHA256_BYTES))
		return refuse(cx, REASON_SIGNATURE_MALFORMED,
			"X-Signature must be an HMAC-SHA256 in hex: 64 digits");
	if (!nonce_ok(s->nonce))
		return refuse(cx, REASON_SIGNATURE_MALFORMED,
			"X-Nonce must have 8 to 128 printable characters");
	return check_time(cx, s->timestamp);
}

struct err *
access_signature(struct ctx *cx, const struct signing *s)
{
	const struct actor *actor = cx->holder;
	struct digest given;
	struct str text;
	struct err *e;

	if (!actor || (!s->signature.n && !actor->must_sign))
		return NULL;
	if (!s->signature.n)
		return refuse(cx, REASON_SIGNATURE_MISSING,
			"this key takes signed requests only: send X-Signature, X-Timestamp and "
			"X-Nonce");
	e = check_parts(cx, s, &given);
	if (e)
		return e;
	text = canonical(cx->arena, s);
	if (!signs(actor->signing, text, &given) && !signs(actor->previous_signing, text, &given))
		return refuse(cx, REASON_SIGNATURE_WRONG,
			"X-Signature does not fit what was sent: see how requests are signed");
	return use_nonce(cx, actor, s->nonce);
}

struct err *
nonce_purge(struct ctx *cx, const struct tenant *t, int64_t most, int64_t *n)
{
	struct id tenant = t ? t->id : ID_NONE;
	struct db_value before = db_time(clock_real_ms() - NONCE_KEPT_MS);
	struct db_rows rows;
	struct err *e;

	if (cx->dry_run)
		e = db_query(cx, &rows,
			"SET STATEMENT max_statement_time = 600 FOR SELECT COUNT(*) FROM"
			" api_key_nonces WHERE created_at < ? AND tenant_id = COALESCE(?, "
			"tenant_id)",
			before, db_id(tenant));
	else
		e = db_query(cx, &rows,
			"DELETE FROM api_key_nonces WHERE created_at < ?"
			" AND tenant_id = COALESCE(?, tenant_id) ORDER BY created_at LIMIT ?",
			before, db_id(tenant), db_int(most));
	*n = e ? 0 : db_count(&rows);
	return e;
}

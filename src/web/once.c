/*
 * The fingerprint covers everything that makes a request what it is; each part is written with its
 * length, so that no two requests give the same text.
 */
#include "web/once.h"

#include "base/buf.h"
#include "base/vault.h"
#include "web/call.h"
#include "web/negotiate.h"

#define KEY_MAX 255

static void
put(struct buf *b, struct str part)
{
	buf_int(b, (int64_t)part.n);
	buf_char(b, ':');
	buf_str(b, part);
}

/* The pairs of the query, undecoded, in bytewise order: clients may send them in any. */
static void
put_query(struct buf *b, struct str query)
{
	struct str *pairs;
	size_t n = str_sorted(b->arena, query, '&', &pairs);

	buf_int(b, (int64_t)n);
	for (size_t i = 0; i < n; i++)
		put(b, pairs[i]);
}

/* The headers that decide how the answer looks. */
static const enum meta looks[] = { META_ACCEPT_LANGUAGE, META_CURRENCY, META_LANGUAGE_FALLBACK,
	META_REGION, META_TIMEZONE };

static struct digest
fingerprint(const struct call *c)
{
	const struct request *rq = &c->rq;
	struct str key = { (const char *)c->site->once_key.b, SHA256_BYTES }, name, secret;
	struct buf b;

	buf_init(&b, c->cx.arena, 1024 + rq->body.n,
		REQUEST_BODY_MAX + REQUEST_PATH_MAX + 8 * REQUEST_QUERY_MAX + (64 << 10));
	put(&b, rq->meta[META_METHOD]);
	put(&b, rq->path);
	put_query(&b, rq->query);
	put(&b, c->cx.actor);
	for (size_t i = 0; i < COUNT(looks); i++)
		put(&b, rq->meta[looks[i]]);
	put(&b, rq->body);
	for (size_t i = 0; vault_at(c->cx.vault, i, &name, &secret); i++) {
		struct digest d = crypto_hmac(key, secret); /* no copy of it */

		put(&b, name);
		put(&b, (struct str){ (const char *)d.b, SHA256_BYTES });
	}
	must(!b.overflow);
	return crypto_hmac(key, buf_view(&b));
}

static bool
is_printable(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7e)
			return false;
	return true;
}

struct err *
once_take(struct call *c)
{
	struct str key = c->rq.meta[META_IDEMPOTENCY_KEY];
	struct once *once;

	if (!key.n || c->cx.dry_run)
		return NULL;
	if (key.n > KEY_MAX || !is_printable(key))
		return err_reason(
			err_new(c->cx.arena, ERR_MALFORMED,
				"Idempotency-Key is 1 to %d printable ASCII characters", KEY_MAX),
			REASON_BAD_IDEMPOTENCY_KEY);
	once = ARENA_NEW(c->cx.arena, struct once);
	once->key = crypto_sha256(key);
	once->fingerprint = fingerprint(c);
	once->refusal = reply_refusal;
	once->face = &c->reply;
	c->reply.problem = negotiate_wants_problem(c->rq.meta[META_ACCEPT]);
	c->cx.once = once;
	return NULL;
}

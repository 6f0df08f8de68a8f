/* One row of idempotency_keys for each keyed write, made in the write's own transaction, and filled in its last. */
#include "model/once.h"

#include "base/clock.h"

#define KEPT_MS INT64_C(86400000)

static struct str
digest_str(const struct digest *d)
{
	return (struct str){ (const char *)d->b, sizeof(d->b) };
}

/* What the sealed body is bound to, so that it opens nowhere else. */
static struct str
bound_to(struct ctx *cx)
{
	return str_fmt(cx->arena, "%" PRId64 "|idempotency_keys|body|%.*s", cx->tenant.n,
		STRF(str_hex(cx->arena, cx->once->key.b, sizeof(cx->once->key.b))));
}

static struct err *
replay(struct ctx *cx, const struct db_value *row, struct answer *out)
{
	*out = (struct answer){
		.status = (int)row[1].i,
		.location = row[2].s,
		.etag = row[3].s,
		.type = row[4].s,
		.body = row[6].s,
		.language = row[7].s,
		.secret = row[5].i != 0,
	};
	if (out->secret && !crypto_open(cx->arena, cx->ring, row[6].s, bound_to(cx), &out->body))
		return err_log(cx->arena, ERR_INTERNAL, "a stored answer does not open");
	return NULL;
}

#define STORED                                                                                     \
	"SELECT fingerprint, status, location, etag, content_type, sealed, body,"                  \
	" content_language, object_id FROM idempotency_keys WHERE tenant_id = ? AND key_hash = ?"

static struct err *
stored(struct ctx *cx, struct kept_once *kept, struct answer *out)
{
	struct db_rows rows;
	struct err *e =
		db_query(cx, &rows, STORED, db_id(cx->tenant), db_text(digest_str(&cx->once->key)));

	if (e)
		return e;
	if (!rows.n) /* purged between the two statements */
		return err_new(cx->arena, ERR_TX_REPEAT, NULL);
	if (db_row(&rows, 0)[0].s.n != SHA256_BYTES ||
		!crypto_same(db_row(&rows, 0)[0].s.p, cx->once->fingerprint.b, SHA256_BYTES))
		return err_reason(err_new(cx->arena, ERR_CONFLICT,
					  "this Idempotency-Key was used for another request"),
			REASON_IDEMPOTENCY_MISMATCH);
	kept->answered = db_row(&rows, 0)[1].kind != DB_NULL;
	if (kept->answered)
		return replay(cx, db_row(&rows, 0), out);
	kept->pending.n = db_row(&rows, 0)[8].i;
	return NULL;
}

struct err *
once_busy(struct ctx *cx)
{
	return err_reason(err_new(cx->arena, ERR_CONFLICT,
				  "a request with this Idempotency-Key is still being carried out"),
		REASON_IDEMPOTENCY_IN_PROGRESS);
}

struct err *
once_begin(struct ctx *cx, struct id likely, struct kept_once *kept, struct answer *out)
{
	struct err *e = db_exec(cx,
		"SET STATEMENT innodb_lock_wait_timeout=3, max_statement_time=4 FOR"
		" INSERT INTO idempotency_keys (tenant_id, key_hash, fingerprint, created_at, "
		"object_id)"
		" VALUES (?, ?, ?, ?, ?)",
		db_id(cx->tenant), db_text(digest_str(&cx->once->key)),
		db_text(digest_str(&cx->once->fingerprint)), db_time(clock_real_ms()),
		db_id(likely));

	*kept = (struct kept_once){ 0 };
	if (!e || e->code != ERR_CONFLICT)
		return e;
	if (!db_duplicate_key(e).p)
		return once_busy(cx);
	return stored(cx, kept, out);
}

struct err *
once_pend(struct ctx *cx, struct id object)
{
	return db_exec(cx,
		"UPDATE idempotency_keys SET object_id = ? WHERE tenant_id = ? AND key_hash = ?",
		db_id(object), db_id(cx->tenant), db_text(digest_str(&cx->once->key)));
}

/* A key that was purged meanwhile is as one without an answer. */
struct err *
once_look(struct ctx *cx, bool lock, bool *answered, struct answer *out)
{
	struct db_value tenant = db_id(cx->tenant), key = db_text(digest_str(&cx->once->key));
	struct db_rows rows;
	struct err *e = lock ? db_query(cx, &rows, STORED " FOR UPDATE", tenant, key)
			     : db_query(cx, &rows, STORED, tenant, key);

	*answered = !e && rows.n && db_row(&rows, 0)[1].kind != DB_NULL;
	return *answered ? replay(cx, db_row(&rows, 0), out) : e;
}

struct err *
once_end(struct ctx *cx, const struct answer *a)
{
	struct str body = a->body;

	if (a->secret)
		body = crypto_seal(cx->arena, cx->ring, body, bound_to(cx));
	return db_exec(cx,
		"UPDATE idempotency_keys SET status = ?, location = ?, etag = ?, content_type = ?,"
		" content_language = ?, sealed = ?, body = ? WHERE tenant_id = ? AND key_hash = ?",
		db_int(a->status), db_text(a->location), db_text(a->etag), db_text(a->type),
		db_text(a->language), db_int(a->secret), db_text(body), db_id(cx->tenant),
		db_text(digest_str(&cx->once->key)));
}

struct err *
once_purge(struct ctx *cx, struct id tenant, int64_t most, int64_t *n)
{
	struct db_value before = db_time(clock_real_ms() - KEPT_MS);
	struct db_rows rows;
	struct err *e;

	if (cx->dry_run)
		e = db_query(cx, &rows,
			"SET STATEMENT max_statement_time = 600 FOR SELECT COUNT(*) FROM"
			" idempotency_keys WHERE created_at < ? AND tenant_id = COALESCE(?, "
			"tenant_id)",
			before, db_id(tenant));
	else
		e = db_query(cx, &rows,
			"DELETE FROM idempotency_keys WHERE created_at < ?"
			" AND tenant_id = COALESCE(?, tenant_id) ORDER BY created_at LIMIT ?",
			before, db_id(tenant), db_int(most));
	*n = e ? 0 : db_count(&rows);
	return e;
}

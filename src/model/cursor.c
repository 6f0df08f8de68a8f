/*
 * Cursors. Keys are written as they are in memory, number and text, so no type needs a row of its
 * own here; the HMAC is what lets the reader trust them.
 */
#include "model/cursor.h"

#include "base/crypto.h"

#define VERSION 1
#define HASH_BYTES 8
#define MAC_BYTES 8
#define CURSOR_BYTES ((size_t)16384) /* a key's text is at most a column's */
#define LIST_BYTES ((size_t)1 << 20)

/* One ring lives as long as the process; its key is derived once. */
static struct str
mac_key(const struct keyring *ring)
{
	static const struct keyring *of;
	static struct digest key;

	if (!of || of != ring)
		key = crypto_derive(ring, "cursor");
	of = ring;
	return (struct str){ (const char *)key.b, sizeof(key.b) };
}

static void
put_number(struct buf *b, uint64_t n)
{
	for (; n >= 0x80; n >>= 7)
		buf_char(b, (char)(unsigned char)(n | 0x80));
	buf_char(b, (char)(unsigned char)n);
}

static void
put_text(struct buf *b, struct str s)
{
	put_number(b, s.n);
	buf_str(b, s);
}

static void
put_value(struct buf *b, const struct value *v)
{
	buf_char(b, (char)v->state);
	put_number(b, (uint64_t)v->i);
	put_text(b, v->s);
}

static void
put_target(struct buf *b, const struct resource *r, int field, int relation)
{
	const char *name = "";

	if (relation >= 0)
		name = r->relations[relation].name;
	else if (field >= 0)
		name = query_field(r, field)->name;
	put_text(b, str_of(name));
}

/* What the list is, whatever order its descriptor's rows stand in. */
static struct digest
list_hash(struct ctx *cx, const struct query *q)
{
	struct buf b;

	buf_init(&b, cx->arena, 256, LIST_BYTES);
	put_text(&b, q->resource->plan->name);
	put_number(&b, (uint64_t)q->parent.n);
	put_number(&b, q->archived);
	put_text(&b, q->search);
	for (size_t i = 0; i < q->nfilters; i++) {
		const struct filter *f = &q->filters[i];

		put_target(&b, q->resource, f->field, f->relation);
		put_text(&b, f->key);
		put_text(&b, f->list ? str_of(f->list->name) : (struct str){ 0 });
		put_text(&b, f->also ? str_of(f->also->name) : (struct str){ 0 });
		put_number(&b, (uint64_t)f->op);
		put_number(&b, f->null);
		put_number(&b, f->nvalues);
		for (size_t k = 0; k < f->nvalues; k++)
			put_value(&b, &f->values[k]);
	}
	for (size_t i = 0; i < query_keys(q); i++) {
		struct sort key = query_key(q, i);

		put_target(&b, q->resource, key.field, key.relation);
		put_number(&b, key.descending);
	}
	must(!b.overflow);
	return crypto_sha256(buf_view(&b));
}

static void
put_head(struct ctx *cx, const struct query *q, struct buf *b)
{
	struct digest list = list_hash(cx, q);

	buf_char(b, VERSION);
	put_number(b, (uint64_t)cx->tenant.n);
	buf_put(b, list.b, HASH_BYTES);
}

struct str
cursor_make(struct ctx *cx, const struct query *q, const struct value *keys)
{
	struct digest mac;
	struct buf b;

	buf_init(&b, cx->arena, 64, CURSOR_BYTES);
	put_head(cx, q, &b);
	for (size_t i = 0; i < query_keys(q); i++)
		put_value(&b, &keys[i]);
	mac = crypto_hmac(mac_key(cx->ring), buf_view(&b));
	buf_put(&b, mac.b, MAC_BYTES);
	must(!b.overflow);
	return str_base64url(cx->arena, b.p, b.n);
}

static bool
take_number(struct str *s, uint64_t *n)
{
	*n = 0;
	for (unsigned shift = 0; s->n && shift < 64; shift += 7) {
		unsigned char c = (unsigned char)s->p[0];

		*s = str_cut(*s, 1, s->n);
		*n |= (uint64_t)(c & 0x7f) << shift;
		if (c < 0x80)
			return true;
	}
	return false;
}

static bool
take_value(struct str *s, struct value *v)
{
	uint64_t number, length;

	*v = (struct value){ .state = VALUE_NULL };
	if (!s->n)
		return false;
	if (s->p[0] == VALUE_SET)
		v->state = VALUE_SET;
	*s = str_cut(*s, 1, s->n);
	if (!take_number(s, &number) || !take_number(s, &length) || length > s->n)
		return false;
	v->i = (int64_t)number;
	v->s = str_cut(*s, 0, (size_t)length);
	*s = str_cut(*s, (size_t)length, s->n);
	return true;
}

static struct err *
refuse(struct ctx *cx, enum reason reason, const char *message)
{
	struct err *e = err_new(cx->arena, ERR_QUERY, NULL);

	err_field(cx->arena, &e, STR("cursor"), reason, "%s", message);
	return e;
}

/* Takes the text apart; false unless it is whole and ours. */
static bool
authentic(struct ctx *cx, struct str text, struct str *body)
{
	struct digest mac;
	struct str bytes;

	if (!str_unbase64url(cx->arena, text, &bytes) || bytes.n <= MAC_BYTES)
		return false;
	*body = str_cut(bytes, 0, bytes.n - MAC_BYTES);
	mac = crypto_hmac(mac_key(cx->ring), *body);
	return crypto_same(mac.b, bytes.p + body->n, MAC_BYTES);
}

struct err *
cursor_read(struct ctx *cx, const struct query *q, struct value *keys)
{
	struct str body;
	struct buf head;

	if (q->cursor.n > CURSOR_BYTES * 2 || !authentic(cx, q->cursor, &body))
		return refuse(cx, REASON_NOT_A_CURSOR, "must be a next_cursor as it was given");
	buf_init(&head, cx->arena, 64, CURSOR_BYTES);
	put_head(cx, q, &head);
	if (!str_starts(body, buf_view(&head)))
		return refuse(cx, REASON_OTHER_LIST,
			"is of another list: filters, sort and tenant must stay as they were");
	body = str_cut(body, head.n, body.n);
	for (size_t i = 0; i < query_keys(q); i++) {
		if (!take_value(&body, &keys[i]))
			return refuse(
				cx, REASON_NOT_A_CURSOR, "must be a next_cursor as it was given");
	}
	return NULL;
}

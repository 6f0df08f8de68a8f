/*
 * Cursors: chance is none of ours; ours is one of its own list only. Behind a right HMAC anything may stand, and is read within
 * its bounds.
 */
#include "fuzz.h"

#include "model/cursor.h"
#include "shop/catalog/catalog.h"

#define MAC_BYTES 8

static void
is_refused(struct fuzz *f, const struct query *q)
{
	struct value keys[KEYS_MAX];
	struct err *e = cursor_read(&f->cx, q, keys);

	must(e);
	fuzz_told(f, e);
}

/* Keys made of the input come back. */
static void
give_back(struct fuzz *f, struct query *q)
{
	struct value keys[KEYS_MAX] = { 0 }, again[KEYS_MAX];
	struct str rest = f->in, text;

	for (size_t i = 0; i < query_keys(q); i++) {
		keys[i].state = str_split(&rest, '\n', &text) && text.n ? VALUE_SET : VALUE_NULL;
		if (keys[i].state == VALUE_SET)
			keys[i].s = text;
		for (size_t k = 0; k < keys[i].s.n; k++)
			keys[i].i = (int64_t)((uint64_t)keys[i].i * 31 + (unsigned char)text.p[k]);
	}
	q->cursor = cursor_make(&f->cx, q, keys);
	must(!cursor_read(&f->cx, q, again));
	for (size_t i = 0; i < query_keys(q); i++) {
		must(again[i].state == keys[i].state && again[i].i == keys[i].i);
		must(str_eq(again[i].s, keys[i].s));
	}
	f->cx.tenant.n++;
	is_refused(f, q);
	f->cx.tenant.n--;
}

/* The head of a cursor of this list, anything behind it, and the HMAC that belongs to that. */
static void
forge(struct fuzz *f, struct query *q)
{
	static const struct value none[KEYS_MAX];
	struct digest key = crypto_derive(f->cx.ring, "cursor"), mac;
	struct value keys[KEYS_MAX];
	struct str ours;
	struct buf b;
	struct err *e;

	must(str_unbase64url(f->arena, cursor_make(&f->cx, q, none), &ours));
	buf_init(&b, f->arena, 64, 4096);
	buf_put(&b, ours.p, ours.n - 3 * query_keys(q) - MAC_BYTES);
	buf_str(&b, f->in);
	mac = crypto_hmac((struct str){ (const char *)key.b, sizeof(key.b) }, buf_view(&b));
	buf_put(&b, mac.b, MAC_BYTES);
	q->cursor = str_base64url(f->arena, b.p, b.n);
	e = cursor_read(&f->cx, q, keys);
	for (size_t i = 0; !e && i < query_keys(q); i++)
		must(!keys[i].s.n || keys[i].s.n <= f->in.n);
	if (e)
		fuzz_told(f, e);
}

void
fuzz_cursor(struct fuzz *f)
{
	static const char *const sorts[] = { "", "-price", "name,-brand,price,-sku", "id" };
	struct query q;

	query_init(&q, &product_resource);
	q.keyset = true;
	must(!query_sort(&f->cx, &q, str_of(sorts[fuzz_pick(f, COUNT(sorts))]), (struct str){ 0 }));
	q.cursor = f->in;
	is_refused(f, &q);
	give_back(f, &q);
	forge(f, &q);
}

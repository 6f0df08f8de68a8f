/* Who bought and what: both are found or made before the first invoice is written, a few hundred in a transaction. */
#include "base/id.h"
#include "base/json_out.h"
#include "db/db.h"
#include "model/map.h"
#include "model/store.h"
#include "model/trace.h"
#include "model/write.h"
#include "shop/catalog/catalog.h"
#include "shop/customers/customers.h"
#include "shop/orders/order_import_int.h"

#define AT_ONCE 500
#define LIST_BYTES ((size_t)1 << 20)

/* What is looked up and made in one transaction. */
struct portion {
	struct importing *im;
	struct named *named;
	size_t n;
	const struct resource *resource;
	int64_t made;
};

/* ---- registers */

/* The entries by key, of each the first that came. */
static int
by_key(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = str_cmp(x->key, y->key);

	return order ? order : (x->at_ms > y->at_ms) - (x->at_ms < y->at_ms);
}

static void
each_once(struct register_of *r)
{
	size_t n = 0;

	if (!r->n)
		return;
	qsort(r->all, r->n, sizeof(*r->all), by_key);
	for (size_t i = 0; i < r->n; i++) {
		if (!n || !str_eq(r->all[n - 1].key, r->all[i].key))
			r->all[n++] = r->all[i];
	}
	r->n = n;
}

const struct named *
register_get(const struct register_of *r, struct str key)
{
	size_t low = 0, high = r->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = str_cmp(key, r->all[middle].key);

		if (!order)
			return &r->all[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static struct named *
entry_of(struct portion *p, struct str key)
{
	const struct register_of those = { p->named, p->n };
	const struct named *found = register_get(&those, key);

	return found ? &p->named[found - p->named] : NULL;
}

/* ---- rows */

struct str
order_import_list(struct ctx *cx, const struct str *keys, size_t n)
{
	struct buf b;

	buf_init(&b, cx->arena, 1024, LIST_BYTES);
	buf_char(&b, '[');
	for (size_t i = 0; i < n; i++) {
		json_out_comma(&b);
		json_out_string(&b, keys[i]);
	}
	buf_char(&b, ']');
	must(!b.overflow);
	return buf_view(&b);
}

static struct str
list_of(struct ctx *cx, const struct portion *p)
{
	struct str *keys = ARENA_ARRAY(cx->arena, p->n, struct str);

	for (size_t i = 0; i < p->n; i++)
		keys[i] = p->named[i].key;
	return order_import_list(cx, keys, p->n);
}

struct rec *
order_import_rec(struct ctx *cx, const struct resource *r, int64_t at_ms)
{
	struct rec *rec = rec_new(cx->arena, r);
	struct err *missing = NULL; /* is set later, or what a history need not have */

	rec->id = id_new();
	rec->version = 1;
	rec->created_at = rec->updated_at = at_ms;
	validate_complete(cx, rec, &missing, false);
	return rec;
}

struct err *
order_import_traces(struct ctx *cx, const struct rec *r)
{
	struct audit_row row = {
		.action = r->resource->event_created,
		.resource = r->resource->plan->name,
		.object = r->id,
		.changes = trace_changes(cx, r, NULL),
	};
	struct err *e = audit_write(cx, &row);

	return e ? e : event_write(cx, r->resource->event_created, r, NULL);
}

static struct str
metadata_of(struct ctx *cx, struct str name, struct str value)
{
	struct buf b;

	buf_init(&b, cx->arena, 128, LIST_BYTES);
	buf_char(&b, '{');
	map_put(&b, name, value);
	buf_char(&b, '}');
	return buf_view(&b);
}

static struct err *
store_made(struct ctx *cx, struct portion *p, const struct recs *made)
{
	struct err *e = cx->dry_run ? NULL : store_insert_all(cx, made);

	for (size_t i = 0; !e && !cx->dry_run && i < made->n; i++)
		e = order_import_traces(cx, made->r[i]);
	p->made = (int64_t)made->n;
	return e;
}

/* ---- customers */

static struct err *
find_customers(struct ctx *cx, struct portion *p)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT m.value, MIN(m.object_id) FROM JSON_TABLE(?, '$[*]' COLUMNS (value "
		"VARCHAR(500)"
		" CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$')) j"
		" STRAIGHT_JOIN metadata_index m ON m.tenant_id = ? AND m.resource = 'customer'"
		" AND m.name = '" EXTERNAL_ID "' AND m.value = j.value GROUP BY m.value",
		db_text(list_of(cx, p)), db_id(cx->tenant));

	for (size_t i = 0; !e && i < rows.n; i++) {
		struct named *c = entry_of(p, db_row(&rows, i)[0].s);

		if (c)
			c->id.n = db_row(&rows, i)[1].i;
	}
	return e;
}

static struct rec *
new_customer(struct ctx *cx, const struct named *c)
{
	struct rec *r = order_import_rec(cx, &customer_resource, c->at_ms);

	r->id = c->id;
	r->metadata = metadata_of(cx, STR(EXTERNAL_ID), c->key);
	rec_set_str(r, CUSTOMER_EMAIL,
		str_fmt(cx->arena, "customer-%.*s@history.invalid", STRF(c->key)));
	return r;
}

/* ---- products */

static struct err *
find_products(struct ctx *cx, struct portion *p)
{
	struct db_rows rows;
	struct str list = list_of(cx, p);
	struct err *e = db_query(cx, &rows,
		"SELECT j.value, s.product_id, s.variant_id FROM JSON_TABLE(?, '$[*]' COLUMNS "
		"(value VARCHAR(64)"
		" CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$')) j"
		" STRAIGHT_JOIN skus s ON s.tenant_id = ? AND s.sku = j.value"
		" UNION ALL SELECT j.value, MIN(p.id), NULL FROM JSON_TABLE(?, '$[*]' COLUMNS "
		"(value VARCHAR(64)"
		" CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$')) j"
		" STRAIGHT_JOIN products p ON p.tenant_id = ? AND p.sku = j.value GROUP BY j.value",
		db_text(list), db_id(cx->tenant), db_text(list), db_id(cx->tenant));

	for (size_t i = 0; !e && i < rows.n; i++) {
		const struct db_value *cells = db_row(&rows, i);
		struct named *t = entry_of(p, cells[0].s);

		if (!t || t->id.n)
			continue;
		t->id.n = cells[1].i;
		t->variant.n = cells[2].kind == DB_NULL ? 0 : cells[2].i;
	}
	return e;
}

/* Archived, so that it is on no list and its SKU is free; bringing it back gives it to the shop again. */
static struct rec *
new_product(struct ctx *cx, const struct named *t)
{
	struct rec *r = order_import_rec(cx, &product_resource, t->at_ms);

	r->id = t->id;
	r->archived_at = t->at_ms;
	rec_set_str(r, PRODUCT_NAME, t->text);
	rec_set_str(r, PRODUCT_SKU, t->key);
	rec_set_money(r, PRODUCT_PRICE, t->price_minor);
	rec_set_str(r, PRODUCT_CURRENCY, cx->currency);
	rec_set_choice(r, PRODUCT_STATUS, product_resource.status_archived);
	return r;
}

/* ---- portions */

typedef struct err *find_fn(struct ctx *cx, struct portion *p);
typedef struct rec *new_fn(struct ctx *cx, const struct named *n);

static struct err *
write_portion(struct ctx *cx, void *arg)
{
	struct portion *p = arg;
	bool customers = p->resource == &customer_resource;
	find_fn *find = customers ? find_customers : find_products;
	new_fn *make = customers ? new_customer : new_product;
	struct recs made = { ARENA_ARRAY(cx->arena, p->n, struct rec *), 0, true };
	struct err *e;

	for (size_t i = 0; i < p->n; i++)
		p->named[i].id = p->named[i].variant = ID_NONE;
	e = find(cx, p);
	for (size_t i = 0; !e && i < p->n; i++) {
		if (p->named[i].id.n)
			continue;
		p->named[i].id = id_new();
		made.r[made.n++] = make(cx, &p->named[i]);
	}
	return e ? e : store_made(cx, p, &made);
}

static struct err *
write_all(struct importing *im, const struct register_of *r, const struct resource *resource,
	int64_t *made)
{
	struct ctx *cx = im->cx;
	struct err *e = NULL;

	for (size_t at = 0; !e && at < r->n; at += AT_ONCE) {
		struct arena_mark mark = arena_mark(cx->arena);
		struct portion p = { im, r->all + at, MIN(r->n - at, AT_ONCE), resource, 0 };

		e = db_tx(cx, write_portion, &p);
		if (e)
			return e; /* cppcheck-suppress returnDanglingLifetime ; it lives in the arena */
		*made += p.made;
		arena_rewind(cx->arena, mark);
	}
	return NULL;
}

struct err *
order_import_customers(struct importing *im, struct arena *own)
{
	const struct history *h = &im->history;
	struct register_of *r = &im->customers;

	r->all = ARENA_ARRAY(own, h->n, struct named);
	for (size_t i = 0; i < h->n; i++) {
		const struct history_invoice *v = &h->invoices[i];

		if (v->customer.n)
			r->all[r->n++] = (struct named){ .key = v->customer, .at_ms = v->at_ms };
	}
	each_once(r);
	return write_all(im, r, &customer_resource, &im->to->customers);
}

struct err *
order_import_products(struct importing *im, struct arena *own)
{
	const struct history *h = &im->history;
	struct register_of *r = &im->products;

	r->all = ARENA_ARRAY(own, (size_t)h->rows, struct named);
	for (size_t i = 0; i < h->n; i++) {
		const struct history_invoice *v = &h->invoices[i];

		for (size_t k = 0; k < v->n; k++) {
			const struct history_line *l = &v->lines[k];

			r->all[r->n++] = (struct named){ .key = l->sku,
				.text = l->name,
				.at_ms = v->at_ms,
				.price_minor = l->price_minor };
		}
	}
	each_once(r);
	return write_all(im, r, &product_resource, &im->to->products);
}

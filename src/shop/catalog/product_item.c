/* One product of a file: what is stored under its SKU, the body it makes, and what came of it. */
#include "shop/catalog/product_item.h"

#include "base/id.h"
#include "base/json.h"
#include "base/json_out.h"
#include "db/db.h"
#include "model/rec.h"
#include "model/write.h"

#define BODY_MAX ((size_t)8 << 20)
#define SLUG_MAX 64

/* What is stored under an item's SKU. */
struct stored {
	struct id id;
	int64_t version;
	bool is_variant;
};

/* ---- categories */

/* "Home & Garden" is home-garden; a slug is itself. */
static struct str
slug_of(struct arena *a, struct str text)
{
	struct str lower = str_lower(a, text);
	char *p = arena_alloc(a, lower.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < lower.n && n < SLUG_MAX; i++) {
		char c = lower.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '_' && n))
			p[n++] = c;
		else if (n && p[n - 1] != '-')
			p[n++] = '-';
	}
	while (n && (p[n - 1] == '-' || p[n - 1] == '_'))
		n--;
	return n ? (struct str){ p, n } : text;
}

/* A slug as a name: "home-garden" is "Home garden". */
static struct str
name_of(struct arena *a, struct str slug)
{
	char *p = arena_alloc(a, slug.n + 1);

	for (size_t i = 0; i < slug.n; i++)
		p[i] = (char)(slug.p[i] == '-' || slug.p[i] == '_' ? ' ' : slug.p[i]);
	if (p[0] >= 'a' && p[0] <= 'z')
		p[0] = (char)(p[0] - 'a' + 'A');
	return (struct str){ p, slug.n };
}

static struct err *
create_category(struct ctx *cx, struct str slug, struct str text)
{
	struct write w = { .verb = WRITE_CREATE, .resource = &category_resource };
	struct str name = str_eq(slug, text) ? name_of(cx->arena, slug) : text;
	struct written out;
	struct json *body;
	struct buf b;
	struct err *e;

	buf_init(&b, cx->arena, 256, BODY_MAX);
	buf_char(&b, '{');
	JSON_OUT_NAME(&b, "slug");
	json_out_string(&b, slug);
	JSON_OUT_NAME(&b, "name");
	json_out_string(&b, name);
	buf_char(&b, '}');
	e = json_parse(cx->arena, buf_view(&b), &body);
	w.body = body;
	return e ? e : model_write_inside(cx, &w, &out);
}

/* What is wrong with a category is wrong with that cell. */
static struct err *
blame_categories(struct ctx *cx, struct err *e)
{
	struct err *blamed = NULL;

	if (!e || err_is_server(e))
		return e;
	err_field(cx->arena, &blamed, STR("categories"), REASON_CATEGORY, "%.*s", STRF(e->message));
	return blamed;
}

static struct err *
need_category(struct item_writer *w, struct str slug, struct str text)
{
	struct ctx *cx = w->cx;
	struct db_rows found;
	struct err *e;

	if (seen_has(&w->slugs, slug))
		return NULL;
	e = db_query(cx, &found,
		"SELECT id FROM categories WHERE tenant_id = ? AND slug = ? AND live = 1",
		db_id(cx->tenant), db_text(slug));
	if (!e && !found.n) {
		w->made_category = true;
		e = blame_categories(cx, create_category(cx, slug, text));
	}
	if (!e)
		seen_add(w->own, &w->slugs, slug);
	return e;
}

/* ,"categories":["audio","home-garden"], made where they are new, but for those that are too many and will be refused */
static struct err *
put_categories(struct item_writer *w, struct buf *b, const struct row *row)
{
	struct str rest = columns_cell(w->columns, row->cells, COLUMN_CATEGORIES), part;
	int left = product_resource.relations[PRODUCT_CATEGORIES].max;
	struct err *e = NULL;

	if (!rest.n)
		return NULL;
	JSON_OUT_NAME(b, "categories");
	buf_char(b, '[');
	while (!e && str_split(&rest, '|', &part)) {
		struct str text = str_trim(part), slug = slug_of(w->cx->arena, text);

		if (!text.n)
			continue;
		json_out_comma(b);
		json_out_string(b, slug);
		if (left-- > 0)
			e = need_category(w, slug, text);
	}
	buf_char(b, ']');
	return e;
}

/* ---- images */

static bool
has_url(const struct db_rows *rows, struct str url)
{
	for (size_t i = 0; i < rows->n; i++) {
		if (str_eq(db_row(rows, i)->s, url))
			return true;
	}
	return false;
}

static void
put_image(struct buf *b, const struct db_rows *there, struct str url)
{
	if (!url.n || has_url(there, url))
		return;
	json_out_comma(b);
	buf_char(b, '{');
	JSON_OUT_NAME(b, "url");
	json_out_string(b, url);
	buf_char(b, '}');
}

/* Addresses that the product has not yet; an import takes no image away. */
static struct err *
put_images(struct item_writer *w, struct buf *b, const struct row *row, const struct stored *s)
{
	struct str rest = columns_cell(w->columns, row->cells, COLUMN_IMAGES), part;
	struct str one = columns_cell(w->columns, row->cells, COLUMN_IMAGE);
	struct db_rows there = { 0 };
	struct err *e = NULL;

	if (!rest.n && !one.n)
		return NULL;
	if (s->id.n)
		e = db_query(w->cx, &there,
			"SELECT url FROM images WHERE tenant_id = ? AND product_id = ?",
			db_id(w->cx->tenant), db_id(s->id));
	JSON_OUT_NAME(b, "images");
	buf_char(b, '[');
	while (str_split(&rest, '|', &part))
		put_image(b, &there, str_trim(part));
	put_image(b, &there, one);
	buf_char(b, ']');
	return e;
}

/* ---- one item */

static struct err *
find_stored(struct item_writer *w, const struct item *it, struct stored *out)
{
	struct db_rows rows;
	struct err *e = db_query(w->cx, &rows,
		"SELECT s.product_id, p.version, s.variant_id FROM skus s"
		" JOIN products p ON p.tenant_id = s.tenant_id AND p.id = s.product_id"
		" WHERE s.tenant_id = ? AND s.sku = ?",
		db_id(w->cx->tenant), db_text(it->sku));

	*out = (struct stored){ 0 };
	if (e || !rows.n)
		return e;
	out->id.n = db_row(&rows, 0)[0].i;
	out->version = db_row(&rows, 0)[1].i;
	out->is_variant = db_row(&rows, 0)[2].kind != DB_NULL;
	return NULL;
}

/* The shop's price is in one currency: a file in another must not pass unnoticed. */
static struct err *
check_currency(struct item_writer *w, const struct row *row)
{
	struct str cell = columns_cell(w->columns, row->cells, COLUMN_CURRENCY);
	struct err *e = NULL;

	if (cell.n && !str_eq_nocase(cell, w->cx->currency))
		err_field(w->cx->arena, &e, STR("currency"), REASON_CURRENCY,
			"must be %.*s, the currency of the shop, not %.*s", STRF(w->cx->currency),
			STRF(cell));
	return e;
}

static void
put_variants(struct item_writer *w, struct buf *b, struct item *it)
{
	int place = 0;

	JSON_OUT_NAME(b, "variants");
	buf_char(b, '[');
	for (size_t i = it->has_product; i < it->n; i++) {
		if (row_is_out(&it->rows[i]))
			continue;
		it->rows[i].place = place++;
		json_out_comma(b);
		buf_char(b, '{');
		columns_put_variant(b, w->cx, w->columns, it->rows[i].cells);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static struct err *
make_body(struct item_writer *w, struct item *it, const struct stored *s, struct json **body)
{
	struct err *e = NULL;
	struct buf b;

	buf_init(&b, w->cx->arena, 1024, BODY_MAX);
	buf_char(&b, '{');
	if (it->has_product) {
		columns_put_product(&b, w->cx, w->columns, it->rows[0].cells);
		e = check_currency(w, &it->rows[0]);
		e = e ? e : put_categories(w, &b, &it->rows[0]);
		e = e ? e : put_images(w, &b, &it->rows[0], s);
	}
	if (it->n > it->has_product)
		put_variants(w, &b, it);
	buf_char(&b, '}');
	if (b.overflow)
		return err_new(w->cx->arena, ERR_TOO_LARGE, "the product is larger than %zu bytes",
			BODY_MAX);
	return e ? e : json_parse(w->cx->arena, buf_view(&b), body);
}

static enum import_outcome
outcome_of_variant(const struct item_writer *w, const struct rec *product, const struct row *row)
{
	const struct recs *all = &product->many[PRODUCT_VARIANTS];
	struct str sku = columns_cell(w->columns, row->cells, COLUMN_SKU);

	for (size_t i = 0; i < all->n; i++) {
		if (!str_eq(rec_str(all->r[i], VARIANT_SKU), sku))
			continue;
		if (all->r[i]->fate == CHILD_ADDED)
			return IMPORT_CREATED;
		return all->r[i]->fate == CHILD_CHANGED ? IMPORT_UPDATED : IMPORT_UNCHANGED;
	}
	return IMPORT_UNCHANGED;
}

static void
note_outcomes(
	struct item_writer *w, struct item *it, const struct stored *s, const struct rec *product)
{
	if (it->has_product && !s->id.n)
		it->rows[0].outcome = IMPORT_CREATED;
	else if (it->has_product)
		it->rows[0].outcome =
			product->version == s->version ? IMPORT_UNCHANGED : IMPORT_UPDATED;
	for (size_t i = it->has_product; i < it->n; i++) {
		if (!row_is_out(&it->rows[i]))
			it->rows[i].outcome = outcome_of_variant(w, product, &it->rows[i]);
	}
}

static struct err *
no_parent(struct item_writer *w, const struct item *it)
{
	struct err *e = NULL;

	err_field(w->cx->arena, &e, STR("parent_sku"), REASON_UNKNOWN, "there is no product %.*s",
		STRF(it->sku));
	return e;
}

/* A dry run has forgotten the products that it made in groups before this one. */
static bool
would_be_there(const struct item_writer *w, const struct item *it)
{
	return w->cx->dry_run && !it->has_product && seen_has(&w->skus, it->sku);
}

static void
note_created(struct item *it)
{
	for (size_t i = 0; i < it->n; i++)
		it->rows[i].outcome = IMPORT_CREATED;
}

struct err *
item_write(struct item_writer *w, struct item *it)
{
	struct ctx *cx = w->cx;
	struct write write = { .verb = WRITE_CREATE, .resource = &product_resource };
	struct written out;
	struct stored s;
	struct json *body = NULL;
	struct err *e = find_stored(w, it, &s);

	if (!e && !s.id.n && would_be_there(w, it)) {
		note_created(it);
		return NULL;
	}
	if (e)
		return e;
	if (!it->has_product && (!s.id.n || s.is_variant))
		return no_parent(w, it);
	e = make_body(w, it, &s, &body);
	if (e)
		return e;
	if (s.id.n && !s.is_variant) {
		write.verb = WRITE_UPDATE;
		write.key = id_str(cx->arena, s.id, product_resource.prefix);
	}
	write.body = body;
	e = model_write_inside(cx, &write, &out);
	if (!e)
		note_outcomes(w, it, &s, out.rec);
	return e;
}

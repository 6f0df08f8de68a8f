#include "shop/catalog/product_columns.h"

#include "base/json.h"
#include "base/json_out.h"
#include "base/json_scan.h"
#include "model/language.h"
#include "model/plan.h"
#include "model/type.h"
#include "shop/catalog/catalog.h"

#define NAMES_MAX 64

static const struct {
	const char *name;
	enum column_kind kind;
} special[] = {
	{ "sku", COLUMN_SKU },
	{ "parent_sku", COLUMN_PARENT },
	{ "categories", COLUMN_CATEGORIES },
	{ "images", COLUMN_IMAGES },
	{ "image", COLUMN_IMAGE },
	{ "currency", COLUMN_CURRENCY },
};

/* ---- the head */

/* "Tax class " is tax_class. */
static struct str
normal(struct arena *a, struct str name)
{
	struct str lower = str_lower(a, str_trim(name));
	char *p = arena_alloc(a, lower.n + 1);

	for (size_t i = 0; i < lower.n; i++)
		p[i] = lower.p[i];
	for (size_t i = 0; i < lower.n; i++) {
		if (p[i] == ' ')
			p[i] = '_';
	}
	return (struct str){ p, lower.n };
}

/* What the server fills is left out without a word: files that were exported have it. */
static bool
is_given(const struct resource *r, int field)
{
	return field >= 0 && !(r->fields[field].flags & (F_READ_ONLY | F_INTERNAL | F_ONCE));
}

static bool
resolve_field(struct column *col, struct str name)
{
	int product = resource_field(&product_resource, name);
	int variant = resource_field(&variant_resource, name);

	if (product < 0 && variant < 0)
		return false;
	col->product = is_given(&product_resource, product) ? product : -1;
	col->variant = is_given(&variant_resource, variant) ? variant : -1;
	col->kind = col->product >= 0 || col->variant >= 0 ? COLUMN_FIELD : COLUMN_LEFT_OUT;
	return true;
}

/* "attributes.size", "metadata.supplier", "name.es" */
static bool
resolve_pair(struct column *col, struct str name, struct str sub)
{
	int field = resource_field(&product_resource, name);

	col->sub = sub;
	if (str_eq_z(name, "attributes") || str_eq_z(name, "metadata")) {
		col->kind = str_eq_z(name, "attributes") ? COLUMN_ATTRIBUTE : COLUMN_METADATA;
		return true;
	}
	if (field < 0)
		field = resource_field(&variant_resource, name);
	else if (product_resource.fields[field].type != T_LANG)
		return false;
	return field >= 0 && language_known(sub) && resolve_field(col, name);
}

static bool
resolve(struct arena *a, struct column *col, struct str as_written)
{
	size_t point = str_find(col->name, '.');

	for (size_t i = 0; i < COUNT(special); i++) {
		if (!str_eq_z(col->name, special[i].name))
			continue;
		col->kind = special[i].kind;
		return true;
	}
	if (point == col->name.n)
		return resolve_field(col, col->name);
	/* Keys keep their case: metadata.Supplier. */
	return resolve_pair(col, str_cut(col->name, 0, point),
		str_dup(a, str_cut(str_trim(as_written), point + 1, SIZE_MAX)));
}

static void
unknown(struct ctx *cx, struct err **e, const struct column *col)
{
	const char *names[NAMES_MAX], *nearest;
	size_t n = 0;

	for (size_t i = 0; i < COUNT(special); i++)
		names[n++] = special[i].name;
	for (size_t i = 0; i < product_resource.nfields && n < NAMES_MAX; i++)
		names[n++] = product_resource.fields[i].name;
	for (size_t i = 0; i < variant_resource.nfields && n < NAMES_MAX; i++)
		names[n++] = variant_resource.fields[i].name;
	nearest = str_nearest(col->name, names, n);
	err_field(cx->arena, e, col->name, REASON_UNKNOWN, "there is no column %.*s%s%s",
		STRF(col->name), nearest ? "; did you mean " : "", nearest ? nearest : "");
}

static bool
is_there_twice(const struct columns *c, const struct column *col)
{
	for (size_t i = 0; i < c->n; i++) {
		if (&c->c[i] != col && c->c[i].kind != COLUMN_LEFT_OUT &&
			str_eq(c->c[i].name, col->name))
			return true;
	}
	return false;
}

struct err *
columns_read(struct ctx *cx, const struct csv_row *head, bool skip_unknown, struct columns *out)
{
	struct err *e = NULL;
	bool sku = false;

	*out = (struct columns){ ARENA_ARRAY(cx->arena, head->n, struct column), 0 };
	for (size_t i = 0; i < head->n; i++) {
		struct column *col = &out->c[out->n++];

		*col = (struct column){ .product = -1, .variant = -1 };
		col->name = normal(cx->arena, head->cells[i]);
		if (!resolve(cx->arena, col, head->cells[i]) && !skip_unknown && col->name.n)
			unknown(cx, &e, col);
		if (is_there_twice(out, col))
			err_field(cx->arena, &e, col->name, REASON_TWICE,
				"the column %.*s is there twice", STRF(col->name));
		sku |= col->kind == COLUMN_SKU;
	}
	if (!sku)
		err_field(cx->arena, &e, STR("sku"), REASON_REQUIRED, "there is no column sku");
	return e;
}

struct str
columns_cell(const struct columns *c, const struct str *cells, enum column_kind kind)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->c[i].kind == kind)
			return cells[i];
	}
	return (struct str){ 0 };
}

/* ---- rows */

static void
put_text(struct buf *b, struct str cell)
{
	json_out_string(b, cell);
}

/* "12,50" where a point was meant: digits, one comma, digits. */
static bool
has_decimal_comma(struct str s)
{
	size_t comma = str_find(s, ',');

	if (comma == s.n)
		return false;
	for (size_t i = s.p[0] == '-'; i < s.n; i++) {
		if (i != comma && (s.p[i] < '0' || s.p[i] > '9'))
			return false;
	}
	return true;
}

/* What is no number is passed on as text, and refused by the field with its own words. */
static void
put_number(struct buf *b, struct str cell)
{
	size_t comma = str_find(cell, ',');
	struct json_fault fault;
	size_t from = b->n;

	if (has_decimal_comma(cell)) {
		buf_str(b, str_cut(cell, 0, comma));
		buf_char(b, '.');
		buf_str(b, str_cut(cell, comma + 1, cell.n));
	} else {
		buf_str(b, cell);
	}
	if (!b->overflow && json_scan((struct str){ b->p + from, b->n - from }, 1, &fault) &&
		(cell.p[0] == '-' || (cell.p[0] >= '0' && cell.p[0] <= '9')))
		return;
	b->n = from;
	json_out_string(b, cell);
}

static void
put_bool(struct buf *b, struct str cell)
{
	static const char *const yes[] = { "true", "yes", "1" },
				 *const no[] = { "false", "no", "0" };

	for (size_t i = 0; i < COUNT(yes); i++) {
		bool is_yes = str_eq_nocase(cell, str_of(yes[i]));

		if (!is_yes && !str_eq_nocase(cell, str_of(no[i])))
			continue;
		buf_z(b, is_yes ? "true" : "false");
		return;
	}
	json_out_string(b, cell);
}

/* {"size":"L"} as it stands, if it is JSON. */
static void
put_json(struct buf *b, struct str cell)
{
	struct json_fault fault;

	if (json_scan(cell, JSON_MAX_DEPTH, &fault))
		buf_str(b, cell);
	else
		json_out_string(b, cell);
}

static void (*const put_cell[TYPE__MAX])(struct buf *b, struct str cell) = {
	[T_BOOL] = put_bool,
	[T_INT] = put_number,
	[T_DECIMAL] = put_number,
	[T_PRICE] = put_number,
	[T_AMOUNT] = put_number,
	[T_STRING] = put_text,
	[T_LANG] = put_text,
	[T_ENUM] = put_text,
	[T_TIME] = put_text,
	[T_ID] = put_text,
	[T_MAP] = put_json,
	[T_PRICES] = put_json,
	[T_LIST] = put_json,
	[T_OBJECT] = put_json,
	[T_OBJECTS] = put_json,
};

/* A row being written as an object of the API. */
struct putting {
	struct buf *b;
	const struct ctx *cx;
	const struct columns *c;
	const struct str *cells;
	const struct resource *resource;
};

static int
field_of(const struct putting *p, const struct column *col)
{
	if (col->kind != COLUMN_FIELD)
		return -1;
	return p->resource == &product_resource ? col->product : col->variant;
}

/* A text in several languages, as a map. */
static void
put_languages(const struct putting *p, int field)
{
	buf_char(p->b, '{');
	for (size_t i = 0; i < p->c->n; i++) {
		const struct column *col = &p->c->c[i];

		if (field_of(p, col) != field || !p->cells[i].n)
			continue;
		json_out_comma(p->b);
		json_out_string(p->b, col->sub.n ? col->sub : p->cx->language);
		buf_char(p->b, ':');
		json_out_string(p->b, p->cells[i]);
	}
	buf_char(p->b, '}');
}

static void
put_field(const struct putting *p, int field)
{
	struct str plain = { 0 };
	bool languages = false;

	for (size_t i = 0; i < p->c->n; i++) {
		const struct column *col = &p->c->c[i];

		if (field_of(p, col) != field || !p->cells[i].n)
			continue;
		languages |= col->sub.n > 0;
		if (!col->sub.n)
			plain = p->cells[i];
	}
	if (!plain.n && !languages)
		return;
	json_out_name(p->b, p->resource->plan->fields[field].name);
	if (languages)
		put_languages(p, field);
	else
		put_cell[p->resource->fields[field].type](p->b, plain);
}

static void
put_fields(const struct putting *p)
{
	for (size_t i = 0; i < p->resource->nfields; i++)
		put_field(p, (int)i);
}

/* The cells of columns of that kind, as a map. */
static void
put_map(const struct putting *p, struct str name, enum column_kind kind)
{
	bool begun = false;

	for (size_t i = 0; i < p->c->n; i++) {
		const struct column *col = &p->c->c[i];

		if (col->kind != kind || !p->cells[i].n)
			continue;
		if (!begun) {
			json_out_name(p->b, name);
			buf_char(p->b, '{');
		}
		begun = true;
		json_out_comma(p->b);
		json_out_string(p->b, col->sub);
		buf_char(p->b, ':');
		json_out_string(p->b, p->cells[i]);
	}
	if (begun)
		buf_char(p->b, '}');
}

static void
put_text_member(const struct putting *p, struct str name, enum column_kind kind)
{
	struct str cell = columns_cell(p->c, p->cells, kind);

	if (!cell.n)
		return;
	json_out_name(p->b, name);
	json_out_string(p->b, cell);
}

void
columns_put_product(
	struct buf *b, const struct ctx *cx, const struct columns *c, const struct str *cells)
{
	const struct putting p = { b, cx, c, cells, &product_resource };

	put_text_member(&p, STR("sku"), COLUMN_SKU);
	put_fields(&p);
	put_map(&p, STR("metadata"), COLUMN_METADATA);
}

void
columns_put_variant(
	struct buf *b, const struct ctx *cx, const struct columns *c, const struct str *cells)
{
	const struct putting p = { b, cx, c, cells, &variant_resource };

	put_text_member(&p, STR("sku"), COLUMN_SKU);
	put_fields(&p);
	put_map(&p, STR("attributes"), COLUMN_ATTRIBUTE);
	put_text_member(&p, STR("image"), COLUMN_IMAGE);
}

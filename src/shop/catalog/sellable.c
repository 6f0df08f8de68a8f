/*
 * What selling something asks for. One statement answers for all lines of a cart at once: the lines go in as one
 * JSON text, so that the statement is the same however many they are.
 */
#include "base/currency.h"
#include "base/json_out.h"
#include "db/db.h"
#include "model/price.h"
#include "shop/catalog/catalog.h"
#include "shop/catalog/sellable_memory.h"

#define LINES_BYTES ((size_t)1 << 22)

/* What the statement reads, in its order. */
enum cell {
	C_AT,
	C_PRODUCT,
	C_NAME,
	C_STATUS,
	C_VERSION,
	C_VARIANTS,
	C_SKU,
	C_PRICE,
	C_PRICES,
	C_COST,
	C_TAX_CLASS,
	C_CATEGORIES,
	C_WEIGHT,
	C_WEIGHT_UNIT,
	C_TRACK_INVENTORY,
	C_VARIANT,
	C_VARIANT_PRODUCT,
	C_VARIANT_NAME,
	C_VARIANT_ATTRIBUTES,
	C_VARIANT_SKU,
	C_VARIANT_PRICE,
	C_VARIANT_PRICES,
	C_VARIANT_COST,
	C_VARIANT_WEIGHT,
	C_VARIANT_WEIGHT_UNIT,
};

bool
catalog_currency(struct ctx *cx, struct str code, struct sale_currency *out)
{
	char letters[3];

	*out = (struct sale_currency){ .digits = currency_digits(code) };
	if (out->digits < 0)
		return false;
	for (size_t i = 0; i < sizeof(letters); i++)
		letters[i] = (char)(code.p[i] & ~0x20);
	out->code = str_dup(cx->arena, (struct str){ letters, sizeof(letters) });
	if (str_eq(out->code, cx->currency))
		return true;
	return rate_find(cx->currency, out->code, &out->rate);
}

/* The lines as the statement reads them: [{"p":123,"v":789},{"s":"MUG"}]. */
static struct str
lines_text(struct arena *a, struct sellable *const *all, size_t n)
{
	struct buf b;

	buf_init(&b, a, n * 40 + 16, LINES_BYTES);
	buf_char(&b, '[');
	for (size_t i = 0; i < n; i++) {
		const struct sellable *s = all[i];

		json_out_comma(&b);
		buf_char(&b, '{');
		if (s->product.n) {
			JSON_OUT_NAME(&b, "p");
			buf_int(&b, s->product.n);
		}
		if (s->variant.n) {
			JSON_OUT_NAME(&b, "v");
			buf_int(&b, s->variant.n);
		}
		if (!s->product.n && !s->variant.n) {
			JSON_OUT_NAME(&b, "s");
			json_out_string(&b, s->sku);
		}
		buf_char(&b, '}');
	}
	buf_char(&b, ']');
	must(!b.overflow);
	return buf_view(&b);
}

/* What the variant says, else what the product says. */
static const struct db_value *
own_or(const struct db_value *c, enum cell variant, enum cell product)
{
	return c[variant].kind == DB_NULL ? &c[product] : &c[variant];
}

static bool
explicit_price(
	struct ctx *cx, const struct sale_currency *in, const struct db_value *prices, int64_t *out)
{
	return prices->kind != DB_NULL &&
		price_explicit(cx->arena, prices->s, in->code, in->digits, out);
}

/* A price of its own, in whatever currency, is more to a variant than any of its product. False: too large to be converted. */
static bool
fill_price(struct ctx *cx, const struct sale_currency *in, const struct db_value *c,
	struct sellable *s)
{
	const struct db_value *own = own_or(c, C_VARIANT_PRICE, C_PRICE);

	if (!in->rate.n) {
		s->list_minor = own->i;
		return true;
	}
	if (explicit_price(cx, in, &c[C_VARIANT_PRICES], &s->list_minor))
		return true;
	if (c[C_VARIANT_PRICE].kind == DB_NULL &&
		explicit_price(cx, in, &c[C_PRICES], &s->list_minor))
		return true;
	s->converted = true;
	return rate_convert(in->rate, own->i, cx->currency_digits, in->digits, &s->list_minor);
}

static void
fill_categories(struct arena *a, struct str slugs, struct sellable *s)
{
	size_t n = 1;
	struct str *list, one;

	s->ncategories = 0;
	if (!slugs.n)
		return;
	for (size_t i = 0; i < slugs.n; i++)
		n += slugs.p[i] == ',';
	list = ARENA_ARRAY(a, n, struct str);
	while (str_split(&slugs, ',', &one))
		list[s->ncategories++] = one;
	s->categories = list;
}

static void
fill_facts(struct ctx *cx, const struct db_value *c, struct sellable *s)
{
	bool own_weight = c[C_VARIANT_WEIGHT].kind != DB_NULL;

	s->product.n = c[C_PRODUCT].i;
	if (c[C_VARIANT].kind != DB_NULL)
		s->variant.n = c[C_VARIANT].i;
	s->sku = own_or(c, C_VARIANT_SKU, C_SKU)->s;
	s->product_sku = c[C_SKU].s;
	s->name = c[C_NAME].s;
	s->variant_name = c[C_VARIANT_NAME].s;
	s->attributes = c[C_VARIANT_ATTRIBUTES].s;
	s->variants = c[C_VARIANTS].i;
	s->cost_minor = own_or(c, C_VARIANT_COST, C_COST)->kind == DB_NULL
		? -1
		: own_or(c, C_VARIANT_COST, C_COST)->i;
	s->tax_class = c[C_TAX_CLASS].s;
	s->weight = c[own_weight ? C_VARIANT_WEIGHT : C_WEIGHT].s;
	s->weight_unit = c[own_weight ? C_VARIANT_WEIGHT_UNIT : C_WEIGHT_UNIT].s;
	s->track_inventory = c[C_TRACK_INVENTORY].i != 0;
	fill_categories(cx->arena, c[C_CATEGORIES].s, s);
}

static enum sellable_state
state_of(const struct db_value *c, struct id wanted_variant)
{
	bool kind = c[C_VARIANT].kind != DB_NULL;

	if (c[C_PRODUCT].kind == DB_NULL && !wanted_variant.n)
		return SELLABLE_UNKNOWN;
	if (wanted_variant.n && !kind)
		return SELLABLE_UNKNOWN_VARIANT;
	if (c[C_PRODUCT].kind == DB_NULL)
		return SELLABLE_UNKNOWN;
	if (kind && c[C_VARIANT_PRODUCT].i != c[C_PRODUCT].i)
		return SELLABLE_OF_ANOTHER;
	if (str_eq(c[C_STATUS].s, STR("archived")))
		return SELLABLE_ARCHIVED;
	if (!str_eq(c[C_STATUS].s, STR("active")))
		return SELLABLE_DRAFT;
	return !kind && c[C_VARIANTS].i > 0 ? SELLABLE_WHICH_VARIANT : SELLABLE;
}

static void
fill(struct ctx *cx, const struct sale_currency *in, const struct db_value *c, struct sellable *s)
{
	bool priced;

	s->state = state_of(c, s->variant);
	s->cost_minor = -1;
	if (c[C_PRODUCT].kind == DB_NULL || s->state == SELLABLE_OF_ANOTHER)
		return;
	fill_facts(cx, c, s);
	priced = fill_price(cx, in, c, s);
	if (s->state == SELLABLE && !priced)
		s->state = SELLABLE_TOO_DEAR;
}

/* True for a product of one variant that was read without it. */
static bool
is_only_kind(const struct sellable *s, bool by_id)
{
	return by_id && s->state == SELLABLE_WHICH_VARIANT && s->variants == 1;
}

/* What both statements read, whose order is that of enum cell; prices elsewhere only when they are asked for. */
#define COLUMNS                                                                                    \
	"SELECT l.at, p.id, p.name, p.status, p.version, p.variants_count, p.sku, p.price, IF(?, " \
	"p.prices, NULL), p.cost, p.tax_class, p.categories, p.weight, p.weight_unit, "            \
	"p.track_inventory, v.id, v.product_id, v.name, v.attributes, v.sku, v.price, IF(?, "      \
	"v.prices, NULL), v.cost, v.weight, v.weight_unit "

/* The variant is the one that is named, that a SKU names, or the only one. */
static struct err *
read_any(struct ctx *cx, struct str lines, bool elsewhere, struct db_rows *rows)
{
	return db_query(cx, rows,
		COLUMNS
		"FROM JSON_TABLE(?, '$[*]' COLUMNS (at FOR ORDINALITY, p BIGINT PATH '$.p', v "
		"BIGINT PATH '$.v', s VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin "
		"PATH '$.s')) l "
		"LEFT JOIN skus k ON k.tenant_id = ? AND k.sku = l.s "
		"LEFT JOIN variants n ON n.tenant_id = ? AND n.id = COALESCE(l.v, k.variant_id) "
		"LEFT JOIN products p ON p.tenant_id = ? AND p.id = COALESCE(l.p, n.product_id, "
		"k.product_id) "
		"LEFT JOIN variants v ON v.tenant_id = ? AND v.id = COALESCE(n.id, "
		"IF(l.v IS NULL AND p.variants_count = 1, (SELECT o.id FROM variants o WHERE "
		"o.tenant_id = p.tenant_id AND o.product_id = p.id LIMIT 1), NULL))",
		db_int(elsewhere), db_int(elsewhere), db_text(lines), db_id(cx->tenant),
		db_id(cx->tenant), db_id(cx->tenant), db_id(cx->tenant));
}

/* Where each says its product, and its variant if it has any: half the work. */
static struct err *
read_by_id(struct ctx *cx, struct str lines, bool elsewhere, struct db_rows *rows)
{
	return db_query(cx, rows,
		COLUMNS
		"FROM JSON_TABLE(?, '$[*]' COLUMNS (at FOR ORDINALITY, p BIGINT PATH '$.p', v "
		"BIGINT PATH '$.v')) l "
		"LEFT JOIN products p ON p.tenant_id = ? AND p.id = l.p "
		"LEFT JOIN variants v ON v.tenant_id = ? AND v.id = l.v",
		db_int(elsewhere), db_int(elsewhere), db_text(lines), db_id(cx->tenant),
		db_id(cx->tenant));
}

/* Those that are not remembered. */
struct asking {
	const struct sale_currency *in;
	struct sellable **s;
	size_t n;
};

static struct err *
read_all(struct ctx *cx, const struct asking *ask, bool by_id)
{
	struct sellable_reading *rd = ARENA_ARRAY(cx->arena, ask->n, struct sellable_reading);
	struct str lines = lines_text(cx->arena, ask->s, ask->n);
	struct db_rows rows = { 0 };
	struct err *e;

	for (size_t i = 0; i < ask->n; i++)
		sellable_begin(cx, ask->s[i], &rd[i]);
	e = (by_id ? read_by_id : read_any)(cx, lines, ask->in->rate.n != 0, &rows);
	if (e)
		return e;
	must(rows.n == ask->n);
	for (size_t i = 0; i < rows.n; i++) {
		const struct db_value *c = db_row(&rows, i);
		size_t at = (size_t)c[C_AT].i - 1;

		must(at < ask->n);
		fill(cx, ask->in, c, ask->s[at]);
		rd[at].version = c[C_VERSION].i;
		if (rd[at].product.n && c[C_PRODUCT].kind != DB_NULL &&
			!is_only_kind(ask->s[at], by_id))
			sellable_keep(cx, ask->in, &rd[at], ask->s[at]);
	}
	return NULL;
}

/* Whose one variant is still to be found. */
static void
keep_only_kinds(struct asking *ask)
{
	size_t n = 0;

	for (size_t i = 0; i < ask->n; i++) {
		if (is_only_kind(ask->s[i], true))
			ask->s[n++] = ask->s[i];
	}
	ask->n = n;
}

struct err *
catalog_sellables(struct ctx *cx, const struct sale_currency *in, struct sellable *s, size_t n)
{
	struct asking ask = { in, ARENA_ARRAY(cx->arena, n, struct sellable *), 0 };
	bool by_id = true;
	struct err *e;

	for (size_t i = 0; i < n; i++) {
		if (sellable_recall(cx, in, &s[i]))
			continue;
		by_id = by_id && s[i].product.n;
		ask.s[ask.n++] = &s[i];
	}
	if (!ask.n)
		return NULL;
	e = read_all(cx, &ask, by_id);
	if (e || !by_id)
		return e;
	keep_only_kinds(&ask);
	return ask.n ? read_all(cx, &ask, false) : NULL;
}

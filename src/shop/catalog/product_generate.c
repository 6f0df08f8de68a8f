/*
 * Products by the hundred thousand, to measure with: names, prices and texts like a real shop's, always
 * the same for the same number. They go into the tables in rows of many, so this file knows the
 * columns of sql/0002_catalog.sql; the check of the schema against the descriptors holds for it too.
 */
#include "base/clock.h"
#include "base/decimal.h"
#include "base/id.h"
#include "db/db.h"
#include "shop/catalog/catalog.h"

#define PER_TRANSACTION 1000
#define YEAR_MS (INT64_C(365) * 86400000)
#define SKU_PREFIX "GEN-"
#define MOST INT64_C(50000000) /* so that eight digits are enough for twice that */

static const char *const looks[] = { "Classic", "Compact", "Modern", "Rustic", "Slim", "Sturdy",
	"Vintage", "Light", "Handmade", "Everyday", "Nordic", "Deluxe", "Folding", "Travel", "Eco",
	"Studio" };
static const char *const stuffs[] = { "Oak", "Steel", "Cotton", "Linen", "Leather", "Ceramic",
	"Glass", "Bamboo", "Wool", "Copper", "Cork", "Felt" };
static const char *const things[] = { "Lamp", "Chair", "Mug", "Backpack", "Notebook", "Watch",
	"Blanket", "Bottle", "Wallet", "Clock", "Cushion", "Tray", "Basket", "Apron", "Speaker",
	"Stool", "Vase", "Candle", "Scarf", "Bowl" };
static const char *const brands[] = { "Auricle", "Birch & Co", "Calder", "Dunmore", "Ember",
	"Fjord", "Granite", "Hollis", "Ivo", "Juniper", "Kestrel", "Larkspur", "Mason", "Norden",
	"Ostara", "Pike" };

struct values {
	struct db_value *v;
	size_t n;
};

/* One transaction's worth of rows. */
struct batch {
	const struct catalog_generation *g;
	int64_t first, n;         /* numbers of its products */
	int64_t from_ms, each_us; /* when the first was made, and how far they are apart */
	struct values products, skus, variants, images;
};

/* A well-mixed number of (n, what), the same every time (SplitMix64). */
static uint64_t
mixed(int64_t n, uint64_t what)
{
	uint64_t x =
		(uint64_t)n * UINT64_C(0x9e3779b97f4a7c15) + what * UINT64_C(0xd1b54a32d192ed03);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

#define PICK(words, n, what) ((words)[mixed((n), (what)) % COUNT(words)])

static void
put(struct values *to, struct db_value v)
{
	to->v[to->n++] = v;
}

/* Most things are cheap: 0.99 to about 500, ending in .99, .50 or .00. */
static int64_t
price_of(int64_t n)
{
	static const int64_t ends[] = { 99, 99, 50, 0 };
	int64_t a = (int64_t)(mixed(n, 1) % 23), b = (int64_t)(mixed(n, 2) % 23);

	return a * b * 100 + PICK(ends, n, 3);
}

/* An EAN-13 of the range that shops use among themselves (GS1: 20 to 29). */
static struct str
barcode_of(struct ctx *cx, int64_t n)
{
	struct str s = str_fmt(cx->arena, "20%010" PRId64, n);
	int sum = 0;

	for (size_t i = 0; i < s.n; i++)
		sum += (s.p[i] - '0') * (i % 2 ? 3 : 1);
	return str_fmt(cx->arena, "%.*s%d", STRF(s), (10 - sum % 10) % 10);
}

static struct str
weight_of(struct ctx *cx, int64_t n)
{
	char text[DECIMAL_TEXT];
	size_t len = decimal_render((int64_t)(mixed(n, 4) % 90000) + 500, 4, text);

	return str_dup(cx->arena, (struct str){ text, len });
}

static void
put_sku(struct ctx *cx, struct batch *b, struct str sku, struct id product, struct id variant)
{
	put(&b->skus, db_id(cx->tenant));
	put(&b->skus, db_text(sku));
	put(&b->skus, db_id(product));
	put(&b->skus, db_id(variant));
}

static void
put_variant(struct ctx *cx, struct batch *b, struct id product, struct str sku, int position)
{
	static const char *const sizes[] = { "S", "L" };
	struct id id = id_new();
	struct str own = str_fmt(cx->arena, "%.*s-%s", STRF(sku), sizes[position]);

	put(&b->variants, db_id(cx->tenant));
	put(&b->variants, db_id(id));
	put(&b->variants, db_id(product));
	put(&b->variants, db_time(b->from_ms));
	put(&b->variants, db_time(b->from_ms));
	put(&b->variants, db_text(own));
	put(&b->variants, db_text(position ? STR("Large") : STR("Small")));
	put(&b->variants, db_text(position ? STR("{\"size\":\"L\"}") : STR("{\"size\":\"S\"}")));
	put(&b->variants, db_int(position));
	put_sku(cx, b, own, product, id);
}

static void
put_image(struct ctx *cx, struct batch *b, struct id product, struct str sku)
{
	put(&b->images, db_id(cx->tenant));
	put(&b->images, db_id(id_new()));
	put(&b->images, db_id(product));
	put(&b->images, db_time(b->from_ms));
	put(&b->images, db_time(b->from_ms));
	put(&b->images, db_text(str_fmt(cx->arena, "https://img.example.com/%.*s.jpg", STRF(sku))));
}

static void
put_product(struct ctx *cx, struct batch *b, int64_t n)
{
	struct id id = id_new();
	struct str sku = str_fmt(cx->arena, SKU_PREFIX "%08" PRId64, n);
	struct str name = str_fmt(
		cx->arena, "%s %s %s", PICK(looks, n, 5), PICK(stuffs, n, 6), PICK(things, n, 7));
	int64_t at = b->from_ms + (n - b->first) * b->each_us / 1000;

	put(&b->products, db_id(cx->tenant));
	put(&b->products, db_id(id));
	put(&b->products, db_time(at));
	put(&b->products, db_time(at));
	put(&b->products, db_text(name));
	put(&b->products, db_text(str_fmt(cx->arena, "%.*s, made to last.", STRF(name))));
	put(&b->products, db_text(sku));
	put(&b->products, db_int(price_of(n)));
	put(&b->products, db_text(cx->currency));
	put(&b->products, db_text(mixed(n, 8) % 10 ? STR("active") : STR("draft")));
	put(&b->products, db_text(str_of(PICK(brands, n, 9))));
	put(&b->products, db_text(barcode_of(cx, n)));
	put(&b->products, db_text(weight_of(cx, n)));
	put(&b->products, db_int(b->g->variants ? 2 : 0));
	put(&b->products, db_int(b->g->variants ? 1 : 0));
	put_sku(cx, b, sku, id, ID_NONE);
	if (!b->g->variants)
		return;
	put_variant(cx, b, id, sku, 0);
	put_variant(cx, b, id, sku, 1);
	put_image(cx, b, id, sku);
}

static void
make_room(struct ctx *cx, struct batch *b)
{
	size_t n = (size_t)b->n;

	b->products = (struct values){ ARENA_ARRAY(cx->arena, n * 15, struct db_value), 0 };
	b->skus = (struct values){ ARENA_ARRAY(cx->arena, n * 3 * 4, struct db_value), 0 };
	b->variants = (struct values){ ARENA_ARRAY(cx->arena, n * 2 * 9, struct db_value), 0 };
	b->images = (struct values){ ARENA_ARRAY(cx->arena, n * 6, struct db_value), 0 };
}

static struct err *
insert(struct ctx *cx, const struct batch *b)
{
	struct err *e = db_insert_rows(cx,
		"INSERT INTO products (tenant_id, id, created_at, updated_at, name, description, "
		"sku, price,"
		" currency, status, brand, barcode, weight, weight_unit, variants_count, "
		"images_count) VALUES",
		"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'kg', ?, ?)", b->products.v,
		b->products.n);

	e = e ? e
	      : db_insert_rows(cx,
			"INSERT INTO variants (tenant_id, id, product_id, created_at, updated_at, "
			"sku, name,"
			" attributes, position) VALUES",
			"(?, ?, ?, ?, ?, ?, ?, ?, ?)", b->variants.v, b->variants.n);
	e = e ? e
	      : db_insert_rows(cx,
			"INSERT INTO images (tenant_id, id, product_id, created_at, updated_at, "
			"url) VALUES",
			"(?, ?, ?, ?, ?, ?)", b->images.v, b->images.n);
	return e ? e
		 : db_insert_rows(cx,
			   "INSERT INTO skus (tenant_id, sku, product_id, variant_id) VALUES",
			   "(?, ?, ?, ?)", b->skus.v, b->skus.n);
}

static struct err *
write_batch(struct ctx *cx, void *arg)
{
	struct batch b = *(const struct batch *)arg;

	make_room(cx, &b);
	for (int64_t i = 0; i < b.n; i++)
		put_product(cx, &b, b.first + i);
	return insert(cx, &b);
}

/* The number behind the highest that was ever made. */
static struct err *
next_number(struct ctx *cx, int64_t *out)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT sku FROM skus WHERE tenant_id = ? AND sku LIKE 'GEN-________'"
		" ORDER BY sku DESC LIMIT 1",
		db_id(cx->tenant));

	*out = 1;
	if (!e && rows.n &&
		str_int(str_cut(db_row(&rows, 0)->s, strlen(SKU_PREFIX), SIZE_MAX), out))
		++*out;
	return e;
}

struct err *
catalog_generate(struct ctx *cx, const struct catalog_generation *g)
{
	struct arena_mark mark = arena_mark(cx->arena);
	struct batch b = { .g = g };
	int64_t now = clock_now_ms();
	struct err *e = next_number(cx, &b.first);

	must(g->products > 0 && g->products <= MOST);
	b.each_us = YEAR_MS * 1000 / g->products;
	for (int64_t done = 0; !e && done < g->products; done += b.n) {
		b.n = MIN(g->products - done, PER_TRANSACTION);
		b.from_ms = now - YEAR_MS + done * b.each_us / 1000;
		e = db_tx(cx, write_batch, &b);
		if (e)
			break;
		b.first += b.n;
		arena_rewind(cx->arena, mark);
		if (g->told)
			g->told(done + b.n);
	}
	return e;
}

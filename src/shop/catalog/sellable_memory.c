/*
 * A table of the worker's own. What stands in it is never changed, only replaced; when it has grown large, all of it is
 * forgotten at once. Nothing is right because it is young: the board must know the product's version, and that be the one
 * that was read.
 */
#include "shop/catalog/sellable_memory.h"

#include "base/board.h"

#define PLACES 4096
#define BYTES_MOST ((size_t)2 << 20)
#define BYTES_ENOUGH ((size_t)1 << 20) /* then it is emptied */

struct kept {
	struct id tenant, product, variant; /* as it was asked for */
	struct str currency;
	struct rate rate;
	int64_t version;
	struct sellable s;
};

static struct {
	struct arena *arena;
	const struct kept *places[PLACES];
} memory;

static uint64_t
key_of(const struct ctx *cx, struct id product)
{
	return board_key(cx->tenant, product_resource.prefix, product);
}

static const struct kept **
place_of(uint64_t key, struct id variant)
{
	return &memory.places[(key ^ (uint64_t)variant.n * UINT64_C(0x9e3779b97f4a7c15)) % PLACES];
}

/* With all that it points to. */
static struct sellable
copy_of(struct arena *a, const struct sellable *from)
{
	struct sellable s = *from;
	struct str *const texts[] = { &s.sku, &s.product_sku, &s.name, &s.variant_name,
		&s.attributes, &s.tax_class, &s.weight, &s.weight_unit };
	struct str *categories = ARENA_ARRAY(a, s.ncategories, struct str);

	for (size_t i = 0; i < COUNT(texts); i++) {
		if (texts[i]->p)
			*texts[i] = str_dup(a, *texts[i]);
	}
	for (size_t i = 0; i < s.ncategories; i++)
		categories[i] = str_dup(a, from->categories[i]);
	s.categories = categories;
	return s;
}

static void
make_room(void)
{
	if (!memory.arena)
		memory.arena = arena_new("sellables", BYTES_MOST);
	if (arena_used(memory.arena) < BYTES_ENOUGH)
		return;
	memset(memory.places, 0, sizeof(memory.places));
	arena_reset(memory.arena);
}

void
sellable_begin(const struct ctx *cx, const struct sellable *wanted, struct sellable_reading *rd)
{
	*rd = (struct sellable_reading){ .product = wanted->product, .variant = wanted->variant };
	if (rd->product.n)
		rd->ticket = board_ticket(key_of(cx, rd->product));
}

void
sellable_keep(struct ctx *cx, const struct sale_currency *in, const struct sellable_reading *rd,
	const struct sellable *found)
{
	uint64_t key = key_of(cx, rd->product);
	struct kept *kept;

	board_put(key, rd->ticket, rd->version);
	if (board_version(key) != rd->version)
		return;
	make_room();
	kept = ARENA_NEW(memory.arena, struct kept);
	*kept = (struct kept){
		.tenant = cx->tenant,
		.product = rd->product,
		.variant = rd->variant,
		.currency = str_dup(memory.arena, in->code),
		.rate = in->rate,
		.version = rd->version,
		.s = copy_of(memory.arena, found),
	};
	*place_of(key, rd->variant) = kept;
}

bool
sellable_recall(struct ctx *cx, const struct sale_currency *in, struct sellable *s)
{
	uint64_t key = key_of(cx, s->product);
	const struct kept *k = s->product.n ? *place_of(key, s->variant) : NULL;

	if (!k || k->tenant.n != cx->tenant.n || k->product.n != s->product.n ||
		k->variant.n != s->variant.n || !str_eq(k->currency, in->code) ||
		k->rate.n != in->rate.n || k->rate.scale != in->rate.scale ||
		board_version(key) != k->version)
		return false;
	*s = copy_of(cx->arena, &k->s);
	return true;
}

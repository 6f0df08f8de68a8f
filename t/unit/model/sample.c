/* The catalogue of the engine's tests. Its tables are those of sql/0002_catalog.sql, less some columns. */
#include "sample.h"

#include "base/crypto.h"
#include "tap.h"

#include <sys/stat.h>
#include <unistd.h>

static const struct choice statuses[] = {
	{ "draft", "not shown" },
	{ "active", "on sale" },
	{ "archived", "kept" },
};

static const struct field product_fields[P__MAX] = {
	[P_NAME] = LANG("name", DOC("Name."), .flags = F_REQUIRED | F_FILTER | F_SORT | F_SEARCH,
		.index = "name", .example = "Lamp"),
	[P_SKU] = STRING("sku", DOC("Number."),
		.flags = F_REQUIRED | F_KEY | F_FILTER | F_SORT | F_SEARCH, .index = "sku",
		.example = "L-1"),
	[P_PRICE] = PRICE("price", DOC("Price."), .flags = F_REQUIRED | F_FILTER | F_SORT,
		.index = "price", .example = "1.50"),
	[P_COST] = PRICE("cost", DOC("Cost."), .flags = F_FILTER, .scope = "products:cost"),
	[P_STATUS] = ENUM("status", statuses, DOC("Status."), .flags = F_FILTER, .index = "status",
		.initial = "draft"),
	[P_BRAND] = STRING("brand", DOC("Brand."), .flags = F_FILTER | F_SORT, .index = "brand"),
	[P_WEIGHT] = DECIMAL("weight", 4, DOC("Weight."), .flags = F_FILTER),
	[P_NOTE] = STRING("tax_class", DOC("Ours."), .flags = F_INTERNAL | F_FILTER),
	[P_TOKEN] = STRING("token", DOC("Shown once."), .flags = F_ONCE | F_READ_ONLY),
};

static const struct relation product_relations[] = {
	[P_CATEGORIES] = LINK("categories", "category", "product_categories", DOC("Shelves."),
		.by = "slug", .max = 20),
	[P_VARIANTS] = MANY(
		"variants", "variant", "product_id", DOC("Kinds."), .flags = R_INLINE, .max = 2000),
	[P_IMAGES] = MANY("images", "image", "product_id", DOC("Pictures."), .max = 50),
};

static const struct shorthand product_shorthands[] = {
	SHORT("status", "status", DOC("Status.")),
	SHORT("category", "categories", DOC("Category.")),
};

const struct resource sample_product = {
	.name = "product",
	.plural = "products",
	.prefix = "prod",
	.table = "products",
	DOC("A product."),
	.key_sql = "SELECT product_id FROM skus WHERE tenant_id = ? AND sku = ?",
	FIELDS(product_fields),
	RELATIONS(product_relations),
	SHORTHANDS(product_shorthands),
	.verbs = V_CRUD | V_READABLE_ARCHIVED,
	STATUS(P_STATUS, 2),
	SCOPES("products"),
	EVENTS("product"),
	PLAN,
};

static const struct field variant_fields[V__MAX] = {
	[V_SKU] = STRING("sku", DOC("Number."), .flags = F_REQUIRED | F_SORT, .index = "sku",
		.example = "V-1"),
	[V_COST] = PRICE("cost", DOC("Cost."), .scope = "products:cost"),
	[V_POSITION] = INTEGER("position", DOC("Place."), .flags = F_SORT, .index = "product"),
};

const struct resource sample_variant = {
	.name = "variant",
	.plural = "variants",
	.prefix = "var",
	.table = "variants",
	DOC("A kind of product."),
	.parent = "product",
	.parent_column = "product_id",
	.order_column = "position",
	FIELDS(variant_fields),
	.verbs = V_LIST | V_GET,
	NO_STATUS,
	SCOPES("products"),
	PLAN,
};

static const struct field image_fields[] = {
	STRING("url", DOC("Where."), .flags = F_REQUIRED, .example = "https://example.com/a.png"),
};

const struct resource sample_image = {
	.name = "image",
	.plural = "images",
	.prefix = "img",
	.table = "images",
	DOC("A picture."),
	.parent = "product",
	.parent_column = "product_id",
	FIELDS(image_fields),
	.verbs = V_LIST | V_GET,
	NO_STATUS,
	SCOPES("products"),
	PLAN,
};

static const struct field category_fields[] = {
	STRING("slug", DOC("Word."), .flags = F_REQUIRED | F_KEY, .example = "audio"),
};

const struct resource sample_category = {
	.name = "category",
	.plural = "categories",
	.prefix = "cat",
	.table = "categories",
	DOC("A shelf."),
	FIELDS(category_fields),
	.verbs = V_LIST | V_GET,
	NO_STATUS,
	SCOPES("products"),
	PLAN,
};

static const struct field entry_fields[E__MAX] = {
	[E_ACTION] = STRING("action", DOC("What."), .flags = F_READ_ONLY | F_FILTER | F_SORT,
		.index = "action"),
	[E_VERB] = STRING(
		"verb", DOC("A word of it."), .flags = F_READ_ONLY | F_FILTER, .index = "verb"),
	[E_KIND] = STRING("kind", DOC("Of what."), .flags = F_READ_ONLY | F_FILTER),
	[E_OBJECT] = REF_OF("object_id", "kind", DOC("To which."), .flags = F_READ_ONLY | F_FILTER,
		.index = "object", .example = "prod_123"),
	[E_CHANGES] = CHANGES("changes", DOC("How."), .flags = F_READ_ONLY,
		.example = "{\"price\":{\"old\":1,\"new\":2}}"),
};

static const struct shorthand entry_shorthands[] = {
	SHORT("action", "action", DOC("What."), .word = "verb"),
	SHORT("since", "at", DOC("From then on."), .op = "gte"),
	SHORT("until", "at", DOC("Until then."), .op = "lte"),
};

const struct resource sample_entry = {
	.name = "entry",
	.plural = "entries",
	.prefix = "ent",
	.table = "entries",
	DOC("What was done."),
	FIELDS(entry_fields),
	SHORTHANDS(entry_shorthands),
	.log_time = "at",
	.verbs = V_LIST | V_GET,
	NO_STATUS,
	.scope_read = "entries:read",
	PLAN,
};

static const struct resource *const all[] = {
	&sample_product,
	&sample_variant,
	&sample_image,
	&sample_category,
	&sample_entry,
	NULL,
};

static struct keyring *
make_ring(struct arena *a)
{
	char path[] = "/tmp/souk-sample-XXXXXX";
	int fd = mkstemp(path);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	struct keyring *ring = NULL;

	must(f);
	fputs("1 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n", f);
	must(!fclose(f));
	must(!keyring_read(a, path, &ring));
	unlink(path);
	return ring;
}

void
sample_begin(struct sample *s)
{
	static const struct str everything[] = { { "*", 1 } };
	struct err *e;

	*s = (struct sample){ .a = arena_new("test", (size_t)1 << 24) };
	e = model_link(s->a, all);
	for (struct err_detail *d = e ? e->details : NULL; d; d = d->next)
		printf("# %.*s: %.*s\n", STRF(d->field), STRF(d->message));
	CHECK(!e);
	s->cx = (struct ctx){ .arena = s->a,
		.tenant = { 7 },
		.scopes = { everything, 1 },
		.ring = make_ring(s->a),
		.currency = STR("USD"),
		.currency_digits = 2,
		.language = STR("en") };
}

void
sample_end(struct sample *s)
{
	arena_free(s->a);
}

void
sample_humble(struct sample *s)
{
	s->cx.scopes = (struct scopes){ 0 };
}

/* Columns of a product file: heads that are taken and refused, rows as bodies. */
#include "tap.h"

#include "model/plan.h"
#include "shop/catalog/product_columns.h"
#include "shop/resources.h"

#define CELLS_MAX 12

static struct arena *
linked(void)
{
	struct arena *a = arena_new("test", 4 << 20);

	CHECK(!model_link(a, shop_resources));
	return a;
}

/* Splits at '|', as many cells as there are. */
static size_t
split(const char *text, struct str cells[CELLS_MAX])
{
	struct str rest = str_of(text);
	size_t n = 0;

	while (n < CELLS_MAX && str_split(&rest, '|', &cells[n]))
		n++;
	return n;
}

static struct err *
read_head(struct ctx *cx, const char *text, struct columns *out)
{
	struct str cells[CELLS_MAX];
	struct csv_row head = { .line = 1, .cells = cells };

	head.n = split(text, cells);
	return columns_read(cx, &head, false, out);
}

void
test_product_columns__a_head_is_taken_or_told_why_not(void)
{
	static const struct {
		const char *head, *field; /* of the fault; NULL: taken */
		const char *nearest;
	} cases[] = {
		{ "sku|name|price", NULL, NULL },
		{ "SKU| Name |Tax class", NULL, NULL },
		{ "sku|name.es|description.fr|attributes.size|metadata.Supplier", NULL, NULL },
		{ "sku|parent_sku|categories|images|image|position|inventory|currency", NULL,
			NULL },
		{ "sku|prise", "prise", "price" },
		{ "sku|name.xx", "name.xx", NULL },
		{ "sku|price.es", "price.es", NULL },
		{ "sku|name|Name", "name", NULL },
		{ "name|price", "sku", NULL },
	};
	struct arena *a = linked();
	struct ctx cx = { .arena = a, .language = STR("en") };

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct columns c;
		struct err *e = read_head(&cx, cases[i].head, &c);

		tap_row("%s", cases[i].head);
		if (!cases[i].field)
			CHECK(!e);
		else if (CHECK(e != NULL))
			CHECK_STR(e->details->field, cases[i].field);
		if (e && cases[i].nearest)
			CHECK(str_ends(e->details->message, str_of(cases[i].nearest)));
	}
	arena_free(a);
}

void
test_product_columns__rows_become_bodies(void)
{
	static const struct {
		const char *head, *row;
		bool variant;
		const char *body;
	} cases[] = {
		{ "sku|name|price|status", "A|Lamp|12.50|active", false,
			"\"sku\":\"A\",\"name\":\"Lamp\",\"price\":12.50,\"status\":\"active\"" },
		{ "sku|name|price", "A||", false, "\"sku\":\"A\"" },
		{ "sku|price", "A|12,5", false, "\"sku\":\"A\",\"price\":12.5" },
		{ "sku|price", "A|1,234.50", false, "\"sku\":\"A\",\"price\":\"1,234.50\"" },
		{ "sku|price", "A|true", false, "\"sku\":\"A\",\"price\":\"true\"" },
		{ "sku|price", "A|1}", false, "\"sku\":\"A\",\"price\":\"1}\"" },
		{ "sku|name|name.es", "A|Lamp|Luz", false,
			"\"sku\":\"A\",\"name\":{\"en\":\"Lamp\",\"es\":\"Luz\"}" },
		{ "sku|metadata.Maker|attributes.size", "A|ACME|L", false,
			"\"sku\":\"A\",\"metadata\":{\"Maker\":\"ACME\"}" },
		{ "sku|name|status|attributes.size|image|position",
			"A-L|Large|active|L|https://x/|2", true,
			"\"sku\":\"A-L\",\"name\":\"Large\",\"position\":2,"
			"\"attributes\":{\"size\":\"L\"},\"image\":\"https://x/\"" },
		{ "sku|inventory|currency", "A|5|USD", true, "\"sku\":\"A\",\"inventory\":5" },
	};
	struct arena *a = linked();
	struct ctx cx = { .arena = a, .language = STR("en") };

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str cells[CELLS_MAX];
		struct columns c;
		struct buf b;

		tap_row("%s", cases[i].row);
		if (!CHECK(!read_head(&cx, cases[i].head, &c)) ||
			!CHECK(split(cases[i].row, cells) == c.n))
			continue;
		buf_init(&b, a, 64, 4096);
		buf_char(&b, '{');
		if (cases[i].variant)
			columns_put_variant(&b, &cx, &c, cells);
		else
			columns_put_product(&b, &cx, &c, cells);
		CHECK_STR(str_cut(buf_view(&b), 1, b.n), cases[i].body);
	}
	arena_free(a);
}

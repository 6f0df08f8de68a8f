/* Products and variants as bodies: what their descriptors take, and the rules that need no database. */
#include "base/json.h"
#include "model/merge.h"
#include "model/write.h"
#include "shop/catalog/catalog.h"
#include "shop/resources.h"
#include "tap.h"

#define LEAST "\"name\":\"Headphones\",\"sku\":\"H-1\",\"price\":199.99"

struct shop {
	struct arena *a;
	struct ctx cx;
};

static void
begin(struct shop *s)
{
	static const struct str scope[] = { { "products:write", 14 } };

	*s = (struct shop){ .a = arena_new("test", (size_t)1 << 24) };
	CHECK(!model_link(s->a, shop_resources));
	s->cx = (struct ctx){ .arena = s->a,
		.scopes = { scope, 1 },
		.currency = STR("EUR"),
		.currency_digits = 2,
		.language = STR("en") };
}

static struct str
faults_of(struct arena *a, const struct err *e)
{
	struct str s = STR("");

	for (const struct err_detail *d = e ? e->details : NULL; d; d = d->next)
		s = str_fmt(a, "%.*s%s%.*s %s", STRF(s), s.n ? "," : "", STRF(d->field),
			reason_word(d->reason));
	return s;
}

/* A new product of that body, as far as the rules that only look at it. */
static struct err *
create(struct shop *s, const char *body, struct rec **now)
{
	struct json *j = NULL;
	struct rec *input;
	struct err *e;

	must(!json_parse(s->a, str_of(body), &j));
	e = validate(&s->cx, &product_resource, j, true, &input);
	if (e)
		return e;
	*now = rec_new(s->a, &product_resource);
	e = merge_rec(&s->cx, *now, NULL, input);
	e = e ? e : product_resource.derive(&s->cx, *now, NULL);
	e = e ? e : product_resource.check(&s->cx, *now, NULL);
	for (size_t i = 0; i < (*now)->many[PRODUCT_VARIANTS].n; i++)
		e = err_join(e,
			variant_resource.check(&s->cx, (*now)->many[PRODUCT_VARIANTS].r[i], NULL));
	return e;
}

void
test_product__bodies(void)
{
	static const struct {
		const char *body, *faults;
	} rows[] = {
		{ "{" LEAST "}", "" },
		{ "{" LEAST ",\"weight\":0.35,\"weight_unit\":\"kg\"}", "" },
		{ "{" LEAST ",\"length\":20,\"width\":18,\"height\":9.5,\"dimension_unit\":\"cm\"}",
			"" },
		{ "{" LEAST ",\"barcode\":\"4006381333931\",\"status\":\"active\"}", "" },
		{ "{" LEAST ",\"currency\":\"USD\"}", "" },
		{ "{" LEAST ",\"variants\":[{\"sku\":\"H-1-B\",\"inventory\":5}]}", "" },
		{ "{" LEAST ",\"variants\":[{\"sku\":\"H-1-B\",\"inventory\":\"many\"}]}",
			"variants[0].inventory type" },
		{ "{" LEAST ",\"images\":[{\"url\":\"https://x/a.jpg\"}]}", "" },
		{ "{}", "name required,sku required,price required" },
		{ "{\"name\":\"\",\"sku\":\"a/b\",\"price\":-1}",
			"name blank,sku pattern,price too_small" },
		{ "{" LEAST ",\"cost\":120}", "cost scope" },
		{ "{" LEAST ",\"status\":\"sold\"}", "status not_a_choice" },
		{ "{" LEAST ",\"tax_class\":\"Standard\"}", "tax_class pattern" },
		{ "{" LEAST ",\"weight\":0.35}", "weight_unit required" },
		{ "{" LEAST ",\"weight\":0.35,\"weight_unit\":\"stone\"}",
			"weight_unit not_a_choice" },
		{ "{" LEAST ",\"weight\":0.00001,\"weight_unit\":\"kg\"}", "weight too_precise" },
		{ "{" LEAST ",\"barcode\":\"4006381333930\",\"height\":1}",
			"barcode check_digit,dimension_unit required" },
		{ "{\"name\":\"x\",\"sku\":\"prod_1\",\"price\":1}", "sku id_shaped" },
		{ "{\"name\":\"x\",\"sku\":\"batch\",\"price\":1,\"barcode\":\"96385075\"}",
			"sku reserved,barcode check_digit" },
		{ "{" LEAST ",\"variants\":[{\"sku\":\"V\"},{\"sku\":\"var_1\",\"weight\":1}]}",
			"variants[1].sku id_shaped,variants[1].weight_unit required" },
		{ "{" LEAST ",\"variants\":[{}]}", "variants[0].sku required" },
		{ "{" LEAST ",\"variants\":[{\"sku\":\"V\",\"cost\":1}]}",
			"variants[0].cost scope" },
		{ "{" LEAST ",\"images\":[{\"url\":\"a.jpg\"}]}", "images[0].url pattern" },
		{ "{" LEAST ",\"categories\":[\"audio\",5]}", "categories[1] type" },
	};
	struct shop s;

	begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rec *now = NULL;

		tap_row("%s", rows[i].body);
		CHECK_STR(faults_of(s.a, create(&s, rows[i].body, &now)), rows[i].faults);
	}
	arena_free(s.a);
}

void
test_product__has_the_currency_of_its_shop(void)
{
	struct rec *now = NULL, *was;
	struct shop s;

	begin(&s);
	CHECK(!create(&s, "{" LEAST ",\"currency\":\"USD\"}", &now));
	CHECK_STR(rec_str(now, PRODUCT_CURRENCY), "EUR");
	CHECK(rec_money(now, PRODUCT_PRICE) == 19999);
	was = rec_copy(s.a, now);
	s.cx.currency = STR("GBP");
	CHECK(!product_resource.derive(&s.cx, now, was));
	CHECK_STR(rec_str(now, PRODUCT_CURRENCY), "EUR");
	arena_free(s.a);
}

/* What was taken before a rule was there stays as it is, until it is changed. */
void
test_product__rules_look_at_what_changes(void)
{
	struct rec *now = NULL, *was;
	struct shop s;

	begin(&s);
	CHECK(!create(&s, "{" LEAST "}", &now));
	rec_set_str(now, PRODUCT_SKU, STR("prod_1"));
	rec_set_str(now, PRODUCT_BARCODE, STR("96385075"));
	was = rec_copy(s.a, now);
	CHECK(!product_resource.check(&s.cx, now, was));
	rec_set_str(now, PRODUCT_SKU, STR("prod_2"));
	CHECK_STR(faults_of(s.a, product_resource.check(&s.cx, now, was)), "sku id_shaped");
	arena_free(s.a);
}

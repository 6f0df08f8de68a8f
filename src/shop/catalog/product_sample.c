/*
 * The sample shop: the products that the specification's examples name, under the ids that they have
 * there, so that every printed example runs. HEADPHONE-001 is what the example of POST /products
 * makes, so in the sandbox it must not be there yet.
 */
#include "base/id.h"
#include "db/db.h"
#include "model/rec.h"
#include "shop/catalog/catalog.h"
#include "shop/sample.h"

/* clang-format off */
static const struct sample categories[] = {
	{ "cat_001", NULL, "electronics",
		"{\"slug\":\"electronics\",\"name\":{\"en\":\"Electronics\","
		"\"es\":\"Electrónica\",\"fr\":\"Électronique\",\"de\":\"Elektronik\"}}" },
	{ "cat_002", NULL, "audio",
		"{\"slug\":\"audio\",\"parent_id\":\"cat_001\","
		"\"name\":{\"en\":\"Audio\",\"es\":\"Audio\",\"fr\":\"Audio\","
		"\"de\":\"Audio\"}}" },
	{ "cat_003", NULL, "clothing",
		"{\"slug\":\"clothing\",\"name\":{\"en\":\"Clothing\",\"es\":\"Ropa\","
		"\"fr\":\"Vêtements\",\"de\":\"Kleidung\"}}" },
	{ "cat_004", NULL, "home",
		"{\"slug\":\"home\",\"name\":{\"en\":\"Home\",\"es\":\"Hogar\","
		"\"fr\":\"Maison\",\"de\":\"Wohnen\"}}" },
};

static const struct sample products[] = {
	{ "prod_123", NULL, "123",
		"{\"sku\":\"123\",\"name\":\"Wireless Headphones\","
		"\"description\":\"Light on-ear headphones that play for thirty hours.\","
		"\"price\":79.99,\"cost\":31.5,\"status\":\"active\","
		"\"brand\":\"Auricle\",\"categories\":[\"electronics\",\"audio\"],"
		"\"weight\":0.21,\"weight_unit\":\"kg\","
		"\"images\":[{\"url\":\"https://cdn.example.com/prod_123/front.jpg\","
		"\"alt\":\"White headphones, from the front\"}],"
		"\"metadata\":{\"internal_id\":\"SKU-12345\","
		"\"warehouse\":\"west-coast\",\"supplier\":\"ACME Corp\"}}" },
	{ "prod_456", NULL, "HEADPHONE-456",
		"{\"sku\":\"HEADPHONE-456\",\"name\":{\"en\":\"Premium Headphones\","
		"\"es\":\"Auriculares Premium\",\"fr\":\"Écouteurs Premium\"},"
		"\"description\":{\"en\":\"High-quality audio experience\","
		"\"es\":\"Sonido de alta calidad\",\"fr\":\"Un son de grande qualité\"},"
		"\"price\":199.99,\"cost\":88.0,\"status\":\"active\","
		"\"brand\":\"Auricle\",\"categories\":[\"electronics\",\"audio\"],"
		"\"weight\":0.35,\"weight_unit\":\"kg\","
		"\"variants\":[{\"sku\":\"HEADPHONE-456-BLACK\",\"name\":\"Black\","
		"\"attributes\":{\"color\":\"Black\"}}],"
		"\"images\":[{\"url\":\"https://cdn.example.com/prod_456/front.jpg\","
		"\"alt\":\"Black headphones, from the front\"},"
		"{\"url\":\"https://cdn.example.com/prod_456/case.jpg\","
		"\"alt\":\"The headphones in their case\"}]}" },
	{ "prod_789", NULL, "EARBUDS-789",
		"{\"sku\":\"EARBUDS-789\",\"name\":\"Noise-Cancelling Earbuds\","
		"\"description\":\"Small buds, a quiet train.\",\"price\":99.99,"
		"\"status\":\"active\",\"brand\":\"Auricle\","
		"\"categories\":[\"electronics\",\"audio\"],"
		"\"images\":[{\"url\":\"https://cdn.example.com/prod_789/open.jpg\"}]}" },
	{ NULL, NULL, "SKU-001",
		"{\"sku\":\"SKU-001\",\"name\":\"Cotton T-Shirt\",\"price\":19.0,"
		"\"status\":\"active\",\"categories\":[\"clothing\"],"
		"\"variants\":[{\"sku\":\"SKU-001-S\",\"name\":\"Small\","
		"\"attributes\":{\"size\":\"Small\",\"color\":\"Blue\"}},"
		"{\"sku\":\"SKU-001-L\",\"name\":\"Large\","
		"\"attributes\":{\"size\":\"Large\",\"color\":\"Blue\"}}]}" },
	{ NULL, NULL, "SKU-002",
		"{\"sku\":\"SKU-002\",\"name\":\"Ceramic Mug\",\"price\":9.5,"
		"\"status\":\"active\",\"categories\":[\"home\"]}" },
	{ NULL, NULL, "SKU-003",
		"{\"sku\":\"SKU-003\",\"name\":\"Desk Lamp\",\"price\":49.0,"
		"\"status\":\"draft\",\"categories\":[\"home\"]}" },
};

/* What the example of POST /products makes. */
static const struct sample only_live = { NULL, NULL, "HEADPHONE-001",
	"{\"sku\":\"HEADPHONE-001\",\"name\":\"Premium Wireless Headphones\","
	"\"description\":\"High-quality audio experience\",\"price\":199.99,"
	"\"status\":\"active\",\"brand\":\"Auricle\","
	"\"categories\":[\"electronics\",\"audio\"],\"weight\":0.35,"
	"\"weight_unit\":\"kg\",\"variants\":[{\"sku\":\"HEADPHONE-001-BLACK\","
	"\"name\":\"Black\",\"attributes\":{\"color\":\"Black\"},"
	"\"image\":\"https://cdn.example.com/headphone-001/black.jpg\"},"
	"{\"sku\":\"HEADPHONE-001-SILVER\",\"name\":\"Silver\",\"price\":209.99,"
	"\"attributes\":{\"color\":\"Silver\"},"
	"\"image\":\"https://cdn.example.com/headphone-001/silver.jpg\"}],"
	"\"images\":[{\"url\":\"https://cdn.example.com/headphone-001/front.jpg\","
	"\"alt\":\"Headphones, from the front\"},"
	"{\"url\":\"https://cdn.example.com/headphone-001/side.jpg\","
	"\"alt\":\"Headphones, from the side\"}]}" };
/* clang-format on */

/* The example of POST /orders buys var_789 of prod_456. */
static struct err *
rename_variant(struct ctx *cx, const struct rec *product)
{
	const struct rec *variant = product->many[PRODUCT_VARIANTS].r[0];
	struct id id;
	struct err *e;

	must(id_parse(STR("var_789"), variant_resource.prefix, &id));
	e = db_exec(cx, "DELETE FROM skus WHERE tenant_id = ? AND variant_id = ?",
		db_id(cx->tenant), db_id(variant->id));

	e = e ? e
	      : db_exec(cx, "UPDATE variants SET id = ? WHERE tenant_id = ? AND id = ?", db_id(id),
			db_id(cx->tenant), db_id(variant->id));
	return e ? e
		 : db_exec(cx,
			   "INSERT INTO skus (tenant_id, sku, product_id, variant_id) VALUES (?, "
			   "?, ?, ?)",
			   db_id(cx->tenant), db_text(rec_str(variant, VARIANT_SKU)),
			   db_id(product->id), db_id(id));
}

static struct err *
load_product(struct ctx *cx, const struct sample *s)
{
	struct rec *made;
	struct err *e = sample_load(cx, &product_resource, s, &made);

	return e || !made || !s->id || strcmp(s->id, "prod_456") != 0 ? e
								      : rename_variant(cx, made);
}

static struct err *
load(struct ctx *cx, void *arg UNUSED)
{
	struct rec *made;
	struct err *e = NULL;

	for (size_t i = 0; !e && i < COUNT(categories); i++)
		e = sample_load(cx, &category_resource, &categories[i], &made);
	for (size_t i = 0; !e && i < COUNT(products); i++)
		e = load_product(cx, &products[i]);
	return e || cx->sandbox ? e : load_product(cx, &only_live);
}

struct err *
catalog_sample(struct ctx *cx)
{
	return db_tx(cx, load, NULL);
}

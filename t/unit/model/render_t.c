/* Rendering: the order of members, what is left out, what is null, and children. */
#include "model/render.h"

#include "base/json.h"
#include "sample.h"
#include "tap.h"

#define SECOND INT64_C(1767225600000) /* 2026-01-01 */

static struct rec *
product_new(struct sample *s)
{
	struct rec *r = rec_new(s->a, &sample_product);

	r->id.n = 33;
	r->version = 4;
	r->created_at = SECOND;
	r->updated_at = SECOND + 1;
	rec_set_str(r, P_NAME, STR("Lamp \"1\""));
	rec_set_str(r, P_SKU, STR("L-1"));
	rec_set_money(r, P_PRICE, 19999);
	rec_set_choice(r, P_STATUS, 1);
	rec_set_null(r, P_BRAND);
	return r;
}

static struct str
rendered(struct sample *s, const struct rec *r, const struct view *v)
{
	struct json *j;
	struct buf b;

	buf_init(&b, s->a, 16, 1 << 16);
	render_rec(&b, &s->cx, r, v);
	CHECK(!b.overflow && !json_parse(s->a, buf_view(&b), &j));
	return buf_view(&b);
}

void
test_render__order_nulls_and_empty_metadata(void)
{
	struct sample s;
	struct view v;

	sample_begin(&s);
	v = view_full(&s.cx, &sample_product, false);
	CHECK_STR(rendered(&s, product_new(&s), &v),
		"{\"id\":\"prod_011\",\"object\":\"product\",\"name\":\"Lamp "
		"\\\"1\\\"\",\"sku\":\"L-1\","
		"\"price\":199.99,\"status\":\"active\",\"brand\":null,\"categories\":[],"
		"\"metadata\":{},"
		"\"created_at\":\"2026-01-01T00:00:00Z\",\"updated_at\":\"2026-01-01T00:00:00."
		"001Z\","
		"\"version\":4}");
	sample_end(&s);
}

void
test_render__only_what_the_view_shows(void)
{
	static const struct {
		const char *fields, *json;
	} rows[] = {
		{ "id", "{\"id\":\"prod_011\",\"object\":\"product\"}" },
		{ "sku", "{\"id\":\"prod_011\",\"object\":\"product\",\"sku\":\"L-1\"}" },
		{ "weight", "{\"id\":\"prod_011\",\"object\":\"product\"}" },
		{ "version", "{\"id\":\"prod_011\",\"object\":\"product\",\"version\":4}" },
		{ "archived_at", "{\"id\":\"prod_011\",\"object\":\"product\"}" },
		{ "metadata", "{\"id\":\"prod_011\",\"object\":\"product\",\"metadata\":{}}" },
		{ "variants", "{\"id\":\"prod_011\",\"object\":\"product\",\"variants\":[]}" },
	};
	struct sample s;

	sample_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct view v;

		tap_row("%s", rows[i].fields);
		CHECK(!view_parse(&s.cx, &sample_product, str_of(rows[i].fields), (struct str){ 0 },
			true, &v));
		CHECK_STR(rendered(&s, product_new(&s), &v), rows[i].json);
	}
	sample_end(&s);
}

void
test_render__archived_at_metadata_and_links_when_set(void)
{
	struct str slugs[] = { STR("audio"), STR("a\"b") };
	struct sample s;
	struct rec *r;
	struct view v;

	sample_begin(&s);
	r = product_new(&s);
	r->archived_at = SECOND;
	r->metadata = STR("{\"k\":\"v\"}");
	r->link[P_CATEGORIES] = (struct strs){ slugs, 2, true };
	CHECK(!view_parse(&s.cx, &sample_product, STR("categories,metadata,archived_at"),
		(struct str){ 0 }, true, &v));
	CHECK_STR(rendered(&s, r, &v),
		"{\"id\":\"prod_011\",\"object\":\"product\",\"categories\":[\"audio\",\"a\\\"b\"],"
		"\"metadata\":{\"k\":\"v\"},\"archived_at\":\"2026-01-01T00:00:00Z\"}");
	sample_end(&s);
}

void
test_render__a_secret_is_shown_only_while_it_is_there(void)
{
	struct sample s;
	struct rec *r;
	struct view v;

	sample_begin(&s);
	r = product_new(&s);
	CHECK(!view_parse(&s.cx, &sample_product, STR("token"), (struct str){ 0 }, false, &v));
	CHECK_STR(rendered(&s, r, &v), "{\"id\":\"prod_011\",\"object\":\"product\"}");
	rec_set_str(r, P_TOKEN, STR("sk_1"));
	CHECK_STR(rendered(&s, r, &v),
		"{\"id\":\"prod_011\",\"object\":\"product\",\"token\":\"sk_1\"}");
	sample_end(&s);
}

void
test_render__children_without_those_removed(void)
{
	struct rec *kids[3];
	struct sample s;
	struct rec *r;
	struct view v;

	sample_begin(&s);
	r = product_new(&s);
	for (int i = 0; i < 3; i++) {
		kids[i] = rec_new(s.a, &sample_variant);
		kids[i]->id.n = i + 1;
		rec_set_str(kids[i], V_SKU, str_fmt(s.a, "V-%d", i));
	}
	kids[0]->fate = CHILD_REMOVED;
	r->many[P_VARIANTS] = (struct recs){ kids, 3, true };
	CHECK(!view_parse(
		&s.cx, &sample_product, STR("variants.sku"), (struct str){ 0 }, true, &v));
	CHECK_STR(rendered(&s, r, &v),
		"{\"id\":\"prod_011\",\"object\":\"product\",\"variants\":["
		"{\"id\":\"var_002\",\"object\":\"variant\",\"sku\":\"V-1\"},"
		"{\"id\":\"var_003\",\"object\":\"variant\",\"sku\":\"V-2\"}]}");
	sample_end(&s);
}

void
test_render__too_small_a_buffer_is_remembered(void)
{
	struct sample s;
	struct view v;
	struct buf b;

	sample_begin(&s);
	v = view_full(&s.cx, &sample_product, false);
	buf_init(&b, s.a, 16, 64);
	render_rec(&b, &s.cx, product_new(&s), &v);
	CHECK(b.overflow);
	sample_end(&s);
}

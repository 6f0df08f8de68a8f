/* Views: what fields= and include= show, what they imply, and what they refuse. */
#include "model/view.h"

#include "sample.h"
#include "tap.h"

/* The names that a view shows, "id name variants(id sku)". */
static struct str
names_of(struct arena *a, const struct resource *r, const struct view *v)
{
	static const char *const members[] = { "created_at", "updated_at", "archived_at",
		"metadata", "version", "id" };
	struct str s = STR("");

	for (int i = (int)COUNT(members) - 1; i >= 0; i--) {
		if (v->fields >> (FIELDS_MAX + i) & 1)
			s = str_fmt(a, "%.*s %s", STRF(s), members[i]);
	}
	for (size_t i = 0; i < r->nfields; i++) {
		if (v->fields >> i & 1)
			s = str_fmt(a, "%.*s %s", STRF(s), r->fields[i].name);
	}
	for (size_t i = 0; i < r->nrelations; i++) {
		struct view inside = { 0 };

		if (v->links >> i & 1)
			s = str_fmt(a, "%.*s [%s]", STRF(s), r->relations[i].name);
		if (!(v->includes >> i & 1))
			continue;
		inside = (struct view){ .fields = v->inside[i], .links = v->inside_links[i] };
		s = str_fmt(a, "%.*s %s(%.*s)", STRF(s), r->relations[i].name,
			STRF(names_of(a, r->plan->related[i], &inside)));
	}
	return str_trim(s);
}

#define MEMBERS "id version metadata archived_at updated_at created_at"
#define FIELDS_ALL MEMBERS " name sku price cost status brand weight token"
#define VARIANT_ALL "(" MEMBERS " sku cost position)"

void
test_view__shows_what_was_asked(void)
{
	static const struct {
		const char *fields, *include;
		bool inlined;
		const char *shown;
	} rows[] = {
		{ NULL, NULL, false, FIELDS_ALL " [categories]" },
		{ NULL, NULL, true, FIELDS_ALL " [categories] variants" VARIANT_ALL },
		{ "", "", false, FIELDS_ALL " [categories]" },
		{ "name", NULL, true, "id name" },
		{ "id,object", NULL, true, "id" },
		{ " name , sku ", NULL, false, "id name sku" },
		{ "created_at,version", NULL, false, "id version created_at" },
		{ "categories", NULL, false, "id [categories]" },
		{ "name", "variants", false, "id name variants" VARIANT_ALL },
		{ "variants.sku", NULL, false, "id variants(id sku)" },
		{ "variants.id", NULL, false, "id variants(id)" },
		{ "variants.sku,variants.cost", NULL, false, "id variants(id sku cost)" },
		{ "variants.sku,variants", NULL, false, "id variants" VARIANT_ALL },
		{ "variants,variants.sku", NULL, false, "id variants" VARIANT_ALL },
		{ "variants.sku", "variants", false, "id variants(id sku)" },
		{ NULL, "images", false, FIELDS_ALL " [categories] images(" MEMBERS " url)" },
		{ "name", "categories", false, "id name [categories]" },
	};
	struct sample s;

	sample_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct view v;

		tap_row("fields=%s include=%s", rows[i].fields, rows[i].include);
		CHECK(!view_parse(&s.cx, &sample_product, str_of(rows[i].fields),
			str_of(rows[i].include), rows[i].inlined, &v));
		CHECK_STR(names_of(s.a, &sample_product, &v), rows[i].shown);
	}
	sample_end(&s);
}

void
test_view__refuses_unknown_names_and_says_which_there_are(void)
{
	static const struct {
		const char *fields, *include, *param, *nearest;
	} rows[] = {
		{ "nmae", NULL, "fields", "name" },
		{ "name,,sku", NULL, "fields", NULL },
		{ "tax_class", NULL, "fields", NULL },
		{ "Name", NULL, "fields", "name" },
		{ "variants.skuu", NULL, "fields", "variants.sku" },
		{ "variants.", NULL, "fields", NULL },
		{ ".sku", NULL, "fields", NULL },
		{ "categories.slug", NULL, "fields", NULL },
		{ "name.sku", NULL, "fields", NULL },
		{ "variants.sku.x", NULL, "fields", "variants.sku" },
		{ "\xff\xfe", NULL, "fields", NULL },
		{ NULL, "variant", "include", "variants" },
		{ NULL, "name", "include", NULL },
		{ NULL, "variants.sku", "include", NULL },
		{ NULL, "images,", "include", NULL },
		{ NULL, "variant", "include", "variants" },
		{ "offers.rating", NULL, "fields", NULL },
	};
	struct sample s;

	sample_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct view v;
		struct err *e;

		tap_row("fields=%s include=%s", rows[i].fields, rows[i].include);
		e = view_parse(&s.cx, &sample_product, str_of(rows[i].fields),
			str_of(rows[i].include), true, &v);
		if (!CHECK(e && e->code == ERR_QUERY && e->ndetails == 1))
			continue;
		CHECK_STR(e->details->field, rows[i].param);
		CHECK(e->details->allowed.n > 0 && str_is_utf8(e->message));
		if (rows[i].nearest)
			CHECK_STR(e->details->nearest, rows[i].nearest);
	}
	sample_end(&s);
}

void
test_view__never_lists_what_is_internal_as_allowed(void)
{
	struct sample s;
	struct view v;
	struct err *e;

	sample_begin(&s);
	sample_humble(&s);
	e = view_parse(&s.cx, &sample_product, STR("x"), (struct str){ 0 }, false, &v);
	CHECK_STR(e->details->allowed,
		"id,object,created_at,updated_at,archived_at,metadata,version,"
		"name,sku,price,status,brand,weight,token,categories,variants,images");
	sample_end(&s);
}

void
test_view__hides_fields_whose_scope_is_missing(void)
{
	static const char *const refused[] = { "cost", "name,cost", "variants.cost" };
	struct sample s;
	struct view v;

	sample_begin(&s);
	sample_humble(&s);
	v = view_full(&s.cx, &sample_product, true);
	CHECK(!(v.fields & VIEW_BIT(P_COST)) && (v.fields & VIEW_BIT(P_PRICE)));
	CHECK(!(v.inside[P_VARIANTS] & VIEW_BIT(V_COST)) &&
		(v.inside[P_VARIANTS] & VIEW_BIT(V_SKU)));
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct err *e = view_parse(
			&s.cx, &sample_product, str_of(refused[i]), (struct str){ 0 }, false, &v);

		tap_row("%s", refused[i]);
		CHECK(e && e->code == ERR_FORBIDDEN && e->details->reason == REASON_SCOPE);
	}
	sample_end(&s);
}

void
test_view__whole_has_every_field(void)
{
	struct view v, inside;
	struct sample s;

	sample_begin(&s);
	sample_humble(&s);
	v = view_whole(&sample_product);
	inside = view_inside(&s.cx, &sample_product, &v, P_VARIANTS);
	CHECK((v.fields & VIEW_BIT(P_NOTE)) && (v.fields & VIEW_BIT(P_COST)));
	CHECK(v.includes == (1 << P_VARIANTS | 1 << P_IMAGES) && v.links == 1 << P_CATEGORIES);
	CHECK((inside.fields & VIEW_BIT(V_COST)) && !inside.links && !inside.includes);
	sample_end(&s);
}

void
test_view__zero_inside_is_all_that_may_be_seen(void)
{
	struct view v = { .includes = 1 << P_VARIANTS }, inside;
	struct sample s;

	sample_begin(&s);
	sample_humble(&s);
	inside = view_inside(&s.cx, &sample_product, &v, P_VARIANTS);
	CHECK_STR(names_of(s.a, &sample_variant, &inside), MEMBERS " sku position");
	sample_end(&s);
}

void
test_view__hashes_differ_when_views_do(void)
{
	static const char *const views[] = { NULL, "name", "sku", "variants", "variants.sku",
		"variants.id", "images", "categories", "version", "name,sku" };
	uint64_t hash[COUNT(views)];
	struct sample s;
	struct view v;

	sample_begin(&s);
	for (size_t i = 0; i < COUNT(views); i++) {
		CHECK(!view_parse(
			&s.cx, &sample_product, str_of(views[i]), (struct str){ 0 }, false, &v));
		hash[i] = view_hash(&v);
		for (size_t k = 0; k < i; k++)
			CHECK(hash[k] != hash[i]);
	}
	CHECK(!view_parse(&s.cx, &sample_product, STR("sku,name"), (struct str){ 0 }, false, &v));
	CHECK(view_hash(&v) == hash[COUNT(views) - 1]);
	sample_end(&s);
}

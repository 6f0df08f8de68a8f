/* SKUs, barcodes and measures: which the catalogue takes, and why not the others. */
#include "shop/catalog/units.h"

#include "base/json_out.h"
#include "model/type.h"
#include "shop/catalog/catalog.h"
#include "shop/resources.h"
#include "tap.h"

struct shop {
	struct arena *a;
	struct ctx cx;
};

static void
begin(struct shop *s)
{
	*s = (struct shop){ .a = arena_new("test", (size_t)1 << 24) };
	CHECK(!model_link(s->a, shop_resources));
	s->cx = (struct ctx){
		.arena = s->a, .currency = STR("USD"), .currency_digits = 2, .language = STR("en")
	};
}

/* The reason of the only fault; "" if there is none. */
static const char *
reason(const struct err *e)
{
	return e ? reason_word(e->details->reason) : "";
}

/* What the field itself says of a text, before any rule. */
static const char *
parsed(struct shop *s, int field, const char *text)
{
	struct err *e = NULL;
	struct fault at = { &s->cx, &e, STR("field"), .create = true };
	struct rec *r = rec_new(s->a, &product_resource);
	struct json *j = NULL;
	struct buf b;

	buf_init(&b, s->a, 64, (size_t)1 << 16);
	json_out_string(&b, str_of(text));
	must(!json_parse(s->a, buf_view(&b), &j));
	type_rows[T_STRING].parse(&at, &product_resource, field, j, &r->v[field]);
	return reason(e);
}

#define X60 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

void
test_units__a_sku_is_printable_and_no_path(void)
{
	static const struct {
		const char *sku, *want;
	} rows[] = {
		{ "HEADPHONE-001", "" },
		{ "a", "" },
		{ "~!#%&()*+,-.:;<=>?@[]^_`{|}", "" },
		{ "two  words", "" },
		{ X60 "1234", "" },
		{ X60 " 234", "" },
		{ "", "blank" },
		{ " ", "blank" },
		{ X60 "12345", "too_long" },
		{ " a", "pattern" },
		{ "a ", "pattern" },
		{ "a/b", "pattern" },
		{ "/", "pattern" },
		{ "a\tb", "pattern" },
		{ "a\n", "pattern" },
		{ "a\x7f", "pattern" },
		{ "\xc3\xa9", "pattern" },
		{ "\xef\xbc\xa1", "pattern" },
	};
	struct shop s;

	begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("'%s'", rows[i].sku);
		CHECK_STR(str_of(parsed(&s, PRODUCT_SKU, rows[i].sku)), rows[i].want);
	}
	arena_free(s.a);
}

void
test_units__a_sku_passes_for_nothing_else(void)
{
	static const struct {
		const char *sku, *want;
	} rows[] = {
		{ "HEADPHONE-001", "" },
		{ "prod-123", "" },
		{ "PROD_123", "" },
		{ "p_123", "" },
		{ "prod_", "" },
		{ "prod_1-2", "" },
		{ "abcdefghi_1", "" },
		{ "Import", "" },
		{ "import1", "" },
		{ "prod_123", "id_shaped" },
		{ "zz_1", "id_shaped" },
		{ "abcdefgh_Z9", "id_shaped" },
		{ "import", "reserved" },
		{ "export", "reserved" },
		{ "batch", "reserved" },
	};
	struct shop s;

	begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rec *now = rec_new(s.a, &product_resource);

		tap_row("%s", rows[i].sku);
		rec_set_str(now, PRODUCT_SKU, str_of(rows[i].sku));
		CHECK_STR(str_of(reason(sku_check(&s.cx, now, NULL, PRODUCT_SKU))), rows[i].want);
		CHECK(!sku_check(&s.cx, now, rec_copy(s.a, now), PRODUCT_SKU));
	}
	arena_free(s.a);
}

void
test_units__a_barcode_has_its_check_digit(void)
{
	static const struct {
		const char *code, *want;
	} rows[] = {
		{ "4006381333931", "" },
		{ "5901234123457", "" },
		{ "036000291452", "" },
		{ "96385074", "" },
		{ "73513537", "" },
		{ "10614141543219", "" },
		{ "00000000", "" },
		{ "4006381333932", "check_digit" },
		{ "4006381339331", "check_digit" },
		{ "036000291453", "check_digit" },
		{ "96385075", "check_digit" },
		{ "10614141543210", "check_digit" },
		{ "11111111", "check_digit" },
	};
	struct shop s;

	begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rec *now = rec_new(s.a, &product_resource);

		tap_row("%s", rows[i].code);
		CHECK_STR(str_of(parsed(&s, PRODUCT_BARCODE, rows[i].code)), "");
		rec_set_str(now, PRODUCT_BARCODE, str_of(rows[i].code));
		CHECK_STR(str_of(reason(barcode_check(&s.cx, now, NULL, PRODUCT_BARCODE))),
			rows[i].want);
		CHECK(!barcode_check(&s.cx, now, rec_copy(s.a, now), PRODUCT_BARCODE));
	}
	CHECK(!barcode_check(&s.cx, rec_new(s.a, &product_resource), NULL, PRODUCT_BARCODE));
	arena_free(s.a);
}

void
test_units__a_barcode_has_8_or_12_to_14_digits(void)
{
	static const char *const codes[] = { "1", "1234567", "123456789", "1234567890",
		"12345678901", "123456789012345", "400638133393X", "4006381 333931",
		"\xd9\xa1\xd9\xa2\xd9\xa3\xd9\xa4\xd9\xa5\xd9\xa6\xd9\xa7\xd9\xa8", "-4006381" };
	struct shop s;

	begin(&s);
	for (size_t i = 0; i < COUNT(codes); i++) {
		const char *why;

		tap_row("%s", codes[i]);
		why = parsed(&s, PRODUCT_BARCODE, codes[i]);
		CHECK(!strcmp(why, "pattern") || !strcmp(why, "too_long"));
	}
	arena_free(s.a);
}

void
test_units__a_measure_needs_its_unit(void)
{
	struct rec *now;
	struct shop s;
	struct err *e;

	begin(&s);
	now = rec_new(s.a, &variant_resource);
	CHECK(!unit_check(&s.cx, now, VARIANT_WEIGHT, VARIANT_WEIGHT_UNIT));
	now->v[VARIANT_WEIGHT] = (struct value){ .state = VALUE_SET, .i = 3500 };
	now->path = STR("variants[1]");
	e = unit_check(&s.cx, now, VARIANT_WEIGHT, VARIANT_WEIGHT_UNIT);
	if (CHECK(e && e->ndetails == 1)) {
		CHECK_STR(e->details->field, "variants[1].weight_unit");
		CHECK_STR(e->details->message, "must be given with weight");
		CHECK_STR(str_of(reason_word(e->details->reason)), "required");
	}
	rec_set_choice(now, VARIANT_WEIGHT_UNIT, 1);
	CHECK(!unit_check(&s.cx, now, VARIANT_WEIGHT, VARIANT_WEIGHT_UNIT));
	rec_set_null(now, VARIANT_WEIGHT);
	CHECK(!unit_check(&s.cx, now, VARIANT_WEIGHT, VARIANT_WEIGHT_UNIT));
	arena_free(s.a);
}

void
test_units__an_address_begins_with_its_scheme(void)
{
	static const struct {
		const char *url, *want;
	} rows[] = {
		{ "https://cdn.example.com/a.jpg", "" },
		{ "http://x/", "" },
		{ "https://", "pattern" },
		{ "HTTPS://x", "pattern" },
		{ "ftp://x/a.jpg", "pattern" },
		{ "javascript:alert(1)", "pattern" },
		{ " https://x", "pattern" },
		{ "https://x y", "pattern" },
		{ "https://x\n", "pattern" },
		{ "//x/a.jpg", "pattern" },
	};
	struct shop s;

	begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err *e = NULL;
		struct fault at = { &s.cx, &e, STR("url"), .create = true };
		struct rec *r = rec_new(s.a, &image_resource);
		struct json *j = NULL;
		struct buf b;

		tap_row("%s", rows[i].url);
		buf_init(&b, s.a, 64, (size_t)1 << 16);
		json_out_string(&b, str_of(rows[i].url));
		must(!json_parse(s.a, buf_view(&b), &j));
		type_rows[T_STRING].parse(&at, &image_resource, IMAGE_URL, j, &r->v[IMAGE_URL]);
		CHECK_STR(str_of(reason(e)), rows[i].want);
	}
	arena_free(s.a);
}

/* Tariffs: which zone, which step, what is put on top, and that every part adds up. */
#include "shop/shipping/tariff.h"

#include "tap.h"

#define KG(n) ((n)*MEASURE_KG)
#define STR_INIT(z)                                                                                \
	{                                                                                          \
		"" z, sizeof(z) - 1                                                                \
	}

static const struct tariff_service services[] = {
	{ STR_INIT("standard"), STR_INIT("Standard"), 5, 5000 },
	{ STR_INIT("express"), STR_INIT("Express"), 1, -1 },
	{ STR_INIT("gift"), STR_INIT("Gift"), 0, 0 },
};

static const struct str us[] = { STR_INIT("US") }, west[] = { STR_INIT("CA"), STR_INIT("or") };
static const struct zip_pattern la[] = { { STR_INIT("900*"), { 0 }, { 0 } },
	{ STR_INIT("..."), STR_INIT("91000"), STR_INIT("91999") } };
static const struct zip_pattern beverly[] = { { STR_INIT("90210"), { 0 }, { 0 } } };

static const struct tariff_zone zones[] = {
	{ STR_INIT("world"), NULL, NULL, 0, 0, NULL, 0 },
	{ STR_INIT("us"), us, NULL, 1, 0, NULL, 0 },
	{ STR_INIT("west"), us, west, 1, 2, NULL, 0 },
	{ STR_INIT("la"), us, NULL, 1, 0, la, 2 },
	{ STR_INIT("beverly"), us, NULL, 1, 0, beverly, 1 },
	{ STR_INIT("us_again"), us, NULL, 1, 0, NULL, 0 },
};

static const struct tariff_rate rates[] = {
	{ 0, STR_INIT("us"), KG(5), 900, 0 },
	{ 0, STR_INIT("us"), KG(1), 500, 0 },
	{ 0, STR_INIT("us"), INT64_MAX, 1000, 100 },
	{ 0, STR_INIT("world"), KG(2), 2500, 0 },
	{ 1, { 0 }, KG(1), 3000, 0 },
	{ 1, STR_INIT("us"), KG(1), 2000, 0 },
	{ 2, { 0 }, INT64_MAX, 700, 0 },
};

static struct tariff
tariff(void)
{
	return (struct tariff){ .weight_unit = WEIGHT_KG,
		.volume = { 50000000, LENGTH_CM, WEIGHT_KG, true },
		.services = services,
		.nservices = COUNT(services),
		.zones = zones,
		.nzones = COUNT(zones),
		.rates = rates,
		.nrates = COUNT(rates) };
}

void
test_tariff__a_place_is_in_the_zone_that_names_it_most_closely(void)
{
	static const struct {
		const char *country, *state, *zip, *want;
	} rows[] = {
		{ "US", "NY", "10001", "us" },
		{ "US", "ca", "94000", "west" },
		{ "US", "OR", NULL, "west" },
		{ "US", "CA", "90001-1234", "la" },
		{ "US", NULL, "91500", "la" },
		{ "US", "CA", "90210", "beverly" },
		{ "US", "CA", "92000", "west" },
		{ "DE", "CA", "90210", "world" },
		{ "US", NULL, NULL, "us" },
	};
	struct arena *a = arena_new("test", (size_t)1 << 20);
	struct tariff t = tariff();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tariff_question q = { .country = str_of(rows[i].country),
			.state = str_of(rows[i].state),
			.zip = str_of(rows[i].zip) };
		const struct tariff_zone *z = tariff_zone_of(a, &t, &q);

		tap_row("%zu", i);
		if (CHECK(z != NULL))
			CHECK_STR(z->code, rows[i].want);
	}
	t.zones++;
	t.nzones--;
	CHECK(!tariff_zone_of(a, &t, &(struct tariff_question){ .country = STR("DE") }));
	arena_free(a);
}

/* The price of packages of those weights to New York; -1: none. */
static int64_t
price(struct arena *a, const struct tariff *t, size_t service, const struct package *p, size_t n)
{
	struct tariff_question q = { .country = STR("US"),
		.state = STR("NY"),
		.goods_minor = -1,
		.packages = p,
		.npackages = n };
	struct tariff_offer o;

	return tariff_price(a, t, &q, service, &o) ? -1 : o.minor;
}

void
test_tariff__the_lowest_step_that_bears_the_weight_counts(void)
{
	static const struct {
		int64_t weight;
		size_t service;
		int64_t want;
	} rows[] = {
		{ 0, 0, 500 },
		{ 1, 0, 500 },
		{ KG(1), 0, 500 },
		{ KG(1) + 1, 0, 900 },
		{ KG(5), 0, 900 },
		{ KG(5) + 1, 0, 1600 }, /* six begun kilograms */
		{ KG(20), 0, 3000 },
		{ KG(1), 1, 2000 }, /* of the zone, not that for everywhere */
		{ KG(2), 1, -1 },
		{ KG(2), 2, 0 },
	};
	struct arena *a = arena_new("test", (size_t)1 << 20);
	struct tariff t = tariff();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct package p = { .weight = rows[i].weight };

		tap_row("%zu", i);
		CHECK(price(a, &t, rows[i].service, &p, 1) == rows[i].want);
	}
	arena_free(a);
}

void
test_tariff__weights_are_rounded_up_and_volume_counts(void)
{
	struct arena *a = arena_new("test", (size_t)1 << 20);
	struct tariff t = tariff();
	/* 40 × 30 × 20 cm are 4.8 kg by volume; 100 × 60 × 50 are 60. */
	struct package p[2] = { { KG(1), { 40 * MEASURE_CM, 30 * MEASURE_CM, 20 * MEASURE_CM } },
		{ KG(2), { 100 * MEASURE_CM, 60 * MEASURE_CM, 50 * MEASURE_CM } } };

	CHECK(price(a, &t, 0, p, 1) == 900);
	CHECK(price(a, &t, 0, p, 2) == 900 + 1000 + 60 * 100);
	t.volume.divisor = 0;
	CHECK(price(a, &t, 0, p, 1) == 500);
	t.weight_step = KG(3);
	CHECK(price(a, &t, 0, p, 1) == 900);
	t.weight_step = KG(6);
	CHECK(price(a, &t, 0, p, 1) == 1600);
	t.weight_step = KG(1);
	CHECK(price(a, &t, 0, p, 1) == 500);
	arena_free(a);
}

void
test_tariff__surcharges_are_exact_and_add_up(void)
{
	struct arena *a = arena_new("test", (size_t)1 << 20);
	struct tariff t = tariff();
	struct package p[2] = { { KG(1), { 10 * MEASURE_CM, 10 * MEASURE_CM, 121 * MEASURE_CM } },
		{ .weight = KG(31) } };
	struct tariff_question q = { .country = STR("US"),
		.residential = true,
		.signature = true,
		.insured_minor = 50050,
		.goods_minor = 4999,
		.packages = p,
		.npackages = 2 };
	struct tariff_offer o;

	t.fuel_percent = 75000; /* 7.5 % */
	t.residential_amount = 300;
	t.signature_amount = 250;
	t.oversize_amount = 1500;
	t.oversize_length = 120 * MEASURE_CM;
	t.oversize_weight = KG(30);
	t.insurance_percent = 10000; /* 1 % */
	t.insurance_minimum = 100;
	CHECK(!tariff_price(a, &t, &q, 0, &o));
	/* 2.42 kg by volume: 9.00; 31 kg: 41.00 */
	CHECK(o.base == 900 + 4100 && o.fuel == 375 && o.residential == 600 && o.signature == 500);
	CHECK(o.oversize == 3000 && o.insurance == 500); /* 500.5, half to even */
	CHECK(o.minor == 5000 + 375 + 600 + 500 + 3000 + 500);
	CHECK_STR(tariff_explain(a, &t, &o, 2),
		"Standard, zone us, 33.42 kg by volume: 50.00; fuel 3.75; residential 6.00; "
		"signature 5.00; oversize 30.00; insurance 5.00");
	q.insured_minor = 1;
	CHECK(!tariff_price(a, &t, &q, 0, &o) && o.insurance == 100);
	q.goods_minor = 5000;
	CHECK(!tariff_price(a, &t, &q, 0, &o) && o.free && o.minor == 0 && o.base == 5000);
	CHECK(!tariff_price(a, &t, &q, 2, &o) && o.free && o.minor == 0);
	q.goods_minor = INT64_MAX;
	q.npackages = 1;
	p[0] = (struct package){ .weight = KG(1) };
	CHECK(!tariff_price(a, &t, &q, 1, &o) && !o.free && o.minor > 0);
	arena_free(a);
}

void
test_tariff__what_it_cannot_price_it_says(void)
{
	static const struct tariff_rate dear[] = {
		{ 0, { 0 }, INT64_MAX, INT64_MAX, 0 },
		{ 1, { 0 }, INT64_MAX, 1, INT64_MAX },
	};
	struct arena *a = arena_new("test", (size_t)1 << 20);
	struct tariff t = tariff();
	struct package huge = { INT64_MAX, { 0 } };
	struct package wide = { 1, { INT64_MAX / 1000, INT64_MAX / 1000, INT64_MAX / 1000 } };
	struct package small = { .weight = KG(2) };

	CHECK(price(a, &t, 0, &huge, 1) > 0);
	CHECK(price(a, &t, 0, &wide, 1) == -1);
	t.weight_step = KG(7);
	CHECK(price(a, &t, 0, &huge, 1) == -1);
	t.rates = dear;
	t.nrates = COUNT(dear);
	CHECK(price(a, &t, 0, &small, 1) == -1);
	CHECK(price(a, &t, 1, &small, 1) == -1);
	t.nrates = 0;
	CHECK(price(a, &t, 0, &small, 1) == -1);
	arena_free(a);
}

/* More weight never costs less, where steps cost more the heavier they are. */
void
test_tariff__heavier_is_never_cheaper(void)
{
	struct arena *a = arena_new("test", (size_t)1 << 20);
	struct tariff t = tariff();
	int64_t before = 0;

	for (int64_t n = 1; n < 300; n++) {
		struct package p = { .weight = n * KG(1) / 10 };
		int64_t now = price(a, &t, 0, &p, 1);

		tap_row("%d00 g", (int)n);
		CHECK(now >= before);
		before = now;
	}
	arena_free(a);
}

/*
 * Carriers of the sandbox: what USPS, FedEx, UPS and DHL would take, made up and always the same, so that a shop can be
 * built before it has a contract with any. It is theirs in shape only: the printed services, dearer when heavier and
 * faster.
 */
#include "shop/shipping/carrier_int.h"
#include "shop/shipping/rates_int.h"

enum where { DOMESTIC = 1, ABROAD = 2, ANYWHERE = 3 };

static const struct way {
	const char *kind, *service, *name;
	enum where where;
	int days;
	int64_t base, per_kg; /* US cents; of a package, and of each begun kilogram */
	int most_kg;
} ways[] = {
	{ "usps", "priority", "USPS Priority Mail", DOMESTIC, 3, 895, 110, 31 },
	{ "usps", "express", "USPS Priority Mail Express", DOMESTIC, 1, 2875, 240, 31 },
	{ "usps", "first_class", "USPS First-Class Package", ANYWHERE, 4, 495, 60, 1 },
	{ "usps", "parcel_select", "USPS Parcel Select", DOMESTIC, 7, 675, 70, 31 },
	{ "fedex", "ground", "FedEx Ground", DOMESTIC, 5, 1025, 85, 68 },
	{ "fedex", "2day", "FedEx 2Day", DOMESTIC, 2, 2190, 210, 68 },
	{ "fedex", "overnight", "FedEx Overnight", DOMESTIC, 1, 3995, 320, 68 },
	{ "fedex", "international", "FedEx International", ABROAD, 4, 5450, 690, 68 },
	{ "ups", "ground", "UPS Ground", DOMESTIC, 5, 1040, 80, 68 },
	{ "ups", "3day", "UPS 3 Day Select", DOMESTIC, 3, 1760, 160, 68 },
	{ "ups", "2day", "UPS 2nd Day Air", DOMESTIC, 2, 2240, 205, 68 },
	{ "ups", "next_day", "UPS Next Day Air", DOMESTIC, 1, 4120, 330, 68 },
	{ "dhl", "express", "DHL Express", ANYWHERE, 2, 4980, 620, 70 },
	{ "dhl", "ecommerce", "DHL eCommerce", ANYWHERE, 6, 790, 150, 25 },
};

#define SIGNATURE 320
#define MG_A_KG INT64_C(1000000)

/* What all packages come to; false: one is too heavy. */
static bool
price(const struct way *w, const struct carrier_ask *ask, int64_t *minor)
{
	*minor = ask->signature ? SIGNATURE : 0;
	for (size_t i = 0; i < ask->npackages; i++) {
		int64_t kg = ask->packages[i].weight_mg / MG_A_KG;

		if (ask->packages[i].weight_mg % MG_A_KG)
			kg++;
		if (kg > w->most_kg)
			return false;
		/* Each begun hundred of what is insured costs one. */
		*minor += w->base + kg * w->per_kg + ask->packages[i].insured_minor / 100;
	}
	return true;
}

bool
sandbox_has(struct str kind, struct str service)
{
	for (size_t i = 0; i < COUNT(ways); i++) {
		if (str_eq_z(kind, ways[i].kind) &&
			(!service.n || str_eq_z(service, ways[i].service)))
			return true;
	}
	return false;
}

void
sandbox_rates(struct arena *a, struct str kind, struct carrier_ask *ask)
{
	bool abroad = ask->from.country.n && !str_eq(ask->from.country, ask->to.country);

	ask->arena = a;
	ask->outcome = CARRIER_DONE;
	for (size_t i = 0; i < COUNT(ways); i++) {
		const struct way *w = &ways[i];
		struct carrier_rate *rate;
		int64_t minor;

		if (!str_eq_z(kind, w->kind) || !(w->where & (abroad ? ABROAD : DOMESTIC)) ||
			!price(w, ask, &minor))
			continue;
		rate = carrier_rate_add(
			ask, str_of(w->service), str_of(w->name), STR("USD"), minor);
		if (rate)
			rate->days = w->days;
	}
	if (!ask->nrates)
		carrier_refuse(
			ask, STR("not_served"), STR("no service takes these packages there"));
}

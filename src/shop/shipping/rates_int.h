/* What the files of rates share: one question to all carriers, and what came of it. */
#ifndef SOUK_RATES_INT_H
#define SOUK_RATES_INT_H

#include "shop/shipping/carriers.h"
#include "shop/shipping/package.h"
#include "shop/shipping/tariff.h"

#define RATE_PREFIX "rate"
#define RATE_HOURS 24
#define RATES_MOST 500    /* offers of one answer */
#define WARNINGS_MOST 100 /* of one answer */

/* Money is in minor units of `currency`. */
struct rates_question {
	struct carrier_address from, to; /* from.country may be absent */
	const struct package *packages;
	size_t npackages;
	struct str currency; /* upper case */
	int digits;
	int64_t insured_minor; /* of all packages; 0: not insured */
	int64_t goods_minor;   /* -1: not known */
	bool signature;
};

struct rates_offer {
	struct id id; /* ID_NONE: it is not kept */
	struct str carrier, service, name;
	int64_t minor;
	int days;            /* 0: not told */
	int64_t delivery_ms; /* 0: not told */
	struct str text;     /* how it came about */
};

struct rates_warning {
	struct str carrier, code, message;
};

struct rates {
	struct rates_offer *offers; /* the cheapest first */
	size_t n;
	struct rates_warning *warnings;
	size_t nwarnings;
	int64_t expires_ms;
};

/*
 * Asks these carriers at once, for at most 2.5 s and as long as the request has; whoever does not answer has a
 * warning. Keeps what they said for 24 hours, unless it is a dry run. Not within a transaction.
 */
struct err *rates_ask(struct ctx *cx, const struct recs *carriers, const struct rates_question *q,
	struct rates **out) MUST_CHECK;

enum rates_found { RATES_NO_SERVICE, RATES_NOT_SERVED, RATES_UNPRICED, RATES_PRICED };

/*
 * What offer->service costs, for which nobody need be asked: of a carrier with a tariff, or of the sandbox. RATES_UNPRICED:
 * only the carrier knows. RATES_NOT_SERVED: offer->text says why.
 */
struct err *rates_of_service(struct ctx *cx, const struct rec *carrier,
	const struct rates_question *q, struct rates_offer *offer,
	enum rates_found *found) MUST_CHECK;

/* All that a carrier with a tariff offers; a warning, if it offers nothing. */
struct err *rates_of_tariff(struct ctx *cx, const struct rec *carrier,
	const struct rates_question *q, struct rates *out) MUST_CHECK;

/* Room for the answers of so many carriers. */
struct rates *rates_new(struct arena *a, size_t carriers);

/* Minor units of one currency as those of another, half-up (D2); false: there is no rate, or it is too much. */
bool rates_convert(struct str from, struct str to, int64_t minor, int64_t *out);

void rates_warn(struct rates *r, struct str carrier, struct str code, struct str message);
void rates_offer(struct rates *r, const struct rates_offer *offer);

/* The packages as adapters want them; insured_minor is shared out by weight. False: one is too heavy for any of them. */
bool rates_packages(struct arena *a, const struct rates_question *q, struct carrier_package **out);

/* The sandbox's answer to RATES of a carrier of that kind without credentials, in USD; and whether it knows a service. */
void sandbox_rates(struct arena *a, struct str kind, struct carrier_ask *ask);
bool sandbox_has(struct str kind, struct str service);

/* Those that a question goes to: all that are enabled, and in a sandbox that has none, four that are made up. */
struct err *carriers_to_ask(struct ctx *cx, struct recs *out) MUST_CHECK;

/* The word of a carrier's kind: "ups". */
struct str carriers_kind(const struct rec *carrier);

extern const struct resource rates_ask_shape;

/* An answer as a rec of shipping_rates_shape. */
struct rec *rates_rec(struct ctx *cx, const struct rates_question *q, const struct rates *r);

/* The address_shape or rates_place in a rec, for adapters. */
struct carrier_address rates_address(struct arena *a, const struct rec *r);

#endif

/*
 * Headers that shape answers. A client that names something we do not have is told so, except by
 * Accept-Language, which browsers send on their own.
 */
#include "web/shown.h"

#include "base/country.h"
#include "base/currency.h"
#include "base/zone.h"
#include "model/language.h"
#include "model/names.h"
#include "web/call.h"
#include "web/negotiate.h"

#define CURRENCY "X-Currency"
#define REGION "X-Region"
#define TIMEZONE "X-Timezone"

static struct err *
take_languages(struct call *c)
{
	struct shown_as *shown = &c->cx.shown;
	struct str fallback = c->rq.meta[META_LANGUAGE_FALLBACK];

	shown->language = negotiate_language(c->rq.meta[META_ACCEPT_LANGUAGE]);
	shown->fallback = language_of_tag(str_trim(fallback));
	if (fallback.n && !shown->fallback.n)
		return language_unknown(&c->cx, STR("X-Language-Fallback"), fallback);
	return NULL;
}

static struct str
upper(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		p[i] = (char)(s.p[i] >= 'a' && s.p[i] <= 'z' ? s.p[i] - 'a' + 'A' : s.p[i]);
	return (struct str){ p, s.n };
}

/* ---- currency */

/* The currencies that prices of this tenant can be shown in. */
static void
add_currencies(struct ctx *cx, struct names *l)
{
	struct rate own;

	if (!rate_find(cx->currency, cx->currency, &own)) {
		names_add(l, str_z(cx->arena, cx->currency));
		return;
	}
	for (size_t i = 0; rate_currency(i); i++)
		names_add(l, rate_currency(i));
}

static struct err *
refuse_currency(struct ctx *cx, struct str code)
{
	struct names l = { .n = 0 };
	struct err *e;

	add_currencies(cx, &l);
	e = names_unknown(cx->arena, STR(CURRENCY), "currency", code, &l);
	if (currency_digits(code) < 0)
		return e;
	e->details->reason = REASON_NO_RATE;
	e->details->message = e->message = str_fmt(cx->arena,
		"there is no exchange rate from %.*s to %.*s", STRF(cx->currency), STRF(code));
	return e;
}

static struct err *
take_currency(struct call *c)
{
	struct ctx *cx = &c->cx;
	struct str code = str_trim(c->rq.meta[META_CURRENCY]);

	if (!code.n)
		return NULL;
	code = upper(cx->arena, code);
	cx->shown.currency_digits = currency_digits(code);
	if (cx->shown.currency_digits < 0 ||
		(!str_eq(code, cx->currency) && !rate_find(cx->currency, code, &cx->shown.rate)))
		return refuse_currency(cx, code);
	cx->shown.currency = code;
	return NULL;
}

/* ---- region and zone */

/* Regions of more than one country, and the ones of ICU whose style they have. */
static const struct wide_region {
	const char *name, *of_icu;
} wide_regions[] = { { "EU", "150" }, { "APAC", "001" } };

static struct err *
take_region(struct call *c, struct str *region)
{
	struct arena *a = c->cx.arena;
	struct str given = str_trim(c->rq.meta[META_REGION]);
	struct err *e;

	*region = given.n ? upper(a, given) : given;
	if (!given.n)
		return NULL;
	if (country_exists(*region)) {
		c->cx.shown.region = *region;
		return NULL;
	}
	given = *region;
	for (size_t i = 0; i < COUNT(wide_regions); i++) {
		*region = str_of(wide_regions[i].of_icu);
		if (str_eq_z(given, wide_regions[i].name))
			return NULL;
	}
	e = err_new(a, ERR_QUERY, NULL);
	err_field(a, &e, STR(REGION), REASON_UNKNOWN,
		"must be the code of a country (ISO 3166) such as US, or EU, or APAC");
	return e;
}

static struct err *
take_zone(struct call *c)
{
	struct arena *a = c->cx.arena;
	struct str zone = str_trim(c->rq.meta[META_TIMEZONE]);
	struct err_detail *d;
	struct err *e;

	if (!zone.n || zone_known(zone)) {
		c->cx.shown.zone = zone;
		return NULL;
	}
	e = err_new(a, ERR_QUERY, NULL);
	d = err_field(a, &e, STR(TIMEZONE), REASON_UNKNOWN,
		"must be a zone of the IANA database, such as Europe/Berlin");
	d->nearest = zone_nearest(a, zone);
	return e;
}

/* How money and times are written, if any are to be. */
static void
set_style(struct ctx *cx, struct str region)
{
	struct str language = cx->shown.language.n ? cx->shown.language : cx->language;

	cx->shown.times = region.n || cx->shown.zone.n;
	if (cx->shown.times || cx->shown.currency.n)
		cx->shown.locale = str_fmt(
			cx->arena, "%.*s%s%.*s", STRF(language), region.n ? "_" : "", STRF(region))
					   .p;
}

struct err *
shown_take(struct call *c)
{
	struct str region;
	struct err *e = take_languages(c);

	e = err_join(e, take_currency(c));
	e = err_join(e, take_region(c, &region));
	e = err_join(e, take_zone(c));
	if (!e)
		set_style(&c->cx, region);
	return e;
}

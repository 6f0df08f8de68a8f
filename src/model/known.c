/* Codes of published lists: taken in any case, kept in upper case. */
#include "model/known.h"

#include "base/country.h"
#include "base/currency.h"

static struct str
upper(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.n);

	for (size_t i = 0; i < s.n; i++)
		out[i] = (char)(s.p[i] & ~0x20);
	return (struct str){ out, s.n };
}

struct str
known_country(struct arena *a, struct str s)
{
	return country_exists(s) ? upper(a, s) : (struct str){ 0 };
}

struct str
known_currency(struct arena *a, struct str s)
{
	return currency_digits(s) < 0 ? (struct str){ 0 } : upper(a, s);
}

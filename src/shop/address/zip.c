/* Postal codes are compared as people mean them: "SW1A 1AA" is "sw1a1aa", and 90210-1234 lies in 90210. */
#include "shop/address/zip.h"

#define US_DIGITS 5

struct str
zip_normal(struct arena *a, struct str country, struct str zip)
{
	char *out = arena_alloc(a, zip.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < zip.n; i++) {
		char c = zip.p[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))
			out[n++] = c;
	}
	if (str_eq(country, STR("US")) && n > US_DIGITS)
		n = US_DIGITS;
	return (struct str){ out, n };
}

static const char *
read_range(struct str from, struct str to, struct zip_pattern *out)
{
	if (from.n != to.n)
		return "must be a range of codes of one length";
	if (memcmp(from.p, to.p, from.n) > 0)
		return "must be a range that begins with the lower code";
	*out = (struct zip_pattern){ STR(ZIP_RANGE), from, to };
	return NULL;
}

const char *
zip_read(struct arena *a, struct str country, struct str text, struct zip_pattern *out)
{
	size_t dot = str_find(text, '.');
	struct str first = zip_normal(a, country, str_cut(text, 0, dot));

	*out = (struct zip_pattern){ STR(""), STR(""), STR("") };
	if (first.n > ZIP_MOST)
		return "must be a code of at most 12 letters and digits";
	if (dot < text.n)
		return read_range(first,
			zip_normal(a, country, str_cut(text, dot + sizeof(ZIP_RANGE) - 1, text.n)),
			out);
	out->key = first;
	if (!str_ends(text, STR("*")))
		return NULL;
	if (first.n > ZIP_BEGINNING_MOST)
		return "must be a beginning of at most 9 characters";
	out->key = str_fmt(a, "%.*s*", STRF(first));
	return NULL;
}

static bool
is_code(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool letter =
			(c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

		if (!letter && (!i || (c != ' ' && c != '-')))
			return false;
	}
	return s.n > 0;
}

bool
zip_is_pattern(struct str text)
{
	size_t dot = str_find(text, '.');

	if (str_ends(text, STR("*")))
		return is_code(str_cut(text, 0, text.n - 1));
	if (dot == text.n)
		return is_code(text);
	return str_starts(str_cut(text, dot, text.n), STR(ZIP_RANGE)) &&
		is_code(str_cut(text, 0, dot)) &&
		is_code(str_cut(text, dot + sizeof(ZIP_RANGE) - 1, text.n));
}

int
zip_closeness(struct str key)
{
	enum { RANGE = ZIP_BEGINNING_MOST + 2, EXACT };

	if (str_eq(key, STR(ZIP_RANGE)))
		return RANGE;
	if (str_ends(key, STR("*")))
		return (int)key.n;
	return key.n ? EXACT : 0;
}

/* Headers of negotiation: lists of things with parameters. */
#include "web/negotiate.h"

#include "model/language.h"

/* "a/b; q=0.5" → "a/b"; *rest: the parameters. */
static struct str
without_parameters(struct str item, struct str *rest)
{
	size_t semicolon = str_find(item, ';');

	*rest = semicolon < item.n ? str_cut(item, semicolon + 1, item.n) : (struct str){ 0 };
	return str_trim(str_cut(item, 0, semicolon));
}

/* The value of a parameter, quotes left out; absent if it is not there. */
static struct str
parameter(struct str rest, struct str name)
{
	struct str one;

	while (str_split(&rest, ';', &one)) {
		size_t equals = str_find(one, '=');
		struct str value = str_trim(str_cut(one, equals + 1, one.n));

		if (!str_eq_nocase(str_trim(str_cut(one, 0, equals)), name))
			continue;
		if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
			value = str_cut(value, 1, value.n - 1);
		return value.p ? value : STR("");
	}
	return (struct str){ 0 };
}

/* q in thousandths; 1000 if it is not given, 0 if it is no number. */
static int
weight(struct str rest)
{
	struct str q = parameter(rest, STR("q"));
	int thousandths = 0;

	if (!q.p)
		return 1000;
	if (!q.n || q.n > 5 || (q.p[0] != '0' && q.p[0] != '1'))
		return 0;
	for (size_t i = 0, digits = 0; digits < 4; i++) {
		char c = '0';

		if (i < q.n)
			c = q.p[i];
		if (c == '.')
			continue;
		if (c < '0' || c > '9')
			return 0;
		thousandths = thousandths * 10 + (c - '0');
		digits++;
	}
	return MIN(thousandths, 1000);
}

/* How closely a media range names a type: 0 not at all, 3 by its name. */
static int
closeness(struct str range, struct str type)
{
	size_t slash = str_find(type, '/');

	if (str_eq_nocase(range, type))
		return 3;
	if (str_ends(range, STR("/*")) && range.n == slash + 2 &&
		str_eq_nocase(str_cut(range, 0, slash), str_cut(type, 0, slash)))
		return 2;
	return str_eq(range, STR("*/*")) ? 1 : 0;
}

/* What the closest range says of a type (RFC 9110 §12.5.1), in thousandths; -1 if none names it. */
static int
liking(struct str accept, struct str type)
{
	struct str item, rest;
	int closest = 0, likes = -1;

	while (str_split(&accept, ',', &item)) {
		struct str range = without_parameters(item, &rest);
		int now = closeness(range, type);

		if (now > closest) {
			closest = now;
			likes = weight(rest);
		}
	}
	return likes;
}

const char *
negotiate_type(struct str accept, const char *const *types)
{
	const char *best = NULL;
	int best_liking = 0;

	if (!str_trim(accept).n)
		return types[0];
	for (; *types; types++) {
		int now = liking(accept, str_of(*types));

		if (now > best_liking) {
			best_liking = now;
			best = *types;
		}
	}
	return best;
}

/* True if some "+json" is accepted; who reads one reads JSON. */
static bool
takes_some_json(struct str accept)
{
	struct str item, rest;

	while (str_split(&accept, ',', &item))
		if (str_ends(without_parameters(item, &rest), STR("+json")) && weight(rest))
			return true;
	return false;
}

bool
negotiate_takes_json(struct str accept)
{
	int likes;

	if (!str_trim(accept).n)
		return true;
	likes = liking(accept, STR("application/json"));
	return likes > 0 || (likes < 0 && takes_some_json(accept));
}

bool
negotiate_wants_problem(struct str accept)
{
	static const char *const types[] = { "application/json", TYPE_PROBLEM, NULL };

	return str_trim(accept).n && negotiate_type(accept, types) == types[1];
}

/* JSON Patch is JSON, but no object to be merged. */
static bool
is_json_kind(struct str kind, enum method method)
{
	if (str_eq_nocase(kind, STR("application/json")))
		return true;
	if (str_eq_nocase(kind, STR("application/merge-patch+json")))
		return method == METHOD_PATCH;
	if (str_eq_nocase(kind, STR("application/json-patch+json")))
		return false;
	return kind.n > 5 && str_eq_nocase(str_cut(kind, kind.n - 5, kind.n), STR("+json"));
}

bool
negotiate_is_json(struct str content_type, enum method method)
{
	struct str rest, charset;
	struct str kind = without_parameters(content_type, &rest);

	if (!is_json_kind(kind, method))
		return false;
	charset = parameter(rest, STR("charset"));
	return !charset.p || str_eq_nocase(charset, STR("utf-8")) ||
		str_eq_nocase(charset, STR("utf8"));
}

bool
negotiate_is_one_of(struct str content_type, const char *const *types)
{
	struct str rest, kind = without_parameters(content_type, &rest);

	for (; *types; types++)
		if (str_eq_nocase(kind, str_of(*types)))
			return true;
	return false;
}

bool
negotiate_prefers(struct str prefer, const char *token)
{
	struct str item, rest;

	while (str_split(&prefer, ',', &item))
		if (str_eq_nocase(without_parameters(item, &rest), str_of(token)))
			return true;
	return false;
}

struct str
negotiate_language(struct str accept_language)
{
	struct str item, rest, best = { 0 };
	int best_weight = 0;

	while (str_split(&accept_language, ',', &item)) {
		struct str tag = without_parameters(item, &rest);
		struct str language = language_of_tag(tag);
		int now = weight(rest);

		if (now > best_weight && (language.n || str_eq(tag, STR("*")))) {
			best = language;
			best_weight = now;
		}
	}
	return best;
}

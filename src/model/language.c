/* Which language of a text is shown. Most rows have one language only, so that case costs nothing. */
#include "model/language.h"

#include "base/json.h"
#include "base/locale.h"
#include "model/map.h"
#include "model/names.h"

static const char *const known[] = { "en", "es", "fr", "de", "ja", "zh" };

/* Bits of shown_as.told, in the order of Content-Language; behind them one for each known language. */
enum told { TOLD_WANTED, TOLD_FALLBACK, TOLD_OWN, TOLD_KNOWN };

#define BIT(n) (1U << (n))

void
language_warm(void)
{
	for (size_t i = 0; i < COUNT(known); i++)
		locale_warm(known[i]);
}

bool
language_known(struct str tag)
{
	for (size_t i = 0; i < COUNT(known); i++) {
		if (str_eq_z(tag, known[i]))
			return true;
	}
	return false;
}

struct str
language_of_tag(struct str tag)
{
	struct str primary = str_cut(tag, 0, str_find(tag, '-'));

	for (size_t i = 0; i < COUNT(known); i++) {
		if (str_eq_nocase(primary, str_of(known[i])))
			return str_of(known[i]);
	}
	return (struct str){ 0 };
}

static struct str
in_language(struct ctx *cx, struct str own, struct str others, struct str wanted)
{
	if (!wanted.n)
		return (struct str){ 0 };
	if (str_eq(wanted, cx->language))
		return own;
	return map_get(cx->arena, others, str_z(cx->arena, wanted));
}

struct str
language_choose(struct ctx *cx, struct str own, struct str others)
{
	const struct str wanted[] = {
		[TOLD_WANTED] = cx->shown.language, [TOLD_FALLBACK] = cx->shown.fallback
	};

	for (size_t i = 0; others.p && cx->shown.language.n && i < COUNT(wanted); i++) {
		struct str text = in_language(cx, own, others, wanted[i]);

		if (!text.p)
			continue;
		cx->shown.told |= BIT(i);
		return text;
	}
	cx->shown.told |= BIT(TOLD_OWN);
	return own;
}

void
language_map(struct buf *b, struct ctx *cx, struct str own, struct str others)
{
	struct json *more = map_read(cx->arena, others);

	buf_char(b, '{');
	for (size_t i = 0; i < COUNT(known); i++) {
		struct str text = str_eq_z(cx->language, known[i])
			? own
			: json_string(json_get(more, known[i]));

		if (!text.p || !(cx->shown.maps & BIT(i)))
			continue;
		cx->shown.told |= BIT(TOLD_KNOWN + i);
		map_put(b, str_of(known[i]), text);
	}
	buf_char(b, '}');
}

struct err *
language_unknown(struct ctx *cx, struct str param, struct str tag)
{
	struct names l = { .n = 0 };

	for (size_t i = 0; i < COUNT(known); i++)
		names_add(&l, known[i]);
	return names_unknown(cx->arena, param, "language", tag, &l);
}

struct err *
language_read_list(struct ctx *cx, struct str list)
{
	struct str tag;

	while (str_split(&list, ',', &tag)) {
		bool all;

		tag = str_trim(tag);
		all = str_eq(tag, STR("all"));
		if (!all && !language_known(tag))
			return language_unknown(cx, STR("languages"), tag);
		for (size_t i = 0; i < COUNT(known); i++)
			cx->shown.maps |= all || str_eq_z(tag, known[i]) ? BIT(i) : 0;
	}
	return NULL;
}

static struct str
told_name(const struct ctx *cx, size_t i)
{
	if (i == TOLD_WANTED)
		return cx->shown.language;
	if (i == TOLD_FALLBACK)
		return cx->shown.fallback;
	return i == TOLD_OWN ? cx->language : str_of(known[i - TOLD_KNOWN]);
}

/* True if the list has that name. */
static bool
is_listed(struct str list, struct str name)
{
	struct str one;

	while (str_split(&list, ',', &one)) {
		if (str_eq(str_trim(one), name))
			return true;
	}
	return false;
}

struct str
language_shown(struct ctx *cx)
{
	struct str list = { 0 };

	for (size_t i = 0; i < TOLD_KNOWN + COUNT(known); i++) {
		struct str name = told_name(cx, i);

		if (!(cx->shown.told & BIT(i)) || is_listed(list, name))
			continue;
		list = list.n ? str_fmt(cx->arena, "%.*s, %.*s", STRF(list), STRF(name)) : name;
	}
	return list;
}

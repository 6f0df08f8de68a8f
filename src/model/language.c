/* Which language of a text is shown. Most rows have one language only, so that case costs nothing. */
#include "model/language.h"

#include "model/map.h"

bool
language_known(struct str tag)
{
	static const char *const known[] = { "en", "es", "fr", "de", "ja", "zh" };

	for (size_t i = 0; i < COUNT(known); i++) {
		if (str_eq_z(tag, known[i]))
			return true;
	}
	return false;
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
	struct str text;

	if (!others.p || !cx->shown.language.n)
		return own;
	text = in_language(cx, own, others, cx->shown.language);
	if (!text.p)
		text = in_language(cx, own, others, cx->shown.fallback);
	return text.p ? text : own;
}

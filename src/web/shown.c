/*
 * Headers that shape answers. A client that names something we do not have is told so, except by
 * Accept-Language, which browsers send on their own.
 */
#include "web/shown.h"

#include "model/language.h"
#include "web/call.h"
#include "web/negotiate.h"

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

struct err *
shown_take(struct call *c)
{
	return take_languages(c);
}

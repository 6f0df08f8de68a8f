/* The languages that text can be kept in, and which of them an answer shows (D18). */
#ifndef SOUK_MODEL_LANGUAGE_H
#define SOUK_MODEL_LANGUAGE_H

#include "base/buf.h"
#include "db/ctx.h"

#define LANGUAGE_LIST "en, es, fr, de, ja, zh"

/* Opens what writing money and times in each of them needs; once, before the fork. */
void language_warm(void);

bool language_known(struct str tag);
/* The language of a tag in any case, "zh" of "zh-Hant-TW"; absent if we keep no text in it. */
struct str language_of_tag(struct str tag);

/*
 * The text to show: in cx->shown.language, else its fallback, else the tenant's own, which is always
 * there. Notes in cx->shown which of them that was.
 */
struct str language_choose(struct ctx *cx, struct str own, struct str others);
/* The text as a map of those languages of cx->shown.maps that it has; notes them as well. */
void language_map(struct buf *b, struct ctx *cx, struct str own, struct str others);

/* "en,es" or "all" for cx->shown.maps; ERR_QUERY names the parameter, `languages`. */
struct err *language_read_list(struct ctx *cx, struct str list) MUST_CHECK;
/* ERR_QUERY: `param` names a language that no text is kept in. */
struct err *language_unknown(struct ctx *cx, struct str param, struct str tag) MUST_CHECK;

/*
 * The languages of what was rendered so far, for Content-Language: the one that was wanted first, then
 * those that texts fell back to. Absent if no text was shown.
 */
struct str language_shown(struct ctx *cx);

#endif

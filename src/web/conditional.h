/* Entity tags and the conditions on them (RFC 9110 §13; D37, D64). Pure: text in, verdict out. */
#ifndef SOUK_WEB_CONDITIONAL_H
#define SOUK_WEB_CONDITIONAL_H

#include "model/view.h"
#include "model/write.h"

/* All that decides how an object looks apart from its version. */
uint64_t conditional_look(const struct ctx *cx, const struct view *view);
/* The same of an object that shows what makes no version of it, by its stamp (model/stamp.h). */
uint64_t conditional_stamped(uint64_t look, uint64_t stamp);
/* "<version>.<look>" with its quotes. */
struct str conditional_tag(struct arena *a, int64_t version, uint64_t look);
/* W/"<hash of the body>" */
struct str conditional_list_tag(struct arena *a, struct str body);

/*
 * True if `header` (If-None-Match) names `tag` or is "*"; weak comparison, since nginx weakens what it
 * compresses.
 */
bool conditional_names(struct str header, struct str tag);
/* True if some version of an object that looks so could be named; says whether looking is worth it. */
bool conditional_may_name(struct str header, uint64_t look);

/*
 * True if the object is unchanged by If-None-Match or, only without that header, by If-Modified-Since;
 * the latter is not believed for what is younger than 2 s, since it counts seconds.
 */
bool conditional_is_unchanged(
	struct str none_match, struct str since, struct str tag, int64_t modified_ms);

/*
 * The tag of a 304 as the client holds it: weak if `header` names it so, because it was compressed on
 * the way. With another tag a cache would not know what to freshen (RFC 9111 §4.3.4).
 */
struct str conditional_as_held(struct arena *a, struct str header, struct str tag);

/* What the headers of conditions say, undecoded. */
struct condition_headers {
	struct str match, none_match, unmodified_since;
};

/*
 * Of tags W/ is ignored and only the version part counts; a date that is none is as if not sent. ERR_MALFORMED for what
 * is no list of tags, or more than 8 of ours.
 */
struct err *conditional_read(struct arena *a, const struct condition_headers *headers,
	struct conditions *out) MUST_CHECK;

#endif

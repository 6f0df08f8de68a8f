/* Conditions: a line each of If-Match, If-None-Match, If-Unmodified-Since. What we gave is known again in any list of it. */
#include "fuzz.h"

#include "web/conditional.h"

#define LOOK UINT64_C(0x89abcdef01234567)

static void
look_up(struct arena *a, struct str header)
{
	struct str tag = conditional_tag(a, 12, LOOK), held = conditional_as_held(a, header, tag);

	must(str_eq(held, tag) || str_eq(held, str_fmt(a, "W/%.*s", STRF(tag))));
	if (conditional_names(header, tag))
		must(conditional_may_name(header, LOOK));
	(void)conditional_is_unchanged((struct str){ 0 }, header, tag, 1000);
	must(header.n || !conditional_is_unchanged(header, header, tag, 0));
}

/* As a client sends it that keeps several. */
static void
find_ours(struct arena *a, struct str header)
{
	struct str tag = conditional_tag(a, 12, LOOK);
	struct str list = str_fmt(a, "W/%.*s , %.*s", STRF(tag), STRF(header));

	must(conditional_names(list, tag) && conditional_may_name(list, LOOK));
}

void
fuzz_conditional(struct fuzz *f)
{
	struct condition_headers headers;
	struct conditions out;
	struct err *e;

	headers.match = fuzz_line(f);
	headers.none_match = fuzz_line(f);
	headers.unmodified_since = fuzz_line(f);
	e = conditional_read(f->arena, &headers, &out);
	look_up(f->arena, headers.none_match);
	find_ours(f->arena, headers.none_match);
	if (e) {
		fuzz_told(f, e);
		return;
	}
	must(out.match.given == (headers.match.n > 0));
	must(out.match.n <= COUNT(out.match.versions) && out.none_match.n <= 8);
	for (size_t i = 0; i < out.match.n; i++)
		must(out.match.versions[i] > 0);
}

/* Accept, Content-Type, Prefer: one line each. */
#include "fuzz.h"

#include "web/negotiate.h"

static void
accept(struct str header)
{
	static const char *const types[] = { "text/html", "application/json", TYPE_PROBLEM, NULL };
	static const char *const json[] = { "application/json", NULL };
	const char *type = negotiate_type(header, types);

	must(!type || type == types[0] || type == types[1] || type == types[2]);
	must(type || !negotiate_type(header, json));
	must(negotiate_takes_json(header) || !negotiate_type(header, json));
	must(!negotiate_wants_problem(header) || str_trim(header).n);
}

static void
content_type(struct str header)
{
	bool post = negotiate_is_json(header, METHOD_POST);

	must(!post || negotiate_is_json(header, METHOD_PATCH));
}

void
fuzz_negotiate(struct fuzz *f)
{
	struct str prefer;

	accept(fuzz_line(f));
	content_type(fuzz_line(f));
	prefer = fuzz_line(f);
	must(negotiate_prefers(prefer, "dry-run") ==
			negotiate_prefers(
				str_fmt(f->arena, "%.*s , a=b", STRF(prefer)), "dry-run") ||
		str_find(prefer, '\0') < prefer.n);
}

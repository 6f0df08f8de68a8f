/* Languages: of Accept-Language, of a tag, of a list. */
#include "fuzz.h"

#include "model/language.h"
#include "web/negotiate.h"

void
fuzz_language(struct fuzz *f)
{
	struct str header = fuzz_line(f), list = fuzz_line(f);
	struct str best = negotiate_language(header), tag = language_of_tag(header);
	struct err *e;

	must(!best.p || language_known(best));
	must(!tag.p || language_known(tag));
	if (tag.p && str_find(header, ',') == header.n && str_find(header, ';') == header.n)
		must(str_eq(best, tag));
	if (!list.p)
		return;
	e = language_read_list(&f->cx, list);
	if (e)
		fuzz_told(f, e);
	else
		must(f->cx.shown.maps);
}

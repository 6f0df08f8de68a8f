/* Text in pages: nothing in it is markup. */
#include "base/html.h"

#include "tap.h"

void
test_html__text_cannot_be_markup(void)
{
	static const struct {
		const char *text, *html;
	} cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "</style><script>", "&lt;/style&gt;&lt;script&gt;" },
		{ "\" onload='x'", "&quot; onload=&#39;x&#39;" },
		{ "&lt;", "&amp;lt;" },
		{ "\xe2\x82\xac", "\xe2\x82\xac" },
	};
	struct arena *a = arena_new("test", 1 << 20);

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf b;

		buf_init(&b, a, 16, 256);
		HTML(&b, "<p>");
		html_z(&b, cases[i].text);
		CHECK_STR(buf_view(&b), str_fmt(a, "<p>%s", cases[i].html).p);
	}
	arena_free(a);
}

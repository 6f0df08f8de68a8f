/* The five characters that mean something in text or in a quoted attribute. */
#include "base/html.h"

void
html_text(struct buf *b, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		switch (text.p[i]) {
		case '&':
			HTML(b, "&amp;");
			break;
		case '<':
			HTML(b, "&lt;");
			break;
		case '>':
			HTML(b, "&gt;");
			break;
		case '"':
			HTML(b, "&quot;");
			break;
		case '\'':
			HTML(b, "&#39;");
			break;
		default:
			buf_char(b, text.p[i]);
		}
	}
}

void
html_z(struct buf *b, const char *text)
{
	html_text(b, str_of(text));
}

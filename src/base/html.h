/* Writing HTML: text can get into a page only escaped, markup only as a literal. */
#ifndef SOUK_BASE_HTML_H
#define SOUK_BASE_HTML_H

#include "base/buf.h"

/* Markup: a literal, so that nothing that came from elsewhere can be one. */
#define HTML(b, literal) buf_put((b), "" literal, sizeof(literal) - 1)

/* Text, or the value of an attribute in double quotes. */
void html_text(struct buf *b, struct str text);
void html_z(struct buf *b, const char *text);

#endif

/* Pages for people: what a browser may do with one, and errors as such. */
#ifndef SOUK_WEB_PAGE_H
#define SOUK_WEB_PAGE_H

#include "base/buf.h"
#include "base/err.h"

/* Content-Security-Policy: nothing but one <style> of that text (NULL: none) and, if `form`, forms that come back here. */
struct str page_policy(struct arena *a, const char *style, bool form);

/* The style sheet of the error page, for pages that need no other. */
extern const char page_style[];

/* A page that says what was wrong. */
void page_error(struct buf *b, struct str request_id, const struct err *e);

#endif

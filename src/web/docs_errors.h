/* /docs/errors: what each reason means, printed from err.def and reason.def (D81: public). */
#ifndef SOUK_WEB_DOCS_ERRORS_H
#define SOUK_WEB_DOCS_ERRORS_H

#include "base/buf.h"
#include "base/err.h"

struct call;
struct route_doc;

/* The types that the page can be had in, the default first, NULL-terminated. */
extern const char *const docs_errors_types[];

extern const struct route_doc docs_errors_doc;

/* The reasons that answers can carry as JSON: {"data":[…]}. */
void docs_errors_list(struct buf *b);

/* What a group of reasons is called: "In bodies". */
const char *docs_errors_group(enum reason_where where);

/* GET /docs/errors: a page for people, or the list as JSON. */
struct err *docs_errors_get(struct call *c);

#endif

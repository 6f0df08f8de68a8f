/*
 * /openapi.json: the contract of the API as OpenAPI 3.1, printed from the route table, the descriptors,
 * the errors and the operators, and from nothing else (D81: public).
 */
#ifndef SOUK_WEB_OPENAPI_H
#define SOUK_WEB_OPENAPI_H

#include "base/base.h"
#include "web/route.h"

struct call;

/* The document as it is sent, for the life of the process, and its strong tag with the quotes. */
struct openapi {
	struct str text, etag;
};

/*
 * Writes the document. The routes are those of linked resources. It names no host, so that it is the same
 * wherever it is printed: to be called before reply_setup().
 */
struct openapi openapi_new(struct arena *a, const struct routes *routes);

extern const struct route_doc openapi_doc;

/* GET /openapi.json, or 304. */
struct err *openapi_get(struct call *c) MUST_CHECK;

#endif

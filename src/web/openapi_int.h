/* What the files that write the OpenAPI document share. Each writes one of its parts. */
#ifndef SOUK_WEB_OPENAPI_INT_H
#define SOUK_WEB_OPENAPI_INT_H

#include "base/buf.h"
#include "base/json_out.h"
#include "model/plan.h"
#include "web/route.h"

/* What an operation does: what it takes and can answer follows from that. */
enum kind {
	KIND_FIXED,
	KIND_GUARDED, /* fixed too, but it takes a scope */
	KIND_LIST,
	KIND_GET,
	KIND_CREATE,
	KIND_UPDATE,
	KIND_ARCHIVE,
	KIND_ACT,
	KIND_ASK,     /* operations: a GET, */
	KIND_COMPUTE, /* one with a body that writes nothing, */
	KIND_OPERATE, /* and one that writes; */
	KIND_RAW,     /* what is no JSON, */
	KIND_OPEN     /* and without a key */
};

#define AS(kind) (1U << (kind))
#define AS_READ (AS(KIND_LIST) | AS(KIND_GET) | AS(KIND_ASK))
/* Writes of one object, which can be made on condition, and all. */
#define AS_WRITE_ONE (AS(KIND_CREATE) | AS(KIND_UPDATE) | AS(KIND_ARCHIVE) | AS(KIND_ACT))
#define AS_WRITE (AS_WRITE_ONE | AS(KIND_OPERATE))
#define AS_CONDITIONAL (AS_READ | AS_WRITE_ONE)
#define AS_RESOURCE (AS_READ | AS_WRITE | AS(KIND_COMPUTE))
#define AS_KEYED (AS(KIND_GUARDED) | AS(KIND_RAW) | AS_RESOURCE)
#define AS_RAW (AS(KIND_RAW) | AS(KIND_OPEN))
#define AS_ANY (AS(KIND_FIXED) | AS(KIND_OPEN) | AS_KEYED)

struct endpoint {
	const struct route *route;
	const struct way *way;
	enum method method;
	enum kind kind;
};

/* ---- openapi_json.c */

/* Members or values that are constant, with ' for "; puts the comma before them. */
#define LITERAL(b, text) openapi_literal((b), "" text)
void openapi_literal(struct buf *b, const char *text);
/* ,"name":"value"; nothing for NULL. */
void openapi_text(struct buf *b, const char *name, const char *value);
void openapi_fmt(struct buf *b, const char *name, const char *fmt, ...) PRINTF(3, 4);
void openapi_int(struct buf *b, const char *name, int64_t n);
/* ,"name":{ or ,"name":[; a name of NULL: without it. */
void openapi_open(struct buf *b, const char *name, char bracket);
/* ,"name":{"$ref":"#/components/<part>/<key>"} with a name of NULL: the object alone. */
void openapi_ref(struct buf *b, const char *name, const char *part, struct str key);
/* "api_key" or "api-keys" with what follows → "ApiKey…"; the name of a component. */
struct str openapi_name(struct arena *a, const char *words, const char *more);
/* "transfer_stock" → "transferStock"; the name of an operation. */
struct str openapi_camel(struct arena *a, const char *words);
/* "api_key" → "api key", to be read. */
struct str openapi_words(struct arena *a, const char *name);

/* ---- openapi_schema.c, openapi_shared.c, openapi_example.c */

/* True if a client may set it. */
bool openapi_settable(const struct field *f);
/* "application/json":{"schema":…,"examples":…} of a component, or of a shape. */
void openapi_content(struct buf *b, const char *type, struct str key, const struct resource *shape);
/* components.schemas, and those of them that belong to no resource */
void openapi_schemas(struct arena *a, struct buf *b);
void openapi_shared_schemas(struct buf *b);
/*
 * The value of a field's example as JSON, of an object what its fields' are; false, with nothing written, if it has
 * none. `sent`: without what only the server sets.
 */
bool openapi_example(struct buf *b, const struct field *f, bool sent);
/* ,"example":{…} of a shape, which is no component. */
void openapi_shape_example(struct buf *b, const struct resource *shape, bool sent);
/* components.examples */
void openapi_examples(struct arena *a, struct buf *b);

/* ---- openapi_parameter.c, openapi_query.c */

/* components.parameters */
void openapi_parameters(struct arena *a, struct buf *b);
/* The references of an operation to its header and query parameters, into an open array. */
void openapi_headers_of(struct buf *b, const struct endpoint *op);
/* False of what is only shown, and written, within its owner. */
bool openapi_is_asked(const struct resource *r);
void openapi_queries(struct arena *a, struct buf *b);
void openapi_queries_of(struct arena *a, struct buf *b, const struct endpoint *op);

/* ---- openapi_response.c */

/* components.headers and components.responses */
void openapi_headers(struct buf *b);
void openapi_responses(struct arena *a, struct buf *b);
/* The errors that are answered where there is no operation, into an open object. */
void openapi_outside(struct arena *a, struct buf *b);
/* The statuses that the operation can answer, into an open object. */
void openapi_responses_of(struct arena *a, struct buf *b, const struct endpoint *op);

/* ---- openapi_operation.c */

/* paths */
void openapi_paths(struct arena *a, struct buf *b, const struct routes *routes);

#endif

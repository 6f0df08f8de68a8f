/* The document as a whole, and its route. It is written once, before the workers, and only read by them. */
#include "web/openapi.h"

#include "base/crypto.h"
#include "web/call.h"
#include "web/conditional.h"
#include "web/health.h"
#include "web/openapi_int.h"

#define DOCUMENT_MAX ((size_t)16 << 20)
#define AGE_S 3600

const struct route_doc openapi_doc = {
	.name = "openapi",
	.summary = "This document",
	.text = "What the API takes and gives, as OpenAPI 3.1.",
	.schema = "'type':'object','required':['openapi','info','paths','components']",
	.tagged = true,
};

static void
put_info(struct buf *b)
{
	LITERAL(b, "'openapi':'3.1.0','info':{'title':'Souk','version':'" API_VERSION "'");
	openapi_text(b, "summary", "A commerce platform.");
	openapi_text(b, "description",
		"Every path below `/v2` takes an API key: `Authorization: Bearer KEY`. Lists have "
		"pages "
		"or cursors, filters and sorts; writes can be repeated under an `Idempotency-Key`, "
		"tried with `Prefer: dry-run`, and guarded with `If-Match`. Every refusal has the "
		"same "
		"shape and names all faults at once.");
	buf_char(b, '}');
	/* Relative: the side, live or sandbox, from which the document came. */
	LITERAL(b,
		"'servers':[{'url':'/','description':'The side, live or sandbox, that this "
		"document was fetched from.'}],'externalDocs':{'url':'/docs/errors',"
		"'description':'Every reason that an error can carry.'}");
}

static void
put_tags(struct buf *b)
{
	openapi_open(b, "tags", '[');
	for (const struct resource *const *r = model_all(); *r; r++) {
		openapi_open(b, NULL, '{');
		openapi_text(b, "name", (*r)->plural);
		openapi_text(b, "description", (*r)->doc);
		buf_char(b, '}');
	}
	LITERAL(b, "{'name':'service','description':'The service itself.'}]");
}

static void
put_components(struct arena *a, struct buf *b)
{
	openapi_open(b, "components", '{');
	LITERAL(b,
		"'securitySchemes':{'key':{'type':'http','scheme':'bearer','description':'An API "
		"key. What it may do are its scopes; the one that an operation takes stands in its "
		"x-scope.'}}");
	openapi_open(b, "parameters", '{');
	openapi_parameters(a, b);
	LITERAL(b, "}");
	openapi_open(b, "headers", '{');
	openapi_headers(b);
	LITERAL(b, "}");
	openapi_open(b, "responses", '{');
	openapi_responses(a, b);
	LITERAL(b, "}");
	openapi_open(b, "schemas", '{');
	openapi_schemas(a, b);
	LITERAL(b, "}");
	openapi_open(b, "examples", '{');
	openapi_examples(a, b);
	LITERAL(b, "}}");
}

struct openapi
openapi_new(struct arena *a, const struct routes *routes)
{
	struct openapi doc;
	struct digest hash;
	struct buf b;

	buf_init(&b, a, (size_t)1 << 19, DOCUMENT_MAX);
	buf_char(&b, '{');
	put_info(&b);
	put_tags(&b);
	openapi_open(&b, "paths", '{');
	openapi_paths(a, &b, routes);
	buf_char(&b, '}');
	openapi_open(&b, "x-outside", '{');
	openapi_outside(a, &b);
	buf_char(&b, '}');
	put_components(a, &b);
	buf_z(&b, "}\n");
	must(!b.overflow);
	doc.text = buf_view(&b);
	hash = crypto_sha256(doc.text);
	doc.etag = str_fmt(a, "\"%.*s\"", STRF(str_hex(a, hash.b, 8)));
	return doc;
}

struct err *
openapi_get(struct call *c)
{
	const struct openapi *doc = &c->site->openapi;
	struct reply *r = &c->reply;

	r->shared = true;
	r->max_age_s = AGE_S;
	r->etag = doc->etag;
	if (conditional_names(c->rq.meta[META_IF_NONE_MATCH], doc->etag))
		r->status = 304;
	else
		buf_str(&r->body, doc->text);
	return NULL;
}

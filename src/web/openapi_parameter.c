/*
 * Headers of requests. The table names every header of request.def, so that one which is read and not
 * documented is noticed at start; what nobody reads is not documented.
 */
#include "model/raw.h"
#include "web/openapi_int.h"
#include "web/request.h"

static const char *const variables[META__MAX] = {
#define X(name, variable) [META_##name] = (variable),
#include "web/request.def"
#undef X
};

/* A name of NULL: OpenAPI says it in another way, or it is not for clients. */
static const struct header {
	const char *variable, *name;
	unsigned kinds; /* AS() of the operations that it means something to */
	const char *doc;
	const char *schema;  /* members, with ' for " */
	const char *example; /* as it is sent */
} headers[] = {
	{ "HTTP_ACCEPT", NULL, 0, NULL, NULL, NULL },
	{ "HTTP_ACCEPT_LANGUAGE", "Accept-Language", AS_RESOURCE,
		"Of text that is kept in several languages, the one liked best is shown.",
		"'type':'string','maxLength':4096", "fr, en;q=0.8" },
	{ "HTTP_AUTHORIZATION", NULL, 0, NULL, NULL, NULL },
	{ "HTTP_CONTENT_ENCODING", NULL, 0, NULL, NULL, NULL },
	{ "HTTP_IDEMPOTENCY_KEY", "Idempotency-Key", AS_WRITE,
		"A name for this one write: whoever sends it again within 24 hours gets the same "
		"answer, "
		"and nothing is done twice. Another request under the same key is 409.",
		"'type':'string','minLength':1,'maxLength':255,'pattern':'^[ -~]+$'",
		"7f9c24e8-3b12-4fe7-91c5-6d8a0e5b2f43" },
	{ "HTTP_IF_MATCH", "If-Match", AS_CONDITIONAL,
		"The ETag that was read: 412 if it has changed since. `*`: 412 if there is none.",
		"'type':'string'", "\"3.89abcdef01234567\"" },
	{ "HTTP_IF_MODIFIED_SINCE", "If-Modified-Since", AS(KIND_GET),
		"304 if the object has not changed since then; If-None-Match goes before it.",
		"'type':'string'", "Thu, 15 Jan 2026 10:30:00 GMT" },
	{ "HTTP_IF_NONE_MATCH", "If-None-Match",
		AS(KIND_FIXED) | AS(KIND_GUARDED) | AS(KIND_RAW) | AS_CONDITIONAL,
		"The ETag of what the client has: a read is 304 if that is still right, a write "
		"412. "
		"`*` with a write: 412 if there is one already.",
		"'type':'string'", "\"3.89abcdef01234567\"" },
	{ "HTTP_IF_UNMODIFIED_SINCE", "If-Unmodified-Since",
		AS(KIND_GET) | AS(KIND_UPDATE) | AS(KIND_ARCHIVE) | AS(KIND_ACT),
		"412 if the object has changed since then; If-Match goes before it.",
		"'type':'string'", "Thu, 15 Jan 2026 10:30:00 GMT" },
	{ "HTTP_ORIGIN", NULL, 0, NULL, NULL, NULL },
	{ "HTTP_PREFER", "Prefer", AS_WRITE,
		"`dry-run` does everything but store: the answer is 200 and says what would have "
		"been.",
		"'type':'string'", "dry-run" },
	{ "HTTP_TRACEPARENT", "traceparent", AS_KEYED,
		"The caller's place in a trace (W3C Trace Context); our logs keep its id.",
		"'type':'string'", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" },
	{ "HTTP_STRIPE_SIGNATURE", NULL, 0, NULL, NULL, NULL },
	{ "HTTP_USER_AGENT", NULL, 0, NULL, NULL, NULL },
	{ "HTTP_X_CURRENCY", "X-Currency", AS_RESOURCE,
		"Prices are shown as objects in this currency (ISO 4217) instead of as numbers in "
		"the "
		"shop's own.",
		"'type':'string','pattern':'^[A-Za-z]{3}$'", "EUR" },
	{ "HTTP_X_LANGUAGE_FALLBACK", "X-Language-Fallback", AS_RESOURCE,
		"The language to show where there is no text in the one that Accept-Language asks "
		"for.",
		"'type':'string'", "en" },
	{ "HTTP_X_NONCE", "X-Nonce", AS_KEYED,
		"Of a signed request: a text that was never sent before with this key.",
		"'type':'string'", "c2b1f0e4a7d94c55" },
	{ "HTTP_X_REGION", "X-Region", AS_RESOURCE,
		"The region (US, EU, APAC, or a country of ISO 3166) whose habits formatted times "
		"follow.",
		"'type':'string'", "FR" },
	{ "HTTP_X_SIGNATURE", "X-Signature", AS_KEYED,
		"Of a signed request: HMAC-SHA256 in hexadecimal digits.",
		"'type':'string','pattern':'^[0-9A-Fa-f]{64}$'", NULL },
	{ "HTTP_X_SOUK_EXIT", NULL, 0, NULL, NULL, NULL },
	{ "HTTP_X_SOUK_FAULT", NULL, 0, NULL, NULL, NULL },
	{ "HTTP_X_SOUK_READS", NULL, 0, NULL, NULL, NULL },
	{ "HTTP_X_TENANT_ID", "X-Tenant-ID", AS_KEYED,
		"Which tenant is meant; a key of one tenant may leave it out.", "'type':'string'",
		"tenant_123" },
	{ "HTTP_X_TIMESTAMP", "X-Timestamp", AS_KEYED,
		"Of a signed request: Unix time in seconds, at most five minutes off.",
		"'type':'string','pattern':'^[0-9]+$'", NULL },
	{ "HTTP_X_TIMEZONE", "X-Timezone", AS_RESOURCE,
		"The time zone (IANA) in which dates of filters begin and end, and of formatted "
		"times.",
		"'type':'string'", "Europe/Paris" },
};

/* NULL: it is no header, or no parameter. */
static const struct header *
header_of(enum meta meta)
{
	const char *variable = variables[meta];
	size_t i = 0;

	if (strncmp(variable, "HTTP_", 5) != 0)
		return NULL; /* nginx's own */
	while (i < COUNT(headers) && strcmp(headers[i].variable, variable) != 0)
		i++;
	must(i < COUNT(headers)); /* a header of request.def without a row above */
	return headers[i].name ? &headers[i] : NULL;
}

static void
put_header(struct arena *a, struct buf *b, const struct header *h)
{
	openapi_open(b, openapi_name(a, h->name, "").p, '{');
	LITERAL(b, "'in':'header'");
	openapi_text(b, "name", h->name);
	openapi_text(b, "description", h->doc);
	LITERAL(b, "'schema':{");
	openapi_literal(b, h->schema);
	buf_char(b, '}');
	openapi_text(b, "example", h->example);
	buf_char(b, '}');
}

void
openapi_parameters(struct arena *a, struct buf *b)
{
	for (int m = 0; m < META__MAX; m++) {
		const struct header *h = header_of((enum meta)m);

		if (h)
			put_header(a, b, h);
	}
	openapi_queries(a, b);
}

/* What a raw operation looks at, such as a signature. */
static void
put_raw_headers(struct buf *b, const struct raw *raw)
{
	for (const char *const *name = raw->headers; name && *name; name++) {
		openapi_open(b, NULL, '{');
		openapi_text(b, "name", *name);
		LITERAL(b,
			"'in':'header','description':'As its sender documents it.',"
			"'schema':{'type':'string'}}");
	}
}

/* Fixed paths look at one condition alone, and only those that have a tag. */
void
openapi_headers_of(struct buf *b, const struct endpoint *op)
{
	for (int m = 0; m < META__MAX; m++) {
		const struct header *h = header_of((enum meta)m);

		if (!h || !(h->kinds & AS(op->kind)))
			continue;
		if (op->kind == KIND_RAW && method_writes(op->method) &&
			(h->kinds & AS(KIND_FIXED)))
			continue;
		if (!op->way->resource && (h->kinds & AS(KIND_FIXED)) && !op->route->doc->tagged)
			continue;
		openapi_ref(b, NULL, "parameters", openapi_name(b->arena, h->name, ""));
	}
	if (op->way->operation && op->way->operation->raw)
		put_raw_headers(b, op->way->operation->raw);
}

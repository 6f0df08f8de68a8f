/*
 * Calls of other people's services over HTTPS: gateways, carriers, callbacks of merchants. Whatever comes of a call is an
 * outcome, not an err. It never follows a redirect, keeps no cookies, reads no proxy from the environment, and dials public
 * addresses only, whatever the name resolves to at that moment (S6).
 */
#ifndef SOUK_BASE_HTTP_H
#define SOUK_BASE_HTTP_H

#include "base/buf.h"

struct config;

/* Sizes of an answer that suit a call: anybody's, and a carrier's that brings a label with it. */
#define HTTP_ANSWER_MAX ((size_t)64 << 10)
#define HTTP_ANSWER_LABEL ((size_t)1 << 20)

enum http_fault {
	HTTP_NONE,
	HTTP_TIMEOUT,
	HTTP_REFUSED, /* no connection, or it was lost before the answer was whole */
	HTTP_DNS,
	HTTP_TLS,       /* no handshake, or a certificate that does not hold */
	HTTP_TOO_LARGE, /* the answer */
	HTTP_FORBIDDEN_ADDRESS,
	HTTP_CROWDED,    /* too many of us wait already (base/crowd.h); nothing was done */
	HTTP_UNSENDABLE, /* the URL, or the value of a header, is none; nothing was done */
	HTTP__FAULTS
};

struct http_header {
	const char *name;
	struct str value;
};

struct http_call {
	const char *method;
	struct str url, body; /* body absent: none */
	const struct http_header *headers;
	size_t nheaders;
	int timeout_ms;    /* of the whole call, > 0 */
	size_t answer_max; /* 0: HTTP_ANSWER_MAX */
	/*
	 * Nothing happens if the peer gets it twice, as a quote or a POST with an idempotency key. GET always is; anything
	 * else goes over a new connection, for on an old one that dies libcurl sends it again.
	 */
	bool repeatable;

	/* What came of it. */
	int status; /* 0: no answer */
	struct str answer, type;
	enum http_fault fault; /* not HTTP_NONE: status and answer are not to be used */
	bool sent;             /* the peer may have acted */
};

/*
 * Once, before a fork: reads SOUK_OUTSIDE_NETWORKS and SOUK_SERVICES of settings that are valid and outlive the process, and
 * starts libcurl.
 */
void http_setup(struct arena *a, const struct config *config);

/*
 * The base address, without a '/' at its end, of a service that we know: that of SOUK_SERVICES if it stands there, else
 * `otherwise`.
 */
struct str http_service(const char *name, const char *otherwise);

/* Makes the call and waits for its answer; no transaction may be open. What it answers lives in `a`. */
void http_do(struct arena *a, struct http_call *call);
/* All at once, up to clock_mono_us() `deadline_us` (0: their own time-outs alone); those that are late get HTTP_TIMEOUT. */
void http_do_all(struct arena *a, struct http_call *calls, size_t n, int64_t deadline_us);

/* From now on, until false, a call ends the process: a transaction is open (db/ says so). */
void http_forbid(bool forbidden);

/*
 * NULL if a merchant's URL can be called at all, else what is wrong with it as a part of a sentence: https, no user, no
 * fragment, a port that is not another service's. What its name resolves to is judged when it is dialled.
 */
const char *http_url_fault(struct arena *a, struct str url);

/* True if an address, v4 as ::ffff:…, is one of the public internet: what IANA's registries of special purposes leave. */
bool http_is_public(const unsigned char address[16]);

/* The word of a fault for logs and messages: "timeout". */
const char *http_fault_word(enum http_fault fault);

/* Adds "name=value" in application/x-www-form-urlencoded, behind a '&' if something stands there. */
void http_form(struct buf *b, const char *name, struct str value);
/* The value of an Authorization header (RFC 7617). */
struct str http_basic(struct arena *a, struct str user, struct str password);

#endif

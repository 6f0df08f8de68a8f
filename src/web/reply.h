/*
 * An answer on its way out: filled by handlers, turned into an HTTP head by reply_head(). The only
 * place where an err becomes HTTP, and where the headers that every answer carries are written.
 */
#ifndef SOUK_WEB_REPLY_H
#define SOUK_WEB_REPLY_H

#include "access/limit.h"
#include "base/buf.h"
#include "db/ctx.h"
#include "model/once.h"

#define REPLY_BODY_MAX ((size_t)32 << 20)

struct reply {
	int status;
	struct buf body;
	struct str type;                        /* absent: application/json */
	struct str etag, location, link, allow; /* absent: not sent */
	struct str language;                    /* Content-Language; absent: not sent */
	struct str policy;                      /* Content-Security-Policy of a page */
	struct str disposition;                 /* Content-Disposition of a file */
	struct str warning;                     /* text of a Warning 299 */
	int64_t modified_ms;                    /* Last-Modified; 0: none */
	int max_age_s;                          /* as in a descriptor; below 0: no-store */
	int retry_after_s;                      /* 0: none */
	const struct allowance *allowance;      /* NULL: nothing was counted */
	bool varies;                            /* the answer depends on who asks and how (D65) */
	bool shared;                            /* the same for everybody: any cache may keep it */
	bool page;                              /* for a browser's window, not for scripts */
	bool problem;                           /* errors are wanted as RFC 9457 has them */
	bool refuses_coding;                    /* a body is taken only without a content coding */
	unsigned tells_types;      /* methods, as bits, of which it says what bodies they take */
	bool challenge, bad_token; /* 401: nothing was shown; what was shown is not taken */
	bool replayed, dry_run, preflight;
};

/* Where the address of the documentation begins, for doc_url; once, at start. */
void reply_setup(const char *base_url);

/* An empty 200 that nobody may store. */
void reply_init(struct reply *r, struct arena *a);

/* Drops what was filled in and answers with the error. */
void reply_err(struct reply *r, struct ctx *cx, const struct err *e);

/* Takes over the answer of a write. */
void reply_answer(struct reply *r, const struct answer *a);

/* The `refusal` of a struct once: an error as it is stored and replayed. */
void reply_refusal(struct ctx *cx, const struct err *e, struct answer *out);

/* The address of a reason's explanation, quoted as in JSON. */
void reply_doc_url(struct buf *b, const char *word);

/* {"error":{…}} */
void reply_error_body(struct buf *b, struct str request_id, const struct err *e);

/* The same as RFC 9457 has it. */
void reply_problem_body(struct buf *b, struct str request_id, const struct err *e);

/*
 * Writes the head of the answer as FastCGI wants it, up to the empty line. `took_us` is the time since
 * the request came, database included.
 */
void reply_head(struct buf *out, const struct reply *r, const struct ctx *cx, int64_t took_us);

/* True for statuses that never have a body: 204, 304. */
bool reply_is_bare(const struct reply *r);

#endif

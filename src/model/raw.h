/*
 * Operations whose request or answer is no JSON of ours: a page, a file, the message of a foreign service. Faces hand
 * them what was sent as it is; they hold no transaction, and make the ones they need.
 */
#ifndef SOUK_MODEL_RAW_H
#define SOUK_MODEL_RAW_H

#include "base/buf.h"
#include "model/resource.h"

#define RAW_HEADERS_MAX 4

/* Names and values, decoded, each name once. */
struct raw_field {
	struct str name, value;
};
struct raw_fields {
	const struct raw_field *f;
	size_t n;
};

struct raw_call {
	const struct operation *operation;
	const struct str *keys; /* the open segments of the path, decoded, in their order */
	size_t nkeys;
	struct raw_fields query;
	struct raw_fields form;    /* of a body that is application/x-www-form-urlencoded */
	struct str type, body;     /* Content-Type and body as sent; absent: there is none */
	const struct str *headers; /* those of struct raw, in its order; absent: not sent */
};

/* {0} to begin with, but for `body`, which is there to be written into. */
struct raw_answer {
	int status;       /* 0: 200 */
	const char *type; /* NULL: the first of the operation's */
	struct buf *body;
	const char
		*style;  /* of a page: the text of its one <style>; nothing else is loaded or run */
	bool has_form;   /* it may send a form, to this service alone */
	struct str file; /* a name under which it may be saved, ASCII; absent: none */
};

/*
 * An err is answered as of any operation; where the usual type is text/html, to a browser as a page. A secret in the path
 * must not stand in links to elsewhere; no page tells where it was.
 */
typedef struct err *raw_fn(struct ctx *cx, const struct raw_call *call, struct raw_answer *out);

struct raw {
	raw_fn *run;
	const char *const *types;   /* that it answers, the usual first, NULL-terminated */
	const char *const *takes;   /* that a body may be of; NULL: any */
	const char *const *headers; /* it looks at, such as "Stripe-Signature"; NULL: none */
	size_t body_max;            /* bytes; 0: 64 KiB */
	/*
	 * Without a key: the function itself finds out whose it is, by a signature or a secret in the path, and enters that
	 * tenant (tenant_enter()). Until then the ctx has none. Each address is limited.
	 */
	bool open;
	bool at_root; /* its path is there without /v2 as well (D49) */
};

static inline struct str
raw_field(struct raw_fields all, const char *name)
{
	for (size_t i = 0; i < all.n; i++)
		if (str_eq_z(all.f[i].name, name))
			return all.f[i].value;
	return (struct str){ 0 };
}

#endif

/*
 * What went wrong, as a value. NULL is success. An err lives in the arena of the request, names one
 * row of err.def and carries what the caller may read (message, details) apart from what only the
 * log may (log). Only web/reply.c turns one into HTTP; only db/ makes one of a MariaDB error.
 */
#ifndef SOUK_BASE_ERR_H
#define SOUK_BASE_ERR_H

#include "base/base.h"

enum err_code {
#define X(name, status, code, message) ERR_##name,
#include "base/err.def"
#undef X
	ERR__MAX
};

enum reason {
	REASON_NONE,
#define X(name, word, where, code, title, text, field, message) REASON_##name,
#include "base/reason.def"
#undef X
	REASON__MAX
};

/* Who meets a reason: where the documentation lists it. */
enum reason_where {
	WHERE_BODY,
	WHERE_QUERY,
	WHERE_REQUEST,
	WHERE_ACCESS,
	WHERE_STATE,
	WHERE_SERVICE,
	WHERE_SETUP,
	WHERE__MAX
};

/* One fault of a body or query. */
struct err_detail {
	struct str field; /* path of the field as the caller wrote it: variants[2].price */
	enum reason reason;
	struct str message; /* a sentence: what was expected, what came */
	struct str allowed; /* comma-separated, or absent */
	struct str nearest; /* the name that was probably meant, or absent */
	struct err_detail *next;
};

struct err {
	enum err_code code;
	enum reason
		reason; /* finer than the code; that of the code's own name if no more is known */
	struct str message;
	struct err_detail *details, **tail;
	size_t ndetails;
	struct str log;    /* for the log, never for the caller */
	int retry_after_s; /* > 0: sent as Retry-After */
	struct str allow;  /* 405: methods for the Allow header */
};

/* A fresh err of that code. The message, if fmt is not NULL, replaces the table's. */
struct err *err_new(struct arena *a, enum err_code code, const char *fmt, ...) PRINTF(3, 4);
/* The same with a private text for the log and the table's message for the caller. */
struct err *err_log(struct arena *a, enum err_code code, const char *fmt, ...) PRINTF(3, 4);
/* Sets the finer reason (REASON_NONE: leaves it) and gives the err back, so that it can end a return statement. */
struct err *err_reason(struct err *e, enum reason reason);

/*
 * Adds one field's fault to *e, making it (ERR_VALIDATION) if it is NULL. The first fault's message is
 * also the err's. Beyond 100 details only the count grows.
 */
struct err_detail *err_field(struct arena *a, struct err **e, struct str field, enum reason reason,
	const char *fmt, ...) PRINTF(5, 6);

/* True if more details would only be counted, so that looking for them is of no use. NULL is not full. */
bool err_is_full(const struct err *e);

/* Appends the details of `more` to `e`; either may be NULL. */
struct err *err_join(struct err *e, struct err *more);

/* The row of err.def. */
int err_status(enum err_code code);
const char *err_public(enum err_code code);
const char *err_name(enum err_code code);
/* The reason of its own name. */
enum reason err_reason_of(enum err_code code);
/* True for answers that say nothing about the request itself: 5xx. NULL is none. */
bool err_is_server(const struct err *e);

/* The stable word: "sku_taken". */
const char *reason_word(enum reason reason);

/* A row of reason.def, for documents. */
struct reason_row {
	const char *word, *title, *text;
	enum reason_where where;
	enum err_code code;          /* that it mostly comes with */
	const char *field, *message; /* an example; field "": it is not about one */
};
const struct reason_row *reason_row(enum reason reason);

#endif

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

/* One fault of a body or query. */
struct err_detail {
	struct str field;   /* path of the field as the caller wrote it: variants[2].price */
	const char *reason; /* stable word of the fault: required, too_long, not_a_choice … */
	struct str message; /* a sentence: what was expected, what came */
	struct str allowed; /* comma-separated, or absent */
	struct str nearest; /* the name that was probably meant, or absent */
	struct err_detail *next;
};

struct err {
	enum err_code code;
	const char *reason; /* finer than the code, stable: out_of_stock, key_revoked …; or NULL */
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
/* Sets the finer reason and gives the err back, so that it can end a return statement. */
struct err *err_reason(struct err *e, const char *reason);

/*
 * Adds one field's fault to *e, making it (ERR_VALIDATION) if it is NULL. The first fault's message is
 * also the err's. Beyond 100 details only the count grows.
 */
struct err_detail *err_field(struct arena *a, struct err **e, struct str field, const char *reason,
	const char *fmt, ...) PRINTF(5, 6);

/* Appends the details of `more` to `e`; either may be NULL. */
struct err *err_join(struct err *e, struct err *more);

/* The row of err.def. */
int err_status(enum err_code code);
const char *err_public(enum err_code code);
const char *err_name(enum err_code code);
/* True for answers that say nothing about the request itself: 5xx. NULL is none. */
bool err_is_server(const struct err *e);

#endif

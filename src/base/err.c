/* Errors as values: the table of err.def, and lists of faults that grow by appending. */
#include "base/err.h"

#define MOST_DETAILS ((size_t)100)

static const struct row {
	const char *name, *public, *message;
	int status;
	enum reason reason;
} rows[ERR__MAX] = {
#define X(name, status, code, message)                                                             \
	[ERR_##name] = { #name, code, message, status, REASON_##name },
#include "base/err.def"
#undef X
};

static const struct reason_row reasons[REASON__MAX] = {
#define X(name, word, where, code, title, text, field, message)                                    \
	[REASON_##name] = { word, title, text, WHERE_##where, ERR_##code, field, message },
#include "base/reason.def"
#undef X
};

static const struct row *
row_of(enum err_code code)
{
	must(code < ERR__MAX);
	return &rows[code];
}

static struct err *
fresh(struct arena *a, enum err_code code)
{
	struct err *e = ARENA_NEW(a, struct err);

	e->code = code;
	e->message = str_of(row_of(code)->message);
	e->reason = row_of(code)->reason;
	e->tail = &e->details;
	return e;
}

struct err *
err_new(struct arena *a, enum err_code code, const char *fmt, ...)
{
	struct err *e = fresh(a, code);
	va_list ap;

	if (!fmt)
		return e;
	va_start(ap, fmt);
	e->message = str_vfmt(a, fmt, ap);
	va_end(ap);
	return e;
}

struct err *
err_log(struct arena *a, enum err_code code, const char *fmt, ...)
{
	struct err *e = fresh(a, code);
	va_list ap;

	va_start(ap, fmt);
	e->log = str_vfmt(a, fmt, ap);
	va_end(ap);
	return e;
}

struct err *
err_reason(struct err *e, enum reason reason)
{
	if (reason)
		e->reason = reason;
	return e;
}

/* Whether what is said of a field has it for a subject, as in "must be given". */
static bool
lacks_subject(struct str message)
{
	static const char *const verbs[] = { "must ", "cannot ", "is ", "has " };

	for (size_t i = 0; i < COUNT(verbs); i++) {
		if (str_starts(message, str_of(verbs[i])))
			return true;
	}
	return false;
}

/* The first detail speaks for an err that has only the table's words; alone it must say of what it speaks. */
static void
take_message(struct arena *a, struct err *e, const struct err_detail *first)
{
	if (e->details || e->message.p != row_of(e->code)->message)
		return;
	if (lacks_subject(first->message))
		e->message = str_fmt(a, "%.*s %.*s", STRF(first->field), STRF(first->message));
	else
		e->message = first->message;
}

static void
append(struct err *e, struct err_detail *d)
{
	if (e->ndetails++ >= MOST_DETAILS)
		return;
	*e->tail = d;
	e->tail = &d->next;
}

struct err_detail *
err_field(
	struct arena *a, struct err **e, struct str field, enum reason reason, const char *fmt, ...)
{
	struct err_detail *d = ARENA_NEW(a, struct err_detail);
	va_list ap;

	d->field = field;
	d->reason = reason;
	va_start(ap, fmt);
	d->message = str_vfmt(a, fmt, ap);
	va_end(ap);
	if (!*e)
		*e = fresh(a, ERR_VALIDATION);
	take_message(a, *e, d);
	append(*e, d);
	return d;
}

bool
err_is_full(const struct err *e)
{
	return e && e->ndetails >= MOST_DETAILS;
}

struct err *
err_join(struct err *e, struct err *more)
{
	size_t beyond;

	if (!e || !more)
		return e ? e : more;
	if (!e->details && e->message.p == row_of(e->code)->message)
		e->message = more->message;
	beyond = more->ndetails - MIN(more->ndetails, MOST_DETAILS);
	for (struct err_detail *d = more->details, *next; d; d = next) {
		next = d->next;
		d->next = NULL;
		append(e, d);
	}
	e->ndetails += beyond;
	return e;
}

int
err_status(enum err_code code)
{
	return row_of(code)->status;
}

const char *
err_public(enum err_code code)
{
	return row_of(code)->public;
}

const char *
err_name(enum err_code code)
{
	return row_of(code)->name;
}

enum reason
err_reason_of(enum err_code code)
{
	return row_of(code)->reason;
}

bool
err_is_server(const struct err *e)
{
	return e && err_status(e->code) >= 500;
}

const struct reason_row *
reason_row(enum reason reason)
{
	must(reason > REASON_NONE && reason < REASON__MAX);
	return &reasons[reason];
}

const char *
reason_word(enum reason reason)
{
	return reason_row(reason)->word;
}

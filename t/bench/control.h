/*
 * What the controls share: workers that take FastCGI requests on a unix socket, one connection each to
 * the MariaDB of the bench, and a text that is written by hand. A control that meets an error ends,
 * nginx answers 502 and the bench fails.
 */
#ifndef BENCH_CONTROL_H
#define BENCH_CONTROL_H

#include <fcgiapp.h>
#include <mysql.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define TEXT_MAX ((size_t)256 << 10)

struct text {
	char p[TEXT_MAX];
	size_t n;
};

struct control {
	/* Before the first request of a worker; NULL: without a database. */
	void (*prepare)(MYSQL *db, int64_t tenant);
	/* Writes the body; gives what goes before it, up to and with the empty line. */
	const char *(*answer)(FCGX_Request *request, struct text *out);
};

/* main() of a control: PROGRAM SOCKET DB_SOCKET DB_USER TENANT. */
int control_run(int argc, char **argv, const struct control *c);

void control_die(const char *what, const char *why) __attribute__((noreturn));

/* A prepared statement whose parameters are bound to these places for good. */
MYSQL_STMT *control_prepare(MYSQL *db, const char *sql, MYSQL_BIND *parameters);
void control_execute(MYSQL_STMT *stmt);
void control_query(MYSQL *db, const char *sql);

MYSQL_BIND bind_int(int64_t *n);
MYSQL_BIND bind_text(char *p, unsigned long size, unsigned long *length);

/* The numbers in the request's path: all digits before, between and after its slashes. */
void control_numbers(const FCGX_Request *request, int64_t *numbers, size_t n);

static inline void
text_put(struct text *t, const char *p, size_t n)
{
	if (n > TEXT_MAX - t->n)
		control_die("text", "too long");
	memcpy(t->p + t->n, p, n);
	t->n += n;
}

#define TEXT_LITERAL(t, literal) text_put((t), "" literal, sizeof(literal) - 1)

void text_int(struct text *t, int64_t n);
/* In quotation marks, escaped. */
void text_json(struct text *t, const char *p, size_t n);
/* "prod_01h8…" without quotation marks. */
void text_id(struct text *t, const char *prefix, int64_t n);

#endif

#include "control.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS 4
#define BACKLOG 4096

void
control_die(const char *what, const char *why)
{
	(void)fprintf(stderr, "control: %s: %s\n", what, why);
	exit(1);
}

/* ---- the database */

MYSQL_STMT *
control_prepare(MYSQL *db, const char *sql, MYSQL_BIND *parameters)
{
	MYSQL_STMT *stmt = mysql_stmt_init(db);

	if (!stmt || mysql_stmt_prepare(stmt, sql, strlen(sql)) ||
		mysql_stmt_bind_param(stmt, parameters))
		control_die(sql, stmt ? mysql_stmt_error(stmt) : "out of memory");
	return stmt;
}

void
control_execute(MYSQL_STMT *stmt)
{
	if (mysql_stmt_execute(stmt))
		control_die("execute", mysql_stmt_error(stmt));
}

void
control_query(MYSQL *db, const char *sql)
{
	if (mysql_real_query(db, sql, strlen(sql)))
		control_die(sql, mysql_error(db));
}

MYSQL_BIND
bind_int(int64_t *n)
{
	return (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_LONGLONG, .buffer = n };
}

MYSQL_BIND
bind_text(char *p, unsigned long size, unsigned long *length)
{
	return (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_STRING,
		.buffer = p,
		.buffer_length = size,
		.length = length };
}

/* ---- text */

void
text_int(struct text *t, int64_t n)
{
	char digits[24];
	size_t at = sizeof(digits);
	uint64_t rest = n < 0 ? -(uint64_t)n : (uint64_t)n;

	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (n < 0)
		digits[--at] = '-';
	text_put(t, digits + at, sizeof(digits) - at);
}

void
text_json(struct text *t, const char *p, size_t n)
{
	size_t begin = 0;

	TEXT_LITERAL(t, "\"");
	for (size_t i = 0; i < n; i++) {
		char escape[8];

		if ((unsigned char)p[i] >= ' ' && p[i] != '"' && p[i] != '\\')
			continue;
		text_put(t, p + begin, i - begin);
		begin = i + 1;
		(void)snprintf(escape, sizeof(escape), "\\u%04x", (unsigned)(unsigned char)p[i]);
		text_put(t, escape, 6);
	}
	text_put(t, p + begin, n - begin);
	TEXT_LITERAL(t, "\"");
}

void
text_id(struct text *t, const char *prefix, int64_t n)
{
	static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
	char digits[13];

	for (size_t i = sizeof(digits); i-- > 0; n >>= 5)
		digits[i] = alphabet[n & 31];
	text_put(t, prefix, strlen(prefix));
	text_put(t, digits, sizeof(digits));
}

/* ---- requests */

void
control_numbers(const FCGX_Request *request, int64_t *numbers, size_t n)
{
	const char *p = FCGX_GetParam("REQUEST_URI", request->envp);

	if (!p)
		control_die("request", "has no path");
	for (size_t i = 0; i < n; i++) {
		char *end = NULL;

		p += strcspn(p, "0123456789");
		numbers[i] = strtoll(p, &end, 10);
		p = end;
	}
}

static void
serve(int fd, const struct control *c)
{
	static struct text body;
	FCGX_Request request;

	if (FCGX_Init() || FCGX_InitRequest(&request, fd, 0))
		control_die("libfcgi", "init");
	while (FCGX_Accept_r(&request) == 0) {
		const char *head;

		body.n = 0;
		head = c->answer(&request, &body);
		FCGX_PutStr(head, (int)strlen(head), request.out);
		FCGX_PutStr(body.p, (int)body.n, request.out);
		FCGX_Finish_r(&request);
	}
}

static void
work(int fd, char **argv, const struct control *c)
{
	MYSQL *db;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (c->prepare) {
		db = mysql_init(NULL);
		if (!db || !mysql_real_connect(db, NULL, argv[3], NULL, NULL, 0, argv[2], 0))
			control_die(argv[2], db ? mysql_error(db) : "out of memory");
		control_query(db, "SET NAMES utf8mb4");
		c->prepare(db, strtoll(argv[4], NULL, 10));
	}
	serve(fd, c);
	exit(1);
}

int
control_run(int argc, char **argv, const struct control *c)
{
	int fd;

	if (argc != 5) {
		(void)fprintf(stderr, "usage: %s SOCKET DB_SOCKET DB_USER TENANT\n", argv[0]);
		return 64;
	}
	fd = FCGX_OpenSocket(argv[1], BACKLOG);
	if (fd < 0)
		control_die(argv[1], strerror(errno));
	for (int i = 0; i < WORKERS; i++)
		if (fork() == 0)
			work(fd, argv, c);
	(void)wait(NULL);
	control_die(argv[0], "a worker ended");
}

/*
 * Lines are built on the stack, so logging works when memory is gone, and leave by one write(2), so
 * lines of several processes do not mix. A line stays JSON when it is too long: each pair first
 * makes sure that its quotes and the closing brace will fit, then fills what is left.
 */
#include "base/log.h"
#include "base/clock.h"

#include <fcntl.h>
#include <unistd.h>

#define LINE_MOST 8192
#define MESSAGE_MOST 4096
#define VALUE_LEAST 24 /* room for any integer, or for a few characters and a quote */
#define TAIL 3         /* what must always fit: the quote of a cut string, and "}\n" */

static int log_fd = STDERR_FILENO;
static enum log_level log_least = LOG_INFO;
static char log_path[4096];
static struct str log_request_id, log_trace;

struct line {
	char b[LINE_MOST];
	size_t n;
};

static const char *const level_names[] = {
	[LOG_DEBUG] = "debug",
	[LOG_INFO] = "info",
	[LOG_WARN] = "warn",
	[LOG_ERROR] = "error",
};

static int
open_log(const char *path)
{
	return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0640);
}

static void
switch_to(int fd)
{
	if (log_fd != STDERR_FILENO)
		close(log_fd);
	log_fd = fd;
}

bool
log_open(const char *path, enum log_level least)
{
	bool to_file = path && strcmp(path, "-") != 0;
	int fd = STDERR_FILENO;

	if (to_file && strlen(path) >= sizeof(log_path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	if (to_file)
		fd = open_log(path);
	if (fd < 0)
		return false;
	switch_to(fd);
	log_least = least;
	(void)snprintf(log_path, sizeof(log_path), "%s", to_file ? path : "");
	return true;
}

/* Keeps the old file if the new one cannot be opened: lines in the wrong place beat lost lines. */
void
log_reopen(void)
{
	int fd;

	if (!*log_path)
		return;
	fd = open_log(log_path);
	if (fd < 0)
		log_say(LOG_ERROR, "log_reopen_failed", "%s: %s", log_path, strerror(errno));
	else
		switch_to(fd);
}

enum log_level
log_level_of(const char *name)
{
	for (size_t i = 0; i < COUNT(level_names); i++)
		if (strcmp(name, level_names[i]) == 0)
			return (enum log_level)i;
	return LOG_INFO;
}

bool
log_is_on(enum log_level level)
{
	return level >= log_least;
}

void
log_request(struct str request_id, struct str trace)
{
	log_request_id = request_id;
	log_trace = trace;
}

/* What the next pair may take; the quote of a cut string stands beyond it. */
static size_t
room(const struct line *l)
{
	return l->n < LINE_MOST - TAIL ? LINE_MOST - TAIL - l->n : 0;
}

/* Puts all or nothing. */
static bool
put(struct line *l, const char *p, size_t n)
{
	if (n > room(l))
		return false;
	memcpy(l->b + l->n, p, n);
	l->n += n;
	return true;
}

/* The escape of an ASCII byte in out, or nothing if it stands for itself. */
static size_t
escape(unsigned char c, char out[8])
{
	static const char shorts[] = "\"\"\\\\\nn\rr\tt";

	for (const char *p = shorts; *p; p += 2) {
		if (c == (unsigned char)*p) {
			out[0] = '\\';
			out[1] = p[1];
			return 2;
		}
	}
	return c < 0x20 ? (size_t)snprintf(out, 8, "\\u%04x", c) : 0;
}

/* Puts the character at s.p[i] and gives its length; 0 if the line is full. */
static size_t
put_point(struct line *l, struct str s, size_t i)
{
	char escaped[8];
	size_t n = str_point(s, i), e = escape((unsigned char)s.p[i], escaped);

	if (e)
		return put(l, escaped, e) ? 1 : 0;
	if (n)
		return put(l, s.p + i, n) ? n : 0;
	return put(l, "\xef\xbf\xbd", 3) ? 1 : 0; /* U+FFFD for a byte that is no UTF-8 */
}

/* A quoted string, cut where the line ends; its closing quote has room in TAIL. */
static void
put_quoted(struct line *l, struct str s)
{
	size_t n = 1;

	for (size_t i = 0; i < s.n && n; i += n)
		n = put_point(l, s, i);
	l->b[l->n++] = '"';
}

/* Puts ,"name": and an opening quote for strings; nothing if any value would have no room. */
static bool
put_name(struct line *l, const char *name, bool quoted)
{
	char head[128];
	int n = snprintf(
		head, sizeof(head), "%c\"%s\":%s", l->n ? ',' : '{', name, quoted ? "\"" : "");

	return n > 0 && (size_t)n < sizeof(head) && (size_t)n + VALUE_LEAST < room(l) &&
		put(l, head, (size_t)n);
}

static void
put_str(struct line *l, const char *name, struct str s)
{
	if (put_name(l, name, true))
		put_quoted(l, s);
}

static void
put_int(struct line *l, const char *name, int64_t i)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%" PRId64, i);

	if (put_name(l, name, false))
		put(l, digits, (size_t)n);
}

static void
put_head(struct line *l, enum log_level level, const char *event)
{
	char ts[CLOCK_TEXT];
	size_t n = clock_render(clock_real_ms(), ts);

	put_str(l, "ts", (struct str){ ts, n });
	put_str(l, "level", str_of(level_names[level]));
	put_str(l, "event", str_of(event));
	put_int(l, "pid", getpid());
	if (log_request_id.p)
		put_str(l, "request_id", log_request_id);
	if (log_trace.p)
		put_str(l, "trace", log_trace);
}

static void
send_line(struct line *l)
{
	ssize_t n;

	memcpy(l->b + l->n, "}\n", 2);
	do
		n = write(log_fd, l->b, l->n + 2);
	while (n < 0 && errno == EINTR);
}

void
log_pairs(enum log_level level, const char *event, const struct log_pair *pairs, size_t n)
{
	struct line l;
	int saved = errno;

	if (!log_is_on(level))
		return;
	l.n = 0;
	put_head(&l, level, event);
	for (size_t i = 0; i < n && pairs[i].kind != LOG_END; i++) {
		if (pairs[i].kind == LOG_INT)
			put_int(&l, pairs[i].name, pairs[i].i);
		else
			put_str(&l, pairs[i].name, pairs[i].s);
	}
	send_line(&l);
	errno = saved; /* callers log first and look at errno then */
}

void
log_say(enum log_level level, const char *event, const char *fmt, ...)
{
	char message[MESSAGE_MOST];
	int saved = errno;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	errno = saved;
	log_line(level, event, LOG_Z("message", message));
}

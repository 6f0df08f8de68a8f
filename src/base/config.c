/*
 * Settings. config.def is read three times: for the struct (config.h), for the rows that people see,
 * and for where each row is stored. All faults are collected, so one start shows every one of them.
 */
#include "base/config.h"

#include <fcntl.h>
#include <unistd.h>

#define FILE_MOST ((size_t)1 << 16)
#define PREFIX STR("SOUK_")

/* A text stands for itself, a number for its digits. The branch not chosen is never converted. */
#define INITIAL(value) _Generic((value), char * : (value), const char * : (value), default : #value)

static const struct config_row rows[] = {
#define TEXT "text"
#define INT(lo, hi) "integer from " #lo " to " #hi
#define X(member, key, type, initial, doc) { #key, type, INITIAL(initial), doc },
#include "base/config.def"
#undef X
#undef INT
#undef TEXT
};

static const struct target {
	size_t offset;
	bool is_text;
	int64_t lo, hi;
} targets[] = {
#define TEXT true, 0, 0
#define INT(lo, hi) false, lo, hi
#define X(member, key, type, initial, doc) { offsetof(struct config, member), type },
#include "base/config.def"
#undef X
#undef INT
#undef TEXT
};

/* What is being read: where its values go, and what was wrong so far. */
struct reading {
	struct arena *arena;
	struct config *config;
	struct err *err;
	struct str place; /* "FILE:LINE", FILE or "environment" */
};

const struct config_row *
config_rows(size_t *n)
{
	*n = COUNT(rows);
	return rows;
}

static void
store_int(struct reading *r, size_t row, struct str value)
{
	const struct target *t = &targets[row];
	struct err_detail *d;
	int64_t n;

	if (str_int(value, &n) && n >= t->lo && n <= t->hi) {
		memcpy((char *)r->config + t->offset, &n, sizeof(n));
		return;
	}
	d = err_field(r->arena, &r->err, r->place, REASON_OUT_OF_RANGE,
		"%s: %s must be an %s, not '%.*s'", r->place.p, rows[row].key, rows[row].type,
		STRF(value));
	d->allowed = str_fmt(r->arena, "%" PRId64 " to %" PRId64, t->lo, t->hi);
}

static void
store(struct reading *r, size_t row, struct str value)
{
	const char *z;

	if (!targets[row].is_text) {
		store_int(r, row, value);
		return;
	}
	z = str_z(r->arena, value);
	memcpy((char *)r->config + targets[row].offset, &z, sizeof(z));
}

/* The row of that key, or COUNT(rows). */
static size_t
find_row(struct str key)
{
	size_t row = 0;

	while (row < COUNT(rows) && !str_eq_z(key, rows[row].key))
		row++;
	return row;
}

static void
unknown_key(struct reading *r, struct str key)
{
	const char *keys[COUNT(rows)], *nearest;
	struct err_detail *d;

	for (size_t i = 0; i < COUNT(rows); i++)
		keys[i] = rows[i].key;
	nearest = str_nearest(key, keys, COUNT(keys));
	d = err_field(r->arena, &r->err, r->place, REASON_UNKNOWN,
		"%s: there is no setting %.*s%s%s", r->place.p, STRF(key),
		nearest ? "; the nearest is " : "", nearest ? nearest : "");
	d->nearest = str_of(nearest);
}

/*
 * Takes the quotes off a value, as systemd does for an EnvironmentFile: between double quotes a
 * backslash stands for what follows it. False if a quote is not closed, or something is behind it.
 */
static bool
unquote(struct arena *a, struct str *value)
{
	char quote, *out;
	size_t n = 0, i = 1;

	if (!str_starts(*value, STR("\"")) && !str_starts(*value, STR("'")))
		return true;
	quote = *value->p;
	out = arena_alloc(a, value->n);
	for (; i < value->n && value->p[i] != quote; i++) {
		if (quote == '"' && value->p[i] == '\\' && i + 1 < value->n)
			i++;
		out[n++] = value->p[i];
	}
	if (i + 1 != value->n)
		return false;
	*value = (struct str){ out, n };
	return true;
}

static void
bad_line(struct reading *r, const char *what)
{
	err_field(r->arena, &r->err, r->place, REASON_BAD_LINE, "%s: %s", r->place.p, what);
}

static void
read_line(struct reading *r, struct str line)
{
	size_t equals = str_find(line, '=');
	struct str key = str_trim(str_cut(line, 0, equals));
	struct str value = str_trim(str_cut(line, equals + 1, line.n));
	size_t row = find_row(key);

	if (!line.n || *line.p == '#' || *line.p == ';')
		return;
	if (equals == line.n || !key.n)
		bad_line(r, "KEY=value was expected");
	else if (str_find(line, '\0') < line.n)
		bad_line(r, "a NUL byte cannot be part of a value");
	else if (!unquote(r->arena, &value))
		bad_line(r, "the value's quote must be closed at the end of the line");
	else if (row < COUNT(rows))
		store(r, row, value);
	else if (str_starts(key, PREFIX))
		unknown_key(r, key);
}

/* NULL, or what is wrong with the file. */
static const char *
load(const char *path, char *out, size_t *n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t got = 0;
	const char *fault = NULL;

	*n = 0;
	if (fd < 0)
		return strerror(errno);
	while (*n < FILE_MOST && (got = read(fd, out + *n, FILE_MOST - *n)) > 0)
		*n += (size_t)got;
	if (got < 0)
		fault = strerror(errno);
	else if (*n == FILE_MOST)
		fault = "the file is larger than 64 KiB";
	close(fd);
	return fault;
}

static void
read_file(struct reading *r, const char *path)
{
	char *bytes = arena_alloc(r->arena, FILE_MOST);
	struct str text, line;
	size_t n;
	const char *fault = load(path, bytes, &n);

	r->place = str_of(path);
	if (fault) {
		err_field(r->arena, &r->err, r->place, REASON_UNREADABLE, "%s: %s", path, fault);
		return;
	}
	text = (struct str){ bytes, n };
	if (str_starts(text, STR("\xef\xbb\xbf"))) /* an editor's byte-order mark */
		text = str_cut(text, 3, n);
	for (int i = 1; str_split(&text, '\n', &line); i++) {
		r->place = str_fmt(r->arena, "%s:%d", path, i);
		read_line(r, str_trim(line));
	}
}

/* Names the table does not have are other programs' business here. */
static void
read_environment(struct reading *r)
{
	r->place = STR("environment");
	for (size_t row = 0; row < COUNT(rows); row++) {
		const char *value = getenv(rows[row].key);

		if (value)
			store(r, row, str_of(value));
	}
}

struct err *
config_read(struct arena *a, struct config *c)
{
	struct reading r = { .arena = a, .config = c };
	const char *path = getenv("SOUK_CONFIG");

	for (size_t row = 0; row < COUNT(rows); row++)
		store(&r, row, str_of(rows[row].initial));
	must(!r.err); /* else config.def has an initial value out of range */
	if (path && *path)
		read_file(&r, path);
	read_environment(&r);
	return r.err;
}

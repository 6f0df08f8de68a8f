/*
 * Settings. config.def is read three times: for the struct (config.h), for the rows that people see,
 * and for where each row is stored. All faults are collected, so one start shows every one of them.
 */
#include "base/config.h"

#include "base/cidr.h"

#include <fcntl.h>
#include <unistd.h>

#define FILE_MOST ((size_t)1 << 16)
#define PREFIX STR("SOUK_")
#define NAME_MOST 64    /* MariaDB's limit */
#define SOCKET_MOST 107 /* sun_path's, with its NUL */
#define CHOICES_MOST 8

/* A text stands for itself, a number for its digits. The branch not chosen is never converted. */
#define INITIAL(value) _Generic((value), char * : (value), const char * : (value), default : #value)

enum kind {
	KIND_TEXT,
	KIND_PATH,
	KIND_SOCKET,
	KIND_STREAM,
	KIND_NAME,
	KIND_NAME_OR_NONE,
	KIND_URL_OR_NONE,
	KIND_RANGES,
	KIND_SERVICES,
	KIND_CHOICE,
	KIND_INT
};

static const struct config_row rows[] = {
#define TEXT "text", false
#define SECRET "text", true
#define PATH "absolute path", false
#define SOCKET "absolute path of at most 107 bytes", false
#define STREAM "absolute path or -", false
#define NAME "name of letters, digits and _", false
#define NAME_OR_NONE "name of letters, digits and _, or nothing", false
#define URL_OR_NONE "https:// address without a path, or nothing", false
#define SERVICES "name=address pairs with commas between, or nothing", false
#define RANGES "addresses and ranges (10.0.0.0/8) with commas between, or nothing", false
#define CHOICE(list) "one of " list, false
#define INT(lo, hi) "integer from " #lo " to " #hi, false
#define X(member, key, type, initial, doc) ROW(#key, INITIAL(initial), doc, type)
#define ROW(key, initial, doc, ...) ROW_(key, initial, doc, __VA_ARGS__)
#define ROW_(key, initial, doc, type, secret) { key, type, initial, doc, secret },
#include "base/config.def"
#undef ROW_
#undef ROW
#undef X
#undef INT
#undef CHOICE
#undef SERVICES
#undef RANGES
#undef URL_OR_NONE
#undef NAME_OR_NONE
#undef NAME
#undef STREAM
#undef SOCKET
#undef PATH
#undef SECRET
#undef TEXT
};

static const struct target {
	size_t offset;
	enum kind kind;
	int64_t lo, hi;
	const char *choices; /* separated by ", " */
} targets[] = {
#define TEXT KIND_TEXT, 0, 0, NULL
#define SECRET KIND_TEXT, 0, 0, NULL
#define PATH KIND_PATH, 0, 0, NULL
#define SOCKET KIND_SOCKET, 0, 0, NULL
#define STREAM KIND_STREAM, 0, 0, NULL
#define NAME KIND_NAME, 0, 0, NULL
#define NAME_OR_NONE KIND_NAME_OR_NONE, 0, 0, NULL
#define URL_OR_NONE KIND_URL_OR_NONE, 0, 0, NULL
#define SERVICES KIND_SERVICES, 0, 0, NULL
#define RANGES KIND_RANGES, 0, 0, NULL
#define CHOICE(list) KIND_CHOICE, 0, 0, list
#define INT(lo, hi) KIND_INT, lo, hi, NULL
#define X(member, key, type, initial, doc) { offsetof(struct config, member), type },
#include "base/config.def"
#undef X
#undef INT
#undef CHOICE
#undef SERVICES
#undef RANGES
#undef URL_OR_NONE
#undef NAME_OR_NONE
#undef NAME
#undef STREAM
#undef SOCKET
#undef PATH
#undef SECRET
#undef TEXT
};

/* What is being read: where its values go, and what was wrong so far. */
struct reading {
	struct arena *arena;
	struct config *config;
	struct err *err;
	struct str place;    /* "FILE:LINE", FILE, "environment" or "default" */
	struct str *origins; /* the place each row's value came from; NULL: nobody asks */
};

const struct config_row *
config_rows(size_t *n)
{
	*n = COUNT(rows);
	return rows;
}

static bool
is_path(struct str s)
{
	return s.n > 0 && *s.p == '/';
}

static bool
is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
			c != '_')
			return false;
	}
	return s.n > 0 && s.n <= NAME_MOST;
}

/* https://host or https://host:port: what stands behind it is added by those who make links. */
static bool
is_url(struct str s)
{
	struct str host = str_cut(s, 8, s.n);

	return str_starts(s, STR("https://")) && host.n > 0 && str_find(host, '/') == host.n &&
		str_find(host, ' ') == host.n;
}

/* "name=address" pairs; an address begins with http:// or https:// and ends without a '/'. */
static bool
is_services(struct str s)
{
	struct str rest = s.n ? s : (struct str){ 0 }, one;

	while (str_split(&rest, ',', &one)) {
		size_t equals = str_find(one, '=');
		struct str name = str_trim(str_cut(one, 0, equals));
		struct str url = str_trim(str_cut(one, equals + 1, one.n));

		if (!is_name(name) || str_ends(url, STR("/")) ||
			(!str_starts(url, STR("http://")) && !str_starts(url, STR("https://"))))
			return false;
	}
	return true;
}

/* Fills `names` with the choices; gives their number. */
static size_t
list_choices(struct arena *a, const char *choices, const char *names[CHOICES_MOST])
{
	struct str rest = str_of(choices), one;
	size_t n = 0;

	while (n < CHOICES_MOST && str_split(&rest, ',', &one))
		names[n++] = str_z(a, str_trim(one));
	return n;
}

static bool
is_choice(struct arena *a, const char *choices, struct str s)
{
	const char *names[CHOICES_MOST];
	size_t n = list_choices(a, choices, names);

	while (n > 0 && !str_eq_z(s, names[n - 1]))
		n--;
	return n > 0;
}

static bool
is_allowed(struct arena *a, const struct target *t, struct str s)
{
	int64_t n;

	switch (t->kind) {
	case KIND_PATH:
		return is_path(s);
	case KIND_SOCKET:
		return is_path(s) && s.n <= SOCKET_MOST;
	case KIND_STREAM:
		return is_path(s) || str_eq_z(s, "-");
	case KIND_NAME:
		return is_name(s);
	case KIND_NAME_OR_NONE:
		return !s.n || is_name(s);
	case KIND_URL_OR_NONE:
		return !s.n || is_url(s);
	case KIND_RANGES:
		return cidr_list_parse(a, s, &(struct cidr_list){ 0 }, NULL);
	case KIND_SERVICES:
		return is_services(s);
	case KIND_CHOICE:
		return is_choice(a, t->choices, s);
	case KIND_INT:
		return str_int(s, &n) && n >= t->lo && n <= t->hi;
	case KIND_TEXT:
		break;
	}
	return true;
}

static enum reason
reason_of(enum kind kind)
{
	if (kind == KIND_INT)
		return REASON_OUT_OF_RANGE;
	return kind == KIND_CHOICE ? REASON_NOT_A_CHOICE : REASON_PATTERN;
}

static void
refuse(struct reading *r, size_t row, struct str value)
{
	const struct target *t = &targets[row];
	const char *names[CHOICES_MOST], *nearest = NULL;
	struct cidr_list list;
	struct str suggested;
	struct err_detail *d;

	if (t->kind == KIND_CHOICE)
		nearest = str_nearest(value, names, list_choices(r->arena, t->choices, names));
	if (t->kind == KIND_RANGES) {
		(void)cidr_list_parse(r->arena, value, &list, &suggested);
		nearest = suggested.n ? str_z(r->arena, suggested) : NULL;
	}
	d = err_field(r->arena, &r->err, r->place, reason_of(t->kind),
		"%s: %s='%.*s' is not allowed; expected: %s%s%s", r->place.p, rows[row].key,
		STRF(value), rows[row].type, nearest ? "; the nearest is " : "",
		nearest ? nearest : "");
	d->nearest = str_of(nearest);
	if (t->kind == KIND_INT)
		d->allowed = str_fmt(r->arena, "%" PRId64 " to %" PRId64, t->lo, t->hi);
	else
		d->allowed = str_of(t->kind == KIND_CHOICE ? t->choices : rows[row].type);
}

static void
store(struct reading *r, size_t row, struct str value)
{
	char *at = (char *)r->config + targets[row].offset;
	const char *z;
	int64_t n;

	if (!is_allowed(r->arena, &targets[row], value)) {
		refuse(r, row, value);
		return;
	}
	if (targets[row].kind == KIND_INT) {
		must(str_int(value, &n));
		memcpy(at, &n, sizeof(n));
	} else {
		z = str_z(r->arena, value);
		memcpy(at, &z, sizeof(z));
	}
	if (r->origins)
		r->origins[row] = r->place;
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

const char *
config_file(void)
{
	const char *path = getenv("SOUK_CONFIG");

	if (path)
		return *path ? path : NULL;
	return access(SOUK_CONFDIR "/souk.env", F_OK) ? NULL : SOUK_CONFDIR "/souk.env";
}

struct err *
config_read_origins(struct arena *a, struct config *c, struct str *origins)
{
	struct reading r = { .arena = a, .config = c, .place = STR("default"), .origins = origins };
	const char *path = config_file();

	for (size_t row = 0; row < COUNT(rows); row++)
		store(&r, row, str_of(rows[row].initial));
	must(!r.err); /* else config.def has an initial value that its type does not allow */
	if (path)
		read_file(&r, path);
	read_environment(&r);
	return r.err;
}

struct err *
config_read(struct arena *a, struct config *c)
{
	return config_read_origins(a, c, NULL);
}

struct str
config_value(struct arena *a, const struct config *c, size_t row)
{
	const char *at = (const char *)c + targets[row].offset, *z;
	int64_t n;

	must(row < COUNT(rows));
	if (targets[row].kind == KIND_INT) {
		memcpy(&n, at, sizeof(n));
		return str_fmt(a, "%" PRId64, n);
	}
	memcpy(&z, at, sizeof(z));
	return str_of(z);
}

/*
 * Names that a tree would lose: one that stands twice, and one that U+0000 would end. A walk over the
 * text itself, for bodies that are known or suspected to have such. Paths are put together only for a
 * fault, so that a hostile body costs no more than its size.
 */
#include "base/buf.h"
#include "base/json.h"
#include "base/json_int.h"

#define FAULTS_MOST 100
#define NAME_SHOWN 100

/* Where the walk stands: a member or an item, and what it is in. */
struct place {
	const struct place *in;
	struct str name; /* absent: an item */
	size_t index;
};

struct names {
	struct arena *arena;
	struct str rest;
	struct err *e;
};

static void walk(struct names *n, const struct place *at);

static void
skip(struct names *n, size_t bytes)
{
	n->rest = str_cut(n->rest, bytes, n->rest.n);
}

/* The next byte that is no space, -1 at the end. */
static int
next(struct names *n)
{
	while (n->rest.n && strchr(" \t\r\n", *n->rest.p))
		skip(n, 1);
	return n->rest.n ? *n->rest.p : -1;
}

/* The name shortened, and with U+0000 so that it can be seen. */
static struct str
shown(struct arena *a, struct str name)
{
	struct buf b;

	name = str_head(name, NAME_SHOWN);
	buf_init(&b, a, name.n + 8, (size_t)8 * NAME_SHOWN);
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i])
			buf_char(&b, name.p[i]);
		else
			buf_z(&b, "\\u0000");
	}
	return buf_view(&b);
}

static struct str
path_of(struct arena *a, const struct place *at)
{
	struct str in = at->in ? path_of(a, at->in) : (struct str){ 0 };

	if (!at->name.p)
		return str_fmt(a, "%.*s[%zu]", STRF(in), at->index);
	return str_fmt(a, "%.*s%s%.*s", STRF(in), in.n ? "." : "", STRF(shown(a, at->name)));
}

static void
refuse(struct names *n, const struct place *at, enum reason reason, const char *message)
{
	if (!n->e || n->e->ndetails < FAULTS_MOST)
		err_field(n->arena, &n->e, path_of(n->arena, at), reason, "%s", message);
}

/* The name without quotes and escapes. */
static struct str
take_name(struct names *n)
{
	struct str token = str_cut(n->rest, 0, json_token(n->rest));
	struct str name = str_cut(token, 1, token.n - 1);
	struct json *j;

	skip(n, token.n);
	if (!memchr(token.p, '\\', token.n))
		return name.n ? name : STR("");
	must(!json_parse(n->arena, token, &j));
	return json_string(j);
}

static int
compare(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Equal names stand side by side after sorting; each is told once. */
static void
find_twice(struct names *n, const struct place *in, struct str *names, size_t count)
{
	if (count > 1)
		qsort(names, count, sizeof(*names), compare);
	for (size_t i = 1; i < count; i++) {
		if (!str_eq(names[i], names[i - 1]) || (i > 1 && str_eq(names[i], names[i - 2])))
			continue;
		refuse(n, &(struct place){ .in = in, .name = names[i] }, REASON_DUPLICATE_KEY,
			"must stand only once in its object");
	}
}

static void
walk_object(struct names *n, const struct place *in)
{
	struct str *names = NULL;
	size_t count = 0, room = 0;

	for (skip(n, 1); next(n) != '}';) {
		struct place at = { .in = in };

		if (next(n) == ',')
			skip(n, 1);
		(void)next(n);
		at.name = take_name(n);
		if (count == room) {
			struct str *more = ARENA_ARRAY(n->arena, room * 2 + 8, struct str);

			if (count)
				memcpy(more, names, count * sizeof(*names));
			names = more;
			room = room * 2 + 8;
		}
		names[count++] = at.name;
		if (memchr(at.name.p, 0, at.name.n))
			refuse(n, &at, REASON_NUL_IN_NAME, "must not have \\u0000 in its name");
		(void)next(n);
		skip(n, 1); /* the colon */
		walk(n, &at);
	}
	skip(n, 1);
	find_twice(n, in, names, count);
}

static void
walk_array(struct names *n, const struct place *in)
{
	struct place at = { .in = in };

	for (skip(n, 1); next(n) != ']'; at.index++) {
		if (next(n) == ',')
			skip(n, 1);
		walk(n, &at);
	}
	skip(n, 1);
}

/* true, false, null */
static void
skip_word(struct names *n)
{
	while (n->rest.n && *n->rest.p >= 'a' && *n->rest.p <= 'z')
		skip(n, 1);
}

/* One value; recurses no deeper than json_parse() let it nest. */
static void
walk(struct names *n, const struct place *at)
{
	int c = next(n);

	if (c == '{')
		walk_object(n, at);
	else if (c == '[')
		walk_array(n, at);
	else if (c >= 'a' && c <= 'z')
		skip_word(n);
	else
		skip(n, json_token(n->rest));
}

struct err *
json_check_names(struct arena *a, struct str text)
{
	struct names n = { .arena = a, .rest = text };

	walk(&n, NULL);
	return n.e; /* an err lives in the arena, not in n */
}

/*
 * json-c behind a strict pass. Two things json-c cannot do are done here, on paths that ordinary
 * bodies never take:
 *
 * - It saturates integers beyond 64 bits. It keeps the text of what has an exponent, though, so such
 *   an integer is given one (BIG_MARK) before parsing, and the text loses it again when it is read.
 * - It ends names at U+0000, and of equal names it keeps the last. Both are refused (RFC 8259 §4), and
 *   looked for only if the text has an escaped U+0000 or more names than the tree.
 */
#include "base/json.h"
#include "base/crypto.h"
#include "base/json_int.h"
#include "base/json_out.h"
#include "base/json_scan.h"
#include "base/memory.h"

/* json-c has a type of that name: NOLINTNEXTLINE(readability-identifier-naming) */
#define json_bool json_c_bool
#include <json-c/json.h>
#undef json_bool

/* Multiplies by one; a caller who writes just this gets an equal number without it. */
#define BIG_MARK "e+0000"
#define SHOWN 40      /* bytes of a value in a message */
#define BIG_DIGITS 19 /* of 2^63 */

/* The handle is json-c's object under another name; json-c itself is careless about const. */
static json_object *
object_of(const struct json *j)
{
	return (json_object *)(uintptr_t)j;
}

static struct json *
json_of(json_object *o)
{
	return (struct json *)o;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* True if somewhere BIG_DIGITS digits stand in a row; looks at every nineteenth byte only. */
static bool
has_long_digits(struct str s)
{
	for (size_t at = BIG_DIGITS - 1; at < s.n; at += BIG_DIGITS) {
		size_t from = at, to = at;

		while (from > 0 && is_digit(s.p[from - 1]))
			from--;
		while (to < s.n && is_digit(s.p[to]))
			to++;
		if (is_digit(s.p[at]) && to - from >= BIG_DIGITS)
			return true;
	}
	return false;
}

static bool
is_big_integer(struct str token)
{
	int64_t n;

	if (token.n < BIG_DIGITS || (*token.p != '-' && !is_digit(*token.p)))
		return false;
	for (size_t i = 1; i < token.n; i++) {
		if (!is_digit(token.p[i]))
			return false;
	}
	return !str_int(token, &n);
}

static struct str
mark_big_integers(struct arena *a, struct str text)
{
	struct buf b;

	buf_init(&b, a, text.n + text.n / 2, SIZE_MAX); /* enough, so that no copy stays behind */
	while (text.n) {
		struct str token = str_cut(text, 0, json_token(text));

		buf_str(&b, token);
		if (is_big_integer(token))
			buf_z(&b, BIG_MARK);
		text = str_cut(text, token.n, text.n);
	}
	return buf_view(&b);
}

static bool
has_escaped_nul(struct str s)
{
	for (;;) {
		s = str_cut(s, str_find(s, '\\'), s.n);
		if (!s.n)
			return false;
		if (str_starts(s, STR("\\u0000")))
			return true;
		s = str_cut(s, 2, s.n); /* what is escaped begins no escape */
	}
}

/* Recurses no deeper than json_parse() let it nest. */
static size_t
count_names(json_object *o)
{
	size_t n = 0;

	if (json_object_is_type(o, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(o); i++)
			n += count_names(json_object_array_get_idx(o, i));
	} else if (json_object_is_type(o, json_type_object)) {
		n = (size_t)json_object_object_length(o);
		for (struct lh_entry *m = json_object_get_object(o)->head; m; m = m->next)
			n += count_names(lh_entry_v(m));
	}
	return n;
}

static void
put_object(void *object)
{
	json_object_put(object);
}

/* What stands in values, over which json-c has no more to say than how long they are. */
static void
wipe_text(const char *p, size_t n)
{
	crypto_wipe((char *)(uintptr_t)p, n);
}

/* Recurses no deeper than json_parse() let it nest. */
static void
wipe_values(json_object *o)
{
	if (json_object_is_type(o, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(o); i++)
			wipe_values(json_object_array_get_idx(o, i));
	} else if (json_object_is_type(o, json_type_object)) {
		for (struct lh_entry *m = json_object_get_object(o)->head; m; m = m->next)
			wipe_values(lh_entry_v(m));
	} else if (json_object_is_type(o, json_type_string)) {
		wipe_text(json_object_get_string(o), (size_t)json_object_get_string_len(o));
	} else if (json_object_is_type(o, json_type_double)) {
		struct str text = str_of(json_object_get_userdata(o));

		wipe_text(text.p, text.n);
	} else if (json_object_is_type(o, json_type_int)) {
		json_object_set_int64(o, 0);
	}
}

static void
put_secret(void *object)
{
	wipe_values(object);
	json_object_put(object);
}

static void
wipe_marked(void *text)
{
	struct str *t = text;

	wipe_text(t->p, t->n);
}

/* At most what json-c allocates for a text: objects of 0.8 KiB when empty, values, tables that grow, and texts twice. */
static size_t
room_for(struct str text, const struct json_counts *n)
{
	return n->nests * 1024 + n->values * 192 + n->widest * 160 + text.n * 4 + 4096;
}

/* Kept, a new one is three allocations; but not that of a secret, whose buffer has room for all from the beginning. */
static json_tokener *
tokener_of(struct str text, bool secret)
{
	static json_tokener *kept;
	json_tokener *t = secret ? NULL : kept;

	if (!t) /* json-c counts a scalar as a level too */
		t = json_tokener_new_ex(JSON_MAX_DEPTH + 1);
	must_have(t);
	if (secret)
		must(!printbuf_memset(t->pb, 0, 0, (int)text.n + 1));
	else
		kept = t;
	json_tokener_reset(t);
	return t;
}

static void
forget_tokener(json_tokener *t)
{
	crypto_wipe(t->pb->buf, (size_t)t->pb->size);
	json_tokener_free(t);
}

/*
 * Parses text that the strict pass has let through. json-c does not always look whether it got memory: a value would be
 * missing, or cut short, and nobody knew.
 */
static struct err *
parse(struct arena *a, struct str text, const struct json_counts *n, bool secret, json_object **out)
{
	json_tokener *tokener;
	enum json_tokener_error e;

	must(text.n < INT_MAX);
	memory_assure(room_for(text, n));
	tokener = tokener_of(text, secret);
	*out = json_tokener_parse_ex(tokener, text.p, (int)text.n);
	e = json_tokener_get_error(tokener);
	if (e == json_tokener_continue) { /* a bare number might go on */
		*out = json_tokener_parse_ex(tokener, "", 1);
		e = json_tokener_get_error(tokener);
	}
	if (secret)
		forget_tokener(tokener);
	memory_assured();
	if (e != json_tokener_success)
		return err_log(a, ERR_INTERNAL, "json-c: %s", json_tokener_error_desc(e));
	return NULL;
}

static struct err *
check_counts(struct arena *a, const struct json_counts *n)
{
	const struct {
		size_t seen, most;
		const char *what;
	} bounds[] = {
		{ n->values, JSON_MAX_VALUES, "values" },
		{ n->nests, JSON_MAX_NESTS, "arrays and objects" },
		{ n->widest, JSON_MAX_MEMBERS, "members in one object" },
	};

	for (size_t i = 0; i < COUNT(bounds); i++)
		if (bounds[i].seen > bounds[i].most)
			return err_reason(err_new(a, ERR_TOO_LARGE, "the body has more than %zu %s",
						  bounds[i].most, bounds[i].what),
				REASON_BODY_TOO_LARGE);
	return NULL;
}

enum source { SENT, OWN, SECRET };

static struct str
marked(struct arena *a, struct str text, enum source source)
{
	struct str *copy;

	if (!has_long_digits(text))
		return text;
	copy = ARENA_NEW(a, struct str);
	*copy = mark_big_integers(a, text);
	if (source == SECRET)
		arena_defer(a, wipe_marked, copy);
	return *copy;
}

static struct err *
parse_bounded(struct arena *a, struct str text, enum source source, struct json **out)
{
	struct json_fault fault;
	json_object *object = NULL;
	struct err *e;

	if (!json_scan(text, JSON_MAX_DEPTH, &fault)) {
		e = err_new(a, ERR_MALFORMED, "line %zu, column %zu: %s", fault.line, fault.column,
			fault.what);
		return err_reason(e, REASON_NOT_JSON);
	}
	e = source == OWN ? NULL : check_counts(a, &fault.counts);
	if (e)
		return e;
	if (has_escaped_nul(text)) {
		e = json_check_names(a, text);
		if (e)
			return e;
	}
	e = parse(a, marked(a, text, source), &fault.counts, source == SECRET, &object);
	if (e)
		return e;
	if (object)
		arena_defer(a, source == SECRET ? put_secret : put_object, object);
	if (count_names(object) != fault.counts.names) {
		e = json_check_names(a, text);
		must(e);
		return e;
	}
	*out = json_of(object);
	return NULL;
}

struct err *
json_parse(struct arena *a, struct str text, struct json **out)
{
	return parse_bounded(a, text, SENT, out);
}

struct err *
json_parse_own(struct arena *a, struct str text, struct json **out)
{
	return parse_bounded(a, text, OWN, out);
}

struct err *
json_parse_secret(struct arena *a, struct str text, struct json **out)
{
	return parse_bounded(a, text, SECRET, out);
}

/* The text that json-c keeps of a number with a point, an exponent or the mark. */
static struct str
kept_text(const struct json *j)
{
	struct str text = str_of(json_object_get_userdata(object_of(j)));

	if (str_ends(text, STR(BIG_MARK)))
		text.n -= sizeof(BIG_MARK) - 1;
	return text;
}

static bool
is_integer_text(struct str text)
{
	return str_find(text, '.') == text.n && str_find(text, 'e') == text.n &&
		str_find(text, 'E') == text.n;
}

enum json_kind
json_kind(const struct json *j)
{
	switch (json_object_get_type(object_of(j))) {
	case json_type_boolean:
		return JSON_BOOL;
	case json_type_int:
		return JSON_INT;
	case json_type_double:
		return is_integer_text(kept_text(j)) ? JSON_INT : JSON_DECIMAL;
	case json_type_string:
		return JSON_STRING;
	case json_type_array:
		return JSON_ARRAY;
	case json_type_object:
		return JSON_OBJECT;
	default:
		return JSON_NULL;
	}
}

const char *
json_kind_name(enum json_kind kind)
{
	static const char *const names[] = {
		[JSON_NULL] = "null",
		[JSON_BOOL] = "true or false",
		[JSON_INT] = "an integer",
		[JSON_DECIMAL] = "a decimal number",
		[JSON_STRING] = "a string",
		[JSON_ARRAY] = "an array",
		[JSON_OBJECT] = "an object",
	};

	return names[kind];
}

struct str
json_shown(struct arena *a, const struct json *j)
{
	struct str text = json_string(j);

	if (text.p)
		return str_fmt(
			a, "\"%.*s%s\"", STRF(str_head(text, SHOWN)), text.n > SHOWN ? "…" : "");
	if (json_kind(j) == JSON_BOOL)
		return str_of(json_bool(j) ? "true" : "false");
	text = json_number(a, j);
	return text.p ? str_head(text, SHOWN) : str_of(json_kind_name(json_kind(j)));
}

bool
json_bool(const struct json *j)
{
	json_object *o = object_of(j);

	return json_object_is_type(o, json_type_boolean) && json_object_get_boolean(o);
}

struct str
json_number(struct arena *a, const struct json *j)
{
	json_object *o = object_of(j);

	if (json_object_is_type(o, json_type_int))
		return str_fmt(a, "%" PRId64, json_object_get_int64(o));
	if (json_object_is_type(o, json_type_double))
		return str_dup(a, kept_text(j));
	return (struct str){ NULL, 0 };
}

bool
json_int(const struct json *j, int64_t *out)
{
	json_object *o = object_of(j);

	if (json_object_is_type(o, json_type_double))
		return str_int(kept_text(j), out);
	if (!json_object_is_type(o, json_type_int))
		return false;
	*out = json_object_get_int64(o);
	return true;
}

struct str
json_string(const struct json *j)
{
	json_object *o = object_of(j);

	if (!json_object_is_type(o, json_type_string))
		return (struct str){ NULL, 0 };
	return (struct str){ json_object_get_string(o), (size_t)json_object_get_string_len(o) };
}

size_t
json_length(const struct json *array)
{
	json_object *o = object_of(array);

	return json_object_is_type(o, json_type_array) ? json_object_array_length(o) : 0;
}

struct json *
json_at(const struct json *array, size_t i)
{
	return i < json_length(array) ? json_of(json_object_array_get_idx(object_of(array), i))
				      : NULL;
}

bool
json_has(const struct json *object, const char *name)
{
	json_object *o = object_of(object);

	return json_object_is_type(o, json_type_object) && json_object_object_get_ex(o, name, NULL);
}

struct json *
json_get(const struct json *object, const char *name)
{
	json_object *value = NULL;

	if (json_object_is_type(object_of(object), json_type_object))
		json_object_object_get_ex(object_of(object), name, &value);
	return json_of(value);
}

size_t
json_members(const struct json *object)
{
	json_object *o = object_of(object);

	return json_object_is_type(o, json_type_object) ? (size_t)json_object_object_length(o) : 0;
}

struct json_iter
json_iter(const struct json *object)
{
	json_object *o = object_of(object);
	bool is_object = json_object_is_type(o, json_type_object);

	return (struct json_iter){ .entry = is_object ? json_object_get_object(o)->head : NULL };
}

bool
json_next(struct json_iter *it)
{
	struct lh_entry *entry = it->entry;

	if (!entry)
		return false;
	it->name = str_of(lh_entry_k(entry));
	it->value = lh_entry_v(entry);
	it->entry = entry->next;
	return true;
}

static void put_value(struct buf *b, const struct json *j);

static void
put_array(struct buf *b, const struct json *j)
{
	size_t n = json_length(j);

	buf_char(b, '[');
	for (size_t i = 0; i < n; i++) {
		json_out_comma(b);
		put_value(b, json_at(j, i));
	}
	buf_char(b, ']');
}

static void
put_members(struct buf *b, const struct json *j)
{
	struct json_iter it = json_iter(j);

	buf_char(b, '{');
	while (json_next(&it)) {
		json_out_comma(b);
		json_out_string(b, it.name);
		buf_char(b, ':');
		put_value(b, it.value);
	}
	buf_char(b, '}');
}

static void
put_number(struct buf *b, const struct json *j)
{
	if (json_object_is_type(object_of(j), json_type_int))
		buf_int(b, json_object_get_int64(object_of(j)));
	else
		buf_str(b, kept_text(j));
}

/* Recurses no deeper than json_parse() let it nest. */
static void
put_value(struct buf *b, const struct json *j)
{
	switch (json_kind(j)) {
	case JSON_NULL:
		buf_z(b, "null");
		break;
	case JSON_BOOL:
		buf_z(b, json_bool(j) ? "true" : "false");
		break;
	case JSON_INT:
	case JSON_DECIMAL:
		put_number(b, j);
		break;
	case JSON_STRING:
		json_out_string(b, json_string(j));
		break;
	case JSON_ARRAY:
		put_array(b, j);
		break;
	case JSON_OBJECT:
		put_members(b, j);
		break;
	}
}

struct str
json_text(struct arena *a, const struct json *j)
{
	struct buf b;

	buf_init(&b, a, 256, SIZE_MAX);
	put_value(&b, j);
	return buf_view(&b);
}

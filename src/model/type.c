/*
 * The types, one row each. A new type is a line in `enum type`, a row here, and a row in each face's
 * table; nothing else in the engine knows what a price or a time is.
 */
#include "model/type_int.h"

#include "base/clock.h"
#include "base/decimal.h"
#include "base/json_out.h"
#include "base/zone.h"
#include "model/language.h"
#include "model/map.h"
#include "model/plan.h"
#include "model/price.h"
#include "model/render.h"

void
fault_add(const struct fault *at, enum reason reason, const char *fmt, ...)
{
	va_list ap;
	struct str message;

	va_start(ap, fmt);
	message = str_vfmt(at->cx->arena, fmt, ap);
	va_end(ap);
	err_field(at->cx->arena, at->e, at->path, reason, "%.*s", STRF(message));
}

void
fault_kind(const struct fault *at, const char *expected, const struct json *j)
{
	fault_add(at, REASON_TYPE, "must be %s, not %s", expected, json_kind_name(json_kind(j)));
}

void
value_set_int(struct value *v, int64_t n)
{
	*v = (struct value){ .state = VALUE_SET, .i = n };
}

void
value_set_str(struct value *v, struct str s)
{
	*v = (struct value){ .state = VALUE_SET, .s = s };
}

/* Numbers that a row holds as one integer. */

static void
int_bind(struct ctx *cx, const struct field *f, const struct value *v, struct db_value *out)
{
	(void)cx, (void)f;
	*out = v->state == VALUE_SET ? db_int(v->i) : db_null();
}

static void
int_read(struct ctx *cx, const struct field *f, const struct db_value *cells, struct value *v)
{
	(void)cx, (void)f;
	*v = (struct value){ .state = VALUE_SET, .i = cells->i };
}

static void
int_render(struct buf *b, struct ctx *cx, const struct field *f, const struct value *v)
{
	(void)cx, (void)f;
	buf_int(b, v->i);
}

static bool
in_bounds(const struct field *f, int64_t n)
{
	return n >= f->min && (f->max == 0 || n <= f->max);
}

/* A number as it stands in the stored unit, for messages. */
static struct str
bound_text(struct ctx *cx, int64_t n, int scale)
{
	char text[DECIMAL_TEXT];
	size_t len = decimal_render_short(n, scale, text);

	return str_dup(cx->arena, (struct str){ text, len });
}

void
value_keep_in_bounds(
	const struct fault *at, const struct field *f, int64_t n, int scale, struct value *v)
{
	if (in_bounds(f, n))
		value_set_int(v, n);
	else if (n < f->min)
		fault_add(at, REASON_TOO_SMALL, "must be at least %.*s, not %.*s",
			STRF(bound_text(at->cx, f->min, scale)),
			STRF(bound_text(at->cx, n, scale)));
	else
		fault_add(at, REASON_TOO_LARGE, "must be at most %.*s, not %.*s",
			STRF(bound_text(at->cx, f->max, scale)),
			STRF(bound_text(at->cx, n, scale)));
}

static void
int_parse(const struct fault *at, const struct resource *r, int field, const struct json *j,
	struct value *v)
{
	int64_t n;

	if (json_kind(j) != JSON_INT && json_kind(j) != JSON_DECIMAL)
		fault_kind(at, "an integer", j);
	else if (!json_int(j, &n))
		fault_add(at, REASON_NOT_AN_INTEGER,
			"must be an integer of at most 64 bits, not %.*s",
			STRF(str_cut(json_number(at->cx->arena, j), 0, 40)));
	else
		value_keep_in_bounds(at, &r->fields[field], n, 0, v);
}

static bool
int_parse_text(struct ctx *cx, const struct field *f, struct str text, struct value *v,
	const char **expected)
{
	int64_t n;

	(void)cx, (void)f;
	*expected = "an integer";
	if (!str_int(text, &n))
		return false;
	value_set_int(v, n);
	return true;
}

/* Truth. */

static void
bool_parse(const struct fault *at, const struct resource *r, int field, const struct json *j,
	struct value *v)
{
	(void)r, (void)field;
	if (json_kind(j) == JSON_BOOL)
		value_set_int(v, json_bool(j));
	else
		fault_kind(at, "true or false", j);
}

static bool
bool_parse_text(struct ctx *cx, const struct field *f, struct str text, struct value *v,
	const char **expected)
{
	(void)cx, (void)f;
	*expected = "true or false";
	if (!str_eq(text, STR("true")) && !str_eq(text, STR("false")))
		return false;
	value_set_int(v, text.n == 4);
	return true;
}

static void
bool_render(struct buf *b, struct ctx *cx, const struct field *f, const struct value *v)
{
	(void)cx, (void)f;
	buf_z(b, v->i ? "true" : "false");
}

/* Text. */

static void
str_bind(struct ctx *cx, const struct field *f, const struct value *v, struct db_value *out)
{
	(void)cx, (void)f;
	*out = v->state == VALUE_SET ? db_text(v->s) : db_null();
}

static void
str_read(struct ctx *cx, const struct field *f, const struct db_value *cells, struct value *v)
{
	(void)cx, (void)f;
	*v = (struct value){ .state = VALUE_SET, .s = cells->s };
}

static void
str_render(struct buf *b, struct ctx *cx, const struct field *f, const struct value *v)
{
	(void)cx, (void)f;
	json_out_string(b, v->s);
}

static void
raw_render(struct buf *b, struct ctx *cx, const struct field *f, const struct value *v)
{
	(void)cx, (void)f;
	buf_str(b, v->s);
}

static const char *
pattern_words(const struct field *f)
{
	return f->pattern_doc ? f->pattern_doc : f->pattern;
}

/* Reports what is wrong with a text; true if nothing is. */
static bool
text_ok(const struct fault *at, const struct resource *r, int field, struct str s)
{
	const struct field *f = &r->fields[field];
	const regex_t *pattern = r->plan->fields[field].pattern;
	size_t points = str_points(s), most = f->max ? (size_t)f->max : TEXT_LINE_POINTS;

	if (!(f->flags & F_MULTILINE) && str_is_blank(s))
		fault_add(at, REASON_BLANK, "must not be blank");
	else if (points > most)
		fault_add(at, REASON_TOO_LONG, "must have at most %zu characters, not %zu", most,
			points);
	else if (points < (size_t)f->min)
		fault_add(at, REASON_TOO_SHORT,
			"must have at least %" PRId64 " characters, not %zu", f->min, points);
	else if (pattern &&
		(memchr(s.p, 0, s.n) || regexec(pattern, str_z(at->cx->arena, s), 0, NULL, 0)))
		fault_add(at, REASON_PATTERN, "must be %s, not \"%.*s\"", pattern_words(f),
			STRF(str_head(s, SHOWN)));
	else
		return true;
	return false;
}

/* The member of the published list that the text names; absent if there is none, or the text if there is no list. */
static struct str
known_text(struct ctx *cx, const struct field *f, struct str s)
{
	return f->known ? f->known(cx->arena, s) : s;
}

static void
str_parse(const struct fault *at, const struct resource *r, int field, const struct json *j,
	struct value *v)
{
	const struct field *f = &r->fields[field];
	struct str s = json_string(j);

	if (json_kind(j) != JSON_STRING) {
		fault_kind(at, "a string", j);
	} else if (text_ok(at, r, field, s)) {
		s = known_text(at->cx, f, s);
		if (s.p)
			value_set_str(v, s);
		else
			fault_add(at, REASON_UNKNOWN, "must be %s, not \"%.*s\"", pattern_words(f),
				STRF(str_head(json_string(j), SHOWN)));
	}
}

static bool
str_parse_text(struct ctx *cx, const struct field *f, struct str text, struct value *v,
	const char **expected)
{
	struct str s = known_text(cx, f, text);

	*expected = "text";
	value_set_str(v, s.p ? s : text); /* a part of a code may be looked for */
	return true;
}

/* Text with language variants: a string is the tenant's language, an object says which (D18). */

static void
lang_map(const struct fault *at, const struct resource *r, int field, const struct json *j,
	struct value *v)
{
	struct ctx *cx = at->cx;
	const char *own = str_z(cx->arena, cx->language);
	size_t before = *at->e ? (*at->e)->ndetails : 0;
	struct buf others;

	buf_init(&others, cx->arena, 256, (size_t)1 << 22);
	buf_char(&others, '{');
	for (struct json_iter it = json_iter(j); !err_is_full(*at->e) && json_next(&it);) {
		struct fault here = *at;

		here.path = str_fmt(
			cx->arena, "%.*s.%.*s", STRF(at->path), STRF(str_head(it.name, SHOWN)));
		if (!language_known(it.name))
			err_field(cx->arena, here.e, here.path, REASON_LANGUAGE,
				"must be one of the languages " LANGUAGE_LIST)
				->allowed = STR(LANGUAGE_LIST);
		else if (json_kind(it.value) != JSON_STRING && json_kind(it.value) != JSON_NULL)
			fault_kind(&here, "a string", it.value);
		else if (it.value && !text_ok(&here, r, field, json_string(it.value)))
			continue;
		else if (str_eq_z(it.name, own))
			v->s = json_string(it.value);
		else
			map_put(&others, it.name, json_string(it.value));
	}
	buf_char(&others, '}');
	if (json_has(j, own) ? !json_get(j, own) : at->create)
		fault_add(at, REASON_LANGUAGE, "must have a text in the shop's own language, %s",
			own);
	v->more = buf_view(&others);
	v->state = (*at->e ? (*at->e)->ndetails : 0) == before ? VALUE_SET : VALUE_UNSET;
}

static void
lang_parse(const struct fault *at, const struct resource *r, int field, const struct json *j,
	struct value *v)
{
	if (json_kind(j) == JSON_OBJECT)
		lang_map(at, r, field, j, v);
	else if (json_kind(j) != JSON_STRING)
		fault_kind(at, "a string, or an object of languages", j);
	else if (text_ok(at, r, field, json_string(j)))
		value_set_str(v, json_string(j));
}

static void
lang_bind(struct ctx *cx, const struct field *f, const struct value *v, struct db_value *out)
{
	(void)cx, (void)f;
	out[0] = v->state == VALUE_SET ? db_text(v->s) : db_null();
	out[1] = v->state == VALUE_SET ? db_text(v->more) : db_null();
}

static void
lang_read(struct ctx *cx, const struct field *f, const struct db_value *cells, struct value *v)
{
	(void)cx, (void)f;
	*v = (struct value){ .state = VALUE_SET, .s = cells[0].s, .more = cells[1].s };
}

static void
lang_render(struct buf *b, struct ctx *cx, const struct field *f, const struct value *v)
{
	(void)f;
	if (cx->shown.maps)
		language_map(b, cx, v->s, v->more);
	else
		json_out_string(b, language_choose(cx, v->s, v->more));
}

static void
lang_merge(struct ctx *cx, const struct value *was, struct value *now)
{
	if (!now->s.p)
		now->s = was->s;
	now->more = map_merge(cx->arena, was->more, now->more);
}

/* One of a few words. */

static int
choice_of(const struct field *f, struct str name)
{
	for (size_t i = 0; i < f->nchoices; i++) {
		if (str_eq_z(name, f->choices[i].name))
			return (int)i;
	}
	return -1;
}

static bool
enum_set(const struct field *f, struct str name, struct value *v)
{
	int choice = choice_of(f, name);

	if (choice < 0)
		return false;
	*v = (struct value){
		.state = VALUE_SET, .i = choice, .s = str_of(f->choices[choice].name)
	};
	return true;
}

static void
enum_parse(const struct fault *at, const struct resource *r, int field, const struct json *j,
	struct value *v)
{
	const struct field *f = &r->fields[field];
	struct arena *a = at->cx->arena;
	struct err_detail *d;
	const char **names;

	if (json_kind(j) != JSON_STRING) {
		fault_kind(at, "a string", j);
		return;
	}
	if (enum_set(f, json_string(j), v))
		return;
	names = ARENA_ARRAY(a, f->nchoices, const char *);
	for (size_t i = 0; i < f->nchoices; i++)
		names[i] = f->choices[i].name;
	d = err_field(a, at->e, at->path, REASON_NOT_A_CHOICE, "must be one of %.*s, not \"%.*s\"",
		STRF(enum_list(a, f, UINT64_MAX, ", ")), STRF(str_head(json_string(j), SHOWN)));
	d->allowed = enum_list(a, f, UINT64_MAX, ",");
	d->nearest = str_of(str_nearest(json_string(j), names, f->nchoices));
}

static bool
enum_parse_text(struct ctx *cx, const struct field *f, struct str text, struct value *v,
	const char **expected)
{
	*expected =
		str_fmt(cx->arena, "one of %.*s", STRF(enum_list(cx->arena, f, UINT64_MAX, ", ")))
			.p;
	return enum_set(f, text, v);
}

static void
enum_read(struct ctx *cx, const struct field *f, const struct db_value *cells, struct value *v)
{
	(void)cx;
	must(enum_set(f, cells->s, v));
}

/* Moments. */

static void
time_parse(const struct fault *at, const struct resource *r, int field, const struct json *j,
	struct value *v)
{
	int64_t ms;

	(void)r, (void)field;
	if (json_kind(j) != JSON_STRING)
		fault_kind(at, "a string", j);
	else if (!clock_parse(json_string(j), &ms))
		fault_add(at, REASON_NOT_A_TIME,
			"must be a time such as 2026-01-15T10:30:00Z, not %.*s",
			STRF(json_shown(at->cx->arena, j)));
	else
		value_set_int(v, ms);
}

static bool
time_parse_text(struct ctx *cx, const struct field *f, struct str text, struct value *v,
	const char **expected)
{
	int64_t ms;

	(void)f;
	*expected = "a date such as 2026-01-15, or a time such as 2026-01-15T10:30:00Z";
	if (clock_parse_date(text, &ms))
		ms = zone_day(ctx_zone(cx), ms);
	else if (!clock_parse(text, &ms))
		return false;
	value_set_int(v, ms);
	return true;
}

static void
time_bind(struct ctx *cx, const struct field *f, const struct value *v, struct db_value *out)
{
	(void)cx, (void)f;
	*out = v->state == VALUE_SET ? db_time(v->i) : db_null();
}

static void
time_render(struct buf *b, struct ctx *cx, const struct field *f, const struct value *v)
{
	char text[CLOCK_TEXT];

	(void)cx, (void)f;
	buf_char(b, '"');
	buf_put(b, text, clock_render(v->i, text));
	buf_char(b, '"');
}

static bool
time_show(struct buf *b, struct ctx *cx, const struct rec *r, size_t field)
{
	const struct value *v = &r->v[field];

	if (!cx->shown.times)
		return false;
	render_time(
		b, cx, r->resource->plan->fields[field].name, v->state == VALUE_SET ? &v->i : NULL);
	return true;
}

#define NO_TEXT_FLAGS (F_SEARCH | F_MULTILINE | F_KEY)

const struct type_row type_rows[TYPE__MAX] = {
	[T_BOOL] = { "boolean", "boolean", NULL, 1, NO_TEXT_FLAGS, 'A', bool_parse, bool_parse_text,
		int_bind, int_read, bool_render, NULL, NULL },
	[T_INT] = { "integer", "integer", NULL, 1, NO_TEXT_FLAGS, 'N', int_parse, int_parse_text,
		int_bind, int_read, int_render, NULL, NULL },
	[T_DECIMAL] = { "decimal", "number", NULL, 1, NO_TEXT_FLAGS, 'N', decimal_parse_json,
		decimal_parse_text, decimal_bind, decimal_read, decimal_show, NULL, NULL },
	[T_PRICE] = { "price", "number", NULL, 1, NO_TEXT_FLAGS, 'N', decimal_parse_json,
		decimal_parse_text, int_bind, int_read, price_render, price_show, NULL },
	[T_AMOUNT] = { "amount", "integer", "int64", 1, NO_TEXT_FLAGS, 'N', int_parse,
		int_parse_text, int_bind, int_read, int_render, NULL, NULL },
	[T_STRING] = { "string", "string", NULL, 1, 0, 'T', str_parse, str_parse_text, str_bind,
		str_read, str_render, NULL, NULL },
	[T_LANG] = { "text", "string", NULL, 2, F_KEY | F_UNIQUE, 'T', lang_parse, str_parse_text,
		lang_bind, lang_read, lang_render, NULL, lang_merge },
	[T_ENUM] = { "enum", "string", NULL, 1, NO_TEXT_FLAGS, 'A', enum_parse, enum_parse_text,
		str_bind, enum_read, str_render, NULL, NULL },
	[T_TIME] = { "time", "string", "date-time", 1, NO_TEXT_FLAGS, 'N', time_parse,
		time_parse_text, time_bind, int_read, time_render, time_show, NULL },
	[T_ID] = { "id", "string", NULL, 1, NO_TEXT_FLAGS, 'A', id_parse_json, id_parse_text,
		int_bind, int_read, id_put, id_show, NULL },
	[T_MAP] = { "map", "object", NULL, 1, NO_TEXT_FLAGS | F_SORT | F_FILTER, 0, map_parse_json,
		NULL, str_bind, str_read, raw_render, NULL, map_merge_value },
	[T_PRICES] = { "prices", "object", NULL, 1, NO_TEXT_FLAGS | F_SORT | F_FILTER, 0,
		prices_parse, NULL, str_bind, str_read, raw_render, NULL, map_merge_value },
	[T_LIST] = { "list", "array", NULL, 1, NO_TEXT_FLAGS | F_SORT, 'L', list_parse,
		str_parse_text, str_bind, str_read, raw_render, NULL, NULL },
	[T_OBJECT] = { "object", "object", NULL, 1, NO_TEXT_FLAGS | F_SORT | F_FILTER, 0,
		object_parse, NULL, str_bind, str_read, object_render, object_show, NULL },
	[T_OBJECTS] = { "objects", "array", NULL, 1, NO_TEXT_FLAGS | F_SORT | F_FILTER, 0,
		objects_parse, NULL, str_bind, str_read, object_render, object_show, NULL },
	[T_CHANGES] = { "changes", "object", NULL, 1, NO_TEXT_FLAGS | F_SORT | F_FILTER, 0,
		changes_parse, NULL, str_bind, str_read, raw_render, NULL, NULL },
};

bool
type_is_listed(const struct field *f)
{
	return type_rows[f->type].op_class == 'L' && (f->flags & F_FILTER);
}

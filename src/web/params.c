/*
 * Parameters that every list has stand in one table, in the order in which they are looked at; the
 * others are filters and shorthands, which the engine judges by the descriptor.
 */
#include "web/params.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/json_out.h"
#include "base/zone.h"
#include "model/language.h"
#include "model/names.h"
#include "model/type.h"
#include "model/write.h"
#include "web/url.h"

#define NAME_SHOWN 100 /* bytes of the caller's word in a message */

enum known {
	PAGE,
	LIMIT,
	CURSOR,
	SORT,
	ORDER,
	FIELDS_SHOWN,
	INCLUDE,
	SEARCH,
	LANGUAGES,
	KNOWN__MAX
};

static const char *const known_names[KNOWN__MAX] = {
	[PAGE] = "page",
	[LIMIT] = "limit",
	[CURSOR] = "cursor",
	[SORT] = "sort",
	[ORDER] = "order",
	[FIELDS_SHOWN] = "fields",
	[INCLUDE] = "include",
	[SEARCH] = "search",
	[LANGUAGES] = "languages",
};

const char *
params_of_list(size_t i)
{
	return i < KNOWN__MAX ? known_names[i] : NULL;
}

/* ---- reading */

static struct err *
bad_encoding(struct arena *a)
{
	return err_reason(
		err_new(a, ERR_MALFORMED, "the query has bytes that are not percent-encoded UTF-8"),
		REASON_BAD_ENCODING);
}

static void
add(struct arena *a, struct params *out, struct param new)
{
	for (size_t i = 0; i < out->n; i++) {
		struct param *old = &out->p[i];

		if (str_eq(old->name, new.name)) {
			old->value = str_fmt(a, "%.*s,%.*s", STRF(old->value), STRF(new.value));
			return;
		}
	}
	must(out->n < PARAMS_MAX);
	out->p[out->n++] = new;
}

static struct err *
read_one(struct arena *a, struct str pair, struct params *out)
{
	size_t equals = str_find(pair, '=');
	struct param new;

	if (!url_decode(a, str_cut(pair, 0, equals), true, &new.name) ||
		!url_decode(a, str_cut(pair, equals + 1, pair.n), true, &new.value))
		return bad_encoding(a);
	if (!new.value.p)
		new.value = STR("");
	add(a, out, new);
	return NULL;
}

struct err *
params_read(struct arena *a, struct str query, struct params *out)
{
	struct str pair;
	size_t seen = 0;

	out->n = 0;
	while (str_split(&query, '&', &pair)) {
		struct err *e;

		if (!pair.n)
			continue;
		if (++seen > PARAMS_MAX)
			return err_reason(
				err_new(a, ERR_QUERY, "the query has more than %d parameters",
					PARAMS_MAX),
				REASON_TOO_MANY_PARAMETERS);
		e = read_one(a, pair, out);
		if (e)
			return e;
	}
	return NULL;
}

static bool
is_there(const struct params *p, struct str name)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->p[i].name, name))
			return true;
	return false;
}

static struct err *
bad_form(struct arena *a, const char *what)
{
	return err_reason(err_new(a, ERR_MALFORMED, "the form %s", what), REASON_BAD_FORM);
}

struct err *
params_form(struct arena *a, struct str body, struct params *out)
{
	struct str pair;

	out->n = 0;
	while (str_split(&body, '&', &pair)) {
		size_t equals = str_find(pair, '=');
		struct param new;

		if (!pair.n)
			continue;
		if (!url_decode(a, str_cut(pair, 0, equals), true, &new.name) ||
			!url_decode(a, str_cut(pair, equals + 1, pair.n), true, &new.value))
			return bad_form(a, "is not percent-encoded UTF-8");
		if (is_there(out, new.name))
			return bad_form(a, "has a field twice");
		if (out->n == PARAMS_MAX)
			return bad_form(a, "has too many fields");
		if (!new.value.p)
			new.value = STR("");
		out->p[out->n++] = new;
	}
	return NULL;
}

/* ---- refusing */

/* A fault of one parameter; gives the detail, to say more. */
static struct err_detail *
refuse(struct ctx *cx, struct err **e, struct str name, enum reason reason, const char *message)
{
	*e = err_new(cx->arena, ERR_QUERY, NULL);
	return err_field(cx->arena, e, name, reason, "%s", message);
}

static bool
can_filter(const struct resource *r, struct str name)
{
	int field = resource_field(r, name);

	return field >= 0 && (r->fields[field].flags & F_FILTER);
}

/* A field that can be filtered by, but not under its bare name. */
static const char *
filter_meant(struct ctx *cx, const struct resource *r, struct str name)
{
	struct names fields = { .n = 0 };
	const char *near;

	for (size_t i = 0; i < r->nfields; i++)
		if (can_filter(r, str_of(r->fields[i].name)) && ctx_may(cx, r->fields[i].scope))
			names_add(&fields, r->fields[i].name);
	near = names_nearest(name, &fields);
	return near ? str_fmt(cx->arena, "filter[%s]", near).p : NULL;
}

/* What could have been meant by `name` here: parameters, shorthands, and filters by their field. */
static struct err *
unknown(struct ctx *cx, struct str name, const char *const *taken, size_t ntaken,
	const struct resource *r)
{
	struct names names = { .n = 0 };
	struct err *e = NULL;
	struct err_detail *d;

	for (size_t i = 0; i < ntaken; i++)
		names_add(&names, taken[i]);
	for (size_t i = 0; r && i < r->nshorthands; i++)
		names_add(&names, r->shorthands[i].name);
	d = refuse(cx, &e, str_head(name, NAME_SHOWN), REASON_UNKNOWN_PARAMETER, "");
	d->message = str_fmt(cx->arena, "%.*s is not a parameter of this path", STRF(d->field));
	names_tell(cx->arena, d, name, &names);
	if (r && (!d->nearest.n || can_filter(r, name)))
		d->nearest = str_of(filter_meant(cx, r, name));
	if (d->nearest.n)
		d->message = str_fmt(
			cx->arena, "%.*s; did you mean %.*s?", STRF(d->message), STRF(d->nearest));
	e->message = d->message;
	return e;
}

/* ---- lists */

static struct err *
read_count(struct ctx *cx, enum known which, struct str text, int64_t *out)
{
	struct err *e = NULL;

	if (!str_int(text, out) || *out < 1 || *out > INT32_MAX)
		refuse(cx, &e, str_of(known_names[which]), REASON_NOT_A_COUNT,
			str_fmt(cx->arena, "%s, not \"%.*s\"",
				which == PAGE ? "page is a whole number from 1"
					      : "limit is a whole number from 1 to 200",
				STRF(str_head(text, NAME_SHOWN)))
				.p);
	return e;
}

static struct err *
set_page(struct ctx *cx, const struct str given[], struct query *q, struct str *warning)
{
	struct err *e = NULL;
	int64_t limit = LIMIT_DEFAULT;

	if (given[LIMIT].p)
		e = read_count(cx, LIMIT, given[LIMIT], &limit);
	if (limit > LIMIT_MAX)
		*warning = STR("limit was lowered to 200");
	q->limit = (int)MIN(limit, LIMIT_MAX);
	q->keyset = given[CURSOR].p;
	q->cursor = given[CURSOR];
	if (e || !given[PAGE].p)
		return e;
	if (q->keyset) {
		refuse(cx, &e, STR("page"), REASON_WITH_CURSOR,
			"page and cursor exclude each other");
		return e;
	}
	return read_count(cx, PAGE, given[PAGE], &q->page);
}

/* filter[field] or filter[field][op]; the field may itself have brackets: filter[metadata[k]][eq]. */
static bool
split_filter(struct str name, struct str *field, struct str *op)
{
	size_t bracket = name.n, depth = 1;

	if (!str_starts(name, STR("filter[")) || name.p[name.n - 1] != ']')
		return false;
	for (size_t i = sizeof("filter[") - 1; i < name.n && bracket == name.n; i++) {
		depth += (size_t)(name.p[i] == '[') - (size_t)(name.p[i] == ']');
		if (!depth)
			bracket = i;
	}
	*field = str_cut(name, sizeof("filter[") - 1, bracket);
	*op = (struct str){ 0 };
	if (bracket == name.n - 1)
		return field->n > 0;
	if (bracket >= name.n - 2 || name.p[bracket + 1] != '[')
		return false;
	*op = str_cut(name, bracket + 2, name.n - 1);
	return field->n > 0 && op->n > 0;
}

/* metadata[key] is short for filter[metadata.key]; a key may have brackets. */
static bool
is_metadata(struct arena *a, struct str name, struct str *field)
{
	const size_t before = sizeof("metadata[") - 1;

	if (!str_starts(name, STR("metadata[")) || !str_ends(name, STR("]")) ||
		name.n <= before + 1)
		return false;
	*field = str_fmt(a, "metadata.%.*s", STRF(str_cut(name, before, name.n - 1)));
	return true;
}

static struct err *
add_filter(struct ctx *cx, struct query *q, const struct param *p)
{
	const struct resource *r = q->resource;
	struct str field, op;

	if (is_metadata(cx->arena, p->name, &field))
		return query_filter(cx, q, field, (struct str){ 0 }, p->value);
	if (split_filter(p->name, &field, &op)) {
		if (!op.n && query_shorthand(r, field))
			op = STR("eq"); /* else a fault would be told of the shorthand */
		return query_filter(cx, q, field, op, p->value);
	}
	if (query_shorthand(r, p->name))
		return query_filter(cx, q, p->name, (struct str){ 0 }, p->value);
	return unknown(cx, p->name, known_names, KNOWN__MAX, r);
}

static int
known_of(struct str name)
{
	for (int i = 0; i < KNOWN__MAX; i++)
		if (str_eq_z(name, known_names[i]))
			return i;
	return -1;
}

struct err *
params_query(struct ctx *cx, const struct params *p, struct query *q, struct str *warning)
{
	struct str given[KNOWN__MAX] = { { 0 } };
	struct err *e = NULL;

	*warning = (struct str){ 0 };
	for (size_t i = 0; i < p->n; i++) {
		int known = known_of(p->p[i].name);

		if (known >= 0)
			given[known] = p->p[i].value;
		else
			e = err_join(e, add_filter(cx, q, &p->p[i]));
	}
	e = err_join(e, set_page(cx, given, q, warning));
	if (given[SORT].p || given[ORDER].p)
		e = err_join(e, query_sort(cx, q, given[SORT], given[ORDER]));
	if (given[SEARCH].n)
		e = err_join(e, query_search(cx, q, given[SEARCH]));
	if (given[LANGUAGES].p)
		e = err_join(e, language_read_list(cx, given[LANGUAGES]));
	return err_join(e,
		view_parse(cx, q->resource, given[FIELDS_SHOWN], given[INCLUDE], false, &q->view));
}

/* ---- objects */

static const char *const of_objects[] = { "fields", "include", "languages" };

static bool
is_of_objects(struct str name)
{
	for (size_t i = 0; i < COUNT(of_objects); i++)
		if (str_eq_z(name, of_objects[i]))
			return true;
	return false;
}

struct err *
params_view(struct ctx *cx, const struct params *p, const struct resource *r, struct view *out)
{
	struct str given[COUNT(of_objects)] = { { 0 } };
	struct err *e;

	for (size_t i = 0; i < p->n; i++) {
		size_t k = 0;

		while (k < COUNT(of_objects) && !str_eq_z(p->p[i].name, of_objects[k]))
			k++;
		if (k == COUNT(of_objects))
			return unknown(cx, p->p[i].name, of_objects, COUNT(of_objects), NULL);
		given[k] = p->p[i].value;
	}
	e = given[2].p ? language_read_list(cx, given[2]) : NULL;
	if (given[0].p || given[1].p)
		return err_join(e, view_parse(cx, r, given[0], given[1], true, out));
	*out = view_full(cx, r, true);
	return e;
}

/* ---- operations */

static void
put_list(struct buf *b, struct str text)
{
	struct str item;

	buf_char(b, '[');
	while (str_split(&text, ',', &item)) {
		json_out_comma(b);
		json_out_string(b, str_trim(item));
	}
	buf_char(b, ']');
}

static struct str
time_of(struct ctx *cx, struct str name, struct str text)
{
	const int64_t day_ms = INT64_C(86400000);
	char rendered[CLOCK_TEXT];
	size_t n;
	int64_t ms;

	if (!clock_parse_date(text, &ms))
		return text;
	if (str_ends(name, STR("_to")))
		ms = zone_day(ctx_zone(cx), ms + day_ms) - 1;
	else
		ms = zone_day(ctx_zone(cx), ms);
	n = clock_render(ms, rendered);
	return str_dup(cx->arena, (struct str){ rendered, n });
}

/* A parameter as it would stand in a body, whose checks then hold for it as well. */
static void
put_as_json(struct ctx *cx, struct buf *b, const struct field *f, struct str text)
{
	struct json *j = NULL;

	json_out_name(b, str_of(f->name));
	if (f->type == T_LIST)
		put_list(b, text);
	else if (f->type == T_TIME)
		json_out_string(b, time_of(cx, str_of(f->name), text));
	else if (strcmp(type_rows[f->type].schema_type, "string") != 0 &&
		!json_parse(cx->arena, text, &j) && json_kind(j) != JSON_OBJECT)
		buf_str(b, text);
	else
		json_out_string(b, text);
}

static int
input_field(const struct operation *o, struct str name)
{
	int field = o->input ? resource_field(o->input, name) : -1;

	return field >= 0 && !(o->input->fields[field].flags & (F_INTERNAL | F_READ_ONLY)) ? field
											   : -1;
}

static struct err *
unknown_input(struct ctx *cx, struct str name, const struct operation *o)
{
	const char *taken[COUNT(of_objects) + FIELDS_MAX];
	size_t n = 0;

	for (size_t i = 0; o->output && i < COUNT(of_objects); i++)
		taken[n++] = of_objects[i];
	for (size_t i = 0; o->input && i < o->input->nfields; i++)
		if (input_field(o, str_of(o->input->fields[i].name)) >= 0)
			taken[n++] = o->input->fields[i].name;
	return unknown(cx, name, taken, n, NULL);
}

struct err *
params_operation(struct ctx *cx, const struct params *p, const struct operation *o,
	struct view *view, struct rec **input)
{
	struct params of_view = { .n = 0 };
	struct json *sent = NULL;
	struct buf b;
	struct err *e = NULL, *refused;

	buf_init(&b, cx->arena, 256, (size_t)1 << 20);
	buf_char(&b, '{');
	for (size_t i = 0; i < p->n; i++) {
		int field = input ? input_field(o, p->p[i].name) : -1;

		if (field >= 0)
			put_as_json(cx, &b, &o->input->fields[field], p->p[i].value);
		else if (o->output && is_of_objects(p->p[i].name))
			of_view.p[of_view.n++] = p->p[i];
		else
			e = err_join(e, unknown_input(cx, p->p[i].name, o));
	}
	buf_char(&b, '}');
	if (input && o->input) {
		refused = json_parse(cx->arena, buf_view(&b), &sent);
		refused = refused ? refused : validate(cx, o->input, sent, true, input);
		if (refused && !err_is_server(refused))
			refused->code = ERR_QUERY;
		e = err_join(e, refused);
	}
	return o->output ? err_join(e, params_view(cx, &of_view, o->output, view)) : e;
}

struct err *
params_none(struct ctx *cx, const struct params *p)
{
	return p->n ? unknown(cx, p->p[0].name, NULL, 0, NULL) : NULL;
}

/*
 * Parameters of queries. Each field and operator is a parameter of its own, filter[price][gte]: the
 * deepObject style ends at one pair of brackets, so a single `filter` parameter would leave two pairs to
 * what each generator makes of them, while a flat list of exact names and types works in all.
 */
#include "model/language.h"
#include "model/query.h"
#include "model/type.h"
#include "web/openapi_int.h"
#include "web/params.h"

/* ---- what a filter compares with */

/* Members of a schema; a text that is no date or id is refused with 400, which says what was expected. */
static const char *const filter_schemas[TYPE__MAX] = {
	[T_BOOL] = "'type':'boolean'",
	[T_INT] = "'type':'integer','format':'int64'",
	[T_DECIMAL] = "'type':'number'",
	[T_PRICE] = "'type':'number'",
	[T_AMOUNT] = "'type':'integer','format':'int64'",
	[T_STRING] = "'type':'string'",
	[T_LANG] = "'type':'string'",
	[T_ENUM] = "'type':'string'",
	[T_TIME] = "'type':'string'",
	[T_ID] = "'type':'string'",
	[T_PRICES] = "'not':{}",
	[T_MAP] = "'not':{}",
	[T_LIST] = "'type':'string'",
	[T_OBJECT] = "'not':{}",
	[T_OBJECTS] = "'not':{}",
	[T_CHANGES] = "'not':{}",
};

static const struct op_row {
	const char *name, *types;
} ops[OP__MAX] = {
#define X(name, text, sql, types) [OP_##name] = { text, types },
#include "model/ops.def"
#undef X
};

static const char *const op_docs[OP__MAX] = {
	[OP_EQ] = "is one of these",
	[OP_NE] = "is none of these",
	[OP_GT] = "is greater than this",
	[OP_GTE] = "is at least this",
	[OP_LT] = "is less than this",
	[OP_LTE] = "is at most this",
	[OP_IN] = "is one of these",
	[OP_NIN] = "is none of these",
	[OP_CONTAINS] = "contains this",
	[OP_STARTS_WITH] = "begins with this",
	[OP_ENDS_WITH] = "ends with this",
};

static bool
is_many(enum op op)
{
	return op == OP_EQ || op == OP_NE || op == OP_IN || op == OP_NIN;
}

/* What one parameter compares. */
struct target {
	const char *name;
	const struct field *field; /* NULL: a link */
	char class;
};

typedef void target_fn(struct arena *a, struct buf *b, const struct resource *r, struct target t);

static void
each_target(struct arena *a, struct buf *b, const struct resource *r, target_fn *fn)
{
	static const int members[] = { SORT_CREATED_AT, SORT_UPDATED_AT, SORT_ID };

	for (size_t i = 0; i < r->nfields; i++) {
		const struct field *f = &r->fields[i];

		if ((f->flags & (F_FILTER | F_INTERNAL)) == F_FILTER)
			fn(a, b, r, (struct target){ f->name, f, type_rows[f->type].op_class });
	}
	for (size_t i = 0; i < r->nrelations; i++) {
		if (r->relations[i].kind == REL_LINK)
			fn(a, b, r, (struct target){ r->relations[i].name, NULL, 'L' });
	}
	for (size_t i = 0; i < COUNT(members); i++) {
		const struct field *f = query_field(r, members[i]);
		const char *name = query_member_name(r, members[i]);

		if (name)
			fn(a, b, r, (struct target){ name, f, type_rows[f->type].op_class });
	}
}

static struct str
filter_key(struct arena *a, const struct resource *r, struct target t, enum op op)
{
	return openapi_name(a, r->name,
		str_fmt(a, "Filter%s%s", openapi_name(a, t.name, "").p,
			openapi_name(a, ops[op].name, "").p)
			.p);
}

static void
put_value(struct buf *b, struct target t)
{
	const struct field *f = t.field;

	buf_char(b, '{');
	must(!f || filter_schemas[f->type]);
	openapi_literal(b, f ? filter_schemas[f->type] : "'type':'string'");
	if (f && f->nchoices) {
		openapi_open(b, "enum", '[');
		for (size_t i = 0; i < f->nchoices; i++) {
			json_out_comma(b);
			json_out_z(b, f->choices[i].name);
		}
		buf_char(b, ']');
	}
	buf_char(b, '}');
}

static void
put_filter(struct arena *a, struct buf *b, const struct resource *r, struct target t, enum op op)
{
	openapi_open(b, filter_key(a, r, t, op).p, '{');
	openapi_fmt(b, "name", "filter[%s][%s]", t.name, ops[op].name);
	LITERAL(b, "'in':'query'");
	must(op_docs[op]);
	openapi_fmt(b, "description", "Only those whose `%s` %s%s%s.", t.name, op_docs[op],
		is_many(op) ? "; an empty text stands for null" : "",
		op == OP_EQ ? str_fmt(a, "; `filter[%s]` is the same", t.name).p : "");
	JSON_OUT_NAME(b, "schema");
	if (is_many(op)) {
		LITERAL(b, "{'type':'array','minItems':1");
		openapi_int(b, "maxItems", FILTER_VALUES_MAX);
		JSON_OUT_NAME(b, "items");
	}
	put_value(b, t);
	if (is_many(op))
		LITERAL(b, "},'style':'form','explode':false");
	buf_char(b, '}');
}

static void
put_filters(struct arena *a, struct buf *b, const struct resource *r, struct target t)
{
	for (int op = 0; op < OP__MAX; op++)
		if (strchr(ops[op].types, t.class))
			put_filter(a, b, r, t, (enum op)op);
}

static void
refer_to_filters(struct arena *a, struct buf *b, const struct resource *r, struct target t)
{
	for (int op = 0; op < OP__MAX; op++)
		if (strchr(ops[op].types, t.class))
			openapi_ref(b, NULL, "parameters", filter_key(a, r, t, (enum op)op));
}

/* ---- lists of names */

static void
put_name(struct buf *b, const char *owner, const char *name)
{
	json_out_comma(b);
	buf_fmt(b, "\"%s%s%s\"", owner ? owner : "", owner ? "." : "", name);
}

static void
put_own_names(struct buf *b, const struct resource *r, const char *owner)
{
	const char *name;

	for (size_t i = 0; (name = view_member_name(r, i)) != NULL; i++)
		put_name(b, owner, name);
	for (size_t i = 0; i < r->nfields; i++)
		if (!(r->fields[i].flags & F_UNSEEN))
			put_name(b, owner, r->fields[i].name);
}

static void
put_relation_names(struct buf *b, const struct resource *r)
{
	for (size_t i = 0; i < r->nrelations; i++)
		put_name(b, NULL, r->relations[i].name);
}

static bool
has_relations(const struct resource *r)
{
	return r->nrelations > 0;
}

/* A comma-separated list of names that are known. */
static void
open_names(struct buf *b, const char *doc)
{
	LITERAL(b, "'in':'query'");
	openapi_text(b, "description", doc);
	LITERAL(b,
		"'style':'form','explode':false,'schema':{'type':'array','items':{'type':'string',"
		"'enum':[");
}

static void
put_fields(struct buf *b, const struct resource *r)
{
	open_names(b,
		is_shape(r) ? "Shows no other members than these."
			    : "Shows no other members than these; `id` and `object` always. A "
			      "name with a point chooses inside a relation.");
	put_own_names(b, r, NULL);
	put_relation_names(b, r);
	for (size_t i = 0; i < r->nrelations; i++)
		if (r->relations[i].kind != REL_LINK)
			put_own_names(b, r->plan->related[i], r->relations[i].name);
	LITERAL(b, "]}}");
}

static void
put_include(struct buf *b, const struct resource *r)
{
	open_names(b, "Shows these relations too.");
	put_relation_names(b, r);
	LITERAL(b, "]}}");
}

static void
put_sort_name(struct buf *b, struct buf *words, const char *name)
{
	put_name(b, NULL, name);
	json_out_comma(b);
	buf_fmt(b, "\"-%s\"", name);
	buf_fmt(words, "%s`%s`", words->n ? ", " : "", name);
}

static void
put_sort(struct buf *b, const struct resource *r)
{
	static const int members[] = { SORT_CREATED_AT, SORT_UPDATED_AT, SORT_ID };
	struct buf words;

	buf_init(&words, b->arena, 256, 4096);
	LITERAL(b,
		"'in':'query','style':'form','explode':false,'schema':{'type':'array','minItems':"
		"1");
	openapi_int(b, "maxItems", SORTS_MAX);
	LITERAL(b, "'items':{'type':'string','enum':[");
	for (size_t i = 0; i < r->nfields; i++)
		if ((r->fields[i].flags & (F_SORT | F_INTERNAL)) == F_SORT)
			put_sort_name(b, &words, r->fields[i].name);
	for (size_t i = 0; i < r->nrelations; i++)
		if (r->relations[i].kind == REL_LINK)
			put_sort_name(b, &words, r->relations[i].name);
	for (size_t i = 0; i < COUNT(members); i++)
		if (query_member_name(r, members[i]))
			put_sort_name(b, &words, query_member_name(r, members[i]));
	LITERAL(b, "]}}");
	openapi_fmt(b, "description",
		"By what the list is sorted, at most %d names: %.*s. A `-` before a name sorts "
		"downwards.",
		SORTS_MAX, STRF(buf_view(&words)));
}

static void
put_search(struct buf *b, const struct resource *r)
{
	struct buf words;

	buf_init(&words, b->arena, 256, 4096);
	for (size_t i = 0; i < r->nfields; i++)
		if (r->fields[i].flags & F_SEARCH)
			buf_fmt(&words, "%s`%s`", words.n ? " or " : "", r->fields[i].name);
	openapi_fmt(b, "description", "Only those whose %.*s begins with this text.",
		STRF(buf_view(&words)));
	LITERAL(b, "'in':'query','schema':{'type':'string','minLength':1}");
}

static bool
has_search(const struct resource *r)
{
	for (size_t i = 0; i < r->nfields; i++)
		if (r->fields[i].flags & F_SEARCH)
			return true;
	return false;
}

static bool
has_metadata(const struct resource *r)
{
	return !r->log_time;
}

/* ---- parameters of every list */

static void
put_page(struct buf *b, const struct resource *r UNUSED)
{
	LITERAL(b,
		"'in':'query','description':'Which page, from 1; not together with cursor.',"
		"'schema':{'type':'integer','minimum':1,'maximum':2147483647,'default':1}");
}

static void
put_limit(struct buf *b, const struct resource *r UNUSED)
{
	openapi_fmt(b, "description",
		"How many on a page. More than %d is %d, and a Warning header says so.", LIMIT_MAX,
		LIMIT_MAX);
	LITERAL(b,
		"'in':'query','schema':{'type':'integer','minimum':1,'maximum':2147483647,"
		"'default':");
	buf_int(b, LIMIT_DEFAULT);
	LITERAL(b, "}");
}

static void
put_cursor(struct buf *b, const struct resource *r UNUSED)
{
	LITERAL(b,
		"'in':'query','allowEmptyValue':true,'description':'Asks by cursor instead of by "
		"page: empty for the first page, then next_cursor of the page before.','schema':{"
		"'type':'string'}");
}

static void
put_order(struct buf *b, const struct resource *r UNUSED)
{
	LITERAL(b,
		"'in':'query','description':'The direction of all names in sort that have no "
		"sign.','schema':{'type':'string','enum':['asc','desc']}");
}

static void
put_languages(struct buf *b, const struct resource *r UNUSED)
{
	LITERAL(b,
		"'in':'query','description':'Shows each text as an object of its languages: `all`, "
		"or "
		"those that are named.','style':'form','explode':false,'schema':{'type':'array',"
		"'minItems':1,'items':{'type':'string','enum':['all'");
	for (struct str rest = STR(LANGUAGE_LIST), tag; str_split(&rest, ',', &tag);) {
		json_out_comma(b);
		json_out_string(b, str_trim(tag));
	}
	LITERAL(b, "]}}");
}

/* `metadata[k]=v` is OpenAPI's deepObject. */
static void
put_metadata(struct buf *b, const struct resource *r UNUSED)
{
	LITERAL(b,
		"'in':'query','description':'Only those whose metadata has these values: "
		"`metadata[key]=value`, compared whole; an empty value is a key that is not set.',"
		"'style':'deepObject','explode':true,'schema':{'type':'object',"
		"'additionalProperties':{'type':'string'}}");
}

/* `own`: each resource has one of its own; `has`: only those for which it is true, if it is not NULL. */
static const struct list_parameter {
	const char *name;
	bool own;
	bool on_objects; /* of reads of one object and of writes too */
	bool (*has)(const struct resource *r);
	void (*put)(struct buf *b, const struct resource *r);
} list_parameters[] = {
	{ "page", false, false, NULL, put_page },
	{ "limit", false, false, NULL, put_limit },
	{ "cursor", false, false, NULL, put_cursor },
	{ "sort", true, false, NULL, put_sort },
	{ "order", false, false, NULL, put_order },
	{ "fields", true, true, NULL, put_fields },
	{ "include", true, true, has_relations, put_include },
	{ "languages", false, true, NULL, put_languages },
	{ "metadata", false, false, has_metadata, put_metadata },
	{ "search", true, false, has_search, put_search },
};

static const struct list_parameter *
list_parameter(const char *name)
{
	size_t i = 0;

	while (i < COUNT(list_parameters) && strcmp(list_parameters[i].name, name) != 0)
		i++;
	must(i < COUNT(list_parameters));
	return &list_parameters[i];
}

static struct str
parameter_key(struct arena *a, const struct list_parameter *p, const struct resource *r)
{
	struct str own = openapi_name(a, p->name, "");

	return p->own && r ? openapi_name(a, r->name, own.p) : own;
}

static void
put_parameter_at(
	struct buf *b, const char *key, const struct list_parameter *p, const struct resource *r)
{
	openapi_open(b, key, '{');
	openapi_text(b, "name", p->name);
	p->put(b, r);
	buf_char(b, '}');
}

static void
put_parameter(
	struct arena *a, struct buf *b, const struct list_parameter *p, const struct resource *r)
{
	put_parameter_at(b, parameter_key(a, p, r).p, p, r);
}

/* ---- shorthands */

static struct str
shorthand_key(struct arena *a, const struct resource *r, const struct shorthand *s)
{
	return openapi_name(a, r->name, openapi_name(a, s->name, "").p);
}

/* A log's time is no field. */
static struct target
shorthand_target(const struct resource *r, const struct shorthand *s)
{
	int field = resource_field(r, str_of(s->field));

	return (struct target){ s->name, field < 0 ? NULL : &r->fields[field], 0 };
}

/* True if it takes a single value, as its operator does. */
static bool
is_single(const struct shorthand *s)
{
	for (int op = 0; s->op && op < OP__MAX; op++)
		if (strcmp(ops[op].name, s->op) == 0)
			return !is_many((enum op)op);
	return false;
}

static void
put_shorthand(struct arena *a, struct buf *b, const struct resource *r, const struct shorthand *s)
{
	openapi_open(b, shorthand_key(a, r, s).p, '{');
	openapi_text(b, "name", s->name);
	openapi_text(b, "description", s->doc);
	LITERAL(b, "'in':'query','style':'form','explode':false");
	JSON_OUT_NAME(b, "schema");
	if (!is_single(s))
		LITERAL(b, "{'type':'array','minItems':1,'items':");
	put_value(b, shorthand_target(r, s));
	buf_z(b, is_single(s) ? "}" : "}}");
}

/* ---- inputs of operations without a body */

static void
put_input_field(struct buf *b, const struct field *f)
{
	bool list = f->type == T_LIST;

	LITERAL(b, "{'in':'query'");
	openapi_text(b, "name", f->name);
	openapi_text(b, "description", f->doc);
	if (f->flags & F_REQUIRED)
		LITERAL(b, "'required':true");
	if (list)
		LITERAL(b, "'style':'form','explode':false");
	JSON_OUT_NAME(b, "schema");
	if (list)
		LITERAL(b, "{'type':'array','items':{'type':'string'}}");
	else
		put_value(b, (struct target){ f->name, f, 0 });
	if (f->example && !list) {
		JSON_OUT_NAME(b, "example");
		(void)openapi_example(b, f, true);
	}
	buf_char(b, '}');
}

static void
put_input(struct buf *b, const struct endpoint *op)
{
	const struct resource *input = op->way->operation->input;

	if (!input || (op->kind != KIND_ASK && op->method != METHOD_DELETE))
		return;
	for (size_t i = 0; i < input->nfields; i++)
		if (openapi_settable(&input->fields[i]))
			put_input_field(b, &input->fields[i]);
}

/* ---- the whole */

static bool
has_list(const struct resource *r)
{
	return (r->verbs & V_LIST) || r->nlistings;
}

bool
openapi_is_asked(const struct resource *r)
{
	return r->verbs || r->nlistings;
}

static bool
is_used(const struct list_parameter *p, const struct resource *r)
{
	if (p->has && !p->has(r))
		return false;
	return p->on_objects || has_list(r);
}

static void
put_of_resource(struct arena *a, struct buf *b, const struct resource *r)
{
	const char *name;

	for (size_t i = 0; (name = params_of_list(i)) != NULL; i++) {
		const struct list_parameter *p = list_parameter(name);

		if (p->own && is_used(p, r))
			put_parameter(a, b, p, r);
	}
	if (!has_list(r))
		return;
	for (size_t i = 0; i < r->nshorthands; i++)
		put_shorthand(a, b, r, &r->shorthands[i]);
	each_target(a, b, r, put_filters);
}

void
openapi_queries(struct arena *a, struct buf *b)
{
	const char *name;

	for (size_t i = 0; (name = params_of_list(i)) != NULL; i++)
		if (!list_parameter(name)->own)
			put_parameter(a, b, list_parameter(name), NULL);
	for (const struct resource *const *r = model_all(); *r; r++)
		if (openapi_is_asked(*r))
			put_of_resource(a, b, *r);
}

void
openapi_queries_of(struct arena *a, struct buf *b, const struct endpoint *op)
{
	const struct resource *r = op->way->resource;
	const char *name;

	if (op->way->operation) {
		put_input(b, op);
		r = op->way->operation->output;
	}
	if (!r)
		return;
	for (size_t i = 0; (name = params_of_list(i)) != NULL; i++) {
		const struct list_parameter *p = list_parameter(name);

		if (!is_used(p, r) || (op->kind != KIND_LIST && !p->on_objects))
			continue;
		if (p->own && is_shape(r)) /* no component: one operation answers with it */
			put_parameter_at(b, NULL, p, r);
		else
			openapi_ref(b, NULL, "parameters", parameter_key(a, p, r));
	}
	if (op->kind != KIND_LIST)
		return;
	for (size_t i = 0; i < r->nshorthands; i++)
		openapi_ref(b, NULL, "parameters", shorthand_key(a, r, &r->shorthands[i]));
	each_target(a, b, r, refer_to_filters);
}

/*
 * soukctl describe: what the descriptors, the settings, the errors and the operators are, printed from
 * the tables themselves. The JSON is what tests are derived from; the text is for people.
 */
#include "programs/soukctl.h"

#include "base/json_out.h"
#include "model/language.h"
#include "model/map.h"
#include "model/plan.h"
#include "model/query.h"
#include "model/raw.h"
#include "model/type.h"
#include "web/docs_errors.h"
#include "web/route.h"

#define OUT_MAX ((size_t)16 << 20)

struct word {
	unsigned bit;
	const char *name;
};

static const struct word field_words[] = {
	{ F_REQUIRED, "required" },
	{ F_UNIQUE, "unique" },
	{ F_FILTER, "filter" },
	{ F_DISTINCT, "distinct" },
	{ F_SORT, "sort" },
	{ F_SEARCH, "search" },
	{ F_READ_ONLY, "read_only" },
	{ F_CREATE_ONLY, "create_only" },
	{ F_KEY, "key" },
	{ F_INTERNAL, "internal" },
	{ F_MULTILINE, "multiline" },
	{ F_ONCE, "once" },
	{ F_LIVE, "live" },
	{ F_UNVERSIONED, "unversioned" },
	{ F_LACKING, "lacking" },
	{ F_SEALED, "sealed" },
	{ F_VAULT, "vault" },
};

static const struct word verb_words[] = {
	{ V_LIST, "list" },
	{ V_GET, "get" },
	{ V_CREATE, "create" },
	{ V_UPDATE, "update" },
	{ V_ARCHIVE, "archive" },
};

static const struct word relation_words[] = {
	{ R_INLINE, "inline" },
	{ R_ARCHIVE_WITH, "archive_with" },
};

static const struct op_word {
	const char *name, *types;
} ops[] = {
#define X(name, text, sql, types) { text, types },
#include "model/ops.def"
#undef X
};

static const struct error_word {
	const char *name, *code, *message;
	int status;
} errors[] = {
#define X(name, status, code, message) { #name, code, message, status },
#include "base/err.def"
#undef X
};

/* ,"name":"value"; nothing for NULL. */
static void
put_z(struct buf *b, const char *name, const char *value)
{
	if (!value)
		return;
	json_out_name(b, str_of(name));
	json_out_z(b, value);
}

static void
put_int(struct buf *b, const char *name, int64_t n)
{
	json_out_name(b, str_of(name));
	buf_int(b, n);
}

static void
put_bool(struct buf *b, const char *name, bool yes)
{
	json_out_name(b, str_of(name));
	buf_z(b, yes ? "true" : "false");
}

/* Opens ,"name":[ or ,"name":{ */
static void
open_member(struct buf *b, const char *name, char bracket)
{
	json_out_name(b, str_of(name));
	buf_char(b, bracket);
}

static void
open_item(struct buf *b)
{
	json_out_comma(b);
	buf_char(b, '{');
}

static void
put_words(struct buf *b, const char *name, unsigned bits, const struct word *words, size_t n)
{
	open_member(b, name, '[');
	for (size_t i = 0; i < n; i++) {
		if (!(bits & words[i].bit))
			continue;
		json_out_comma(b);
		json_out_z(b, words[i].name);
	}
	buf_char(b, ']');
}

static void
put_operators(struct buf *b, int class)
{
	open_member(b, "operators", '[');
	for (size_t i = 0; class && i < COUNT(ops); i++) {
		if (!strchr(ops[i].types, class))
			continue;
		json_out_comma(b);
		json_out_z(b, ops[i].name);
	}
	buf_char(b, ']');
}

static void
put_choices(struct buf *b, const struct field *f)
{
	if (!f->nchoices)
		return;
	open_member(b, "choices", '[');
	for (size_t i = 0; i < f->nchoices; i++) {
		open_item(b);
		put_z(b, "name", f->choices[i].name);
		put_z(b, "doc", f->choices[i].doc);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

/* Numbers have a least value always, 0 if the row says none. */
static bool
is_number(const struct type_row *t)
{
	return !strcmp(t->schema_type, "number") || !strcmp(t->schema_type, "integer");
}

/* What its type allows of the items or keys of a list or map. */
static void
put_items(struct buf *b, const struct field *f)
{
	if (f->type == T_LIST)
		put_int(b, "item_max", ITEM_POINTS);
	if (f->type != T_MAP)
		return;
	put_int(b, "key_max", MAP_KEY_POINTS);
	put_int(b, "item_max", ITEM_POINTS);
}

/* The most characters, digits' worth or items; a line has a limit even if its row says none. */
static int64_t
most(const struct field *f)
{
	bool text = f->type == T_STRING || f->type == T_LANG;

	return f->max || !text ? f->max : TEXT_LINE_POINTS;
}

static void
put_field(struct buf *b, const struct field *f)
{
	const struct type_row *t = &type_rows[f->type];

	open_item(b);
	put_z(b, "name", f->name);
	put_z(b, "type", t->name);
	put_z(b, "schema_type", t->schema_type);
	put_z(b, "schema_format", t->schema_format);
	put_words(b, "flags", f->flags, field_words, COUNT(field_words));
	if (f->min || is_number(t))
		put_int(b, "min", f->min);
	if (most(f))
		put_int(b, "max", most(f));
	put_items(b, f);
	if (f->scale)
		put_int(b, "scale", f->scale);
	put_z(b, "pattern", f->pattern);
	put_z(b, "pattern_doc", f->pattern_doc);
	put_z(b, "initial", f->initial);
	put_z(b, "example", f->example);
	put_z(b, "alias", f->alias);
	if (f->known)
		put_bool(b, "known", true);
	put_z(b, "object", f->object ? f->object->name : NULL);
	put_z(b, "money_in", f->money_in);
	put_z(b, "to", f->to);
	put_z(b, "of", f->of);
	put_z(b, "scope", f->scope);
	put_z(b, "index", f->index);
	put_choices(b, f);
	put_operators(b, f->flags & F_FILTER ? t->op_class : '\0');
	put_z(b, "doc", f->doc);
	buf_char(b, '}');
}

static void
put_relation(struct buf *b, const struct relation *rel)
{
	static const char *const kinds[] = {
		[REL_MANY] = "many", [REL_APART] = "apart", [REL_LINK] = "link"
	};

	open_item(b);
	put_z(b, "name", rel->name);
	put_z(b, "kind", kinds[rel->kind]);
	put_z(b, "to", rel->to);
	put_z(b, "by", rel->by);
	put_z(b, "index", rel->index);
	put_words(b, "flags", rel->flags, relation_words, COUNT(relation_words));
	if (rel->min)
		put_int(b, "min", rel->min);
	put_int(b, "max", rel->max);
	put_operators(b, rel->kind == REL_LINK ? 'L' : '\0');
	put_z(b, "doc", rel->doc);
	buf_char(b, '}');
}

static void
put_input(struct buf *b, const struct resource *input, bool optional)
{
	if (!input)
		return;
	put_z(b, "input", input->name);
	put_bool(b, "input_optional", optional);
}

static void
put_action(struct buf *b, const struct resource *r, const struct action *a)
{
	open_item(b);
	put_z(b, "name", a->name);
	put_z(b, "method", a->method ? a->method : "POST");
	put_z(b, "scope", a->scope ? a->scope : r->scope_write);
	put_z(b, "event", a->event);
	if (a->status)
		put_int(b, "status", a->status);
	put_input(b, a->input, a->input_optional);
	put_z(b, "doc", a->doc);
	buf_char(b, '}');
}

static void
put_list(struct buf *b, const char *name, const char *const *list)
{
	if (!list)
		return;
	open_member(b, name, '[');
	for (; *list; list++) {
		json_out_comma(b);
		json_out_z(b, *list);
	}
	buf_char(b, ']');
}

static void
put_raw(struct buf *b, const struct raw *raw)
{
	open_member(b, "raw", '{');
	put_list(b, "types", raw->types);
	put_list(b, "takes", raw->takes);
	put_list(b, "headers", raw->headers);
	put_bool(b, "open", raw->open);
	put_bool(b, "at_root", raw->at_root);
	buf_char(b, '}');
}

static void
put_operation(struct buf *b, const struct operation *o)
{
	int status = o->output || o->raw ? 200 : 204;

	open_item(b);
	put_z(b, "name", o->name);
	put_z(b, "method", o->method);
	put_z(b, "path", o->path);
	put_z(b, "scope", o->scope);
	put_z(b, "event", o->event);
	put_bool(b, "writes", o->writes);
	if (o->raw)
		put_raw(b, o->raw);
	put_int(b, "status", o->status ? o->status : status);
	put_input(b, o->input, o->input_optional);
	if (o->output)
		put_z(b, "output", o->output->name);
	put_z(b, "doc", o->doc);
	buf_char(b, '}');
}

static void
put_listing(struct buf *b, const struct listing *l)
{
	open_item(b);
	put_z(b, "path", l->path);
	put_z(b, "field", l->field);
	put_z(b, "doc", l->doc);
	buf_char(b, '}');
}

static void
put_shorthand(struct buf *b, const struct shorthand *s)
{
	open_item(b);
	put_z(b, "name", s->name);
	put_z(b, "field", s->field);
	put_z(b, "op", s->op);
	put_z(b, "word", s->word);
	put_z(b, "also", s->also);
	put_z(b, "doc", s->doc);
	buf_char(b, '}');
}

static const char *
own_path(const struct resource *r)
{
	return r->path ? r->path : r->plural;
}

static void
put_path(struct buf *b, const struct resource *r)
{
	const struct resource *parent = r->plan->parent;

	json_out_name(b, STR("path"));
	if (parent)
		buf_fmt(b, "\"/%s/{%s_id}/%s\"", own_path(parent), parent->name, own_path(r));
	else
		buf_fmt(b, "\"/%s\"", own_path(r));
}

static void
put_names(struct buf *b, const struct resource *r)
{
	put_z(b, "name", r->name);
	put_z(b, "plural", r->plural);
	put_z(b, "table", r->table);
	put_z(b, "prefix", r->prefix);
	put_z(b, "parent", r->parent);
	put_z(b, "parent_column", r->parent_column);
	if (r->plan->apart)
		put_bool(b, "apart", true);
	put_z(b, "order", r->order_column);
	put_path(b, r);
	put_z(b, "doc", r->doc);
	put_z(b, "log_time", r->log_time);
	put_z(b, "list_name", r->list_name);
	put_words(b, "verbs", r->verbs, verb_words, COUNT(verb_words));
	put_bool(b, "readable_archived", r->verbs & V_READABLE_ARCHIVED);
	if (r->status_field >= 0) {
		put_z(b, "status_field", r->fields[r->status_field].name);
		put_z(b, "status_archived",
			r->fields[r->status_field].choices[r->status_archived].name);
	}
	put_int(b, "max_age_s", r->max_age_s);
}

static void
put_rights(struct buf *b, const struct resource *r)
{
	open_member(b, "scopes", '{');
	put_z(b, "read", r->scope_read);
	put_z(b, "write", r->scope_write);
	buf_char(b, '}');
	open_member(b, "events", '{');
	put_z(b, "created", r->event_created);
	put_z(b, "updated", r->event_updated);
	put_z(b, "archived", r->event_archived);
	buf_char(b, '}');
}

/* A member that the engine gives to the resource's objects; some can be filtered and sorted by. */
static void
put_member(struct buf *b, const struct resource *r, const char *name)
{
	static const int sorted[] = { SORT_CREATED_AT, SORT_UPDATED_AT, SORT_ID };

	open_item(b);
	put_z(b, "name", name);
	for (size_t i = 0; i < COUNT(sorted); i++) {
		const struct field *f = query_field(r, sorted[i]);

		if (!str_eq_z(str_of(name), query_member_name(r, sorted[i])))
			continue;
		put_z(b, "type", type_rows[f->type].name);
		put_z(b, "index", f->index);
		put_operators(b, type_rows[f->type].op_class);
	}
	buf_char(b, '}');
}

static void
put_members(struct buf *b, const struct resource *r)
{
	const char *name;

	open_member(b, "members", '[');
	for (size_t i = 0; (name = view_member_name(r, i)) != NULL; i++)
		put_member(b, r, name);
	buf_char(b, ']');
}

static void
put_resource(struct buf *b, const struct resource *r)
{
	open_item(b);
	put_names(b, r);
	put_rights(b, r);
	put_members(b, r);
	open_member(b, "fields", '[');
	for (size_t i = 0; i < r->nfields; i++)
		put_field(b, &r->fields[i]);
	buf_char(b, ']');
	open_member(b, "relations", '[');
	for (size_t i = 0; i < r->nrelations; i++)
		put_relation(b, &r->relations[i]);
	buf_char(b, ']');
	open_member(b, "actions", '[');
	for (size_t i = 0; i < r->nactions; i++)
		put_action(b, r, &r->actions[i]);
	buf_char(b, ']');
	if (r->outside) {
		open_member(b, "outside", '[');
		if (r->outside->then)
			put_action(b, r, r->outside->then);
		buf_char(b, ']');
	}
	open_member(b, "operations", '[');
	for (size_t i = 0; i < r->noperations; i++)
		put_operation(b, &r->operations[i]);
	buf_char(b, ']');
	open_member(b, "listings", '[');
	for (size_t i = 0; i < r->nlistings; i++)
		put_listing(b, &r->listings[i]);
	buf_char(b, ']');
	open_member(b, "shorthands", '[');
	for (size_t i = 0; i < r->nshorthands; i++)
		put_shorthand(b, &r->shorthands[i]);
	buf_z(b, "]}");
}

static void
put_shapes(struct buf *b)
{
	open_member(b, "shapes", '[');
	for (const struct resource *const *r = model_shapes(); *r; r++) {
		open_item(b);
		put_z(b, "name", (*r)->name);
		put_z(b, "doc", (*r)->doc);
		open_member(b, "fields", '[');
		for (size_t i = 0; i < (*r)->nfields; i++)
			put_field(b, &(*r)->fields[i]);
		buf_z(b, "]}");
	}
	buf_char(b, ']');
}

static void
put_errors(struct buf *b)
{
	open_member(b, "errors", '[');
	for (size_t i = 0; i < COUNT(errors); i++) {
		open_item(b);
		put_z(b, "name", errors[i].name);
		put_int(b, "status", errors[i].status);
		put_z(b, "code", errors[i].code);
		put_z(b, "message", errors[i].message);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void
put_settings(struct ctl *c UNUSED, struct buf *b)
{
	size_t n;
	const struct config_row *rows = config_rows(&n);

	buf_char(b, '{');
	open_member(b, "config", '[');
	for (size_t i = 0; i < n; i++) {
		open_item(b);
		put_z(b, "key", rows[i].key);
		put_z(b, "type", rows[i].type);
		put_z(b, "initial", rows[i].initial);
		put_z(b, "doc", rows[i].doc);
		buf_char(b, '}');
	}
	buf_z(b, "]}");
}

/* What a way is that is no plain verb; NULL: it is one, or there is none. */
static const char *
special_of(const struct way *way)
{
	if (way->action)
		return way->action->name;
	if (way->operation)
		return way->operation->name;
	return way->listing ? way->listing->field : NULL;
}

static void
put_route(struct buf *b, const struct route *route)
{
	open_item(b);
	put_z(b, "pattern", route->pattern);
	if (route->resource)
		put_z(b, "resource", route->resource->name);
	put_bool(b, "public", route->open);
	open_member(b, "methods", '{');
	for (int m = 0; m < METHOD__MAX; m++) {
		if (!route->ways[m].handler)
			continue;
		json_out_name(b, str_of(method_name((enum method)m)));
		if (route->ways[m].scope)
			json_out_z(b, route->ways[m].scope);
		else
			buf_z(b, "null");
	}
	buf_char(b, '}');
	open_member(b, "special", '{');
	for (int m = 0; m < METHOD__MAX; m++)
		put_z(b, method_name((enum method)m), special_of(&route->ways[m]));
	buf_z(b, "}}");
}

static void
put_routes(struct ctl *c, struct buf *b)
{
	const struct routes *routes = routes_new(c->arena, model_all());
	const struct route *route;

	open_member(b, "routes", '[');
	for (size_t n = 0; (route = route_at(routes, n)) != NULL; n++)
		put_route(b, route);
	buf_char(b, ']');
}

static void
put_limits(struct buf *b)
{
	const struct map_limits metadata = METADATA_LIMITS;

	open_member(b, "limits", '{');
	put_int(b, "limit_default", LIMIT_DEFAULT);
	put_int(b, "limit_max", LIMIT_MAX);
	put_int(b, "filters", FILTERS_MAX);
	put_int(b, "filter_values", FILTER_VALUES_MAX);
	put_int(b, "sorts", SORTS_MAX);
	put_int(b, "metadata_keys", metadata.keys);
	put_int(b, "metadata_key_max", metadata.key_points);
	put_int(b, "metadata_item_max", metadata.value_points);
	buf_char(b, '}');
}

static void
put_languages(struct buf *b)
{
	struct str rest = STR(LANGUAGE_LIST), tag;

	open_member(b, "languages", '[');
	while (str_split(&rest, ',', &tag)) {
		json_out_comma(b);
		json_out_string(b, str_trim(tag));
	}
	buf_char(b, ']');
}

static void
put_engine(struct ctl *c, struct buf *b)
{
	put_languages(b);
	put_limits(b);
	put_routes(c, b);
}

static void
put_everything(struct ctl *c, struct buf *b)
{
	buf_char(b, '{');
	open_member(b, "resources", '[');
	for (const struct resource *const *r = model_all(); *r; r++)
		put_resource(b, *r);
	buf_char(b, ']');
	put_shapes(b);
	open_member(b, "operators", '[');
	for (size_t i = 0; i < COUNT(ops); i++) {
		open_item(b);
		put_z(b, "name", ops[i].name);
		put_z(b, "types", ops[i].types);
		buf_char(b, '}');
	}
	buf_char(b, ']');
	put_errors(b);
	put_engine(c, b);
	buf_char(b, '}');
}

static void
put_reasons(struct ctl *c UNUSED, struct buf *b)
{
	docs_errors_list(b);
}

/* ---- for people */

static void
print_words(unsigned bits, const struct word *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bits & words[i].bit)
			(void)printf(" %s", words[i].name);
	}
}

static void
print_fields(const struct resource *r)
{
	for (size_t i = 0; i < r->nfields; i++) {
		const struct field *f = &r->fields[i];

		(void)printf("  %-16s %-8s %s", f->name, type_rows[f->type].name, f->doc);
		print_words(f->flags, field_words, COUNT(field_words));
		if (f->object)
			(void)printf(" (%s)", f->object->name);
		(void)putchar('\n');
	}
}

static void
print_resource(const struct resource *r)
{
	(void)printf("%s (%s_): %s\n  ", r->plural, r->prefix, r->doc);
	print_words(r->verbs, verb_words, COUNT(verb_words));
	(void)printf("; scopes %s, %s\n", r->scope_read ? r->scope_read : "none",
		r->scope_write ? r->scope_write : "none");
	print_fields(r);
	for (size_t i = 0; i < r->nrelations; i++)
		(void)printf(
			"  %-16s %-8s %s\n", r->relations[i].name, "relation", r->relations[i].doc);
	for (size_t i = 0; i < r->nactions; i++)
		(void)printf("  %-16s %-8s %s\n", r->actions[i].name, "action", r->actions[i].doc);
	for (size_t i = 0; i < r->noperations; i++)
		(void)printf("  %-16s %-8s %s\n", r->operations[i].name, r->operations[i].method,
			r->operations[i].doc);
	(void)putchar('\n');
}

static void
print_resources(void)
{
	for (const struct resource *const *r = model_all(); *r; r++)
		print_resource(*r);
	for (const struct resource *const *r = model_shapes(); *r; r++) {
		(void)printf("%s: %s\n", (*r)->name, (*r)->doc);
		print_fields(*r);
		(void)putchar('\n');
	}
}

static void
print_settings(void)
{
	size_t n;
	const struct config_row *rows = config_rows(&n);

	for (size_t i = 0; i < n; i++)
		(void)printf("%s=%s\n    %s (%s)\n", rows[i].key, rows[i].initial, rows[i].doc,
			rows[i].type);
}

static void
print_reasons(void)
{
	for (int i = REASON_NONE + 1; i < REASON__MAX; i++) {
		const struct reason_row *row = reason_row((enum reason)i);

		(void)printf("%s: %s (%d %s)\n    %s\n", row->word, row->title,
			err_status(row->code), err_public(row->code), row->text);
	}
}

/* What can be described, and how it is told to programs and people. */
static const struct subject {
	const char *option;
	void (*put)(struct ctl *c, struct buf *b);
	void (*print)(void);
} subjects[] = {
	{ "config", put_settings, print_settings },
	{ "errors", put_reasons, print_reasons },
	{ NULL, put_everything, print_resources },
};

static int
print_json(struct ctl *c, const struct subject *of)
{
	struct buf b;

	buf_init(&b, c->arena, 1 << 16, OUT_MAX);
	of->put(c, &b);
	buf_char(&b, '\n');
	must(!b.overflow);
	(void)fwrite(b.p, 1, b.n, stdout);
	return 0;
}

static int
run(struct ctl *c)
{
	const struct subject *of = subjects;
	int status;

	if (ctl_given(c, "config") && ctl_given(c, "errors"))
		return ctl_usage(c, "--config and --errors are not given together");
	if (ctl_given(c, "manual")) {
		if (ctl_given(c, "errors"))
			manual_errors();
		else
			manual_verbs();
		return 0;
	}
	while (of->option && !ctl_given(c, of->option))
		of++;
	status = of->option ? 0 : ctl_link(c);
	if (status)
		return status;
	if (ctl_given(c, "json"))
		return print_json(c, of);
	of->print();
	return 0;
}

static const struct option_row options[] = {
	{ "json", NULL, "as JSON, with everything there is to know" },
	{ "config", NULL, "the settings instead of the resources" },
	{ "errors", NULL, "the reasons that errors carry instead of the resources" },
	{ "manual", NULL,
		"the verbs and their options or, with --errors, the reasons, as the manual pages "
		"have them" },
};

const struct verb verb_describe = {
	.words = "describe",
	.doc = "print the resources, their fields, scopes and events",
	.options = options,
	.noptions = COUNT(options),
	.run = run,
};

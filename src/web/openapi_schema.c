/*
 * Schemas. A resource has one for what is shown and one for each way of sending it. Undeclared members
 * are refused everywhere. Of what is shown only `id` and `object` are required: `fields=` can take away
 * all the rest, and one schema that always holds serves a generated client better than two of which it
 * cannot know which applies.
 */
#include "web/openapi_int.h"

#include "base/decimal.h"
#include "model/map.h"
#include "model/query.h"
#include "model/type.h"

/* An item is a child sent inside the change of its owner. */
enum use { SHOWN, CREATED, CHANGED, ITEM };

struct shape {
	struct arena *a;
	struct buf *b;
	enum use use;
	bool nullable;
};

#define ID_BODY "[0-9a-hjkmnp-tv-z]{3,13}$"
#define DECIMAL_TEXT_PATTERN "^-?[0-9]+([.][0-9]+)?$"

bool
openapi_settable(const struct field *f)
{
	return !(f->flags & (F_READ_ONLY | F_INTERNAL | F_ONCE));
}

/* ---- types */

/* "type": one or two JSON types, and null where that is a value. */
static void
put_type(const struct shape *s, const char *one, const char *two)
{
	if (!two && !s->nullable) {
		openapi_text(s->b, "type", one);
		return;
	}
	openapi_open(s->b, "type", '[');
	json_out_z(s->b, one);
	if (two) {
		json_out_comma(s->b);
		json_out_z(s->b, two);
	}
	if (s->nullable)
		LITERAL(s->b, "'null'");
	buf_char(s->b, ']');
}

static void
put_bound(struct buf *b, const char *name, int64_t n, int scale)
{
	char text[DECIMAL_TEXT];

	json_out_name(b, str_of(name));
	buf_put(b, text, decimal_render_short(n, scale, text));
}

/* Limits hold for what is sent; of what the server makes itself nothing is said. */
static void
put_bounds(const struct shape *s, const struct field *f, int scale)
{
	if (f->flags & F_READ_ONLY)
		return;
	put_bound(s->b, "minimum", f->min, scale);
	if (f->max)
		put_bound(s->b, "maximum", f->max, scale);
}

static void
bool_schema(const struct shape *s, const struct field *f UNUSED)
{
	put_type(s, "boolean", NULL);
}

static void
int_schema(const struct shape *s, const struct field *f)
{
	put_type(s, "integer", NULL);
	LITERAL(s->b, "'format':'int64'");
	put_bounds(s, f, 0);
}

/* A decimal text is taken as well (D1); `minimum` speaks of numbers, `pattern` of texts. */
static void
decimal_schema(const struct shape *s, const struct field *f)
{
	put_type(s, "number", s->use == SHOWN ? NULL : "string");
	put_bounds(s, f, f->scale);
	if (s->use != SHOWN)
		openapi_text(s->b, "pattern", DECIMAL_TEXT_PATTERN);
}

/* The digits of a price are its currency's, so no limit but zero can be told here. */
static void
price_schema(const struct shape *s, const struct field *f)
{
	if (s->use != SHOWN) {
		put_type(s, "number", "string");
		if (!f->min)
			openapi_int(s->b, "minimum", 0);
		openapi_text(s->b, "pattern", DECIMAL_TEXT_PATTERN);
		return;
	}
	if (f->money_in) {
		put_type(s, "number", NULL);
		return;
	}
	LITERAL(s->b, "'anyOf':[{'type':'number'},{'$ref':'#/components/schemas/Money'}");
	if (s->nullable)
		LITERAL(s->b, "{'type':'null'}");
	LITERAL(s->b, "]");
}

/* POSIX and ECMA-262 agree on all that descriptors use but for the names of classes. */
static void
put_pattern(struct arena *a, struct buf *b, const char *posix)
{
	static const char space[] = "[:space:]";
	struct buf out;

	if (!posix || strchr(posix, '\\'))
		return;
	buf_init(&out, a, 128, 1024);
	for (const char *p = posix; *p;) {
		if (strncmp(p, space, sizeof(space) - 1) == 0) {
			buf_z(&out, "\\s");
			p += sizeof(space) - 1;
		} else {
			buf_char(&out, *p++);
		}
	}
	buf_char(&out, '\0');
	if (!out.overflow && !strstr(out.p, "[:"))
		openapi_text(b, "pattern", out.p);
}

static void
put_text_limits(const struct shape *s, const struct field *f)
{
	if (f->min > 0 || !(f->flags & F_MULTILINE))
		openapi_int(s->b, "minLength", MAX(f->min, 1));
	openapi_int(s->b, "maxLength", f->max ? f->max : TEXT_LINE_POINTS);
	put_pattern(s->a, s->b, f->pattern);
}

static void
string_schema(const struct shape *s, const struct field *f)
{
	put_type(s, "string", NULL);
	put_text_limits(s, f);
}

/* A text, or what it is in each language (D18); in a change null takes a language away. */
static void
lang_schema(const struct shape *s, const struct field *f)
{
	struct shape text = *s, one = *s;

	text.nullable = false;
	one.nullable = s->use != SHOWN;
	LITERAL(s->b, "'anyOf':[{");
	put_type(&text, "string", NULL);
	put_text_limits(&text, f);
	LITERAL(s->b,
		"},{'type':'object','propertyNames':{'$ref':'#/components/schemas/Language'},"
		"'additionalProperties':{");
	put_type(&one, "string", NULL);
	put_text_limits(&one, f);
	LITERAL(s->b, "}}");
	if (s->nullable)
		LITERAL(s->b, "{'type':'null'}");
	LITERAL(s->b, "]");
}

static void
enum_schema(const struct shape *s, const struct field *f)
{
	put_type(s, "string", NULL);
	openapi_open(s->b, "enum", '[');
	for (size_t i = 0; i < f->nchoices; i++) {
		json_out_comma(s->b);
		json_out_z(s->b, f->choices[i].name);
	}
	if (s->nullable)
		LITERAL(s->b, "null");
	buf_char(s->b, ']');
}

static void
time_schema(const struct shape *s, const struct field *f UNUSED)
{
	put_type(s, "string", NULL);
	LITERAL(s->b, "'format':'date-time'");
}

static void
put_id_pattern(struct buf *b, const char *prefix)
{
	openapi_fmt(b, "pattern", "^%s_" ID_BODY, prefix);
}

static void
id_schema(const struct shape *s, const struct field *f)
{
	put_type(s, "string", NULL);
	put_id_pattern(s->b, f->of ? "[a-z]+" : model_find(str_of(f->to))->prefix);
}

/* Numbers and booleans are taken as their text (D69); in a change null removes a key. */
static void
put_map(const struct shape *s, const struct map_limits *limits)
{
	put_type(s, "object", NULL);
	openapi_int(s->b, "maxProperties", limits->keys);
	LITERAL(s->b, "'propertyNames':{'type':'string'");
	openapi_int(s->b, "maxLength", limits->key_points);
	LITERAL(s->b, "}");
	if (s->use == SHOWN)
		LITERAL(s->b, "'additionalProperties':{'type':'string'");
	else if (limits->nulls)
		LITERAL(s->b,
			"'additionalProperties':{'type':['string','number','boolean','null']");
	else
		LITERAL(s->b, "'additionalProperties':{'type':['string','number','boolean']");
	openapi_int(s->b, "maxLength", limits->value_points);
	LITERAL(s->b, "}");
}

static void
map_schema(const struct shape *s, const struct field *f)
{
	const struct map_limits limits = { f->max, MAP_KEY_POINTS, ITEM_POINTS, .scalars = true,
		.nulls = s->use != CREATED };

	put_map(s, &limits);
}

/* Decimals by currency (D60); in a change null removes one. */
static void
prices_schema(const struct shape *s, const struct field *f)
{
	put_type(s, "object", NULL);
	openapi_int(s->b, "maxProperties", f->max);
	if (s->use == SHOWN)
		LITERAL(s->b,
			"'propertyNames':{'type':'string','pattern':'^[A-Z]{3}$'},"
			"'additionalProperties':{'type':'number'}");
	else
		LITERAL(s->b,
			"'propertyNames':{'type':'string','pattern':'^[A-Za-z]{3}$'},"
			"'additionalProperties':{'type':['number','string','null']}");
}

static void
list_schema(const struct shape *s, const struct field *f)
{
	put_type(s, "array", NULL);
	openapi_int(s->b, "minItems", f->min);
	openapi_int(s->b, "maxItems", f->max);
	LITERAL(s->b, "'items':{'type':'string'");
	if (f->to) {
		put_id_pattern(s->b, model_find(str_of(f->to))->prefix);
	} else {
		LITERAL(s->b, "'minLength':1");
		openapi_int(s->b, "maxLength", ITEM_POINTS);
	}
	LITERAL(s->b, "}");
}

static struct str
object_name(const struct shape *s, const struct field *f)
{
	return openapi_name(s->a, f->object->name, s->use == SHOWN ? "" : "Input");
}

static void
object_schema(const struct shape *s, const struct field *f)
{
	if (!s->nullable) {
		json_out_comma(s->b);
		buf_fmt(s->b, "\"$ref\":\"#/components/schemas/%.*s\"", STRF(object_name(s, f)));
		return;
	}
	openapi_open(s->b, "anyOf", '[');
	openapi_ref(s->b, NULL, "schemas", object_name(s, f));
	LITERAL(s->b, "{'type':'null'}]");
}

static void
objects_schema(const struct shape *s, const struct field *f)
{
	put_type(s, "array", NULL);
	openapi_int(s->b, "minItems", f->min);
	openapi_int(s->b, "maxItems", f->max);
	openapi_ref(s->b, "items", "schemas", object_name(s, f));
}

static void
changes_schema(const struct shape *s, const struct field *f UNUSED)
{
	put_type(s, "object", NULL);
	LITERAL(s->b,
		"'additionalProperties':{'type':'object','additionalProperties':false,"
		"'required':['old','new'],'properties':{'old':{},'new':{}}}");
}

typedef void schema_fn(const struct shape *s, const struct field *f);

static schema_fn *const type_schemas[TYPE__MAX] = {
	[T_BOOL] = bool_schema,
	[T_INT] = int_schema,
	[T_DECIMAL] = decimal_schema,
	[T_PRICE] = price_schema,
	[T_AMOUNT] = int_schema,
	[T_STRING] = string_schema,
	[T_LANG] = lang_schema,
	[T_ENUM] = enum_schema,
	[T_TIME] = time_schema,
	[T_ID] = id_schema,
	[T_PRICES] = prices_schema,
	[T_MAP] = map_schema,
	[T_LIST] = list_schema,
	[T_OBJECT] = object_schema,
	[T_OBJECTS] = objects_schema,
	[T_CHANGES] = changes_schema,
};

/* ---- fields */

/* What a client reads of a field beyond its doc. */
static void
put_words(const struct shape *s, const struct field *f)
{
	struct buf text;

	buf_init(&text, s->a, 256, 4096);
	buf_z(&text, f->doc);
	for (size_t i = 0; i < f->nchoices; i++)
		buf_fmt(&text, "%s`%s`: %s", i ? ", " : " ", f->choices[i].name, f->choices[i].doc);
	if (f->nchoices)
		buf_char(&text, '.');
	if (f->pattern_doc)
		buf_fmt(&text, " It is %s.", f->pattern_doc);
	if (f->scale)
		buf_fmt(&text, " At most %d digits behind the point.", f->scale);
	if (f->money_in)
		buf_fmt(&text, " It is in the currency that `%s` names.", f->money_in);
	if (f->scope)
		buf_fmt(&text, " To see or set it takes the scope `%s`.", f->scope);
	openapi_fmt(s->b, "description", "%.*s", STRF(buf_view(&text)));
	openapi_text(s->b, "x-scope", f->scope);
}

/* Fields with an initial value never become null: null brings that value back. */
static bool
is_nullable(const struct field *f, enum use use)
{
	if (use == SHOWN && (f->flags & F_LACKING))
		return true;
	if (f->flags & (F_REQUIRED | F_ONCE))
		return false;
	return use != SHOWN || !f->initial;
}

static void
put_default(struct buf *b, const struct field *f)
{
	if (!f->initial)
		return;
	JSON_OUT_NAME(b, "default");
	if (strcmp(type_rows[f->type].schema_type, "string") == 0)
		json_out_z(b, f->initial);
	else
		buf_z(b, f->initial);
}

/* Beside each time, if X-Region or X-Timezone is sent (D47). */
static void
put_formatted(struct buf *b, const char *name)
{
	json_out_comma(b);
	buf_fmt(b, "\"%s_formatted\":{", name);
	LITERAL(b,
		"'type':['string','null'],'readOnly':true,'description':'The same as people of "
		"X-Region write it, in the zone of X-Timezone; there if either is sent.'}");
}

static void
put_alias(const struct shape *s, const struct field *f)
{
	openapi_open(s->b, f->alias, '{');
	type_schemas[f->type](s, f);
	openapi_fmt(s->b, "description", "Another name of `%s`.", f->name);
	buf_char(s->b, '}');
}

static void
put_field(const struct shape *object, const struct field *f)
{
	struct shape s = *object;

	must(type_schemas[f->type]);
	s.nullable = is_nullable(f, s.use);
	openapi_open(s.b, f->name, '{');
	type_schemas[f->type](&s, f);
	put_words(&s, f);
	if (s.use == CREATED)
		put_default(s.b, f);
	if (f->example) {
		openapi_open(s.b, "examples", '[');
		(void)openapi_example(s.b, f, s.use != SHOWN);
		buf_char(s.b, ']');
	}
	if (s.use == SHOWN && (f->flags & (F_READ_ONLY | F_ONCE)))
		LITERAL(s.b, "'readOnly':true");
	if (f->flags & F_SECRET)
		LITERAL(s.b, "'writeOnly':true");
	buf_char(s.b, '}');
	if (s.use == SHOWN && f->type == T_TIME)
		put_formatted(s.b, f->name);
	if (s.use != SHOWN && f->alias)
		put_alias(&s, f);
}

static bool
has_field(const struct field *f, enum use use)
{
	if (use == SHOWN)
		return !(f->flags & F_UNSEEN);
	return openapi_settable(f) && (use == CREATED || !(f->flags & F_CREATE_ONLY));
}

static void
put_link(const struct shape *s, const struct relation *rel)
{
	struct shape list = *s;

	list.nullable = s->use != SHOWN;
	openapi_open(s->b, rel->name, '{');
	put_type(&list, "array", NULL);
	LITERAL(s->b, "'items':{'type':'string','minLength':1}");
	openapi_int(s->b, "maxItems", rel->max);
	openapi_text(s->b, "description", rel->doc);
	buf_char(s->b, '}');
}

/* Children are shown where they are inline or included; a change names the ones that it is about. */
static void
put_children(const struct shape *s, const struct relation *rel)
{
	static const char *const suffixes[] = {
		[SHOWN] = "", [CREATED] = "Create", [CHANGED] = "Item", [ITEM] = "Item"
	};

	openapi_open(s->b, rel->name, '{');
	LITERAL(s->b, "'type':'array'");
	openapi_ref(s->b, "items", "schemas", openapi_name(s->a, rel->to, suffixes[s->use]));
	if (rel->min && s->use == CREATED)
		openapi_int(s->b, "minItems", rel->min);
	openapi_int(s->b, "maxItems", rel->max);
	openapi_text(s->b, "description", rel->doc);
	buf_char(s->b, '}');
}

static void
put_relations(const struct shape *s, const struct resource *r)
{
	for (size_t i = 0; i < r->nrelations; i++) {
		if (r->relations[i].kind == REL_LINK)
			put_link(s, &r->relations[i]);
		else if (r->relations[i].kind == REL_MANY || s->use == SHOWN)
			put_children(s, &r->relations[i]);
	}
}

/* ---- members of the engine */

static void
put_metadata(const struct shape *object)
{
	const struct map_limits limits = METADATA_LIMITS;
	struct shape s = *object;

	s.nullable = s.use != SHOWN;
	openapi_open(s.b, "metadata", '{');
	put_map(&s, &limits);
	LITERAL(s.b, "'description':'Whatever the merchant wants to keep with the object.'}");
}

static void
put_id(const struct shape *s, const struct resource *r)
{
	LITERAL(s->b, "'type':'string'");
	put_id_pattern(s->b, r->prefix);
	openapi_fmt(s->b, "description", "Names the %.*s for ever.",
		STRF(openapi_words(s->a, r->name)));
}

static void
put_object(const struct shape *s, const struct resource *r)
{
	LITERAL(s->b, "'type':'string'");
	openapi_text(s->b, "const", r->name);
	LITERAL(s->b, "'description':'What kind of object this is.'");
}

static void
put_version(const struct shape *s, const struct resource *r UNUSED)
{
	LITERAL(s->b,
		"'type':'integer','format':'int64','minimum':1,'description':'Rises with each "
		"change; the first part of the ETag.'");
}

static void
put_created(const struct shape *s, const struct resource *r UNUSED)
{
	LITERAL(s->b, "'type':'string','format':'date-time','description':'When it was made.'");
}

static void
put_updated(const struct shape *s, const struct resource *r UNUSED)
{
	LITERAL(s->b,
		"'type':'string','format':'date-time','description':'When it was last changed.'");
}

static void
put_archived(const struct shape *s, const struct resource *r UNUSED)
{
	LITERAL(s->b,
		"'type':'string','format':'date-time','description':'When it was deleted; left out "
		"while it was not.'");
}

static const struct {
	const char *name;
	void (*put)(const struct shape *s, const struct resource *r);
	bool time;
} members[] = {
	{ "id", put_id, false },
	{ "object", put_object, false },
	{ "version", put_version, false },
	{ "created_at", put_created, true },
	{ "updated_at", put_updated, true },
	{ "archived_at", put_archived, true },
};

static void
put_member(const struct shape *s, const struct resource *r, const char *name)
{
	bool logged = r->log_time && strcmp(name, r->log_time) == 0;
	const char *row = logged ? "created_at" : name;
	size_t i = 0;

	if (strcmp(name, "metadata") == 0) {
		put_metadata(s);
		return;
	}
	while (i < COUNT(members) && strcmp(members[i].name, row) != 0)
		i++;
	must(i < COUNT(members));
	openapi_open(s->b, name, '{');
	members[i].put(s, r);
	LITERAL(s->b, "'readOnly':true}");
	if (members[i].time)
		put_formatted(s->b, name);
}

static void
put_shown_members(const struct shape *s, const struct resource *r)
{
	const char *name;

	for (size_t i = 0; (name = view_member_name(r, i)) != NULL; i++)
		put_member(s, r, name);
}

static void
put_sent_members(const struct shape *s, const struct resource *r)
{
	if (is_shape(r))
		return;
	put_metadata(s);
	if (s->use == CREATED)
		return;
	LITERAL(s->b,
		"'version':{'type':'integer','format':'int64','minimum':1,'description':'The "
		"version that was read: 409 if it is no longer the stored one.'}");
	if (s->use != ITEM)
		return;
	openapi_open(s->b, "id", '{');
	LITERAL(s->b, "'type':'string'");
	put_id_pattern(s->b, r->prefix);
	LITERAL(s->b,
		"'description':'Which one is meant; without it a new one is made.'},"
		"'_delete':{'type':'boolean','description':'True takes it away.'}");
}

/* ---- objects */

static void
put_required_name(struct buf *b, bool *any, const char *name)
{
	if (!*any)
		openapi_open(b, "required", '[');
	*any = true;
	json_out_comma(b);
	json_out_z(b, name);
}

static void
put_required(const struct shape *s, const struct resource *r)
{
	bool any = false;

	if (s->use == SHOWN) {
		if (!is_shape(r))
			LITERAL(s->b, "'required':['id','object']");
		return;
	}
	for (size_t i = 0; s->use == CREATED && i < r->nfields; i++)
		if (r->fields[i].flags & F_REQUIRED)
			put_required_name(s->b, &any, r->fields[i].name);
	for (size_t i = 0; s->use == CREATED && i < r->nrelations; i++)
		if (r->relations[i].min)
			put_required_name(s->b, &any, r->relations[i].name);
	if (any)
		buf_char(s->b, ']');
}

static void
put_resource(const struct shape *s, const struct resource *r, const char *suffix, const char *doc)
{
	openapi_open(s->b, openapi_name(s->a, r->name, suffix).p, '{');
	LITERAL(s->b, "'type':'object','additionalProperties':false");
	openapi_fmt(s->b, "description", "%s%s", r->doc, doc);
	openapi_open(s->b, "properties", '{');
	if (s->use == SHOWN)
		put_shown_members(s, r);
	else
		put_sent_members(s, r);
	for (size_t i = 0; i < r->nfields; i++) {
		if (has_field(&r->fields[i], s->use))
			put_field(s, &r->fields[i]);
	}
	put_relations(s, r);
	buf_char(s->b, '}');
	put_required(s, r);
	buf_char(s->b, '}');
}

static void
put_list(struct arena *a, struct buf *b, const struct resource *r)
{
	const char *objects = r->list_name ? r->list_name : "data";

	openapi_open(b, openapi_name(a, r->name, "List").p, '{');
	LITERAL(b,
		"'type':'object','additionalProperties':false,'description':'One page of a list.'");
	openapi_open(b, "required", '[');
	json_out_z(b, objects);
	LITERAL(b, "'pagination'],'properties':{");
	openapi_open(b, objects, '{');
	LITERAL(b, "'type':'array'");
	openapi_int(b, "maxItems", LIMIT_MAX);
	openapi_ref(b, "items", "schemas", openapi_name(a, r->name, ""));
	LITERAL(b,
		"},'pagination':{'anyOf':[{'$ref':'#/components/schemas/Pages'},{'$ref':'#/"
		"components/"
		"schemas/Cursors'}]}}}");
}

static void
put_resource_schemas(struct arena *a, struct buf *b, const struct resource *r)
{
	struct shape s = { a, b, SHOWN, false };
	bool child = resource_is_within(r);

	put_resource(&s, r, "",
		" Members that `fields` leaves out, or that take a scope which the key has not, "
		"are not "
		"there.");
	if ((r->verbs & V_LIST) || r->nlistings)
		put_list(a, b, r);
	s.use = CREATED;
	if (child || (r->verbs & V_CREATE))
		put_resource(&s, r, "Create",
			" Members that only the server sets may be sent back and are ignored.");
	s.use = CHANGED;
	if (r->verbs & V_UPDATE)
		put_resource(&s, r, "Update",
			" A change (RFC 7396): what is left out stays, null clears.");
	s.use = ITEM;
	if (child)
		put_resource(&s, r, "Item",
			" Inside a change of its owner: with `id` it is changed, without it is "
			"new.");
}

/* An object is replaced whole, so what is sent is the same in a change. */
static void
put_shape_schemas(struct arena *a, struct buf *b, const struct resource *r)
{
	struct shape s = { a, b, SHOWN, false };

	if (r->plan->uses & USED_SHOWN)
		put_resource(&s, r, "", "");
	s.use = CREATED;
	if (r->plan->uses & USED_SENT)
		put_resource(&s, r, "Input", "");
}

void
openapi_schemas(struct arena *a, struct buf *b)
{
	for (const struct resource *const *r = model_all(); *r; r++)
		put_resource_schemas(a, b, *r);
	for (const struct resource *const *r = model_shapes(); *r; r++)
		put_shape_schemas(a, b, *r);
	openapi_shared_schemas(b);
}

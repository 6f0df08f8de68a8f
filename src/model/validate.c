/*
 * A body against its descriptor: what was given becomes a rec, and every fault of it is found, not
 * only the first. Nothing here asks the database; what only it knows is checked by the write.
 */
#include "model/validate.h"
#include "base/id.h"
#include "base/json.h"
#include "model/map.h"
#include "model/names.h"
#include "model/plan.h"
#include "model/sealed.h"
#include "model/type.h"
#include "model/write.h"

#define NAME_SHOWN 100 /* bytes of a name in a path */

struct reading {
	struct ctx *cx;
	struct err *e;
	bool create;
};

static void read_object(struct reading *rd, struct rec *rec, const struct json *j);

/* A rec to be read into: of the body's object at that path, which has it. */
static struct rec *
rec_at(struct reading *rd, const struct resource *r, struct str path, const struct rec *holder)
{
	struct rec *rec = rec_new(rd->cx->arena, r);

	rec->path = path;
	rec->holder = holder;
	return rec;
}

static struct fault
fault_at(struct reading *rd, const struct rec *rec, struct str name)
{
	return (struct fault){ rd->cx, &rd->e, rec_path(rd->cx->arena, rec, name), rd->create,
		rec };
}

static bool
is_settable(const struct field *f)
{
	return !(f->flags & (F_READ_ONLY | F_INTERNAL | F_ONCE));
}

/* What a type makes of the `initial` of a field, which is checked by model_link(). */
static void
fill_initial(struct ctx *cx, struct rec *rec, size_t i)
{
	const struct field *f = &rec->resource->fields[i];
	const char *expected;

	if (f->initial)
		must(type_rows[f->type].parse_text(
			cx, f, str_of(f->initial), &rec->v[i], &expected));
	else if (!(f->flags & F_NO_COLUMN))
		rec->v[i].state = VALUE_NULL;
}

static void
read_field(struct reading *rd, struct rec *rec, int field, struct str name, const struct json *j)
{
	const struct field *f = &rec->resource->fields[field];
	struct fault at = fault_at(rd, rec, name);

	if (!is_settable(f))
		return; /* a client may send back what it was shown */
	if (rec->v[field].state != VALUE_UNSET) {
		fault_add(&at, REASON_TWICE, "is another name of %s, which is there too", f->name);
		return;
	}
	if (!ctx_may(rd->cx, f->scope))
		fault_add(&at, REASON_SCOPE, "needs a key with the scope %s", f->scope);
	else if (j && (f->flags & F_SECRET) && f->type == T_STRING)
		sealed_take(&at, f, name, j, &rec->v[field]);
	else if (j && (f->flags & F_SECRET))
		sealed_take_map(&at, f, name, j, &rec->v[field]);
	else if (j)
		type_rows[f->type].parse(&at, rec->resource, field, j, &rec->v[field]);
	else if (f->flags & F_REQUIRED)
		fault_add(&at, REASON_REQUIRED, "must not be null");
	else
		fill_initial(rd->cx, rec, (size_t)field); /* null: as if it had never been given */
}

static void
read_metadata(struct reading *rd, struct rec *rec, const struct json *j)
{
	struct fault at = fault_at(rd, rec, STR("metadata"));
	struct map_limits limits = METADATA_LIMITS;

	rec->metadata_given = true;
	if (j)
		rec->metadata = map_parse(&at, j, &limits);
	else
		rec->metadata_cleared = true;
}

static void
read_children(struct reading *rd, struct rec *rec, int relation, const struct json *j)
{
	const struct relation *rel = &rec->resource->relations[relation];
	struct fault at = fault_at(rd, rec, str_of(rel->name));
	struct recs *out = &rec->many[relation];
	size_t n = json_length(j);

	if (json_kind(j) != JSON_ARRAY) {
		fault_add(&at, REASON_TYPE, "must be an array of objects, not %s",
			json_kind_name(json_kind(j)));
		return;
	}
	if (n > (size_t)rel->max) {
		fault_add(&at, REASON_TOO_MANY, "must have at most %d items, not %zu", rel->max, n);
		return;
	}
	*out = (struct recs){ ARENA_ARRAY(rd->cx->arena, n, struct rec *), n, true };
	for (size_t i = 0; i < n; i++) {
		out->r[i] = rec_at(rd, rec->resource->plan->related[relation],
			str_fmt(rd->cx->arena, "%.*s[%zu]", STRF(at.path), i), rec);
		read_object(rd, out->r[i], json_at(j, i));
	}
}

static bool
has_already(const struct strs *list, struct str s)
{
	for (size_t i = 0; i < list->n; i++) {
		if (str_eq(list->s[i], s))
			return true;
	}
	return false;
}

static void
read_links(struct reading *rd, struct rec *rec, int relation, const struct json *j)
{
	const struct relation *rel = &rec->resource->relations[relation];
	struct fault at = fault_at(rd, rec, str_of(rel->name));
	struct strs *out = &rec->link[relation];
	size_t n = json_length(j);

	if (j && json_kind(j) != JSON_ARRAY) {
		fault_add(&at, REASON_TYPE, "must be an array of strings, not %s",
			json_kind_name(json_kind(j)));
		return;
	}
	if (n > (size_t)rel->max) {
		fault_add(&at, REASON_TOO_MANY, "must have at most %d items, not %zu", rel->max, n);
		return;
	}
	*out = (struct strs){ ARENA_ARRAY(rd->cx->arena, n, struct str), 0, true };
	for (size_t i = 0; i < n && !err_is_full(rd->e); i++) {
		struct fault here = at;
		struct str s = json_string(json_at(j, i));

		here.path = str_fmt(rd->cx->arena, "%.*s[%zu]", STRF(at.path), i);
		if (!s.n)
			fault_add(&here, REASON_TYPE,
				"must be a string that is not empty, not %.*s",
				STRF(json_shown(rd->cx->arena, json_at(j, i))));
		else if (!has_already(out, s))
			out->s[out->n++] = s;
	}
}

static void
read_id(struct reading *rd, struct rec *rec, const struct json *j)
{
	struct fault at = fault_at(rd, rec, STR("id"));

	if (!rec->path.n)
		return; /* of the object itself: the path of the request says which */
	if (!id_parse(json_string(j), rec->resource->prefix, &rec->id))
		fault_add(&at, REASON_NOT_AN_ID, "must be an id that begins with %s_, not %.*s",
			rec->resource->prefix, STRF(json_shown(rd->cx->arena, j)));
}

static void
read_version(struct reading *rd, struct rec *rec, const struct json *j)
{
	struct fault at = fault_at(rd, rec, STR("version"));

	if (!json_int(j, &rec->version_wanted) || rec->version_wanted < 1)
		fault_add(&at, REASON_TYPE,
			"must be the version that was read, an integer from 1, not %.*s",
			STRF(json_shown(rd->cx->arena, j)));
}

static void
read_delete(struct reading *rd, struct rec *rec, const struct json *j)
{
	struct fault at = fault_at(rd, rec, STR("_delete"));

	if (json_kind(j) == JSON_BOOL)
		rec->remove = json_bool(j);
	else
		fault_add(&at, REASON_TYPE, "must be true or false, not %s",
			json_kind_name(json_kind(j)));
}

static bool
is_time(const struct rec *rec, struct str name)
{
	int field = resource_field(rec->resource, name);

	return str_eq(name, STR("created_at")) || str_eq(name, STR("updated_at")) ||
		str_eq(name, STR("archived_at")) ||
		(field >= 0 && rec->resource->fields[field].type == T_TIME);
}

static bool
is_shown_only(const struct rec *rec, struct str name)
{
	static const char *const names[] = { "object", "created_at", "updated_at", "archived_at" };

	for (size_t i = 0; i < COUNT(names); i++) {
		if (str_eq_z(name, names[i]))
			return true;
	}
	if (str_ends(name, STR("_formatted")))
		return is_time(rec, str_cut(name, 0, name.n - (sizeof("_formatted") - 1)));
	if (resource_relation(rec->resource, name) >= 0)
		return true; /* what is kept apart */
	return rec->resource->parent_column && str_eq_z(name, rec->resource->parent_column);
}

/* Members that belong to the engine. True if the name was one. */
static bool
read_member(struct reading *rd, struct rec *rec, struct str name, const struct json *j)
{
	if (is_shape(rec->resource))
		return false;
	if (str_eq(name, STR("metadata")))
		read_metadata(rd, rec, j);
	else if (str_eq(name, STR("version")))
		read_version(rd, rec, j);
	else if (str_eq(name, STR("id")))
		read_id(rd, rec, j);
	else if (str_eq(name, STR("_delete")) && rec->path.n)
		read_delete(rd, rec, j);
	else
		return is_shown_only(rec, name);
	return true;
}

static void
unknown_name(struct reading *rd, const struct rec *rec, struct str name)
{
	const struct resource *r = rec->resource;
	struct names known = { .n = 0 };
	struct fault at = fault_at(rd, rec, str_head(name, NAME_SHOWN));
	struct err_detail *d;

	for (size_t i = 0; i < r->nfields; i++) {
		if (is_settable(&r->fields[i]))
			names_add(&known, r->fields[i].name);
	}
	for (size_t i = 0; i < r->nrelations; i++) {
		if (r->relations[i].kind != REL_APART)
			names_add(&known, r->relations[i].name);
	}
	if (!is_shape(r))
		names_add(&known, "metadata");
	d = err_field(rd->cx->arena, at.e, at.path, REASON_UNKNOWN_FIELD, "is not a field of %s",
		r->name);
	d->nearest = str_of(names_nearest(name, &known));
	if (d->nearest.n)
		d->message = str_fmt(rd->cx->arena, "%.*s; did you mean %.*s?", STRF(d->message),
			STRF(d->nearest));
}

/* The field of that name or, in a body, of that other name; -1. */
static int
field_named(const struct resource *r, struct str name)
{
	int field = resource_field(r, name);

	for (size_t i = 0; field < 0 && i < r->nfields; i++) {
		if (r->fields[i].alias && str_eq_z(name, r->fields[i].alias))
			return (int)i;
	}
	return field;
}

static void
read_name(struct reading *rd, struct rec *rec, struct str name, const struct json *j)
{
	int field = field_named(rec->resource, name);
	int relation = field < 0 ? resource_relation(rec->resource, name) : -1;

	if (field >= 0 && !(rec->resource->fields[field].flags & F_INTERNAL))
		read_field(rd, rec, field, name, j);
	else if (relation >= 0 && rec->resource->relations[relation].kind == REL_MANY)
		read_children(rd, rec, relation, j);
	else if (relation >= 0 && rec->resource->relations[relation].kind == REL_LINK)
		read_links(rd, rec, relation, j);
	else if (!read_member(rd, rec, name, j))
		unknown_name(rd, rec, name);
}

/* True if the member says in which currency others are: how many digits they may have depends on it. */
static bool
names_currency(const struct rec *rec, struct str name)
{
	int field = rec->resource->plan->has_currency ? resource_field(rec->resource, name) : -1;

	return field >= 0 && rec->resource->plan->fields[field].names_currency;
}

static void
read_members(struct reading *rd, struct rec *rec, const struct json *j, bool currencies)
{
	for (struct json_iter it = json_iter(j); !err_is_full(rd->e) && json_next(&it);) {
		if (names_currency(rec, it.name) == currencies)
			read_name(rd, rec, it.name, it.value);
	}
}

static void
read_object(struct reading *rd, struct rec *rec, const struct json *j)
{
	size_t before = rd->e ? rd->e->ndetails : 0;

	if (json_kind(j) != JSON_OBJECT) {
		err_field(rd->cx->arena, &rd->e, rec->path, REASON_TYPE,
			"must be an object, not %s", json_kind_name(json_kind(j)));
		return;
	}
	if (rec->resource->plan->has_currency)
		read_members(rd, rec, j, true);
	read_members(rd, rec, j, false);
	if (rd->create)
		validate_complete(rd->cx, rec, &rd->e, rd->e && rd->e->ndetails > before);
}

struct rec *
validate_object(const struct fault *at, const struct resource *shape, const struct json *j)
{
	struct reading rd = { at->cx, *at->e, true };
	struct rec *rec = rec_at(&rd, shape, at->path, at->rec);

	read_object(&rd, rec, j);
	*at->e = rd.e;
	return rec;
}

/* True if a fault of that very field was found already, so that "is missing" is not added to it. */
static bool
is_faulty(const struct err *e, struct str path)
{
	for (const struct err_detail *d = e ? e->details : NULL; d; d = d->next) {
		if (str_starts(d->field, path))
			return true;
	}
	return false;
}

/* The same for a field that came by its other name. */
static bool
is_faulty_alias(struct ctx *cx, const struct err *e, const struct rec *rec, size_t field)
{
	const char *alias = rec->resource->fields[field].alias;

	return alias && is_faulty(e, rec_path(cx->arena, rec, str_of(alias)));
}

/* Children that a new object must have. */
static void
complete_children(struct ctx *cx, const struct rec *rec, struct err **e, bool faulty)
{
	const struct resource *r = rec->resource;

	for (size_t i = 0; i < r->nrelations; i++) {
		const struct relation *rel = &r->relations[i];
		struct str path;

		if (rec->many[i].n >= (size_t)rel->min)
			continue;
		path = rec_path(cx->arena, rec, r->plan->relation_names[i]);
		if (!faulty || !is_faulty(*e, path))
			err_field(cx->arena, e, path, REASON_REQUIRED,
				"must have at least %d of them", rel->min);
	}
}

void
validate_complete(struct ctx *cx, struct rec *rec, struct err **e, bool faulty)
{
	const struct resource *r = rec->resource;

	for (size_t i = 0; i < r->nfields; i++) {
		struct str path;

		if (rec->v[i].state != VALUE_UNSET)
			continue;
		path = rec_path(cx->arena, rec, r->plan->fields[i].name);
		if (!(r->fields[i].flags & F_REQUIRED))
			fill_initial(cx, rec, i);
		else if (!faulty || (!is_faulty(*e, path) && !is_faulty_alias(cx, *e, rec, i)))
			err_field(cx->arena, e, path, REASON_REQUIRED, "must be given");
	}
	complete_children(cx, rec, e, faulty);
}

struct err *
validate(struct ctx *cx, const struct resource *r, const struct json *body, bool create,
	struct rec **out)
{
	struct reading rd = { cx, NULL, create };

	if (json_kind(body) != JSON_OBJECT)
		return err_new(cx->arena, ERR_VALIDATION, "the body must be an object, not %s",
			json_kind_name(json_kind(body)));
	*out = rec_at(&rd, r, (struct str){ 0 }, NULL);
	read_object(&rd, *out, body);
	return rd.e;
}

struct err *
validate_input(
	struct ctx *cx, const struct resource *input, const struct json *body, struct rec **out)
{
	struct err *e = NULL;

	*out = NULL;
	if (!input)
		return NULL;
	if (body)
		return validate(cx, input, body, true, out);
	*out = rec_new(cx->arena, input);
	validate_complete(cx, *out, &e, false);
	return e;
}

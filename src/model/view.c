/*
 * Views. A name of `fields` or `include` becomes a bit of the descriptor; whether the actor may see a
 * field with a scope of its own is settled here, once, so that a row is never asked.
 */
#include "model/view.h"

#include "model/names.h"

#define UNKNOWN (-1)

struct member {
	const char *name;
	enum view_member bit;
};

static const struct member members[] = {
	{ "id", VIEW_ID },
	{ "object", VIEW_ID },
	{ "created_at", VIEW_CREATED_AT },
	{ "updated_at", VIEW_UPDATED_AT },
	{ "archived_at", VIEW_ARCHIVED_AT },
	{ "metadata", VIEW_METADATA },
	{ "version", VIEW_VERSION },
};

/* What a log's objects have of them. */
#define LOG_MEMBERS 3

static size_t
member_count(const struct resource *r)
{
	if (is_shape(r))
		return 0;
	return r->log_time ? LOG_MEMBERS : COUNT(members);
}

const char *
view_member_name(const struct resource *r, size_t i)
{
	if (i >= member_count(r))
		return NULL;
	return r->log_time && members[i].bit == VIEW_CREATED_AT ? r->log_time : members[i].name;
}

static uint64_t
member_bits(const struct resource *r)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < member_count(r); i++)
		bits |= VIEW_BIT(members[i].bit);
	return bits;
}

static uint64_t
visible_fields(const struct ctx *cx, const struct resource *r)
{
	uint64_t bits = member_bits(r);

	/* What a merchant notes beside a product is not for everybody's eyes. */
	if (cx->published_only)
		bits &= ~VIEW_BIT(VIEW_METADATA);
	for (size_t i = 0; i < r->nfields; i++) {
		if (!(r->fields[i].flags & F_UNSEEN) && ctx_may(cx, r->fields[i].scope))
			bits |= VIEW_BIT(i);
	}
	return bits;
}

/* The explicit prices of what is shown in another currency, the currency of money, and what a reference is one to. */
static uint64_t
read_beside(const struct ctx *cx, const struct resource *r, uint64_t fields)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < r->nfields; i++) {
		const struct field_plan *f = &r->plan->fields[i];

		if (!(fields & VIEW_BIT(i)))
			continue;
		if (cx->shown.currency.n && f->prices >= 0)
			bits |= VIEW_BIT(f->prices);
		if (f->of >= 0)
			bits |= VIEW_BIT(f->of);
		if (f->money_in >= 0)
			bits |= VIEW_BIT(f->money_in);
	}
	return bits;
}

static uint32_t
relations_of(const struct resource *r, enum relation_kind kind)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < r->nrelations; i++) {
		if (r->relations[i].kind == kind)
			bits |= (uint32_t)1 << i;
	}
	return bits;
}

/* Shows the children of a relation, whole unless something inside was chosen already. */
static void
include(const struct ctx *cx, const struct resource *r, size_t relation, struct view *v)
{
	const struct resource *to = r->plan->related[relation];
	uint32_t bit = (uint32_t)1 << relation;

	if (v->includes & bit)
		return;
	v->includes |= bit;
	v->inside[relation] = visible_fields(cx, to);
	v->inside_links[relation] = relations_of(to, REL_LINK);
}

struct view
view_full(const struct ctx *cx, const struct resource *r, bool inlined)
{
	struct view v = { .fields = visible_fields(cx, r), .links = relations_of(r, REL_LINK) };

	for (size_t i = 0; inlined && i < r->nrelations; i++) {
		if (r->relations[i].kind == REL_MANY && (r->relations[i].flags & R_INLINE))
			include(cx, r, i, &v);
	}
	return v;
}

struct view
view_whole(const struct resource *r)
{
	struct view v = { .fields = UINT64_MAX,
		.links = relations_of(r, REL_LINK),
		.includes = relations_of(r, REL_MANY) };

	for (size_t i = 0; i < r->nrelations; i++) {
		v.inside[i] = UINT64_MAX;
		v.inside_links[i] = UINT32_MAX;
	}
	return v;
}

struct view
view_inside(const struct ctx *cx, const struct resource *r, const struct view *v, size_t relation)
{
	const struct resource *to = r->plan->related[relation];

	if (!v->inside[relation])
		return view_full(cx, to, false);
	return (struct view){ .fields = v->inside[relation],
		.read = read_beside(cx, to, v->inside[relation]),
		.links = v->inside_links[relation] & relations_of(to, REL_LINK) };
}

/* The two parameters being read. */
struct reading {
	struct ctx *cx;
	const struct resource *r;
	struct str param;
	struct view *v;
};

static void
add_relation_names(const struct resource *r, struct names *l)
{
	for (size_t i = 0; i < r->nrelations; i++)
		names_add(l, r->relations[i].name);
}

static void
add_own_names(const struct ctx *cx, const struct resource *r, struct names *l)
{
	uint64_t seen = visible_fields(cx, r);

	for (size_t i = 0; i < member_count(r); i++) {
		if (seen & VIEW_BIT(members[i].bit))
			names_add(l, view_member_name(r, i));
	}
	for (size_t i = 0; i < r->nfields; i++) {
		if (seen & VIEW_BIT(i))
			names_add(l, r->fields[i].name);
	}
}

static struct err *
unknown_field(const struct reading *rd, struct str name)
{
	struct names l = { .n = 0 };

	add_own_names(rd->cx, rd->r, &l);
	add_relation_names(rd->r, &l);
	return names_unknown(rd->cx->arena, rd->param, "field", name, &l);
}

/* The names stand as they would be asked for: "variants.sku". */
static struct err *
unknown_inside(const struct reading *rd, size_t relation, struct str name)
{
	const char *owner = rd->r->relations[relation].name;
	struct names l = { .n = 0 };

	add_own_names(rd->cx, rd->r->plan->related[relation], &l);
	for (size_t i = 0; i < l.n; i++)
		l.name[i] = str_fmt(rd->cx->arena, "%s.%s", owner, l.name[i]).p;
	return names_unknown(rd->cx->arena, rd->param, "field", name, &l);
}

/* A member that the actor may not see is none; of fields, check_scope() says what is missing. */
static int
bit_of(const struct ctx *cx, const struct resource *r, struct str name)
{
	uint64_t seen = visible_fields(cx, r);
	int field = resource_field(r, name);

	if (field >= 0)
		return r->fields[field].flags & F_UNSEEN ? UNKNOWN : field;
	for (size_t i = 0; i < member_count(r); i++) {
		if (str_eq_z(name, view_member_name(r, i)) && (seen & VIEW_BIT(members[i].bit)))
			return (int)members[i].bit;
	}
	return UNKNOWN;
}

static struct err *
check_scope(const struct reading *rd, const struct resource *r, int bit)
{
	const char *scope = (size_t)bit < r->nfields ? r->fields[bit].scope : NULL;
	struct err *e;

	if (ctx_may(rd->cx, scope))
		return NULL;
	e = err_new(rd->cx->arena, ERR_FORBIDDEN, NULL);
	err_field(rd->cx->arena, &e, rd->param, REASON_SCOPE, "to see %s takes the scope %s",
		r->fields[bit].name, scope);
	return e;
}

static struct err *
read_relation(const struct reading *rd, size_t relation)
{
	const struct resource *to = rd->r->plan->related[relation];

	if (rd->r->relations[relation].kind == REL_LINK) {
		rd->v->links |= (uint32_t)1 << relation;
		return NULL;
	}
	include(rd->cx, rd->r, relation, rd->v);
	if (str_eq(rd->param, STR("fields"))) {
		rd->v->inside[relation] = visible_fields(rd->cx, to);
		rd->v->inside_links[relation] = relations_of(to, REL_LINK);
	}
	return NULL;
}

/* "variants.sku": the relation is included, with no more than what was named inside. */
static struct err *
read_inside(const struct reading *rd, struct str name, size_t dot)
{
	int relation = resource_relation(rd->r, str_cut(name, 0, dot));
	const struct resource *to;
	struct err *e;
	int bit;

	if (relation < 0 || rd->r->relations[relation].kind == REL_LINK)
		return unknown_field(rd, name);
	to = rd->r->plan->related[relation];
	bit = bit_of(rd->cx, to, str_cut(name, dot + 1, name.n));
	if (bit == UNKNOWN)
		return unknown_inside(rd, (size_t)relation, name);
	e = check_scope(rd, to, bit);
	if (e)
		return e;
	rd->v->includes |= (uint32_t)1 << relation;
	rd->v->inside[relation] |= VIEW_BIT(VIEW_ID) | VIEW_BIT(bit);
	return NULL;
}

static struct err *
read_field(const struct reading *rd, struct str name)
{
	size_t dot = str_find(name, '.');
	int relation = resource_relation(rd->r, name), bit;
	struct err *e;

	if (dot < name.n)
		return read_inside(rd, name, dot);
	if (relation >= 0)
		return read_relation(rd, (size_t)relation);
	bit = bit_of(rd->cx, rd->r, name);
	if (bit == UNKNOWN)
		return unknown_field(rd, name);
	e = check_scope(rd, rd->r, bit);
	if (!e)
		rd->v->fields |= VIEW_BIT(bit);
	return e;
}

static struct err *
read_include(const struct reading *rd, struct str name)
{
	int relation = resource_relation(rd->r, name);
	struct names l = { .n = 0 };

	if (relation >= 0)
		return read_relation(rd, (size_t)relation);
	add_relation_names(rd->r, &l);
	return names_unknown(rd->cx->arena, rd->param, "relation", name, &l);
}

typedef struct err *name_fn(const struct reading *rd, struct str name);

static struct err *
read_names(const struct reading *rd, struct str list, name_fn *fn)
{
	struct err *e = NULL;

	for (struct str name; !e && str_split(&list, ',', &name);)
		e = fn(rd, str_trim(name));
	return e;
}

struct err *
view_parse(struct ctx *cx, /* NOLINT(readability-function-size): two are the caller's own words */
	const struct resource *r, struct str fields, struct str include, bool inlined,
	struct view *out)
{
	struct reading rd = { cx, r, STR("fields"), out };
	struct err *e = NULL;

	*out = view_full(cx, r, inlined);
	if (fields.n) {
		*out = (struct view){ .fields = VIEW_BIT(VIEW_ID) };
		e = read_names(&rd, fields, read_field);
	}
	rd.param = STR("include");
	if (!e && include.n)
		e = read_names(&rd, include, read_include);
	out->read = read_beside(cx, r, out->fields);
	return e; /* cppcheck-suppress returnDanglingLifetime ; an err lives in the arena, not in rd */
}

static uint64_t
mix(uint64_t h, uint64_t n)
{
	h = (h ^ n) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 32;
}

uint64_t
view_hash(const struct view *v)
{
	uint64_t h = mix(mix(mix(1, v->fields), v->links), v->includes);

	for (size_t i = 0; i < RELATIONS_MAX; i++) {
		if (v->includes >> i & 1)
			h = mix(mix(h, v->inside[i]), v->inside_links[i]);
	}
	return h;
}

/*
 * Filters and sorts as they come, text from a query string, become a struct query. What a name may
 * be used for stands in the descriptor; whatever is refused is refused with what would be taken.
 */
#include "model/query.h"

#include "base/clock.h"
#include "base/zone.h"
#include "model/names.h"
#include "model/type.h"

#define SEARCH_POINTS 100
#define VALUE_SHOWN 40 /* bytes of a value in a message */
#define DAY_MS INT64_C(86400000)

static const struct op_row {
	const char *name, *types;
} ops[OP__MAX] = {
#define X(name, text, sql, types) [OP_##name] = { text, types },
#include "model/ops.def"
#undef X
};

static bool
op_is_many(enum op op)
{
	return op == OP_EQ || op == OP_NE || op == OP_IN || op == OP_NIN;
}

static const struct field members[] = {
	[SORT_CREATED_AT - FIELDS_MAX] =
		TIME("created_at", .flags = F_REQUIRED, .index = "created"),
	[SORT_UPDATED_AT - FIELDS_MAX] =
		TIME("updated_at", .flags = F_REQUIRED, .index = "updated"),
	[SORT_ID - FIELDS_MAX] = REF("id", NULL, .flags = F_REQUIRED, .index = "PRIMARY"),
};

const struct field *
query_field(const struct resource *r, int field)
{
	return field < FIELDS_MAX ? &r->fields[field] : &members[field - FIELDS_MAX];
}

const char *
query_member_name(const struct resource *r, int member)
{
	if (r->log_time && member == SORT_CREATED_AT)
		return r->log_time;
	if (r->log_time && member == SORT_UPDATED_AT)
		return NULL;
	return members[member - FIELDS_MAX].name;
}

void
query_init(struct query *q, const struct resource *r)
{
	int order = r->plan->order_field;

	*q = (struct query){ .resource = r, .limit = LIMIT_DEFAULT, .page = 1 };
	q->sorts[0] = (struct sort){ .field = SORT_CREATED_AT, .relation = -1, .descending = true };
	q->nsorts = 1;
	if (!resource_is_within(r))
		return;
	q->sorts[0] = (struct sort){ .field = order, .relation = -1 };
	if (order < 0)
		q->nsorts = 0;
}

/* True if what is equal stands in the order in which it was made: so it does in the index of a field. */
static bool
ties_by_age(const struct query *q)
{
	return q->nsorts == 1 && !q->resource->parent && q->sorts[0].field < FIELDS_MAX;
}

/* True if no two objects are the same in what the list is sorted by last. */
static bool
is_decided(const struct query *q)
{
	const struct sort *last = q->sorts + q->nsorts - 1;

	if (!q->nsorts || last->relation >= 0)
		return false;
	return last->field == SORT_ID ||
		(query_field(q->resource, last->field)->flags & F_DISTINCT);
}

size_t
query_keys(const struct query *q)
{
	if (is_decided(q))
		return q->nsorts;
	return q->nsorts + 1 + ties_by_age(q);
}

struct sort
query_key(const struct query *q, size_t i)
{
	if (i < q->nsorts)
		return q->sorts[i];
	return (struct sort){ .field = i + 1 < query_keys(q) ? SORT_CREATED_AT : SORT_ID,
		.relation = -1,
		.descending = q->nsorts && q->sorts[q->nsorts - 1].descending };
}

bool
query_key_is_extra(const struct query *q, size_t i)
{
	struct sort s = query_key(q, i);

	return s.relation >= 0 || (s.field < FIELDS_MAX && !(q->view.fields & VIEW_BIT(s.field)));
}

/* What a name stands for. */
struct target {
	int field, relation;
	struct str key; /* of metadata */
};

/* "metadata.warehouse" */
static bool
find_metadata(struct str name, struct target *out)
{
	struct str prefix = STR("metadata.");

	if (!str_starts(name, prefix) || name.n == prefix.n)
		return false;
	*out = (struct target){ -1, -1, str_cut(name, prefix.n, name.n) };
	return true;
}

static bool
find_target(const struct resource *r, struct str name, unsigned flag, struct target *out)
{
	if (flag == F_FILTER && find_metadata(name, out))
		return !r->log_time;
	*out = (struct target){ resource_field(r, name), resource_relation(r, name), { 0 } };
	if (out->field >= 0)
		return (r->fields[out->field].flags & (flag | F_INTERNAL)) == flag;
	if (out->relation >= 0)
		return r->relations[out->relation].kind == REL_LINK;
	for (int member = FIELDS_MAX; member < FIELDS_MAX + (int)COUNT(members); member++) {
		const char *own = query_member_name(r, member);

		if (own && str_eq_z(name, own)) {
			out->field = member;
			return true;
		}
	}
	for (size_t i = 0; i < r->nshorthands; i++) {
		const struct shorthand *s = &r->shorthands[i];

		if (!s->op && str_eq_z(name, s->name) && strcmp(s->name, s->field) != 0)
			return find_target(r, str_of(s->field), flag, out);
	}
	return false;
}

static struct err *
unknown_target(
	struct ctx *cx, const struct resource *r, struct str param, struct str name, unsigned flag)
{
	struct names l = { .n = 0 };

	for (size_t i = 0; i < r->nfields; i++) {
		const struct field *f = &r->fields[i];

		if ((f->flags & (flag | F_INTERNAL)) == flag && ctx_may(cx, f->scope))
			names_add(&l, f->name);
	}
	for (int member = FIELDS_MAX; member < FIELDS_MAX + (int)COUNT(members); member++) {
		if (query_member_name(r, member))
			names_add(&l, query_member_name(r, member));
	}
	for (size_t i = 0; i < r->nrelations; i++) {
		if (r->relations[i].kind == REL_LINK)
			names_add(&l, r->relations[i].name);
	}
	for (size_t i = 0; i < r->nshorthands; i++) {
		const struct shorthand *s = &r->shorthands[i];

		if (!s->op && strcmp(s->name, s->field) != 0)
			names_add(&l, s->name);
	}
	return names_unknown(cx->arena, param,
		flag == F_SORT ? "field to sort by" : "field to filter by", name, &l);
}

PRINTF(4, 5)
static struct err *
refuse(struct ctx *cx, struct str param, enum reason reason, const char *fmt, ...)
{
	struct err *e = err_new(cx->arena, ERR_QUERY, NULL);
	struct str message;
	va_list ap;

	va_start(ap, fmt);
	message = str_vfmt(cx->arena, fmt, ap);
	va_end(ap);
	err_field(cx->arena, &e, param, reason, "%.*s", STRF(message));
	return e;
}

/* Order and number of rows tell a hidden value as well as showing it would. */
static struct err *
check_scope(struct ctx *cx, const struct resource *r, struct str param, struct target t)
{
	const char *scope = t.field >= 0 ? query_field(r, t.field)->scope : NULL;
	struct err *e;

	if (ctx_may(cx, scope))
		return NULL;
	e = err_new(cx->arena, ERR_FORBIDDEN, NULL);
	err_field(cx->arena, &e, param, REASON_SCOPE, "to use %s takes the scope %s",
		r->fields[t.field].name, scope);
	return e;
}

/* Metadata is not for everybody's eyes (view.c), and a filter would tell it. */
static bool
is_hidden(const struct ctx *cx, const struct target *t)
{
	return cx->published_only && t->key.p;
}

static struct err *
find_allowed(
	struct ctx *cx, const struct query *q, struct str param, struct str name, struct target *t)
{
	unsigned flag = str_eq(param, STR("sort")) ? F_SORT : F_FILTER;

	if (!find_target(q->resource, name, flag, t) || is_hidden(cx, t))
		return unknown_target(cx, q->resource, param, name, flag);
	return check_scope(cx, q->resource, param, *t);
}

static char
op_class(const struct resource *r, struct target t)
{
	if (t.key.p)
		return 'M';
	if (t.relation >= 0)
		return 'L';
	return type_rows[query_field(r, t.field)->type].op_class;
}

static struct err *
find_op(struct ctx *cx, struct str param, struct str name, char class, enum op *op)
{
	struct names l = { .n = 0 };

	*op = OP_EQ;
	if (!name.n)
		return NULL;
	for (int i = 0; i < OP__MAX; i++) {
		if (!strchr(ops[i].types, class))
			continue;
		*op = (enum op)i;
		if (str_eq_z(name, ops[i].name))
			return NULL;
		names_add(&l, ops[i].name);
	}
	return names_unknown(cx->arena, param, "operator", name, &l);
}

/* A filter being read. */
struct reading {
	struct ctx *cx;
	const struct query *q;
	struct filter *f;
	struct str param;
};

/* The field whose type a filter's values are of; an id's says whose ids they are. */
static const struct field *
value_field(const struct reading *rd)
{
	static const struct field metadata = STRING("metadata", .max = 500);
	const struct resource *r = rd->q->resource;
	struct field *id;

	if (rd->f->key.p)
		return &metadata;
	if (rd->f->list)
		return rd->f->list;
	if (rd->f->relation >= 0)
		return &r->plan->related[rd->f->relation]
				->fields[r->plan->related_by[rd->f->relation]];
	if (rd->f->field != SORT_ID)
		return query_field(r, rd->f->field);
	id = ARENA_NEW(rd->cx->arena, struct field);
	*id = *query_field(r, SORT_ID);
	id->to = r->name;
	return id;
}

/* A date is its first moment; up to a date means up to its last (D47). */
static void
widen_date(
	const struct ctx *cx, const struct field *f, enum op op, struct str text, struct value *v)
{
	int64_t ms;

	if (f->type == T_TIME && (op == OP_LTE || op == OP_GT) && clock_parse_date(text, &ms))
		v->i = zone_day(ctx_zone(cx), ms + DAY_MS) - 1;
}

static struct err *
bad_value(const struct reading *rd, const struct field *f, struct str text, const char *expected)
{
	struct names l = { .n = 0 };
	struct err *e = refuse(rd->cx, rd->param, REASON_VALUE, "must be %s, not \"%.*s\"",
		expected, STRF(str_head(text, VALUE_SHOWN)));

	for (size_t i = 0; i < f->nchoices; i++)
		names_add(&l, f->choices[i].name);
	names_tell(rd->cx->arena, e->details, text, &l);
	return e;
}

static struct err *
read_value(const struct reading *rd, struct str text)
{
	struct filter *f = rd->f;
	const struct field *field = value_field(rd);
	const char *expected = "a value";
	struct value *v = &f->values[f->nvalues];

	if (!text.n && op_is_many(f->op)) {
		f->null = true;
		return NULL;
	}
	if (f->nvalues == FILTER_VALUES_MAX)
		return refuse(rd->cx, rd->param, REASON_TOO_MANY, "takes at most %d values",
			FILTER_VALUES_MAX);
	if (!text.n)
		return refuse(rd->cx, rd->param, REASON_VALUE, "must be given");
	if (!type_rows[field->type].parse_text(rd->cx, field, text, v, &expected))
		return bad_value(rd, field, text, expected);
	widen_date(rd->cx, field, f->op, text, v);
	f->nvalues++;
	return NULL;
}

static bool
is_escaped_comma(struct str s, size_t i)
{
	return s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == ',';
}

/* Takes the part before the next comma that has no backslash before it, without the backslashes of commas. */
static bool
split_list(struct arena *a, struct str *rest, struct str *part)
{
	char *p;
	size_t n = 0, end = 0;

	if (!rest->p)
		return false;
	while (end < rest->n && rest->p[end] != ',')
		end += is_escaped_comma(*rest, end) ? 2 : 1;
	p = arena_alloc(a, end);
	for (size_t i = 0; i < end; i++) {
		i += is_escaped_comma(*rest, i);
		p[n++] = rest->p[i];
	}
	*part = (struct str){ p, n };
	*rest = end < rest->n ? str_cut(*rest, end + 1, rest->n) : (struct str){ 0 };
	return true;
}

static struct err *
read_values(const struct reading *rd, struct str text)
{
	struct err *e = NULL;

	if (!op_is_many(rd->f->op))
		return read_value(rd, text);
	for (struct str part; !e && split_list(rd->cx->arena, &text, &part);)
		e = read_value(rd, part);
	return e;
}

/* The filter that a repeated parameter adds to, or a fresh one; NULL if there are too many. */
static struct filter *
filter_for(struct ctx *cx, struct query *q, struct target t, enum op op)
{
	const struct field *field = t.field < 0 ? NULL : query_field(q->resource, t.field);
	const struct field *list = field && type_is_listed(field) ? field : NULL;
	struct filter *f;

	if (list)
		t.field = -1;

	for (size_t i = 0; i < q->nfilters && op_is_many(op); i++) {
		f = &q->filters[i];
		if (f->field == t.field && f->relation == t.relation && f->list == list &&
			str_eq(f->key, t.key) && f->op == op)
			return f;
	}
	if (q->nfilters == FILTERS_MAX)
		return NULL;
	f = &q->filters[q->nfilters++];
	*f = (struct filter){ .field = t.field, .relation = t.relation, .list = list, .op = op };
	f->key = t.key;
	f->values = ARENA_ARRAY(cx->arena, op_is_many(op) ? FILTER_VALUES_MAX : 1, struct value);
	return f;
}

/* Archived ones are hidden unless they are asked for by their status. */
static void
note_archived(struct query *q, const struct filter *f)
{
	const struct resource *r = q->resource;

	if (r->status_field < 0 || f->field != r->status_field ||
		(f->op != OP_EQ && f->op != OP_IN))
		return;
	for (size_t i = 0; i < f->nvalues; i++)
		q->archived |= f->values[i].i == r->status_archived;
}

static struct str
filter_param(struct ctx *cx, const struct resource *r, struct str field, struct str op)
{
	struct target t;

	if (!op.n && find_metadata(field, &t))
		return str_fmt(cx->arena, "metadata[%.*s]", STRF(t.key));
	if (op.n)
		return str_fmt(cx->arena, "filter[%.*s][%.*s]", STRF(field), STRF(op));
	if (query_shorthand(r, field))
		return field;
	return str_fmt(cx->arena, "filter[%.*s]", STRF(field));
}

const struct shorthand *
query_shorthand(const struct resource *r, struct str name)
{
	for (size_t i = 0; i < r->nshorthands; i++) {
		if (str_eq_z(name, r->shorthands[i].name))
			return &r->shorthands[i];
	}
	return NULL;
}

/*
 * What a shorthand that knows words and whole names compares with: one field or the other. ERR_QUERY if the list has
 * both, since a row can only be compared with one of them.
 */
static struct err *
choose_field(struct ctx *cx, const struct shorthand *s, struct str text, struct str *field)
{
	size_t words = 0, n = 0;

	*field = str_of(s->field);
	if (!s->word)
		return NULL;
	for (struct str part; str_split(&text, ',', &part); n++)
		words += str_find(part, '.') == part.n;
	if (words && words < n)
		return refuse(cx, str_of(s->name), REASON_VALUE,
			"takes words alone or whole names alone, not both");
	if (words)
		*field = str_of(s->word);
	return NULL;
}

/* A shorthand may be short for what nobody sees under its own name. */
static bool
find_hidden(const struct resource *r, const struct shorthand *s, struct str field, struct target *t)
{
	int i = s ? resource_field(r, field) : -1;

	if (i < 0 || !(r->fields[i].flags & F_INTERNAL))
		return false;
	*t = (struct target){ .field = i, .relation = -1 };
	return true;
}

struct err *
query_filter(struct ctx *cx, struct query *q, struct str field, struct str op, struct str text)
{
	struct reading rd = { cx, q, NULL, STR("filter") };
	const struct shorthand *s = op.n ? NULL : query_shorthand(q->resource, field);
	struct target t;
	enum op o = OP_EQ;
	struct err *e = NULL;

	if (!str_is_utf8(field) || !str_is_utf8(op) || !str_is_utf8(text))
		return refuse(cx, rd.param, REASON_BAD_ENCODING, "must be UTF-8");
	rd.param = filter_param(cx, q->resource, field, op);
	if (s) {
		e = choose_field(cx, s, text, &field);
		op = str_of(s->op);
	}
	if (!e && !find_hidden(q->resource, s, field, &t))
		e = find_allowed(cx, q, rd.param, field, &t);
	if (!e)
		e = find_op(cx, rd.param, op, op_class(q->resource, t), &o);
	if (e)
		return e;
	rd.f = filter_for(cx, q, t, o);
	if (!rd.f)
		return refuse(cx, rd.param, REASON_TOO_MANY, "there can be at most %d filters",
			FILTERS_MAX);
	if (s && s->also)
		rd.f->also = &q->resource->fields[resource_field(q->resource, str_of(s->also))];
	e = read_values(&rd, text);
	note_archived(q, rd.f);
	return e;
}

static bool
has_key(const struct query *q, struct target t)
{
	for (size_t i = 0; i < q->nsorts; i++) {
		if (q->sorts[i].field == t.field && q->sorts[i].relation == t.relation)
			return true;
	}
	return false;
}

static struct err *
add_sort(struct ctx *cx, struct query *q, struct str name, bool descending)
{
	struct str param = STR("sort");
	struct target t;
	struct err *e;

	name = str_trim(name);
	if (name.n && name.p[0] == '-') {
		descending = true;
		name = str_cut(name, 1, name.n);
	}
	e = find_allowed(cx, q, param, name, &t);
	if (e)
		return e;
	if (has_key(q, t))
		return refuse(cx, param, REASON_TWICE, "has %.*s twice", STRF(name));
	if (q->nsorts == SORTS_MAX)
		return refuse(cx, param, REASON_TOO_MANY, "takes at most %d fields", SORTS_MAX);
	/* Ids are unique: whatever stands behind one cannot matter. */
	if (q->nsorts < query_keys(q))
		q->sorts[q->nsorts++] = (struct sort){ t.field, t.relation, descending };
	return NULL;
}

static struct err *
bad_order(struct ctx *cx, struct str order)
{
	struct names l = { { "desc", "asc" }, 2 };
	struct err *e = refuse(cx, STR("order"), REASON_NOT_A_CHOICE, "must be asc or desc%s",
		str_is_utf8(order)
			? str_fmt(cx->arena, ", not \"%.*s\"", STRF(str_head(order, VALUE_SHOWN))).p
			: "");

	names_tell(cx->arena, e->details, order, &l);
	return e;
}

struct err *
query_sort(struct ctx *cx, struct query *q, struct str sort, struct str order)
{
	bool descending = str_eq_nocase(order, STR("desc"));
	struct err *e = NULL;

	if (order.n && !descending && !str_eq_nocase(order, STR("asc")))
		return bad_order(cx, order);
	if (!sort.n && descending && !q->nsorts)
		q->sorts[q->nsorts++] = (struct sort){ .field = SORT_ID, .relation = -1 };
	for (size_t i = 0; !sort.n && order.n && i < q->nsorts; i++)
		q->sorts[i].descending = descending;
	if (!sort.n)
		return NULL;
	q->nsorts = 0;
	for (struct str name; !e && str_split(&sort, ',', &name);)
		e = add_sort(cx, q, name, descending);
	return e;
}

static bool
is_searchable(const struct resource *r)
{
	for (size_t i = 0; i < r->nfields; i++) {
		if (r->fields[i].flags & F_SEARCH)
			return true;
	}
	return false;
}

struct err *
query_search(struct ctx *cx, struct query *q, struct str text)
{
	struct str param = STR("search");

	if (!is_searchable(q->resource))
		return refuse(
			cx, param, REASON_UNKNOWN, "%s cannot be searched", q->resource->plural);
	if (!str_is_utf8(text))
		return refuse(cx, param, REASON_BAD_ENCODING, "must be UTF-8");
	text = str_trim(text);
	if (str_points(text) > SEARCH_POINTS)
		return refuse(cx, param, REASON_TOO_LONG, "must have at most %d characters",
			SEARCH_POINTS);
	q->search = text;
	return NULL;
}

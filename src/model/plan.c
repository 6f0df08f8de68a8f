/* Linking: the names in the descriptors become pointers once, and every mistake in them is found. */
#include "model/plan.h"

#include "base/json.h"
#include "base/json_out.h"
#include "model/raw.h"
#include "model/type.h"

#define SHAPES_MAX 128

#define LISTED_MAX 32 /* metadata_index.resource */

static const struct resource *const *all_resources;
static const struct resource *all_shapes[SHAPES_MAX + 1];
static size_t nshapes;

/* What the checks below share. */
struct linking {
	struct arena *a;
	struct err *e;
	const struct resource *r;
	const struct resource *open[8]; /* shapes being linked, one within the other */
	size_t depth;
};

static bool
same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

PRINTF(3, 4)
static void
complain(struct linking *l, const char *member, const char *fmt, ...)
{
	struct str field = str_fmt(l->a, "%s%s%s", l->r->name ? l->r->name : "?", member ? "." : "",
		member ? member : "");
	struct str message;
	va_list ap;

	va_start(ap, fmt);
	message = str_vfmt(l->a, fmt, ap);
	va_end(ap);
	err_field(l->a, &l->e, field, REASON_DESCRIPTOR, "%.*s", STRF(message));
}

const struct resource *const *
model_all(void)
{
	return all_resources;
}

const struct resource *const *
model_shapes(void)
{
	return all_shapes;
}

const struct resource *
model_find(struct str name)
{
	for (const struct resource *const *r = all_resources; r && *r; r++) {
		if (str_eq_z(name, (*r)->name) || str_eq_z(name, (*r)->plural))
			return *r;
	}
	return NULL;
}

const struct resource *
model_of_id(struct str id)
{
	struct str prefix = str_cut(id, 0, str_find(id, '_'));

	for (const struct resource *const *r = all_resources; r && *r; r++) {
		if (str_eq_z(prefix, (*r)->prefix))
			return *r;
	}
	return NULL;
}

bool
resource_is_within(const struct resource *r)
{
	return r->parent && !r->plan->apart;
}

int
resource_field(const struct resource *r, struct str name)
{
	for (size_t i = 0; i < r->nfields; i++) {
		if (str_eq(name, r->plan->fields[i].name))
			return (int)i;
	}
	return -1;
}

int
resource_relation(const struct resource *r, struct str name)
{
	for (size_t i = 0; i < r->nrelations; i++) {
		if (str_eq(name, r->plan->relation_names[i]))
			return (int)i;
	}
	return -1;
}

static void
free_pattern(void *pattern)
{
	regfree(pattern);
}

static void
link_pattern(struct linking *l, const struct field *f, struct field_plan *fp)
{
	if (!f->pattern)
		return;
	fp->pattern = ARENA_NEW(l->a, regex_t);
	if (regcomp(fp->pattern, f->pattern, REG_EXTENDED | REG_NOSUB))
		complain(l, f->name, "has a pattern that does not compile");
	else
		arena_defer(l->a, free_pattern, fp->pattern);
}

static void
check_secret(struct linking *l, const struct field *f)
{
	unsigned no = F_FILTER | F_SORT | F_SEARCH | F_KEY | F_UNIQUE | F_READ_ONLY | F_INTERNAL |
		F_ONCE | F_LIVE;

	if (!(f->flags & F_SECRET))
		return;
	if (f->type != T_STRING && (f->type != T_MAP || (f->flags & F_VAULT)))
		complain(l, f->name, "is a secret of a type that cannot be one");
	if ((f->flags & no) || f->known || f->initial || f->computed)
		complain(l, f->name, "is a secret, and shown, looked for or looked up");
	if ((f->flags & F_SEALED) && ((f->flags & F_VAULT) || is_shape(l->r)))
		complain(l, f->name, "is sealed, and not kept");
}

static size_t
add_secrets(struct linking *l, struct str *names, size_t n, bool maps)
{
	for (size_t i = 0; i < l->r->nfields; i++) {
		const struct field *f = &l->r->fields[i];

		if (!(f->flags & F_SECRET) || (f->type == T_MAP) != maps)
			continue;
		names[n++] = str_of(f->name);
		if (f->alias)
			names[n++] = str_of(f->alias);
	}
	return n;
}

/* What is to be taken out of a body before it is read as JSON: texts, then maps, by each name that they may have. */
static void
link_secrets(struct linking *l)
{
	struct str *names = ARENA_ARRAY(l->a, 2 * l->r->nfields, struct str);
	size_t texts = add_secrets(l, names, 0, false), n = add_secrets(l, names, texts, true);

	if (n > VAULT_MOST)
		complain(l, NULL, "has more secrets than a vault holds");
	n = MIN(n, VAULT_MOST);
	l->r->plan->secrets = (struct vault_names){ names, n, n - MIN(n, texts), l->r->no_cards };
}

static void
check_flags(struct linking *l, const struct field *f)
{
	const struct type_row *t = &type_rows[f->type];

	if (f->flags & t->flags_refused)
		complain(l, f->name, "has a flag that does not fit its type, %s", t->name);
	if ((f->flags & F_REQUIRED) && !f->example && !f->object)
		complain(l, f->name, "is required and has no example");
	if ((f->flags & F_REQUIRED) && (f->flags & (F_READ_ONLY | F_INTERNAL)))
		complain(l, f->name, "is required, but a client cannot set it");
	if ((f->flags & F_LIVE) &&
		(!(f->flags & F_READ_ONLY) || (f->flags & (F_FILTER | F_SORT | F_SEARCH | F_KEY))))
		complain(l, f->name, "is live, and a client can set it or look for it");
	if ((f->flags & F_SORT) && !f->index && !l->r->parent)
		complain(l, f->name, "can be sorted by and names no index");
	if (f->type == T_ENUM && !f->nchoices)
		complain(l, f->name, "has no choices");
	check_secret(l, f);
	if (f->max && f->min > f->max)
		complain(l, f->name, "has a minimum above its maximum");
	if ((f->type == T_MAP || f->type == T_LIST || f->type == T_PRICES ||
		    f->type == T_OBJECTS) &&
		f->max < 1)
		complain(l, f->name, "needs the number of items it may have");
	if (f->type == T_DECIMAL && (f->scale < 1 || f->scale > 9))
		complain(l, f->name, "needs a scale from 1 to 9");
	if (f->initial && !t->parse_text)
		complain(l, f->name, "cannot begin with a value: it is a %s", t->name);
}

/* Fields are linked one after the other, so a sibling is found by its row; -1. */
static int
sibling(const struct linking *l, enum type type, const char *name)
{
	for (size_t i = 0; name && i < l->r->nfields; i++) {
		if (l->r->fields[i].type == type && same(l->r->fields[i].name, name))
			return (int)i;
	}
	return -1;
}

static void
link_reference(struct linking *l, const struct field *f, struct field_plan *fp)
{
	fp->of = sibling(l, T_STRING, f->of);
	if (f->of && (f->type != T_ID || f->to || fp->of < 0 || !(f->flags & F_READ_ONLY)))
		complain(l, f->name, "cannot be of what %s names", f->of);
	if (f->of)
		return;
	if (!f->to) {
		if (f->type == T_ID)
			complain(l, f->name, "does not say what it refers to");
		return;
	}
	fp->to = model_find(str_of(f->to));
	if (!fp->to)
		complain(l, f->name, "refers to an unknown resource, %s", f->to);
}

static void
link_prices(struct linking *l, const struct field *f, struct field_plan *fp)
{
	fp->prices = sibling(l, T_PRICES, f->prices);
	if (f->prices && (f->type != T_PRICE || fp->prices < 0))
		complain(l, f->name, "is overridden by %s, which are no prices of it", f->prices);
}

/* A shape has no siblings of what holds it: there the name is looked up when a value is at hand. */
static void
link_money(struct linking *l, const struct field *f, struct field_plan *fp)
{
	fp->money_in = sibling(l, T_STRING, f->money_in);
	if (f->money_in && f->type != T_PRICE && f->type != T_AMOUNT)
		complain(l, f->name, "has a currency and is no money");
	if (f->money_in && fp->money_in < 0 && !is_shape(l->r))
		complain(l, f->name, "is in the currency of %s, which is no text", f->money_in);
	for (size_t k = 0; k < l->r->nfields; k++) {
		if (f->name && same(l->r->fields[k].money_in, f->name))
			fp->names_currency = l->r->plan->has_currency = true;
	}
}

static void
check_text(struct linking *l, const struct field *f)
{
	if (f->known && (f->type != T_STRING || !f->pattern_doc))
		complain(l, f->name, "is of a list and no text, or does not say which");
	if (f->alias && resource_field(l->r, str_of(f->alias)) >= 0)
		complain(l, f->name, "has another name that is taken, %s", f->alias);
}

static void link_shape(
	struct linking *l, const char *member, const struct resource *shape, unsigned uses);

/* What of a resource or a shape is shown and sent, so is what its fields hold. */
static unsigned
uses_of(const struct resource *r, const struct field *f)
{
	unsigned uses = r->plan->uses;

	if (!is_shape(r)) {
		uses = USED_SHOWN;
		if (r->parent || (r->verbs & (V_CREATE | V_UPDATE)))
			uses |= USED_SENT;
	}
	if (f->flags & F_INTERNAL)
		return 0;
	return f->flags & (F_READ_ONLY | F_ONCE) ? uses & USED_SHOWN : uses;
}

static void
link_object(struct linking *l, const struct field *f)
{
	bool holds = f->type == T_OBJECT || f->type == T_OBJECTS;

	if (holds != (f->object != NULL))
		complain(l, f->name, "holds objects and has no shape, or the other way round");
	else if (holds)
		link_shape(l, f->name, f->object, uses_of(l->r, f));
	for (size_t i = 0; holds && f->object && i < f->object->nfields; i++) {
		if (f->object->fields[i].flags & F_SECRET)
			complain(
				l, f->name, "holds secrets, which stand only where they are taken");
	}
}

/* Items that can be filtered by are indexed as "customer.tags". */
static void
link_list(struct linking *l, const struct field *f, struct field_plan *fp)
{
	if (!type_is_listed(f))
		return;
	fp->listed = str_fmt(l->a, "%s.%s", l->r->name, f->name);
	if (fp->listed.n > LISTED_MAX)
		complain(l, f->name, "has too long a name for a list that is filtered by");
}

static int
field_of(const struct resource *r, const char *name)
{
	for (size_t i = 0; r && name && i < r->nfields; i++) {
		if (same(r->fields[i].name, name))
			return (int)i;
	}
	return -1;
}

static void
check_summary(struct linking *l, const struct field *f)
{
	const struct summary *s = f->summary;
	const struct resource *of = s && s->of ? model_find(str_of(s->of)) : NULL;
	int by = s ? field_of(of, s->by) : -1;

	if (!s)
		return;
	if (!of || by < 0 || !same(of->fields[by].to, l->r->name) || !of->fields[by].index)
		complain(l, f->name, "sums up what does not refer to it along an index");
	else if (field_of(of, s->sum) < 0 || (s->unless && field_of(of, s->unless) < 0))
		complain(l, f->name, "sums up what %s does not have", of->name);
}

static void
link_field(struct linking *l, size_t i)
{
	const struct field *f = &l->r->fields[i];
	struct field_plan *fp = &l->r->plan->fields[i];

	if (!f->name || f->type == T_NONE) {
		complain(l, NULL, "has no row for field %zu", i);
		return;
	}
	if (f->computed)
		l->r->plan->computed |= (uint64_t)1 << i;
	fp->name = str_of(f->name);
	fp->json = str_fmt(l->a, "\"%s\":", f->name);
	for (size_t k = 0; k < i; k++) {
		if (str_eq(l->r->plan->fields[k].name, fp->name))
			complain(l, f->name, "is there twice");
	}
	if (!f->doc)
		complain(l, f->name, "has no doc");
	check_flags(l, f);
	link_pattern(l, f, fp);
	link_list(l, f, fp);
	check_summary(l, f);
	link_reference(l, f, fp);
	link_prices(l, f, fp);
	link_money(l, f, fp);
	link_object(l, f);
}

static void
link_fields(struct linking *l)
{
	for (size_t i = 0; i < l->r->nfields; i++)
		link_field(l, i);
	for (size_t i = 0; i < l->r->nfields; i++)
		check_text(l, &l->r->fields[i]);
	link_secrets(l);
}

static bool
is_linked(const struct resource *shape)
{
	for (size_t i = 0; i < nshapes; i++) {
		if (all_shapes[i] == shape)
			return true;
	}
	return false;
}

static void
check_shape(struct linking *l)
{
	const struct resource *r = l->r;

	if (!r->name || !r->doc || r->verbs || r->nrelations || r->nactions)
		complain(l, NULL, "is a shape, and lacks a name or doc, or is more than fields");
	for (size_t i = 0; i < nshapes && all_shapes[i] != r; i++) {
		if (same(all_shapes[i]->name, r->name))
			complain(l, NULL, "has the name of another shape");
	}
	if (model_find(str_of(r->name)))
		complain(l, NULL, "has the name of a resource");
}

/* What does not fit in its plan is not looked into any further. */
static bool
has_room(const struct resource *r)
{
	return r->plan && r->nfields <= FIELDS_MAX && r->nrelations <= RELATIONS_MAX;
}

/* Links a shape that is used there; once more, if it was not known to be used so. */
static void
link_shape(struct linking *l, const char *member, const struct resource *shape, unsigned uses)
{
	const struct resource *user = l->r;
	bool again = is_linked(shape);

	for (size_t i = 0; i < l->depth; i++) {
		if (l->open[i] == shape) {
			complain(l, member, "is a shape within itself");
			return;
		}
	}
	if (!is_shape(shape) || !has_room(shape) || l->depth == COUNT(l->open) ||
		(!again && nshapes == SHAPES_MAX)) {
		complain(l, member, "is no shape, has no PLAN, or is one too many");
		return;
	}
	if (again && (shape->plan->uses | uses) == shape->plan->uses)
		return;
	shape->plan->uses = uses | (again ? shape->plan->uses : 0);
	l->open[l->depth++] = shape;
	l->r = shape;
	if (!again) {
		all_shapes[nshapes++] = shape;
		shape->plan->name = str_of(shape->name);
		link_fields(l);
		check_shape(l);
	} else {
		for (size_t i = 0; i < shape->nfields; i++)
			link_object(l, &shape->fields[i]);
	}
	l->depth--;
	l->r = user;
}

static void
link_relation(struct linking *l, size_t i)
{
	const struct relation *rel = &l->r->relations[i];
	struct plan *p = l->r->plan;
	const struct resource *to = rel->to ? model_find(str_of(rel->to)) : NULL;

	if (resource_field(l->r, str_of(rel->name)) >= 0)
		complain(l, rel->name, "is there twice");
	for (size_t k = 0; k < i; k++) {
		if (same(l->r->relations[k].name, rel->name))
			complain(l, rel->name, "is there twice");
	}
	p->relation_names[i] = str_of(rel->name);
	p->related[i] = to;
	p->related_by[i] = -1;
	if (!to) {
		complain(l, rel->name, "leads to an unknown resource, %s",
			rel->to ? rel->to : "none");
		return;
	}
	if (rel->max < 1)
		complain(l, rel->name, "needs a maximum");
	if (rel->kind == REL_APART && (rel->flags || (to->published && !rel->index)))
		complain(l, rel->name, "is kept apart, and inline or shown along no index");
	if (rel->min < 0 || rel->min > rel->max || (rel->min && rel->kind != REL_MANY))
		complain(l, rel->name, "has a minimum that does not fit");
	if (rel->kind != REL_LINK && !same(to->parent, l->r->name))
		complain(l, rel->name, "leads to %s, whose parent is another", to->name);
	for (size_t k = 0; rel->kind == REL_LINK && rel->by && k < to->nfields; k++) {
		if (str_eq_z(str_of(to->fields[k].name), rel->by))
			p->related_by[i] = (int)k;
	}
	if (rel->kind == REL_LINK && p->related_by[i] < 0)
		complain(l, rel->name, "is shown by a field that %s does not have", to->name);
}

static void
link_parent(struct linking *l)
{
	struct plan *p = l->r->plan;

	p->parent_relation = p->parent_field = -1;
	if (!l->r->parent)
		return;
	p->parent = model_find(str_of(l->r->parent));
	if (!p->parent || !l->r->parent_column) {
		complain(l, "parent", "is not a resource, or names no column");
		return;
	}
	for (size_t i = 0; i < p->parent->nrelations; i++) {
		const struct relation *rel = &p->parent->relations[i];

		if (rel->kind == REL_LINK || !same(rel->to, l->r->name))
			continue;
		p->parent_relation = (int)i;
		p->apart = rel->kind == REL_APART;
	}
	if (p->parent_relation < 0)
		complain(l, "parent", "has no relation to it");
	p->parent_field = resource_field(l->r, str_of(l->r->parent_column));
}

/* The field that archiving sets, and the column that children are read by. */
static void
check_special_fields(struct linking *l)
{
	const struct resource *r = l->r;
	int order = r->order_column ? resource_field(r, str_of(r->order_column)) : -1;

	r->plan->order_field = order;
	if (r->status_field >= 0 &&
		((size_t)r->status_field >= r->nfields ||
			r->fields[r->status_field].type != T_ENUM ||
			(size_t)r->status_archived >= r->fields[r->status_field].nchoices))
		complain(l, NULL, "has a status field that is no enum with such a choice");
	if (order >= 0 && r->fields[order].type != T_INT)
		complain(l, r->order_column, "orders the children and is no integer");
}

static void
check_scopes(struct linking *l)
{
	const struct resource *r = l->r;

	if ((r->verbs & (V_LIST | V_GET)) && !r->scope_read)
		complain(l, NULL, "can be read without a scope");
	if ((r->verbs & (V_CREATE | V_UPDATE | V_ARCHIVE)) && !r->scope_write)
		complain(l, NULL, "can be written without a scope");
	for (size_t i = 0; i < r->nactions; i++)
		if (!r->actions[i].scope && !r->scope_write)
			complain(l, r->actions[i].name, "can be done without a scope");
	if (!resource_is_within(r) && (r->verbs & V_CREATE) && !r->event_created)
		complain(l, NULL, "is created without an event");
}

static void
check_action(struct linking *l, const struct action *a)
{
	static const char *const methods[] = { "POST", "PUT", "PATCH", "DELETE" };
	bool known = !a->method;

	for (size_t i = 0; i < COUNT(methods); i++)
		known = known || same(a->method, methods[i]);
	if (!known)
		complain(l, a->name, "has a method that no action has");
	if (!a->name || !a->doc || !a->run)
		complain(l, a->name, "lacks a name, doc or function");
	if (a->input && same(a->method, "DELETE"))
		complain(l, a->name, "takes an input that its method cannot bring");
}

/* The object that was written is read again by its id alone, and a secret that only the first transaction knew is lost. */
static void
check_outside(struct linking *l)
{
	const struct resource *r = l->r;
	bool once = false;

	if (!r->outside)
		return;
	for (size_t i = 0; i < r->nfields; i++)
		once = once || (r->fields[i].flags & F_ONCE);
	if (!r->outside->call || r->parent || r->log_time || once)
		complain(l, NULL,
			"asks the outside and has no call, or has a parent, a log or a secret");
	if (r->outside->then)
		check_action(l, r->outside->then);
}

static size_t
open_segments(const char *path)
{
	size_t n = 0;

	for (; *path; path++)
		n += *path == '{';
	return n;
}

static void
check_raw(struct linking *l, const struct operation *o)
{
	const struct raw *raw = o->raw;
	size_t headers = 0;

	while (raw->headers && raw->headers[headers])
		headers++;
	if (!raw->run || !raw->types || !raw->types[0] || o->run || o->input || o->output ||
		o->writes || headers > RAW_HEADERS_MAX)
		complain(l, o->name, "is raw, and lacks a function or types, or has what JSON has");
	if (raw->open && o->scope)
		complain(l, o->name, "is open, and takes a scope");
}

static void
check_operation(struct linking *l, const struct operation *o)
{
	static const char *const methods[] = { "GET", "POST", "PUT", "PATCH", "DELETE" };
	bool known = false;

	if (o->raw)
		check_raw(l, o);
	if (!o->name || !o->doc || !(o->run || o->raw) || !o->path ||
		(!o->scope && !(o->raw && o->raw->open))) {
		complain(l, o->name, "lacks a name, doc, function, path or scope");
		return;
	}
	for (size_t i = 0; i < COUNT(methods); i++)
		known = known || same(o->method, methods[i]);
	if (!known || (o->writes && same(o->method, "GET")))
		complain(l, o->name, "has a method that does not fit what it does");
	if (!o->writes && !o->output && !o->raw)
		complain(l, o->name, "neither writes nor answers");
	if (!o->writes && o->event)
		complain(l, o->name, "has an event and writes nothing");
}

/* Names of operations are unique in all: documents know them by nothing else. */
static void
check_operations(struct linking *l)
{
	const struct resource *r = l->r;

	for (size_t i = 0; i < r->nactions; i++)
		check_action(l, &r->actions[i]);
	for (size_t i = 0; i < r->noperations; i++) {
		check_operation(l, &r->operations[i]);
		for (const struct resource *const *o = all_resources; *o; o++)
			for (size_t k = 0; k < (*o)->noperations; k++)
				if (&(*o)->operations[k] != &r->operations[i] &&
					same((*o)->operations[k].name, r->operations[i].name))
					complain(l, r->operations[i].name, "is there twice");
	}
}

static void
check_listing(struct linking *l, const struct listing *g)
{
	int field = g->field ? resource_field(l->r, str_of(g->field)) : -1;

	if (!g->path || !g->doc || open_segments(g->path) != 1)
		complain(l, g->path, "lacks a doc, or a path with one open segment");
	if (field < 0 || !l->r->plan->fields[field].to || !(l->r->fields[field].flags & F_FILTER))
		complain(l, g->path, "is by what is no reference that can be filtered by");
	if (!l->r->scope_read)
		complain(l, g->path, "can be read without a scope");
}

static void
check_others(struct linking *l)
{
	const struct resource *r = l->r;

	for (const struct resource *const *o = all_resources; *o != r; o++) {
		if (same((*o)->name, r->name) || same((*o)->plural, r->plural) ||
			same((*o)->prefix, r->prefix))
			complain(l, NULL, "has the name, plural or prefix of %s", (*o)->name);
		if (same((*o)->event_created, r->event_created) ||
			same((*o)->event_updated, r->event_updated) ||
			same((*o)->event_archived, r->event_archived))
			complain(l, NULL, "has an event of %s", (*o)->name);
	}
}

static void
check_shorthand(struct linking *l, const struct shorthand *s)
{
	const struct resource *r = l->r;
	struct str field = str_of(s->field);

	if (resource_field(r, field) < 0 && resource_relation(r, field) < 0 &&
		!same(s->field, r->log_time ? r->log_time : "created_at"))
		complain(l, s->name, "is short for an unknown field");
	if (s->word && resource_field(r, str_of(s->word)) < 0)
		complain(l, s->name, "is short for an unknown field, %s", s->word);
	if (s->also && (!s->op || resource_field(r, str_of(s->also)) < 0))
		complain(l, s->name, "is short for an unknown field, %s, or names no operator",
			s->also);
}

static void
check_names(struct linking *l)
{
	const struct resource *r = l->r;

	if (!r->name || !r->plural || !r->prefix || !r->table || !r->doc)
		complain(l, NULL, "lacks a name, plural, prefix, table or doc");
	for (size_t i = 0; i < r->nshorthands; i++)
		check_shorthand(l, &r->shorthands[i]);
	if (r->log_time && (r->verbs & ~(unsigned)(V_LIST | V_GET)))
		complain(l, NULL, "is a log, and can be written");
	check_scopes(l);
	check_operations(l);
	check_outside(l);
	for (size_t i = 0; i < r->nlistings; i++)
		check_listing(l, &r->listings[i]);
	check_special_fields(l);
	check_others(l);
}

/* Descriptors write a value as it stands in JSON, but strings without their quotes. */
static struct str
as_json(struct arena *a, const struct field *f)
{
	struct buf b;

	if (strcmp(type_rows[f->type].schema_type, "string") != 0)
		return str_of(f->example);
	buf_init(&b, a, 256, (size_t)1 << 20);
	json_out_string(&b, str_of(f->example));
	return buf_view(&b);
}

/* An example that its own field refuses would be a lie in the reference. */
static void
check_example(struct linking *l, struct ctx *cx, size_t i)
{
	const struct field *f = &l->r->fields[i];
	struct err *e = NULL;
	struct fault at = { cx, &e, str_of(f->name), .create = true };
	struct value v = { 0 };
	struct json *j = NULL;

	if (!f->example)
		return;
	if (json_parse(l->a, as_json(l->a, f), &j))
		complain(l, f->name, "has an example that is no JSON");
	else
		type_rows[f->type].parse(&at, l->r, (int)i, j, &v);
	if (e)
		complain(l, f->name, "has an example that %.*s", STRF(e->details->message));
}

static void
check_initial(struct linking *l, struct ctx *cx, const struct field *f)
{
	const char *expected = NULL;
	struct value v = { 0 };

	if (f->initial && !type_rows[f->type].parse_text(cx, f, str_of(f->initial), &v, &expected))
		complain(l, f->name, "has an initial value that is not %s", expected);
}

/* Needs whole descriptors: it comes when nothing else was found. */
static void
check_values(struct linking *l)
{
	struct ctx cx = {
		.arena = l->a, .currency = STR("USD"), .currency_digits = 2, .language = STR("en")
	};

	for (size_t i = 0; i < l->r->nfields; i++) {
		check_example(l, &cx, i);
		check_initial(l, &cx, &l->r->fields[i]);
	}
}

/* What an action or operation takes and answers; what comes in a query is no object in any document. */
static void
link_inputs(struct linking *l)
{
	const struct resource *r = l->r;

	for (size_t i = 0; i < r->nactions; i++)
		if (r->actions[i].input)
			link_shape(l, r->actions[i].name, r->actions[i].input, USED_SENT);
	for (size_t i = 0; i < r->noperations; i++) {
		const struct operation *o = &r->operations[i];
		bool in_query = same(o->method, "GET") || same(o->method, "DELETE");

		if (o->input)
			link_shape(l, o->name, o->input, in_query ? 0 : USED_SENT);
		if (o->output && is_shape(o->output))
			link_shape(l, o->name, o->output, USED_SHOWN);
	}
	if (r->outside && r->outside->then && r->outside->then->input)
		link_shape(l, r->outside->then->name, r->outside->then->input, 0);
}

static void
link_resource(struct linking *l)
{
	const struct resource *r = l->r;
	struct plan *p = r->plan;

	if (!has_room(r)) {
		complain(l, NULL, "has no PLAN, or more than %d fields or %d relations", FIELDS_MAX,
			RELATIONS_MAX);
		return;
	}
	p->name = str_of(r->name);
	p->plural = str_of(r->plural);
	p->prefix = str_of(r->prefix);
	p->table = str_of(r->table);
	link_fields(l);
	for (size_t i = 0; i < r->nrelations; i++)
		link_relation(l, i);
	link_inputs(l);
}

struct err *
model_link(struct arena *a, const struct resource *const *all)
{
	struct linking l = { .a = a };
	bool whole;

	all_resources = all;
	nshapes = 0;
	memset(all_shapes, 0, sizeof(all_shapes));
	for (const struct resource *const *r = all; *r; r++) {
		l.r = *r;
		link_resource(&l);
	}
	for (const struct resource *const *r = all; *r; r++) {
		l.r = *r;
		if (!has_room(*r))
			continue;
		link_parent(&l);
		check_names(&l);
	}
	whole = !l.e;
	for (const struct resource *const *r = all; whole && *r; r++) {
		l.r = *r;
		check_values(&l);
	}
	for (size_t i = 0; whole && i < nshapes; i++) {
		l.r = all_shapes[i];
		check_values(&l);
	}
	if (l.e)
		l.e->code = ERR_INTERNAL;
	return l.e;
}

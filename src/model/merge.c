/* Patching: what was given replaces what was there, member by member, down to the children. */
#include "model/merge.h"

#include "base/clock.h"
#include "base/id.h"
#include "model/map.h"
#include "model/plan.h"
#include "model/sealed.h"
#include "model/type.h"
#include "model/write.h"

struct merging {
	struct ctx *cx;
	struct err *e;
};

static void
merge_field(
	struct merging *m, struct rec *now, const struct rec *was, const struct rec *input, int i)
{
	const struct field *f = &now->resource->fields[i];
	struct value v = input->v[i];
	const struct value none = { 0 };

	if (v.state == VALUE_UNSET)
		return;
	if (v.state == VALUE_SET && type_rows[f->type].merge && !(f->flags & F_SEALED))
		type_rows[f->type].merge(m->cx, was ? &was->v[i] : &none, &v);
	if (was && (f->flags & F_SEALED) && sealed_same(m->cx, was, i, &v))
		v = was->v[i]; /* no write changes nothing */
	if (was && (f->flags & F_CREATE_ONLY) && !value_same(&v, &was->v[i]))
		m->e = err_join(m->e,
			rec_refuse(
				m->cx, input, i, REASON_CREATE_ONLY, "cannot be changed any more"));
	if ((f->type == T_MAP || f->type == T_PRICES) && !(f->flags & F_SEALED) &&
		map_count(m->cx->arena, v.s) > (size_t)f->max)
		m->e = err_join(m->e,
			rec_refuse(m->cx, input, i, REASON_TOO_MANY,
				"must have at most %" PRId64 " keys", f->max));
	if (v.state == VALUE_SET && f->type == T_LANG && !v.s.p)
		m->e = err_join(m->e,
			rec_refuse(m->cx, input, i, REASON_LANGUAGE,
				"must have a text in the shop's own language, %.*s",
				STRF(m->cx->language)));
	now->v[i] = v;
}

static void
merge_metadata(struct merging *m, struct rec *now, const struct rec *was, const struct rec *input)
{
	const struct map_limits limits = METADATA_LIMITS;
	struct str old = was ? was->metadata : (struct str){ 0 };

	if (!input->metadata_given)
		return;
	now->metadata = input->metadata_cleared ? (struct str){ 0 }
						: map_merge(m->cx->arena, old, input->metadata);
	if (map_count(m->cx->arena, now->metadata) > (size_t)limits.keys)
		err_field(m->cx->arena, &m->e, rec_path(m->cx->arena, input, STR("metadata")),
			REASON_TOO_MANY, "must have at most %" PRId64 " keys", limits.keys);
}

static void
merge_own(struct merging *m, struct rec *now, const struct rec *was, const struct rec *input)
{
	for (size_t i = 0; i < now->resource->nfields; i++)
		merge_field(m, now, was, input, (int)i);
	for (size_t i = 0; i < now->resource->nrelations; i++) {
		if (input->link[i].given)
			now->link[i] = input->link[i];
	}
	merge_metadata(m, now, was, input);
}

static int
field_with(const struct resource *r, unsigned flag)
{
	for (size_t i = 0; i < r->nfields; i++) {
		if (r->fields[i].flags & flag)
			return (int)i;
	}
	return -1;
}

/* The stored child that an item of the body means: by id, else by its key field. */
static struct rec *
find_stored(const struct recs *children, const struct rec *item)
{
	int key = field_with(item->resource, F_KEY);

	for (size_t i = 0; i < children->n && !item->must_be_new; i++) {
		struct rec *c = children->r[i];

		if (c->fate == CHILD_ADDED)
			break; /* of this very body: two items with one key are two children, and refused as such */
		if (c->fate == CHILD_REMOVED && !item->id.n)
			continue; /* its key is free for another */
		if (item->id.n ? c->id.n == item->id.n
			       : key >= 0 && rec_has(item, key) &&
					str_eq(rec_str(c, key), rec_str(item, key)))
			return c;
	}
	return NULL;
}

/* Children that do not say where they stand, stand behind the others. */
static void
place(struct rec *child, int64_t position)
{
	int field = child->resource->plan->order_field;

	if (field >= 0 && !rec_has(child, field))
		rec_set_int(child, field, position);
}

static struct rec *
new_child(struct merging *m, const struct rec *owner, struct rec *item, int64_t position)
{
	struct rec *c = rec_new(m->cx->arena, item->resource);
	int64_t now = clock_now_ms();

	c->path = item->path;
	c->id = id_new();
	c->parent = owner->id;
	c->version = 1;
	c->created_at = c->updated_at = now;
	c->fate = CHILD_ADDED;
	validate_complete(m->cx, item, &m->e, false);
	merge_own(m, c, NULL, item);
	place(c, position);
	return c;
}

static void
patch_child(struct merging *m, struct rec *c, const struct rec *item, int64_t last)
{
	const struct rec *was = rec_copy(m->cx->arena, c);

	c->path = item->path;
	if (item->version_wanted && item->version_wanted != was->version)
		err_field(m->cx->arena, &m->e, rec_path(m->cx->arena, item, STR("version")),
			REASON_VERSION_MISMATCH, "is at version %" PRId64, was->version);
	if (item->remove) {
		c->fate = CHILD_REMOVED;
		return;
	}
	merge_own(m, c, was, item);
	place(c, last);
	if (!merge_changed(c, was))
		return;
	c->fate = CHILD_CHANGED;
	c->version++;
	c->updated_at = clock_now_ms();
}

static void
merge_item(struct merging *m, struct rec *now, int relation, struct rec *item)
{
	struct recs *children = &now->many[relation];
	struct rec *stored = find_stored(children, item);

	if (stored && stored->path.n) {
		err_field(m->cx->arena, &m->e, item->path, REASON_TWICE, "is the same %s as %.*s",
			item->resource->name, STRF(stored->path));
	} else if (stored) {
		patch_child(m, stored, item, (int64_t)children->n);
	} else if (item->id.n || item->remove) {
		err_field(m->cx->arena, &m->e, item->path, REASON_UNKNOWN, "this %s has no such %s",
			now->resource->name, item->resource->name);
	} else {
		children->r[children->n] = new_child(m, now, item, (int64_t)children->n);
		children->n++;
	}
}

static void
merge_children(struct merging *m, struct rec *now, int relation, const struct recs *items)
{
	const struct relation *rel = &now->resource->relations[relation];
	struct recs *children = &now->many[relation];
	struct rec **room = ARENA_ARRAY(m->cx->arena, children->n + items->n, struct rec *);

	for (size_t i = 0; i < children->n; i++)
		room[i] = children->r[i];
	children->r = room;
	children->given = true;
	for (size_t i = 0; i < items->n; i++)
		merge_item(m, now, relation, items->r[i]);
	now->counts[relation] = 0;
	for (size_t i = 0; i < children->n; i++)
		now->counts[relation] += children->r[i]->fate != CHILD_REMOVED;
	if (now->counts[relation] > rel->max)
		err_field(m->cx->arena, &m->e, str_of(rel->name), REASON_TOO_MANY,
			"must have at most %d items", rel->max);
}

struct err *
merge_rec(struct ctx *cx, struct rec *now, const struct rec *was, struct rec *input)
{
	struct merging m = { .cx = cx };

	merge_own(&m, now, was, input);
	for (size_t i = 0; i < now->resource->nrelations; i++) {
		if (input->many[i].given)
			merge_children(&m, now, (int)i, &input->many[i]);
	}
	return m.e;
}

static bool
children_changed(const struct rec *now)
{
	for (size_t i = 0; i < now->resource->nrelations; i++) {
		for (size_t k = 0; k < now->many[i].n; k++) {
			if (now->many[i].r[k]->fate != CHILD_KEPT)
				return true;
		}
	}
	return false;
}

bool
merge_changed(const struct rec *now, const struct rec *was)
{
	for (size_t i = 0; i < now->resource->nfields; i++) {
		if (rec_changed(now, was, (int)i))
			return true;
	}
	for (size_t i = 0; i < now->resource->nrelations; i++) {
		if (!strs_same(&now->link[i], &was->link[i]))
			return true;
	}
	return now->archived_at != was->archived_at || !str_eq(now->metadata, was->metadata) ||
		children_changed(now);
}

struct recs
merge_of_fate(struct arena *a, const struct rec *now, int relation, int fate)
{
	const struct recs *all = &now->many[relation];
	struct recs some = { ARENA_ARRAY(a, all->n, struct rec *), 0, true };

	for (size_t i = 0; i < all->n; i++) {
		if ((int)all->r[i]->fate == fate)
			some.r[some.n++] = all->r[i];
	}
	return some;
}

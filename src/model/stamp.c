#include "model/stamp.h"

#include "base/board.h"
#include "base/hash.h"

/* What of the children of a relation is computed and shown. */
static uint64_t
shown_inside(const struct ctx *cx, const struct resource *r, const struct view *v, size_t relation)
{
	if (!(v->includes >> relation & 1) || !r->plan->related[relation]->plan->computed)
		return 0;
	return view_inside(cx, r, v, relation).fields & r->plan->related[relation]->plan->computed;
}

enum stamped
stamp_shown(const struct ctx *cx, const struct resource *r, const struct view *v)
{
	uint64_t there = r->plan->computed, shown = there & v->fields;
	bool some = shown, lacks = shown != there;

	for (size_t i = 0; i < r->nrelations; i++) {
		if (r->relations[i].kind == REL_LINK)
			continue;
		there = r->plan->related[i]->plan->computed;
		shown = shown_inside(cx, r, v, i);
		some = some || shown;
		/* Of children kept apart no view shows all. */
		lacks = lacks || shown != there || (there && r->relations[i].kind == REL_APART);
	}
	if (!some)
		return STAMP_NONE;
	return lacks ? STAMP_PART : STAMP_WHOLE;
}

static uint64_t
add_fields(uint64_t h, const struct rec *r, uint64_t fields)
{
	h = hash_number(h, (uint64_t)r->id.n);
	for (size_t i = 0; i < r->resource->nfields; i++) {
		const struct value *value = &r->v[i];

		if (!(fields >> i & 1) || value->state == VALUE_UNSET)
			continue;
		h = hash_number(hash_number(h, value->state), (uint64_t)value->i);
		h = hash_str(hash_str(h, value->s), value->more);
	}
	return h;
}

/* What a write has just removed is not shown. */
uint64_t
stamp_of(const struct ctx *cx, const struct rec *r, const struct view *v)
{
	uint64_t h;

	if (stamp_shown(cx, r->resource, v) == STAMP_NONE)
		return 0;
	h = add_fields(0, r, v->fields & r->resource->plan->computed);
	for (size_t i = 0; i < r->resource->nrelations; i++) {
		uint64_t fields = shown_inside(cx, r->resource, v, i);

		for (size_t k = 0; fields && k < r->many[i].n; k++) {
			if (r->many[i].r[k]->fate != CHILD_REMOVED)
				h = add_fields(h, r->many[i].r[k], fields);
		}
	}
	return h >> 1 | 1;
}

bool
stamp_varies(const struct ctx *cx, const struct rec *r, const struct view *v)
{
	if (v->fields & r->resource->plan->computed)
		return true;
	for (size_t i = 0; i < r->resource->nrelations; i++) {
		if (r->many[i].n && shown_inside(cx, r->resource, v, i))
			return true;
	}
	return false;
}

uint64_t
stamp_key(struct id tenant, const struct resource *r, struct id id)
{
	uint64_t key = board_key(tenant, r->prefix, id);

	return board_key(tenant, "stamp", (struct id){ (int64_t)key });
}

void
stamp_touch(const struct ctx *cx, const struct resource *r, struct id id)
{
	board_touch(stamp_key(cx->tenant, r, id));
}

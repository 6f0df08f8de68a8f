/* What is kept as JSON text: maps, lists, and what changed. */
#include "model/map.h"
#include "model/type_int.h"

/* Maps and lists, kept as JSON text. */

void
map_parse_json(const struct fault *at, const struct resource *r, int field, const struct json *j,
	struct value *v)
{
	const struct field *f = &r->fields[field];
	struct map_limits limits = { f->max, MAP_KEY_POINTS, ITEM_POINTS, .scalars = true,
		.nulls = !at->create };
	struct str text = map_parse(at, j, &limits);

	if (text.p)
		value_set_str(v, text);
}

void
map_merge_value(struct ctx *cx, const struct value *was, struct value *now)
{
	now->s = map_merge(cx->arena, was->s, now->s);
	if (!now->s.p)
		now->state = VALUE_NULL;
}

/* What a list is filtered by it holds once. */
static bool
stands_before(const struct field *f, const struct json *list, size_t n)
{
	for (size_t i = 0; (f->flags & F_FILTER) && i < n; i++) {
		if (str_eq(json_string(json_at(list, i)), json_string(json_at(list, n))))
			return true;
	}
	return false;
}

/* Reports what is wrong with the nth item; true if nothing is. */
static bool
item_ok(const struct fault *at, const struct field *f, const struct json *list, size_t n)
{
	const struct json *item = json_at(list, n);
	struct str s = json_string(item);

	if (f->to && s.p && !id_is_of(f, s))
		id_fault(at, f, item);
	else if (!s.n || str_points(s) > ITEM_POINTS)
		fault_add(at, REASON_TYPE, "must be a string of 1 to %d characters, not %.*s",
			ITEM_POINTS, STRF(json_shown(at->cx->arena, item)));
	else if (stands_before(f, list, n))
		fault_add(at, REASON_TWICE, "is there twice");
	else
		return true;
	return false;
}

void
list_parse(const struct fault *at, const struct resource *r, int field, const struct json *j,
	struct value *v)
{
	const struct field *f = &r->fields[field];
	size_t n = json_length(j);
	bool ok = true;

	if (json_kind(j) != JSON_ARRAY) {
		fault_kind(at, "an array of strings", j);
		return;
	}
	if (n > (size_t)f->max || n < (size_t)f->min) {
		fault_add(at, REASON_COUNT, "must have %" PRId64 " to %" PRId64 " items, not %zu",
			f->min, f->max, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		struct fault here = *at;

		here.path = str_fmt(at->cx->arena, "%.*s[%zu]", STRF(at->path), i);
		ok &= item_ok(&here, f, j, i);
	}
	if (ok)
		value_set_str(v, json_text(at->cx->arena, j));
}

void
changes_parse(const struct fault *at, const struct resource *r, int field, const struct json *j,
	struct value *v)
{
	(void)r, (void)field;
	if (json_kind(j) == JSON_OBJECT)
		value_set_str(v, json_text(at->cx->arena, j));
	else
		fault_kind(at, "an object", j);
}

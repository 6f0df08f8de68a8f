/* Rendering: names were quoted when the descriptors were linked, values by their type's row. */
#include "model/render.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/json_out.h"
#include "base/locale.h"
#include "model/type.h"

static void
put_formatted(struct buf *b, struct ctx *cx, int64_t ms)
{
	struct str zone = ctx_zone(cx);
	char text[LOCALE_TEXT];
	size_t n = locale_time(cx->shown.locale, zone.n ? zone : STR("UTC"), ms, text);

	json_out_string(b, (struct str){ text, n });
}

void
render_time(struct buf *b, struct ctx *cx, struct str name, const int64_t *ms)
{
	char text[CLOCK_TEXT];

	if (ms) {
		buf_char(b, '"');
		buf_put(b, text, clock_render(*ms, text));
		buf_char(b, '"');
	} else {
		buf_z(b, "null");
	}
	if (!cx->shown.times)
		return;
	buf_z(b, ",\"");
	buf_str(b, name);
	buf_z(b, "_formatted\":");
	if (ms)
		put_formatted(b, cx, *ms);
	else
		buf_z(b, "null");
}

static void
put_head(struct buf *b, const struct rec *r)
{
	char id[ID_TEXT_MAX];

	buf_put(b, "{\"id\":\"", 7);
	buf_put(b, id, id_render(r->id, r->resource->prefix, id));
	buf_put(b, "\",\"object\":\"", 12);
	buf_str(b, r->resource->plan->name);
	buf_char(b, '"');
}

static void
put_fields(struct buf *b, struct ctx *cx, const struct rec *r, const struct view *v)
{
	const struct resource *resource = r->resource;

	for (size_t i = 0; i < resource->nfields; i++) {
		const struct type_row *type = &type_rows[resource->fields[i].type];
		const struct value *value = &r->v[i];

		if (!(v->fields & VIEW_BIT(i)) || value->state == VALUE_UNSET)
			continue;
		json_out_comma(b);
		buf_str(b, resource->plan->fields[i].json);
		if (type->show && type->show(b, cx, r, i))
			continue;
		if (value->state == VALUE_NULL)
			buf_put(b, "null", 4);
		else
			type->render(b, cx, &resource->fields[i], value);
	}
}

static void
put_links(struct buf *b, const struct rec *r, const struct view *v)
{
	for (size_t i = 0; i < r->resource->nrelations; i++) {
		const struct strs *l = &r->link[i];

		if (!(v->links >> i & 1))
			continue;
		json_out_name(b, r->resource->plan->relation_names[i]);
		buf_char(b, '[');
		for (size_t k = 0; k < l->n; k++) {
			json_out_comma(b);
			json_out_string(b, l->s[k]);
		}
		buf_char(b, ']');
	}
}

/* Children of children are not shown: a view goes one level down. */
static void
put_children(struct buf *b, struct ctx *cx, const struct rec *r, const struct view *v)
{
	for (size_t i = 0; i < r->resource->nrelations; i++) {
		struct view inside;

		if (!(v->includes >> i & 1))
			continue;
		inside = view_inside(cx, r->resource, v, i);
		json_out_name(b, r->resource->plan->relation_names[i]);
		render_recs(b, cx, &r->many[i], &inside);
	}
}

static void
put_tail(struct buf *b, struct ctx *cx, const struct rec *r, const struct view *v)
{
	if (v->fields & VIEW_BIT(VIEW_METADATA)) {
		JSON_OUT_NAME(b, "metadata");
		buf_str(b, r->metadata.n ? r->metadata : STR("{}"));
	}
	if (v->fields & VIEW_BIT(VIEW_CREATED_AT)) {
		struct str name =
			r->resource->log_time ? str_of(r->resource->log_time) : STR("created_at");

		json_out_name(b, name);
		render_time(b, cx, name, &r->created_at);
	}
	if (v->fields & VIEW_BIT(VIEW_UPDATED_AT)) {
		JSON_OUT_NAME(b, "updated_at");
		render_time(b, cx, STR("updated_at"), &r->updated_at);
	}
	if (r->archived_at && (v->fields & VIEW_BIT(VIEW_ARCHIVED_AT))) {
		JSON_OUT_NAME(b, "archived_at");
		render_time(b, cx, STR("archived_at"), &r->archived_at);
	}
	if (v->fields & VIEW_BIT(VIEW_VERSION)) {
		JSON_OUT_NAME(b, "version");
		buf_int(b, r->version);
	}
	buf_char(b, '}');
}

void
render_rec(struct buf *b, struct ctx *cx, const struct rec *r, const struct view *v)
{
	if (is_shape(r->resource)) {
		buf_char(b, '{');
		put_fields(b, cx, r, v);
		buf_char(b, '}');
		return;
	}
	put_head(b, r);
	put_fields(b, cx, r, v);
	put_links(b, r, v);
	if (v->includes)
		put_children(b, cx, r, v);
	put_tail(b, cx, r, v);
}

/* What a write has just removed is still in its list, for the audit. */
void
render_recs(struct buf *b, struct ctx *cx, const struct recs *recs, const struct view *v)
{
	buf_char(b, '[');
	for (size_t i = 0; i < recs->n; i++) {
		if (recs->r[i]->fate == CHILD_REMOVED)
			continue;
		json_out_comma(b);
		render_rec(b, cx, recs->r[i], v);
	}
	buf_char(b, ']');
}

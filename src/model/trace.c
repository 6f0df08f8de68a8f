/* Audit rows and events, rendered from the record before and after. */
#include "model/trace.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/json_out.h"
#include "model/map.h"
#include "model/plan.h"
#include "model/render.h"
#include "model/type.h"

#define TRACE_BYTES ((size_t)1 << 24)
#define EVENT_CHILDREN 100
#define HELD_BYTES ((size_t)1 << 20) /* of rows that are held back */

static void
value_json(struct ctx *cx, struct buf *b, const struct rec *r, int field)
{
	const struct field *f = r ? &r->resource->fields[field] : NULL;

	if (f && (f->flags & F_SECRET)) {
		buf_z(b, r->v[field].state == VALUE_SET ? "\"(sealed)\"" : "null");
		return;
	}
	if (f && type_rows[f->type].show && type_rows[f->type].show(b, cx, r, (size_t)field))
		return;
	if (f && r->v[field].state == VALUE_SET)
		type_rows[f->type].render(b, cx, f, &r->v[field]);
	else
		buf_z(b, "null");
}

static void
strs_json(struct buf *b, const struct strs *l)
{
	buf_char(b, '[');
	for (size_t i = 0; l && i < l->n; i++) {
		json_out_comma(b);
		json_out_string(b, l->s[i]);
	}
	buf_char(b, ']');
}

static void
open_change(struct buf *b, struct str prefix, struct str name)
{
	json_out_comma(b);
	buf_char(b, '"');
	buf_str(b, prefix);
	buf_str(b, name);
	buf_z(b, "\":{\"old\":");
}

static bool
is_traced(const struct field *f)
{
	return !(f->flags & (F_INTERNAL | F_NO_COLUMN));
}

/* True if the text changed in another language than the tenant's own. */
static bool
languages_differ(const struct rec *now, const struct rec *was, size_t i)
{
	return !str_eq(now->v[i].more, was ? was->v[i].more : (struct str){ 0 });
}

/* A text in all of its languages, as a map. */
static void
languages_json(struct ctx *cx, struct buf *b, const struct value *v)
{
	struct buf own;

	buf_init(&own, cx->arena, 256, TRACE_BYTES);
	buf_char(&own, '{');
	map_put(&own, cx->language, v->s);
	buf_char(&own, '}');
	buf_str(b, map_merge(cx->arena, buf_view(&own), v->more));
}

static void
field_changes(struct ctx *cx, struct buf *b, struct str prefix, const struct rec *now,
	const struct rec *was)
{
	const struct resource *r = now->resource;

	for (size_t i = 0; i < r->nfields; i++) {
		const struct rec *sides[] = { was, now };

		if (!is_traced(&r->fields[i]) || !rec_changed(now, was, (int)i))
			continue;
		open_change(b, prefix, r->plan->fields[i].name);
		for (size_t k = 0; k < COUNT(sides); k++) {
			if (k)
				buf_z(b, ",\"new\":");
			if (sides[k] && rec_has(sides[k], (int)i) && languages_differ(now, was, i))
				languages_json(cx, b, &sides[k]->v[i]);
			else
				value_json(cx, b, sides[k], (int)i);
		}
		buf_char(b, '}');
	}
}

static void
metadata_change(struct buf *b, struct str prefix, const struct rec *now, const struct rec *was)
{
	struct str old = was ? was->metadata : (struct str){ 0 };

	if (str_eq(old, now->metadata))
		return;
	open_change(b, prefix, STR("metadata"));
	buf_str(b, old.n ? old : STR("{}"));
	buf_z(b, ",\"new\":");
	buf_str(b, now->metadata.n ? now->metadata : STR("{}"));
	buf_char(b, '}');
}

static void
time_or_null(struct ctx *cx, struct buf *b, int64_t ms)
{
	if (ms)
		type_rows[T_TIME].render(
			b, cx, NULL, &(struct value){ .state = VALUE_SET, .i = ms });
	else
		buf_z(b, "null");
}

static void
archive_change(struct ctx *cx, struct buf *b, const struct rec *now, const struct rec *was)
{
	if (!was || now->archived_at == was->archived_at)
		return;
	open_change(b, (struct str){ 0 }, STR("archived_at"));
	time_or_null(cx, b, was->archived_at);
	buf_z(b, ",\"new\":");
	time_or_null(cx, b, now->archived_at);
	buf_char(b, '}');
}

/* A child that came or went, whole: {"old":null,"new":{…}}. */
static void
whole_child(struct ctx *cx, struct buf *b, struct str name, const struct rec *c, bool added)
{
	struct view v = view_full(cx, c->resource, false);

	open_change(b, name, rec_id_text(cx->arena, c));
	if (added)
		buf_z(b, "null,\"new\":");
	render_rec(b, cx, c, &v);
	buf_z(b, added ? "}" : ",\"new\":null}");
}

static void
child_changes(
	struct ctx *cx, struct buf *b, int relation, const struct rec *now, const struct rec *was)
{
	struct str name = str_fmt(cx->arena, "%s.", now->resource->relations[relation].name);
	const struct recs *children = &now->many[relation];

	for (size_t i = 0; i < children->n; i++) {
		const struct rec *c = children->r[i];

		if (c->fate == CHILD_ADDED || c->fate == CHILD_REMOVED) {
			whole_child(cx, b, name, c, c->fate == CHILD_ADDED);
		} else if (c->fate == CHILD_CHANGED) {
			const struct rec *old = rec_child(was, relation, c->id);
			struct str prefix = str_fmt(cx->arena, "%.*s%.*s.", STRF(name),
				STRF(rec_id_text(cx->arena, c)));

			field_changes(cx, b, prefix, c, old);
			metadata_change(b, prefix, c, old);
		}
	}
}

static void
link_change(struct buf *b, int relation, const struct rec *now, const struct rec *was)
{
	const struct strs none = { 0 };
	const struct strs *old = was ? &was->link[relation] : &none;

	if (strs_same(&now->link[relation], old))
		return;
	open_change(b, (struct str){ 0 }, now->resource->plan->relation_names[relation]);
	strs_json(b, old);
	buf_z(b, ",\"new\":");
	strs_json(b, &now->link[relation]);
	buf_char(b, '}');
}

struct str
trace_changes(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	struct ctx plain = *cx;
	struct buf b;

	plain.shown = (struct shown_as){ 0 };
	buf_init(&b, cx->arena, 512, TRACE_BYTES);
	buf_char(&b, '{');
	field_changes(&plain, &b, (struct str){ 0 }, now, was);
	for (size_t i = 0; i < now->resource->nrelations; i++) {
		if (now->resource->relations[i].kind == REL_LINK)
			link_change(&b, (int)i, now, was);
		else
			child_changes(&plain, &b, (int)i, now, was);
	}
	metadata_change(&b, (struct str){ 0 }, now, was);
	archive_change(&plain, &b, now, was);
	buf_char(&b, '}');
	must(!b.overflow);
	return buf_view(&b);
}

/* ---- rows */

static struct err *
insert_audits(struct ctx *cx, const struct db_value *v, size_t n)
{
	return db_insert_rows(cx,
		"INSERT INTO audit_logs (tenant_id, id, created_at, actor, action, resource, "
		"resource_id,"
		" request_id, ip_address, user_agent, changes, reason, times) VALUES",
		"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", v, n * AUDIT_COLUMNS);
}

static struct err *
insert_events(struct ctx *cx, const struct db_value *v, size_t n)
{
	return db_insert_rows(cx,
		"INSERT INTO events (tenant_id, id, created_at, type, object_type, object_id,"
		" object_version, request_id, silent, data) VALUES",
		"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", v, n * EVENT_COLUMNS);
}

struct err *
traces_write(struct ctx *cx, struct traces *held)
{
	struct err *e = insert_audits(cx, held->audits, held->naudits);

	e = e ? e : insert_events(cx, held->events, held->nevents);
	held->naudits = held->nevents = held->bytes = 0;
	return e;
}

/* Writes what is held back, if one more row of either kind with so much text would be too much. */
static struct err *
make_room(struct ctx *cx, size_t bytes)
{
	struct traces *held = cx->traces;
	struct err *e = NULL;

	if (held &&
		(held->naudits == TRACES_HELD || held->nevents == TRACES_HELD ||
			held->bytes + bytes > HELD_BYTES))
		e = traces_write(cx, held);
	if (held)
		held->bytes += bytes;
	return e;
}

struct err *
audit_write(struct ctx *cx, const struct audit_row *row)
{
	struct str agent = cx->user_agent;
	struct err *e;

	while (agent.n > 255 || !str_is_utf8(agent))
		agent.n = MIN(agent.n - 1, (size_t)255);
	const struct db_value v[AUDIT_COLUMNS] = { db_id(cx->tenant), db_id(id_new()),
		db_time(row->at_ms ? row->at_ms : clock_real_ms()), db_text(cx->actor),
		db_text(str_of(row->action)), db_text(row->resource), db_id(row->object),
		db_text(cx->request_id), db_text(cx->ip), db_text(agent), db_text(row->changes),
		db_text(row->reason), row->times ? db_int(row->times) : db_null() };

	e = make_room(cx, row->changes.n);
	if (e || !cx->traces)
		return e ? e : insert_audits(cx, v, 1);
	memcpy(cx->traces->audits + cx->traces->naudits++ * AUDIT_COLUMNS, v, sizeof(v));
	return NULL;
}

/* The record as an event shows it: without secrets, and with at most so many children. */
static struct rec *
event_rec(struct ctx *cx, const struct rec *r, unsigned *truncated)
{
	struct rec *shown = rec_copy(cx->arena, r);

	for (size_t i = 0; i < r->resource->nfields; i++) {
		if (!is_traced(&r->resource->fields[i]) ||
			(r->resource->fields[i].flags & F_SECRET))
			shown->v[i].state = VALUE_UNSET;
	}
	for (size_t i = 0; i < r->resource->nrelations; i++) {
		if (shown->many[i].n <= EVENT_CHILDREN)
			continue;
		shown->many[i].n = EVENT_CHILDREN;
		*truncated |= 1U << i;
	}
	return shown;
}

/* "variants_truncated": true, of each relation that is not shown whole. */
static void
put_truncated(struct buf *b, const struct resource *r, unsigned truncated)
{
	for (size_t i = 0; i < r->nrelations; i++) {
		if (!(truncated & 1U << i))
			continue;
		buf_z(b, ",\"");
		buf_str(b, r->plan->relation_names[i]);
		buf_z(b, "_truncated\":true");
	}
}

static void
previous(struct ctx *cx, struct buf *b, const struct rec *now, const struct rec *was)
{
	const struct resource *r = now->resource;

	buf_char(b, '{');
	for (size_t i = 0; was && i < r->nfields; i++) {
		if (!is_traced(&r->fields[i]) || (r->fields[i].flags & F_SECRET) ||
			r->fields[i].scope || !rec_changed(now, was, (int)i))
			continue;
		json_out_name(b, r->plan->fields[i].name);
		value_json(cx, b, was, (int)i);
	}
	for (size_t i = 0; was && i < r->nrelations; i++) {
		if (r->relations[i].kind != REL_LINK || strs_same(&now->link[i], &was->link[i]))
			continue;
		json_out_name(b, r->plan->relation_names[i]);
		strs_json(b, &was->link[i]);
	}
	buf_char(b, '}');
}

static struct err *
put_event(struct ctx *cx, const struct db_value v[EVENT_COLUMNS])
{
	struct err *e = make_room(cx, v[EVENT_COLUMNS - 1].s.n);

	if (e || !cx->traces)
		return e ? e : insert_events(cx, v, 1);
	memcpy(cx->traces->events + cx->traces->nevents++ * EVENT_COLUMNS, v,
		EVENT_COLUMNS * sizeof(*v));
	return NULL;
}

struct err *
event_write(struct ctx *cx, const char *type, const struct rec *now, const struct rec *was)
{
	struct ctx plain = *cx;
	unsigned truncated = 0;
	struct rec *shown = event_rec(cx, now, &truncated);
	struct view v;
	struct buf b;

	plain.scopes = (struct scopes){ 0 };
	plain.shown = (struct shown_as){ 0 };
	v = view_full(&plain, now->resource, true);
	buf_init(&b, cx->arena, 2048, TRACE_BYTES);
	buf_z(&b, "{\"object\":");
	render_rec(&b, &plain, shown, &v);
	buf_fmt(&b, ",\"object_version\":%" PRId64 ",\"previous_attributes\":", now->version);
	previous(&plain, &b, now, was);
	put_truncated(&b, now->resource, truncated);
	buf_char(&b, '}');
	must(!b.overflow);
	return put_event(cx,
		(const struct db_value[EVENT_COLUMNS]){ db_id(cx->tenant), db_id(id_new()),
			db_time(clock_real_ms()), db_text(str_of(type)),
			db_text(now->resource->plan->name), db_id(now->id), db_int(now->version),
			db_text(cx->request_id), db_int(cx->silent), db_text(buf_view(&b)) });
}

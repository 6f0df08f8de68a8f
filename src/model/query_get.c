/* One object as SQL: found by its id, or by the text of a field that is a key. */
#include "model/query.h"

#include "base/id.h"
#include "model/store.h"

#define KEY_BYTES_MAX 255

static const struct field *
key_field(const struct resource *r)
{
	for (size_t i = 0; i < r->nfields; i++) {
		if (r->fields[i].flags & F_KEY)
			return &r->fields[i];
	}
	return NULL;
}

/* The condition that finds the one row; false if the key cannot be one. */
static bool
put_key(struct ctx *cx, const struct resource *r, struct str key, struct sql *s)
{
	const struct field *f = key_field(r);
	struct id id;

	if (id_parse(key, r->prefix, &id)) {
		buf_fmt(&s->text, "t.id = ?%s",
			r->log_time || r->verbs & V_READABLE_ARCHIVED
				? ""
				: " AND t.archived_at IS NULL");
		sql_bind(s, db_id(id));
		return true;
	}
	if (!f || !key.n || key.n > KEY_BYTES_MAX || !str_is_utf8(key))
		return false;
	if (r->key_sql) {
		buf_fmt(&s->text, "t.id = (%s)", r->key_sql);
		sql_bind(s, db_id(cx->tenant));
	} else {
		buf_fmt(&s->text, "t.%s = ?", f->name);
	}
	sql_bind(s, db_text(key));
	buf_z(&s->text, " AND t.archived_at IS NULL");
	return true;
}

/* For those who see only what is published. */
static void
put_published(const struct resource *r, struct sql *s)
{
	const struct field *f = &r->fields[r->published->field];

	buf_fmt(&s->text, "t.%s = ? AND ", f->name);
	sql_bind(s, db_text(str_of(f->choices[r->published->choice].name)));
}

bool
query_get_sql(struct ctx *cx, const struct sought *o, struct sql *out)
{
	const struct resource *r = o->resource;

	sql_init(out, cx);
	buf_z(&out->text, "SELECT ");
	store_columns(&out->text, r, o->view, "t");
	buf_fmt(&out->text, " FROM %s t WHERE t.tenant_id = ? AND ", r->table);
	sql_bind(out, db_id(cx->tenant));
	if (r->parent) {
		buf_fmt(&out->text, "t.%s = ? AND ", r->parent_column);
		sql_bind(out, db_id(o->parent));
	}
	if (cx->published_only && r->published)
		put_published(r, out);
	return put_key(cx, r, o->key, out);
}

/* Examples, made of the examples of fields; /openapi.json refers to them wherever such an object stands. */
#include "model/type.h"
#include "web/openapi_int.h"

#define EXAMPLE_TIME "2026-01-15T10:30:00Z"

static void put_fields(struct buf *b, const struct resource *r, bool sent);

static void
put_object(struct buf *b, const struct field *f, bool sent)
{
	json_out_comma(b);
	buf_z(b, f->type == T_OBJECTS ? "[{" : "{");
	put_fields(b, f->object, sent);
	buf_z(b, f->type == T_OBJECTS ? "}]" : "}");
}

bool
openapi_example(struct buf *b, const struct field *f, bool sent)
{
	if (!f->example && !f->object)
		return false;
	if (!f->example) {
		put_object(b, f, sent);
		return true;
	}
	json_out_comma(b);
	if (strcmp(type_rows[f->type].schema_type, "string") == 0)
		json_out_z(b, f->example);
	else
		buf_z(b, f->example);
	return true;
}

static void
put_fields(struct buf *b, const struct resource *r, bool sent)
{
	for (size_t i = 0; i < r->nfields; i++) {
		const struct field *f = &r->fields[i];

		if ((!f->example && !f->object) || (f->flags & F_INTERNAL) ||
			(sent ? !openapi_settable(f) : (f->flags & F_UNSEEN) != 0))
			continue;
		json_out_name(b, str_of(f->name));
		(void)openapi_example(b, f, sent);
	}
}

void
openapi_shape_example(struct buf *b, const struct resource *shape, bool sent)
{
	openapi_open(b, "example", '{');
	put_fields(b, shape, sent);
	buf_char(b, '}');
}

static void
put_links(struct buf *b, const struct resource *r)
{
	for (size_t i = 0; i < r->nrelations; i++) {
		const struct relation *rel = &r->relations[i];
		const struct field *by;

		if (rel->kind != REL_LINK)
			continue;
		by = &r->plan->related[i]->fields[r->plan->related_by[i]];
		openapi_open(b, rel->name, '[');
		(void)openapi_example(b, by, false);
		buf_char(b, ']');
	}
}

static void
put_shown(struct buf *b, const struct resource *r, bool whole)
{
	openapi_open(b, NULL, '{');
	openapi_fmt(b, "id", "%s_123", r->prefix);
	openapi_text(b, "object", r->name);
	put_fields(b, r, false);
	put_links(b, r);
	for (size_t i = 0; whole && i < r->nrelations; i++) {
		if (r->relations[i].kind != REL_MANY || !(r->relations[i].flags & R_INLINE))
			continue;
		openapi_open(b, r->relations[i].name, '[');
		put_shown(b, r->plan->related[i], false);
		buf_char(b, ']');
	}
	if (r->log_time)
		openapi_text(b, r->log_time, EXAMPLE_TIME);
	else
		LITERAL(b,
			"'metadata':{'origin':'import'},'created_at':'" EXAMPLE_TIME
			"','updated_at':'" EXAMPLE_TIME "','version':1");
	buf_char(b, '}');
}

static void
put_created(struct buf *b, const struct resource *r, bool whole)
{
	openapi_open(b, NULL, '{');
	put_fields(b, r, true);
	put_links(b, r);
	for (size_t i = 0; whole && i < r->nrelations; i++) {
		if (r->relations[i].kind != REL_MANY)
			continue;
		openapi_open(b, r->relations[i].name, '[');
		put_created(b, r->plan->related[i], false);
		buf_char(b, ']');
	}
	buf_char(b, '}');
}

/* A change is short: it names one field. */
static void
put_changed(struct buf *b, const struct resource *r)
{
	for (size_t i = 0; i < r->nfields; i++) {
		const struct field *f = &r->fields[i];

		if (!f->example || !openapi_settable(f) || (f->flags & (F_CREATE_ONLY | F_UNIQUE)))
			continue;
		openapi_open(b, NULL, '{');
		json_out_name(b, str_of(f->name));
		(void)openapi_example(b, f, true);
		buf_char(b, '}');
		return;
	}
	LITERAL(b, "{'metadata':{'origin':'import'}}");
}

static void
put_list(struct buf *b, const struct resource *r)
{
	openapi_open(b, NULL, '{');
	openapi_open(b, r->list_name ? r->list_name : "data", '[');
	put_shown(b, r, false);
	LITERAL(b,
		"],'pagination':{'page':1,'limit':50,'total_pages':1,'total_items':1,"
		"'has_next':false,'has_previous':false}}");
}

static void
open_example(struct arena *a, struct buf *b, const struct resource *r, const char *suffix)
{
	openapi_open(b, openapi_name(a, r->name, suffix).p, '{');
	json_out_name(b, STR("value"));
}

void
openapi_examples(struct arena *a, struct buf *b)
{
	for (const struct resource *const *all = model_all(); *all; all++) {
		const struct resource *r = *all;

		if (!openapi_is_asked(r))
			continue;
		open_example(a, b, r, "");
		put_shown(b, r, true);
		buf_char(b, '}');
		if ((r->verbs & V_LIST) || r->nlistings) {
			open_example(a, b, r, "List");
			put_list(b, r);
			buf_char(b, '}');
		}
		if (r->verbs & V_CREATE) {
			open_example(a, b, r, "Create");
			put_created(b, r, true);
			buf_char(b, '}');
		}
		if (r->verbs & V_UPDATE) {
			open_example(a, b, r, "Update");
			put_changed(b, r);
			buf_char(b, '}');
		}
	}
}

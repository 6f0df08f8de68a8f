/* References: ids of other objects. */
#include "base/id.h"
#include "model/plan.h"
#include "model/type_int.h"

static const char *
prefix_of(const struct field *f)
{
	const struct resource *to = model_find(str_of(f->to));

	must(to);
	return to->prefix;
}

/* An id of any kind says by its prefix of which, whose name is kept beside the number. */
static bool
read_id(const struct field *f, struct str text, struct value *v)
{
	const struct resource *kind = f->of ? model_of_id(text) : model_find(str_of(f->to));
	struct id id;

	if (!kind || !id_parse(text, kind->prefix, &id))
		return false;
	value_set_int(v, id.n);
	if (f->of)
		v->s = kind->plan->name;
	return true;
}

static struct str
id_words(struct arena *a, const struct field *f)
{
	return f->of ? STR("an id such as prod_123")
		     : str_fmt(a, "an id that begins with %s_", prefix_of(f));
}

bool
id_is_of(const struct field *f, struct str text)
{
	struct value v = { 0 };

	return read_id(f, text, &v);
}

void
id_fault(const struct fault *at, const struct field *f, const struct json *j)
{
	fault_add(at, REASON_NOT_AN_ID, "must be %.*s, not %.*s", STRF(id_words(at->cx->arena, f)),
		STRF(json_shown(at->cx->arena, j)));
}

void
id_parse_json(const struct fault *at, const struct resource *r, int field, const struct json *j,
	struct value *v)
{
	const struct field *f = &r->fields[field];

	if (json_kind(j) != JSON_STRING)
		fault_kind(at, "a string", j);
	else if (!read_id(f, json_string(j), v))
		id_fault(at, f, j);
}

bool
id_parse_text(struct ctx *cx, const struct field *f, struct str text, struct value *v,
	const char **expected)
{
	*expected = str_z(cx->arena, id_words(cx->arena, f));
	return read_id(f, text, v);
}

static void
put_id(struct buf *b, const char *prefix, int64_t n)
{
	char text[ID_TEXT_MAX];

	buf_char(b, '"');
	buf_put(b, text, id_render((struct id){ n }, prefix, text));
	buf_char(b, '"');
}

void
id_put(struct buf *b, struct ctx *cx, const struct field *f, const struct value *v)
{
	(void)cx;
	put_id(b, prefix_of(f), v->i);
}

/* What it refers to says another field; null, if there are none such any more. */
bool
id_show(struct buf *b, struct ctx *cx, const struct rec *r, size_t field)
{
	const struct resource *kind;

	(void)cx;
	if (!r->resource->fields[field].of || r->v[field].state != VALUE_SET)
		return false;
	kind = model_find(r->v[r->resource->plan->fields[field].of].s);
	if (kind)
		put_id(b, kind->prefix, r->v[field].i);
	else
		buf_z(b, "null");
	return true;
}

/*
 * Bodies: a line with the name of a resource or a shape, then JSON against its descriptor. What is taken is shown as JSON, and what
 * was shown can be sent back and changes nothing; what is stored of an object reads back to the same.
 */
#include "fuzz.h"

#include "base/json.h"
#include "model/merge.h"
#include "model/render.h"
#include "model/type.h"
#include "model/write.h"

static struct str
shown(struct fuzz *f, const struct rec *rec)
{
	const struct view view = view_full(&f->cx, rec->resource, true);
	struct buf b;

	buf_init(&b, f->arena, 4096, REPLY_BODY_MAX);
	render_rec(&b, &f->cx, rec, &view);
	must(!b.overflow);
	fuzz_is_json(buf_view(&b));
	return buf_view(&b);
}

/* What is read back of a child knows nothing of the body that made it. */
static void
settle(struct rec *rec)
{
	for (size_t i = 0; i < rec->resource->nrelations; i++) {
		for (size_t k = 0; k < rec->many[i].n; k++) {
			rec->many[i].r[k]->fate = CHILD_KEPT;
			rec->many[i].r[k]->path = (struct str){ 0 };
		}
	}
}

/* As the write does it, up to the tables. */
static struct err *
make(struct fuzz *f, const struct resource *r, struct rec *input, struct rec **out)
{
	struct rec *now = rec_new(f->arena, r);
	struct err *e;

	now->id.n = 33;
	now->version = 1;
	e = merge_rec(&f->cx, now, NULL, input);
	if (!e && r->derive)
		e = r->derive(&f->cx, now, NULL);
	if (!e && r->check)
		e = r->check(&f->cx, now, NULL);
	settle(now);
	*out = now;
	return e;
}

static void
send_back(struct fuzz *f, const struct rec *was)
{
	struct rec *now = rec_copy(f->arena, was), *input;
	struct json *body;

	must(!json_parse(f->arena, shown(f, was), &body));
	must(!validate(&f->cx, was->resource, body, false, &input));
	must(!merge_rec(&f->cx, now, was, input));
	must(!merge_changed(now, was));
}

/* A patch of something that has nothing. */
static void
patch(struct fuzz *f, const struct resource *r, const struct json *body)
{
	struct rec *was = rec_new(f->arena, r), *now = rec_copy(f->arena, was), *input;
	struct err *e = validate(&f->cx, r, body, false, &input);

	if (!e)
		e = merge_rec(&f->cx, now, was, input);
	if (e)
		fuzz_told(f, e);
}

/* The shape that the first line names; NULL, with the line left, if it names none. */
static const struct resource *
shape_named(struct fuzz *f)
{
	struct str name = str_cut(f->in, 0, str_find(f->in, '\n'));
	const struct resource *const *r = model_shapes();

	while (*r && !str_eq_z(name, (*r)->name))
		r++;
	if (*r)
		(void)fuzz_line(f);
	return *r;
}

static void
object(struct fuzz *f, const struct resource *shape, const struct json *body)
{
	const struct field holder = { .type = T_OBJECT, .object = shape };
	struct value v = { .state = VALUE_SET };
	struct json *again;
	struct rec *input;
	struct err *e = validate(&f->cx, shape, body, true, &input);

	if (e) {
		fuzz_told(f, e);
		return;
	}
	v.s = object_stored(&f->cx, input);
	must(str_eq(object_stored(&f->cx, object_read(&f->cx, &holder, &v)), v.s));
	must(!json_parse(f->arena, shown(f, input), &again));
	must(!validate(&f->cx, shape, again, true, &input));
	must(str_eq(object_stored(&f->cx, input), v.s));
}

void
fuzz_body(struct fuzz *f)
{
	const struct resource *shape = shape_named(f);
	const struct resource *r = shape ? shape : fuzz_resource(f);
	struct json *body = NULL;
	struct rec *input, *made;
	struct err *e;

	if (!shape && !(r->verbs & V_CREATE))
		return; /* nobody writes it */
	e = json_parse(f->arena, f->in, &body);
	if (e) {
		fuzz_told(f, e);
		return;
	}
	if (shape) {
		object(f, shape, body);
		return;
	}
	patch(f, r, body);
	e = validate(&f->cx, r, body, true, &input);
	if (!e)
		e = make(f, r, input, &made);
	if (e)
		fuzz_told(f, e);
	else
		send_back(f, made);
}

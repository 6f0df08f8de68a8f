#include "shop/sample.h"

#include "base/id.h"
#include "base/json.h"
#include "model/query.h"
#include "model/store.h"
#include "model/write.h"

static struct id
preset(const struct sample *s, const struct resource *r)
{
	struct id id = ID_NONE;

	must(!s->id || id_parse(str_of(s->id), r->prefix, &id));
	return id;
}

/* What was looked for is there unless that is the error. */
static struct err *
settle(struct err *e, bool *there)
{
	*there = !e;
	return e && e->code == ERR_NOT_FOUND ? NULL : e;
}

/* Archived ones have their ids too. */
static struct err *
has_id(struct ctx *cx, const struct resource *r, const struct sample *s, bool *there)
{
	struct rec *rec;

	return settle(store_load(cx, r, ID_NONE, preset(s, r), &rec), there);
}

static struct err *
has_key(struct ctx *cx, const struct resource *r, const struct sample *s, bool *there)
{
	const struct view bare = { .fields = VIEW_BIT(VIEW_ID) };
	struct rec *rec;

	return settle(model_get(cx, r, ID_NONE, str_of(s->key), &bare, &rec), there);
}

static struct err *
is_listed(struct ctx *cx, const struct resource *r, const struct sample *s, bool *there)
{
	struct page page = { .total = 0 };
	struct query q;
	struct err *e;

	query_init(&q, r);
	q.view.fields = VIEW_BIT(VIEW_ID);
	q.limit = 1;
	e = query_filter(cx, &q, str_of(s->field), STR("eq"), str_of(s->key));
	e = e ? e : model_list(cx, &q, &page);
	*there = !e && page.recs.n > 0;
	return e;
}

static struct err *
is_there(struct ctx *cx, const struct resource *r, const struct sample *s, bool *there)
{
	struct err *e = NULL;

	*there = false;
	if (s->id)
		e = has_id(cx, r, s, there);
	if (e || *there)
		return e;
	return s->field ? is_listed(cx, r, s, there) : has_key(cx, r, s, there);
}

struct err *
sample_load(struct ctx *cx, const struct resource *r, const struct sample *s, struct rec **made)
{
	struct write w = { .verb = WRITE_CREATE, .resource = r, .preset = preset(s, r) };
	struct written out;
	struct json *body;
	bool there;
	struct err *e = is_there(cx, r, s, &there);

	*made = NULL;
	if (e || there)
		return e;
	e = json_parse(cx->arena, str_of(s->body), &body);
	w.body = body;
	e = e ? e : model_write_inside(cx, &w, &out);
	*made = e ? NULL : out.rec;
	return e;
}

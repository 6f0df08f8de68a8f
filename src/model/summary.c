#include "model/summary.h"

#include "base/decimal.h"
#include "model/plan.h"
#include "model/render.h"
#include "model/store.h"

#define SUMMARY_BYTES 4096

static const struct field summary_fields[SUMMARY__MAX] = {
	[SUMMARY_COUNT] = INTEGER("count", DOC("How many there are."), .example = "3"),
	[SUMMARY_TOTAL] =
		PRICE("total", DOC("Their sum, in the shop's currency."), .example = "599.97"),
	[SUMMARY_AVERAGE] = PRICE("average",
		DOC("The total by the count, a half to the even neighbour; null: there are none."),
		.example = "199.99"),
	[SUMMARY_FIRST_AT] = TIME(
		"first_at", DOC("When the first was made."), .example = "2026-01-15T10:30:00Z"),
	[SUMMARY_LAST_AT] =
		TIME("last_at", DOC("When the last was made."), .example = "2026-03-01T08:00:00Z"),
};

const struct resource summary_shape =
	SHAPE("summary", summary_fields, DOC("What there is of others that belong to an object."));

static bool
is_shown(const struct resource *r, const struct view *v, size_t field)
{
	return r->fields[field].summary && (v->fields & VIEW_BIT(field));
}

bool
model_presents(const struct resource *r, const struct view *v)
{
	for (size_t i = 0; i < r->nfields; i++) {
		if (is_shown(r, v, i))
			return true;
	}
	return r->present != NULL;
}

/* What the statement found, as the object that is shown. */
static struct err *
fill(struct ctx *cx, struct rec *s, const struct totals *t)
{
	int64_t average = 0;

	rec_set_int(s, SUMMARY_COUNT, t->count);
	rec_set_money(s, SUMMARY_TOTAL, t->sum);
	for (int i = SUMMARY_AVERAGE; i < SUMMARY__MAX; i++)
		rec_set_null(s, i);
	if (!t->count)
		return NULL;
	if (!decimal_scale(t->sum, 1, t->count, ROUND_HALF_EVEN, &average))
		return err_log(cx->arena, ERR_INTERNAL, "a sum without an average");
	rec_set_money(s, SUMMARY_AVERAGE, average);
	rec_set_time(s, SUMMARY_FIRST_AT, t->first);
	rec_set_time(s, SUMMARY_LAST_AT, t->last);
	return NULL;
}

static struct err *
summarize(struct ctx *cx, struct rec *rec, size_t field)
{
	struct rec *s = rec_new(cx->arena, &summary_shape);
	const struct view all = { .fields = UINT64_MAX };
	struct totals totals;
	struct buf b;
	struct err *e = store_sum(cx, rec, (int)field, &totals);

	e = e ? e : fill(cx, s, &totals);
	if (e)
		return e;
	buf_init(&b, cx->arena, 256, SUMMARY_BYTES);
	render_rec(&b, cx, s, &all);
	rec_set_shown(rec, (int)field, buf_view(&b));
	return NULL;
}

struct err *
model_present(struct ctx *cx, struct rec *rec, const struct view *v)
{
	const struct resource *r = rec->resource;
	struct err *e = NULL;

	for (size_t i = 0; !e && i < r->nfields; i++) {
		if (is_shown(r, v, i))
			e = summarize(cx, rec, i);
	}
	return e || !r->present ? e : r->present(cx, rec, NULL);
}

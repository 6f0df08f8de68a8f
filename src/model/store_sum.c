/* Sums over the rows that refer to an object, in one statement along the key of the reference. */
#include "model/plan.h"
#include "model/query.h"
#include "model/store.h"

/* SUM is a DECIMAL: whatever does not fit in 64 bits stays at the end of them. */
static void
put_sum(struct sql *s, struct ctx *cx, const struct rec *r, const struct summary *of)
{
	const struct resource *to = model_find(str_of(of->of));
	int by = to ? resource_field(to, str_of(of->by)) : -1;

	must(by >= 0);
	buf_fmt(&s->text,
		"SELECT COUNT(*), CAST(COALESCE(SUM(t.%s), 0) AS SIGNED), MIN(t.created_at), "
		"MAX(t.created_at) FROM %s t FORCE INDEX (%s) WHERE t.tenant_id = ? AND t.%s = ?",
		of->sum, to->table, to->fields[by].index, of->by);
	sql_bind(s, db_id(cx->tenant));
	sql_bind(s, db_id(r->id));
	if (!of->unless)
		return;
	buf_fmt(&s->text, " AND t.%s <> ?", of->unless);
	sql_bind(s, db_text(str_of(of->unless_is)));
}

struct err *
store_sum(struct ctx *cx, const struct rec *r, int field, struct totals *out)
{
	struct db_rows rows = { 0 };
	const struct db_value *row;
	struct sql s;
	struct err *e;

	sql_init(&s, cx);
	put_sum(&s, cx, r, r->resource->fields[field].summary);
	e = db_run(cx, buf_view(&s.text), s.values, s.nvalues, &rows);
	if (e)
		return e;
	row = db_row(&rows, 0);
	*out = (struct totals){ row[0].i, row[1].i, row[2].i, row[3].i };
	return NULL;
}

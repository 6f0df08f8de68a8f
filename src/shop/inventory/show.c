/* GET /inventory/{product_id}: what there is of a product, by warehouse and by variant. */
#include "db/db.h"
#include "model/rec.h"
#include "model/write.h"
#include "shop/inventory/inventory.h"
#include "shop/inventory/operations.h"
#include "shop/inventory/thing.h"

struct sums {
	struct recs recs;
	size_t room;
};

enum { ROW_WAREHOUSE, ROW_VARIANT, ROW_SKU, ROW_AVAILABLE, ROW_RESERVED, ROW_ON_HAND, ROW_SAFETY };

static struct err *
read_stocks(struct ctx *cx, const struct thing *thing, struct db_rows *rows)
{
	return db_query(cx, rows,
		"SELECT s.warehouse_id, s.variant_id, s.sku,"
		" IF(w.active = 1 AND w.archived_at IS NULL, s.available, 0), s.reserved, "
		"s.on_hand,"
		" s.safety FROM stocks s FORCE INDEX (place)"
		" JOIN warehouses w ON w.tenant_id = s.tenant_id AND w.id = s.warehouse_id"
		" WHERE s.tenant_id = ? AND s.product_id = ? AND (? = 0 OR s.sold_as = ?)"
		" AND (w.archived_at IS NULL OR s.on_hand > 0)"
		" ORDER BY w.priority, w.id, s.sold_as",
		db_id(cx->tenant), db_id(thing->product), db_int(thing->variant.n),
		db_int(thing->variant.n));
}

static void
add(struct rec *r, int field, int64_t n)
{
	rec_set_int(r, field, (rec_has(r, field) ? rec_int(r, field) : 0) + n);
}

/* That of the list whose reference is this one; made if it is not there. */
static struct rec *
one_of(struct ctx *cx, struct recs *list, const struct resource *shape, int field, struct id id)
{
	struct rec *r;

	for (size_t i = 0; i < list->n; i++)
		if (rec_ref(list->r[i], field).n == id.n)
			return list->r[i];
	r = rec_new(cx->arena, shape);
	if (id.n)
		rec_set_ref(r, field, id);
	else
		rec_set_null(r, field);
	list->r[list->n++] = r;
	return r;
}

struct err *
inventory_show(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	struct recs locations = { 0 }, kinds = { 0 };
	struct rec *all = rec_new(cx->arena, &overview_shape);
	struct thing thing;
	struct db_rows rows;
	struct err *e = thing_find(cx, call->keys[0], &thing);

	e = e ? e : read_stocks(cx, &thing, &rows);
	if (e)
		return e;
	locations.r = ARENA_ARRAY(cx->arena, rows.n, struct rec *);
	kinds.r = ARENA_ARRAY(cx->arena, rows.n, struct rec *);
	rec_set_ref(all, OVERVIEW_PRODUCT, thing.product);
	if (thing.variant.n)
		rec_set_ref(all, OVERVIEW_VARIANT, thing.variant);
	add(all, OVERVIEW_AVAILABLE, 0);
	add(all, OVERVIEW_RESERVED, 0);
	add(all, OVERVIEW_ON_HAND, 0);
	for (size_t i = 0; i < rows.n; i++) {
		const struct db_value *row = db_row(&rows, i);
		struct rec *location = one_of(cx, &locations, &location_shape, LOCATION_WAREHOUSE,
			(struct id){ row[ROW_WAREHOUSE].i });
		struct rec *kind = one_of(
			cx, &kinds, &kind_shape, KIND_VARIANT, (struct id){ row[ROW_VARIANT].i });

		add(all, OVERVIEW_AVAILABLE, row[ROW_AVAILABLE].i);
		add(all, OVERVIEW_RESERVED, row[ROW_RESERVED].i);
		add(all, OVERVIEW_ON_HAND, row[ROW_ON_HAND].i);
		add(location, LOCATION_AVAILABLE, row[ROW_AVAILABLE].i);
		add(location, LOCATION_RESERVED, row[ROW_RESERVED].i);
		add(location, LOCATION_ON_HAND, row[ROW_ON_HAND].i);
		add(location, LOCATION_SAFETY, row[ROW_SAFETY].i);
		rec_set_str(kind, KIND_SKU, row[ROW_SKU].s);
		add(kind, KIND_AVAILABLE, row[ROW_AVAILABLE].i);
		add(kind, KIND_RESERVED, row[ROW_RESERVED].i);
		add(kind, KIND_ON_HAND, row[ROW_ON_HAND].i);
	}
	rec_set_objects(cx, all, OVERVIEW_LOCATIONS, &locations);
	rec_set_objects(cx, all, OVERVIEW_VARIANTS, &kinds);
	*out = all;
	return NULL;
}

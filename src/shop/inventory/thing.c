#include "shop/inventory/thing.h"

#include "base/id.h"
#include "db/db.h"
#include "model/rec.h"
#include "shop/inventory/place.h"

static struct err *
find_product(struct ctx *cx, struct id id, struct db_rows *rows)
{
	return db_query(cx, rows,
		"SELECT p.id, NULL, p.variants_count, (SELECT MIN(c.id) FROM variants c"
		" WHERE c.tenant_id = p.tenant_id AND c.product_id = p.id AND p.variants_count = 1)"
		" FROM products p WHERE p.tenant_id = ? AND p.id = ?",
		db_id(cx->tenant), db_id(id));
}

static struct err *
find_variant(struct ctx *cx, struct id id, struct db_rows *rows)
{
	return db_query(cx, rows,
		"SELECT v.product_id, v.id, 1, NULL FROM variants v WHERE v.tenant_id = ?"
		" AND v.id = ?",
		db_id(cx->tenant), db_id(id));
}

static struct err *
find_sku(struct ctx *cx, struct str sku, struct db_rows *rows)
{
	return db_query(cx, rows,
		"SELECT p.id, k.variant_id, p.variants_count, (SELECT MIN(c.id) FROM variants c"
		" WHERE c.tenant_id = p.tenant_id AND c.product_id = p.id AND p.variants_count = 1)"
		" FROM skus k JOIN products p ON p.tenant_id = k.tenant_id AND p.id = k.product_id"
		" WHERE k.tenant_id = ? AND k.sku = ?",
		db_id(cx->tenant), db_text(sku));
}

struct err *
thing_find(struct ctx *cx, struct str key, struct thing *out)
{
	struct db_rows rows = { 0 };
	const struct db_value *row;
	struct err *e;
	struct id id;

	if (id_parse(key, "prod", &id))
		e = find_product(cx, id, &rows);
	else if (id_parse(key, "var", &id))
		e = find_variant(cx, id, &rows);
	else
		e = str_is_utf8(key) && key.n <= 255 ? find_sku(cx, key, &rows) : NULL;
	if (e)
		return e;
	if (!rows.n)
		return err_new(cx->arena, ERR_NOT_FOUND, "there is no such product or variant");
	row = db_row(&rows, 0);
	*out = (struct thing){ { row[0].i }, { row[1].i }, { row[3].i }, row[2].i };
	return NULL;
}

static struct err *
check_variant(struct ctx *cx, const struct thing *thing, const struct rec *input, int field)
{
	struct id named = rec_ref(input, field);
	struct db_rows rows;
	struct err *e;

	if (thing->variant.n && thing->variant.n != named.n)
		return rec_refuse(cx, input, field, REASON_UNKNOWN,
			"is another variant than the one that the path names");
	e = db_query(cx, &rows,
		"SELECT 1 FROM variants WHERE tenant_id = ? AND product_id = ? AND id = ?",
		db_id(cx->tenant), db_id(thing->product), db_id(named));
	if (e || rows.n)
		return e;
	return rec_refuse(cx, input, field, REASON_UNKNOWN, "the product has no such variant");
}

struct err *
thing_variant(struct ctx *cx, const struct thing *thing, const struct rec *input, int field,
	struct id *variant)
{
	*variant = thing->variant.n ? thing->variant : thing->only;
	if (rec_has(input, field)) {
		*variant = rec_ref(input, field);
		return check_variant(cx, thing, input, field);
	}
	if (variant->n || !thing->variants)
		return NULL;
	return rec_refuse(cx, input, field, REASON_REQUIRED,
		"must name the variant: the product has %" PRId64, thing->variants);
}

struct err *
thing_warehouse(struct ctx *cx, const struct rec *input, int field, struct id *warehouse)
{
	bool open;
	struct err *e;

	if (!rec_has(input, field))
		return place_default(cx, warehouse);
	*warehouse = rec_ref(input, field);
	e = place_is_open(cx, *warehouse, &open);
	if (e || open)
		return e;
	return rec_refuse(cx, input, field, REASON_UNKNOWN, "there is no such warehouse");
}

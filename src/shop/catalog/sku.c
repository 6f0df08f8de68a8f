/*
 * Registering SKUs. Rows that go are deleted before rows that come, so that a SKU may move from one
 * variant to another in one write; the table's primary key refuses the rest.
 */
#include "shop/catalog/sku.h"

#include "base/id.h"
#include "db/db.h"
#include "model/rec.h"
#include "shop/catalog/catalog.h"

/* Rows to insert: tenant, sku, product, variant. */
struct rows {
	struct db_value *v;
	size_t n;
};

static void
add(struct ctx *cx, struct rows *rows, struct str sku, struct id product, struct id variant)
{
	rows->v[rows->n++] = db_id(cx->tenant);
	rows->v[rows->n++] = db_text(sku);
	rows->v[rows->n++] = db_id(product);
	rows->v[rows->n++] = db_id(variant);
}

static bool
is_alive(const struct rec *product)
{
	return product && !product->archived_at;
}

/* True if the variant's SKU is not registered yet; those that the write left alone are not looked up. */
static bool
is_fresh(const struct rec *was, const struct rec *child)
{
	if (!is_alive(was))
		return true;
	if (child->fate == CHILD_KEPT)
		return false;
	return rec_changed(child, rec_child(was, PRODUCT_VARIANTS, child->id), VARIANT_SKU);
}

static struct err *
release_all(struct ctx *cx, const struct rec *product)
{
	return db_exec(cx, "DELETE FROM skus WHERE tenant_id = ? AND product_id = ?",
		db_id(cx->tenant), db_id(product->id));
}

static struct err *
release(struct ctx *cx, const struct rec *r, int field)
{
	return db_exec(cx, "DELETE FROM skus WHERE tenant_id = ? AND sku = ?", db_id(cx->tenant),
		db_text(rec_str(r, field)));
}

/* Takes out what the product and its variants held before and hold no longer. */
static struct err *
release_old(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	const struct recs *variants = &now->many[PRODUCT_VARIANTS];
	struct err *e = NULL;

	if (!is_alive(now))
		return release_all(cx, now);
	if (rec_changed(now, was, PRODUCT_SKU))
		e = release(cx, was, PRODUCT_SKU);
	for (size_t i = 0; !e && i < variants->n; i++) {
		const struct rec *old = rec_child(was, PRODUCT_VARIANTS, variants->r[i]->id);

		if (old && variants->r[i]->fate == CHILD_CHANGED &&
			rec_changed(variants->r[i], old, VARIANT_SKU))
			e = release(cx, old, VARIANT_SKU);
	}
	return e;
}

static struct rows
rows_to_add(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	const struct recs *variants = &now->many[PRODUCT_VARIANTS];
	struct rows rows = { ARENA_ARRAY(cx->arena, (variants->n + 1) * 4, struct db_value), 0 };

	if (!is_alive(now))
		return rows;
	if (!is_alive(was) || rec_changed(now, was, PRODUCT_SKU))
		add(cx, &rows, rec_str(now, PRODUCT_SKU), now->id, ID_NONE);
	for (size_t i = 0; i < variants->n; i++) {
		const struct rec *c = variants->r[i];

		if (c->fate != CHILD_REMOVED && is_fresh(was, c))
			add(cx, &rows, rec_str(c, VARIANT_SKU), now->id, c->id);
	}
	return rows;
}

/* How often a SKU stands among the rows: twice is a fault of the body itself. */
static size_t
times(const struct rows *rows, struct str sku)
{
	size_t n = 0;

	for (size_t i = 1; i < rows->n; i += 4)
		n += str_eq(rows->v[i].s, sku);
	return n;
}

static bool
is_held(struct ctx *cx, struct str sku, struct err **e)
{
	struct db_rows found = { 0 };

	*e = db_query(cx, &found, "SELECT product_id FROM skus WHERE tenant_id = ? AND sku = ?",
		db_id(cx->tenant), db_text(sku));
	return !*e && found.n;
}

/* Says which SKU it was that the primary key refused, and where it stands in the body. */
static struct err *
explain(struct ctx *cx, const struct rec *now, const struct rows *rows)
{
	struct err *taken = NULL, *e = NULL;

	for (size_t i = 1; i < rows->n && !e; i += 4) {
		struct str sku = rows->v[i].s;
		const struct rec *c =
			rec_child(now, PRODUCT_VARIANTS, (struct id){ rows->v[i + 2].i });

		if (is_held(cx, sku, &e) || times(rows, sku) > 1)
			err_field(cx->arena, &taken, rec_path(cx->arena, c ? c : now, STR("sku")),
				REASON_SKU_TAKEN, "the SKU %.*s is taken", STRF(sku));
	}
	if (e || !taken)
		return e ? e : err_new(cx->arena, ERR_TX_REPEAT, NULL);
	taken->code = ERR_CONFLICT;
	return err_reason(taken, REASON_SKU_TAKEN);
}

struct err *
sku_register(struct ctx *cx, const struct rec *now, const struct rec *was)
{
	struct rows rows = rows_to_add(cx, now, was);
	struct err *e = is_alive(was) ? release_old(cx, now, was) : NULL;

	if (e || !rows.n)
		return e;
	e = db_insert_rows(cx, "INSERT INTO skus (tenant_id, sku, product_id, variant_id) VALUES",
		"(?, ?, ?, ?)", rows.v, rows.n);
	return e && db_duplicate_key(e).p ? explain(cx, now, &rows) : e;
}

/* Coupons and the orders that used them; products and what their reviews come to. */
#include "base/id.h"
#include "shop/books/books_int.h"

struct err *
books_step_products(struct ctx *cx, struct span *s, bool *more)
{
	struct db_rows rows = { 0 };
	struct err *e = db_query(cx, &rows,
		PATIENTLY "SELECT id FROM products WHERE tenant_id = ? AND id > ? ORDER BY id"
			  " LIMIT 1 OFFSET " BOOKS_STEP,
		db_id(cx->tenant), db_int(s->after.n));

	*more = !e && rows.n > 0;
	s->until = (struct id){ *more ? db_row(&rows, 0)[0].i : INT64_MAX };
	return e;
}

/* The average is a whole number of hundredths that lies at most half of one beside the quotient. */
struct err *
books_ratings(struct ctx *cx, struct books *b, const struct span *s)
{
	static const struct books_rule rule = { "prod",
		{ "rating_sum", "reviews_count", "rating_average" }, 3 };
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		PATIENTLY
		"SELECT f.id, f.stars, f.rating_sum, f.n, f.reviews_count,"
		" IF(f.rounded, f.shown, f.quotient), f.shown"
		" FROM (SELECT p.id, p.rating_sum, p.reviews_count, COALESCE(r.n, 0) AS n,"
		" CAST(COALESCE(r.stars, 0) AS SIGNED) AS stars,"
		" CAST(p.rating_average AS CHAR) AS shown,"
		" CAST(p.rating_sum / NULLIF(p.reviews_count, 0) AS CHAR) AS quotient,"
		" IF(p.reviews_count = 0, p.rating_average IS NULL, COALESCE(2 * ABS(100 * "
		"p.rating_average *"
		" p.reviews_count - 100 * p.rating_sum) <= p.reviews_count, 0)) AS rounded"
		" FROM products p LEFT JOIN (SELECT product_id, COUNT(*) AS n, SUM(rating) AS stars"
		" FROM reviews FORCE INDEX (shown) WHERE tenant_id = ? AND product_id > ? AND "
		"product_id <= ?"
		" AND status = 'approved' AND archived_at IS NULL GROUP BY product_id) r ON "
		"r.product_id = p.id"
		" WHERE p.tenant_id = ? AND p.id > ? AND p.id <= ?) f"
		" WHERE f.stars <> f.rating_sum OR f.n <> f.reviews_count OR NOT f.rounded",
		db_id(cx->tenant), db_int(s->after.n), db_int(s->until.n), db_id(cx->tenant),
		db_int(s->after.n), db_int(s->until.n));

	if (!e)
		books_tell(cx, b, &rule, &rows);
	return e;
}

struct err *
books_coupons(struct ctx *cx, struct books *b, const struct span *s UNUSED)
{
	static const struct books_rule rule = { "coup", { "times_redeemed" }, 1 };
	struct arena_mark mark = arena_mark(cx->arena);
	struct id after = ID_NONE;
	struct db_rows rows;

	do {
		struct err *e = db_query(cx, &rows,
			PATIENTLY
			"SELECT c.id, (SELECT COUNT(*) FROM coupon_redemptions r FORCE INDEX "
			"(customer)"
			" WHERE r.tenant_id = c.tenant_id AND r.coupon_id = c.id AND r.released_at "
			"IS NULL),"
			" c.times_redeemed FROM coupons c FORCE INDEX (PRIMARY)"
			" WHERE c.tenant_id = ? AND c.id > ? ORDER BY c.id LIMIT " BOOKS_STEP,
			db_id(cx->tenant), db_int(after.n));

		if (e)
			return e; /* cppcheck-suppress returnDanglingLifetime ; it lives in the arena */
		books_tell(cx, b, &rule, &rows);
		b->objects += (int64_t)rows.n;
		if (rows.n)
			after.n = db_row(&rows, rows.n - 1)[0].i;
		arena_rewind(cx->arena, mark);
	} while (rows.n);
	return NULL;
}

/* Who cancels an order may use its coupon again, and nobody else may. */
struct err *
books_redemptions(struct ctx *cx, struct books *b, const struct span *s)
{
	static const struct books_rule rule = { "ord", { "redemption" }, 1 };
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		PATIENTLY "SELECT o.id, IF(o.status = 'cancelled', 'released', 'in use'),"
			  " IF(r.released_at IS NULL, 'in use', 'released')"
			  " FROM coupon_redemptions r FORCE INDEX (PRIMARY) JOIN orders o FORCE "
			  "INDEX (PRIMARY)"
			  " ON o.tenant_id = r.tenant_id AND o.id = r.order_id"
			  " WHERE r.tenant_id = ? AND r.order_id > ? AND r.order_id <= ?"
			  " AND (o.status = 'cancelled') <> (r.released_at IS NOT NULL)",
		db_id(cx->tenant), db_int(s->after.n), db_int(s->until.n));

	if (!e)
		books_tell(cx, b, &rule, &rows);
	return e;
}

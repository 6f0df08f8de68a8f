/* A category: a shelf in a tree. Products name theirs by slug, and keep the slugs in their own row. */
#include "base/board.h"
#include "base/clock.h"
#include "db/db.h"
#include "model/rec.h"
#include "shop/catalog/catalog.h"

static rule_fn category_check, category_apply;

#define DEEPEST 10

static const struct field category_fields[CATEGORY__MAX] = {
	[CATEGORY_NAME] =
		LANG("name", DOC("What a shopper reads."), .flags = F_REQUIRED | F_FILTER | F_SORT,
			.max = 255, .index = "name", .example = "Electronics"),
	[CATEGORY_SLUG] =
		STRING("slug", DOC("Names it in addresses and in a product's categories."),
			.flags = F_REQUIRED | F_UNIQUE | F_KEY | F_FILTER | F_SORT, .max = 64,
			.index = "slug", .pattern = "^[a-z0-9]+([-_][a-z0-9]+)*$",
			.pattern_doc = "lower-case letters and digits, parted by single '-' or '_'",
			.example = "electronics"),
	[CATEGORY_DESCRIPTION] = LANG("description", DOC("Tells what is in it."),
		.flags = F_MULTILINE, .max = 16000, .example = "Everything with a plug"),
	[CATEGORY_PARENT] = REF("parent_id", "category", DOC("The category it stands below."),
		.flags = F_FILTER, .index = "parent"),
	[CATEGORY_POSITION] = INTEGER("position", DOC("Its place among its siblings."),
		.flags = F_FILTER | F_SORT, .index = "position", .min = 0, .max = 1000000,
		.initial = "0", .example = "0"),
};

const struct resource category_resource = {
	.name = "category",
	.plural = "categories",
	.prefix = "cat",
	.table = "categories",
	DOC("A shelf of the catalogue."),
	FIELDS(category_fields),
	.verbs = V_CRUD | V_PUBLIC,
	NO_STATUS,
	SCOPES("categories"),
	EVENTS("category"),
	.max_age_s = 300,
	.check = category_check,
	.apply = category_apply,
	ADMIN("Catalogue", CATEGORY_SLUG, CATEGORY_NAME),
	PLAN,
};

/*
 * Walks from the new parent to the root, holding each row: two moves at once cannot close a circle
 * between them.
 */
static struct err *
check_parent(struct ctx *cx, const struct rec *now)
{
	struct id at = rec_ref(now, CATEGORY_PARENT);

	for (int depth = 1; at.n; depth++) {
		struct db_rows rows = { 0 };
		struct err *e;

		if (at.n == now->id.n)
			return rec_refuse(cx, now, CATEGORY_PARENT, REASON_CIRCLE,
				"must not be the category itself or one below it");
		if (depth > DEEPEST)
			return rec_refuse(cx, now, CATEGORY_PARENT, REASON_TOO_DEEP,
				"must not be more than %d levels deep", DEEPEST);
		e = db_query(cx, &rows,
			"SELECT parent_id FROM categories WHERE tenant_id = ? AND id = ? AND "
			"archived_at IS NULL FOR UPDATE",
			db_id(cx->tenant), db_id(at));
		if (e)
			return e;
		if (!rows.n)
			return rec_refuse(cx, now, CATEGORY_PARENT, REASON_UNKNOWN,
				"there is no such category");
		at.n = db_row(&rows, 0)[0].i;
	}
	return NULL;
}

static struct err *
check_empty(struct ctx *cx, const struct rec *now)
{
	struct db_rows rows = { 0 };
	struct err *e = db_query(cx, &rows,
		"SELECT 1 FROM categories WHERE tenant_id = ? AND parent_id = ? AND archived_at IS "
		"NULL LIMIT 1",
		db_id(cx->tenant), db_id(now->id));

	if (e || !rows.n)
		return e;
	return err_reason(err_new(cx->arena, ERR_CONFLICT,
				  "the category has others below it: move or delete them first"),
		REASON_HAS_CHILDREN);
}

static struct err *
category_check(struct ctx *cx, struct rec *now, const struct rec *was)
{
	if (now->archived_at && was && !was->archived_at)
		return check_empty(cx, now);
	if (rec_has(now, CATEGORY_PARENT) && rec_changed(now, was, CATEGORY_PARENT))
		return check_parent(cx, now);
	return NULL;
}

/* Products show slugs, so a slug that changes makes a new version of each product that shows it (D64). */
static struct err *
rewrite_products(struct ctx *cx, struct id category)
{
	board_touch_all();
	return db_exec(cx,
		"SET STATEMENT max_statement_time = 4 FOR "
		"UPDATE products p JOIN product_categories m ON m.tenant_id = p.tenant_id AND "
		"m.product_id = p.id"
		" SET p.version = p.version + 1, p.updated_at = ?, p.categories ="
		" (SELECT GROUP_CONCAT(c.slug ORDER BY l.position SEPARATOR ',') FROM "
		"product_categories l"
		" JOIN categories c ON c.tenant_id = l.tenant_id AND c.id = l.category_id"
		" WHERE l.tenant_id = p.tenant_id AND l.product_id = p.id AND c.archived_at IS "
		"NULL)"
		" WHERE m.tenant_id = ? AND m.category_id = ?",
		db_time(clock_now_ms()), db_id(cx->tenant), db_id(category));
}

static struct err *
category_apply(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct err *e;

	if (!was || (!rec_changed(now, was, CATEGORY_SLUG) && !now->archived_at))
		return NULL;
	e = rewrite_products(cx, now->id);
	if (e || !now->archived_at)
		return e;
	return db_exec(cx, "DELETE FROM product_categories WHERE tenant_id = ? AND category_id = ?",
		db_id(cx->tenant), db_id(now->id));
}

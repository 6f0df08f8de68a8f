/*
 * A review of a product. Products may have very many, so they are written by themselves; what a product shows of them
 * (rating_average, reviews_count) follows in the same transaction. That is a new version of the product, for caches,
 * but no event of it: who follows reviews has theirs.
 */
#include "base/board.h"
#include "base/clock.h"
#include "db/db.h"
#include "model/rec.h"
#include "shop/catalog/catalog.h"

static rule_fn review_check, review_apply;
static action_fn moderate;

#define MODERATE "reviews:moderate"

static const struct choice review_statuses[] = {
	[REVIEW_PENDING] = { "pending", "waits to be moderated" },
	[REVIEW_APPROVED] = { "approved", "shown, and counted for the product" },
	[REVIEW_REJECTED] = { "rejected", "not shown" },
};

static const struct field review_fields[REVIEW__MAX] = {
	[REVIEW_PRODUCT] =
		REF("product_id", "product", DOC("What it is of."), .flags = F_READ_ONLY),
	[REVIEW_RATING] = INTEGER("rating", DOC("From 1, bad, to 5, very good."),
		.flags = F_REQUIRED | F_FILTER | F_SORT, .min = 1, .max = 5, .example = "5"),
	[REVIEW_TITLE] = STRING("title", DOC("In a few words."), .flags = F_FILTER, .max = 255,
		.example = "Light and loud"),
	[REVIEW_TEXT] = STRING("text", DOC("In all words."), .flags = F_MULTILINE, .max = 10000,
		.example = "Thirty hours on one charge, as promised."),
	[REVIEW_AUTHOR_NAME] = STRING("author_name", DOC("As whose it is shown."),
		.flags = F_FILTER, .max = 255, .example = "Jane D."),
	[REVIEW_CUSTOMER] = REF("customer_id", "customer",
		DOC("Who wrote it; a customer has one review of a product at most."),
		.flags = F_UNIQUE | F_FILTER, .scope = "customers:read", .index = "customer",
		.example = "cust_123"),
	[REVIEW_STATUS] = ENUM("status", review_statuses, DOC("Whether it is shown."),
		.flags = F_READ_ONLY | F_FILTER, .initial = "pending", .index = "shown",
		.example = "pending"),
	[REVIEW_REASON] = STRING("reason", DOC("Why it was moderated so."), .flags = F_READ_ONLY,
		.max = 500, .scope = MODERATE, .example = "Names another customer"),
	[REVIEW_MODERATED_AT] = TIME("moderated_at",
		DOC("When it was moderated last; null: never."), .flags = F_READ_ONLY),
};

enum { MODERATION_STATUS, MODERATION_REASON, MODERATION__MAX };

static const struct field moderation_fields[MODERATION__MAX] = {
	[MODERATION_STATUS] = ENUM("status", review_statuses, DOC("What it shall be."),
		.flags = F_REQUIRED, .example = "approved"),
	[MODERATION_REASON] = STRING("reason", DOC("Why; left out, none."), .max = 500,
		.example = "Names another customer"),
};

static const struct resource moderation_shape =
	SHAPE("moderation", moderation_fields, DOC("What becomes of a review."));

static const struct action review_actions[] = {
	ACTION("moderate", moderate, .scope = MODERATE, .input = &moderation_shape,
		DOC("Approves a review, rejects it, or has it wait again.")),
};

static const struct shorthand review_shorthands[] = {
	SHORT("status", "status",
		DOC("Only reviews of this status: pending, approved or rejected.")),
	SHORT("rating", "rating", DOC("Only reviews with this rating.")),
};

const struct resource review_resource = {
	.name = "review",
	.plural = "reviews",
	.prefix = "rev",
	.table = "reviews",
	DOC("What somebody says of a product."),
	.parent = "product",
	.parent_column = "product_id",
	FIELDS(review_fields),
	ACTIONS(review_actions),
	SHORTHANDS(review_shorthands),
	.verbs = V_CRUD | V_PUBLIC,
	NO_STATUS,
	PUBLISHED(REVIEW_STATUS, REVIEW_APPROVED),
	SCOPES("products"),
	EVENTS("review"),
	.max_age_s = 60,
	.check = review_check,
	.apply = review_apply,
	ADMIN("Catalogue", REVIEW_RATING, REVIEW_TITLE, REVIEW_STATUS),
	PLAN,
};

static struct err *
moderate(struct ctx *cx UNUSED, struct rec *now, const struct rec *was UNUSED,
	const struct rec *input)
{
	rec_set_choice(now, REVIEW_STATUS, rec_choice(input, MODERATION_STATUS));
	if (rec_has(input, MODERATION_REASON))
		rec_set_str(now, REVIEW_REASON, rec_str(input, MODERATION_REASON));
	else
		rec_set_null(now, REVIEW_REASON);
	rec_set_time(now, REVIEW_MODERATED_AT, clock_now_ms());
	return NULL;
}

static struct err *
review_check(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct db_rows rows = { 0 };
	struct err *e;

	if (!rec_has(now, REVIEW_CUSTOMER) || !rec_changed(now, was, REVIEW_CUSTOMER))
		return NULL;
	e = db_query(cx, &rows,
		"SELECT 1 FROM customers WHERE tenant_id = ? AND id = ? AND archived_at IS NULL "
		"LOCK "
		"IN SHARE MODE",
		db_id(cx->tenant), db_id(rec_ref(now, REVIEW_CUSTOMER)));
	if (e || rows.n)
		return e;
	return rec_refuse(cx, now, REVIEW_CUSTOMER, REASON_UNKNOWN, "there is no such customer");
}

/* What a review counts for. */
struct weight {
	int64_t sum, count;
};

static struct weight
weight_of(const struct rec *r)
{
	if (!r || r->archived_at || rec_choice(r, REVIEW_STATUS) != REVIEW_APPROVED)
		return (struct weight){ 0 };
	return (struct weight){ rec_int(r, REVIEW_RATING), 1 };
}

/*
 * Moves what the product shows by the difference, whatever others move it by at the same time. MariaDB assigns from the
 * left to the right, so the average is that of the new sum; half a hundredth goes to the even neighbour (D59).
 */
static struct err *
move_rating(struct ctx *cx, struct id product, struct weight by)
{
	board_touch(board_key(cx->tenant, product_resource.prefix, product));
	return db_exec(cx,
		"UPDATE products SET version = version + 1, updated_at = ?,"
		" rating_sum = rating_sum + ?, reviews_count = reviews_count + ?,"
		" rating_average = IF(reviews_count = 0, NULL, (100 * rating_sum DIV reviews_count "
		"+"
		" (2 * (100 * rating_sum MOD reviews_count) > reviews_count OR"
		" (2 * (100 * rating_sum MOD reviews_count) = reviews_count AND"
		" (100 * rating_sum DIV reviews_count) MOD 2 = 1))) / 100)"
		" WHERE tenant_id = ? AND id = ?",
		db_time(clock_now_ms()), db_int(by.sum), db_int(by.count), db_id(cx->tenant),
		db_id(product));
}

/* A product shows its newest approved reviews too: one that is changed makes a new version of it. */
static struct err *
review_apply(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct weight before = weight_of(was), after = weight_of(now);

	if (!before.count && !after.count)
		return NULL;
	return move_rating(cx, now->parent,
		(struct weight){ after.sum - before.sum, after.count - before.count });
}

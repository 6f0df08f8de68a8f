/* A customer: found by e-mail, which only one that is not archived can have, whatever its case. */
#include "shop/customers/customers.h"

#include "model/rec.h"
#include "model/summary.h"

static rule_fn customer_derive;

static const struct choice customer_statuses[] = {
	[CUSTOMER_ACTIVE] = { "active", "may buy" },
	[CUSTOMER_ARCHIVED] = { "archived", "kept for old orders" },
};

static const struct summary customer_orders = {
	.of = "order",
	.by = "customer_id",
	.sum = "total_base",
	.unless = "status",
	.unless_is = "cancelled",
};

static const struct field customer_fields[CUSTOMER__MAX] = {
	[CUSTOMER_EMAIL] =
		STRING("email", DOC("Where mail reaches the customer; its case does not count."),
			.flags = F_REQUIRED | F_UNIQUE | F_FILTER | F_SORT | F_SEARCH,
			.max = EMAIL_MAX, .index = "email", .pattern = EMAIL_PATTERN,
			.pattern_doc = EMAIL_PATTERN_DOC, .example = "customer@example.com"),
	[CUSTOMER_FIRST_NAME] = STRING("first_name", DOC("Given names."),
		.flags = F_FILTER | F_SORT, .max = 255, .index = "first_name", .example = "Jane"),
	[CUSTOMER_LAST_NAME] =
		STRING("last_name", DOC("Family name."), .flags = F_FILTER | F_SORT | F_SEARCH,
			.max = 255, .index = "last_name", .example = "Doe"),
	[CUSTOMER_NAME] = STRING("name", DOC("Both names, to be found by."),
		.flags = F_INTERNAL | F_SEARCH, .max = 511, .index = "name"),
	[CUSTOMER_PHONE] = STRING("phone", DOC("How to call."), .flags = F_FILTER, .max = 32,
		.index = "phone", .pattern = "^[+(0-9][0-9 ().x/-]+$",
		.pattern_doc = "digits, parted by blanks, '-', '.', '/' and parentheses, with '+' "
			       "before or 'x' between them",
		.example = "+1-555-0123"),
	[CUSTOMER_LANGUAGE] =
		STRING("language", DOC("In which to write to the customer, as a BCP 47 tag."),
			.max = 35, .pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
			.pattern_doc = "a language such as en or pt-BR", .example = "en"),
	[CUSTOMER_TAGS] = LIST("tags", DOC("Words to sort customers by."), .flags = F_FILTER,
		.max = 50, .initial = "[]", .example = "[\"vip\"]"),
	[CUSTOMER_STATUS] = ENUM("status", customer_statuses, DOC("Whether still a customer."),
		.flags = F_FILTER | F_SORT, .initial = "active", .index = "status",
		.example = "active"),
	[CUSTOMER_ORDER_SUMMARY] = SUMMARY("order_summary", .summary = &customer_orders,
		DOC("What the customer has ordered, without what was cancelled. Shown by id, not "
		    "in "
		    "lists.")),
	[CUSTOMER_NOTE] = STRING("note", DOC("For the merchant alone."), .flags = F_MULTILINE,
		.max = 5000, .example = "Rings before she orders"),
};

static const struct relation customer_relations[] = {
	[CUSTOMER_ADDRESSES] = MANY("addresses", "customer_address", "customer_id",
		.flags = R_INLINE | R_ARCHIVE_WITH, .max = 100,
		DOC("Where to ship and to bill to, the oldest first.")),
};

static const struct shorthand customer_shorthands[] = {
	SHORT("email", "email", DOC("Only the customer of this e-mail address, in any case.")),
	SHORT("name", "name", .op = "starts_with", .also = "last_name",
		DOC("Only customers whose first name, last name, or both with a blank between "
		    "them, "
		    "begin so.")),
	SHORT("status", "status", DOC("Only customers of this status: active or archived.")),
	SHORT("tags", "tags", DOC("Only customers with one of these tags, byte for byte.")),
	SHORT("created_from", "created_at", .op = "gte",
		DOC("Only customers made on this day or at this time, or later.")),
	SHORT("created_to", "created_at", .op = "lte",
		DOC("Only customers made up to the end of this day, or up to this time.")),
};

const struct resource customer_resource = {
	.name = "customer",
	.plural = "customers",
	.prefix = "cust",
	.table = "customers",
	DOC("Somebody who buys."),
	FIELDS(customer_fields),
	RELATIONS(customer_relations),
	SHORTHANDS(customer_shorthands),
	.verbs = V_CRUD | V_READABLE_ARCHIVED,
	STATUS(CUSTOMER_STATUS, CUSTOMER_ARCHIVED),
	SCOPES("customers"),
	EVENTS("customer"),
	.max_age_s = 60,
	.derive = customer_derive,
	ADMIN("Customers", CUSTOMER_EMAIL, CUSTOMER_FIRST_NAME, CUSTOMER_LAST_NAME,
		CUSTOMER_STATUS),
	PLAN,
};

/* "Jane Doe", "Jane", "Doe" or nothing: whoever begins so is found by the first name as by both. */
static void
join_names(struct ctx *cx, struct rec *now)
{
	struct str first = rec_str(now, CUSTOMER_FIRST_NAME);
	struct str last = rec_str(now, CUSTOMER_LAST_NAME);

	if (first.n && last.n)
		rec_set_str(now, CUSTOMER_NAME,
			str_fmt(cx->arena, "%.*s %.*s", STRF(first), STRF(last)));
	else if (first.n || last.n)
		rec_set_str(now, CUSTOMER_NAME, first.n ? first : last);
	else
		rec_set_null(now, CUSTOMER_NAME);
}

static struct err *
customer_derive(struct ctx *cx, struct rec *now, const struct rec *was UNUSED)
{
	join_names(cx, now);
	customer_settle_defaults(now);
	return NULL;
}

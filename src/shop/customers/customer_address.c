/*
 * An address of a customer. Of those that there are one is the default to ship to and one the default to bill to: the
 * first becomes both, and the oldest that is left becomes what one was that is taken away.
 */
#include "shop/customers/customers.h"

#include "model/rec.h"

static action_fn set_default;

static const struct field address_fields[CUSTOMER_ADDRESS__MAX] = {
	ADDRESS_ROWS,
	[CUSTOMER_ADDRESS_IS_DEFAULT_SHIPPING] = BOOL("is_default_shipping",
		DOC("Whether orders are shipped to it unless another is named."),
		.flags = F_READ_ONLY | F_FILTER, .initial = "false", .example = "true"),
	[CUSTOMER_ADDRESS_IS_DEFAULT_BILLING] = BOOL("is_default_billing",
		DOC("Whether orders are billed to it unless another is named."),
		.flags = F_READ_ONLY | F_FILTER, .initial = "false", .example = "true"),
};

enum { DEFAULT_SHIPPING, DEFAULT_BILLING, DEFAULT_BOTH };

static const struct choice default_types[] = {
	[DEFAULT_SHIPPING] = { "shipping", "to ship to" },
	[DEFAULT_BILLING] = { "billing", "to bill to" },
	[DEFAULT_BOTH] = { "both", "to ship and to bill to" },
};

enum { DEFAULT_TYPE, DEFAULT__MAX };

static const struct field default_fields[DEFAULT__MAX] = {
	[DEFAULT_TYPE] = ENUM("type", default_types, DOC("Which default it shall be."),
		.initial = "both", .example = "shipping"),
};

static const struct resource default_shape =
	SHAPE("default_address", default_fields, DOC("What an address shall be the default for."));

static const struct action address_actions[] = {
	ACTION("set-default", set_default, .title = "Make an address the customer's default",
		.input = &default_shape, .input_optional = true,
		DOC("Makes it the default address, to ship to, to bill to, or both.")),
};

const struct resource customer_address_resource = {
	.name = "customer_address",
	.plural = "addresses",
	.prefix = "addr",
	.table = "customer_addresses",
	DOC("An address of a customer."),
	.parent = "customer",
	.parent_column = "customer_id",
	FIELDS(address_fields),
	ACTIONS(address_actions),
	.verbs = V_CRUD,
	NO_STATUS,
	SCOPES("customers"),
	.max_age_s = 60,
	PLAN,
};

/* Makes it the only one of its siblings that is. */
static void
make_default(struct rec *address, int field)
{
	struct recs *all = &address->owner->many[CUSTOMER_ADDRESSES];

	for (size_t i = 0; i < all->n; i++)
		rec_set_bool(all->r[i], field, all->r[i] == address);
}

static struct err *
set_default(struct ctx *cx UNUSED, struct rec *now, const struct rec *was UNUSED,
	const struct rec *input)
{
	int type = rec_choice(input, DEFAULT_TYPE);

	if (type != DEFAULT_BILLING)
		make_default(now, CUSTOMER_ADDRESS_IS_DEFAULT_SHIPPING);
	if (type != DEFAULT_SHIPPING)
		make_default(now, CUSTOMER_ADDRESS_IS_DEFAULT_BILLING);
	return NULL;
}

/* The one that is the default, else the oldest: ids ascend, new ones stand behind. NULL: there is none left. */
static struct rec *
find_default(const struct recs *all, int field)
{
	struct rec *oldest = NULL;

	for (size_t i = 0; i < all->n; i++) {
		struct rec *address = all->r[i];

		if (address->fate == CHILD_REMOVED)
			continue;
		if (rec_has(address, field) && rec_bool(address, field))
			return address;
		if (!oldest)
			oldest = address;
	}
	return oldest;
}

void
customer_settle_defaults(struct rec *customer)
{
	static const int fields[] = { CUSTOMER_ADDRESS_IS_DEFAULT_SHIPPING,
		CUSTOMER_ADDRESS_IS_DEFAULT_BILLING };

	for (size_t i = 0; i < COUNT(fields); i++) {
		struct rec *found = find_default(&customer->many[CUSTOMER_ADDRESSES], fields[i]);

		if (found)
			rec_set_bool(found, fields[i], true);
	}
}

struct rec *
customer_default_address(const struct rec *customer, int kind)
{
	const struct recs *all = &customer->many[CUSTOMER_ADDRESSES];

	for (size_t i = 0; i < all->n; i++) {
		if (rec_has(all->r[i], kind) && rec_bool(all->r[i], kind))
			return all->r[i];
	}
	return NULL;
}

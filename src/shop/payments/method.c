/*
 * A payment method. Number and CVC of a card come by the vault and are never kept: what stands for them is a token, which is
 * sealed. Of a customer's methods one is the default; the first becomes it. What is detached keeps what people recognise it
 * by, for the history of payments, and loses all that one could pay with.
 */
#include "base/id.h"
#include "db/db.h"
#include "model/write.h"
#include "shop/address/address.h"
#include "shop/payments/method_int.h"

static rule_fn method_derive, method_check;
static action_fn set_default, drop_default;

static const struct choice types[METHOD__TYPES] = {
	[METHOD_CARD] = { "card", "a credit or debit card" },
	[METHOD_APPLE_PAY] = { "apple_pay", "Apple Pay" },
	[METHOD_GOOGLE_PAY] = { "google_pay", "Google Pay" },
	[METHOD_PAYPAL] = { "paypal", "PayPal" },
	[METHOD_ACH] = { "ach", "a bank account in the United States, debited over ACH" },
	[METHOD_WIRE] = { "wire", "a bank account that transfers come from" },
	[METHOD_AFFIRM] = { "affirm", "bought now and paid later with Affirm" },
	[METHOD_KLARNA] = { "klarna", "bought now and paid later with Klarna" },
	[METHOD_BITCOIN] = { "bitcoin", "Bitcoin; on the Enterprise plan" },
	[METHOD_ETHEREUM] = { "ethereum", "Ethereum; on the Enterprise plan" },
};

static const struct field method_fields[METHOD__MAX] = {
	[METHOD_CUSTOMER] = REF("customer_id", "customer",
		DOC("Whose it is; null: nobody's, it is used where it is named."),
		.flags = F_FILTER | F_CREATE_ONLY, .index = "customer_id", .example = "cust_123"),
	[METHOD_TYPE] = ENUM("type", types, DOC("What it is."),
		.flags = F_REQUIRED | F_FILTER | F_CREATE_ONLY, .index = "type", .example = "card"),
	[METHOD_IS_DEFAULT] = BOOL("is_default",
		DOC("Whether the customer pays with it unless another is named."),
		.flags = F_READ_ONLY | F_FILTER, .initial = "false", .example = "true"),
	[METHOD_NUMBER] = STRING("number",
		DOC("Number of the card, blanks and dashes aside. Taken in the sandbox alone, made "
		    "a token of, and never kept."),
		.flags = F_VAULT | F_CREATE_ONLY, .max = 40, .example = "4242 4242 4242 4242"),
	[METHOD_CVC] = STRING("cvc",
		DOC("The three digits on its back, four on an American Express; never kept."),
		.flags = F_VAULT | F_CREATE_ONLY, .max = 8, .example = "123"),
	[METHOD_EXP_MONTH] =
		INTEGER("exp_month", DOC("Month at whose end, in UTC, the card expires."), .min = 1,
			.max = 12, .example = "12"),
	[METHOD_EXP_YEAR] = INTEGER("exp_year", DOC("And the year, with all of its digits."),
		.min = 2000, .max = 9999, .example = "2030"),
	[METHOD_BRAND] = STRING("brand",
		DOC("Network of the card; null: no card, or only its gateway knows."),
		.flags = F_READ_ONLY, .max = 16, .example = "visa"),
	[METHOD_LAST4] = STRING("last4", DOC("The last four characters of card or account."),
		.flags = F_READ_ONLY, .max = 4, .example = "4242"),
	[METHOD_FINGERPRINT] = STRING("fingerprint",
		DOC("The same for the same card or account, in this shop alone; it tells nothing "
		    "of the number."),
		.flags = F_READ_ONLY | F_FILTER, .index = "fingerprint", .max = 32,
		.example = "9a0364b9e99bb480dd25e1f0284c8555"),
	[METHOD_NAME] =
		STRING("name", DOC("Name of the holder."), .max = 128, .example = "Jane Doe"),
	[METHOD_BILLING_ADDRESS] =
		OBJECT("billing_address", &address_shape, DOC("Where it is billed to.")),
	[METHOD_ROUTING_NUMBER] =
		STRING("routing_number", DOC("Of the bank (ABA), with an account_number."),
			.flags = F_CREATE_ONLY, .max = 9, .example = "110000000"),
	[METHOD_ACCOUNT_NUMBER] = STRING("account_number",
		DOC("Number of an account in the United States; kept sealed, never shown."),
		.flags = F_SEALED | F_CREATE_ONLY, .max = 40, .example = "000123456789"),
	[METHOD_IBAN] =
		STRING("iban", DOC("Of the account, blanks aside; kept sealed, never shown."),
			.flags = F_SEALED | F_CREATE_ONLY, .max = 42,
			.example = "DE89 3704 0044 0532 0130 00"),
	[METHOD_BIC] = STRING("bic", DOC("Of its bank."), .flags = F_CREATE_ONLY, .max = 11,
		.example = "COBADEFFXXX"),
	[METHOD_TOKEN] = STRING("token",
		DOC("What the gateway made of the method at the buyer's: a live shop sends this in "
		    "place of a number. Kept sealed, never shown."),
		.flags = F_SEALED | F_CREATE_ONLY, .max = 255, .example = "tok_visa"),
};

static const struct action method_actions[] = {
	ACTION("set-default", set_default, .title = "Make a payment method the customer's default",
		DOC("Makes it what its customer pays with unless another is named.")),
};

/* What the one loses that is replaced; no route leads to it. */
static const struct action losing =
	ACTION("lose-default", drop_default, DOC("Another one is the default now."));

static const struct shorthand method_shorthands[] = {
	SHORT("customer_id", "customer_id", DOC("Only methods of this customer.")),
	SHORT("type", "type", DOC("Only methods of this type.")),
};

const struct resource payment_method_resource = {
	.name = "payment_method",
	.plural = "payment_methods",
	.prefix = "pm",
	.table = "payment_methods",
	.path = "payments/methods",
	DOC("What somebody pays with."),
	FIELDS(method_fields),
	ACTIONS(method_actions),
	SHORTHANDS(method_shorthands),
	.verbs = V_CRUD | V_READABLE_ARCHIVED,
	NO_STATUS,
	SCOPES("payments"),
	EVENTS("payment_method"),
	.no_cards = true,
	.max_age_s = -1,
	.derive = method_derive,
	.check = method_check,
	ADMIN("Payments", METHOD_TYPE, METHOD_BRAND, METHOD_LAST4, METHOD_CUSTOMER),
	PLAN,
};

int
method_type_of(struct str name)
{
	for (int i = 0; i < METHOD__TYPES; i++) {
		if (str_eq_z(name, types[i].name))
			return i;
	}
	return -1;
}

struct err *
method_check_plan(struct ctx *cx, int type)
{
	struct db_rows rows;
	struct err *e;

	if (type != METHOD_BITCOIN && type != METHOD_ETHEREUM)
		return NULL;
	e = db_query(cx, &rows, "SELECT 1 FROM accounts WHERE id = ? AND plan = 'enterprise'",
		db_id(cx->account));
	if (e || rows.n)
		return e;
	return err_reason(
		err_new(cx->arena, ERR_FORBIDDEN, "cryptocurrency is part of the Enterprise plan"),
		REASON_PLAN);
}

/* ---- the default */

/*
 * Holds the customer's row, so that no two of his methods become the default, and finds the one that is; ID_NONE: none.
 * ERR_VALIDATION if there is no such customer.
 */
static struct err *
hold_customer(struct ctx *cx, const struct rec *now, struct id *found)
{
	struct id customer = rec_ref(now, METHOD_CUSTOMER);
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT 1 FROM customers WHERE tenant_id = ? AND id = ? AND archived_at IS NULL "
		"FOR UPDATE",
		db_id(cx->tenant), db_id(customer));

	*found = ID_NONE;
	if (e)
		return e;
	if (!rows.n)
		return rec_refuse(
			cx, now, METHOD_CUSTOMER, REASON_UNKNOWN, "there is no such customer");
	e = db_query(cx, &rows,
		"SELECT id FROM payment_methods WHERE tenant_id = ? AND default_of = ?",
		db_id(cx->tenant), db_id(customer));
	if (!e && rows.n)
		found->n = db_row(&rows, 0)[0].i;
	return e;
}

static struct err *
drop_default(struct ctx *cx UNUSED, struct rec *now, const struct rec *was UNUSED,
	const struct rec *input UNUSED)
{
	rec_set_bool(now, METHOD_IS_DEFAULT, false);
	return NULL;
}

/* The other one goes first: the table takes no two. */
static struct err *
set_default(struct ctx *cx, struct rec *now, const struct rec *was UNUSED,
	const struct rec *input UNUSED)
{
	struct id other;
	struct written written;
	struct err *e;

	if (now->archived_at)
		return err_reason(
			err_new(cx->arena, ERR_CONFLICT, "the payment method is detached"),
			REASON_ARCHIVED);
	if (!rec_has(now, METHOD_CUSTOMER))
		return err_reason(
			err_new(cx->arena, ERR_CONFLICT, "the payment method is no customer's"),
			REASON_NO_CUSTOMER);
	e = hold_customer(cx, now, &other);
	if (!e && other.n && other.n != now->id.n)
		e = model_write_inside(cx,
			&(struct write){
				.verb = WRITE_ACT,
				.resource = &payment_method_resource,
				.key = id_str(cx->arena, other, payment_method_resource.prefix),
				.action = &losing,
			},
			&written);
	if (!e)
		rec_set_bool(now, METHOD_IS_DEFAULT, true);
	return e;
}

/* ---- rules */

static void
forget(struct rec *now)
{
	rec_set_bool(now, METHOD_IS_DEFAULT, false);
	rec_set_null(now, METHOD_TOKEN);
	rec_set_null(now, METHOD_ACCOUNT_NUMBER);
	rec_set_null(now, METHOD_IBAN);
}

static struct err *
check_new(struct ctx *cx, const struct rec *now)
{
	return err_join(method_check_means(cx, now), method_check_expiry(cx, now));
}

/* What is sent is judged before anything is made of it; then `found` is set. */
static struct err *
method_derive(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct id found;
	struct err *e;

	if (now->archived_at)
		forget(now);
	if (was)
		return NULL;
	e = method_check_plan(cx, rec_choice(now, METHOD_TYPE));
	e = e ? e : check_new(cx, now);
	if (e)
		return e;
	method_take_means(cx, now);
	now->found = now;
	if (!rec_has(now, METHOD_CUSTOMER))
		return NULL;
	e = hold_customer(cx, now, &found);
	if (!e)
		rec_set_bool(now, METHOD_IS_DEFAULT, !found.n);
	return e;
}

static struct err *
method_check(struct ctx *cx, struct rec *now, const struct rec *was)
{
	if (!was)
		return now->found || !rec_has(now, METHOD_TYPE) ? NULL : check_new(cx, now);
	if (!rec_changed(now, was, METHOD_EXP_MONTH) && !rec_changed(now, was, METHOD_EXP_YEAR))
		return NULL;
	if (rec_choice(now, METHOD_TYPE) != METHOD_CARD)
		return rec_refuse(
			cx, now, METHOD_EXP_MONTH, REASON_NOT_APPLICABLE, "is of cards alone");
	return method_check_expiry(cx, now);
}

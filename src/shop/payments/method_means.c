/* What an intent's `payment_method` means: the name of a type, or one that is kept. */
#include "base/clock.h"
#include "base/id.h"
#include "db/db.h"
#include "shop/payments/method_int.h"

enum { C_ID, C_CUSTOMER, C_TYPE, C_TOKEN, C_BRAND, C_LAST4, C_MONTH, C_YEAR, C_ARCHIVED };

#define COLUMNS "id, customer_id, type, token, brand, last4, exp_month, exp_year, archived_at"

static struct err *
refuse(struct ctx *cx, struct str path, enum reason reason, const char *message)
{
	struct err *e = NULL;

	err_field(cx->arena, &e, path, reason, "%s", message);
	return e;
}

/* The token, opened by the rec that it is sealed to. */
static struct err *
open_token(struct ctx *cx, const struct db_value *c, struct str *token)
{
	struct rec *r = rec_new(cx->arena, &payment_method_resource);

	if (c[C_TOKEN].kind == DB_NULL)
		return NULL;
	r->id.n = c[C_ID].i;
	r->v[METHOD_TOKEN] =
		(struct value){ .state = VALUE_SET, .sealed = true, .s = c[C_TOKEN].s };
	return rec_open_sealed(cx, r, METHOD_TOKEN, token);
}

static struct err *
fill(struct ctx *cx, const struct db_value *c, struct payment_means *out)
{
	out->id.n = c[C_ID].i;
	out->customer.n = c[C_CUSTOMER].i;
	out->type = c[C_TYPE].s;
	out->brand = c[C_BRAND].s;
	out->last4 = c[C_LAST4].s;
	out->expired = c[C_YEAR].kind == DB_INT &&
		method_has_expired(c[C_MONTH].i, c[C_YEAR].i, clock_now_ms());
	return open_token(cx, c, &out->token);
}

static struct err *
of_id(struct ctx *cx, struct id id, struct str path, struct id customer, struct payment_means *out)
{
	struct db_rows rows;
	const struct db_value *c;
	struct err *e = db_query(cx, &rows,
		"SELECT " COLUMNS " FROM payment_methods WHERE tenant_id = ? AND id = ?",
		db_id(cx->tenant), db_id(id));

	if (e)
		return e;
	if (!rows.n)
		return refuse(cx, path, REASON_UNKNOWN, "there is no such payment method");
	c = db_row(&rows, 0);
	if (c[C_ARCHIVED].kind != DB_NULL)
		return refuse(cx, path, REASON_ARCHIVED, "the payment method is detached");
	if (customer.n && c[C_CUSTOMER].kind != DB_NULL && c[C_CUSTOMER].i != customer.n)
		return refuse(
			cx, path, REASON_OF_ANOTHER, "the payment method is another customer's");
	e = fill(cx, c, out);
	return e ? e : method_check_plan(cx, method_type_of(out->type));
}

/* The sandbox's own, where nothing is kept: a card is the 4242. */
static void
stand_in(int type, struct payment_means *out)
{
	out->token = STR(TOKEN_SANDBOX "success");
	if (type != METHOD_CARD)
		return;
	out->brand = STR("visa");
	out->last4 = STR("4242");
}

static struct err *
of_type(struct ctx *cx, struct str text, int type, struct id customer, struct payment_means *out)
{
	struct db_rows rows = { 0 };
	struct err *e = method_check_plan(cx, type);

	out->type = text;
	if (!e && customer.n)
		e = db_query(cx, &rows,
			"SELECT " COLUMNS
			" FROM payment_methods WHERE tenant_id = ? AND default_of = ?"
			" AND type = ?",
			db_id(cx->tenant), db_id(customer), db_text(text));
	if (e)
		return e;
	if (rows.n)
		return fill(cx, db_row(&rows, 0), out);
	if (cx->sandbox)
		stand_in(type, out);
	return NULL;
}

struct err *
payments_means(struct ctx *cx, struct str text, struct str path, struct id customer,
	struct payment_means *out)
{
	int type = method_type_of(text);
	struct id id;

	*out = (struct payment_means){ .id = ID_NONE };
	if (id_parse(text, payment_method_resource.prefix, &id))
		return of_id(cx, id, path, customer, out);
	if (type < 0)
		return refuse(cx, path, REASON_UNKNOWN,
			"is neither a type of payment method nor the id of one");
	return of_type(cx, text, type, customer, out);
}

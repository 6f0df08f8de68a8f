/* Accounts and tenants: the live and the sandbox side are two tenants that share a public id (D56). */
#include "access/access.h"

#include "base/clock.h"
#include "base/currency.h"
#include "base/id.h"

struct creation {
	const struct tenant_plan *p;
	struct id public_id;
};

static struct err *
create_side(struct ctx *cx, const struct creation *c, struct id account, struct str mode)
{
	return db_exec(cx,
		"INSERT INTO tenants (id, account_id, public_id, mode, name, currency, language, created_at)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		db_id(id_new()), db_id(account), db_id(c->public_id), db_text(mode), db_text(c->p->name),
		db_text(c->p->currency), db_text(c->p->language), db_time(clock_real_ms()));
}

static struct err *
create(struct ctx *cx, void *arg)
{
	struct creation *c = arg;
	struct id account = id_new();
	struct err *e = db_exec(cx, "INSERT INTO accounts (id, name, plan, created_at) VALUES (?, ?, ?, ?)",
		db_id(account), db_text(c->p->name), db_text(c->p->plan), db_time(clock_real_ms()));

	e = e ? e : create_side(cx, c, account, STR("live"));
	return e ? e : create_side(cx, c, account, STR("sandbox"));
}

struct err *
tenant_create(struct ctx *cx, const struct tenant_plan *p, struct id *public_id)
{
	struct creation c = { p, p->public_id.n ? p->public_id : id_new() };
	struct err *e = NULL;

	if (currency_digits(p->currency) < 0)
		err_field(cx->arena, &e, STR("currency"), "unknown", "must be an ISO 4217 currency in use");
	if (!p->name.n || str_points(p->name) > 255)
		err_field(cx->arena, &e, STR("name"), "required", "must have 1 to 255 characters");
	if (e)
		return e;
	*public_id = c.public_id;
	return db_tx(cx, create, &c);
}

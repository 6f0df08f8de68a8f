/* Making and finding tenants, for programs; a request finds its tenant with its key, in actor.c. */
#include "access/tenant.h"

#include "access/limit.h"
#include "base/clock.h"
#include "base/currency.h"
#include "base/id.h"
#include "db/db.h"
#include "model/language.h"

#define NAME_POINTS 255
#define RATE_MOST 100000000

struct creation {
	struct tenant_new new;
	struct id public_id;
};

static bool
plan_known(struct str plan)
{
	static const char *const plans[] = { "free", "starter", "professional", "enterprise" };

	for (size_t i = 0; i < COUNT(plans); i++) {
		if (str_eq_z(plan, plans[i]))
			return true;
	}
	return false;
}

static struct str
upper(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		p[i] = (char)(s.p[i] >= 'a' && s.p[i] <= 'z' ? s.p[i] - 'a' + 'A' : s.p[i]);
	return (struct str){ p, s.n };
}

static struct err *
check(struct ctx *cx, const struct tenant_new *n)
{
	struct err *e = NULL;

	if (str_is_blank(n->name) || !str_is_utf8(n->name) || str_points(n->name) > NAME_POINTS)
		err_field(cx->arena, &e, STR("name"), REASON_PATTERN,
			"name must have 1 to %d characters", NAME_POINTS);
	if (!plan_known(n->plan))
		err_field(cx->arena, &e, STR("plan"), REASON_NOT_A_CHOICE,
			"plan must be free, starter, professional or enterprise");
	if (currency_digits(n->currency) < 0)
		err_field(cx->arena, &e, STR("currency"), REASON_NOT_A_CHOICE,
			"currency must be a code of ISO 4217, such as USD");
	if (!language_known(n->language))
		err_field(cx->arena, &e, STR("language"), REASON_NOT_A_CHOICE,
			"language must be one of " LANGUAGE_LIST);
	if (n->public_id < 0)
		err_field(cx->arena, &e, STR("public-id"), REASON_OUT_OF_RANGE,
			"public-id must be 1 or more");
	return e;
}

static struct err *
insert_account(struct ctx *cx, const struct tenant_new *n, struct id account)
{
	return db_exec(cx, "INSERT INTO accounts (id, name, plan, created_at) VALUES (?, ?, ?, ?)",
		db_id(account), db_text(n->name), db_text(n->plan), db_time(clock_now_ms()));
}

static struct err *
insert_side(struct ctx *cx, const struct creation *c, struct id account, struct str mode)
{
	return db_exec(cx,
		"INSERT INTO tenants (id, account_id, public_id, mode, name, currency, language, "
		"created_at)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		db_id(id_new()), db_id(account), db_id(c->public_id), db_text(mode),
		db_text(c->new.name), db_text(c->new.currency), db_text(c->new.language),
		db_time(clock_now_ms()));
}

static struct err *
insert(struct ctx *cx, void *arg)
{
	const struct creation *c = arg;
	struct id account = id_new();
	struct err *e = insert_account(cx, &c->new, account);

	e = e ? e : insert_side(cx, c, account, STR("live"));
	return e ? e : insert_side(cx, c, account, STR("sandbox"));
}

struct err *
tenant_create(struct ctx *cx, const struct tenant_new *new, struct id *public_id)
{
	struct creation c = { .new = *new, .public_id = { new->public_id } };
	struct err *e;

	c.new.plan = new->plan.n ? new->plan : STR("free");
	c.new.currency = new->currency.n ? upper(cx->arena, new->currency) : STR("USD");
	c.new.language = new->language.n ? new->language : STR("en");
	e = check(cx, &c.new);
	if (e)
		return e;
	if (!c.public_id.n)
		c.public_id = id_new();
	*public_id = c.public_id;
	e = db_tx(cx, insert, &c);
	if (e && str_eq_z(db_duplicate_key(e), "public_mode"))
		return err_reason(err_new(cx->arena, ERR_CONFLICT, "there is a tenant %.*s already",
					  STRF(id_str(cx->arena, c.public_id, "tenant"))),
			REASON_TAKEN);
	return e;
}

static struct err *
query(struct ctx *cx, struct str which, struct str mode, struct db_rows *rows)
{
	struct id public_id;

	if (id_parse(which, "tenant", &public_id))
		return db_query(cx, rows,
			"SELECT t.id, t.account_id, t.public_id, t.name, t.currency, t.language,"
			" a.plan, t.mode FROM tenants t JOIN accounts a ON a.id = t.account_id"
			" WHERE t.public_id = ? AND t.mode = ?",
			db_id(public_id), db_text(mode));
	return db_query(cx, rows,
		"SELECT t.id, t.account_id, t.public_id, t.name, t.currency, t.language, a.plan,"
		" t.mode FROM tenants t JOIN accounts a ON a.id = t.account_id"
		" WHERE t.name = ? AND t.mode = ? LIMIT 2",
		db_text(which), db_text(mode));
}

static struct tenant
read_tenant(const struct db_value *c)
{
	return (struct tenant){
		.id = { c[0].i },
		.account = { c[1].i },
		.public_id = { c[2].i },
		.name = c[3].s,
		.currency = c[4].s,
		.language = c[5].s,
		.plan = c[6].s,
		.sandbox = str_eq_z(c[7].s, "sandbox"),
	};
}

struct err *
tenant_find(struct ctx *cx, struct str which, bool sandbox, struct tenant *out)
{
	struct db_rows rows;
	struct err *e = query(cx, which, sandbox ? STR("sandbox") : STR("live"), &rows);

	if (e)
		return e;
	if (!rows.n)
		return err_new(cx->arena, ERR_NOT_FOUND, "there is no tenant %.*s", STRF(which));
	if (rows.n > 1)
		return err_reason(
			err_new(cx->arena, ERR_CONFLICT,
				"several tenants have the name %.*s: say which by its id, tenant_…",
				STRF(which)),
			REASON_AMBIGUOUS);
	*out = read_tenant(db_row(&rows, 0));
	return NULL;
}

struct err *
tenant_side(struct ctx *cx, struct id id, struct tenant *out)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT t.id, t.account_id, t.public_id, t.name, t.currency, t.language, a.plan,"
		" t.mode FROM tenants t JOIN accounts a ON a.id = t.account_id WHERE t.id = ?",
		db_id(id));

	if (!e && !rows.n)
		e = err_new(cx->arena, ERR_NOT_FOUND, "there is no such tenant");
	if (!e)
		*out = read_tenant(db_row(&rows, 0));
	return e;
}

struct err *
tenant_after(struct ctx *cx, struct id after, struct id public_id, struct tenant *out, bool *found)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT t.id, t.account_id, t.public_id, t.name, t.currency, t.language, a.plan,"
		" t.mode FROM tenants t JOIN accounts a ON a.id = t.account_id"
		" WHERE t.id > ? AND t.public_id = COALESCE(?, t.public_id) ORDER BY t.id LIMIT 1",
		db_int(after.n), db_id(public_id));

	*found = !e && rows.n;
	if (*found)
		*out = read_tenant(db_row(&rows, 0));
	return e;
}

struct err *
tenant_enter(struct ctx *cx, const struct tenant *t, struct str actor)
{
	static const struct str everything[] = { { "*", 1 } };

	cx->account = t->account;
	cx->tenant = t->id;
	cx->actor = actor;
	cx->scopes = (struct scopes){ everything, 1 };
	cx->currency = t->currency;
	cx->currency_digits = currency_digits(t->currency);
	cx->language = t->language;
	cx->sandbox = t->sandbox;
	if (cx->currency_digits < 0)
		return err_log(cx->arena, ERR_INTERNAL, "the tenant has the currency %.*s",
			STRF(t->currency));
	return NULL;
}

/* ---- limits */

static void
check_rate(struct ctx *cx, struct err **e, const char *name, int64_t rate)
{
	if (rate < LIMIT_STAYS || rate > RATE_MOST)
		err_field(cx->arena, e, str_of(name), REASON_OUT_OF_RANGE, "%s must be 1 to %d",
			name, RATE_MOST);
}

static struct err *
set_rates(struct ctx *cx, struct id account, const struct account_limits *set)
{
	struct err *e = NULL;

	if (set->plan.n)
		e = db_exec(cx, "UPDATE accounts SET plan = ? WHERE id = ?", db_text(set->plan),
			db_id(account));
	if (!e && set->per_hour != LIMIT_STAYS)
		e = db_exec(cx, "UPDATE accounts SET per_hour = NULLIF(?, 0) WHERE id = ?",
			db_int(set->per_hour), db_id(account));
	if (!e && set->per_day != LIMIT_STAYS)
		e = db_exec(cx, "UPDATE accounts SET per_day = NULLIF(?, 0) WHERE id = ?",
			db_int(set->per_day), db_id(account));
	return e;
}

static struct err *
read_rates(struct ctx *cx, struct id account, struct account_limits *now)
{
	struct db_rows rows;
	const struct db_value *c;
	struct rates rates;
	struct err *e = db_query(cx, &rows,
		"SELECT plan, per_hour, per_day FROM accounts WHERE id = ?", db_id(account));

	if (e)
		return e;
	if (!rows.n)
		return err_new(cx->arena, ERR_NOT_FOUND, "there is no such account");
	c = db_row(&rows, 0);
	rates = limit_of_plan(c[0].s);
	*now = (struct account_limits){
		.plan = c[0].s,
		.per_hour = c[1].kind == DB_NULL ? rates.per_hour : c[1].i,
		.per_day = c[2].kind == DB_NULL ? rates.per_day : c[2].i,
	};
	return NULL;
}

struct err *
account_limit(struct ctx *cx, struct id account, const struct account_limits *set,
	struct account_limits *now)
{
	struct err *e = NULL;

	if (set->plan.n && !plan_known(set->plan))
		err_field(cx->arena, &e, STR("plan"), REASON_NOT_A_CHOICE,
			"plan must be free, starter, professional or enterprise");
	check_rate(cx, &e, "per-hour", set->per_hour);
	check_rate(cx, &e, "per-day", set->per_day);
	e = e ? e : set_rates(cx, account, set);
	return e ? e : read_rates(cx, account, now);
}

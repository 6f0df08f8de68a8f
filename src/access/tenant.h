/* Tenants: an account owns them, and each has two sides, live and sandbox, which share a public id (D56). */
#ifndef SOUK_ACCESS_TENANT_H
#define SOUK_ACCESS_TENANT_H

#include "db/ctx.h"

/* What a new tenant shall be; absent texts and 0 take the default. */
struct tenant_new {
	struct str name;     /* of tenant and account; needed */
	struct str plan;     /* free, starter, professional, enterprise; default free */
	struct str currency; /* ISO 4217, any case; default USD */
	struct str language; /* en, es, fr, de, ja, zh; default en */
	int64_t public_id;   /* default: a new id */
};

/* One side of a tenant. */
struct tenant {
	struct id id, account, public_id;
	struct str name, currency, language, plan;
	bool sandbox;
};

/*
 * Makes an account with a tenant, both sides of it. ERR_VALIDATION with every fault, ERR_CONFLICT,
 * reason taken, if the public id is.
 */
struct err *tenant_create(
	struct ctx *cx, const struct tenant_new *new, struct id *public_id) MUST_CHECK;

/*
 * Finds one side by its public id ("tenant_001") or its name, whose case does not matter. ERR_NOT_FOUND;
 * ERR_CONFLICT, reason ambiguous, if several have the name.
 */
struct err *tenant_find(
	struct ctx *cx, struct str which, bool sandbox, struct tenant *out) MUST_CHECK;

/* The side of that id, as rows have it in tenant_id; ERR_NOT_FOUND. */
struct err *tenant_side(struct ctx *cx, struct id id, struct tenant *out) MUST_CHECK;

/*
 * The side with the next id above `after`, of any tenant or, unless ID_NONE, of the one with that public id. *found: there
 * is one.
 */
struct err *tenant_after(struct ctx *cx, struct id after, struct id public_id, struct tenant *out,
	bool *found) MUST_CHECK;

/* The plan of an account, and what was agreed beside it. */
struct account_limits {
	struct str plan; /* absent: stays */
	/* Requests an hour and a day; 0: the plan's; LIMIT_STAYS: as it is. */
	int64_t per_hour, per_day;
};

#define LIMIT_STAYS INT64_C(-1)

/*
 * Sets them, and reads back what holds now into *now (0: not limited). ERR_VALIDATION with every fault. Workers know
 * within five seconds.
 */
struct err *account_limit(struct ctx *cx, struct id account, const struct account_limits *set,
	struct account_limits *now) MUST_CHECK;

/* Lets a program act for that side, with every scope, under the name `actor`. */
struct err *tenant_enter(struct ctx *cx, const struct tenant *t, struct str actor) MUST_CHECK;

#endif

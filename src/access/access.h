/*
 * Who asks, for which tenant, and what they may. One gate in front of the engine; no handler and no
 * rule checks a scope.
 */
#ifndef SOUK_ACCESS_H
#define SOUK_ACCESS_H

#include "db/db.h"
#include "model/plan.h"

struct shared;

enum api_key_field {
	API_KEY_NAME,
	API_KEY_STATUS,
	API_KEY_SCOPES,
	API_KEY_LAST4,
	API_KEY_EXPIRES_AT,
	API_KEY_SECRET,
	API_KEY_SECRET_HASH,
	API_KEY__MAX
};

extern const struct resource api_key_resource;

/* Where the epoch of the keys stands; before the fork. NULL is allowed in programs that serve nobody. */
void access_setup(struct shared *shared);

/*
 * Lets a request in: finds the key of "Bearer …", and fills cx with its actor, tenant, account,
 * scopes, currency and language. `sandbox` is the side that the host belongs to (D22). `tenant`
 * is X-Tenant-ID, or absent. ERR_UNAUTHENTICATED (reasons key_missing, key_unknown, key_revoked, key_expired,
 * key_mode), ERR_FORBIDDEN for another tenant. A key seen lately costs no statement (D82).
 */
struct err *access_check(struct ctx *cx, struct str authorization, struct str tenant, bool sandbox) MUST_CHECK;

/* ERR_FORBIDDEN that names the scope, if the actor lacks it. */
struct err *access_scope(struct ctx *cx, const char *scope) MUST_CHECK;

/* Makes every worker ask the database again at its next request. */
void access_forget(void);

/* How cx acts for a program: as "system", with every scope, on one side of the tenant with that public id. */
struct err *access_act_as(struct ctx *cx, struct id tenant, bool sandbox) MUST_CHECK;

/* A new account with one tenant, both sides of it. `public_id` ID_NONE: a new one. */
struct tenant_plan {
	struct str name, plan, currency, language;
	struct id public_id;
};
/* ERR_CONFLICT if the public id is taken; ERR_VALIDATION for an unknown plan or currency. */
struct err *tenant_create(struct ctx *cx, const struct tenant_plan *p, struct id *public_id) MUST_CHECK;

#endif

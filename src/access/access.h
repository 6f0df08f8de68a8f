/*
 * Who asks, for which tenant, and what they may do: one gate in front of the engine, so that no handler
 * and no rule checks a scope. What was read of a key is trusted while the epoch in shared memory
 * stands, and five seconds at most (D82); a busy key costs no statement.
 */
#ifndef SOUK_ACCESS_H
#define SOUK_ACCESS_H

#include "model/resource.h"

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

/*
 * Gives this process, and those it forks, a memory of keys. `shared` NULL: nothing is remembered, every
 * request asks the database.
 */
void access_setup(struct shared *shared);

/*
 * Lets a request in: finds the key of "Bearer KEY" and fills cx with its account, tenant, actor, scopes,
 * currency and language. `sandbox` is the side that the asked host belongs to, which must be the key's
 * (D22); `tenant` is X-Tenant-ID, or absent. ERR_UNAUTHENTICATED, reasons key_missing, key_malformed,
 * key_mode, key_unknown, key_revoked, key_expired; ERR_FORBIDDEN, reason other_tenant. What cx points to
 * then is valid until the next call.
 */
struct err *access_check(
	struct ctx *cx, struct str authorization, struct str tenant, bool sandbox) MUST_CHECK;

/* ERR_FORBIDDEN, reason scope, if the actor lacks it; says which it has. */
struct err *access_scope(struct ctx *cx, const char *scope) MUST_CHECK;

/* Makes every process of this host forget the keys it remembers: after a commit that changed one. */
void access_forget(void);

/* True if `scope` is "*", a scope that some descriptor names, or "area:*" of such. */
bool scope_is_known(struct str scope);
/* True if a holder of `held` may hand `scope` on: he has it, or all that it stands for. */
bool scope_is_within(struct arena *a, struct str scope, const struct scopes *held);
/* The scopes that a key's list (JSON) grants, with "area:*" written out, for ctx_may(). */
struct err *scopes_read(struct arena *a, struct str list, struct scopes *out) MUST_CHECK;

#endif

/*
 * Who asks, for which tenant, and what they may do: one gate in front of the engine, so that no handler
 * and no rule checks a scope. What was read of a key is trusted while the epoch in shared memory
 * stands, and five seconds at most (D82); a busy key costs no statement.
 */
#ifndef SOUK_ACCESS_H
#define SOUK_ACCESS_H

#include "access/limit.h"
#include "model/resource.h"

struct shared;

enum api_key_field {
	API_KEY_NAME,
	API_KEY_STATUS,
	API_KEY_KIND,
	API_KEY_SCOPES,
	API_KEY_ENVIRONMENT,
	API_KEY_PER_HOUR,
	API_KEY_PER_DAY,
	API_KEY_IP_ALLOWLIST,
	API_KEY_ORIGINS,
	API_KEY_REQUIRE_SIGNATURE,
	API_KEY_LAST4,
	API_KEY_EXPIRES_AT,
	API_KEY_ROTATE_BY,
	API_KEY_PREVIOUS_UNTIL,
	API_KEY_LAST_USED_AT,
	API_KEY_LAST_USED_IP,
	API_KEY_REQUESTS_LAST_DAY,
	API_KEY_SECRET,
	API_KEY_SIGNING_SECRET,
	API_KEY_SECRET_HASH,
	API_KEY_PREVIOUS_HASH,
	API_KEY_SIGNING_SEALED,
	API_KEY_PREVIOUS_SIGNING,
	API_KEY_REMINDED_AT,
	API_KEY__MAX
};

enum key_kind { KEY_SECRET, KEY_PUBLISHABLE };

extern const struct resource api_key_resource;

enum audit_log_field {
	AUDIT_LOG_ACTOR,
	AUDIT_LOG_ACTION,
	AUDIT_LOG_VERB,
	AUDIT_LOG_RESOURCE,
	AUDIT_LOG_RESOURCE_ID,
	AUDIT_LOG_CHANGES,
	AUDIT_LOG_REASON,
	AUDIT_LOG_TIMES,
	AUDIT_LOG_REQUEST_ID,
	AUDIT_LOG_IP_ADDRESS,
	AUDIT_LOG_USER_AGENT,
	AUDIT_LOG__MAX
};

extern const struct resource audit_log_resource;

/*
 * Gives this process, and those it forks, a memory of keys and of limits. `shared` NULL: nothing is remembered, every
 * request asks the database, and nothing is limited.
 */
void access_setup(struct shared *shared);

/* What a request shows of itself. */
struct asking {
	struct str authorization;  /* the header */
	struct str tenant, origin; /* X-Tenant-ID, Origin; absent: not sent */
	bool sandbox; /* the side that the asked host belongs to, which must be the key's (D22) */
};

/*
 * Lets a request in: finds the key of "Bearer KEY" and fills cx with its account, tenant, actor, scopes,
 * currency and language, and counts the request in the limits of account and key (D21), which *seen tells.
 * ERR_UNAUTHENTICATED, reasons key_missing, key_malformed, key_mode, key_unknown, key_revoked, key_expired;
 * ERR_RATE; ERR_FORBIDDEN, reasons other_tenant, ip_not_allowed, origin_not_allowed. What cx points to then is valid
 * until the next call.
 */
struct err *access_check(
	struct ctx *cx, const struct asking *how, struct allowance *seen) MUST_CHECK;

/* A request as its signature covers it (D24, D83). */
struct signing {
	struct str signature, timestamp,
		nonce;                   /* X-Signature, X-Timestamp, X-Nonce; absent: not sent */
	struct str method, target, body; /* target: path and query as sent */
};

/*
 * After access_check(), when the body is there: checks the signature, if there is one or the key asks for it.
 * ERR_UNAUTHENTICATED, reasons signature_missing, signature_malformed, signature_wrong, timestamp_too_old, nonce_reused.
 */
struct err *access_signature(struct ctx *cx, const struct signing *s) MUST_CHECK;

/*
 * Behind the answer: notes that the key was used, every few seconds by a statement, and makes the event key.anomaly
 * when it came from a network that it never came from. `refusal` is what was answered, NULL if it was no error: a known
 * key that was refused leaves a row in the audit log (D27). Faults are logged only; nothing is noted while the database does
 * not answer or its disk is full.
 */
void access_settle(struct ctx *cx, const struct err *refusal);

/* The one scope that belongs to no resource: it reads how the service does (D81). */
#define SCOPE_METRICS "metrics:read"

/* ERR_FORBIDDEN, reason scope, if the actor lacks it; says which it has. */
struct err *access_scope(struct ctx *cx, const char *scope) MUST_CHECK;

/* Makes every process of this host forget the keys it remembers: after a commit that changed one. */
void access_forget(void);

/* True if `scope` is "*", SCOPE_METRICS, a scope that some descriptor names, or "area:*" of such. */
bool scope_is_known(struct str scope);
/* True if a publishable key may have it: it reads a resource that is published (V_PUBLIC). */
bool scope_is_public(struct str scope);
/* True if a holder of `held` may hand `scope` on: he has it, or all that it stands for. */
bool scope_is_within(struct arena *a, struct str scope, const struct scopes *held);
/* The scopes that a key's list (JSON) grants, with "area:*" written out, for ctx_may(). */
struct err *scopes_read(struct arena *a, struct str list, struct scopes *out) MUST_CHECK;

#endif

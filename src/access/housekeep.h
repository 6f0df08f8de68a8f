/*
 * What souk-housekeep does, in small steps: each is one statement, or one transaction, on at most `most` rows, so that
 * nobody waits for it long, and a step that was cut off is simply done again. *n says how many rows it was; fewer than
 * `most`: there are no more. With cx->dry_run a step changes nothing and counts all that there is to do.
 */
#ifndef SOUK_ACCESS_HOUSEKEEP_H
#define SOUK_ACCESS_HOUSEKEEP_H

#include "access/tenant.h"

/* Of that side of a tenant: rows of the audit log that are older than its plan keeps them. */
struct err *audit_purge(
	struct ctx *cx, const struct tenant *t, int64_t most, int64_t *n) MUST_CHECK;
/* Networks that revoked keys came from. */
struct err *network_purge(
	struct ctx *cx, const struct tenant *t, int64_t most, int64_t *n) MUST_CHECK;
/*
 * Keys whose secret should have been renewed by now: each makes the event key.rotation_due, once until it is rotated. Acts
 * for the tenant: cx is as tenant_enter() leaves it.
 */
struct err *key_remind(struct ctx *cx, const struct tenant *t, int64_t most, int64_t *n) MUST_CHECK;
/* Nonces that are too old to be used again; t NULL: of all tenants. */
struct err *nonce_purge(
	struct ctx *cx, const struct tenant *t, int64_t most, int64_t *n) MUST_CHECK;

#endif

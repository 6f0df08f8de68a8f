/* What a key says of its holder: read by actor.c, used by signature.c and usage.c. */
#ifndef SOUK_ACCESS_ACTOR_INT_H
#define SOUK_ACCESS_ACTOR_INT_H

#include "access/access.h"
#include "base/cidr.h"
#include "base/crypto.h"

#define NETWORKS_REMEMBERED 8

/* How a key was used since that was last written down; of this process alone. */
struct usage {
	int64_t requests;
	int64_t written_us;                     /* clock_mono_us(); 0: never */
	uint64_t networks[NETWORKS_REMEMBERED]; /* hashes of those that are written down; 0: none */
	size_t next_network;
};

struct actor {
	struct id account, tenant, key;
	int64_t public_id;
	int64_t expires_at; /* ms; 0: never */
	struct str name;    /* "key_…" */
	struct str currency, language, time_zone;
	int currency_digits;
	bool publishable, must_sign;
	struct rates account_rates, key_rates;
	struct scopes scopes;
	struct scopes origins; /* none: any */
	const struct cidr *ranges;
	size_t nranges;                       /* 0: from anywhere */
	struct str signing, previous_signing; /* secrets; absent: none */
	struct usage *usage;                  /* NULL: not remembered */
};

/* For what is written behind an answer: the request is over, and what it asked for (a dry run, a key) is none of this. */
struct ctx access_aside(const struct ctx *cx);

/* ---- audit.c */

/* Notes that the key that was shown was refused. At most a row a minute for each key and reason; the rest is counted in it. */
void audit_refusal(struct ctx *cx, enum reason reason);
/* Writes what was counted and is a minute old. */
void audit_settle(struct ctx *cx);

#endif

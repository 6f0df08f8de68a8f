/*
 * The context of one request, batch row or job row: who asks, where what is made lives, which
 * connection it uses and how long it may take. It is handed down as the first parameter; nothing
 * of it is global. The faces and access/ fill it; no floor below knows where it came from.
 */
#ifndef SOUK_DB_CTX_H
#define SOUK_DB_CTX_H

#include "base/base.h"
#include "base/rate.h"

struct db;
struct once;
struct traces;
struct keyring;
struct actor;
struct vault;

/* The scopes of an actor. "*" in the list grants everything. */
struct scopes {
	const struct str *s;
	size_t n;
};

/* How the answer is to be shown; it never changes what is stored. */
struct shown_as {
	struct str language; /* of text that has variants; absent: the tenant's own */
	struct str fallback; /* if that is not there */
	unsigned maps;       /* text as a map of these (model/language.h); 0: in one language */
	unsigned told;       /* languages shown so far, filled by rendering */

	struct str currency; /* of prices, upper case; absent: decimals in the tenant's own */
	int currency_digits;
	struct rate rate; /* from the tenant's currency; 0: it is that one */
	bool too_large;   /* a price could not be converted, noted by rendering */

	struct str
		region; /* a country, whose taxes hold where no address says another (D47); or absent */
	const char *locale; /* "de_CH": how money and times are written for people */
	struct str zone;    /* of dates without a time; absent: the tenant's */
	bool times;         /* beside each time stands how people write it */
};

struct ctx {
	struct arena *arena;
	struct db *db;
	const struct keyring *ring;

	struct str request_id; /* "req_…" */
	int64_t deadline_us;   /* clock_mono_us() at which the request gives up; 0: never */
	unsigned statements;   /* sent to the database so far */
	int64_t db_us;         /* spent waiting for it */
#ifdef SOUK_DEBUG
	struct str exit_at; /* the client asked that the process ends there, once */
	bool counts_reads;  /* the client asked how many rows the request reads */
	int64_t rows_read;
#endif

	struct id account, tenant;  /* the tenant's side (live or sandbox) is a tenant of its own */
	struct str actor;           /* "key_…", "user_…", "system"; as the audit shows it */
	const struct actor *holder; /* what access/ knows of it; NULL: a program of our own */
	/* Whose key was shown, be it refused; ID_NONE: nobody's that is known. */
	struct id shown_key, shown_tenant;
	bool published_only; /* sees what is published, and nothing else (D22) */
	struct scopes scopes;
	struct str ip, user_agent;
	bool sandbox;

	struct str currency;  /* the tenant's base currency, upper case */
	int currency_digits;  /* of its minor unit */
	struct str language;  /* the tenant's default language */
	struct str time_zone; /* and its zone; absent: UTC */
	struct shown_as shown;

	const struct vault *vault; /* secrets that were taken out of the body; NULL: none */
	struct once *once;         /* a keyed write (D52); NULL: none */
	struct traces *traces;     /* rows that are held back (model/trace.h); NULL: none is */
	bool dry_run;              /* write, look, roll back (D54) */
	bool silent;               /* history is being loaded: events are marked so (D62) */
};

/* The zone in which the request counts days. */
struct str ctx_zone(const struct ctx *cx);

/* Milliseconds until the deadline, at most `most` and never less than 1: a time-out for what takes one. */
int ctx_left_ms(const struct ctx *cx, int most);

/* True if the actor has that scope, or scope is NULL. */
bool ctx_may(const struct ctx *cx, const char *scope);

#endif

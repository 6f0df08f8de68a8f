/*
 * The audit log: who did what to which object, and what it changed. The engine writes a row with each write
 * (model/trace.c); here are its descriptor, the rows of known keys that were refused, and the end of all of them.
 */
#include "access/access.h"

#include "access/actor_int.h"
#include "access/housekeep.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/log.h"
#include "db/db.h"
#include "model/plan.h"
#include "model/trace.h"

#define DAY_MS INT64_C(86400000)
#define MINUTE_US INT64_C(60000000)

static const struct field log_fields[AUDIT_LOG__MAX] = {
	[AUDIT_LOG_ACTOR] =
		STRING("actor", DOC("Who did it: a key or a user by its id, or a program's name."),
			.flags = F_READ_ONLY | F_FILTER | F_SORT, .max = 64, .index = "actor",
			.example = "user_456"),
	[AUDIT_LOG_ACTION] = STRING("action",
		DOC("What was done: the kind of object, a point, and what became of it."),
		.flags = F_READ_ONLY | F_FILTER | F_SORT, .max = 64, .index = "action",
		.example = "product.updated"),
	[AUDIT_LOG_VERB] = STRING("verb", DOC("What stands behind the point of the action."),
		.flags = F_READ_ONLY | F_FILTER, .max = 64, .index = "verb", .example = "updated"),
	[AUDIT_LOG_RESOURCE] = STRING("resource", DOC("The kind of the object."),
		.flags = F_READ_ONLY | F_FILTER | F_SORT, .max = 32, .index = "resource",
		.example = "product"),
	[AUDIT_LOG_RESOURCE_ID] = REF_OF("resource_id", "resource", DOC("The object."),
		.flags = F_READ_ONLY | F_FILTER, .index = "object", .example = "prod_789"),
	[AUDIT_LOG_CHANGES] = CHANGES("changes",
		DOC("What changed, by the name of the member: what it was and what it is. Of "
		    "children and "
		    "their members the name is a path, such as variants.var_123.price."),
		.flags = F_READ_ONLY, .example = "{\"price\":{\"old\":99.99,\"new\":79.99}}"),
	[AUDIT_LOG_REASON] = STRING("reason",
		DOC("Why a key was refused (access.denied), as the error said; null: it was not."),
		.flags = F_READ_ONLY, .max = 32),
	[AUDIT_LOG_TIMES] =
		INTEGER("times", DOC("How often it was refused so, within a minute; else null."),
			.flags = F_READ_ONLY),
	[AUDIT_LOG_REQUEST_ID] = STRING("request_id",
		DOC("The request that did it, as in its X-Request-Id; of several, the last."),
		.flags = F_READ_ONLY | F_FILTER, .max = 64, .index = "request",
		.example = "req_abc123"),
	[AUDIT_LOG_IP_ADDRESS] =
		STRING("ip_address", DOC("The address that it came from; null: from the host."),
			.flags = F_READ_ONLY, .max = 45, .example = "192.168.1.1"),
	[AUDIT_LOG_USER_AGENT] = STRING("user_agent", DOC("User-Agent of the request."),
		.flags = F_READ_ONLY, .max = 255, .example = "SDK/1.0"),
};

static const struct shorthand log_shorthands[] = {
	SHORT("actor", "actor", DOC("What this key, user or program did.")),
	SHORT("action", "action",
		DOC("An action, such as product.updated; or a word, such as updated, for all "
		    "kinds of objects."),
		.word = "verb"),
	SHORT("resource", "resource", DOC("What was done to objects of this kind.")),
	SHORT("resource_id", "resource_id", DOC("What was done to this object.")),
	SHORT("request_id", "request_id", DOC("What this request did.")),
	SHORT("date_from", "timestamp",
		DOC("What was done from then on; a date is its first moment."), .op = "gte"),
	SHORT("date_to", "timestamp", DOC("What was done until then; a date is its last moment."),
		.op = "lte"),
};

const struct resource audit_log_resource = {
	.name = "audit_log",
	.plural = "audit-logs",
	.prefix = "log",
	.table = "audit_logs",
	DOC("What was done: a write, or a key that was refused. Kept for 90 days, in the plan "
	    "professional for a year, in enterprise for seven."),
	FIELDS(log_fields),
	SHORTHANDS(log_shorthands),
	.log_time = "timestamp",
	.list_name = "logs",
	.verbs = V_LIST | V_GET,
	NO_STATUS,
	.scope_read = "audit:read",
	.max_age_s = -1,
	ADMIN("Settings", AUDIT_LOG_ACTOR, AUDIT_LOG_ACTION, AUDIT_LOG_RESOURCE_ID),
	PLAN,
};

/* ---- refusals */

/*
 * Whoever floods us with a key that is refused must not fill the table: each worker has so many places, and a place
 * writes one row a minute. What finds no place is in the log only, and so is what a worker that ends had not written.
 */
#define PLACES 512
#define PROBES 8
#define LOOKED_AT 8 /* places a request */

struct refused {
	struct id tenant, key;
	enum reason reason;
	int64_t written_us; /* clock_mono_us() of the row before; 0: the place was never taken */
	int64_t times;      /* since then */
	/* The last time. */
	int64_t at_ms;
	char ip[46], request_id[65], user_agent[256];
};

static struct refused places[PLACES];
static size_t waiting; /* places with refusals that are not written yet */

static bool
is_over(const struct refused *p, int64_t now_us)
{
	return !p->written_us || now_us - p->written_us >= MINUTE_US;
}

static struct refused *
place_of(const struct ctx *cx, enum reason reason, int64_t now_us)
{
	uint64_t at = hash_number((uint64_t)reason, (uint64_t)cx->shown_key.n);
	struct refused *idle = NULL;

	for (uint64_t i = 0; i < PROBES; i++) {
		struct refused *p = &places[(at + i) % PLACES];

		if (p->key.n == cx->shown_key.n && p->tenant.n == cx->shown_tenant.n &&
			p->reason == reason)
			return p;
		if (!idle && !p->times && is_over(p, now_us))
			idle = p;
	}
	if (idle)
		*idle = (struct refused){
			.tenant = cx->shown_tenant, .key = cx->shown_key, .reason = reason
		};
	return idle;
}

/* Text that outlives the request. */
static void
keep(char *to, size_t room, struct str text)
{
	size_t n = MIN(text.n, room - 1);

	if (n)
		memcpy(to, text.p, n);
	to[n] = '\0';
}

static struct str
kept(const char *text)
{
	return *text ? str_of(text) : (struct str){ 0 };
}

static void
write_row(const struct ctx *cx, struct refused *p, int64_t now_us)
{
	struct ctx own = access_aside(cx);
	struct audit_row row = {
		.action = "access.denied",
		.resource = str_of(api_key_resource.name),
		.object = p->key,
		.changes = STR("{}"),
		.reason = str_of(reason_word(p->reason)),
		.times = p->times,
		.at_ms = p->at_ms,
	};
	struct err *e;

	own.tenant = p->tenant;
	own.actor = id_str(own.arena, p->key, api_key_resource.prefix);
	own.request_id = kept(p->request_id);
	own.ip = kept(p->ip);
	own.user_agent = kept(p->user_agent);
	e = audit_write(&own, &row);
	p->written_us = now_us;
	if (e) {
		log_line(LOG_WARN, "refusal_not_written", LOG_S("actor", own.actor),
			LOG_S("log", e->log.n ? e->log : e->message));
		return;
	}
	p->times = 0;
	waiting--;
}

void
audit_refusal(struct ctx *cx, enum reason reason)
{
	int64_t now_us = clock_mono_us();
	struct refused *p = cx->shown_key.n ? place_of(cx, reason, now_us) : NULL;

	if (!p)
		return;
	waiting += p->times == 0;
	p->times++;
	p->at_ms = clock_real_ms();
	keep(p->ip, sizeof(p->ip), cx->ip);
	keep(p->request_id, sizeof(p->request_id), cx->request_id);
	keep(p->user_agent, sizeof(p->user_agent), cx->user_agent);
	if (is_over(p, now_us))
		write_row(cx, p, now_us);
}

/* A few places a request: nothing has to look at all of them at once. */
void
audit_settle(struct ctx *cx)
{
	static size_t next;
	int64_t now_us = clock_mono_us();

	for (size_t i = 0; waiting && i < LOOKED_AT; i++) {
		struct refused *p = &places[next++ % PLACES];

		if (p->times && is_over(p, now_us))
			write_row(cx, p, now_us);
	}
}

/* ---- the end */

static int64_t
days_of_plan(struct str plan)
{
	static const struct {
		const char *plan;
		int64_t days;
	} plans[] = {
		{ "professional", 365 },
		{ "enterprise", 7 * 365 + 2 },
	};

	for (size_t i = 0; i < COUNT(plans); i++)
		if (str_eq_z(plan, plans[i].plan))
			return plans[i].days;
	return 90;
}

struct err *
audit_purge(struct ctx *cx, const struct tenant *t, int64_t most, int64_t *n)
{
	struct db_value before = db_time(clock_real_ms() - days_of_plan(t->plan) * DAY_MS);
	struct db_rows rows;
	struct err *e;

	if (cx->dry_run)
		e = db_query(cx, &rows,
			"SET STATEMENT max_statement_time = 600 FOR SELECT COUNT(*) FROM audit_logs"
			" WHERE tenant_id = ? AND created_at < ?",
			db_id(t->id), before);
	else
		e = db_query(cx, &rows,
			"DELETE FROM audit_logs WHERE tenant_id = ? AND created_at < ?"
			" ORDER BY created_at LIMIT ?",
			db_id(t->id), before, db_int(most));
	*n = e ? 0 : db_count(&rows);
	return e;
}

/*
 * How keys are used. A worker counts by itself and writes down every two seconds, behind an answer, so no request
 * waits for it; what a worker that is killed had not written is lost. A network that a key never came from is worth an event.
 */
#include "access/actor_int.h"
#include "access/housekeep.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/log.h"
#include "base/vitals.h"
#include "db/db.h"
#include "model/rec.h"
#include "model/write.h"

#define WRITE_EVERY_US 2000000
#define NETWORKS_MOST 1000 /* of one key: more are not told apart */

static action_fn note_network;

/* Not a route: what the server itself does to a key. */
static const struct action anomaly = {
	.name = "anomaly",
	.event = "key.anomaly",
	.run = note_network,
};

/* The engine makes the new version, its audit row and the event; the address is what has changed. */
static struct err *
note_network(struct ctx *cx, struct rec *now, const struct rec *was UNUSED,
	const struct rec *input UNUSED)
{
	rec_set_str(now, API_KEY_LAST_USED_IP, cx->ip);
	rec_set_time(now, API_KEY_LAST_USED_AT, clock_real_ms());
	return NULL;
}

static struct err *
write_usage(struct ctx *cx, const struct actor *actor)
{
	struct db_value now = db_time(clock_real_ms());

	/* Assignments are made from left to right: the first reads the old last_used_at. */
	return db_exec(cx,
		"UPDATE api_keys SET requests_last_day = IF(DATE(last_used_at) = DATE(?), "
		"requests_last_day, 0) + ?,"
		" last_used_at = ?, last_used_ip = ? WHERE tenant_id = ? AND id = ?",
		now, db_int(actor->usage->requests), now, db_text(cx->ip), db_id(actor->tenant),
		db_id(actor->key));
}

/* *first: nothing was known of the key; *new: this network was not. */
static struct err *
add_network(struct ctx *cx, const struct actor *actor, struct str network, bool *new, bool *first)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT COUNT(*), COALESCE(SUM(network = ?), 0) FROM api_key_networks"
		" WHERE tenant_id = ? AND key_id = ?",
		db_text(network), db_id(actor->tenant), db_id(actor->key));
	int64_t known;

	*new = *first = false;
	if (e)
		return e;
	known = db_row(&rows, 0)[0].i;
	if (known >= NETWORKS_MOST || db_row(&rows, 0)[1].i)
		return NULL;
	e = db_query(cx, &rows,
		"INSERT IGNORE INTO api_key_networks (tenant_id, key_id, network, first_seen_at) "
		"VALUES (?, ?, ?, ?)",
		db_id(actor->tenant), db_id(actor->key), db_text(network),
		db_time(clock_real_ms()));
	*new = !e &&rows.affected == 1;
	*first = known == 0;
	return e;
}

static struct err *
raise_anomaly(struct ctx *cx, const struct actor *actor)
{
	struct write w = {
		.verb = WRITE_ACT,
		.resource = &api_key_resource,
		.action = &anomaly,
		.key = actor->name,
	};
	struct written out;

	return model_write(cx, &w, &out);
}

static bool
is_remembered(const struct usage *u, uint64_t network)
{
	for (size_t i = 0; i < NETWORKS_REMEMBERED; i++)
		if (u->networks[i] == network)
			return true;
	return false;
}

static struct err *
settle_network(struct ctx *cx, const struct actor *actor)
{
	struct str network = cidr_network(cx->arena, cx->ip);
	uint64_t hash = hash_str(0, network) | 1; /* 0 is no network */
	struct usage *u = actor->usage;
	bool new, first;
	struct err *e;

	if (!network.n || actor->publishable || is_remembered(u, hash))
		return NULL;
	e = add_network(cx, actor, network, &new, &first);
	if (!e && new && !first)
		e = raise_anomaly(cx, actor);
	if (e)
		return e;
	u->networks[u->next_network] = hash;
	u->next_network = (u->next_network + 1) % NETWORKS_REMEMBERED;
	return NULL;
}

struct ctx
access_aside(const struct ctx *cx)
{
	struct ctx own = *cx;

	own.deadline_us = clock_mono_us() + 1000000;
	own.once = NULL;
	own.dry_run = false;
	own.shown = (struct shown_as){ 0 };
	own.actor = STR("system");
	return own;
}

static void
settle_usage(struct ctx *cx, const struct actor *actor)
{
	int64_t now_us = clock_mono_us();
	struct ctx own = access_aside(cx);
	struct err *e;

	actor->usage->requests++;
	e = settle_network(&own, actor);
	if (!e && now_us - actor->usage->written_us >= WRITE_EVERY_US) {
		e = write_usage(&own, actor);
		actor->usage->written_us = now_us;
		if (!e)
			actor->usage->requests = 0;
	}
	if (e)
		log_line(LOG_WARN, "usage_not_written", LOG_S("actor", actor->name),
			LOG_S("log", e->log.n ? e->log : e->message));
}

void
access_settle(struct ctx *cx, const struct err *refusal)
{
	/* Others wait behind this request: not for a database that is away; and a full disk takes no notes. */
	if (!db_is_connected(cx->db) || vitals_storage_full())
		return;
	if (refusal && (refusal->code == ERR_UNAUTHENTICATED || refusal->code == ERR_FORBIDDEN))
		audit_refusal(cx, refusal->reason);
	audit_settle(cx);
	if (cx->holder && cx->holder->usage)
		settle_usage(cx, cx->holder);
}

struct err *
network_purge(struct ctx *cx, const struct tenant *t, int64_t most, int64_t *n)
{
	struct db_rows rows;
	struct err *e;

	if (cx->dry_run)
		e = db_query(cx, &rows,
			"SELECT COUNT(*) FROM api_key_networks WHERE tenant_id = ? AND key_id IN ("
			"SELECT id FROM api_keys WHERE tenant_id = ? AND archived_at IS NOT NULL)",
			db_id(t->id), db_id(t->id));
	else
		e = db_query(cx, &rows,
			"DELETE FROM api_key_networks WHERE tenant_id = ? AND key_id IN ("
			"SELECT id FROM api_keys WHERE tenant_id = ? AND archived_at IS NOT NULL)"
			" LIMIT ?",
			db_id(t->id), db_id(t->id), db_int(most));
	*n = e ? 0 : db_count(&rows);
	return e;
}

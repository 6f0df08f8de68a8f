/*
 * The one gate that every request passes, in this order: length, route, who asks, for which tenant,
 * the route's scope, the headers, the body. Handlers check none of it again.
 */
#include "web/serve.h"

#include "access/access.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/id.h"
#include "base/json.h"
#include "base/log.h"
#include "base/vault.h"
#include "base/vitals.h"
#include "db/db.h"
#include "web/call.h"
#include "web/fcgi.h"
#include "web/master.h"
#include "web/metrics.h"
#include "web/negotiate.h"
#include "web/overload.h"
#include "web/provoke.h"
#include "web/raw.h"
#include "web/shown.h"

#include <signal.h>

#define EXIT_AGAIN 75 /* EX_TEMPFAIL */
#define REQUEST_ARENA_MAX ((size_t)256 << 20)
/* Since the web server passed it on; a COMMIT then has half a second more, so that all ends within five. */
#define DEADLINE_US 4500000
#define WAITED_MOST_US 30000000 /* nginx gives up before: more is a clock that was set */
#define STORAGE_RETRY_S 30
#define HEAD_MAX 16384
#define USER_AGENT_MAX 255
#define TYPE_SHOWN 100
#define RAW_BODY_MAX ((size_t)64 << 10)

struct worker {
	const struct site *site;
	struct arena *own, *request;
	struct fcgi *fcgi;
	struct db *db;
	struct overload overload;
};

/* ---- before the handler */

/* Made now if the server is up; else the first statement waits for it, as for one that went away. */
static struct db *
connection(struct arena *a, const struct config *config)
{
	struct db *db;
	struct err *e;

	if (vitals_database_hung())
		return db_new(a, config);
	e = db_open(a, config, 0, &db);
	if (!e)
		return db;
	log_line(LOG_ERROR, "database_unavailable", LOG_S("log", e->log));
	return db_new(a, config);
}

/* What goes into the audit is text, fits the column, and is there behind the answer too. */
static struct str
user_agent(struct arena *a, struct str sent)
{
	struct str cut = str_cut(sent, 0, USER_AGENT_MAX);

	if (!sent.n || !str_is_utf8(sent))
		return (struct str){ 0 };
	while (!str_is_utf8(cut))
		cut.n--;
	return str_dup(a, cut);
}

/* How long the request stood in the queue. */
static int64_t
waited(const struct request *rq)
{
	int64_t us = rq->sent_ms ? clock_real_us() - rq->sent_ms * 1000 : 0;

	return us < WAITED_MOST_US ? MAX(us, 0) : 0;
}

static void
begin(struct worker *w, struct call *c, int64_t begun_us)
{
	struct ctx *cx = &c->cx;
	const struct request *rq = &c->rq;
	int64_t waited_us = waited(rq);

	metrics_add(METRIC_QUEUE_TIME, waited_us);
	c->site = w->site;
	cx->arena = w->request;
	cx->db = w->db;
	cx->ring = w->site->ring;
	cx->request_id = rq->id;
	cx->deadline_us = begun_us - waited_us + DEADLINE_US;
	c->crowded = overload_meets(&w->overload, waited_us, begun_us);
	cx->ip = str_dup(cx->arena, rq->meta[META_REMOTE_ADDR]); /* read behind the answer too */
	cx->user_agent = user_agent(cx->arena, rq->meta[META_USER_AGENT]);
	cx->sandbox = rq->sandbox;
	cx->dry_run =
		method_writes(rq->method) && negotiate_prefers(rq->meta[META_PREFER], "dry-run");
	log_request(rq->id, rq->trace);
	reply_init(&c->reply, w->request);
}

static bool
needs_no_key(const struct call *c)
{
	const struct route *route = c->to.route;

	return route->open || (route->for_watchers && cidr_list_has(&c->site->watchers, c->cx.ip));
}

static struct err *
unavailable(const struct call *c, enum reason reason, int retry_after_s)
{
	struct err *e = err_new(c->cx.arena, ERR_UNAVAILABLE, NULL);

	e->retry_after_s = retry_after_s;
	return err_reason(e, reason);
}

static struct err *
check_storage(const struct call *c)
{
	if (method_writes(c->rq.method) && vitals_storage_full())
		return unavailable(c, REASON_STORAGE, STORAGE_RETRY_S);
	return NULL;
}

/* Who needs no key: what is asked finds out whose it is. */
static struct err *
admit_guest(struct call *c)
{
	struct err *e = limit_guest(&c->cx, c->site->config->guest_rate, &c->allowance);

	c->reply.allowance = &c->allowance;
	return e ? e : check_storage(c);
}

static struct err *
admit(struct call *c)
{
	const struct str *meta = c->rq.meta;
	struct ctx *cx = &c->cx;
	struct asking how = {
		.authorization = meta[META_AUTHORIZATION],
		.tenant = meta[META_TENANT],
		.origin = meta[META_ORIGIN],
		.sandbox = cx->sandbox,
	};
	struct err *e;

	if (needs_no_key(c) && !c->to.way.operation)
		return NULL;
	if (c->crowded) {
		metrics_add(METRIC_OVERLOADED, 1);
		return unavailable(c, REASON_OVERLOADED, 1);
	}
	if (vitals_database_hung())
		return unavailable(c, REASON_DATABASE_LOST, 1);
	if (c->to.route->open)
		return admit_guest(c);
	c->reply.varies = true;
	e = access_check(cx, &how, &c->allowance);
	c->reply.allowance = &c->allowance;
	if (!e && c->to.way.scope)
		e = access_scope(cx, c->to.way.scope);
	e = e ? e : check_storage(c);
	return e ? e : shown_take(c);
}

static struct str
listed(struct arena *a, const char *const *types)
{
	struct str list = str_of(*types);

	while (*++types)
		list = str_fmt(a, "%.*s,%s", STRF(list), *types);
	return list;
}

/* An error is told in any case, so an answer is refused only if no kind of JSON is taken. */
static struct err *
check_accept(const struct call *c)
{
	static const char *const json[] = { "application/json", NULL };
	const struct raw *raw = raw_of(c);
	const char *const *types = raw ? raw->types
		: c->to.route->types   ? c->to.route->types
				       : json;
	struct str accept = c->rq.meta[META_ACCEPT];
	struct arena *a = c->cx.arena;
	struct err *e;

	if (negotiate_type(accept, types) || (types == json && negotiate_takes_json(accept)))
		return NULL;
	e = err_new(a, ERR_NOT_ACCEPTABLE, NULL);
	err_field(a, &e, STR("Accept"), REASON_NOT_ACCEPTABLE,
		"must name a type that can be sent: %.*s", STRF(listed(a, types)))
		->allowed = listed(a, types);
	return e;
}

/* A signature covers the body, so it is judged when that is there, and before it is read as JSON. */
static struct err *
check_signature(struct call *c)
{
	const struct str *meta = c->rq.meta;

	return access_signature(&c->cx,
		&(struct signing){
			.signature = meta[META_SIGNATURE],
			.timestamp = meta[META_TIMESTAMP],
			.nonce = meta[META_NONCE],
			.method = meta[META_METHOD],
			.target = meta[META_URI],
			.body = c->rq.body,
		});
}

static struct err *
not_an_object(struct call *c)
{
	return err_reason(
		err_new(c->cx.arena, ERR_MALFORMED, "the body is %s, where an object was expected",
			json_kind_name(json_kind(c->body))),
		REASON_BODY_NOT_AN_OBJECT);
}

static struct err *
bad_type(const struct call *c)
{
	struct str sent = c->rq.meta[META_CONTENT_TYPE];
	struct arena *a = c->cx.arena;
	struct err *e = err_new(a, ERR_MEDIA_TYPE, NULL);

	if (!str_is_utf8(sent) || sent.n > TYPE_SHOWN)
		sent = STR("what was sent");
	err_field(a, &e, STR("Content-Type"), REASON_MEDIA_TYPE,
		"must be application/json in UTF-8, not %.*s",
		STRF(sent.n ? sent : STR("left out")))
		->allowed = c->rq.method == METHOD_PATCH
		? STR("application/json,application/merge-patch+json")
		: STR("application/json");
	return e;
}

/* A coding that nobody undoes here; "identity" is none. */
static bool
is_encoded(struct str coding)
{
	return coding.n && !str_eq_nocase(str_trim(coding), STR("identity"));
}

static bool
has_secrets(const struct call *c)
{
	return c->to.way.secrets.n || c->to.way.secrets.no_cards;
}

/* From here on the body has no secrets in it; they stand in cx->vault. */
static struct err *
take_secrets(struct call *c)
{
	struct ctx *cx = &c->cx;
	char *body = (char *)(uintptr_t)c->rq.body.p; /* fcgi_read_body() made it for us */
	struct err *e = NULL;

	cx->vault = vault_take(cx->arena, body, c->rq.body.n, &c->to.way.secrets);
	if (vault_card(cx->vault).n)
		err_field(cx->arena, &e, vault_card(cx->vault), REASON_CARD_NUMBER,
			"must not have the number of a card in it: that is taken as number of a "
			"payment method alone");
	return e;
}

/* Reads and parses what a write brings; c->body stays NULL if that is nothing. */
static struct err *
take_body(struct worker *w, struct call *c)
{
	const struct raw *raw = raw_of(c);
	struct err *e;

	if (!method_writes(c->rq.method) || c->rq.method == METHOD_DELETE)
		return raw && raw->open ? NULL : check_signature(c);
	if (is_encoded(c->rq.meta[META_CONTENT_ENCODING]))
		return err_new(c->cx.arena, ERR_CONTENT_CODING, NULL);
	if (raw)
		c->rq.body_max = raw->body_max ? raw->body_max : RAW_BODY_MAX;
	e = fcgi_read_body(w->fcgi, c->cx.arena, &c->rq, has_secrets(c));
	if (!e && !(raw && raw->open))
		e = check_signature(c);
	if (e || !c->rq.body.n)
		return e;
	if (raw)
		return raw_check_type(c);
	if (!negotiate_is_json(c->rq.meta[META_CONTENT_TYPE], c->rq.method))
		return bad_type(c);
	e = has_secrets(c) ? take_secrets(c) : NULL;
	if (e)
		return e;
	e = json_parse(c->cx.arena, c->rq.body, &c->body);
	if (!e && json_kind(c->body) != JSON_OBJECT)
		e = not_an_object(c);
	return e;
}

/* ---- the answer */

static void
answer_options(struct call *c)
{
	c->reply.status = 204;
	c->reply.allow = route_allow(c->to.route, c->cx.arena);
	c->reply.preflight = true;
	for (int m = 0; m < METHOD_OTHER; m++)
		if (c->to.route->ways[m].handler && m != METHOD_PUT &&
			c->to.route->ways[m].handler != raw_handle)
			c->reply.tells_types |= 1U << m;
}

static struct err *
handle(struct worker *w, struct call *c)
{
	struct err *e = request_check(&c->rq, c->cx.arena);

	if (!e)
		e = route_find(c->site->routes, c->cx.arena, &c->rq, &c->to);
	if (e)
		return e;
	if (c->rq.method == METHOD_OPTIONS) {
		answer_options(c);
		return NULL;
	}
	e = admit(c);
	if (!e)
		e = check_accept(c);
	if (!e)
		e = take_body(w, c);
	if (e)
		return e;
	provoke_begin(c);
	e = c->to.way.handler(c);
	provoke_end(c);
	return e;
}

/* What only the log may know: the reasons of 5xx. */
static void
log_fault(const struct err *e)
{
	if (err_is_server(e))
		log_line(LOG_ERROR, "fault", LOG_Z("code", err_name(e->code)),
			LOG_Z("reason", reason_word(e->reason)), LOG_S("log", e->log));
}

static void
settle(struct call *c, const struct err *e)
{
	if (!e && c->reply.body.overflow)
		e = err_log(c->cx.arena, ERR_TOO_EXPENSIVE, "the answer would pass %zu bytes",
			REPLY_BODY_MAX);
	if (!e)
		return;
	log_fault(e);
	c->reply.problem = negotiate_wants_problem(c->rq.meta[META_ACCEPT]);
	reply_err(&c->reply, &c->cx, e);
	raw_show_err(c, e);
	if (e->code == ERR_MEDIA_TYPE)
		c->reply.tells_types = 1U << c->rq.method;
	c->reply.bad_token = c->rq.meta[META_AUTHORIZATION].n > 0;
	c->reply.refuses_coding = e->code == ERR_CONTENT_CODING;
}

static void
send_reply(struct worker *w, struct call *c, int64_t begun_us)
{
	int64_t took_us = clock_mono_us() - begun_us;
	struct buf head;
	struct str body = buf_view(&c->reply.body);

	buf_init(&head, w->request, 2048, HEAD_MAX);
	reply_head(&head, &c->reply, &c->cx, took_us);
	must(!head.overflow);
	if (c->rq.method == METHOD_HEAD || reply_is_bare(&c->reply))
		body.n = 0;
	metrics_count(c, head.n + body.n, took_us);
	if (has_secrets(c))
		fcgi_drain(w->fcgi);
	fcgi_finish(w->fcgi, buf_view(&head), body);
}

/* Behind the answer, so that nobody waits for it. Of what fcgi_finish() took back, nothing is used. */
static void
log_call(const struct call *c, int64_t begun_us)
{
	if (!log_is_on(LOG_INFO))
		return;
	log_line(LOG_INFO, "request", LOG_I("tenant", c->cx.tenant.n), LOG_S("actor", c->cx.actor),
		LOG_Z("method", method_name(c->rq.method)),
		LOG_Z("route", c->to.route ? c->to.route->pattern : ""),
		LOG_I("status", c->reply.status), LOG_I("us", clock_mono_us() - begun_us),
		LOG_I("db_us", c->cx.db_us), LOG_I("statements", c->cx.statements),
		LOG_I("session", db_session(c->cx.db)), LOG_I("bytes", (int64_t)c->reply.body.n));
}

/* What the request in hand may be waiting for. */
static struct db *volatile asked_db;

/* The keeper found that the database does not answer: nobody waits for it. */
static void
on_hung(int signal_number)
{
	(void)signal_number;
	db_cut(asked_db);
}

static void
hear_of_hung(void)
{
	struct sigaction action = { .sa_handler = on_hung, .sa_flags = SA_RESTART };

	sigemptyset(&action.sa_mask);
	must(sigaction(SIGURG, &action, NULL) == 0);
}

static void
serve_one(struct worker *w, struct call *c)
{
	int64_t begun_us = clock_mono_us();
	const struct err *e;

	master_busy(c->rq.id);
	provoke_memory(c);
	begin(w, c, begun_us);
	asked_db = c->cx.db;
	e = handle(w, c);
	settle(c, e);
	send_reply(w, c, begun_us);
	log_call(c, begun_us);
	access_settle(&c->cx, e);
	metrics_count_database(c);
	asked_db = NULL;
	provoke_memory(NULL);
	log_request((struct str){ 0 }, (struct str){ 0 });
	master_idle();
}

/* ---- the worker */

/* Not all at once: each worker of a host has another share. */
static int64_t
share(const struct config *config, int slot)
{
	return config->max_requests ? config->max_requests + config->max_requests / 64 * slot
				    : INT64_MAX;
}

int
serve(const struct site *site, int listen_fd)
{
	struct worker w = { .site = site };
	int slot = id_take_slot(site->config->run_dir);
	int64_t left;

	if (slot < 0) {
		log_say(LOG_ERROR, "no_slot", "no free slot in %s: %s", site->config->run_dir,
			strerror(errno));
		return EXIT_AGAIN;
	}
	id_setup((int)site->config->host_number, slot);
	arena_thrift();
	w.own = arena_new("worker", (size_t)64 << 20);
	w.request = arena_new("request", REQUEST_ARENA_MAX);
	w.fcgi = fcgi_new(w.own, listen_fd);
	hear_of_hung();
	w.db = connection(w.own, site->config);
	master_ready();
	for (left = share(site->config, slot); left > 0; left--) {
		struct call c = { 0 };

		if (!fcgi_accept(w.fcgi, w.request, &c.rq))
			break;
		serve_one(&w, &c);
		arena_reset(w.request);
	}
	db_close(w.db);
	arena_free(w.request);
	arena_free(w.own);
	return 0;
}

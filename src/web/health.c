/*
 * Health. What is not there is called not_configured and harms nothing; only the database must answer. The keeper looks, and
 * what it saw within the last two seconds is told; if it did not look, the database is asked here.
 */
#include "web/health.h"

#include "base/clock.h"
#include "base/json_out.h"
#include "db/db.h"
#include "web/call.h"
#include "web/master.h"

#define ASK_US 1000000
#define BOOKS_GOOD_MS (INT64_C(3) * 86400000)

const struct route_doc health_doc = {
	.name = "health",
	.summary = "Whether the service is well",
	.text = "Tells how each part was within the last two seconds. What is not there is called "
		"not_configured and harms nothing. A storage that is nearly full (degraded), or "
		"too "
		"full to write (unavailable: writes are answered 503), makes the whole degraded, "
		"and "
		"so do books that do not add up; a "
		"database that does not answer makes it unhealthy. The books, stock and sums of "
		"orders, "
		"are verified every night.",
	.schema = "'type':'object','additionalProperties':false,'required':['status','version',"
		  "'uptime_seconds','services'],'properties':{"
		  "'status':{'type':'string','enum':['healthy','degraded','unhealthy']},"
		  "'version':{'type':'string','description':'Of the API.'},"
		  "'uptime':{'type':'number','minimum':0,'maximum':100,'description':"
		  "'Percent of the last 30 days, or since it is recorded, in which the "
		  "database could be reached.'},"
		  "'uptime_seconds':{'type':'integer','minimum':0,'description':'Since the "
		  "service was started.'},"
		  "'services':{'type':'object','additionalProperties':false,'required':['database',"
		  "'cache','queue','storage'],'properties':{"
		  "'database':{'type':'string','enum':['operational','unavailable']},"
		  "'cache':{'type':'string','const':'not_configured'},"
		  "'queue':{'type':'string','const':'not_configured'},"
		  "'storage':{'type':'string','enum':['operational','degraded',"
		  "'unavailable','unknown']},"
		  "'books':{'type':'string','enum':['operational','degraded','unknown'],"
		  "'description':'Unknown if they were not verified within three days.'}}},"
		  "'books':{'type':'object','additionalProperties':false,'required':["
		  "'verified_at','differences'],'properties':{"
		  "'verified_at':{'type':'string','format':'date-time'},"
		  "'differences':{'type':'integer','minimum':0}},"
		  "'description':'What the last verification found; left out if there was none.'}}",
	.example = "{'status':'healthy','version':'" API_VERSION "','uptime':99.99,"
		   "'uptime_seconds':86400,'services':{'database':'operational',"
		   "'cache':'not_configured','queue':'not_configured',"
		   "'storage':'operational','books':'operational'},"
		   "'books':{'verified_at':'2026-01-15T03:30:00Z','differences':0}}",
	.can_fail = true,
};

const struct route_doc health_live_doc = {
	.name = "liveness",
	.summary = "Whether a worker answers",
	.text = "For what starts and restarts the service; nothing behind the worker is asked.",
	.schema = "'type':'object','additionalProperties':false,'required':['status'],"
		  "'properties':{'status':{'type':'string','const':'alive'}}",
	.example = "{'status':'alive'}",
};

const struct route_doc health_ready_doc = {
	.name = "readiness",
	.summary = "Whether requests should be sent here",
	.text = "For load balancers: no while the database does not answer, and from the moment on "
		"that the service is told to end.",
	.schema = "'type':'object','additionalProperties':false,'required':['status'],"
		  "'properties':{'status':{'type':'string','enum':['ready','not_ready']}}",
	.example = "{'status':'ready'}",
	.can_fail = true,
};

static bool
database_answers(struct call *c)
{
	c->cx.deadline_us = MIN(c->cx.deadline_us, clock_mono_us() + ASK_US);
	return c->cx.db && !db_ping(&c->cx);
}

struct vitals
health_examine(struct call *c)
{
	struct vitals v;

	if (!vitals_get(&v))
		v = (struct vitals){
			.database = database_answers(c) ? DATABASE_UP : DATABASE_AWAY,
			.storage = STORAGE_UNKNOWN,
			.uptime = UPTIME_UNKNOWN,
		};
	return v;
}

static void
put_status(struct call *c, bool well, const char *word)
{
	struct buf *b = &c->reply.body;

	c->reply.status = well ? 200 : 503;
	c->reply.retry_after_s = well ? 0 : 1;
	buf_char(b, '{');
	JSON_OUT_NAME(b, "status");
	json_out_z(b, word);
}

static const char *
books_word(const struct books_seen *books)
{
	if (books->differences)
		return "degraded";
	return clock_real_ms() - books->at_ms <= BOOKS_GOOD_MS ? "operational" : "unknown";
}

static void
put_books(struct buf *b, const struct books_seen *books)
{
	char at[CLOCK_TEXT];

	if (!books->at_ms)
		return;
	JSON_OUT_NAME(b, "books");
	buf_z(b, "{\"verified_at\":\"");
	buf_put(b, at, clock_render(books->at_ms, at));
	buf_z(b, "\",\"differences\":");
	buf_int(b, books->differences);
	buf_char(b, '}');
}

static void
put_services(struct buf *b, const struct vitals *v, const struct books_seen *books)
{
	static const char *const storage[] = {
		[STORAGE_ROOM] = "operational",
		[STORAGE_LOW] = "degraded",
		[STORAGE_FULL] = "unavailable",
		[STORAGE_UNKNOWN] = "unknown",
	};

	JSON_OUT_NAME(b, "services");
	buf_char(b, '{');
	JSON_OUT_NAME(b, "database");
	json_out_z(b, v->database == DATABASE_UP ? "operational" : "unavailable");
	buf_z(b, ",\"cache\":\"not_configured\",\"queue\":\"not_configured\"");
	JSON_OUT_NAME(b, "storage");
	json_out_z(b, storage[v->storage]);
	JSON_OUT_NAME(b, "books");
	json_out_z(b, books_word(books));
	buf_char(b, '}');
}

struct err *
health_get(struct call *c)
{
	struct buf *b = &c->reply.body;
	struct vitals v = health_examine(c);
	struct books_seen books = vitals_get_books();
	bool lacks_room = v.storage == STORAGE_LOW || v.storage == STORAGE_FULL;

	if (v.database == DATABASE_UP)
		put_status(c, true, lacks_room || books.differences ? "degraded" : "healthy");
	else
		put_status(c, false, "unhealthy");
	buf_z(b, ",\"version\":\"" API_VERSION "\"");
	if (v.uptime != UPTIME_UNKNOWN)
		buf_fmt(b, ",\"uptime\":%d.%02d", v.uptime / 100, v.uptime % 100);
	buf_z(b, ",\"uptime_seconds\":");
	buf_int(b, (clock_mono_us() - c->site->started_us) / 1000000);
	put_services(b, &v, &books);
	put_books(b, &books);
	buf_char(b, '}');
	return NULL;
}

struct err *
health_live(struct call *c)
{
	put_status(c, true, "alive");
	buf_char(&c->reply.body, '}');
	return NULL;
}

struct err *
health_ready(struct call *c)
{
	bool ready = !master_is_ending() && health_examine(c).database == DATABASE_UP;

	put_status(c, ready, ready ? "ready" : "not_ready");
	buf_char(&c->reply.body, '}');
	return NULL;
}

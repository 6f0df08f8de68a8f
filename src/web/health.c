/* Health. What is not there is called not_configured and harms nothing; only the database must answer. */
#include "web/health.h"

#include "base/clock.h"
#include "base/json_out.h"
#include "db/db.h"
#include "web/call.h"

const struct route_doc health_doc = {
	.name = "health",
	.summary = "Whether the service is well",
	.text = "Asks the database. What is not there is called not_configured and harms nothing.",
	.schema = "'type':'object','additionalProperties':false,'required':['status','version',"
		  "'uptime_seconds','services'],'properties':{"
		  "'status':{'type':'string','enum':['healthy','unhealthy']},"
		  "'version':{'type':'string','description':'Of the API.'},"
		  "'uptime_seconds':{'type':'integer','minimum':0},"
		  "'services':{'type':'object','additionalProperties':false,'required':['database',"
		  "'cache','queue','storage'],'properties':{"
		  "'database':{'type':'string','enum':['operational','unavailable']},"
		  "'cache':{'type':'string','const':'not_configured'},"
		  "'queue':{'type':'string','const':'not_configured'},"
		  "'storage':{'type':'string','const':'not_configured'}}}}",
	.example = "{'status':'healthy','version':'" API_VERSION "','uptime_seconds':86400,"
		   "'services':{'database':'operational','cache':'not_configured',"
		   "'queue':'not_configured','storage':'not_configured'}}",
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
	.text = "For load balancers; asks the database.",
	.schema = "'type':'object','additionalProperties':false,'required':['status'],"
		  "'properties':{'status':{'type':'string','enum':['ready','not_ready']}}",
	.example = "{'status':'ready'}",
	.can_fail = true,
};

static bool
database_answers(struct call *c)
{
	struct err *e = c->cx.db ? db_ping(&c->cx) : err_new(c->cx.arena, ERR_UNAVAILABLE, NULL);

	if (e)
		c->reply.retry_after_s = 1;
	return !e;
}

static void
put_state(struct call *c, bool well, const char *yes, const char *no)
{
	struct buf *b = &c->reply.body;

	c->reply.status = well ? 200 : 503;
	buf_char(b, '{');
	JSON_OUT_NAME(b, "status");
	json_out_z(b, well ? yes : no);
}

/* NEEDSWORK: `uptime`, the percentage over 30 days (D28), is left out until outages are recorded. */
struct err *
health_get(struct call *c)
{
	struct buf *b = &c->reply.body;
	bool database = database_answers(c);

	put_state(c, database, "healthy", "unhealthy");
	buf_z(b, ",\"version\":\"" API_VERSION "\",\"uptime_seconds\":");
	buf_int(b, (clock_mono_us() - c->site->started_us) / 1000000);
	JSON_OUT_NAME(b, "services");
	buf_char(b, '{');
	JSON_OUT_NAME(b, "database");
	json_out_z(b, database ? "operational" : "unavailable");
	buf_z(b,
		",\"cache\":\"not_configured\",\"queue\":\"not_configured\","
		"\"storage\":\"not_configured\"}}");
	return NULL;
}

struct err *
health_live(struct call *c)
{
	put_state(c, true, "alive", "");
	buf_char(&c->reply.body, '}');
	return NULL;
}

struct err *
health_ready(struct call *c)
{
	put_state(c, database_answers(c), "ready", "not_ready");
	buf_char(&c->reply.body, '}');
	return NULL;
}

/*
 * A whole request as the web server hands it over: a line for each variable, an empty line, the body. It goes the way of
 * web/serve.c, past the key, into a database that has nothing; what comes out is a head and a body that can be sent.
 */
#include "fuzz.h"

#include "base/json.h"
#include "web/negotiate.h"
#include "web/shown.h"

#define HEAD_MAX 16384

/* Nginx lets no other names pass, and no environment has NUL in it. */
static bool
can_come(struct str pair)
{
	size_t equals = str_find(pair, '=');

	for (size_t i = 0; i < equals; i++) {
		char c = pair.p[i];

		if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_')
			return false;
	}
	return equals && equals < pair.n && str_find(pair, '\0') == pair.n;
}

static void
take_head(struct fuzz *f, struct request *rq)
{
	struct str line = fuzz_line(f);

	for (; line.n; line = fuzz_line(f)) {
		if (can_come(line))
			request_take(rq, f->arena, line);
	}
	request_init(rq, f->arena);
	rq->body = f->in;
}

static struct err *
read_body(struct call *c)
{
	if (!method_writes(c->rq.method) || c->rq.method == METHOD_DELETE || !c->rq.body.n)
		return NULL;
	if (!negotiate_is_json(c->rq.meta[META_CONTENT_TYPE], c->rq.method))
		return err_new(c->cx.arena, ERR_MEDIA_TYPE, NULL);
	return json_parse(c->cx.arena, c->rq.body, &c->body);
}

static struct err *
handle(struct call *c)
{
	struct err *e = request_check(&c->rq, c->cx.arena);

	if (!e)
		e = route_find(c->site->routes, c->cx.arena, &c->rq, &c->to);
	if (!e && !c->to.way.handler)
		return NULL; /* OPTIONS */
	if (!e)
		e = shown_take(c);
	if (!e)
		e = read_body(c);
	if (!e && c->body && json_kind(c->body) != JSON_OBJECT)
		return NULL;
	return e ? e : c->to.way.handler(c);
}

/* Lines of "Name: value", none of which was broken by what came from outside. */
static void
check_head(struct str head)
{
	struct str line;

	must(str_ends(head, STR("\r\n\r\n")));
	head = str_cut(head, 0, head.n - 4);
	while (str_split(&head, '\n', &line)) {
		if (head.p) {
			must(str_ends(line, STR("\r")));
			line = str_cut(line, 0, line.n - 1);
		}
		must(str_find(line, ':') > 0 && str_find(line, ':') < line.n - 1);
		for (size_t i = 0; i < line.n; i++)
			must((unsigned char)line.p[i] >= ' ');
	}
}

static void
check_reply(struct call *c)
{
	struct reply *r = &c->reply;
	struct buf head;

	buf_init(&head, c->cx.arena, 2048, HEAD_MAX);
	reply_head(&head, r, &c->cx, 1234);
	must(!head.overflow && !r->body.overflow);
	check_head(buf_view(&head));
	if (r->body.n && (!r->type.n || str_ends(r->type, STR("json"))))
		fuzz_is_json(buf_view(&r->body));
}

void
fuzz_head(struct fuzz *f)
{
	struct call c = { .site = fuzz_site(), .cx = f->cx };
	struct err *e;

	take_head(f, &c.rq);
	c.cx.request_id = c.rq.id;
	c.cx.dry_run =
		method_writes(c.rq.method) && negotiate_prefers(c.rq.meta[META_PREFER], "dry-run");
	reply_init(&c.reply, f->arena);
	e = handle(&c);
	if (e) {
		must(!err_is_server(e));
		c.reply.problem = negotiate_wants_problem(c.rq.meta[META_ACCEPT]);
		reply_err(&c.reply, &c.cx, e);
	}
	check_reply(&c);
}

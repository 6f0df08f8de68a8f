/*
 * The body is read by the gate and handed on as it is; of a form, decoded as well. Pages are kept by nobody and tell nobody
 * where they were.
 */
#include "web/raw.h"

#include "db/db.h"
#include "web/call.h"
#include "web/conditional.h"
#include "web/negotiate.h"
#include "web/page.h"
#include "web/params.h"

#define TYPE_FORM "application/x-www-form-urlencoded"
#define TYPE_PAGE "text/html"
#define PAGE_UTF8 TYPE_PAGE "; charset=utf-8"

const struct raw *
raw_of(const struct call *c)
{
	return c->to.way.operation ? c->to.way.operation->raw : NULL;
}

struct err *
raw_check_type(const struct call *c)
{
	const struct raw *raw = raw_of(c);
	struct str sent = c->rq.meta[META_CONTENT_TYPE];
	struct arena *a = c->cx.arena;
	struct str listed = { 0 };
	struct err *e;

	if (!raw->takes || negotiate_is_one_of(sent, raw->takes))
		return NULL;
	for (const char *const *t = raw->takes; *t; t++)
		listed = str_fmt(a, "%.*s%s%s", STRF(listed), listed.n ? "," : "", *t);
	e = err_new(a, ERR_MEDIA_TYPE, NULL);
	err_field(a, &e, STR("Content-Type"), REASON_MEDIA_TYPE, "must be %.*s", STRF(listed))
		->allowed = listed;
	return e;
}

static struct raw_fields
fields_of(struct arena *a, const struct params *p)
{
	struct raw_field *f = ARENA_ARRAY(a, p->n, struct raw_field);

	for (size_t i = 0; i < p->n; i++)
		f[i] = (struct raw_field){ p->p[i].name, p->p[i].value };
	return (struct raw_fields){ f, p->n };
}

static struct err *
read_fields(struct call *c, struct raw_call *call)
{
	static const char *const form[] = { TYPE_FORM, NULL };
	struct arena *a = c->cx.arena;
	struct params params;
	struct err *e = params_read(a, c->rq.query, &params);

	if (e)
		return e;
	call->query = fields_of(a, &params);
	if (!call->body.n || !negotiate_is_one_of(call->type, form))
		return NULL;
	e = params_form(a, call->body, &params);
	if (!e)
		call->form = fields_of(a, &params);
	return e;
}

static bool
is_page(const char *type)
{
	return strcmp(type, TYPE_PAGE) == 0;
}

static void
become_page(struct reply *r)
{
	r->type = STR(PAGE_UTF8);
	r->page = true;
	r->max_age_s = -1;
	r->etag = (struct str){ 0 };
}

/* What is read again and again, such as a label, has a tag. */
static void
tag(struct call *c)
{
	struct reply *r = &c->reply;

	r->max_age_s = c->to.way.resource->max_age_s;
	r->etag = conditional_list_tag(c->cx.arena, buf_view(&r->body));
	if (!conditional_names(c->rq.meta[META_IF_NONE_MATCH], r->etag))
		return;
	r->status = 304;
	r->body.n = 0;
}

static void
take_answer(struct call *c, const struct raw_answer *out)
{
	struct reply *r = &c->reply;
	const char *type = out->type ? out->type : raw_of(c)->types[0];

	r->status = out->status ? out->status : 200;
	r->type = str_of(type);
	if (out->file.n)
		r->disposition = str_fmt(c->cx.arena, "inline; filename=\"%.*s\"", STRF(out->file));
	if (is_page(type)) {
		become_page(r);
		r->policy = page_policy(c->cx.arena, out->style, out->has_form);
	} else if (!method_writes(c->rq.method) && r->status == 200) {
		tag(c);
	}
}

struct err *
raw_handle(struct call *c)
{
	const struct raw *raw = raw_of(c);
	struct str headers[RAW_HEADERS_MAX] = { 0 };
	struct raw_call call = {
		.operation = c->to.way.operation,
		.keys = c->to.keys,
		.nkeys = c->to.nkeys,
		.type = c->rq.meta[META_CONTENT_TYPE],
		.body = c->rq.body,
		.headers = headers,
	};
	struct raw_answer out = { .body = &c->reply.body };
	struct err *e;

	for (size_t i = 0; raw->headers && raw->headers[i]; i++)
		headers[i] = c->rq.meta[request_meta(raw->headers[i])];
	e = read_fields(c, &call);
	e = e ? e : raw->run(&c->cx, &call, &out);
	must(!db_in_tx(&c->cx));
	if (e)
		return e;
	take_answer(c, &out);
	return NULL;
}

void
raw_show_err(struct call *c, const struct err *e)
{
	static const char *const shapes[] = { TYPE_PAGE, "application/json", NULL };
	const struct raw *raw = raw_of(c);

	if (!raw || !is_page(raw->types[0]) ||
		negotiate_type(c->rq.meta[META_ACCEPT], shapes) != shapes[0])
		return;
	c->reply.body.n = 0;
	become_page(&c->reply);
	c->reply.policy = page_policy(c->cx.arena, page_style, false);
	page_error(&c->reply.body, c->cx.request_id, e);
}

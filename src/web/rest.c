/*
 * REST. Reads look first whether the client has the object already, by reading its version alone, if
 * that decides how it looks; writes render their answer inside the transaction, so that what is stored under an idempotency key
 * is what was sent.
 */
#include "web/rest.h"

#include "base/hash.h"
#include "base/id.h"
#include "base/json.h"
#include "base/json_out.h"
#include "model/language.h"
#include "model/price.h"
#include "model/query.h"
#include "model/render.h"
#include "model/stamp.h"
#include "model/store.h"
#include "model/summary.h"
#include "model/write.h"
#include "web/call.h"
#include "web/conditional.h"
#include "web/links.h"
#include "web/once.h"
#include "web/params.h"
#include "web/url.h"

#include <unistd.h>

/* The owner of a nested resource, which must be there; ID_NONE at the top. */
static struct err *
find_parent(struct call *c, struct id *parent)
{
	const struct view bare = { .fields = VIEW_BIT(VIEW_ID) };
	struct rec *owner;
	struct err *e;

	*parent = ID_NONE;
	if (!c->to.parent.p)
		return NULL;
	e = model_get(
		&c->cx, c->to.way.resource->plan->parent, ID_NONE, c->to.parent, &bare, &owner);
	if (!e)
		*parent = owner->id;
	return e;
}

/* ---- reads */

static void
put_page(struct buf *b, const struct query *q, const struct page *page)
{
	JSON_OUT_NAME(b, "page");
	buf_int(b, q->page);
	JSON_OUT_NAME(b, "limit");
	buf_int(b, q->limit);
	JSON_OUT_NAME(b, "total_pages");
	buf_int(b, page->total ? links_pages(q, page) : 0);
	JSON_OUT_NAME(b, "total_items");
	buf_int(b, page->total);
	if (page->total_is_estimate)
		buf_z(b, ",\"total_is_estimate\":true");
	buf_z(b, page->has_more ? ",\"has_next\":true" : ",\"has_next\":false");
	buf_z(b, q->page > 1 ? ",\"has_previous\":true" : ",\"has_previous\":false");
}

static void
put_cursor(struct buf *b, const struct query *q, const struct page *page)
{
	JSON_OUT_NAME(b, "limit");
	buf_int(b, q->limit);
	JSON_OUT_NAME(b, "next_cursor");
	if (page->has_more)
		json_out_string(b, page->next_cursor);
	else
		buf_z(b, "null");
	buf_z(b, page->has_more ? ",\"has_more\":true" : ",\"has_more\":false");
}

static void
render_page(struct call *c, const struct query *q, const struct page *page)
{
	struct buf *b = &c->reply.body;

	buf_char(b, '{');
	json_out_name(b, str_of(q->resource->list_name ? q->resource->list_name : "data"));
	render_recs(b, &c->cx, &page->recs, &q->view);
	buf_z(b, ",\"pagination\":{");
	if (q->keyset)
		put_cursor(b, q, page);
	else
		put_page(b, q, page);
	buf_z(b, "}}");
	c->reply.language = language_shown(&c->cx);
}

static void
not_modified(struct call *c)
{
	struct reply *r = &c->reply;

	r->status = 304;
	r->body.n = 0;
	r->etag = conditional_as_held(c->cx.arena, c->rq.meta[META_IF_NONE_MATCH], r->etag);
}

/* The conditions on the page that was rendered; it has no date, so those by date do not count. */
static struct err *
judge_list(struct call *c)
{
	struct str match = c->rq.meta[META_IF_MATCH];

	if (match.n && !conditional_names(match, c->reply.etag))
		return err_new(
			c->cx.arena, ERR_PRECONDITION, "the list has changed since it was read");
	if (conditional_names(c->rq.meta[META_IF_NONE_MATCH], c->reply.etag))
		not_modified(c);
	return NULL;
}

/* Of a listing: the object that the path names, as a filter. */
static struct err *
add_listing(struct call *c, struct query *q)
{
	const struct resource *r = q->resource;
	const struct listing *l = c->to.way.listing;
	const struct view bare = { .fields = VIEW_BIT(VIEW_ID) };
	const struct resource *to;
	struct rec *object;
	struct err *e;

	if (!l)
		return NULL;
	to = r->plan->fields[resource_field(r, str_of(l->field))].to;
	e = model_get(&c->cx, to, ID_NONE, c->to.key, &bare, &object);
	if (e)
		return e;
	return query_filter(
		&c->cx, q, str_of(l->field), STR("eq"), rec_id_text(c->cx.arena, object));
}

struct err *
rest_list(struct call *c)
{
	const struct resource *r = c->to.way.resource;
	struct params params;
	struct query q;
	struct page page = { 0 };
	struct err *e;

	query_init(&q, r);
	e = params_read(c->cx.arena, c->rq.query, &params);
	if (!e)
		e = params_query(&c->cx, &params, &q, &c->reply.warning);
	if (!e)
		e = find_parent(c, &q.parent);
	if (!e)
		e = add_listing(c, &q);
	if (!e)
		e = model_list(&c->cx, &q, &page);
	if (e)
		return e;
	render_page(c, &q, &page);
	e = price_check(&c->cx);
	if (e)
		return e;
	c->reply.max_age_s = r->max_age_s;
	c->reply.link = links_of(c->cx.arena, c->rq.path, &params, &q, &page);
	c->reply.etag = conditional_list_tag(c->cx.arena, buf_view(&c->reply.body));
	return judge_list(c);
}

static struct err *
read_view(struct call *c)
{
	struct params params;
	struct err *e = params_read(c->cx.arena, c->rq.query, &params);

	return e ? e : params_view(&c->cx, &params, c->to.way.resource, &c->view);
}

/*
 * Sets the validators that the reply gives; true if the client's conditions say it has this already. Of what is computed
 * no date says when it changed.
 */
static bool
is_unchanged(struct call *c, const struct rec *rec, uint64_t look)
{
	struct reply *r = &c->reply;
	uint64_t stamp = stamp_of(&c->cx, rec, &c->view);
	struct str since = c->rq.meta[META_IF_MODIFIED_SINCE];

	r->etag = conditional_tag(c->cx.arena, rec->version, conditional_stamped(look, stamp));
	r->modified_ms = rec->updated_at;
	return conditional_is_unchanged(c->rq.meta[META_IF_NONE_MATCH],
		stamp_varies(&c->cx, rec, &c->view) ? (struct str){ 0 } : since, r->etag,
		rec->updated_at);
}

/* A read on condition that the object is still the one the client knows: ERR_PRECONDITION. */
static struct err *
judge_match(struct call *c, const struct rec *rec)
{
	const struct condition_headers headers = {
		.match = c->rq.meta[META_IF_MATCH],
		.unmodified_since = c->rq.meta[META_IF_UNMODIFIED_SINCE],
	};
	struct conditions given;
	struct err *e = conditional_read(c->cx.arena, &headers, &given);

	return e ? e : model_check_match(&c->cx, &given, rec);
}

/* True if the client holds something that may still be right, so that the version is worth a statement. */
static bool
may_be_unchanged(const struct call *c, uint64_t look)
{
	struct str none_match = c->rq.meta[META_IF_NONE_MATCH];

	if (none_match.n)
		return conditional_may_name(none_match, look);
	return c->rq.meta[META_IF_MODIFIED_SINCE].n > 0;
}

/* True if the tag that the client holds is that of what is known to be current; costs no statement. */
static bool
is_known_unchanged(struct call *c, uint64_t look, enum stamped stamped)
{
	struct str none_match = c->rq.meta[META_IF_NONE_MATCH];
	uint64_t stamp = 0;
	int64_t version;

	if (!none_match.n || c->rq.meta[META_IF_MATCH].n || c->rq.meta[META_IF_UNMODIFIED_SINCE].n)
		return false;
	version = model_known_version(&c->cx, c->to.way.resource, c->to.key);
	if (!version || stamped == STAMP_PART)
		return false;
	if (stamped == STAMP_WHOLE)
		stamp = model_known_stamp(&c->cx, c->to.way.resource, c->to.key);
	if (stamped == STAMP_WHOLE && !stamp)
		return false;
	c->reply.etag = conditional_tag(c->cx.arena, version, conditional_stamped(look, stamp));
	return conditional_names(none_match, c->reply.etag);
}

/* The version alone, if that may be all the client needs; *done: it was. It says nothing of what is computed. */
static struct err *
get_version(struct call *c, struct id parent, uint64_t look, bool *done)
{
	const struct view bare = { .fields = VIEW_BIT(VIEW_ID) | VIEW_BIT(VIEW_VERSION) |
			VIEW_BIT(VIEW_UPDATED_AT) };
	enum stamped stamped = stamp_shown(&c->cx, c->to.way.resource, &c->view);
	struct rec *rec;
	struct err *e;

	*done = is_known_unchanged(c, look, stamped);
	if (*done || stamped != STAMP_NONE || !may_be_unchanged(c, look))
		return NULL;
	e = model_get(&c->cx, c->to.way.resource, parent, c->to.key, &bare, &rec);
	e = e ? e : judge_match(c, rec);
	*done = !e && is_unchanged(c, rec, look);
	return e;
}

/* What is computed anew each time has a tag that says also how it came out; its version part is as ever. */
static struct err *
get_presented(struct call *c, struct id parent)
{
	const struct resource *r = c->to.way.resource;
	const struct view read = r->present ? view_whole(r) : c->view;
	struct buf *b = &c->reply.body;
	struct rec *rec;
	struct err *e = model_get(&c->cx, r, parent, c->to.key, &read, &rec);

	e = e ? e : judge_match(c, rec);
	e = e ? e : model_present(&c->cx, rec, &c->view);
	if (e)
		return e;
	render_rec(b, &c->cx, rec, &c->view);
	c->reply.language = language_shown(&c->cx);
	c->reply.etag = conditional_tag(c->cx.arena, rec->version,
		hash_str(conditional_look(&c->cx, &c->view), buf_view(b)));
	if (conditional_names(c->rq.meta[META_IF_NONE_MATCH], c->reply.etag))
		not_modified(c);
	return price_check(&c->cx);
}

struct err *
rest_get(struct call *c)
{
	const struct resource *r = c->to.way.resource;
	struct id parent;
	struct rec *rec;
	uint64_t look;
	bool unchanged;
	struct err *e = read_view(c);

	if (!e)
		e = find_parent(c, &parent);
	if (e)
		return e;
	c->reply.max_age_s = r->max_age_s;
	if (model_presents(r, &c->view))
		return get_presented(c, parent);
	look = conditional_look(&c->cx, &c->view);
	e = get_version(c, parent, look, &unchanged);
	if (!e && !unchanged) {
		e = model_get(&c->cx, r, parent, c->to.key, &c->view, &rec);
		e = e ? e : judge_match(c, rec);
		unchanged = !e && is_unchanged(c, rec, look);
	}
	if (e)
		return e;
	if (unchanged)
		not_modified(c);
	else
		render_rec(&c->reply.body, &c->cx, rec, &c->view);
	c->reply.language = language_shown(&c->cx);
	return price_check(&c->cx);
}

/* ---- writes */

static struct err *
read_conditions(const struct call *c, struct conditions *out)
{
	const struct condition_headers headers = {
		.match = c->rq.meta[META_IF_MATCH],
		.none_match = c->rq.meta[META_IF_NONE_MATCH],
		.unmodified_since = c->rq.meta[META_IF_UNMODIFIED_SINCE],
	};

	return conditional_read(c->cx.arena, &headers, out);
}

static int
status_of(const struct ctx *cx, const struct write *w)
{
	int own = w->verb == WRITE_OPERATE ? w->operation->status
		: w->verb == WRITE_ACT     ? w->action->status
					   : 0;

	if (cx->dry_run || w->verb == WRITE_UPDATE)
		return 200;
	if (own)
		return own;
	if (w->verb == WRITE_CREATE)
		return 201;
	return w->verb == WRITE_ARCHIVE ? 204 : 200;
}

/* Where what was made is found; absent: nowhere. */
static struct str
location_of(const struct call *c, const struct write *w, const struct rec *rec)
{
	struct arena *a = c->cx.arena;
	struct str path = url_path(a, c->rq.path);
	const struct resource *r = rec->resource;

	if (w->verb == WRITE_CREATE)
		return str_fmt(a, "%.*s/%.*s", STRF(path), STRF(rec_id_text(a, rec)));
	if (w->verb == WRITE_ACT)
		return str_cut(path, 0, path.n - strlen(w->action->name) - 1);
	if (r->parent || !(r->verbs & V_GET))
		return (struct str){ 0 };
	return str_fmt(a, "/v2/%s/%.*s", r->path ? r->path : r->plural, STRF(rec_id_text(a, rec)));
}

/* True if the view shows children that are not written with their owner. */
static bool
shows_apart(const struct resource *r, const struct view *v)
{
	for (size_t i = 0; i < r->nrelations; i++) {
		if (r->relations[i].kind == REL_APART && (v->includes >> i & 1))
			return true;
	}
	return false;
}

/* What was written, as a read by its id would show it. */
static struct err *
present(struct ctx *cx, const struct write *w, const struct rec **rec)
{
	const struct call *c = w->face;
	const struct resource *r;
	struct rec *shown;
	struct err *e;

	must(*rec);
	r = (*rec)->resource;
	if (w->verb == WRITE_OPERATE || (!model_presents(r, &c->view) && !shows_apart(r, &c->view)))
		return NULL;
	shown = rec_copy(cx->arena, *rec);
	*rec = shown;
	e = store_read_apart(cx, &(struct recs){ &shown, 1, true }, &c->view);
	return e ? e : model_present(cx, shown, &c->view);
}

static struct err *
answer(struct ctx *cx, const struct write *w, const struct rec *rec, struct answer *out)
{
	const struct call *c = w->face;
	struct buf body;
	struct err *e;

	*out = (struct answer){ .status = rec ? status_of(cx, w) : 204 };
	if (out->status == 204)
		return NULL;
	e = present(cx, w, &rec);
	if (e)
		return e;
	buf_init(&body, cx->arena, 4096, REPLY_BODY_MAX);
	render_rec(&body, cx, rec, &c->view);
	out->body = buf_view(&body);
	out->language = language_shown(cx);
	if (rec->version)
		out->etag = conditional_tag(cx->arena, rec->version,
			conditional_stamped(
				conditional_look(cx, &c->view), stamp_of(cx, rec, &c->view)));
	if (out->status == 201)
		out->location = location_of(c, w, rec);
	return price_check(cx);
}

/*
 * Debug builds can die between the commit and the answer, as a crash would; not over a replay, so that
 * the repeat of a keyed request on another worker is answered.
 */
static void
exit_if_told(const struct call *c, const struct written *written)
{
#ifdef SOUK_DEBUG
	if (!written->replayed && str_eq(c->rq.meta[META_SOUK_EXIT], STR("after-commit")))
		_exit(99);
#else
	(void)c;
	(void)written;
#endif
}

/* What an operation shows and, if it has no body, its input. */
static struct err *
read_operation(struct call *c, bool from_query, struct rec **input)
{
	struct params params;
	struct err *e = params_read(c->cx.arena, c->rq.query, &params);

	*input = NULL;
	return e ? e
		 : params_operation(&c->cx, &params, c->to.way.operation, &c->view,
			   from_query ? input : NULL);
}

/* What of an object the answer shows. */
static struct err *
read_parameters(struct call *c, struct write *w)
{
	struct rec *input;
	struct err *e;

	if (!w->operation)
		return read_view(c);
	e = read_operation(c, c->rq.method == METHOD_DELETE, &input);
	w->input = input;
	return e;
}

static struct err *
carry_out(struct call *c, struct write *w)
{
	struct written written = { 0 };
	struct err *e;

	w->resource = c->to.way.resource;
	w->parent = c->to.parent;
	w->key = c->to.key;
	w->body = c->body;
	w->action = c->to.way.action;
	w->operation = c->to.way.operation;
	w->keys = c->to.keys;
	w->nkeys = c->to.nkeys;
	w->answer = answer;
	w->face = c;
	e = read_parameters(c, w);
	if (!e)
		e = read_conditions(c, &w->conditions);
	if (!e)
		e = once_take(c);
	if (!e)
		e = model_write(&c->cx, w, &written);
	if (e)
		return e;
	exit_if_told(c, &written);
	reply_answer(&c->reply, &written.answer);
	c->reply.replayed = written.replayed;
	c->reply.dry_run = c->cx.dry_run;
	return NULL;
}

static struct err *
need_body(const struct call *c, const struct resource *of)
{
	if (c->body)
		return NULL;
	return err_reason(
		err_new(c->cx.arena, ERR_MALFORMED,
			"a body is needed: a JSON object with the fields of the %s", of->name),
		REASON_BODY_MISSING);
}

/* The body of what is no plain verb, if it must have one. */
static struct err *
need_input(const struct call *c, const struct resource *input, bool optional)
{
	if (!input || optional || c->rq.method == METHOD_DELETE)
		return NULL;
	return need_body(c, input);
}

struct err *
rest_create(struct call *c)
{
	struct write w = { .verb = WRITE_CREATE };
	struct err *e = need_body(c, c->to.way.resource);

	return e ? e : carry_out(c, &w);
}

struct err *
rest_update(struct call *c)
{
	struct write w = { .verb = WRITE_UPDATE };
	struct err *e = need_body(c, c->to.way.resource);

	return e ? e : carry_out(c, &w);
}

struct err *
rest_archive(struct call *c)
{
	struct write w = { .verb = WRITE_ARCHIVE };

	return carry_out(c, &w);
}

struct err *
rest_act(struct call *c)
{
	const struct action *action = c->to.way.action;
	struct write w = { .verb = WRITE_ACT };
	struct err *e = need_input(c, action->input, action->input_optional);

	return e ? e : carry_out(c, &w);
}

/* ---- operations */

struct err *
rest_operate(struct call *c)
{
	const struct operation *o = c->to.way.operation;
	struct write w = { .verb = WRITE_OPERATE };
	struct err *e = need_input(c, o->input, o->input_optional);

	return e ? e : carry_out(c, &w);
}

/* What it finds or works out, rendered. */
static struct err *
run_operation(struct call *c, const struct rec *input)
{
	const struct operation_call call = { c->to.way.operation, c->to.keys, c->to.nkeys, input };
	struct rec *rec = NULL;
	struct err *e = call.operation->run(&c->cx, &call, &rec);

	if (e)
		return e;
	must(rec);
	if (call.operation->status)
		c->reply.status = call.operation->status;
	render_rec(&c->reply.body, &c->cx, rec, &c->view);
	c->reply.language = language_shown(&c->cx);
	c->reply.max_age_s = c->to.way.resource->max_age_s;
	return price_check(&c->cx);
}

struct err *
rest_compute(struct call *c)
{
	const struct operation *o = c->to.way.operation;
	struct rec *input;
	struct err *e = need_input(c, o->input, o->input_optional);

	e = e ? e : read_operation(c, false, &input);
	e = e ? e : validate_input(&c->cx, o->input, c->body, &input);
	e = e ? e : run_operation(c, input);
	if (!e)
		c->reply.max_age_s = -1;
	return e;
}

struct err *
rest_ask(struct call *c)
{
	struct rec *input;
	struct err *e = read_operation(c, true, &input);

	e = e ? e : run_operation(c, input);
	if (e)
		return e;
	c->reply.etag = conditional_list_tag(c->cx.arena, buf_view(&c->reply.body));
	return judge_list(c);
}

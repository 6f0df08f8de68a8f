/*
 * The page needs nothing but itself: no script, no picture, one style sheet that the policy knows by its
 * hash. Each example is made by what makes real answers, so that it cannot differ from them.
 */
#include "web/docs_errors.h"

#include "base/html.h"
#include "base/json_out.h"
#include "web/call.h"
#include "web/conditional.h"
#include "web/negotiate.h"
#include "web/page.h"

#define AGE_S 3600
#define EXAMPLE_MAX ((size_t)8192)

const char *const docs_errors_types[] = { "text/html", "application/json", NULL };

const struct route_doc docs_errors_doc = {
	.name = "error_reasons",
	.summary = "What each reason of an error means",
	.text = "A page for people or, by Accept, the same as JSON.",
	.schema = "'type':'object','additionalProperties':false,'required':['data'],"
		  "'properties':{'data':{'type':'array','items':{'type':'object',"
		  "'additionalProperties':false,'required':['reason','code','status','title',"
		  "'description','doc_url'],'properties':{"
		  "'reason':{'$ref':'#/components/schemas/Reason'},"
		  "'code':{'$ref':'#/components/schemas/ErrorCode'},"
		  "'status':{'type':'integer','minimum':400,'maximum':599},"
		  "'title':{'type':'string'},'description':{'type':'string'},"
		  "'doc_url':{'type':'string','format':'uri-reference'}}}}}",
	.tagged = true,
};

static const char style[] =
	":root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--page:#fff;--line:#d8dee4;"
	"--box:#f4f6f8;--mark:#fff4ce;--link:#0a5dc2}"
	"@media(prefers-color-scheme:dark){:root{--ink:#e6e9ed;--soft:#a0a8b2;--page:#14171b;"
	"--line:#333a42;--box:#1e2329;--mark:#3d3415;--link:#7ab7ff}}"
	"*{box-sizing:border-box}"
	"body{margin:0 auto;max-width:46rem;padding:1rem 1rem 5rem;background:var(--page);"
	"color:var(--ink);font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}"
	"h1{font-size:1.9rem;margin:1rem 0 .5rem}"
	"h2{font-size:1.3rem;margin:3rem 0 .5rem;border-bottom:1px solid var(--line)}"
	"h3{font-size:1.05rem;margin:0}"
	"a{color:var(--link)}h3 a{color:inherit;text-decoration:none}h3 "
	"a:hover{text-decoration:underline}"
	"code,pre{font:.875rem/1.5 ui-monospace,monospace}code{background:var(--box);padding:.1em "
	".3em;"
	"border-radius:.25rem}"
	"pre{background:var(--box);padding:.75rem;border-radius:.4rem;white-space:pre-wrap;margin:."
	"5rem 0}"
	"article{padding:1rem .75rem;margin:0 -.75rem;border-radius:.4rem;scroll-margin-top:1rem}"
	"article:target{background:var(--mark)}"
	"article p{margin:.35rem 0}.what{color:var(--soft);font-size:.9rem}"
	"summary{cursor:pointer;color:var(--link);font-size:.9rem}"
	"nav ul{padding-left:1.2rem}"
	"table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;"
	"padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line)}";

static const struct group {
	const char *anchor, *title;
} groups[WHERE__MAX] = {
	[WHERE_BODY] = { "in-bodies", "In bodies" },
	[WHERE_QUERY] = { "in-queries", "In queries" },
	[WHERE_REQUEST] = { "in-requests", "In requests" },
	[WHERE_ACCESS] = { "who-asks", "Who asks" },
	[WHERE_STATE] = { "what-is-stored", "What is stored" },
	[WHERE_SERVICE] = { "the-service", "The service" },
	[WHERE_SETUP] = { NULL, "Only told to operators" },
};

const char *
docs_errors_group(enum reason_where where)
{
	return groups[where].title;
}

static bool
is_public(const struct reason_row *row)
{
	return row->where != WHERE_SETUP;
}

/* ---- JSON */

static void
put_member(struct buf *b, const char *name, const char *value)
{
	json_out_name(b, str_of(name));
	json_out_z(b, value);
}

static void
put_row(struct buf *b, const struct reason_row *row)
{
	json_out_comma(b);
	buf_char(b, '{');
	put_member(b, "reason", row->word);
	put_member(b, "code", err_public(row->code));
	JSON_OUT_NAME(b, "status");
	buf_int(b, err_status(row->code));
	put_member(b, "title", row->title);
	put_member(b, "description", row->text);
	JSON_OUT_NAME(b, "doc_url");
	reply_doc_url(b, row->word);
	buf_char(b, '}');
}

void
docs_errors_list(struct buf *b)
{
	buf_z(b, "{\"data\":[");
	for (int i = REASON_NONE + 1; i < REASON__MAX; i++)
		if (is_public(reason_row((enum reason)i)))
			put_row(b, reason_row((enum reason)i));
	buf_z(b, "]}");
}

/* ---- HTML */

/* An answer as it is sent, made of the example of the row. */
static void
put_example(struct arena *a, struct buf *b, enum reason reason)
{
	const struct reason_row *row = reason_row(reason);
	struct err *e = err_new(a, row->code, NULL);
	struct buf example;

	if (*row->field)
		err_field(a, &e, str_of(row->field), reason, "%s", row->message);
	else
		e = err_reason(err_new(a, row->code, "%s", row->message), reason);
	buf_init(&example, a, 512, EXAMPLE_MAX);
	reply_error_body(&example, STR("req_abc123"), e);
	HTML(b, "<details><summary>Example</summary><pre>");
	html_text(b, buf_view(&example));
	HTML(b, "</pre></details>");
}

static void
put_article(struct arena *a, struct buf *b, enum reason reason)
{
	const struct reason_row *row = reason_row(reason);

	HTML(b, "<article id=\"");
	html_z(b, row->word);
	HTML(b, "\"><h3><a href=\"#");
	html_z(b, row->word);
	HTML(b, "\">");
	html_z(b, row->title);
	HTML(b, "</a></h3><p class=\"what\"><code>");
	html_z(b, row->word);
	HTML(b, "</code> with status ");
	buf_int(b, err_status(row->code));
	HTML(b, ", <code>");
	html_z(b, err_public(row->code));
	HTML(b, "</code></p><p>");
	html_z(b, row->text);
	HTML(b, "</p>");
	put_example(a, b, reason);
	HTML(b, "</article>");
}

static void
put_group(struct arena *a, struct buf *b, int where)
{
	HTML(b, "<section><h2 id=\"");
	html_z(b, groups[where].anchor);
	HTML(b, "\">");
	html_z(b, groups[where].title);
	HTML(b, "</h2>");
	for (int i = REASON_NONE + 1; i < REASON__MAX; i++)
		if (reason_row((enum reason)i)->where == (enum reason_where)where)
			put_article(a, b, (enum reason)i);
	HTML(b, "</section>");
}

static void
put_statuses(struct buf *b)
{
	HTML(b,
		"<table><thead><tr><th scope=\"col\">Status<th scope=\"col\">code<th scope=\"col\">"
		"When no more is known</thead><tbody>");
	for (int i = 0; i < ERR__MAX; i++) {
		const struct reason_row *row = reason_row(err_reason_of((enum err_code)i));

		HTML(b, "<tr><td>");
		buf_int(b, err_status((enum err_code)i));
		HTML(b, "<td><code>");
		html_z(b, err_public((enum err_code)i));
		HTML(b, "</code><td><a href=\"#");
		html_z(b, row->word);
		HTML(b, "\">");
		html_z(b, row->title);
		HTML(b, "</a>");
	}
	HTML(b, "</tbody></table>");
}

static void
put_contents(struct buf *b)
{
	HTML(b, "<nav aria-label=\"Contents\"><ul>");
	for (int i = 0; i < WHERE_SETUP; i++) {
		HTML(b, "<li><a href=\"#");
		html_z(b, groups[i].anchor);
		HTML(b, "\">");
		html_z(b, groups[i].title);
		HTML(b, "</a>");
	}
	HTML(b, "</ul></nav>");
}

static void
put_page(struct arena *a, struct buf *b)
{
	HTML(b,
		"<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta "
		"name=\"viewport\" "
		"content=\"width=device-width, initial-scale=1\"><title>Errors of the Souk "
		"API</title>"
		"<style>");
	buf_put(b, style, sizeof(style) - 1);
	HTML(b,
		"</style></head><body><header><h1>Errors</h1><p>Every refusal says what was wrong "
		"in "
		"three ways: <code>code</code>, one of seven, for programs that only need to know "
		"what to "
		"do; <code>reason</code>, a finer word, explained below; and <code>message</code>, "
		"a "
		"sentence for people. Neither code nor reason of a fault ever changes; new reasons "
		"may "
		"come. <code>details</code> lists all faults of a request at once, each with the "
		"path of "
		"its field, with <code>allowed</code> values and the <code>nearest</code> name "
		"where that "
		"helps. <code>request_id</code> finds the request in our log. Who sends "
		"<code>Accept: "
		"application/problem+json</code> gets the same as RFC 9457 writes "
		"it.</p></header><main>");
	put_contents(b);
	put_statuses(b);
	for (int i = 0; i < WHERE_SETUP; i++)
		put_group(a, b, i);
	HTML(b, "</main></body></html>\n");
}

struct err *
docs_errors_get(struct call *c)
{
	struct reply *r = &c->reply;
	bool html =
		negotiate_type(c->rq.meta[META_ACCEPT], docs_errors_types) == docs_errors_types[0];

	if (html) {
		r->type = STR("text/html; charset=utf-8");
		r->policy = page_policy(c->cx.arena, style, false);
		put_page(c->cx.arena, &r->body);
	} else {
		docs_errors_list(&r->body);
	}
	r->shared = true;
	r->max_age_s = AGE_S;
	r->etag = conditional_list_tag(c->cx.arena, buf_view(&r->body));
	if (conditional_names(c->rq.meta[META_IF_NONE_MATCH], r->etag)) {
		r->status = 304;
		r->body.n = 0;
	}
	return NULL;
}

#include "web/page.h"

#include "base/crypto.h"
#include "base/html.h"

const char page_style[] =
	":root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--page:#fff;--line:#d8dee4}"
	"@media(prefers-color-scheme:dark){:root{--ink:#e6e9ed;--soft:#a0a8b2;--page:#14171b;"
	"--line:#333a42}}"
	"body{margin:0 auto;max-width:34rem;padding:2rem 1rem;background:var(--page);"
	"color:var(--ink);font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}"
	"h1{font-size:1.5rem}small{color:var(--soft)}";

struct str
page_policy(struct arena *a, const char *style, bool form)
{
	const char *forms = form ? "'self'" : "'none'";
	struct str hash = STR("'none'");

	if (style) {
		struct digest d = crypto_sha256(str_of(style));

		hash = str_fmt(a, "'sha256-%.*s='", STRF(str_base64url(a, d.b, sizeof(d.b))));
	}
	return str_fmt(a,
		"default-src 'none'; style-src %.*s; base-uri 'none'; form-action %s; "
		"frame-ancestors 'none'",
		STRF(hash), forms);
}

void
page_error(struct buf *b, struct str request_id, const struct err *e)
{
	HTML(b,
		"<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta "
		"name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>");
	html_z(b, reason_row(e->reason)->title);
	HTML(b, "</title><style>");
	buf_z(b, page_style);
	HTML(b, "</style></head><body><main><h1>");
	html_z(b, reason_row(e->reason)->title);
	HTML(b, "</h1><p>");
	html_text(b, e->message);
	HTML(b, "</p>");
	for (const struct err_detail *d = e->details; d && d->next; d = d->next) {
		HTML(b, "<p>");
		html_text(b, d->next->message);
		HTML(b, "</p>");
	}
	HTML(b, "<p><small>");
	html_text(b, request_id);
	HTML(b, "</small></p></main></body></html>\n");
}

/*
 * What a buyer sees of a challenge: who wants how much, and two buttons. What was said counts once; then the intent is
 * settled, and the way back to the shop is shown, and taken, if the intent has one.
 */
#include "shop/payments/sandbox.h"

#include "base/currency.h"
#include "base/decimal.h"
#include "base/html.h"
#include "base/id.h"
#include "db/db.h"
#include "shop/payments/payments.h"

static raw_fn show, take;

static const char *const page_types[] = { "text/html", NULL };
static const char *const form_types[] = { "application/x-www-form-urlencoded", NULL };

const struct raw sandbox_page = { .run = show, .types = page_types, .open = true };
const struct raw sandbox_form = {
	.run = take, .types = page_types, .takes = form_types, .body_max = 1024, .open = true
};

static const char style[] =
	":root{color-scheme:light dark}"
	"body{font:1.125rem/1.5 system-ui,sans-serif;max-width:30rem;margin:3rem auto;padding:0 "
	"1rem}"
	"button{font:inherit;min-height:3rem;padding:0 1.5rem;margin:0 1rem 0 0}"
	".amount{font-size:2rem;margin:.5rem 0}";

static void
begin(struct buf *b, const char *title)
{
	HTML(b, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>");
	html_z(b, title);
	HTML(b, "</title><meta name=\"viewport\" content=\"width=device-width\"><style>");
	buf_z(b, style);
	HTML(b, "</style>");
}

static void
put_amount(struct buf *b, const struct sandbox_challenge *c)
{
	char text[DECIMAL_TEXT];
	int digits = currency_digits(c->currency);
	size_t n = decimal_render(c->amount, MAX(digits, 0), text);

	html_text(b, (struct str){ text, n });
	HTML(b, " ");
	html_text(b, c->currency);
}

static struct err *
show(struct ctx *cx, const struct raw_call *call, struct raw_answer *out)
{
	struct sandbox_challenge c;
	struct err *e = sandbox_challenge_find(cx, call->keys[0], &c);
	struct buf *b = out->body;

	if (e)
		return e;
	out->style = style;
	out->has_form = true;
	begin(b, "Confirm your payment");
	HTML(b, "</head><body><main><h1>Confirm your payment</h1><p><strong>");
	html_text(b, c.shop);
	HTML(b, "</strong> asks you to pay</p><p class=\"amount\">");
	put_amount(b, &c);
	HTML(b,
		"</p><p>This is the sandbox: no money is moved.</p><form method=\"post\">"
		"<button name=\"decision\" value=\"approve\">Approve</button>"
		"<button name=\"decision\" value=\"decline\">Decline</button>"
		"</form></main></body></html>\n");
	return NULL;
}

/* Where the buyer goes now, with what became of it; absent: nowhere. */
static struct err *
find_way_back(struct ctx *cx, struct id intent, struct str *url)
{
	struct db_rows rows;
	const struct db_value *v;
	struct err *e = db_query(cx, &rows,
		"SELECT return_url, status FROM payment_intents WHERE tenant_id = ? AND id = ?",
		db_id(cx->tenant), db_id(intent));

	*url = (struct str){ 0 };
	if (e || !rows.n)
		return e;
	v = db_row(&rows, 0);
	if (v[0].kind != DB_NULL) {
		size_t hash = str_find(v[0].s, '#');
		struct str address = str_cut(v[0].s, 0, hash);

		*url = str_fmt(cx->arena, "%.*s%cpayment_intent=%.*s&status=%.*s%.*s",
			STRF(address), str_find(address, '?') < address.n ? '&' : '?',
			STRF(id_str(cx->arena, intent, payment_intent_resource.prefix)),
			STRF(v[1].s), STRF(str_cut(v[0].s, hash, v[0].s.n)));
	}
	return NULL;
}

static void
put_end(struct buf *b, bool approved, struct str url)
{
	begin(b, approved ? "Payment confirmed" : "Payment declined");
	if (url.n) {
		HTML(b, "<meta http-equiv=\"refresh\" content=\"0;url=");
		html_text(b, url);
		HTML(b, "\">");
	}
	HTML(b, "</head><body><main><h1>");
	html_z(b, approved ? "Payment confirmed" : "Payment declined");
	HTML(b, "</h1><p>");
	if (url.n) {
		HTML(b, "<a href=\"");
		html_text(b, url);
		HTML(b, "\">Back to the shop</a>");
	} else {
		HTML(b, "You can close this page.");
	}
	HTML(b, "</p></main></body></html>\n");
}

static struct err *
read_decision(struct ctx *cx, const struct raw_call *call, bool *approved)
{
	struct str said = raw_field(call->form, "decision");
	struct err *e = NULL;

	*approved = str_eq(said, STR("approve"));
	if (!*approved && !str_eq(said, STR("decline")))
		err_field(cx->arena, &e, STR("decision"), REASON_NOT_A_CHOICE,
			"decision must be approve or decline");
	return e;
}

static struct err *
take(struct ctx *cx, const struct raw_call *call, struct raw_answer *out)
{
	struct sandbox_challenge c;
	struct str url;
	bool approved, taken = false;
	struct err *e = read_decision(cx, call, &approved);

	e = e ? e : sandbox_challenge_find(cx, call->keys[0], &c);
	e = e ? e : sandbox_challenge_end(cx, &c, approved, &taken);
	if (!e && !taken)
		e = err_new(cx->arena, ERR_NOT_FOUND, "the challenge is over");
	e = e ? e : payments_told(cx, c.call);
	e = e ? e : find_way_back(cx, c.intent, &url);
	if (e)
		return e;
	out->style = style;
	put_end(out->body, approved, url);
	return NULL;
}

/* An explicit price is the merchant's word; what is converted says by which rate, so that it can be checked. */
#include "model/price.h"

#include "base/decimal.h"
#include "base/json_out.h"
#include "base/locale.h"
#include "model/map.h"
#include "model/plan.h"

bool
price_explicit(struct arena *a, struct str prices, struct str currency, int digits, int64_t *out)
{
	struct str text = json_number(a, json_get(map_read(a, prices), str_z(a, currency)));

	return text.n && decimal_parse(text, digits, out) == DECIMAL_OK;
}

/* The price that the sibling gives in the currency that is asked for. */
static bool
sibling_price(struct ctx *cx, const struct rec *r, size_t field, int64_t *out)
{
	int prices = r->resource->plan->fields[field].prices;

	return prices >= 0 && r->v[prices].state == VALUE_SET &&
		price_explicit(cx->arena, r->v[prices].s, cx->shown.currency,
			cx->shown.currency_digits, out);
}

static void
put_price(struct buf *b, const struct ctx *cx, int64_t amount)
{
	const struct shown_as *shown = &cx->shown;
	char decimal[DECIMAL_TEXT], text[LOCALE_TEXT];
	size_t n = decimal_render(amount, shown->currency_digits, decimal);

	buf_z(b, "{\"amount\":");
	buf_int(b, amount);
	buf_z(b, ",\"currency\":\"");
	buf_str(b, shown->currency);
	buf_z(b, "\",\"formatted\":");
	n = locale_money(shown->locale, shown->currency, (struct str){ decimal, n }, text);
	json_out_string(b, (struct str){ text, n });
}

static void
put_rate(struct buf *b, struct rate rate)
{
	char text[RATE_TEXT];

	buf_z(b, ",\"converted\":true,\"rate\":\"");
	buf_put(b, text, rate_render(rate, text));
	buf_z(b, "\",\"rate_at\":\"" RATE_AT "\"");
}

/* Money in a currency that was settled when it was written. */
static bool
put_pinned(struct buf *b, const struct ctx *cx, const struct rec *r, size_t field)
{
	char text[DECIMAL_TEXT];

	buf_put(b, text, decimal_render(r->v[field].i, rec_digits(cx, r, (int)field), text));
	return true;
}

bool
price_show(struct buf *b, struct ctx *cx, const struct rec *r, size_t field)
{
	struct shown_as *shown = &cx->shown;
	const struct value *own = &r->v[field];
	bool converts = false;
	int64_t amount;

	if (r->resource->fields[field].money_in)
		return own->state == VALUE_SET && put_pinned(b, cx, r, field);
	if (!shown->currency.n)
		return false;
	if (!sibling_price(cx, r, field, &amount)) {
		if (own->state != VALUE_SET)
			return false;
		amount = own->i;
		converts = shown->rate.n != 0;
	}
	if (converts &&
		!rate_convert(shown->rate, own->i, cx->currency_digits, shown->currency_digits,
			&amount)) {
		shown->too_large = true;
		buf_z(b, "null");
		return true;
	}
	put_price(b, cx, amount);
	if (converts)
		put_rate(b, shown->rate);
	buf_char(b, '}');
	return true;
}

struct err *
price_check(struct ctx *cx)
{
	struct err *e;

	if (!cx->shown.too_large)
		return NULL;
	e = err_new(cx->arena, ERR_QUERY, NULL);
	err_field(cx->arena, &e, STR("X-Currency"), REASON_TOO_LARGE,
		"a price is too large to be shown in %.*s", STRF(cx->shown.currency));
	return e;
}

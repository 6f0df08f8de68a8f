/* Exact decimals and money: scaled integers here; a row holds DECIMAL, minor units, or JSON by currency. */
#include "base/currency.h"
#include "base/decimal.h"
#include "model/map.h"
#include "model/type_int.h"

/* Exact decimals: scaled integers here, DECIMAL in a row. */

/* Of a price in the tenant's currency. */
static int
scale_of(const struct ctx *cx, const struct field *f)
{
	return f->type == T_DECIMAL ? f->scale : cx->currency_digits;
}

static void
decimal_read_json(const struct fault *at, const struct field *f, struct str text, struct value *v)
{
	int scale = at->rec && f->money_in
		? rec_digits(at->cx, at->rec, (int)(f - at->rec->resource->fields))
		: scale_of(at->cx, f);
	int64_t n;

	switch (decimal_parse(text, scale, &n)) {
	case DECIMAL_OK:
		value_keep_in_bounds(at, f, n, scale, v);
		break;
	case DECIMAL_DIGITS:
		fault_add(at, REASON_TOO_PRECISE,
			"must have at most %d digits behind the point, not %.*s", scale,
			STRF(str_head(text, SHOWN)));
		break;
	case DECIMAL_RANGE:
		fault_add(at, REASON_TOO_LARGE, "must be a number of fewer digits, not %.*s",
			STRF(str_head(text, SHOWN)));
		break;
	default:
		fault_add(at, REASON_TYPE, "must be a decimal number such as 199.99, not \"%.*s\"",
			STRF(str_head(text, SHOWN)));
	}
}

/* A decimal string is taken as well: many languages have no exact number (D1). */
static void
decimal_take(const struct fault *at, const struct field *f, const struct json *j, struct value *v)
{
	enum json_kind kind = json_kind(j);

	if (kind == JSON_INT || kind == JSON_DECIMAL)
		decimal_read_json(at, f, json_number(at->cx->arena, j), v);
	else if (kind == JSON_STRING)
		decimal_read_json(at, f, json_string(j), v);
	else
		fault_kind(at, "a decimal number", j);
}

void
decimal_parse_json(const struct fault *at, const struct resource *r, int field,
	const struct json *j, struct value *v)
{
	decimal_take(at, &r->fields[field], j, v);
}

bool
decimal_parse_text(struct ctx *cx, const struct field *f, struct str text, struct value *v,
	const char **expected)
{
	int64_t n;

	*expected = "a decimal number";
	if (decimal_parse(text, scale_of(cx, f), &n) != DECIMAL_OK)
		return false;
	value_set_int(v, n);
	return true;
}

void
decimal_bind(struct ctx *cx, const struct field *f, const struct value *v, struct db_value *out)
{
	char text[DECIMAL_TEXT];

	*out = db_null();
	if (v->state == VALUE_SET)
		*out = db_text(str_dup(
			cx->arena, (struct str){ text, decimal_render(v->i, f->scale, text) }));
}

void
decimal_read(struct ctx *cx, const struct field *f, const struct db_value *cells, struct value *v)
{
	(void)cx;
	v->state = VALUE_SET;
	must(decimal_parse(cells->s, f->scale, &v->i) == DECIMAL_OK);
}

void
decimal_show(struct buf *b, struct ctx *cx, const struct field *f, const struct value *v)
{
	char text[DECIMAL_TEXT];

	(void)cx;
	buf_put(b, text, decimal_render_short(v->i, f->scale, text));
}

void
price_render(struct buf *b, struct ctx *cx, const struct field *f, const struct value *v)
{
	char text[DECIMAL_TEXT];

	(void)f;
	buf_put(b, text, decimal_render(v->i, cx->currency_digits, text));
}

/* The code of a currency that may stand beside the tenant's own, upper case; absent if there is a fault. */
static struct str
other_currency(const struct fault *at, struct str name)
{
	char *code;

	if (currency_digits(name) < 0) {
		fault_add(at, REASON_UNKNOWN, "must be named by a currency's code (ISO 4217)");
		return (struct str){ 0 };
	}
	if (str_eq_nocase(name, at->cx->currency)) {
		fault_add(at, REASON_OWN_CURRENCY,
			"is in the shop's own currency, which stands in price");
		return (struct str){ 0 };
	}
	code = arena_alloc(at->cx->arena, name.n);
	for (size_t i = 0; i < name.n; i++)
		code[i] = (char)(name.p[i] & ~0x20);
	return (struct str){ code, name.n };
}

/* One price, written with the digits of its currency. */
static void
put_price_in(const struct fault *at, struct str currency, const struct json *j, struct buf *b)
{
	static const struct field bounds = { .name = "price", .type = T_PRICE };
	struct ctx there = *at->cx;
	struct fault here = *at;
	struct value v = { 0 };
	char text[DECIMAL_TEXT];

	there.currency_digits = currency_digits(currency);
	here.cx = &there;
	decimal_take(&here, &bounds, j, &v);
	if (v.state == VALUE_SET)
		map_put_number(b, currency,
			(struct str){ text, decimal_render(v.i, there.currency_digits, text) });
}

static bool
is_twice(const struct fault *at, const struct strs *seen, struct str currency)
{
	for (size_t i = 0; i < seen->n; i++) {
		if (!str_eq(seen->s[i], currency))
			continue;
		fault_add(at, REASON_TWICE, "is there twice: the case of a code does not count");
		return true;
	}
	return false;
}

/* {"EUR": 189.00}: each with its currency's digits; null, in a patch, takes one away. */
static struct str
prices_text(const struct fault *at, const struct json *j)
{
	struct arena *a = at->cx->arena;
	struct strs seen = { .s = ARENA_ARRAY(a, json_members(j), struct str) };
	struct buf b;

	buf_init(&b, a, 256, (size_t)1 << 16);
	buf_char(&b, '{');
	for (struct json_iter it = json_iter(j); json_next(&it);) {
		struct fault here = *at;
		struct str currency;

		here.path = str_fmt(a, "%.*s.%.*s", STRF(at->path), STRF(str_head(it.name, SHOWN)));
		currency = other_currency(&here, it.name);
		if (!currency.n || is_twice(&here, &seen, currency))
			continue;
		seen.s[seen.n++] = currency;
		if (it.value)
			put_price_in(&here, currency, it.value, &b);
		else if (!at->create)
			map_put(&b, currency, (struct str){ 0 });
	}
	buf_char(&b, '}');
	return buf_view(&b);
}

void
prices_parse(const struct fault *at, const struct resource *r, int field, const struct json *j,
	struct value *v)
{
	int64_t most = r->fields[field].max;
	size_t before = *at->e ? (*at->e)->ndetails : 0;
	struct str text;

	if (json_kind(j) != JSON_OBJECT) {
		fault_kind(at, "an object of prices by currency", j);
		return;
	}
	if (json_members(j) > (size_t)most) {
		fault_add(at, REASON_TOO_MANY, "must have at most %" PRId64 " currencies", most);
		return;
	}
	text = prices_text(at, j);
	if ((*at->e ? (*at->e)->ndetails : 0) == before)
		value_set_str(v, text);
}

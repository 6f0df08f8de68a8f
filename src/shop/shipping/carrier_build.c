/* What adapters write: calls, credentials, and JSON in other people's units. */
#include "shop/shipping/carrier_int.h"

#include "base/clock.h"
#include "base/currency.h"
#include "base/decimal.h"
#include "base/http.h"

#define BODY_MAX ((size_t)256 << 10)

const struct carrier_unit carrier_lb = { 45359237, 100 }, carrier_kg = { 1000000, 1 },
			  carrier_in = { 25400, 1 }, carrier_cm = { 10000, 1 };

struct str
carrier_secret(const struct carrier_ask *ask, const char *name)
{
	return json_string(json_get(ask->secrets, name));
}

struct carrier_call *
carrier_call_add(struct carrier_ask *ask, const char *method, struct str url)
{
	struct carrier_call *c;

	must(ask->ncalls < CARRIER_CALLS);
	if (!ask->calls)
		ask->calls = ARENA_ARRAY(ask->arena, CARRIER_CALLS, struct carrier_call);
	c = &ask->calls[ask->ncalls++];
	*c = (struct carrier_call){ .method = method, .url = url };
	carrier_header(c, "Accept", STR("application/json"));
	return c;
}

void
carrier_header(struct carrier_call *c, const char *name, struct str value)
{
	size_t i = 0;

	while (i < c->nheaders && strcmp(c->headers[i].name, name) != 0)
		i++;
	must(i < CARRIER_HEADERS);
	c->headers[i].name = name;
	c->headers[i].value = value;
	c->nheaders = MAX(c->nheaders, i + 1);
}

void
carrier_bearer(struct carrier_ask *ask, struct carrier_call *c, int which)
{
	carrier_header(
		c, "Authorization", str_fmt(ask->arena, "Bearer %.*s", STRF(ask->tokens[which])));
}

void
carrier_basic(struct carrier_ask *ask, struct carrier_call *c, struct str user, struct str password)
{
	carrier_header(c, "Authorization", http_basic(ask->arena, user, password));
}

void
carrier_buf(struct carrier_ask *ask, struct buf *b)
{
	buf_init(b, ask->arena, 2048, BODY_MAX);
}

void
carrier_json(struct carrier_call *c, const struct buf *b)
{
	must(!b->overflow);
	carrier_header(c, "Content-Type", STR("application/json"));
	c->body = buf_view(b);
}

struct str
carrier_escape(struct arena *a, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";
	struct buf b;

	buf_init(&b, a, s.n + 1, s.n * 3 + 1);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			c == '-' || c == '_' || c == '.' || c == '~') {
			buf_char(&b, (char)c);
		} else {
			buf_char(&b, '%');
			buf_char(&b, digits[c >> 4]);
			buf_char(&b, digits[c & 15]);
		}
	}
	return buf_view(&b);
}

void
carrier_oauth(struct carrier_ask *ask, struct carrier_call *c, struct str url, bool with_id)
{
	struct str id = carrier_secret(ask, "client_id");
	struct str secret = carrier_secret(ask, "client_secret");
	struct buf b;

	*c = (struct carrier_call){ .method = "POST", .url = url };
	carrier_header(c, "Accept", STR("application/json"));
	carrier_header(c, "Content-Type", STR("application/x-www-form-urlencoded"));
	carrier_buf(ask, &b);
	buf_z(&b, "grant_type=client_credentials");
	if (with_id) {
		buf_z(&b, "&client_id=");
		buf_str(&b, carrier_escape(ask->arena, id));
		buf_z(&b, "&client_secret=");
		buf_str(&b, carrier_escape(ask->arena, secret));
	} else {
		carrier_basic(ask, c, id, secret);
	}
	c->body = buf_view(&b);
}

bool
carrier_oauth_read(struct carrier_ask *ask, int which UNUSED, const struct carrier_call *c,
	struct str *token, int64_t *seconds)
{
	struct json *j = NULL;

	if (json_parse_secret(ask->arena, c->answer, &j))
		return false;
	*token = json_string(carrier_at(j, "access_token"));
	if (!str_int(carrier_text(ask->arena, j, "expires_in"), seconds))
		*seconds = 0;
	return token->n > 0;
}

void
carrier_out(struct buf *b, const char *name, struct str text, size_t most)
{
	size_t points = 0, i = 0;

	if (!text.n)
		return;
	while (i < text.n && points < most) {
		i += MAX(str_point(text, i), 1);
		points++;
	}
	json_out_name(b, str_of(name));
	json_out_string(b, str_cut(text, 0, i));
}

static void
out_decimal(struct buf *b, const char *name, int64_t n, int places, enum carrier_as as)
{
	char text[DECIMAL_TEXT];
	size_t length = as == CARRIER_TEXT && places == 2 ? decimal_render(n, places, text)
							  : decimal_render_short(n, places, text);

	json_out_name(b, str_of(name));
	if (as == CARRIER_TEXT)
		buf_char(b, '"');
	buf_put(b, text, length);
	if (as == CARRIER_TEXT)
		buf_char(b, '"');
}

#define FINEST 5

void
carrier_out_measure(struct buf *b, const char *name, int64_t value, struct carrier_form form)
{
	int64_t n = 0, up = 1;

	/*
	 * A pound is no whole number of milligrams, so one pound came to us as a hair more or less: the nearest
	 * hundred-thousandth is what was meant, and only that is rounded up.
	 */
	if (!decimal_scale(value, 100000 * form.unit->den, form.unit->num, ROUND_HALF_UP, &n))
		n = INT64_MAX / 2;
	for (int i = form.places; i < FINEST; i++)
		up *= 10;
	out_decimal(b, name, n / up + (n % up > 0), form.places, form.as);
}

void
carrier_out_money(
	struct buf *b, const char *name, int64_t minor, struct str currency, enum carrier_as as)
{
	int digits = currency_digits(currency);

	out_decimal(b, name, minor, digits < 0 ? 2 : digits, as);
}

struct str
carrier_day(struct arena *a, int64_t ms, bool hyphens)
{
	int year, month, day;

	clock_civil(ms / 86400000, &year, &month, &day);
	return str_fmt(a, hyphens ? "%04d-%02d-%02d" : "%04d%02d%02d", year, month, day);
}

bool
carrier_imperial(const struct carrier_ask *ask)
{
	return !ask->from.country.n || str_eq_z(ask->from.country, "US") ||
		str_eq_z(ask->from.country, "PR");
}

int64_t
carrier_insured(const struct carrier_ask *ask)
{
	int64_t sum = 0;

	for (size_t i = 0; i < ask->npackages; i++)
		if (!decimal_add(sum, ask->packages[i].insured_minor, &sum))
			sum = INT64_MAX;
	return sum;
}

struct str
carrier_currency(const struct carrier_ask *ask)
{
	return ask->currency.n ? ask->currency : STR("USD");
}

struct str
carrier_person(const struct carrier_address *at)
{
	return at->name.n ? at->name : at->company.n ? at->company : STR("Receiver");
}

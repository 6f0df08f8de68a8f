/* What adapters read: answers of which nothing can be trusted, not even that a price is one. */
#include "shop/shipping/carrier_int.h"

#include "base/clock.h"
#include "base/currency.h"
#include "base/decimal.h"

#define RATES_MAX 64
#define PARCELS_MAX 32
#define MESSAGE_MAX 300
#define PRICE_MAX (INT64_C(1) << 53)

struct json *
carrier_at(const struct json *j, const char *path)
{
	const char *rest = path;
	struct json *at = NULL;
	char name[64];

	for (;;) {
		size_t n = strcspn(rest, ".");

		must(n < sizeof(name));
		memcpy(name, rest, n);
		name[n] = '\0';
		at = json_get(j, name);
		if (!rest[n] || !at)
			return at;
		j = at;
		rest += n + 1;
	}
}

struct str
carrier_text(struct arena *a, const struct json *j, const char *path)
{
	const struct json *at = *path ? carrier_at(j, path) : j;
	struct str s = json_string(at);

	if (!s.p && (json_kind(at) == JSON_INT || json_kind(at) == JSON_DECIMAL))
		s = json_number(a, at);
	return s;
}

static struct str
clean(struct arena *a, struct str s, size_t most)
{
	struct buf b;
	bool blank = true;

	buf_init(&b, a, MIN(s.n, most * 2) + 1, s.n + 1);
	for (size_t i = 0; i < s.n && b.n < most * 2;) {
		size_t n = str_point(s, i);
		unsigned char c = (unsigned char)s.p[i];
		bool control = !n || c < ' ' || c == 127 ||
			(c == 0xc2 && (unsigned char)s.p[i + 1] < 0xa0);

		if (!control && c != ' ')
			buf_put(&b, s.p + i, n);
		else if (!blank)
			buf_char(&b, ' ');
		blank = control || c == ' ';
		i += MAX(n, 1);
	}
	s = str_head(str_trim(buf_view(&b)), most);
	return s.n ? str_trim(s) : (struct str){ NULL, 0 };
}

struct str
carrier_words(struct arena *a, const struct json *j, const char *path, size_t most)
{
	return clean(a, carrier_text(a, j, path), most);
}

size_t
carrier_count(const struct json *j)
{
	return json_kind(j) == JSON_ARRAY ? json_length(j) : json_kind(j) == JSON_OBJECT;
}

struct json *
carrier_nth(const struct json *j, size_t i)
{
	if (json_kind(j) == JSON_ARRAY)
		return json_at(j, i);
	return i == 0 ? (struct json *)(uintptr_t)j : NULL;
}

bool
carrier_currency_read(struct arena *a, struct str s, struct str *currency)
{
	char *upper;

	if (s.n != 3 || currency_digits(s) < 0)
		return false;
	upper = arena_alloc(a, 4);
	for (size_t i = 0; i < 3; i++)
		upper[i] = (char)(s.p[i] >= 'a' ? s.p[i] - 32 : s.p[i]);
	*currency = (struct str){ upper, 3 };
	return true;
}

/* "14.50000000001" has more digits than any price: those beyond the eighth say nothing. */
static struct str
shorten(struct str s)
{
	size_t point = str_find(s, '.');

	if (point < s.n && s.n - point > 9 && !memchr(s.p, 'e', s.n) && !memchr(s.p, 'E', s.n))
		return str_cut(s, 0, point + 9);
	return s;
}

bool
carrier_minor(struct arena *a, const struct json *j, const char *path, struct str currency,
	int64_t *minor)
{
	struct str s = shorten(str_trim(carrier_text(a, j, path)));
	int digits = currency_digits(currency);
	int64_t n, den = 1;

	if (digits < 0 || digits > 8 || !s.n || decimal_parse(s, 8, &n) != DECIMAL_OK || n < 0)
		return false;
	for (int i = digits; i < 8; i++)
		den *= 10;
	return decimal_scale(n, 1, den, ROUND_HALF_UP, minor) && *minor <= PRICE_MAX;
}

struct str
carrier_snake(struct arena *a, struct str s)
{
	struct buf b;

	buf_init(&b, a, 64, 64);
	for (size_t i = 0; i < s.n && b.n < 48; i++) {
		char c = s.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			buf_char(&b, c);
		else if (b.n && b.p[b.n - 1] != '_')
			buf_char(&b, '_');
	}
	while (b.n && b.p[b.n - 1] == '_')
		b.n--;
	return b.n ? buf_view(&b) : (struct str){ NULL, 0 };
}

static bool
digits(struct str s, int *n)
{
	*n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*n = *n * 10 + (s.p[i] - '0');
	}
	return s.n > 0 && s.n <= 4;
}

/* HHMMSS, HHMM, HH:MM:SS[.fff], HH:MM or nothing. */
static bool
time_of_day(struct str s, int64_t *ms)
{
	int h = 0, m = 0, sec = 0;
	size_t step = memchr(s.p ? s.p : "", ':', s.n) ? 3 : 2;

	*ms = 0;
	s = str_cut(s, 0, str_find(s, '.'));
	if (!s.n)
		return true;
	if (s.n != 2 + step && s.n != 2 + 2 * step)
		return false;
	if (step == 3 && (s.p[2] != ':' || (s.n > 5 && s.p[5] != ':')))
		return false;
	if (!digits(str_cut(s, 0, 2), &h) || !digits(str_cut(s, step, step + 2), &m))
		return false;
	if (s.n > 2 + step && !digits(str_cut(s, 2 * step, 2 * step + 2), &sec))
		return false;
	*ms = (h * INT64_C(3600) + m * INT64_C(60) + sec) * 1000;
	return h < 24 && m < 60 && sec < 60;
}

bool
carrier_local(struct str date, struct str time, int64_t *ms)
{
	char text[10];
	int64_t of_day;

	if (date.n == 8) {
		memcpy(text, date.p, 4);
		text[4] = text[7] = '-';
		memcpy(text + 5, date.p + 4, 2);
		memcpy(text + 8, date.p + 6, 2);
		date = (struct str){ text, sizeof(text) };
	}
	if (!clock_parse_date(date, ms) || !time_of_day(str_trim(time), &of_day))
		return false;
	*ms += of_day;
	return true;
}

bool
carrier_stamp(struct str s, int64_t *ms)
{
	size_t t = str_find(s, 'T');

	return clock_parse(s, ms) ||
		carrier_local(str_cut(s, 0, t), str_cut(s, MIN(t + 1, s.n), s.n), ms);
}

bool
carrier_offset(struct str s, int64_t *ms)
{
	struct str hours, minutes;
	int h = 0, m = 0;
	bool behind;

	*ms = 0;
	if (str_eq_z(s, "Z"))
		return true;
	if (s.n < 2 || (s.p[0] != '+' && s.p[0] != '-'))
		return false;
	behind = s.p[0] == '-';
	minutes = str_cut(s, 1, s.n);
	hours = str_cut(minutes, 0, str_find(minutes, ':'));
	minutes = str_cut(minutes, MIN(hours.n + 1, minutes.n), minutes.n);
	if (!digits(hours, &h) || hours.n > 2 || (minutes.n && !digits(minutes, &m)))
		return false;
	if (h > 14 || m > 59)
		return false;
	*ms = (h * INT64_C(60) + m) * 60000;
	if (behind)
		*ms = -*ms;
	return true;
}

bool
carrier_unbase64(struct arena *a, struct str s, struct str *out)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *p = arena_alloc(a, s.n / 4 * 3 + 4);
	uint32_t word = 0;
	size_t n = 0, have = 0;

	for (size_t i = 0; i < s.n; i++) {
		const char *at = s.p[i] ? strchr(letters, s.p[i]) : NULL;

		if (s.p[i] == '=' || s.p[i] == '\r' || s.p[i] == '\n' || s.p[i] == ' ')
			continue;
		if (!at)
			return false;
		word = word << 6 | (uint32_t)(at - letters);
		if (++have % 4 == 0) {
			p[n++] = (char)(word >> 16 & 255);
			p[n++] = (char)(word >> 8 & 255);
			p[n++] = (char)(word & 255);
		}
	}
	if (have % 4 == 3)
		p[n++] = (char)(word >> 10 & 255);
	if (have % 4 >= 2)
		p[n++] = (char)(have % 4 == 3 ? word >> 2 & 255 : word >> 4 & 255);
	*out = (struct str){ p, n };
	return n > 0 && have % 4 != 1;
}

const char *
carrier_label_type(struct str label)
{
	static const struct {
		struct str begins;
		const char *type;
	} rows[] = {
		{ { "%PDF-", 5 }, "application/pdf" },
		{ { "GIF8", 4 }, "image/gif" },
		{ { "\x89PNG", 4 }, "image/png" },
		{ { "^XA", 3 }, "application/zpl" },
	};

	label = str_trim(label);
	for (size_t i = 0; i < COUNT(rows); i++)
		if (str_starts(label, rows[i].begins))
			return rows[i].type;
	return NULL;
}

/* Carriers repeat what they were sent; what is a secret goes no further. */
static bool
tells_secrets(const struct carrier_ask *ask, struct str message)
{
	struct json_iter it = json_iter(ask->secrets);

	while (json_next(&it)) {
		struct str secret = json_string(it.value);

		for (size_t i = 0; secret.n >= 4 && i + secret.n <= message.n; i++)
			if (memcmp(message.p + i, secret.p, secret.n) == 0)
				return true;
	}
	return false;
}

static void
outcome(struct carrier_ask *ask, enum carrier_outcome is, struct str code, struct str message)
{
	if (ask->outcome != CARRIER_UNASKED)
		return;
	ask->outcome = is;
	ask->code = clean(ask->arena, code, 60);
	if (!ask->code.n || tells_secrets(ask, ask->code))
		ask->code = STR("refused");
	ask->message = clean(ask->arena, message, MESSAGE_MAX);
	if (!ask->message.n)
		ask->message = STR("the carrier gave no reason");
	if (tells_secrets(ask, ask->message))
		ask->message =
			STR("the carrier's reason is not shown, for it repeats a credential");
}

void
carrier_refuse(struct carrier_ask *ask, struct str code, struct str message)
{
	outcome(ask, CARRIER_REFUSED, code, message);
}

void
carrier_cannot(struct carrier_ask *ask, const char *code, const char *message)
{
	outcome(ask, CARRIER_REFUSED, str_of(code), str_of(message));
}

/* Something was sent, and we do not know what came of it. */
static void
unsure(struct carrier_ask *ask, struct str code, const char *message)
{
	bool acts = ask->verb == CARRIER_LABEL || ask->verb == CARRIER_VOID;

	outcome(ask, acts ? CARRIER_UNKNOWN : CARRIER_UNREACHABLE, code, str_of(message));
}

void
carrier_unreadable(struct carrier_ask *ask)
{
	unsure(ask, STR("unreadable"), "the carrier's answer cannot be understood");
}

struct json *
carrier_answer(struct carrier_ask *ask, const struct carrier_call *c, carrier_errors_fn *errors)
{
	struct str code = { NULL, 0 }, message = { NULL, 0 };
	struct json *j = NULL;
	bool read;

	if (c->fault == CARRIER_FAULT_UNSENT) {
		outcome(ask, CARRIER_UNREACHABLE, STR("no_connection"),
			STR("the carrier cannot be reached"));
		return NULL;
	}
	if (c->fault == CARRIER_FAULT_CROWDED) {
		outcome(ask, CARRIER_UNREACHABLE, STR("crowded"),
			STR("too many requests wait for carriers already: ask again"));
		return NULL;
	}
	if (c->fault != CARRIER_FAULT_NONE) {
		unsure(ask, STR("no_answer"), "the carrier did not answer in time");
		return NULL;
	}
	read = !json_parse(ask->arena, c->answer, &j);
	if (c->status >= 200 && c->status < 300 && read && j)
		return j;
	if (c->status >= 200 && c->status < 300) {
		carrier_unreadable(ask);
		return NULL;
	}
	read = read && errors(ask, j, &code, &message);
	if (c->status == 429)
		outcome(ask, CARRIER_REFUSED, STR("rate_limited"),
			STR("the carrier takes no more questions for now"));
	else if (c->status == 401)
		outcome(ask, CARRIER_REFUSED, STR("credentials"),
			STR("the carrier does not accept the credentials"));
	else if (c->status >= 500 || c->status < 400)
		unsure(ask, str_fmt(ask->arena, "http_%d", c->status),
			"the carrier has trouble of its own");
	else
		carrier_refuse(
			ask, read ? code : str_fmt(ask->arena, "http_%d", c->status), message);
	return NULL;
}

struct carrier_rate *
carrier_rate_add(struct carrier_ask *ask, struct str service, struct str name, struct str currency,
	int64_t minor)
{
	struct carrier_rate *r = NULL;

	if (!service.n)
		return NULL;
	if (!ask->rates)
		ask->rates = ARENA_ARRAY(ask->arena, RATES_MAX, struct carrier_rate);
	for (size_t i = 0; i < ask->nrates && !r; i++)
		if (str_eq(ask->rates[i].service, service))
			r = &ask->rates[i];
	if (r && r->minor <= minor)
		return NULL;
	if (!r && ask->nrates < RATES_MAX)
		r = &ask->rates[ask->nrates++];
	if (r)
		*r = (struct carrier_rate){ .service = service,
			.name = name.n ? name : service,
			.currency = currency,
			.minor = minor,
			.list_minor = minor };
	return r;
}

void
carrier_rates_and(struct carrier_ask *ask, const struct carrier_ask *one, bool first)
{
	size_t kept = 0;

	if (first) {
		ask->rates = one->rates;
		ask->nrates = one->nrates;
		return;
	}
	for (size_t i = 0; i < ask->nrates; i++) {
		struct carrier_rate r = ask->rates[i];

		for (size_t k = 0; k < one->nrates; k++) {
			const struct carrier_rate *more = &one->rates[k];

			if (!str_eq(r.service, more->service) ||
				!decimal_add(r.minor, more->minor, &r.minor) ||
				!decimal_add(r.list_minor, more->list_minor, &r.list_minor))
				continue;
			r.days = MAX(r.days, more->days);
			r.delivery_ms = MAX(r.delivery_ms, more->delivery_ms);
			ask->rates[kept++] = r;
			break;
		}
	}
	ask->nrates = kept;
}

void
carrier_events_begin(struct carrier_ask *ask, size_t most)
{
	ask->nevents = 0;
	ask->events = ARENA_ARRAY(ask->arena, MIN(most, 500) + 1, struct carrier_event);
}

struct carrier_event *
carrier_event_add(struct carrier_ask *ask, int64_t at_ms, const char *status)
{
	struct carrier_event *e = &ask->events[ask->nevents];

	if (ask->nevents >= 500 || at_ms < 0)
		return NULL;
	ask->nevents++;
	*e = (struct carrier_event){ .at_ms = at_ms, .status = status };
	return e;
}

void
carrier_events_end(struct carrier_ask *ask)
{
	/* They come newest first, so this is one pass over a list that is sorted already. */
	for (size_t i = 0; i < ask->nevents / 2; i++) {
		struct carrier_event one = ask->events[i];

		ask->events[i] = ask->events[ask->nevents - 1 - i];
		ask->events[ask->nevents - 1 - i] = one;
	}
	for (size_t i = 1; i < ask->nevents; i++) {
		struct carrier_event one = ask->events[i];
		size_t j = i;

		for (; j && ask->events[j - 1].at_ms > one.at_ms; j--)
			ask->events[j] = ask->events[j - 1];
		ask->events[j] = one;
	}
}

struct carrier_parcel *
carrier_parcel_add(struct carrier_ask *ask, struct str tracking)
{
	struct carrier_parcel *p;

	if (!tracking.n || ask->label.nparcels >= PARCELS_MAX)
		return NULL;
	if (!ask->label.parcels)
		ask->label.parcels = ARENA_ARRAY(ask->arena, PARCELS_MAX, struct carrier_parcel);
	p = &ask->label.parcels[ask->label.nparcels++];
	*p = (struct carrier_parcel){ .tracking = tracking };
	return p;
}

const struct carrier_service *
carrier_service_of(const struct carrier_service *rows, size_t n, struct str code)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_z(code, rows[i].code))
			return &rows[i];
	return NULL;
}

const struct carrier_service *
carrier_service_theirs(const struct carrier_service *rows, size_t n, struct str theirs)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_z(theirs, rows[i].theirs))
			return &rows[i];
	return NULL;
}

const char *
carrier_status_of(const struct carrier_status *rows, size_t n, struct str theirs)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_z(theirs, rows[i].theirs))
			return rows[i].ours;
	return NULL;
}

static bool
has_words(struct str text, const char *words)
{
	size_t n = strlen(words);

	for (size_t i = 0; i + n <= text.n; i++)
		if (str_eq_nocase(str_cut(text, i, i + n), (struct str){ words, n }))
			return true;
	return false;
}

const char *
carrier_status_words(struct str text)
{
	/* The first that is found counts: "delivery attempted" is no delivery, "returned" is no arrival. */
	static const struct {
		const char *words, *ours;
	} rows[] = {
		{ "out for delivery", "out_for_delivery" },
		{ "out for second delivery", "out_for_delivery" },
		{ "vehicle for delivery", "out_for_delivery" },
		{ "with delivery courier", "out_for_delivery" },
		{ "return to sender", "returned" },
		{ "returned", "returned" },
		{ "returning", "returned" },
		{ "attempt successful", "delivered" },
		{ "attempt", "exception" },
		{ "notice left", "exception" },
		{ "undeliverable", "exception" },
		{ "not delivered", "exception" },
		{ "insufficient address", "exception" },
		{ "no access", "exception" },
		{ "refused", "exception" },
		{ "exception", "exception" },
		{ "damaged", "exception" },
		{ "delivered to agent", "in_transit" },
		{ "delivered", "delivered" },
		{ "label created", "label_created" },
		{ "pre-shipment", "label_created" },
		{ "shipping label", "label_created" },
		{ "shipment information", "label_created" },
		{ "shipping information received", "label_created" },
		{ "electronic notification", "label_created" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (has_words(text, rows[i].words))
			return rows[i].ours;
	return "in_transit";
}

/*
 * Carrying questions to carriers: a round for each token, one for all questions, and one more for those that were told that
 * their token is good no longer.
 */
#include "shop/shipping/carrier_int.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/http.h"

#define TOKEN_PERCENT 40 /* of the time that is left */
#define ANSWER_MAX ((size_t)256 << 10)
#define LABEL_MAX ((size_t)4 << 20)

const struct carrier_adapter *const *
carrier_adapters(size_t *n)
{
	static const struct carrier_adapter *const all[] = { &carrier_ups, &carrier_usps,
		&carrier_fedex, &carrier_dhl };

	*n = COUNT(all);
	return all;
}

const struct carrier_adapter *
carrier_adapter(struct str kind)
{
	size_t n;
	const struct carrier_adapter *const *all = carrier_adapters(&n);

	for (size_t i = 0; i < n; i++)
		if (str_eq_z(kind, all[i]->kind))
			return all[i];
	return NULL;
}

static bool
is_printable(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return s.n > 0 && s.n <= 2048;
}

static const struct carrier_credential *
credential_of(const struct carrier_adapter *adapter, struct str name)
{
	for (const struct carrier_credential *c = adapter->credentials; c->name; c++)
		if (str_eq_z(name, c->name))
			return c;
	return NULL;
}

struct err *
carrier_credentials_check(struct arena *a, const struct carrier_adapter *adapter,
	struct str credentials, struct str field)
{
	struct json *j = NULL;
	struct json_iter it;
	struct err *e = NULL;

	if (json_parse_secret(a, credentials, &j) || json_kind(j) != JSON_OBJECT) {
		err_field(a, &e, field, REASON_TYPE, "must be a JSON object of texts");
		return e;
	}
	if (!json_members(j))
		err_field(a, &e, field, REASON_REQUIRED, "has no credentials of %s", adapter->kind);
	for (it = json_iter(j); json_next(&it);)
		if (!credential_of(adapter, it.name))
			err_field(a, &e,
				str_fmt(a, "%.*s.%.*s", STRF(field), STRF(str_shown(it.name, 40))),
				REASON_UNKNOWN_FIELD, "is no credential of %s", adapter->kind);
	for (const struct carrier_credential *c = adapter->credentials; c->name; c++) {
		struct str path = str_fmt(a, "%.*s.%s", STRF(field), c->name);

		if (!json_has(j, c->name) && !c->optional)
			err_field(a, &e, path, REASON_REQUIRED, "is required: %s", c->doc);
		else if (json_has(j, c->name) && !is_printable(json_string(json_get(j, c->name))))
			err_field(a, &e, path, REASON_TYPE,
				"must be a text of 1 to 2048 printable ASCII characters");
	}
	return e;
}

/* ---- one round */

struct round {
	struct arena *a;
	struct http_call *http;
	struct carrier_call **calls;
	struct carrier_ask **asks;
	size_t n, most;
};

static void
round_begin(struct round *r, struct arena *a, size_t most)
{
	*r = (struct round){ .a = a,
		.http = ARENA_ARRAY(a, most, struct http_call),
		.calls = ARENA_ARRAY(a, most, struct carrier_call *),
		.asks = ARENA_ARRAY(a, most, struct carrier_ask *),
		.most = most };
}

static void
round_add(struct round *r, struct carrier_ask *ask, struct carrier_call *c)
{
	struct http_header *headers = ARENA_ARRAY(r->a, c->nheaders, struct http_header);
	bool acts = ask->verb == CARRIER_LABEL || ask->verb == CARRIER_VOID;

	must(r->n < r->most);
	for (size_t i = 0; i < c->nheaders; i++)
		headers[i] = (struct http_header){ c->headers[i].name, c->headers[i].value };
	r->http[r->n] = (struct http_call){ .method = c->method,
		.url = c->url,
		.body = c->body,
		.headers = headers,
		.nheaders = c->nheaders,
		.answer_max = c->answer_max          ? c->answer_max
			: ask->verb == CARRIER_LABEL ? LABEL_MAX
						     : ANSWER_MAX,
		.repeatable = !acts };
	r->calls[r->n] = c;
	r->asks[r->n++] = ask;
}

static void
wipe_str(struct str s)
{
	if (s.n)
		crypto_wipe((char *)(uintptr_t)s.p, s.n);
}

static void
wipe_headers(const struct carrier_call *c)
{
	for (size_t i = 0; i < c->nheaders; i++)
		if (strstr(c->headers[i].name, "uthorization"))
			wipe_str(c->headers[i].value);
}

static enum carrier_fault
fault_of(const struct http_call *c, bool tried)
{
	/* A quote that came late is one that was not answered; nobody minds whether it was sent. */
	if (c->repeatable && (!tried || c->fault == HTTP_TIMEOUT))
		return CARRIER_FAULT_NO_ANSWER;
	if (tried && c->fault == HTTP_NONE)
		return CARRIER_FAULT_NONE;
	if (tried && c->fault == HTTP_CROWDED)
		return CARRIER_FAULT_CROWDED;
	return tried && c->sent ? CARRIER_FAULT_NO_ANSWER : CARRIER_FAULT_UNSENT;
}

static void
round_go(struct round *r, int64_t deadline_us)
{
	int64_t left_ms = (deadline_us - clock_mono_us()) / 1000;

	if (!r->n)
		return;
	for (size_t i = 0; i < r->n; i++)
		r->http[i].timeout_ms = (int)MAX(MIN(left_ms, 60000), 1);
	if (left_ms > 0)
		http_do_all(r->a, r->http, r->n, deadline_us);
	for (size_t i = 0; i < r->n; i++) {
		struct carrier_call *c = r->calls[i];

		c->fault = fault_of(&r->http[i], left_ms > 0);
		c->status = r->http[i].status;
		c->answer = r->http[i].answer;
		wipe_headers(c);
	}
}

/* ---- tokens */

static bool
lacks(const struct carrier_ask *ask, int which)
{
	return ask->outcome == CARRIER_UNASKED && (ask->adapter->needs(ask) & 1U << which) &&
		!ask->tokens[which].n;
}

static bool
no_errors(struct carrier_ask *ask UNUSED, const struct json *j UNUSED, struct str *code UNUSED,
	struct str *message UNUSED)
{
	return false;
}

/* That a token could not be had: whatever was asked, nothing has happened. */
static void
token_failed(struct carrier_ask *ask, const struct carrier_call *c)
{
	enum carrier_verb verb = ask->verb;

	ask->verb = CARRIER_CHECK;
	if (c->fault == CARRIER_FAULT_NONE && (c->status == 400 || c->status == 403))
		carrier_cannot(ask, "credentials", "the carrier does not accept the credentials");
	else if (carrier_answer(ask, c, no_errors))
		carrier_unreadable(ask);
	ask->verb = verb;
	if (ask->adapter->spares && ask->adapter->spares(ask))
		ask->outcome = CARRIER_UNASKED;
}

static void
token_take(struct carrier_ask *ask, int which, struct carrier_call *c)
{
	struct str token = { NULL, 0 };
	int64_t seconds = 0;

	if (c->fault == CARRIER_FAULT_NONE && c->status >= 200 && c->status < 300 &&
		ask->adapter->token_read(ask, which, c, &token, &seconds) && is_printable(token)) {
		ask->tokens[which] = str_dup(ask->arena, token);
		carrier_token_keep(&ask->account, which, token, seconds);
		wipe_str(token);
	} else {
		token_failed(ask, c);
	}
	wipe_str(c->answer);
	wipe_str(c->body);
}

static bool
same_account(const struct carrier_ask *a, const struct carrier_ask *b)
{
	return a->adapter == b->adapter && a->account.tenant.n == b->account.tenant.n &&
		a->account.carrier.n == b->account.carrier.n &&
		a->account.version == b->account.version && a->account.test == b->account.test;
}

/* The first ask of the round for the same account, which gets the token for all. */
static struct carrier_ask *
asked_by(const struct round *r, const struct carrier_ask *ask)
{
	for (size_t i = 0; i < r->n; i++)
		if (ask->account.carrier.n && same_account(r->asks[i], ask))
			return r->asks[i];
	return NULL;
}

static void
token_round(struct arena *a, struct carrier_ask *asks, size_t n, int which, int64_t deadline_us)
{
	struct carrier_call *calls = ARENA_ARRAY(a, n, struct carrier_call);
	struct carrier_ask **by = ARENA_ARRAY(a, n, struct carrier_ask *);
	struct round r;

	round_begin(&r, a, n);
	for (size_t i = 0; i < n; i++) {
		if (!lacks(&asks[i], which))
			continue;
		by[i] = asked_by(&r, &asks[i]);
		if (by[i])
			continue;
		asks[i].adapter->token(&asks[i], which, &calls[i]);
		round_add(&r, &asks[i], &calls[i]);
		r.http[r.n - 1].repeatable = true;
	}
	round_go(&r, deadline_us);
	for (size_t i = 0; i < r.n; i++)
		token_take(r.asks[i], which, r.calls[i]);
	for (size_t i = 0; i < n; i++) {
		if (!by[i])
			continue;
		asks[i].tokens[which] = by[i]->tokens[which];
		if (by[i]->outcome != CARRIER_UNASKED) {
			asks[i].outcome = by[i]->outcome;
			asks[i].code = by[i]->code;
			asks[i].message = by[i]->message;
		}
	}
}

/* ---- questions */

static void
prepare(struct arena *a, struct carrier_ask *ask)
{
	ask->arena = a;
	ask->outcome = CARRIER_UNASKED;
	ask->code = ask->message = (struct str){ NULL, 0 };
	for (int i = 0; i < 2; i++) {
		const struct carrier_base *b = &ask->adapter->bases[i];

		if (b->service)
			ask->bases[i] =
				http_service(b->service, ask->account.test ? b->test : b->live);
	}
	if (json_parse_secret(a, ask->account.credentials, &ask->secrets) ||
		carrier_credentials_check(
			a, ask->adapter, ask->account.credentials, STR("credentials")))
		carrier_cannot(ask, "credentials", "the credentials are not whole");
	for (int i = 0; i < CARRIER_TOKENS && ask->verb != CARRIER_CHECK; i++)
		(void)carrier_token_get(a, &ask->account, i, &ask->tokens[i]);
}

static bool
all_unauthorized(const struct carrier_ask *ask)
{
	for (size_t i = 0; i < ask->ncalls; i++)
		if (ask->calls[i].fault != CARRIER_FAULT_NONE || ask->calls[i].status != 401)
			return false;
	return ask->ncalls > 0;
}

/* Puts the questions of those that have no outcome; the calls stay for who reads them. */
static void
question_round(struct arena *a, struct carrier_ask *asks, size_t n, int64_t deadline_us)
{
	struct round r;
	size_t most = 0;

	for (size_t i = 0; i < n; i++) {
		asks[i].ncalls = 0;
		asks[i].calls = NULL;
		if (asks[i].outcome == CARRIER_UNASKED)
			asks[i].adapter->build(&asks[i]);
		most += asks[i].outcome == CARRIER_UNASKED ? asks[i].ncalls : 0;
	}
	round_begin(&r, a, most);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; asks[i].outcome == CARRIER_UNASKED && k < asks[i].ncalls; k++)
			round_add(&r, &asks[i], &asks[i].calls[k]);
	round_go(&r, deadline_us);
}

static void
ask_round(struct arena *a, struct carrier_ask *asks, size_t n, int64_t deadline_us, bool again)
{
	int64_t now = clock_mono_us();
	int64_t tokens_us = now + (deadline_us - now) / 100 * TOKEN_PERCENT;
	struct carrier_ask *more = ARENA_ARRAY(a, n, struct carrier_ask);
	size_t *which = ARENA_ARRAY(a, n, size_t), nmore = 0;

	for (int i = 0; i < CARRIER_TOKENS; i++)
		token_round(a, asks, n, i, tokens_us);
	question_round(a, asks, n, deadline_us);
	for (size_t i = 0; i < n; i++) {
		struct carrier_ask *ask = &asks[i];

		if (ask->outcome != CARRIER_UNASKED)
			continue;
		if (again && all_unauthorized(ask) && ask->adapter->needs(ask)) {
			carrier_token_drop(&ask->account);
			ask->code = ask->message = (struct str){ NULL, 0 };
			for (int k = 0; k < CARRIER_TOKENS; k++)
				wipe_str(ask->tokens[k]);
			memset(ask->tokens, 0, sizeof(ask->tokens));
			which[nmore] = i;
			more[nmore++] = *ask;
			continue;
		}
		ask->adapter->parse(ask);
		if (ask->more) {
			ask->more = false;
			ask->step++;
			which[nmore] = i;
			more[nmore++] = *ask;
		} else if (ask->outcome == CARRIER_UNASKED) {
			carrier_unreadable(ask);
		}
	}
	if (nmore)
		ask_round(a, more, nmore, deadline_us, false);
	for (size_t i = 0; i < nmore; i++)
		asks[which[i]] = more[i];
}

static void
wipe(struct carrier_ask *ask)
{
	struct json_iter it = json_iter(ask->secrets);

	for (int i = 0; i < CARRIER_TOKENS; i++)
		wipe_str(ask->tokens[i]);
	while (json_next(&it))
		wipe_str(json_string(it.value));
	memset(ask->tokens, 0, sizeof(ask->tokens));
	ask->secrets = NULL;
}

void
carrier_ask_all(struct arena *a, struct carrier_ask *asks, size_t n, int64_t deadline_us)
{
	for (size_t i = 0; i < n; i++)
		prepare(a, &asks[i]);
	if (n)
		ask_round(a, asks, n, deadline_us, true);
	for (size_t i = 0; i < n; i++)
		wipe(&asks[i]);
}

/* Answers of carriers: whatever stands in them ends in an outcome, and in nothing that could not be shown or charged. */
#include "fuzz.h"

#include "base/currency.h"
#include "unit/shop/shipping/asked.h"

/* What can be shown: text without control characters. */
static void
shown(struct str s, size_t most)
{
	must(s.n <= most && str_is_utf8(s));
	for (size_t i = 0; i < s.n; i++)
		must((unsigned char)s.p[i] >= ' ' && s.p[i] != 127);
}

static void
check_rates(const struct carrier_ask *ask)
{
	must(!ask->nrates || ask->outcome == CARRIER_DONE);
	must(ask->nrates <= 64);
	for (size_t i = 0; i < ask->nrates; i++) {
		const struct carrier_rate *r = &ask->rates[i];

		must(r->service.n && r->service.n <= 48);
		must(str_only(r->service, "abcdefghijklmnopqrstuvwxyz0123456789_"));
		must(r->minor >= 0 && r->list_minor >= r->minor && r->days >= 0);
		must(currency_digits(r->currency) >= 0);
		shown(r->name, 100);
		for (size_t k = 0; k < i; k++)
			must(!str_eq(r->service, ask->rates[k].service));
	}
}

static void
check_label(const struct carrier_ask *ask)
{
	const struct carrier_label *label = &ask->label;

	if (ask->outcome == CARRIER_DONE && ask->verb == CARRIER_LABEL)
		must(label->nparcels > 0 && label->tracking.n > 0);
	must(label->minor >= 0 && label->nparcels <= 32);
	shown(label->tracking, 64);
	shown(label->shipment, 32 * 65);
	for (size_t i = 0; i < label->nparcels; i++) {
		must(label->parcels[i].tracking.n);
		must(!label->parcels[i].label.n == !label->parcels[i].type.n);
		shown(label->parcels[i].tracking, 64);
	}
}

static void
check_events(const struct carrier_ask *ask)
{
	for (size_t i = 0; i < ask->nevents; i++) {
		const struct carrier_event *e = &ask->events[i];

		must(e->status && (!i || ask->events[i - 1].at_ms <= e->at_ms) && e->at_ms >= 0);
		shown(e->code, 20);
		shown(e->text, 402);
		shown(e->city, 100);
		shown(e->state, 100);
		shown(e->zip, 16);
		shown(e->country, 2);
	}
}

struct question {
	enum carrier_verb verb;
	int status;
	const char *service;
	size_t packages;
	bool again;
};

/* One round: what is sent is JSON, and every call gets the same answer. */
static void
put(struct carrier_ask *ask, struct str answer, int status)
{
	ask->ncalls = 0;
	ask->calls = NULL;
	ask->adapter->build(ask);
	for (size_t i = 0; i < ask->ncalls; i++) {
		ask->calls[i].status = status;
		ask->calls[i].answer = answer;
		must(ask->calls[i].url.n && str_is_utf8(ask->calls[i].body));
		if (ask->calls[i].body.n)
			fuzz_is_json(ask->calls[i].body);
	}
	if (ask->outcome == CARRIER_UNASKED)
		ask->adapter->parse(ask);
}

/* One adapter, asked and answered so. */
static void
answered(struct fuzz *f, const char *kind, const struct question *q)
{
	struct asked t;

	asked_begin(&t, kind, q->verb);
	t.ask.npackages = q->packages;
	t.ask.again = q->again;
	t.ask.service = str_of(q->service);
	do {
		t.ask.more = false;
		put(&t.ask, f->in, q->status);
		t.ask.step++;
	} while (t.ask.more && t.ask.step < 3);
	must(!t.ask.more);
	if (t.ask.outcome == CARRIER_UNASKED)
		carrier_unreadable(&t.ask);
	must(t.ask.outcome == CARRIER_DONE || (t.ask.code.n && t.ask.message.n));
	shown(t.ask.code, 60);
	shown(t.ask.message, 300);
	check_rates(&t.ask);
	check_label(&t.ask);
	check_events(&t.ask);
	arena_free(t.a);
}

void
fuzz_carrier(struct fuzz *f)
{
	static const int statuses[] = { 200, 201, 400, 401, 404, 429, 500, 302 };
	static const char *const services[] = { "ground", "priority", "ecommerce", "express" };
	size_t n, more, which = fuzz_pick(f, 4), verb = fuzz_pick(f, CARRIER__VERBS);
	const struct carrier_adapter *const *all = carrier_adapters(&n);
	struct question q = { .verb = (enum carrier_verb)verb };

	q.status = statuses[fuzz_pick(f, COUNT(statuses))];
	more = fuzz_pick(f, 4);
	q.packages = 1 + more % 2;
	q.again = more / 2;
	q.service = services[fuzz_pick(f, COUNT(services))];
	answered(f, all[which]->kind, &q);
	answered(f, "callback", &q);
}

/*
 * Reads a recorded answer of a carrier as an adapter does, without a network, and prints what it made of it as JSON:
 * carrier-proof KIND rates|label|track STATUS [FILE] <answer. The question is one package of 2.5 lb from New York to Beverly
 * Hills; of several calls the last is answered with what is in FILE.
 */
#include "unit/shop/shipping/asked.h"

#define MAX_ANSWER ((size_t)16 << 20)

static void
out_int(struct buf *b, const char *name, int64_t n)
{
	json_out_name(b, str_of(name));
	buf_int(b, n);
}

static void
out_rates(struct buf *b, const struct carrier_ask *ask)
{
	JSON_OUT_NAME(b, "rates");
	buf_char(b, '[');
	for (size_t i = 0; i < ask->nrates; i++) {
		const struct carrier_rate *r = &ask->rates[i];

		json_out_comma(b);
		buf_char(b, '{');
		carrier_out(b, "service", r->service, 100);
		carrier_out(b, "currency", r->currency, 3);
		out_int(b, "minor", r->minor);
		out_int(b, "list", r->list_minor);
		out_int(b, "days", r->days);
		out_int(b, "delivery", r->delivery_ms);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void
out_label(struct buf *b, const struct carrier_ask *ask)
{
	const struct carrier_label *label = &ask->label;

	carrier_out(b, "tracking", label->tracking, 100);
	carrier_out(b, "currency", label->currency, 3);
	out_int(b, "minor", label->minor);
	JSON_OUT_NAME(b, "parcels");
	buf_char(b, '[');
	for (size_t i = 0; i < label->nparcels; i++) {
		json_out_comma(b);
		buf_char(b, '{');
		carrier_out(b, "tracking", label->parcels[i].tracking, 100);
		carrier_out(b, "type", label->parcels[i].type, 100);
		out_int(b, "bytes", (int64_t)label->parcels[i].label.n);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void
out_events(struct buf *b, const struct carrier_ask *ask)
{
	JSON_OUT_NAME(b, "events");
	buf_char(b, '[');
	for (size_t i = 0; i < ask->nevents; i++) {
		json_out_comma(b);
		buf_char(b, '{');
		carrier_out(b, "status", str_of(ask->events[i].status), 100);
		out_int(b, "at", ask->events[i].at_ms);
		carrier_out(b, "city", ask->events[i].city, 100);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static struct str
read_all(struct arena *a, FILE *f)
{
	char *p = arena_alloc(a, MAX_ANSWER);

	return (struct str){ p, f ? fread(p, 1, MAX_ANSWER - 1, f) : 0 };
}

int
main(int argc, char **argv)
{
	static const char *const outcomes[] = { "unasked", "done", "refused", "unreachable",
		"unknown" };
	enum carrier_verb verb;
	struct asked t;
	struct buf b;

	if (argc < 4)
		return 64;
	verb = strcmp(argv[2], "rates") == 0    ? CARRIER_RATES
		: strcmp(argv[2], "label") == 0 ? CARRIER_LABEL
						: CARRIER_TRACK;
	asked_begin(&t, argv[1], verb);
	t.ask.adapter->build(&t.ask);
	for (size_t i = 0; i < t.ask.ncalls; i++)
		t.ask.calls[i].status = (int)strtol(argv[3], NULL, 10);
	t.ask.calls[0].answer = read_all(t.a, stdin);
	if (argc > 4)
		t.ask.calls[t.ask.ncalls - 1].answer = read_all(t.a, fopen(argv[4], "r"));
	if (t.ask.outcome == CARRIER_UNASKED)
		t.ask.adapter->parse(&t.ask);
	buf_init(&b, t.a, 4096, MAX_ANSWER);
	buf_char(&b, '{');
	carrier_out(&b, "outcome", str_of(outcomes[t.ask.outcome]), 20);
	carrier_out(&b, "code", t.ask.code, 100);
	carrier_out(&b, "message", t.ask.message, 400);
	out_rates(&b, &t.ask);
	out_label(&b, &t.ask);
	out_events(&b, &t.ask);
	buf_char(&b, '}');
	printf("%.*s\n", STRF(buf_view(&b)));
	arena_free(t.a);
	return 0;
}

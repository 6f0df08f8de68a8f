/* A question to a carrier as tests put it, and its answer without a network. */
#ifndef SOUK_TEST_ASKED_H
#define SOUK_TEST_ASKED_H

#include "shop/shipping/carrier_int.h"

struct asked {
	struct arena *a;
	struct carrier_package packages[2];
	struct carrier_item item;
	struct carrier_ask ask;
};

/* New York → Beverly Hills, 2.5 lb, 12 × 8 × 6 in, on 30 March 2026, with tokens and whole credentials. */
void asked_begin(struct asked *t, const char *kind, enum carrier_verb verb);
/* Builds, has every call answered with that status and text, and reads. */
void asked_answer(struct asked *t, int status, const char *text);
/* The rate of a service; one of -1 if there is none. */
const struct carrier_rate *asked_rate(struct asked *t, const char *service);
/* A member of the JSON that a call sends, as text. */
struct str asked_sent(struct asked *t, size_t call, const char *path);
/* The value of a header; absent if it is not sent. */
struct str asked_header(const struct carrier_call *c, const char *name);

#endif

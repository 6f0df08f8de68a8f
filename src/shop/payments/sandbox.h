/*
 * The built-in sandbox gateway: deterministic, with books of its own (sandbox_gateway), which it writes outside our
 * transactions. What a token or an amount makes it do stands in CONVENTIONS.md.
 */
#ifndef SOUK_SANDBOX_H
#define SOUK_SANDBOX_H

#include "model/raw.h"
#include "shop/payments/gateway.h"

/* Amounts whose last six digits make it behave oddly, in calls of every kind. */
enum sandbox_oddity {
	ODD_LOST = 990001,    /* it neither does it nor answers, the first time */
	ODD_SILENT = 990002,  /* it does it, and does not answer */
	ODD_TWICE = 990003,   /* it tells twice: its message comes before its answer */
	ODD_LATE = 990004,    /* it decides later: when it is asked the second time */
	ODD_REFUSED = 990005, /* it declines, or refuses */
	ODD_LATE_NO = 990006, /* it decides later, and says no */
};

/* What it keeps of a capture: 2.9 % and 30 minor units, at most all of it. */
int64_t sandbox_fee(int64_t amount);

/* How it judges disputes. */
gateway_dispute_fn sandbox_respond, sandbox_verdict;

/* A challenge that the buyer is shown (3-D Secure, a redirect). */
struct sandbox_challenge {
	struct id call, intent;
	int64_t amount;
	struct str currency;
	struct str shop; /* its name */
};
#define SANDBOX_CHALLENGE_MS (INT64_C(3600) * 1000)

struct str sandbox_challenge_url(struct ctx *cx, struct id call);

/*
 * The challenge of a token: sets the tenant of cx, which may be nobody's before. ERR_NOT_FOUND: no such token, or the challenge is over.
 */
struct err *sandbox_challenge_find(
	struct ctx *cx, struct str token, struct sandbox_challenge *out) MUST_CHECK;
/* What the buyer said; *taken false: it was over by then. */
struct err *sandbox_challenge_end(
	struct ctx *cx, const struct sandbox_challenge *c, bool approved, bool *taken) MUST_CHECK;

/* The page that shows it, and what its form sends. */
extern const struct raw sandbox_page, sandbox_form;

#endif

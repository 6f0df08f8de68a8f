/*
 * Gateways: who really moves money. One interface over all of them; an adapter is a const struct gateway. It is never
 * called inside a transaction. What it is asked stands, committed, in a row of gateway_calls before, whose id is the key
 * under which the gateway does it at most once, however often it is asked.
 */
#ifndef SOUK_GATEWAY_H
#define SOUK_GATEWAY_H

#include "db/ctx.h"

enum gateway_kind {
	GATEWAY_AUTHORIZE,
	GATEWAY_CAPTURE,
	GATEWAY_CANCEL,
	GATEWAY_REFUND,
	GATEWAY__KINDS
};
extern const char *const gateway_kind_names[GATEWAY__KINDS]; /* as gateway_calls.kind has them */

enum gateway_outcome {
	GATEWAY_UNKNOWN, /* no answer, or none that says anything: to be asked again, later */
	GATEWAY_NEVER,   /* of fetch alone: it has never heard of that key */
	GATEWAY_DONE,
	GATEWAY_ACTION,   /* the buyer must confirm at `url` first */
	GATEWAY_PENDING,  /* taken, and decided later: a bank transfer */
	GATEWAY_DECLINED, /* whoever issued the method said no: of authorizations */
	GATEWAY_REFUSED,  /* the gateway will not do it, and asking again is of no use */
};

/* What it is asked. Everything lives as long as the call. */
struct gateway_call {
	struct id id; /* of the row of gateway_calls: the idempotency key */
	enum gateway_kind kind;
	int64_t amount; /* minor units of currency, > 0; of a cancel: what is given free */
	struct str currency;
	struct id
		gateway; /* the tenant's row with its credentials; ID_NONE: the built-in sandbox */
	struct id intent;
	/* The gateway's own name of the payment: of all kinds but authorize, and of what is fetched if it is known. */
	struct str reference;
	/* authorize: captured at once; capture: what is left of the authorization is given free */
	bool final;

	/* authorize */
	struct str method_type;  /* "card", "paypal" … */
	struct id method;        /* of payment_methods, ID_NONE: only the type is known */
	struct str token;        /* by which the gateway knows that method; absent: none */
	struct str brand, last4; /* of a card or account, for people; absent: none */
	struct str return_url;   /* where the buyer is sent after a challenge; absent: nowhere */
	struct str statement_descriptor, description;
};

/* What came of it. Strings live in cx->arena. */
struct gateway_answer {
	enum gateway_outcome outcome;
	struct str reference;    /* the gateway's own name of what it did */
	struct str code;         /* declined, refused: "card_declined" … */
	struct str decline_code; /* "insufficient_funds" …; absent: none */
	struct str message;      /* for people */
	struct str url;          /* GATEWAY_ACTION */
	int64_t fee;             /* what it kept, minor units of the call's currency */
	int64_t expires_at_ms;   /* until when an authorization holds; 0: the usual seven days */
};

/* Each asks for one thing. An err is our own failure (the database): the call stays pending. */
typedef struct err *gateway_fn(
	struct ctx *cx, const struct gateway_call *call, struct gateway_answer *out);

/* What is told, and asked, of a dispute. Texts that were not given are absent. */
struct gateway_dispute {
	struct id id;         /* ours: the idempotency key of the evidence */
	struct id gateway;    /* as of a call */
	struct str reference; /* the gateway's own name of it; absent: it has none */
	int64_t due_ms;       /* until when it takes evidence */
	struct str transaction_details, shipping_proof, communication_logs, text;
	struct str carrier, tracking_number;
};

enum gateway_verdict {
	GATEWAY_UNDECIDED, /* no answer, or nothing has changed */
	GATEWAY_REVIEWS,   /* it has the evidence */
	GATEWAY_WON,       /* for the shop */
	GATEWAY_LOST,
};

typedef struct err *gateway_dispute_fn(
	struct ctx *cx, const struct gateway_dispute *dispute, enum gateway_verdict *out);

struct gateway {
	const char *name; /* payment_gateways.kind: "sandbox", "stripe" */
	gateway_fn *authorize, *capture, *cancel, *refund;
	/* What became of the call of that id (or, if the gateway knows none, of that reference); GATEWAY_NEVER: nothing. */
	gateway_fn *fetch;
	/* Gives the evidence; what became of a dispute. NULL: it tells by itself, and takes no evidence from us. */
	gateway_dispute_fn *respond, *verdict;
};

extern const struct gateway sandbox_gateway;

/* The adapter of that name; NULL: there is none. */
const struct gateway *gateway_find(struct str name);

/* Which gateway takes payments of that type for the tenant. */
struct gateway_choice {
	const struct gateway *gateway;
	struct id id; /* of payment_gateways; ID_NONE: the built-in sandbox */
};
/*
 * The tenant's own first (enabled, whose methods have the type), else, for a sandbox tenant, the built-in sandbox.
 * ERR_CONFLICT, reason no_gateway, if there is none.
 */
struct err *gateway_choose(
	struct ctx *cx, struct str method_type, struct gateway_choice *out) MUST_CHECK;

#endif

/*
 * Carriers that are asked over the network: one question, one answer, whoever they are. An adapter (a file each: ups.c, usps.c,
 * fedex.c, dhl.c) never dials: it builds calls and reads their answers, both pure functions of what they are given, so
 * that recorded answers test them; carrier_ask_all() carries the calls of many questions at once. Answers are hostile
 * input: whatever stands in them, reading them ends in an outcome.
 */
#ifndef SOUK_CARRIER_H
#define SOUK_CARRIER_H

#include "base/base.h"

struct json;

enum carrier_verb {
	CARRIER_RATES, /* in: from, to, packages */
	CARRIER_LABEL, /* in: the same, and service and reference */
	CARRIER_VOID,  /* in: tracking and shipment, as the label's answer had them */
	CARRIER_TRACK, /* in: tracking */
	CARRIER_CHECK, /* only whether the credentials are good */
	CARRIER__VERBS
};

/*
 * Refused: they answered no, code and message say why. Unreachable: it did not reach them, or (rates, track) no answer
 * came in time or none that can be read; nothing has happened there. Unknown (label, void): it was sent, and no answer
 * that can be read came; it may have happened.
 */
enum carrier_outcome {
	CARRIER_UNASKED,
	CARRIER_DONE,
	CARRIER_REFUSED,
	CARRIER_UNREACHABLE,
	CARRIER_UNKNOWN
};

/* Views that live as long as the question. Absent is not known. */
struct carrier_address {
	struct str name, company, line1, line2, city, state, zip, country, phone;
	bool residential;
};

/* Exact: milligrams and micrometres. A length of 0 is not known; weight > 0. */
struct carrier_package {
	int64_t weight_mg, length_um, width_um, height_um;
	int64_t insured_minor; /* of carrier_ask.currency; 0: not insured */
};

/* What is in the packages, for customs: needed when it crosses a border. */
struct carrier_item {
	struct str description;
	struct str origin; /* country of manufacture; absent: where it is sent from */
	struct str tariff; /* HS code; absent: not known */
	int64_t quantity;
	int64_t unit_minor; /* value of one, in carrier_ask.currency */
	int64_t weight_mg;  /* of all of them; 0: not known */
};

/* Whose contract it is. */
struct carrier_account {
	/* Its row: tokens are kept by it (samples have the same ids in every shop) … */
	struct id tenant, carrier;
	int64_t version; /* … and by the version of its credentials */
	/* Opened: JSON text of an object of strings, the names of .credentials of the adapter. */
	struct str credentials;
	struct str number; /* with the carrier; absent if it needs none */
	bool test;         /* ask the carrier's test system */
};

struct carrier_rate {
	/* Our code (D75), else theirs in snake case: "ground", "next_day_air_saver". */
	struct str service;
	struct str name;     /* for people */
	struct str currency; /* ISO 4217 */
	int64_t minor;      /* what the account pays: negotiated, if they say so; of all packages */
	int64_t list_minor; /* the published price; = minor if they do not say */
	int days;           /* business days on the way; 0: not told */
	int64_t delivery_ms; /* when it comes, in the local time there read as UTC; 0: not told */
};

/* One package of a bought label. */
struct carrier_parcel {
	struct str tracking;
	struct str label; /* its bytes, absent if the label of another package has all */
	struct str type;  /* "application/pdf", "image/gif", "image/png", "application/zpl" */
};

struct carrier_label {
	/* Of the whole; shipment is what voiding it needs. */
	struct str tracking, shipment;
	struct carrier_parcel *parcels;
	size_t nparcels;
	struct str currency; /* absent: they do not tell the price */
	int64_t minor;
};

/* One thing that happened on the way. */
struct carrier_event {
	int64_t at_ms; /* UTC */
	/* A shipment's: label_created, in_transit, out_for_delivery, delivered, exception, returned. */
	const char *status;
	struct str code; /* theirs */
	struct str text;
	struct str city, state, zip, country;
};

enum carrier_fault {
	CARRIER_FAULT_NONE,
	CARRIER_FAULT_UNSENT,
	CARRIER_FAULT_CROWDED, /* too many of us wait for others already: not even sent */
	CARRIER_FAULT_NO_ANSWER
};

#define CARRIER_HEADERS 6

/* One HTTP exchange. */
struct carrier_call {
	/* build() or token(): */
	const char *method;
	struct str url, body;
	struct {
		const char *name;
		struct str value;
	} headers[CARRIER_HEADERS];
	size_t nheaders;
	size_t answer_max; /* bytes; 0: what suits the question */
	int mark;          /* the adapter's own: which package, which of its APIs */

	/* What came of it: */
	enum carrier_fault fault;
	int status;
	struct str answer;
};

#define CARRIER_TOKENS 2

struct carrier_ask {
	/* In: */
	const struct carrier_adapter *adapter;
	enum carrier_verb verb;
	struct carrier_account account;
	struct carrier_address from, to;
	const struct carrier_package *packages;
	size_t npackages;
	/* LABEL over a border; else not looked at. */
	const struct carrier_item *items;
	size_t nitems;
	struct str currency; /* of insured_minor and unit_minor; absent: USD */
	bool signature;
	struct str service; /* as carrier_rate has it */
	/* Ours, 1–30 of [A-Za-z0-9_-]: the same shipment, the same reference. */
	struct str reference;
	/*
	 * LABEL: it was asked before, and it is not known what came of it. USPS and DHL eCommerce go by the reference anyway; UPS
	 * is asked for what it has under it, and only then for a new one. FedEx and DHL Express make another label; what
	 * is not handed over, they do not bill.
	 */
	bool again;
	struct str tracking, shipment; /* of the label's answer */
	int64_t at_ms;                 /* when it is handed over; mostly now */

	/* Out, in the arena given to carrier_ask_all(): */
	enum carrier_outcome outcome;
	/*
	 * Why not, in their word or ours: "111286", "no_answer". With CARRIER_DONE it is mostly absent;
	 * if not, a part of it failed: one of the carrier's two APIs gave no rates, or of several labels
	 * only those in .label were bought, which the caller should void.
	 */
	struct str code;
	struct str message; /* at most 300 bytes of UTF-8, no control characters, never a secret */
	struct carrier_rate *rates;
	size_t nrates;
	struct carrier_label label;
	struct carrier_event *events; /* oldest first */
	size_t nevents;

	/* The dialler's and the adapter's own: */
	struct arena *arena;
	struct json *secrets; /* the credentials, read */
	struct str bases[2];  /* where the adapter's APIs are, without a slash at the end */
	struct str tokens[CARRIER_TOKENS];
	struct carrier_call *calls;
	size_t ncalls;
	bool more; /* parse() wants another round, for which build() makes the calls */
	int step;  /* rounds before this one that it wanted */
};

struct carrier_credential {
	const char *name, *doc;
	bool optional;
};

struct carrier_base {
	const char *service, *live, *test; /* its name in SOUK_SERVICES, and where it is */
};

struct carrier_adapter {
	const char *kind;                             /* of the carrier: "ups" */
	const struct carrier_credential *credentials; /* ends with a name NULL */
	struct carrier_base bases[2];

	/* Which tokens the question needs: bits 1 << 0 and 1 << 1. The second may be asked for with the first. */
	unsigned (*needs)(const struct carrier_ask *ask);
	void (*token)(struct carrier_ask *ask, int which, struct carrier_call *call);
	/* From an answer 2xx: the token, and for how many seconds it is good. False if none is in it. */
	bool (*token_read)(struct carrier_ask *ask, int which, const struct carrier_call *call,
		struct str *token, int64_t *seconds);
	/* May be NULL. True if the question can be put without a token that could not be had: then it is not failed. */
	bool (*spares)(const struct carrier_ask *ask);
	/* Makes .calls; or none, with outcome, code and message, if the question cannot be put to them. */
	void (*build)(struct carrier_ask *ask);
	/* Reads the answers of all .calls into outcome and what belongs to it. */
	void (*parse)(struct carrier_ask *ask);
};

/* The adapter of a carrier's kind; NULL if it is none that is asked over the network. */
const struct carrier_adapter *carrier_adapter(struct str kind);
const struct carrier_adapter *const *carrier_adapters(size_t *n);

/*
 * What is wrong with credentials for that adapter: no object, a name it does not take, one that is missing or no text
 * of 1–2,048 printable ASCII characters. ERR_VALIDATION with details below `field`; no message has a value.
 */
struct err *carrier_credentials_check(struct arena *a, const struct carrier_adapter *adapter,
	struct str credentials, struct str field) MUST_CHECK;

/*
 * Asks all of them at once until the deadline (clock_mono_us()). First tokens are got, for at most 40 % of the time left, so that one
 * carrier that hangs there does not cost the others their answer; then every question is put. A 401 drops the token,
 * and the question is put once more if time is left. Each ask has an outcome then. Not within a transaction.
 */
void carrier_ask_all(struct arena *a, struct carrier_ask *asks, size_t n, int64_t deadline_us);

/* Forgets and wipes what tokens this process holds of a carrier (0: of all). */
void carrier_tokens_forget(struct id carrier);

#endif

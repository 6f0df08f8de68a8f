/*
 * What adapters share: writing their JSON in the units they want, and reading answers of which nothing can be trusted.
 * Getters of an answer take a path ("a.b.c") and never fail: what is not there, or of another kind, is absent.
 */
#ifndef SOUK_CARRIER_INT_H
#define SOUK_CARRIER_INT_H

#include "base/json.h"
#include "base/json_out.h"
#include "shop/shipping/carrier.h"

extern const struct carrier_adapter carrier_ups, carrier_usps, carrier_fedex, carrier_dhl;

/* ---- asking */

/* A credential, absent if there is none. */
struct str carrier_secret(const struct carrier_ask *ask, const char *name);
/* One more call of the question; url and body are the caller's to fill. At most CARRIER_CALLS. */
#define CARRIER_CALLS 32
struct carrier_call *carrier_call_add(struct carrier_ask *ask, const char *method, struct str url);
void carrier_header(struct carrier_call *c, const char *name, struct str value);
/* "Authorization: Bearer" with token `which`, or Basic. */
void carrier_bearer(struct carrier_ask *ask, struct carrier_call *c, int which);
void carrier_basic(
	struct carrier_ask *ask, struct carrier_call *c, struct str user, struct str password);
/* Content-Type: application/json, and the buffer as body. */
void carrier_json(struct carrier_call *c, const struct buf *b);
/* A form of OAuth client credentials; with_id: id and secret in the form, else in a Basic header. */
void carrier_oauth(struct carrier_ask *ask, struct carrier_call *c, struct str url, bool with_id);
/* access_token and expires_in of an answer. */
bool carrier_oauth_read(struct carrier_ask *ask, int which, const struct carrier_call *c,
	struct str *token, int64_t *seconds);
/* In a path or a query: all but letters, digits and -_.~ as %XX. */
struct str carrier_escape(struct arena *a, struct str s);
void carrier_buf(struct carrier_ask *ask, struct buf *b);

/* "name":"text", or nothing if it is absent; cut to so many characters. */
void carrier_out(struct buf *b, const char *name, struct str text, size_t most);
/* "name": of a number: value/unit with up to `places` digits behind the point, rounded up; a number or a text of it. */
enum carrier_as { CARRIER_NUMBER, CARRIER_TEXT };
struct carrier_unit {
	int64_t num, den; /* how many milligrams or micrometres it has: num/den */
};
extern const struct carrier_unit carrier_lb, carrier_kg, carrier_in, carrier_cm;
struct carrier_form {
	const struct carrier_unit *unit;
	int places;
	enum carrier_as as;
};
#define CARRIER_FORM(unit, places, as) ((struct carrier_form){ (unit), (places), (as) })
void carrier_out_measure(struct buf *b, const char *name, int64_t value, struct carrier_form form);
/* Money with the currency's digits. */
void carrier_out_money(
	struct buf *b, const char *name, int64_t minor, struct str currency, enum carrier_as as);
/* The day of a moment, "2026-01-31" or "20260131". */
struct str carrier_day(struct arena *a, int64_t ms, bool hyphens);
/* Pounds and inches, as they measure in the US. */
bool carrier_imperial(const struct carrier_ask *ask);
/* All insured amounts. */
int64_t carrier_insured(const struct carrier_ask *ask);
struct str carrier_currency(const struct carrier_ask *ask);
/* Name and company as a label shows them: a name where there is only a company, and the other way round. */
struct str carrier_person(const struct carrier_address *at);

/* ---- reading */

struct json *carrier_at(const struct json *j, const char *path);
/* A text, or a number as it was written. */
struct str carrier_text(struct arena *a, const struct json *j, const char *path);
/* The same for people: valid, without control characters, trimmed, at most so many bytes. */
struct str carrier_words(struct arena *a, const struct json *j, const char *path, size_t most);
/* Where one is written as an object and several as an array: how many there are, and each. */
size_t carrier_count(const struct json *j);
struct json *carrier_nth(const struct json *j, size_t i);
/* An amount ≥ 0 of that currency in minor units, half-up; false if it is none. */
bool carrier_minor(struct arena *a, const struct json *j, const char *path, struct str currency,
	int64_t *minor);
/* "usd" → "USD", if that is a currency in use. */
bool carrier_currency_read(struct arena *a, struct str s, struct str *currency);
/* Upper and mixed case with anything between words → snake case, at most 48 characters. */
struct str carrier_snake(struct arena *a, struct str s);
/* A date (20260131, 2026-01-31) and a time of day (153000, 15:30, 15:30:00, absent) as if they were UTC. */
bool carrier_local(struct str date, struct str time, int64_t *ms);
/* "2026-01-31T15:30:00" with or without an offset; without, as if it were UTC. */
bool carrier_stamp(struct str s, int64_t *ms);
/* "-05:00", "+9:00", "Z": so much it is ahead of UTC. */
bool carrier_offset(struct str s, int64_t *ms);
/* Base64 with whatever blanks and padding. False if there are other bytes, or none. */
bool carrier_unbase64(struct arena *a, struct str s, struct str *out);
/* What the bytes of a label are; NULL if nothing we know. */
const char *carrier_label_type(struct str label);

/* ---- outcomes */

void carrier_refuse(struct carrier_ask *ask, struct str code, struct str message);
/* The question cannot be put to them. */
void carrier_cannot(struct carrier_ask *ask, const char *code, const char *message);
/* Reads code and message out of an error of theirs; false if that is not in it. */
typedef bool carrier_errors_fn(
	struct carrier_ask *ask, const struct json *j, struct str *code, struct str *message);
/* The JSON of an answer 2xx; else NULL, and what came of it stands in the ask (the first fault stays). */
struct json *carrier_answer(
	struct carrier_ask *ask, const struct carrier_call *c, carrier_errors_fn *errors);
/* An answer 2xx that does not have what it must. */
void carrier_unreadable(struct carrier_ask *ask);

/*
 * One rate more, or the cheaper one in place of another of the same service. NULL if it is not whole, is dearer than what
 * is there, or is the 65th.
 */
struct carrier_rate *carrier_rate_add(struct carrier_ask *ask, struct str service, struct str name,
	struct str currency, int64_t minor);
/* What one package more costs: only services that take all of them stay. */
void carrier_rates_and(struct carrier_ask *ask, const struct carrier_ask *one, bool first);
void carrier_events_begin(struct carrier_ask *ask, size_t most);
struct carrier_event *carrier_event_add(struct carrier_ask *ask, int64_t at_ms, const char *status);
/* Oldest first, equal ones as they came reversed, for carriers tell the newest first. */
void carrier_events_end(struct carrier_ask *ask);
/* Room for the parcels of a label. */
struct carrier_parcel *carrier_parcel_add(struct carrier_ask *ask, struct str tracking);

/* Service codes, ours and theirs. */
struct carrier_service {
	const char *code, *theirs, *name;
};
/* Of several rows, the first is the one that is asked for. NULL if there is none. */
const struct carrier_service *carrier_service_of(
	const struct carrier_service *rows, size_t n, struct str code);
const struct carrier_service *carrier_service_theirs(
	const struct carrier_service *rows, size_t n, struct str theirs);

/* Statuses by their codes. */
struct carrier_status {
	const char *theirs, *ours;
};
const char *carrier_status_of(const struct carrier_status *rows, size_t n, struct str theirs);
/* By what the words say, for codes that we do not know. */
const char *carrier_status_words(struct str text);

/* ---- tokens of this process (carrier_token.c) */
bool carrier_token_get(
	struct arena *a, const struct carrier_account *account, int which, struct str *token);
void carrier_token_keep(
	const struct carrier_account *account, int which, struct str token, int64_t seconds);
void carrier_token_drop(const struct carrier_account *account);

#endif

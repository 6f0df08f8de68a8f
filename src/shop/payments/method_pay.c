/*
 * What a new method is made of. Numbers of cards and accounts are read where the vault has them; copies of digits on the stack
 * are wiped before they are left.
 */
#include "base/clock.h"
#include "base/crypto.h"
#include "shop/payments/bank.h"
#include "shop/payments/method_int.h"

#define EXPIRY_YEARS 20 /* that a card can be valid from now */
#define FINGERPRINT_BYTES 16
#define LAST 4

/* Which fields say what a method of a type is, as bits. */
#define BIT(field) (1U << (field))
#define OF_CARDS                                                                                   \
	(BIT(METHOD_NUMBER) | BIT(METHOD_CVC) | BIT(METHOD_EXP_MONTH) | BIT(METHOD_EXP_YEAR))
#define OF_ACH (BIT(METHOD_ROUTING_NUMBER) | BIT(METHOD_ACCOUNT_NUMBER))
#define OF_WIRE (BIT(METHOD_IBAN) | BIT(METHOD_BIC))

static unsigned
fields_of(int type)
{
	switch (type) {
	case METHOD_CARD:
		return OF_CARDS;
	case METHOD_ACH:
		return OF_ACH;
	case METHOD_WIRE:
		return OF_WIRE;
	default:
		return 0;
	}
}

/* ---- numbers */

/* A number without what stands between its digits: of a card, an account, an IBAN. 0 if it is none. */
struct number {
	char digits[IBAN_MAX];
	size_t n;
};

static struct number
read_number(const struct rec *r, int field)
{
	struct number number = { .n = 0 };
	struct str s = rec_has(r, field) ? rec_str(r, field) : STR("");

	if (field == METHOD_NUMBER)
		number.n = card_digits(s, number.digits);
	else if (field == METHOD_IBAN)
		number.n = bank_iban(s, number.digits);
	else
		number.n = bank_account(s, number.digits);
	return number;
}

static void
wipe_number(struct number *number)
{
	crypto_wipe(number, sizeof(*number));
}

/* The field with the number that a method of that type has; -1: it has none. */
static int
number_field(int type)
{
	static const int fields[METHOD__TYPES] = {
		[METHOD_CARD] = METHOD_NUMBER,
		[METHOD_ACH] = METHOD_ACCOUNT_NUMBER,
		[METHOD_WIRE] = METHOD_IBAN,
	};

	return fields[type] ? fields[type] : -1;
}

static bool
is_card(const struct number *number)
{
	return card_length_fits(number->digits, number->n) && card_luhn(number->digits, number->n);
}

/* ---- faults */

static struct err *
check_cvc(struct ctx *cx, const struct rec *now, const struct number *number)
{
	struct str cvc = rec_has(now, METHOD_CVC) ? rec_str(now, METHOD_CVC) : STR("");
	const char *network = card_network(number->digits, number->n);
	size_t digits = network && !strcmp(network, "amex") ? 4 : 3;

	if (!cvc.n)
		return rec_refuse(
			cx, now, METHOD_CVC, REASON_REQUIRED, "must be given with number");
	if (cvc.n != digits || !str_only(cvc, "0123456789"))
		return rec_refuse(
			cx, now, METHOD_CVC, REASON_PATTERN, "must be %zu digits", digits);
	return NULL;
}

static struct err *
check_card(struct ctx *cx, const struct rec *now)
{
	struct number number;
	struct err *e = NULL;

	if (!rec_has(now, METHOD_NUMBER))
		return NULL;
	if (!cx->sandbox)
		return rec_refuse(cx, now, METHOD_NUMBER, REASON_NOT_APPLICABLE,
			"is for the sandbox alone: in a live shop send the token that your gateway "
			"made of it");
	number = read_number(now, METHOD_NUMBER);
	if (!number.n || !card_network(number.digits, number.n))
		e = rec_refuse(cx, now, METHOD_NUMBER, REASON_PATTERN,
			"must be the number of a card of a known network: digits, perhaps with "
			"blanks and dashes");
	else if (!card_length_fits(number.digits, number.n))
		e = rec_refuse(cx, now, METHOD_NUMBER, REASON_PATTERN,
			"has another number of digits than cards of its network have");
	else if (!card_luhn(number.digits, number.n))
		e = rec_refuse(
			cx, now, METHOD_NUMBER, REASON_CHECK_DIGIT, "has a wrong check digit");
	e = err_join(e, check_cvc(cx, now, &number));
	wipe_number(&number);
	for (int field = METHOD_EXP_MONTH; field <= METHOD_EXP_YEAR; field++)
		if (!rec_has(now, field))
			e = err_join(e,
				rec_refuse(cx, now, field, REASON_REQUIRED,
					"must be given with number"));
	return e;
}

static struct err *
check_account(struct ctx *cx, const struct rec *now, int field, const char *what)
{
	struct number number;
	bool good;

	if (!rec_has(now, field))
		return NULL;
	number = read_number(now, field);
	good = number.n > 0;
	wipe_number(&number);
	return good ? NULL : rec_refuse(cx, now, field, REASON_CHECK_DIGIT, "%s", what);
}

static struct err *
check_bank(struct ctx *cx, const struct rec *now, int type)
{
	struct err *e = NULL;

	if (type == METHOD_ACH) {
		e = check_account(cx, now, METHOD_ACCOUNT_NUMBER, "must be 4 to 17 digits");
		if (rec_has(now, METHOD_ACCOUNT_NUMBER) && !rec_has(now, METHOD_ROUTING_NUMBER))
			e = err_join(e,
				rec_refuse(cx, now, METHOD_ROUTING_NUMBER, REASON_REQUIRED,
					"must be given with account_number"));
	}
	if (type == METHOD_WIRE)
		e = check_account(
			cx, now, METHOD_IBAN, "must be an IBAN whose check digits are right");
	if (rec_has(now, METHOD_ROUTING_NUMBER) &&
		!bank_is_routing(rec_str(now, METHOD_ROUTING_NUMBER)))
		e = err_join(e,
			rec_refuse(cx, now, METHOD_ROUTING_NUMBER, REASON_CHECK_DIGIT,
				"must be a routing number of nine digits whose check digit is "
				"right"));
	if (rec_has(now, METHOD_BIC) && !bank_is_bic(rec_str(now, METHOD_BIC)))
		e = err_join(e,
			rec_refuse(cx, now, METHOD_BIC, REASON_PATTERN,
				"must be a BIC of 8 or 11 capitals and digits"));
	return e;
}

static struct err *
check_applicable(struct ctx *cx, const struct rec *now, int type)
{
	unsigned others = (OF_CARDS | OF_ACH | OF_WIRE) & ~fields_of(type);
	struct err *e = NULL;

	for (int i = 0; i < METHOD__MAX; i++) {
		if ((others & BIT(i)) && rec_has(now, i))
			e = err_join(e,
				rec_refuse(cx, now, i, REASON_NOT_APPLICABLE,
					"is of no use to a method of type %.*s",
					STRF(now->v[METHOD_TYPE].s)));
	}
	return e;
}

/* Something to pay with: a number or a token; the sandbox makes the token up. */
static struct err *
check_token(struct ctx *cx, const struct rec *now, int type)
{
	int number = number_field(type);
	bool has_number = number >= 0 && rec_has(now, number);

	if (rec_has(now, METHOD_TOKEN))
		return has_number ? rec_refuse(cx, now, METHOD_TOKEN, REASON_NOT_APPLICABLE,
					    "stands for %s: send one of them",
					    now->resource->fields[number].name)
				  : NULL;
	if (has_number || (cx->sandbox && number < 0))
		return NULL;
	if (number >= 0 && (cx->sandbox || type != METHOD_CARD))
		return rec_refuse(cx, now, number, REASON_REQUIRED, "must be given, or a token");
	return rec_refuse(
		cx, now, METHOD_TOKEN, REASON_REQUIRED, "must be given: your gateway makes it");
}

bool
method_has_expired(int64_t month, int64_t year, int64_t now_ms)
{
	int64_t end = clock_days((int)(month == 12 ? year + 1 : year), (int)(month % 12) + 1, 1);

	return now_ms >= end * INT64_C(86400000);
}

struct err *
method_check_expiry(struct ctx *cx, const struct rec *now)
{
	int64_t at = clock_now_ms(), month, year;
	int this_year, m, d;

	if (!rec_has(now, METHOD_EXP_MONTH) && !rec_has(now, METHOD_EXP_YEAR))
		return NULL;
	if (!rec_has(now, METHOD_EXP_MONTH) || !rec_has(now, METHOD_EXP_YEAR))
		return rec_has(now, METHOD_NUMBER)
			? NULL /* told with that */
			: rec_refuse(cx, now,
				  rec_has(now, METHOD_EXP_MONTH) ? METHOD_EXP_YEAR
								 : METHOD_EXP_MONTH,
				  REASON_REQUIRED, "must be given with the other");
	month = rec_int(now, METHOD_EXP_MONTH);
	year = rec_int(now, METHOD_EXP_YEAR);
	clock_civil(at / INT64_C(86400000), &this_year, &m, &d);
	if (year > this_year + EXPIRY_YEARS)
		return rec_refuse(cx, now, METHOD_EXP_YEAR, REASON_TOO_LARGE,
			"must be at most %d years from now", EXPIRY_YEARS);
	if (method_has_expired(month, year, at))
		return rec_refuse(cx, now, year < this_year ? METHOD_EXP_YEAR : METHOD_EXP_MONTH,
			REASON_PAST, "the card has expired");
	return NULL;
}

struct err *
method_check_means(struct ctx *cx, const struct rec *now)
{
	int type = rec_choice(now, METHOD_TYPE);
	struct err *e = check_applicable(cx, now, type);

	if (type == METHOD_CARD)
		e = err_join(e, check_card(cx, now));
	e = err_join(e, check_bank(cx, now, type));
	return err_join(e, check_token(cx, now, type));
}

/* ---- what is kept */

/* The same for the same number, in this tenant alone; nobody without our key can try numbers out. */
static void
set_fingerprint(struct ctx *cx, struct rec *now, const struct number *number)
{
	struct digest key = crypto_derive(cx->ring, "payment fingerprint");
	struct str of = str_fmt(cx->arena, "%" PRId64 "|%.*s|%.*s", cx->tenant.n,
		STRF(now->v[METHOD_TYPE].s), STRF(now->v[METHOD_ROUTING_NUMBER].s));

	key = crypto_hmac((struct str){ (const char *)key.b, SHA256_BYTES }, of);
	key = crypto_hmac((struct str){ (const char *)key.b, SHA256_BYTES },
		(struct str){ number->digits, number->n });
	rec_set_str(now, METHOD_FINGERPRINT, str_hex(cx->arena, key.b, FINGERPRINT_BYTES));
	crypto_wipe(&key, sizeof(key));
}

/* Numbers of which the sandbox knows what comes (spec: Test Payment Cards; what the banks' tests have). */
static const struct {
	const char *number, *token;
} outcomes[] = {
	{ "4000000000000002", TOKEN_SANDBOX "declined" },
	{ "4000000000009995", TOKEN_SANDBOX "insufficient_funds" },
	{ "4000002760003184", TOKEN_SANDBOX "challenge" },
	{ "4000000000000259", TOKEN_SANDBOX "dispute" },
	{ "000111111113", TOKEN_SANDBOX "declined" },
	{ "000222222227", TOKEN_SANDBOX "insufficient_funds" },
};

static const char *
outcome_of(const struct number *number)
{
	for (size_t i = 0; i < COUNT(outcomes); i++) {
		if (strlen(outcomes[i].number) == number->n &&
			!memcmp(outcomes[i].number, number->digits, number->n))
			return outcomes[i].token;
	}
	return TOKEN_SANDBOX "success";
}

void
method_take_means(struct ctx *cx, struct rec *now)
{
	int type = rec_choice(now, METHOD_TYPE), field = number_field(type);
	struct number number = { .n = 0 };
	const char *token = TOKEN_SANDBOX "success";

	if (field >= 0 && rec_has(now, field))
		number = read_number(now, field);
	if (number.n >= LAST && (type != METHOD_CARD || is_card(&number))) {
		if (type == METHOD_CARD)
			rec_set_str(
				now, METHOD_BRAND, str_of(card_network(number.digits, number.n)));
		rec_set_str(now, METHOD_LAST4,
			str_dup(cx->arena, (struct str){ number.digits + number.n - LAST, LAST }));
		set_fingerprint(cx, now, &number);
		token = outcome_of(&number);
	}
	if (cx->sandbox && !rec_has(now, METHOD_TOKEN))
		rec_set_str(now, METHOD_TOKEN, str_of(token));
	wipe_number(&number);
}

/*
 * Formatters of ICU, kept by locale: the one used longest ago makes room. Each remembers which currency or
 * zone it was set to, so that a page of prices sets it once.
 */
#include "base/locale.h"
#include "base/icu.h"

#include <unicode/ucal.h>
#include <unicode/udat.h>
#include <unicode/unum.h>
#include <unicode/ustring.h>

#define MONEY_KEPT 16
#define TIMES_KEPT 12
#define NAME_MAX_LENGTH 72
#define WIDE (LOCALE_TEXT / 3) /* no UTF-16 unit takes more than three bytes */

struct kept {
	char locale[NAME_MAX_LENGTH];
	char set_to[NAME_MAX_LENGTH]; /* currency or zone */
	void *formatter;              /* NULL: empty */
	uint64_t used;
};

struct shelf {
	struct kept *kept;
	size_t n;
	void *(*open)(const char *locale, UErrorCode *status);
	void (*close)(void *formatter);
};

static uint64_t uses;

static void *
open_money(const char *locale, UErrorCode *status)
{
	return unum_open(UNUM_CURRENCY, NULL, 0, locale, NULL, status);
}

static void
close_money(void *formatter)
{
	unum_close(formatter);
}

/* Thailand and Iran count other years; a shop's times are those of its invoices. */
static void *
open_times(const char *locale, UErrorCode *status)
{
	char full[NAME_MAX_LENGTH + 32];

	(void)snprintf(full, sizeof(full), "%s@calendar=gregorian", locale);
	return udat_open(UDAT_SHORT, UDAT_MEDIUM, full, NULL, 0, NULL, 0, status);
}

static void
close_times(void *formatter)
{
	udat_close(formatter);
}

static struct kept kept_money[MONEY_KEPT], kept_times[TIMES_KEPT];
static const struct shelf money = { kept_money, MONEY_KEPT, open_money, close_money };
static const struct shelf times = { kept_times, TIMES_KEPT, open_times, close_times };

/* The formatter of a locale, opened if it is not there. */
static struct kept *
take(const struct shelf *shelf, const char *locale)
{
	struct kept *oldest = &shelf->kept[0];
	UErrorCode status;

	must(strlen(locale) < NAME_MAX_LENGTH);
	for (size_t i = 0; i < shelf->n; i++) {
		struct kept *k = &shelf->kept[i];

		if (k->formatter && !strcmp(k->locale, locale)) {
			k->used = ++uses;
			return k;
		}
		if (k->used < oldest->used)
			oldest = k;
	}
	if (oldest->formatter)
		shelf->close(oldest->formatter);
	*oldest = (struct kept){ .used = ++uses };
	(void)snprintf(oldest->locale, sizeof(oldest->locale), "%s", locale);
	status = icu_begin(ICU_OPEN);
	oldest->formatter = shelf->open(locale, &status);
	icu_end(status);
	return oldest;
}

/* True if it is set to something else; remembers what it is set to from now on. */
static bool
is_to_be_set(struct kept *k, struct str name)
{
	must(name.n < NAME_MAX_LENGTH);
	if (str_eq_z(name, k->set_to))
		return false;
	memcpy(k->set_to, name.p, name.n);
	k->set_to[name.n] = '\0';
	return true;
}

static size_t
as_utf8(const UChar *wide, int32_t n, char out[LOCALE_TEXT])
{
	UErrorCode status = U_ZERO_ERROR;
	int32_t bytes = 0;

	u_strToUTF8(out, LOCALE_TEXT, &bytes, wide, n, &status);
	must(U_SUCCESS(status));
	return (size_t)bytes;
}

size_t
locale_money(const char *locale, struct str currency, struct str decimal, char out[LOCALE_TEXT])
{
	struct kept *k = take(&money, locale);
	UErrorCode status = icu_begin(ICU_USE);
	UChar code[4], text[WIDE];
	int32_t n;

	must(currency.n == 3);
	if (is_to_be_set(k, currency)) {
		u_charsToUChars(k->set_to, code, 4);
		unum_setTextAttribute(k->formatter, UNUM_CURRENCY_CODE, code, 3, &status);
	}
	n = unum_formatDecimal(
		k->formatter, decimal.p, (int32_t)decimal.n, text, WIDE, NULL, &status);
	icu_end(status);
	return as_utf8(text, n, out);
}

static void
set_zone(struct kept *k)
{
	UErrorCode status = icu_begin(ICU_OPEN);
	UChar zone[NAME_MAX_LENGTH];
	UCalendar *calendar;

	u_charsToUChars(k->set_to, zone, (int32_t)strlen(k->set_to) + 1);
	calendar = ucal_open(zone, -1, k->locale, UCAL_GREGORIAN, &status);
	udat_setCalendar(k->formatter, calendar);
	ucal_close(calendar);
	icu_end(status);
}

size_t
locale_time(const char *locale, struct str zone, int64_t ms, char out[LOCALE_TEXT])
{
	struct kept *k = take(&times, locale);
	UErrorCode status;
	UChar text[WIDE];
	int32_t n;

	if (is_to_be_set(k, zone))
		set_zone(k);
	status = icu_begin(ICU_USE);
	n = udat_format(k->formatter, (UDate)ms, text, WIDE, NULL, &status);
	icu_end(status);
	return as_utf8(text, n, out);
}

void
locale_warm(const char *language)
{
	char out[LOCALE_TEXT];

	(void)locale_money(language, STR("EUR"), STR("1.00"), out);
	(void)locale_time(language, STR("UTC"), 0, out);
}

/*
 * Currencies. ICU's list of those in use is read once into a table by letters. Its per-date answer
 * (ucurr_isAvailable) is not asked: it says that IDR ended in 2002, because it did so in East Timor.
 */
#include "base/currency.h"
#include "base/log.h"

#include <unicode/ucurr.h>
#include <unicode/ustring.h>

#define LETTERS 26

/* 0 is no currency, else digits + 1. */
static signed char table[LETTERS * LETTERS * LETTERS];
static bool loaded;

/* Where a code of three letters stands in the table, or -1. */
static int
place_of(struct str code)
{
	int place = 0;

	if (code.n != 3)
		return -1;
	for (size_t i = 0; i < 3; i++) {
		int letter = (code.p[i] | 0x20) - 'a';

		if (letter < 0 || letter >= LETTERS)
			return -1;
		place = place * LETTERS + letter;
	}
	return place;
}

static void
add(const char *code)
{
	UChar wide[4];
	UErrorCode status = U_ZERO_ERROR;
	int place = place_of(str_of(code));
	int32_t digits;

	u_charsToUChars(code, wide, 4);
	digits = ucurr_getDefaultFractionDigits(wide, &status);
	if (U_SUCCESS(status) && place >= 0)
		table[place] = (signed char)(digits + 1);
}

static void
load(void)
{
	UErrorCode status = U_ZERO_ERROR;
	UEnumeration *list = ucurr_openISOCurrencies(UCURR_COMMON | UCURR_NON_DEPRECATED, &status);
	const char *code;

	while (U_SUCCESS(status) && (code = uenum_next(list, NULL, &status)) != NULL)
		add(code);
	uenum_close(list);
	if (U_FAILURE(status))
		log_say(LOG_ERROR, "icu_failed", "list of currencies: %s", u_errorName(status));
	loaded = true;
}

int
currency_digits(struct str code)
{
	int place = place_of(code);

	if (!loaded)
		load();
	return place < 0 ? -1 : table[place] - 1;
}

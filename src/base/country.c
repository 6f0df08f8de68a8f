/* Countries. ICU's list is read once into a table by letters. */
#include "base/country.h"

#include <unicode/uloc.h>

#define LETTERS 26

static bool table[LETTERS * LETTERS];
static bool loaded;

/* Where a code of two letters stands in the table, or -1. */
static int
place_of(struct str code)
{
	int first, second;

	if (code.n != 2)
		return -1;
	first = (code.p[0] | 0x20) - 'a';
	second = (code.p[1] | 0x20) - 'a';
	if (first < 0 || first >= LETTERS || second < 0 || second >= LETTERS)
		return -1;
	return first * LETTERS + second;
}

static void
load(void)
{
	for (const char *const *code = uloc_getISOCountries(); *code; code++) {
		int place = place_of(str_of(*code));

		if (place >= 0)
			table[place] = true;
	}
	loaded = true;
}

bool
country_exists(struct str code)
{
	int place = place_of(code);

	if (!loaded)
		load();
	return place >= 0 && table[place];
}

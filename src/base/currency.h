/* ISO 4217 currencies, as ICU knows them. The only file that asks ICU about money. */
#ifndef SOUK_BASE_CURRENCY_H
#define SOUK_BASE_CURRENCY_H

#include "base/base.h"

/*
 * Digits behind the point (USD 2, JPY 0, KWD 3), or -1 if `code` (three letters, any case) is no
 * currency in use. Answers are remembered; call once before the fork to have ICU loaded.
 */
int currency_digits(struct str code);

#endif

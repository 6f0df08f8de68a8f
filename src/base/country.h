/* ISO 3166 countries, as ICU knows them. The only file that asks ICU about places. */
#ifndef SOUK_BASE_COUNTRY_H
#define SOUK_BASE_COUNTRY_H

#include "base/base.h"

/*
 * True if `code` (two letters, any case) names a country or territory: ISO 3166-1 alpha-2. Answers are
 * remembered; call once before the fork.
 */
bool country_exists(struct str code);

#endif

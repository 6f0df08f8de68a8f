/*
 * An address (D71): one shape for orders, carts, warehouses and shipments, and the same rows for resources whose objects
 * are addresses themselves.
 */
#ifndef SOUK_ADDRESS_H
#define SOUK_ADDRESS_H

#include "model/plan.h"
#include "model/rec.h"
#include "shop/address/zip.h"

/* Of a field that holds a country. */
/* clang-format off */
#define COUNTRY_CODE .known = known_country, .max = 2,                                             \
	.pattern_doc = "the code of a country such as US (ISO 3166-1 alpha-2)"

/* Lines of an enum of fields, by its prefix: ADDRESS_ENUM(HOME) → HOME_FIRST_NAME, … */
#define ADDRESS_ENUM(p)                                                                            \
	p##_FIRST_NAME, p##_LAST_NAME, p##_COMPANY, p##_LINE1, p##_LINE2, p##_CITY, p##_STATE,     \
		p##_ZIP, p##_COUNTRY, p##_PHONE

/* Their rows, in that order: [HOME_FIRST_NAME] = ADDRESS_ROWS. Columns: VARCHAR(.max), country CHAR(2). */
#define ADDRESS_ROWS                                                                               \
	STRING("first_name", DOC("Given name of who receives."), .max = 64, .example = "Jane"),    \
	STRING("last_name", DOC("Family name of who receives."), .max = 64, .example = "Doe"),     \
	STRING("company", DOC("Company or institution."), .max = 128, .example = "Example Ltd"),   \
	STRING("line1", DOC("Street and number, or post box."), .flags = F_REQUIRED, .max = 128,   \
		.example = "123 Main St"),                                                         \
	STRING("line2", DOC("Flat, floor or building."), .max = 128, .example = "Apt 4"),          \
	STRING("city", DOC("City or town."), .flags = F_REQUIRED, .max = 64,                       \
		.example = "New York"),                                                            \
	STRING("state", DOC("State, province or region, as it is written there."), .max = 64,      \
		.example = "NY"),                                                                  \
	STRING("zip", DOC("Postal code, where there are some."), .alias = "postal_code",           \
		.max = 16, .example = "10001"),                                                    \
	STRING("country", DOC("Country (ISO 3166-1 alpha-2), taken in any case."),                 \
		.flags = F_REQUIRED, COUNTRY_CODE, .example = "US"),                               \
	STRING("phone", DOC("For questions of who delivers."), .max = 32,                          \
		.pattern = "^[+(]?[0-9][0-9 ()./x+#-]{2,}$",                                       \
		.pattern_doc = "a phone number: a digit first, perhaps behind + or (, and at least "   \
			"two more digits, spaces or + ( ) . / - x #",                              \
		.example = "+1-555-123-4567")
/* clang-format on */

enum address_field { ADDRESS_ENUM(ADDRESS), ADDRESS__MAX };

extern const struct resource address_shape;

/* An address_shape with what stands in a rec whose first fields are ADDRESS_ROWS. */
struct rec *address_of(struct arena *a, const struct rec *r);

#endif

/* Of automatic discounts, what the files of this domain share. */
#ifndef SOUK_PROMOTIONS_DISCOUNT_H
#define SOUK_PROMOTIONS_DISCOUNT_H

#include "shop/promotions/terms.h"

enum discount_status { DISCOUNT_ACTIVE, DISCOUNT_PAUSED, DISCOUNT_ARCHIVED };

enum condition_field {
	TERMS_ENUM(CONDITION),
	CONDITION_BUY_QUANTITY,
	CONDITION_GET_QUANTITY,
	CONDITION_GET_PERCENT,
	CONDITION_MAX_REPEATS,
	CONDITION__MAX
};

#endif

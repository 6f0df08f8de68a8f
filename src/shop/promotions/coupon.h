/* Of coupons, what the files of this domain share. */
#ifndef SOUK_PROMOTIONS_COUPON_H
#define SOUK_PROMOTIONS_COUPON_H

#include "shop/promotions/terms.h"

enum coupon_duration { DURATION_ONCE, DURATION_REPEATING, DURATION_FOREVER };

enum restriction_field {
	TERMS_ENUM(RESTRICTION),
	RESTRICTION_FIRST_TIME,
	RESTRICTION_ONCE,
	RESTRICTION__MAX
};

/* POST /coupons/validate */
extern const struct resource coupon_inquiry_shape, coupon_verdict_shape;
operation_fn coupon_validate;

#endif

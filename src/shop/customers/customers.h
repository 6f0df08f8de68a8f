/* Who buys: customers and their addresses. */
#ifndef SOUK_CUSTOMERS_H
#define SOUK_CUSTOMERS_H

#include "shop/address/address.h"

/*
 * An address of e-mail: no blanks, no comments, no quotes, no dot at an end of a part or twice, and a domain of two
 * parts at least. Whether somebody reads it, a mail tells.
 */
#define EMAIL_MAX 254 /* RFC 5321 §4.5.3.1.3, without the angle brackets */
#define EMAIL_ATOM "[^[:space:]@\"(),:;<>.]+"
#define EMAIL_PATTERN "^" EMAIL_ATOM "([.]" EMAIL_ATOM ")*@" EMAIL_ATOM "([.]" EMAIL_ATOM ")+$"
#define EMAIL_PATTERN_DOC "an e-mail address such as customer@example.com"

enum customer_field {
	CUSTOMER_EMAIL,
	CUSTOMER_FIRST_NAME,
	CUSTOMER_LAST_NAME,
	CUSTOMER_NAME,
	CUSTOMER_PHONE,
	CUSTOMER_LANGUAGE,
	CUSTOMER_TAGS,
	CUSTOMER_STATUS,
	CUSTOMER_ORDER_SUMMARY,
	CUSTOMER_NOTE,
	CUSTOMER__MAX
};

enum customer_status { CUSTOMER_ACTIVE, CUSTOMER_ARCHIVED };

enum customer_relation { CUSTOMER_ADDRESSES };

enum customer_address_field {
	ADDRESS_ENUM(CUSTOMER_ADDRESS),
	CUSTOMER_ADDRESS_IS_DEFAULT_SHIPPING,
	CUSTOMER_ADDRESS_IS_DEFAULT_BILLING,
	CUSTOMER_ADDRESS__MAX
};

extern const struct resource customer_resource;
extern const struct resource customer_address_resource;

/* Of a customer's addresses, as they shall be, makes one the default of each kind that lacks one. */
void customer_settle_defaults(struct rec *customer);

/*
 * Of a customer's addresses, which must be loaded, the default of a kind, CUSTOMER_ADDRESS_IS_DEFAULT_SHIPPING or _BILLING;
 * NULL: he has none. It is the customer's own rec.
 */
struct rec *customer_default_address(const struct rec *customer, int kind);

/* Loads the customers that the specification speaks of (cust_123, cust_456); what is there already is left alone. */
struct err *customers_sample(struct ctx *cx) MUST_CHECK;

#endif

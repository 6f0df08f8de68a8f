/* Numbers of banks and accounts: what their check digits say. */
#ifndef SOUK_BANK_H
#define SOUK_BANK_H

#include "base/base.h"

#define IBAN_MAX 34

/* A routing number of the ABA: nine digits, the last of which follows from the others. */
bool bank_is_routing(struct str s);

/*
 * An IBAN (ISO 13616), blanks and case aside, in capitals into `out`, which the caller wipes; 0 if it is none: no country's
 * that has them, another length than its, or check digits that do not follow (ISO 7064, mod 97-10).
 */
size_t bank_iban(struct str s, char out[IBAN_MAX]);

/* A BIC (ISO 9362): four letters, a country, two letters or digits, and perhaps three more, all in capitals. */
bool bank_is_bic(struct str s);

/* The digits of an account's number, 4 to 17 of them, blanks and dashes aside, into `out`; 0 if it is none. */
size_t bank_account(struct str s, char out[17]);

#endif

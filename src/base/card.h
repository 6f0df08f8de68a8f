/* Numbers of payment cards (ISO/IEC 7812): whose they are, and whether they can be any. */
#ifndef SOUK_BASE_CARD_H
#define SOUK_BASE_CARD_H

#include "base/base.h"

#define CARD_DIGITS 19 /* at most */

/* The digits of a number that may have blanks and dashes between them, into `out`; 0 if it has anything else, or too many. */
size_t card_digits(struct str text, char out[CARD_DIGITS]);

/* The network that such digits begin a number of, by the ranges of issuers: "visa"; NULL if none has them. */
const char *card_network(const char *digits, size_t n);
/* True if numbers of that network have so many digits. */
bool card_length_fits(const char *digits, size_t n);
/* The check digit, the last, is the others' (ISO/IEC 7812-1, Luhn). */
bool card_luhn(const char *digits, size_t n);

/* True if a number that could be a card's, of 14 digits or more, stands anywhere in the text. */
bool card_is_in(struct str text);

#endif

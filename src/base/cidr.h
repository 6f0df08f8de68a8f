/* Ranges of addresses, "192.168.1.0/24" or "2001:db8::/32" (RFC 4632, RFC 4291): who may come. */
#ifndef SOUK_BASE_CIDR_H
#define SOUK_BASE_CIDR_H

#include "base/base.h"

/* A range; v4 is held as v4-mapped v6, so that one comparison does for both. */
struct cidr {
	unsigned char address[16];
	int bits; /* of 128 that count */
};

#define CIDR_TEXT_MAX ((size_t)49)

/*
 * Reads an address with or without "/bits"; without, it is that one address. False if it is none, or if bits behind
 * the prefix are set ("10.0.0.1/8"), which is nearly always a slip: *suggested, if not NULL, is then the range that was
 * probably meant, in `a`.
 */
bool cidr_parse(struct arena *a, struct str text, struct cidr *out, struct str *suggested);

/* True if `address`, as text, lies in the range. What is no address lies in none. */
bool cidr_has(const struct cidr *range, struct str address);

/* The same of an address in 16 bytes, v4 as ::ffff:0:0/96. */
bool cidr_holds(const struct cidr *range, const unsigned char address[16]);

/* Several of them, in any order. */
struct cidr_list {
	const struct cidr *ranges;
	size_t n;
};

/*
 * Reads ranges with commas, and spaces if you like, between them; of nothing, none. False if one is no range: *suggested as
 * above.
 */
bool cidr_list_parse(
	struct arena *a, struct str text, struct cidr_list *out, struct str *suggested);
bool cidr_list_has(const struct cidr_list *list, struct str address);
bool cidr_list_holds(const struct cidr_list *list, const unsigned char address[16]);

/* The network that an address belongs to, as users would call it: /24 of v4, /48 of v6; absent if it is no address. */
struct str cidr_network(struct arena *a, struct str address);

#endif

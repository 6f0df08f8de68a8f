/*
 * Multiply and fold (the idea of wyhash): eight bytes a step, so that hashing a page costs little
 * beside writing it.
 */
#include "base/hash.h"

#include <endian.h>

#define ODD_1 UINT64_C(0xa0761d6478bd642f)
#define ODD_2 UINT64_C(0xe7037ed1a0b428db)

__extension__ typedef unsigned __int128 wide;

static uint64_t
fold(uint64_t a, uint64_t b)
{
	wide product = (wide)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Up to eight bytes, little-endian on every machine. */
static uint64_t
load(const char *p, size_t n)
{
	uint64_t word = 0;

	if (n)
		memcpy(&word, p, n);
	return le64toh(word);
}

uint64_t
hash_number(uint64_t seed, uint64_t n)
{
	return fold(seed ^ ODD_1, n ^ ODD_2);
}

uint64_t
hash_str(uint64_t seed, struct str s)
{
	uint64_t h = hash_number(seed, s.n);
	const char *p = s.p ? s.p : "";
	size_t i = 0;

	for (; i + 8 <= s.n; i += 8)
		h = fold(h ^ ODD_1, load(p + i, 8) ^ ODD_2);
	return fold(h ^ ODD_1, load(p + i, s.n - i) ^ ODD_2);
}

void
hash_render(uint64_t hash, char out[HASH_TEXT])
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < HASH_TEXT; i++)
		out[i] = digits[hash >> (60 - 4 * i) & 15];
}

/*
 * A fast 64-bit hash, for entity tags and places in tables: every process and host gives the same number. It is no secret and
 * no signature: who can choose the input can make two inputs meet, and harms only his own cache.
 */
#ifndef SOUK_BASE_HASH_H
#define SOUK_BASE_HASH_H

#include "base/base.h"

#define HASH_TEXT 16

/* The hash of `s` going on from `seed` (0 at first). */
uint64_t hash_str(uint64_t seed, struct str s);
uint64_t hash_number(uint64_t seed, uint64_t n);
/* 16 hex digits, no NUL. */
void hash_render(uint64_t hash, char out[HASH_TEXT]);

#endif

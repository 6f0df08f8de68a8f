/* The few pieces of cryptography that Souk needs, over OpenSSL. Only it and tls.c know that library. */
#ifndef SOUK_BASE_CRYPTO_H
#define SOUK_BASE_CRYPTO_H

#include "base/base.h"

#define SHA256_BYTES 32
#define SEAL_KEY_BYTES 32

struct digest {
	unsigned char b[SHA256_BYTES];
};

/* Fills from the kernel's generator; ends the process if it fails. */
void crypto_random(void *out, size_t n);
struct digest crypto_sha256(struct str s);
struct digest crypto_hmac(struct str key, struct str message);
/* Compares in a time that depends on the length only. */
bool crypto_same(const void *a, const void *b, size_t n);
void crypto_wipe(void *p, size_t n);

/* Keys for sealing, newest first; read from a file with lines "number hex64", owner-readable only. */
struct keyring;
/* ERR_INTERNAL with a log text that names the file and the fault. Lives as long as the arena. */
struct err *keyring_read(struct arena *a, const char *path, struct keyring **out) MUST_CHECK;

/*
 * Seals `plain` with AES-256-GCM under the newest key; `bound` (tenant|table|column|id) is
 * authenticated with it, so a sealed value moved elsewhere does not open. Layout: version byte, key
 * number (4), nonce (12), tag (16), bytes.
 */
struct str crypto_seal(
	struct arena *a, const struct keyring *ring, struct str plain, struct str bound);
/* False if the key is not in the ring, or bytes or bound were changed. */
bool crypto_open(struct arena *a, const struct keyring *ring, struct str sealed, struct str bound,
	struct str *plain) MUST_CHECK;

/* A 32-byte key derived from the ring's oldest key for one purpose (HKDF-SHA-256). */
struct digest crypto_derive(const struct keyring *ring, const char *purpose);

#endif

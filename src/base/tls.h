/* Certificates and HTTPS, as far as an operator's program needs them: soukctl setup and soukctl doctor. */
#ifndef SOUK_BASE_TLS_H
#define SOUK_BASE_TLS_H

#include "base/base.h"

/*
 * Makes an EC P-256 key and a certificate signed by itself for the names (the first is the subject; one that
 * looks like an IPv4 address is one), valid for 825 days, both as PEM. NULL, or what went wrong.
 */
const char *tls_self_signed(struct arena *a, const char *const *names, size_t n,
	struct str *key_pem, struct str *certificate_pem) MUST_CHECK;

struct tls_answer {
	struct str text;      /* head and body, at most 64 KiB */
	int64_t expires_in_s; /* of the certificate; negative: it has expired */
};

/*
 * Sends GET `path` to "host" or "host:port" by HTTPS and waits up to two seconds for each step; the certificate is looked at, not
 * verified: it may be signed by itself. NULL, or what went wrong.
 */
const char *tls_get(struct arena *a, const char *host_port, const char *path,
	struct tls_answer *out) MUST_CHECK;

#endif

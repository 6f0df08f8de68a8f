/* Secrets of keys. The prefix is for people and for scanners that look for leaked ones; the rest is 256 bits of chance. */
#include "access/secret.h"

#include "base/crypto.h"
#include "base/id.h"

#define SECRET_BYTES 32

/* Longer beginnings first: what "pk_live_" begins must not be read as something else. */
static const struct {
	struct str begins;
	bool publishable, sandbox;
} kinds[] = {
	{ { "pk_live_", 8 }, true, false },
	{ { "pk_test_", 8 }, true, true },
	{ { "live_", 5 }, false, false },
	{ { "test_", 5 }, false, true },
};

static struct str
make(struct arena *a, struct str begins)
{
	unsigned char bytes[SECRET_BYTES];
	struct str secret;

	crypto_random(bytes, sizeof(bytes));
	secret = str_fmt(a, "%.*s%.*s", STRF(begins), STRF(str_base64url(a, bytes, sizeof(bytes))));
	crypto_wipe(bytes, sizeof(bytes));
	return secret;
}

struct str
secret_make(struct arena *a, bool publishable, bool sandbox)
{
	size_t i = 0;

	while (kinds[i].publishable != publishable || kinds[i].sandbox != sandbox)
		i++;
	return make(a, kinds[i].begins);
}

struct str
secret_make_signing(struct arena *a)
{
	return make(a, STR("sig_"));
}

bool
secret_read(struct str key, bool *publishable, bool *sandbox)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (!str_starts(key, kinds[i].begins))
			continue;
		*publishable = kinds[i].publishable;
		*sandbox = kinds[i].sandbox;
		return true;
	}
	return false;
}

struct str
secret_hash(struct arena *a, struct str secret)
{
	struct digest hash = crypto_sha256(secret);

	return str_hex(a, hash.b, SHA256_BYTES);
}

static struct str
bound_to(struct arena *a, struct id tenant, struct id key)
{
	return str_fmt(a, "%" PRId64 "|api_keys|signing|%" PRId64, tenant.n, key.n);
}

struct str
secret_seal(struct ctx *cx, struct id key, struct str secret)
{
	struct str sealed =
		crypto_seal(cx->arena, cx->ring, secret, bound_to(cx->arena, cx->tenant, key));

	return str_base64url(cx->arena, sealed.p, sealed.n);
}

struct err *
secret_open(struct ctx *cx, struct id tenant, struct id key, struct str sealed, struct str *out)
{
	struct str bytes;

	if (str_unbase64url(cx->arena, sealed, &bytes) &&
		crypto_open(cx->arena, cx->ring, bytes, bound_to(cx->arena, tenant, key), out))
		return NULL;
	return err_log(cx->arena, ERR_INTERNAL, "the signing secret of %.*s does not open",
		STRF(id_str(cx->arena, key, "key")));
}

/* ---- origins */

static bool
is_host_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		(c != '\0' && strchr(".-[]:", c));
}

bool
secret_is_origin(struct str text)
{
	struct str rest = { 0 };

	if (str_starts(text, STR("https://")))
		rest = str_cut(text, 8, text.n);
	else if (str_starts(text, STR("http://")))
		rest = str_cut(text, 7, text.n);
	for (size_t i = 0; i < rest.n; i++) {
		if (!is_host_character(rest.p[i]))
			return false;
	}
	return rest.n > 0 && rest.p[0] != '.' && rest.p[0] != ':' && rest.p[rest.n - 1] != ':';
}

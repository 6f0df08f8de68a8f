/*
 * OpenSSL 3 looks its algorithms up by name each time unless told not to, which costs more than
 * hashing a short text; so they are fetched once and their contexts are used again. One process does
 * one thing at a time, and a fork copies the contexts.
 */
#include "base/crypto.h"
#include "base/log.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#define EXIT_OS 71 /* EX_OSERR */

#define KEYS_MOST 64
#define KEYRING_FILE_MOST 16384

#define SEAL_VERSION 1
#define NONCE_BYTES 12
#define TAG_BYTES 16

/* A sealed value: where its parts begin. */
enum { AT_VERSION = 0, AT_KEY = 1, AT_NONCE = 5, AT_TAG = 17, AT_BYTES = 33 };

struct seal_key {
	uint32_t number;
	unsigned char bytes[SEAL_KEY_BYTES];
};

struct keyring {
	size_t n;
	struct seal_key keys[KEYS_MOST];
};

void
crypto_random(void *out, size_t n)
{
	unsigned char *to = out;

	while (n) {
		ssize_t got = getrandom(to, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			log_say(LOG_ERROR, "no_random", "getrandom: %s", strerror(errno));
			_exit(EXIT_OS);
		}
		to += got;
		n -= (size_t)got;
	}
}

static EVP_MD *
sha256(void)
{
	static EVP_MD *md;

	if (!md)
		md = EVP_MD_fetch(NULL, "SHA256", NULL);
	must_have(md);
	return md;
}

struct digest
crypto_sha256(struct str s)
{
	static EVP_MD_CTX *ctx;
	struct digest d;

	if (!ctx)
		ctx = EVP_MD_CTX_new();
	must_have(ctx && EVP_DigestInit_ex2(ctx, sha256(), NULL));
	must_have(EVP_DigestUpdate(ctx, s.p, s.n) && EVP_DigestFinal_ex(ctx, d.b, NULL));
	return d;
}

static EVP_MAC_CTX *
hmac_context(void)
{
	static EVP_MAC_CTX *ctx;
	char name[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac;

	if (ctx)
		return ctx;
	mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	ctx = EVP_MAC_CTX_new(mac);
	EVP_MAC_free(mac);
	must_have(ctx && EVP_MAC_CTX_set_params(ctx, params));
	return ctx;
}

struct digest
crypto_hmac(struct str key, struct str message)
{
	EVP_MAC_CTX *ctx = hmac_context();
	struct digest d;
	size_t n;

	/* A NULL key would mean the one of the last call. */
	must_have(EVP_MAC_init(ctx, (const unsigned char *)(key.p ? key.p : ""), key.n, NULL));
	must_have(EVP_MAC_update(ctx, (const unsigned char *)message.p, message.n));
	must_have(EVP_MAC_final(ctx, d.b, &n, sizeof(d.b)) && n == sizeof(d.b));
	return d;
}

bool
crypto_same(const void *a, const void *b, size_t n)
{
	return CRYPTO_memcmp(a, b, n) == 0;
}

void
crypto_wipe(void *p, size_t n)
{
	OPENSSL_cleanse(p, n);
}

static void
wipe_keyring(void *ring)
{
	crypto_wipe(ring, sizeof(struct keyring));
}

/* Reads at most `size` bytes of a file that only its owner may read; NULL or what is wrong. */
static const char *
read_private(const char *path, char *out, size_t size, size_t *n)
{
	struct stat st;
	const char *fault = NULL;
	ssize_t got = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	*n = 0;
	if (fd < 0)
		return strerror(errno);
	if (fstat(fd, &st) < 0)
		fault = strerror(errno);
	else if (!S_ISREG(st.st_mode))
		fault = "is no regular file";
	else if (st.st_mode & (S_IRWXG | S_IRWXO))
		fault = "others than the owner may reach it; chmod 0600";
	else if (st.st_size > (off_t)size)
		fault = "is too large";
	while (!fault && *n < size && (got = read(fd, out + *n, size - *n)) > 0)
		*n += (size_t)got;
	if (!fault && got < 0)
		fault = strerror(errno);
	close(fd);
	return fault;
}

/* Reads "number hex64"; NULL or what is wrong. */
static const char *
add_key(struct keyring *ring, struct str line)
{
	size_t space = str_find(line, ' ');
	struct str hex = str_trim(str_cut(line, space, line.n));
	struct seal_key *key = &ring->keys[ring->n];
	int64_t number;

	if (ring->n == KEYS_MOST)
		return "more than 64 keys";
	if (!str_int(str_cut(line, 0, space), &number) || number < 1 || number > UINT32_MAX)
		return "a number from 1 to 4294967295 was expected first";
	if (!str_unhex(hex, key->bytes, sizeof(key->bytes)))
		return "64 hex digits were expected behind the number";
	/* A key appended instead of put in front would not be used, and would change crypto_derive(). */
	if (ring->n && number >= key[-1].number)
		return "numbers must fall from line to line: the newest key stands first";
	key->number = (uint32_t)number;
	ring->n++;
	return NULL;
}

/* Lines may be empty or begin with '#'. *line_no is the one at fault. */
static const char *
add_keys(struct keyring *ring, struct str text, int *line_no)
{
	struct str line;

	*line_no = 0;
	while (str_split(&text, '\n', &line)) {
		const char *fault = NULL;

		++*line_no;
		line = str_trim(line);
		if (line.n && *line.p != '#')
			fault = add_key(ring, line);
		if (fault)
			return fault;
	}
	return ring->n ? NULL : "has no key";
}

struct err *
keyring_read(struct arena *a, const char *path, struct keyring **out)
{
	struct keyring *ring = ARENA_NEW(a, struct keyring);
	char text[KEYRING_FILE_MOST];
	int line_no = 0;
	size_t n;
	const char *fault;

	arena_defer(a, wipe_keyring, ring);
	fault = read_private(path, text, sizeof(text), &n);
	if (!fault)
		fault = add_keys(ring, (struct str){ text, n }, &line_no);
	crypto_wipe(text, sizeof(text));
	if (fault)
		return err_log(a, ERR_INTERNAL, "keyring %s, line %d: %s", path, line_no, fault);
	*out = ring;
	return NULL;
}

static EVP_CIPHER *
aes(void)
{
	static EVP_CIPHER *cipher;

	if (!cipher)
		cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	must_have(cipher);
	return cipher;
}

static EVP_CIPHER_CTX *
aes_context(void)
{
	static EVP_CIPHER_CTX *ctx;

	if (!ctx)
		ctx = EVP_CIPHER_CTX_new();
	must_have(ctx);
	return ctx;
}

static const unsigned char *
bytes_of(struct str s)
{
	return (const unsigned char *)(s.p ? s.p : "");
}

struct str
crypto_seal(struct arena *a, const struct keyring *ring, struct str plain, struct str bound)
{
	unsigned char *out = arena_alloc(a, AT_BYTES + plain.n);
	const struct seal_key *key = &ring->keys[0];
	EVP_CIPHER_CTX *ctx = aes_context();
	int n;

	must(plain.n < INT_MAX && bound.n < INT_MAX);
	out[AT_VERSION] = SEAL_VERSION;
	for (int i = 0; i < 4; i++)
		out[AT_KEY + i] = (unsigned char)(key->number >> (24 - 8 * i));
	crypto_random(out + AT_NONCE, NONCE_BYTES);
	must_have(EVP_EncryptInit_ex2(ctx, aes(), key->bytes, out + AT_NONCE, NULL));
	must_have(EVP_EncryptUpdate(ctx, NULL, &n, bytes_of(bound), (int)bound.n));
	must_have(EVP_EncryptUpdate(ctx, out + AT_BYTES, &n, bytes_of(plain), (int)plain.n));
	must_have(EVP_EncryptFinal_ex(ctx, out + AT_BYTES + plain.n, &n));
	must_have(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, out + AT_TAG));
	EVP_CIPHER_CTX_reset(ctx); /* forgets the key */
	return (struct str){ (const char *)out, AT_BYTES + plain.n };
}

static const struct seal_key *
find_key(const struct keyring *ring, const unsigned char *at)
{
	uint32_t number = 0;

	for (int i = 0; i < 4; i++)
		number = number << 8 | at[i];
	for (size_t i = 0; i < ring->n; i++) {
		if (ring->keys[i].number == number)
			return &ring->keys[i];
	}
	return NULL;
}

/* Decrypts into out, which holds sealed.n - AT_BYTES; false if the tag does not fit. */
static bool
unseal(const struct seal_key *key, struct str sealed, struct str bound, unsigned char *out)
{
	const unsigned char *in = bytes_of(sealed);
	EVP_CIPHER_CTX *ctx = aes_context();
	unsigned char tag[TAG_BYTES], none[1];
	int n, size = (int)(sealed.n - AT_BYTES);
	bool ok;

	memcpy(tag, in + AT_TAG, sizeof(tag)); /* OpenSSL wants it writable */
	ok = EVP_DecryptInit_ex2(ctx, aes(), key->bytes, in + AT_NONCE, NULL) &&
		EVP_DecryptUpdate(ctx, NULL, &n, bytes_of(bound), (int)bound.n) &&
		EVP_DecryptUpdate(ctx, out, &n, in + AT_BYTES, size) &&
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) &&
		EVP_DecryptFinal_ex(ctx, none, &n) > 0;
	EVP_CIPHER_CTX_reset(ctx);
	return ok;
}

bool
crypto_open(struct arena *a, const struct keyring *ring, struct str sealed, struct str bound,
	struct str *plain)
{
	const struct seal_key *key;
	unsigned char *out;

	if (sealed.n < AT_BYTES || sealed.n >= INT_MAX || bound.n >= INT_MAX)
		return false;
	if (bytes_of(sealed)[AT_VERSION] != SEAL_VERSION)
		return false;
	key = find_key(ring, bytes_of(sealed) + AT_KEY);
	if (!key)
		return false;
	out = arena_alloc(a, sealed.n - AT_BYTES + 1);
	if (!unseal(key, sealed, bound, out)) {
		crypto_wipe(out, sealed.n - AT_BYTES);
		return false;
	}
	*plain = (struct str){ (const char *)out, sealed.n - AT_BYTES };
	return true;
}

struct digest
crypto_derive(const struct keyring *ring, const char *purpose)
{
	struct seal_key oldest = ring->keys[ring->n - 1];
	char name[] = "SHA256";
	char *info = (char *)(uintptr_t)purpose; /* read only, but OSSL_PARAM knows no const */
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, oldest.bytes, SEAL_KEY_BYTES),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, strlen(purpose)),
		OSSL_PARAM_construct_end(),
	};
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	struct digest d;

	must_have(ctx && EVP_KDF_derive(ctx, d.b, sizeof(d.b), params) > 0);
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	crypto_wipe(&oldest, sizeof(oldest));
	return d;
}

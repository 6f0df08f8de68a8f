/* Cryptography: published vectors, and seals that open only unchanged and in their place. */
#include "tap.h"

#include "base/crypto.h"

#include <sys/stat.h>
#include <unistd.h>

#define KEY_1 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY_2 "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static struct str
hex_of(struct arena *a, struct digest d)
{
	return str_hex(a, d.b, sizeof(d.b));
}

void
test_crypto__hashes_as_published(void)
{
	struct arena *a = arena_new("test", 1 << 20);

	CHECK_STR(hex_of(a, crypto_sha256(STR("abc"))),
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	CHECK_STR(hex_of(a, crypto_sha256((struct str){ NULL, 0 })),
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	arena_free(a);
}

/* RFC 4231, in an order that would show a key left over from the call before. */
void
test_crypto__signs_as_published(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	char key[131];

	memset(key, 0xaa, sizeof(key));
	CHECK_STR(hex_of(a,
			  crypto_hmac((struct str){ key, 131 },
				  STR("Test Using Larger Than Block-Size Key - Hash Key First"))),
		"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	CHECK_STR(hex_of(a, crypto_hmac(STR("Jefe"), STR("what do ya want for nothing?"))),
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	CHECK_STR(hex_of(a, crypto_hmac((struct str){ NULL, 0 }, (struct str){ NULL, 0 })),
		"b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
	arena_free(a);
}

void
test_crypto__compares_wipes_and_draws(void)
{
	unsigned char a[32], b[32], zero[32] = { 0 };

	crypto_random(a, sizeof(a));
	crypto_random(b, sizeof(b));
	CHECK(!crypto_same(a, b, sizeof(a)) && !crypto_same(a, zero, sizeof(a)));
	memcpy(b, a, sizeof(b));
	CHECK(crypto_same(a, b, sizeof(a)));
	b[31] ^= 1;
	CHECK(!crypto_same(a, b, sizeof(a)) && crypto_same(a, b, 31) && crypto_same(a, b, 0));
	crypto_wipe(a, sizeof(a));
	CHECK(crypto_same(a, zero, sizeof(a)));
}

/* Reads a key ring of that text, from a file with those rights. */
static struct err *
read_ring(struct arena *a, const char *text, mode_t mode, struct keyring **ring)
{
	char path[] = "/tmp/souk-ring-XXXXXX";
	int fd = mkstemp(path);
	struct err *e;

	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	CHECK(fchmod(fd, mode) == 0);
	close(fd);
	e = keyring_read(a, path, ring);
	unlink(path);
	return e;
}

void
test_crypto__opens_what_it_sealed(void)
{
	static const size_t sizes[] = { 0, 1, 15, 16, 17, 1000, 100000 };
	struct arena *a = arena_new("test", 4 << 20);
	struct keyring *ring = NULL;
	char *text = arena_alloc(a, 100000);

	memset(text, 's', 100000);
	CHECK(!read_ring(a, "# keys\n\n2 " KEY_2 "\r\n1 " KEY_1 "\n", 0600, &ring));
	for (size_t i = 0; ring && i < COUNT(sizes); i++) {
		struct str plain = { text, sizes[i] }, back = { 0 };
		struct str sealed = crypto_seal(a, ring, plain, STR("1|customers|tax_id|7"));
		struct str again = crypto_seal(a, ring, plain, STR("1|customers|tax_id|7"));

		tap_row("%zu bytes", sizes[i]);
		CHECK(sealed.n == 33 + sizes[i] && memcmp(sealed.p, "\1\0\0\0\2", 5) == 0);
		CHECK(!str_eq(sealed, again)); /* a nonce of its own each time */
		CHECK(crypto_open(a, ring, sealed, STR("1|customers|tax_id|7"), &back));
		CHECK(str_eq(back, plain));
	}
	arena_free(a);
}

void
test_crypto__opens_nothing_that_was_changed(void)
{
	static const struct str bound = { "1|customers|tax_id|7", 20 };
	struct arena *a = arena_new("test", 1 << 20);
	struct keyring *ring = NULL;
	struct str sealed, plain = { NULL, 0 };

	if (!CHECK(!read_ring(a, "1 " KEY_1, 0400, &ring)))
		return;
	sealed = crypto_seal(a, ring, STR("DE123456789"), bound);
	for (size_t i = 0; i < sealed.n * 8; i++) {
		char *copy = arena_alloc(a, sealed.n);

		memcpy(copy, sealed.p, sealed.n);
		copy[i / 8] = (char)(copy[i / 8] ^ 1 << i % 8);
		tap_row("bit %zu", i);
		CHECK(!crypto_open(a, ring, (struct str){ copy, sealed.n }, bound, &plain));
	}
	for (size_t n = 0; n < sealed.n; n++) {
		tap_row("%zu bytes", n);
		CHECK(!crypto_open(a, ring, str_cut(sealed, 0, n), bound, &plain));
	}
	CHECK(!crypto_open(a, ring, sealed, STR("2|customers|tax_id|7"), &plain));
	CHECK(!crypto_open(a, ring, sealed, (struct str){ NULL, 0 }, &plain));
	CHECK(!plain.p);
	CHECK(crypto_open(a, ring, sealed, bound, &plain));
	arena_free(a);
}

void
test_crypto__turns_the_ring(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct keyring *old = NULL, *turned = NULL, *other = NULL;
	struct str sealed, plain;

	CHECK(!read_ring(a, "1 " KEY_1, 0600, &old));
	CHECK(!read_ring(a, "2 " KEY_2 "\n1 " KEY_1, 0600, &turned));
	CHECK(!read_ring(a, "2 " KEY_2, 0600, &other));
	if (!old || !turned || !other)
		return;
	sealed = crypto_seal(a, old, STR("secret"), STR("x"));
	CHECK(crypto_open(a, turned, sealed, STR("x"), &plain));
	CHECK_STR(plain, "secret");
	CHECK(!crypto_open(a, other, sealed, STR("x"), &plain));
	CHECK(!crypto_open(a, old, crypto_seal(a, turned, STR("s"), STR("x")), STR("x"), &plain));
	arena_free(a);
}

void
test_crypto__derives_one_key_for_each_purpose(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct keyring *old = NULL, *turned = NULL;
	struct digest cursor, again, etag;

	CHECK(!read_ring(a, "1 " KEY_1, 0600, &old));
	CHECK(!read_ring(a, "2 " KEY_2 "\n1 " KEY_1, 0600, &turned));
	if (!old || !turned)
		return;
	cursor = crypto_derive(old, "cursor");
	again = crypto_derive(turned, "cursor");
	etag = crypto_derive(old, "etag");
	CHECK(crypto_same(cursor.b, again.b, SHA256_BYTES));
	CHECK(!crypto_same(cursor.b, etag.b, SHA256_BYTES));
	arena_free(a);
}

void
test_crypto__refuses_a_bad_ring(void)
{
	static const struct {
		const char *text, *said;
		mode_t mode;
	} rows[] = {
		{ "", "no key", 0600 },
		{ "# nothing\n", "no key", 0600 },
		{ "1 " KEY_1, "chmod", 0640 },
		{ "1 " KEY_1, "chmod", 0604 },
		{ "x " KEY_1, "line 1: a number", 0600 },
		{ "0 " KEY_1, "line 1: a number", 0600 },
		{ "-1 " KEY_1, "line 1: a number", 0600 },
		{ "4294967296 " KEY_1, "line 1: a number", 0600 },
		{ KEY_1, "line 1: a number", 0600 },
		{ "1", "64 hex", 0600 },
		{ "1 " KEY_1 "00", "64 hex", 0600 },
		{ "1 0011", "64 hex", 0600 },
		{ "2 " KEY_2 "\n\n1 zz", "line 3: 64 hex", 0600 },
		{ "1 " KEY_1 "\n2 " KEY_2, "line 2: numbers must fall", 0600 },
		{ "1 " KEY_1 "\n1 " KEY_2, "line 2: numbers must fall", 0600 },
	};
	struct arena *a = arena_new("test", 1 << 20);

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct keyring *ring = NULL;
		struct err *e = read_ring(a, rows[i].text, rows[i].mode, &ring);

		tap_row("row %zu", i);
		if (!CHECK(e && !ring))
			continue;
		CHECK(e->code == ERR_INTERNAL && strstr(e->log.p, rows[i].said));
		CHECK(!strstr(e->log.p, "0001020304"));
	}
	arena_free(a);
}

void
test_crypto__names_a_ring_that_is_not_there(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct keyring *ring = NULL;
	struct err *e = keyring_read(a, "/nonexistent/ring", &ring);

	CHECK(e && strstr(e->log.p, "/nonexistent/ring") && strstr(e->log.p, "No such file"));
	e = keyring_read(a, "/tmp", &ring);
	CHECK(e && strstr(e->log.p, "regular file"));
	arena_free(a);
}

/* A certificate made here, and what a server that is not there answers. HTTPS itself is tested through soukctl doctor. */
#include "tap.h"

#include "base/tls.h"

void
test_tls__a_certificate_is_pem_and_each_is_another_one(void)
{
	static const char *const names[] = { "shop.example.org", "localhost", "127.0.0.1" };
	struct arena *a = arena_new("test", 1 << 20);
	struct str key[2], certificate[2];

	for (int i = 0; i < 2; i++) {
		CHECK(!tls_self_signed(a, names, COUNT(names), &key[i], &certificate[i]));
		CHECK(str_starts(key[i], STR("-----BEGIN PRIVATE KEY-----\n")));
		CHECK(str_starts(certificate[i], STR("-----BEGIN CERTIFICATE-----\n")));
		CHECK(str_ends(certificate[i], STR("-----END CERTIFICATE-----\n")));
	}
	CHECK(!str_eq(key[0], key[1]) && !str_eq(certificate[0], certificate[1]));
	arena_free(a);
}

void
test_tls__refuses_a_name_that_is_none(void)
{
	static const char *const bad[] = { "a,IP:x", "", "1.2.3.4.5" };
	struct arena *a = arena_new("test", 1 << 20);
	struct str key, certificate;

	for (size_t i = 0; i < COUNT(bad); i++) {
		tap_row("%s", bad[i]);
		CHECK(tls_self_signed(a, &bad[i], 1, &key, &certificate) != NULL);
	}
	arena_free(a);
}

void
test_tls__says_why_nobody_answers(void)
{
	static const char *const nobody[] = { "127.0.0.1:1", "host.invalid:443", "127.0.0.1:x" };
	struct arena *a = arena_new("test", 1 << 20);
	struct tls_answer answer;

	for (size_t i = 0; i < COUNT(nobody); i++) {
		const char *what = tls_get(a, nobody[i], "/", &answer);

		tap_row("%s", nobody[i]);
		CHECK(what && *what);
	}
	arena_free(a);
}

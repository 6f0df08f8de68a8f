/* Ranges of addresses: what is one, what lies in it, and what is refused with a better one. */
#include "tap.h"

#include "base/cidr.h"

void
test_cidr__holds_what_lies_in_it(void)
{
	static const struct {
		const char *range, *address;
		bool in;
	} cases[] = {
		{ "192.168.1.0/24", "192.168.1.7", true },
		{ "192.168.1.0/24", "192.168.2.7", false },
		{ "10.0.0.0/8", "10.255.255.255", true },
		{ "10.0.0.0/8", "11.0.0.0", false },
		{ "0.0.0.0/0", "203.0.113.9", true },
		{ "0.0.0.0/0", "2001:db8::1", false },
		{ "203.0.113.9", "203.0.113.9", true },
		{ "203.0.113.9", "203.0.113.8", false },
		{ "203.0.113.8/31", "203.0.113.9", true },
		{ "192.168.1.0/24", "::ffff:192.168.1.7", true },
		{ "2001:db8::/32", "2001:db8:ffff::1", true },
		{ "2001:db8::/32", "2001:db9::1", false },
		{ "2001:DB8::/32", "2001:0db8:0:0::1", true },
		{ "::/0", "2001:db8::1", true },
		{ "::1", "::1", true },
		{ "::1", "127.0.0.1", false },
		{ "192.168.1.0/24", "", false },
		{ "192.168.1.0/24", "unix:", false },
		{ "192.168.1.0/24", "192.168.1", false },
	};
	struct arena *a = arena_new("test", 1 << 16);

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cidr range;

		tap_row("%s in %s", cases[i].address, cases[i].range);
		if (CHECK(cidr_parse(a, str_of(cases[i].range), &range, NULL)))
			CHECK(cidr_has(&range, str_of(cases[i].address)) == cases[i].in);
	}
	arena_free(a);
}

void
test_cidr__refuses_what_is_none(void)
{
	static const char *const cases[] = { "", "/", "/24", "10.0.0.0/", "10.0.0.0/33",
		"10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8/8", "10.0.0/8", "10.0.0.0.0/8",
		"010.0.0.0/8", "10.0.0.256", " 10.0.0.0/8", "10.0.0.0/8 ", "::/129", ":::/8",
		"2001:db8::g/32", "fe80::1%eth0", "example.com", "*", "10.0.0.0/8,10.1.0.0/16",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999/128" };
	struct arena *a = arena_new("test", 1 << 16);
	struct str suggested;
	struct cidr range;

	for (size_t i = 0; i < COUNT(cases); i++) {
		tap_row("%s", cases[i]);
		CHECK(!cidr_parse(a, str_of(cases[i]), &range, &suggested));
		CHECK(!suggested.n);
	}
	CHECK(!cidr_parse(a, (struct str){ "10.0.0.1\0", 9 }, &range, NULL));
	arena_free(a);
}

void
test_cidr__suggests_the_range_that_was_meant(void)
{
	static const char *const cases[][2] = {
		{ "10.0.0.1/8", "10.0.0.0/8" },
		{ "192.168.1.129/25", "192.168.1.128/25" },
		{ "2001:db8::1/32", "2001:db8::/32" },
	};
	struct arena *a = arena_new("test", 1 << 16);
	struct str suggested;
	struct cidr range;

	for (size_t i = 0; i < COUNT(cases); i++) {
		tap_row("%s", cases[i][0]);
		CHECK(!cidr_parse(a, str_of(cases[i][0]), &range, &suggested));
		CHECK(str_eq_z(suggested, cases[i][1]));
	}
	arena_free(a);
}

void
test_cidr__reads_lists(void)
{
	static const struct {
		const char *text;
		size_t n;
	} cases[] = { { "", 0 }, { "  ", 0 }, { "10.0.0.0/8", 1 }, { "10.0.0.0/8,::1", 2 },
		{ " 10.0.0.0/8 , 192.168.0.1,2001:db8::/32 ", 3 } };
	static const char *const bad[] = { ",", "10.0.0.0/8,", "10.0.0.0/8,,::1", "10.0.0.0/8 ::1",
		"10.0.0.0/8;::1", "all" };
	struct arena *a = arena_new("test", 1 << 20);
	struct cidr_list list;
	struct str suggested;

	for (size_t i = 0; i < COUNT(cases); i++) {
		tap_row("%s", cases[i].text);
		CHECK(cidr_list_parse(a, str_of(cases[i].text), &list, NULL));
		CHECK(list.n == cases[i].n);
		CHECK(cidr_list_has(&list, STR("10.1.2.3")) == (cases[i].n > 0));
		CHECK(!cidr_list_has(&list, STR("192.168.0.2")) && !cidr_list_has(&list, STR("")));
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		tap_row("%s", bad[i]);
		CHECK(!cidr_list_parse(a, str_of(bad[i]), &list, &suggested) && !suggested.n);
	}
	CHECK(!cidr_list_parse(a, STR("::1,10.0.0.1/8"), &list, &suggested));
	CHECK_STR(suggested, "10.0.0.0/8");
	arena_free(a);
}

void
test_cidr__names_networks(void)
{
	static const char *const cases[][2] = {
		{ "203.0.113.9", "203.0.113.0/24" },
		{ "::ffff:203.0.113.9", "203.0.113.0/24" },
		{ "2001:db8:1:2::9", "2001:db8:1::/48" },
		{ "nowhere", "" },
		{ "", "" },
	};
	struct arena *a = arena_new("test", 1 << 16);

	for (size_t i = 0; i < COUNT(cases); i++) {
		tap_row("%s", cases[i][0]);
		CHECK(str_eq_z(cidr_network(a, str_of(cases[i][0])), cases[i][1]));
	}
	arena_free(a);
}

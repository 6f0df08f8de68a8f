/* The strict pass: small cases with the place of the fault, and a public suite when it is there. */
#include "tap.h"

#include "base/json_scan.h"

#include <sys/wait.h>
#include <unistd.h>

void
test_json_scan__takes_json(void)
{
	static const char *const good[] = { "0", "-0", "1.5e-3", "null", "true", "false", "\"\"",
		"[]", "{}", " [ ] ", "\t{\r\n} ", "[1,2]", "{\"a\":1,\"a\":2}", "[[],{}]",
		"{\"a\":{\"b\":[1,{\"c\":null}]}}",
		"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uD834\\uDd1e\"",
		"\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"", "\"\x7f\"",
		"\"longer than eight bytes\"" };
	struct json_fault fault;

	for (size_t i = 0; i < COUNT(good); i++) {
		tap_row("%s", good[i]);
		CHECK(json_scan(str_of(good[i]), 32, &fault));
	}
}

void
test_json_scan__says_where_and_what(void)
{
	static const struct {
		const char *s;
		size_t offset, line, column;
		const char *what; /* a part of it */
	} rows[] = {
		{ "", 0, 1, 1, "a value" },
		{ "  ", 2, 1, 3, "a value" },
		{ "\xef\xbb\xbf{}", 0, 1, 1, "a value" },
		{ "[1 2]", 3, 1, 4, "',' or ']'" },
		{ "{\"a\":1 \"b\":2}", 7, 1, 8, "',' or '}'" },
		{ "[1,]", 3, 1, 4, "a value" },
		{ "[,1]", 1, 1, 2, "a value" },
		{ "{\"a\":1,}", 7, 1, 8, "a name" },
		{ "{a:1}", 1, 1, 2, "a name" },
		{ "{'a':1}", 1, 1, 2, "a name" },
		{ "{\"a\" 1}", 5, 1, 6, "':'" },
		{ "{\"a\":}", 5, 1, 6, "a value" },
		{ "{1:1}", 1, 1, 2, "a name" },
		{ "[1}", 2, 1, 3, "',' or ']'" },
		{ "[", 1, 1, 2, "a value" },
		{ "[1", 2, 1, 3, "',' or ']'" },
		{ "{", 1, 1, 2, "a name" },
		{ "]", 0, 1, 1, "a value" },
		{ "{}{}", 2, 1, 3, "nothing" },
		{ "1 1", 2, 1, 3, "nothing" },
		{ "01", 1, 1, 2, "nothing" },
		{ "-", 1, 1, 2, "a digit" },
		{ "-a", 1, 1, 2, "a digit" },
		{ "1.", 2, 1, 3, "a digit" },
		{ "1.e1", 2, 1, 3, "a digit" },
		{ "1e", 2, 1, 3, "a digit" },
		{ "1e+", 3, 1, 4, "a digit" },
		{ ".5", 0, 1, 1, "a value" },
		{ "+1", 0, 1, 1, "a value" },
		{ "NaN", 0, 1, 1, "a value" },
		{ "nul", 3, 1, 4, "a value" },
		{ "True", 0, 1, 1, "a value" },
		{ "\"abc", 4, 1, 5, "closing quote" },
		{ "\"a\nb\"", 2, 1, 3, "control" },
		{ "\"\\x\"", 2, 1, 3, "an escape" },
		{ "\"\\", 2, 1, 3, "an escape" },
		{ "\"\\u12g4\"", 5, 1, 6, "hex" },
		{ "\"\\u12", 5, 1, 6, "hex" },
		{ "\"\\uD800\"", 3, 1, 4, "surrogate" },
		{ "\"\\uDC00\"", 3, 1, 4, "surrogate" },
		{ "\"\\uD800\\uD800\"", 3, 1, 4, "surrogate" },
		{ "\"\\uD800\\u0041\"", 3, 1, 4, "surrogate" },
		{ "\"\xff\"", 1, 1, 2, "UTF-8" },
		{ "\"12345678\xed\xa0\x80\"", 9, 1, 10, "UTF-8" },
		{ "\"\xe2\x82", 1, 1, 2, "UTF-8" },
		{ "{\n  \"a\": 1,\n  \"b\": x\n}", 19, 3, 8, "a value" },
		{ "[1] // no", 4, 1, 5, "nothing" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct json_fault fault = { 0 };

		tap_row("%s", rows[i].s);
		CHECK(!json_scan(str_of(rows[i].s), 32, &fault));
		CHECK(fault.offset == rows[i].offset);
		CHECK(fault.line == rows[i].line && fault.column == rows[i].column);
		CHECK(fault.what && strstr(fault.what, rows[i].what));
	}
}

void
test_json_scan__counts_depth(void)
{
	struct json_fault fault;

	CHECK(json_scan(STR("1"), 0, &fault) && !json_scan(STR("[]"), 0, &fault));
	CHECK(json_scan(STR("[{\"a\":[]}]"), 3, &fault));
	CHECK(!json_scan(STR("[{\"a\":[]}]"), 2, &fault));
	CHECK(fault.offset == 6 && strstr(fault.what, "deep"));
	CHECK(json_scan(STR("[[],[],[[]]]"), 3, &fault));
}

void
test_json_scan__refuses_a_nul_anywhere(void)
{
	static const char text[] = "{\"a\":[1,true,\"b\"]}";
	struct json_fault fault;
	char copy[sizeof(text)];

	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		memcpy(copy, text, sizeof(text));
		copy[i] = '\0';
		tap_row("at %zu", i);
		CHECK(!json_scan((struct str){ copy, sizeof(text) - 1 }, 32, &fault));
	}
}

/* No prefix of a document in brackets is one, and none may be read beyond (under a sanitizer). */
void
test_json_scan__refuses_every_prefix(void)
{
	static const char text[] =
		"{\"name\":[1.5e3,true,null,\"\\u00e4\xe2\x82\xac longer\\n\"],\"b\":{}}";
	struct json_fault fault;

	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		char *p = malloc(n + 1);

		tap_row("%zu bytes", n);
		if (CHECK(p != NULL)) {
			memcpy(p + 1, text, n); /* ends where the allocation ends */
			CHECK(!json_scan((struct str){ p + 1, n }, 32, &fault));
		}
		free(p);
	}
	CHECK(json_scan(str_of(text), 32, &fault));
}

/* The path of the shared suite: SOUK_SHARED, or beside the checkout that holds this file. */
static void
suite_path(char *out, size_t size)
{
	const char *shared = getenv("SOUK_SHARED"), *tail = strstr(__FILE__, "t/unit/base/");
	int root = tail ? (int)(tail - __FILE__) : 0;

	if (shared)
		snprintf(out, size, "%s/contract/json/jsontestsuite.tar.xz", shared);
	else
		snprintf(out, size, "%.*s../shared/contract/json/jsontestsuite.tar.xz", root,
			__FILE__);
}

/* The archive unpacked by xz(1), or {NULL, 0}. */
static struct str
unpack(struct arena *a, const char *path)
{
	const size_t most = 8 << 20;
	char *p = arena_alloc(a, most);
	size_t n = 0;
	ssize_t got;
	int ends[2], status = 1;
	pid_t child;

	if (pipe(ends) < 0)
		return (struct str){ NULL, 0 };
	child = fork();
	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execlp("xz", "xz", "-dc", path, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	while ((got = read(ends[0], p + n, most - n)) > 0)
		n += (size_t)got;
	close(ends[0]);
	waitpid(child, &status, 0);
	return status == 0 ? (struct str){ p, n } : (struct str){ NULL, 0 };
}

/* Takes the next member off a tar archive: blocks of 512 bytes, a head with name and octal size. */
static bool
next_member(struct str *tar, struct str *name, struct str *body)
{
	size_t size;

	if (tar->n < 512 || !*tar->p)
		return false;
	size = strtoul(tar->p + 124, NULL, 8);
	*name = str_cut(*tar, 0, MIN(strnlen(tar->p, 100), (size_t)100));
	while (str_find(*name, '/') < name->n)
		*name = str_cut(*name, str_find(*name, '/') + 1, name->n);
	*body = str_cut(*tar, 512, 512 + size);
	*tar = str_cut(*tar, 512 + (size + 511) / 512 * 512, tar->n);
	return true;
}

void
test_json_scan__agrees_with_the_public_suite(void)
{
	struct arena *a = arena_new("test", 16 << 20);
	char path[4096];
	struct str tar, name, body;
	int good = 0, bad = 0;

	suite_path(path, sizeof(path));
	tar = unpack(a, access(path, R_OK) == 0 ? path : "/nonexistent");
	if (!tar.p) {
		tap_skip("no JSONTestSuite beside this checkout (contract/json), or no xz");
		arena_free(a);
		return;
	}
	while (next_member(&tar, &name, &body)) {
		struct json_fault fault;
		bool taken = json_scan(body, 32, &fault);

		tap_row("%.*s", STRF(name));
		good += str_starts(name, STR("y_"));
		bad += str_starts(name, STR("n_"));
		CHECK(taken || !str_starts(name, STR("y_")));
		CHECK(!taken || !str_starts(name, STR("n_")));
	}
	tap_row("%d good, %d bad", good, bad);
	CHECK(good == 95 && bad == 188);
	arena_free(a);
}

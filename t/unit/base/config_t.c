/* Settings: file, then environment; every fault named with its line, and the nearest name. */
#include "tap.h"

#include "base/config.h"

#include <unistd.h>

/* Reads a file of that text; without one if `text` is NULL. The faults' place is "FILE:LINE". */
static struct err *
read_text(struct arena *a, struct str text, struct config *c)
{
	char path[] = "/tmp/souk-env-XXXXXX";
	int fd = text.p ? mkstemp(path) : -1;
	struct err *e;

	setenv("SOUK_CONFIG", "", 1); /* not the file that this machine may have */
	if (text.p) {
		CHECK(fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n);
		close(fd);
		setenv("SOUK_CONFIG", path, 1);
	}
	e = config_read(a, c);
	unlink(path);
	unsetenv("SOUK_CONFIG");
	return e;
}

/* Whatever the machine has set must not matter here. */
static void
clear_environment(void)
{
	size_t n;
	const struct config_row *rows = config_rows(&n);

	for (size_t i = 0; i < n; i++)
		unsetenv(rows[i].key);
}

void
test_config__has_defaults_and_describes_them(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct config c;
	size_t n;
	const struct config_row *rows = config_rows(&n);

	clear_environment();
	CHECK(!read_text(a, (struct str){ NULL, 0 }, &c));
	CHECK(c.workers == 4 && strcmp(c.db_user, "souk") == 0 && strcmp(c.db_password, "") == 0);
	CHECK(n >= 10 && strcmp(rows[0].key, "SOUK_DB") == 0);
	for (size_t i = 0; i < n; i++) {
		tap_row("%s", rows[i].key);
		CHECK(strlen(rows[i].doc) > 0 && !strchr(rows[i].initial, '"'));
		CHECK(strlen(rows[i].type) > 0);
		CHECK(rows[i].secret == (strstr(rows[i].key, "PASSWORD") != NULL));
		CHECK_STR(config_value(a, &c, i), rows[i].initial);
		CHECK(strcmp(rows[i].key, "SOUK_WORKERS") != 0 ||
			strcmp(rows[i].initial, "4") == 0);
	}
	arena_free(a);
}

void
test_config__reads_the_file_then_the_environment(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct config c;
	struct err *e;

	clear_environment();
	setenv("SOUK_WORKERS", "9", 1);
	setenv("SOUK_URL", "http://localhost", 1); /* not ours */
	e = read_text(a,
		STR("\xef\xbb\xbf# a comment\r\n\r\n; another\nSOUK_DB_USER=shop\r\n"
		    "SOUK_WORKERS=5\n  SOUK_MIGRATE_PASSWORD = \"a \\\"b\\\\c\" \n"
		    "SOUK_DB_PASSWORD='x y\\'\nSOUK_BASE_URL=\nPATH=/bin\nSOUK_LOG=/a=b"),
		&c);
	CHECK(!e);
	CHECK(c.workers == 9);
	CHECK(strcmp(c.db_user, "shop") == 0);
	CHECK(strcmp(c.migrate_password, "a \"b\\c") == 0);
	CHECK(strcmp(c.db_password, "x y\\") == 0);
	CHECK(strcmp(c.base_url, "") == 0);
	CHECK(strcmp(c.log_file, "/a=b") == 0);
	unsetenv("SOUK_WORKERS");
	unsetenv("SOUK_URL");
	arena_free(a);
}

void
test_config__names_each_fault(void)
{
	static const struct {
		struct str text;
		const char *place, *reason, *said; /* ends and parts of them */
	} rows[] = {
		{ { "SOUK_WORKER=3", 13 }, ":1", "unknown", "SOUK_WORKERS" },
		{ { "\n\nSOUK_PASSWORD=3", 17 }, ":3", "unknown", "SOUK_PASSWORD" },
		{ { "SOUK_=1", 7 }, ":1", "unknown", "SOUK_" },
		{ { "SOUK_CONFIG=x", 13 }, ":1", "unknown", "SOUK_CONFIG" },
		{ { "SOUK_WORKERS=0", 14 }, ":1", "out_of_range", "integer from 1 to 64" },
		{ { "SOUK_WORKERS=65", 15 }, ":1", "out_of_range", "integer from 1 to 64" },
		{ { "SOUK_WORKERS=four", 17 }, ":1", "out_of_range", "'four'" },
		{ { "SOUK_WORKERS=", 13 }, ":1", "out_of_range", "''" },
		{ { "SOUK_WORKERS=99999999999999999999", 33 }, ":1", "out_of_range", "1 to 64" },
		{ { "SOUK_WORKERS", 12 }, ":1", "bad_line", "KEY=value" },
		{ { "=3", 2 }, ":1", "bad_line", "KEY=value" },
		{ { "SOUK_DB_USER=\"x", 15 }, ":1", "bad_line", "quote" },
		{ { "SOUK_DB_USER='", 14 }, ":1", "bad_line", "quote" },
		{ { "SOUK_DB_USER='x'y", 17 }, ":1", "bad_line", "quote" },
		{ { "SOUK_DB_USER=a\0b", 16 }, ":1", "bad_line", "NUL" },
		{ { "SOUK_DB=mysqld.sock", 19 }, ":1", "pattern", "absolute path" },
		{ { "SOUK_LISTEN=", 12 }, ":1", "pattern", "absolute path" },
		{ { "SOUK_LOG=souk.log", 17 }, ":1", "pattern", "or -" },
		{ { "SOUK_LOG_LEVEL=wran", 19 }, ":1", "not_a_choice", "the nearest is warn" },
		{ { "SOUK_LOG_LEVEL=INFO", 19 }, ":1", "not_a_choice", "debug, info, warn, error" },
		{ { "SOUK_DB_NAME=so`uk", 18 }, ":1", "pattern", "name of letters" },
		{ { "SOUK_DB_USER=", 13 }, ":1", "pattern", "name of letters" },
		{ { "SOUK_MIGRATE_USER=a b", 21 }, ":1", "pattern", "or nothing" },
		{ { "SOUK_BASE_URL=http://a", 22 }, ":1", "pattern", "https://" },
		{ { "SOUK_BASE_URL=https://a/v2", 26 }, ":1", "pattern", "without a path" },
		{ { "SOUK_BASE_URL=https://", 22 }, ":1", "pattern", "https://" },
		{ { "SOUK_METRICS_FROM=10.0.0.1/8", 28 }, ":1", "pattern",
			"the nearest is 10.0.0.0/8" },
		{ { "SOUK_METRICS_FROM=::1,", 22 }, ":1", "pattern", "addresses and ranges" },
		{ { "SOUK_METRICS_FROM=localhost", 27 }, ":1", "pattern", "or nothing" },
	};
	struct arena *a = arena_new("test", 4 << 20);

	clear_environment();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct config c;
		struct err *e = read_text(a, rows[i].text, &c);

		tap_row("%.*s", STRF(rows[i].text));
		if (!CHECK(e && e->code == ERR_VALIDATION && e->ndetails == 1))
			continue;
		CHECK(str_ends(e->details->field, str_of(rows[i].place)));
		CHECK(strcmp(reason_word(e->details->reason), rows[i].reason) == 0);
		CHECK(strstr(e->details->message.p, rows[i].said));
	}
	arena_free(a);
}

void
test_config__collects_all_faults(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct config c;
	struct err *e;

	clear_environment();
	setenv("SOUK_HOST", "16", 1);
	e = read_text(a, STR("SOUK_WORKRES=3\nnonsense\nSOUK_CACHE_MB=-1\nSOUK_DB_USER=u\n"), &c);
	unsetenv("SOUK_HOST");
	if (CHECK(e && e->ndetails == 4)) {
		CHECK_STR(e->details->nearest, "SOUK_WORKERS");
		CHECK_STR(e->details->next->next->allowed, "0 to 4096");
		CHECK_STR(e->details->next->next->next->field, "environment");
	}
	CHECK(strcmp(c.db_user, "u") == 0 && c.workers == 4);
	arena_free(a);
}

void
test_config__needs_a_file_it_can_read(void)
{
	static const char *const bad[] = { "/nonexistent/souk.env", "/tmp" };
	struct arena *a = arena_new("test", 1 << 20);

	clear_environment();
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct config c;
		struct err *e;

		tap_row("%s", bad[i]);
		setenv("SOUK_CONFIG", bad[i], 1);
		e = config_read(a, &c);
		CHECK(e && e->ndetails == 1 && e->details->reason == REASON_UNREADABLE);
	}
	unsetenv("SOUK_CONFIG");
	arena_free(a);
}

void
test_config__bounds_the_path_of_a_socket(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct config c;
	struct err *e;
	char text[160] = "SOUK_LISTEN=";

	clear_environment();
	memset(text + 12, '/', 108);
	CHECK(!read_text(a, (struct str){ text, 12 + 107 }, &c));
	e = read_text(a, (struct str){ text, 12 + 108 }, &c);
	CHECK(e && strstr(e->message.p, "at most 107 bytes"));
	arena_free(a);
}

void
test_config__tells_where_each_value_comes_from(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct config c;
	struct str origins[64];
	char path[] = "/tmp/souk-env-XXXXXX";
	int fd = mkstemp(path);
	size_t n;
	const struct config_row *rows = config_rows(&n);

	clear_environment();
	CHECK(n <= COUNT(origins));
	CHECK(fd >= 0 && write(fd, "\nSOUK_HOST=3\nSOUK_WORKERS=0\n", 29) == 29);
	close(fd);
	setenv("SOUK_CONFIG", path, 1);
	setenv("SOUK_CACHE_MB", "7", 1);
	CHECK(config_read_origins(a, &c, origins) != NULL);
	for (size_t i = 0; i < n; i++) {
		bool in_file = !strcmp(rows[i].key, "SOUK_HOST");

		tap_row("%s", rows[i].key);
		if (in_file)
			CHECK(str_eq(origins[i], str_fmt(a, "%s:2", path)));
		else
			CHECK_STR(origins[i],
				!strcmp(rows[i].key, "SOUK_CACHE_MB") ? "environment" : "default");
	}
	unlink(path);
	unsetenv("SOUK_CACHE_MB");
	unsetenv("SOUK_CONFIG");
	arena_free(a);
}

void
test_config__refuses_a_file_that_is_too_large(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	size_t n = (1 << 16) + 10;
	char *text = arena_alloc(a, n);
	struct config c;
	struct err *e;

	clear_environment();
	memset(text, '#', n);
	e = read_text(a, (struct str){ text, n }, &c);
	CHECK(e && strstr(e->message.p, "larger than"));
	arena_free(a);
}

/*
 * TAP over CUnit: CUnit keeps the tests and their failures, its handlers print a line as each test
 * ends. Every line is flushed, so a crash leaves the name of the last test that was well.
 */
#include "tap.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 200 /* bytes of each side when two differ */

static char row[160];
static const char *skipped;
static int number;

void
tap_row(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(row, sizeof(row), fmt, ap);
	va_end(ap);
}

bool
tap_check(bool holds, const char *what, const char *file, int line)
{
	char text[1024];

	snprintf(text, sizeof(text), "%s%s%s", what, *row ? "; case: " : "", row);
	CU_assertImplementation(holds, (unsigned)line, text, file, "", CU_FALSE);
	return holds;
}

static void
show(char *out, size_t size, struct tap_bytes bytes)
{
	size_t n = 0;

	for (size_t i = 0; i < bytes.n && i < SHOWN && n + 8 < size; i++) {
		unsigned char c = (unsigned char)bytes.p[i];

		n += (size_t)snprintf(
			out + n, size - n, c < 0x20 || c == 0x7f ? "\\x%02x" : "%c", c);
	}
	out[n] = '\0';
}

bool
tap_check_bytes(struct tap_bytes got, struct tap_bytes want, const char *file, int line)
{
	bool same = got.n == want.n && (!got.n || memcmp(got.p, want.p, got.n) == 0);
	char left[400], right[400], text[850] = "bytes are the same";

	if (!same) {
		show(left, sizeof(left), got);
		show(right, sizeof(right), want);
		snprintf(text, sizeof(text), "got '%s', wanted '%s'", left, right);
	}
	return tap_check(same, text, file, line);
}

void
tap_skip(const char *reason)
{
	const char *ci = getenv("CI");

	skipped = reason;
	if (ci && strcmp(ci, "true") == 0)
		tap_check(false, reason, __FILE__, __LINE__);
}

static void
before_test(const CU_pTest test, const CU_pSuite suite)
{
	(void)test;
	(void)suite;
	row[0] = '\0';
	skipped = NULL;
}

static void
after_test(const CU_pTest test, const CU_pSuite suite, const CU_pFailureRecord failure)
{
	(void)suite;
	printf("%s %d - %s", failure ? "not ok" : "ok", ++number, test->pName);
	if (skipped && !failure)
		printf(" # SKIP %s", skipped);
	putchar('\n');
	for (CU_pFailureRecord f = failure; f; f = f->pNext)
		printf("# %s:%u: %s\n", f->strFileName, f->uiLineNumber, f->strCondition);
	fflush(stdout);
}

/* Counts the tests that match; with `add`, gives them to CUnit too. */
static int
select_tests(const struct tap_suite *suites, const char *pattern, bool add)
{
	int count = 0;

	for (const struct tap_suite *s = suites; s->name; s++) {
		CU_pSuite suite = add ? CU_add_suite(s->name, NULL, NULL) : NULL;

		for (const struct tap_test *t = s->tests; t->name; t++) {
			if (!strstr(t->name, pattern))
				continue;
			count++;
			if (add && (!suite || !CU_add_test(suite, t->name, t->run)))
				return -1;
		}
	}
	return count;
}

int
tap_main(int argc, char **argv, const struct tap_suite *suites)
{
	const char *pattern = argc > 1 ? argv[1] : "";
	unsigned failed;

	if (CU_initialize_registry() != CUE_SUCCESS || select_tests(suites, pattern, true) < 0) {
		printf("Bail out! CUnit: %s\n", CU_get_error_msg());
		return 1;
	}
	printf("1..%d\n", select_tests(suites, pattern, false));
	fflush(stdout);
	CU_set_test_start_handler(before_test);
	CU_set_test_complete_handler(after_test);
	CU_run_all_tests();
	failed = CU_get_number_of_tests_failed() + CU_get_number_of_suites_failed();
	CU_cleanup_registry();
	return failed > 0;
}

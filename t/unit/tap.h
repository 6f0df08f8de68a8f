/*
 * What a unit test needs: CUnit, checks that say which row of a table failed, and TAP on the way out.
 * A test is a function `void test_<file>__<promise>(void)`; suites.sh finds it by that name.
 */
#ifndef SOUK_UNIT_TAP_H
#define SOUK_UNIT_TAP_H

#include <stdbool.h>
#include <stddef.h>

#include <CUnit/CUnit.h>

/* Tests are called from a generated file that declares them; they have no header. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"

struct tap_test {
	const char *name;
	void (*run)(void);
};

struct tap_suite {
	const char *name;
	const struct tap_test *tests; /* up to one without a name */
};

/*
 * Runs the tests whose name contains argv[1] (all without it), prints TAP, gives the exit status: 0
 * if none failed. `suites` ends with one without a name.
 */
int tap_main(int argc, char **argv, const struct tap_suite *suites);

/* Says which case is being checked from here to the end of the test or the next call. */
void tap_row(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Marks the running test as skipped; a failure when CI=true. The test then returns by itself. */
void tap_skip(const char *reason);

/* Checks and goes on; gives the condition, so that a test can stop where going on makes no sense. */
#define CHECK(cond) tap_check((cond), #cond, __FILE__, __LINE__)
bool tap_check(bool holds, const char *what, const char *file, int line);

/* Compares bytes and shows both when they differ. */
#define CHECK_BYTES(got, got_n, want, want_n)                                                      \
	tap_check_bytes((struct tap_bytes){ (got), (got_n) },                                      \
		(struct tap_bytes){ (want), (want_n) }, __FILE__, __LINE__)
/* The same for a struct str and a C string. */
#define CHECK_STR(got, want) CHECK_BYTES((got).p, (got).n, (want), strlen(want))
struct tap_bytes {
	const char *p;
	size_t n;
};
bool tap_check_bytes(struct tap_bytes got, struct tap_bytes want, const char *file, int line);

#endif

/* Helper programs: what they say comes back, what they do wrong ends them and not us. */
#include "tap.h"

#include "base/spawn.h"

#define LABEL                                                                                      \
	"{\"to\":[\"Jane Doe\",\"123 Main St\"],\"number\":\"900000000000001239\",\"sscc\":true,"  \
	"\"packages\":[\"1 kg\"]}"

void
test_spawn__gives_what_it_says(void)
{
	struct arena *a = arena_new("spawn", 32 << 20);
	struct spawn s = { .program = "souk-label",
		.input = STR(LABEL),
		.answer_max = 4 << 20,
		.timeout_ms = 3000 };

	spawn_run(a, &s);
	CHECK_STR(s.fault, "");
	CHECK(str_starts(s.answer, STR("%PDF-1.")) && str_ends(str_trim(s.answer), STR("%%EOF")));
	arena_free(a);
}

void
test_spawn__says_what_failed(void)
{
	static const struct {
		const char *program, *input;
		size_t most;
		int timeout_ms;
		const char *fault;
	} cases[] = {
		{ "souk-label", "{\"to\":[", 4 << 20, 3000, "status 65" },
		{ "souk-label", "[]", 4 << 20, 3000, "status 65" },
		{ "souk-label", "{\"to\":[\"x\"],\"number\":\"\",\"packages\":[\"\"]}", 4 << 20,
			3000, "status 65" },
		{ "souk-label",
			"{\"to\":[\"x\"],\"number\":\"12\",\"sscc\":true,\"packages\":[\"\"]}",
			1024, 3000, "more than 1024 bytes" },
		{ "souk-label", LABEL, 4 << 20, 0, "more than 0 ms" },
		{ "souk-no-such-program", "", 64, 3000, "No such file" },
	};
	struct arena *a = arena_new("spawn", 64 << 20);

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct spawn s = { .program = cases[i].program,
			.input = str_of(cases[i].input),
			.answer_max = cases[i].most,
			.timeout_ms = cases[i].timeout_ms };
		bool told = false;

		tap_row("%zu", i);
		spawn_run(a, &s);
		for (size_t k = 0; k < s.fault.n; k++)
			told |= str_starts(str_cut(s.fault, k, s.fault.n), str_of(cases[i].fault));
		CHECK(told && !s.answer.n);
	}
	arena_free(a);
}

void
test_spawn__keeps_our_settings(void)
{
	struct arena *a = arena_new("spawn", 1 << 20);
	struct spawn s = { .program = "../../../../../../../../../../../../usr/bin/env",
		.answer_max = 65536,
		.timeout_ms = 3000 };
	bool told = false;

	CHECK(!setenv("SOUK_TEST_PASSWORD", "hush-hush", 1));
	spawn_run(a, &s);
	CHECK(!unsetenv("SOUK_TEST_PASSWORD"));
	CHECK_STR(s.fault, "");
	CHECK(s.answer.n > 0);
	for (size_t k = 0; k < s.answer.n; k++)
		told |= str_starts(str_cut(s.answer, k, s.answer.n), STR("hush-hush"));
	CHECK(!told);
	arena_free(a);
}

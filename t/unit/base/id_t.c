/* Ids: only upwards whatever the clock does, one canonical text each, one slot per process. */
#include "tap.h"

#include "base/clock.h"
#include "base/id.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define EPOCH_MS INT64_C(1577836800000)

static struct id
made_at(int64_t ms)
{
	return (struct id){ (ms - EPOCH_MS) << 21 };
}

void
test_id__goes_only_upwards(void)
{
	struct id last = { 0 };
	int wrong = 0;

	id_setup(3, 41);
	for (int i = 0; i < 200000; i++) {
		struct id next = id_new();

		wrong += next.n <= last.n;
		wrong += (next.n >> 11 & 1023) != (3 << 6 | 41);
		last = next;
	}
	CHECK(wrong == 0);
}

/* The clock cannot be set back here, but setting up again in the same millisecond is the same thing. */
void
test_id__goes_upwards_over_a_new_start(void)
{
	struct id last = { 0 };
	int wrong = 0;

	for (int i = 0; i < 20000; i++) {
		struct id next;

		id_setup(0, i % 64);
		next = id_new();
		wrong += next.n >> 21 <= last.n >> 21;
		last = next;
	}
	CHECK(wrong == 0);
}

void
test_id__tells_when_it_was_made(void)
{
	int64_t now = clock_real_ms();

	CHECK(id_time_ms(made_at(1768473000123)) == 1768473000123);
	CHECK(id_time_ms((struct id){ 123 }) == 0);
	CHECK(id_time_ms(ID_NONE) == 0);
	CHECK(id_time_ms(id_new()) >= now - 1000);
}

void
test_id__has_one_text(void)
{
	static const struct {
		int64_t n;
		const char *want;
	} rows[] = {
		{ 1, "prod_001" },
		{ 31, "prod_00z" },
		{ 32, "prod_010" },
		{ 32 * 32 * 32 - 1, "prod_zzz" },
		{ 32 * 32 * 32, "prod_1000" },
		{ 1 * 1024 + 2 * 32 + 3, "prod_123" },
		{ (INT64_C(1) << 40) - 1, "prod_zzzzzzzz" },
		{ INT64_C(1) << 40, "prod_0000100000000" },
		{ INT64_MAX, "prod_7zzzzzzzzzzzz" },
	};
	struct arena *a = arena_new("test", 1 << 20);

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str s = id_str(a, (struct id){ rows[i].n }, "prod");
		struct id back = { 0 };

		CHECK_STR(s, rows[i].want);
		CHECK(id_parse(s, "prod", &back) && back.n == rows[i].n);
	}
	arena_free(a);
}

void
test_id__reads_back_every_id_in_order(void)
{
	struct arena *a = arena_new("test", 64 << 20);
	struct str last = { 0 };
	int wrong = 0;

	for (int i = 0; i < 50000; i++) {
		struct id id = made_at(EPOCH_MS + 3600000 + (int64_t)i * 7777777), back = { 0 };
		struct str s = id_str(a, id, "po");

		wrong += s.n != 16 || !id_parse(s, "po", &back) || back.n != id.n;
		wrong += str_cmp(s, last) <= 0;
		last = s;
	}
	CHECK(wrong == 0);
	arena_free(a);
}

void
test_id__refuses_what_is_not_canonical(void)
{
	static const char *const bad[] = { "", "prod", "prod_", "prod_1", "prod_12", "prod_000",
		"prod_0123", "prod_00000123", "cust_123", "prod123", "Prod_123", "prod_ABC",
		"prod_12i", "prod_12l", "prod_12o", "prod_12u", "prod_12-", "prod_ 12", "prod_123 ",
		" prod_123", "prod__123", "product_123", "prod_123456789", "prod_zzzzzzzzz",
		"prod_zzzzzzzzzzzz", "prod_0000000000123", "prod_00000zzzzzzzz",
		"prod_8000000000000", "prod_zzzzzzzzzzzzz", "prod_00000100000000",
		"prod_12\xc3\xa4" };
	struct id id = { -7 };

	for (size_t i = 0; i < COUNT(bad); i++) {
		tap_row("'%s'", bad[i]);
		CHECK(!id_parse(str_of(bad[i]), "prod", &id));
		CHECK(id.n == -7);
	}
	CHECK(!id_parse((struct str){ "prod_1\0003", 8 }, "prod", &id));
	CHECK(!id_parse((struct str){ NULL, 0 }, "prod", &id));
}

void
test_id__knows_texts_that_are_shaped_like_ids(void)
{
	static const char *const shaped[] = { "prod_1", "ab_Z", "abcdefgh_0a9Z", "prod_ABC123" };
	static const char *const free_for_skus[] = { "", "_", "a_1", "abcdefghi_1", "prod_", "prod",
		"Prod_1", "prod_1-2", "prod_1_2", "pr0d_1", "prod-1", "LAMP_1", "prod_\xc3\xa4",
		"prod_1 " };

	for (size_t i = 0; i < COUNT(shaped); i++) {
		tap_row("'%s'", shaped[i]);
		CHECK(id_shaped(str_of(shaped[i])));
	}
	for (size_t i = 0; i < COUNT(free_for_skus); i++) {
		tap_row("'%s'", free_for_skus[i]);
		CHECK(!id_shaped(str_of(free_for_skus[i])));
	}
}

/* A process that takes a slot, says which, and holds it until it is killed. */
static pid_t
hold_slot(const char *dir, int *slot)
{
	int ends[2];
	char c = 0;
	pid_t child;

	if (pipe(ends) < 0)
		return -1;
	child = fork();
	if (child == 0) {
		c = (char)id_take_slot(dir);
		if (write(ends[1], &c, 1) == 1)
			pause();
		_exit(1);
	}
	*slot = read(ends[0], &c, 1) == 1 ? c : -2;
	close(ends[0]);
	close(ends[1]);
	return child;
}

static void
end(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void
remove_slots(const char *dir)
{
	char path[128];

	for (int i = 0; i < 64; i++) {
		snprintf(path, sizeof(path), "%s/slot.%d", dir, i);
		unlink(path);
	}
	rmdir(dir);
}

void
test_id__gives_each_process_a_slot_of_its_own(void)
{
	char dir[] = "/tmp/souk-id-XXXXXX";
	int first = -1, second = -1, third = -1;
	pid_t a, b, c;

	if (!CHECK(mkdtemp(dir) != NULL))
		return;
	a = hold_slot(dir, &first);
	b = hold_slot(dir, &second);
	CHECK(first == 0 && second == 1);
	CHECK(id_take_slot(dir) == 2);
	CHECK(id_take_slot(dir) == 2); /* the one before was given back */
	end(a);
	c = hold_slot(dir, &third); /* a child of a process that holds 2 */
	CHECK(third == 0);
	end(b);
	end(c);
	remove_slots(dir);
	CHECK(id_take_slot("/nonexistent/souk") == -1 && errno == ENOENT);
}

/*
 * The slot's file carries the last millisecond on. Here it is a minute ahead, which is what a clock set
 * back by a minute looks like: ids go on from there, and never wait.
 */
void
test_id__goes_on_upwards_when_the_clock_goes_back(void)
{
	char dir[] = "/tmp/souk-id-XXXXXX", path[64];
	int64_t ahead = clock_real_ms() - EPOCH_MS + 60000;
	struct id last;
	int wrong = 0;
	FILE *f;

	if (!CHECK(mkdtemp(dir) != NULL))
		return;
	snprintf(path, sizeof(path), "%s/slot.0", dir);
	f = fopen(path, "w");
	CHECK(f && fwrite(&ahead, sizeof(ahead), 1, f) == 1 && fclose(f) == 0);
	CHECK(id_take_slot(dir) == 0);
	id_setup(0, 0);
	last = id_new();
	CHECK(last.n >> 21 == ahead + 1);
	for (int i = 0; i < 10000; i++) {
		struct id next = id_new();

		wrong += next.n <= last.n;
		last = next;
	}
	CHECK(wrong == 0);
	CHECK(last.n >> 21 <= ahead + 6); /* 2048 ids in each millisecond */
	remove_slots(dir);
}

void
test_id__at_a_moment_parts_what_was_made_before_from_what_was_not(void)
{
	int64_t ms = clock_real_ms();

	CHECK(id_new().n >= id_at_ms(ms).n);
	CHECK(id_time_ms(id_at_ms(ms)) == ms);
	CHECK(id_at_ms(ms).n > id_at_ms(ms - 1).n);
	CHECK(id_at_ms(0).n == 0);
}

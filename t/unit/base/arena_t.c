/* Arenas: zeroed, aligned, rewound in order, and ending the process when they are full. */
#include "tap.h"

#include "base/base.h"

#include <stdalign.h>
#include <sys/wait.h>
#include <unistd.h>

static bool
is_zero(const void *p, size_t n)
{
	const char *bytes = p;

	for (size_t i = 0; i < n; i++) {
		if (bytes[i])
			return false;
	}
	return true;
}

void
test_arena__gives_zeroed_aligned_blocks_of_any_size(void)
{
	static const size_t sizes[] = { 0, 1, 15, 16, 17, 4096, 16384, 16385, 3000000, 1 };
	struct arena *a = arena_new("test", 16 << 20);

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < COUNT(sizes); i++) {
			char *p = arena_alloc(a, sizes[i]);

			tap_row("round %d, size %zu", round, sizes[i]);
			CHECK((uintptr_t)p % alignof(max_align_t) == 0);
			CHECK(is_zero(p, sizes[i]));
			memset(p, 0xaa, sizes[i]);
		}
		arena_reset(a);
		CHECK(arena_used(a) == 0);
	}
	arena_free(a);
	arena_free(NULL);
}

void
test_arena__keeps_apart_what_it_gave(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	uint32_t *numbers[500];
	int wrong = 0;

	for (uint32_t i = 0; i < COUNT(numbers); i++) {
		numbers[i] = ARENA_ARRAY(a, i + 1, uint32_t);
		for (uint32_t k = 0; k <= i; k++)
			numbers[i][k] = i;
	}
	for (uint32_t i = 0; i < COUNT(numbers); i++)
		wrong += numbers[i][0] != i || numbers[i][i] != i;
	CHECK(wrong == 0);
	arena_free(a);
}

void
test_arena__grows_the_newest_block_and_copies_others(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	char *p = arena_grow(a, NULL, 0, 10), *other;

	memcpy(p, "0123456789", 10);
	p = arena_grow(a, p, 10, 100);
	CHECK(memcmp(p, "0123456789", 10) == 0);
	CHECK(is_zero(p + 10, 90));
	memset(p + 10, 'x', 90);
	other = arena_alloc(a, 8);
	memcpy(other, "neighbour", 8);
	p = arena_grow(a, p, 100, 50000);
	CHECK(memcmp(p, "0123456789xxx", 13) == 0 && p[99] == 'x');
	CHECK(is_zero(p + 100, 49900));
	CHECK(memcmp(other, "neighbour", 8) == 0);
	CHECK(arena_grow(a, p, 50000, 10) == p);
	arena_free(a);
}

static char order[16];

static void
note(void *object)
{
	const char *letter = object;

	order[strlen(order)] = *letter;
}

static void
defer_letter(struct arena *a, const char *letter)
{
	arena_defer(a, note, (void *)(uintptr_t)letter);
}

void
test_arena__runs_what_was_deferred_in_reverse(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct arena_mark first, second;

	memset(order, 0, sizeof(order));
	defer_letter(a, "a");
	first = arena_mark(a);
	defer_letter(a, "b");
	second = arena_mark(a);
	defer_letter(a, "c");
	arena_alloc(a, 100000);
	arena_rewind(a, second);
	CHECK(strcmp(order, "c") == 0);
	defer_letter(a, "d");
	arena_rewind(a, first);
	CHECK(strcmp(order, "cdb") == 0);
	defer_letter(a, "e");
	arena_reset(a);
	CHECK(strcmp(order, "cdbea") == 0);
	defer_letter(a, "f");
	arena_free(a);
	CHECK(strcmp(order, "cdbeaf") == 0);
}

void
test_arena__rewinds_to_the_same_use(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct arena_mark empty = arena_mark(a), mark;
	char *kept = arena_alloc(a, 32);

	memcpy(kept, "kept", 5);
	mark = arena_mark(a);
	for (int i = 0; i < 100; i++) {
		CHECK(arena_used(a) == 32);
		arena_alloc(a, 10000);
		arena_alloc(a, 40000);
		arena_rewind(a, mark);
	}
	CHECK(strcmp(kept, "kept") == 0);
	arena_rewind(a, empty);
	CHECK(arena_used(a) == 0);
	arena_free(a);
}

/* Runs fn in a child that logs nowhere, and gives its exit status, or -signal. */
static int
status_of(void (*fn)(void))
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		close(STDERR_FILENO);
		fn();
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return 1000;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void
pass_the_cap(void)
{
	struct arena *a = arena_new("test", 1000);

	arena_alloc(a, 500);
	arena_alloc(a, 600);
}

static void
pass_the_cap_at_once(void)
{
	arena_alloc(arena_new("test", 1000), SIZE_MAX);
}

static void
pass_the_cap_by_growing(void)
{
	struct arena *a = arena_new("test", 1000);

	arena_grow(a, arena_alloc(a, 500), 500, 1200);
}

static void
overflow_a_product(void)
{
	arena_array(arena_new("test", SIZE_MAX), SIZE_MAX / 2, 3);
}

static void
fill_to_the_cap(void)
{
	struct arena *a = arena_new("test", 1024);

	arena_alloc(a, 512);
	arena_alloc(a, 512);
}

void
test_arena__ends_the_process_beyond_its_cap(void)
{
	CHECK(status_of(pass_the_cap) == 70);
	CHECK(status_of(pass_the_cap_at_once) == 70);
	CHECK(status_of(pass_the_cap_by_growing) == 70);
	CHECK(status_of(overflow_a_product) == 70);
	CHECK(status_of(fill_to_the_cap) == 0);
}

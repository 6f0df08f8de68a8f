/* One word: what is put is got, whole, and only while it is fresh. */
#include "tap.h"

#include "base/shared.h"
#include "base/vitals.h"

void
test_vitals__are_got_as_they_were_put(void)
{
	struct vitals v, got;

	vitals_setup(shared_open(NULL));
	CHECK(!vitals_get(&got) && vitals_age_us() == -1);
	for (int uptime = UPTIME_UNKNOWN; uptime <= 10000; uptime += 137)
		for (int state = 0; state < 12; state++) {
			v = (struct vitals){ .database = (enum database_state)(state % 3),
				.storage = (enum storage_state)(state / 3),
				.uptime = uptime };
			vitals_put(&v);
			tap_row("uptime %d, state %d", uptime, state);
			CHECK(vitals_get(&got) && got.database == v.database &&
				got.storage == v.storage && got.uptime == v.uptime);
			CHECK(vitals_database_hung() == (v.database == DATABASE_HUNG));
			CHECK(vitals_storage_full() == (v.storage == STORAGE_FULL));
		}
	CHECK(vitals_age_us() >= 0 && vitals_age_us() < 2000000);
	vitals_setup(NULL);
}

void
test_vitals__that_are_old_or_of_the_future_are_not_known(void)
{
	struct shared *shared = shared_open(NULL);
	struct vitals v = { .database = DATABASE_HUNG, .storage = STORAGE_FULL, .uptime = 9999 };
	uint64_t word;

	vitals_setup(shared);
	vitals_put(&v);
	word = atomic_load(&shared->vitals);
	CHECK(vitals_get(&v));
	atomic_store(&shared->vitals, word - (UINT64_C(2001) << 18));
	CHECK(!vitals_get(&v) && !vitals_database_hung() && !vitals_storage_full());
	CHECK(vitals_age_us() >= 2001000);
	atomic_store(&shared->vitals, word + (UINT64_C(3600000) << 18));
	CHECK(!vitals_get(&v) && !vitals_database_hung() && !vitals_storage_full());
	vitals_setup(NULL);
	vitals_put(&v);
	CHECK(!vitals_get(&v) && vitals_age_us() == -1);
}

void
test_vitals__keep_what_was_found_in_the_books(void)
{
	const struct books_seen rows[] = { { 1700000000000, 0 }, { 1700000001000, 17 },
		{ 4102444800000, 1048575 }, { 1700000002999, 5000000 } };

	vitals_setup(shared_open(NULL));
	CHECK(!vitals_get_books().at_ms && !vitals_get_books().differences);
	for (size_t i = 0; i < COUNT(rows); i++) {
		vitals_put_books(&rows[i]);
		tap_row("row %zu", i);
		CHECK(vitals_get_books().at_ms == rows[i].at_ms / 1000 * 1000);
		CHECK(vitals_get_books().differences == MIN(rows[i].differences, 1048575));
	}
	vitals_setup(NULL);
	vitals_put_books(&rows[1]);
	CHECK(!vitals_get_books().at_ms);
}

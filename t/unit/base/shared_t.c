/* Shared memory: what one mapping writes, another reads; another layout is replaced. */
#include "tap.h"

#include "base/shared.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *
scratch_dir(char *template)
{
	CHECK(mkdtemp(template) != NULL);
	return template;
}

static void
remove_dir(const char *dir)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/shared", dir);
	unlink(path);
	rmdir(dir);
}

void
test_shared__is_one_for_all_who_open_it(void)
{
	char template[] = "/tmp/souk-run-XXXXXX";
	const char *dir = scratch_dir(template);
	struct shared *one = shared_open(dir), *two = shared_open(dir);

	if (CHECK(one && two && one != two)) {
		CHECK(atomic_load(&one->key_epoch) == 0);
		atomic_fetch_add(&one->key_epoch, 3);
		CHECK(atomic_load(&two->key_epoch) == 3);
	}
	remove_dir(dir);
}

void
test_shared__replaces_another_layout(void)
{
	char template[] = "/tmp/souk-run-XXXXXX", path[128];
	const char *dir = scratch_dir(template);
	struct shared *old = shared_open(dir), *fresh;

	if (!CHECK(old != NULL))
		return;
	atomic_store(&old->magic, 1);
	atomic_store(&old->key_epoch, 7);
	fresh = shared_open(dir);
	CHECK(fresh && atomic_load(&fresh->key_epoch) == 0);
	CHECK(atomic_load(&old->key_epoch) == 7);
	(void)snprintf(path, sizeof(path), "%s/shared", dir);
	CHECK(access(path, R_OK) == 0);
	remove_dir(dir);
}

void
test_shared__says_why_not(void)
{
	CHECK(!shared_open("/nonexistent/run") && errno == ENOENT);
	CHECK(shared_open(NULL) != NULL);
}

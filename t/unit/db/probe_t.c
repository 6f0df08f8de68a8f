/* The keeper's question: up, away or hung, and told in time whatever the server does. */
#include "scratch.h"
#include "tap.h"

#include "base/clock.h"
#include "base/config.h"
#include "base/shared.h"
#include "db/db_int.h"

#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LIMIT_US 1900000

/* What db_probe() finds at that socket, if it finds it in time. */
static enum database_state
probe(struct arena *a, const char *socket_path)
{
	struct config c = { .db_socket = socket_path, .db_user = "u", .db_name = "d" };
	struct ctx cx = { .arena = a, .db = db_new(a, &c) };
	int64_t begun_us = clock_mono_us();
	enum database_state state = db_probe(&cx);

	CHECK(clock_mono_us() - begun_us < LIMIT_US);
	db_close(cx.db);
	return state;
}

void
test_probe__nobody_there_is_away(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	int64_t begun_us = clock_mono_us();

	CHECK(probe(a, "/nonexistent/souk.sock") == DATABASE_AWAY);
	CHECK(clock_mono_us() - begun_us < 500000);
	arena_free(a);
}

void
test_probe__one_who_listens_and_says_nothing_is_hung(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char template[] = "/tmp/souk-probe-XXXXXX";
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (CHECK(fd >= 0 && mkdtemp(template))) {
		(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/db", template);
		CHECK(!bind(fd, (struct sockaddr *)&address, sizeof(address)) && !listen(fd, 8));
		CHECK(probe(a, address.sun_path) == DATABASE_HUNG);
		close(fd);
		CHECK(probe(a, address.sun_path) == DATABASE_AWAY);
		unlink(address.sun_path);
		rmdir(template);
	}
	arena_free(a);
}

void
test_probe__a_server_is_up_also_when_it_cut_the_connection(void)
{
	struct scratch s, other;

	if (!scratch_open(&s))
		return;
	CHECK(db_probe(&s.cx) == DATABASE_UP);
	if (scratch_join(&other)) {
		scratch_kill(&other, &s);
		CHECK(db_probe(&s.cx) == DATABASE_UP);
		scratch_close(&other);
	}
	scratch_close(&s);
}

/* Nobody waits, or connects, once it is known that the database does not answer; the keeper does all the same. */
void
test_probe__who_knows_that_it_hangs_does_not_connect(void)
{
	struct scratch s;
	struct vitals hung = { .database = DATABASE_HUNG };
	int64_t begun_us;

	if (!scratch_open(&s))
		return;
	vitals_setup(shared_open(NULL));
	vitals_put(&hung);
	conn_drop(s.db);
	begun_us = clock_mono_us();
	scratch_is(db_query0(&s.cx, NULL, "SELECT 1"), ERR_UNAVAILABLE, "database_lost");
	CHECK(clock_mono_us() - begun_us < 100000);
	CHECK(db_probe(&s.cx) == DATABASE_UP);
	s.cx.deadline_us = 0;
	vitals_setup(NULL);
	scratch_fine(db_query0(&s.cx, NULL, "SELECT 1"));
	scratch_close(&s);
}

static void *
cut_soon(void *db)
{
	usleep(200000);
	db_cut(db);
	return NULL;
}

void
test_probe__a_wait_that_is_cut_ends_at_once(void)
{
	struct scratch s;
	int64_t begun_us = clock_mono_us();
	pthread_t thread;

	db_cut(NULL);
	if (!scratch_open(&s))
		return;
	CHECK(!pthread_create(&thread, NULL, cut_soon, s.db));
	scratch_is(
		db_query(&s.cx, NULL, "DO SLEEP(?)", db_int(5)), ERR_UNAVAILABLE, "database_lost");
	CHECK(!pthread_join(thread, NULL));
	CHECK(clock_mono_us() - begun_us < 1500000);
	scratch_fine(db_query0(&s.cx, NULL, "SELECT 1"));
	scratch_close(&s);
}

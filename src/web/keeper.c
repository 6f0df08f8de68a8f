/*
 * A look is bounded: db_probe() gives up within a second, and a file system that hangs makes what was seen grow old, which
 * is noticed. Whoever waits for an answer of a database that hangs is told by SIGURG, through the master, which knows who
 * there is; until then all workers may be waiting, and nobody could even answer /health.
 */
#include "web/keeper.h"

#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "base/space.h"
#include "base/uptime.h"
#include "base/vitals.h"
#include "db/db.h"
#include "db/program.h"
#include "db/server.h"
#include "web/master.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#define PAUSE_MS 500
#define PLACES_EVERY_US INT64_C(60000000) /* how often the database is asked where it keeps what */
#define BOOKS_EVERY_US INT64_C(30000000)  /* how often it is asked what soukctl verify found */
#define PLACES_MOST 8
#define ROUND_ARENA_MAX ((size_t)4 << 20)

/* A directory whose file system is looked at. */
struct place {
	const char *path;
	bool vital; /* if it is full, writes are refused; else only their logs would be lost */
	enum storage_state state;
};

struct keeper {
	const struct config *config;
	struct arena *own, *round;
	struct db *db;
	struct uptime *uptime; /* NULL: it cannot be kept */
	struct place places[PLACES_MOST];
	size_t own_places, places_n; /* ours come first, the database's behind them */
	struct arena_mark places_mark;
	int64_t places_at_us; /* when to ask for them again */
	int64_t books_at_us;
	struct vitals seen;
};

/* ---- space */

static void
add_place(struct keeper *k, const char *path, bool vital, enum storage_state state)
{
	must(k->places_n < PLACES_MOST);
	k->places[k->places_n++] = (struct place){ path, vital, state };
}

static void
own_places(struct keeper *k)
{
	const char *log = k->config->log_file, *slash = strrchr(log, '/');

	add_place(k, k->config->state_dir, true, STORAGE_ROOM);
	add_place(k, k->config->run_dir, false, STORAGE_ROOM);
	if (slash)
		add_place(k, str_z(k->own, (struct str){ log, (size_t)(slash - log) + 1 }), false,
			STORAGE_ROOM);
	k->own_places = k->places_n;
	k->places_mark = arena_mark(k->own);
}

static enum storage_state
state_of(const struct keeper *k, struct str path)
{
	for (size_t i = 0; i < k->places_n; i++)
		if (str_eq_z(path, k->places[i].path))
			return k->places[i].state;
	return STORAGE_ROOM;
}

/* Where this server keeps tables and logs; on another host, paths of ours that are not there are passed over. */
static void
database_places(struct keeper *k)
{
	struct ctx cx = { .arena = k->round, .db = k->db };
	enum storage_state states[COUNT(((struct db_places *)0)->dirs)];
	struct db_places found;

	cx.deadline_us = clock_mono_us() + PAUSE_MS * INT64_C(1000);
	if (clock_mono_us() < k->places_at_us || db_places_read(&cx, &found))
		return;
	k->places_at_us = clock_mono_us() + PLACES_EVERY_US;
	for (size_t i = 0; i < found.n; i++)
		states[i] = state_of(k, found.dirs[i]);
	k->places_n = k->own_places;
	arena_rewind(k->own, k->places_mark);
	for (size_t i = 0; i < found.n; i++)
		add_place(k, str_z(k->own, found.dirs[i]), true, states[i]);
}

/* Once below a bound, only one per cent above it is enough again. */
static enum storage_state
judge(const struct place *p, int percent, int64_t full)
{
	int64_t low = 2 * full;

	if (p->vital && percent < full + (p->state == STORAGE_FULL))
		return STORAGE_FULL;
	return percent < low + (p->state != STORAGE_ROOM) ? STORAGE_LOW : STORAGE_ROOM;
}

/* The worst of all places that can be looked at. */
static enum storage_state
look_at_space(struct keeper *k)
{
	enum storage_state worst = STORAGE_UNKNOWN;

	for (size_t i = 0; i < k->places_n; i++) {
		struct place *p = &k->places[i];
		int percent = space_percent(p->path);

		if (percent < 0)
			continue;
		p->state = judge(p, percent, k->config->disk_percent);
		worst = worst == STORAGE_UNKNOWN ? p->state : MAX(worst, p->state);
	}
	return worst;
}

/* ---- books */

/* What was found on another host, or before this one was started, is in the database alone. */
static void
look_at_books(struct keeper *k)
{
	struct ctx cx = { .arena = k->round, .db = k->db };
	struct books_seen found;

	cx.deadline_us = clock_mono_us() + PAUSE_MS * INT64_C(1000);
	if (clock_mono_us() < k->books_at_us ||
		program_last_found(&cx, STR("souk-verify"), &found.at_ms, &found.differences))
		return;
	k->books_at_us = clock_mono_us() + BOOKS_EVERY_US;
	vitals_put_books(&found);
}

/* ---- a round */

static const char *const database_names[] = { "up", "away", "hung" };
static const char *const storage_names[] = { "room", "low", "full", "unknown" };

static void
tell_changes(const struct vitals *before, const struct vitals *now)
{
	bool well = now->database == DATABASE_UP &&
		(now->storage == STORAGE_ROOM || now->storage == STORAGE_UNKNOWN);

	if (before->database != now->database || before->storage != now->storage)
		log_line(well ? LOG_INFO : LOG_ERROR, "vitals",
			LOG_Z("database", database_names[now->database]),
			LOG_Z("storage", storage_names[now->storage]));
}

static int
note_uptime(struct keeper *k, bool well)
{
	int64_t now_ms = clock_real_ms();

	if (!k->uptime)
		return UPTIME_UNKNOWN;
	uptime_note(k->uptime, now_ms, well);
	return uptime_hundredths(k->uptime, now_ms);
}

static void
look(struct keeper *k)
{
	struct ctx cx = { .arena = k->round, .db = k->db };
	struct vitals now = { .database = db_probe(&cx) };

	if (now.database == DATABASE_UP) {
		database_places(k);
		look_at_books(k);
	}
	now.storage = look_at_space(k);
	now.uptime = note_uptime(k, now.database == DATABASE_UP);
	vitals_put(&now);
	if (now.database == DATABASE_HUNG)
		kill(getppid(), SIGURG);
	tell_changes(&k->seen, &now);
	k->seen = now;
}

/* Waits for the next look; false if it shall end. */
static bool
rest(void)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };
	sigset_t signals;
	int taken;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGQUIT);
	sigaddset(&signals, SIGUSR1);
	taken = sigtimedwait(&signals, NULL, &pause);
	if (taken == SIGUSR1)
		log_reopen();
	return taken < 0 || taken == SIGUSR1;
}

int
keeper_run(const struct config *config)
{
	struct keeper k = {
		.config = config,
		.own = arena_new("keeper", ROUND_ARENA_MAX),
		.round = arena_new("round", ROUND_ARENA_MAX),
		.seen = { .storage = STORAGE_UNKNOWN },
	};

	(void)signal(SIGPIPE, SIG_IGN);
	k.db = db_new(k.own, config);
	k.uptime = uptime_open(config->state_dir);
	if (!k.uptime)
		log_say(LOG_WARN, "no_uptime", "%s: %s", config->state_dir, strerror(errno));
	own_places(&k);
	master_ready();
	do {
		master_busy(STR(
			"look")); /* never idle: one that stops looking is as stuck as one that hangs */
		look(&k);
		arena_reset(k.round);
	} while (rest());
	db_close(k.db);
	arena_free(k.round);
	arena_free(k.own);
	return 0;
}

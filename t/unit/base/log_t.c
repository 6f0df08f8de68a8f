/* Log lines: always one line, always JSON, whatever is logged. */
#include "tap.h"

#include "base/json.h"
#include "base/log.h"

#include <unistd.h>

/* A log file of its own for each test, read back as one text. */
struct logged {
	char path[32];
	struct arena *arena;
};

static bool
begin(struct logged *l)
{
	int fd;

	memcpy(l->path, "/tmp/souk-log-XXXXXX", 21);
	fd = mkstemp(l->path);
	if (!CHECK(fd >= 0))
		return false;
	close(fd);
	l->arena = arena_new("test", 1 << 20);
	return CHECK(log_open(l->path, LOG_DEBUG));
}

static struct str
content(struct logged *l)
{
	char *p = arena_alloc(l->arena, 100000);
	FILE *f = fopen(l->path, "r");
	size_t n = f ? fread(p, 1, 100000, f) : 0;

	if (f)
		fclose(f);
	return (struct str){ p, n };
}

static void
end(struct logged *l)
{
	log_request((struct str){ NULL, 0 }, (struct str){ NULL, 0 });
	CHECK(log_open(NULL, LOG_INFO));
	unlink(l->path);
	arena_free(l->arena);
}

/* The only line of the log, parsed. */
static struct json *
only_line(struct logged *l)
{
	struct str text = content(l), line;
	struct json *j = NULL;

	CHECK(str_split(&text, '\n', &line) && text.n == 0);
	CHECK(json_parse(l->arena, line, &j) == NULL);
	return j;
}

void
test_log__writes_pairs_as_json(void)
{
	struct logged l;
	struct json *j;
	int64_t n = 0;

	if (!begin(&l))
		return;
	log_request(STR("req_1"), STR("4bf9"));
	log_line(LOG_WARN, "thing_done", LOG_S("tenant", STR("a\"b\\c\n\x01")), LOG_I("us", -5),
		LOG_Z("route", NULL));
	j = only_line(&l);
	CHECK_STR(json_string(json_get(j, "level")), "warn");
	CHECK_STR(json_string(json_get(j, "event")), "thing_done");
	CHECK_STR(json_string(json_get(j, "request_id")), "req_1");
	CHECK_STR(json_string(json_get(j, "trace")), "4bf9");
	CHECK_STR(json_string(json_get(j, "tenant")), "a\"b\\c\n\x01");
	CHECK(json_int(json_get(j, "us"), &n) && n == -5);
	CHECK_STR(json_string(json_get(j, "route")), "");
	CHECK(json_int(json_get(j, "pid"), &n) && n == getpid());
	CHECK(json_string(json_get(j, "ts")).n >= 20);
	end(&l);
}

void
test_log__replaces_what_is_no_utf8(void)
{
	struct logged l;

	if (!begin(&l))
		return;
	log_say(LOG_INFO, "event",
		"a\xff"
		"b\xe2\x82"
		"c\xc3\xa4");
	CHECK_STR(json_string(json_get(only_line(&l), "message")),
		"a\xef\xbf\xbd"
		"b\xef\xbf\xbd\xef\xbf\xbd"
		"c\xc3\xa4");
	end(&l);
}

/* Every length around the limit, with text whose escapes and sequences must not be cut in two. */
void
test_log__stays_json_when_it_is_too_long(void)
{
	static const char *const fillers[] = { "a", "\n", "\x01", "\xe2\x82\xac", "\xff" };
	int wrong = 0;

	for (size_t i = 0; i < COUNT(fillers); i++) {
		for (size_t n = 8000; n < 8300; n += 7) {
			struct logged l;
			struct str text, line = { NULL, 0 };
			char *p;

			if (!begin(&l))
				return;
			p = arena_alloc(l.arena, n * 3 + 1);
			for (size_t k = 0; k < n; k++)
				memcpy(p + k * strlen(fillers[i]), fillers[i], strlen(fillers[i]));
			log_line(LOG_INFO, "long", LOG_Z("text", p), LOG_I("n", 1), LOG_Z("t", p));
			text = content(&l);
			wrong += text.n > 8192 || !str_split(&text, '\n', &line) || text.n != 0;
			wrong += json_parse(l.arena, line, &(struct json *){ NULL }) != NULL;
			end(&l);
		}
	}
	CHECK(wrong == 0);
}

void
test_log__keeps_quiet_below_its_level(void)
{
	struct logged l;

	if (!begin(&l))
		return;
	CHECK(log_open(l.path, LOG_WARN));
	CHECK(!log_is_on(LOG_INFO) && log_is_on(LOG_WARN) && log_is_on(LOG_ERROR));
	log_say(LOG_INFO, "event", "not to be seen");
	CHECK(content(&l).n == 0);
	log_say(LOG_ERROR, "event", "to be seen");
	CHECK(content(&l).n > 0);
	end(&l);
}

void
test_log__opens_anew_after_rotation(void)
{
	struct logged l;
	char old[40];

	if (!begin(&l))
		return;
	snprintf(old, sizeof(old), "%s.1", l.path);
	log_say(LOG_INFO, "before", "x");
	CHECK(rename(l.path, old) == 0);
	log_reopen();
	log_say(LOG_INFO, "after", "x");
	CHECK_STR(json_string(json_get(only_line(&l), "event")), "after");
	unlink(old);
	end(&l);
}

void
test_log__refuses_a_path_it_cannot_open(void)
{
	char far[5000];

	memset(far, 'a', sizeof(far));
	far[sizeof(far) - 1] = '\0';
	CHECK(!log_open("/nonexistent/souk.log", LOG_INFO) && errno == ENOENT);
	CHECK(!log_open(far, LOG_INFO) && errno == ENAMETOOLONG);
	CHECK(log_open("-", LOG_INFO));
}

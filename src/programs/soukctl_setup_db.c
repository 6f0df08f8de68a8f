/* MariaDB for Souk: encrypted and with snapshot isolation, a database, two users with just their rights, time zones. */
#include "programs/soukctl_setup.h"

#include "base/crypto.h"
#include "db/admin.h"
#include "db/server.h"

#define MARIADB_CONF "/etc/mysql/mariadb.conf.d"
#define SETTINGS_FILE MARIADB_CONF "/60-souk.cnf"
#define KEY_FILE "/etc/mysql/souk.key"
#define KEY_BYTES 32
#define WAIT_MS 60000

static bool
is_set_right(const struct db_server *s)
{
	return s->encrypts_tables && s->encrypts_log && s->encrypts_temporary &&
		s->flushes_commits && s->isolates_snapshots;
}

/* An encryption key that exists is never replaced: without it the tables would stay closed. */
static int
write_key(struct setup *s)
{
	const struct passwd *mysql = getpwnam("mysql");
	struct file f = { .path = KEY_FILE, .mode = 0400 };
	unsigned char key[KEY_BYTES];
	struct str text;

	if (file_exists(KEY_FILE))
		return 0;
	if (!mysql)
		return setup_fail(EXIT_CONFIG, "there is no user mysql: is MariaDB installed?");
	f.uid = mysql->pw_uid;
	f.gid = mysql->pw_gid;
	crypto_random(key, sizeof(key));
	text = str_fmt(s->c->arena, "1;%.*s\n", STRF(str_hex(s->c->arena, key, sizeof(key))));
	crypto_wipe(key, sizeof(key));
	return file_write(s->c->arena, &f, text)
		? 0
		: setup_fail(EXIT_CONFIG, "%s: %s", f.path, strerror(errno));
}

static int
write_settings(struct setup *s)
{
	const struct file f = { .path = SETTINGS_FILE, .mode = 0644 };
	const struct word words[] = { { "@KEY_FILE@", STR(KEY_FILE) }, { NULL, STR("") } };
	struct str text;
	int status = write_key(s);

	if (status)
		return status;
	if (!file_read(s->c->arena, SOUK_DATADIR "/mariadb/souk.cnf.in", &text))
		return setup_fail(
			EXIT_CONFIG, SOUK_DATADIR "/mariadb/souk.cnf.in: %s", strerror(errno));
	if (!file_write(s->c->arena, &f, template_fill(s->c->arena, text, words)))
		return setup_fail(EXIT_CONFIG, "%s: %s", f.path, strerror(errno));
	if (shell_run((const char *const[]){ "service", "mariadb", "restart", NULL }))
		return setup_fail(EXIT_UNAVAILABLE,
			"MariaDB did not start again with %s; its log says why", f.path);
	return 0;
}

static struct err *
look(struct setup *s, int wait_ms, struct db_server *server)
{
	struct err *e;

	ctl_close(s->c);
	e = db_admin_open(s->c->arena, s->c->config.db_socket, "root", wait_ms, &s->c->cx.db);
	return e ? e : db_server_read(&s->c->cx, server);
}

/* Gives the server the settings it lacks, and leaves an open connection. */
static int
make_server_right(struct setup *s, struct db_server *server)
{
	struct err *e = look(s, 0, server);
	int status;

	if (!e && is_set_right(server)) {
		setup_tell("MariaDB's settings", "there");
		return 0;
	}
	if (e && e->code != ERR_UNAVAILABLE)
		return ctl_fail(s->c, e);
	status = write_settings(s);
	if (status)
		return status;
	e = look(s, WAIT_MS, server);
	if (e)
		return ctl_fail(s->c, e);
	if (!is_set_right(server))
		return setup_fail(EXIT_CONFIG,
			"another file of MariaDB's configuration overrules %s", SETTINGS_FILE);
	setup_tell("MariaDB's settings", SETTINGS_FILE);
	return 0;
}

static struct str
identified(struct arena *a, const char *password)
{
	if (!*password)
		return STR("VIA unix_socket");
	return str_fmt(a, "BY %.*s", STRF(db_quote(a, str_of(password))));
}

static int
make_users(struct setup *s)
{
	const struct config *config = &s->c->config;
	struct arena *a = s->c->arena;
	const struct word words[] = {
		{ "@NAME@", str_of(config->db_name) },
		{ "@USER@", str_of(config->db_user) },
		{ "@AUTH@", identified(a, config->db_password) },
		{ "@MIGRATE_USER@", str_of(config->migrate_user) },
		{ "@MIGRATE_AUTH@", identified(a, config->migrate_password) },
		{ NULL, STR("") },
	};
	struct str text;
	struct err *e;

	if (!*config->migrate_user || !strcmp(config->migrate_user, config->db_user))
		return setup_fail(EXIT_CONFIG,
			"SOUK_MIGRATE_USER must be another user than SOUK_DB_USER, who may change "
			"no table");
	if (!file_read(a, SOUK_DATADIR "/mariadb/users.sql.in", &text))
		return setup_fail(
			EXIT_CONFIG, SOUK_DATADIR "/mariadb/users.sql.in: %s", strerror(errno));
	e = db_script(&s->c->cx, template_fill(a, text, words));
	if (e)
		return ctl_fail(s->c, e);
	setup_tell("database and its users", config->db_name);
	return 0;
}

static int
load_time_zones(struct setup *s, const struct db_server *server)
{
	static const char load[] =
		"mariadb-tzinfo-to-sql --skip-write-binlog /usr/share/zoneinfo 2>/dev/null |"
		" mariadb --no-defaults --user=root --socket=\"$1\" mysql";

	if (server->knows_time_zones) {
		setup_tell("time zones", "there");
		return 0;
	}
	if (shell_run(
		    (const char *const[]){ "sh", "-c", load, "sh", s->c->config.db_socket, NULL }))
		return setup_fail(EXIT_UNAVAILABLE, "the time zones could not be loaded");
	setup_tell("time zones", "loaded");
	return 0;
}

/* By a process of its own, since it acts as another user. */
static int
migrate(void)
{
	int status = shell_run((const char *const[]){ "/proc/self/exe", "migrate", NULL });

	if (!status)
		setup_tell("tables", "as this release needs them");
	return status;
}

int
setup_database(struct setup *s)
{
	struct db_server server = { 0 };
	int status = make_server_right(s, &server);

	if (!status)
		status = make_users(s);
	if (!status)
		status = load_time_zones(s, &server);
	ctl_close(s->c);
	return status ? status : migrate();
}

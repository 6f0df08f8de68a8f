/*
 * soukctl doctor: looks at everything that Souk stands on and says, for each fault, the command that
 * repairs it. Checks run in the order in which things build on one another; one whose ground is
 * missing is skipped.
 */
#include "programs/soukctl.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/json_out.h"
#include "base/shared.h"
#include "base/space.h"
#include "base/tls.h"
#include "base/vitals.h"
#include "db/migrate.h"
#include "db/program.h"
#include "db/server.h"
#include "model/plan.h"
#include "programs/soukctl_probe.h"

#include <sys/stat.h>
#include <unistd.h>

#define OUT_MAX ((size_t)1 << 20)
#define SPARE_CONNECTIONS 8 /* beside the workers': the keeper, programs, people */
#define BACKLOG 4096
#define SKEW_MS 2000
#define STALE_US 3000000 /* the keeper looks about once a second */
#define DAY_S INT64_C(86400)
#define EXPIRES_SOON_S (14 * DAY_S)
#define CHORES_MS (2 * DAY_S * 1000)
#define BOOKS_MS (3 * DAY_S * 1000)

enum state { WELL, FAULT, SKIPPED };

struct finding {
	const char *name;
	enum state state;
	struct str message, repair;
};

struct doctor {
	struct ctl *c;
	struct finding findings[32];
	size_t n;
	bool settings, linked;
	struct db_server server;
	struct tls_answer site;
	bool site_answered;
};

static struct finding *
add(struct doctor *d, const char *name, enum state state)
{
	must(d->n < COUNT(d->findings));
	d->findings[d->n] = (struct finding){ .name = name, .state = state };
	return &d->findings[d->n++];
}

PRINTF(3, 4)
static void
well(struct doctor *d, const char *name, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, name, WELL)->message = str_vfmt(d->c->arena, fmt, ap);
	va_end(ap);
}

static void
skip(struct doctor *d, const char *name)
{
	add(d, name, SKIPPED)->message = STR("could not be looked at: see above");
}

/* `repair` is a command, or a sentence that says what to edit. */
PRINTF(4, 5)
static void
fault(struct doctor *d, const char *name, struct str message, const char *repair, ...)
{
	struct finding *f = add(d, name, FAULT);
	va_list ap;

	va_start(ap, repair);
	f->message = message;
	f->repair = str_vfmt(d->c->arena, repair, ap);
	va_end(ap);
}

static struct str
told_by(const struct err *e)
{
	return e->log.n ? e->log : e->message;
}

static void
check_settings(struct doctor *d)
{
	struct err *e = config_read(d->c->arena, &d->c->config);
	const char *path = config_file();

	d->settings = !e;
	if (!e) {
		well(d, "settings", "%s", path ? path : "from the environment");
		return;
	}
	for (struct err_detail *x = e->details; x && d->n < 8; x = x->next)
		fault(d, "settings", x->message,
			"edit %s (soukctl describe --config lists what there is)",
			path ? path : "the environment");
}

/* Root sees and may too much: what matters is what the service's user finds. */
static void
check_user(struct doctor *d)
{
	if (!d->settings)
		skip(d, "user");
	else if (ctl_become(d->c, false))
		fault(d, "user", STR("cannot act as the owner of the run directory"), "su root");
}

static void
check_descriptors(struct doctor *d)
{
	d->linked = !ctl_link(d->c);
	if (d->linked)
		well(d, "descriptors", "all names resolve");
	else
		fault(d, "descriptors", STR("the descriptors contradict one another"),
			"install another build: this one cannot work");
}

static void
check_keyring(struct doctor *d)
{
	const char *path = d->c->config.keyring;
	struct keyring *ring;
	struct stat st;
	struct err *e;

	if (!d->settings) {
		skip(d, "key ring");
	} else if (stat(path, &st)) {
		fault(d, "key ring", str_fmt(d->c->arena, "%s: %s", path, strerror(errno)),
			"(umask 077; printf '1 %%s\\n' \"$(openssl rand -hex 32)\" >'%s')"
			" — only if there never was one: without the old keys, sealed secrets stay "
			"closed",
			path);
	} else if (access(path, R_OK)) {
		fault(d, "key ring", str_fmt(d->c->arena, "%s: %s", path, strerror(errno)),
			"chown souk '%s'", path);
	} else if (st.st_mode & 077) {
		fault(d, "key ring",
			str_fmt(d->c->arena, "%s is open to others (mode %04o)", path,
				(unsigned)st.st_mode & 07777U),
			"chmod 600 '%s'", path);
	} else {
		e = keyring_read(d->c->arena, path, &ring);
		if (e)
			fault(d, "key ring", told_by(e), "restore '%s' from its backup", path);
		else
			well(d, "key ring", "%s", path);
	}
}

static void
check_run_dir(struct doctor *d)
{
	const char *dir = d->c->config.run_dir;
	struct stat st;

	if (!d->settings)
		skip(d, "run directory");
	else if (stat(dir, &st))
		fault(d, "run directory", str_fmt(d->c->arena, "%s: %s", dir, strerror(errno)),
			"systemd-tmpfiles --create, or install -d -m 2710 -o souk -g www-data '%s'",
			dir);
	else if (access(dir, W_OK | X_OK))
		fault(d, "run directory", str_fmt(d->c->arena, "%s cannot be written", dir),
			"chown souk '%s' && chmod u+wx '%s'", dir, dir);
	else if (!shared_open(dir))
		fault(d, "run directory",
			str_fmt(d->c->arena, "%s/shared: %s", dir, strerror(errno)),
			"rm '%s/shared' && systemctl restart souk-api", dir);
	else
		well(d, "run directory", "%s", dir);
}

static void
check_state_dir(struct doctor *d)
{
	const char *dir = d->c->config.state_dir;
	struct stat st;

	if (!d->settings)
		skip(d, "state directory");
	else if (!stat(dir, &st) && S_ISDIR(st.st_mode) && !access(dir, W_OK | X_OK))
		well(d, "state directory", "%s", dir);
	else
		fault(d, "state directory",
			str_fmt(d->c->arena, "%s cannot be written: uptime is not recorded", dir),
			"systemd-tmpfiles --create, or install -d -m 750 -o souk -g souk '%s'",
			dir);
}

/* The file, or the directory in which it will be made. */
static void
check_log(struct doctor *d)
{
	const char *path = d->settings ? d->c->config.log_file : "", *slash = strrchr(path, '/');
	struct str dir = str_cut(str_of(path), 0, slash ? (size_t)(slash - path) : 0);
	const char *dir_z = dir.n ? str_z(d->c->arena, dir) : "/";

	if (!d->settings)
		skip(d, "log");
	else if (!slash)
		well(d, "log", "standard error");
	else if (!access(path, W_OK) || (errno == ENOENT && !access(dir_z, W_OK | X_OK)))
		well(d, "log", "%s", path);
	else
		fault(d, "log",
			str_fmt(d->c->arena, "%s cannot be written: %s", path, strerror(errno)),
			"install -d -m 2750 -o souk -g adm '%s' && chown -f souk '%s'", dir_z,
			path);
}

/* What db_open() found the server to lack, and how that is given to it. */
static const char *
database_repair(struct arena *a, struct str log)
{
	static const char *const known[][2] = {
		{ "innodb_snapshot_isolation",
			"soukctl setup, or mariadb -e 'SET GLOBAL innodb_snapshot_isolation = ON' "
			"and the "
			"same line below [mariadbd]" },
		{ "time zone", "mariadb-tzinfo-to-sql /usr/share/zoneinfo | mariadb mysql" },
		{ "character set", "mariadb -e 'ALTER DATABASE souk CHARACTER SET utf8mb4'" },
		{ "Access denied", "soukctl setup makes SOUK_DB_USER anew, with SOUK_DB_PASSWORD" },
		{ "Unknown database", "soukctl setup" },
	};

	for (size_t i = 0; i < COUNT(known); i++) {
		if (strstr(str_z(a, log), known[i][0]))
			return known[i][1];
	}
	return "systemctl start mariadb";
}

static void
check_database(struct doctor *d)
{
	struct ctx *cx = &d->c->cx;
	struct err *e;

	if (!d->settings) {
		skip(d, "database");
		return;
	}
	e = db_open(d->c->arena, &d->c->config, 0, &cx->db);
	e = e ? e : db_server_read(cx, &d->server);
	if (e)
		fault(d, "database", told_by(e), "%s", database_repair(cx->arena, told_by(e)));
	else
		well(d, "database",
			"MariaDB %.*s, snapshot isolation on, time zones loaded, user %s",
			STRF(d->server.version), d->c->config.db_user);
	if (!e)
		return;
	db_close(cx->db);
	cx->db = NULL;
}

static void
check_grants(struct doctor *d)
{
	struct db_grants g;
	struct err *e;

	if (!d->c->cx.db) {
		skip(d, "grants");
		return;
	}
	e = db_grants_read(&d->c->cx, &g);
	if (e)
		fault(d, "grants", told_by(e), "soukctl setup");
	else if (g.missing.n)
		fault(d, "grants",
			str_fmt(d->c->arena, "%s lacks %.*s", d->c->config.db_user,
				STRF(g.missing)),
			"soukctl setup, or mariadb -e 'GRANT %.*s ON %s.* TO %s@localhost'",
			STRF(g.missing), d->c->config.db_name, d->c->config.db_user);
	else if (g.excess.n)
		fault(d, "grants",
			str_fmt(d->c->arena, "%s may more than it needs: %.*s",
				d->c->config.db_user, STRF(g.excess)),
			"soukctl setup makes the user anew, with just its rights");
	else
		well(d, "grants", "%s may read and write rows, and nothing else",
			d->c->config.db_user);
}

static void
check_encryption(struct doctor *d)
{
	const struct db_server *s = &d->server;

	if (!d->c->cx.db)
		skip(d, "encryption");
	else if (s->encrypts_tables && s->encrypts_log && s->encrypts_temporary)
		well(d, "encryption", "tables, logs and temporary files");
	else
		fault(d, "encryption",
			str_fmt(d->c->arena, "not encrypted at rest:%s%s%s",
				s->encrypts_tables ? "" : " tables", s->encrypts_log ? "" : " logs",
				s->encrypts_temporary ? "" : " temporary files"),
			"soukctl setup gives MariaDB the settings of " SOUK_DATADIR
			"/mariadb/souk.cnf.in and starts it again");
}

static void
check_durability(struct doctor *d)
{
	if (!d->c->cx.db)
		skip(d, "durability");
	else if (d->server.flushes_commits)
		well(d, "durability", "every commit reaches the disk");
	else
		fault(d, "durability", STR("a power cut would lose commits that were answered"),
			"mariadb -e 'SET GLOBAL innodb_flush_log_at_trx_commit = 1', and the same "
			"line in "
			"its configuration");
}

static void
check_connections(struct doctor *d)
{
	int64_t need = d->c->config.workers + SPARE_CONNECTIONS;

	if (!d->c->cx.db)
		skip(d, "connections");
	else if (d->server.max_connections >= need)
		well(d, "connections", "%" PRId64 " allowed", d->server.max_connections);
	else
		fault(d, "connections",
			str_fmt(d->c->arena, "%" PRId64 " allowed, %" PRId64 " needed",
				d->server.max_connections, need),
			"mariadb -e 'SET GLOBAL max_connections = %" PRId64 "'", need);
}

static void
check_clock(struct doctor *d)
{
	int64_t skew = d->server.now_ms - clock_real_ms();

	if (!d->c->cx.db)
		skip(d, "clock");
	else if (skew > -SKEW_MS && skew < SKEW_MS)
		well(d, "clock", "here and at the database it is the same time");
	else
		fault(d, "clock",
			str_fmt(d->c->arena, "the database's clock is %" PRId64 " ms off", skew),
			"timedatectl set-ntp true");
}

static void
check_migrations(struct doctor *d)
{
	int pending;
	struct err *e;

	if (!d->c->cx.db) {
		skip(d, "migrations");
		return;
	}
	e = migrate_pending(&d->c->cx, d->c->config.sql_dir, &pending);
	if (e)
		fault(d, "migrations", told_by(e), "compare '%s' with the installed release",
			d->c->config.sql_dir);
	else if (pending)
		fault(d, "migrations", str_fmt(d->c->arena, "%d to be applied", pending),
			"soukctl migrate");
	else
		well(d, "migrations", "all applied");
}

static void
check_schema(struct doctor *d)
{
	struct err *e;

	if (!d->c->cx.db || !d->linked) {
		skip(d, "schema");
		return;
	}
	e = model_check_schema(&d->c->cx);
	if (!e)
		well(d, "schema", "the tables are what the descriptors say");
	for (struct err_detail *x = e ? e->details : NULL; x && d->n < 24; x = x->next)
		fault(d, "schema",
			str_fmt(d->c->arena, "%.*s: %.*s", STRF(x->field), STRF(x->message)),
			"soukctl migrate, or take back what was changed by hand");
	if (e && !e->details)
		fault(d, "schema", told_by(e), "soukctl migrate");
}

/* What cron starts: without it tables grow, or money and parcels stay on their way, and nothing else shows that. */
static void
check_chores(struct doctor *d, const char *check, const char *program)
{
	int64_t last_ms, age_ms;
	struct err *e;

	if (!d->c->cx.db) {
		skip(d, check);
		return;
	}
	e = program_last(&d->c->cx, str_of(program), &last_ms);
	age_ms = clock_real_ms() - last_ms;
	if (e)
		fault(d, check, told_by(e), "soukctl migrate");
	else if (age_ms <= CHORES_MS)
		well(d, check, "done within two days");
	else
		fault(d, check,
			str_fmt(d->c->arena, "%s was last done %" PRId64 " days ago", program,
				age_ms / 1000 / DAY_S),
			"%s; systemctl enable --now %s.timer or, without systemd, see that cron "
			"runs and " SOUK_CRONDIR "/souk is there",
			program, program);
}

/* What differs is money or goods that are gone: somebody must look. */
static void
check_books(struct doctor *d)
{
	int64_t last_ms, found_ms, differences;
	struct err *e;

	if (!d->c->cx.db) {
		skip(d, "books");
		return;
	}
	e = program_last(&d->c->cx, STR("souk-verify"), &last_ms);
	e = e ? e : program_last_found(&d->c->cx, STR("souk-verify"), &found_ms, &differences);
	if (e)
		fault(d, "books", told_by(e), "soukctl migrate");
	else if (differences)
		fault(d, "books",
			str_fmt(d->c->arena, "soukctl verify found %" PRId64 " differences",
				differences),
			"soukctl verify names them; mend what made them first");
	else if (clock_real_ms() - last_ms <= BOOKS_MS)
		well(d, "books", "verified within three days");
	else
		fault(d, "books",
			str_fmt(d->c->arena, "they were last verified %" PRId64 " days ago",
				(clock_real_ms() - last_ms) / 1000 / DAY_S),
			"soukctl verify; systemctl enable --now souk-verify.timer or, without "
			"systemd, see that cron runs and " SOUK_CRONDIR "/souk is there");
}

/* On a full disk InnoDB may abort or hang: a shop that only reads is better. */
static void
check_space(struct doctor *d, const char *name, const char *dir)
{
	int percent = dir ? space_percent(dir) : -1;

	if (percent < 0)
		skip(d, name);
	else if (percent >= d->c->config.disk_percent)
		well(d, name, "%d %% free at %s", percent, dir);
	else
		fault(d, name, str_fmt(d->c->arena, "%d %% free at %s", percent, dir),
			"df -h '%s'; make room, then it goes on by itself", dir);
}

static void
check_backlog(struct doctor *d)
{
	FILE *f = fopen("/proc/sys/net/core/somaxconn", "re");
	char line[32] = "";
	int64_t n;
	bool read = f && fgets(line, sizeof(line), f);

	if (f)
		(void)fclose(f);
	if (!read || !str_int(str_trim(str_of(line)), &n))
		skip(d, "backlog");
	else if (n >= BACKLOG)
		well(d, "backlog", "%" PRId64, n);
	else
		fault(d, "backlog",
			str_fmt(d->c->arena, "sockets queue %" PRId64 " requests, %d are needed", n,
				BACKLOG),
			"sysctl -w net.core.somaxconn=%d, and the same in /etc/sysctl.d/souk.conf",
			BACKLOG);
}

static void
check_workers(struct doctor *d)
{
	const char *what;

	if (!d->settings) {
		skip(d, "workers");
		return;
	}
	what = probe_workers(d->c->config.listen);
	if (what)
		fault(d, "workers", str_fmt(d->c->arena, "%s: %s", d->c->config.listen, what),
			"systemctl restart souk-api; journalctl -u souk-api says why it ended");
	else
		well(d, "workers", "answer on %s", d->c->config.listen);
}

/* What it writes outlives it, so its time is what counts. */
static void
check_keeper(struct doctor *d)
{
	struct shared *shared = d->settings ? shared_open(d->c->config.run_dir) : NULL;
	int64_t age_us;

	if (!shared) {
		skip(d, "keeper");
		return;
	}
	vitals_setup(shared);
	age_us = vitals_age_us();
	if (age_us >= 0 && age_us <= STALE_US)
		well(d, "keeper", "looks after database and disks");
	else
		fault(d, "keeper",
			age_us < 0 ? STR("has never looked")
				   : str_fmt(d->c->arena, "has not looked for %" PRId64 " s",
					     age_us / 1000000),
			"systemctl restart souk-api; journalctl -u souk-api says why it ended");
}

/* "host:port" of the site, as clients reach it. */
static const char *
site_address(const struct doctor *d)
{
	struct str url = str_of(d->c->config.base_url);
	struct str host = url.n ? str_cut(url, sizeof("https://") - 1, url.n) : STR("127.0.0.1");

	return str_fmt(
		d->c->arena, "%.*s%s", STRF(host), str_find(host, ':') < host.n ? "" : ":443")
		.p;
}

static void
check_site(struct doctor *d)
{
	const char *address, *what, *text;

	if (!d->settings) {
		skip(d, "site");
		return;
	}
	address = site_address(d);
	what = tls_get(d->c->arena, address, "/livez", &d->site);
	d->site_answered = !what;
	text = what ? "" : str_z(d->c->arena, d->site.text);
	if (what)
		fault(d, "site", str_fmt(d->c->arena, "https://%s: %s", address, what),
			"soukctl setup, or systemctl start nginx; SOUK_BASE_URL is where it is "
			"sought");
	else if (strstr(text, "\"alive\""))
		well(d, "site", "https://%s leads to the workers", address);
	else if (strstr(text, "HTTP/1.1 50"))
		fault(d, "site",
			str_fmt(d->c->arena, "https://%s: nginx does not reach the workers",
				address),
			"systemctl restart souk-api; nginx's group must own %s",
			d->c->config.listen);
	else
		fault(d, "site", str_fmt(d->c->arena, "https://%s: another site answers", address),
			"soukctl setup, or include " SOUK_CONFDIR "/nginx.conf in nginx's http {}");
}

static void
check_certificate(struct doctor *d)
{
	int64_t left_s = d->site.expires_in_s;

	if (!d->site_answered)
		skip(d, "certificate");
	else if (left_s > EXPIRES_SOON_S)
		well(d, "certificate", "expires in %" PRId64 " days", left_s / DAY_S);
	else
		fault(d, "certificate",
			left_s < 0 ? STR("has expired")
				   : str_fmt(d->c->arena, "expires in %" PRId64 " days",
					     left_s / DAY_S),
			"renew it; one signed by itself: rm -r " SOUK_CONFDIR
			"/tls && soukctl setup");
}

/* ---- telling */

static const char *const state_names[] = { "ok", "fault", "skipped" };

static void
print_text(const struct doctor *d)
{
	static const char *const marks[] = { "ok   ", "FAULT", "-    " };

	for (size_t i = 0; i < d->n; i++) {
		const struct finding *f = &d->findings[i];

		(void)printf("%s  %-15s %.*s\n", marks[f->state], f->name, STRF(f->message));
		if (f->repair.n)
			(void)printf("       repair: %.*s\n", STRF(f->repair));
	}
}

static void
print_json(const struct doctor *d, size_t faults)
{
	struct buf b;

	buf_init(&b, d->c->arena, 4096, OUT_MAX);
	buf_fmt(&b, "{\"ok\":%s,\"checks\":[", faults ? "false" : "true");
	for (size_t i = 0; i < d->n; i++) {
		const struct finding *f = &d->findings[i];

		json_out_comma(&b);
		buf_char(&b, '{');
		JSON_OUT_NAME(&b, "name");
		json_out_z(&b, f->name);
		JSON_OUT_NAME(&b, "state");
		json_out_z(&b, state_names[f->state]);
		JSON_OUT_NAME(&b, "message");
		json_out_string(&b, f->message);
		if (f->repair.n) {
			JSON_OUT_NAME(&b, "repair");
			json_out_string(&b, f->repair);
		}
		buf_char(&b, '}');
	}
	buf_z(&b, "]}\n");
	(void)fwrite(b.p, 1, b.n, stdout);
}

static void
examine(struct doctor *d)
{
	check_settings(d);
	check_user(d);
	check_descriptors(d);
	check_keyring(d);
	check_run_dir(d);
	check_state_dir(d);
	check_log(d);
	check_database(d);
	check_grants(d);
	check_encryption(d);
	check_durability(d);
	check_connections(d);
	check_clock(d);
	check_migrations(d);
	check_schema(d);
	check_chores(d, "housekeeping", "souk-housekeep");
	check_chores(d, "payments", "souk-payments");
	check_chores(d, "shipments", "souk-shipments");
	check_books(d);
	check_space(d, "disk", d->settings ? d->c->config.run_dir : NULL);
	check_space(d, "database disk",
		d->server.data_dir.n ? str_z(d->c->arena, d->server.data_dir) : NULL);
	check_backlog(d);
	check_workers(d);
	check_keeper(d);
	check_site(d);
	check_certificate(d);
}

static int
run(struct ctl *c)
{
	struct doctor d = { .c = c };
	size_t faults = 0;

	examine(&d);
	for (size_t i = 0; i < d.n; i++)
		faults += d.findings[i].state == FAULT;
	if (ctl_given(c, "json"))
		print_json(&d, faults);
	else
		print_text(&d);
	return faults ? 1 : 0;
}

static const struct option_row options[] = {
	{ "json", NULL, "as JSON" },
};

const struct verb verb_doctor = {
	.words = "doctor",
	.doc = "look for faults, and say how each is repaired; 1 if there is one",
	.options = options,
	.noptions = COUNT(options),
	.run = run,
};

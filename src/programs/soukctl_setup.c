/*
 * soukctl setup: from an installed package to a shop that answers. Each part looks first and makes only
 * what is missing, so that it may be run again, and mends what has been taken away.
 */
#include "programs/soukctl_setup.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "programs/soukctl_probe.h"

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SERVICE_USER "souk"
#define DEMO_KEY_FILE SOUK_STATEDIR "/demo-key"
#define START_US INT64_C(10000000)

void
setup_tell(const char *what, const char *outcome)
{
	(void)fprintf(stderr, "  %-24s %s\n", what, outcome);
}

int
setup_fail(int status, const char *fmt, ...)
{
	va_list ap;

	(void)fputs("soukctl: ", stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	return status;
}

static bool
read_port(const struct ctl *c, const char *option, int64_t initial, int64_t *port)
{
	struct str text = ctl_text(c, option);

	*port = initial;
	return !text.p || (str_int(text, port) && *port > 0 && *port <= UINT16_MAX);
}

static bool
is_host_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789.-", name.p[i]))
			return false;
	return name.n > 0 && name.n < 254 && *name.p != '-';
}

static int
read_options(struct setup *s)
{
	const struct ctl *c = s->c;

	s->name = ctl_given(c, "name");
	s->site_asked = s->name || ctl_given(c, "port") || ctl_given(c, "sandbox-port") ||
		ctl_given(c, "plain-port");
	s->name = s->name ? s->name : "localhost";
	if (!is_host_name(str_of(s->name)))
		return ctl_usage(c, "--name must be a host's name, in small letters");
	if (!read_port(c, "port", 443, &s->port) ||
		!read_port(c, "sandbox-port", 8443, &s->sandbox_port) ||
		!read_port(c, "plain-port", 80, &s->plain_port))
		return ctl_usage(c, "a port is a number from 1 to %d", UINT16_MAX);
	if (s->port == s->sandbox_port || s->port == s->plain_port ||
		s->sandbox_port == s->plain_port)
		return ctl_usage(c, "each port must be another one");
	return 0;
}

/* The user and the directories are the package's; after `make install` they are asked for here. */
static int
find_ground(struct setup *s)
{
	s->user = getpwnam(SERVICE_USER);
	if (!s->user && !shell_run((const char *const[]){ "systemd-sysusers", NULL }))
		s->user = getpwnam(SERVICE_USER);
	if (!s->user)
		return setup_fail(EXIT_CONFIG,
			"there is no user " SERVICE_USER
			"; adduser --system --group " SERVICE_USER);
	if (!file_exists(s->c->config.run_dir) &&
		shell_run((const char *const[]){ "systemd-tmpfiles", "--create", NULL }) == 127)
		return setup_fail(EXIT_CONFIG, "%s is missing, and there is no systemd-tmpfiles",
			s->c->config.run_dir);
	return 0;
}

static int
make_keyring(struct setup *s)
{
	struct arena *a = s->c->arena;
	const struct file f = { s->c->config.keyring, 0600, s->user->pw_uid, s->user->pw_gid };
	unsigned char key[SEAL_KEY_BYTES];
	struct str text;

	if (file_exists(f.path)) {
		setup_tell("key ring", "there");
		return 0;
	}
	crypto_random(key, sizeof(key));
	text = str_fmt(a, "1 %.*s\n", STRF(str_hex(a, key, sizeof(key))));
	crypto_wipe(key, sizeof(key));
	if (!file_write(a, &f, text))
		return setup_fail(EXIT_CONFIG, "%s: %s", f.path, strerror(errno));
	setup_tell("key ring", f.path);
	return 0;
}

static bool
comes_alive(const char *socket)
{
	const struct timespec pause = { .tv_nsec = 50000000 };
	int64_t give_up_us = clock_mono_us() + START_US;

	while (probe_workers(socket)) {
		if (clock_mono_us() > give_up_us)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

static int
start_service(struct setup *s)
{
	const char *socket = s->c->config.listen;

	if (!s->changed && !probe_workers(socket)) {
		setup_tell("souk-api", "answers");
		return 0;
	}
	if (file_exists("/run/systemd/system") &&
		shell_run((const char *const[]){ "systemctl", "--quiet", "enable", "--now",
			"souk-api.service", "souk-housekeep.timer", "souk-payments.timer",
			"souk-verify.timer", NULL }))
		return setup_fail(
			EXIT_UNAVAILABLE, "souk-api.service and its timers cannot be enabled");
	if (shell_run((const char *const[]){ "service", "souk-api", "restart", NULL }) ||
		!comes_alive(socket))
		return setup_fail(
			EXIT_UNAVAILABLE, "souk-api does not start: soukctl doctor says why");
	setup_tell("souk-api", "started");
	return 0;
}

/* The demo shop's key is kept, so that a second run prints the same line. From here on as the service's user. */
static int
demo_key(struct ctl *c, struct str *secret)
{
	const struct file f = { DEMO_KEY_FILE, 0600, geteuid(), getegid() };
	int status;

	if (file_read(c->arena, f.path, secret) && secret->n)
		return 0;
	status = ctl_demo_key(c, secret);
	if (status)
		return status;
	return file_write(c->arena, &f, *secret)
		? 0
		: setup_fail(EXIT_CONFIG, "%s: %s", f.path, strerror(errno));
}

static int
make_demo(struct setup *s)
{
	const char *url = s->c->config.base_url;
	struct str secret;
	int status = ctl_open(s->c, false);

	if (!status)
		status = ctl_seed_demo(s->c);
	if (!status)
		status = demo_key(s->c, &secret);
	if (status)
		return status;
	setup_tell("demo shop", "tenant_001");
	(void)fputs("\nTry it:\n", stderr);
	(void)printf("curl --cacert " SOUK_CONFDIR
		     "/tls/server.pem -H \"Authorization: Bearer %.*s\" %s/v2/products\n",
		STRF(secret), *url ? url : "https://localhost");
	return 0;
}

static int
run(struct ctl *c)
{
	struct setup s = { .c = c };
	int status = read_options(&s);

	if (status)
		return status;
	if (geteuid() != 0)
		return setup_fail(EXIT_NO_PERMISSION, "setup is for root");
	umask(022);
	status = ctl_settings(c);
	if (!status)
		status = find_ground(&s);
	if (!status)
		status = make_keyring(&s);
	if (!status)
		status = setup_database(&s);
	if (!status)
		status = setup_site(&s);
	if (!status)
		status = start_service(&s);
	return status || !ctl_given(c, "demo") ? status : make_demo(&s);
}

static const struct option_row options[] = {
	{ "demo", NULL, "and load the demo shop; prints a command that asks it something" },
	{ "name", "HOST", "the name that clients call this host by (localhost)" },
	{ "port", "N", "HTTPS port of the live side (443)" },
	{ "sandbox-port", "N", "HTTPS port of the sandbox (8443)" },
	{ "plain-port", "N", "HTTP port, which only refuses (80)" },
};

const struct verb verb_setup = {
	.words = "setup",
	.doc = "make what an installation needs: database, users, keys, certificate, site; again "
	       "changes nothing",
	.options = options,
	.noptions = COUNT(options),
	.run = run,
};

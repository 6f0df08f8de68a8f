/* nginx in front of souk-api: a certificate, the site, and the address under which clients find it. */
#include "programs/soukctl_setup.h"

#include "base/buf.h"
#include "base/tls.h"

#include <sys/stat.h>
#include <unistd.h>

#define TLS_DIR SOUK_CONFDIR "/tls"
#define SITE_FILE SOUK_CONFDIR "/nginx.conf"
#define SITES "/etc/nginx/sites-enabled"
#define SITE_LINK SITES "/souk.conf"
#define SETTINGS_MAX ((size_t)1 << 16)
#define HTTPS_PORT 443

static int
make_certificate(struct setup *s)
{
	const char *const names[] = { s->name, "localhost", "127.0.0.1" };
	const struct file key_file = { .path = TLS_DIR "/server.key", .mode = 0600 };
	const struct file file = { .path = TLS_DIR "/server.pem", .mode = 0644 };
	bool local = !strcmp(s->name, "localhost");
	struct str key, certificate;
	const char *what;

	if (file_exists(file.path)) {
		setup_tell("certificate", "there");
		return 0;
	}
	what = tls_self_signed(
		s->c->arena, names + local, COUNT(names) - local, &key, &certificate);
	if (what)
		return setup_fail(EXIT_SOFTWARE, "no certificate could be made: %s", what);
	if ((mkdir(TLS_DIR, 0755) && errno != EEXIST) || !file_write(s->c->arena, &key_file, key) ||
		!file_write(s->c->arena, &file, certificate))
		return setup_fail(EXIT_CONFIG, TLS_DIR ": %s", strerror(errno));
	setup_tell("certificate", "signed by itself: " TLS_DIR "/server.pem");
	return 0;
}

/* Where clients find the site. */
static struct str
address(const struct setup *s)
{
	struct str url = str_fmt(s->c->arena, "https://%s", s->name);

	if (s->port != HTTPS_PORT)
		url = str_fmt(s->c->arena, "%.*s:%" PRId64, STRF(url), s->port);
	return url;
}

static int
write_site(struct setup *s)
{
	struct arena *a = s->c->arena;
	const struct file f = { .path = SITE_FILE, .mode = 0644 };
	const struct word words[] = {
		{ "@SOCKET@", str_of(s->c->config.listen) },
		{ "@ADDRESS@", STR("*") },
		{ "@PORT@", str_fmt(a, "%" PRId64, s->port) },
		{ "@SANDBOX_PORT@", str_fmt(a, "%" PRId64, s->sandbox_port) },
		{ "@PLAIN_PORT@", str_fmt(a, "%" PRId64, s->plain_port) },
		{ "@DEFAULT@", STR("") },
		{ "@NAME@", str_of(s->name) },
		{ "@BASE_URL@", address(s) },
		{ "@TLS@", STR(TLS_DIR) },
		{ "@ACCESS_LOG@", STR("/var/log/nginx/souk-access.log") },
		{ NULL, STR("") },
	};
	struct str text;

	if (file_exists(SITE_FILE) && !s->site_asked) {
		setup_tell("nginx's site", "there");
		return 0;
	}
	if (!file_read(a, SOUK_DATADIR "/nginx/souk.conf.in", &text))
		return setup_fail(
			EXIT_CONFIG, SOUK_DATADIR "/nginx/souk.conf.in: %s", strerror(errno));
	if (!file_write(a, &f, template_fill(a, text, words)))
		return setup_fail(EXIT_CONFIG, "%s: %s", f.path, strerror(errno));
	setup_tell("nginx's site", SITE_FILE);
	return 0;
}

/* Links the site, unless nginx would not take it: then its other sites go on undisturbed. */
static int
enable_site(void)
{
	bool linked = !file_exists(SITE_LINK);

	if (!file_exists(SITES)) {
		setup_tell("nginx", "not found; include " SITE_FILE " in its http {}");
		return 0;
	}
	if (linked && symlink(SITE_FILE, SITE_LINK))
		return setup_fail(EXIT_CONFIG, SITE_LINK ": %s", strerror(errno));
	if (shell_run((const char *const[]){ "nginx", "-q", "-t", NULL })) {
		if (linked)
			(void)unlink(SITE_LINK);
		return setup_fail(EXIT_CONFIG, "nginx refuses the site; " SITE_LINK "%s",
			linked ? " was taken away again" : " is as before");
	}
	if (shell_run((const char *const[]){
		    "sh", "-c", "service nginx status >/dev/null 2>&1", NULL }) &&
		shell_run((const char *const[]){ "service", "nginx", "start", NULL }))
		return setup_fail(EXIT_UNAVAILABLE, "nginx does not start; its log says why");
	if (shell_run((const char *const[]){ "service", "nginx", "reload", NULL }))
		return setup_fail(EXIT_UNAVAILABLE, "nginx does not reload; its log says why");
	return 0;
}

/* The settings with that one changed: in place of its line, commented out or not, else at the end. */
static struct str
changed(struct arena *a, struct str text, const char *key, struct str value)
{
	struct str name = str_fmt(a, "%s=", key), line;
	bool done = false;
	struct buf b;

	buf_init(&b, a, text.n + 256, SETTINGS_MAX);
	if (str_ends(text, STR("\n")))
		text.n--;
	while (str_split(&text, '\n', &line)) {
		struct str bare = str_starts(line, STR("#")) ? str_cut(line, 1, line.n) : line;
		bool is_it = str_starts(bare, name);

		if (is_it && done)
			continue;
		if (is_it)
			buf_fmt(&b, "%s=%.*s\n", key, STRF(value));
		else
			buf_fmt(&b, "%.*s\n", STRF(line));
		done = done || is_it;
	}
	if (!done)
		buf_fmt(&b, "%s=%.*s\n", key, STRF(value));
	must(!b.overflow);
	return buf_view(&b);
}

static int
write_address(struct setup *s)
{
	struct arena *a = s->c->arena;
	const char *path = config_file();
	struct file f = { .path = path ? path : SOUK_CONFDIR "/souk.env", .mode = 0644 };
	struct str text = STR(""), url = address(s);

	if (!s->site_asked)
		return 0;
	if (str_eq_z(url, s->c->config.base_url))
		return 0;
	if (path && !file_read(a, path, &text))
		return setup_fail(EXIT_CONFIG, "%s: %s", path, strerror(errno));
	if (!file_write(a, &f, changed(a, text, "SOUK_BASE_URL", url)))
		return setup_fail(EXIT_CONFIG, "%s: %s", f.path, strerror(errno));
	s->c->config.base_url = url.p;
	s->changed = true;
	setup_tell("SOUK_BASE_URL", url.p);
	return 0;
}

int
setup_site(struct setup *s)
{
	int status = make_certificate(s);

	if (!status)
		status = write_site(s);
	if (!status)
		status = write_address(s);
	return status ? status : enable_site();
}

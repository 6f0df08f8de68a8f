/* One input: an arena of its own, and the context that requests have. What lasts is made once. */
#define _GNU_SOURCE
#include "fuzz.h"

#include "base/config.h"
#include "base/json_scan.h"
#include "model/plan.h"
#include "shop/resources.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define LASTING ((size_t)64 << 20)

const struct fuzz_target fuzz_targets[] = {
#define X(name, bytes) { #name, bytes, fuzz_##name },
#include "targets.def"
#undef X
	{ 0 },
};

const struct fuzz_target *
fuzz_find(const char *name)
{
	for (const struct fuzz_target *t = fuzz_targets; t->name; t++) {
		if (strcmp(t->name, name) == 0)
			return t;
	}
	return NULL;
}

const char *
fuzz_file(struct str text)
{
	static char path[64];
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("input", MFD_CLOEXEC);
	must(fd >= 0 && !fchmod(fd, 0600) && !ftruncate(fd, 0));
	must(pwrite(fd, text.p, text.n, 0) == (ssize_t)text.n);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return path;
}

static struct site *
make_site(struct arena *a)
{
	static struct config config;
	static struct site site = { .config = &config };
	struct keyring *ring = NULL;

	must(!model_link(a, shop_resources));
	must(!keyring_read(a,
		fuzz_file(STR("1 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
			      "\n")),
		&ring));
	site.ring = ring;
	site.once_key = crypto_derive(ring, "once");
	site.routes = routes_new(a, shop_resources);
	site.openapi = openapi_new(a, site.routes);
	return &site;
}

const struct site *
fuzz_site(void)
{
	static struct site *site;

	if (!site)
		site = make_site(arena_new("lasting", LASTING));
	return site;
}

void
fuzz_run(const struct fuzz_target *t, const void *bytes, size_t n)
{
	static const struct str everything = { "*", 1 };
	const struct site *site = fuzz_site();
	struct fuzz f = { .arena = arena_new("input", FUZZ_MEMORY) };

	f.in = (struct str){ n ? bytes : "", n };
	f.cx = (struct ctx){
		.arena = f.arena,
		.ring = site->ring,
		.request_id = STR("req_fuzz"),
		.account = { 5 },
		.tenant = { 7 },
		.actor = STR("key_1"),
		.scopes = { &everything, 1 },
		.ip = STR("192.0.2.1"),
		.currency = STR("USD"),
		.currency_digits = 2,
		.language = STR("en"),
	};
	t->run(&f);
	arena_free(f.arena);
}

size_t
fuzz_pick(struct fuzz *f, size_t n)
{
	size_t pick = f->in.n ? (unsigned char)(*f->in.p - '0') % n : 0;

	f->in = str_cut(f->in, 1, f->in.n);
	return pick;
}

const struct resource *
fuzz_resource(struct fuzz *f)
{
	struct str name = fuzz_line(f);
	const struct resource *r = model_find(name);
	size_t n = 0;

	while (shop_resources[n])
		n++;
	return r ? r : shop_resources[name.n % n];
}

struct str
fuzz_line(struct fuzz *f)
{
	struct str line = { 0 };

	(void)str_split(&f->in, '\n', &line);
	return line;
}

void
fuzz_is_json(struct str text)
{
	struct json_fault fault;

	must(json_scan(text, 64, &fault));
}

void
fuzz_told(struct fuzz *f, const struct err *e)
{
	struct buf b;

	must(!err_is_server(e) && e->message.n);
	buf_init(&b, f->arena, 1024, REPLY_BODY_MAX);
	reply_error_body(&b, f->cx.request_id, e);
	fuzz_is_json(buf_view(&b));
	b.n = 0;
	reply_problem_body(&b, f->cx.request_id, e);
	fuzz_is_json(buf_view(&b));
	must(!b.overflow);
}

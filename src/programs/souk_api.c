/*
 * souk-api: a master and its workers, which answer the API over FastCGI. All that can be wrong with the
 * settings, the descriptors or the tables is found here, before the first worker.
 */
#include "access/access.h"
#include "base/board.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/country.h"
#include "base/crowd.h"
#include "base/currency.h"
#include "base/http.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/shared.h"
#include "base/vitals.h"
#include "db/db.h"
#include "model/language.h"
#include "model/plan.h"
#include "shop/payments/payments.h"
#include "shop/resources.h"
#include "web/call.h"
#include "web/keeper.h"
#include "web/master.h"
#include "web/openapi.h"
#include "web/provoke.h"
#include "web/serve.h"

#include <unistd.h>

#define EXIT_USAGE 64
#define EXIT_CONFIG 78

/* Says every fault, one a line, and gives the exit status. */
static int
refuse(const char *what, const struct err *e)
{
	(void)fprintf(stderr, "souk-api: %s: %.*s\n", what, STRF(e->log.n ? e->log : e->message));
	for (const struct err_detail *d = e->details; d; d = d->next)
		(void)fprintf(stderr, "souk-api: %.*s: %.*s\n", STRF(d->field), STRF(d->message));
	return EXIT_CONFIG;
}

/*
 * A database whose settings or tables are not what the code expects is refused; one that is not there is
 * waited for by the workers.
 */
static struct err *
check_database(struct arena *a, const struct config *config)
{
	struct ctx cx = { .arena = a };
	struct err *e = db_open(a, config, 0, &cx.db);

	if (!e)
		e = model_check_schema(&cx);
	db_close(cx.db);
	if (e && e->code == ERR_UNAVAILABLE) {
		log_line(LOG_WARN, "database_unavailable", LOG_S("log", e->log));
		return NULL;
	}
	return e;
}

/* Memory that all workers share; the run directory must be there for it. */
static int
share(const struct config *config)
{
	struct shared *shared = shared_open(config->run_dir);

	if (!shared) {
		(void)fprintf(stderr, "souk-api: %s: %s\n", config->run_dir, strerror(errno));
		return EXIT_CONFIG;
	}
	metrics_setup(shared);
	access_setup(shared);
	board_setup(shared);
	vitals_setup(shared);
	board_touch_all(); /* what a run before this one knew may be long ago */
	return 0;
}

static int
prepare(struct arena *a, struct site *site, struct config *config)
{
	const struct routes *routes;
	struct cidr_list watchers;
	struct openapi openapi;
	struct keyring *ring;
	struct err *e = config_read(a, config);

	if (e)
		return refuse("settings", e);
	if (!log_open(config->log_file, log_level_of(config->log_level))) {
		(void)fprintf(stderr, "souk-api: %s: %s\n", config->log_file, strerror(errno));
		return EXIT_CONFIG;
	}
	e = keyring_read(a, config->keyring, &ring);
	if (e)
		return refuse("key ring", e);
	e = shop_link(a);
	if (e)
		return refuse("resources", e);
	e = check_database(a, config);
	if (e)
		return refuse("database", e);
	routes = routes_new(a, model_all());
	openapi = openapi_new(a, routes);
	http_setup(a, config);
	reply_setup(config->base_url);
	payments_setup(config->base_url);
	must(cidr_list_parse(a, str_of(config->metrics_from), &watchers, NULL));
	*site = (struct site){
		.config = config,
		.routes = routes,
		.ring = ring,
		.openapi = openapi,
		.watchers = watchers,
		.once_key = crypto_derive(ring, "idempotency"),
		.started_us = clock_mono_us(),
	};
	(void)currency_digits(STR("EUR")); /* has ICU loaded, for all workers */
	(void)country_exists(STR("DE"));
	language_warm();
	provoke_setup();
	crowd_setup((int)MAX(config->workers - MAX(config->workers / 4, 1), 1));
	return share(config);
}

static int
work(void *site, int listen_fd)
{
	return serve(site, listen_fd);
}

static int
keep(void *arg)
{
	const struct site *site = arg;

	return keeper_run(site->config);
}

int
main(int argc, char **argv)
{
	static struct arena *a; /* a worker ends far from here, and a sanitizer asks who holds it */
	struct config config;
	struct site site;
	bool only_check = argc == 2 && strcmp(argv[1], "-t") == 0;
	int status;

	if (argc > 1 && !only_check) {
		(void)fprintf(stderr,
			"usage: souk-api [-t]\n"
			"  -t  check settings, descriptors and tables, then end\n"
			"Settings come from the file named by SOUK_CONFIG, then from the "
			"environment.\n");
		return EXIT_USAGE;
	}
	a = arena_new("process", (size_t)64 << 20);
	status = prepare(a, &site, &config);
	if (!status && !only_check)
		status = master_run(&(struct master){
			.listen = config.listen,
			.workers = (int)config.workers,
			.work = work,
			.keep = keep,
			.arg = &site,
			.memory_mb = config.worker_mb,
			.drain_s = config.drain_s,
			.argv = argv,
		});
	arena_free(a);
	return status;
}

/* soukctl: what an operator does with Souk from a shell. The verbs stand in soukctl_<verb>.c. */
#include "programs/soukctl.h"

#include "base/log.h"

#define MEMORY_MAX ((size_t)1 << 30)

const struct verb *const ctl_verbs[] = {
	&verb_account_limits,
	&verb_config_check,
	&verb_config_show,
	&verb_describe,
	&verb_doctor,
	&verb_import_products,
	&verb_key_create,
	&verb_key_revoke,
	&verb_migrate,
	&verb_openapi,
	&verb_seed,
	&verb_setup,
	&verb_tenant_create,
	NULL,
};

int
main(int argc, char **argv)
{
	struct arena *a = arena_new("soukctl", MEMORY_MAX);
	struct ctl c = { .arena = a, .cx = { .arena = a, .actor = STR("soukctl") } };
	int status;

	log_open(NULL, LOG_WARN);
	status = ctl_parse(&c, ctl_verbs, argc, argv);
	if (status < 0)
		status = c.verb->run(&c);
	ctl_close(&c);
	arena_free(a);
	if (fflush(stdout) && !status) {
		(void)fprintf(stderr, "soukctl: standard output: %s\n", strerror(errno));
		status = EXIT_SOFTWARE;
	}
	return status;
}

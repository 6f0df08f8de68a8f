/* soukctl: what an operator does with Souk from a shell. The verbs stand in soukctl_<verb>.c. */
#include "programs/soukctl.h"

const struct verb *const ctl_verbs[] = {
	&verb_account_limits,
	&verb_config_check,
	&verb_config_show,
	&verb_describe,
	&verb_doctor,
	&verb_import_orders,
	&verb_import_products,
	&verb_key_create,
	&verb_key_revoke,
	&verb_ledger_export,
	&verb_migrate,
	&verb_openapi,
	&verb_seed,
	&verb_setup,
	&verb_tenant_create,
	&verb_verify,
	NULL,
};

int
main(int argc, char **argv)
{
	return ctl_main("soukctl", ctl_verbs, argc, argv);
}

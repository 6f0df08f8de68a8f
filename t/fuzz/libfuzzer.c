/* The targets under libFuzzer. The program is called by the name of its target: fuzz-json runs json. */
#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const struct fuzz_target *target;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *dash = *argc ? strrchr((*argv)[0], '-') : NULL;

	target = dash ? fuzz_find(dash + 1) : NULL;
	if (target)
		return 0;
	(void)fprintf(stderr, "%s: there is no fuzz target of that name\n", (*argv)[0]);
	exit(64);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	fuzz_run(target, bytes, n);
	return 0;
}

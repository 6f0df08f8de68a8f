/* Key rings: what one seals it opens, and what was changed it does not open. */
#include "fuzz.h"

void
fuzz_keyring(struct fuzz *f)
{
	struct keyring *ring = NULL;
	struct err *e = keyring_read(f->arena, fuzz_file(f->in), &ring);
	struct str sealed, plain;

	if (e) {
		must(e->code == ERR_INTERNAL && e->log.n);
		return;
	}
	sealed = crypto_seal(f->arena, ring, f->in, STR("here"));
	must(crypto_open(f->arena, ring, sealed, STR("here"), &plain) && str_eq(plain, f->in));
	must(!crypto_open(f->arena, ring, sealed, STR("there"), &plain));
	must(!crypto_open(f->arena, ring, f->in, STR("here"), &plain));
}

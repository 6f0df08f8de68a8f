/*
 * Tokens that carriers gave this process. They stay in its memory only, in pages that neither a core nor a child gets, and
 * are overwritten when they end; another version of the credentials is another token.
 */
#include "shop/shipping/carrier_int.h"

#include <sys/mman.h>

#include "base/clock.h"
#include "base/crypto.h"

#define TOKENS 32
#define EARLY_US INT64_C(60000000) /* a token is renewed so long before it ends */

struct kept {
	int64_t tenant, carrier, version, until_us, used_us;
	int which;
	bool test;
	size_t n;
	char text[4096 - 6 * 8 - 8];
};

static struct kept kept[TOKENS] __attribute__((aligned(4096)));

static bool
is_of(const struct kept *k, const struct carrier_account *account)
{
	return k->n && k->tenant == account->tenant.n && k->carrier == account->carrier.n &&
		k->version == account->version && k->test == account->test;
}

bool
carrier_token_get(
	struct arena *a, const struct carrier_account *account, int which, struct str *token)
{
	int64_t now = clock_mono_us();

	for (size_t i = 0; i < TOKENS; i++) {
		struct kept *k = &kept[i];

		if (k->n && k->until_us <= now)
			crypto_wipe(k, sizeof(*k));
		if (is_of(k, account) && k->which == which) {
			k->used_us = now;
			*token = str_dup(a, (struct str){ k->text, k->n });
			return true;
		}
	}
	return false;
}

void
carrier_token_keep(
	const struct carrier_account *account, int which, struct str token, int64_t seconds)
{
	static bool guarded;
	struct kept *at = &kept[0];
	int64_t now = clock_mono_us();

	seconds = MIN(seconds, 86400);
	if (token.n > sizeof(at->text) || seconds * 1000000 <= EARLY_US)
		return;
	if (!guarded) {
		(void)madvise(kept, sizeof(kept), MADV_DONTDUMP);
		(void)madvise(kept, sizeof(kept), MADV_WIPEONFORK);
		guarded = true;
	}
	for (size_t i = 0; i < TOKENS; i++)
		if (is_of(&kept[i], account) && kept[i].which == which) {
			at = &kept[i];
			break;
		} else if (kept[i].used_us < at->used_us) {
			at = &kept[i];
		}
	crypto_wipe(at, sizeof(*at));
	*at = (struct kept){ .tenant = account->tenant.n,
		.carrier = account->carrier.n,
		.version = account->version,
		.until_us = now + seconds * 1000000 - EARLY_US,
		.used_us = now,
		.which = which,
		.test = account->test,
		.n = token.n };
	memcpy(at->text, token.p, token.n);
}

void
carrier_token_drop(const struct carrier_account *account)
{
	for (size_t i = 0; i < TOKENS; i++)
		if (is_of(&kept[i], account))
			crypto_wipe(&kept[i], sizeof(kept[i]));
}

void
carrier_tokens_forget(struct id carrier)
{
	for (size_t i = 0; i < TOKENS; i++)
		if (!carrier.n || kept[i].carrier == carrier.n)
			crypto_wipe(&kept[i], sizeof(kept[i]));
}

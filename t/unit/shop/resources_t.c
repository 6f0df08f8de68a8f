/* Every resource of Souk, linked as at start. */
#include "shop/resources.h"

#include "model/plan.h"
#include "tap.h"

void
test_resources__link_without_complaint(void)
{
	struct arena *a = arena_new("test", (size_t)1 << 24);
	struct err *e = model_link(a, shop_resources);

	for (struct err_detail *d = e ? e->details : NULL; d; d = d->next)
		printf("# %.*s: %.*s\n", STRF(d->field), STRF(d->message));
	CHECK(!e);
	arena_free(a);
}

/* What the API promises of every resource, whatever it holds. */
void
test_resources__are_documented(void)
{
	for (const struct resource *const *r = shop_resources; *r; r++) {
		tap_row("%s", (*r)->name);
		CHECK(strlen((*r)->prefix) >= 2 && strlen((*r)->prefix) <= 8);
		for (size_t i = 0; i < (*r)->nfields; i++) {
			tap_row("%s.%s", (*r)->name, (*r)->fields[i].name);
			CHECK((*r)->fields[i].doc && (*r)->fields[i].doc[0]);
		}
		for (size_t i = 0; i < (*r)->nrelations; i++) {
			tap_row("%s.%s", (*r)->name, (*r)->relations[i].name);
			CHECK((*r)->relations[i].doc && (*r)->relations[i].doc[0]);
		}
		for (size_t i = 0; i < (*r)->nactions; i++) {
			tap_row("%s/%s", (*r)->name, (*r)->actions[i].name);
			CHECK((*r)->actions[i].doc && (*r)->actions[i].run);
		}
	}
}

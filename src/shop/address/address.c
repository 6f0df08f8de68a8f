/* The address as it stands inside other objects. */
#include "shop/address/address.h"

static const struct field address_fields[ADDRESS__MAX] = { ADDRESS_ROWS };

const struct resource address_shape =
	SHAPE("address", address_fields, DOC("Where somebody lives, receives or works."));

struct rec *
address_of(struct arena *a, const struct rec *r)
{
	struct rec *address = rec_new(a, &address_shape);

	memcpy(address->v, r->v, ADDRESS__MAX * sizeof(struct value));
	return address;
}

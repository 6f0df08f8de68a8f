/*
 * Whose an order is, and where it goes. Addresses are copies: what the customer changes later does not touch them. One of
 * the customer's may be named by its id, and without a word his defaults are taken.
 */
#include "shop/orders/order_int.h"

#include "base/id.h"
#include "model/query.h"
#include "shop/address/address.h"
#include "shop/customers/customers.h"

struct address_fields {
	int address, id; /* of the order */
	int flag;        /* of the customer's address: it is the default for this */
};

static const struct address_fields kinds[] = {
	{ ORDER_SHIPPING_ADDRESS, ORDER_SHIPPING_ADDRESS_ID, CUSTOMER_ADDRESS_IS_DEFAULT_SHIPPING },
	{ ORDER_BILLING_ADDRESS, ORDER_BILLING_ADDRESS_ID, CUSTOMER_ADDRESS_IS_DEFAULT_BILLING },
};

/* The customer, with his addresses if one of them may be needed; NULL: a guest. */
static struct err *
find_customer(struct ctx *cx, const struct rec *now, bool addresses, struct rec **out)
{
	struct id id = rec_ref(now, ORDER_CUSTOMER);
	struct view view = view_whole(&customer_resource);
	struct err *e;

	*out = NULL;
	if (!id.n)
		return NULL;
	if (!addresses)
		view.includes = 0;
	e = model_get(cx, &customer_resource, ID_NONE,
		id_str(cx->arena, id, customer_resource.prefix), &view, out);
	if (!e || e->code != ERR_NOT_FOUND)
		return e;
	*out = NULL;
	return rec_refuse(cx, now, ORDER_CUSTOMER, REASON_UNKNOWN, "there is no such customer");
}

static struct err *
copy_named(
	struct ctx *cx, struct rec *now, const struct rec *customer, const struct address_fields *f)
{
	struct rec *from = rec_child(customer, CUSTOMER_ADDRESSES, rec_ref(now, f->id));

	if (!from)
		return rec_refuse(cx, now, f->id, REASON_UNKNOWN,
			customer ? "this customer has no such address"
				 : "an address is a customer's: name him by customer_id");
	rec_set_object(cx, now, f->address, address_of(cx->arena, from));
	return NULL;
}

static struct err *
choose(struct ctx *cx, struct rec *now, const struct rec *customer, const struct address_fields *f)
{
	struct rec *from;

	if (rec_has(now, f->address)) {
		rec_set_null(now, f->id);
		return NULL;
	}
	if (rec_has(now, f->id))
		return copy_named(cx, now, customer, f);
	from = customer ? customer_default_address(customer, f->flag) : NULL;
	if (!from)
		return NULL;
	rec_set_ref(now, f->id, from->id);
	rec_set_object(cx, now, f->address, address_of(cx->arena, from));
	return NULL;
}

struct err *
order_find_buyer(struct ctx *cx, struct rec *now, struct rec **customer)
{
	bool needed = !rec_has(now, ORDER_SHIPPING_ADDRESS) || !rec_has(now, ORDER_BILLING_ADDRESS);
	struct err *e = find_customer(cx, now, needed, customer);

	if (!e && *customer && (*customer)->archived_at)
		e = rec_refuse(cx, now, ORDER_CUSTOMER, REASON_UNKNOWN, "the customer is archived");
	if (e)
		return e;
	if (*customer && !rec_has(now, ORDER_EMAIL))
		rec_set_str(now, ORDER_EMAIL, rec_str(*customer, CUSTOMER_EMAIL));
	for (size_t i = 0; i < COUNT(kinds); i++)
		e = err_join(e, choose(cx, now, *customer, &kinds[i]));
	if (!e && !rec_has(now, ORDER_BILLING_ADDRESS)) {
		now->v[ORDER_BILLING_ADDRESS] = now->v[ORDER_SHIPPING_ADDRESS];
		now->v[ORDER_BILLING_ADDRESS_ID] = now->v[ORDER_SHIPPING_ADDRESS_ID];
	}
	return e;
}

static bool
is_named_anew(const struct rec *now, const struct rec *was, const struct address_fields *f)
{
	return rec_has(now, f->id) && rec_changed(now, was, f->id);
}

struct err *
order_readdress(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct rec *customer = NULL;
	struct err *e = NULL;

	if (is_named_anew(now, was, &kinds[0]) || is_named_anew(now, was, &kinds[1]))
		e = find_customer(cx, now, true, &customer);
	for (size_t i = 0; !err_is_server(e) && i < COUNT(kinds); i++) {
		const struct address_fields *f = &kinds[i];

		if (rec_changed(now, was, f->address))
			rec_set_null(now, f->id);
		else if (is_named_anew(now, was, f))
			e = err_join(e, copy_named(cx, now, customer, f));
	}
	return e;
}

/*
 * soukctl seed: the demo tenant with the specification's sample products, the same for another tenant,
 * and products and orders to measure with.
 */
#include "programs/soukctl.h"

#include "access/tenant.h"
#include "shop/catalog/catalog.h"
#include "shop/customers/customers.h"
#include "shop/inventory/inventory.h"
#include "shop/orders/orders.h"
#include "shop/payments/payments.h"
#include "shop/promotions/promotions.h"
#include "shop/shipping/shipping.h"
#include "shop/tax/tax.h"

#include <unistd.h>

#define DEMO STR("tenant_001")
#define PRODUCTS_MAX 50000000
#define ORDERS_MAX 50000000

static void
told(int64_t done)
{
	if (isatty(STDERR_FILENO))
		(void)fprintf(stderr, "\r%" PRId64 " products", done);
}

static void
told_of_orders(int64_t done)
{
	if (isatty(STDERR_FILENO))
		(void)fprintf(stderr, "\r%" PRId64 " orders", done);
}

static struct err *
make_demo(struct ctx *cx)
{
	const struct tenant_new demo = {
		.name = STR("Demo"), .plan = STR("enterprise"), .public_id = 1
	};
	struct tenant found;
	struct id id;
	struct err *e = tenant_find(cx, DEMO, false, &found);

	return e && e->code == ERR_NOT_FOUND ? tenant_create(cx, &demo, &id) : e;
}

/* Each domain's, those first that others refer to. */
static struct err *
load_all(struct ctx *cx)
{
	struct err *e = catalog_sample(cx);

	e = e ? e : inventory_sample(cx);
	e = e ? e : tax_sample(cx);
	e = e ? e : customers_sample(cx);
	e = e ? e : payments_sample(cx);
	e = e ? e : promotions_sample(cx);
	e = e ? e : carriers_sample(cx);
	e = e ? e : orders_sample(cx);
	return e ? e : shipments_sample(cx);
}

static struct err *
load_samples(struct ctx *cx, bool sandbox)
{
	struct tenant t;
	struct err *e = tenant_find(cx, DEMO, sandbox, &t);

	e = e ? e : tenant_enter(cx, &t, STR("soukctl"));
	return e ? e : load_all(cx);
}

int
ctl_seed_demo(struct ctl *c)
{
	struct err *e = make_demo(&c->cx);

	e = e ? e : load_samples(&c->cx, false);
	e = e ? e : load_samples(&c->cx, true);
	return e ? ctl_fail(c, e) : 0;
}

static int
seed_other(struct ctl *c)
{
	int status = ctl_enter(c);
	struct err *e = status ? NULL : load_all(&c->cx);

	return e ? ctl_fail(c, e) : status;
}

static int
generate(struct ctl *c, int64_t products, int64_t orders)
{
	struct catalog_generation g = {
		.products = products,
		.variants = ctl_given(c, "with-variants") != NULL,
		.told = told,
	};
	const struct order_generation o = { orders, told_of_orders };
	struct str which = ctl_text(c, "tenant");
	struct tenant t;
	bool sandbox;
	struct err *e;
	int status = ctl_mode(c, &sandbox);

	if (status)
		return status;
	e = which.p ? NULL : make_demo(&c->cx);
	e = e ? e : tenant_find(&c->cx, which.p ? which : DEMO, sandbox, &t);
	e = e ? e : tenant_enter(&c->cx, &t, STR("soukctl"));
	if (!e && products)
		e = catalog_generate(&c->cx, &g);
	if (!e && orders)
		e = orders_generate(&c->cx, &o);
	if (isatty(STDERR_FILENO))
		(void)fputc('\n', stderr);
	return e ? ctl_fail(c, e) : 0;
}

static int
run(struct ctl *c)
{
	struct str products = ctl_text(c, "products"), orders = ctl_text(c, "orders");
	int64_t np = 0, no = 0;
	int status;

	if (products.p && (!str_int(products, &np) || np < 1 || np > PRODUCTS_MAX))
		return ctl_usage(c, "--products must be a number from 1 to %d", PRODUCTS_MAX);
	if (orders.p && (!str_int(orders, &no) || no < 1 || no > ORDERS_MAX))
		return ctl_usage(c, "--orders must be a number from 1 to %d", ORDERS_MAX);
	status = ctl_open(c, false);
	if (status)
		return status;
	if (np || no)
		return generate(c, np, no);
	return ctl_given(c, "tenant") ? seed_other(c) : ctl_seed_demo(c);
}

static const struct option_row options[] = {
	{ "products", "N", "instead, add N generated products" },
	{ "orders", "N", "the same with orders of them, and their stock" },
	{ "with-variants", NULL, "give each of them two variants and an image" },
	{ "tenant", "TENANT", "whose they shall be: id or name (tenant_001)" },
	{ "mode", "MODE", "live or sandbox (live)" },
};

const struct verb verb_seed = {
	.words = "seed",
	.doc = "load sample products: both sides of the demo tenant, tenant_001, or one side of "
	       "another; again changes nothing",
	.options = options,
	.noptions = COUNT(options),
	.run = run,
};

/* A cancellation is a return of no order, whose money went back: the file does not say which sale it is of. */
#include "shop/orders/order_import_int.h"
#include "shop/orders/returns.h"

static struct rec *
new_item(struct importing *im, const struct rec *r, const struct history_line *l)
{
	const struct named *product = register_get(&im->products, l->sku);
	struct rec *item = order_import_rec(im->cx, &return_item_resource, r->created_at);

	must(product);
	item->parent = r->id;
	rec_set_ref(item, BACK_PRODUCT, product->id);
	if (product->variant.n)
		rec_set_ref(item, BACK_VARIANT, product->variant);
	rec_set_str(item, BACK_SKU, l->sku);
	rec_set_str(item, BACK_NAME, l->name);
	rec_set_int(item, BACK_QUANTITY, l->quantity);
	rec_set_str(item, BACK_CURRENCY, im->cx->currency);
	rec_set_money(item, BACK_PRICE, l->price_minor);
	rec_set_money(item, BACK_AMOUNT, l->quantity * l->price_minor);
	return item;
}

struct rec *
order_import_return(struct importing *im, const struct history_invoice *v)
{
	struct ctx *cx = im->cx;
	struct rec *r = order_import_rec(cx, &return_resource, v->at_ms);
	struct recs *items = &r->many[RETURN_ITEMS];

	r->metadata = order_import_metadata(cx, v);
	if (v->customer.n)
		rec_set_ref(r, RETURN_CUSTOMER, register_get(&im->customers, v->customer)->id);
	rec_set_choice(r, RETURN_STATUS, RETURN_REFUNDED);
	rec_set_str(r, RETURN_CURRENCY, cx->currency);
	rec_set_money(r, RETURN_AMOUNT, v->total_minor);
	rec_set_money(r, RETURN_AMOUNT_REFUNDED, v->total_minor);
	rec_set_time(r, RETURN_APPROVED_AT, v->at_ms);
	rec_set_time(r, RETURN_RECEIVED_AT, v->at_ms);
	rec_set_time(r, RETURN_REFUNDED_AT, v->at_ms);
	items->r = ARENA_ARRAY(cx->arena, v->n, struct rec *);
	for (size_t i = 0; i < v->n; i++)
		items->r[items->n++] = new_item(im, r, &v->lines[i]);
	items->given = true;
	r->counts[RETURN_ITEMS] = (int64_t)v->n;
	return r;
}

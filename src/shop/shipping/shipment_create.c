/*
 * How a shipment is made: the order's row is locked first, so that two shipments never send the same unit; what was left
 * out is filled in; the order counts what is taken from it, with its own lines and stock.
 */
#include "shop/shipping/carriers.h"
#include "shop/shipping/shipments.h"

#include "base/clock.h"
#include "base/id.h"
#include "db/db.h"
#include "model/query.h"
#include "shop/inventory/inventory.h"
#include "shop/shipping/package.h"

const struct shipping_listener *shipping_told;

void
shipping_listen(const struct shipping_listener *l)
{
	shipping_told = l;
}

/* ---- what is in it */

static const struct shipping_line *
find_line(const struct shipping_order *o, struct id item)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->lines[i].item.n == item.n)
			return &o->lines[i];
	return NULL;
}

static void
fill_item(struct rec *item, const struct shipping_line *line)
{
	rec_set_str(item, SENT_SKU, line->sku);
	rec_set_str(item, SENT_NAME, line->name);
	if (!rec_has(item, SENT_QUANTITY))
		rec_set_int(item, SENT_QUANTITY, line->open);
}

static struct err *
take_line(struct ctx *cx, const struct rec *now, size_t at, const struct shipping_order *o)
{
	struct rec *item = now->many[SHIPMENT_ITEMS].r[at];
	const struct shipping_line *line = find_line(o, rec_ref(item, SENT_ITEM));

	if (!line)
		return rec_refuse(
			cx, item, SENT_ITEM, REASON_UNKNOWN, "the order has no such line");
	for (size_t i = 0; i < at; i++)
		if (rec_ref(now->many[SHIPMENT_ITEMS].r[i], SENT_ITEM).n == line->item.n)
			return rec_refuse(cx, item, SENT_ITEM, REASON_TWICE,
				"is the same line as items[%zu]", i);
	fill_item(item, line);
	if (!line->open || rec_int(item, SENT_QUANTITY) > line->open)
		return rec_refuse(cx, item, SENT_QUANTITY, REASON_TOO_LARGE,
			"must be at most what is not sent yet, %" PRId64, line->open);
	return NULL;
}

static struct rec *
new_item(struct ctx *cx, const struct rec *now, const struct shipping_line *line)
{
	struct rec *item = rec_new(cx->arena, &shipment_item_resource);

	item->id = id_new();
	item->parent = now->id;
	item->version = 1;
	item->created_at = item->updated_at = clock_now_ms();
	item->fate = CHILD_ADDED;
	rec_set_ref(item, SENT_ITEM, line->item);
	fill_item(item, line);
	return item;
}

/* All that is open. */
static struct err *
take_all(struct ctx *cx, struct rec *now, const struct shipping_order *o)
{
	struct recs *items = &now->many[SHIPMENT_ITEMS];

	items->r = ARENA_ARRAY(cx->arena, o->n, struct rec *);
	items->n = 0;
	for (size_t i = 0; i < o->n && items->n < SHIPMENT_ITEMS_MOST; i++)
		if (o->lines[i].open)
			items->r[items->n++] = new_item(cx, now, &o->lines[i]);
	now->counts[SHIPMENT_ITEMS] = (int64_t)items->n;
	if (items->n)
		return NULL;
	return err_reason(
		err_new(cx->arena, ERR_CONFLICT, "all of the order was sent"), REASON_FULFILLED);
}

static struct err *
take_lines(struct ctx *cx, struct rec *now, const struct shipping_order *o)
{
	struct recs *items = &now->many[SHIPMENT_ITEMS];
	struct err *e = NULL;

	if (!items->n && items->given) {
		err_field(cx->arena, &e, STR("items"), REASON_REQUIRED,
			"must name at least one line; without it all that is open is sent");
		return e;
	}
	if (!items->n)
		return take_all(cx, now, o);
	for (size_t i = 0; i < items->n; i++)
		e = err_join(e, take_line(cx, now, i, o));
	return e;
}

/* ---- whence and whereto */

struct err *
shipping_origin(struct ctx *cx, struct rec **out)
{
	const struct view whole = view_whole(&warehouse_resource);
	struct db_rows rows;
	struct rec *warehouse;
	struct err *e = db_query(cx, &rows,
		"SELECT id FROM warehouses WHERE tenant_id = ? AND active = 1 AND archived_at IS "
		"NULL"
		" ORDER BY priority, id LIMIT 1",
		db_id(cx->tenant));

	*out = NULL;
	if (e || !rows.n)
		return e;
	e = model_get(cx, &warehouse_resource, ID_NONE,
		id_str(cx->arena, (struct id){ db_row(&rows, 0)[0].i }, warehouse_resource.prefix),
		&whole, &warehouse);
	return e ? e : rec_object(cx, warehouse, WAREHOUSE_ADDRESS, out);
}

static struct err *
fill_addresses(struct ctx *cx, struct rec *now, const struct shipping_order *o)
{
	struct rec *from;
	struct err *e;

	if (!rec_has(now, SHIPMENT_TO)) {
		if (!o->ship_to)
			return rec_refuse(cx, now, SHIPMENT_TO, REASON_REQUIRED,
				"must be given: the order has no shipping address");
		rec_set_object(cx, now, SHIPMENT_TO, o->ship_to);
	}
	if (rec_has(now, SHIPMENT_FROM))
		return NULL;
	e = shipping_origin(cx, &from);
	if (!e && from)
		rec_set_object(cx, now, SHIPMENT_FROM, from);
	return e;
}

/* ---- packages */

static bool
weight_of_line(const struct shipping_line *line, int64_t quantity, int64_t *sum)
{
	int unit = weight_unit_find(line->weight_unit);
	int64_t one, part;

	if (!line->weight.n || unit < 0)
		return true; /* nobody knows, or it is no thing */
	return !decimal_parse(line->weight, MEASURE_SCALE, &one) &&
		weight_of(one, (enum weight_unit)unit, &part) &&
		decimal_scale(part, quantity, 1, ROUND_DOWN, &part) && decimal_add(*sum, part, sum);
}

/* One package of what is in it, as far as its weight is known: what is downloaded has none. */
static void
fill_packages(struct ctx *cx, struct rec *now, const struct shipping_order *o)
{
	const struct recs *items = &now->many[SHIPMENT_ITEMS];
	struct rec *package = rec_new(cx->arena, &package_shape);
	int64_t weight = 0, grams;

	for (size_t i = 0; i < items->n; i++) {
		const struct rec *item = items->r[i];

		if (!weight_of_line(find_line(o, rec_ref(item, SENT_ITEM)),
			    rec_int(item, SENT_QUANTITY), &weight))
			return;
	}
	if (!weight_in(weight, WEIGHT_KG, MEASURE_SCALE, ROUND_UP, &grams) || !grams ||
		grams > MEASURE_MOST)
		return;
	rec_set_decimal(package, PACKAGE_WEIGHT, grams);
	rec_set_choice(package, PACKAGE_WEIGHT_UNIT, WEIGHT_KG);
	rec_set_objects(cx, now, SHIPMENT_PACKAGES, &(struct recs){ &package, 1, true });
}

struct err *
shipment_check_body(struct ctx *cx, const struct rec *now)
{
	struct recs packages;
	struct package *read;
	struct err *e = NULL;

	if (rec_has(now, SHIPMENT_PACKAGES))
		e = rec_objects(cx, now, SHIPMENT_PACKAGES, &packages);
	else
		return NULL;
	return e ? e : packages_read(cx, &packages, &read);
}

struct err *
shipment_fill(struct ctx *cx, struct rec *now)
{
	struct shipping_order o = { 0 };
	struct err *e = shipping_told->items(cx, rec_ref(now, SHIPMENT_ORDER), &o);

	if (e && e->code == ERR_NOT_FOUND)
		e = rec_refuse(cx, now, SHIPMENT_ORDER, REASON_UNKNOWN, "there is no such order");
	else if (!e && o.cancelled)
		return err_reason(err_new(cx->arena, ERR_CONFLICT, "the order is cancelled"),
			REASON_TRANSITION);
	else if (!e)
		e = take_lines(cx, now, &o);
	if (err_is_server(e) || (e && e->code == ERR_CONFLICT))
		return e;
	if (o.n)
		e = err_join(e, fill_addresses(cx, now, &o));
	if (!e && !rec_has(now, SHIPMENT_PACKAGES))
		fill_packages(cx, now, &o);
	return err_is_server(e) ? e : err_join(e, shipment_choose(cx, now));
}

/* ---- what the order is told */

static struct shipping_part *
parts_of(struct ctx *cx, const struct rec *now)
{
	const struct recs *items = &now->many[SHIPMENT_ITEMS];
	struct shipping_part *parts = ARENA_ARRAY(cx->arena, items->n, struct shipping_part);

	for (size_t i = 0; i < items->n; i++)
		parts[i] = (struct shipping_part){ rec_ref(items->r[i], SENT_ITEM),
			rec_int(items->r[i], SENT_QUANTITY) };
	return parts;
}

static int64_t
units(const struct shipping_part *parts, size_t n)
{
	int64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += parts[i].quantity;
	return sum;
}

struct err *
shipment_lock_order(struct ctx *cx, const struct rec *shipment)
{
	return db_exec(cx, "SELECT id FROM orders WHERE tenant_id = ? AND id = ? FOR UPDATE",
		db_id(cx->tenant), db_id(rec_ref(shipment, SHIPMENT_ORDER)));
}

struct err *
shipment_tell(struct ctx *cx, const struct rec *now, enum shipping_news_kind kind, struct str note)
{
	int status = rec_choice(now, SHIPMENT_STATUS);
	struct shipping_news news = { .kind = kind,
		.order = rec_ref(now, SHIPMENT_ORDER),
		.shipment = now->id,
		.parts = parts_of(cx, now),
		.n = now->many[SHIPMENT_ITEMS].n,
		.told = note.n > 0,
		.note = note };
	struct db_rows rows;
	/* Of two that arrive at once, the later one sees that the earlier did. */
	struct err *e = shipment_lock_order(cx, now);

	e = e ? e
	      : db_query(cx, &rows,
			"SELECT CAST(COALESCE(SUM(IF(s.status = 'pending', i.quantity, 0)), 0) AS "
			"SIGNED),"
			" CAST(COALESCE(SUM(s.status NOT IN ('voided', 'delivered', 'returned')), "
			"0) AS "
			"SIGNED)"
			" FROM shipments s FORCE INDEX (of_order) JOIN shipment_items i FORCE "
			"INDEX "
			"(shipment)"
			" ON i.tenant_id = s.tenant_id AND i.shipment_id = s.id"
			" WHERE s.tenant_id = ? AND s.order_id = ? AND s.id <> ?",
			db_id(cx->tenant), db_id(news.order), db_int(now->id.n));

	if (e)
		return e;
	news.pending = db_row(&rows, 0)[0].i;
	if (status == SHIPMENT_PENDING)
		news.pending += units(news.parts, news.n);
	news.delivered = !db_row(&rows, 0)[1].i && status == SHIPMENT_DELIVERED;
	return shipping_told->news(cx, &news);
}

struct err *
shipment_take(struct ctx *cx, const struct rec *now)
{
	struct str number = rec_str(now, SHIPMENT_TRACKING_NUMBER);
	struct err *e = shipment_due(cx, now);

	return e ? e
		 : shipment_tell(cx, now, SHIPPING_TAKEN,
			   str_fmt(cx->arena, "%.*s%s%.*s%s%.*s",
				   STRF(rec_str(now, SHIPMENT_CARRIER)),
				   rec_has(now, SHIPMENT_SERVICE) ? " " : "",
				   STRF(rec_str(now, SHIPMENT_SERVICE)), number.n ? " " : "",
				   STRF(number)));
}

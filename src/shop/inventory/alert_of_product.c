/* Alerts by the path of their product: the same objects as at /inventory/alerts. */
#include "base/buf.h"
#include "base/id.h"
#include "base/json.h"
#include "base/json_out.h"
#include "db/db.h"
#include "model/rec.h"
#include "model/render.h"
#include "model/write.h"
#include "shop/inventory/inventory.h"
#include "shop/inventory/operations.h"
#include "shop/inventory/thing.h"

#define BODY_MOST 4096

static void
put_id(struct ctx *cx, struct buf *b, struct str name, struct id id, const char *prefix)
{
	json_out_name(b, name);
	json_out_string(b, id_str(cx->arena, id, prefix));
}

static void
put_number(struct buf *b, const struct rec *input, int field)
{
	if (!rec_has(input, field))
		return;
	json_out_name(b, input->resource->plan->fields[field].name);
	buf_int(b, rec_int(input, field));
}

/* The body that would make it at /inventory/alerts. */
static struct err *
make_body(struct ctx *cx, const struct thing *thing, const struct rec *input, struct json **body)
{
	struct id variant = rec_has(input, NEW_ALERT_VARIANT) ? rec_ref(input, NEW_ALERT_VARIANT)
							      : thing->variant;
	struct buf b;

	buf_init(&b, cx->arena, 256, BODY_MOST);
	buf_char(&b, '{');
	put_id(cx, &b, STR("product_id"), thing->product, "prod");
	if (variant.n)
		put_id(cx, &b, STR("variant_id"), variant, "var");
	if (rec_has(input, NEW_ALERT_WAREHOUSE))
		put_id(cx, &b, STR("warehouse_id"), rec_ref(input, NEW_ALERT_WAREHOUSE), "wh");
	put_number(&b, input, NEW_ALERT_THRESHOLD);
	put_number(&b, input, NEW_ALERT_REORDER_POINT);
	put_number(&b, input, NEW_ALERT_REORDER_QUANTITY);
	if (rec_has(input, NEW_ALERT_SUPPLIER)) {
		json_out_name(&b, STR("supplier"));
		json_out_string(&b, rec_str(input, NEW_ALERT_SUPPLIER));
	}
	buf_char(&b, '}');
	must(!b.overflow);
	return json_parse(cx->arena, buf_view(&b), body);
}

struct err *
inventory_add_alert(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	struct write w = { .verb = WRITE_CREATE, .resource = &alert_resource };
	struct json *body = NULL;
	struct written written;
	struct thing thing;
	struct err *e = thing_find(cx, call->keys[0], &thing);

	e = e ? e : make_body(cx, &thing, call->input, &body);
	if (e)
		return e;
	w.body = body;
	e = model_write_inside(cx, &w, &written);
	if (!e)
		*out = written.rec;
	return e;
}

static struct err *
archive(struct ctx *cx, struct id alert)
{
	const struct write w = {
		.verb = WRITE_ARCHIVE,
		.resource = &alert_resource,
		.key = id_str(cx->arena, alert, alert_resource.prefix),
	};
	struct written written;

	return model_write_inside(cx, &w, &written);
}

static struct err *
read_alerts(struct ctx *cx, struct str key, struct db_rows *rows)
{
	struct thing thing;
	struct err *e = thing_find(cx, key, &thing);

	return e ? e
		 : db_query(cx, rows,
			   "SELECT id FROM alerts WHERE tenant_id = ? AND product_id = ?"
			   " AND (? = 0 OR variant_id = ?) AND archived_at IS NULL ORDER BY id",
			   db_id(cx->tenant), db_id(thing.product), db_int(thing.variant.n),
			   db_int(thing.variant.n));
}

struct err *
inventory_remove_alert(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	struct db_rows rows;
	struct id id;
	struct err *e = read_alerts(cx, call->keys[0], &rows);

	*out = NULL;
	if (e)
		return e;
	for (size_t i = 0; id_parse(call->keys[1], alert_resource.prefix, &id) && i < rows.n; i++)
		if (db_row(&rows, i)[0].i == id.n)
			return archive(cx, id);
	return err_new(cx->arena, ERR_NOT_FOUND, "the product has no such alert");
}

struct err *
inventory_remove_alerts(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	struct db_rows rows;
	struct err *e = read_alerts(cx, call->keys[0], &rows);

	*out = NULL;
	for (size_t i = 0; !e && i < rows.n; i++)
		e = archive(cx, (struct id){ db_row(&rows, i)[0].i });
	return e;
}

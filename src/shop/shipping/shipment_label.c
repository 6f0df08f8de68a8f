/*
 * The label of a shipment: as the carrier sent it, or drawn by souk-label, which is told what shall stand on it. Nothing that
 * we draw is stored: it is the same each time.
 */
#include "shop/shipping/shipments.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/json_out.h"
#include "base/spawn.h"
#include "db/db.h"
#include "model/query.h"
#include "model/raw.h"
#include "shop/address/address.h"
#include "shop/shipping/package.h"

#define DRAWN_MAX ((size_t)4 << 20)
#define DRAW_MS 3000

/* ---- what stands on it */

static void
text(struct buf *b, const char *name, struct str s)
{
	json_out_name(b, str_of(name));
	json_out_string(b, s);
}

static struct str
joined(struct arena *a, struct str x, const char *between, struct str y)
{
	return str_fmt(a, "%.*s%s%.*s", STRF(x), x.n && y.n ? between : "", STRF(y));
}

static void
line(struct buf *b, struct str s)
{
	if (!s.n)
		return;
	json_out_comma(b);
	json_out_string(b, s);
}

static struct err *
address(struct ctx *cx, struct buf *b, const char *name, const struct rec *shipment, int field)
{
	struct arena *a = cx->arena;
	struct rec *r;
	struct str city;
	struct err *e = rec_object(cx, shipment, field, &r);

	if (e)
		return e;
	json_out_name(b, str_of(name));
	buf_char(b, '[');
	if (r) {
		city = joined(a, rec_str(r, ADDRESS_CITY), ", ", rec_str(r, ADDRESS_STATE));
		line(b,
			joined(a, rec_str(r, ADDRESS_FIRST_NAME), " ",
				rec_str(r, ADDRESS_LAST_NAME)));
		line(b, rec_str(r, ADDRESS_COMPANY));
		line(b, rec_str(r, ADDRESS_LINE1));
		line(b, rec_str(r, ADDRESS_LINE2));
		line(b, joined(a, city, " ", rec_str(r, ADDRESS_ZIP)));
		line(b, rec_str(r, ADDRESS_COUNTRY));
		line(b, rec_str(r, ADDRESS_PHONE));
	}
	buf_char(b, ']');
	return NULL;
}

static struct str
number(struct arena *a, const struct rec *r, int field)
{
	char digits[DECIMAL_TEXT];

	return str_dup(a,
		(struct str){ digits,
			decimal_render_short(rec_decimal(r, field), MEASURE_SCALE, digits) });
}

static struct str
choice(const struct rec *r, int field)
{
	return str_of(r->resource->fields[field].choices[rec_choice(r, field)].name);
}

static struct str
package_text(struct arena *a, const struct rec *r)
{
	struct str weight = str_fmt(a, "%.*s %.*s", STRF(number(a, r, PACKAGE_WEIGHT)),
		STRF(choice(r, PACKAGE_WEIGHT_UNIT)));

	if (!rec_has(r, PACKAGE_LENGTH))
		return weight;
	return str_fmt(a, "%.*s · %.*s × %.*s × %.*s %.*s", STRF(weight),
		STRF(number(a, r, PACKAGE_LENGTH)), STRF(number(a, r, PACKAGE_WIDTH)),
		STRF(number(a, r, PACKAGE_HEIGHT)), STRF(choice(r, PACKAGE_DIMENSION_UNIT)));
}

static struct err *
read_packages(struct ctx *cx, const struct rec *shipment, struct recs *all)
{
	*all = (struct recs){ 0 };
	return rec_has(shipment, SHIPMENT_PACKAGES)
		? rec_objects(cx, shipment, SHIPMENT_PACKAGES, all)
		: NULL;
}

/* What has none, such as a download, has the label of one. */
static struct err *
count_packages(struct ctx *cx, const struct rec *shipment, int64_t *n)
{
	struct recs all;
	struct err *e = read_packages(cx, shipment, &all);

	*n = MAX((int64_t)all.n, 1);
	return e;
}

static struct err *
packages(struct ctx *cx, struct buf *b, const struct rec *shipment)
{
	struct recs all;
	struct err *e = read_packages(cx, shipment, &all);

	if (e)
		return e;
	JSON_OUT_NAME(b, "packages");
	buf_char(b, '[');
	for (size_t i = 0; i < all.n; i++)
		line(b, package_text(cx->arena, all.r[i]));
	if (!all.n)
		json_out_z(b, "");
	buf_char(b, ']');
	return NULL;
}

static void
marks(struct ctx *cx, struct buf *b, const struct rec *shipment)
{
	char digits[DECIMAL_TEXT];

	JSON_OUT_NAME(b, "marks");
	buf_char(b, '[');
	if (rec_bool(shipment, SHIPMENT_SIGNATURE))
		line(b, STR("SIGNATURE REQUIRED"));
	if (rec_has(shipment, SHIPMENT_INSURANCE)) {
		size_t n = decimal_render(
			rec_money(shipment, SHIPMENT_INSURANCE), cx->currency_digits, digits);

		line(b,
			str_fmt(cx->arena, "INSURED %.*s %.*s", (int)n, digits,
				STRF(cx->currency)));
	}
	buf_char(b, ']');
}

/* "NEXT DAY" of next_day. */
static struct str
spoken(struct arena *a, struct str code)
{
	char *out = arena_alloc(a, code.n + 1);

	for (size_t i = 0; i < code.n; i++) {
		char c = code.p[i];

		out[i] = (char)(c == '_' ? ' ' : c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
	}
	return (struct str){ out, code.n };
}

static struct err *
order_text(struct ctx *cx, const struct rec *shipment, struct str *out)
{
	struct db_rows rows;
	struct err *e =
		db_query(cx, &rows, "SELECT number FROM orders WHERE tenant_id = ? AND id = ?",
			db_id(cx->tenant), db_id(rec_ref(shipment, SHIPMENT_ORDER)));

	*out = (struct str){ 0 };
	if (!e && rows.n && db_row(&rows, 0)[0].kind == DB_INT)
		*out = str_fmt(cx->arena, "Order %" PRId64, db_row(&rows, 0)[0].i);
	return e;
}

static struct err *
describe(struct ctx *cx, const struct rec *shipment, struct str *out)
{
	struct str tracking = rec_str(shipment, SHIPMENT_TRACKING_NUMBER), order;
	char date[CLOCK_TEXT];
	struct buf b;
	struct err *e = order_text(cx, shipment, &order);

	if (e)
		return e;
	buf_init(&b, cx->arena, 2048, 65536);
	buf_char(&b, '{');
	text(&b, "carrier", spoken(cx->arena, rec_str(shipment, SHIPMENT_CARRIER)));
	text(&b, "service", spoken(cx->arena, rec_str(shipment, SHIPMENT_SERVICE)));
	text(&b, "number", tracking);
	text(&b, "order", order);
	text(&b, "reference", rec_id_text(cx->arena, shipment));
	(void)clock_render(shipment->created_at, date);
	text(&b, "date", (struct str){ date, 10 });
	JSON_OUT_NAME(&b, "sscc");
	buf_z(&b, str_eq(tracking, shipment_number(cx->arena, shipment->id)) ? "true" : "false");
	marks(cx, &b, shipment);
	e = address(cx, &b, "from", shipment, SHIPMENT_FROM);
	e = e ? e : address(cx, &b, "to", shipment, SHIPMENT_TO);
	e = e ? e : packages(cx, &b, shipment);
	buf_char(&b, '}');
	*out = buf_view(&b);
	return e;
}

/* ---- where it comes from */

static struct err *
draw(struct ctx *cx, const struct rec *shipment, struct raw_answer *out)
{
	struct spawn s = {
		.program = "souk-label", .answer_max = DRAWN_MAX, .timeout_ms = DRAW_MS
	};
	struct err *e = describe(cx, shipment, &s.input);

	if (e)
		return e;
	spawn_run(cx->arena, &s);
	if (s.fault.n)
		return err_log(cx->arena, ERR_UNAVAILABLE, "label: %.*s", STRF(s.fault));
	out->type = "application/pdf";
	buf_str(out->body, s.answer);
	return NULL;
}

static const char *const types[] = { "application/pdf", "image/png", "image/gif", "application/zpl",
	NULL };

/* As the carrier sent it. */
static struct err *
stored(struct ctx *cx, const struct rec *shipment, int64_t package, struct raw_answer *out,
	bool *there)
{
	struct db_rows rows;
	struct err *e = db_query(cx, &rows,
		"SELECT content_type, bytes FROM shipment_labels WHERE tenant_id = ? AND "
		"shipment_id = ?"
		" AND bytes IS NOT NULL ORDER BY package <> ?, package LIMIT 1",
		db_id(cx->tenant), db_id(shipment->id), db_int(package));

	*there = !e && rows.n > 0;
	if (!*there)
		return e;
	for (size_t i = 0; types[i]; i++)
		if (str_eq_z(db_row(&rows, 0)[0].s, types[i]))
			out->type = types[i];
	buf_str(out->body, db_row(&rows, 0)[1].s);
	return NULL;
}

static struct err *
no_package(struct ctx *cx)
{
	return err_new(cx->arena, ERR_NOT_FOUND, "there is no such package");
}

static struct err *
show(struct ctx *cx, struct str key, int64_t package, struct raw_answer *out)
{
	const struct view whole = view_whole(&shipment_resource);
	struct rec *shipment;
	int64_t there_are;
	bool there = false;
	struct err *e = model_get(cx, &shipment_resource, ID_NONE, key, &whole, &shipment);

	if (e)
		return e;
	if (!rec_has(shipment, SHIPMENT_LABEL_URL) ||
		rec_choice(shipment, SHIPMENT_STATUS) == SHIPMENT_VOIDED)
		return err_new(cx->arena, ERR_NOT_FOUND, "the shipment has no label");
	e = count_packages(cx, shipment, &there_are);
	if (e)
		return e;
	if (package > there_are)
		return no_package(cx);
	e = stored(cx, shipment, package, out, &there);
	e = e || there ? e : draw(cx, shipment, out);
	out->type = out->type ? out->type : types[0];
	if (!e)
		out->file = str_fmt(cx->arena, "label-%.*s.%s",
			STRF(rec_id_text(cx->arena, shipment)), strrchr(out->type, '/') + 1);
	return e;
}

static struct err *
label(struct ctx *cx, const struct raw_call *call, struct raw_answer *out)
{
	return show(cx, call->keys[0], 1, out);
}

/* Of one of its packages, from 1; ours has a page for each. */
static struct err *
package_label(struct ctx *cx, const struct raw_call *call, struct raw_answer *out)
{
	int64_t package;

	if (!str_int(call->keys[1], &package) || package < 1 || package > PACKAGES_MOST)
		return no_package(cx);
	return show(cx, call->keys[0], package, out);
}

const struct raw shipment_label_raw = { .run = label, .types = types };
const struct raw shipment_package_label_raw = { .run = package_label, .types = types };

/*
 * The rates of a place: all that might hold come by one statement, and the closest of each priority are kept. They are put
 * in order here: for ORDER BY id the database would walk all rates along their ids.
 */
#include "base/decimal.h"
#include "base/id.h"
#include "db/db.h"
#include "model/kept.h"
#include "model/rec.h"
#include "shop/address/address.h"
#include "shop/tax/tax_int.h"

enum {
	CELL_ID,
	CELL_NAME,
	CELL_CLASS,
	CELL_RATE,
	CELL_INCLUSIVE,
	CELL_COMPOUND,
	CELL_ON_SHIPPING,
	CELL_PRIORITY,
	CELL_HAS_STATE,
	CELL_HAS_CITY,
	CELL_ZIP_KEY
};

struct candidate {
	struct pricing_tax tax;
	bool inclusive;
	int closeness;
};

struct tax_place
tax_place_of(const struct rec *address)
{
	if (!address)
		return (struct tax_place){ 0 };
	return (struct tax_place){ rec_str(address, ADDRESS_COUNTRY),
		rec_str(address, ADDRESS_STATE), rec_str(address, ADDRESS_CITY),
		rec_str(address, ADDRESS_ZIP) };
}

static struct str
country_of(const struct ctx *cx, const struct tax_place *place)
{
	return place->country.n ? place->country : cx->shown.region;
}

#define KEYS (3 + ZIP_BEGINNING_MOST) /* every code, ranges, the code itself, its beginnings */

/* What the keys of rates can be that cover the code; there are always KEYS of them. */
static void
bind_keys(struct arena *a, struct str zip, struct db_value *out)
{
	out[0] = db_text(STR(""));
	out[1] = zip.n ? db_text(STR(ZIP_RANGE)) : out[0];
	out[2] = zip.n <= ZIP_MOST ? db_text(zip.n ? zip : STR("")) : out[0];
	for (size_t n = 1; n <= ZIP_BEGINNING_MOST; n++)
		out[2 + n] = n <= zip.n ? db_text(str_fmt(a, "%.*s*", STRF(str_cut(zip, 0, n))))
					: out[0];
}

static struct err *
read_candidates(struct ctx *cx, const struct tax_place *place, struct db_rows *rows)
{
	struct str country = country_of(cx, place);
	struct str zip = zip_normal(cx->arena, country, place->zip);
	struct db_value k[KEYS];

	bind_keys(cx->arena, zip, k);
	return db_query(cx, rows,
		"SELECT id, name, tax_class, rate, inclusive, compound, on_shipping, priority,"
		" state IS NOT NULL, city IS NOT NULL, zip_key FROM tax_rates"
		" WHERE tenant_id = ? AND country = ? AND zip_key IN"
		" (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) AND status = 'active'"
		" AND (zip_key <> '...' OR (zip_from <= ? AND zip_to >= ?))"
		" AND (state IS NULL OR state = ?) AND (city IS NULL OR city = ?)",
		db_id(cx->tenant), db_text(country), k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7],
		k[8], k[9], k[10], k[11], db_text(zip), db_text(zip), db_text(place->state),
		db_text(place->city));
}

/* Remembers whether the shop has any rate at all, so that one that has none is asked no more. */
static struct err *
note_any(struct ctx *cx, const struct kept_reading *rd)
{
	struct db_rows any;
	struct err *e = db_query(cx, &any,
		"SELECT 1 FROM tax_rates WHERE tenant_id = ? AND status = 'active' LIMIT 1",
		db_id(cx->tenant));

	if (!e)
		kept_put(rd, &any);
	return e;
}

/* None if it is known that there is none; else the statement. */
static struct err *
find_candidates(struct ctx *cx, const struct tax_place *place, struct db_rows *rows)
{
	struct kept_reading rd = { 0 };
	bool known = kept_recall(cx, tax_rate_resource.prefix, rows, &rd);
	struct err *e;

	if (known && !rows->n)
		return NULL;
	e = read_candidates(cx, place, rows);
	if (e || known || rows->n || !rd.ticket)
		return e;
	return note_any(cx, &rd);
}

static struct candidate
candidate_of(struct ctx *cx, const struct db_value *c)
{
	struct candidate one = {
		.tax = { .id = { c[CELL_ID].i },
			.name = c[CELL_NAME].s,
			.class = c[CELL_CLASS].s,
			.compound = c[CELL_COMPOUND].i,
			.on_shipping = c[CELL_ON_SHIPPING].i,
			.priority = c[CELL_PRIORITY].i },
		.inclusive = c[CELL_INCLUSIVE].i,
		.closeness = 4 * zip_closeness(c[CELL_ZIP_KEY].s) + 2 * (c[CELL_HAS_CITY].i != 0) +
			(c[CELL_HAS_STATE].i != 0),
	};

	must(decimal_parse(c[CELL_RATE].s, TAX_DIGITS, &one.tax.percent) == DECIMAL_OK);
	one.tax.rule = id_str(cx->arena, one.tax.id, tax_rate_resource.prefix);
	return one;
}

static bool
is_closer(const struct candidate *a, const struct candidate *b)
{
	return a->closeness != b->closeness ? a->closeness > b->closeness
					    : a->tax.id.n < b->tax.id.n;
}

/* Keeps the closest of each class and priority; of equals the older. */
static void
keep(struct candidate *kept, size_t *n, const struct candidate *one)
{
	for (size_t i = 0; i < *n; i++) {
		if (kept[i].tax.priority != one->tax.priority ||
			!str_eq(kept[i].tax.class, one->tax.class))
			continue;
		if (is_closer(one, &kept[i]))
			kept[i] = *one;
		return;
	}
	kept[(*n)++] = *one;
}

static int
by_priority(const void *left, const void *right)
{
	const struct pricing_tax *a = &((const struct candidate *)left)->tax;
	const struct pricing_tax *b = &((const struct candidate *)right)->tax;

	if (a->priority != b->priority)
		return a->priority < b->priority ? -1 : 1;
	return a->id.n < b->id.n ? -1 : a->id.n > b->id.n;
}

/* Shipping has no class: of the rates of one priority the standard one is taken of it, else the first that would be. */
static void
settle_shipping(struct candidate *kept, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++) {
			struct pricing_tax *a = &kept[k].tax, *b = &kept[i].tax;

			if (a->priority != b->priority || !a->on_shipping || !b->on_shipping)
				continue;
			if (str_eq(b->class, TAX_STANDARD))
				a->on_shipping = false;
			else
				b->on_shipping = false;
		}
	}
}

struct err *
tax_find(struct ctx *cx, const struct tax_place *place, struct taxes *out)
{
	struct candidate *kept;
	struct db_rows rows = { 0 };
	size_t n = 0;
	struct err *e;

	*out = (struct taxes){ 0 };
	if (!country_of(cx, place).n)
		return NULL;
	e = find_candidates(cx, place, &rows);
	if (e || !rows.n)
		return e;
	kept = ARENA_ARRAY(cx->arena, rows.n, struct candidate);
	for (size_t i = 0; i < rows.n; i++) {
		struct candidate one = candidate_of(cx, db_row(&rows, i));

		keep(kept, &n, &one);
	}
	qsort(kept, n, sizeof(*kept), by_priority);
	settle_shipping(kept, n);
	out->taxes = ARENA_ARRAY(cx->arena, n, struct pricing_tax);
	out->ntaxes = n;
	for (size_t i = 0; i < n; i++)
		out->taxes[i] = kept[i].tax;
	out->prices_include_tax = n && kept[0].inclusive;
	return NULL;
}

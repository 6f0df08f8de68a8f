/* What is asked of goods and buyers: checked when it is written, read when something is bought. */
#include "shop/promotions/terms.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/currency.h"
#include "base/decimal.h"
#include "base/id.h"
#include "base/json.h"
#include "base/zone.h"
#include "db/db.h"
#include "model/rec.h"
#include "shop/catalog/catalog.h"
#include "shop/customers/customers.h"

#define DAY_TEXT 10

/* ---- when it is written */

static bool
has_amount(enum pricing_type type)
{
	return type == PRICING_PERCENTAGE || type == PRICING_FIXED_AMOUNT;
}

static struct err *
check_amount(struct ctx *cx, const struct rec *now, int field, enum pricing_type type)
{
	if (!has_amount(type))
		return NULL;
	if (!rec_has(now, field))
		return rec_refuse(cx, now, field, REASON_REQUIRED,
			"must be given: percent of a percentage, minor units of a fixed_amount");
	if (type == PRICING_PERCENTAGE && rec_decimal(now, field) > PRICING_WHOLE)
		return rec_refuse(
			cx, now, field, REASON_TOO_LARGE, "must be at most 100 of a percentage");
	if (type == PRICING_FIXED_AMOUNT && rec_decimal(now, field) % AMOUNT_UNIT)
		return rec_refuse(cx, now, field, REASON_TOO_PRECISE,
			"must be minor units of a fixed_amount, without a fraction");
	return NULL;
}

static struct err *
check_day(struct ctx *cx, const struct rec *now, int field)
{
	int64_t ms;

	if (!rec_has(now, field) || clock_parse_date(rec_str(now, field), &ms))
		return NULL;
	return rec_refuse(cx, now, field, REASON_NOT_A_TIME,
		"must be a day that there is, such as 2026-02-01, not %.*s",
		STRF(rec_str(now, field)));
}

static struct err *
check_days(struct ctx *cx, const struct rec *now, const struct terms_of *at)
{
	struct err *e = err_join(check_day(cx, now, at->start), check_day(cx, now, at->end));

	if (e || !rec_has(now, at->start) || !rec_has(now, at->end) ||
		str_cmp(rec_str(now, at->start), rec_str(now, at->end)) <= 0)
		return e;
	return rec_refuse(cx, now, at->end, REASON_TOO_SMALL, "must not be before %s, %.*s",
		now->resource->fields[at->start].name, STRF(rec_str(now, at->start)));
}

/* What cannot be converted to what the shop sells in would be worth nothing, or anything. */
static struct err *
check_currency(struct ctx *cx, const struct rec *now, const struct rec *was, int field)
{
	struct rate rate;

	if (!rec_has(now, field) || !rec_changed(now, was, field) ||
		str_eq(rec_str(now, field), cx->currency) ||
		rate_find(rec_str(now, field), cx->currency, &rate))
		return NULL;
	return rec_refuse(cx, now, field, REASON_NO_RATE,
		"there is no exchange rate from %.*s to %.*s", STRF(rec_str(now, field)),
		STRF(cx->currency));
}

/* The list as JSON numbers, which are all that the database knows of ids. */
static struct str
numbers_of(struct ctx *cx, struct pricing_ids ids)
{
	struct buf b;

	buf_init(&b, cx->arena, 16 + ids.n * 20, 16 + TERMS_ITEMS * 24);
	for (size_t i = 0; i < ids.n; i++) {
		buf_char(&b, i ? ',' : '[');
		buf_int(&b, ids.p[i].n);
	}
	buf_char(&b, ']');
	return buf_view(&b);
}

static struct pricing_ids
ids_of(struct ctx *cx, struct str list, const char *prefix)
{
	struct pricing_words words = terms_words(cx, list);
	struct id *ids = ARENA_ARRAY(cx->arena, words.n, struct id);

	for (size_t i = 0; i < words.n; i++)
		must(id_parse(words.p[i], prefix, &ids[i]));
	return (struct pricing_ids){ ids, words.n };
}

static struct err *
unknown_id(struct ctx *cx, const struct rec *terms, int field, const struct resource *of,
	const struct db_rows *rows)
{
	if (!rows->n)
		return NULL;
	return rec_refuse(cx, terms, field, REASON_UNKNOWN, "there is no %s %.*s", of->name,
		STRF(id_str(cx->arena, (struct id){ db_row(rows, 0)[0].i }, of->prefix)));
}

static struct err *
check_products(struct ctx *cx, const struct rec *terms, int field)
{
	struct pricing_ids ids = ids_of(cx, rec_str(terms, field), product_resource.prefix);
	struct db_rows rows = { 0 };
	struct err *e = NULL;

	if (ids.n)
		e = db_query(cx, &rows,
			"SELECT j.n FROM JSON_TABLE(?, '$[*]' COLUMNS (n BIGINT PATH '$')) j"
			" LEFT JOIN products p ON p.tenant_id = ? AND p.id = j.n AND p.archived_at "
			"IS NULL"
			" WHERE p.id IS NULL LIMIT 1",
			db_text(numbers_of(cx, ids)), db_id(cx->tenant));
	return e ? e : unknown_id(cx, terms, field, &product_resource, &rows);
}

static struct err *
check_customers(struct ctx *cx, const struct rec *terms, int field)
{
	struct pricing_ids ids = ids_of(cx, rec_str(terms, field), customer_resource.prefix);
	struct db_rows rows = { 0 };
	struct err *e = NULL;

	if (ids.n)
		e = db_query(cx, &rows,
			"SELECT j.n FROM JSON_TABLE(?, '$[*]' COLUMNS (n BIGINT PATH '$')) j"
			" LEFT JOIN customers c ON c.tenant_id = ? AND c.id = j.n AND "
			"c.archived_at IS NULL"
			" WHERE c.id IS NULL LIMIT 1",
			db_text(numbers_of(cx, ids)), db_id(cx->tenant));
	return e ? e : unknown_id(cx, terms, field, &customer_resource, &rows);
}

static struct err *
check_categories(struct ctx *cx, const struct rec *terms, int field)
{
	struct db_rows rows = { 0 };
	struct err *e = NULL;

	if (terms_words(cx, rec_str(terms, field)).n)
		e = db_query(cx, &rows,
			"SELECT j.slug FROM JSON_TABLE(?, '$[*]' COLUMNS (slug VARCHAR(255) "
			"PATH '$')) j"
			" LEFT JOIN categories c ON c.tenant_id = ? AND c.archived_at IS NULL"
			" AND c.slug = CONVERT(j.slug USING utf8mb4) COLLATE utf8mb4_nopad_bin"
			" WHERE c.id IS NULL LIMIT 1",
			db_text(rec_str(terms, field)), db_id(cx->tenant));
	if (e || !rows.n)
		return e;
	return rec_refuse(cx, terms, field, REASON_UNKNOWN, "there is no category %.*s",
		STRF(str_head(db_row(&rows, 0)[0].s, 64)));
}

static struct err *
check_lists(struct ctx *cx, const struct rec *now, int field)
{
	struct rec *terms = NULL;
	struct err *e = rec_object(cx, now, field, &terms), *more;
	static const struct {
		int field;
		struct err *(*check)(struct ctx *cx, const struct rec *terms, int field);
	} lists[] = {
		{ TERMS_PRODUCT_IDS, check_products },
		{ TERMS_PRODUCT_CATEGORIES, check_categories },
		{ TERMS_EXCLUDED_PRODUCT_IDS, check_products },
		{ TERMS_EXCLUDED_CATEGORIES, check_categories },
		{ TERMS_CUSTOMER_IDS, check_customers },
	};

	for (size_t i = 0; terms && !err_is_server(e) && i < COUNT(lists); i++) {
		if (!rec_has(terms, lists[i].field))
			continue;
		more = lists[i].check(cx, terms, lists[i].field);
		e = err_is_server(more) ? more : err_join(e, more);
	}
	return e;
}

struct err *
terms_check(struct ctx *cx, const struct rec *now, const struct rec *was, const struct terms_of *at,
	enum pricing_type type)
{
	struct err *e = check_amount(cx, now, at->amount, type), *more;

	e = err_join(e, check_days(cx, now, at));
	e = err_join(e, check_currency(cx, now, was, at->currency));
	if (!rec_changed(now, was, at->terms))
		return e;
	more = check_lists(cx, now, at->terms);
	return err_is_server(more) ? more : err_join(e, more);
}

/* ---- when something is bought */

struct str
terms_today(struct ctx *cx)
{
	char text[CLOCK_TEXT];

	clock_render(zone_date(cx->time_zone, clock_now_ms()), text);
	return str_dup(cx->arena, (struct str){ text, DAY_TEXT });
}

struct pricing_words
terms_words(struct ctx *cx, struct str list)
{
	struct json *j = NULL;
	struct str *words;
	size_t n;

	if (!list.n)
		return (struct pricing_words){ 0 };
	must(!json_parse(cx->arena, list, &j));
	n = json_length(j);
	words = ARENA_ARRAY(cx->arena, n, struct str);
	for (size_t i = 0; i < n; i++)
		words[i] = json_string(json_at(j, i));
	return (struct pricing_words){ words, n };
}

/*
 * Minor units of another currency in that of the sale, as prices are converted; the most there can be if they do not fit.
 * False if there is no rate.
 */
static bool
convert(struct ctx *cx, const struct promotions_ask *ask, struct str from, int64_t *minor)
{
	struct rate rate = ask->in->rate;

	if (!from.n)
		from = cx->currency;
	if (str_eq(from, ask->in->code))
		return true;
	if (!str_eq(from, cx->currency) && !rate_find(from, ask->in->code, &rate))
		return false;
	if (!rate_convert(rate, *minor, currency_digits(from), ask->in->digits, minor))
		*minor = PRICING_MOST;
	*minor = MIN(*minor, PRICING_MOST);
	return true;
}

/* What the rule takes and asks for in money. What nobody can convert takes nothing, and asks for more than there is. */
static void
fill_money(struct ctx *cx, const struct promotions_ask *ask, const struct rec *terms,
	struct str from, struct pricing_rule *r)
{
	bool known = true;

	if (terms && rec_has(terms, TERMS_MINIMUM_AMOUNT)) {
		r->minimum_minor = rec_money(terms, TERMS_MINIMUM_AMOUNT);
		known = convert(cx, ask, from, &r->minimum_minor);
	}
	if (r->type == PRICING_FIXED_AMOUNT)
		known = convert(cx, ask, from, &r->amount_minor) && known;
	if (known)
		return;
	r->minimum_minor = PRICING_MOST;
	if (r->type == PRICING_FIXED_AMOUNT)
		r->amount_minor = 0;
}

void
terms_rule(struct ctx *cx, const struct promotions_ask *ask, const struct rec *terms,
	struct str from, struct pricing_rule *r)
{
	const char *prefix = product_resource.prefix;

	fill_money(cx, ask, terms, from, r);
	if (!terms)
		return;
	if (rec_has(terms, TERMS_MINIMUM_QUANTITY))
		r->minimum_quantity = rec_int(terms, TERMS_MINIMUM_QUANTITY);
	r->products = ids_of(cx, rec_str(terms, TERMS_PRODUCT_IDS), prefix);
	r->excluded_products = ids_of(cx, rec_str(terms, TERMS_EXCLUDED_PRODUCT_IDS), prefix);
	r->categories = terms_words(cx, rec_str(terms, TERMS_PRODUCT_CATEGORIES));
	r->excluded_categories = terms_words(cx, rec_str(terms, TERMS_EXCLUDED_CATEGORIES));
}

bool
terms_admit(struct ctx *cx, const struct promotions_ask *ask, const struct rec *terms)
{
	struct pricing_ids ids;
	struct pricing_words tags, his;

	if (!terms)
		return true;
	ids = ids_of(cx, rec_str(terms, TERMS_CUSTOMER_IDS), customer_resource.prefix);
	tags = terms_words(cx, rec_str(terms, TERMS_CUSTOMER_TAGS));
	his = terms_words(cx, ask->tags);
	for (size_t i = 0; i < ids.n; i++) {
		if (ids.p[i].n == ask->customer.n)
			return true;
	}
	for (size_t i = 0; i < tags.n; i++) {
		for (size_t k = 0; k < his.n; k++) {
			if (str_eq(tags.p[i], his.p[k]))
				return true;
		}
	}
	return !ids.n && !tags.n;
}

/* Which rules hold now, for whom. What a rule asks of the basket is left to pricing. */
#include "base/clock.h"
#include "base/decimal.h"
#include "base/id.h"
#include "db/db.h"
#include "model/kept.h"
#include "model/rec.h"
#include "shop/catalog/catalog.h"
#include "shop/promotions/coupon.h"
#include "shop/promotions/discount.h"

/* Of one tenant at once; what is beyond has the lowest priority, and does not apply. */
#define RULES_MOST 200

/* ---- automatic discounts */

enum automatic_cell {
	A_ID,
	A_NAME,
	A_TYPE,
	A_AMOUNT,
	A_CURRENCY,
	A_APPLIES_TO,
	A_CONDITIONS,
	A_PRIORITY,
	A_STACKING,
	A_START,
	A_END,
};

/* Of more than can apply at once those that do today are read, and not remembered. */
static struct err *
read_many(struct ctx *cx, struct db_rows *rows)
{
	struct str today = terms_today(cx);

	return db_query(cx, rows,
		"SELECT id, name, type, amount, currency, applies_to, conditions, priority, "
		"stacking, start_date, end_date"
		" FROM automatic_discounts WHERE tenant_id = ? AND status = 'active'"
		" AND (start_date IS NULL OR start_date <= ?) AND (end_date IS NULL OR end_date >= "
		"?)"
		" ORDER BY priority DESC, id LIMIT ?",
		db_id(cx->tenant), db_text(today), db_text(today), db_int(RULES_MOST));
}

/* All that are active, whatever their days: most shops have none, or few. */
static struct err *
read_automatic(struct ctx *cx, struct db_rows *rows)
{
	struct kept_reading rd;
	struct err *e;

	if (kept_recall(cx, discount_resource.prefix, rows, &rd))
		return NULL;
	e = db_query(cx, rows,
		"SELECT id, name, type, amount, currency, applies_to, conditions, priority, "
		"stacking, start_date, end_date"
		" FROM automatic_discounts WHERE tenant_id = ? AND status = 'active'"
		" ORDER BY priority DESC, id LIMIT ?",
		db_id(cx->tenant), db_int(RULES_MOST + 1));
	if (e)
		return e;
	if (rows->n > RULES_MOST)
		return read_many(cx, rows);
	kept_put(&rd, rows);
	return NULL;
}

static bool
is_its_day(struct str today, const struct db_value *c)
{
	return (!c[A_START].s.n || str_cmp(c[A_START].s, today) <= 0) &&
		(!c[A_END].s.n || str_cmp(c[A_END].s, today) >= 0);
}

/* The place of a word among the choices of that field. */
static int
choice_of(const struct resource *r, int field, struct str word)
{
	for (size_t i = 0; i < r->fields[field].nchoices; i++) {
		if (str_eq_z(word, r->fields[field].choices[i].name))
			return (int)i;
	}
	must(false); /* the database checks it */
	return 0;
}

/* What the field of that column holds; NULL if it is null. */
static struct err *
object_in(struct ctx *cx, const struct resource *r, int field, struct str text, struct rec **out)
{
	struct rec *holder = rec_new(cx->arena, r);

	holder->v[field] = (struct value){ .state = text.n ? VALUE_SET : VALUE_NULL, .s = text };
	return rec_object(cx, holder, field, out);
}

/* Percent × 10⁴, or minor units. */
static void
set_amount(struct pricing_rule *r, struct str amount)
{
	int64_t n = 0;

	if (amount.n)
		must(decimal_parse(amount, AMOUNT_SCALE, &n) == DECIMAL_OK);
	if (r->type == PRICING_PERCENTAGE)
		r->percent = n;
	else
		r->amount_minor = n / AMOUNT_UNIT;
}

/* What the discount says, or else what follows from the rest of it. */
static enum pricing_class
class_of(enum pricing_type type, struct str word, const struct rec *terms)
{
	if (word.n)
		return (enum pricing_class)choice_of(&discount_resource, DISCOUNT_APPLIES_TO, word);
	if (type == PRICING_FREE_SHIPPING)
		return PRICING_SHIPPING;
	if (type == PRICING_BUY_X_GET_Y)
		return PRICING_PRODUCT;
	return terms &&
			(rec_has(terms, TERMS_PRODUCT_IDS) ||
				rec_has(terms, TERMS_PRODUCT_CATEGORIES))
		? PRICING_PRODUCT
		: PRICING_ORDER;
}

static void
set_units(struct pricing_rule *r, const struct rec *terms)
{
	must(terms);
	r->buy_quantity = rec_int(terms, CONDITION_BUY_QUANTITY);
	r->get_quantity = rec_int(terms, CONDITION_GET_QUANTITY);
	r->percent = rec_has(terms, CONDITION_GET_PERCENT)
		? rec_decimal(terms, CONDITION_GET_PERCENT)
		: PRICING_WHOLE;
	if (rec_has(terms, CONDITION_MAX_REPEATS))
		r->repeats_most = rec_int(terms, CONDITION_MAX_REPEATS);
}

static struct err *
add_automatic(struct ctx *cx, const struct promotions_ask *ask, const struct db_value *c,
	struct promotions *out)
{
	const struct resource *of = &discount_resource;
	struct pricing_rule r = {
		.id = { c[A_ID].i },
		.name = c[A_NAME].s,
		.kind = PRICING_AUTOMATIC,
		.type = (enum pricing_type)choice_of(of, DISCOUNT_TYPE, c[A_TYPE].s),
		.stacking =
			(enum pricing_stacking)choice_of(of, DISCOUNT_STACKING, c[A_STACKING].s),
		.priority = c[A_PRIORITY].i,
	};
	struct rec *terms;
	struct err *e = object_in(cx, of, DISCOUNT_CONDITIONS, c[A_CONDITIONS].s, &terms);

	if (e || !terms_admit(cx, ask, terms))
		return e;
	r.rule = id_str(cx->arena, r.id, of->prefix);
	r.class = class_of(r.type, c[A_APPLIES_TO].s, terms);
	set_amount(&r, c[A_AMOUNT].s);
	if (r.type == PRICING_BUY_X_GET_Y)
		set_units(&r, terms);
	terms_rule(cx, ask, terms, c[A_CURRENCY].s, &r);
	out->rules[out->nrules++] = r;
	return NULL;
}

/* ---- the coupon */

enum coupon_cell {
	C_ID,
	C_CODE,
	C_NAME,
	C_TYPE,
	C_AMOUNT,
	C_CURRENCY,
	C_DURATION,
	C_MONTHS,
	C_MOST,
	C_TIMES,
	C_RESTRICTIONS,
	C_COMBINABLE,
	C_ACTIVE,
	C_START,
	C_END,
};

/* The coupon at hand, and who wants it. */
struct wanted {
	const struct promotions_ask *ask;
	const struct db_value *c;
	struct rec *terms;
	int duration;
};

PRINTF(4, 5)
static struct err *
refuse(struct ctx *cx, const struct promotions_ask *ask, enum reason reason, const char *fmt, ...)
{
	struct err *e = NULL;
	struct str message;
	va_list ap;

	va_start(ap, fmt);
	message = str_vfmt(cx->arena, fmt, ap);
	va_end(ap);
	err_field(cx->arena, &e, str_of(ask->field), reason, "%.*s", STRF(message));
	return e;
}

static bool
asks(const struct wanted *w, int restriction)
{
	return w->terms && rec_has(w->terms, restriction) && rec_bool(w->terms, restriction);
}

/* The state of the coupon itself. */
static struct err *
check_state(struct ctx *cx, const struct wanted *w)
{
	const struct db_value *c = w->c;
	struct str today = terms_today(cx);

	if (!c[C_ACTIVE].i)
		return refuse(cx, w->ask, REASON_COUPON_INACTIVE, "the coupon %.*s cannot be used",
			STRF(c[C_CODE].s));
	if (c[C_START].s.n && str_cmp(today, c[C_START].s) < 0)
		return refuse(cx, w->ask, REASON_COUPON_NOT_YET,
			"the coupon %.*s can be used from %.*s on", STRF(c[C_CODE].s),
			STRF(c[C_START].s));
	if (c[C_END].s.n && str_cmp(today, c[C_END].s) > 0)
		return refuse(cx, w->ask, REASON_COUPON_EXPIRED,
			"the coupon %.*s could be used until %.*s", STRF(c[C_CODE].s),
			STRF(c[C_END].s));
	if (c[C_MOST].kind != DB_NULL && c[C_TIMES].i >= c[C_MOST].i)
		return refuse(cx, w->ask, REASON_COUPON_USED_UP,
			"the coupon %.*s has been used as often as it may", STRF(c[C_CODE].s));
	return NULL;
}

static struct str
lower_email(struct ctx *cx, const struct promotions_ask *ask)
{
	return ask->email.n ? str_lower(cx->arena, ask->email) : (struct str){ 0 };
}

/* When that buyer used the coupon first; 0: never. */
static struct err *
first_use(struct ctx *cx, const struct wanted *w, int64_t *ms)
{
	struct db_rows rows = { 0 };
	struct err *e = db_query(cx, &rows,
		"SELECT MIN(created_at) FROM ("
		"SELECT created_at FROM coupon_redemptions WHERE tenant_id = ? AND coupon_id = ?"
		" AND customer_id = ? AND released_at IS NULL"
		" UNION ALL SELECT created_at FROM coupon_redemptions WHERE tenant_id = ? AND "
		"coupon_id = ?"
		" AND email = ? AND released_at IS NULL) u",
		db_id(cx->tenant), w->c[C_ID], db_id(w->ask->customer), db_id(cx->tenant),
		w->c[C_ID], db_text(lower_email(cx, w->ask)));

	*ms = e ? 0 : db_row(&rows, 0)[0].i;
	return e;
}

static struct err *
has_ordered(struct ctx *cx, const struct promotions_ask *ask, bool *has)
{
	struct db_rows rows = { 0 };
	struct err *e = db_query(cx, &rows,
		"(SELECT 1 FROM orders FORCE INDEX (customer) WHERE tenant_id = ? AND customer_id "
		"= ? AND status <> "
		"'cancelled' LIMIT 1)"
		" UNION ALL (SELECT 1 FROM orders FORCE INDEX (email) WHERE tenant_id = ? AND "
		"email = ? AND status <> "
		"'cancelled'"
		" LIMIT 1)",
		db_id(cx->tenant), db_id(ask->customer), db_id(cx->tenant), db_text(ask->email));

	*has = rows.n > 0;
	return e;
}

static bool
is_once(const struct wanted *w)
{
	return w->duration == DURATION_ONCE || asks(w, RESTRICTION_ONCE) ||
		asks(w, RESTRICTION_FIRST_TIME);
}

static struct err *
check_history(struct ctx *cx, const struct wanted *w)
{
	bool repeating = w->duration == DURATION_REPEATING, has = false;
	struct str code = w->c[C_CODE].s;
	int64_t first = 0;
	struct err *e = NULL;

	if (!is_once(w) && !repeating)
		return NULL;
	if (!w->ask->customer.n && !w->ask->email.n)
		return refuse(cx, w->ask, REASON_COUPON_NEEDS_CUSTOMER,
			"the coupon %.*s is counted by customer: say who buys, by customer or "
			"e-mail",
			STRF(code));
	if (asks(w, RESTRICTION_FIRST_TIME))
		e = has_ordered(cx, w->ask, &has);
	if (has)
		return refuse(cx, w->ask, REASON_COUPON_NOT_FIRST,
			"the coupon %.*s is for the first order of a customer", STRF(code));
	e = e ? e : first_use(cx, w, &first);
	if (e || !first)
		return e;
	if (is_once(w))
		return refuse(cx, w->ask, REASON_COUPON_USED,
			"the coupon %.*s was used by this customer already", STRF(code));
	if (clock_now_ms() >= clock_add_months(first, w->c[C_MONTHS].i))
		return refuse(cx, w->ask, REASON_COUPON_USED,
			"the coupon %.*s can be used for %" PRId64
			" months from a customer's first order with it",
			STRF(code), w->c[C_MONTHS].i);
	return NULL;
}

static struct err *
check_coupon(struct ctx *cx, const struct wanted *w)
{
	struct err *e = check_state(cx, w);

	if (e)
		return e;
	if (!terms_admit(cx, w->ask, w->terms))
		return refuse(cx, w->ask, REASON_COUPON_NOT_YOURS,
			"the coupon %.*s is for other customers", STRF(w->c[C_CODE].s));
	return check_history(cx, w);
}

static void
add_coupon(struct ctx *cx, const struct wanted *w, struct promotions *out)
{
	const struct db_value *c = w->c;
	struct pricing_rule r = {
		.id = { c[C_ID].i },
		.rule = id_str(cx->arena, (struct id){ c[C_ID].i }, coupon_resource.prefix),
		.name = c[C_NAME].s.n ? c[C_NAME].s : c[C_CODE].s,
		.kind = PRICING_COUPON,
		.type = (enum pricing_type)choice_of(&coupon_resource, COUPON_TYPE, c[C_TYPE].s),
		.class = PRICING_ORDER,
		.stacking = c[C_COMBINABLE].i ? PRICING_COMBINABLE : PRICING_EXCLUSIVE,
	};

	set_amount(&r, c[C_AMOUNT].s);
	terms_rule(cx, w->ask, w->terms, c[C_CURRENCY].s, &r);
	out->rules[out->nrules++] = r;
	out->coupon = r.id;
	out->code = c[C_CODE].s;
	out->once = is_once(w);
}

static struct err *
find_coupon(struct ctx *cx, const struct promotions_ask *ask, struct promotions *out)
{
	struct wanted w = { .ask = ask };
	struct db_rows rows = { 0 };
	struct err *e = db_query(cx, &rows,
		"SELECT id, code, name, type, amount, currency, duration, duration_in_months,"
		" max_redemptions, times_redeemed, restrictions, combinable, active, start_date, "
		"end_date"
		" FROM coupons WHERE tenant_id = ? AND code = ? AND live = 1",
		db_id(cx->tenant), db_text(ask->code));

	if (e)
		return e;
	if (!rows.n)
		return refuse(cx, ask, REASON_COUPON_UNKNOWN, "there is no coupon %.*s",
			STRF(str_shown(str_head(ask->code, 64), 64)));
	w.c = db_row(&rows, 0);
	w.duration = choice_of(&coupon_resource, COUPON_DURATION, w.c[C_DURATION].s);
	e = object_in(cx, &coupon_resource, COUPON_RESTRICTIONS, w.c[C_RESTRICTIONS].s, &w.terms);
	e = e ? e : check_coupon(cx, &w);
	if (!e)
		add_coupon(cx, &w, out);
	return e;
}

struct err *
promotions_find(struct ctx *cx, const struct promotions_ask *ask, struct promotions *out)
{
	struct str today = terms_today(cx);
	struct db_rows rows = { 0 };
	struct err *e = read_automatic(cx, &rows);

	*out = (struct promotions){
		.rules = ARENA_ARRAY(cx->arena, rows.n + 1, struct pricing_rule),
	};
	for (size_t i = 0; !e && i < rows.n; i++) {
		if (is_its_day(today, db_row(&rows, i)))
			e = add_automatic(cx, ask, db_row(&rows, i), out);
	}
	if (!e && ask->code.n)
		e = find_coupon(cx, ask, out);
	return e;
}

struct err *
promotions_check(struct ctx *cx, const struct promotions_ask *ask, const struct promotions *p)
{
	const struct pricing_rule *r;

	if (!p->coupon.n)
		return NULL;
	r = &p->rules[p->nrules - 1];
	switch (r->outcome) {
	case PRICING_NO_LINES:
		return refuse(cx, ask, REASON_COUPON_NO_ITEMS,
			"the coupon %.*s is for other goods than these", STRF(p->code));
	case PRICING_BELOW_MINIMUM:
		return refuse(cx, ask, REASON_COUPON_MINIMUM,
			"the goods are below the minimum of the coupon %.*s", STRF(p->code));
	case PRICING_NOT_COMBINED:
		return refuse(cx, ask, REASON_COUPON_NOT_COMBINABLE,
			"the coupon %.*s cannot be used beside the discounts that apply already",
			STRF(p->code));
	default:
		return NULL;
	}
}

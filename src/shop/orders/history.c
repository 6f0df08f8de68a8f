/* Rows are read one by one; those that stand become lines, which are then sorted by invoice, since one may go on far below. */
#include "shop/orders/history.h"

#include "base/clock.h"
#include "base/country.h"
#include "base/csv.h"
#include "base/decimal.h"
#include "base/id.h"

#define QUANTITY_MOST INT64_C(1000000000)
#define MONEY_MOST ((INT64_C(1) << 53) - 1) /* of a price, a line and an invoice, as everywhere */
#define INVOICE_MOST 20
#define SKU_POINTS 64
#define NAME_POINTS 255
#define CUSTOMER_MOST 40
#define COUNTRY_POINTS 100
#define WORD "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
#define LINES_BYTES ((size_t)2 << 30)

enum column {
	INVOICE,
	STOCK_CODE,
	DESCRIPTION,
	QUANTITY,
	DATE,
	PRICE,
	CUSTOMER,
	COUNTRY,
	COLUMN__MAX
};

static const char *const names[COLUMN__MAX] = {
	[INVOICE] = "InvoiceNo",
	[STOCK_CODE] = "StockCode",
	[DESCRIPTION] = "Description",
	[QUANTITY] = "Quantity",
	[DATE] = "InvoiceDate",
	[PRICE] = "UnitPrice",
	[CUSTOMER] = "CustomerID",
	[COUNTRY] = "Country",
};

/* A row that stands. */
struct taken {
	struct str invoice, customer, country;
	int64_t at_ms;
	struct history_line line;
	bool is_cancellation;
};

struct reading {
	struct ctx *cx;
	struct arena *own,
		*growing; /* the lines alone are in `growing`, so that they grow in place */
	const struct history_source *from;
	struct history *out;
	bool began;
	size_t place[COLUMN__MAX]; /* of each column in the file */
	struct taken *taken;
	size_t n, room;
};

/* What is wrong with a row. */
struct fault {
	enum column column;
	enum reason reason;
	const char *message;
};

/* ---- cells */

static bool
is_number(struct str s)
{
	return s.n && str_only(s, "0123456789");
}

static const struct fault *
take_invoice(struct taken *t)
{
	static const struct fault no_sale = { INVOICE, REASON_NOT_A_SALE,
		"an invoice is digits, or C and digits for a cancellation" };

	t->is_cancellation = str_starts(t->invoice, STR("C"));
	return is_number(str_cut(t->invoice, t->is_cancellation, SIZE_MAX)) &&
			t->invoice.n <= INVOICE_MOST
		? NULL
		: &no_sale;
}

static const struct fault *
take_words(const struct taken *t)
{
	static const struct fault blank = { STOCK_CODE, REASON_BLANK, "a line says what was sold" };
	static const struct fault shaped = { STOCK_CODE, REASON_ID_SHAPED,
		"a SKU must not look like an id" };
	static const struct fault sku = { STOCK_CODE, REASON_TOO_LONG,
		"a stock code has at most 64 characters" };
	static const struct fault name = { DESCRIPTION, REASON_TOO_LONG,
		"a description has at most 255 characters" };
	static const struct fault country = { COUNTRY, REASON_TOO_LONG,
		"a country has at most 100 characters" };
	static const struct fault customer = { CUSTOMER, REASON_PATTERN,
		"a customer is up to 40 letters, digits, '-' and '_'" };

	if (!t->line.sku.n)
		return &blank;
	if (id_shaped(t->line.sku))
		return &shaped;
	if (str_points(t->line.sku) > SKU_POINTS)
		return &sku;
	if (str_points(t->line.name) > NAME_POINTS)
		return &name;
	if (str_points(t->country) > COUNTRY_POINTS)
		return &country;
	return t->customer.n <= CUSTOMER_MOST && str_only(t->customer, WORD) ? NULL : &customer;
}

static const struct fault *
take_quantity(struct taken *t, struct str cell)
{
	static const struct fault broken = { QUANTITY, REASON_NOT_AN_INTEGER,
		"a quantity is a whole number" };
	static const struct fault small = { QUANTITY, REASON_TOO_SMALL,
		"the quantity of a sale is at least 1" };
	static const struct fault large = { QUANTITY, REASON_TOO_LARGE,
		"the quantity of a cancellation is at most -1" };
	static const struct fault range = { QUANTITY, REASON_OUT_OF_RANGE,
		"a quantity is at most 1000000000" };
	int64_t n;
	enum decimal_fault f = decimal_parse(cell, 0, &n);

	if (f == DECIMAL_SYNTAX || f == DECIMAL_DIGITS)
		return &broken;
	if (f == DECIMAL_RANGE)
		return &range;
	if (!t->is_cancellation && n < 1)
		return &small;
	if (t->is_cancellation && n > -1)
		return &large;
	t->line.quantity = t->is_cancellation ? -n : n;
	return t->line.quantity > QUANTITY_MOST ? &range : NULL;
}

static const struct fault *
take_price(const struct ctx *cx, struct taken *t, struct str cell)
{
	static const struct fault broken = { PRICE, REASON_TYPE, "a price is a number" };
	static const struct fault small = { PRICE, REASON_TOO_SMALL, "a price is at least 0" };
	static const struct fault fine = { PRICE, REASON_TOO_PRECISE,
		"a price has no more digits behind the point than its currency" };
	static const struct fault range = { PRICE, REASON_OUT_OF_RANGE,
		"a line comes to at most 2^53 - 1 minor units" };
	int64_t sum;
	enum decimal_fault f = decimal_parse(cell, cx->currency_digits, &t->line.price_minor);

	if (f == DECIMAL_SYNTAX)
		return &broken;
	if (str_starts(cell, STR("-")) && (f != DECIMAL_OK || t->line.price_minor < 0))
		return &small;
	if (f == DECIMAL_DIGITS)
		return &fine;
	if (f == DECIMAL_RANGE ||
		!decimal_scale(t->line.price_minor, t->line.quantity, 1, ROUND_DOWN, &sum))
		return &range;
	return sum > MONEY_MOST ? &range : NULL;
}

static const struct fault *
take_time(struct ctx *cx, struct taken *t, struct str cell)
{
	static const struct fault broken = { DATE, REASON_NOT_A_TIME,
		"a date is written like 2010-12-01 08:26:00" };

	return clock_parse(str_fmt(cx->arena, "%.*sZ", STRF(cell)), &t->at_ms) ? NULL : &broken;
}

static struct str
customer_of(struct str cell)
{
	return str_ends(cell, STR(".0")) ? str_cut(cell, 0, cell.n - 2) : cell;
}

/* ---- rows */

static struct str
cell(const struct reading *r, const struct csv_row *row, enum column c)
{
	return r->place[c] < row->n ? str_trim(row->cells[r->place[c]]) : STR("");
}

static const struct fault *
take_cells(struct reading *r, const struct csv_row *row, struct taken *t)
{
	const struct fault *f;

	*t = (struct taken){
		.invoice = cell(r, row, INVOICE),
		.customer = customer_of(cell(r, row, CUSTOMER)),
		.country = cell(r, row, COUNTRY),
		.line = { row->line, cell(r, row, STOCK_CODE), cell(r, row, DESCRIPTION), 0, 0 },
	};
	f = take_invoice(t);
	f = f ? f : take_words(t);
	f = f ? f : take_quantity(t, cell(r, row, QUANTITY));
	f = f ? f : take_price(r->cx, t, cell(r, row, PRICE));
	return f ? f : take_time(r->cx, t, cell(r, row, DATE));
}

static void
refuse(struct reading *r, int64_t line, struct str invoice, const struct fault *f)
{
	struct history_fault told = {
		.line = line,
		.invoice = invoice,
		.column = str_of(names[f->column]),
		.reason = f->reason,
		.message = str_of(f->message),
	};

	r->out->refused++;
	r->from->told(r->from->arg, &told);
}

/* Keeps it beyond the row: what has no name is called by its code. */
static void
keep(struct reading *r, const struct taken *t)
{
	struct taken *kept;

	if (r->n == r->room) {
		size_t room = r->room ? 2 * r->room : 1024;

		r->taken = arena_grow(r->growing, r->taken, r->room * sizeof(*r->taken),
			room * sizeof(*r->taken));
		r->room = room;
	}
	kept = &r->taken[r->n++];
	*kept = *t;
	kept->invoice = str_dup(r->own, t->invoice);
	kept->customer = t->customer.n ? str_dup(r->own, t->customer) : (struct str){ 0 };
	kept->country = str_dup(r->own, t->country);
	kept->line.sku = str_dup(r->own, t->line.sku);
	kept->line.name = t->line.name.n ? str_dup(r->own, t->line.name) : kept->line.sku;
}

static struct err *
read_head(struct reading *r, const struct csv_row *head)
{
	struct err *e = NULL;

	for (int c = 0; c < COLUMN__MAX; c++) {
		r->place[c] = SIZE_MAX;
		for (size_t i = 0; i < head->n; i++) {
			if (str_eq_nocase(str_trim(head->cells[i]), str_of(names[c])))
				r->place[c] = i;
		}
		if (r->place[c] == SIZE_MAX)
			err_field(r->cx->arena, &e, str_of(names[c]), REASON_REQUIRED,
				"there is no column %s", names[c]);
	}
	r->began = true;
	return e;
}

static struct err *
take_row(void *arg, const struct csv_row *row)
{
	struct reading *r = arg;
	struct arena_mark mark = arena_mark(r->cx->arena);
	const struct fault *f;
	struct taken t;

	if (!r->began)
		return read_head(r, row);
	r->out->rows++;
	f = take_cells(r, row, &t);
	if (f)
		refuse(r, row->line, t.invoice, f);
	else
		keep(r, &t);
	arena_rewind(r->cx->arena, mark);
	return NULL;
}

/* ---- invoices */

static int
by_invoice(const void *a, const void *b)
{
	const struct taken *x = a, *y = b;
	int order = str_cmp(x->invoice, y->invoice);

	return order ? order : (x->line.at > y->line.at) - (x->line.at < y->line.at);
}

static int
by_first_line(const void *a, const void *b)
{
	const struct history_invoice *x = a, *y = b;

	return (x->lines->at > y->lines->at) - (x->lines->at < y->lines->at);
}

/* False if it would come to too much. */
static bool
add_line(struct history_invoice *to, const struct history_line *line)
{
	int64_t sum = to->total_minor + line->quantity * line->price_minor;

	if (sum > MONEY_MOST)
		return false;
	to->total_minor = sum;
	to->lines[to->n++] = *line;
	return true;
}

/* The rows from `at` on that are of one invoice; gives where the next begins. */
static size_t
gather(struct reading *r, size_t at, struct history_invoice *to)
{
	static const struct fault customer = { CUSTOMER, REASON_INVOICE_DIFFERS,
		"an invoice has one customer, that of its first row" };
	static const struct fault country = { COUNTRY, REASON_INVOICE_DIFFERS,
		"an invoice has one country, that of its first row" };
	static const struct fault range = { PRICE, REASON_OUT_OF_RANGE,
		"an invoice comes to at most 2^53 - 1 minor units" };
	const struct taken *first = &r->taken[at];
	size_t end = at;

	while (end < r->n && str_eq(r->taken[end].invoice, first->invoice))
		end++;
	*to = (struct history_invoice){
		.number = first->invoice,
		.is_cancellation = first->is_cancellation,
		.at_ms = first->at_ms,
		.customer = first->customer,
		.country = first->country,
		.lines = ARENA_ARRAY(r->own, end - at, struct history_line),
	};
	for (; at < end; at++) {
		const struct taken *t = &r->taken[at];

		if (!str_eq(t->customer, first->customer))
			refuse(r, t->line.at, t->invoice, &customer);
		else if (!str_eq(t->country, first->country))
			refuse(r, t->line.at, t->invoice, &country);
		else if (!add_line(to, &t->line))
			refuse(r, t->line.at, t->invoice, &range);
	}
	return end;
}

static void
sort_out(struct reading *r)
{
	struct history *h = r->out;

	if (!r->n)
		return;
	qsort(r->taken, r->n, sizeof(*r->taken), by_invoice);
	h->invoices = ARENA_ARRAY(r->own, r->n, struct history_invoice);
	for (size_t at = 0; at < r->n; h->n++)
		at = gather(r, at, &h->invoices[h->n]);
	qsort(h->invoices, h->n, sizeof(*h->invoices), by_first_line);
}

struct err *
history_read(
	struct ctx *cx, struct arena *own, const struct history_source *from, struct history *out)
{
	struct reading r = {
		.cx = cx,
		.own = own,
		.growing = arena_new("history", LINES_BYTES),
		.from = from,
		.out = out,
	};
	struct err *e;

	*out = (struct history){ 0 };
	e = csv_read(cx->arena, from->path, take_row, &r);
	if (!e && !r.began)
		e = err_new(cx->arena, ERR_VALIDATION,
			"the file is empty: its first row must name the columns");
	if (!e)
		sort_out(&r);
	arena_free(r.growing);
	return e;
}

/* ---- countries */

struct str
history_country(struct str name)
{
	static const struct {
		const char *name, *code;
	} rows[] = {
		{ "Australia", "AU" },
		{ "Austria", "AT" },
		{ "Bahrain", "BH" },
		{ "Belgium", "BE" },
		{ "Brazil", "BR" },
		{ "Canada", "CA" },
		{ "China", "CN" },
		{ "Cyprus", "CY" },
		{ "Czech Republic", "CZ" },
		{ "Denmark", "DK" },
		{ "EIRE", "IE" },
		{ "Finland", "FI" },
		{ "France", "FR" },
		{ "Germany", "DE" },
		{ "Greece", "GR" },
		{ "Hong Kong", "HK" },
		{ "Iceland", "IS" },
		{ "India", "IN" },
		{ "Ireland", "IE" },
		{ "Israel", "IL" },
		{ "Italy", "IT" },
		{ "Japan", "JP" },
		{ "Lebanon", "LB" },
		{ "Lithuania", "LT" },
		{ "Malta", "MT" },
		{ "Mexico", "MX" },
		{ "Netherlands", "NL" },
		{ "New Zealand", "NZ" },
		{ "Norway", "NO" },
		{ "Poland", "PL" },
		{ "Portugal", "PT" },
		{ "RSA", "ZA" },
		{ "Saudi Arabia", "SA" },
		{ "Singapore", "SG" },
		{ "South Africa", "ZA" },
		{ "Spain", "ES" },
		{ "Sweden", "SE" },
		{ "Switzerland", "CH" },
		{ "USA", "US" },
		{ "United Arab Emirates", "AE" },
		{ "United Kingdom", "GB" },
		{ "United States", "US" },
	};

	if (name.n == 2 && country_exists(name))
		return name;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (str_eq_nocase(name, str_of(rows[i].name)))
			return str_of(rows[i].code);
	}
	return (struct str){ 0 };
}

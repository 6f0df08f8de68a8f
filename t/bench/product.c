#include "product.h"

/* In the order of PRODUCT_COLUMNS. */
enum column {
	ID,
	VERSION,
	CREATED_AT,
	UPDATED_AT,
	ARCHIVED_AT,
	METADATA,
	NAME,
	NAME_I18N,
	DESCRIPTION,
	DESCRIPTION_I18N,
	SKU,
	PRICE,
	CURRENCY,
	COST,
	STATUS,
	BRAND,
	BARCODE,
	TAX_CLASS,
	WEIGHT,
	WEIGHT_UNIT,
	LENGTH,
	WIDTH,
	HEIGHT,
	DIMENSION_UNIT,
	CATEGORIES,
	VARIANTS_COUNT,
	IMAGES_COUNT,
	COLUMN__MAX
};

struct cell {
	char text[16384];
	unsigned long length;
	int64_t n;
	MYSQL_TIME time;
	my_bool is_null;
};

static struct cell row[COLUMN__MAX];

static MYSQL_BIND
bind_cell(enum column i)
{
	struct cell *c = &row[i];
	MYSQL_BIND b;

	if (i == ID || i == VERSION || i == PRICE || i == COST || i >= VARIANTS_COUNT)
		b = bind_int(&c->n);
	else if (i == CREATED_AT || i == UPDATED_AT || i == ARCHIVED_AT)
		b = (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_DATETIME, .buffer = &c->time };
	else
		b = bind_text(c->text, sizeof(c->text), &c->length);
	b.is_null = &c->is_null;
	return b;
}

void
product_bind(MYSQL_STMT *stmt)
{
	static MYSQL_BIND result[COLUMN__MAX];

	for (int i = 0; i < COLUMN__MAX; i++)
		result[i] = bind_cell((enum column)i);
	if (mysql_stmt_bind_result(stmt, result))
		control_die("bind", mysql_stmt_error(stmt));
}

bool
product_fetch(MYSQL_STMT *stmt)
{
	int status = mysql_stmt_fetch(stmt);

	if (status && status != MYSQL_NO_DATA)
		control_die("fetch",
			status == MYSQL_DATA_TRUNCATED ? "truncated" : mysql_stmt_error(stmt));
	return status == 0;
}

static void
put_digits(struct text *out, unsigned long n, size_t width)
{
	char digits[8];

	for (size_t i = width; i-- > 0; n /= 10)
		digits[i] = (char)('0' + n % 10);
	text_put(out, digits, width);
}

static void
put_time(struct text *out, enum column i)
{
	const MYSQL_TIME *t = &row[i].time;

	TEXT_LITERAL(out, "\"");
	put_digits(out, t->year, 4);
	TEXT_LITERAL(out, "-");
	put_digits(out, t->month, 2);
	TEXT_LITERAL(out, "-");
	put_digits(out, t->day, 2);
	TEXT_LITERAL(out, "T");
	put_digits(out, t->hour, 2);
	TEXT_LITERAL(out, ":");
	put_digits(out, t->minute, 2);
	TEXT_LITERAL(out, ":");
	put_digits(out, t->second, 2);
	TEXT_LITERAL(out, ".");
	put_digits(out, t->second_part / 1000, 3);
	TEXT_LITERAL(out, "Z\"");
}

static void
put_price(struct text *out, enum column i)
{
	if (row[i].is_null) {
		TEXT_LITERAL(out, "null");
		return;
	}
	text_int(out, row[i].n / 100);
	TEXT_LITERAL(out, ".");
	put_digits(out, (unsigned long)(row[i].n % 100), 2);
}

/* A number or a document: as it is. */
static void
put_raw(struct text *out, enum column i)
{
	if (row[i].is_null)
		TEXT_LITERAL(out, "null");
	else
		text_put(out, row[i].text, row[i].length);
}

static void
put_text(struct text *out, enum column i)
{
	if (row[i].is_null)
		TEXT_LITERAL(out, "null");
	else
		text_json(out, row[i].text, row[i].length);
}

static void
put_categories(struct text *out)
{
	const char *p = row[CATEGORIES].text, *end = p + row[CATEGORIES].length;

	TEXT_LITERAL(out, "[");
	while (!row[CATEGORIES].is_null && p < end) {
		const char *comma = memchr(p, ',', (size_t)(end - p));
		size_t n = (size_t)((comma ? comma : end) - p);

		text_json(out, p, n);
		p += n + 1;
		if (comma)
			TEXT_LITERAL(out, ",");
	}
	TEXT_LITERAL(out, "]");
}

static void
write_parcel(struct text *out)
{
	TEXT_LITERAL(out, ",\"weight\":");
	put_raw(out, WEIGHT);
	TEXT_LITERAL(out, ",\"weight_unit\":");
	put_text(out, WEIGHT_UNIT);
	TEXT_LITERAL(out, ",\"dimensions\":{\"length\":");
	put_raw(out, LENGTH);
	TEXT_LITERAL(out, ",\"width\":");
	put_raw(out, WIDTH);
	TEXT_LITERAL(out, ",\"height\":");
	put_raw(out, HEIGHT);
	TEXT_LITERAL(out, ",\"unit\":");
	put_text(out, DIMENSION_UNIT);
	TEXT_LITERAL(out, "}");
}

static void
write_tail(struct text *out)
{
	TEXT_LITERAL(out, ",\"categories\":");
	put_categories(out);
	TEXT_LITERAL(out, ",\"variants\":[],\"images\":[],\"metadata\":");
	put_raw(out, METADATA);
	TEXT_LITERAL(out, ",\"created_at\":");
	put_time(out, CREATED_AT);
	TEXT_LITERAL(out, ",\"updated_at\":");
	put_time(out, UPDATED_AT);
	TEXT_LITERAL(out, ",\"version\":");
	text_int(out, row[VERSION].n);
	TEXT_LITERAL(out, "}");
}

void
product_write(struct text *out)
{
	TEXT_LITERAL(out, "{\"id\":\"");
	text_id(out, "prod_", row[ID].n);
	TEXT_LITERAL(out, "\",\"object\":\"product\",\"name\":");
	put_text(out, NAME);
	TEXT_LITERAL(out, ",\"description\":");
	put_text(out, DESCRIPTION);
	TEXT_LITERAL(out, ",\"sku\":");
	put_text(out, SKU);
	TEXT_LITERAL(out, ",\"price\":");
	put_price(out, PRICE);
	TEXT_LITERAL(out, ",\"currency\":");
	put_text(out, CURRENCY);
	TEXT_LITERAL(out, ",\"cost\":");
	put_price(out, COST);
	TEXT_LITERAL(out, ",\"status\":");
	put_text(out, STATUS);
	TEXT_LITERAL(out, ",\"brand\":");
	put_text(out, BRAND);
	TEXT_LITERAL(out, ",\"barcode\":");
	put_text(out, BARCODE);
	TEXT_LITERAL(out, ",\"tax_class\":");
	put_text(out, TAX_CLASS);
	write_parcel(out);
	write_tail(out);
}

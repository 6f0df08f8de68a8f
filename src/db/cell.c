/*
 * Values on the wire (binary protocol): from a row straight into the arena, without the client
 * library's buffers between, so that a text of any length costs one copy and nothing is truncated.
 */
#include "db/db_int.h"

#include "base/clock.h"

#define MS_PER_DAY INT64_C(86400000)

static uint64_t
read_int(const unsigned char *p, unsigned width)
{
	uint64_t n = 0;
	for (unsigned i = width; i > 0; i--)
		n = n << 8 | p[i - 1];
	return n;
}

/* An integer of `width` bytes; narrow unsigned ones fit, BIGINT UNSIGNED is not used by Souk. */
static int64_t
take_int(unsigned char **row, unsigned width, bool is_unsigned)
{
	uint64_t n = read_int(*row, width);
	*row += width;
	if (!is_unsigned && width < 8 && n >> (width * 8 - 1))
		n |= UINT64_MAX << (width * 8);
	return (int64_t)n;
}

static size_t
take_length(unsigned char **row)
{
	unsigned width = 0;
	unsigned char first = *(*row)++;
	if (first < 251)
		return first;
	if (first == 252)
		width = 2;
	else if (first == 253)
		width = 3;
	else
		width = 8;
	size_t n = (size_t)read_int(*row, width);
	*row += width;
	return n;
}

static struct db_value
take_text(struct arena *a, unsigned char **row)
{
	size_t n = take_length(row);
	struct str s = { "", n };
	if (n) {
		char *p = arena_alloc(a, n);
		memcpy(p, *row, n);
		s.p = p;
	}
	*row += n;
	return (struct db_value){ .kind = DB_TEXT, .s = s };
}

/* Length, then year (2), month, day, hour, minute, second, microseconds (4); zeros are cut off. */
static struct db_value
take_time(unsigned char **row)
{
	const unsigned char *p = *row + 1;
	unsigned n = **row;
	*row += 1 + n;
	if (n < 4)
		return db_null(); /* 0000-00-00, which our sql_mode keeps out */
	int64_t ms = clock_days((int)read_int(p, 2), p[2], p[3]) * MS_PER_DAY;
	if (n >= 7)
		ms += ((p[4] * 60 + p[5]) * 60 + p[6]) * INT64_C(1000);
	if (n >= 11)
		ms += (int64_t)read_int(p + 7, 4) / 1000;
	return db_time(ms);
}

/* Scores and the like; no amount is ever a double. */
static struct db_value
take_double(struct arena *a, unsigned char **row, unsigned width)
{
	double n = 0;
	float f = 0;
	if (width == sizeof(f)) {
		memcpy(&f, *row, sizeof(f));
		n = (double)f;
	} else {
		memcpy(&n, *row, sizeof(n));
	}
	*row += width;
	return (struct db_value){ .kind = DB_TEXT, .s = str_fmt(a, "%.15g", n) };
}

static struct db_value
take_value(struct arena *a, const MYSQL_FIELD *field, unsigned char **row)
{
	bool is_unsigned = field->flags & UNSIGNED_FLAG;
	enum enum_field_types column_type = field->type; /* MariaDB's, not ours */
	switch (column_type) {
	case MYSQL_TYPE_TINY:
		return db_int(take_int(row, 1, is_unsigned));
	case MYSQL_TYPE_SHORT:
	case MYSQL_TYPE_YEAR:
		return db_int(take_int(row, 2, is_unsigned));
	case MYSQL_TYPE_INT24:
	case MYSQL_TYPE_LONG:
		return db_int(take_int(row, 4, is_unsigned));
	case MYSQL_TYPE_LONGLONG:
		return db_int(take_int(row, 8, is_unsigned));
	case MYSQL_TYPE_DATE:
	case MYSQL_TYPE_DATETIME:
	case MYSQL_TYPE_TIMESTAMP:
		return take_time(row);
	case MYSQL_TYPE_FLOAT:
		return take_double(a, row, 4);
	case MYSQL_TYPE_DOUBLE:
		return take_double(a, row, 8);
	default:
		must(column_type != MYSQL_TYPE_TIME); /* no column of ours, and not a text here */
		return take_text(a, row);
	}
}

void
cell_take(void *reading, unsigned column, unsigned char **row)
{
	struct reading *r = reading;
	must(r->n < r->cap);
	struct db_value *v = &r->cells[r->n++];
	*v = row ? take_value(r->arena, &r->fields[column], row) : db_null();
	r->bytes += sizeof(*v) + v->s.n;
}

void
cell_room(struct reading *r, size_t columns)
{
	if (r->cap - r->n >= columns)
		return;
	r->cap = MAX(r->cap * 2, r->n + MAX(columns, 1024));
	r->cells = realloc(r->cells, r->cap * sizeof(*r->cells));
	must_have(r->cells);
}

void
cell_free(struct reading *r)
{
	free(r->cells);
	*r = (struct reading){ 0 };
}

static void
fill_time(MYSQL_TIME *t, int64_t ms)
{
	int64_t days = ms / MS_PER_DAY, rest = ms % MS_PER_DAY;
	int year = 0, month = 0, day = 0;
	if (rest < 0) {
		rest += MS_PER_DAY;
		days--;
	}
	clock_civil(days, &year, &month, &day);
	*t = (MYSQL_TIME){
		.year = (unsigned)year,
		.month = (unsigned)month,
		.day = (unsigned)day,
		.hour = (unsigned)(rest / 3600000),
		.minute = (unsigned)(rest / 60000 % 60),
		.second = (unsigned)(rest / 1000 % 60),
		.second_part = (unsigned long)(rest % 1000) * 1000,
		.time_type = MYSQL_TIMESTAMP_DATETIME,
	};
}

/* The library only reads what a parameter points to, though its struct cannot say so. */
static void *
unconst(const void *p)
{
	union {
		const void *from;
		void *to;
	} u = { .from = p };
	return u.to;
}

void
cell_bind(MYSQL_BIND *bind, MYSQL_TIME *time, const struct db_value *v)
{
	*bind = (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_NULL };
	switch (v->kind) {
	case DB_NULL:
		break;
	case DB_INT:
		bind->buffer_type = MYSQL_TYPE_LONGLONG;
		bind->buffer = unconst(&v->i);
		break;
	case DB_TEXT:
		bind->buffer_type = MYSQL_TYPE_STRING;
		bind->buffer = unconst(v->s.p ? v->s.p : "");
		bind->buffer_length = v->s.n;
		break;
	case DB_TIME:
		fill_time(time, v->i);
		bind->buffer_type = MYSQL_TYPE_DATETIME;
		bind->buffer = time;
		break;
	}
}

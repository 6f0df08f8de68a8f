/* CSV as it comes: marks, separators, quotes, ends of lines, encodings, and which line a row began on. */
#include "tap.h"

#include "base/csv.h"

#include <unistd.h>

#define ROOM 4096

/* What was read, as "LINE:cell|cell\n". */
struct heard {
	char text[ROOM];
	size_t n;
	size_t stop_at; /* gives an err at this row; 0: never */
	size_t rows;
	struct arena *arena;
};

static struct err *
hear(void *arg, const struct csv_row *row)
{
	struct heard *h = arg;

	h->n += (size_t)snprintf(h->text + h->n, ROOM - h->n, "%" PRId64 ":", row->line);
	for (size_t i = 0; i < row->n; i++)
		h->n += (size_t)snprintf(
			h->text + h->n, ROOM - h->n, "%s%.*s", i ? "|" : "", STRF(row->cells[i]));
	h->n += (size_t)snprintf(h->text + h->n, ROOM - h->n, "\n");
	return ++h->rows == h->stop_at ? err_new(h->arena, ERR_CONFLICT, NULL) : NULL;
}

static struct err *
read_text(struct heard *h, struct str text)
{
	char path[] = "/tmp/souk-csv-XXXXXX";
	int fd = mkstemp(path);
	struct err *e;

	CHECK(fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n);
	close(fd);
	e = csv_read(h->arena, path, hear, h);
	unlink(path);
	return e;
}

void
test_csv__reads_what_programs_write(void)
{
	static const struct {
		const char *what;
		struct str text;
		const char *heard;
	} cases[] = {
		{ "plain", { "a,b\nc,d\n", 8 }, "1:a|b\n2:c|d\n" },
		{ "no end of the last line", { "a,b\nc,d", 7 }, "1:a|b\n2:c|d\n" },
		{ "mark, semicolons, CRLF",
			{ "\xef\xbb\xbf"
			  "a;b\r\n1,5;2\r\n",
				15 },
			"1:a|b\n2:1,5|2\n" },
		{ "tabs", { "a\tb\n1\t2\n", 8 }, "1:a|b\n2:1|2\n" },
		{ "quotes", { "a,b\n\"x \"\"y\"\", z\",2\n", 19 }, "1:a|b\n2:x \"y\", z|2\n" },
		{ "a line inside a cell", { "a\n\"x\ny\"\nz\n", 10 }, "1:a\n2:x\ny\n4:z\n" },
		{ "empty lines", { "a\n\n\nb\n", 6 }, "1:a\n4:b\n" },
		{ "empty lines with CRLF", { "a\r\n\r\nb\r\n", 8 }, "1:a\n3:b\n" },
		{ "CR alone", { "a\rb\r", 4 }, "1:a\n2:b\n" },
		{ "empty cells", { "a,b,c\n,,\n", 9 }, "1:a|b|c\n2:||\n" },
		{ "Windows-1252",
			{ "caf\xe9,\x80"
			  "5\n",
				8 },
			"1:caf\xc3\xa9|\xe2\x82\xac"
			"5\n" },
		{ "UTF-8", { "caf\xc3\xa9\n", 6 }, "1:caf\xc3\xa9\n" },
		{ "nothing", { "", 0 }, "" },
	};
	struct arena *a = arena_new("test", 16 << 20);

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct heard h = { .arena = a };

		tap_row("%s", cases[i].what);
		CHECK(!read_text(&h, cases[i].text));
		CHECK_BYTES(h.text, h.n, cases[i].heard, strlen(cases[i].heard));
	}
	arena_free(a);
}

void
test_csv__says_where_it_is_broken(void)
{
	struct arena *a = arena_new("test", 16 << 20);
	struct heard h = { .arena = a };
	struct err *e = read_text(&h, STR("a,b\n1,\"open\n"));

	CHECK(e && e->code == ERR_MALFORMED);
	CHECK(h.rows == 1);
	e = csv_read(a, "/nonexistent.csv", hear, &h);
	CHECK(e && e->code == ERR_NOT_FOUND);
	arena_free(a);
}

void
test_csv__ends_when_it_is_told_to(void)
{
	struct arena *a = arena_new("test", 16 << 20);
	struct heard h = { .arena = a, .stop_at = 2 };
	struct err *e = read_text(&h, STR("a\nb\nc\nd\n"));

	CHECK(e && e->code == ERR_CONFLICT);
	CHECK(h.rows == 2);
	arena_free(a);
}

void
test_csv__bounds_a_row(void)
{
	static const struct {
		const char *what;
		size_t bytes, cell;
		const char *told;
	} cases[] = {
		{ "cells", CSV_ROW_MAX, 1000, "line 1: the row has more than 512 cells" },
		{ "bytes", CSV_ROW_MAX + 100, 100000,
			"line 1: the row has more than 4194304 bytes" },
		{ "a cell", 3 * CSV_ROW_MAX, SIZE_MAX,
			"line 1: a cell has more than 4194304 bytes: is a quote not closed?" },
	};

	for (size_t k = 0; k < COUNT(cases); k++) {
		struct arena *a = arena_new("test", 32 << 20);
		struct heard h = { .arena = a };
		size_t n = cases[k].bytes;
		char *big = arena_alloc(a, n);
		struct err *e;

		memset(big, 'x', n);
		for (size_t i = cases[k].cell; i < n; i += cases[k].cell)
			big[i] = ',';
		tap_row("%s", cases[k].what);
		e = read_text(&h, (struct str){ big, n });
		if (CHECK(e && e->code == ERR_MALFORMED && h.rows == 0))
			CHECK_STR(e->message, cases[k].told);
		arena_free(a);
	}
}

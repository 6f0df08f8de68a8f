/*
 * libcsv calls for each cell and each end of a row. It does not count lines, so that is done here: by
 * the ends it reports (all of them, as we ask it to) and by the newlines inside cells.
 */
#include "base/csv.h"

#include <csv.h>
#include <fcntl.h>
#include <unistd.h>

#define BLOCK ((size_t)64 << 10)

/* Bytes 0x80–0x9f of Windows-1252; 0: not assigned. The others are those of Unicode. */
static const uint16_t windows_1252[32] = { 0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020,
	0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0, 0x2018, 0x2019, 0x201c,
	0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178 };

struct reading {
	struct arena *arena;
	csv_fn *fn;
	void *arg;
	struct err *err;
	int64_t line, row_line;
	bool after_cr; /* the row ended with CR: an LF right behind belongs to it */
	/* The row under way: where its cells end in the text. */
	char *text;
	size_t n, cap, ends[CSV_CELLS_MAX], ncells;
};

PRINTF(2, 3)
static void
refuse(struct reading *r, const char *fmt, ...)
{
	struct str what;
	va_list ap;

	if (r->err)
		return;
	va_start(ap, fmt);
	what = str_vfmt(r->arena, fmt, ap);
	va_end(ap);
	r->err =
		err_new(r->arena, ERR_MALFORMED, "line %" PRId64 ": %.*s", r->row_line, STRF(what));
}

/* Makes room for n more bytes; false (and an err) if that passes the limit. */
static bool
make_room(struct reading *r, size_t n)
{
	size_t cap = MAX(r->cap, 4096);
	char *p;

	if (r->n + n > CSV_ROW_MAX) {
		refuse(r, "the row has more than %zu bytes", CSV_ROW_MAX);
		return false;
	}
	while (cap < r->n + n)
		cap *= 2;
	if (cap == r->cap)
		return true;
	p = realloc(r->text, cap);
	must_have(p);
	r->text = p;
	r->cap = cap;
	return true;
}

static void
put_point(struct reading *r, unsigned point)
{
	if (point < 0x80) {
		r->text[r->n++] = (char)point;
	} else if (point < 0x800) {
		r->text[r->n++] = (char)(0xc0 | point >> 6);
		r->text[r->n++] = (char)(0x80 | (point & 0x3f));
	} else {
		r->text[r->n++] = (char)(0xe0 | point >> 12);
		r->text[r->n++] = (char)(0x80 | (point >> 6 & 0x3f));
		r->text[r->n++] = (char)(0x80 | (point & 0x3f));
	}
}

static void
put_converted(struct reading *r, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned byte = (unsigned char)s.p[i];
		unsigned point = byte >= 0x80 && byte < 0xa0 ? windows_1252[byte - 0x80] : byte;

		put_point(r, point ? point : 0xfffd);
	}
}

static void
on_cell(void *p, size_t n, void *arg)
{
	struct reading *r = arg;
	struct str s = { p, n };
	bool utf8 = str_is_utf8(s);

	if (!r->ncells)
		r->row_line = r->line;
	r->after_cr = false;
	if (r->ncells == CSV_CELLS_MAX)
		refuse(r, "the row has more than %d cells", CSV_CELLS_MAX);
	if (r->err || !make_room(r, utf8 ? n : 3 * n))
		return;
	if (utf8 && n)
		memcpy(r->text + r->n, p, n);
	if (utf8)
		r->n += n;
	else
		put_converted(r, s);
	r->ends[r->ncells++] = r->n;
	for (size_t i = 0; i < n; i++)
		r->line += s.p[i] == '\n';
}

static void
deliver(struct reading *r)
{
	struct str cells[CSV_CELLS_MAX];
	size_t from = 0;

	for (size_t i = 0; i < r->ncells; i++) {
		cells[i] = (struct str){ r->text ? r->text + from : "", r->ends[i] - from };
		from = r->ends[i];
	}
	r->err = r->fn(r->arg, &(struct csv_row){ r->row_line, cells, r->ncells });
}

static void
on_row(int end, void *arg)
{
	struct reading *r = arg;
	bool second_half = end == '\n' && r->after_cr;

	if (!r->err && r->ncells)
		deliver(r);
	r->n = r->ncells = 0;
	r->after_cr = end == '\r';
	if (end >= 0 && !second_half)
		r->line++;
}

/* What stands most often in the first line. */
static unsigned char
separator(struct str block)
{
	static const char known[] = { ',', ';', '\t' };
	struct str line = str_cut(block, 0, str_find(block, '\n'));
	size_t most = 0;
	char best = ',';

	for (size_t k = 0; k < sizeof(known); k++) {
		size_t n = 0;

		for (size_t i = 0; i < line.n; i++)
			n += line.p[i] == known[k];
		if (n > most) {
			most = n;
			best = known[k];
		}
	}
	return (unsigned char)best;
}

/* Takes off a byte-order mark, and lets the first line say what stands between cells. */
static struct str
begin(struct csv_parser *parser, struct str block)
{
	if (str_starts(block, STR("\xef\xbb\xbf")))
		block = str_cut(block, 3, block.n);
	csv_set_delim(parser, separator(block));
	return block;
}

static struct err *
pump(struct reading *r, struct csv_parser *parser, int fd, char *block)
{
	ssize_t got;
	bool first = true;

	while ((got = read(fd, block, BLOCK)) > 0 && !r->err) {
		struct str s = { block, (size_t)got };

		if (first)
			s = begin(parser, s);
		first = false;
		if (csv_parse(parser, s.p, s.n, on_cell, on_row, r) != s.n)
			refuse(r, "%s", csv_strerror(csv_error(parser)));
		if (csv_get_buffer_size(parser) > 2 * CSV_ROW_MAX)
			refuse(r, "a cell has more than %zu bytes: is a quote not closed?",
				CSV_ROW_MAX);
	}
	if (got < 0)
		refuse(r, "%s", strerror(errno));
	/* Lenient up to here: a quote inside a cell is a character. Only the end must be outside. */
	(void)csv_set_opts(parser, CSV_STRICT | CSV_STRICT_FINI);
	if (!r->err && csv_fini(parser, on_cell, on_row, r))
		refuse(r, "a quote is not closed");
	return r->err;
}

struct err *
csv_read(struct arena *a, const char *path, csv_fn *fn, void *arg)
{
	struct reading *r = ARENA_NEW(a, struct reading);
	struct csv_parser parser;
	char *block = arena_alloc(a, BLOCK);
	int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	struct err *e;

	if (fd < 0)
		return err_new(a, ERR_NOT_FOUND, "%s: %s", path, strerror(errno));
	must(!csv_init(&parser, CSV_REPALL_NL));
	csv_set_blk_size(&parser, BLOCK); /* a long cell would be copied every 128 bytes */
	r->arena = a;
	r->fn = fn;
	r->arg = arg;
	r->line = r->row_line = 1;
	e = pump(r, &parser, fd, block);
	csv_free(&parser);
	free(r->text);
	if (fd != STDIN_FILENO)
		close(fd);
	return e;
}

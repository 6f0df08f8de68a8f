/* Reading CSV (RFC 4180) as it really comes: a thin wrapper over libcsv, the only file that includes it. */
#ifndef SOUK_BASE_CSV_H
#define SOUK_BASE_CSV_H

#include "base/base.h"

/* Most bytes of a row, and most cells. */
#define CSV_ROW_MAX ((size_t)4 << 20)
#define CSV_CELLS_MAX 512

/* One row; the cells last until the function that gets it returns. All are UTF-8. */
struct csv_row {
	int64_t line; /* of the file, from 1, on which the row begins */
	const struct str *cells;
	size_t n;
};

/* Takes a row; an err ends the reading and is what csv_read() returns. */
typedef struct err *csv_fn(void *arg, const struct csv_row *row);

/*
 * Reads the file at `path` ("-": standard input) row by row; empty lines are left out. Taken as they
 * come: a byte-order mark, ',' or ';' or a tab between cells (the first line decides), any ends of lines,
 * and Windows-1252 in cells that are not UTF-8. ERR_NOT_FOUND if it cannot be opened, ERR_MALFORMED with
 * the line for a quote that is never closed and a row that passes the limits.
 */
struct err *csv_read(struct arena *a, const char *path, csv_fn *fn, void *arg) MUST_CHECK;

#endif

/*
 * A product file: whatever its cells are, a row of it is JSON that the API would judge; and all of it is imported, into a shop
 * that has nothing, with a reason that can be told for each row that is refused.
 */
#include "fuzz.h"

#include "base/csv.h"
#include "shop/catalog/catalog.h"
#include "shop/catalog/product_columns.h"

#define ROW_BYTES ((size_t)8 << 20)

struct reading {
	struct fuzz *f;
	struct columns columns;
	bool begun;
	int64_t line;
};

static void
write_row(struct fuzz *f, const struct columns *c, const struct str *cells)
{
	struct buf b;

	buf_init(&b, f->arena, 1024, ROW_BYTES);
	buf_z(&b, "{\"p\":{");
	columns_put_product(&b, &f->cx, c, cells);
	buf_z(&b, "},\"v\":{");
	columns_put_variant(&b, &f->cx, c, cells);
	buf_z(&b, "}}");
	must(!b.overflow);
	fuzz_is_json(buf_view(&b));
}

static struct err *
take(void *arg, const struct csv_row *row)
{
	struct reading *r = arg;
	struct arena_mark mark;
	struct str *cells;

	must(row->n > 0 && row->n <= CSV_CELLS_MAX && row->line > r->line);
	r->line = row->line;
	for (size_t i = 0; i < row->n; i++)
		must(str_is_utf8(row->cells[i]));
	if (!r->begun) {
		r->begun = true;
		return columns_read(&r->f->cx, row, row->line % 2, &r->columns);
	}
	mark = arena_mark(r->f->arena);
	cells = ARENA_ARRAY(r->f->arena, r->columns.n, struct str);
	for (size_t i = 0; i < r->columns.n; i++)
		cells[i] = i < row->n ? str_trim(row->cells[i]) : STR("");
	write_row(r->f, &r->columns, cells);
	arena_rewind(r->f->arena, mark); /* as the import does behind each group */
	return NULL;
}

static void
hear(void *arg, const struct import_fault *fault)
{
	int64_t *told = arg;

	must(fault->line > 1 && fault->message.n && str_is_utf8(fault->message));
	must(str_is_utf8(fault->sku) && str_is_utf8(fault->column) && reason_word(fault->reason));
	++*told;
}

static void
import(struct fuzz *f, bool dry_run)
{
	int64_t told = 0;
	struct catalog_import im = {
		.path = fuzz_file(f->in),
		.skip_unknown = true,
		.told = hear,
		.arg = &told,
	};
	struct err *e;

	f->cx.dry_run = dry_run;
	e = catalog_import(&f->cx, &im);
	if (e)
		fuzz_told(f, e);
	must(im.rows[IMPORT_REFUSED] <= told && !im.rows[IMPORT_UPDATED]);
}

void
fuzz_csv(struct fuzz *f)
{
	struct reading r = { .f = f };
	struct err *e = csv_read(f->arena, fuzz_file(f->in), take, &r);

	if (e) {
		fuzz_told(f, e);
		return;
	}
	import(f, false);
	import(f, true);
}

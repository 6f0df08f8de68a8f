/*
 * Importing products. Rows that belong to one product (its own, then its variants') are an item; items are
 * gathered until there are about a hundred rows, or some megabytes, which are one transaction with a savepoint before
 * each item. An item that is refused is rolled back to it; if only variants were at fault, it is
 * tried again without them.
 */
#include "db/db.h"
#include "shop/catalog/catalog.h"
#include "shop/catalog/product_item.h"

#define GROUP_ROWS 100
#define GROUP_BYTES ((size_t)8 << 20)
#define ROWS_MAX 2048 /* a product with all its variants */
#define BYTES_MAX ((size_t)64 << 20)
#define ATTEMPTS 3

struct importing {
	struct ctx *cx;
	struct catalog_import *im;
	struct columns columns;
	struct item_writer writer;
	struct arena_mark mark; /* what a group needs is behind it */
	struct row *rows;
	struct item *items;
	size_t nrows, nitems;
	int64_t done;
};

/* ---- blame */

/* Of "variants[12].sku": 12, and the view moves on to "sku"; -1 if it is the product's own. */
static int
variant_place(struct str *field)
{
	size_t end = str_find(*field, ']');
	int64_t place;

	if (!str_starts(*field, STR("variants[")) ||
		!str_int(str_cut(*field, strlen("variants["), end), &place))
		return -1;
	*field = str_cut(*field, end + 2, field->n);
	return (int)place;
}

static bool
has_fault_at(const struct err *e, int place)
{
	for (const struct err_detail *d = e->details; d; d = d->next) {
		struct str field = d->field;

		if (variant_place(&field) == place)
			return true;
	}
	return false;
}

/* True if every fault is one of a variant that is there. */
static bool
names_variants_only(const struct item *it, const struct err *e)
{
	size_t faults = 0;

	for (size_t i = 0; i < it->n; i++) {
		if (!row_is_out(&it->rows[i]) && it->rows[i].place >= 0)
			faults += has_fault_at(e, it->rows[i].place);
	}
	return faults && !has_fault_at(e, -1);
}

static void
refuse(struct row *row, const struct err *why)
{
	row->outcome = IMPORT_REFUSED;
	row->why = why;
}

/* Refuses the rows at fault; true if there is something left of the item to try again. */
static bool
blame(struct item *it, const struct err *e)
{
	bool whole = !names_variants_only(it, e);
	size_t refused = 0, left = 0;

	for (size_t i = 0; i < it->n; i++) {
		struct row *row = &it->rows[i];

		if (row_is_out(row))
			continue;
		if (whole || (row->place >= 0 && has_fault_at(e, row->place))) {
			refuse(row, e);
			refused++;
		} else {
			left++;
		}
	}
	must(refused); /* else it would be tried for ever, or be lost */
	return left > 0;
}

/* ---- groups */

static struct err *
roll_back(struct importing *im)
{
	if (im->writer.made_category)
		seen_forget(&im->writer.slugs);
	im->writer.made_category = false;
	return db_rollback_to_savepoint(im->cx);
}

/* Another writer took the SKU behind our look: a second look finds it, and updates. */
static bool
was_overtaken(const struct err *e, int attempt)
{
	return attempt == 1 && e->code == ERR_CONFLICT && e->reason == REASON_SKU_TAKEN;
}

static struct err *
write_or_blame(struct importing *im, struct item *it)
{
	bool again = true;

	for (int attempt = 1; again; attempt++) {
		struct err *e = db_savepoint(im->cx), *undone;

		e = e ? e : item_write(&im->writer, it);
		if (!e || err_is_server(e))
			return e;
		undone = roll_back(im);
		if (undone)
			return undone;
		again = was_overtaken(e, attempt) || blame(it, e);
	}
	return NULL;
}

/* A transaction that is repeated begins anew. */
static void
reset(struct importing *im)
{
	for (size_t i = 0; i < im->nrows; i++) {
		im->rows[i].outcome = IMPORT_UNCHANGED;
		im->rows[i].why = NULL;
		im->rows[i].place = -1;
	}
	if (im->writer.made_category)
		seen_forget(&im->writer.slugs);
	im->writer.made_category = false;
}

static struct err *
write_group(struct ctx *cx UNUSED, void *arg)
{
	struct importing *im = arg;
	struct err *e = NULL;

	reset(im);
	for (size_t i = 0; !e && i < im->nitems; i++)
		e = write_or_blame(im, &im->items[i]);
	return e;
}

static void
tell(const struct importing *im, const struct row *row, const struct err_detail *d,
	struct str field)
{
	struct import_fault fault = {
		.line = row->line,
		.sku = columns_cell(&im->columns, row->cells, COLUMN_SKU),
		.column = str_cut(field, 0, str_find(field, '[')),
		.reason = d ? d->reason : row->why->reason,
		.message = d ? d->message : row->why->message,
	};

	im->im->told(im->im->arg, &fault);
}

/* One line for each fault of the row; for a variant of a refused product, that. */
static void
tell_refusal(const struct importing *im, const struct row *row)
{
	static const struct err_detail of_product = {
		.reason = REASON_PRODUCT_REFUSED,
		.message = { "the row of its product was refused", 34 },
	};
	bool told = false;

	for (const struct err_detail *d = row->why->details; d; d = d->next) {
		struct str field = d->field;

		if (variant_place(&field) != row->place)
			continue;
		tell(im, row, d, field);
		told = true;
	}
	if (!told && row->why->details)
		tell(im, row, &of_product, STR("parent_sku"));
	else if (!told)
		tell(im, row, NULL, (struct str){ 0 });
}

static void
settle(struct importing *im)
{
	im->writer.made_category = im->cx->dry_run && im->writer.made_category;
	for (size_t i = 0; i < im->nrows; i++) {
		im->im->rows[im->rows[i].outcome]++;
		if (row_is_out(&im->rows[i]))
			tell_refusal(im, &im->rows[i]);
	}
	for (size_t i = 0; im->cx->dry_run && i < im->nitems; i++) {
		if (im->items[i].has_product && !row_is_out(&im->items[i].rows[0]))
			seen_add(im->writer.own, &im->writer.skus, im->items[i].sku);
	}
	im->done += (int64_t)im->nrows;
	if (im->im->progress)
		im->im->progress(im->im->arg, im->done);
}

static struct err *
flush(struct importing *im)
{
	struct err *e = NULL;

	if (!im->nrows)
		return NULL;
	for (int i = 0; i < ATTEMPTS; i++) {
		e = db_tx(im->cx, write_group, im);
		if (!e || e->code != ERR_TX_REPEAT)
			break;
	}
	if (e)
		return e;
	settle(im);
	im->nrows = im->nitems = 0;
	arena_rewind(im->cx->arena, im->mark);
	return NULL;
}

/* ---- rows of the file */

/* The row's parent_sku, before its cells are copied. */
static struct str
parent_of(const struct importing *im, const struct csv_row *row)
{
	for (size_t i = 0; i < im->columns.n && i < row->n; i++) {
		if (im->columns.c[i].kind == COLUMN_PARENT)
			return str_trim(row->cells[i]);
	}
	return (struct str){ 0 };
}

static bool
is_blank(const struct csv_row *row)
{
	for (size_t i = 0; i < row->n; i++) {
		if (str_trim(row->cells[i]).n)
			return false;
	}
	return true;
}

/* As many cells as there are columns: short rows end with empty ones, what is beyond is left out. */
static struct str *
copy_cells(struct importing *im, const struct csv_row *row)
{
	struct str *cells = ARENA_ARRAY(im->cx->arena, im->columns.n, struct str);

	for (size_t i = 0; i < im->columns.n; i++)
		cells[i] = str_dup(im->cx->arena, i < row->n ? str_trim(row->cells[i]) : STR(""));
	return cells;
}

/* True if the row is a variant of the item that is being gathered. */
static bool
belongs(const struct importing *im, struct str parent)
{
	return parent.n && im->nitems && str_eq(im->items[im->nitems - 1].sku, parent);
}

static void
gather(struct importing *im, const struct csv_row *from)
{
	struct row *row = &im->rows[im->nrows++];
	struct str parent;

	*row = (struct row){ .line = from->line, .cells = copy_cells(im, from) };
	parent = columns_cell(&im->columns, row->cells, COLUMN_PARENT);
	if (!belongs(im, parent))
		im->items[im->nitems++] = (struct item){
			.sku = parent.n ? parent
					: columns_cell(&im->columns, row->cells, COLUMN_SKU),
			.rows = row,
			.has_product = !parent.n,
		};
	im->items[im->nitems - 1].n++;
}

static struct err *
begin(struct importing *im, const struct csv_row *head)
{
	struct arena *a = im->cx->arena;
	struct err *e = columns_read(im->cx, head, im->im->skip_unknown, &im->columns);

	im->rows = ARENA_ARRAY(a, ROWS_MAX, struct row);
	im->items = ARENA_ARRAY(a, ROWS_MAX, struct item);
	im->mark = arena_mark(a);
	return e;
}

/* True if the group ends before this row: at a product, once it is large, or anywhere, before it is too large. */
static bool
is_full(const struct importing *im, const struct csv_row *row)
{
	size_t bytes = arena_used(im->cx->arena) - im->mark.total;

	if (im->nrows == ROWS_MAX || bytes >= BYTES_MAX)
		return true;
	return (im->nrows >= GROUP_ROWS || bytes >= GROUP_BYTES) &&
		!belongs(im, parent_of(im, row));
}

static struct err *
take(void *arg, const struct csv_row *row)
{
	struct importing *im = arg;
	struct err *e = NULL;

	if (!im->rows)
		return begin(im, row);
	if (is_blank(row))
		return NULL;
	if (is_full(im, row))
		e = flush(im);
	if (!e)
		gather(im, row);
	return e;
}

struct err *
catalog_import(struct ctx *cx, struct catalog_import *im)
{
	struct importing state = { .cx = cx, .im = im };
	struct err *e;

	state.writer = (struct item_writer){
		.cx = cx,
		.columns = &state.columns,
		.own = arena_new("import", (size_t)256 << 20),
	};
	memset(im->rows, 0, sizeof(im->rows));
	e = csv_read(cx->arena, im->path, take, &state);
	if (!e && !state.rows)
		e = err_new(cx->arena, ERR_VALIDATION,
			"the file is empty: its first row must name the columns");
	e = e ? e : flush(&state);
	arena_free(state.writer.own);
	return e;
}

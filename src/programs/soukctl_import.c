/* soukctl import: CSV files into the catalogue and into the history of orders, with a reason for each row that is refused. */
#include "programs/soukctl.h"

#include "base/json_out.h"
#include "shop/catalog/catalog.h"
#include "shop/orders/orders.h"

#include <unistd.h>

#define LINE_MAX_BYTES ((size_t)64 << 10)

/* Why a row was refused. */
struct row_fault {
	int64_t line;
	const char *key; /* what rows are called by: "sku" */
	struct str name; /* how this one is called */
	struct str column, message;
	enum reason reason;
};

static const char *const outcomes[IMPORT__MAX] = {
	[IMPORT_CREATED] = "created",
	[IMPORT_UPDATED] = "updated",
	[IMPORT_UNCHANGED] = "unchanged",
	[IMPORT_REFUSED] = "refused",
};

static void
put_text(struct buf *b, const char *name, struct str text)
{
	json_out_name(b, str_of(name));
	json_out_string(b, text);
}

/* One line of JSON on stderr. */
static void
tell_json(struct ctl *c, const struct row_fault *f)
{
	struct arena_mark mark = arena_mark(c->arena);
	struct buf b;

	buf_init(&b, c->arena, 512, LINE_MAX_BYTES);
	buf_fmt(&b, "{\"line\":%" PRId64, f->line);
	put_text(&b, f->key, f->name);
	put_text(&b, "column", f->column);
	put_text(&b, "reason", str_of(reason_word(f->reason)));
	put_text(&b, "message", f->message);
	buf_z(&b, "}\n");
	(void)fwrite(b.p, 1, b.n, stderr);
	arena_rewind(c->arena, mark);
}

static void
tell(struct ctl *c, const struct row_fault *f)
{
	if (ctl_given(c, "json")) {
		tell_json(c, f);
		return;
	}
	(void)fprintf(stderr, "%s:%" PRId64 ": ", c->operands[0], f->line);
	if (f->name.n)
		(void)fprintf(stderr, "%.*s: ", STRF(f->name));
	else
		(void)fprintf(stderr, "(no %s): ", f->key);
	(void)fprintf(
		stderr, "%.*s%s%.*s\n", STRF(f->column), f->column.n ? ": " : "", STRF(f->message));
}

static void
show_progress(int64_t n, const char *what)
{
	if (isatty(STDERR_FILENO))
		(void)fprintf(stderr, "\r%" PRId64 " %s\r", n, what);
}

/* ---- products */

static void
told(void *arg, const struct import_fault *f)
{
	struct row_fault fault = { f->line, "SKU", f->sku, f->column, f->message, f->reason };

	if (ctl_given(arg, "json"))
		fault.key = "sku";
	tell(arg, &fault);
}

static void
progress(void *arg UNUSED, int64_t rows)
{
	show_progress(rows, "rows");
}

static void
summarize(struct ctl *c, const struct catalog_import *im)
{
	bool json = ctl_given(c, "json") != NULL, dry = c->cx.dry_run;

	(void)fputs(json ? "{" : dry ? "dry run: " : "", stdout);
	for (int i = 0; i < IMPORT__MAX; i++) {
		(void)fputs(!i ? "" : json ? "," : ", ", stdout);
		if (json)
			(void)printf("\"%s\":%" PRId64, outcomes[i], im->rows[i]);
		else
			(void)printf("%s %" PRId64, outcomes[i], im->rows[i]);
	}
	(void)puts(!json ? "" : dry ? ",\"dry_run\":true}" : "}");
}

static int
run(struct ctl *c)
{
	struct catalog_import im = {
		.path = c->operands[0],
		.skip_unknown = ctl_given(c, "skip-unknown") != NULL,
		.told = told,
		.progress = progress,
		.arg = c,
	};
	struct err *e;
	int status = ctl_open(c, false);

	if (!status)
		status = ctl_enter(c);
	if (status)
		return status;
	c->cx.dry_run = ctl_given(c, "dry-run") != NULL;
	e = catalog_import(&c->cx, &im);
	if (e)
		(void)ctl_fail(c, e);
	summarize(c, &im);
	if (e)
		return err_is_server(e) ? EXIT_UNAVAILABLE : EXIT_DATA;
	return im.rows[IMPORT_REFUSED] ? EXIT_DATA : 0;
}

static const struct option_row options[] = {
	{ "tenant", "TENANT", "id or name of the tenant" },
	{ "mode", "MODE", "live or sandbox (live)" },
	{ "dry-run", NULL, "only say what would become of each row" },
	{ "skip-unknown", NULL, "leave out columns that are not known" },
	{ "json", NULL, "faults as lines of JSON on stderr, the summary on stdout" },
};

const struct verb verb_import_products = {
	.words = "import products",
	.operands = "FILE.csv",
	.noperands = 1,
	.doc = "create and update products by SKU; ends with 65 if a row was refused",
	.options = options,
	.noptions = COUNT(options),
	.run = run,
};

/* ---- orders */

static void
told_of_history(void *arg, const struct history_fault *f)
{
	const struct row_fault fault = { f->line, "invoice", f->invoice, f->column, f->message,
		f->reason };

	tell(arg, &fault);
}

static void
progress_of_history(void *arg UNUSED, int64_t invoices)
{
	show_progress(invoices, "invoices");
}

static void
summarize_history(struct ctl *c, const struct order_import *im)
{
	const struct {
		const char *name;
		int64_t n;
	} counts[] = {
		{ "orders", im->orders },
		{ "cancellations", im->cancellations },
		{ "lines", im->lines },
		{ "customers", im->customers },
		{ "products", im->products },
		{ "unchanged", im->unchanged },
		{ "refused", im->refused },
	};
	bool json = ctl_given(c, "json") != NULL, dry = c->cx.dry_run;

	(void)fputs(json ? "{" : dry ? "dry run: " : "", stdout);
	for (size_t i = 0; i < COUNT(counts); i++)
		(void)printf(json ? "%s\"%s\":%" PRId64 : "%s%s %" PRId64,
			!i             ? ""
				: json ? ","
				       : ", ",
			counts[i].name, counts[i].n);
	(void)puts(!json ? "" : dry ? ",\"dry_run\":true}" : "}");
}

static int
run_orders(struct ctl *c)
{
	struct order_import im = {
		.path = c->operands[0],
		.told = told_of_history,
		.progress = progress_of_history,
		.arg = c,
	};
	struct err *e;
	int status = ctl_open(c, false);

	status = status ? status : ctl_enter(c);
	if (status)
		return status;
	c->cx.dry_run = ctl_given(c, "dry-run") != NULL;
	e = order_import(&c->cx, &im);
	if (e)
		(void)ctl_fail(c, e);
	summarize_history(c, &im);
	if (e)
		return err_is_server(e) ? EXIT_UNAVAILABLE : EXIT_DATA;
	return im.refused ? EXIT_DATA : 0;
}

static const struct option_row order_options[] = {
	{ "tenant", "TENANT", "id or name of the tenant" },
	{ "mode", "MODE", "live or sandbox (live)" },
	{ "dry-run", NULL, "only say what would be made" },
	{ "json", NULL, "faults as lines of JSON on stderr, the summary on stdout" },
};

const struct verb verb_import_orders = {
	.words = "import orders",
	.operands = "FILE.csv",
	.noperands = 1,
	.doc = "load the history of a shop: invoices become orders, cancellations and customers "
	       "with "
	       "their dates; what is there stays; ends with 65 if a row was refused",
	.options = order_options,
	.noptions = COUNT(order_options),
	.run = run_orders,
};

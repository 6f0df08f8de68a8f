/* Drawing a label, by cairo and pango: whatever script an address is written in, in whatever font the host has for it. */
#include "programs/label.h"

#include "base/buf.h"

#include <cairo/cairo-pdf.h>
#include <pango/pangocairo.h>

/* Points: 1/72 inch. */
#define WIDTH 288.0
#define HEIGHT 432.0
#define MARGIN 14.0
#define INNER (WIDTH - 2 * MARGIN)
#define QUIET 10 /* columns of white beside a line's bars (GS1 General Specifications §5.4) */
#define NARROWEST 0.55 /* of a bar: 0.19 mm, which cheap readers still see */
#define PDF_MAX ((size_t)4 << 20)

struct page {
	cairo_t *c;
	const struct label *label;
	struct arena *arena;
};

/* A text in a box: as much of it as fits, on one line. */
struct text {
	struct str text;
	double x, y, width, size;
	bool bold;
	PangoAlignment align;
};

static void
draw_text(const struct page *p, const struct text *t)
{
	PangoLayout *layout = pango_cairo_create_layout(p->c);
	PangoFontDescription *font = pango_font_description_from_string("Noto Sans, Sans");

	if (t->bold)
		pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
	pango_font_description_set_absolute_size(font, t->size * PANGO_SCALE);
	pango_layout_set_font_description(layout, font);
	pango_layout_set_text(layout, t->text.p ? t->text.p : "", (int)t->text.n);
	pango_layout_set_width(layout, (int)(t->width * PANGO_SCALE));
	pango_layout_set_single_paragraph_mode(layout, TRUE);
	pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
	pango_layout_set_alignment(layout, t->align);
	cairo_move_to(p->c, t->x, t->y);
	pango_cairo_show_layout(p->c, layout);
	pango_font_description_free(font);
	g_object_unref(layout);
}

static void
rule(const struct page *p, double y)
{
	cairo_rectangle(p->c, MARGIN, y, INNER, 1);
	cairo_fill(p->c);
}

static void
draw_lines(const struct page *p, const struct str *lines, size_t n, struct text at)
{
	for (size_t i = 0; i < n; i++) {
		at.text = lines[i];
		draw_text(p, &at);
		at.y += at.size * 1.35;
	}
}

/* Dark cells that touch are one rectangle, so that no reader sees a seam between them. */
static void
draw_cells(const struct page *p, const struct label_code *code, double x, double y, double cell,
	double height)
{
	for (int row = 0; row < code->rows; row++) {
		for (int i = 0; i < code->columns; i++) {
			int from = i;

			while (i < code->columns && code->dark[row * code->columns + i])
				i++;
			if (i > from)
				cairo_rectangle(p->c, x + from * cell, y + row * height,
					(i - from) * cell, height);
		}
	}
	cairo_fill(p->c);
}

static bool
draw_code(const struct page *p, double y, double height)
{
	const struct label *l = p->label;
	struct label_code code;
	double cell;

	if (!label_encode(
		    p->arena, l->number, l->sscc, (int)(INNER / NARROWEST) - 2 * QUIET, &code))
		return false;
	if (code.rows > 1) {
		cell = height / code.rows;
		draw_cells(p, &code, (WIDTH - code.columns * cell) / 2, y, cell, cell);
	} else {
		cell = INNER / (code.columns + 2 * QUIET);
		cell = cell > 1.5 ? 1.5 : cell;
		draw_cells(p, &code, (WIDTH - code.columns * cell) / 2, y, cell, height);
	}
	return true;
}

/* "9000 0000 0000 0012 30". */
static struct str
grouped(struct arena *a, struct str number)
{
	struct buf b;

	if (!str_only(number, "0123456789"))
		return number;
	buf_init(&b, a, 128, 1024);
	for (size_t i = 0; i < number.n; i++) {
		if (i && i % 4 == 0)
			buf_char(&b, ' ');
		buf_char(&b, number.p[i]);
	}
	return buf_view(&b);
}

static struct str
marks(struct arena *a, const struct label *l)
{
	struct str all = { 0 };

	for (size_t i = 0; i < l->nmarks; i++)
		all = str_fmt(a, "%.*s%s%.*s", STRF(all), i ? " · " : "", STRF(l->marks[i]));
	return all;
}

static bool
draw_page(const struct page *p, size_t at)
{
	const struct label *l = p->label;
	struct arena *a = p->arena;
	struct str count = str_fmt(a, "%zu / %zu", at + 1, l->npackages);
	double half = INNER * 0.62, right = MARGIN + half, rest = INNER - half;

	cairo_set_source_rgb(p->c, 0, 0, 0);
	draw_lines(p, l->from, l->nfrom,
		(struct text){ .x = MARGIN, .y = 12, .width = half, .size = 8 });
	draw_text(p, &(struct text){ count, right, 10, rest, 16, true, PANGO_ALIGN_RIGHT });
	draw_text(
		p, &(struct text){ l->packages[at], right, 32, rest, 8, false, PANGO_ALIGN_RIGHT });
	draw_text(p, &(struct text){ l->date, right, 44, rest, 8, false, PANGO_ALIGN_RIGHT });
	rule(p, 104);
	draw_text(
		p, &(struct text){ STR("SHIP TO"), MARGIN, 108, INNER, 7, true, PANGO_ALIGN_LEFT });
	draw_lines(p, l->to, l->nto,
		(struct text){ .x = MARGIN + 12,
			.y = 119,
			.width = INNER - 12,
			.size = 12,
			.bold = true });
	rule(p, 254);
	draw_text(p,
		&(struct text){ l->carrier, MARGIN, 257, INNER / 2, 20, true, PANGO_ALIGN_LEFT });
	draw_text(p,
		&(struct text){ l->service, MARGIN + INNER / 2, 261, INNER / 2, 14, true,
			PANGO_ALIGN_RIGHT });
	draw_text(p, &(struct text){ marks(a, l), MARGIN, 284, INNER, 9, true, PANGO_ALIGN_LEFT });
	rule(p, 300);
	if (!draw_code(p, 308, 76))
		return false;
	draw_text(p,
		&(struct text){
			grouped(a, l->number), MARGIN, 388, INNER, 11, true, PANGO_ALIGN_CENTER });
	draw_text(
		p, &(struct text){ l->order, MARGIN, 408, INNER / 2, 8, false, PANGO_ALIGN_LEFT });
	draw_text(p,
		&(struct text){ l->reference, MARGIN + INNER / 2, 408, INNER / 2, 8, false,
			PANGO_ALIGN_RIGHT });
	cairo_show_page(p->c);
	return true;
}

static cairo_status_t
keep(void *arg, const unsigned char *bytes, unsigned int n)
{
	buf_put(arg, bytes, n);
	return CAIRO_STATUS_SUCCESS;
}

bool
label_draw(struct arena *a, const struct label *label, struct str *pdf)
{
	struct buf b;
	cairo_surface_t *surface;
	struct page p = { .label = label, .arena = a };
	bool done = true;

	buf_init(&b, a, 65536, PDF_MAX);
	surface = cairo_pdf_surface_create_for_stream(keep, &b, WIDTH, HEIGHT);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, "Label");
	/* Drawn again it is the same to the byte, so that its ETag holds. */
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE,
		label->date.n ? str_fmt(a, "%.*s", STRF(label->date)).p : "2020-01-01");
	p.c = cairo_create(surface);
	for (size_t i = 0; done && i < label->npackages; i++)
		done = draw_page(&p, i);
	done = done && cairo_status(p.c) == CAIRO_STATUS_SUCCESS;
	cairo_destroy(p.c);
	cairo_surface_finish(surface);
	done = done && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS && !b.overflow;
	cairo_surface_destroy(surface);
	*pdf = buf_view(&b);
	return done;
}

/* Text: UTF-8, numbers, blanks, typing errors, pages. */
#include "fuzz.h"

#include "base/html.h"
#include "base/json_out.h"

static void
cut_text(struct arena *a, struct str s)
{
	struct buf b;

	must(str_points(s) <= s.n);
	for (size_t n = 0; n <= s.n && n < 8; n++)
		must(str_is_utf8(str_head(s, n)));
	buf_init(&b, a, 64, 6 * s.n + 2);
	json_out_string(&b, s);
	must(!b.overflow);
	fuzz_is_json(buf_view(&b));
}

/* Neither a tag nor a quote comes out of text. */
static void
print_page(struct arena *a, struct str s)
{
	struct buf b;

	buf_init(&b, a, 64, 8 * s.n + 16);
	html_text(&b, s);
	for (size_t i = 0; i < b.n; i++)
		must(b.p[i] != '<' && b.p[i] != '>' && b.p[i] != '"');
}

static void
read_number(struct arena *a, struct str s)
{
	int64_t n, again;

	if (str_int(s, &n))
		must(str_int(str_fmt(a, "%" PRId64, n), &again) && again == n);
}

void
fuzz_text(struct fuzz *f)
{
	static const char *const words[] = { "price", "prices", "status", "created_at", "x" };
	struct str *parts, whole = str_trim(f->in);
	size_t n;

	if (str_is_utf8(f->in))
		cut_text(f->arena, f->in);
	print_page(f->arena, f->in);
	read_number(f->arena, f->in);
	must(whole.n || str_is_blank(f->in));
	(void)str_nearest(f->in, words, COUNT(words));
	n = str_sorted(f->arena, f->in, '&', &parts);
	for (size_t i = 1; i < n; i++)
		must(str_cmp(parts[i - 1], parts[i]) <= 0);
}

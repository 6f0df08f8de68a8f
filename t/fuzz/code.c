/* Codes of bytes: hex, base64url, percent signs, ids. One value has one spelling, but for the case of hex. */
#include "fuzz.h"

#include "base/id.h"
#include "web/url.h"

static void
hex(struct arena *a, struct str s)
{
	char *bytes = arena_alloc(a, s.n);
	struct str text = str_hex(a, s.p, s.n);

	must(str_unhex(text, bytes, s.n) && memcmp(bytes, s.p, s.n) == 0);
	if (str_unhex(s, bytes, s.n / 2))
		must(str_eq_nocase(str_hex(a, bytes, s.n / 2), s));
}

static void
base64(struct arena *a, struct str s)
{
	struct str back;

	must(str_unbase64url(a, str_base64url(a, s.p, s.n), &back) && str_eq(back, s));
	if (str_unbase64url(a, s, &back))
		must(str_eq(str_base64url(a, back.p, back.n), s));
}

static void
url(struct arena *a, struct str s, bool plus)
{
	struct str text, again;
	struct buf b;

	if (!url_decode(a, s, plus, &text))
		return;
	must(str_is_utf8(text) && str_find(text, '\0') == text.n);
	buf_init(&b, a, 64, 3 * text.n);
	url_encode(&b, text);
	must(!b.overflow && url_decode(a, buf_view(&b), plus, &again) && str_eq(again, text));
}

static void
id(struct str s)
{
	char text[ID_TEXT_MAX];
	struct id id;

	if (!id_parse(s, "prod", &id))
		return;
	must(id.n > 0 && id_shaped(s));
	must(str_eq((struct str){ text, id_render(id, "prod", text) }, s));
}

void
fuzz_code(struct fuzz *f)
{
	hex(f->arena, f->in);
	base64(f->arena, f->in);
	url(f->arena, f->in, false);
	url(f->arena, f->in, true);
	id(f->in);
	for (size_t i = 0; i < f->in.n; i++) {
		struct str path = url_path(f->arena, str_cut(f->in, i, i + 1));

		must(path.n && (unsigned char)*path.p > ' ' && (unsigned char)*path.p < 0x7f);
	}
}

/* The little that the OpenAPI document needs beyond json_out.h: named members, and constant pieces one can read. */
#include "web/openapi_int.h"

void
openapi_literal(struct buf *b, const char *text)
{
	if (*text != '}' && *text != ']')
		json_out_comma(b);
	for (; *text; text++)
		buf_char(b, (char)(*text == '\'' ? '"' : *text));
}

void
openapi_text(struct buf *b, const char *name, const char *value)
{
	if (!value)
		return;
	json_out_name(b, str_of(name));
	json_out_z(b, value);
}

void
openapi_fmt(struct buf *b, const char *name, const char *fmt, ...)
{
	struct buf text;
	va_list ap;

	buf_init(&text, b->arena, 256, (size_t)1 << 16);
	va_start(ap, fmt);
	buf_vfmt(&text, fmt, ap);
	va_end(ap);
	must(!text.overflow);
	json_out_name(b, str_of(name));
	json_out_string(b, buf_view(&text));
}

void
openapi_int(struct buf *b, const char *name, int64_t n)
{
	json_out_name(b, str_of(name));
	buf_int(b, n);
}

void
openapi_open(struct buf *b, const char *name, char bracket)
{
	if (name)
		json_out_name(b, str_of(name));
	else
		json_out_comma(b);
	buf_char(b, bracket);
}

void
openapi_ref(struct buf *b, const char *name, const char *part, struct str key)
{
	openapi_open(b, name, '{');
	openapi_fmt(b, "$ref", "#/components/%s/%.*s", part, STRF(key));
	buf_char(b, '}');
}

static char
upper(char c)
{
	return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

void
openapi_content(struct buf *b, const char *type, struct str key, const struct resource *shape)
{
	openapi_open(b, type, '{');
	openapi_ref(b, "schema", "schemas", key);
	if (shape) {
		openapi_shape_example(b, shape, str_ends(key, STR("Input")));
	} else {
		openapi_open(b, "examples", '{');
		openapi_ref(b, key.p, "examples", key);
		buf_char(b, '}');
	}
	buf_char(b, '}');
}

struct str
openapi_name(struct arena *a, const char *words, const char *more)
{
	struct buf b;
	bool first = true;

	buf_init(&b, a, 64, 256);
	for (; *words; words++) {
		char c = *words;
		bool letter = c != '_' && c != '-' && c != '.';

		if (letter && first)
			c = upper(c);
		if (letter)
			buf_char(&b, c);
		first = !letter;
	}
	buf_z(&b, more);
	must(!b.overflow);
	return buf_view(&b);
}

struct str
openapi_camel(struct arena *a, const char *words)
{
	struct str name = openapi_name(a, words, "");
	size_t first = 0;

	while (words[first] == '_' || words[first] == '-')
		first++;
	return str_fmt(a, "%c%.*s", words[first], STRF(str_cut(name, 1, name.n)));
}

struct str
openapi_words(struct arena *a, const char *name)
{
	struct buf b;

	buf_init(&b, a, 64, 256);
	for (; *name; name++)
		buf_char(&b, (char)(*name == '_' || *name == '-' ? ' ' : *name));
	return buf_view(&b);
}

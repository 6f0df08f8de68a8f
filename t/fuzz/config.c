/* Settings: what a file says is what a file says that is written from it. */
#include "fuzz.h"

#include "base/config.h"

static struct err *
read_text(struct fuzz *f, struct str text, struct config *out)
{
	must(!setenv("SOUK_CONFIG", fuzz_file(text), 1));
	return config_read(f->arena, out);
}

static void
put_quoted(struct buf *b, struct str value)
{
	buf_char(b, '"');
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '"' || value.p[i] == '\\')
			buf_char(b, '\\');
		buf_char(b, value.p[i]);
	}
	buf_char(b, '"');
}

static struct str
written(struct arena *a, const struct config *c)
{
	struct buf b;
	size_t n;
	const struct config_row *rows = config_rows(&n);

	buf_init(&b, a, 4096, (size_t)1 << 20);
	for (size_t i = 0; i < n; i++) {
		buf_fmt(&b, "  %s = ", rows[i].key);
		put_quoted(&b, config_value(a, c, i));
		buf_z(&b, "\r\n");
	}
	must(!b.overflow);
	return buf_view(&b);
}

void
fuzz_config(struct fuzz *f)
{
	struct config given, again;
	struct err *e = read_text(f, f->in, &given);
	size_t n;

	if (e) {
		must(e->code == ERR_VALIDATION && e->details && e->details->message.n);
		return;
	}
	must(!read_text(f, written(f->arena, &given), &again));
	(void)config_rows(&n);
	for (size_t i = 0; i < n; i++)
		must(str_eq(config_value(f->arena, &given, i), config_value(f->arena, &again, i)));
}

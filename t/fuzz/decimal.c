/* Decimals: the grammar is JSON's, and what was read is written as the same number. */
#include "fuzz.h"

#include "base/decimal.h"
#include "base/json_scan.h"

static bool
is_json_number(struct str s)
{
	struct json_fault fault;

	return s.n && (*s.p == '-' || (*s.p >= '0' && *s.p <= '9')) && s.p[s.n - 1] > ' ' &&
		json_scan(s, 0, &fault);
}

static void
read_back(const char *text, size_t n, int scale, int64_t want)
{
	int64_t got;

	must(n <= DECIMAL_TEXT);
	must(decimal_parse((struct str){ text, n }, scale, &got) == DECIMAL_OK && got == want);
}

void
fuzz_decimal(struct fuzz *f)
{
	int scale = (int)fuzz_pick(f, 19);
	char text[DECIMAL_TEXT];
	int64_t n, same;
	enum decimal_fault fault = decimal_parse(f->in, scale, &n);

	must((fault != DECIMAL_SYNTAX) == is_json_number(f->in));
	if (fault)
		return;
	read_back(text, decimal_render(n, scale, text), scale, n);
	read_back(text, decimal_render_short(n, scale, text), scale, n);
	must(decimal_scale(n, 1000, 1000, ROUND_HALF_EVEN, &same) && same == n);
}

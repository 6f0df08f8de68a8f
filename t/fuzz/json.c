/* JSON: what is taken prints as JSON that is taken again, and is the same. */
#include "fuzz.h"

#include "base/json.h"

static bool same(struct arena *a, const struct json *x, const struct json *y);

static bool
same_items(struct arena *a, const struct json *x, const struct json *y)
{
	bool all = json_length(x) == json_length(y);

	for (size_t i = 0; all && i < json_length(x); i++)
		all = same(a, json_at(x, i), json_at(y, i));
	return all;
}

static bool
same_members(struct arena *a, const struct json *x, const struct json *y)
{
	struct json_iter left = json_iter(x), right = json_iter(y);
	bool all = json_members(x) == json_members(y);

	while (all && json_next(&left) && json_next(&right))
		all = str_eq(left.name, right.name) && same(a, left.value, right.value);
	return all;
}

static bool
same(struct arena *a, const struct json *x, const struct json *y)
{
	return json_kind(x) == json_kind(y) && json_bool(x) == json_bool(y) &&
		str_eq(json_number(a, x), json_number(a, y)) &&
		str_eq(json_string(x), json_string(y)) && same_items(a, x, y) &&
		same_members(a, x, y);
}

void
fuzz_json(struct fuzz *f)
{
	struct json *j = NULL, *again = NULL;
	struct err *e = json_parse(f->arena, f->in, &j);
	struct str text;

	if (e) {
		fuzz_told(f, e);
		return;
	}
	(void)json_shown(f->arena, j);
	text = json_text(f->arena, j);
	must(!json_parse(f->arena, text, &again));
	must(same(f->arena, j, again));
	must(str_eq(json_text(f->arena, again), text));
}

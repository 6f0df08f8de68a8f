/* Maps: two lines of JSON, what is stored and a patch (RFC 7396). A member of the patch wins, null removes, others stay. */
#include "fuzz.h"

#include "model/map.h"

static struct str
checked(struct fuzz *f, struct str text, bool patch)
{
	struct map_limits limits = METADATA_LIMITS;
	struct err *e = NULL;
	const struct fault at = { &f->cx, &e, STR("metadata"), .create = false };
	struct json *j = NULL;
	struct str map = { 0 };

	limits.nulls = patch;
	e = json_parse(f->arena, text, &j);
	if (!e)
		map = map_parse(&at, j, &limits);
	if (e)
		fuzz_told(f, e);
	must(!e || !map.p);
	if (map.p)
		fuzz_is_json(map);
	return map;
}

static void
compare(struct fuzz *f, struct str was, struct str patch, struct str merged)
{
	struct json *old = map_read(f->arena, was), *change = map_read(f->arena, patch);
	struct json *now = map_read(f->arena, merged);
	size_t n = 0;

	for (struct json_iter it = json_iter(change); json_next(&it);) {
		const char *key = str_z(f->arena, it.name);

		must(json_has(now, key) == (it.value != NULL));
		must(str_eq(json_string(json_get(now, key)), json_string(it.value)));
		n += it.value != NULL;
	}
	for (struct json_iter it = json_iter(old); json_next(&it);) {
		const char *key = str_z(f->arena, it.name);

		if (json_has(change, key))
			continue;
		must(str_eq(map_get(f->arena, merged, key), json_string(it.value)));
		n++;
	}
	must(map_count(f->arena, merged) == n);
}

void
fuzz_map(struct fuzz *f)
{
	struct str was = checked(f, fuzz_line(f), false), patch = checked(f, fuzz_line(f), true);

	compare(f, was, patch, map_merge(f->arena, was, patch));
}

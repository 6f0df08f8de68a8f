/* Maps as JSON text: checked when they come in, patched member by member. */
#include "model/map.h"

#include "base/crypto.h"
#include "base/json_out.h"

#define MAP_BYTES ((size_t)1 << 20)

/* The text of a scalar, absent if it is none that may stand here. */
static struct str
scalar(struct arena *a, const struct json *j, bool scalars)
{
	switch (json_kind(j)) {
	case JSON_STRING:
		return json_string(j);
	case JSON_BOOL:
		return scalars ? str_of(json_bool(j) ? "true" : "false") : (struct str){ 0 };
	case JSON_INT:
	case JSON_DECIMAL:
		return scalars ? json_number(a, j) : (struct str){ 0 };
	default:
		return (struct str){ 0 };
	}
}

/* Reports what is wrong with one member; true if it is to be written (null is, in a patch). */
static bool
member_ok(const struct fault *at, const struct json_iter *it, const struct map_limits *limits,
	struct str text)
{
	struct arena *a = at->cx->arena;
	struct fault here = *at;

	here.path = str_fmt(a, "%.*s.%.*s", STRF(at->path), STRF(str_head(it->name, 100)));
	if (!it->name.n || str_points(it->name) > (size_t)limits->key_points)
		fault_add(&here, REASON_KEY_LENGTH, "a key must have 1 to %" PRId64 " characters",
			limits->key_points);
	else if (!text.p && json_kind(it->value) != JSON_NULL)
		fault_add(&here, REASON_TYPE, "must be a string, not %s",
			json_kind_name(json_kind(it->value)));
	else if (text.p && str_points(text) > (size_t)limits->value_points)
		fault_add(&here, REASON_TOO_LONG,
			"must have at most %" PRId64 " characters, not %zu", limits->value_points,
			str_points(text));
	else
		return text.p || limits->nulls;
	return false;
}

/* A number's text is a copy, others are the document's. */
static void
wipe_number(const struct json *j, struct str text)
{
	if (json_kind(j) == JSON_INT || json_kind(j) == JSON_DECIMAL)
		crypto_wipe((char *)(uintptr_t)text.p, text.n);
}

void
map_put(struct buf *b, struct str key, struct str text)
{
	json_out_comma(b);
	json_out_string(b, key);
	buf_char(b, ':');
	if (text.p)
		json_out_string(b, text);
	else
		buf_z(b, "null");
}

void
map_put_number(struct buf *b, struct str key, struct str number)
{
	json_out_comma(b);
	json_out_string(b, key);
	buf_char(b, ':');
	buf_str(b, number);
}

static size_t
faults_so_far(const struct fault *at)
{
	return *at->e ? (*at->e)->ndetails : 0;
}

struct str
map_parse(const struct fault *at, const struct json *object, const struct map_limits *limits)
{
	struct arena *a = at->cx->arena;
	struct buf b;
	size_t before = faults_so_far(at), n = 0;

	if (json_kind(object) != JSON_OBJECT) {
		fault_add(at, REASON_TYPE, "must be an object, not %s",
			json_kind_name(json_kind(object)));
		return (struct str){ 0 };
	}
	/* A patch may clear every key there is and set as many others. */
	if (json_members(object) > 2 * (size_t)limits->keys) {
		fault_add(at, REASON_TOO_MANY, "must have at most %" PRId64 " keys", limits->keys);
		return (struct str){ 0 };
	}
	buf_init(&b, a, limits->room ? limits->room : 256, MAP_BYTES);
	buf_char(&b, '{');
	for (struct json_iter it = json_iter(object); !err_is_full(*at->e) && json_next(&it);) {
		struct str text = scalar(a, it.value, limits->scalars);

		n += json_kind(it.value) != JSON_NULL;
		if (member_ok(at, &it, limits, text))
			map_put(&b, it.name, text);
		if (limits->room)
			wipe_number(it.value, text);
	}
	buf_char(&b, '}');
	if (n > (size_t)limits->keys)
		fault_add(at, REASON_TOO_MANY, "must have at most %" PRId64 " keys", limits->keys);
	return faults_so_far(at) == before ? buf_view(&b) : (struct str){ 0 };
}

/* What was stored or has been checked parses; anything else is a fault of ours. */
struct json *
map_read(struct arena *a, struct str text)
{
	struct json *j = NULL;

	if (text.p)
		must(!json_parse(a, text, &j));
	return j;
}

/* A number stays as it was written. */
static void
put_member(struct arena *a, struct buf *b, struct str key, const struct json *value)
{
	struct str number = json_number(a, value);

	if (number.p)
		map_put_number(b, key, number);
	else
		map_put(b, key, json_string(value));
}

struct str
map_merge(struct arena *a, struct str was, struct str patch)
{
	struct json *old = map_read(a, was), *change = map_read(a, patch);
	struct buf b;

	buf_init(&b, a, was.n + patch.n + 2, MAP_BYTES * 2);
	buf_char(&b, '{');
	for (struct json_iter it = json_iter(old); json_next(&it);) {
		const char *key = str_z(a, it.name);

		if (!json_has(change, key))
			put_member(a, &b, it.name, it.value);
		else if (json_get(change, key))
			put_member(a, &b, it.name, json_get(change, key));
	}
	for (struct json_iter it = json_iter(change); json_next(&it);) {
		if (it.value && !json_has(old, str_z(a, it.name)))
			put_member(a, &b, it.name, it.value);
	}
	buf_char(&b, '}');
	return b.n > 2 ? buf_view(&b) : (struct str){ 0 };
}

struct str
map_get(struct arena *a, struct str map, const char *key)
{
	return json_string(json_get(map_read(a, map), key));
}

size_t
map_count(struct arena *a, struct str map)
{
	return json_members(map_read(a, map));
}

/*
 * A tag carries the version in clear, so that If-Match can be judged by the version alone: a client
 * that read the object in another language still holds the right one to change it.
 */
#include "web/conditional.h"

#include "base/clock.h"
#include "base/hash.h"
#include "web/health.h"

#define TAG_MAX 64
#define YOUNG_MS 2000

uint64_t
conditional_look(const struct ctx *cx, const struct view *view)
{
	uint64_t h = hash_str(view_hash(view), STR(API_VERSION));

	h = hash_str(h, cx->shown.language);
	h = hash_str(h, cx->shown.fallback);
	h = hash_number(h, cx->shown.maps);
	h = hash_str(h, cx->shown.currency);
	if (cx->shown.currency.n)
		h = hash_str(h, STR(RATE_DAY));
	h = hash_str(h, cx->shown.times ? str_of(cx->shown.locale) : (struct str){ 0 });
	h = hash_str(h, cx->shown.times ? ctx_zone(cx) : (struct str){ 0 });
	h = hash_str(h, cx->language);
	return hash_str(h, cx->currency);
}

uint64_t
conditional_stamped(uint64_t look, uint64_t stamp)
{
	return stamp ? hash_number(look, stamp) : look;
}

struct str
conditional_tag(struct arena *a, int64_t version, uint64_t look)
{
	struct buf b;
	char hex[HASH_TEXT];

	hash_render(look, hex);
	buf_init(&b, a, TAG_MAX, TAG_MAX);
	buf_char(&b, '"');
	buf_int(&b, version);
	buf_char(&b, '.');
	buf_put(&b, hex, sizeof(hex));
	buf_char(&b, '"');
	return buf_view(&b);
}

struct str
conditional_list_tag(struct arena *a, struct str body)
{
	char hex[HASH_TEXT];

	hash_render(hash_str(0, body), hex);
	return str_fmt(a, "W/\"%.*s\"", HASH_TEXT, hex);
}

static struct str
without_weak(struct str tag)
{
	return str_starts(tag, STR("W/")) ? str_cut(tag, 2, tag.n) : tag;
}

/* Takes the next tag of a list, quotes included and W/ left out; false at the end or at no tag. */
static bool
next_tag(struct str *rest, struct str *tag)
{
	size_t end;

	while (rest->n && (*rest->p == ' ' || *rest->p == '\t' || *rest->p == ','))
		*rest = str_cut(*rest, 1, rest->n);
	*rest = without_weak(*rest);
	if (!rest->n || *rest->p != '"')
		return false;
	end = str_find(str_cut(*rest, 1, rest->n), '"') + 1;
	if (end >= rest->n)
		return false;
	*tag = str_cut(*rest, 0, end + 1);
	*rest = str_cut(*rest, end + 1, rest->n);
	return true;
}

static bool
is_star(struct str header)
{
	return str_eq(str_trim(header), STR("*"));
}

bool
conditional_names(struct str header, struct str tag)
{
	struct str one;

	if (is_star(header))
		return true;
	tag = without_weak(tag);
	while (next_tag(&header, &one))
		if (str_eq(one, tag))
			return true;
	return false;
}

struct str
conditional_as_held(struct arena *a, struct str header, struct str tag)
{
	struct str before = header, one;

	for (; next_tag(&header, &one); before = header) {
		if (!str_eq(one, without_weak(tag)))
			continue;
		before.n = (size_t)(one.p - before.p);
		return str_ends(before, STR("W/")) ? str_fmt(a, "W/%.*s", STRF(one)) : tag;
	}
	return tag;
}

bool
conditional_may_name(struct str header, uint64_t look)
{
	char end[HASH_TEXT + 2] = ".";
	struct str one;

	if (is_star(header))
		return true;
	hash_render(look, end + 1);
	end[HASH_TEXT + 1] = '"';
	while (next_tag(&header, &one))
		if (str_ends(one, (struct str){ end, sizeof(end) }))
			return true;
	return false;
}

bool
conditional_is_unchanged(
	struct str none_match, struct str since, struct str tag, int64_t modified_ms)
{
	int64_t since_ms;

	if (none_match.n)
		return conditional_names(none_match, tag);
	if (!since.n || !modified_ms || !clock_parse_http(since, &since_ms))
		return false;
	return modified_ms / 1000 <= since_ms / 1000 && clock_real_ms() - modified_ms >= YOUNG_MS;
}

/* The version in "12.89abcdef01234567", or in "12". */
static bool
version_of(struct str tag, int64_t *version)
{
	struct str inside = str_cut(tag, 1, tag.n - 1);

	return str_int(str_cut(inside, 0, str_find(inside, '.')), version) && *version > 0;
}

static struct err *
read_tags(struct arena *a, const char *name, struct str header, struct tags *out)
{
	struct str tag;
	int64_t version;

	*out = (struct tags){ .given = header.n > 0, .any = is_star(header) };
	if (!out->given || out->any)
		return NULL;
	while (next_tag(&header, &tag)) {
		if (!version_of(tag, &version))
			continue; /* not one of ours: matches nothing */
		if (out->n == COUNT(out->versions))
			return err_new(a, ERR_MALFORMED, "%s takes at most %zu tags", name,
				COUNT(out->versions));
		out->versions[out->n++] = version;
	}
	if (str_trim(header).n)
		return err_new(a, ERR_MALFORMED,
			"%s is a list of entity tags in double quotes, or *", name);
	return NULL;
}

struct err *
conditional_read(struct arena *a, const struct condition_headers *headers, struct conditions *out)
{
	struct err *e;

	*out = (struct conditions){ 0 };
	if (headers->unmodified_since.n &&
		!clock_parse_http(headers->unmodified_since, &out->unmodified_since_ms))
		out->unmodified_since_ms = 0;
	e = read_tags(a, "If-Match", headers->match, &out->match);
	return e ? e : read_tags(a, "If-None-Match", headers->none_match, &out->none_match);
}

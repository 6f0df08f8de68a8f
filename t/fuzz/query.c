/*
 * A line with the name of a resource, a digit (2: asked by a published key, 3: by one without rights), then the query string of a
 * list or, behind 1, an object: filters, sorts, views, pages, cursors. What is taken becomes statements, links and a cursor, and
 * those are read again.
 */
#include "fuzz.h"

#include "model/cursor.h"
#include "model/type.h"
#include "web/links.h"

/* The address behind `rel` in a Link header. */
static struct str
address_of(struct str link, const char *rel)
{
	struct str rest = link, address = { 0 };

	while (!address.p && rest.n) {
		size_t open = str_find(rest, '<'), close = str_find(rest, '>');
		struct str behind = str_cut(rest, close + 1, rest.n);

		must(open < close && close < rest.n);
		if (str_starts(behind, str_of(rel)))
			address = str_cut(rest, open + 1, close);
		rest = str_cut(behind, str_find(behind, '<'), behind.n);
	}
	return address;
}

/* The same parameters stand in a link, but for the one that it is about. */
static void
follow(struct fuzz *f, struct str link, const struct params *p, const char *own)
{
	struct str address = address_of(link, "; rel=\"next\"");
	struct params again;
	size_t at = 0;

	if (!address.p)
		return;
	address = str_cut(address, str_find(address, '?') + 1, address.n);
	must(!params_read(f->arena, address, &again));
	for (size_t i = 0; i < p->n; i++) {
		if (str_eq_z(p->p[i].name, own))
			continue;
		must(at < again.n && str_eq(p->p[i].name, again.p[at].name));
		must(str_eq(p->p[i].value, again.p[at].value));
		at++;
	}
	must(again.n == at + 1 && str_eq_z(again.p[at].name, own));
}

static void
link_pages(struct fuzz *f, const struct params *p, const struct query *q, struct str cursor)
{
	struct page page = { .has_more = true, .next_cursor = cursor, .total = 100 };
	struct str link = links_of(f->arena, STR("/v2/things/\xff<>"), p, q, &page);

	for (size_t i = 0; i < link.n; i++)
		must(link.p[i] >= ' ' && link.p[i] <= '~');
	if (p->n < PARAMS_MAX)
		follow(f, link, p, q->keyset ? "cursor" : "page");
}

/* The keys are what a row without values has: nulls, and its id. */
static struct str
go_on(struct fuzz *f, const struct query *q)
{
	struct value keys[KEYS_MAX] = { 0 }, again[KEYS_MAX];
	struct query behind = *q;

	for (size_t i = 0; i < query_keys(q); i++) {
		const struct sort key = query_key(q, i);

		keys[i].state = VALUE_NULL;
		if (key.relation < 0 && query_field(q->resource, key.field)->flags & F_REQUIRED)
			keys[i] = (struct value){ .state = VALUE_SET, .i = 7, .s = STR("x") };
	}
	behind.cursor = cursor_make(&f->cx, q, keys);
	must(!cursor_read(&f->cx, &behind, again));
	for (size_t i = 0; i < query_keys(q); i++)
		must(value_same(&again[i], &keys[i]));
	return behind.cursor;
}

static void
list(struct fuzz *f, const struct resource *r, const struct params *p)
{
	struct query q;
	struct page page;
	struct str warning;
	struct err *e;

	query_init(&q, r);
	q.parent.n = r->parent ? 9 : 0;
	e = params_query(&f->cx, p, &q, &warning);
	if (!e) {
		struct str cursor = go_on(f, &q);

		link_pages(f, p, &q, cursor);
		e = model_list(&f->cx, &q, &page);
		if (q.keyset && !q.cursor.n)
			q.cursor = cursor;
	}
	if (!e)
		e = model_list(&f->cx, &q, &page);
	if (e)
		fuzz_told(f, e);
}

static void
object(struct fuzz *f, const struct resource *r, const struct params *p)
{
	struct view view;
	struct err *e = params_view(&f->cx, p, r, &view);

	if (e)
		fuzz_told(f, e);
	else
		(void)view_hash(&view);
}

/* A query is short: what it is turned into has no reason to be long. */
#define MEMORY ((size_t)4 << 20)

void
fuzz_query(struct fuzz *f)
{
	const struct resource *r = fuzz_resource(f);
	size_t kind = fuzz_pick(f, 4);
	struct params params;
	struct err *e = params_read(f->arena, str_cut(f->in, 0, REQUEST_QUERY_MAX), &params);

	f->cx.published_only = kind == 2;
	if (kind == 3)
		f->cx.scopes.n = 0;
	if (e)
		fuzz_told(f, e);
	else if (kind == 1)
		object(f, r, &params);
	else
		list(f, r, &params);
	must(arena_used(f->arena) < MEMORY);
}

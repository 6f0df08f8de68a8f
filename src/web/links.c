/* Neighbours of a page: the same parameters with another page or cursor. */
#include "web/links.h"

#include "web/url.h"

#define LINKS_MAX ((size_t)48 << 10)
#define LINKS_SENT_MAX 4096 /* a longer header would not pass nginx's buffer beside the others */

static void
put_param(struct buf *b, struct str name, struct str value)
{
	if (b->n && b->p[b->n - 1] != '?')
		buf_char(b, '&');
	url_encode(b, name);
	buf_char(b, '=');
	url_encode(b, value);
}

/* <path?…&name=value>; rel="rel" */
static void
put_link(struct buf *b, struct str path, const struct params *p, struct param own, const char *rel)
{
	if (b->n)
		buf_put(b, ", ", 2);
	buf_char(b, '<');
	buf_str(b, path);
	buf_char(b, '?');
	for (size_t i = 0; i < p->n; i++)
		if (!str_eq(p->p[i].name, own.name))
			put_param(b, p->p[i].name, p->p[i].value);
	put_param(b, own.name, own.value);
	buf_z(b, ">; rel=\"");
	buf_z(b, rel);
	buf_char(b, '"');
}

int64_t
links_pages(const struct query *q, const struct page *page)
{
	return MAX((page->total + q->limit - 1) / q->limit, 1);
}

struct str
links_of(struct arena *a, struct str path, const struct params *p, const struct query *q,
	const struct page *page)
{
	struct buf b;
	int64_t last = links_pages(q, page);

	buf_init(&b, a, 512, LINKS_MAX);
	if (q->keyset) {
		put_link(&b, path, p, (struct param){ STR("cursor"), STR("") }, "first");
		if (page->has_more)
			put_link(&b, path, p, (struct param){ STR("cursor"), page->next_cursor },
				"next");
	} else {
		struct param own = { STR("page"), STR("1") };

		put_link(&b, path, p, own, "first");
		own.value = str_fmt(a, "%" PRId64, q->page - 1);
		if (q->page > 1)
			put_link(&b, path, p, own, "prev");
		own.value = str_fmt(a, "%" PRId64, q->page + 1);
		if (page->has_more)
			put_link(&b, path, p, own, "next");
		own.value = str_fmt(a, "%" PRId64, last);
		if (!page->total_is_estimate)
			put_link(&b, path, p, own, "last");
	}
	if (b.overflow || b.n > LINKS_SENT_MAX)
		return (struct str){ 0 };
	return buf_view(&b);
}

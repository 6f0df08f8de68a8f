/* Neighbours of a page: the same parameters with another page or cursor. */
#include "web/links.h"

#include "web/url.h"

/* What clients and proxies take as one header; beyond it only the neighbours are named, then nothing. */
#define LINKS_SENT_MAX 4096
#define NEIGHBOURS_SENT_MAX 8192

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

static void
put_page(struct buf *b, struct str path, const struct params *p, int64_t number, const char *rel)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%" PRId64, number);

	put_link(b, path, p, (struct param){ STR("page"), { text, (size_t)n } }, rel);
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
	struct buf all, near;

	path = url_path(a, path);
	buf_init(&all, a, 512, LINKS_SENT_MAX);
	buf_init(&near, a, 512, NEIGHBOURS_SENT_MAX);
	if (q->keyset) {
		put_link(&all, path, p, (struct param){ STR("cursor"), STR("") }, "first");
		if (page->has_more)
			put_link(&near, path, p, (struct param){ STR("cursor"), page->next_cursor },
				"next");
	} else {
		put_page(&all, path, p, 1, "first");
		if (q->page > 1)
			put_page(&near, path, p, q->page - 1, "prev");
		if (page->has_more)
			put_page(&near, path, p, q->page + 1, "next");
	}
	if (near.overflow)
		return (struct str){ 0 };
	if (near.n)
		buf_put(&all, ", ", 2);
	buf_str(&all, buf_view(&near));
	if (!q->keyset && !page->total_is_estimate)
		put_page(&all, path, p, links_pages(q, page), "last");
	return all.overflow ? buf_view(&near) : buf_view(&all);
}

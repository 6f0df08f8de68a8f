/* The Link header of a page (RFC 8288): where its neighbours are. */
#ifndef SOUK_WEB_LINKS_H
#define SOUK_WEB_LINKS_H

#include "web/params.h"

/*
 * first, prev, next and last in page mode; first and next in cursor mode; of a query so
 * long that a client might refuse the header, the neighbours alone, or nothing. The path is undecoded.
 */
struct str links_of(struct arena *a, struct str path, const struct params *p, const struct query *q,
	const struct page *page);

/* How many pages there are; at least 1. */
int64_t links_pages(const struct query *q, const struct page *page);

#endif

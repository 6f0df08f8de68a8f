/* What query_path.c decides and query_sql.c writes down. */
#ifndef SOUK_MODEL_QUERY_INT_H
#define SOUK_MODEL_QUERY_INT_H

#include "model/query.h"

#define INDEXES_MAX (FILTERS_MAX + 2)

/* The indexes that a statement may use; none: any. */
struct indexes {
	const char *name[INDEXES_MAX];
	size_t n;
};

bool op_is_negative(enum op op);

/* The index that finds what passes the filter, or NULL. */
const char *filter_index(const struct query *q, const struct filter *f);
/* The first filter by a link that a statement can begin with, or NULL. */
const struct filter *query_link_filter(const struct query *q);
/* True if who is alive can be counted in the index of the status. */
bool query_counts_by_status(const struct query *q);
/* True if the page could begin with a filter or with the order. */
bool query_has_choice(const struct query *q);

/* Adds the indexes of what is filtered by or searched in; of the page's statement; of the count's. */
void indexes_of_filters(const struct query *q, struct indexes *x);
void indexes_of_page(const struct query *q, struct indexes *x);
void indexes_of_count(const struct query *q, struct indexes *x);

#endif

/*
 * What the files of the query share. query_path.c decides how a page is reached, query_side.c knows the tables beside a
 * row (links, metadata), query_sql.c writes the statements.
 */
#ifndef SOUK_MODEL_QUERY_INT_H
#define SOUK_MODEL_QUERY_INT_H

#include "model/query.h"

#define INDEXES_MAX (FILTERS_MAX + 2)

/* The indexes that a statement may use; none: any. */
struct indexes {
	const char *name[INDEXES_MAX];
	size_t n;
};

/* Which rows a query can show, if all of them are in the same state. */
enum state { STATE_ALIVE, STATE_ARCHIVED, STATE_EITHER };

/* A statement being built. */
struct build {
	struct ctx *cx;
	const struct query *q;
	const struct resource *r;
	struct sql *s;
	const struct filter *begun; /* the statement begins with what passes it: not tested again */
	bool by_side; /* it is read in the order of that filter's table, whose alias is l */
};

/* query_path.c */

bool op_is_negative(enum op op);
enum state query_state(const struct query *q);
/* True if the list is ordered by created_at and id alone. */
bool query_is_by_age(const struct query *q);
/* True if the filters let but one value of that key pass. */
bool query_is_fixed(const struct query *q, struct sort key);
/* The index that finds what passes the filter, or NULL. */
const char *filter_index(const struct query *q, const struct filter *f);
/* True if who is alive can be counted in the index of the status. */
bool query_counts_by_status(const struct query *q);
/* The filter by links or metadata that the page's statement begins with, or NULL; that the count's does. */
const struct filter *page_begins_with(const struct query *q);
const struct filter *count_begins_with(const struct query *q);

/* What is to be probed. */
enum target { TARGET_NONE, TARGET_FIELDS, TARGET_SIDE };
enum target query_target(const struct query *q);

/* Adds the indexes of what is filtered by or searched in; of the page's statement; of the count's. */
void indexes_of_filters(const struct query *q, struct indexes *x);
void indexes_of_page(const struct query *q, struct indexes *x);
void indexes_of_count(const struct query *q, struct indexes *x);

/* query_side.c */

/* The first filter by links or metadata that a statement can begin with, or NULL. */
const struct filter *query_side_filter(const struct query *q);
/* True if the rows that pass it come in the order of the list. */
bool side_is_ordered(const struct query *q, const struct filter *f);
/* The column of the side's table that holds our id. */
const char *side_id(const struct build *b, const struct filter *f);
/* "product_categories l …", and what stands behind WHERE, with its values. */
void put_side_tables(const struct build *b, const struct filter *f);
void put_side_where(const struct build *b, const struct filter *f);
/* Whether a row t passes, asked row by row. */
void put_side_test(const struct build *b, const struct filter *f);
/* Whether a row t has no such key of metadata, or nothing in the list. */
void put_unset_test(const struct build *b, const struct filter *f);

/* query_sql.c */

void put(const struct build *b, const char *sql);
/* "IN (?, ?, …)" with the filter's values. */
void put_in(const struct build *b, const struct field *field, const struct filter *f);

#endif

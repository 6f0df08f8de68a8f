/*
 * The way to a page: which indexes a statement may use, and whether it begins with the rows that pass
 * a filter or walks along the order. Left alone, the optimizer reads a whole tenant by its primary key,
 * and it believes that what is filtered by has nothing to do with what is sorted by (D84).
 */
#include "model/query_int.h"

bool
op_is_negative(enum op op)
{
	return op == OP_NE || op == OP_NIN;
}

static void
index_add(struct indexes *x, const char *name)
{
	for (size_t i = 0; name && i < x->n; i++) {
		if (!strcmp(x->name[i], name))
			return;
	}
	if (name && x->n < INDEXES_MAX)
		x->name[x->n++] = name;
}

const char *
filter_index(const struct query *q, const struct filter *f)
{
	bool found_by = f->op != OP_CONTAINS && f->op != OP_ENDS_WITH && !op_is_negative(f->op);

	return found_by && f->field >= 0 ? query_field(q->resource, f->field)->index : NULL;
}

const struct filter *
query_link_filter(const struct query *q)
{
	for (size_t i = 0; !q->search.n && !q->resource->parent && i < q->nfilters; i++) {
		const struct filter *f = &q->filters[i];

		if (f->relation >= 0 && !op_is_negative(f->op) && !f->null)
			return f;
	}
	return NULL;
}

static const char *
sort_index(const struct query *q)
{
	struct sort first = query_key(q, 0);

	if (first.relation >= 0)
		return q->resource->relations[first.relation].index;
	return query_field(q->resource, first.field)->index;
}

/* One state, newest first: an index of a status goes on with created_at, and so answers both. */
static const char *
status_index(const struct query *q)
{
	const struct resource *r = q->resource;

	if (r->status_field < 0 || query_key(q, 0).field != SORT_CREATED_AT)
		return NULL;
	for (size_t i = 0; i < q->nfilters; i++) {
		const struct filter *f = &q->filters[i];

		if (f->field == r->status_field && f->nvalues == 1 && !f->null)
			return filter_index(q, f);
	}
	return NULL;
}

/* Archived is a status, by the table's CHECK: an index on status then tells who is alive, without the row. */
bool
query_counts_by_status(const struct query *q)
{
	const struct resource *r = q->resource;

	return r->status_field >= 0 && r->fields[r->status_field].index && !q->nfilters &&
		!q->search.n && !r->parent && !q->archived;
}

void
indexes_of_filters(const struct query *q, struct indexes *x)
{
	const struct resource *r = q->resource;

	for (size_t i = 0; q->search.n && i < r->nfields; i++) {
		if (r->fields[i].flags & F_SEARCH)
			index_add(x, r->fields[i].index);
	}
	for (size_t i = 0; !q->search.n && i < q->nfilters; i++)
		index_add(x, filter_index(q, &q->filters[i]));
}

void
indexes_of_page(const struct query *q, struct indexes *x)
{
	if (q->resource->parent) {
		index_add(x, q->resource->parent);
	} else if (q->narrow && query_link_filter(q)) {
		index_add(x, "PRIMARY");
	} else if (!q->search.n && status_index(q)) {
		index_add(x, status_index(q));
	} else {
		indexes_of_filters(q, x);
		if (!q->narrow)
			index_add(x, sort_index(q));
	}
}

void
indexes_of_count(const struct query *q, struct indexes *x)
{
	if (q->resource->parent)
		index_add(x, q->resource->parent);
	else if (query_counts_by_status(q))
		index_add(x, q->resource->fields[q->resource->status_field].index);
	else if (!query_link_filter(q))
		indexes_of_filters(q, x);
	if (!x->n)
		index_add(x, "PRIMARY");
}

bool
query_has_choice(const struct query *q)
{
	const char *sort = sort_index(q);
	struct indexes x = { .n = 0 };

	if (q->resource->parent)
		return false;
	if (query_link_filter(q))
		return true;
	indexes_of_filters(q, &x);
	for (size_t i = 0; sort && !q->search.n && i < x.n; i++) {
		if (!strcmp(x.name[i], sort))
			return false;
	}
	return x.n && (q->search.n || !status_index(q));
}

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

bool
query_is_by_age(const struct query *q)
{
	return !q->resource->parent && query_keys(q) == 2 &&
		query_key(q, 0).field == SORT_CREATED_AT;
}

/* True if a filter asks for the archived ones alone. */
static bool
is_archived_only(const struct query *q, const struct filter *f)
{
	return f->field == q->resource->status_field && !op_is_negative(f->op) && !f->null &&
		f->nvalues == 1 && f->values[0].i == q->resource->status_archived;
}

enum state
query_state(const struct query *q)
{
	if (!q->archived)
		return STATE_ALIVE;
	for (size_t i = 0; i < q->nfilters; i++) {
		if (is_archived_only(q, &q->filters[i]))
			return STATE_ARCHIVED;
	}
	return STATE_EITHER;
}

static const char *
sort_index(const struct query *q)
{
	struct sort first = query_key(q, 0);

	if (first.relation >= 0)
		return q->resource->relations[first.relation].index;
	return query_field(q->resource, first.field)->index;
}

static bool
is_of_one_value(const struct filter *f)
{
	return (f->op == OP_EQ || f->op == OP_IN) && f->nvalues + f->null == 1;
}

bool
query_is_fixed(const struct query *q, struct sort key)
{
	for (size_t i = 0; key.relation < 0 && i < q->nfilters; i++) {
		const struct filter *f = &q->filters[i];

		if (f->field == key.field && !f->also && is_of_one_value(f))
			return true;
	}
	return false;
}

/* The index of a field goes on with created_at: it finds one value, and has what it found in order of age. */
static const char *
ordered_index(const struct query *q, const struct filter *f)
{
	return query_is_by_age(q) && is_of_one_value(f) ? filter_index(q, f) : NULL;
}

static void
indexes_in_order(const struct query *q, struct indexes *x)
{
	for (size_t i = 0; !q->search.n && i < q->nfilters; i++)
		index_add(x, ordered_index(q, &q->filters[i]));
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
	for (size_t i = 0; !q->search.n && i < q->nfilters; i++) {
		const struct filter *f = &q->filters[i];

		index_add(x, filter_index(q, f));
		if (filter_index(q, f) && f->also)
			index_add(x, f->also->index);
	}
}

/* True if a field is filtered by whose index brings the rows in another order than the list's, or one is searched in. */
static bool
has_unordered_fields(const struct query *q)
{
	const char *sort = sort_index(q);
	bool found = false;

	if (q->search.n)
		return true;
	for (size_t i = 0; i < q->nfilters; i++) {
		const struct filter *f = &q->filters[i];
		const char *index = filter_index(q, f);

		if (index && sort && !f->also && !strcmp(index, sort))
			return false;
		found |= index && !ordered_index(q, f);
	}
	return found;
}

/* What begins alike stands together in that order: it could be as far from the beginning as can be. */
static bool
sorts_by_searched(const struct query *q)
{
	struct sort first = query_key(q, 0);

	return q->search.n && first.relation < 0 &&
		query_field(q->resource, first.field)->flags & F_SEARCH;
}

/* True if a key has the rows in the order of the list: one sort, and what stands behind it in every key. */
static bool
is_in_a_key(const struct query *q)
{
	return q->nsorts <= 1 || query_is_by_age(q);
}

enum target
query_target(const struct query *q)
{
	const struct filter *side = query_side_filter(q);

	if (q->resource->parent || sorts_by_searched(q) || !is_in_a_key(q))
		return TARGET_NONE;
	if (side && !side_is_ordered(q, side))
		return TARGET_SIDE;
	return has_unordered_fields(q) ? TARGET_FIELDS : TARGET_NONE;
}

bool
query_walks(const struct query *q)
{
	return !q->narrow && query_target(q) != TARGET_NONE;
}

const struct filter *
page_begins_with(const struct query *q)
{
	enum target target = query_target(q);
	bool begins = target == TARGET_NONE || (target == TARGET_SIDE) == q->narrow;

	return begins ? query_side_filter(q) : NULL;
}

const struct filter *
count_begins_with(const struct query *q)
{
	bool fields = query_target(q) == TARGET_FIELDS && q->narrow;

	return fields ? NULL : query_side_filter(q);
}

void
indexes_of_page(const struct query *q, struct indexes *x)
{
	if (q->resource->parent) {
		index_add(x, q->resource->parent);
	} else if (page_begins_with(q)) {
		index_add(x, "PRIMARY");
	} else {
		if (q->narrow || sorts_by_searched(q) || !is_in_a_key(q))
			indexes_of_filters(q, x);
		else
			indexes_in_order(q, x);
		if (!x->n)
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
	else if (!count_begins_with(q))
		indexes_of_filters(q, x);
	if (!x->n)
		index_add(x, "PRIMARY");
}

/* Queries: parameters in, SQL and values out, as pairs of text; and what is refused. */
#include "model/query.h"

#include "sample.h"
#include "tap.h"

/* "1 'text' NULL t123": the values bound, in order. */
static struct str
values_of(struct arena *a, const struct sql *s)
{
	struct str out = STR("");

	for (size_t i = 0; i < s->nvalues; i++) {
		const struct db_value *v = &s->values[i];
		const char *gap = i ? " " : "";

		if (v->kind == DB_NULL)
			out = str_fmt(a, "%.*s%sNULL", STRF(out), gap);
		else if (v->kind == DB_TEXT)
			out = str_fmt(a, "%.*s%s'%.*s'", STRF(out), gap, STRF(v->s));
		else
			out = str_fmt(a, "%.*s%s%s%" PRId64, STRF(out), gap,
				v->kind == DB_TIME ? "t" : "", v->i);
	}
	return out;
}

/* Reads "price.gte=50&brand.eq=a&metadata#key=b" into q. */
static struct err *
filter_by(struct sample *s, struct query *q, const char *filters)
{
	struct str rest = str_of(filters), one;
	struct err *e = NULL;

	while (!e && str_split(&rest, '&', &one)) {
		size_t equals = str_find(one, '='), dot = str_find(str_cut(one, 0, equals), '.');

		if (str_starts(one, STR("metadata#"))) {
			e = query_filter(&s->cx, q,
				str_fmt(s->a, "metadata.%.*s", STRF(str_cut(one, 9, equals))),
				(struct str){ 0 }, str_cut(one, equals + 1, one.n));
			continue;
		}

		e = query_filter(&s->cx, q, str_cut(one, 0, dot), str_cut(one, dot + 1, equals),
			str_cut(one, equals + 1, one.n));
	}
	return e;
}

/* The query of fields=id, so that the column list is short. */
static void
begin(struct sample *s, struct query *q, const struct resource *r)
{
	query_init(q, r);
	CHECK(!view_parse(&s->cx, r, STR("id"), (struct str){ 0 }, false, &q->view));
}

/* What stands behind FROM. */
static struct str
tail(const struct sql *s)
{
	struct str text = buf_view(&s->text), from = STR(" FROM ");

	for (size_t i = 0; i + from.n < text.n; i++) {
		if (!memcmp(text.p + i, from.p, from.n))
			return str_cut(text, i + from.n, text.n);
	}
	return text;
}

#define LIVE "WHERE t.tenant_id = ? AND t.archived_at IS NULL"
#define NEWEST " ORDER BY t.created_at DESC, t.id DESC LIMIT ? OFFSET ?"
#define WALKED NEWEST " ROWS EXAMINED ?" /* few may pass, so it gives up in time */

struct pair {
	const char *filters, *sql, *values;
};

static void
check_pairs(const struct pair *rows, size_t n, bool narrow)
{
	struct sample s;

	sample_begin(&s);
	for (size_t i = 0; i < n; i++) {
		struct query q;
		struct sql sql;

		tap_row("%s", rows[i].filters);
		begin(&s, &q, &sample_product);
		q.narrow = narrow;
		if (!CHECK(!filter_by(&s, &q, rows[i].filters)))
			continue;
		query_sql(&s.cx, &q, NULL, &sql);
		CHECK_STR(tail(&sql), rows[i].sql);
		CHECK_STR(values_of(s.a, &sql), rows[i].values);
	}
	sample_end(&s);
}

void
test_query__first_page_of_everything(void)
{
	struct sample s;
	struct query q;
	struct sql sql;

	sample_begin(&s);
	query_init(&q, &sample_product);
	q.view = view_full(&s.cx, &sample_product, false);
	query_sql(&s.cx, &q, NULL, &sql);
	CHECK_STR(buf_view(&sql.text),
		"SELECT t.id, t.version, t.created_at, t.updated_at, t.archived_at, t.metadata, "
		"t.name,"
		" t.name_i18n, t.sku, t.price, t.cost, t.status, t.brand, t.weight, t.categories,"
		" t.variants_count, t.images_count FROM products t FORCE INDEX (created) " LIVE
			NEWEST);
	CHECK_STR(values_of(s.a, &sql), "7 51 0");
	q.page = 3;
	q.limit = 10;
	query_sql(&s.cx, &q, NULL, &sql);
	CHECK_STR(values_of(s.a, &sql), "7 11 20");
	sample_end(&s);
}

void
test_query__every_operator(void)
{
	static const struct pair rows[] = {
		{ "price=50", "products t FORCE INDEX (price) " LIVE " AND t.price IN (?)" NEWEST,
			"7 5000 51 0" },
		{ "price.gte=50&price.lte=199.99",
			"products t FORCE INDEX (created) " LIVE
			" AND t.price >= ? AND t.price <= ?" WALKED,
			"7 5000 19999 51 0 5000" },
		{ "price.gt=1&price.lt=2",
			"products t FORCE INDEX (created) " LIVE
			" AND t.price > ? AND t.price < ?" WALKED,
			"7 100 200 51 0 5000" },
		{ "brand.ne=a",
			"products t FORCE INDEX (created) " LIVE
			" AND (t.brand NOT IN (?) OR t.brand IS NULL)" NEWEST,
			"7 'a' 51 0" },
		{ "brand.in=a,b,c",
			"products t FORCE INDEX (created) " LIVE
			" AND t.brand IN (?, ?, ?, ?)" WALKED,
			"7 'a' 'b' 'c' 'c' 51 0 5000" },
		{ "brand.nin=a\\,b,c",
			"products t FORCE INDEX (created) " LIVE
			" AND (t.brand NOT IN (?, ?) OR t.brand IS NULL)" NEWEST,
			"7 'a,b' 'c' 51 0" },
		{ "name.contains=50%_\\",
			"products t FORCE INDEX (created) " LIVE " AND t.name LIKE ?" NEWEST,
			"7 '%50\\%\\_\\\\%' 51 0" },
		{ "sku.starts_with=L,1",
			"products t FORCE INDEX (created) " LIVE " AND t.sku LIKE ?" WALKED,
			"7 'L,1%' 51 0 5000" },
		{ "sku.ends_with=x",
			"products t FORCE INDEX (created) " LIVE " AND t.sku LIKE ?" NEWEST,
			"7 '%x' 51 0" },
		{ "weight.gte=1.5",
			"products t FORCE INDEX (created) " LIVE " AND t.weight >= ?" NEWEST,
			"7 '1.5000' 51 0" },
		{ "id=prod_011,prod_012",
			"products t FORCE INDEX (created) " LIVE " AND t.id IN (?, ?)" WALKED,
			"7 33 34 51 0 5000" },
	};

	check_pairs(rows, COUNT(rows), false);
}

void
test_query__null_and_repeated_parameters(void)
{
	static const struct pair rows[] = {
		{ "brand.eq=", "products t FORCE INDEX (brand) " LIVE " AND t.brand IS NULL" NEWEST,
			"7 51 0" },
		{ "brand.ne=",
			"products t FORCE INDEX (created) " LIVE " AND t.brand IS NOT NULL" NEWEST,
			"7 51 0" },
		{ "brand.in=a,",
			"products t FORCE INDEX (created) " LIVE
			" AND (t.brand IN (?) OR t.brand IS NULL)" WALKED,
			"7 'a' 51 0 5000" },
		{ "brand.nin=,a",
			"products t FORCE INDEX (created) " LIVE
			" AND ((t.brand NOT IN (?) OR t.brand IS NULL) AND t.brand IS NOT "
			"NULL)" NEWEST,
			"7 'a' 51 0" },
		{ "brand=a&brand=b",
			"products t FORCE INDEX (created) " LIVE " AND t.brand IN (?, ?)" WALKED,
			"7 'a' 'b' 51 0 5000" },
		{ "brand.eq=a&brand.in=b",
			"products t FORCE INDEX (brand) " LIVE
			" AND t.brand IN (?) AND t.brand IN (?)" NEWEST,
			"7 'a' 'b' 51 0" },
	};

	check_pairs(rows, COUNT(rows), false);
}

void
test_query__dates_reach_to_their_end(void)
{
	static const struct pair rows[] = {
		{ "created_at.gte=2026-01-01&created_at.lte=2026-01-01",
			"products t FORCE INDEX (created) " LIVE
			" AND t.created_at >= ? AND t.created_at <= ?" NEWEST,
			"7 t1767225600000 t1767311999999 51 0" },
		{ "updated_at.gt=2026-01-01",
			"products t FORCE INDEX (created) " LIVE " AND t.updated_at > ?" WALKED,
			"7 t1767311999999 51 0 5000" },
		{ "created_at.lte=2026-01-01T00:00:00Z",
			"products t FORCE INDEX (created) " LIVE " AND t.created_at <= ?" NEWEST,
			"7 t1767225600000 51 0" },
	};

	check_pairs(rows, COUNT(rows), false);
}

void
test_query__status_says_who_is_alive(void)
{
	static const struct pair rows[] = {
		{ "status=active",
			"products t FORCE INDEX (status) WHERE t.tenant_id = ? AND t.status IN "
			"(?)" NEWEST,
			"7 'active' 51 0" },
		{ "status=archived",
			"products t FORCE INDEX (status) WHERE t.tenant_id = ? AND t.status IN "
			"(?)" NEWEST,
			"7 'archived' 51 0" },
		{ "status.in=draft,active",
			"products t FORCE INDEX (created) WHERE t.tenant_id = ?"
			" AND t.status IN (?, ?)" WALKED,
			"7 'draft' 'active' 51 0 5000" },
		{ "status.ne=draft",
			"products t FORCE INDEX (created) " LIVE
			" AND (t.status NOT IN (?) OR t.status IS NULL)" NEWEST,
			"7 'draft' 51 0" },
	};

	check_pairs(rows, COUNT(rows), false);
}

#define AUDIO                                                                                      \
	"(SELECT 1 FROM product_categories l JOIN categories c ON c.tenant_id = l.tenant_id"       \
	" AND c.id = l.category_id WHERE l.tenant_id = t.tenant_id AND l.product_id = t.id"        \
	" AND c.archived_at IS NULL AND c.slug IN (?) LIMIT 1)"

#define AUDIO_VIDEO                                                                                \
	"(SELECT 1 FROM product_categories l JOIN categories c ON c.tenant_id = l.tenant_id"       \
	" AND c.id = l.category_id WHERE l.tenant_id = t.tenant_id AND l.product_id = t.id"        \
	" AND c.archived_at IS NULL AND c.slug IN (?, ?) LIMIT 1)"

/* Links to one other, newest first: they are the list. */
#define LINKED                                                                                     \
	"product_categories l FORCE INDEX (category) STRAIGHT_JOIN products t FORCE INDEX "        \
	"(PRIMARY)"
#define TO_AUDIO                                                                                   \
	" AND t.id = l.product_id AND l.tenant_id = ? AND l.category_id = (SELECT c.id FROM "      \
	"categories c"                                                                             \
	" WHERE c.tenant_id = ? AND c.archived_at IS NULL AND c.slug IN (?) LIMIT 1)"
#define NEWEST_LINK " ORDER BY l.created_at DESC, l.product_id DESC LIMIT ? OFFSET ?"

#define HAVING_KEY                                                                                 \
	"metadata_index l FORCE INDEX (PRIMARY) STRAIGHT_JOIN products t FORCE INDEX (PRIMARY)"
#define KEY_IS                                                                                     \
	" AND t.id = l.object_id AND l.tenant_id = ? AND l.resource = ? AND l.name = ? AND "       \
	"l.value IN (?)"
#define NEWEST_KEY " ORDER BY l.created_at DESC, l.object_id DESC LIMIT ? OFFSET ?"
#define KEY_TEST "(JSON_CONTAINS(t.metadata, ?))"

void
test_query__begins_with_a_table_beside_the_rows(void)
{
	static const struct pair rows[] = {
		{ "category=audio", LINKED " " LIVE TO_AUDIO " AND l.archived = 0" NEWEST_LINK,
			"7 7 7 'audio' 51 0" },
		{ "category=audio&status.eq=archived",
			LINKED " WHERE t.tenant_id = ? AND t.status IN (?)" TO_AUDIO
			       " AND l.archived = 1" NEWEST_LINK,
			"7 'archived' 7 7 'audio' 51 0" },
		{ "category=audio&status.in=archived,draft",
			"products t FORCE INDEX (created) WHERE t.tenant_id = ? AND " AUDIO
			" = 1 AND t.status IN (?, ?)" WALKED,
			"7 'audio' 'archived' 'draft' 51 0 5000" },
		{ "metadata#a.b=west", HAVING_KEY " " LIVE KEY_IS " AND l.archived = 0" NEWEST_KEY,
			"7 7 'product' 'a.b' 'west' 51 0" },
		{ "metadata#a=x&metadata#b=y",
			HAVING_KEY " " LIVE " AND " KEY_TEST KEY_IS
				   " AND l.archived = 0" NEWEST_KEY,
			"7 '{\"b\":\"y\"}' 7 'product' 'a' 'x' 51 0" },
		{ "metadata#a.in=",
			"products t FORCE INDEX (created) " LIVE
			" AND COALESCE(JSON_CONTAINS(JSON_KEYS(t.metadata), ?), 0) = 0" NEWEST,
			"7 '\"a.in\"' 51 0" },
	};

	check_pairs(rows, COUNT(rows), false);
}

void
test_query__links_are_tested_row_by_row(void)
{
	static const struct pair rows[] = {
		{ "categories.in=audio,video",
			"products t FORCE INDEX (created) " LIVE " AND " AUDIO_VIDEO " = 1" WALKED,
			"7 'audio' 'video' 51 0 5000" },
		{ "categories.ne=audio",
			"products t FORCE INDEX (created) " LIVE " AND " AUDIO " IS NULL" NEWEST,
			"7 'audio' 51 0" },
		{ "categories.eq=",
			"products t FORCE INDEX (created) " LIVE " AND t.categories IS NULL" NEWEST,
			"7 51 0" },
		{ "categories.in=audio,",
			"products t FORCE INDEX (created) " LIVE " AND (" AUDIO
			" = 1 OR t.categories IS NULL)" NEWEST,
			"7 'audio' 51 0" },
	};

	check_pairs(rows, COUNT(rows), false);
}

void
test_query__begins_with_a_filter_that_few_pass(void)
{
	static const struct pair rows[] = {
		{ "price.gte=50", "products t FORCE INDEX (price) " LIVE " AND t.price >= ?" NEWEST,
			"7 5000 51 0" },
		{ "category=audio&price.gte=50",
			"products t FORCE INDEX (price) " LIVE " AND " AUDIO
			" = 1 AND t.price >= ?" NEWEST,
			"7 'audio' 5000 51 0" },
		{ "categories.in=audio,video&price.gte=50",
			"(SELECT DISTINCT l.product_id AS id FROM categories c STRAIGHT_JOIN"
			" product_categories l FORCE INDEX (category) ON l.tenant_id = c.tenant_id"
			" AND l.category_id = c.id WHERE c.tenant_id = ? AND c.archived_at IS NULL"
			" AND c.slug IN (?, ?) AND l.archived = 0) s"
			" STRAIGHT_JOIN products t FORCE INDEX (PRIMARY) " LIVE
			" AND t.price >= ? AND t.id = s.id" NEWEST,
			"7 'audio' 'video' 7 5000 51 0" },
	};

	check_pairs(rows, COUNT(rows), true);
}

void
test_query__probes_only_when_there_is_a_choice(void)
{
	static const struct {
		const char *filters, *sort, *sql;
	} rows[] = {
		{ "price.gte=50", "",
			"products t FORCE INDEX (price) WHERE t.tenant_id = ? AND t.price >= ?" },
		{ "category=audio&price.gte=50", "",
			"products t FORCE INDEX (price) WHERE t.tenant_id = ? AND t.price >= ?" },
		{ "categories.in=audio,video", "",
			"categories c STRAIGHT_JOIN product_categories l FORCE INDEX (category)"
			" ON l.tenant_id = c.tenant_id AND l.category_id = c.id WHERE c.tenant_id "
			"= ?"
			" AND c.archived_at IS NULL AND c.slug IN (?, ?) AND l.archived = 0 LIMIT "
			"?, 1" },
		{ "metadata#a=b", "price",
			"metadata_index l FORCE INDEX (PRIMARY) WHERE l.tenant_id = ?"
			" AND l.resource = ? AND l.name = ? AND l.value IN (?) AND l.archived = "
			"0" },
		{ "category=audio", "", NULL },
		{ "category=audio", "-created_at", NULL },
		{ "metadata#a=b&brand=a&status=active", "", NULL },
		{ "brand=a", "", NULL },
		{ "brand.in=a,b", "",
			"products t FORCE INDEX (brand) WHERE t.tenant_id = ? AND t.brand IN (?, "
			"?)" },
		{ "price.gte=50", "price", NULL },
		{ "status=active", "", NULL },
		{ "status=active", "price",
			"products t FORCE INDEX (status) WHERE t.tenant_id = ? AND t.status IN "
			"(?)" },
		{ "brand.contains=x", "", NULL },
		{ "brand.ne=x", "", NULL },
	};
	struct sample s;

	sample_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct query q;
		struct sql sql;

		tap_row("%s sort=%s", rows[i].filters, rows[i].sort);
		begin(&s, &q, &sample_product);
		q.keyset = true;
		CHECK(!filter_by(&s, &q, rows[i].filters));
		CHECK(!query_sort(&s.cx, &q, str_of(rows[i].sort), (struct str){ 0 }));
		CHECK((query_probe_sql(&s.cx, &q, &sql) != PROBE_NONE) == (rows[i].sql != NULL));
		if (rows[i].sql)
			CHECK_STR(tail(&sql), rows[i].sql);
	}
	sample_end(&s);
}

void
test_query__search_looks_at_prefixes(void)
{
	static const char sql[] =
		"products t FORCE INDEX (%s) " LIVE " AND (t.name LIKE ? OR t.sku LIKE ?)" NEWEST;
	struct sample s;
	struct query q;
	struct sql out;

	sample_begin(&s);
	begin(&s, &q, &sample_product);
	CHECK(!query_search(&s.cx, &q, STR(" la_ ")));
	query_sql(&s.cx, &q, NULL, &out);
	CHECK_STR(tail(&out),
		str_fmt(s.a, "%.*s ROWS EXAMINED ?", STRF(str_fmt(s.a, sql, "created"))).p);
	CHECK_STR(values_of(s.a, &out), "7 'la\\_%' 'la\\_%' 51 0 5000");
	CHECK(query_probe_sql(&s.cx, &q, &out) == PROBE_TOTAL);
	q.keyset = true;
	CHECK(query_probe_sql(&s.cx, &q, &out) == PROBE_ESTIMATE);
	q.keyset = false;
	q.narrow = true;
	query_sql(&s.cx, &q, NULL, &out);
	CHECK_STR(tail(&out), str_fmt(s.a, sql, "name, sku").p);
	sample_end(&s);
}

void
test_query__sorts(void)
{
	static const struct {
		const char *sort, *order, *index, *sql;
	} rows[] = {
		{ "", "", "created", "t.created_at DESC, t.id DESC" },
		{ "", "asc", "created", "t.created_at, t.id" },
		{ "price", "", "price", "t.price, t.created_at, t.id" },
		{ "price", "desc", "price", "t.price DESC, t.created_at DESC, t.id DESC" },
		{ "-price", "asc", "price", "t.price DESC, t.created_at DESC, t.id DESC" },
		{ "name,-price", "", "name", "t.name, t.price DESC, t.id DESC" },
		{ "name,price", "DESC", "name", "t.name DESC, t.price DESC, t.id DESC" },
		{ "updated_at", "", "updated", "t.updated_at, t.id" },
		{ "-id", "", "PRIMARY", "t.id DESC" },
		{ "brand,id,price", "", "brand", "t.brand, t.id" },
		{ "category,-price", "", NULL, "t.categories, t.price DESC, t.id DESC" },
	};
	struct sample s;

	sample_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct query q;
		struct sql sql;
		struct str want = STR("products t ");

		tap_row("sort=%s order=%s", rows[i].sort, rows[i].order);
		begin(&s, &q, &sample_product);
		CHECK(!query_sort(&s.cx, &q, str_of(rows[i].sort), str_of(rows[i].order)));
		query_sql(&s.cx, &q, NULL, &sql);
		if (rows[i].index)
			want = str_fmt(s.a, "products t FORCE INDEX (%s) ", rows[i].index);
		want = str_fmt(
			s.a, "%.*s" LIVE " ORDER BY %s LIMIT ? OFFSET ?", STRF(want), rows[i].sql);
		CHECK_STR(tail(&sql), str_z(s.a, want));
	}
	sample_end(&s);
}

/* A key's value in a case: NULL, or text and number at once, as the type of the key wants it. */
static struct value
key_value(const char *text)
{
	struct value v = { .state = text ? VALUE_SET : VALUE_NULL };

	if (text && !str_int(str_of(text), &v.i))
		v.s = str_of(text);
	return v;
}

struct place {
	const char *sort;
	const char *keys[3];
	const char *after, *values;
};

static void
check_places(const struct place *rows, size_t n)
{
	struct sample s;

	sample_begin(&s);
	for (size_t i = 0; i < n; i++) {
		const char *head = LIVE " AND ";
		struct value keys[SORTS_MAX + 1];
		struct query q;
		struct sql sql;
		struct str text;
		size_t at;

		tap_row("sort=%s after %s", rows[i].sort, rows[i].keys[0]);
		begin(&s, &q, &sample_product);
		q.keyset = true;
		CHECK(!query_sort(&s.cx, &q, str_of(rows[i].sort), (struct str){ 0 }));
		for (size_t k = 0; k < query_keys(&q); k++)
			keys[k] = key_value(rows[i].keys[k]);
		query_sql(&s.cx, &q, keys, &sql);
		text = tail(&sql);
		at = str_find(text, 'W');
		text = str_cut(text, at + strlen(head), text.n);
		for (at = 0; at < text.n && !str_starts(str_cut(text, at, text.n), STR(" ORDER"));)
			at++;
		CHECK_STR(str_cut(text, 0, at), rows[i].after);
		CHECK_STR(values_of(s.a, &sql), rows[i].values);
	}
	sample_end(&s);
}

void
test_query__keyset_of_one_key(void)
{
	static const struct place rows[] = {
		{ "price", { "500", "5", "33" },
			"(t.price > ? OR (t.price = ? AND (t.created_at > ? OR (t.created_at = ?"
			" AND (t.id > ?)))))",
			"7 500 500 t5 t5 33 51" },
		{ "-price", { "500", "5", "33" },
			"(t.price < ? OR (t.price = ? AND (t.created_at < ? OR (t.created_at = ?"
			" AND (t.id < ?)))))",
			"7 500 500 t5 t5 33 51" },
		{ "", { "5", "33" }, "(t.created_at < ? OR (t.created_at = ? AND (t.id < ?)))",
			"7 t5 t5 33 51" },
		{ "id", { "33" }, "(t.id > ?)", "7 33 51" },
		{ "-id", { "33" }, "(t.id < ?)", "7 33 51" },
	};

	check_places(rows, COUNT(rows));
}

#define OLDER_FIRST "(t.created_at > ? OR (t.created_at = ? AND (t.id > ?)))"
#define NEWER_FIRST "(t.created_at < ? OR (t.created_at = ? AND (t.id < ?)))"

/* Ascending they come first, descending last (D63). */
void
test_query__keyset_with_nulls(void)
{
	static const struct place rows[] = {
		{ "brand", { NULL, "5", "33" },
			"(t.brand IS NOT NULL OR (t.brand IS NULL AND " OLDER_FIRST "))",
			"7 t5 t5 33 51" },
		{ "brand", { "a", "5", "33" }, "(t.brand > ? OR (t.brand = ? AND " OLDER_FIRST "))",
			"7 'a' 'a' t5 t5 33 51" },
		{ "-brand", { NULL, "5", "33" }, "((t.brand IS NULL AND " NEWER_FIRST "))",
			"7 t5 t5 33 51" },
		{ "-brand", { "a", "5", "33" },
			"(t.brand < ? OR t.brand IS NULL OR (t.brand = ? AND " NEWER_FIRST "))",
			"7 'a' 'a' t5 t5 33 51" },
		{ "-category", { "a,b", "5", "33" },
			"(t.categories < ? OR t.categories IS NULL OR (t.categories = ? "
			"AND " NEWER_FIRST "))",
			"7 'a,b' 'a,b' t5 t5 33 51" },
	};

	check_places(rows, COUNT(rows));
}

void
test_query__keyset_of_two_keys(void)
{
	static const struct place rows[] = {
		{ "brand,-price", { "a", "500", "33" },
			"(t.brand > ? OR (t.brand = ? AND (t.price < ? OR (t.price = ? AND (t.id < "
			"?)))))",
			"7 'a' 'a' 500 500 33 51" },
		{ "-brand,price", { NULL, "500", "33" },
			"((t.brand IS NULL AND (t.price > ? OR (t.price = ? AND (t.id > ?)))))",
			"7 500 500 33 51" },
	};

	check_places(rows, COUNT(rows));
}

void
test_query__selects_keys_that_the_view_lacks(void)
{
	struct sample s;
	struct query q;
	struct sql sql;

	sample_begin(&s);
	begin(&s, &q, &sample_product);
	q.keyset = true;
	CHECK(!query_sort(&s.cx, &q, STR("name,created_at,category,sku"), (struct str){ 0 }));
	CHECK(!view_parse(&s.cx, &sample_product, STR("sku"), (struct str){ 0 }, false, &q.view));
	query_sql(&s.cx, &q, NULL, &sql);
	CHECK(str_starts(buf_view(&sql.text),
		STR("SELECT t.id, t.version, t.created_at, t.updated_at, t.archived_at, t.sku,"
		    " t.variants_count, t.images_count, t.name, t.categories FROM")));
	sample_end(&s);
}

void
test_query__nested_lists(void)
{
	struct sample s;
	struct query q;
	struct sql sql;

	sample_begin(&s);
	begin(&s, &q, &sample_variant);
	q.parent.n = 33;
	query_sql(&s.cx, &q, NULL, &sql);
	CHECK_STR(tail(&sql),
		"variants t FORCE INDEX (`product`) WHERE t.tenant_id = ? AND t.product_id = ?"
		" AND t.archived_at IS NULL ORDER BY t.position, t.id LIMIT ? OFFSET ?");
	CHECK_STR(values_of(s.a, &sql), "7 33 51 0");
	begin(&s, &q, &sample_image);
	query_sql(&s.cx, &q, NULL, &sql);
	CHECK(str_ends(buf_view(&sql.text), STR(" ORDER BY t.id LIMIT ? OFFSET ?")));
	CHECK(!query_sort(&s.cx, &q, (struct str){ 0 }, STR("desc")));
	query_sql(&s.cx, &q, NULL, &sql);
	CHECK(str_ends(buf_view(&sql.text), STR(" ORDER BY t.id DESC LIMIT ? OFFSET ?")));
	sample_end(&s);
}

void
test_query__counts(void)
{
	static const struct pair rows[] = {
		{ NULL,
			"products t FORCE INDEX (status) WHERE t.tenant_id = ?"
			" AND t.status <> ? LIMIT ?",
			"7 'archived' 10001" },
		{ "status=active",
			"products t FORCE INDEX (status) WHERE t.tenant_id = ?"
			" AND t.status IN (?) LIMIT ?",
			"7 'active' 10001" },
		{ "price.gte=1", "products t FORCE INDEX (price) " LIVE " AND t.price >= ? LIMIT ?",
			"7 100 10001" },
		{ "name.contains=x",
			"products t FORCE INDEX (PRIMARY) " LIVE " AND t.name LIKE ? LIMIT ?",
			"7 '%x%' 10001" },
		{ "category=audio",
			"product_categories l FORCE INDEX (category) WHERE l.tenant_id = ? AND "
			"l.category_id ="
			" (SELECT c.id FROM categories c WHERE c.tenant_id = ? AND c.archived_at "
			"IS NULL"
			" AND c.slug IN (?) LIMIT 1) AND l.archived = 0 LIMIT ?",
			"7 7 'audio' 10001" },
		{ "category=audio&brand=a",
			LINKED " " LIVE " AND t.brand IN (?)" TO_AUDIO " AND l.archived = 0 LIMIT "
			       "?",
			"7 'a' 7 7 'audio' 10001" },
		{ "metadata#a=b",
			"metadata_index l FORCE INDEX (PRIMARY) WHERE l.tenant_id = ?"
			" AND l.resource = ? AND l.name = ? AND l.value IN (?) AND l.archived = 0 "
			"LIMIT ?",
			"7 'product' 'a' 'b' 10001" },
	};
	struct sample s;

	sample_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct query q;
		struct sql sql;

		tap_row("%s", rows[i].filters);
		begin(&s, &q, &sample_product);
		CHECK(!rows[i].filters || !filter_by(&s, &q, rows[i].filters));
		query_count_sql(&s.cx, &q, &sql);
		CHECK_STR(tail(&sql), rows[i].sql);
		CHECK_STR(values_of(s.a, &sql), rows[i].values);
	}
	sample_end(&s);
}

void
test_query__refuses_filters(void)
{
	static const struct {
		const char *field, *op, *text, *reason, *param, *nearest;
	} rows[] = {
		{ "prise", "gte", "1", "unknown", "filter[prise][gte]", "price" },
		{ "prise", NULL, "1", "unknown", "filter[prise]", "price" },
		{ "catagory", "in", "1", "unknown", "filter[catagory][in]", "category" },
		{ "", "eq", "1", "unknown", "filter[][eq]", NULL },
		{ "token", "eq", "1", "unknown", "filter[token][eq]", NULL },
		{ "tax_class", "eq", "1", "unknown", "filter[tax_class][eq]", NULL },
		{ "variants", "eq", "1", "unknown", "filter[variants][eq]", NULL },
		{ "price", "gtee", "1", "unknown", "filter[price][gtee]", "gte" },
		{ "price", "contains", "1", "unknown", "filter[price][contains]", NULL },
		{ "name", "gt", "a", "unknown", "filter[name][gt]", NULL },
		{ "status", "gt", "draft", "unknown", "filter[status][gt]", NULL },
		{ "category", "contains", "a", "unknown", "filter[category][contains]", NULL },
		{ "price", "gte", "cheap", "value", "filter[price][gte]", NULL },
		{ "price", "gte", "", "value", "filter[price][gte]", NULL },
		{ "price", "gte", "1,2", "value", "filter[price][gte]", NULL },
		{ "price", "in", "1,x", "value", "filter[price][in]", NULL },
		{ "price", "eq", "1.999", "value", "filter[price][eq]", NULL },
		{ "status", NULL, "on", "value", "status", NULL },
		{ "id", "eq", "cat_011", "value", "filter[id][eq]", NULL },
		{ "created_at", "gte", "yesterday", "value", "filter[created_at][gte]", NULL },
		{ "name", "contains", "", "value", "filter[name][contains]", NULL },
		{ "name", "eq", "\xff", "bad_encoding", "filter", NULL },
		{ "\xff", "eq", "a", "bad_encoding", "filter", NULL },
	};
	struct sample s;

	sample_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct query q;
		struct err *e;

		tap_row("%s %s %s", rows[i].field, rows[i].op, rows[i].text);
		begin(&s, &q, &sample_product);
		e = query_filter(
			&s.cx, &q, str_of(rows[i].field), str_of(rows[i].op), str_of(rows[i].text));
		if (!CHECK(e && e->code == ERR_QUERY && e->details))
			continue;
		CHECK_STR(str_of(reason_word(e->details->reason)), rows[i].reason);
		CHECK_STR(e->details->field, rows[i].param);
		CHECK(strcmp(rows[i].reason, "unknown") != 0 || e->details->allowed.n > 0);
		if (rows[i].nearest)
			CHECK_STR(e->details->nearest, rows[i].nearest);
	}
	sample_end(&s);
}

void
test_query__bounds_filters_and_their_values(void)
{
	struct sample s;
	struct query q;
	struct buf b;
	struct err *e = NULL;

	sample_begin(&s);
	begin(&s, &q, &sample_product);
	buf_init(&b, s.a, 256, 4096);
	for (int i = 0; i < FILTER_VALUES_MAX; i++)
		buf_fmt(&b, "%sb%d", i ? "," : "", i);
	CHECK(!query_filter(&s.cx, &q, STR("brand"), STR("in"), buf_view(&b)));
	e = query_filter(&s.cx, &q, STR("brand"), STR("in"), STR("one more"));
	CHECK(e && e->details->reason == REASON_TOO_MANY);
	begin(&s, &q, &sample_product);
	for (int i = 0; i < FILTERS_MAX; i++)
		CHECK(!query_filter(&s.cx, &q, STR("name"), STR("contains"), STR("x")));
	e = query_filter(&s.cx, &q, STR("name"), STR("contains"), STR("x"));
	CHECK(e && e->details->reason == REASON_TOO_MANY);
	sample_end(&s);
}

void
test_query__refuses_sorts(void)
{
	static const struct {
		const char *sort, *order, *param, *reason, *nearest;
	} rows[] = {
		{ "prize", "", "sort", "unknown", "price" },
		{ "status", "", "sort", "unknown", NULL },
		{ "weight", "", "sort", "unknown", NULL },
		{ "", "up", "order", "not_a_choice", NULL },
		{ "price", "descending", "order", "not_a_choice", NULL },
		{ "price,-price", "", "sort", "twice", NULL },
		{ "category,categories", "", "sort", "twice", NULL },
		{ "price,", "", "sort", "unknown", NULL },
		{ "--price", "", "sort", "unknown", "price" },
		{ "-", "", "sort", "unknown", NULL },
		{ "name,price,brand,sku,created_at", "", "sort", "too_many", NULL },
		{ "variants", "", "sort", "unknown", NULL },
	};
	struct sample s;

	sample_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct query q;
		struct err *e;

		tap_row("sort=%s order=%s", rows[i].sort, rows[i].order);
		begin(&s, &q, &sample_product);
		e = query_sort(&s.cx, &q, str_of(rows[i].sort), str_of(rows[i].order));
		if (!CHECK(e && e->code == ERR_QUERY))
			continue;
		CHECK_STR(e->details->field, rows[i].param);
		CHECK_STR(str_of(reason_word(e->details->reason)), rows[i].reason);
		if (rows[i].nearest)
			CHECK_STR(e->details->nearest, rows[i].nearest);
	}
	sample_end(&s);
}

void
test_query__refuses_searches(void)
{
	struct sample s;
	struct query q;
	struct err *e;

	sample_begin(&s);
	begin(&s, &q, &sample_variant);
	e = query_search(&s.cx, &q, STR("a"));
	CHECK(e && e->code == ERR_QUERY && str_eq(e->details->field, STR("search")));
	begin(&s, &q, &sample_product);
	CHECK(query_search(&s.cx, &q, STR("\xff")));
	CHECK(query_search(&s.cx, &q, (struct str){ arena_alloc(s.a, 101), 101 }));
	sample_end(&s);
}

/* A hidden value could be found out by asking for it. */
void
test_query__refuses_fields_whose_scope_is_missing(void)
{
	struct sample s;
	struct query q;
	struct err *e;

	sample_begin(&s);
	begin(&s, &q, &sample_product);
	CHECK(!query_filter(&s.cx, &q, STR("cost"), STR("gte"), STR("1")));
	sample_humble(&s);
	e = query_filter(&s.cx, &q, STR("cost"), STR("gte"), STR("1"));
	CHECK(e && e->code == ERR_FORBIDDEN && e->details->reason == REASON_SCOPE);
	e = query_filter(&s.cx, &q, STR("x"), STR("eq"), STR("1"));
	CHECK_STR(e->details->allowed,
		"name,sku,price,status,brand,weight,created_at,updated_at,id,categories,category");
	sample_end(&s);
}

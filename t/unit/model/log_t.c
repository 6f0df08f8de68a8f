/* A log: rows that never change, references to objects of any kind, and shorthands that know words and directions. */
#include "base/id.h"
#include "model/query.h"
#include "model/render.h"
#include "model/store.h"
#include "model/type.h"

#include "sample.h"
#include "tap.h"

static const struct str none;

/* What stands behind FROM, for the list that the parameters ask for: "name=value&…" of shorthands, or "field.op=value". */
static struct err *
list_by(struct sample *s, const char *parameters, struct sql *out)
{
	struct str rest = str_of(parameters), one;
	struct err *e = NULL;
	struct query q;

	query_init(&q, &sample_entry);
	CHECK(!view_parse(&s->cx, &sample_entry, STR("id"), none, false, &q.view));
	while (rest.n && !e && str_split(&rest, '&', &one)) {
		size_t equals = str_find(one, '='), dot = str_find(str_cut(one, 0, equals), '.');

		e = query_filter(&s->cx, &q, str_cut(one, 0, dot), str_cut(one, dot + 1, equals),
			str_cut(one, equals + 1, one.n));
	}
	if (!e)
		query_sql(&s->cx, &q, NULL, out);
	return e;
}

void
test_log__is_read_without_the_columns_that_it_lacks(void)
{
	struct sample s;
	struct sql sql;

	sample_begin(&s);
	CHECK(!list_by(&s, "", &sql));
	CHECK_STR(buf_view(&sql.text),
		"SELECT t.id, 1, t.created_at, t.created_at, NULL FROM entries t FORCE INDEX "
		"(created)"
		" WHERE t.tenant_id = ? ORDER BY t.created_at DESC, t.id DESC LIMIT ? OFFSET ?");
	sample_end(&s);
}

void
test_log__one_is_found_by_its_id_alone(void)
{
	struct view v = { .fields = VIEW_BIT(VIEW_ID) };
	struct sought sought = { &sample_entry, ID_NONE, STR("ent_123"), &v };
	struct sample s;
	struct sql sql;

	sample_begin(&s);
	CHECK(query_get_sql(&s.cx, &sought, &sql));
	CHECK_STR(buf_view(&sql.text),
		"SELECT t.id, 1, t.created_at, t.created_at, NULL FROM entries t WHERE t.tenant_id "
		"= ?"
		" AND t.id = ?");
	sample_end(&s);
}

void
test_log__parameters(void)
{
	static const struct {
		const char *parameters, *condition, *text;
		size_t values; /* beside the tenant and the page */
	} rows[] = {
		{ "action=product.updated", "t.action IN (?)", "product.updated", 1 },
		{ "action=updated", "t.verb IN (?)", "updated", 1 },
		{ "action=updated,created", "t.verb IN (?, ?)", "updated", 2 },
		{ "action.eq=updated", "t.action IN (?)", "updated", 1 },
		{ "action=", "t.verb IS NULL", NULL, 0 },
		{ "since=2026-01-15", "t.created_at >= ?", NULL, 1 },
		{ "until=2026-01-15", "t.created_at <= ?", NULL, 1 },
		{ "at.gt=2026-01-15", "t.created_at > ?", NULL, 1 },
		{ "object_id.eq=prod_123", "((t.object_id = ? AND t.kind = ?))", NULL, 2 },
		{ "object_id.ne=prod_123", "NOT ((t.object_id = ? AND t.kind = ?))", NULL, 2 },
		{ "object_id.in=prod_123,cat_123,var_009",
			"((t.object_id = ? AND t.kind = ?) OR (t.object_id = ? AND t.kind = ?) OR "
			"(t.object_id = ? AND t.kind = ?) OR (t.object_id = ? AND t.kind = ?))",
			NULL, 8 },
	};
	struct sample s;

	sample_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str text;
		struct sql sql;

		tap_row("%s", rows[i].parameters);
		if (!CHECK(!list_by(&s, rows[i].parameters, &sql)))
			continue;
		text = buf_view(&sql.text);
		CHECK(strstr(str_z(s.a, text), rows[i].condition) != NULL);
		CHECK(sql.nvalues >= 3 + rows[i].values);
		if (rows[i].text)
			CHECK_STR(sql.values[1].s, rows[i].text);
	}
	sample_end(&s);
}

void
test_log__refuses_what_it_does_not_have(void)
{
	static const struct {
		const char *parameters, *field, *reason;
	} rows[] = {
		{ "created_at.gte=2026-01-15", "filter[created_at][gte]", "unknown" },
		{ "updated_at.gte=2026-01-15", "filter[updated_at][gte]", "unknown" },
		{ "metadata.eq=a", "filter[metadata][eq]", "unknown" },
		{ "since.eq=2026-01-15", "filter[since][eq]", "unknown" },
		{ "since=soon", "since", "value" },
		{ "since=", "since", "value" },
		{ "action=updated,product.created", "action", "value" },
		{ "object_id.eq=123", "filter[object_id][eq]", "value" },
		{ "object_id.eq=lamp_123", "filter[object_id][eq]", "value" },
		{ "object_id.eq=prod_", "filter[object_id][eq]", "value" },
		{ "object_id.gt=prod_123", "filter[object_id][gt]", "unknown" },
		{ "changes.eq=a", "filter[changes][eq]", "unknown" },
	};
	struct sample s;

	sample_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sql sql;
		struct err *e = list_by(&s, rows[i].parameters, &sql);

		tap_row("%s", rows[i].parameters);
		if (!CHECK(e && e->details))
			continue;
		CHECK_STR(e->details->field, rows[i].field);
		CHECK(strcmp(reason_word(e->details->reason), rows[i].reason) == 0);
	}
	sample_end(&s);
}

/* A row as the database gives it. */
static struct str
shown(struct sample *s, const char *fields, struct str kind)
{
	struct db_value cells[16] = { db_int(456), db_int(1), db_time(1000), db_time(1000),
		db_null() };
	size_t n = 5;
	struct view v;
	struct buf b;

	CHECK(!view_parse(&s->cx, &sample_entry, str_of(fields), none, false, &v));
	for (int i = 0; i < E__MAX; i++) {
		if (!((v.fields | v.read) & VIEW_BIT(i)))
			continue;
		cells[n++] = i == E_OBJECT ? db_int(123)
			: i == E_KIND      ? db_text(kind)
			: i == E_CHANGES   ? db_text(STR("{\"a\":{\"old\":1,\"new\":2}}"))
					   : db_text(STR("x"));
	}
	CHECK(n == store_width(&sample_entry, &v));
	buf_init(&b, s->a, 256, 4096);
	render_rec(&b, &s->cx, store_read(&s->cx, &sample_entry, &v, cells), &v);
	return buf_view(&b);
}

void
test_log__shows_its_time_and_whose_id_it_is(void)
{
	struct sample s;

	sample_begin(&s);
	CHECK_STR(shown(&s, "object_id", STR("product")),
		"{\"id\":\"ent_0e8\",\"object\":\"entry\",\"object_id\":\"prod_03v\"}");
	CHECK_STR(shown(&s, "object_id", STR("lamp")),
		"{\"id\":\"ent_0e8\",\"object\":\"entry\",\"object_id\":null}");
	CHECK_STR(shown(&s, "at,changes", STR("product")),
		"{\"id\":\"ent_0e8\",\"object\":\"entry\",\"changes\":{\"a\":{\"old\":1,\"new\":2}}"
		","
		"\"at\":\"1970-01-01T00:00:01Z\"}");
	s.cx.shown.times = true;
	s.cx.shown.locale = "en_US";
	CHECK(strstr(str_z(s.a, shown(&s, "at", STR("product"))), "\"at_formatted\":") != NULL);
	sample_end(&s);
}

void
test_log__has_fewer_members(void)
{
	static const char *const has[] = { "id", "object", "at" };
	static const char *const lacks[] = { "created_at", "updated_at", "archived_at", "metadata",
		"version" };
	struct sample s;
	struct view v;

	sample_begin(&s);
	for (size_t i = 0; i < COUNT(has); i++)
		CHECK(strcmp(view_member_name(&sample_entry, i), has[i]) == 0);
	CHECK(!view_member_name(&sample_entry, COUNT(has)));
	CHECK(view_member_name(&sample_product, COUNT(has)) != NULL);
	for (size_t i = 0; i < COUNT(lacks); i++) {
		tap_row("%s", lacks[i]);
		CHECK(view_parse(&s.cx, &sample_entry, str_of(lacks[i]), none, false, &v) != NULL);
	}
	CHECK(view_parse(&s.cx, &sample_product, STR("at"), none, false, &v) != NULL);
	sample_end(&s);
}

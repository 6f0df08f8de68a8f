/*
 * Prepared statements, cached per connection by their text: from the second use on a statement is
 * one round trip. Rows are read as they come in (nothing is stored by the client library).
 */
#include "db/db_int.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/metrics.h"

#include <errmsg.h>
#include <mysqld_error.h>

/* 64 workers, the most there can be, stay below the server's max_prepared_stmt_count of 16,382. */
#define CACHED_MAX 240
/* Cells kept from one result to the next: a page of 200 rows fits. */
#define CELLS_KEPT 16384
#define INSERT_VALUES_MAX 1000
/* More than any answer may have: beyond it nobody asked for what can be sent, and the request's arena would end. */
#define RESULT_BYTES_MAX ((size_t)64 << 20)

struct stmt {
	MYSQL_STMT *my;
	struct str sql;
	uint64_t hash;
	struct stmt *next;          /* in its bucket */
	struct stmt *newer, *older; /* by use */
};

struct call {
	struct str sql;
	const struct db_value *values;
	size_t n;
	struct db_rows *rows;
};

/* Eight bytes a step: the text of every statement passes through here. */
static uint64_t
hash_text(struct str s)
{
	const uint64_t k = UINT64_C(0x9e3779b97f4a7c15);
	uint64_t h = s.n * k, word = 0;
	size_t i = 0;
	for (; i + sizeof(word) <= s.n; i += sizeof(word)) {
		memcpy(&word, s.p + i, sizeof(word));
		h = (h ^ word) * k;
		h ^= h >> 32;
	}
	word = 0;
	memcpy(&word, s.p + i, s.n - i);
	h = (h ^ word) * k;
	return h ^ h >> 32;
}

static struct stmt **
bucket_of(struct stmt_cache *c, uint64_t hash)
{
	return &c->buckets[hash % COUNT(c->buckets)];
}

static void
order_remove(struct stmt_cache *c, struct stmt *s)
{
	*(s->newer ? &s->newer->older : &c->newest) = s->older;
	*(s->older ? &s->older->newer : &c->oldest) = s->newer;
	s->newer = s->older = NULL;
}

static void
order_add(struct stmt_cache *c, struct stmt *s)
{
	s->older = c->newest;
	*(c->newest ? &c->newest->newer : &c->oldest) = s;
	c->newest = s;
}

static void
forget(struct stmt_cache *c, struct stmt *s)
{
	struct stmt **at = bucket_of(c, s->hash);
	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	order_remove(c, s);
	c->n--;
	mysql_stmt_close(s->my);
	free(s);
}

void
stmt_forget_all(struct db *db)
{
	while (db->stmts.newest)
		forget(&db->stmts, db->stmts.newest);
}

static struct stmt *
find(struct stmt_cache *c, struct str sql, uint64_t hash)
{
	struct stmt *s = *bucket_of(c, hash);
	while (s && (s->hash != hash || !str_eq(s->sql, sql)))
		s = s->next;
	if (s && s != c->newest) {
		order_remove(c, s);
		order_add(c, s);
	}
	return s;
}

static struct stmt *
remember(struct stmt_cache *c, struct str sql, uint64_t hash, MYSQL_STMT *my)
{
	struct stmt *s = malloc(sizeof(*s) + sql.n);
	must_have(s);
	char *text = (char *)(s + 1);
	memcpy(text, sql.p, sql.n);
	*s = (struct stmt){ .my = my, .sql = { text, sql.n }, .hash = hash };
	if (c->n == CACHED_MAX)
		forget(c, c->oldest);
	struct stmt **bucket = bucket_of(c, hash);
	s->next = *bucket;
	*bucket = s;
	order_add(c, s);
	c->n++;
	return s;
}

static void
failed(struct db *db, struct str sql, MYSQL_STMT *my)
{
	/* While rows are read, only the connection knows the error. */
	if (mysql_stmt_errno(my))
		failure_set(db, sql, mysql_stmt_errno(my), mysql_stmt_error(my));
	else
		failure_set(db, sql, mysql_errno(db->my), mysql_error(db->my));
}

static MYSQL_STMT *
prepare(struct ctx *cx, struct str sql)
{
	/* The attribute takes a pointer to void, to which ISO C does not convert a function's. */
	union {
		ps_result_callback fn;
		const void *p;
	} take = { .fn = cell_take };
	struct db *db = cx->db;
	MYSQL_STMT *my = mysql_stmt_init(db->my);
	must_have(my);
	cx->statements++;
	if (mysql_stmt_prepare(my, sql.p, sql.n)) {
		failed(db, sql, my);
		mysql_stmt_close(my);
		return NULL;
	}
	mysql_stmt_attr_set(my, STMT_ATTR_CB_USER_DATA, &db->reading);
	mysql_stmt_attr_set(my, STMT_ATTR_CB_RESULT, take.p);
	return my;
}

static struct stmt *
get(struct ctx *cx, struct str sql)
{
	uint64_t hash = hash_text(sql);
	struct stmt *s = find(&cx->db->stmts, sql, hash);
	if (s)
		return s;
	MYSQL_STMT *my = prepare(cx, sql);
	return my ? remember(&cx->db->stmts, sql, hash, my) : NULL;
}

static bool
execute(struct ctx *cx, struct stmt *s, const struct call *c)
{
	struct arena_mark mark = arena_mark(cx->arena);
	MYSQL_BIND *binds = ARENA_ARRAY(cx->arena, c->n, MYSQL_BIND);
	MYSQL_TIME *times = ARENA_ARRAY(cx->arena, c->n, MYSQL_TIME);
	for (size_t i = 0; i < c->n; i++)
		cell_bind(&binds[i], &times[i], &c->values[i]);
	bool done = !c->n || !mysql_stmt_bind_param(s->my, binds);
	cx->statements++;
	done = done && !mysql_stmt_execute(s->my);
	arena_rewind(cx->arena, mark); /* the parameters are sent; what is read comes after */
	return done;
}

/* The rest is let go by, so that the connection can be used. */
static bool
refuse_rest(struct db *db, const struct stmt *s)
{
	mysql_stmt_free_result(s->my);
	cell_free(&db->reading);
	failure_set(db, s->sql, ER_TOO_BIG_SELECT, "the result is larger than may be read");
	return false;
}

/* False: db->failure says why. */
static bool
fetch(struct ctx *cx, struct stmt *s)
{
	struct reading *r = &cx->db->reading;
	size_t columns = mysql_stmt_field_count(s->my);
	int status = columns ? 0 : MYSQL_NO_DATA;
	r->arena = cx->arena;
	r->fields = s->my->fields;
	r->n = r->bytes = 0;
	while (!status && r->bytes <= RESULT_BYTES_MAX) {
		cell_room(r, columns);
		status = mysql_stmt_fetch(s->my);
	}
	if (!status)
		return refuse_rest(cx->db, s);
	if (status != MYSQL_NO_DATA)
		failed(cx->db, s->sql, s->my);
	return status == MYSQL_NO_DATA;
}

static void
hand_over(struct ctx *cx, struct stmt *s, struct db_rows *rows)
{
	struct reading *r = &cx->db->reading;
	size_t columns = mysql_stmt_field_count(s->my);
	if (rows && !columns) {
		rows->affected = (int64_t)mysql_stmt_affected_rows(s->my);
	} else if (rows) {
		rows->columns = columns;
		rows->n = r->n / columns;
		rows->affected = (int64_t)rows->n; /* INSERT … RETURNING */
		rows->cells = ARENA_ARRAY(cx->arena, r->n, struct db_value);
		if (r->n)
			memcpy(rows->cells, r->cells, r->n * sizeof(*r->cells));
	}
	if (r->cap > CELLS_KEPT)
		cell_free(r);
}

/* One attempt on this connection; false: db->failure says why, and `s` may be gone with it. */
static bool
run(struct ctx *cx, const struct call *c)
{
	struct db *db = cx->db;
	if (fault_before(db, c->sql))
		return false;
	struct stmt *s = get(cx, c->sql);
	if (!s)
		return false;
	if (c->n != mysql_stmt_param_count(s->my)) {
		failure_set(db, c->sql, CR_INVALID_PARAMETER_NO,
			"the number of values is not the number of question marks");
		return false;
	}
	bool done = execute(cx, s, c);
	if (!done)
		failed(db, c->sql, s->my);
	if (!done || !fetch(cx, s)) {
		if (db->failure.kind == FAILURE_STALE)
			forget(&db->stmts, s);
		return false;
	}
	hand_over(cx, s, c->rows);
	return !fault_after(db, c->sql);
}

/* "SET STATEMENT … FOR SELECT …" is one as well. */
static bool
is_read(struct str sql)
{
	size_t at = 0;
	if (str_starts(sql, STR("SET STATEMENT ")))
		while (at < sql.n && !str_starts(str_cut(sql, at, sql.n), STR(" FOR ")))
			at++;
	if (at)
		sql = str_cut(sql, at + sizeof(" FOR ") - 1, sql.n);
	return str_eq_nocase(str_cut(sql, 0, 6), STR("SELECT")) ||
		str_eq_nocase(str_cut(sql, 0, 4), STR("WITH"));
}

/*
 * A lone statement is a transaction of its own: rolled back, it may run again. One whose answer
 * was lost may have been carried out, so only reads, and what the socket refused to take, are
 * repeated.
 */
static bool
may_repeat(const struct db *db, struct str sql, int attempt)
{
	const struct failure *f = &db->failure;
	switch (f->kind) {
	case FAILURE_STALE:
		return attempt == 1 && (f->number != CR_NEW_STMT_METADATA || is_read(sql));
	case FAILURE_REPEAT:
		return !db->in_tx && attempt <= DB_REPEATS;
	case FAILURE_LOST:
		return !db->in_tx && attempt == 1 &&
			(f->number == CR_SERVER_GONE_ERROR || is_read(sql));
	case FAILURE_OTHER:
		break;
	}
	return false;
}

struct err *
db_run(struct ctx *cx, struct str sql, const struct db_value *values, size_t n,
	struct db_rows *rows)
{
	const struct call c = { sql, values, n, rows };
	if (rows)
		*rows = (struct db_rows){ 0 };
	for (int attempt = 1;; attempt++) {
		struct err *e = conn_ready(cx);
		if (e)
			return e;
		int64_t start_us = clock_mono_us();
		bool done = run(cx, &c);
		cx->db_us += clock_mono_us() - start_us;
		if (done)
			return NULL;
		if (!may_repeat(cx->db, sql, attempt))
			return failure_err(cx);
		metrics_add(METRIC_DB_REPEATS, 1);
	}
}

static size_t
count_char(const char *z, char c)
{
	size_t n = 0;
	for (; *z; z++)
		n += *z == c;
	return n;
}

/* Few distinct lengths, so that statements of many rows do not flood the cache. */
static size_t
tuples_at_once(size_t left, size_t most)
{
	size_t n = 16;
	if (left >= most)
		return most;
	if (left <= n)
		return left;
	while (n * 2 <= left)
		n *= 2;
	return n;
}

static struct str
insert_text(struct arena *a, const char *head, const char *tuple, size_t tuples)
{
	struct buf b;
	size_t size = strlen(head) + tuples * (strlen(tuple) + 1) + 1;
	buf_init(&b, a, size, size);
	buf_z(&b, head);
	for (size_t i = 0; i < tuples; i++) {
		buf_char(&b, i ? ',' : ' ');
		buf_z(&b, tuple);
	}
	return buf_view(&b);
}

struct err *
db_insert_rows(struct ctx *cx, const char *head, const char *tuple, const struct db_value *values,
	size_t nvalues)
{
	size_t each = count_char(tuple, '?');
	must(each > 0 && nvalues % each == 0);
	size_t most = MAX(INSERT_VALUES_MAX / each, 1), left = nvalues / each;
	while (left > 0) {
		size_t n = tuples_at_once(left, most);
		struct str sql = insert_text(cx->arena, head, tuple, n);
		struct err *e = db_run(cx, sql, values, n * each, NULL);
		if (e)
			return e;
		values += n * each;
		left -= n;
	}
	return NULL;
}

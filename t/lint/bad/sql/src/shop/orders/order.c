static struct err *
f(struct ctx *cx, struct str name)
{
	struct str sql = str_fmt(cx->arena, "SELECT id FROM orders WHERE name = '%.*s'", STRF(name)); /* bad */
	struct buf b;

	buf_z(&b, "DELETE FROM orders"); /* bad */
	buf_fmt(&b,
		" WHERE name = '%.*s'", /* bad */
		STRF(name));
	buf_z(&b, "says where it is");
	buf_z(&b, "x from y where z");
	(void)str_fmt(cx->arena, "%d", 5);
	db_exec(cx, "DELETE FROM orders WHERE tenant_id = ?", db_id(cx->tenant));
	return db_run(cx, sql, NULL, 0, NULL); /* bad */
}

static struct err *
g(struct ctx *cx, struct db_rows *rows)
{
	return db_query(cx, rows,
		"SELECT id FROM orders"
		" WHERE tenant_id = ? AND name = ?",
		db_id(cx->tenant), db_text(STR("x")));
}

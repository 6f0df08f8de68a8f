static struct err *
f(struct ctx *cx, struct str order)
{
	struct str tail = str_fmt(cx->arena, " ORDER BY %.*s LIMIT 5", STRF(order)); /* bad */

	return db_run(cx, tail, NULL, 0, NULL); /* bad */
}

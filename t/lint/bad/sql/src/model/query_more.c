static void
f(struct sql *s, const struct resource *r)
{
	buf_fmt(&s->text, " FROM %s t WHERE t.tenant_id = ?", r->table);
}

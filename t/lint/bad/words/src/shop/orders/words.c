static void
f(void)
{
	p = malloc(10); /* bad */
	free (p); /* bad */
	arena_free(p);
	goto out; /* bad */
	double total; /* bad */
	/* double */
}

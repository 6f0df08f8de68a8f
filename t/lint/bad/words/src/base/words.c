/* strcpy() in a comment and "sprintf(" in a string are nobody's business. */
static void
f(void)
{
	strcpy(a, b); /* bad */
	x = gmtime(&t); /* bad */
	gmtime_r(&t, &tm);
	log("system(1)");
	free(p);
	p = malloc(1);
	q = atoi(s); /* lint: allowed the text is a constant of ours */
	r = atoi(s); /* lint: bad */
}
/* bad TODO */

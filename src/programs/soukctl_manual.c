/* The lists of soukctl(1) and souk-errors(7), in mdoc. */
#include "programs/soukctl.h"

#include "base/err.h"
#include "web/docs_errors.h"

/* The text with what mdoc would take for an escape made harmless, and each sentence on a line of its own. */
static void
print_mdoc(const char *z)
{
	for (; *z; z++) {
		if (*z == '\\')
			(void)fputs("\\e", stdout);
		else if (strchr(".?!", *z) && z[1] == ' ')
			(void)printf("%c\n", *z++);
		else
			(void)putchar(*z);
	}
}

void
manual_verbs(void)
{
	for (const struct verb *const *v = ctl_verbs; *v; v++) {
		(void)printf(".It Ic %s", (*v)->words);
		(void)printf((*v)->operands ? " Ar %s\n" : "\n", (*v)->operands);
		print_mdoc((*v)->doc);
		(void)puts(".");
		if ((*v)->noptions)
			(void)puts(".Bl -tag -width Ds -compact");
		for (size_t i = 0; i < (*v)->noptions; i++) {
			const struct option_row *o = &(*v)->options[i];

			(void)printf(".It Fl -%s", o->name);
			(void)printf(o->arg ? " Ar %s\n" : "\n", o->arg);
			print_mdoc(o->doc);
			(void)puts(".");
		}
		if ((*v)->noptions)
			(void)puts(".El");
	}
}

static void
print_reason(const struct reason_row *row)
{
	(void)printf(".It Sy %s\n", row->word);
	if (row->where != WHERE_SETUP)
		(void)printf(
			"Status %d,\n.Ql %s .\n", err_status(row->code), err_public(row->code));
	print_mdoc(row->title);
	(void)puts(".");
	print_mdoc(row->text);
	(void)puts("");
}

void
manual_errors(void)
{
	for (int where = 0; where < WHERE__MAX; where++) {
		(void)printf(".Ss %s\n.Bl -tag -width Ds\n",
			docs_errors_group((enum reason_where)where));
		for (int i = REASON_NONE + 1; i < REASON__MAX; i++) {
			const struct reason_row *row = reason_row((enum reason)i);

			if (row->where == (enum reason_where)where)
				print_reason(row);
		}
		(void)puts(".El");
	}
}

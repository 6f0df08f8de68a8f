/* The command line: verbs, options and help, all from the verbs' rows. */
#include "programs/soukctl.h"

#define VERBS_MAX 64
#define WORDS_MAX 80

static void
list_verbs(FILE *to, const struct verb *const *verbs)
{
	(void)fprintf(to, "usage: soukctl VERB [options]\n\n");
	for (; *verbs; verbs++)
		(void)fprintf(to, "  %-18s %s\n", (*verbs)->words, (*verbs)->doc);
	(void)fprintf(to,
		"\nsoukctl VERB --help tells more. Settings come from the file named by "
		"SOUK_CONFIG, then\n"
		"from the environment; soukctl describe --config lists them.\n");
}

/* "soukctl key create" */
static const char *
full_name(const struct ctl *c)
{
	bool words = c->verb && *c->verb->words;

	return str_fmt(
		c->arena, "%s%s%s", c->program, words ? " " : "", words ? c->verb->words : "")
		.p;
}

/* The same behind the program's name, in a sentence. */
static const char *
verb_name(const struct ctl *c)
{
	return *c->verb->words ? c->verb->words : "it";
}

static void
show_help(const struct ctl *c)
{
	const struct verb *v = c->verb;

	(void)printf("usage: %s%s%s%s\n\n%s\n", full_name(c), v->operands ? " " : "",
		v->operands ? v->operands : "", v->noptions ? " [options]" : "", v->doc);
	for (size_t i = 0; i < v->noptions; i++) {
		const struct option_row *o = &v->options[i];
		char left[WORDS_MAX];

		(void)snprintf(left, sizeof(left), "--%s%s%s", o->name, o->arg ? " " : "",
			o->arg ? o->arg : "");
		(void)printf("%s  %-24s %s\n", i ? "" : "\n", left, o->doc);
	}
}

int
ctl_usage(const struct ctl *c, const char *fmt, ...)
{
	struct str what;
	va_list ap;

	va_start(ap, fmt);
	what = str_vfmt(c->arena, fmt, ap);
	va_end(ap);
	(void)fprintf(stderr, "%s: %.*s\n%s --help lists the %s\n", c->program, STRF(what),
		full_name(c), c->verb ? "options" : "verbs");
	return EXIT_USAGE;
}

/* Arguments that the words of the verb take up; 0 if they are not those. */
static int
words_match(const char *words, int argc, char **argv)
{
	struct str rest = str_of(words), word;
	int n = 0;

	while (str_split(&rest, ' ', &word)) {
		if (n + 1 >= argc || !str_eq_z(word, argv[n + 1]))
			return 0;
		n++;
	}
	return n;
}

static int
unknown_verb(const struct ctl *c, const struct verb *const *verbs, int argc, char **argv)
{
	const char *names[VERBS_MAX], *nearest;
	bool two = argc > 2 && argv[2][0] != '-';
	struct str asked = str_fmt(c->arena, "%s%s%s", argv[1], two ? " " : "", two ? argv[2] : "");
	size_t n = 0;

	for (; n < VERBS_MAX && verbs[n]; n++)
		names[n] = verbs[n]->words;
	nearest = str_nearest(asked, names, n);
	for (size_t i = 0; !nearest && i < n; i++) {
		if (str_starts(str_of(names[i]), str_fmt(c->arena, "%s ", argv[1])))
			nearest = names[i];
	}
	return ctl_usage(c, "there is no verb %.*s%s%s", STRF(asked),
		nearest ? "; did you mean " : "", nearest ? nearest : "");
}

static int
unknown_option(const struct ctl *c, struct str name)
{
	const char *names[OPTIONS_MAX], *nearest;

	for (size_t i = 0; i < c->verb->noptions; i++)
		names[i] = c->verb->options[i].name;
	nearest = str_nearest(name, names, c->verb->noptions);
	return ctl_usage(c, "%s has no option --%.*s%s%s", verb_name(c), STRF(name),
		nearest ? "; did you mean --" : "", nearest ? nearest : "");
}

/* Index of the option's row, or -1. */
static int
find_option(const struct verb *v, struct str name)
{
	for (size_t i = 0; i < v->noptions; i++) {
		if (str_eq_z(name, v->options[i].name))
			return (int)i;
	}
	return -1;
}

/* "--name=value", "--name value" or "--name"; *at moves to what was used last. -1 if it is right. */
static int
take_option(struct ctl *c, int argc, char **argv, int *at)
{
	struct str text = str_of(argv[*at] + 2);
	size_t equals = str_find(text, '=');
	struct str name = str_cut(text, 0, equals);
	int row = find_option(c->verb, name);

	if (row < 0)
		return unknown_option(c, name);
	if (!c->verb->options[row].arg && equals < text.n)
		return ctl_usage(c, "--%.*s takes no value", STRF(name));
	if (c->given[row])
		return ctl_usage(c, "--%.*s is given twice", STRF(name));
	if (!c->verb->options[row].arg)
		c->given[row] = "";
	else if (equals < text.n)
		c->given[row] = text.p + equals + 1;
	else if (*at + 1 < argc)
		c->given[row] = argv[++*at];
	else
		return ctl_usage(
			c, "--%.*s needs a value, %s", STRF(name), c->verb->options[row].arg);
	return -1;
}

static int
parse_rest(struct ctl *c, int argc, char **argv, int at)
{
	size_t operands = 0;
	bool options = true;
	int status = -1;

	for (; at < argc && status < 0; at++) {
		const char *arg = argv[at];

		if (options && (!strcmp(arg, "--help") || !strcmp(arg, "-h"))) {
			show_help(c);
			return 0;
		}
		if (options && !strcmp(arg, "--"))
			options = false;
		else if (options && !strncmp(arg, "--", 2))
			status = take_option(c, argc, argv, &at);
		else if (operands < c->verb->noperands)
			c->operands[operands++] = arg;
		else
			status = ctl_usage(c, "%s takes no %s", verb_name(c), arg);
	}
	if (status < 0 && operands < c->verb->noperands)
		status = ctl_usage(c, "%s needs: %s", verb_name(c), c->verb->operands);
	return status;
}

int
ctl_parse(struct ctl *c, const struct verb *const *verbs, int argc, char **argv)
{
	if (!*verbs[0]->words) {
		c->verb = verbs[0];
		return parse_rest(c, argc, argv, 1);
	}
	if (argc < 2) {
		list_verbs(stderr, verbs);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		list_verbs(stdout, verbs);
		return 0;
	}
	for (const struct verb *const *v = verbs; *v; v++) {
		int n = words_match((*v)->words, argc, argv);

		if (!n)
			continue;
		c->verb = *v;
		must((*v)->noptions <= OPTIONS_MAX && (*v)->noperands <= OPERANDS_MAX);
		return parse_rest(c, argc, argv, n + 1);
	}
	return unknown_verb(c, verbs, argc, argv);
}

const char *
ctl_given(const struct ctl *c, const char *option)
{
	int row = find_option(c->verb, str_of(option));

	must(row >= 0);
	return c->given[row];
}

struct str
ctl_text(const struct ctl *c, const char *option)
{
	return str_of(ctl_given(c, option));
}

/* Errors: the table, lists of faults and their limit. */
#include "tap.h"

#include "base/base.h"

void
test_err__has_a_whole_row_for_every_code(void)
{
	for (int code = 0; code < ERR__MAX; code++) {
		tap_row("code %d", code);
		CHECK(err_status((enum err_code)code) >= 400 &&
			err_status((enum err_code)code) < 600);
		CHECK(strlen(err_public((enum err_code)code)) > 0);
		CHECK(strlen(err_name((enum err_code)code)) > 0);
	}
	CHECK(err_status(ERR_PRECONDITION) == 412);
	CHECK(strcmp(err_public(ERR_RATE), "rate_limit_exceeded") == 0);
	CHECK(strcmp(err_name(ERR_NOT_FOUND), "NOT_FOUND") == 0);
}

void
test_err__tells_the_caller_and_the_log_apart(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct err *plain = err_new(a, ERR_CONFLICT, NULL);
	struct err *said = err_new(a, ERR_CONFLICT, "%s is taken", "LAMP-1");
	struct err *logged = err_log(a, ERR_INTERNAL, "errno %d", 5);

	CHECK_STR(plain->message, "the request conflicts with what is stored");
	CHECK_STR(said->message, "LAMP-1 is taken");
	CHECK_STR(logged->message, "something went wrong on our side");
	CHECK_STR(logged->log, "errno 5");
	CHECK(said->reason == REASON_CONFLICT && !said->log.p && !said->details);
	CHECK(err_reason(said, REASON_TAKEN) == said && said->reason == REASON_TAKEN);
	CHECK(err_is_server(logged) && !err_is_server(said));
	arena_free(a);
}

void
test_err__collects_faults_in_order(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct err *e = NULL, *query = err_new(a, ERR_QUERY, NULL);
	struct err *own = err_new(a, ERR_VALIDATION, "own words");
	struct err_detail *first;

	first = err_field(a, &e, STR("price"), REASON_REQUIRED, "%s is required", "price");
	err_field(a, &e, STR("name"), REASON_TOO_LONG, "name is too long");
	if (!CHECK(e != NULL))
		return;
	CHECK(e->code == ERR_VALIDATION && e->ndetails == 2 && e->details == first);
	CHECK_STR(e->message, "price is required");
	CHECK_STR(first->field, "price");
	CHECK(first->reason == REASON_REQUIRED && !first->allowed.p && !first->nearest.p);
	CHECK_STR(first->next->field, "name");
	CHECK(!first->next->next);

	err_field(a, &query, STR("sort"), REASON_UNKNOWN, "no such field");
	CHECK(query->code == ERR_QUERY);
	CHECK_STR(query->message, "no such field");
	err_field(a, &own, STR("sort"), REASON_UNKNOWN, "no such field");
	CHECK_STR(own->message, "own words");
	arena_free(a);
}

/* What is said of a field begins with a verb, and alone it lacks its subject. */
void
test_err__names_the_field_that_its_message_is_about(void)
{
	static const struct {
		const char *detail, *message;
	} rows[] = {
		{ "must be given", "items[0].sku must be given" },
		{ "cannot be changed any more", "items[0].sku cannot be changed any more" },
		{ "is not a field of order", "items[0].sku is not a field of order" },
		{ "there is no such SKU", "there is no such SKU" },
		{ "issue 5 is closed", "issue 5 is closed" },
	};
	struct arena *a = arena_new("test", 1 << 20);

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err *e = NULL;

		err_field(a, &e, STR("items[0].sku"), REASON_UNKNOWN, "%s", rows[i].detail);
		CHECK_STR(e->message, rows[i].message);
		CHECK_STR(e->details->message, rows[i].detail);
	}
	arena_free(a);
}

static struct err *
faults(struct arena *a, int n)
{
	struct err *e = NULL;

	for (int i = 0; i < n; i++)
		err_field(a, &e, str_fmt(a, "f%d", i), REASON_PATTERN, "fault %d", i);
	return e;
}

static size_t
listed(const struct err *e)
{
	size_t n = 0;

	for (const struct err_detail *d = e->details; d; d = d->next)
		n++;
	return n;
}

void
test_err__joins_and_counts_beyond_the_limit(void)
{
	static const struct {
		int left, right;
		size_t counted, listed;
	} rows[] = {
		{ 1, 1, 2, 2 },
		{ 100, 1, 101, 100 },
		{ 60, 60, 120, 100 },
		{ 150, 150, 300, 100 },
		{ 3, 150, 153, 100 },
	};
	struct arena *a = arena_new("test", 1 << 20);

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err *e = err_join(faults(a, rows[i].left), faults(a, rows[i].right));

		tap_row("%d and %d", rows[i].left, rows[i].right);
		CHECK(e->ndetails == rows[i].counted && listed(e) == rows[i].listed);
		CHECK_STR(e->message, "fault 0");
	}
	arena_free(a);
}

void
test_err__joins_nothing(void)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct err *e = faults(a, 1), *bare = err_new(a, ERR_VALIDATION, NULL);

	CHECK(err_join(NULL, NULL) == NULL);
	CHECK(err_join(e, NULL) == e && err_join(NULL, e) == e);
	CHECK(err_join(bare, e) == bare && bare->ndetails == 1);
	CHECK_STR(bare->message, "fault 0");
	err_field(a, &bare, STR("g"), REASON_PATTERN, "one more");
	CHECK(listed(bare) == 2);
	arena_free(a);
}

/* The words are public: each is its constant in lower case, so that a slip cannot give one two names. */
void
test_err__each_reason_has_word_title_and_text(void)
{
	static const char *const names[REASON__MAX] = {
#define X(name, word, where, code, title, text, field, message) [REASON_##name] = #name,
#include "base/reason.def"
#undef X
	};

	for (int i = REASON_NONE + 1; i < REASON__MAX; i++) {
		const struct reason_row *row = reason_row((enum reason)i);
		const char *name = names[i];

		tap_row("%s", name);
		CHECK(strlen(row->word) == strlen(name));
		for (size_t k = 0; row->word[k]; k++)
			CHECK(row->word[k] == (name[k] == '_' ? '_' : name[k] | 0x20));
		CHECK(*row->title && *row->text && row->where < WHERE__MAX);
		CHECK(row->where == WHERE_SETUP || *row->message);
	}
}

void
test_err__an_error_begins_with_the_reason_of_its_code(void)
{
	struct arena *a = arena_new("test", 1 << 20);

	for (int i = 0; i < ERR__MAX; i++) {
		const struct err *e = err_new(a, (enum err_code)i, NULL);
		const char *name = err_name(e->code), *word = reason_word(e->reason);

		tap_row("%s", name);
		CHECK(strlen(word) == strlen(name) && (word[0] ^ name[0]) == 0x20);
	}
	arena_free(a);
}

/* Secrets of a body: what is taken is what the parser would have read there, and nothing of it can be read any more. */
#include "fuzz.h"

#include "base/card.h"
#include "base/json.h"
#include "base/vault.h"

static const struct str names[] = { { "number", 6 }, { "cvc", 3 } };
static const struct vault_names cards = { names, 2, 0, true };

static void
check_one(const struct vault *v, const struct json *was, const struct json *now, size_t i)
{
	const char *name = names[i].p;
	const struct json *before = json_get(was, name), *after = json_get(now, name);
	enum json_kind kind = json_kind(before);
	struct str text, left = json_string(after);
	bool taken = vault_find(v, names[i], &text);

	must(kind == json_kind(after));
	must(taken == (kind == JSON_STRING || kind == JSON_INT || kind == JSON_DECIMAL));
	must(kind != JSON_STRING || str_eq(text, json_string(before)));
	for (size_t k = 0; kind == JSON_STRING && k < left.n; k++)
		must(left.p[k] == '*');
}

static char *
copied(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);

	if (s.n)
		memcpy(p, s.p, s.n);
	return p;
}

void
fuzz_vault(struct fuzz *f)
{
	char *body = copied(f->arena, f->in);
	struct arena_mark mark = arena_mark(f->arena);
	struct vault *v = vault_take(f->arena, body, f->in.n, &cards);
	struct str left = { body, f->in.n };
	struct json *was = NULL, *now = NULL;

	if (!json_parse(f->arena, f->in, &was) && json_kind(was) == JSON_OBJECT &&
		!vault_card(v).n) {
		must(!json_parse(f->arena, left, &now));
		for (size_t i = 0; i < COUNT(names); i++)
			check_one(v, was, now, i);
	}
	if (vault_card(v).n) {
		must(str_is_utf8(vault_card(v)));
		must(!vault_card(vault_take(f->arena, copied(f->arena, left), left.n, &cards)).n);
	}
	arena_rewind(f->arena, mark);
	for (size_t i = 0; i < f->in.n; i++)
		must(!body[i]);
}

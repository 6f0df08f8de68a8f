/*
 * A walk over text that the strict pass (json_scan) has let through, so that this and the parser cannot disagree on what
 * stands where. Values are decoded into one block, which is wiped together with the body.
 */
#include "base/vault.h"

#include "base/card.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/json_int.h"
#include "base/json_scan.h"

#define NAME_SHOWN 100

/* Where the walk stands: a member or an item, and what it is in. Put together only if somebody is to be told. */
struct place {
	const struct place *in;
	struct str name; /* as it is written; absent: an item */
	size_t index;
};

struct entry {
	struct str name, text;
};

struct vault {
	struct entry entries[VAULT_MOST];
	size_t n;
	struct str card;
	char *memory, *body;
	size_t size, used, body_n;
};

struct walk {
	struct arena *a;
	struct vault *v;
	const struct vault_names *names;
	char *p, *end;
};

static void value(struct walk *w, const struct place *at, int depth, bool secret);

static void
wipe(void *vault)
{
	struct vault *v = vault;

	crypto_wipe(v->memory, v->size);
	crypto_wipe(v->body, v->body_n);
}

static void
skip_space(struct walk *w)
{
	while (w->p < w->end && (*w->p == ' ' || *w->p == '\n' || *w->p == '\r' || *w->p == '\t'))
		w->p++;
}

/* The token that begins here, which is passed. */
static struct str
token(struct walk *w)
{
	struct str t = { w->p, (size_t)(w->end - w->p) };

	t.n = json_token(t);
	while (*t.p >= 'a' && *t.p <= 'z' && t.p + t.n < w->end && t.p[t.n] >= 'a' &&
		t.p[t.n] <= 'z')
		t.n++; /* true, false, null */
	w->p += t.n;
	return t;
}

/* ---- decoding */

static unsigned
unit_at(const char *p)
{
	unsigned char two[2] = { 0 };

	(void)str_unhex((struct str){ p, 4 }, two, 2); /* the strict pass saw to it */
	return (unsigned)two[0] << 8 | two[1];
}

static size_t
put_point(char *out, unsigned c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 63));
		out[2] = (char)(0x80 | (c & 63));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 63));
	out[2] = (char)(0x80 | (c >> 6 & 63));
	out[3] = (char)(0x80 | (c & 63));
	return 4;
}

/* The escape behind a backslash at *i, which is moved behind it. */
static size_t
put_escape(char *out, struct str s, size_t *i)
{
	static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
	const char *at = strchr(letters, s.p[*i]);
	unsigned c;

	if (s.p[*i] != 'u') {
		out[0] = at ? meant[at - letters] : s.p[*i];
		*i += 1;
		return 1;
	}
	c = unit_at(s.p + *i + 1);
	*i += 5;
	if ((c & 0xfc00) == 0xd800) {
		c = 0x10000 + ((c & 0x3ff) << 10) + (unit_at(s.p + *i + 2) & 0x3ff);
		*i += 6;
	}
	return put_point(out, c);
}

/* A string or number as it is meant, behind what was taken already; it is never longer than it is written. */
static struct str
decode(struct vault *v, struct str t)
{
	char *out = v->memory + v->used;
	struct str s = *t.p == '"' ? str_cut(t, 1, t.n - 1) : t;
	size_t n = 0;

	must(v->used + s.n < v->size);
	for (size_t i = 0; i < s.n;) {
		if (s.p[i] == '\\') {
			i++;
			n += put_escape(out + n, s, &i);
		} else {
			out[n++] = s.p[i++];
		}
	}
	out[n] = '\0';
	return (struct str){ out, n };
}

/* ---- taking */

static void
mask(struct walk *w, struct str t)
{
	char *p = w->p - t.n;

	if (*p == '"') {
		memset(p + 1, '*', t.n - 2);
		return;
	}
	for (size_t i = 0; i < t.n; i++) {
		if (p[i] >= '0' && p[i] <= '9')
			p[i] = '1';
	}
}

static bool
is_scalar_text(struct str t)
{
	return *t.p == '"' || *t.p == '-' || (*t.p >= '0' && *t.p <= '9');
}

/* An object, as it is written; behind that, what is in it is masked. Its end is known only then. */
static void
take_map(struct walk *w, struct str name, const struct place *at, int depth)
{
	struct vault *v = w->v;
	struct str rest = { w->p, (size_t)(w->end - w->p) }, text;
	char *to = v->memory + v->used;
	bool is_room = v->n < VAULT_MOST;

	if (is_room) {
		must(v->used + rest.n < v->size);
		memcpy(to, rest.p, rest.n);
		v->used += rest.n; /* decode() writes behind it */
	}
	value(w, at, depth, true);
	if (!is_room)
		return; /* as in take() */
	v->used -= rest.n;
	text = (struct str){ to, rest.n - (size_t)(w->end - w->p) };
	to[text.n] = '\0';
	v->entries[v->n++] = (struct entry){ name, text };
	v->used += text.n + 1;
}

static void
take(struct walk *w, struct str name)
{
	struct vault *v = w->v;
	struct str t = token(w), text;

	if (!is_scalar_text(t))
		return; /* true, false, null */
	text = decode(v, t);
	mask(w, t);
	if (v->n == VAULT_MOST)
		return; /* the same name once more: json_parse() refuses it */
	v->entries[v->n++] = (struct entry){ name, text };
	v->used += text.n + 1;
}

static struct str
path_of(struct arena *a, const struct place *at)
{
	struct str in = at->in ? path_of(a, at->in) : (struct str){ 0 };

	if (!at->name.p)
		return at->in ? str_fmt(a, "%.*s[%zu]", STRF(in), at->index) : in;
	return str_fmt(
		a, "%.*s%s%.*s", STRF(in), in.n ? "." : "", STRF(str_shown(at->name, NAME_SHOWN)));
}

/* A value or name that is no secret: it must be no card either. */
static void
look(struct walk *w, const struct place *at, struct str t)
{
	if (!w->names->no_cards || !is_scalar_text(t) || !card_is_in(decode(w->v, t)))
		return;
	mask(w, t);
	if (!w->v->card.n)
		w->v->card = path_of(w->a, at);
}

/* The secret of that name; NULL: none. */
static const struct str *
secret_named(const struct walk *w, struct str name)
{
	for (size_t i = 0; i < w->names->n; i++) {
		if (str_eq(w->names->names[i], name))
			return &w->names->names[i];
	}
	return NULL;
}

static void
member(struct walk *w, const struct place *at, int depth, bool secret)
{
	struct str t = token(w);
	const struct str *taken = depth == 1 ? secret_named(w, decode(w->v, t)) : NULL;
	const struct place here = { at, str_cut(t, 1, t.n - 1), 0 };

	look(w, &here, t);
	skip_space(w);
	w->p++; /* ':' */
	skip_space(w);
	if (taken && *w->p == '{' && taken >= w->names->names + w->names->n - w->names->maps)
		take_map(w, *taken, &here, depth);
	else if (taken && *w->p != '{' && *w->p != '[')
		take(w, *taken);
	else
		value(w, &here, depth, secret || taken);
}

/* An array or object; the strict pass lets none nest deeper than there is a stack for. */
static void
members(struct walk *w, const struct place *at, int depth, bool secret)
{
	bool object = *w->p == '{';
	struct place item = { .in = at };

	w->p++;
	for (skip_space(w); *w->p != '}' && *w->p != ']'; skip_space(w)) {
		if (*w->p == ',') {
			w->p++;
			skip_space(w);
		}
		if (object)
			member(w, at, depth + 1, secret);
		else
			value(w, &item, depth + 1, secret);
		item.index++;
	}
	w->p++;
}

static void
value(struct walk *w, const struct place *at, int depth, bool secret)
{
	struct str t;

	if (*w->p == '{' || *w->p == '[') {
		members(w, at, depth, secret);
		return;
	}
	t = token(w);
	if (!secret)
		look(w, at, t);
	else if (is_scalar_text(t))
		mask(w, t);
}

struct vault *
vault_take(struct arena *a, char *body, size_t n, const struct vault_names *names)
{
	struct vault *v = ARENA_NEW(a, struct vault);
	struct walk w = { a, v, names, body, body + n };
	struct json_fault fault;

	must(names->n <= VAULT_MOST);
	v->size = (names->maps ? 2 : 1) * n + VAULT_MOST + 1;
	v->memory = arena_alloc(a, v->size);
	v->body = body;
	v->body_n = n;
	arena_defer(a, wipe, v);
	if (!json_scan((struct str){ body, n }, JSON_MAX_DEPTH, &fault))
		return v;
	skip_space(&w);
	value(&w, &(struct place){ 0 }, 0, false);
	crypto_wipe(v->memory + v->used, v->size - v->used);
	return v;
}

void
vault_wipe_later(struct arena *a, char *body, size_t n)
{
	struct vault *v = ARENA_NEW(a, struct vault);

	v->body = v->memory = body;
	v->body_n = n;
	arena_defer(a, wipe, v);
}

bool
vault_at(const struct vault *v, size_t i, struct str *name, struct str *text)
{
	if (!v || i >= v->n)
		return false;
	*name = v->entries[i].name;
	*text = v->entries[i].text;
	return true;
}

bool
vault_find(const struct vault *v, struct str name, struct str *text)
{
	struct str one;

	for (size_t i = 0; vault_at(v, i, &one, text); i++) {
		if (str_eq(one, name))
			return true;
	}
	return false;
}

struct str
vault_card(const struct vault *v)
{
	return v ? v->card : (struct str){ 0 };
}

/*
 * Signed requests: a line each of X-Signature, X-Timestamp, X-Nonce, the method and the target, then the body. Chance does not
 * sign; who signs as CONVENTIONS.md says is let in, whatever the order of the query, and not with another body.
 */
#include "fuzz.h"

#include "access/actor_int.h"
#include "base/clock.h"

#define SECRET "sig_fuzz"

static const struct str secret = { SECRET, sizeof(SECRET) - 1 };

/* Who need not sign, who must, and who must and may still sign with the secret before the last. */
static const struct actor may = { .key = { 2 } };
static const struct actor shall = {
	.key = { 3 }, .must_sign = true, .signing = { SECRET, sizeof(SECRET) - 1 }
};
static const struct actor rotated = { .key = { 3 },
	.must_sign = true,
	.signing = { "sig_new", 7 },
	.previous_signing = { SECRET, sizeof(SECRET) - 1 } };

static bool
is_let_in(struct fuzz *f, const struct signing *s)
{
	struct err *e = access_signature(&f->cx, s);

	if (!e)
		return true;
	must(e->code == ERR_UNAUTHENTICATED);
	fuzz_told(f, e);
	return false;
}

/* The five lines, by themselves. */
static struct str
sign(struct arena *a, const struct signing *s)
{
	size_t question = str_find(s->target, '?');
	struct digest body = crypto_sha256(s->body), mac;
	struct str *pairs;
	size_t n = str_sorted(a, str_cut(s->target, question + 1, s->target.n), '&', &pairs);
	struct buf b;

	buf_init(&b, a, 1024, (size_t)1 << 20);
	buf_str(&b, s->method);
	buf_char(&b, '\n');
	buf_str(&b, str_cut(s->target, 0, question));
	for (size_t i = 0; i < n && question + 1 < s->target.n; i++) {
		buf_char(&b, i ? '&' : '?');
		buf_str(&b, pairs[i]);
	}
	buf_char(&b, '\n');
	buf_str(&b, s->timestamp);
	buf_char(&b, '\n');
	buf_str(&b, s->nonce);
	buf_char(&b, '\n');
	buf_str(&b, str_hex(a, body.b, sizeof(body.b)));
	must(!b.overflow);
	mac = crypto_hmac(secret, buf_view(&b));
	return str_hex(a, mac.b, sizeof(mac.b));
}

/* The first pair of the query behind the others. */
static struct str
turned(struct arena *a, struct str target)
{
	size_t question = str_find(target, '?');
	struct str query = str_cut(target, question + 1, target.n);
	size_t and = str_find(query, '&');

	if (and == query.n)
		return target;
	return str_fmt(a, "%.*s?%.*s&%.*s", STRF(str_cut(target, 0, question)),
		STRF(str_cut(query, and+1, query.n)), STRF(str_cut(query, 0, and)));
}

void
fuzz_signature(struct fuzz *f)
{
	struct signing s;

	s.signature = fuzz_line(f);
	s.timestamp = fuzz_line(f);
	s.nonce = fuzz_line(f);
	s.method = fuzz_line(f);
	s.target = str_cut(fuzz_line(f), 0, REQUEST_PATH_MAX + REQUEST_QUERY_MAX);
	s.body = f->in;
	must(is_let_in(f, &s)); /* a program of our own */
	f->cx.holder = &may;
	must(is_let_in(f, &s) == !s.signature.n);
	f->cx.holder = &shall;
	must(!is_let_in(f, &s));
	s.timestamp = str_fmt(f->arena, "%" PRId64, clock_real_ms() / 1000);
	s.nonce = STR("a nonce that nobody has used");
	s.nonce.n = 8;
	s.signature = sign(f->arena, &s);
	must(!is_let_in(f, &s)); /* a space is no part of a nonce */
	s.nonce = STR("nonce-01");
	s.signature = sign(f->arena, &s);
	must(is_let_in(f, &s));
	f->cx.holder = &rotated;
	must(is_let_in(f, &s));
	if (str_find(s.target, '\0') == s.target.n) {
		s.target = turned(f->arena, s.target);
		must(is_let_in(f, &s));
	}
	s.body = str_fmt(f->arena, "%zu", s.body.n);
	must(str_eq(s.body, f->in) || !is_let_in(f, &s));
}

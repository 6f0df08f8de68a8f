#include "shop/catalog/seen.h"

static uint64_t
hash_of(struct str s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
	return h ? h : 1;
}

static uint64_t *
slot_of(const struct seen *s, uint64_t hash)
{
	size_t i = hash & (s->cap - 1);

	while (s->slots[i] && s->slots[i] != hash)
		i = (i + 1) & (s->cap - 1);
	return &s->slots[i];
}

bool
seen_has(const struct seen *s, struct str text)
{
	return s->cap && *slot_of(s, hash_of(text));
}

void
seen_add(struct arena *a, struct seen *s, struct str text)
{
	struct seen more = { .cap = s->cap ? s->cap * 2 : 256, .n = s->n };
	uint64_t *slot;

	if (s->n * 2 >= s->cap) {
		more.slots = ARENA_ARRAY(a, more.cap, uint64_t);
		for (size_t i = 0; i < s->cap; i++) {
			if (s->slots[i])
				*slot_of(&more, s->slots[i]) = s->slots[i];
		}
		*s = more;
	}
	slot = slot_of(s, hash_of(text));
	s->n += !*slot;
	*slot = hash_of(text);
}

void
seen_forget(struct seen *s)
{
	if (s->n)
		memset(s->slots, 0, s->cap * sizeof(*s->slots));
	s->n = 0;
}

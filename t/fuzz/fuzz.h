/*
 * What fuzz targets share. A target takes any bytes and must() what holds of all of them; targets.def lists it. All targets are
 * one program, of which there are two: under libFuzzer (./dev fuzz), and one that runs the kept inputs (./dev test).
 */
#ifndef SOUK_FUZZ_H
#define SOUK_FUZZ_H

#include "db/ctx.h"
#include "web/call.h"

/* All that one input may take (R28). */
#define FUZZ_MEMORY ((size_t)64 << 20)

struct fuzz {
	struct arena *arena; /* of this input */
	struct ctx cx;       /* of a key with every right, of a shop in USD and English */
	struct str in;       /* what of the input was not taken yet */
};

struct fuzz_target {
	const char *name;
	size_t most; /* bytes of an input */
	void (*run)(struct fuzz *f);
};

/* Up to one without a name. */
extern const struct fuzz_target fuzz_targets[];

#define X(name, bytes) void fuzz_##name(struct fuzz *f);
#include "targets.def"
#undef X

/* NULL if there is none of that name. */
const struct fuzz_target *fuzz_find(const char *name);

/* Runs a target on one input. Returns if all that must hold does; else, and above FUZZ_MEMORY, the process ends. */
void fuzz_run(const struct fuzz_target *t, const void *bytes, size_t n);

/* A number below n out of the next byte: '0' is 0, so that seeds can be read. */
size_t fuzz_pick(struct fuzz *f, size_t n);
/* The resource that the next line names, nested ones too; of no such name, any. */
const struct resource *fuzz_resource(struct fuzz *f);
/* The rest up to the next line feed, which is taken too; absent at the end. */
struct str fuzz_line(struct fuzz *f);
/* The path of a file with that text, good until the next call. */
const char *fuzz_file(struct str text);

/* What all requests have in common. */
const struct site *fuzz_site(void);

/* What a client sent is refused in words that can be sent, in both shapes of an error, and never as our own fault. */
void fuzz_told(struct fuzz *f, const struct err *e);
/* The text is JSON as it is sent. */
void fuzz_is_json(struct str text);

#endif

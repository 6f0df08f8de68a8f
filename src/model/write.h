/*
 * Writes: one way in for every face. A write validates, opens the transaction, loads what is there,
 * merges, applies the rules, stores rows, audit and event, lets the face render its answer, keeps it
 * under the idempotency key, and commits.
 */
#ifndef SOUK_MODEL_WRITE_H
#define SOUK_MODEL_WRITE_H

#include "model/once.h"
#include "model/rec.h"

enum write_verb { WRITE_CREATE, WRITE_UPDATE, WRITE_ARCHIVE, WRITE_ACT, WRITE_OPERATE };

/* Versions that a caller names in If-Match or If-None-Match (D37). */
struct tags {
	bool given, any;
	int64_t versions[8];
	size_t n;
};

/* On what condition alone a request is carried out (RFC 9110 §13). */
struct conditions {
	struct tags match, none_match;
	int64_t unmodified_since_ms; /* 0: not given; ignored beside `match` */
};

struct write;

/*
 * Renders the answer of a write that succeeded; the last step inside the transaction. `rec` is whole, with its
 * children; NULL: an operation answers nothing. What cannot be shown as it was asked for is refused, and then nothing was written.
 */
typedef struct err *answer_fn(
	struct ctx *cx, const struct write *w, const struct rec *rec, struct answer *out);

struct write {
	enum write_verb verb;
	const struct resource *resource;
	struct str parent; /* nested: the owner's id as it came; absent: top level */
	struct str key;    /* update, archive, act: the object's id as it came */
	const struct json *body;
	const struct action *action;
	const struct operation *operation; /* that writes, with the open segments of its path; */
	const struct str *keys;            /* of `conditions` it looks at none */
	size_t nkeys;
	/* What an action or operation takes, if that is no body: not checked any more. NULL: the body has it. */
	const struct rec *input;
	struct conditions conditions;
	struct id
		preset; /* create: the id it shall have (sample data, imports); ID_NONE: a new one */
	answer_fn *answer;
	void *face; /* for answer_fn */
};

struct written {
	struct answer answer;
	struct rec *rec; /* NULL if replayed, or if an operation answers nothing */
	bool replayed;
};

/*
 * Carries it out in a transaction of its own; in two, with a call between them that no transaction holds, if it asked for
 * its resource's `outside`: the answer then is what the second made of the object, with the first's status and Location. Dies
 * the process before that, a repeat under the key completes it; without a key the call stays due, and ERR_UNAVAILABLE has the
 * reason outcome_unknown, if there is anybody left to tell it. A dry run ends before the call. ERR_VALIDATION with every fault of the body; ERR_NOT_FOUND; ERR_CONFLICT (unique value taken, body's version,
 * illegal state); ERR_PRECONDITION. A refusal met inside the transaction of a keyed write is
 * stored and returned as an answer with its status, not as an err.
 */
struct err *model_write(struct ctx *cx, const struct write *w, struct written *out) MUST_CHECK;

/*
 * The same inside a transaction that the caller holds, without idempotency: for imports and rules. `answer` may be NULL.
 * Nobody outside is asked: what asks for it stays due.
 */
struct err *model_write_inside(
	struct ctx *cx, const struct write *w, struct written *out) MUST_CHECK;

/*
 * Asks the outside about an object whose call is due, and writes what came of it: for batch programs, and for an `outside`
 * of which several objects have calls. Not inside a transaction. Nothing is done if another process is at it, or if
 * cx->dry_run. The errors are those of the call's own reads and of `then`, after which the call stays due.
 */
struct err *model_settle(struct ctx *cx, const struct resource *r, struct id id) MUST_CHECK;

/*
 * Judges If-Match and If-Unmodified-Since for an object, in the order of RFC 9110 §13.2.2: ERR_PRECONDITION.
 * What If-None-Match means is the caller's: of a read it saves the body.
 */
struct err *model_check_match(
	struct ctx *cx, const struct conditions *given, const struct rec *rec) MUST_CHECK;

/*
 * Checks a body against the descriptor without the database: all faults in one err. *out holds what was given,
 * everything else unset.
 */
struct err *validate(struct ctx *cx, const struct resource *r, const struct json *body, bool create,
	struct rec **out) MUST_CHECK;

/* The body of an action or operation, whose shape is `input`; no body is an empty one. *out: NULL if it takes none. */
struct err *validate_input(struct ctx *cx, const struct resource *input, const struct json *body,
	struct rec **out) MUST_CHECK;

/*
 * What a new object must have: initial values where nothing was given, a fault for each required field that is missing.
 * `faulty`: *e may already have faults of this object's fields, which are not named twice.
 */
void validate_complete(struct ctx *cx, struct rec *rec, struct err **e, bool faulty);

#endif

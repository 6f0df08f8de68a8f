/*
 * A call to the outside between two transactions (D53). Those who would ask about one object at once, such as the twins
 * of a request and a batch program, take turns by a lock of the database that is held while no transaction is, and dies
 * with its connection; whoever comes later finds the call settled. A call that is quick is made without a turn. Should the lock be lost, they ask twice with the same
 * key, and the second transaction of the later finds nothing to do.
 */
#include "model/write_int.h"

#include "base/clock.h"
#include "base/id.h"
#include "model/store.h"
#include "model/trace.h"

#ifdef SOUK_DEBUG
#include <unistd.h>
#endif

#define TURN_MS 3000      /* a twin waits so long, as it does for the first transaction */
#define CALL_US 3000000   /* a call of a request takes so long at most, */
#define LEAVE_US 1000000  /* and leaves so much of it for what follows; */
#define LEAST_US 50000    /* with less than this it is not tried */
#define BATCH_US 10000000 /* a call of a program that has no deadline */

/* The second transaction, and the call whose outcome it writes. */
struct second {
	const struct resource *resource;
	struct id id;
	const struct attempt *first; /* whose answer is due; NULL: nobody's */
	struct rec *input;           /* what came of the call; NULL: nothing */
	struct write act;            /* what is done with it */
	struct written *out;
	struct err *
		refusal; /* what the second transaction met, if that is the answer to the key (D52) */
	struct err *unshown; /* why the answer cannot be shown, although all is written */
	bool changed;
};

static void
exit_if_told(const struct ctx *cx, const struct second *s, const char *where)
{
#ifdef SOUK_DEBUG
	if (s->first && !s->first->repeated && str_eq_z(cx->exit_at, where))
		_exit(99);
#else
	(void)cx;
	(void)s;
	(void)where;
#endif
}

/* ---- turns */

static struct str
turn_name(struct ctx *cx, const struct second *s)
{
	return str_fmt(cx->arena, "souk.%" PRId64 ".%" PRId64, cx->tenant.n, s->id.n);
}

static struct err *
take_turn(struct ctx *cx, const struct second *s, bool *taken)
{
	struct db_rows rows = { 0 };
	int64_t wait_ms = ctx_left_ms(cx, TURN_MS + LEAVE_US / 1000) - LEAVE_US / 1000;
	struct err *e = db_query(cx, &rows, "SELECT COALESCE(GET_LOCK(?, ? / 1000), 0)",
		db_text(turn_name(cx, s)), db_int(MAX(wait_ms, 0)));

	*taken = !e && db_count(&rows) == 1;
	return e;
}

/* Also when the request's time is over. A turn that cannot be given back was lost with its connection. */
static void
give_turn(struct ctx *cx, const struct second *s)
{
	int64_t deadline_us = cx->deadline_us;
	struct err *e;

	if (deadline_us)
		cx->deadline_us = MAX(deadline_us, clock_mono_us() + LEAVE_US / 2);
	e = db_exec(cx, "DO RELEASE_LOCK(?)", db_text(turn_name(cx, s)));
	cx->deadline_us = deadline_us;
	(void)e;
}

/* ---- the call */

static int64_t
call_until_us(const struct ctx *cx, int64_t now_us)
{
	if (!cx->deadline_us)
		return now_us + BATCH_US;
	return MIN(now_us + CALL_US, cx->deadline_us - LEAVE_US);
}

static struct err *
ask(struct ctx *cx, struct second *s, struct rec *rec)
{
	int64_t now_us = clock_mono_us(), until_us = call_until_us(cx, now_us);
	int64_t deadline_us = cx->deadline_us;
	struct once *once = cx->once;
	struct err *e = NULL;

	if (until_us - now_us < LEAST_US)
		return NULL;
	if (!rec)
		e = store_load(cx, s->resource, ID_NONE, s->id, &rec);
	if (e)
		return e;
	cx->deadline_us = until_us;
	cx->once = NULL;
	e = s->resource->outside->call(cx, rec, &s->input);
	cx->once = once;
	cx->deadline_us = deadline_us;
	must(!db_in_tx(cx) && (e || !s->input || s->resource->outside->then));
	return e;
}

/* ---- the second transaction */

/* What cannot be shown as it was asked for is written all the same: the outside has acted. */
static struct err *
render(struct ctx *cx, struct second *s, const struct attempt *at)
{
	const struct write *w = s->first->w;
	struct err *e;

	at->out->rec = at->shown;
	e = w->answer ? w->answer(cx, w, at->shown, &at->out->answer) : NULL;
	if (!e || !write_is_final(e))
		return e;
	if (cx->once)
		cx->once->refusal(cx, e, &at->out->answer);
	else
		s->unshown = e;
	return NULL;
}

static struct err *
finish(struct ctx *cx, struct attempt *at)
{
	struct second *s = at->second;
	struct err *e = store_load(cx, s->resource, ID_NONE, s->id, &at->was);

	if (e)
		return e;
	at->now = at->shown = rec_copy(cx->arena, at->was);
	if (s->input)
		e = s->act.action->run(cx, at->now, at->was, s->input);
	if (!e && s->input)
		e = write_carry_out(cx, at);
	if (e || !s->first)
		return e;
	return render(cx, s, at);
}

static struct err *
in_second(struct ctx *cx, void *arg)
{
	struct second *s = arg;
	struct attempt at = { .w = &s->act, .out = s->out, .second = s };
	struct traces held = { .naudits = 0 };
	struct err *e = NULL;

	*s->out = (struct written){ 0 };
	s->unshown = s->refusal = NULL;
	s->changed = false;
	if (cx->once)
		e = once_look(cx, true, &s->out->replayed, &s->out->answer);
	if (e || s->out->replayed)
		return e;
	cx->traces = &held;
	e = finish(cx, &at);
	cx->traces = NULL;
	e = e ? e : traces_write(cx, &held);
	if (cx->once && e && write_is_final(e))
		s->refusal = e;
	if (cx->once && !e)
		e = once_end(cx, &s->out->answer);
	s->changed = at.changed;
	return e;
}

/* Nothing of the second transaction stays but its refusal, under the key: so rare that no savepoint is set for it. */
static struct err *
keep_refusal(struct ctx *cx, void *arg)
{
	struct second *s = arg;
	struct err *e;

	*s->out = (struct written){ 0 };
	s->changed = false;
	e = once_look(cx, true, &s->out->replayed, &s->out->answer);
	if (e || s->out->replayed)
		return e;
	cx->once->refusal(cx, s->refusal, &s->out->answer);
	return once_end(cx, &s->out->answer);
}

/* `refusal` lives in the arena, above which the third transaction begins. */
static struct err *
write_second(struct ctx *cx, struct second *s)
{
	struct err *e = db_tx(cx, in_second, s);

	return e && e == s->refusal && write_is_final(e) ? db_tx(cx, keep_refusal, s) : e;
}

/* ---- both */

static struct err *
ask_and_end(struct ctx *cx, struct second *s, struct rec *rec)
{
	struct err *e;

	exit_if_told(cx, s, "after-first");
	e = ask(cx, s, rec);
	exit_if_told(cx, s, "after-call");
	return e ? e : write_second(cx, s);
}

static struct err *
settle_in_turn(struct ctx *cx, struct second *s, struct rec *rec)
{
	struct err *e = NULL;

	if (cx->once)
		e = once_look(cx, false, &s->out->replayed, &s->out->answer);
	return e || s->out->replayed ? e : ask_and_end(cx, s, rec);
}

/* Who has just written the object, and knows that the call can be made twice. */
static bool
is_quick(const struct second *s, const struct rec *rec)
{
	return rec && s->first && !s->first->repeated && s->resource->outside->quick &&
		s->resource->outside->quick(rec);
}

static struct err *
settle(struct ctx *cx, struct second *s, struct rec *rec)
{
	bool taken = false, quick = is_quick(s, rec);
	struct err *e = quick ? NULL : take_turn(cx, s, &taken);

	if (e)
		return e;
	if (quick) {
		e = ask_and_end(cx, s, rec);
	} else if (taken) {
		e = settle_in_turn(cx, s, rec);
		give_turn(cx, s);
	} else if (cx->once) {
		e = once_busy(cx);
	} else if (s->first) { /* another is at it: the object is answered as it stands */
		e = db_tx(cx, in_second, s);
	}
	if (!e && s->changed && s->resource->committed)
		s->resource->committed(cx);
	return e ? e : s->unshown;
}

struct err *
write_outside(struct ctx *cx, struct attempt *at)
{
	const struct write *w = at->w;
	struct second s = {
		.resource = w->verb == WRITE_OPERATE ? w->operation->output : w->resource,
		.id = at->outside,
		.first = at,
		.out = at->out,
	};
	struct err *e;

	s.act = (struct write){
		.verb = WRITE_ACT,
		.resource = s.resource,
		.action = s.resource->outside->then,
	};
	*at->out = (struct written){ 0 };
	e = settle(cx, &s, at->now ? at->now : at->shown);
	if (e && (e->code == ERR_UNAVAILABLE || e->code == ERR_TX_REPEAT))
		err_reason(e, REASON_OUTCOME_UNKNOWN);
	return e;
}

struct err *
model_settle(struct ctx *cx, const struct resource *r, struct id id)
{
	struct once *once = cx->once;
	struct written none;
	struct second s = {
		.resource = r,
		.id = id,
		.act = { .verb = WRITE_ACT, .resource = r, .action = r->outside->then },
		.out = &none,
	};
	struct err *e;

	must(!db_in_tx(cx));
	if (cx->dry_run)
		return NULL;
	cx->once = NULL;
	none = (struct written){ 0 };
	e = settle(cx, &s, NULL);
	cx->once = once;
	return e;
}

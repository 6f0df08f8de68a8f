/*
 * The one way in for writes. Nested objects are written through their owner: its row is locked
 * first, so that writes to one product follow one another, and its version rises with theirs (D64).
 */
#include "model/write_int.h"

#include "base/board.h"
#include "base/clock.h"
#include "base/id.h"
#include "model/merge.h"
#include "model/plan.h"
#include "model/stamp.h"
#include "model/store.h"
#include "model/trace.h"

static struct err *
not_found(struct ctx *cx, const struct resource *r)
{
	return err_new(cx->arena, ERR_NOT_FOUND, "there is no such %s", r->name);
}

static bool
are_named(const struct tags *tags, int64_t version)
{
	for (size_t i = 0; i < tags->n; i++)
		if (tags->versions[i] == version)
			return true;
	return tags->any;
}

struct err *
model_check_match(struct ctx *cx, const struct conditions *given, const struct rec *rec)
{
	bool holds = true;

	if (given->match.given)
		holds = are_named(&given->match, rec->version);
	else if (given->unmodified_since_ms)
		holds = rec->updated_at / 1000 <= given->unmodified_since_ms / 1000;
	if (holds)
		return NULL;
	return err_new(cx->arena, ERR_PRECONDITION,
		"the %s has changed since it was read: it is at version %" PRId64,
		rec->resource->name, rec->version);
}

static struct err *
check_conditions(struct ctx *cx, const struct conditions *given, const struct rec *rec)
{
	struct err *e = model_check_match(cx, given, rec);

	if (e || !are_named(&given->none_match, rec->version))
		return e;
	return err_reason(err_new(cx->arena, ERR_PRECONDITION,
				  "there is the %s that If-None-Match names, at version %" PRId64,
				  rec->resource->name, rec->version),
		REASON_EXISTS);
}

/* What is created is asked for by its list, which is always there and whose tags no write can name. */
static struct err *
check_list_conditions(struct ctx *cx, const struct write *w)
{
	const struct conditions *given = &w->conditions;

	if (given->none_match.any)
		return err_reason(
			err_new(cx->arena, ERR_PRECONDITION,
				"If-None-Match: * asks that the list be not there, but it is"),
			REASON_EXISTS);
	if (given->match.given && !given->match.any)
		return err_new(cx->arena, ERR_PRECONDITION,
			"a list has no version that If-Match could name");
	return NULL;
}

static struct err *
check_body_version(struct ctx *cx, const struct rec *input, const struct rec *rec)
{
	if (!input->version_wanted || input->version_wanted == rec->version)
		return NULL;
	return err_reason(
		err_new(cx->arena, ERR_CONFLICT, "the %s is at version %" PRId64 ", not %" PRId64,
			rec->resource->name, rec->version, input->version_wanted),
		REASON_VERSION_MISMATCH);
}

/* Rules of one kind over the record and its children that are written; faults are joined. */
static struct err *
run_rules(struct ctx *cx, struct rec *now, const struct rec *was, size_t member)
{
	rule_fn *rule;
	struct err *e = NULL;

	memcpy(&rule, (const char *)now->resource + member, sizeof(rule));
	if (rule)
		e = rule(cx, now, was);
	if (err_is_server(e))
		return e;
	for (size_t i = 0; i < now->resource->nrelations; i++) {
		for (size_t k = 0; k < now->many[i].n; k++) {
			struct rec *c = now->many[i].r[k];

			if (c->fate == CHILD_ADDED || c->fate == CHILD_CHANGED)
				e = err_join(
					e, run_rules(cx, c, rec_child(was, (int)i, c->id), member));
		}
	}
	return e;
}

#define RULES(cx, now, was, which) run_rules((cx), (now), (was), offsetof(struct resource, which))

static struct err *
store_children(struct ctx *cx, const struct rec *now, const struct rec *was, int relation)
{
	struct recs gone = merge_of_fate(cx->arena, now, relation, CHILD_REMOVED);
	struct recs added = merge_of_fate(cx->arena, now, relation, CHILD_ADDED);
	struct recs changed = merge_of_fate(cx->arena, now, relation, CHILD_CHANGED);
	struct err *e = store_delete_all(cx, &gone);

	for (size_t i = 0; !e && i < changed.n; i++)
		e = store_update(cx, changed.r[i], rec_child(was, relation, changed.r[i]->id));
	return e ? e : store_insert_all(cx, &added);
}

static struct err *
store_relations(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct err *e = NULL;

	for (size_t i = 0; !e && i < now->resource->nrelations; i++) {
		if (now->resource->relations[i].kind == REL_MANY)
			e = store_children(cx, now, was, (int)i);
		else if (now->resource->relations[i].kind == REL_LINK)
			e = store_links(cx, now, was, (int)i);
	}
	return e;
}

/* A unique key that refused a row names the field whose value is taken. */
static struct err *
explain_duplicate(struct ctx *cx, const struct rec *now, struct err *e)
{
	struct str key = db_duplicate_key(e);

	for (size_t i = 0; key.p && i < now->resource->nfields; i++) {
		const struct field *f = &now->resource->fields[i];
		struct err *taken = NULL;

		if (!(f->flags & F_UNIQUE) || !str_starts(key, str_of(f->name)))
			continue;
		err_field(cx->arena, &taken, str_of(f->name), REASON_TAKEN,
			"%s is taken by another %s", f->name, now->resource->name);
		taken->code = ERR_CONFLICT;
		taken->reason = REASON_TAKEN;
		return taken;
	}
	return e;
}

static struct err *
store_all(struct ctx *cx, struct rec *now, const struct rec *was)
{
	struct err *e = was ? store_update(cx, now, was) : store_insert(cx, now);

	if (e)
		return explain_duplicate(cx, now, e);
	e = store_relations(cx, now, was);
	return e ? explain_duplicate(cx, now, e) : NULL;
}

static const char *
event_of(const struct attempt *at)
{
	const struct resource *r = at->now->resource;

	if (at->now->event)
		return at->now->event;
	if (!at->was)
		return r->event_created;
	if (at->now->archived_at && !at->was->archived_at)
		return r->event_archived;
	if (at->w->verb == WRITE_ACT && at->w->action->event)
		return at->w->action->event;
	return r->event_updated;
}

static int64_t
place_of(const struct rec *child)
{
	int field = child->resource->plan->order_field;

	return field >= 0 && rec_has(child, field) ? rec_int(child, field) : 0;
}

static int
by_place(const void *a, const void *b)
{
	const struct rec *x = *(struct rec *const *)a, *y = *(struct rec *const *)b;
	int64_t left = place_of(x), right = place_of(y);

	if (left == right) {
		left = x->id.n;
		right = y->id.n;
	}
	return (left > right) - (left < right);
}

/*
 * Children that were removed are not part of the record any more; the others stand as the next read
 * will show them, whatever their order in the body was.
 */
static void
settle_children(struct arena *a, struct rec *now)
{
	for (size_t i = 0; i < now->resource->nrelations; i++) {
		struct recs *all = &now->many[i];
		size_t n = 0;
		struct rec **left = ARENA_ARRAY(a, all->n, struct rec *);

		for (size_t k = 0; k < all->n; k++) {
			if (all->r[k]->fate != CHILD_REMOVED)
				left[n++] = all->r[k];
		}
		if (n) /* pointers are sorted: NOLINTNEXTLINE(bugprone-sizeof-expression) */
			qsort(left, n, sizeof(*left), by_place);
		all->r = left;
		all->n = n;
	}
}

static struct err *
leave_traces(struct ctx *cx, struct attempt *at)
{
	const char *event = event_of(at);
	struct audit_row row = {
		.action = event,
		.resource = at->now->resource->plan->name,
		.object = at->now->id,
		.changes = trace_changes(cx, at->now, at->was),
	};
	struct err *e = audit_write(cx, &row);

	settle_children(cx->arena, at->now);
	return e ? e : event_write(cx, event, at->now, at->was);
}

/* What this host knows of the object is void before the commit makes it wrong. */
static void
touch_board(struct ctx *cx, const struct rec *now)
{
	const struct view whole = view_whole(now->resource);

	board_touch(board_key(cx->tenant, now->resource->prefix, now->id));
	if (stamp_shown(cx, now->resource, &whole) != STAMP_NONE)
		stamp_touch(cx, now->resource, now->id);
}

/* Children know their owner while they are written. */
static void
adopt(struct rec *owner)
{
	for (size_t i = 0; i < owner->resource->nrelations; i++)
		for (size_t k = 0; k < owner->many[i].n; k++)
			owner->many[i].r[k]->owner = owner;
}

/* Children that a rule or an action of another one has changed. */
static void
note_changes(struct rec *now, const struct rec *was)
{
	for (size_t i = 0; was && i < now->resource->nrelations; i++) {
		for (size_t k = 0; k < now->many[i].n; k++) {
			struct rec *c = now->many[i].r[k];
			const struct rec *before =
				c->fate == CHILD_KEPT ? rec_child(was, (int)i, c->id) : NULL;

			if (!before || !merge_changed(c, before))
				continue;
			c->fate = CHILD_CHANGED;
			c->version++;
			c->updated_at = clock_now_ms();
		}
	}
}

struct err *
write_carry_out(struct ctx *cx, struct attempt *at)
{
	struct rec *now = at->now;
	struct err *e;

	adopt(now);
	e = RULES(cx, now, at->was, derive);
	note_changes(now, at->was);
	e = e ? e : RULES(cx, now, at->was, check);
	if (e)
		return e;
	at->changed = !at->was || merge_changed(now, at->was);
	if (!at->changed)
		return NULL;
	if (at->was) {
		now->version = at->was->version + 1;
		now->updated_at = clock_now_ms();
	}
	touch_board(cx, now);
	e = store_all(cx, now, at->was);
	e = e ? e : RULES(cx, now, at->was, apply);
	return e ? e : leave_traces(cx, at);
}

/* Status and archiving are two views of one fact (D70). */
static void
archive_follows_status(struct rec *now)
{
	int field = now->resource->status_field;
	bool archived;

	if (field < 0)
		return;
	archived = rec_choice(now, field) == now->resource->status_archived;
	if (archived && !now->archived_at)
		now->archived_at = clock_now_ms();
	else if (!archived)
		now->archived_at = 0;
}

/* The id of the owner that the path names, of what is kept apart from it; else none. */
static struct err *
read_owner(struct ctx *cx, const struct write *w, const struct resource *r, struct id *owner)
{
	*owner = ID_NONE;
	if (!r->plan->apart || id_parse(w->parent, r->plan->parent->prefix, owner))
		return NULL;
	return not_found(cx, r->plan->parent);
}

/* What is made apart from its owner is made where one is, and holds that in place until the commit. */
static struct err *
find_owner(struct ctx *cx, struct rec *now, const struct write *w)
{
	const struct resource *r = w->resource;
	bool archived = false;
	struct err *e = read_owner(cx, w, r, &now->parent);

	if (e || !r->plan->apart)
		return e;
	e = store_hold(cx, r->plan->parent, now->parent, &archived);
	if (!e && archived)
		e = err_reason(err_new(cx->arena, ERR_CONFLICT, "the %s is archived", r->parent),
			REASON_ARCHIVED);
	return e;
}

static struct err *
create(struct ctx *cx, struct attempt *at)
{
	struct rec *input, *now = rec_new(cx->arena, at->w->resource);
	struct err *e = validate(cx, at->w->resource, at->w->body, true, &input);

	e = e ? e : find_owner(cx, now, at->w);
	e = e ? e : check_list_conditions(cx, at->w);
	if (e)
		return e;
	now->id = at->preset.n ? at->preset : id_new();
	now->version = 1;
	now->created_at = now->updated_at = clock_now_ms();
	e = merge_rec(cx, now, NULL, input);
	if (e)
		return e;
	if (now->resource->plan->parent_field >= 0)
		rec_set_ref(now, now->resource->plan->parent_field, now->parent);
	archive_follows_status(now);
	at->now = at->shown = now;
	return write_carry_out(cx, at);
}

/* Loads the object that the path names, to be changed. */
static struct err *
load(struct ctx *cx, struct attempt *at, const struct resource *r, struct str key)
{
	struct id id, owner;
	bool again;
	struct err *e = read_owner(cx, at->w, r, &owner);

	if (e)
		return e;
	e = id_parse(key, r->prefix, &id) ? store_load(cx, r, owner, id, &at->was)
					  : not_found(cx, r);
	if (e)
		return e;
	must(at->was);
	at->now = at->shown = rec_copy(cx->arena, at->was);
	again = at->w->verb == WRITE_ARCHIVE && r == at->w->resource; /* D13: 204 once more */
	if (at->was->archived_at && !(r->verbs & V_READABLE_ARCHIVED) && !again)
		return not_found(cx, r);
	return NULL;
}

static struct err *
update(struct ctx *cx, struct attempt *at)
{
	struct rec *input;
	struct err *e = validate(cx, at->w->resource, at->w->body, false, &input);

	e = e ? e : load(cx, at, at->w->resource, at->w->key);
	e = e ? e : check_conditions(cx, &at->w->conditions, at->was);
	e = e ? e : check_body_version(cx, input, at->was);
	e = e ? e : merge_rec(cx, at->now, at->was, input);
	if (e)
		return e;
	archive_follows_status(at->now);
	return write_carry_out(cx, at);
}

static struct err *
archive(struct ctx *cx, struct attempt *at)
{
	const struct resource *r = at->w->resource;
	struct err *e = load(cx, at, r, at->w->key);

	e = e ? e : check_conditions(cx, &at->w->conditions, at->was);
	if (e || at->was->archived_at)
		return e;
	at->now->archived_at = clock_now_ms();
	if (r->status_field >= 0)
		rec_set_choice(at->now, r->status_field, r->status_archived);
	return write_carry_out(cx, at);
}

/* What was sent with an action or operation: each attempt reads the body anew. */
static struct err *
take_input(struct ctx *cx, const struct write *w, const struct resource *shape,
	const struct rec **input)
{
	struct rec *sent;
	struct err *e;

	*input = w->input;
	if (w->input)
		return NULL;
	e = validate_input(cx, shape, w->body, &sent);
	*input = sent;
	return e;
}

static struct err *
act(struct ctx *cx, struct attempt *at)
{
	const struct write *w = at->w;
	const struct rec *input;
	struct err *e = take_input(cx, w, w->action->input, &input);

	e = e ? e : load(cx, at, w->resource, w->key);
	e = e ? e : model_check_match(cx, &w->conditions, at->was);
	e = e ? e : w->action->run(cx, at->now, at->was, input);
	return e ? e : write_carry_out(cx, at);
}

/* The child that the path names, or an error. */
static struct err *
find_child(struct ctx *cx, struct attempt *at, int relation, struct rec **child)
{
	const struct resource *r = at->w->resource;
	struct id id;

	*child = id_parse(at->w->key, r->prefix, &id) ? rec_child(at->now, relation, id) : NULL;
	return *child ? NULL : not_found(cx, r);
}

/* A write to a child as the patch of its owner that does the same. */
static struct err *
patch_for_child(struct ctx *cx, struct attempt *at, int relation, struct rec **item)
{
	const struct write *w = at->w;
	struct rec *child;
	struct err *e = NULL;

	if (w->verb == WRITE_ARCHIVE)
		*item = rec_new(cx->arena, w->resource);
	else
		e = validate(cx, w->resource, w->body, w->verb == WRITE_CREATE, item);
	if (e)
		return e;
	(*item)->must_be_new = w->verb == WRITE_CREATE;
	if ((*item)->must_be_new)
		return check_list_conditions(cx, w);
	e = find_child(cx, at, relation, &child);
	if (e)
		return e;
	must(child);
	e = check_conditions(cx, &w->conditions, child);
	e = e ? e : check_body_version(cx, *item, child);
	if (e)
		return e;
	(*item)->id = child->id;
	(*item)->remove = w->verb == WRITE_ARCHIVE;
	return NULL;
}

/* The owner of the child that the path names, to be changed. */
static struct err *
load_owner(struct ctx *cx, struct attempt *at)
{
	const struct resource *owner = at->w->resource->plan->parent;
	struct err *e = load(cx, at, owner, at->w->parent);

	if (!e && at->was->archived_at)
		e = err_reason(err_new(cx->arena, ERR_CONFLICT, "the %s is archived", owner->name),
			REASON_ARCHIVED);
	return e;
}

static struct err *
act_on_child(struct ctx *cx, struct attempt *at)
{
	const struct write *w = at->w;
	int relation = w->resource->plan->parent_relation;
	const struct rec *input;
	struct rec *child;
	struct err *e = take_input(cx, w, w->action->input, &input);

	e = e ? e : load_owner(cx, at);
	e = e ? e : find_child(cx, at, relation, &child);
	if (e)
		return e;
	must(child);
	e = model_check_match(cx, &w->conditions, child);
	if (e)
		return e;
	adopt(at->now);
	adopt(at->was);
	at->shown = child;
	e = w->action->run(cx, child, rec_child(at->was, relation, child->id), input);
	note_changes(at->now, at->was);
	return e ? e : write_carry_out(cx, at);
}

static struct err *
write_child(struct ctx *cx, struct attempt *at)
{
	int relation = at->w->resource->plan->parent_relation;
	struct rec *input = rec_new(cx->arena, at->w->resource->plan->parent), *item = NULL;
	struct err *e = load_owner(cx, at);

	e = e ? e : patch_for_child(cx, at, relation, &item);
	if (e)
		return e;
	input->many[relation] = (struct recs){ &item, 1, true };
	e = merge_rec(cx, at->now, at->was, input);
	if (e)
		return e;
	at->shown = item->id.n ? rec_child(at->now, relation, item->id)
			       : at->now->many[relation].r[at->now->many[relation].n - 1];
	return write_carry_out(cx, at);
}

static struct err *
write_top(struct ctx *cx, struct attempt *at)
{
	switch (at->w->verb) {
	case WRITE_CREATE:
		return create(cx, at);
	case WRITE_UPDATE:
		return update(cx, at);
	case WRITE_ARCHIVE:
		return archive(cx, at);
	default:
		return act(cx, at);
	}
}

static struct err *
operate(struct ctx *cx, struct attempt *at)
{
	const struct write *w = at->w;
	struct operation_call *call = ARENA_NEW(cx->arena, struct operation_call);
	struct err *e;

	*call = (struct operation_call){ w->operation, w->keys, w->nkeys, NULL };
	e = take_input(cx, w, w->operation->input, &call->input);
	if (e)
		return e;
	at->changed = true;
	return w->operation->run(cx, call, &at->shown);
}

static struct err *
carry_out_write(struct ctx *cx, struct attempt *at)
{
	if (at->w->verb == WRITE_OPERATE)
		return operate(cx, at);
	if (!resource_is_within(at->w->resource))
		return write_top(cx, at);
	return at->w->verb == WRITE_ACT ? act_on_child(cx, at) : write_child(cx, at);
}

/* A secret that this write made stands in its answer, which is then kept sealed (D53). */
static bool
shows_secret(const struct rec *r)
{
	for (size_t i = 0; i < r->resource->nfields; i++) {
		if ((r->resource->fields[i].flags & F_ONCE) && rec_has(r, (int)i))
			return true;
	}
	return false;
}

/* The object about which the outside is to be asked. Of what is written through its owner, nobody is. */
static struct id
asks_outside(const struct attempt *at)
{
	const struct rec *r = at->now ? at->now : at->shown;

	if (!r || !r->outside)
		return ID_NONE;
	must(r->resource->outside && r == at->shown);
	return r->id;
}

static struct err *
attempt(struct ctx *cx, struct attempt *at)
{
	struct err *e = carry_out_write(cx, at);

	if (e)
		return e;
	at->outside = asks_outside(at);
	at->out->rec = at->shown;
	if (at->w->answer)
		e = at->w->answer(cx, at->w, at->shown, &at->out->answer);
	at->out->answer.secret = at->shown && shows_secret(at->shown);
	return e;
}

struct err *
model_write_inside(struct ctx *cx, const struct write *w, struct written *out)
{
	struct attempt at = { .w = w, .out = out, .preset = w->preset };

	*out = (struct written){ 0 };
	return attempt(cx, &at);
}

bool
write_is_final(const struct err *e)
{
	return !err_is_server(e) && e->code != ERR_TX_REPEAT;
}

/* Behind a savepoint. Stores under the key what came of it: an answer, a refusal, or that it is pending. */
static struct err *
keep(struct ctx *cx, struct attempt *at)
{
	struct err *e = db_savepoint(cx);

	e = e ? e : attempt(cx, at);
	if (!e && at->outside.n)
		return at->outside.n == at->likely.n ? NULL : once_pend(cx, at->outside);
	if (!e)
		return once_end(cx, &at->out->answer);
	if (!write_is_final(e))
		return e;
	at->out->rec = NULL;
	at->changed = false;
	at->outside = ID_NONE;
	cx->once->refusal(cx, e, &at->out->answer);
	e = db_rollback_to_savepoint(cx);
	return e ? e : once_end(cx, &at->out->answer);
}

/*
 * The object about which the outside would be asked after this write, as far as its path says it: then the key's row has it from
 * the start. Of what is made the id is chosen here.
 */
static struct id
likely_object(struct attempt *at)
{
	const struct write *w = at->w;
	const struct resource *r = w->verb == WRITE_OPERATE ? w->operation->output : w->resource;
	struct str key = w->key;
	struct id id;

	if (!r || !r->outside)
		return ID_NONE;
	if (w->verb == WRITE_CREATE)
		return at->preset = at->preset.n ? at->preset : id_new();
	if (w->verb == WRITE_OPERATE)
		key = w->nkeys ? w->keys[0] : (struct str){ 0 };
	return id_parse(key, r->prefix, &id) ? id : ID_NONE;
}

static struct err *
keyed(struct ctx *cx, struct attempt *at)
{
	struct kept_once kept;
	struct err *e;

	at->likely = likely_object(at);
	e = once_begin(cx, at->likely, &kept, &at->out->answer);
	if (e)
		return e;
	at->out->replayed = kept.answered;
	at->outside = kept.pending;
	at->repeated = kept.pending.n != 0;
	return kept.answered || at->repeated ? NULL : keep(cx, at);
}

static struct err *
in_transaction(struct ctx *cx, void *arg)
{
	struct attempt *at = arg;

	*at->out = (struct written){ 0 };
	at->was = at->now = at->shown = NULL;
	at->changed = at->repeated = false;
	at->outside = at->likely = ID_NONE;
	at->preset = at->w->preset;
	return cx->once && !cx->dry_run ? keyed(cx, at) : attempt(cx, at);
}

/* True if the path is that of `outer`, or of something in it. */
static bool
is_within(struct str path, struct str outer)
{
	struct str rest = str_cut(path, outer.n, path.n);

	return str_starts(path, outer) && (!rest.n || *rest.p == '.' || *rest.p == '[');
}

/* True if a fault of that field, of what it stands in or of what is in it is told already. */
static bool
is_told(const struct err *e, struct str path)
{
	for (const struct err_detail *d = e->details; d; d = d->next) {
		if (is_within(path, d->field) || is_within(d->field, path))
			return true;
	}
	return false;
}

/*
 * What the rules say of a new object as far as it could be read, so that one answer tells the faults of
 * form and those of sense. Of a field whose form is wrong they can say nothing.
 */
static struct err *
judge_readable(struct ctx *cx, struct rec *input, struct err *e)
{
	struct rec *now = rec_new(cx->arena, input->resource);
	struct err *more = merge_rec(cx, now, NULL, input), *rules;

	rules = RULES(cx, now, NULL, check);
	if (rules && rules->code == ERR_VALIDATION)
		more = err_join(more, rules);
	for (const struct err_detail *d = more ? more->details : NULL; d; d = d->next) {
		struct err_detail *told;

		if (is_told(e, d->field))
			continue;
		told = err_field(cx->arena, &e, d->field, d->reason, "%.*s", STRF(d->message));
		told->allowed = d->allowed;
		told->nearest = d->nearest;
	}
	return e;
}

/* The shape of the body of what is no plain verb; NULL: there is none. */
static const struct resource *
input_of(const struct write *w)
{
	if (w->input)
		return NULL;
	if (w->verb == WRITE_OPERATE)
		return w->operation->input;
	return w->verb == WRITE_ACT ? w->action->input : NULL;
}

/* Faults that need no database are found before a transaction is begun, and are not kept under a key. */
static struct err *
check_body(struct ctx *cx, const struct write *w)
{
	struct arena_mark mark = arena_mark(cx->arena);
	struct rec *input;
	struct err *e;

	if (w->verb == WRITE_CREATE || w->verb == WRITE_UPDATE)
		e = validate(cx, w->resource, w->body, w->verb == WRITE_CREATE, &input);
	else
		e = validate_input(cx, input_of(w), w->body, &input);
	if (!e)
		arena_rewind(cx->arena, mark);
	else if (w->verb == WRITE_CREATE && !resource_is_within(w->resource) && e->details)
		e = judge_readable(cx, input, e);
	return e;
}

static void
tell_committed(struct ctx *cx, const struct attempt *at)
{
	const struct resource *r = at->now ? at->now->resource : at->w->resource;

	/* A replay may be the first answer to a commit whose own was lost. */
	if ((at->changed || at->out->replayed) && !cx->dry_run && r->committed)
		r->committed(cx);
}

struct err *
model_write(struct ctx *cx, const struct write *w, struct written *out)
{
	struct attempt at = { .w = w, .out = out };
	struct err *e = check_body(cx, w);

	e = e ? e : db_tx(cx, in_transaction, &at);
	if (e) /* what `at` holds went with the last attempt */
		return e;
	tell_committed(cx, &at);
	return at.outside.n && !cx->dry_run ? write_outside(cx, &at) : NULL;
}

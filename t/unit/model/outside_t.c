/* Writes in two transactions with a call to the outside between them, on pots that a kiln burns. */
#include "db/scratch.h"
#include "tap.h"
#include "thing.h"

#include "base/clock.h"
#include "model/write.h"

#include <sys/wait.h>
#include <unistd.h>

enum { POT_NAME, POT_STATE, POT__MAX };
enum { RAW, SENT, BURNT, BROKEN };
enum { FIRED_STATE, FIRED__MAX };

/* The outside: what the kiln was asked and did, and what it shall answer. */
static struct {
	int asked;
	struct err *(*answers)(struct ctx *cx, const struct rec *rec);
	int64_t had_us; /* time that it was given */
	bool refused;   /* `then` refuses */
	bool quick;     /* it is asked without a turn */
	bool unshown;   /* a burnt pot cannot be shown */
} kiln;

static const struct choice states[] = { { "raw", "Raw." }, { "sent", "Sent." },
	{ "burnt", "Burnt." }, { "broken", "Broken." } };
static const struct field fired_fields[FIRED__MAX] = {
	[FIRED_STATE] = ENUM("state", states, DOC("State.")),
};
static const struct resource fired = SHAPE("fired", fired_fields, DOC("What came of it."));

static struct err *
send_pot(struct ctx *cx, struct rec *now, const struct rec *was)
{
	if (was || str_eq(rec_str(now, POT_NAME), STR("cold")))
		return NULL;
	rec_set_choice(now, POT_STATE, SENT);
	now->outside = true;
	return db_exec(cx, "INSERT INTO firings (pot_id) VALUES (?)", db_id(now->id));
}

/* A pot is burnt once, whoever asks how often: its id is the key. */
static struct err *
burn(struct ctx *cx, const struct rec *rec, struct rec **input)
{
	struct db_rows due;
	struct err *e = db_query(
		cx, &due, "SELECT 1 FROM firings WHERE pot_id = ? AND done = 0", db_id(rec->id));

	CHECK(!db_in_tx(cx) && !cx->once);
	if (e || !due.n)
		return e;
	kiln.asked++;
	kiln.had_us = cx->deadline_us - clock_mono_us();
	e = db_exec(cx,
		"INSERT INTO kiln (pot_id) VALUES (?)"
		" ON DUPLICATE KEY UPDATE asked = asked + 1",
		db_id(rec->id));
	if (!e && kiln.answers)
		e = kiln.answers(cx, rec);
	*input = rec_new(cx->arena, &fired);
	rec_set_choice(*input, FIRED_STATE, BURNT);
	return e;
}

static bool
is_quick(const struct rec *rec)
{
	(void)rec;
	return kiln.quick;
}

static struct err *
take_out(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	struct db_rows rows;
	struct err *e;

	(void)was;
	if (kiln.refused)
		return err_new(cx->arena, ERR_CONFLICT, "it is still hot");
	e = db_query(cx, &rows, "UPDATE firings SET done = 1 WHERE pot_id = ? AND done = 0",
		db_id(now->id));
	if (!e && rows.affected)
		rec_set_choice(now, POT_STATE, rec_choice(input, FIRED_STATE));
	return e;
}

static struct err *
again(struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input)
{
	(void)input;
	if (rec_choice(was, POT_STATE) == SENT)
		return err_new(cx->arena, ERR_CONFLICT, "it is in the kiln");
	rec_set_choice(now, POT_STATE, SENT);
	now->outside = true;
	return db_exec(cx, "UPDATE firings SET done = 0 WHERE pot_id = ?", db_id(now->id));
}

static const struct field pot_fields[POT__MAX] = {
	[POT_NAME] = STRING("name", DOC("Name."), .flags = F_REQUIRED, .max = 20, .example = "pot"),
	[POT_STATE] = ENUM("state", states, DOC("State."), .flags = F_READ_ONLY, .initial = "raw"),
};
static const struct action pot_actions[] = { ACTION(
	"again", again, DOC("Burn it again."), .event = "pot.again", .status = 202) };
static const struct action pot_then = ACTION("take_out", take_out, DOC("Take it out of the kiln."),
	.event = "pot.burnt", .input = &fired);
static const struct resource pot = {
	.name = "pot",
	.plural = "pots",
	.prefix = "pot",
	.table = "pots",
	DOC("A pot."),
	FIELDS(pot_fields),
	ACTIONS(pot_actions),
	.verbs = V_CRUD,
	NO_STATUS,
	SCOPES("pots"),
	EVENTS("pot"),
	.derive = send_pot,
	.outside = &(const struct outside){ burn, &pot_then, is_quick },
	PLAN,
};
static const struct resource *const all[] = { &pot, NULL };

static struct err *
make_one(struct ctx *cx, const struct operation_call *call, struct rec **out)
{
	const struct write w = { .verb = WRITE_CREATE,
		.resource = &pot,
		.body = json_of(cx->arena, "{\"name\":\"made\"}") };
	struct written made;
	struct err *e = model_write_inside(cx, &w, &made);

	(void)call;
	*out = made.rec;
	return e;
}

static const struct operation make_pot = OPERATION("make_pot", "POST", "pots/any", make_one,
	.scope = "pots:write", .writes = true, DOC("Make one."), .output = &pot);

/* ---- the stage */

static void
make_tables(struct scratch *s)
{
	scratch_run(s,
		"CREATE TABLE pots (tenant_id BIGINT, id BIGINT, version BIGINT,"
		" created_at DATETIME(3), updated_at DATETIME(3), archived_at DATETIME(3),"
		" metadata JSON, name VARCHAR(20), state VARCHAR(20),"
		" PRIMARY KEY (tenant_id, id))");
	scratch_run(s, "CREATE TABLE metadata_index (tenant_id BIGINT, object_id BIGINT)");
	scratch_run(s, "CREATE TABLE firings (pot_id BIGINT PRIMARY KEY, done INT DEFAULT 0)");
	scratch_run(s, "CREATE TABLE kiln (pot_id BIGINT PRIMARY KEY, asked INT DEFAULT 1)");
	scratch_run(s,
		"CREATE TABLE idempotency_keys (tenant_id BIGINT, key_hash BINARY(32),"
		" fingerprint BINARY(32), object_id BIGINT, created_at DATETIME(3),"
		" status SMALLINT, location TEXT, etag TEXT, content_type TEXT,"
		" content_language TEXT, sealed TINYINT DEFAULT 0, body LONGBLOB,"
		" PRIMARY KEY (tenant_id, key_hash))");
	scratch_run(s,
		"CREATE TABLE audit_logs (tenant_id BIGINT, id BIGINT, created_at"
		" DATETIME(3), actor TEXT, action TEXT, resource TEXT, resource_id BIGINT,"
		" request_id TEXT, ip_address TEXT, user_agent TEXT, changes LONGTEXT,"
		" verb TEXT, reason TEXT, times BIGINT)");
	scratch_run(s,
		"CREATE TABLE events (tenant_id BIGINT, id BIGINT, created_at DATETIME(3),"
		" type TEXT, object_type TEXT, object_id BIGINT, object_version BIGINT,"
		" request_id TEXT, silent TINYINT, data LONGTEXT)");
}

static void
be_somebody(struct ctx *cx)
{
	static const struct str everything[] = { { "*", 1 } };

	cx->tenant.n = 7;
	cx->scopes = (struct scopes){ everything, 1 };
	cx->currency = STR("USD");
	cx->currency_digits = 2;
	cx->language = STR("en");
	cx->actor = STR("key_1");
	cx->request_id = STR("req_1");
}

static bool
begin(struct scratch *s)
{
	if (!scratch_open(s))
		return false;
	memset(&kiln, 0, sizeof(kiln));
	make_tables(s);
	be_somebody(&s->cx);
	return scratch_fine(model_link(s->arena, all));
}

/* An answer is the state of the pot. */
static struct err *
answer(struct ctx *cx, const struct write *w, const struct rec *rec, struct answer *out)
{
	if (kiln.unshown && rec_choice(rec, POT_STATE) == BURNT)
		return err_new(cx->arena, ERR_CONFLICT, "it cannot be shown");
	*out = (struct answer){
		.status = w->verb == WRITE_CREATE ? 201 : 200,
		.location =
			w->verb == WRITE_CREATE ? rec_id_text(cx->arena, rec) : (struct str){ 0 },
		.body = str_fmt(cx->arena, "%s %" PRId64, states[rec_choice(rec, POT_STATE)].name,
			rec->version),
	};
	return NULL;
}

static void
refusal(struct ctx *cx, const struct err *e, struct answer *out)
{
	*out = (struct answer){ .status = err_status(e->code),
		.body = str_dup(cx->arena, e->message) };
}

static struct once *
keyed(struct ctx *cx, const char *key)
{
	struct once *once = ARENA_NEW(cx->arena, struct once);

	once->key = once->fingerprint = crypto_sha256(str_of(key));
	once->refusal = refusal;
	return once;
}

static struct err *
create(struct ctx *cx, const char *name, struct written *out)
{
	const struct write w = { .verb = WRITE_CREATE,
		.resource = &pot,
		.body = json_of(cx->arena, name),
		.answer = answer };

	return model_write(cx, &w, out);
}

static int64_t
count(struct scratch *s, const char *what)
{
	struct str sql = str_fmt(s->cx.arena, "SELECT COUNT(*) FROM %s", what);

	return scratch_number(s, str_z(s->cx.arena, sql));
}

#define A_POT "{\"name\":\"jug\"}"

/* ---- answers */

void
test_outside__answer_is_what_the_second_transaction_made(void)
{
	struct written first, replayed;
	struct scratch s;

	if (!begin(&s))
		return;
	s.cx.once = keyed(&s.cx, "one");
	scratch_fine(create(&s.cx, A_POT, &first));
	CHECK(first.answer.status == 201 && str_eq(first.answer.body, STR("burnt 2")));
	CHECK(str_starts(first.answer.location, STR("pot_")) && !first.replayed);
	scratch_fine(create(&s.cx, A_POT, &replayed));
	CHECK(replayed.replayed && replayed.answer.status == 201);
	CHECK(str_eq(replayed.answer.body, first.answer.body));
	CHECK(str_eq(replayed.answer.location, first.answer.location));
	CHECK(kiln.asked == 1 && count(&s, "pots") == 1);
	CHECK(kiln.had_us > 9000000);
	CHECK(count(&s, "events WHERE type = 'pot.burnt' AND object_version = 2") == 1);
	CHECK(count(&s, "audit_logs WHERE action = 'pot.burnt'") == 1);
	scratch_close(&s);
}

void
test_outside__is_not_asked_unless_a_rule_says_so(void)
{
	struct written out;
	struct scratch s;

	if (!begin(&s))
		return;
	s.cx.once = keyed(&s.cx, "one");
	scratch_fine(create(&s.cx, "{\"name\":\"cold\"}", &out));
	CHECK(str_eq(out.answer.body, STR("raw 1")) && kiln.asked == 0);
	scratch_close(&s);
}

void
test_outside__is_asked_by_actions_and_operations(void)
{
	struct written out;
	struct scratch s;
	struct write w = {
		.verb = WRITE_OPERATE, .resource = &pot, .operation = &make_pot, .answer = answer
	};

	if (!begin(&s))
		return;
	scratch_fine(model_write(&s.cx, &w, &out));
	CHECK(out.answer.status == 200 && str_eq(out.answer.body, STR("burnt 2")));
	w = (struct write){ .verb = WRITE_ACT,
		.resource = &pot,
		.action = &pot_actions[0],
		.key = rec_id_text(s.cx.arena, out.rec),
		.answer = answer };
	scratch_fine(model_write(&s.cx, &w, &out));
	CHECK(str_eq(out.answer.body, STR("burnt 4")) && kiln.asked == 2);
	scratch_close(&s);
}

void
test_outside__is_left_alone_by_a_dry_run(void)
{
	struct written out;
	struct scratch s;

	if (!begin(&s))
		return;
	s.cx.dry_run = true;
	scratch_fine(create(&s.cx, A_POT, &out));
	CHECK(str_eq(out.answer.body, STR("sent 1")));
	CHECK(kiln.asked == 0 && count(&s, "pots") == 0 && count(&s, "firings") == 0);
	scratch_close(&s);
}

/* ---- who dies in between */

static struct err *
is_away(struct ctx *cx, const struct rec *rec)
{
	(void)rec;
	return err_new(cx->arena, ERR_UNAVAILABLE, "the kiln's door is lost");
}

void
test_outside__repeat_completes_what_failed(void)
{
	struct written out;
	struct scratch s;

	if (!begin(&s))
		return;
	s.cx.once = keyed(&s.cx, "one");
	kiln.answers = is_away;
	scratch_is(create(&s.cx, A_POT, &out), ERR_UNAVAILABLE, "outcome_unknown");
	CHECK(count(&s, "idempotency_keys WHERE status IS NULL AND object_id > 0") == 1);
	kiln.answers = NULL;
	scratch_fine(create(&s.cx, A_POT, &out));
	CHECK(!out.replayed && out.answer.status == 201 && str_eq(out.answer.body, STR("burnt 2")));
	CHECK(count(&s, "pots") == 1 && count(&s, "kiln") == 1);
	CHECK(count(&s, "idempotency_keys WHERE status = 201") == 1);
	scratch_close(&s);
}

void
test_outside__pending_key_refuses_another_request(void)
{
	struct written out;
	struct scratch s;

	if (!begin(&s))
		return;
	s.cx.once = keyed(&s.cx, "one");
	kiln.answers = is_away;
	scratch_is(create(&s.cx, A_POT, &out), ERR_UNAVAILABLE, "outcome_unknown");
	s.cx.once->fingerprint = crypto_sha256(STR("other"));
	scratch_is(create(&s.cx, "{\"name\":\"cup\"}", &out), ERR_CONFLICT, "idempotency_mismatch");
	CHECK(count(&s, "pots") == 1);
	scratch_close(&s);
}

/* The status of a process that creates a pot and ends at that point. */
static int
die_at(const char *where UNUSED)
{
	int status = 0;
	pid_t child = fork();

	if (!child) {
		struct written out;
		struct scratch s;

		if (!scratch_join(&s))
			_exit(1);
		be_somebody(&s.cx);
		s.cx.once = keyed(&s.cx, "one");
#ifdef SOUK_DEBUG
		s.cx.exit_at = str_of(where);
#endif
		if (create(&s.cx, A_POT, &out))
			_exit(2);
		_exit(0);
	}
	CHECK(waitpid(child, &status, 0) == child);
	return WEXITSTATUS(status);
}

static void
die_and_repeat(const char *where)
{
	struct written out;
	struct scratch s;

	if (!begin(&s))
		return;
#ifdef SOUK_DEBUG
	CHECK(die_at(where) == 99);
#else
	CHECK(die_at(where) == 0);
#endif
	s.cx.once = keyed(&s.cx, "one");
	scratch_fine(create(&s.cx, A_POT, &out));
	CHECK(out.answer.status == 201 && str_eq(out.answer.body, STR("burnt 2")));
	CHECK(count(&s, "pots") == 1 && count(&s, "kiln") == 1);
	CHECK(count(&s, "firings WHERE done = 1") == 1);
	scratch_close(&s);
}

void
test_outside__repeat_completes_what_died_before_the_call(void)
{
	die_and_repeat("after-first");
}

void
test_outside__repeat_completes_what_died_behind_the_call(void)
{
	die_and_repeat("after-call");
}

void
test_outside__program_completes_what_nobody_repeats(void)
{
	struct written out;
	struct id id;
	struct scratch s;

	if (!begin(&s))
		return;
	s.cx.once = keyed(&s.cx, "one");
	kiln.answers = is_away;
	scratch_is(create(&s.cx, A_POT, &out), ERR_UNAVAILABLE, "outcome_unknown");
	id.n = scratch_number(&s, "SELECT id FROM pots");
	kiln.answers = NULL;
	s.cx.dry_run = true;
	scratch_fine(model_settle(&s.cx, &pot, id));
	CHECK(kiln.asked == 1);
	s.cx.dry_run = false;
	scratch_fine(model_settle(&s.cx, &pot, id));
	CHECK(kiln.asked == 2 && count(&s, "pots WHERE state = 'burnt' AND version = 2") == 1);
	CHECK(count(&s, "idempotency_keys WHERE status IS NULL") == 1);
	scratch_fine(model_settle(&s.cx, &pot, id));
	CHECK(kiln.asked == 2);
	scratch_fine(create(&s.cx, A_POT, &out)); /* the client, much later */
	CHECK(out.answer.status == 201 && str_eq(out.answer.body, STR("burnt 2")) &&
		kiln.asked == 2);
	scratch_close(&s);
}

/* ---- at once */

enum { RAN, REPLAYED, FAILED };

/* A process that creates the pot when the gun is fired, and how that went. */
static pid_t
start_twin(int gun, int held)
{
	struct written out;
	struct scratch s;
	pid_t child = fork();
	char c;

	if (child)
		return child;
	close(held);
	if (!scratch_join(&s))
		_exit(FAILED);
	be_somebody(&s.cx);
	s.cx.once = keyed(&s.cx, "one");
	if (read(gun, &c, 1) || create(&s.cx, A_POT, &out) || out.answer.status != 201 ||
		!str_eq(out.answer.body, STR("burnt 2")))
		_exit(FAILED);
	_exit(out.replayed ? REPLAYED : RAN);
}

void
test_outside__twins_are_one(void)
{
	enum { TWINS = 16 };
	int gun[2], status, ended[FAILED + 1] = { 0 };
	struct scratch s;

	if (!begin(&s) || !CHECK(!pipe(gun)))
		return;
	for (int i = 0; i < TWINS; i++)
		CHECK(start_twin(gun[0], gun[1]) > 0);
	close(gun[1]);
	for (int i = 0; i < TWINS; i++) {
		CHECK(wait(&status) > 0 && WIFEXITED(status));
		ended[MIN(WEXITSTATUS(status), FAILED)]++;
	}
	close(gun[0]);
	CHECK(ended[RAN] == 1 && ended[REPLAYED] == TWINS - 1);
	CHECK(count(&s, "pots") == 1);
	CHECK(scratch_number(&s, "SELECT CAST(SUM(asked) AS SIGNED) FROM kiln") == 1);
	scratch_close(&s);
}

void
test_outside__waits_for_nobody_who_is_at_it(void)
{
	struct scratch s, other;
	struct written out;
	struct str turn;

	if (!begin(&s) || !scratch_join(&other))
		return;
	kiln.answers = is_away;
	s.cx.once = keyed(&s.cx, "one");
	scratch_is(create(&s.cx, A_POT, &out), ERR_UNAVAILABLE, "outcome_unknown");
	turn = str_fmt(s.cx.arena, "DO GET_LOCK('souk.7.%" PRId64 "', 0)",
		scratch_number(&s, "SELECT id FROM pots"));
	scratch_run(&other, str_z(s.cx.arena, turn));
	s.cx.deadline_us = clock_mono_us() + 1100000;
	scratch_is(create(&s.cx, A_POT, &out), ERR_CONFLICT, "idempotency_in_progress");
	CHECK(kiln.asked == 1);
	scratch_close(&other); /* whoever dies gives the turn back */
	s.cx.deadline_us = 0;
	kiln.answers = NULL;
	scratch_fine(create(&s.cx, A_POT, &out));
	CHECK(str_eq(out.answer.body, STR("burnt 2")));
	scratch_close(&s);
}

/* A twin on another connection does it all while the first one asks: its answer is the first one's, too. */
static struct err *
twin_is_faster(struct ctx *cx, const struct rec *rec)
{
	struct scratch other;
	struct written out;

	(void)cx;
	(void)rec;
	kiln.answers = NULL;
	if (!scratch_join(&other))
		return NULL;
	be_somebody(&other.cx);
	other.cx.once = keyed(&other.cx, "one");
	other.cx.deadline_us = clock_mono_us() + 4000000;
	scratch_fine(create(&other.cx, A_POT, &out));
	CHECK(!out.replayed && str_eq(out.answer.body, STR("burnt 2")));
	scratch_close(&other);
	return NULL;
}

void
test_outside__quick_call_is_made_without_a_turn_and_counts_once(void)
{
	struct written out;
	struct scratch s;

	if (!begin(&s))
		return;
	kiln.quick = true;
	kiln.answers = twin_is_faster;
	s.cx.once = keyed(&s.cx, "one");
	scratch_fine(create(&s.cx, A_POT, &out));
	CHECK(out.replayed && out.answer.status == 201);
	CHECK(str_eq(out.answer.body, STR("burnt 2")) && kiln.asked == 2);
	CHECK(count(&s, "pots") == 1 && count(&s, "kiln WHERE asked = 2") == 1);
	CHECK(count(&s, "events WHERE type = 'pot.burnt'") == 1);
	scratch_close(&s);
}

void
test_outside__quick_call_of_a_key_that_is_pending_takes_turns(void)
{
	struct written out;
	struct scratch s;

	if (!begin(&s))
		return;
	kiln.quick = true;
	kiln.answers = is_away;
	s.cx.once = keyed(&s.cx, "one");
	scratch_is(create(&s.cx, A_POT, &out), ERR_UNAVAILABLE, "outcome_unknown");
	kiln.answers = NULL;
	scratch_fine(create(&s.cx, A_POT, &out));
	CHECK(!out.replayed && str_eq(out.answer.body, STR("burnt 2")) && kiln.asked == 2);
	CHECK(count(&s, "pots") == 1 && count(&s, "kiln") == 1);
	scratch_close(&s);
}

/* ---- time */

void
test_outside__call_leaves_time_for_what_follows(void)
{
	struct written out;
	struct scratch s;

	if (!begin(&s))
		return;
	s.cx.deadline_us = clock_mono_us() + 5000000;
	scratch_fine(create(&s.cx, A_POT, &out));
	CHECK(kiln.had_us > 2500000 && kiln.had_us <= 3000000);
	s.cx.deadline_us = clock_mono_us() + 2000000;
	scratch_fine(create(&s.cx, A_POT, &out));
	CHECK(kiln.had_us > 500000 && kiln.had_us <= 1000000);
	scratch_close(&s);
}

void
test_outside__is_not_asked_when_there_is_no_time(void)
{
	struct written out;
	struct scratch s;

	if (!begin(&s))
		return;
	s.cx.deadline_us = clock_mono_us() + 900000;
	scratch_fine(create(&s.cx, A_POT, &out));
	CHECK(kiln.asked == 0 && out.answer.status == 201);
	CHECK(str_eq(out.answer.body, STR("sent 1")));
	CHECK(count(&s, "firings WHERE done = 0") == 1);
	scratch_close(&s);
}

/* ---- what happens meanwhile */

void
test_outside__refusal_of_the_second_is_the_answer(void)
{
	struct written out;
	struct scratch s;

	if (!begin(&s))
		return;
	kiln.refused = true;
	scratch_is(create(&s.cx, A_POT, &out), ERR_CONFLICT, NULL);
	s.cx.once = keyed(&s.cx, "one");
	scratch_fine(create(&s.cx, A_POT, &out));
	CHECK(out.answer.status == 409 && str_eq(out.answer.body, STR("it is still hot")));
	scratch_fine(create(&s.cx, A_POT, &out));
	CHECK(out.answer.status == 409 && out.replayed && kiln.asked == 2);
	CHECK(count(&s, "firings WHERE done = 0") == 2);
	CHECK(count(&s, "pots WHERE state = 'sent' AND version = 1") == 2);
	scratch_close(&s);
}

void
test_outside__what_cannot_be_shown_is_written(void)
{
	struct written out;
	struct scratch s;

	if (!begin(&s))
		return;
	kiln.unshown = true;
	scratch_is(create(&s.cx, A_POT, &out), ERR_CONFLICT, NULL);
	CHECK(count(&s, "pots WHERE state = 'burnt'") == 1);
	s.cx.once = keyed(&s.cx, "one");
	scratch_fine(create(&s.cx, A_POT, &out));
	CHECK(out.answer.status == 409 && str_eq(out.answer.body, STR("it cannot be shown")));
	CHECK(count(&s, "pots WHERE state = 'burnt'") == 2);
	scratch_close(&s);
}

static struct err *
archives_it(struct ctx *cx, const struct rec *rec)
{
	return db_exec(cx,
		"UPDATE pots SET archived_at = NOW(3), version = version + 1 WHERE id = ?",
		db_id(rec->id));
}

static struct err *
settles_it(struct ctx *cx, const struct rec *rec)
{
	struct err *e = db_exec(cx, "UPDATE firings SET done = 1 WHERE pot_id = ?", db_id(rec->id));

	return e ? e
		 : db_exec(cx, "UPDATE pots SET state = 'broken', version = 5 WHERE id = ?",
			   db_id(rec->id));
}

static struct err *
takes_it_away(struct ctx *cx, const struct rec *rec)
{
	return db_exec(cx, "DELETE FROM pots WHERE id = ?", db_id(rec->id));
}

void
test_outside__outcome_reaches_what_changed_meanwhile(void)
{
	struct written out;
	struct scratch s;

	if (!begin(&s))
		return;
	kiln.answers = archives_it;
	scratch_fine(create(&s.cx, A_POT, &out));
	CHECK(str_eq(out.answer.body, STR("burnt 3")));
	kiln.answers = settles_it;
	scratch_fine(create(&s.cx, A_POT, &out));
	CHECK(str_eq(out.answer.body, STR("broken 5")));
	CHECK(count(&s, "events WHERE type = 'pot.burnt'") == 1);
	kiln.answers = takes_it_away;
	s.cx.once = keyed(&s.cx, "one");
	scratch_fine(create(&s.cx, A_POT, &out));
	CHECK(out.answer.status == 404);
	scratch_close(&s);
}

/* Every statement of the write in turn. A repeat with the key ends as if nothing had been. */
void
test_outside__no_lost_statement_is_felt_after_a_repeat(void)
{
	static const int errors[] = { 1213, 2013, 2014 };
	struct scratch s;

	if (!scratch_open_faulty(&s))
		return;
	scratch_close(&s);
	for (size_t k = 0; k < COUNT(errors); k++) {
		for (unsigned nth = 1; nth <= 26; nth++) {
			struct written out;
			struct err *e;

			if (!begin(&s))
				return;
			s.cx.once = keyed(&s.cx, "one");
			db_fault(s.db, nth, errors[k]);
			e = create(&s.cx, A_POT, &out);
			db_fault(s.db, 0, 0);
			if (e)
				e = create(&s.cx, A_POT, &out);
			scratch_fine(e);
			CHECK(out.answer.status == 201);
			CHECK(str_eq(out.answer.body, STR("burnt 2")));
			CHECK(count(&s, "pots") == 1 && count(&s, "kiln") == 1);
			CHECK(count(&s, "events") == 2 && count(&s, "audit_logs") == 2);
			scratch_close(&s);
		}
	}
}

/*
 * The sandbox gateway. Each call is a row of its books; under one key there is one. A second asker is told what the first
 * was, as any gateway with idempotency keys does.
 */
#include "shop/payments/sandbox.h"

#include "base/clock.h"
#include "base/decimal.h"
#include "base/id.h"
#include "db/db.h"
#include "model/write.h"
#include "shop/payments/method.h"
#include "shop/payments/payments.h"

#define ODD_PERIOD 1000000
#define LATE_SEEN 3 /* asked once and fetched twice */

enum state { LOST, DONE, ACTION, PENDING, DECLINED, REFUSED, STATES };
static const char *const state_names[STATES] = {
	[LOST] = "lost",
	[DONE] = "done",
	[ACTION] = "action",
	[PENDING] = "pending",
	[DECLINED] = "declined",
	[REFUSED] = "refused",
};

/* What it decides, or has decided. */
struct entry {
	enum state state;
	const char *code, *decline_code;
	int64_t fee, seen, created_at;
};

static const struct {
	const char *code, *decline_code, *message;
} faults[] = {
	{ "card_declined", "generic_decline", "The card was declined." },
	{ "card_declined", "insufficient_funds", "The card has insufficient funds." },
	{ "authentication_failed", NULL, "The buyer did not confirm the payment." },
	{ "payment_declined", NULL, "The payment was declined." },
	{ "payment_method_unusable", NULL, "The payment method cannot be used." },
	{ "refused", NULL, "The gateway refuses to do that." },
};
enum { FAULT_GENERIC, FAULT_FUNDS, FAULT_CHALLENGE, FAULT_DECLINED, FAULT_GONE, FAULT_REFUSED };

int64_t
sandbox_fee(int64_t amount)
{
	int64_t fee;

	must(decimal_scale(amount, 29, 1000, ROUND_HALF_EVEN, &fee));
	return MIN(fee + 30, amount);
}

/* ---- deciding */

static struct entry
no(enum state state, int fault)
{
	return (struct entry){ .state = state,
		.code = faults[fault].code,
		.decline_code = faults[fault].decline_code };
}

static bool
is_one_of(struct str type, const char *const *types, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_z(type, types[i]))
			return true;
	return false;
}

/* What a bank transfers comes later; who pays later confirms at the other's page. */
static enum state
state_of_type(struct str type)
{
	static const char *const banks[] = { "ach", "wire" };
	static const char *const later[] = { "affirm", "klarna" };

	if (is_one_of(type, banks, COUNT(banks)))
		return PENDING;
	return is_one_of(type, later, COUNT(later)) ? ACTION : DONE;
}

static struct entry
by_token(const struct gateway_call *call)
{
	struct str token = call->token, word;

	if (!str_starts(token, STR(TOKEN_SANDBOX)))
		return no(DECLINED, FAULT_GONE);
	word = str_cut(token, sizeof(TOKEN_SANDBOX) - 1, token.n);
	if (str_eq(word, STR("declined")))
		return no(DECLINED, FAULT_GENERIC);
	if (str_eq(word, STR("insufficient_funds")))
		return no(DECLINED, FAULT_FUNDS);
	if (str_eq(word, STR("challenge")))
		return (struct entry){ .state = ACTION };
	return (struct entry){ .state = state_of_type(call->method_type) };
}

static int64_t
oddity(const struct gateway_call *call)
{
	return call->amount % ODD_PERIOD;
}

static struct entry
decide(const struct gateway_call *call)
{
	struct entry en = { .state = DONE };

	if (call->kind == GATEWAY_AUTHORIZE)
		en = by_token(call);
	if (en.state != DECLINED && oddity(call) == ODD_REFUSED)
		en = call->kind == GATEWAY_AUTHORIZE ? no(DECLINED, FAULT_DECLINED)
						     : no(REFUSED, FAULT_REFUSED);
	else if (en.state == DONE && (oddity(call) == ODD_LATE || oddity(call) == ODD_LATE_NO))
		en.state = PENDING;
	if (call->kind == GATEWAY_CAPTURE || (call->kind == GATEWAY_AUTHORIZE && call->final))
		en.fee = sandbox_fee(call->amount);
	return en;
}

/* ---- the books */

static struct db_value
word_of(const char *word)
{
	return word ? db_text(str_of(word)) : db_null();
}

static struct err *
write_entry(struct ctx *cx, const struct gateway_call *call, const struct entry *en, bool *first)
{
	struct db_rows done = { 0 };
	struct err *e = db_query(cx, &done,
		"INSERT INTO sandbox_gateway (tenant_id, call_id, created_at, kind, intent_id, "
		"amount, currency, state, code, decline_code, fee) "
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE seen = seen + 1",
		db_id(cx->tenant), db_id(call->id), db_time(clock_now_ms()),
		db_text(str_of(gateway_kind_names[call->kind])), db_id(call->intent),
		db_int(call->amount), db_text(call->currency),
		db_text(str_of(state_names[en->state])), word_of(en->code),
		word_of(en->decline_code), db_int(en->fee));

	*first = !e && db_count(&done) == 1;
	return e;
}

static const char *
known_word(struct str word, bool decline)
{
	for (size_t i = 0; i < COUNT(faults); i++) {
		const char *w = decline ? faults[i].decline_code : faults[i].code;

		if (w && str_eq_z(word, w))
			return w;
	}
	return NULL;
}

static enum state
state_of(struct str word)
{
	int i = 0;

	while (i < STATES && !str_eq_z(word, state_names[i]))
		i++;
	must(i < STATES);
	return (enum state)i;
}

static struct err *
read_entry(struct ctx *cx, struct id call, struct entry *en, bool *there)
{
	struct db_rows rows = { 0 };
	const struct db_value *v;
	struct err *e = db_query(cx, &rows,
		"SELECT state, code, decline_code, fee, seen, created_at FROM sandbox_gateway "
		"WHERE tenant_id = ? AND call_id = ?",
		db_id(cx->tenant), db_id(call));

	*there = !e && rows.n;
	if (!*there)
		return e;
	v = db_row(&rows, 0);
	*en = (struct entry){ state_of(v[0].s), known_word(v[1].s, false), known_word(v[2].s, true),
		v[3].i, v[4].i, v[5].i };
	return NULL;
}

/* What was lost, waited or was to be confirmed is decided now, by whoever comes first. */
static struct err *
change_entry(struct ctx *cx, struct id call, enum state from, struct entry *en)
{
	bool there;
	struct err *e = db_exec(cx,
		"UPDATE sandbox_gateway SET state = ?, code = ?, decline_code = ? "
		"WHERE tenant_id = ? AND call_id = ? AND state = ?",
		db_text(str_of(state_names[en->state])), word_of(en->code),
		word_of(en->decline_code), db_id(cx->tenant), db_id(call),
		db_text(str_of(state_names[from])));

	e = e ? e : read_entry(cx, call, en, &there);
	return e;
}

/* ---- answering */

static const char *
message_of(const struct entry *en)
{
	for (size_t i = 0; en->code && i < COUNT(faults); i++)
		if (strcmp(faults[i].code, en->code) == 0 &&
			(!en->decline_code ||
				(faults[i].decline_code &&
					strcmp(faults[i].decline_code, en->decline_code) == 0)))
			return faults[i].message;
	return "";
}

static void
answer(struct ctx *cx, const struct gateway_call *call, const struct entry *en,
	struct gateway_answer *out)
{
	static const enum gateway_outcome outcomes[STATES] = {
		[LOST] = GATEWAY_UNKNOWN,
		[DONE] = GATEWAY_DONE,
		[ACTION] = GATEWAY_ACTION,
		[PENDING] = GATEWAY_PENDING,
		[DECLINED] = GATEWAY_DECLINED,
		[REFUSED] = GATEWAY_REFUSED,
	};

	*out = (struct gateway_answer){ .outcome = outcomes[en->state], .fee = en->fee };
	if (en->state == DONE || en->state == PENDING)
		out->reference = id_str(cx->arena, call->id, "sandbox");
	if (en->state == ACTION)
		out->url = sandbox_challenge_url(cx, call->id);
	if (en->code)
		out->code = str_of(en->code);
	if (en->decline_code)
		out->decline_code = str_of(en->decline_code);
	if (en->code)
		out->message = str_of(message_of(en));
}

static struct err *
do_as(struct ctx *cx, const struct gateway_call *call, struct entry en, struct gateway_answer *out)
{
	struct entry written = en;
	bool first, there;
	struct err *e;

	if (oddity(call) == ODD_LOST)
		written.state = LOST;
	e = write_entry(cx, call, &written, &first);
	if (!e && !first) {
		e = read_entry(cx, call->id, &written, &there);
		must(e || there);
		if (!e && written.state == LOST) {
			written = en;
			e = change_entry(cx, call->id, LOST, &written);
		}
	}
	if (e)
		return e;
	answer(cx, call, &written, out);
	if (first && oddity(call) == ODD_SILENT)
		*out = (struct gateway_answer){ .outcome = GATEWAY_UNKNOWN };
	return first && oddity(call) == ODD_TWICE ? payments_told(cx, call->id) : NULL;
}

static struct err *
do_once(struct ctx *cx, const struct gateway_call *call, struct gateway_answer *out)
{
	return do_as(cx, call, decide(call), out);
}

/* Nothing waits for the buyer any more; of what was taken when he confirmed it, nothing can be given free. */
static struct err *
cancel(struct ctx *cx, const struct gateway_call *call, struct gateway_answer *out)
{
	struct db_rows taken = { 0 };
	struct err *e = db_exec(cx,
		"UPDATE sandbox_gateway SET state = 'refused' WHERE tenant_id = ? AND intent_id = "
		"? "
		"AND kind = 'authorize' AND state = 'action'",
		db_id(cx->tenant), db_id(call->intent));

	e = e ? e
	      : db_query(cx, &taken,
			"SELECT 1 FROM sandbox_gateway FORCE INDEX (intent) WHERE tenant_id = ? "
			"AND intent_id = ? AND kind = 'authorize' AND state = 'done' AND fee > 0",
			db_id(cx->tenant), db_id(call->intent));
	if (e)
		return e;
	return do_as(cx, call, taken.n ? no(REFUSED, FAULT_REFUSED) : decide(call), out);
}

/* What it makes of what waits, when it is asked: a transfer has arrived, a challenge that was left alone is over. */
static struct entry
next_of(const struct gateway_call *call, const struct entry *en)
{
	bool late = oddity(call) == ODD_LATE || oddity(call) == ODD_LATE_NO;

	if (en->state == ACTION && clock_now_ms() > en->created_at + SANDBOX_CHALLENGE_MS)
		return no(DECLINED, FAULT_CHALLENGE);
	if (en->state != PENDING || (late && en->seen + 1 < LATE_SEEN))
		return *en;
	if (oddity(call) == ODD_LATE_NO)
		return call->kind == GATEWAY_AUTHORIZE ? no(DECLINED, FAULT_DECLINED)
						       : no(REFUSED, FAULT_REFUSED);
	return (struct entry){ .state = DONE, .fee = en->fee };
}

static struct err *
move_on(struct ctx *cx, const struct gateway_call *call, struct entry *en)
{
	enum state from = en->state;

	*en = next_of(call, en);
	if (en->state != from)
		return change_entry(cx, call->id, from, en);
	if (from != PENDING)
		return NULL;
	return db_exec(cx,
		"UPDATE sandbox_gateway SET seen = seen + 1 WHERE tenant_id = ? AND call_id = ?",
		db_id(cx->tenant), db_id(call->id));
}

static struct err *
fetch(struct ctx *cx, const struct gateway_call *call, struct gateway_answer *out)
{
	struct entry en;
	bool there;
	struct err *e = read_entry(cx, call->id, &en, &there);

	if (e)
		return e;
	if (!there || en.state == LOST) {
		*out = (struct gateway_answer){ .outcome = GATEWAY_NEVER };
		return NULL;
	}
	e = move_on(cx, call, &en);
	if (!e)
		answer(cx, call, &en, out);
	return e;
}

const struct gateway sandbox_gateway = {
	.name = "sandbox",
	.authorize = do_once,
	.capture = do_once,
	.cancel = cancel,
	.refund = do_once,
	.fetch = fetch,
	.respond = sandbox_respond,
	.verdict = sandbox_verdict,
};

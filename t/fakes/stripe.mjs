// Stripe (https://docs.stripe.com/api): payment intents, refunds, disputes, balance; as much of each object as is documented and looked
// at. Data is made up. It keeps each answer under its Idempotency-Key, 500s too, and refuses the key for another request; one that is
// still at work is 409. Test methods decide by their names, as Stripe's do; keys that begin with sk_live_none or sk_test_none are none.
//
// POST /_hook { url, secret, event }: sends a message to souk, signed; { status } of the answer. `at` (seconds) and `signature` spoil it.
// POST /_tell { intent, status }: what becomes of an intent by itself: a challenge was passed, a bank said yes.
// POST /_dispute { intent, amount, reason }, POST /_dispute/{id} { status }
// POST /_rename { from, to }: a call that was made long ago: what it did has that name, and its key is forgotten.
// POST /_fail { holds, times }: the next requests with that text in their body are carried out by nobody, and answered with a kept 500.
import { createHmac } from "node:crypto";
import https from "node:https";

export const fresh = () => ({ intents: {}, refunds: {}, disputes: {}, kept: {}, at_work: {}, fails: [], count: 0, moved: [] });

const ZERO = ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"];
const THREE = ["bhd", "jod", "kwd", "omr", "tnd"];
const WHOLE = ["isk", "ugx"];
const now = () => Math.floor(Date.now() / 1000);
const next = (state, prefix) => `${prefix}_3Fake${String(++state.count).padStart(8, "0")}`;
const error = (status, type, code, message, more = {}) => ({ status, body: { error: { type, ...(code ? { code } : {}), doc_url: `https://stripe.com/docs/error-codes/${(code ?? "").replaceAll("_", "-")}`, message, ...more } } });
const invalid = (code, message, more) => error(400, "invalid_request_error", code, message, more);
const missing = (what, id) => error(404, "invalid_request_error", "resource_missing", `No such ${what}: '${id}'`, { param: "intent" });

// a[b][c]=d as an object.
function nested(form) {
	const out = {};
	for (const [name, value] of form) {
		const keys = name.replaceAll("]", "").split("[");
		let at = out;
		for (const key of keys.slice(0, -1))
			at = at[key] ??= {};
		at[keys.at(-1)] = value;
	}
	return out;
}

// ---- amounts

function wrongAmount(text, currency) {
	const amount = Number(text);
	if (!/^\d+$/.test(text ?? "") || amount < 1)
		return invalid("parameter_invalid_integer", `Invalid integer: ${text}`, { param: "amount" });
	if (amount > 99999999 && !ZERO.includes(currency))
		return invalid("amount_too_large", "Amount must be no more than $999,999.99", { param: "amount" });
	if (THREE.includes(currency) && amount % 10)
		return invalid("invalid_charge_amount", "The least significant digit must be 0", { param: "amount" });
	if (WHOLE.includes(currency) && amount % 100)
		return invalid("invalid_charge_amount_no_decimal_compatible", `Invalid amount. Currency ${currency} has become effectively zero-decimal`, { param: "amount" });
	return undefined;
}

// ---- payment intents

const DECLINES = {
	pm_card_chargeDeclined: ["card_declined", "generic_decline", "Your card was declined."],
	pm_card_chargeDeclinedInsufficientFunds: ["card_declined", "insufficient_funds", "Your card has insufficient funds."],
	pm_card_chargeDeclinedExpiredCard: ["expired_card", undefined, "Your card has expired."],
};

function charge(intent, amount) {
	const fee = Math.round(amount * 0.029) + 30;
	return {
		id: intent.latest_charge_id, object: "charge", amount: intent.amount, amount_captured: intent.amount_received, captured: intent.amount_received > 0, currency: intent.currency,
		payment_intent: intent.id, payment_method_details: { type: "card", card: { brand: "visa", last4: "4242", capture_before: intent.created + 7 * 86400 } },
		balance_transaction: intent.amount_received ? { id: `txn_${intent.id.slice(3)}`, object: "balance_transaction", amount, currency: intent.currency, fee, net: amount - fee, type: "charge" } : null,
	};
}

// What is shown: without what only the fake knows, its charge as a name unless it was to be expanded.
function shown(intent, expand) {
	const { latest_charge_id, ...open } = intent;
	const expanded = Object.values(expand ?? {}).some((path) => path.startsWith("latest_charge"));
	return { ...open, latest_charge: latest_charge_id ? (expanded ? charge(intent, intent.amount_received) : latest_charge_id) : null };
}

function move(state, kind, intent, amount, key) {
	state.moved.push({ kind, intent: intent.id, amount, currency: intent.currency, key });
}

// After a confirmation, or when a challenge was passed.
function authorize(state, intent, key) {
	intent.next_action = null;
	intent.latest_charge_id = next(state, "ch");
	if (intent.capture_method === "manual")
		return Object.assign(intent, { status: "requires_capture", amount_capturable: intent.amount });
	move(state, "capture", intent, intent.amount, key);
	return Object.assign(intent, { status: "succeeded", amount_received: intent.amount });
}

function confirm(state, intent, form, key) {
	const method = form.payment_method ?? `type_${form.payment_method_data?.type}`;
	const decline = DECLINES[method];
	if (decline) {
		const [code, decline_code, message] = decline;
		const said = { type: "card_error", code, ...(decline_code ? { decline_code } : {}), message, charge: next(state, "ch"), payment_method: { id: method, object: "payment_method", type: "card" } };
		Object.assign(intent, { status: "requires_payment_method", last_payment_error: said });
		return { status: 402, body: { error: { ...said, payment_intent: shown(intent) } } };
	}
	if (/threeDSecure|^type_(klarna|affirm|paypal)/.test(method)) {
		if (!form.return_url)
			return invalid("parameter_missing", "A return_url must be provided", { param: "return_url" });
		Object.assign(intent, { status: "requires_action", next_action: { type: "redirect_to_url", redirect_to_url: { url: `https://hooks.stripe.com/redirect/authenticate/${intent.id}`, return_url: form.return_url } } });
	} else if (form.payment_method_types?.[0] === "us_bank_account")
		intent.status = "processing";
	else
		authorize(state, intent, key);
	return { status: 200, body: shown(intent, form.expand) };
}

function create(state, form, key, live) {
	const wrong = wrongAmount(form.amount, form.currency);
	if (wrong)
		return wrong;
	if (!/^[a-z]{3}$/.test(form.currency ?? ""))
		return invalid("parameter_invalid", `Invalid currency: ${form.currency}`, { param: "currency" });
	if (form.confirm !== "true" || (!form.payment_method && !form.payment_method_data))
		return invalid("parameter_missing", "You cannot confirm a PaymentIntent without a payment method", { param: "payment_method" });
	if (form.payment_method && !/^pm_/.test(form.payment_method))
		return invalid("resource_missing", `No such PaymentMethod: '${form.payment_method}'`, { param: "payment_method" });
	const id = next(state, "pi");
	const intent = state.intents[id] = {
		id, object: "payment_intent", amount: Number(form.amount), amount_capturable: 0, amount_received: 0, canceled_at: null, cancellation_reason: null, capture_method: form.capture_method ?? "automatic",
		client_secret: `${id}_secret_fake`, confirmation_method: "automatic", created: now(), currency: form.currency, description: form.description ?? null, last_payment_error: null, latest_charge_id: null,
		livemode: live, metadata: form.metadata ?? {}, next_action: null, payment_method: form.payment_method ?? null, payment_method_types: Object.values(form.payment_method_types ?? {}), status: "requires_confirmation",
	};
	return confirm(state, intent, form, key);
}

const unexpected = (intent, verb) => invalid("payment_intent_unexpected_state", `This PaymentIntent could not be ${verb} because it has a status of ${intent.status}.`, { payment_intent: shown(intent) });

function capture(state, intent, form, key) {
	if (intent.status !== "requires_capture")
		return unexpected(intent, "captured");
	const amount = Number(form.amount_to_capture ?? intent.amount_capturable);
	const wrong = wrongAmount(String(amount), intent.currency);
	if (wrong)
		return wrong;
	if (amount > intent.amount_capturable)
		return invalid("amount_too_large", "The amount is greater than what is capturable", { param: "amount_to_capture" });
	const final = form.final_capture !== "false" || amount === intent.amount_capturable;
	Object.assign(intent.metadata, form.metadata ?? {});
	intent.amount_received += amount;
	intent.amount_capturable = final ? 0 : intent.amount_capturable - amount;
	intent.status = final ? "succeeded" : "requires_capture";
	move(state, "capture", intent, amount, key);
	return { status: 200, body: shown(intent, form.expand) };
}

function cancel(state, intent, form) {
	if (["succeeded", "canceled", "processing"].includes(intent.status))
		return unexpected(intent, "canceled");
	Object.assign(intent, { status: "canceled", amount_capturable: 0, canceled_at: now(), cancellation_reason: form.cancellation_reason ?? null });
	return { status: 200, body: shown(intent) };
}

// ---- refunds

function refund(state, form, key) {
	const intent = state.intents[form.payment_intent];
	if (!intent)
		return missing("payment_intent", form.payment_intent);
	const before = Object.values(state.refunds).filter((r) => r.payment_intent === intent.id && r.status !== "failed").reduce((sum, r) => sum + r.amount, 0);
	const amount = Number(form.amount ?? intent.amount_received - before);
	const wrong = wrongAmount(String(amount), intent.currency);
	if (wrong)
		return wrong;
	if (before >= intent.amount_received)
		return invalid("charge_already_refunded", `Charge ${intent.latest_charge_id} has already been refunded.`);
	if (amount > intent.amount_received - before)
		return invalid(undefined, `Refund amount (${amount}) is greater than unrefunded amount on charge`, { param: "amount" });
	const id = next(state, "re");
	const status = intent.metadata.souk_refund ?? (intent.payment_method_types[0] === "us_bank_account" ? "pending" : "succeeded");
	state.refunds[id] = { id, object: "refund", amount, balance_transaction: next(state, "txn"), charge: intent.latest_charge_id, created: now(), currency: intent.currency, metadata: form.metadata ?? {},
		payment_intent: intent.id, reason: form.reason ?? null, receipt_number: null, status };
	move(state, "refund", intent, amount, key);
	return { status: 200, body: state.refunds[id] };
}

// ---- disputes

function dispute(state, form) {
	const intent = state.intents[form.intent];
	const id = next(state, "du");
	return state.disputes[id] = { id, object: "dispute", amount: form.amount ?? intent.amount_received, balance_transactions: [], charge: intent.latest_charge_id, created: now(), currency: intent.currency, evidence: {},
		evidence_details: { due_by: now() + 7 * 86400, has_evidence: false, past_due: false, submission_count: 0 }, is_charge_refundable: false, livemode: intent.livemode, metadata: {}, payment_intent: intent.id,
		reason: form.reason ?? "fraudulent", status: "needs_response" };
}

function evidence(d, form) {
	Object.assign(d.evidence, form.evidence ?? {});
	d.evidence_details.has_evidence = true;
	if (form.submit === "true") {
		d.evidence_details.submission_count++;
		d.status = /winning_evidence/.test(form.evidence?.uncategorized_text) ? "won" : /losing_evidence/.test(form.evidence?.uncategorized_text) ? "lost" : "under_review";
	}
	return { status: 200, body: d };
}

// ---- lists: newest first

function list(all, query, passes = () => true) {
	const limit = Number(query.get("limit") ?? 10), from = Number(query.get("created[gte]") ?? 0), after = query.get("starting_after");
	let found = all.filter((one) => one.created >= from && passes(one)).reverse();
	if (after)
		found = found.slice(found.findIndex((one) => one.id === after) + 1);
	return { status: 200, body: { object: "list", url: "/v1", has_more: found.length > limit, data: found.slice(0, limit) } };
}

// ---- what a test says

function send({ url, secret, event, at = now(), signature }) {
	const body = typeof event === "string" ? event : JSON.stringify(event);
	const v1 = signature ?? createHmac("sha256", secret).update(`${at}.${body}`).digest("hex");
	return new Promise((resolve, reject) => {
		const rq = https.request(url, { method: "POST", rejectUnauthorized: false, headers: { "content-type": "application/json; charset=utf-8", "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)", "stripe-signature": `t=${at},v1=${v1}`, "content-length": Buffer.byteLength(body) } }, (answer) => {
			let text = "";
			answer.on("data", (part) => (text += part)).on("end", () => resolve({ status: 200, body: { status: answer.statusCode, body: text } }));
		});
		rq.on("error", reject);
		rq.end(body);
	});
}

function told(request, state) {
	const said = request.json();
	if (request.path === "/_hook")
		return send(said);
	if (request.path === "/_fail")
		return { status: 201, body: state.fails.push(said) };
	if (request.path === "/_tell") {
		const intent = state.intents[said.intent];
		if (said.status === "succeeded" || said.status === "requires_capture")
			authorize(state, intent, "told");
		else
			Object.assign(intent, { status: said.status, next_action: null, last_payment_error: said.error ?? null });
		return { status: 200, body: shown(intent) };
	}
	if (request.path === "/_rename") {
		for (const one of [...Object.values(state.intents), ...Object.values(state.refunds)].filter((o) => o.metadata.souk_call === said.from))
			one.metadata.souk_call = said.to;
		state.kept = Object.fromEntries(Object.entries(state.kept).filter(([key]) => !key.endsWith(`souk-${said.from}`)));
		return { status: 200, body: {} };
	}
	if (request.path === "/_dispute")
		return { status: 201, body: dispute(state, said) };
	return { status: 200, body: Object.assign(state.disputes[request.path.split("/")[2]], said) };
}

// ---- the API

function read(request, state, live) {
	const [, , what, id] = request.path.split("/");
	if (what === "balance")
		return { status: 200, body: { object: "balance", available: [{ amount: 0, currency: "usd" }], livemode: live, pending: [] } };
	if (what === "payment_intents" && !id)
		return list(Object.values(state.intents).map((one) => shown(one)), request.query);
	if (what === "payment_intents")
		return state.intents[id] ? { status: 200, body: shown(state.intents[id], Object.fromEntries([...request.query].filter(([name]) => name.startsWith("expand")))) } : missing("payment_intent", id);
	if (what === "refunds" && !id)
		return list(Object.values(state.refunds), request.query, (one) => one.payment_intent === request.query.get("payment_intent"));
	if (what === "refunds")
		return state.refunds[id] ? { status: 200, body: state.refunds[id] } : missing("refund", id);
	if (what === "disputes")
		return state.disputes[id] ? { status: 200, body: state.disputes[id] } : missing("dispute", id);
	return error(404, "invalid_request_error", undefined, `Unrecognized request URL (GET: ${request.path}).`);
}

function write(request, state, key, live) {
	const [, , what, id, verb] = request.path.split("/");
	const form = nested(request.form());
	if (what === "payment_intents" && !id)
		return create(state, form, key, live);
	if (what === "payment_intents" && !state.intents[id])
		return missing("payment_intent", id);
	if (what === "payment_intents" && verb === "capture")
		return capture(state, state.intents[id], form, key);
	if (what === "payment_intents" && verb === "cancel")
		return cancel(state, state.intents[id], form);
	if (what === "refunds")
		return refund(state, form, key);
	if (what === "disputes" && state.disputes[id])
		return evidence(state.disputes[id], form);
	return error(404, "invalid_request_error", undefined, `Unrecognized request URL (POST: ${request.path}).`);
}

function failing(state, text) {
	const rule = state.fails.find((one) => text.includes(one.holds));
	if (rule && --rule.times <= 0)
		state.fails.splice(state.fails.indexOf(rule), 1);
	return rule;
}

// The answer that is kept under a key; validation that failed is not kept.
function once(request, state, secret, live) {
	const key = request.headers["idempotency-key"], full = `${secret} ${key}`, same = `${request.path}?${request.body}`;
	if (!key)
		return write(request, state, key, live);
	const kept = state.kept[full];
	if (kept && kept.same !== same)
		return error(400, "idempotency_error", undefined, `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`);
	if (kept)
		return { ...kept.answer, headers: { "idempotent-replayed": "true" } };
	const answer = failing(state, request.body) ? error(500, "api_error", undefined, "An unknown error occurred") : write(request, state, key, live);
	if (answer.status < 300 || answer.status === 402 || answer.status >= 500)
		state.kept[full] = { same, answer: structuredClone(answer) };
	return answer;
}

export function handle(request, state) {
	if (request.path.startsWith("/_"))
		return told(request, state);
	const secret = /^Bearer (.*)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
	if (!/^[sr]k_(live|test)_/.test(secret) || /^[sr]k_(live|test)_none/.test(secret))
		return error(401, "invalid_request_error", undefined, `Invalid API Key provided: ${secret.slice(0, 7)}****`);
	if (request.headers["stripe-version"] === undefined)
		return invalid(undefined, "the version of the API must be said");
	const live = /^[sr]k_live_/.test(secret) !== /wrongmode/.test(secret);
	if (request.method === "GET")
		return read(request, state, live);
	return once(request, state, secret, live);
}

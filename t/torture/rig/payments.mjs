// What proofs of payments share: a shop that is paid through the sandbox, one that is paid through the stand-in for Stripe, the
// program that settles, and the books of both gateways against ours.
import { createHmac } from "node:crypto";
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";

import { Faults, same } from "./report.mjs";
import { killHard, pause } from "./stack.mjs";

// Amounts that make the sandbox behave oddly (CONVENTIONS.md).
export const ODD = [990001, 990002, 990003, 990004, 990005, 990006];
export const TOTAL = 3000000; // of each order, in minor units: more than any odd amount

const SANDBOX_TOKENS = ["success", "declined", "insufficient_funds", "challenge", "dispute"];
const STRIPE_TOKENS = ["pm_card_visa", "pm_card_visa", "pm_card_chargeDeclined", "pm_card_threeDSecure2Required"];

export const fakes = process.env.SOUK_FAKES;
export async function say(path, body) {
	const answer = await fetch(`${fakes}${path}`, body === undefined ? {} : { method: "POST", body: JSON.stringify(body) });
	return answer.json();
}

// A thing to sell, a buyer, and his ways to pay. `side` is of newShop().
export async function open(db, side, stripe) {
	const { client } = side;
	side.thing = await client.make("POST", "/products", { name: "Piano", sku: "PIANO", price: TOTAL / 100, status: "active" });
	await db.run(`UPDATE products SET track_inventory = 0 WHERE tenant_id = ${side.tenant}`);
	side.buyer = await client.make("POST", "/customers", { email: "buyer@example.com" });
	if (stripe) {
		side.secret = `sk_live_torture${process.pid}`;
		side.hook = `whsec_torture${process.pid}`;
		side.gateway = await client.make("POST", "/payments/gateways", { kind: "stripe", name: "Cards", secret_key: side.secret, webhook_secret: side.hook });
	}
	side.methods = [];
	for (const token of stripe ? STRIPE_TOKENS : SANDBOX_TOKENS.map((word) => `tok_sandbox_${word}`))
		side.methods.push((await client.make("POST", "/payments/methods", { type: "card", token, customer_id: side.buyer.id })).id);
	return side;
}

export const order = (side, i) => ({ items: [{ product_id: side.thing.id, quantity: 1 }], email: "buyer@example.com", metadata: { n: `${i}` } });

// A message as Stripe sends it.
export function message(side, type, object) {
	const body = JSON.stringify({ id: `evt_${Math.random().toString(36).slice(2)}`, object: "event", api_version: "2025-04-30.basil", created: Math.floor(Date.now() / 1000), livemode: true, type, data: { object } });
	const at = Math.floor(Date.now() / 1000), v1 = createHmac("sha256", side.hook).update(`${at}.${body}`).digest("hex");
	return { body, headers: { authorization: "", "stripe-signature": `t=${at},v1=${v1}` } };
}

// Runs souk-payments to its end, or until it is killed after `ms`; its status.
export function settle(args = ["--reconcile"], ms = 0, env = {}) {
	const program = join(dirname(process.env.SOUK_CTL), "souk-payments");
	return new Promise((resolve) => {
		const child = execFile(program, args, { env: { ...process.env, ...env }, maxBuffer: 1 << 26 }, (error, stdout, stderr) => resolve({ status: error?.code ?? (error ? -1 : 0), stdout, stderr }));
		if (ms)
			pause(ms).then(() => child.exitCode === null && killHard(child.pid));
	});
}

export const openCalls = (db, tenants) => db.number(`SELECT COUNT(*) FROM gateway_calls WHERE tenant_id IN (${tenants}) AND status IN ('pending', 'waiting')`);

const TAKEN = "SUM(IF(c.status = 'done' AND (c.kind = 'capture' OR (c.kind = 'authorize' AND c.final)), c.amount, 0))";

// Queries whose rows must not be.
const wrong = (tenants) => ({
	"what an intent captured is what its calls did": `SELECT i.id, i.amount_captured, t.taken FROM payment_intents i LEFT JOIN (SELECT c.tenant_id, c.intent_id, ${TAKEN} AS taken FROM gateway_calls c GROUP BY 1, 2) t
		ON t.tenant_id = i.tenant_id AND t.intent_id = i.id WHERE i.tenant_id IN (${tenants}) AND i.amount_captured <> COALESCE(t.taken, 0)`,
	"what an intent captured is what its payments have": `SELECT i.id, i.amount_captured, p.sum FROM payment_intents i LEFT JOIN (SELECT tenant_id, intent_id, SUM(amount_captured) AS sum FROM payments GROUP BY 1, 2) p
		ON p.tenant_id = i.tenant_id AND p.intent_id = i.id WHERE i.tenant_id IN (${tenants}) AND i.amount_captured <> COALESCE(p.sum, 0)`,
	"what a payment gave back is what its refunds say": `SELECT p.id, p.amount_refunded, r.sum FROM payments p LEFT JOIN (SELECT tenant_id, payment_id, SUM(IF(status IN ('pending', 'succeeded'), amount, 0)) AS sum FROM refunds GROUP BY 1, 2) r
		ON r.tenant_id = p.tenant_id AND r.payment_id = p.id WHERE p.tenant_id IN (${tenants}) AND p.amount_refunded <> COALESCE(r.sum, 0)`,
	"an order is paid what its payments captured": `SELECT o.id, o.amount_paid, p.sum FROM orders o LEFT JOIN (SELECT tenant_id, order_id, SUM(amount_captured) AS sum FROM payments GROUP BY 1, 2) p
		ON p.tenant_id = o.tenant_id AND p.order_id = o.id WHERE o.tenant_id IN (${tenants}) AND o.amount_paid <> COALESCE(p.sum, 0)`,
	"an order gave back what its refunds say": `SELECT o.id, o.amount_refunded, r.sum FROM orders o LEFT JOIN (SELECT tenant_id, order_id, SUM(IF(status <> 'failed', amount, 0)) AS sum FROM refunds GROUP BY 1, 2) r
		ON r.tenant_id = o.tenant_id AND r.order_id = o.id WHERE o.tenant_id IN (${tenants}) AND o.amount_refunded <> COALESCE(r.sum, 0)`,
	"no intent waits for a gateway": `SELECT id, status FROM payment_intents WHERE tenant_id IN (${tenants}) AND status IN ('processing', 'requires_action')`,
	"no order is paid above its total": `SELECT id, amount_paid, total FROM orders WHERE tenant_id IN (${tenants}) AND amount_paid > total`,
	"the ledger took what payments captured": `SELECT p.tenant_id, p.sum AS paid, l.sum AS booked FROM (SELECT tenant_id, SUM(amount_captured) AS sum FROM payments WHERE tenant_id IN (${tenants}) GROUP BY 1) p
		LEFT JOIN (SELECT e.tenant_id, SUM(e.amount) AS sum FROM ledger_entries e JOIN ledger_accounts d ON d.tenant_id = e.tenant_id AND d.id = e.debit_account_id JOIN ledger_accounts k ON k.tenant_id = e.tenant_id AND k.id = e.credit_account_id
			WHERE d.kind = 'gateway' AND k.kind = 'sales' GROUP BY 1) l ON l.tenant_id = p.tenant_id WHERE p.sum <> COALESCE(l.sum, 0)`,
	"a key is kept with its answer": `SELECT HEX(key_hash) FROM idempotency_keys WHERE tenant_id IN (${tenants}) AND status IS NULL`,
});

// The sandbox's own books: every call that it carried out is one of ours, and was done once.
const wrongInSandbox = (tenant) => ({
	"the sandbox took what we say it did": `SELECT i.id, i.amount_captured, s.taken FROM payment_intents i LEFT JOIN (SELECT g.tenant_id, g.intent_id,
			SUM(IF(g.state = 'done' AND (g.kind = 'capture' OR (g.kind = 'authorize' AND c.final)), g.amount, 0)) AS taken
			FROM sandbox_gateway g JOIN gateway_calls c ON c.tenant_id = g.tenant_id AND c.id = g.call_id GROUP BY 1, 2) s
		ON s.tenant_id = i.tenant_id AND s.intent_id = i.id WHERE i.tenant_id = ${tenant} AND i.amount_captured <> COALESCE(s.taken, 0)`,
	"the sandbox gave back what we say it did": `SELECT i.id, r.sum, s.back FROM payment_intents i
		LEFT JOIN (SELECT p.tenant_id, p.intent_id, SUM(p.amount_refunded) AS sum FROM payments p GROUP BY 1, 2) r ON r.tenant_id = i.tenant_id AND r.intent_id = i.id
		LEFT JOIN (SELECT tenant_id, intent_id, SUM(IF(state = 'done' AND kind = 'refund', amount, 0)) AS back FROM sandbox_gateway GROUP BY 1, 2) s ON s.tenant_id = i.tenant_id AND s.intent_id = i.id
		WHERE i.tenant_id = ${tenant} AND COALESCE(r.sum, 0) <> COALESCE(s.back, 0)`,
	"the sandbox did nothing that we do not know of": `SELECT g.call_id, g.state, c.status FROM sandbox_gateway g LEFT JOIN gateway_calls c ON c.tenant_id = g.tenant_id AND c.id = g.call_id AND c.amount = g.amount
		WHERE g.tenant_id = ${tenant} AND g.state IN ('done', 'pending') AND NOT COALESCE(c.status, '') = 'done'`,
});

async function none(db, queries) {
	for (const [title, sql] of Object.entries(queries)) {
		const found = await db.run(`SELECT * FROM (${sql}) f LIMIT 5`), faults = new Faults();
		for (const line of found)
			faults.add(line.replaceAll("\t", " "));
		faults.report(title);
	}
}

// An id as clients see it (Crockford's base 32); it is text, for a number of JavaScript does not hold it.
function publicId(prefix, id) {
	let digits = "";
	for (let n = BigInt(id); n > 0n; n >>= 5n)
		digits = "0123456789abcdefghjkmnpqrstvwxyz"[Number(n & 31n)] + digits;
	return `${prefix}_${digits.padStart(13, "0")}`;
}

// What the stand-in moved under each key for this shop, against our payments. It may have been asked by others, too.
async function compareStripe(db, side) {
	const { state } = await say("/_state?service=stripe&holds=nothing"), faults = new Faults(), keys = new Faults();
	const rows = await db.run(`SELECT gateway_reference, SUM(amount_captured), SUM(amount_refunded) FROM payments WHERE tenant_id = ${side.tenant} AND gateway_reference IS NOT NULL GROUP BY 1`);
	const ours = new Map(rows.map((line) => line.split("\t")).map(([name, taken, back]) => [name, { capture: Number(taken), refund: Number(back) }]));
	const intents = new Set((await db.run(`SELECT id FROM payment_intents WHERE tenant_id = ${side.tenant}`)).map((id) => publicId("pi", id)));
	const calls = new Set(await db.run(`SELECT DISTINCT LOWER(CONV(intent_id, 10, 32)) FROM gateway_calls WHERE tenant_id = ${side.tenant}`));
	const theirs = new Map(), seen = new Set();
	for (const { kind, intent, amount, key } of state.moved) {
		if (!intents.has(state.intents[intent]?.metadata.souk_intent))
			continue;
		const sums = theirs.get(intent) ?? { capture: 0, refund: 0 };
		sums[kind] += amount;
		theirs.set(intent, sums);
		keys.check(key === "told" || !seen.has(`${key} ${kind}`), `${key} moved money twice`);
		seen.add(`${key} ${kind}`);
	}
	for (const name of new Set([...ours.keys(), ...theirs.keys()])) {
		const we = ours.get(name) ?? { capture: 0, refund: 0 }, they = theirs.get(name) ?? { capture: 0, refund: 0 };
		faults.check(we.capture === they.capture && we.refund === they.refund, `${name}: we have ${JSON.stringify(we)}, Stripe ${JSON.stringify(they)}`);
	}
	same(calls.size > 0 && theirs.size > 0, true, "Stripe was asked");
	keys.report("no key moved money twice at Stripe");
	faults.report("Stripe took and gave back what we say it did");
}

// All that must hold when nothing is open any more.
export async function accounts(db, { sandbox, stripe }) {
	const tenants = [sandbox, stripe].filter(Boolean).map((side) => side.tenant).join(", ");
	same(await openCalls(db, tenants), 0, "calls that are open still");
	await none(db, { ...wrong(tenants), ...wrongInSandbox(sandbox.tenant) });
	if (stripe)
		await compareStripe(db, stripe);
}

// Disputes that Stripe tells of: what is in them it is asked; they are opened once, and closed as it decided, whatever order its messages
// come in.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { differences } from "./ledger.mjs";
import { behave, status } from "./souk.mjs";
import { askedBy, event, hook, intent, makeShop, tell } from "./stripe.mjs";

let shop;

before(async () => {
	shop = await makeShop();
});

async function disputed(more = {}) {
	const one = await intent(shop, { amount: 8000, capture_method: "automatic" }), payment = await shop.live.read(`/payments/${one.payment_id}`);
	const object = await tell("/_dispute", { intent: payment.gateway_reference, ...more });
	return { payment: payment.id, object };
}
const told = (type, object) => hook(shop, event(`charge.dispute.${type}`, object));
const ours = async (payment) => (await shop.live.read("/payments/disputes?limit=100")).data.filter((d) => d.payment_id === payment);
const balance = async (kind) => (await shop.live.read(`/ledger/accounts?kind=${kind}`)).data[0]?.balances.find((b) => b.currency === "USD")?.amount ?? 0;

test("a dispute is opened once, with what Stripe says of it", async () => {
	const held = await balance("disputes_held"), { payment, object } = await disputed({ reason: "product_not_received" });
	for (const type of ["created", "funds_withdrawn", "created"])
		status(await told(type, { ...object, amount: 1, reason: "fraudulent" }), 200);
	const [one, ...more] = await ours(payment);
	assert.deepEqual([one.amount, one.reason, one.status, more], [8000, "product_not_received", "needs_response", []]);
	assert.equal(Date.parse(one.evidence_due_by) / 1000, object.evidence_details.due_by);
	assert.equal(await balance("disputes_held") - held, 8000);
	assert.equal((await shop.live.read(`/payments/${payment}`)).amount_disputed, 8000);
});

test("a dispute that was won gives the money back, one that was lost does not", async () => {
	for (const [verdict, left] of [["won", 0], ["lost", 8000]]) {
		const { payment, object } = await disputed(), held = await balance("disputes_held");
		status(await told("created", object), 200);
		await tell(`/_dispute/${object.id}`, { status: verdict });
		status(await told("closed", { ...object, status: verdict }), 200);
		assert.equal((await ours(payment))[0].status, verdict);
		assert.equal((await shop.live.read(`/payments/${payment}`)).amount_disputed, left);
		assert.equal(await balance("disputes_held"), held);
	}
});

test("the last message may come first, and alone", async () => {
	const { payment, object } = await disputed();
	await tell(`/_dispute/${object.id}`, { status: "lost" });
	status(await told("closed", object), 200);
	status(await told("created", object), 200);
	const all = await ours(payment);
	assert.deepEqual(all.map((d) => d.status), ["lost"]);
});

test("evidence goes to Stripe", async () => {
	const { payment, object } = await disputed();
	status(await told("created", object), 200);
	const [one] = await ours(payment);
	const answer = await shop.live.post(`/payments/disputes/${one.id}/respond`, { transaction_details: "winning_evidence: it was signed for", shipping_proof: "left at the door", communication_logs: "thanks!", text: "no more" });
	assert.ok([200, 201].includes(answer.status), answer.raw);
	const [sent] = await askedBy(shop, `/v1/disputes/${object.id}`).then((all) => all.filter((rq) => rq.method === "POST"));
	assert.equal(sent.form["evidence[uncategorized_text]"], "winning_evidence: it was signed for\n\nleft at the door\n\nthanks!\n\nno more");
	assert.equal(sent.form.submit, "true");
});

test("an inquiry, a dispute of another's payment, and one that Stripe does not know open nothing", async () => {
	const { payment, object } = await disputed();
	await tell(`/_dispute/${object.id}`, { status: "warning_needs_response" });
	status(await told("created", object), 200);
	assert.deepEqual(await ours(payment), []);
	const other = await makeShop(), { object: theirs } = await disputed();
	status(await hook(other, event("charge.dispute.created", theirs)), 200);
	assert.deepEqual((await other.live.read("/payments/disputes")).data, []);
	for (const id of ["du_of_nobody", "../refunds", 5, null])
		status(await told("created", { ...object, id }), 200);
});

test("a dispute that Stripe gives no answer about is told again", async () => {
	const { payment, object } = await disputed(), message = event("charge.dispute.created", object);
	await behave("stripe", { path: `^/v1/disputes/${object.id}$`, behave: "answer", status: 500, body: "{}" });
	assert.equal((await hook(shop, message)).status, 503);
	assert.deepEqual(await ours(payment), []);
	status(await hook(shop, message), 200);
	assert.equal((await ours(payment)).length, 1);
});

test("after all that the books are in order", async () => {
	assert.deepEqual(await differences(shop), []);
});

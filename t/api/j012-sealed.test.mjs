// What is kept sealed opens in its own row and nowhere else (S8): a token that was moved, changed or lost pays nothing, and what
// is told of it is nothing.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, number, refused, rows, status } from "./souk.mjs";

let tenant, sandbox;
const path = "/payments/methods", year = new Date().getUTCFullYear() + 2;
const card = (digits) => sandbox.make(path, { type: "card", number: digits, cvc: "123", exp_month: 12, exp_year: year });
const token = (id) => rows(`SELECT JSON_OBJECT('token', token) FROM payment_methods WHERE id = ${number(id)}`)[0].token;
const put = (id, text) => rows(`UPDATE payment_methods SET token = ${text === null ? "NULL" : `'${text}'`} WHERE id = ${number(id)}`);
const pay = (id) => sandbox.post("/payments/intents", { amount: 1000, currency: "usd", payment_method: id });
const intents = async () => (await sandbox.read("/payments/intents?limit=100")).data.length;

before(async () => {
	tenant = await makeTenant();
	sandbox = await tenant.client({ mode: "sandbox" });
});

test("a token pays from its own row only", async () => {
	const good = await card("4242424242424242"), bad = await card("4000000000000002");
	assert.equal(status(await pay(good.id), 201).body.status, "requires_capture");
	assert.equal(status(await pay(bad.id), 201).body.status, "failed");
	const [hers, his] = [token(good.id), token(bad.id)], many = await intents();
	assert.notEqual(hers, his);
	put(good.id, his);
	put(bad.id, hers);
	for (const { id } of [good, bad]) {
		const answer = await pay(id);
		refused(answer, 500);
		assert.doesNotMatch(answer.raw, /tok_|seal|token/);
	}
	assert.equal(await intents(), many);
	put(good.id, hers);
	put(bad.id, his);
	assert.equal(status(await pay(good.id), 201).body.status, "requires_capture");
});

test("one bit that is another, anywhere in it, and it opens no more", async () => {
	const { id } = await card("4242424242424242"), whole = token(id), bytes = Buffer.from(whole, "base64url");
	for (const at of [0, 1, 4, 5, 16, 17, 32, 33, bytes.length - 1]) {
		const other = Buffer.from(bytes);
		other[at] ^= 1;
		put(id, other.toString("base64url"));
		refused(await pay(id), 500);
	}
	for (const text of ["", "AQ", whole.slice(0, -4), `${whole}AAAA`]) {
		put(id, text);
		refused(await pay(id), 500);
	}
	put(id, whole);
	assert.equal(status(await pay(id), 201).body.status, "requires_capture");
});

test("a token of another shop opens in none but that", async () => {
	const other = await (await makeTenant()).client({ mode: "sandbox" });
	const theirs = await other.make(path, { type: "card", number: "4242424242424242", cvc: "123", exp_month: 12, exp_year: year });
	const { id } = await card("4242424242424242");
	put(id, token(theirs.id));
	refused(await pay(id), 500);
});

test("the same secret is sealed otherwise each time", async () => {
	const all = await Promise.all(Array.from({ length: 5 }, () => card("4242424242424242")));
	assert.equal(new Set(all.map(({ id }) => token(id))).size, 5);
	for (const { id } of all)
		assert.doesNotMatch(Buffer.from(token(id), "base64url").toString("latin1"), /tok_|sandbox/);
});

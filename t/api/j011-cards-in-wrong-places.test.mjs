// A card's number belongs in one field. Wherever else it is sent in a body about payments it is refused by its place and not kept, and
// no body that may have secrets gets so large that nginx would write it to a file.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { isSecret, resources, shape } from "./conformance.mjs";
import { makeTenant, number, refused, rows, status } from "./souk.mjs";

let sandbox, tenant;
const path = "/payments/methods", card = "4242 4242 4242 4242";
const good = { type: "card", number: card, cvc: "123", exp_month: 12, exp_year: new Date().getUTCFullYear() + 2 };

before(async () => {
	tenant = await makeTenant();
	sandbox = await tenant.client({ mode: "sandbox" });
});

test("a card's number is refused by the place where it stands", async () => {
	const count = () => rows(`SELECT JSON_OBJECT('n', COUNT(*)) FROM payment_methods WHERE tenant_id IN (SELECT id FROM tenants WHERE public_id = ${number(tenant.id)})`)[0].n;
	for (const [part, place] of [
		[{ name: card }, "name"],
		[{ name: "Jane 5555-5555-5555-4444" }, "name"],
		[{ metadata: { note: "378282246310005" } }, "metadata.note"],
		[{ metadata: { note: "pay with 4242424242424242, please" } }, "metadata.note"],
		[{ metadata: { "4242424242424242": "x" } }, "metadata.****************"],
		[{ billing_address: { line1: card, city: "Rome", country: "IT" } }, "billing_address.line1"],
		[{ colour: [["30569309025904"]] }, "colour[0][0]"],
		[{ exp_month: 4242424242424242 }, "exp_month"],
	]) {
		const answer = await sandbox.post(path, { ...good, ...part });
		refused(answer, 422, [`${place}:card_number`]);
		assert.doesNotMatch(answer.raw, /4242 4242|4242424242|3782|3056|5555/);
	}
	const one = await sandbox.make(path, good);
	const many = count();
	refused(await sandbox.put(`${path}/${one.id}`, { name: card }), 422, ["name:card_number"]);
	refused(await sandbox.post(path, { ...good, name: card }, { prefer: "dry-run" }), 422, ["name:card_number"]);
	assert.equal(count(), many);
});

test("what only looks a little like one is taken", async () => {
	for (const text of ["4242 4242 4242 4241", "1234567812345670", "+49 170 1234567", "2026-11-28", "4242", "000123456789"])
		status(await sandbox.post(path, { ...good, name: text, metadata: { note: text } }), 201);
});

test("every path that takes secrets refuses what nginx would write to a file", async () => {
	const takes = resources.flatMap((r) => [
		...(r.fields.some(isSecret) && r.verbs.includes("create") ? [["POST", r.path]] : []),
		...(r.fields.some(isSecret) && r.verbs.includes("update") ? [["PUT", `${r.path}/${r.prefix}_7zzzzzzzzzzzz`]] : []),
		...r.actions.filter((a) => a.input && shape(a.input).fields.some(isSecret)).map((a) => [a.method ?? "POST", `${r.path}/${r.prefix}_7zzzzzzzzzzzz/${a.name}`]),
		...r.operations.filter((o) => o.input && shape(o.input).fields.some(isSecret)).map((o) => [o.method, `/${o.path.replace(/\{.*?\}/g, "x")}`]),
	]);
	assert.ok(takes.length >= 2);
	for (const [method, at] of takes) {
		refused(await sandbox.send(method, at, { body: { metadata: { a: "x".repeat(70000) } } }), 413, undefined, "body_too_large");
		const chunked = await sandbox.send(method, at, { body: JSON.stringify({ metadata: { a: "x".repeat(200000) } }), headers: { "content-length": null, "transfer-encoding": "chunked" } });
		refused(chunked, 413, undefined, "body_too_large");
	}
});

// Payment methods: what a customer pays with is made a token of, recognised by its last digits, and can be the default of one
// customer once.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, refused, rows, status, number, traces } from "./souk.mjs";

let tenant, live, sandbox;
const path = "/payments/methods";
const year = new Date().getUTCFullYear() + 2;
const card = (number, more = {}) => ({ type: "card", number, cvc: "123", exp_month: 12, exp_year: year, ...more });
const row = (id) => rows(`SELECT JSON_OBJECT('token', token, 'account', account_number, 'iban', iban, 'fingerprint', fingerprint) FROM payment_methods WHERE id = ${number(id)}`)[0];
let made = 0;
const customer = (client) => client.make("/customers", { email: `pays-${++made}@example.com`, first_name: "Jane", last_name: "Doe" });

before(async () => {
	tenant = await makeTenant();
	[live, sandbox] = [tenant.live, await tenant.client({ mode: "sandbox" })];
});

test("cards of each network are recognised, blanks and dashes aside", async () => {
	for (const [digits, brand, last4, cvc = "123"] of [
		["4242 4242 4242 4242", "visa", "4242"],
		["5555-5555-5555-4444", "mastercard", "4444"],
		["2223003122003222", "mastercard", "3222"],
		["378282246310005", "amex", "0005", "1234"],
		["6011111111111117", "discover", "1117"],
		["30569309025904", "diners", "5904"],
		["3530111333300000", "jcb", "0000"],
		["6200000000000005", "unionpay", "0005"],
		["6759649826438453", "maestro", "8453"],
	]) {
		const { body } = status(await sandbox.post(path, card(digits, { cvc })), 201);
		assert.deepEqual([body.type, body.brand, body.last4, body.exp_month, body.exp_year], ["card", brand, last4, 12, year]);
		assert.match(body.id, /^pm_/);
		assert.match(body.fingerprint, /^[0-9a-f]{32}$/);
		assert.ok(!("number" in body) && !("cvc" in body) && !("token" in body) && !("iban" in body) && !("account_number" in body));
	}
});

test("what is no card is refused, without a word of what was sent", async () => {
	for (const [body, fields] of [
		[card("4242424242424241"), ["number:check_digit"]],
		[card("424242424242424"), ["number:pattern"]],
		[card("37828224631000", { cvc: "1234" }), ["number:pattern"]],
		[card("9999999999999995"), ["number:pattern"]],
		[card("4242 4242 4242 424x"), ["number:pattern"]],
		[card("\u0664242424242424242"), ["number:pattern"]],
		[card("4".repeat(41)), ["number:too_long"]],
		[card("   "), ["number:blank"]],
		[card(4242424242424242), ["number:type"]],
		[card(["4242424242424242"]), ["number:type"]],
		[card({ a: "4242424242424242" }), ["number:type"]],
		[card("4242424242424242\u0000"), ["number:pattern"]],
		[card("4242424242424242", { cvc: "12" }), ["cvc:pattern"]],
		[card("4242424242424242", { cvc: "1234" }), ["cvc:pattern"]],
		[card("378282246310005", { cvc: "123" }), ["cvc:pattern"]],
		[card("4242424242424242", { cvc: "12a" }), ["cvc:pattern"]],
		[card("4242424242424242", { cvc: 123 }), ["cvc:type"]],
		[card("4242424242424242", { cvc: undefined }), ["cvc:required"]],
		[card("4242424242424242", { exp_month: 0 }), ["exp_month:too_small"]],
		[card("4242424242424242", { exp_month: 13 }), ["exp_month:too_large"]],
		[card("4242424242424242", { exp_month: undefined }), ["exp_month:required"]],
		[card("4242424242424242", { exp_month: undefined, exp_year: undefined }), ["exp_month:required", "exp_year:required"]],
		[card("4242424242424242", { exp_year: year - 3 }), ["exp_year:past"]],
		[card("4242424242424242", { exp_year: year + 30 }), ["exp_year:too_large"]],
		[card("4242424242424242", { exp_year: 30 }), ["exp_year:too_small"]],
		[card("4242424242424241", { cvc: "1", exp_year: year - 3 }), ["number:check_digit", "cvc:pattern", "exp_year:past"]],
		[{ type: "card" }, ["number:required"]],
		[card("4242424242424242", { token: "tok_sandbox_success" }), ["token:not_applicable"]],
		[{ type: "paypal", number: "4242424242424242" }, ["number:not_applicable"]],
		[{ type: "ach", iban: "DE89370400440532013000", token: "t" }, ["iban:not_applicable"]],
		[{ type: "cheque" }, ["type:not_a_choice"]],
		[{}, ["type:required"]],
	]) {
		const answer = await sandbox.post(path, body);
		refused(answer, 422, fields);
		assert.doesNotMatch(answer.raw, /4242|37828|9999999/, JSON.stringify(body));
	}
});

test("a card of this month is good until the month is over", async () => {
	const now = new Date();
	status(await sandbox.post(path, card("4242424242424242", { exp_month: now.getUTCMonth() + 1, exp_year: now.getUTCFullYear() })), 201);
	const last = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1));
	const e = refused(await sandbox.post(path, card("4242424242424242", { exp_month: last.getUTCMonth() + 1, exp_year: last.getUTCFullYear() })), 422);
	assert.equal(e.details[0].reason, "past");
});

test("accounts of banks: check digits, and nothing shown but the last four", async () => {
	const ach = status(await sandbox.post(path, { type: "ach", routing_number: "110000000", account_number: "000123456789", name: "Jane Doe" }), 201).body;
	assert.deepEqual([ach.last4, ach.routing_number, ach.brand], ["6789", "110000000", null]);
	const wire = status(await live.post(path, { type: "wire", iban: "DE89 3704 0044 0532 0130 00", bic: "COBADEFFXXX" }), 201).body;
	assert.deepEqual([wire.last4, wire.bic], ["3000", "COBADEFFXXX"]);
	for (const [body, fields] of [
		[{ type: "ach", routing_number: "110000001", account_number: "000123456789" }, ["routing_number:check_digit"]],
		[{ type: "ach", account_number: "000123456789" }, ["routing_number:required"]],
		[{ type: "ach", routing_number: "110000000" }, ["account_number:required"]],
		[{ type: "ach", routing_number: "110000000", account_number: "12" }, ["account_number:check_digit"]],
		[{ type: "ach", routing_number: "110000000", account_number: 123456789 }, ["account_number:type"]],
		[{ type: "wire", iban: "DE88370400440532013000" }, ["iban:check_digit"]],
		[{ type: "wire", iban: "DE8937040044053201300" }, ["iban:check_digit"]],
		[{ type: "wire", iban: "DE89370400440532013000", bic: "COBA" }, ["bic:pattern"]],
		[{ type: "wire" }, ["iban:required"]],
	])
		refused(await live.post(path, body), 422, fields);
});

test("a live shop takes tokens alone, never the number of a card", async () => {
	refused(await live.post(path, card("4242424242424242")), 422, ["number:not_applicable"]);
	refused(await live.post(path, { type: "card" }), 422, ["token:required"]);
	refused(await live.post(path, { type: "paypal" }), 422, ["token:required"]);
	const { body } = status(await live.post(path, { type: "card", token: "tok_visa", exp_month: 1, exp_year: year }), 201);
	assert.deepEqual([body.brand, body.last4, body.fingerprint], [null, null, null]);
	assert.ok(row(body.id).token.length > 40 && !row(body.id).token.includes("tok_visa"));
	status(await sandbox.post(path, { type: "paypal" }), 201);
});

test("cryptocurrency is for the Enterprise plan", async () => {
	status(await live.post(path, { type: "bitcoin", token: "bc1" }), 201);
	const small = await makeTenant({ plan: "starter" });
	refused(await small.live.post(path, { type: "bitcoin", token: "bc1" }), 403, [], "plan");
	refused(await small.live.post(path, { type: "ethereum", token: "0x" }), 403, [], "plan");
	status(await small.live.post(path, { type: "klarna", token: "k" }), 201);
});

test("the fingerprint tells the same card, in one tenant only", async () => {
	const [a, b, c] = await Promise.all([card("4242424242424242"), card("4242-4242-4242-4242", { exp_month: 1 }), card("5555555555554444")].map((body) => sandbox.make(path, body)));
	assert.equal(a.fingerprint, b.fingerprint);
	assert.notEqual(a.fingerprint, c.fingerprint);
	const other = await (await makeTenant()).client({ mode: "sandbox" });
	assert.notEqual((await other.make(path, card("4242424242424242"))).fingerprint, a.fingerprint);
	const found = await sandbox.read(`${path}?filter[fingerprint]=${c.fingerprint}&fields=id`);
	assert.ok(found.data.some((one) => one.id === c.id));
});

test("name, address, expiry and metadata can be changed, what it is cannot", async () => {
	const one = await sandbox.make(path, card("4242424242424242"));
	const at = `${path}/${one.id}`, billing_address = { line1: "1 Main St", city: "New York", country: "US", zip: "10001" };
	const { body } = status(await sandbox.put(at, { name: "Jane Roe", billing_address, exp_month: 6, exp_year: year + 1, metadata: { note: "home" } }), 200);
	assert.deepEqual([body.name, body.exp_month, body.exp_year, body.billing_address.zip, body.metadata.note, body.version], ["Jane Roe", 6, year + 1, "10001", "home", 2]);
	refused(await sandbox.put(at, { exp_year: year - 4 }), 422, ["exp_year:past"]);
	refused(await sandbox.put(at, { exp_month: null }), 422, ["exp_month:required"]);
	refused(await sandbox.put(at, { type: "paypal" }), 422, ["type:create_only"]);
	refused(await sandbox.put(at, { token: "tok_other" }), 422, ["token:create_only"]);
	refused(await sandbox.put(at, { customer_id: (await customer(sandbox)).id }), 422, ["customer_id:create_only"]);
	const paypal = await sandbox.make(path, { type: "paypal" });
	refused(await sandbox.put(`${path}/${paypal.id}`, { exp_month: 1, exp_year: year }), 422, ["exp_month:not_applicable"]);
	assert.deepEqual((await sandbox.read(at)).last4, "4242");
	const { audit, events } = traces(one.id);
	assert.doesNotMatch(JSON.stringify({ audit, events }), /4242424242|tok_|"cvc"|"number"/);
	assert.deepEqual(events.map((event) => event.type), ["payment_method.created", "payment_method.updated"]);
	assert.deepEqual(audit[0].changes.token, { old: null, new: "(sealed)" });
});

test("a customer's first method is the default, and one at most is", async () => {
	const { id } = await customer(sandbox), other = await customer(sandbox);
	const first = await sandbox.make(path, card("4242424242424242", { customer_id: id }));
	const second = await sandbox.make(path, { type: "paypal", customer_id: id });
	const theirs = await sandbox.make(path, { type: "paypal", customer_id: other.id });
	assert.deepEqual([first.is_default, second.is_default, theirs.is_default], [true, false, true]);
	const { body } = status(await sandbox.post(`${path}/${second.id}/set-default`), 200);
	assert.equal(body.is_default, true);
	const now = await sandbox.read(`${path}/${first.id}`);
	assert.deepEqual([now.is_default, now.version], [false, 2]);
	assert.deepEqual(traces(first.id).events.map((event) => event.type), ["payment_method.created", "payment_method.updated"]);
	status(await sandbox.post(`${path}/${second.id}/set-default`), 200);
	assert.equal((await sandbox.read(`${path}/${second.id}`)).version, 2);
	const list = await sandbox.read(`${path}?customer_id=${id}&type=paypal`);
	assert.deepEqual(list.data.map((one) => one.id), [second.id]);
	const nobodys = await sandbox.make(path, { type: "paypal" });
	refused(await sandbox.post(`${path}/${nobodys.id}/set-default`), 409, [], "no_customer");
	refused(await sandbox.post(path, { type: "paypal", customer_id: "cust_7zzzzzzzzzzzz" }), 422, ["customer_id:unknown"]);
});

test("many at once: one default in the end, whoever wins", async () => {
	const { id } = await customer(sandbox);
	const all = await Promise.all(Array.from({ length: 6 }, () => sandbox.send("POST", path, { body: { type: "paypal", customer_id: id }, fresh: true })));
	all.forEach((answer) => status(answer, 201));
	assert.equal(all.filter((answer) => answer.body.is_default).length, 1);
	for (const answer of await Promise.all(all.map(({ body }) => sandbox.send("POST", `${path}/${body.id}/set-default`, { fresh: true }))))
		status(answer, 200);
	const [{ n }] = rows(`SELECT JSON_OBJECT('n', COUNT(*)) FROM payment_methods WHERE customer_id = ${number(id)} AND is_default = 1`);
	assert.equal(n, 1);
	assert.throws(() => rows(`UPDATE payment_methods SET is_default = 1 WHERE customer_id = ${number(id)}`), /default_of/);
});

test("what is detached stays readable and can pay no more", async () => {
	const { id } = await customer(sandbox);
	const one = await sandbox.make(path, card("4242424242424242", { customer_id: id }));
	assert.ok(row(one.id).token);
	status(await sandbox.delete(`${path}/${one.id}`), 204);
	status(await sandbox.delete(`${path}/${one.id}`), 204);
	const left = await sandbox.read(`${path}/${one.id}`);
	assert.deepEqual([left.last4, left.is_default, !!left.archived_at], ["4242", false, true]);
	assert.deepEqual([row(one.id).token, row(one.id).account, row(one.id).iban], [null, null, null]);
	refused(await sandbox.post(`${path}/${one.id}/set-default`), 409, [], "archived");
	assert.deepEqual((await sandbox.read(`${path}?customer_id=${id}`)).data, []);
	assert.equal((await sandbox.make(path, { type: "paypal", customer_id: id })).is_default, true);
});

test("a key of its own scope alone; another tenant sees nothing", async () => {
	const one = await sandbox.make(path, card("4242424242424242"));
	const reader = await tenant.client({ mode: "sandbox", scopes: "payments:read" });
	status(await reader.get(`${path}/${one.id}`), 200);
	refused(await reader.post(path, card("4242424242424242")), 403);
	const none = await tenant.client({ mode: "sandbox", scopes: "orders:write" });
	refused(await none.get(path), 403);
	refused(await live.get(`${path}/${one.id}`), 404);
});

test("a repeat under a key acts once; another number under it is another request", async () => {
	const key = { "idempotency-key": "same-card" };
	const [a, b] = [await sandbox.post(path, card("4242424242424242"), key), await sandbox.post(path, card("4242424242424242"), key)];
	assert.equal(a.raw, b.raw);
	assert.equal(b.headers["idempotency-replayed"], "true");
	refused(await sandbox.post(path, card("5555555555554444"), key), 409, [], "idempotency_mismatch");
	const dry = status(await sandbox.post(path, card("4242424242424242"), { prefer: "dry-run" }), 200);
	assert.equal(dry.body.last4, "4242");
});

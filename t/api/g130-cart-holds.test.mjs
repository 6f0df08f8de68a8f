// Stock that is kept for a cart: all it needs or nothing, for a time, after its lines, and then for its order.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { openShop, stock, stocks } from "./orders.mjs";
import { makeTenant, number, product, refused, rows, status, traces } from "./souk.mjs";

let tenant, live, lamp;

before(async () => {
	({ tenant, client: live, lamp } = await openShop());
});

async function stocked(quantity, more = {}) {
	const made = await live.make("/products", product({ price: 10, status: "active", ...more }));
	await stock(live, made.id, quantity);
	return made;
}

const cart = (...lines) => live.make("/carts", { lines: lines.map(([p, quantity]) => ({ product_id: p.id, quantity })) });
const hold = (one, body, headers) => live.post(`/carts/${one.id}/hold`, body, headers);
const letGo = (one) => live.delete(`/carts/${one.id}/hold`);
const checkout = (one) => live.post(`/carts/${one.id}/checkout`);
const read = (one) => live.read(`/carts/${one.id}`);
// What is kept for a cart, by the holds' own rows.
const kept = (one) => rows(`SELECT COALESCE(SUM(quantity), 0) FROM holds WHERE cart_id = ${number(one.id)}`)[0];
const reserved = (p) => stocks(p.id)[0].reserved;
const minutes = (one) => (Date.parse(one.hold_expires_at) - Date.parse(one.updated_at)) / 60000;
// As if time had passed.
const until = (one, text) => rows(`UPDATE holds SET expires_at = '${text}' WHERE cart_id = ${number(one.id)}; UPDATE carts SET hold_expires_at = '${text}' WHERE id = ${number(one.id)}`);
const PAST = "2026-01-01";

function housekeep(task) {
	const { stdout, stderr } = spawnSync(join(dirname(process.env.SOUK_CTL), "souk-housekeep"), ["--tenant", tenant.id, "--only", task, "--json"], { encoding: "utf8" });
	assert.ok(stdout, stderr);
	return JSON.parse(stdout).tasks[0].rows;
}

// ---- keeping

test("of two carts that want the last unit the first to ask has it", async () => {
	const p = await stocked(1), [first, second] = [await cart([p, 1]), await cart([p, 1])];
	const answer = status(await hold(first), 200).body;
	assert.ok(Math.abs(minutes(answer) - 15) < 0.1, answer.hold_expires_at);
	assert.deepEqual([answer.version, answer.ready, answer.warnings, kept(first)], [2, true, [], 1]);
	assert.deepEqual(await read(first), answer);
	for (const e of [refused(await hold(second), 409, ["lines[0].quantity:out_of_stock"], "out_of_stock"), refused(await checkout(second), 409, ["lines[0].quantity:out_of_stock"], "out_of_stock")])
		assert.ok(e.details[0].message.includes(p.sku), e.details[0].message);
	const other = await read(second);
	assert.deepEqual([other.hold_expires_at, other.ready, other.warnings.map((w) => w.reason), kept(second)], [null, false, ["out_of_stock"], 0]);
	const order = status(await checkout(first), 201).body;
	assert.deepEqual([kept(first), reserved(p), rows(`SELECT SUM(quantity) FROM holds WHERE order_id = ${number(order.id)}`)[0]], [0, 1, 1]);
	const done = await read(first);
	assert.deepEqual([done.status, done.hold_expires_at], ["completed", null]);
	assert.deepEqual(traces(first.id).events.map((e) => e.type), ["cart.created", "cart.updated", "cart.completed"]);
});

test("asked again it is kept from then on, and not twice", async () => {
	const p = await stocked(3), one = await cart([p, 2]);
	for (const [body, wanted] of [[{ minutes: 1 }, 1], [{ minutes: 1440 }, 1440], [{}, 15], [{ minutes: 30 }, 30]]) {
		assert.ok(Math.abs(minutes(status(await hold(one, body), 200).body) - wanted) < 0.1);
		assert.deepEqual([kept(one), reserved(p)], [2, 2]);
	}
	const { hold_expires_at } = await read(one);
	assert.deepEqual(rows(`SELECT DATE_FORMAT(expires_at, '"%Y-%m-%dT%H:%i:%s"') FROM holds WHERE cart_id = ${number(one.id)}`), [hold_expires_at.slice(0, 19)]);
	assert.equal(status(await hold(one, {}, { prefer: "dry-run" }), 200).body.version, 6);
	assert.equal((await read(one)).hold_expires_at, hold_expires_at);
});

test("it is never kept for longer than the cart is there", async () => {
	const p = await stocked(1), one = await cart([p, 1]), soon = `${new Date(Date.now() + 600000).toISOString().slice(0, 19)}Z`;
	status(await hold(one, { minutes: 60 }), 200);
	assert.equal(Date.parse(status(await live.patch(`/carts/${one.id}`, { expires_at: soon }), 200).body.hold_expires_at), Date.parse(soon));
	assert.equal(Date.parse(status(await hold(one, { minutes: 60 }), 200).body.hold_expires_at), Date.parse(soon));
	assert.equal(kept(one), 1);
});

test("what is given back, others can have", async () => {
	const p = await stocked(1), [first, second] = [await cart([p, 1]), await cart([p, 1])];
	status(await hold(first), 200);
	assert.equal(status(await letGo(first), 200).body.hold_expires_at, null);
	assert.equal(status(await letGo(first), 200).body.version, 3, "nothing to give back changes nothing");
	status(await hold(second), 200);
	assert.deepEqual([kept(first), kept(second), (await read(first)).ready], [0, 1, false]);
});

test("prolonging and ordering what was kept tells nobody anew that it ran out", async () => {
	const p = await stocked(2), told = () => rows(`SELECT COUNT(*) FROM events WHERE type = 'inventory.out_of_stock' AND tenant_id = (SELECT tenant_id FROM products WHERE id = ${number(p.id)})`)[0];
	const one = await cart([p, 2]), first = told();
	status(await hold(one), 200);
	assert.equal(told(), first + 1);
	status(await hold(one, { minutes: 30 }), 200);
	status(await checkout(one), 201);
	assert.equal(told(), first + 1);
});

test("ten carts race for three units", async () => {
	const p = await stocked(3), carts = await Promise.all(Array.from({ length: 10 }, () => cart([p, 1])));
	const answers = await Promise.all(carts.map((one) => live.send("POST", `/carts/${one.id}/hold`, { fresh: true })));
	assert.deepEqual(answers.map((a) => a.status).sort(), [...Array(3).fill(200), ...Array(7).fill(409)]);
	assert.deepEqual([reserved(p), carts.reduce((n, one) => n + kept(one), 0)], [3, 3]);
	const orders = await Promise.all(carts.map((one) => live.send("POST", `/carts/${one.id}/checkout`, { fresh: true })));
	assert.deepEqual(orders.map((a) => a.status === 201), answers.map((a) => a.status === 200));
	assert.deepEqual([reserved(p), carts.reduce((n, one) => n + kept(one), 0)], [3, 0]);
});

test("nobody comes in between while the holder prolongs or orders", async () => {
	const p = await stocked(1), one = await cart([p, 1]), others = await Promise.all(Array.from({ length: 6 }, () => cart([p, 1])));
	status(await hold(one), 200);
	for (const [does, wanted] of [["hold", 200], ["checkout", 201]]) {
		const path = (c) => `/carts/${c.id}/${does}`;
		const [own, ...theirs] = await Promise.all([one, ...others].map((c) => live.send("POST", path(c), { fresh: true })));
		assert.deepEqual([own.status, ...theirs.map((a) => a.status)], [wanted, ...Array(6).fill(409)]);
	}
	assert.equal(reserved(p), 1);
});

test("a checkout that is refused leaves the hold", async () => {
	const p = await stocked(1), one = await cart([p, 1]);
	status(await hold(one), 200);
	const was = await read(one);
	refused(await live.post(`/carts/${one.id}/checkout`, { expected_total: 1 }), 409, ["expected_total:price_changed"]);
	assert.deepEqual([await read(one), kept(one), reserved(p)], [was, 1, 1]);
});

// ---- lines

test("the hold follows the lines", async () => {
	const [p, q] = [await stocked(5), await stocked(5)], one = await cart([p, 2]), path = `/carts/${one.id}`;
	const { hold_expires_at } = status(await hold(one), 200).body, [line] = one.lines;
	const is = async (...figures) => {
		assert.deepEqual([reserved(p), reserved(q), kept(one)], [...figures, figures[0] + figures[1]]);
		assert.equal((await read(one)).hold_expires_at, hold_expires_at);
	};
	status(await live.patch(`${path}/lines/${line.id}`, { quantity: 5 }), 200);
	await is(5, 0);
	status(await live.post(`${path}/lines`, { product_id: q.id, quantity: 3 }), 201);
	await is(5, 3);
	status(await live.post(`${path}/lines`, { product_id: q.id }), 201);
	await is(5, 4);
	status(await live.post(`${path}/lines`, { product_id: lamp.id, quantity: 1000 }), 201);
	await is(5, 4);
	status(await live.patch(`${path}/lines/${line.id}`, { quantity: 1 }), 200);
	await is(1, 4);
	refused(await live.patch(`${path}/lines/${line.id}`, { quantity: 6 }), 409, ["lines[0].quantity:out_of_stock"], "out_of_stock");
	refused(await live.post(`${path}/lines`, { product_id: q.id, quantity: 2 }), 409, ["lines[1].quantity:out_of_stock"], "out_of_stock");
	await is(1, 4);
	status(await live.delete(`${path}/lines/${line.id}`), 204);
	await is(0, 4);
	for (const { id } of (await read(one)).lines)
		status(await live.delete(`${path}/lines/${id}`), 204);
	assert.deepEqual([reserved(p), reserved(q), kept(one), (await read(one)).hold_expires_at], [0, 0, 0, null]);
});

test("what is not about lines leaves the hold alone", async () => {
	const p = await stocked(1), one = await cart([p, 1]), ids = () => rows(`SELECT JSON_QUOTE(CAST(id AS CHAR)) FROM holds WHERE cart_id = ${number(one.id)}`);
	status(await hold(one), 200);
	const held = ids();
	status(await live.patch(`/carts/${one.id}`, { email: "jane@example.com", hold_expires_at: null }), 200);
	assert.deepEqual(ids(), held);
	assert.ok((await read(one)).hold_expires_at);
});

test("lines share what there is, all of it or none", async () => {
	const [p, q] = [await stocked(3), await stocked(1)];
	const both = await live.make("/carts", { lines: [{ product_id: p.id, quantity: 2 }, { product_id: p.id, quantity: 2, metadata: { gift: "yes" } }, { product_id: q.id }] });
	refused(await hold(both), 409, ["lines[1].quantity:out_of_stock"], "out_of_stock");
	assert.deepEqual([reserved(p), reserved(q), (await read(both)).hold_expires_at], [0, 0, null]);
	status(await live.patch(`/carts/${both.id}/lines/${both.lines[1].id}`, { quantity: 1 }), 200);
	status(await hold(both), 200);
	assert.deepEqual([reserved(p), reserved(q), (await read(both)).warnings], [3, 1, []]);
});

test("of what nobody counts, or nobody can buy any more, nothing is kept", async () => {
	const gone = await stocked(2), one = await cart([lamp, 7], [gone, 1]);
	status(await live.patch(`/products/${gone.id}`, { status: "draft" }), 200);
	assert.ok(status(await hold(one), 200).body.hold_expires_at);
	assert.deepEqual([kept(one), reserved(gone)], [0, 0]);
});

// ---- the end

test("what is over is given back by the program that keeps house", async () => {
	const p = await stocked(2), [one, other] = [await cart([p, 1]), await cart([p, 1])];
	status(await hold(one), 200);
	status(await hold(other), 200);
	until(one, PAST);
	assert.equal((await read(one)).hold_expires_at, null);
	assert.equal(housekeep("holds"), 1);
	assert.deepEqual([kept(one), kept(other), reserved(p)], [0, 1, 1], "0 held after expiry");
	assert.equal(housekeep("holds"), 0);
	status(await hold(one), 200);
	assert.deepEqual([kept(one), reserved(p)], [1, 2]);
});

test("before it comes, what is over is as if it was not there", async () => {
	const p = await stocked(3), [one, two, three] = [await cart([p, 1]), await cart([p, 1]), await cart([p, 1])];
	for (const each of [one, two, three]) {
		status(await hold(each), 200);
		until(each, PAST);
	}
	assert.deepEqual([(await read(one)).ready, (await read(one)).warnings], [true, []]);
	status(await checkout(one), 201);
	assert.ok(Date.parse(status(await hold(two), 200).body.hold_expires_at) > Date.now());
	assert.equal(status(await live.patch(`/carts/${three.id}`, { email: "jane@example.com" }), 200).body.hold_expires_at, null);
	assert.deepEqual([kept(one), kept(two), kept(three), reserved(p)], [0, 1, 0, 2]);
	assert.equal(housekeep("holds"), 0);
});

// Instants: neither leap days nor the turns of years and of clocks move them.
for (const [text, over] of [
	["2028-02-29 23:59:59.999", false], ["2096-02-29 23:59:59", false], ["2100-02-28 23:59:59", false], ["2036-12-31 23:59:59", false], ["2038-01-19 03:14:08", false], ["2027-03-28 01:30:00", false],
	["2027-10-31 01:30:00", false], ["2024-02-29 23:59:59", true], ["2025-12-31 23:59:59.999", true], ["2026-03-29 01:30:00", true], ["2026-03-08 02:30:00", true], ["2000-02-29 00:00:00", true], ["1970-01-01 00:00:01", true],
])
	test(`until ${text} it is ${over ? "over" : "kept"}`, async () => {
		const p = await stocked(1), one = await cart([p, 1]);
		status(await hold(one), 200);
		until(one, text);
		const { hold_expires_at } = await read(one);
		assert.equal(hold_expires_at && Date.parse(hold_expires_at), over ? null : Date.parse(`${text.replace(" ", "T")}Z`));
		assert.equal(housekeep("holds"), over ? 1 : 0);
		assert.deepEqual([kept(one), reserved(p)], over ? [0, 0] : [1, 1]);
	});

test("a cart that is deleted or has ended gives back what was kept for it", async () => {
	const p = await stocked(2), [one, two] = [await cart([p, 1]), await cart([p, 1])];
	status(await hold(one), 200);
	status(await hold(two), 200);
	status(await live.delete(`/carts/${one.id}`), 204);
	assert.deepEqual([kept(one), reserved(p)], [0, 1]);
	rows(`UPDATE carts SET expires_at = '${PAST}' WHERE id = ${number(two.id)}`);
	refused(await hold(two), 409, [], "cart_closed");
	assert.equal(housekeep("carts"), 1);
	assert.deepEqual([kept(two), reserved(p), (await read(two)).status, (await read(two)).hold_expires_at], [0, 0, "expired", null]);
});

// ---- what is refused

for (const [what, value, fault] of [["no time", 0, "too_small"], ["more than a day", 1441, "too_large"], ["less than nothing", -1, "too_small"], ["a part of a minute", 1.5, "not_an_integer"], ["a text", "5", "type"], ["a list", [5], "type"], ["too large a number", 1e300, "not_an_integer"]])
	test(`${what} is refused`, async () => {
		const p = await stocked(1), one = await cart([p, 1]);
		refused(await hold(one, { minutes: value }), 422, [`minutes:${fault}`]);
		assert.deepEqual([kept(one), await read(one)], [0, one]);
	});

test("an empty cart needs no stock, and one that was ordered or deleted has none", async () => {
	refused(await hold(await live.make("/carts", {})), 422, ["lines:required"]);
	const one = await cart([lamp, 1]), two = await cart([lamp, 1]);
	status(await checkout(one), 201);
	status(await live.delete(`/carts/${two.id}`), 204);
	refused(await hold(one), 409, [], "cart_closed");
	refused(await letGo(two), 404);
	refused(await hold(two), 404);
	refused(await hold(await cart([lamp, 1]), { hours: 1 }), 422, ["hours:unknown_field"]);
});

test("what is not ours is not there, and readers keep nothing", async () => {
	const theirs = await (await makeTenant()).live.make("/carts", {}), one = await cart([lamp, 1]);
	for (const id of [theirs.id, "cart_7zzzzzzzzzzzz", "prod_123"])
		for (const send of [hold, letGo])
			refused(await send({ id }), 404);
	const reader = await tenant.client({ scopes: "carts:read" });
	refused(await reader.post(`/carts/${one.id}/hold`), 403);
	refused(await reader.delete(`/carts/${one.id}/hold`), 403);
});

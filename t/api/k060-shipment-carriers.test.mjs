// Labels that a carrier makes: it is asked once what was committed, asked again when it gave no answer, and told to void. The
// carrier is a server of the test's own, at a callback carrier's address.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { address, openShop, order, stock, stocks } from "./orders.mjs";
import { number, product, refused, rows, status, traces } from "./souk.mjs";

const program = join(dirname(process.env.SOUK_CTL), "souk-shipments");
// A PNG of one dot.
const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

describe("labels of carriers", () => {
	let server, shop, client, desk, answers, asked = [];

	// What the carrier does with a question: an object is its answer; "hang" never answers, "drop" ends the connection.
	const takes = (question) => {
		const said = answers[question.question];
		return typeof said === "function" ? said(question) : said;
	};

	before(async () => {
		server = createServer(async (request, response) => {
			let text = "";
			for await (const part of request)
				text += part;
			const question = JSON.parse(text);
			asked.push(question);
			const said = takes(question);
			if (said === "drop")
				response.destroy();
			else if (said !== "hang")
				response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(said));
		});
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		shop = await openShop();
		({ client } = shop);
		desk = await client.make("/products", product({ sku: "DESK", price: 200, status: "active", weight: 1.25, weight_unit: "kg" }));
		await stock(client, desk.id, 100);
		await client.make("/shipping/carriers", { name: "Local riders", code: "riders", kind: "callback", callback_url: `http://127.0.0.1:${server.address().port}/`, callback_secret: "a-secret-of-the-riders" });
	});
	after(() => {
		server.closeAllConnections?.();
		server.close();
	});

	const from = { line1: "40 Dock Street", city: "Newark", state: "NJ", zip: "07114", country: "US" };
	const take = (quantity = 2) => order(client, [{ product_id: desk.id, quantity }], { shipping_address: address });
	const send = (o, more = {}, headers) => client.post("/shipments", { order_id: o.id, carrier: "riders", service: "bike", ship_from: from, ...more }, headers);
	const again = (o) => client.read(`/orders/${o.id}`);
	const state = (o) => [o.status, o.fulfillment_status, ...o.items.map((item) => item.quantity_fulfilled)];
	const label = (n) => ({ tracking_number: `RIDE-${n}`, shipment: `ref-${n}`, label: png.toString("base64"), amount: 1240, currency: "USD" });
	const calls = (s) => rows(`SELECT JSON_ARRAY(kind, status) FROM shipment_calls WHERE shipment_id = ${number(s.id)} ORDER BY id`);
	const due = (s) => rows(`UPDATE shipment_calls SET next_at = '2020-01-01' WHERE shipment_id = ${number(s.id)}`);
	function run(...args) {
		const { status: code, stdout, stderr } = spawnSync(program, ["--tenant", shop.tenant.id, "--json", ...args], { encoding: "utf8" });
		assert.equal(code, 0, stderr);
		return Object.fromEntries(JSON.parse(stdout).tasks.map(({ task, rows: n }) => [task, n]));
	}
	// The program does not block the carrier, which is in this process.
	async function runAside(...args) {
		const { spawn } = await import("node:child_process");
		const child = spawn(program, ["--tenant", shop.tenant.id, "--json", ...args]);
		let out = "", said = "";
		child.stdout.on("data", (part) => (out += part));
		child.stderr.on("data", (part) => (said += part));
		const [code] = await once(child, "exit");
		assert.equal(code, 0, said);
		return Object.fromEntries(JSON.parse(out).tasks.map(({ task, rows: n }) => [task, n]));
	}

	test("the carrier makes the label, which is served as it came", async () => {
		answers = { label: label(1) };
		asked = [];
		const o = await take(), s = status(await send(o, { insurance_value: 100, signature_required: true }), 201).body;
		assert.deepEqual([s.status, s.tracking_number, s.cost, s.currency, s.error], ["label_created", "RIDE-1", 12.4, "USD", null]);
		assert.deepEqual(asked.map((one) => [one.question, one.reference, one.service, one.signature_required, one.to.zip]), [["label", s.id, "bike", true, "10001"]]);
		assert.deepEqual(state(await again(o)), ["shipped", "fulfilled", 2]);
		assert.deepEqual(traces(s.id).events.map((row) => row.type), ["shipment.created", "shipment.updated"]);
		assert.deepEqual(await client.read(`/shipments/${s.id}`), s);
		assert.deepEqual(calls(s), [["label", "done"]]);
	});

	test("a refused label is no shipment: the lines are open again", async () => {
		answers = { label: { error: { code: "no_such_street", message: "we do not ride there" } } };
		const level = stocks(desk.id), o = await take(), s = status(await send(o), 201).body;
		assert.deepEqual([s.status, s.error, s.tracking_number, s.label_url], ["voided", "no_such_street: we do not ride there", null, null]);
		assert.deepEqual(state(await again(o)), ["pending", "unfulfilled", 0]);
		assert.deepEqual(traces(o.id).events.filter((row) => row.type === "order.fulfilled"), []);
		assert.deepEqual(stocks(desk.id), [{ on_hand: level[0].on_hand, reserved: level[0].reserved + 2 }]);
		status(await client.post(`/orders/${o.id}/cancel`), 200);
		assert.deepEqual(stocks(desk.id), level);
	});

	test("without an answer it waits, sends nothing twice, and souk-shipments settles it", async () => {
		answers = { label: "drop" };
		asked = [];
		const o = await take(3), key = { "idempotency-key": `wait-${o.id}` };
		const s = status(await send(o, {}, key), 201).body;
		assert.deepEqual([s.status, s.tracking_number], ["pending", null]);
		assert.deepEqual(state(await again(o)), ["pending", "unfulfilled", 3]);
		assert.deepEqual(calls(s), [["label", "pending"]]);
		assert.equal((await send(o)).status, 409);
		refused(await client.post(`/orders/${o.id}/cancel`), 409, []);
		refused(await client.post(`/shipments/${s.id}/void`), 409, ["status:transition"]);
		refused(await client.post(`/shipments/${s.id}/events`, { status: "in_transit" }), 409, []);
		assert.equal((await runAside()).labels, 0, "its turn has not come");
		due(s);
		assert.equal(run("--dry-run").labels, 1);
		answers = { label: label(3) };
		assert.equal((await runAside()).labels, 1);
		const after_ = await client.read(`/shipments/${s.id}`);
		assert.deepEqual([after_.status, after_.tracking_number], ["label_created", "RIDE-3"]);
		assert.deepEqual(state(await again(o)), ["shipped", "fulfilled", 3]);
		assert.deepEqual([...new Set(asked.map((one) => one.reference))], [s.id], "always under one reference");
		assert.equal((await runAside()).labels, 0);
	});

	test("a number that is none is no answer", async () => {
		answers = { label: { ...label(7), tracking_number: "FAHRRAD-Ü1" } };
		const o = await take(), s = status(await send(o), 201).body;
		assert.deepEqual([s.status, s.tracking_number], ["pending", null]);
		for (const tracking_number of ["RIDE 7", "R", "-RIDE-7", "RIDE\u00007", 77777, null]) {
			answers.label.tracking_number = tracking_number;
			due(s);
			assert.equal((await runAside("--only", "labels")).labels, 1);
			assert.equal((await client.read(`/shipments/${s.id}`)).status, "pending");
		}
		answers = { label: label(7) };
		due(s);
		assert.equal((await runAside("--only", "labels")).labels, 1);
		assert.equal((await client.read(`/shipments/${s.id}`)).tracking_number, "RIDE-7");
	});

	test("what waits for its carrier cannot be claimed back", async () => {
		answers = { label: "drop" };
		const o = await take(), s = status(await send(o), 201).body, back = { order_id: o.id, items: [{ order_item_id: o.items[0].id, quantity: 2 }] };
		assert.equal(s.status, "pending");
		refused(await client.post("/returns", back), 422, ["items[0].quantity:too_large"]);
		due(s);
		answers = { label: label(8) };
		assert.equal((await runAside("--only", "labels")).labels, 1);
		// A void that waits, too.
		answers = { void: "drop" };
		status(await client.post(`/shipments/${s.id}/void`), 200);
		refused(await client.post("/returns", back), 422, ["items[0].quantity:too_large"]);
		due(s);
		answers = { void: { error: { code: "late", message: "it is gone" } } };
		assert.equal((await runAside("--only", "labels")).labels, 1);
		status(await client.post("/returns", back), 201);
		// What is to come back is not asked to be void.
		asked = [];
		refused(await client.post(`/shipments/${s.id}/void`), 409, []);
		assert.deepEqual(asked, []);
	});

	test("the carrier voids what it made, or says why not", async () => {
		answers = { label: label(4), void: { error: { code: "picked_up", message: "it is on the bike" } } };
		const o = await take(), s = status(await send(o), 201).body;
		const kept = status(await client.post(`/shipments/${s.id}/void`), 200).body;
		assert.deepEqual([kept.status, kept.error], ["label_created", "picked_up: it is on the bike"]);
		assert.deepEqual(state(await again(o)), ["shipped", "fulfilled", 2]);
		answers.void = "drop";
		assert.equal(status(await client.post(`/shipments/${s.id}/void`), 200).body.status, "label_created");
		refused(await client.post(`/shipments/${s.id}/void`), 409, []);
		due(s);
		answers.void = {};
		asked = [];
		assert.equal((await runAside("--only", "labels")).labels, 1);
		assert.deepEqual(asked.map((one) => [one.question, one.shipment, one.tracking_number]), [["void", "ref-4", "RIDE-4"]]);
		assert.equal((await client.read(`/shipments/${s.id}`)).status, "voided");
		assert.deepEqual(state(await again(o)), ["processing", "unfulfilled", 0]);
		assert.deepEqual(calls(s), [["label", "done"], ["void", "refused"], ["void", "done"]]);
	});

	test("a dry run asks nobody", async () => {
		answers = { label: label(5) };
		asked = [];
		const o = await take(), dry = status(await send(o, {}, { prefer: "dry-run" }), 200).body;
		assert.deepEqual([dry.status, asked.length], ["pending", 0]);
		assert.deepEqual(state(await again(o)), ["pending", "unfulfilled", 0]);
	});

	test("souk-shipments asks where things are, and tells each event once", async () => {
		const events = [
			{ at: "2026-03-02T08:00:00Z", status: "in_transit", text: "On the bike", city: "Newark", state: "NJ", country: "US" },
			{ at: "2026-03-02T10:00:00Z", status: "delivered", text: "Handed over" },
		];
		answers = { label: label(6), track: { events: events.slice(0, 1) } };
		const o = await take(), s = status(await send(o), 201).body, other = status(await send(await take(1)), 201).body;
		const turn = (...ids) => rows(`UPDATE shipments SET track_at = '2020-01-01' WHERE id IN (${ids.map(number).join(", ")})`);
		turn(s.id, other.id);
		assert.equal(run("--dry-run", "--only", "tracking").tracking, 2);
		assert.equal((await runAside("--only", "tracking")).tracking, 2);
		assert.equal((await client.read(`/shipments/${s.id}`)).status, "in_transit");
		assert.deepEqual((await client.read(`/shipments/${s.id}/track`)).data, [{ timestamp: "2026-03-02T08:00:00Z", status: "in_transit", location: "Newark, NJ, US", description: "On the bike" }]);
		assert.equal((await runAside("--only", "tracking")).tracking, 0, "their turn comes later");
		answers.track = "drop";
		turn(s.id);
		assert.equal((await runAside("--only", "tracking")).tracking, 1);
		assert.deepEqual(rows(`SELECT JSON_ARRAY(track_tries, track_at > NOW()) FROM shipments WHERE id = ${number(s.id)}`), [[1, true]]);
		answers.track = { events };
		turn(s.id);
		assert.equal((await runAside("--only", "tracking")).tracking, 1);
		const end = await client.read(`/shipments/${s.id}`);
		assert.deepEqual([end.status, end.events_count, end.delivered_at], ["delivered", 2, "2026-03-02T10:00:00Z"]);
		assert.equal((await again(o)).status, "delivered");
		assert.deepEqual(rows(`SELECT JSON_ARRAY(track_at) FROM shipments WHERE id = ${number(s.id)}`), [[null]]);
	});

	test("what a carrier cannot be asked is refused before anything is written", async () => {
		const o = await take();
		for (const [more, ...details] of [
			[{ service: null }, "service:required"],
			[{ carrier: "walkers" }, "carrier:unknown"],
			[{ carrier: "ups", service: "ground" }, "carrier:unknown"],
			[{ ship_from: null, packages: [] }, "ship_from:required"],
		]) {
			const answer = await send(o, more);
			assert.equal(answer.status, 422, answer.raw);
			refused(answer, 422, details);
		}
		assert.deepEqual(state(await again(o)), ["pending", "unfulfilled", 0]);
		const s = status(await send(o, { carrier: "ups", service: "ground", tracking_number: "1Z999AA10123456784" }), 201).body;
		assert.deepEqual([s.status, s.label_url], ["label_created", null]);
	});
});

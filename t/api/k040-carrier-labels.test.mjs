// Labels of the four carriers: bought as each of them wants to be asked, followed, voided; and none is bought twice for want of
// an answer.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { before, describe, test } from "node:test";
import { promisify } from "node:util";
import { addCarrier } from "./carriers.mjs";
import { address, openShop, order, stock } from "./orders.mjs";
import { asked, behave, number, product, rows, status } from "./souk.mjs";

const program = join(dirname(process.env.SOUK_CTL), "souk-shipments");
const run = promisify(execFile);

describe("labels of the four carriers", () => {
	let shop, client, desk, own;

	before(async () => {
		shop = await openShop();
		({ client } = shop);
		desk = await client.make("/products", product({ sku: "DESK", price: 200, status: "active", weight: 2.5, weight_unit: "lb" }));
		await stock(client, desk.id, 1000);
		own = Object.fromEntries(await Promise.all(["ups", "fedex", "usps", "dhl"].map(async (kind) => [kind, await addCarrier(client, kind)])));
	});

	const from = { company: "Auricle Ltd", line1: "40 Dock Street", city: "Newark", state: "NJ", zip: "07114", country: "US", phone: "2125550100" };
	const to = { ...address, phone: "2125550199" };
	const take = () => order(client, [{ product_id: desk.id, quantity: 1 }], { shipping_address: to });
	const send = async (carrier, service, more = {}) => status(await client.post("/shipments", { order_id: (await take()).id, carrier, service, ship_from: from, ...more }), 201).body;
	const box = { weight: 2.5, weight_unit: "lb", length: 12, width: 8, height: 6, dimension_unit: "in" };
	const turn = (s) => rows(`UPDATE shipments SET track_at = '2020-01-01' WHERE id = ${number(s.id)}`);
	const due = (s) => rows(`UPDATE shipment_calls SET next_at = '2020-01-01' WHERE shipment_id = ${number(s.id)}`);
	const settle = (...args) => run(program, ["--tenant", shop.tenant.id, ...args]);
	// Of all workers one does not wait for carriers: while tests beside this one have them hang, it asks nobody, and the program does.
	const settled = async (s, done = (now) => now.status !== "pending") => {
		for (let tries = 0; !done(s) && tries < 10; tries++) {
			due(s);
			await settle("--only", "labels");
			s = await client.read(`/shipments/${s.id}`);
		}
		return s;
	};
	const buy = async (...args) => settled(await send(...args));

	const bought = [
		["ups", "ground", /^1Z[0-9A-F]{16}$/, 10, "image/gif", (state, s) => state.shipments[s.tracking_number]],
		["fedex", "2day", /^7949\d{8}$/, 21.45, "application/pdf", (state, s) => state.shipments[s.tracking_number]],
		["usps", "first_class", /^9205590\d{15}$/, 7.64, "application/pdf", (state, s) => state.labels[s.tracking_number]],
		["dhl", "express", /^\d{10}$/, 147.5, "application/pdf", (state, s) => state.shipments[s.tracking_number]],
		["dhl", "ecommerce", /^420\d{27}$/, null, "image/png", undefined],
	];
	for (const [kind, service, tracking, cost, type, known] of bought)
		test(`${kind} ${service}: a label is bought, followed and kept`, async () => {
			const s = await buy(kind, service, { packages: [box] });
			assert.deepEqual([s.status, s.error, s.cost], ["label_created", null, cost]);
			assert.match(s.tracking_number, tracking);
			if (known)
				assert.ok(known((await asked(kind)).state, s), "they know it");
			assert.deepEqual(rows(`SELECT JSON_ARRAY(content_type, LENGTH(bytes) > 10) FROM shipment_labels WHERE shipment_id = ${number(s.id)}`), [[type, true]]);
			turn(s);
			await settle("--only", "tracking");
			const now = await client.read(`/shipments/${s.id}`), { data } = await client.read(`/shipments/${s.id}/track`);
			const last = kind === "usps" || service === "express" ? "out_for_delivery" : "delivered";
			assert.equal(now.status, last);
			assert.equal(data[0].status, last);
			if (kind === "ups")
				assert.deepEqual([data[0].timestamp, data[0].description, data.at(-1).status], ["2026-04-03T19:11:26Z", "DELIVERED", "label_created"]);
			// 12:02 in the zone of the place.
			if (service === "ecommerce")
				assert.equal(data[0].timestamp, "2026-04-03T19:02:00Z");
			if (service === "express")
				assert.deepEqual([data[0].timestamp, data[1].timestamp], ["2026-04-03T17:02:00Z", "2026-04-03T03:10:00Z"]);
		});

	test("two packages have a label each, and cost what both cost", async () => {
		const s = await buy("usps", "priority", { packages: [box, { ...box, weight: 1 }], insurance_value: 100, signature_required: true });
		assert.equal(s.status, "label_created");
		assert.equal(rows(`SELECT JSON_QUOTE(tracking_number) FROM shipment_labels WHERE shipment_id = ${number(s.id)}`).length, 2);
		// 7.64 each, 3.45 for signature and 3.45 for insurance.
		assert.equal(s.cost, 29.08);
	});

	test("each voids what it sold; DHL need not be told", async () => {
		for (const [kind, service] of [["ups", "next_day"], ["fedex", "overnight"], ["usps", "express"], ["dhl", "express"]]) {
			const s = await buy(kind, service, { packages: [box] });
			assert.equal(s.error, null, kind);
			const gone = await settled(status(await client.post(`/shipments/${s.id}/void`), 200).body, (now) => now.status === "voided");
			assert.equal(gone.status, "voided", kind);
			const { state } = await asked(kind);
			assert.equal({ ...state.shipments, ...state.labels }[s.tracking_number] === undefined, kind !== "dhl", kind);
		}
	});

	test("of many packages each label is void", async () => {
		const s = await buy("usps", "priority", { packages: Array(14).fill(box) });
		const labels = () => rows(`SELECT JSON_QUOTE(tracking_number) FROM shipment_labels WHERE shipment_id = ${number(s.id)}`);
		assert.equal(labels().length, 14);
		await settled(status(await client.post(`/shipments/${s.id}/void`), 200).body, (now) => now.status === "voided");
		const { state } = await asked("usps");
		assert.deepEqual(labels().filter((one) => state.labels[one]), []);
	});

	test("over a border the goods are declared, at what was paid for one", async () => {
		const ship_to = { ...to, line1: "Hauptstr. 1", city: "Berlin", state: null, zip: "10115", country: "DE" };
		const express = await buy("dhl", "express", { packages: [box], ship_to });
		assert.deepEqual([express.status, express.error], ["label_created", null]);
		const { content, productCode } = JSON.parse((await asked("dhl", express.id)).requests[0].body);
		assert.deepEqual([productCode, content.declaredValue, content.exportDeclaration.lineItems.map((line) => [line.price, line.quantity.value, line.weight.netValue])], ["P", 200, [[200, 1, 2.5]]]);
		const fedex = await buy("fedex", "international", { packages: [box], ship_to });
		const { customsClearanceDetail } = JSON.parse((await asked("fedex", fedex.id)).requests[0].body).requestedShipment;
		assert.deepEqual(customsClearanceDetail.commodities.map((one) => [one.customsValue, one.countryOfManufacture]), [[{ amount: 200, currency: "USD" }, "US"]]);
		assert.equal((await buy("dhl", "ecommerce", { packages: [box], ship_to })).status, "label_created");
		const ups = await buy("ups", "worldwide_saver", { packages: [box], ship_to });
		assert.equal(ups.status, "voided");
		assert.match(ups.error, /^customs: /);
	});

	test("what they refuse is told in their words, and nothing was sent", async () => {
		const s = await buy("fedex", "ground", { packages: [box], ship_to: { ...address, phone: null } });
		assert.deepEqual([s.status, s.error], ["voided", "PHONENUMBER.EMPTY: Phone number is empty."]);
		const unknown = await buy("ups", "teleport", { packages: [box] });
		assert.deepEqual([unknown.status, unknown.error], ["voided", "unknown_service: UPS has no such service"]);
	});

	test("UPS sold one and the answer was lost: the same one is found, not bought again", async () => {
		await behave("ups", { holds: own.ups.account_number, path: "/ship$", behave: "reset", after: true });
		const s = await send("ups", "2day", { packages: [box, box] });
		assert.equal(s.status, "pending");
		due(s);
		await settle("--only", "labels");
		const now = await client.read(`/shipments/${s.id}`);
		assert.equal(now.status, "label_created");
		const { state, requests } = await asked("ups", s.id);
		assert.deepEqual(Object.values(state.shipments).filter((one) => one.reference === s.id).map((one) => one.numbers[0]), [now.tracking_number]);
		assert.equal(requests.filter((one) => one.path.endsWith("/ship")).length, 1);
	});

	test("nobody asks while another asks: of one question there is one label", async () => {
		await behave("ups", { holds: own.ups.account_number, path: "/ship$", behave: "slow", ms: 700 });
		const o = await take(), ask = { order_id: o.id, carrier: "ups", service: "ground", ship_from: from, packages: [box] };
		const sent = client.post("/shipments", ask);
		for (let id; !id; await new Promise((resolve) => setImmediate(resolve)))
			[id] = rows(`SELECT JSON_QUOTE(CAST(id AS CHAR)) FROM shipments WHERE order_id = ${number(o.id)}`);
		// Were it not taken, its turn would have come.
		await settle("--only", "labels");
		const s = status(await sent, 201).body;
		assert.equal(s.status, "label_created");
		assert.equal((await asked("ups", s.id)).requests.filter((one) => /ship$|recovery$/.test(one.path)).length, 1);
	});

	test("USPS lost the answer: the same key gives the same label", async () => {
		await behave("usps", { holds: "PRIORITY_MAIL_EXPRESS", path: "/labels/v3/label$", behave: "reset", after: true });
		const s = await send("usps", "express", { packages: [box] });
		assert.equal(s.status, "pending");
		due(s);
		await settle("--only", "labels");
		const now = await client.read(`/shipments/${s.id}`);
		assert.equal(now.status, "label_created");
		const { requests } = await asked("usps", s.id);
		assert.equal(new Set(requests.map((one) => one.headers["x-idempotency-key"])).size, 1);
		assert.equal(requests.length, 2);
	});
});

// POST /shipping/rates: all enabled carriers at once, the cheapest first; what is wrong with a question is named by its path,
// and a carrier that does not answer is a warning, not an error.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { asked, behave, makeTenant, refused, status } from "./souk.mjs";

const SECRET = "regional-carrier-secret";
const FAKE = `${process.env.SOUK_FAKES}/regional`;
const origin = { zip: "10001", country: "US" }, destination = { zip: "90210", country: "US" };
const box = (more = {}) => ({ weight: 2.5, length: 12, width: 8, height: 6, weight_unit: "lb", dimension_unit: "in", ...more });
const question = (more = {}) => ({ origin, destination, packages: [box()], ...more });
const told = (body) => body.data.map((r) => `${r.carrier}:${r.service} ${r.cost}`);
const warned = (body) => body.warnings.map((w) => `${w.carrier} ${w.code}`);

let made = 0;
const callback = (path = "", more = {}) => ({ name: "Regional", code: `reg_${++made}`, kind: "callback", callback_url: `${FAKE}${path}`, callback_secret: SECRET, ...more });
const vans = (more = {}) => ({
	name: "Vans", code: "vans", kind: "table",
	services: [{ code: "standard", name: "Standard", estimated_days: 5, free_above_amount: 10000 }, { code: "express", estimated_days: 1 }],
	tariff: {
		weight_unit: "lb", dimension_unit: "in", dimensional_divisor: 139, weight_step: 1, fuel_percent: 10, residential_amount: 300, signature_amount: 250, insurance_percent: 1, insurance_minimum_amount: 100,
		zones: [{ code: "us", countries: ["US"] }, { code: "la", countries: ["US"], zips: ["900*", "90210"] }],
		rates: [{ service: "standard", zone: "us", up_to: 5, amount: 795 }, { service: "standard", zone: "us", amount: 500, unit_amount: 100 }, { service: "standard", zone: "la", amount: 600 }, { service: "express", zone: "us", up_to: 10, amount: 2000 }],
	},
	...more,
});

let shop, live, plain, sandbox;
before(async () => {
	[shop, plain] = await Promise.all([makeTenant(), makeTenant()]);
	live = shop.live;
	plain = plain.live;
	sandbox = await shop.client({ mode: "sandbox" });
	await live.make("/shipping/carriers", vans());
});

test("a tariff prices by zone, weight, volume and surcharges", async () => {
	const body = await live.post("/shipping/rates", question()).then((a) => status(a, 200).body);
	// 12 × 8 × 6 in / 139 = 4.14 lb, 5 by steps; the closest zone is la, which has standard alone.
	assert.deepEqual(told(body), ["vans:standard 6.6"]);
	const [rate] = body.data;
	assert.match(rate.id, /^rate_/);
	assert.deepEqual([rate.amount, rate.currency, rate.estimated_days, rate.name], [660, "USD", 5, "Standard"]);
	assert.ok(Date.parse(rate.estimated_delivery) - Date.now() >= 5 * 864e5 - 864e5 && Math.abs(Date.parse(rate.expires_at) - Date.now() - 864e5) < 6e4);
	const ny = { zip: "10001", country: "US" };
	for (const [more, want] of [
		[{ destination: ny }, ["vans:standard 8.75", "vans:express 22"]],
		[{ destination: ny, packages: [box({ weight: 40, weight_unit: "oz" })] }, ["vans:standard 8.75", "vans:express 22"]],
		[{ destination: ny, packages: [{ weight: 5.0001, weight_unit: "lb" }] }, ["vans:standard 12.1", "vans:express 22"]],
		[{ destination: ny, packages: [{ weight: 2.26796185, weight_unit: "kg" }] }, null],
		[{ destination: ny, packages: [{ weight: 2.2679, weight_unit: "kg" }] }, ["vans:standard 8.75", "vans:express 22"]],
		[{ destination: ny, packages: [{ weight: 2.268, weight_unit: "kg" }] }, ["vans:standard 12.1", "vans:express 22"]],
		[{ destination: ny, packages: [box(), box()] }, ["vans:standard 17.49", "vans:express 44"]],
		[{ destination: { ...ny, residential: true }, signature_required: true, insurance_value: 500 }, ["vans:standard 19.25", "vans:express 32.5"]],
		[{ destination: ny, goods_total: 100 }, ["vans:standard 0", "vans:express 22"]],
		[{ destination: ny, packages: [{ weight: 11, weight_unit: "lb" }] }, ["vans:standard 17.6"]],
		[{ destination: ny, currency: "EUR" }, undefined],
	]) {
		const answer = await live.post("/shipping/rates", question(more));
		if (want === null)
			refused(answer, 422, ["packages[0].weight:too_precise"]);
		else if (want)
			assert.deepEqual(told(status(answer, 200).body), want, JSON.stringify(more));
		else
			assert.ok(status(answer, 200).body.data.every((r) => r.currency === "EUR" && r.cost > 0));
	}
	const abroad = status(await live.post("/shipping/rates", question({ destination: { zip: "8001", country: "CH" } })), 200).body;
	assert.deepEqual([abroad.data, warned(abroad)], [[], ["vans not_served"]]);
});

test("what is wrong with a question is named by its path", async () => {
	const one = (more) => question({ packages: [box(more)] });
	for (const [body, faults] of [
		[one({ weight: 0 }), ["packages[0].weight:too_small"]],
		[one({ weight: -1 }), ["packages[0].weight:too_small"]],
		[one({ weight: 1e12 }), ["packages[0].weight:too_large"]],
		[one({ weight: 0.00001 }), ["packages[0].weight:too_precise"]],
		[one({ weight: "heavy" }), ["packages[0].weight:type"]],
		[one({ weight: undefined }), ["packages[0].weight:required"]],
		[one({ weight_unit: "stone" }), ["packages[0].weight_unit:not_a_choice"]],
		[one({ weight_unit: undefined }), ["packages[0].weight_unit:required"]],
		[one({ length: undefined }), ["packages[0].length:required"]],
		[one({ dimension_unit: undefined }), ["packages[0].dimension_unit:required"]],
		[one({ width: 0 }), ["packages[0].width:too_small"]],
		[question({ packages: [box(), box({ weight: 0 }), box({ height: -3 })] }), ["packages[1].weight:too_small", "packages[2].height:too_small"]],
		[question({ packages: [] }), ["packages:count"]],
		[question({ packages: undefined }), ["packages:required"]],
		[question({ packages: Array(51).fill(box()) }), ["packages:count"]],
		[question({ destination: { zip: "1" } }), ["destination.country:required"]],
		[question({ destination: { country: "XX" } }), ["destination.country:unknown"]],
		[question({ destination: undefined }), ["destination:required"]],
		[question({ currency: "XYZ" }), ["currency:unknown"]],
		[question({ insurance_value: -1 }), ["insurance_value:too_small"]],
		[question({ insurance_value: 1.001 }), ["insurance_value:too_precise"]],
		[question({ carriers: ["pigeons"] }), ["carriers[0]:unknown"]],
		[question({ speed: "fast" }), ["speed:unknown_field"]],
	]) {
		const answer = await live.post("/shipping/rates", body);
		const got = answer.body.error?.details?.map((d) => `${d.field}:${d.reason}`);
		refused(answer, 422, faults.map((f) => f.split(":")[0]));
		assert.ok(got, JSON.stringify(faults));
	}
	refused(await live.post("/shipping/rates", []), 400);
	refused(await (await shop.client({ scopes: "orders:read" })).post("/shipping/rates", question()), 403);
});

test("a carrier that is not enabled, or another shop's, is not asked", async () => {
	await live.make("/shipping/carriers", vans({ code: "old_vans", enabled: false }));
	const idle = await live.post("/shipping/rates", question({ carriers: ["vans", "old_vans"] }));
	refused(idle, 422, ["carriers[1]:unknown"]);
	assert.match(idle.body.error.message, /not enabled/);
	assert.deepEqual(told(status(await live.post("/shipping/rates", question({ carriers: ["vans"] })), 200).body), ["vans:standard 6.6"]);
	refused(await plain.post("/shipping/rates", question({ carriers: ["vans"] })), 422, ["carriers[0]:unknown"]);
	assert.deepEqual(status(await plain.post("/shipping/rates", question()), 200).body, { data: [], warnings: [] });
});

test("the sandbox answers for carriers without credentials, live they are a warning", async () => {
	const body = status(await sandbox.post("/shipping/rates", question()), 200).body;
	assert.deepEqual(body.warnings, []);
	assert.deepEqual([...new Set(body.data.map((r) => r.carrier))].sort(), ["dhl", "fedex", "ups", "usps"]);
	for (const [carrier, services] of Object.entries({ usps: ["express", "parcel_select", "priority"], fedex: ["2day", "ground", "overnight"], ups: ["2day", "3day", "ground", "next_day"], dhl: ["ecommerce", "express"] }))
		assert.deepEqual(body.data.filter((r) => r.carrier === carrier).map((r) => r.service).sort(), services);
	assert.deepEqual(body.data.map((r) => r.amount), body.data.map((r) => r.amount).sort((a, b) => a - b));
	assert.deepEqual(told(status(await sandbox.post("/shipping/rates", question()), 200).body), told(body), "the same each time");
	const light = status(await sandbox.post("/shipping/rates", question({ packages: [{ weight: 8, weight_unit: "oz" }], carriers: undefined })), 200).body;
	assert.ok(light.data.some((r) => r.service === "first_class"));
	const abroad = status(await sandbox.post("/shipping/rates", question({ destination: { zip: "8001", country: "CH" } })), 200).body;
	assert.ok(abroad.data.some((r) => r.service === "international") && !abroad.data.some((r) => r.service === "ground"));
	await live.make("/shipping/carriers", { name: "FedEx", code: "fedex", kind: "fedex" });
	const without = status(await live.post("/shipping/rates", question()), 200).body;
	assert.deepEqual([told(without), warned(without)], [["vans:standard 6.6"], ["fedex no_credentials"]]);
});

test("a dry run tells prices and keeps none", async () => {
	const body = status(await sandbox.post("/shipping/rates", question(), { Prefer: "dry-run" }), 200).body;
	assert.ok(body.data.length > 5 && body.data.every((r) => r.id === null));
});

test("a carrier of the merchant's own is asked by a signed request", async () => {
	const t = await makeTenant();
	const carrier = callback();
	await t.live.make("/shipping/carriers", carrier);
	await t.live.make("/shipping/carriers", callback("", { callback_secret: "another-secret-of-16" }));
	const body = status(await t.live.post("/shipping/rates", question({ packages: [box(), box({ weight: 1, weight_unit: "kg" })] })), 200).body;
	// 2.5 lb and 1 kg are 2.13398… kg: three begun ones.
	assert.deepEqual(told(body).filter((r) => r.includes("bike")), [`${carrier.code}:bike 8`]);
	assert.ok(body.data.some((r) => r.service === "tram" && r.currency === "USD" && r.cost > 2.5), "converted");
	assert.deepEqual(warned(body), [`reg_${made} credentials`]);
	const [{ headers, body: sent }] = (await asked("regional", `"${carrier.code}"`)).requests;
	assert.match(headers["x-souk-signature"], /^[0-9a-f]{64}$/);
	const asking = JSON.parse(sent);
	assert.deepEqual([asking.question, asking.from.zip, asking.to.zip, asking.packages.length, asking.packages[0].length_cm], ["rates", "10001", "90210", 2, 30.48]);
	assert.doesNotMatch(JSON.stringify(headers) + sent, new RegExp(SECRET));
});

test("answers that are none are warnings, and never prices", async () => {
	const rate = { service: "bike", amount: 500, currency: "USD" };
	for (const [answer, code] of [
		[{ status: 200, body: "no JSON" }, "unreadable"],
		[{ status: 200, body: "" }, "unreadable"],
		[{ status: 200, body: [] }, "unreadable"],
		[{ status: 200, body: { rates: {} } }, "bad_answer"],
		[{ status: 200, body: { rates: [{ ...rate, amount: -1 }] } }, "bad_answer"],
		[{ status: 200, body: { rates: [{ ...rate, amount: "500" }] } }, "bad_answer"],
		[{ status: 200, body: { rates: [{ ...rate, amount: 1e15 }] } }, "bad_answer"],
		[{ status: 200, body: { rates: [{ ...rate, currency: "ZZZ" }] } }, "bad_answer"],
		[{ status: 200, body: { rates: [{ ...rate, service: "<b>" }] } }, "bad_answer"],
		[{ status: 200, body: { rates: [{ ...rate, name: "x".repeat(65) }] } }, "bad_answer"],
		[{ status: 200, body: { rates: [{ ...rate, estimated_days: 0 }] } }, "bad_answer"],
		[{ status: 200, body: { rates: [rate, null] } }, "bad_answer"],
		[{ status: 200, body: { rates: Array(51).fill(rate) } }, "bad_answer"],
		[{ status: 200, body: { error: { code: "closed", message: "we are closed" } } }, "closed"],
		[{ status: 200, body: { rates: [], filler: "x".repeat(70000) } }, "no_answer"],
		[{ status: 302, body: "" }, "http_302"],
		[{ status: 500, body: "oops" }, "http_500"],
		[{ status: 422, body: { error: { code: "no_such_street", message: "who are you" } } }, "no_such_street"],
	]) {
		const carrier = callback();
		const t = plain;
		const { id } = await t.make("/shipping/carriers", carrier);
		await behave("regional", { holds: `"${carrier.code}"`, behave: "answer", ...answer });
		const body = status(await t.post("/shipping/rates", question({ carriers: [carrier.code] })), 200).body;
		assert.deepEqual([told(body), warned(body)], [[], [`${carrier.code} ${code}`]], JSON.stringify(answer).slice(0, 200));
		status(await t.delete(`/shipping/carriers/${id}`), 204);
	}
});

test("a carrier that hangs costs the others nothing but its deadline", async () => {
	const t = await makeTenant();
	const slow = callback(), quick = callback();
	await t.live.make("/shipping/carriers", vans());
	await t.live.make("/shipping/carriers", slow);
	await t.live.make("/shipping/carriers", quick);
	await behave("regional", { holds: `"${slow.code}"`, behave: "hang" });
	const began = Date.now();
	const body = status(await t.live.post("/shipping/rates", question()), 200).body;
	assert.ok(Date.now() - began < 4500, `within the deadline, not ${Date.now() - began} ms`);
	assert.deepEqual(warned(body), [`${slow.code} no_answer`]);
	assert.deepEqual([...new Set(body.data.map((r) => r.carrier))].sort(), [quick.code, "vans"].sort());
});

test("a callback to a private address is never dialled", async () => {
	const t = await makeTenant();
	const urls = ["https://10.0.0.1/", "https://192.168.1.1/", "https://169.254.169.254/latest", "https://[::1]/", "https://[fd00::1]/", "https://[64:ff9b::a00:1]/", "https://0x7f000001/", "https://localhost/"];
	const codes = [];
	for (const url of urls) {
		const carrier = callback("", { callback_url: url });
		const answer = await t.live.post("/shipping/carriers", carrier);
		if (answer.status === 422)
			refused(answer, 422, ["callback_url"]);
		else
			codes.push(status(answer, 201).body.code);
	}
	const body = status(await t.live.post("/shipping/rates", question()), 200).body;
	assert.deepEqual(body.data, []);
	assert.deepEqual(warned(body).sort(), codes.map((code) => `${code} no_connection`).sort());
});

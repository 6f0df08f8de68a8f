// Carriers: rows that say by what a shop's packages are priced. What does not fit together is refused by its path, and what a
// shop signs in with is never shown.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, refused, status } from "./souk.mjs";

let tenant, live, other;
let made = 0;

before(async () => {
	[tenant, other] = await Promise.all([makeTenant(), makeTenant()]);
	live = tenant.live;
	other = other.live;
});

const tariff = (more = {}) => ({ zones: [{ code: "us", countries: ["US"] }], rates: [{ service: "standard", zone: "us", up_to: 5, amount: 795 }], ...more });
const table = (more = {}) => ({ name: "Vans", code: `vans_${++made}`, kind: "table", services: [{ code: "standard", name: "Standard", estimated_days: 5 }], tariff: tariff(), ...more });

test("a carrier with a tariff is made, read by id and code, listed, changed and deleted", async () => {
	const body = await live.make("/shipping/carriers", table());
	assert.match(body.id, /^carr_/);
	assert.deepEqual([body.kind, body.enabled, body.tariff.weight_unit, body.tariff.fuel_percent, body.tariff.rates[0].unit_amount], ["table", true, "kg", 0, 0]);
	assert.deepEqual(await live.read(`/shipping/carriers/${body.id}`), body);
	assert.deepEqual(await live.read(`/shipping/carriers/${body.code}`), body);
	assert.ok((await live.read("/shipping/carriers?kind=table&enabled=true")).data.some((one) => one.id === body.id));
	const changed = status(await live.patch(`/shipping/carriers/${body.id}`, { enabled: false }), 200).body;
	assert.deepEqual([changed.enabled, changed.version], [false, 2]);
	status(await live.delete(`/shipping/carriers/${body.id}`), 204);
	refused(await live.get(`/shipping/carriers/${body.id}`), 404);
	status(await live.post("/shipping/carriers", table({ code: body.code })), 201);
});

test("what a shop signs in with is taken whole, and never shown", async () => {
	const credentials = { client_id: "ID-4711", client_secret: "SECRET-4711" };
	const ups = await live.make("/shipping/carriers", { name: "UPS", code: "ups", kind: "ups", account_number: "A1B2C3", credentials });
	const changed = status(await live.patch(`/shipping/carriers/${ups.id}`, { credentials: { ...credentials, client_secret: "SECRET-4712" } }), 200);
	const all = [JSON.stringify(ups), changed.raw, (await live.get(`/shipping/carriers/${ups.id}`)).raw, (await live.get("/shipping/carriers")).raw,
		(await live.get(`/audit-logs?resource_id=${ups.id}`)).raw].join("\n");
	assert.doesNotMatch(all, /4711|4712/);
	assert.equal(changed.body.version, 2);
	refused(await live.patch(`/shipping/carriers/${ups.id}`, { credentials: { client_id: "x" } }), 422, ["credentials.client_secret:required"]);
	refused(await live.patch(`/shipping/carriers/${ups.id}`, { credentials: { ...credentials, colour: "red" } }), 422, ["credentials.colour:unknown_field"]);
	refused(await live.post("/shipping/carriers", table({ credentials })), 422, ["credentials:not_applicable"]);
});

test("what does not fit together in a tariff is refused by its path", async () => {
	for (const [more, faults] of [
		[{ tariff: tariff({ rates: [] }) }, ["tariff.rates:count"]],
		[{ tariff: tariff({ rates: [{ service: "express", amount: 1 }] }) }, ["tariff.rates[0].service:unknown"]],
		[{ tariff: tariff({ rates: [{ service: "standard", zone: "eu", amount: 1 }] }) }, ["tariff.rates[0].zone:unknown"]],
		[{ tariff: tariff({ rates: [{ service: "standard", amount: -1 }] }) }, ["tariff.rates[0].amount:too_small"]],
		[{ tariff: tariff({ rates: [{ service: "standard", amount: 1.5 }] }) }, ["tariff.rates[0].amount:not_an_integer"]],
		[{ tariff: tariff({ rates: [{ service: "standard", up_to: 0, amount: 1 }] }) }, ["tariff.rates[0].up_to:too_small"]],
		[{ tariff: tariff({ rates: [{ service: "standard", amount: 1 }, { service: "standard", amount: 2 }] }) }, ["tariff.rates[1].up_to:twice"]],
		[{ tariff: tariff({ weight_unit: "stone" }) }, ["tariff.weight_unit:not_a_choice"]],
		[{ tariff: tariff({ dimensional_divisor: 0 }) }, ["tariff.dimensional_divisor:too_small"]],
		[{ tariff: tariff({ zones: [{ code: "us", countries: ["XX"] }] }) }, ["tariff.zones[0].countries[0]:pattern"]],
		[{ tariff: tariff({ zones: [{ code: "us", countries: ["us"] }] }) }, ["tariff.zones[0].countries[0]:pattern"]],
		[{ tariff: tariff({ zones: [{ code: "us", countries: ["US"], zips: ["902*", "9..1", "99...1"] }] }) }, ["tariff.zones[0].zips[1]:pattern", "tariff.zones[0].zips[2]:pattern"]],
		[{ tariff: tariff({ zones: [{ code: "us", countries: ["US", "CA"], states: ["CA"] }] }) }, ["tariff.zones[0].states:pattern"]],
		[{ tariff: tariff({ zones: [{ code: "us" }, { code: "us" }] }) }, ["tariff.zones[1].code:twice"]],
		[{ services: [{ code: "standard" }, { code: "standard" }] }, ["services[1].code:twice"]],
		[{ services: [{ code: "Standard" }] }, ["services[0].code:pattern"]],
		[{ code: "House-1" }, ["code:pattern"]],
		[{ code: "carr_123" }, ["code:id_shaped"]],
		[{ services: [{ code: "rate_123" }], tariff: tariff({ rates: [{ service: "rate_123", amount: 1 }] }) }, ["services[0].code:id_shaped"]],
		[{ kind: "pigeon" }, ["kind:not_a_choice"]],
		[{ kind: "ups" }, ["tariff:not_applicable"]],
		[{ callback_url: "https://carrier.example.com/" }, ["callback_url:not_applicable"]],
	])
		refused(await live.post("/shipping/carriers", table(more)), 422, faults);
	refused(await live.patch(`/shipping/carriers/${(await live.make("/shipping/carriers", table())).id}`, { services: [{ code: "express" }] }), 422, ["tariff.rates[0].service:unknown"]);
});

test("a callback needs an address that may be called, and a secret", async () => {
	const callback = (more) => ({ name: "Regional", code: `regional_${++made}`, kind: "callback", callback_url: "https://carrier.example.com/souk", callback_secret: "sixteen-characters", ...more });
	const body = await live.make("/shipping/carriers", callback());
	assert.doesNotMatch(JSON.stringify(body) + (await live.get(`/shipping/carriers/${body.id}`)).raw, /sixteen/);
	refused(await live.post("/shipping/carriers", callback({ callback_url: null })), 422, ["callback_url:required"]);
	refused(await live.post("/shipping/carriers", callback({ callback_secret: undefined })), 422, ["callback_secret:required"]);
	refused(await live.post("/shipping/carriers", callback({ callback_secret: "short" })), 422, ["callback_secret:too_short"]);
	refused(await live.post("/shipping/carriers", callback({ callback_secret: "sixteen characters" })), 422, ["callback_secret:pattern"]);
	for (const url of ["https://user:pw@carrier.example.com/", "ftp://carrier.example.com/"])
		refused(await live.post("/shipping/carriers", callback({ callback_url: url })), 422, ["callback_url:pattern"]);
});

test("a carrier is its tenant's alone, and takes scopes of its own", async () => {
	const body = await live.make("/shipping/carriers", table());
	refused(await other.get(`/shipping/carriers/${body.id}`), 404);
	refused(await other.patch(`/shipping/carriers/${body.id}`, { name: "Mine" }), 404);
	refused(await other.delete(`/shipping/carriers/${body.code}`), 404);
	status(await other.post("/shipping/carriers", table({ code: body.code })), 201);
	refused(await live.post("/shipping/carriers", table({ code: body.code })), 409, ["code:taken"]);
	const reads = await tenant.client({ scopes: "shipping:read" });
	status(await reads.get(`/shipping/carriers/${body.id}`), 200);
	refused(await reads.patch(`/shipping/carriers/${body.id}`, { name: "Mine" }), 403);
	refused(await (await tenant.client({ scopes: "orders:write" })).get("/shipping/carriers"), 403);
});

// Tax rates: what is taken where. Only one active rate stands in one place, and what no place has is refused.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, refused, status } from "./souk.mjs";

let live, other;
let made = 0;

before(async () => {
	[live, other] = (await Promise.all([makeTenant(), makeTenant()])).map((tenant) => tenant.live);
});

const rate = (more = {}) => ({ name: `Tax ${++made}`, country: "US", rate: 5, priority: made, ...more });
const post = (more) => live.post("/tax-rates", rate(more));

test("a rate is made, read, listed, changed and deleted", async () => {
	const { body } = status(await live.post("/tax-rates", { name: "Sales tax", country: "us", state: "TX", postal_code: "733*", rate: "6.25" }), 201);
	assert.match(body.id, /^tax_/);
	assert.deepEqual([body.country, body.zip, body.rate, body.tax_class, body.priority], ["US", "733*", 6.25, "standard", 0]);
	assert.deepEqual([body.inclusive, body.compound, body.on_shipping, body.status], [false, false, false, "active"]);
	assert.ok(!("zip_key" in body), "how it is looked up is nobody's matter");
	assert.deepEqual(await live.read(`/tax-rates/${body.id}`), body);
	assert.deepEqual((await live.read("/tax-rates?filter[state]=TX")).data, [body]);
	assert.deepEqual((await live.read("/tax-rates?filter[country]=us&filter[rate][gte]=6.25")).data, [body]);
	assert.deepEqual((await live.read("/tax-rates?country=Us&state=tx&tax_class=standard&status=active")).data, [body]);
	const changed = status(await live.patch(`/tax-rates/${body.id}`, { zip: "73301...73399", rate: 6.75 }), 200).body;
	assert.deepEqual([changed.zip, changed.rate, changed.version], ["73301...73399", 6.75, 2]);
	status(await live.delete(`/tax-rates/${body.id}`), 204);
	assert.equal((await live.read(`/tax-rates/${body.id}`)).status, "archived");
});

for (const [more, fault] of [
	[{ rate: -0.01 }, "rate:too_small"], [{ rate: 1000.0001 }, "rate:too_large"], [{ rate: 1.00001 }, "rate:too_precise"], [{ rate: "much" }, "rate:type"], [{ rate: null }, "rate:required"], [{ rate: 1e18 }, "rate:too_large"],
	[{ country: "XX" }, "country:unknown"], [{ country: "USA" }, "country:too_long"], [{ country: "" }, "country:blank"], [{ country: null }, "country:required"], [{ country: ["US"] }, "country:type"],
	[{ zip: "*" }, "zip:pattern"], [{ zip: "9*0" }, "zip:pattern"], [{ zip: "9..10" }, "zip:pattern"], [{ zip: "90099...90001" }, "zip:pattern"], [{ zip: "900...90099" }, "zip:pattern"], [{ zip: "1234567890*", country: "DE" }, "zip:pattern"],
	[{ zip: "é" }, "zip:pattern"], [{ zip: "9".repeat(41) }, "zip:too_long"], [{ zip: "9".repeat(13), country: "DE" }, "zip:pattern"], [{ postal_code: "x".repeat(41) }, "postal_code:too_long"], [{ zip: "1", postal_code: "1" }, "postal_code:twice"],
	[{ tax_class: "Standard" }, "tax_class:pattern"], [{ priority: -1 }, "priority:too_small"], [{ priority: 1.5 }, "priority:not_an_integer"], [{ inclusive: "yes" }, "inclusive:type"], [{ status: "on" }, "status:not_a_choice"],
	[{ zip_key: "x" }, "zip_key:unknown_field"], [{ name: "x".repeat(65) }, "name:too_long"],
])
	test(`${JSON.stringify(more).slice(0, 50)} is refused`, async () => {
		refused(await post(more), 422, [fault]);
	});

test("a rate of 0 and one of 1000 percent are rates", async () => {
	assert.equal(status(await post({ rate: 0 }), 201).body.rate, 0);
	assert.equal(status(await post({ rate: 1000 }), 201).body.rate, 1000);
});

test("one place and class has one active rate of a priority", async () => {
	const place = { country: "FR", state: "Île-de-France", city: "Paris", zip: "750*", priority: 3 };
	const first = status(await post(place), 201).body;
	const e = refused(await post({ ...place, state: "ile-de-france", city: "PARIS" }), 409, ["priority:taken"], "taken");
	assert.equal(e.message, `priority is taken by ${first.id}, for the same place and tax class`);
	for (const apart of [{ priority: 4 }, { tax_class: "reduced" }, { zip: "751*" }, { zip: null }, { city: null }, { state: null }, { country: "BE" }, { status: "inactive" }])
		status(await post({ ...place, ...apart }), 201);
	const waiting = status(await post({ ...place, status: "inactive" }), 201).body;
	refused(await live.patch(`/tax-rates/${waiting.id}`, { status: "active" }), 409, ["priority:taken"]);
	status(await live.delete(`/tax-rates/${first.id}`), 204);
	status(await live.patch(`/tax-rates/${waiting.id}`, { status: "active" }), 200);
	refused(await live.patch(`/tax-rates/${first.id}`, { status: "active" }), 409, ["priority:taken"]);
});

test("of twins at once one is made", async () => {
	const twin = rate({ country: "IT" });
	const answers = await Promise.all(Array.from({ length: 4 }, () => live.send("POST", "/tax-rates", { body: twin, fresh: true })));
	assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 409, 409, 409], answers.map((answer) => answer.raw).join("\n"));
});

test("nobody sees or changes the rates of others", async () => {
	const { body } = status(await post(), 201);
	refused(await other.get(`/tax-rates/${body.id}`), 404);
	refused(await other.patch(`/tax-rates/${body.id}`, { rate: 1 }), 404);
	refused(await other.delete(`/tax-rates/${body.id}`), 404);
	assert.deepEqual((await other.read("/tax-rates")).data, []);
	status(await other.post("/tax-rates", { name: "Same place", country: "US", rate: 1, priority: body.priority }), 201);
});

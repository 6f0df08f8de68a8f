// Four carriers are asked at once, each in its own language, and what one of them does costs the others nothing.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { addCarrier, carrier, prices, question, secrets, warned } from "./carriers.mjs";
import { asked, behave, makeTenant, refused, status } from "./souk.mjs";

const ups = { "ups:ground": 10, "ups:3day": 12, "ups:2day": 16, "ups:next_day": 24, "ups:next_day_air_saver": 22 };
const fedex = { "fedex:ground": 6.38, "fedex:2day": 10.13, "fedex:overnight": 15.75, "fedex:priority_overnight": 17.63 };
const usps = { "usps:priority": 10.5, "usps:express": 35, "usps:first_class": 6.25 };
const dhl = { "dhl:express": 22.5, "dhl:express_e": 99, "dhl:ecommerce": 6.5, "dhl:ecommerce_exp": 7.5 };
// Of all workers one does not wait for others: while tests beside this one have them hang, it says so at once. Who answers late on a
// busy machine is asked again, too; who never does is not waited for.
async function ask(client, more, patience = 3) {
	for (let late = 0;;) {
		const { body } = status(await client.post("/shipping/rates", question(more)), 200);
		const is = (code) => body.warnings.some((warning) => warning.code === code);
		if (!is("crowded") && (!is("no_answer") || ++late > patience))
			return body;
	}
}

describe("rates of carriers", { concurrency: 3 }, () => {
	let shop, all;

	before(async () => {
		shop = (await makeTenant()).live;
		all = Object.fromEntries(await Promise.all(["ups", "fedex", "usps", "dhl"].map(async (kind) => [kind, await addCarrier(shop, kind)])));
	});

	test("all are asked, and the cheapest comes first", async () => {
		const answer = await ask(shop);
		assert.deepEqual(prices(answer), { ...ups, ...fedex, ...usps, ...dhl });
		assert.deepEqual(answer.warnings, []);
		assert.deepEqual(answer.data.map((offer) => offer.amount), answer.data.map((offer) => offer.amount).toSorted((a, b) => a - b));
		const of = (service) => answer.data.find((offer) => `${offer.carrier}:${offer.service}` === service);
		assert.deepEqual([of("ups:ground").name, of("ups:ground").estimated_days, of("ups:ground").currency], ["UPS Ground", 4, "USD"]);
		assert.equal(of("fedex:2day").name, "FedEx 2Day®");
		// Of Ground Advantage the prices say no days; the standards do, by weight.
		assert.equal(of("usps:first_class").estimated_days, 5);
		assert.equal(of("dhl:ecommerce").estimated_days, 6);
	});

	test("two packages, insured and signed for, cost what they cost together", async () => {
		const one = question().packages[0];
		const answer = prices(await ask(shop, { packages: [one, { ...one, weight: 16, weight_unit: "oz" }], insurance_value: 500, signature_required: true }));
		// (3.5 lb + 10 + 5 insured + 2 × 6 signed for) × 0.8
		assert.equal(answer["ups:ground"], 24.4);
		// 8 + 2.5 + 8 + 1, each signed for (3.45) and insured (7.25)
		assert.equal(answer["usps:priority"], 19.5 + 2 * (3.45 + 7.25));
		assert.equal(answer["dhl:express"], 20 + 3.5 + 20);
		assert.equal(answer["dhl:ecommerce"], 4 + 2.5 + 4 + 1);
	});

	test("over a border some have other services, and some none", async () => {
		const answer = await ask(shop, { destination: { zip: "10115", city: "Berlin", country: "DE" } });
		const found = prices(answer);
		assert.equal(found["fedex:international"], 21.38);
		assert.equal(found["dhl:express"], 63);
		assert.equal(found["dhl:ecommerce"], 22.5);
		assert.deepEqual(warned(answer), { usps: "not_served" });
	});

	test("what they refuse is told in their words, one by one", async () => {
		const answer = await ask(shop, { destination: { zip: "00000", country: "US" } });
		assert.deepEqual(answer.data, []);
		assert.deepEqual(warned(answer), { ups: "111286", fedex: "RATE.LOCATION.NOSERVICE", usps: "400", dhl: "996" });
		assert.match(answer.warnings.find((w) => w.carrier === "ups").message, /not a valid postal code/);
	});

	test("a token is asked for once a process, not once a question", async () => {
		const client = (await makeTenant()).live, own = await addCarrier(client, "fedex");
		for (let i = 0; i < 12; i++)
			assert.deepEqual(prices(await ask(client)), fedex);
		const { requests } = await asked("fedex", own.credentials.client_id);
		assert.ok(requests.length >= 1 && requests.length <= 8, `${requests.length} tokens`);
		assert.ok(requests.every((request) => request.path === "/oauth/token"));
		// Other credentials, another token.
		const other = secrets();
		status(await client.patch(`/shipping/carriers/${own.id}`, { credentials: other }), 200);
		assert.deepEqual(prices(await ask(client)), fedex);
		assert.ok((await asked("fedex", other.client_id)).requests.length >= 1);
	});

	test("a token that is good no longer is renewed, and the question put once more", async () => {
		const client = (await makeTenant()).live, own = await addCarrier(client, "ups");
		assert.deepEqual(prices(await ask(client)), ups);
		await behave("ups", { behave: "answer", status: 401, body: { response: { errors: [{ code: "250002", message: "Invalid" }] } }, holds: own.account_number, path: "/api/rating" });
		assert.deepEqual(prices(await ask(client)), ups);
		// Twice is no: the credentials are not good.
		await behave("ups", { behave: "answer", status: 401, body: "", times: 2, holds: own.account_number, path: "/api/rating" });
		const answer = await ask(client);
		assert.deepEqual([prices(answer), warned(answer)], [{}, { ups: "credentials" }]);
		assert.deepEqual(prices(await ask(client)), ups);
	});

	test("credentials that are not known are told, without showing them", async () => {
		const client = (await makeTenant()).live, bad = { client_id: "bad-id", client_secret: "hush-hush-hush" };
		for (const kind of ["ups", "fedex", "usps"])
			await addCarrier(client, kind, { credentials: bad });
		await addCarrier(client, "dhl", { credentials: { username: "bad-user", password: "hush-hush-hush" } });
		await ask(client);
		const answer = status(await client.post("/shipping/rates", question()), 200);
		assert.deepEqual(warned(answer.body), { ups: "credentials", fedex: "credentials", usps: "credentials", dhl: "credentials" });
		assert.ok(!answer.raw.includes("hush") && !answer.raw.includes("bad-"));
	});

	test("credentials that are not whole are refused when they are given", async () => {
		const put = (kind, credentials) => shop.post("/shipping/carriers", { ...carrier(kind), code: "another", credentials });
		refused(await put("ups", { client_id: "a" }), 422, ["credentials.client_secret:required"]);
		refused(await put("fedex", { client_id: "a", client_secret: "b", api_key: "c" }), 422, ["credentials.api_key:unknown_field"]);
		refused(await put("usps", { client_id: "a", client_secret: "ü" }), 422, ["credentials.client_secret:type"]);
	});
});

describe("a test of credentials", { concurrency: 4 }, () => {
	const tried = async (client, id) => status(await client.post(`/shipping/carriers/${id}/test`), 200).body;

	test("each carrier says whether it accepts them", async () => {
		const client = (await makeTenant()).live;
		for (const kind of ["ups", "fedex", "usps", "dhl"]) {
			const own = await addCarrier(client, kind);
			assert.deepEqual(await tried(client, own.id), { ok: true, message: "the carrier accepts the credentials" }, kind);
			const bad = kind === "dhl" ? { username: "bad-one", password: "hush-hush" } : { client_id: "bad-one", client_secret: "hush-hush" };
			status(await client.patch(`/shipping/carriers/${own.id}`, { credentials: bad }), 200);
			assert.deepEqual(await tried(client, own.id), { ok: false, code: "credentials", message: "the carrier does not accept the credentials" }, kind);
		}
	});

	test("a token that is kept is no answer: they are asked", async () => {
		const client = (await makeTenant()).live, own = await addCarrier(client, "fedex");
		assert.deepEqual(prices(await ask(client)), fedex);
		await behave("fedex", { behave: "answer", status: 503, body: "", holds: own.credentials.client_id, path: "/oauth/token" });
		assert.deepEqual([(await tried(client, own.id)).code, (await tried(client, own.id)).ok], ["http_503", true]);
	});

	test("whose it is not, or who may not write, tests nothing", async () => {
		const tenant = await makeTenant(), own = await addCarrier(tenant.live, "ups");
		status(await (await makeTenant()).live.post(`/shipping/carriers/${own.id}/test`), 404);
		status(await (await tenant.client({ scopes: "shipping:read" })).post(`/shipping/carriers/${own.id}/test`), 403);
		status(await tenant.live.post("/shipping/carriers/carr_1/test"), 404);
		assert.deepEqual(await tried(tenant.live, own.code), await tried(tenant.live, own.id));
	});
});

describe("trouble of one carrier", { concurrency: 4 }, () => {
	const cut = '{"RateResponse":{"RatedShipment":[{"Service":{"Code":"03"},"TotalCh';
	const troubles = [
		["never answers", { behave: "hang" }, "no_answer"],
		["never gives a token", { behave: "hang", path: "/oauth/token" }, "no_answer"],
		["hangs up", { behave: "reset" }, "no_answer"],
		["fails", { behave: "answer", status: 500, body: "oops" }, "http_500"],
		["is asked too much", { behave: "answer", status: 429, body: "" }, "rate_limited"],
		["answers rubbish", { behave: "answer", status: 200, body: "<html>" }, "unreadable"],
		["answers a half", { behave: "answer", status: 200, body: cut }, "unreadable"],
		["answers nothing of use", { behave: "answer", status: 200, body: { RateResponse: { RatedShipment: [{ Service: { Code: "03" }, TotalCharges: { CurrencyCode: "USD", MonetaryValue: "-1" } }] } } }, "unreadable"],
		["sends us elsewhere", { behave: "answer", status: 302, body: "" }, "http_302"],
	];
	for (const [what, rule, code] of troubles)
		test(`one that ${what} leaves the others, and is told`, async () => {
			const client = (await makeTenant()).live, own = await addCarrier(client, "ups");
			await addCarrier(client, "fedex");
			await behave("ups", { holds: own.account_number, path: "/api/rating", times: 9, ...rule });
			const answer = await ask(client, {}, 0);
			assert.deepEqual([prices(answer), warned(answer)], [fedex, { ups: code }]);
		});

	test("one that is slow is waited for", async () => {
		const client = (await makeTenant()).live, own = await addCarrier(client, "ups");
		await behave("ups", { holds: own.account_number, path: "/api/rating", behave: "slow", ms: 300 });
		assert.deepEqual(prices(await ask(client)), ups);
	});

	test("of DHL's two, one is enough", async () => {
		const client = (await makeTenant()).live, own = await addCarrier(client, "dhl");
		await behave("dhl_ecommerce", { holds: own.account_number, path: "/products", behave: "answer", status: 500, body: "" });
		const answer = await ask(client);
		assert.deepEqual([prices(answer), warned(answer)], [{ "dhl:express": 22.5, "dhl:express_e": 99 }, { dhl: "http_500" }]);
		await behave("dhl_ecommerce", { holds: own.credentials.client_id, path: "/accesstoken", times: 9, behave: "answer", status: 500, body: "" });
		await behave("dhl_ecommerce", { holds: own.account_number, path: "/products", behave: "answer", status: 401, body: "" });
		assert.equal(prices(await ask(client))["dhl:express"], 22.5);
	});
});

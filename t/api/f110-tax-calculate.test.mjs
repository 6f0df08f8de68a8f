// POST /tax/calculate: the rates of a place, the closest of each priority, and sums whose parts add up.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, refused, statements, status } from "./souk.mjs";

let live, other, tenant;
const ids = {};

const RATES = {
	us: { country: "US", rate: 1 },
	ca: { country: "US", state: "CA", rate: 7.25 },
	la: { country: "US", state: "CA", city: "Los Angeles", rate: 8 },
	begins: { country: "US", state: "CA", zip: "900*", rate: 9 },
	range: { country: "US", state: "CA", zip: "90010...90019", rate: 9.25 },
	exact: { country: "US", state: "CA", zip: "90012", rate: 9.5 },
	district: { country: "US", state: "CA", priority: 1, rate: 0.5, on_shipping: true },
	reduced: { country: "US", tax_class: "reduced", rate: 2 },
	off: { country: "US", state: "CA", zip: "94000", rate: 99, status: "inactive" },
	gst: { country: "CA", rate: 5 },
	pst: { country: "CA", state: "PE", rate: 10, priority: 1, compound: true },
	de: { country: "DE", rate: 19, inclusive: true, on_shipping: true },
	de7: { country: "DE", rate: 7, tax_class: "reduced", inclusive: true, on_shipping: true },
	jp: { country: "JP", rate: 10 },
};

before(async () => {
	let more;
	[tenant, more] = await Promise.all([makeTenant(), makeTenant()]);
	[live, other] = [tenant.live, more.live];
	for (const [name, rate] of Object.entries(RATES))
		ids[name] = (await live.make("/tax-rates", { name, ...rate })).id;
});

const ask = (body, headers) => live.post("/tax/calculate", body, headers);
const tax = async (address, items = [{ price: 100 }], more = {}) => status(await ask({ address, items, ...more }), 200).body;
const names = (sum) => sum.taxes.map((one) => one.name).sort();

for (const [address, want] of [
	[{ country: "US" }, ["us"]],
	[{ country: "us", state: "NY" }, ["us"]],
	[{ country: "US", state: "CA" }, ["ca", "district"]],
	[{ country: "US", state: "ca", city: "LOS ANGELES" }, ["district", "la"]],
	[{ country: "US", state: "CA", city: "Los Angeles", zip: "90099" }, ["begins", "district"]],
	[{ country: "US", state: "CA", postal_code: "90013" }, ["district", "range"]],
	[{ country: "US", state: "CA", zip: "90012-1234" }, ["district", "exact"]],
	[{ country: "US", state: "CA", zip: "94000" }, ["ca", "district"]],
	[{ country: "US", zip: "90012" }, ["us"]],
	[{ country: "CA", state: "PE" }, ["gst", "pst"]],
	[{ country: "GB", zip: "SW1A 1AA" }, []],
])
	test(`${JSON.stringify(address)} is taxed by ${want.join(" and ") || "none"}`, async () => {
		assert.deepEqual(names(await tax(address)), want);
	});

test("a question is answered item by item", async () => {
	const sum = await tax({ country: "US", state: "CA", zip: "90210" }, [{ price: "199.99", quantity: 2 }, { amount: 1000, tax_class: "reduced" }, { price: 5, tax_class: "books" }], { shipping_price: 9.99 });
	assert.deepEqual(sum, {
		currency: "USD",
		prices_include_tax: false,
		items: [
			{
				tax_class: "standard", quantity: 2, price: 199.99, subtotal: 399.98, tax_total: 31, total: 430.98,
				taxes: [
					{ tax_rate_id: ids.ca, name: "ca", rate: 7.25, taxable_total: 399.98, tax_total: 29 },
					{ tax_rate_id: ids.district, name: "district", rate: 0.5, taxable_total: 399.98, tax_total: 2 },
				],
			},
			{ tax_class: "reduced", quantity: 1, price: 10, subtotal: 10, tax_total: 0.2, total: 10.2, taxes: [{ tax_rate_id: ids.reduced, name: "reduced", rate: 2, taxable_total: 10, tax_total: 0.2 }] },
			{ tax_class: "books", quantity: 1, price: 5, subtotal: 5, tax_total: 0, total: 5, taxes: [] },
		],
		shipping: { tax_class: null, quantity: 1, price: 9.99, subtotal: 9.99, tax_total: 0.05, total: 10.04, taxes: [{ tax_rate_id: ids.district, name: "district", rate: 0.5, taxable_total: 9.99, tax_total: 0.05 }] },
		subtotal: 414.98,
		shipping_total: 9.99,
		tax_total: 31.25,
		total: 456.22,
		taxes: [
			{ tax_rate_id: ids.ca, name: "ca", rate: 7.25, taxable_total: 399.98, tax_total: 29 },
			{ tax_rate_id: ids.reduced, name: "reduced", rate: 2, taxable_total: 10, tax_total: 0.2 },
			{ tax_rate_id: ids.district, name: "district", rate: 0.5, taxable_total: 409.97, tax_total: 2.05 },
		],
	});
});

test("a compound tax is taken of the other taxes too, and half a cent goes to the even one", async () => {
	assert.equal((await tax({ country: "CA", state: "PE" })).tax_total, 15.5);
	assert.equal((await tax({ country: "US" }, [{ price: 0.5 }])).tax_total, 0);
	assert.equal((await tax({ country: "US" }, [{ price: 1.5 }])).tax_total, 0.02);
	assert.equal((await tax({ country: "US" }, [{ price: 2.5 }])).tax_total, 0.02);
});

test("where prices include tax, it is a part of the total", async () => {
	const sum = await tax({ country: "DE" }, [{ price: 119 }, { price: 107, tax_class: "reduced" }], { shipping_price: 11.9 });
	assert.deepEqual([sum.prices_include_tax, sum.subtotal, sum.tax_total, sum.total], [true, 226, 27.9, 237.9]);
	assert.deepEqual(sum.items.map((item) => [item.tax_total, item.total, item.taxes[0].taxable_total]), [[19, 119, 100], [7, 107, 100]]);
	assert.deepEqual(sum.shipping.taxes.map((one) => one.name), ["de"], "shipping has the standard rate only");
});

test("parts add up", async () => {
	const items = Array.from({ length: 97 }, (_, i) => ({ amount: 1 + i * 37, quantity: 1 + (i % 7), tax_class: ["standard", "reduced", "books"][i % 3] }));
	for (const address of [{ country: "US", state: "CA", zip: "90012" }, { country: "CA", state: "PE" }, { country: "DE" }]) {
		const sum = await tax(address, items, { shipping_price: 7.77 }), cents = (list) => list.reduce((all, one) => all + Math.round(one * 100), 0);
		assert.equal(cents(sum.items.map((item) => item.tax_total)) + cents([sum.shipping.tax_total]), cents([sum.tax_total]));
		assert.equal(cents(sum.taxes.map((one) => one.tax_total)), cents([sum.tax_total]));
		assert.equal(cents(sum.items.map((item) => item.total)) + cents([sum.shipping.total]), cents([sum.total]));
		for (const item of [...sum.items, sum.shipping])
			assert.equal(cents(item.taxes.map((one) => one.tax_total)), cents([item.tax_total]));
		assert.equal(cents([sum.subtotal, sum.shipping_total]) + (sum.prices_include_tax ? 0 : cents([sum.tax_total])), cents([sum.total]));
	}
});

test("money has the digits of its currency, and X-Currency converts none of it", async () => {
	const sum = status(await ask({ address: { country: "JP" }, currency: "jpy", items: [{ price: 1505 }, { amount: 10 }] }, { "x-currency": "EUR" }), 200).body;
	assert.deepEqual([sum.currency, sum.subtotal, sum.tax_total, sum.total], ["JPY", 1515, 151, 1666]);
	const kwd = await tax({ country: "US" }, [{ price: 1.505 }], { currency: "KWD" });
	assert.deepEqual([kwd.tax_total, kwd.total], [0.015, 1.52]);
});

test("X-Region stands in for an address, and an address wins", async () => {
	const items = [{ price: 10 }];
	assert.deepEqual(names(status(await ask({ items }, { "x-region": "jp" }), 200).body), ["jp"]);
	assert.deepEqual(names(status(await ask({ items, address: { country: "CA" } }, { "x-region": "JP" }), 200).body), ["gst"]);
	refused(await ask({ items }, { "x-region": "EU" }), 422, ["address:required"]);
	refused(await ask({ items }), 422, ["address:required"]);
});

for (const [body, faults] of [
	[{}, ["items:required"]], [{ items: [] }, ["items:count"]], [{ items: {} }, ["items:type"]], [{ items: Array(501).fill({ price: 1 }) }, ["items:count"]], [{ items: [7] }, ["items[0]:type"]],
	[{ items: [{}] }, ["items[0].price:required"]], [{ items: [{ price: 1, amount: 100 }] }, ["items[0].amount:twice"]],
	[{ items: [{ price: 1, quantity: 0 }] }, ["items[0].quantity:too_small"]], [{ items: [{ price: 1, quantity: -1 }] }, ["items[0].quantity:too_small"]], [{ items: [{ price: 1, quantity: 1.5 }] }, ["items[0].quantity:not_an_integer"]],
	[{ items: [{ price: 1, quantity: 1e18 }] }, ["items[0].quantity:too_large"]], [{ items: [{ price: 1 }, { price: 1, quantity: "2" }] }, ["items[1].quantity:type"]],
	[{ items: [{ price: -1 }] }, ["items[0].price:too_small"]], [{ items: [{ price: 1.005 }] }, ["items[0].price:too_precise"]], [{ items: [{ price: 1e18 }] }, ["items[0].price:too_large"]], [{ items: [{ amount: 1e18 }] }, ["items[0].amount:too_large"]],
	[{ items: [{ amount: 1.5 }] }, ["items[0].amount:not_an_integer"]], [{ items: [{ price: 1, tax_class: "Ä" }] }, ["items[0].tax_class:pattern"]], [{ items: [{ price: 1, sku: "X" }] }, ["items[0].sku:unknown_field"]],
	[{ items: [{ price: 1.5 }], currency: "JPY" }, ["items[0].price:too_precise"]], [{ items: [{ price: 1 }], currency: "XYZ" }, ["currency:unknown"]], [{ items: [{ price: 1 }], shipping_price: -1 }, ["shipping_price:too_small"]],
	[{ items: [{ price: 1 }], address: { state: "CA" } }, ["address.country:required"]], [{ items: [{ price: 1 }], address: { country: "XX" } }, ["address.country:unknown"]], [{ items: [{ price: 1 }], address: "US" }, ["address:type"]],
	[{ items: [{ price: 1 }], address: { country: "US", zip: "1", postal_code: "1" } }, ["address.postal_code:twice"]], [{ items: [{ price: 1 }], id: "tax_123" }, ["id:unknown_field"]],
	[{ items: [{ quantity: 0 }, { price: "x" }], address: { country: "" } }, ["address.country:blank", "items[0].quantity:too_small", "items[1].price:type"]],
])
	test(`${JSON.stringify(body).slice(0, 70)} is refused`, async () => {
		refused(await ask({ address: { country: "US" }, ...body }), 422, faults);
	});

test("what is too much for any amount is refused, and where", async () => {
	const most = 9007199254740991;
	refused(await ask({ address: { country: "US" }, items: [{ amount: 1 }, { amount: most, quantity: 2 }] }), 422, ["items[1].quantity:too_large"]);
	const e = refused(await ask({ address: { country: "US" }, items: [{ amount: most }, { amount: most }] }), 422);
	assert.ok(e.details.every((d) => d.reason === "too_large"));
});

test("the rates of others are not taken, and nothing is stored", async () => {
	assert.deepEqual(status(await other.post("/tax/calculate", { address: { country: "US" }, items: [{ price: 1 }] }), 200).body.taxes, []);
	const key = await tenant.client({ scopes: "products:read" });
	refused(await key.post("/tax/calculate", { address: { country: "US" }, items: [{ price: 1 }] }), 403);
});

test("the rates of a place come by one statement", async () => {
	const least = [];
	for (let i = 0; i < 24; i++) /* other workers may still have to learn the key */
		least.push(statements(status(await ask({ address: { country: "US", state: "CA", zip: "90012" }, items: [{ price: 1 }] }), 200)));
	assert.equal(Math.min(...least), 1);
});

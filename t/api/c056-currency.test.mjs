// X-Currency shows prices in another currency: the merchant's own price in it if there is one, else converted by a rate that is told.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, product, refused, status, traces } from "./souk.mjs";

const RATE_AT = "2026-04-13T14:00:00Z";
const usdTo = { EUR: "0.855871277", JPY: "159.833961" };
const nbsp = "\u00a0";

let live, poor, made, plain;

before(async () => {
	const tenant = await makeTenant();
	live = tenant.live;
	poor = await tenant.client({ scopes: "products:read" });
	made = await live.make("/products", product({
		cost: "100.00", prices: { EUR: "189.00", jpy: 30000 },
		variants: [{ sku: "CUR-1", price: 209.99, prices: { EUR: 199 } }, { sku: "CUR-2" }, { sku: "CUR-3", price: 5 }, { sku: "CUR-4", prices: { EUR: 7.5 } }],
	}));
	plain = await live.make("/products", product({ price: 199.99 }));
});

const shown = async (path, currency, headers) => status(await live.get(path, { "x-currency": currency, ...headers }), 200).body;
const converted = (amount, currency, formatted) => ({ amount, currency, formatted, converted: true, rate: usdTo[currency], rate_at: RATE_AT });

// ---- what is stored

test("prices are kept by currency, with its digits, and shown as decimals", async () => {
	assert.match((await live.get(`/products/${made.id}`)).raw, /"price":199\.99,"prices":\{"EUR":189\.00,"JPY":30000\}/);
	assert.deepEqual(made.variants.map((v) => v.prices), [{ EUR: 199 }, null, null, { EUR: 7.5 }]);
	assert.equal(plain.prices, null);
	assert.deepEqual((await live.read(`/products/${made.id}?fields=prices`)).prices, { EUR: 189, JPY: 30000 });
});

test("prices are patched one by one", async () => {
	const { id } = await live.make("/products", product({ prices: { EUR: 1, GBP: 2 } }));
	const put = async (prices) => status(await live.put(`/products/${id}`, { prices }), 200).body;
	assert.deepEqual((await put({ eur: "1.50" })).prices, { EUR: 1.5, GBP: 2 });
	assert.deepEqual((await put({ KWD: "0.125", GBP: null })).prices, { EUR: 1.5, KWD: 0.125 });
	const same = await put({ EUR: 1.5 });
	assert.equal(same.version, 3);
	assert.equal((await put({ EUR: null, KWD: null, SEK: null })).prices, null);
	assert.deepEqual((await put({ SEK: 10 })).prices, { SEK: 10 });
	assert.equal((await put(null)).prices, null);
	assert.deepEqual(traces(id).audit[1].changes.prices, { old: { EUR: 1, GBP: 2 }, new: { EUR: 1.5, GBP: 2 } });
	const [variant] = status(await live.put(`/products/${id}`, { variants: [{ sku: `PV-${id}`, prices: { EUR: 3 } }] }), 200).body.variants;
	assert.deepEqual(status(await live.put(`/products/${id}/variants/${variant.id}`, { prices: { EUR: null, JPY: 5 } }), 200).body.prices, { JPY: 5 });
});

test("prices that cannot be kept are refused by their path", async () => {
	const many = Object.fromEntries(["AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BBD", "BDT", "BHD", "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP", "CRC", "CUP", "CVE"].map((c) => [c, 1]));
	assert.equal(Object.keys(many).length, 31);
	for (const [prices, ...faults] of [
		[{ USD: 1 }, "prices.USD:own_currency"], [{ usd: null }, "prices.usd:own_currency"], [{ EURO: 1, XXX: 2, "": 3 }, "prices.EURO:unknown", "prices.XXX:unknown", "prices.:unknown"],
		[{ EUR: 1, eur: 2 }, "prices.eur:twice"], [{ EUR: 1.999 }, "prices.EUR:too_precise"], [{ JPY: 0.5 }, "prices.JPY:too_precise"], [{ EUR: -0.01 }, "prices.EUR:too_small"],
		[{ EUR: 1e30 }, "prices.EUR:too_large"], [{ EUR: "1,50" }, "prices.EUR:type"], [{ EUR: [1] }, "prices.EUR:type"], [{ EUR: { amount: 1 } }, "prices.EUR:type"], [{ EUR: true }, "prices.EUR:type"],
		[[], "prices:type"], ["EUR", "prices:type"], [7, "prices:type"], [many, "prices:too_many"],
	]) {
		refused(await live.post("/products", product({ prices })), 422, faults);
		refused(await live.put(`/products/${plain.id}`, { prices }), 422, faults);
		refused(await live.post("/products", product({ variants: [{ sku: "BAD-P", prices }] })), 422, faults.map((f) => `variants[0].${f}`));
	}
	const { message } = refused(await live.post("/products", product({ prices: { USD: 1 } })), 422);
	assert.match(message, /stands in price/);
	const codes = Object.keys(many);
	const { id } = await live.make("/products", product({ prices: Object.fromEntries(codes.slice(0, 20).map((c) => [c, 1])) }));
	refused(await live.put(`/products/${id}`, { prices: Object.fromEntries(codes.slice(20).map((c) => [c, 1])) }), 422, ["prices:too_many"]);
	refused(await live.get("/products?filter[prices]=1"), 400);
	refused(await live.get("/products?sort=prices"), 400);
});

// ---- what is shown

test("the shop's own currency makes an object of a price, and converts nothing", async () => {
	for (const code of ["USD", "usd", " Usd "])
		assert.deepEqual((await shown(`/products/${plain.id}`, code)).price, { amount: 19999, currency: "USD", formatted: "$199.99" });
	assert.deepEqual((await shown(`/products/${made.id}`, "USD")).price, { amount: 19999, currency: "USD", formatted: "$199.99" });
});

test("an explicit price is shown as it is, any other is converted half-up by a rate that is told", async () => {
	assert.deepEqual((await shown(`/products/${made.id}`, "EUR")).price, { amount: 18900, currency: "EUR", formatted: "€189.00" });
	assert.deepEqual((await shown(`/products/${made.id}`, "jpy")).price, { amount: 30000, currency: "JPY", formatted: "¥30,000" });
	assert.deepEqual((await shown(`/products/${plain.id}`, "EUR")).price, converted(17117, "EUR", "€171.17"));
	assert.deepEqual((await shown(`/products/${plain.id}`, "JPY")).price, converted(31965, "JPY", "¥31,965"));
});

test("variants and costs are shown alike, wherever they stand", async () => {
	const variants = [{ amount: 19900, currency: "EUR", formatted: "€199.00" }, null, converted(428, "EUR", "€4.28"), { amount: 750, currency: "EUR", formatted: "€7.50" }];
	const one = await shown(`/products/${made.id}`, "EUR");
	assert.deepEqual(one.variants.map((v) => v.price), variants);
	assert.deepEqual([one.cost, one.variants[0].cost], [converted(8559, "EUR", "€85.59"), null]);
	const { data } = await shown(`/products?filter[sku]=${made.sku}&include=variants`, "EUR");
	assert.deepEqual(data[0].variants.map((v) => v.price), variants);
	assert.deepEqual((await shown(`/products/${made.id}/variants`, "EUR")).data.map((v) => v.price), variants);
	assert.deepEqual((await shown(`/products/${made.id}/variants/${made.variants[0].id}`, "EUR")).price, variants[0]);
	assert.deepEqual(await shown(`/products/${made.id}?fields=price,variants.price`, "EUR"), { id: made.id, object: "product", price: { amount: 18900, currency: "EUR", formatted: "€189.00" }, variants: one.variants.map((v, i) => ({ id: v.id, object: "variant", price: variants[i] })) });
	const hidden = status(await poor.get(`/products/${made.id}`, { "x-currency": "EUR" }), 200).body;
	assert.ok(!("cost" in hidden) && !("cost" in hidden.variants[0]) && hidden.price.amount === 18900);
	refused(await poor.get(`/products/${made.id}?fields=cost`, { "x-currency": "EUR" }), 403);
});

test("money is written as the language and region of the request write it", async () => {
	for (const [language, region, formatted] of [
		["en", null, "€189.00"], ["es", null, `189,00${nbsp}€`], ["fr", null, `189,00${nbsp}€`], ["de", null, `189,00${nbsp}€`], ["ja", null, "€189.00"], ["zh", null, "€189.00"],
		["de", "CH", `EUR${nbsp}189.00`], ["en", "EU", `189.00${nbsp}€`], ["en", "IE", "€189.00"], [null, "DE", "€189.00"],
	])
		assert.equal((await shown(`/products/${made.id}`, "EUR", { "accept-language": language, "x-region": region })).price.formatted, formatted, `${language} ${region}`);
});

test("a tenant may count without cents, or in thousandths, or in what has no rate", async () => {
	const yen = (await makeTenant({ currency: "JPY", language: "ja" })).live;
	const bowl = await yen.make("/products", product({ price: 500, prices: { USD: 4.5 } }));
	const yens = async (code) => status(await yen.get(`/products/${bowl.id}`, { "x-currency": code }), 200).body.price;
	assert.deepEqual(await yens("JPY"), { amount: 500, currency: "JPY", formatted: "￥500" });
	assert.deepEqual(await yens("USD"), { amount: 450, currency: "USD", formatted: "$4.50" });
	assert.deepEqual(await yens("EUR"), { amount: 268, currency: "EUR", formatted: "€2.68", converted: true, rate: "0.005354752343", rate_at: RATE_AT });
	const dinar = (await makeTenant({ currency: "KWD" })).live;
	const lamp = await dinar.make("/products", product({ price: "1.255", prices: { EUR: 4 } }));
	const own = status(await dinar.get(`/products/${lamp.id}`, { "x-currency": "kwd" }), 200).body.price;
	assert.deepEqual(own, { amount: 1255, currency: "KWD", formatted: `KWD${nbsp}1.255` });
	for (const code of ["EUR", "USD"]) {
		const e = refused(await dinar.get(`/products/${lamp.id}`, { "x-currency": code }), 400, ["X-Currency:no_rate"]);
		assert.deepEqual(e.details[0].allowed, ["KWD"]);
	}
});

test("a price too large for the currency is refused, never wrong, and nothing is written", async () => {
	const own = (await makeTenant()).live;
	const huge = await own.make("/products", product({ price: "92233720368547758.07" }));
	assert.equal(status(await own.get(`/products/${huge.id}`, { "x-currency": "GBP" }), 200).body.price.amount, Number(6872375237838419816n));
	for (const path of [`/products/${huge.id}`, `/products?filter[sku]=${huge.sku}`])
		refused(await own.get(path, { "x-currency": "IDR" }), 400, ["X-Currency:too_large"]);
	const body = product({ price: "92233720368547758.07" });
	for (const key of [null, "huge"]) {
		refused(await own.post("/products", body, { "x-currency": "IDR", "idempotency-key": key }), 400, ["X-Currency:too_large"]);
		refused(await own.get(`/products/${body.sku}`), 404);
	}
	status(await own.post("/products", body), 201);
});

test("what is no currency, or has no rate, is refused with those that can be had", async () => {
	for (const [code, reason, nearest] of [["XXX", "unknown"], ["EURO", "unknown", "EUR"], ["$", "unknown"], ["EU", "unknown", "EUR"], ["EUR,USD", "unknown"], ["BTC", "unknown"], ["DEM", "unknown"], ["\u00ff", "unknown"], ["KWD", "no_rate"], ["rub", "no_rate"], ["VND", "no_rate"]])
		for (const [method, path, body] of [["GET", `/products/${made.id}`], ["GET", "/products"], ["GET", "/categories"], ["POST", "/products", product()], ["DELETE", `/products/${made.id}`]]) {
			const e = refused(await live.send(method, path, { body, headers: { "x-currency": code } }), 400, [`X-Currency:${reason}`]);
			assert.equal(e.details[0].allowed.length, 30);
			if (nearest)
				assert.equal(e.details[0].nearest, nearest);
		}
	assert.equal((await live.read(`/products/${made.id}`)).archived_at, undefined);
});

// ---- what it leaves alone

test("filters and sorts mean the shop's currency, and a cursor goes on in any", async () => {
	const list = async (query, code = null) => status(await live.get(`/products?fields=price&${query}`, { "x-currency": code }), 200).body;
	const ids = async (query, code = null) => (await list(query, code)).data.map((p) => p.id);
	for (const query of ["sort=price", "filter[price][gte]=199.99", "filter[price]=199.99&sort=-price"])
		assert.deepEqual(await ids(query, "JPY"), await ids(query, null), query);
	const first = await list("sort=price&cursor=&limit=2", "EUR");
	const next = await list(`sort=price&limit=2&cursor=${first.pagination.next_cursor}`, "JPY");
	assert.deepEqual([...first.data, ...next.data].map((p) => p.id), (await ids("sort=price&limit=4")));
	assert.ok(next.data.every((p) => p.price.currency === "JPY"));
});

test("answers of writes are shown alike; what is stored and traced is not", async () => {
	const body = product({ price: 100 });
	const headers = { "x-currency": "EUR", "idempotency-key": "cur-1" };
	const sent = status(await live.post("/products", body, headers), 201);
	assert.deepEqual(sent.body.price, converted(8559, "EUR", "€85.59"));
	assert.equal(status(await live.post("/products", body, headers), 201).raw, sent.raw);
	refused(await live.post("/products", body, { ...headers, "x-currency": "JPY" }), 409, undefined, "idempotency_mismatch");
	refused(await live.post("/products", body, { ...headers, "x-region": "US" }), 409, undefined, "idempotency_mismatch");
	const put = status(await live.put(`/products/${sent.body.id}`, { price: 200 }, { "x-currency": "EUR" }), 200);
	assert.equal(put.body.price.amount, 17117);
	const { audit, events } = traces(sent.body.id);
	assert.deepEqual(audit[1].changes.price, { old: 100, new: 200 });
	assert.deepEqual(events.map((e) => e.data.object.price), [100, 200]);
	assert.equal((await live.read(`/products/${sent.body.id}`)).price, 200);
	const e = refused(await live.put(`/products/${sent.body.id}`, { price: put.body.price }), 422, ["price:type"]);
	assert.match(e.message, /not an object/);
});

test("each currency has a tag of its own, and the same is not sent twice", async () => {
	for (const path of [`/products/${made.id}`, "/products?filter[sku]=" + made.sku]) {
		const tags = new Set();
		for (const code of [null, "USD", "EUR", "JPY"]) {
			const { etag, vary } = status(await live.get(path, { "x-currency": code }), 200).headers;
			assert.match(vary, /X-Currency/);
			assert.ok(!tags.has(etag), code);
			tags.add(etag);
			status(await live.get(path, { "x-currency": code, "if-none-match": etag }), 304);
			status(await live.get(path, { "x-currency": "GBP", "if-none-match": etag }), 200);
		}
	}
	const one = await live.get(`/products/${made.id}`, { "x-currency": "EUR" });
	assert.equal((await live.get(`/products/${made.id}`, { "x-currency": "eur" })).headers.etag, one.headers.etag);
	status(await live.put(`/products/${made.id}`, { brand: "New" }, { "if-match": one.headers.etag }), 200);
});

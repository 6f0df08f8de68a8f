// A product is kept as it was given: exactly, whole, and changed by no more than what a patch says.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, product, refused, status } from "./souk.mjs";

let live;

before(async () => {
	live = (await makeTenant()).live;
	await live.make("/categories", { name: "Electronics", slug: "electronics" });
	await live.make("/categories", { name: "Audio", slug: "audio" });
});

const make = (more) => live.make("/products", product(more));
const put = async (made, body) => status(await live.put(`/products/${made.id}`, body), 200).body;

// ---- making and finding

test("the printed example makes a product, which is found by id, by SKU and by a variant's SKU", async () => {
	const printed = `{
  "name": "Premium Wireless Headphones",
  "description": "High-quality audio experience",
  "price": 199.99,
  "sku": "HEADPHONE-001",
  "status": "active",
  "categories": ["electronics", "audio"],
  "variants": [{"sku": "HEADPHONE-001-BLACK", "price": 209.99, "attributes": {"color": "Black"}}, {"sku": "HEADPHONE-001-WHITE", "attributes": {"color": "White"}}],
  "images": [{"url": "https://cdn.example.com/headphones.jpg", "alt": "Black headphones on a table"}]
}`;
	const answer = status(await live.post("/products", printed), 201);
	const made = answer.body;
	assert.match(made.id, /^prod_[0-9a-hjkmnp-tv-z]{13}$/);
	assert.equal(made.object, "product");
	assert.equal(answer.headers.location, `/v2/products/${made.id}`);
	for (const [name, value] of Object.entries(JSON.parse(printed)))
		if (name !== "variants" && name !== "images")
			assert.deepEqual(made[name], value);
	assert.ok(answer.raw.includes('"price":199.99,'));
	assert.deepEqual(made.variants.map((v) => [v.sku, v.price, v.attributes.color, v.inventory]), [["HEADPHONE-001-BLACK", 209.99, "Black", 0], ["HEADPHONE-001-WHITE", null, "White", 0]]);
	assert.match(made.variants[0].id, /^var_/);
	assert.equal(made.images[0].alt, "Black headphones on a table");
	assert.equal(made.currency, "USD");
	assert.equal(made.version, 1);
	assert.match(made.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/);
	for (const path of [answer.headers.location, `/products/${made.id}`, "/products/HEADPHONE-001", "/products/HEADPHONE-001-BLACK", "/products/HEADPHONE-001-WHITE"])
		assert.deepEqual(await live.read(path), made);
});

test("name, price and sku are needed, all else has a value of its own", async () => {
	refused(await live.post("/products", {}), 422, ["name:required", "price:required", "sku:required"]);
	refused(await live.post("/products", { name: null, price: null, sku: null }), 422, ["name:required", "price:required", "sku:required"]);
	const made = await make();
	assert.equal(made.status, "draft");
	assert.deepEqual([made.description, made.brand, made.categories, made.variants, made.images, made.metadata], [null, null, [], [], [], {}]);
});

test("what only the server says is taken back without harm and never believed", async () => {
	const made = await make({ currency: "EUR", created_at: "2001-01-01T00:00:00Z", object: "category", id: "prod_123", archived_at: "2001-01-01T00:00:00Z" });
	assert.equal(made.currency, "USD");
	assert.notEqual(made.id, "prod_123");
	assert.notEqual(made.created_at.slice(0, 4), "2001");
	assert.equal(made.archived_at ?? null, null);
	const again = await put(made, { ...made, name: "sent back" });
	assert.equal(again.version, 2);
	assert.equal(again.name, "sent back");
	refused(await live.put(`/products/${made.id}`, { tenant_id: 1 }), 422, ["tenant_id:unknown_field"]);
	refused(await live.put(`/products/${made.id}`, { variants_count: 7 }), 422, ["variants_count:unknown_field"]);
	const child = (await make({ variants: [{ sku: "RO-1", product_id: made.id }] })).variants[0];
	assert.equal(child.inventory, 0);
	assert.deepEqual((await live.read(`/products/${made.id}`)).variants, []);
});

test("writes take an id and no SKU", async () => {
	const made = await make();
	for (const method of ["PUT", "PATCH", "DELETE"])
		refused(await live.send(method, `/products/${made.sku}`, { body: method === "DELETE" ? undefined : { price: 1 } }), 404);
	assert.equal((await live.read(`/products/${made.id}`)).version, 1);
});

test("fields and include choose what is shown", async () => {
	const made = await make({ variants: [{ sku: "FI-1" }] });
	assert.deepEqual(Object.keys(await live.read(`/products/${made.id}?fields=name,price`)).sort(), ["id", "name", "object", "price"]);
	assert.deepEqual((await live.read(`/products/${made.id}?fields=variants.sku`)).variants.map((v) => v.sku), ["FI-1"]);
	const listed = (await live.read(`/products?filter[sku]=${made.sku}`)).data[0];
	assert.equal("variants" in listed, false);
	assert.equal((await live.read(`/products?filter[sku]=${made.sku}&include=variants`)).data[0].variants[0].sku, "FI-1");
	assert.deepEqual((await live.read(`/products/${made.id}?include=reviews`)).reviews, []);
	assert.equal("reviews" in (await live.read(`/products/${made.id}`)), false);
	for (const query of ["fields=nope", "include=nope", "fields=variants.nope", "include=name", "include=review", "fields=reviews.ratings"])
		refused(await live.get(`/products/${made.id}?${query}`), 400);
});

// ---- patches

test("a patch changes what it names, and null clears", async () => {
	const made = await make({ brand: "A", description: "text", weight: 1.5, weight_unit: "kg" });
	const now = await put(made, { brand: null, price: 5 });
	assert.deepEqual([now.brand, now.price, now.description, now.weight, now.name], [null, 5, "text", 1.5, made.name]);
	refused(await live.put(`/products/${made.id}`, { name: null, sku: null, price: null }), 422, ["name:required", "sku:required", "price:required"]);
	refused(await live.put(`/products/${made.id}`, { weight_unit: null }), 422, ["weight_unit:required"]);
	assert.equal((await put(made, { weight: null, weight_unit: null })).weight, null);
});

test("PATCH is PUT", async () => {
	const made = await make({ brand: "A" });
	const now = status(await live.patch(`/products/${made.id}`, { price: 5 }), 200).body;
	assert.deepEqual([now.price, now.brand, now.version], [5, "A", 2]);
});

test("lists of words are replaced whole, and each word counts once", async () => {
	const made = await make({ categories: ["electronics", "audio", "electronics"] });
	assert.deepEqual(made.categories, ["electronics", "audio"]);
	assert.deepEqual((await put(made, { categories: ["audio"] })).categories, ["audio"]);
	assert.deepEqual((await put(made, { categories: ["audio", "electronics"] })).categories, ["audio", "electronics"]);
	assert.deepEqual((await put(made, { categories: [] })).categories, []);
	refused(await live.put(`/products/${made.id}`, { categories: ["audio", "nope"] }), 422, ["categories[1]"]);
	refused(await live.put(`/products/${made.id}`, { categories: "audio" }), 422, ["categories:type"]);
	refused(await live.put(`/products/${made.id}`, { categories: Array.from({ length: 21 }, (_, i) => `c${i}`) }), 422, ["categories:too_many"]);
});

test("variants are found by id or SKU, added if new, removed only if told", async () => {
	const made = await make({ variants: [{ sku: "VP-1", price: 1 }, { sku: "VP-2", price: 2 }, { sku: "VP-3" }] });
	const [one, two, three] = made.variants;
	const now = await put(made, { variants: [{ id: one.id, price: 10 }, { sku: "VP-2", name: "two" }, { sku: "VP-4" }] });
	assert.deepEqual(now.variants.map((v) => [v.sku, v.price, v.name]), [["VP-1", 10, null], ["VP-2", 2, "two"], ["VP-3", null, null], ["VP-4", null, null]]);
	assert.deepEqual(now.variants.slice(0, 3).map((v) => [v.id, v.version]), [[one.id, 2], [two.id, 2], [three.id, 1]]);
	const less = await put(made, { variants: [{ id: one.id, _delete: true }, { sku: "VP-3", _delete: true }] });
	assert.deepEqual(less.variants.map((v) => v.sku), ["VP-2", "VP-4"]);
	assert.equal((await put(made, { variants: [{ id: two.id, sku: "VP-1" }] })).variants[0].sku, "VP-1");
	refused(await live.get("/products/VP-2"), 404);
	assert.equal((await live.read("/products/VP-1")).id, made.id);
	for (const [item, path] of [[{ id: one.id }, "variants[0]:unknown"], [{ sku: "VP-9", _delete: true }, "variants[0]:unknown"], [{ id: "prod_123" }, "variants[0].id:not_an_id"], [{ price: 5 }, "variants[0].sku:required"]])
		refused(await live.put(`/products/${made.id}`, { variants: [item] }), 422, [path]);
});

test("two variants can change their SKUs with each other in one write", async () => {
	const made = await make({ variants: [{ sku: "SWAP-1" }, { sku: "SWAP-2" }] });
	const [a, b] = made.variants;
	const now = await put(made, { variants: [{ id: a.id, sku: "SWAP-2" }, { id: b.id, sku: "SWAP-1" }] });
	assert.deepEqual(now.variants.map((v) => v.sku), ["SWAP-2", "SWAP-1"]);
	assert.equal((await put(made, { sku: "SWAP-3", variants: [{ id: a.id, sku: made.sku }] })).sku, "SWAP-3");
});

// ---- metadata

test("metadata is merged key by key", async () => {
	const made = await make({ metadata: { internal_id: "SKU-12345", warehouse: "west-coast", supplier: "ACME Corp" } });
	const now = await put(made, { metadata: { warehouse: "east", floor: "2", supplier: null } });
	assert.deepEqual(now.metadata, { internal_id: "SKU-12345", warehouse: "east", floor: "2" });
	assert.deepEqual((await put(made, { metadata: {} })).metadata, now.metadata);
	assert.deepEqual((await put(made, { metadata: { n: 5, yes: true, exact: 1.1 } })).metadata, { ...now.metadata, n: "5", yes: "true", exact: "1.1" });
	assert.deepEqual((await put(made, { metadata: null })).metadata, {});
});

test("metadata has at most 50 keys of 40 characters with values of 500", async () => {
	const keys = (n, from = 0) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i + from}`, "v"]));
	const made = await make({ metadata: { ...keys(49), ["é".repeat(40)]: "é".repeat(500) } });
	assert.equal(Object.keys(made.metadata).length, 50);
	refused(await live.put(`/products/${made.id}`, { metadata: { more: "v" } }), 422, ["metadata:too_many"]);
	assert.equal(Object.keys((await put(made, { metadata: { k0: null, more: "v" } })).metadata).length, 50);
	refused(await live.post("/products", product({ metadata: keys(51) })), 422, ["metadata:too_many"]);
	refused(await live.put(`/products/${made.id}`, { metadata: { a: "x".repeat(501) } }), 422, ["metadata.a:too_long"]);
	refused(await live.put(`/products/${made.id}`, { metadata: { "": "x" } }), 422);
	refused(await live.put(`/products/${made.id}`, { metadata: { a: ["x"], b: {} } }), 422, ["metadata.a:type", "metadata.b:type"]);
	refused(await live.put(`/products/${made.id}`, { metadata: "x" }), 422, ["metadata:type"]);
});

test("products are found by metadata, as printed", async () => {
	const made = await make({ metadata: { warehouse: "only-here" } });
	assert.deepEqual((await live.read("/products?metadata[warehouse]=only-here")).data.map((p) => p.id), [made.id]);
});

// ---- languages

test("texts take a string or a map of languages, and are shown in the one that is asked for", async () => {
	const made = await make({ name: { en: "Cup", fr: "Tasse", ja: "カップ" }, description: "A cup" });
	assert.equal(made.name, "Cup");
	const shown = async (headers) => (status(await live.get(`/products/${made.id}`, headers), 200)).body.name;
	assert.equal(await shown({ "accept-language": "fr" }), "Tasse");
	assert.equal(await shown({ "accept-language": "fr-CA, en;q=0.5" }), "Tasse");
	assert.equal(await shown({ "accept-language": "en;q=0.5, ja" }), "カップ");
	assert.equal(await shown({ "accept-language": "*" }), "Cup");
	assert.equal(await shown({ "accept-language": "de" }), "Cup");
	assert.equal(await shown({ "accept-language": "de", "x-language-fallback": "fr" }), "Tasse");
	assert.equal(await shown({ "accept-language": "xx, ;;q=," }), "Cup");
	await put(made, { name: { fr: "Bol", ja: null } });
	assert.equal(await shown({ "accept-language": "fr" }), "Bol");
	assert.equal(await shown({ "accept-language": "ja" }), "Cup");
	await put(made, { name: "Mug" });
	assert.equal(await shown({}), "Mug");
});

test("a text needs the shop's own language, and only languages that there are", async () => {
	refused(await live.post("/products", product({ name: { fr: "Tasse" } })), 422, ["name:language"]);
	refused(await live.post("/products", product({ name: { en: "Cup", xx: "?" } })), 422, ["name.xx:language"]);
	refused(await live.post("/products", product({ name: { en: "Cup", fr: 5 } })), 422, ["name.fr:type"]);
	refused(await live.post("/products", product({ name: { en: " " } })), 422, ["name.en:blank"]);
	refused(await live.post("/products", product({ name: ["Cup"] })), 422, ["name:type"]);
	const german = (await makeTenant({ language: "de", currency: "JPY" })).live;
	const made = await german.make("/products", product({ name: "Tasse", price: 500 }));
	assert.deepEqual([made.name, made.currency, made.price], ["Tasse", "JPY", 500]);
	refused(await german.post("/products", product({ name: { en: "Cup" }, price: 5 })), 422, ["name:language"]);
	refused(await german.post("/products", product({ price: 5.5 })), 422, ["price:too_precise"]);
});

test("an answer says its language, and shows all of them if asked", async () => {
	const made = await make({ name: { en: "Cup", fr: "Tasse" } });
	assert.equal((await live.get(`/products/${made.id}`, { "accept-language": "fr" })).headers["content-language"], "fr");
	assert.deepEqual((await live.read(`/products/${made.id}?languages=all`)).name, { en: "Cup", fr: "Tasse" });
});

// ---- archiving

test("a deleted product is archived: out of lists and off its SKU, there by id", async () => {
	const made = await make({ status: "active", variants: [{ sku: "ARC-V" }] });
	assert.equal(status(await live.delete(`/products/${made.id}`), 204).raw, "");
	status(await live.delete(`/products/${made.id}`), 204);
	const now = await live.read(`/products/${made.id}`);
	assert.equal(now.status, "archived");
	assert.ok(now.archived_at);
	assert.equal(now.version, 2);
	const lists = async (query) => (await live.read(`/products?limit=200${query}`)).data.some((p) => p.id === made.id);
	assert.equal(await lists(""), false);
	assert.equal(await lists("&status=active"), false);
	assert.equal(await lists("&search=SKU"), false);
	assert.equal(await lists("&status=archived"), true);
	assert.equal(await lists("&filter[status][in]=active,archived"), true);
	for (const sku of [made.sku, "ARC-V"])
		refused(await live.get(`/products/${sku}`), 404);
	refused(await live.post(`/products/${made.id}/variants`, { sku: "ARC-W" }), 409, [], "archived");
});

test("a freed SKU can be taken, and then its old product cannot come back", async () => {
	const old = await make({ variants: [{ sku: "FREE-V" }] });
	status(await live.delete(`/products/${old.id}`), 204);
	const next = await make({ sku: old.sku });
	refused(await live.put(`/products/${old.id}`, { status: "active" }), 409, ["sku:sku_taken"]);
	status(await live.delete(`/products/${next.id}`), 204);
	const back = await put(old, { status: "active" });
	assert.equal(back.status, "active");
	assert.equal((await live.read("/products/FREE-V")).id, old.id);
	await put(old, { status: "archived" });
	const thief = await make({ sku: "FREE-V" });
	assert.match(refused(await live.put(`/products/${old.id}`, { status: "draft" }), 409, undefined, "sku_taken").message, /FREE-V/);
	assert.equal((await live.read("/products/FREE-V")).id, thief.id);
});

test("what never was cannot be deleted", async () => {
	for (const id of ["prod_7zzzzzzzzzzzz", "prod_123", "x", "cat_123"])
		refused(await live.delete(`/products/${id}`), 404);
});

// ---- money

for (const [text, shown] of [
	["199.99", "199.99"], ['"199.99"', "199.99"], ["1e2", "100.00"], ["0", "0.00"], ["-0", "0.00"], ["5", "5.00"], ["0.1", "0.10"], ["19.990", "19.99"], ['"0.30"', "0.30"],
	["1.5e-1", "0.15"], ["90071992547409.93", "90071992547409.93"], ["92233720368547758.07", "92233720368547758.07"], ["1.0000000000000000000000000000", "1.00"],
])
	test(`the price ${text} is kept exactly`, async () => {
		const { sku, name } = product();
		const answer = status(await live.post("/products", `{"name":"${name}","sku":"${sku}","price":${text}}`), 201);
		assert.ok(answer.raw.includes(`"price":${shown},`), answer.raw);
		assert.ok((await live.get(`/products/${answer.body.id}`)).raw.includes(`"price":${shown},`));
	});

for (const [text, reason] of [
	["1.234", "too_precise"], ["0.001", "too_precise"], ["1e-3", "too_precise"], ["-0.01", "too_small"], ["-1", "too_small"], ["92233720368547758.08", "too_large"], ["9223372036854775808", "too_large"],
	["1e400", "too_large"], ["18446744073709551616", "too_large"], ['"1,50"', "type"], ['""', "type"], ['"1.5 "', "type"], ['"0x10"', "type"], ['"NaN"', "type"], ["true", "type"], ["[1]", "type"],
	['{"amount":1}', "type"], [`1${"0".repeat(400)}`, "too_large"], [`0.${"0".repeat(400)}1`, "too_precise"],
])
	test(`the price ${text.slice(0, 30)} is refused as ${reason}`, async () => {
		const { sku, name } = product();
		refused(await live.post("/products", `{"name":"${name}","sku":"${sku}","price":${text}}`), 422, [`price:${reason}`]);
	});

test("measures are exact too and need their unit", async () => {
	const made = await make({ weight: "0.3500", weight_unit: "kg", length: 20, width: 18.25, height: 9.5, dimension_unit: "cm" });
	assert.deepEqual([made.weight, made.length, made.width, made.height], [0.35, 20, 18.25, 9.5]);
	refused(await live.post("/products", product({ weight: 1, height: 2 })), 422, ["weight_unit:required", "dimension_unit:required"]);
	refused(await live.post("/products", product({ weight: 1.23456, weight_unit: "kg" })), 422, ["weight:too_precise"]);
	refused(await live.post("/products", product({ weight: -1, weight_unit: "stone" })), 422, ["weight:too_small", "weight_unit:not_a_choice"]);
});

// ---- SKUs

for (const sku of ["a", "Blue T-Shirt (L)", "x".repeat(64), "#1", "100%", "a&b=c?d", "ümlaut".replace("ü", "u"), "IMPORT", "prod-123", "PROD_123", "123", "a+b", "a..b", "...", "~"])
	test(`the SKU ${sku.slice(0, 30)} is taken and finds its product`, async () => {
		const made = await make({ sku });
		assert.equal((await live.read(`/products/${encodeURIComponent(sku)}`)).id, made.id);
	});

for (const [sku, reason] of [
	["", "blank"], [" ", "blank"], [" a", "pattern"], ["a ", "pattern"], ["a/b", "pattern"], ["ü", "pattern"], ["a\tb", "pattern"], ["a\u0000b", "pattern"], ["x".repeat(65), "too_long"], ["prod_123", "id_shaped"],
	["abc_DEF", "id_shaped"], ["import", "reserved"], ["export", "reserved"], ["batch", "reserved"], [".", "reserved"], ["..", "reserved"], [5, "type"],
])
	test(`the SKU ${JSON.stringify(sku).slice(0, 30)} is refused as ${reason}`, async () => {
		refused(await live.post("/products", product({ sku })), 422, [`sku:${reason}`]);
		refused(await live.post("/products", product({ variants: [{ sku }] })), 422, [`variants[0].sku:${reason}`]);
	});

test("SKUs tell upper from lower case", async () => {
	const [upper, lower] = [await make({ sku: "CASE-ab" }), await make({ sku: "case-AB" })];
	assert.equal((await live.read("/products/CASE-ab")).id, upper.id);
	assert.equal((await live.read("/products/case-AB")).id, lower.id);
	refused(await live.get("/products/CASE-AB"), 404);
});

test("a SKU names one thing: product or variant, of this body or another", async () => {
	const made = await make({ variants: [{ sku: "DUP-V" }] });
	for (const [body, fields] of [
		[{ sku: made.sku }, ["sku:sku_taken"]],
		[{ sku: "DUP-V" }, ["sku:sku_taken"]],
		[{ variants: [{ sku: "OK-V" }, { sku: "DUP-V" }] }, ["variants[1].sku:sku_taken"]],
		[{ variants: [{ sku: made.sku }] }, ["variants[0].sku:sku_taken"]],
		[{ variants: [{ sku: "TWICE" }, { sku: "TWICE" }] }, undefined],
		[{ sku: "SELF", variants: [{ sku: "SELF" }] }, undefined],
	])
		refused(await live.post("/products", product(body)), 409, fields, "sku_taken");
	refused(await live.get("/products/OK-V"), 404);
	const other = await make({ variants: [{ sku: "DUP-W" }] });
	refused(await live.put(`/products/${other.id}`, { sku: made.sku }), 409, ["sku:sku_taken"]);
	refused(await live.put(`/products/${other.id}`, { variants: [{ id: other.variants[0].id, sku: "DUP-V" }] }), 409, ["variants[0].sku:sku_taken"]);
	assert.equal((await live.read(`/products/${other.id}`)).version, 1);
});

test("of simultaneous creates with one SKU, one wins", async () => {
	for (const body of [product({ sku: "RACE-1" }), product({ variants: [{ sku: "RACE-2" }] })]) {
		const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => live.send("POST", "/products", { body: body.variants ? { ...body, sku: `RACER-${i}` } : body, fresh: true })));
		assert.deepEqual(answers.map((a) => a.status).sort(), [201, ...Array(7).fill(409)], answers.map((a) => a.raw).join("\n"));
	}
});

for (const [field, value, reason] of [
	["name", "", "blank"], ["name", "x".repeat(256), "too_long"], ["description", "x".repeat(65536), "too_long"], ["description", 5, "type"], ["status", "sold", "not_a_choice"], ["status", "Active", "not_a_choice"],
	["brand", "x".repeat(256), "too_long"], ["brand", " ", "blank"], ["barcode", "123", "pattern"], ["barcode", "4006381333930", "check_digit"], ["tax_class", "High!", "pattern"], ["variants", {}, "type"],
	["variants", "x", "type"], ["images", [{ url: "javascript:alert(1)" }], "url"], ["images", [{ url: "https://a b" }], "url"],
])
	test(`${field} ${JSON.stringify(value).slice(0, 20)} is refused`, async () => {
		refused(await live.post("/products", product({ [field]: value })), 422, [reason === "url" ? "images[0].url:pattern" : `${field}:${reason}`]);
	});

// ---- filters, as printed

test("the printed filters and sorts find what they say", async () => {
	const brand = "Filtered";
	const made = [];
	for (const [price, categories] of [[20, ["audio"]], [60, ["audio"]], [150, ["electronics"]], [150, []], [300, ["audio"]]])
		made.push(await make({ price, categories, brand, status: "active" }));
	const found = async (query) => (await live.read(`/products?filter[brand]=${brand}&${query}`)).data.map((p) => made.findIndex((m) => m.id === p.id));
	assert.deepEqual((await found("filter[price][gte]=50&filter[price][lte]=200&filter[category][in]=electronics,audio&sort=price")), [1, 2]);
	assert.deepEqual(await found("filter%5Bprice%5D%5Bgte%5D=50&filter[price][lte]=200&filter[category][in]=electronics%2Caudio&sort=price"), [1, 2]);
	assert.deepEqual(await found("category=audio&sort=-price"), [4, 1, 0]);
	assert.deepEqual(await found("sort=category,-price"), [3, 4, 1, 0, 2]);
	assert.deepEqual(await found("filter[price][in]=20,300&sort=price"), [0, 4]);
	assert.deepEqual((await found("filter[category][nin]=audio")).sort(), [2, 3]);
	assert.deepEqual(await found("filter[name][contains]=wireless&filter[price][lt]=60"), [0]);
	assert.deepEqual(await found("filter[name][starts_with]=Prem&filter[price][gt]=150"), [4]);
	assert.deepEqual(await found("filter[name][ends_with]=%25"), []);
	assert.deepEqual(await found("filter[price]=60"), [1]);
	assert.deepEqual(await found(`search=${made[1].sku}`), [1]);
	assert.deepEqual(await found("status=draft"), []);
});

// Everything that the specification prints runs verbatim, or stands in a table with the stage that will run it (D79). Each
// example has a sandbox of its own, with the document's ids in it; what it leaves out, "[...]", comes from one table.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { seconds, signed } from "./signing.mjs";
import { Client, Tenant, ctl, number, refused, rows, status, traces, urls } from "./souk.mjs";

const { SOUK_SHARED: shared, CI } = process.env;
const skip = shared || CI === "true" ? false : "SOUK_SHARED is not set";
const AT_ONCE = 4;

// What stands where the document prints [...] or {...}, by the member's name.
const elided = {
	variants: [{ sku: "HEADPHONE-001-BLACK", attributes: { size: "Large", color: "Blue" } }],
	images: [{ url: "https://cdn.example.com/headphone-001.jpg", alt: "Black headphones on a table" }],
	data: [],
	shipping_address: { first_name: "Jane", last_name: "Doe", line1: "123 Main St", city: "New York", state: "NY", zip: "10001", country: "US" },
	billing_address: { first_name: "Jane", last_name: "Doe", line1: "123 Main St", city: "New York", state: "NY", zip: "10001", country: "US" },
	packages: [{ weight: 2.5, length: 12, width: 8, height: 6, weight_unit: "lb", dimension_unit: "in" }],
	ship_from: { company: "Auricle Logistics", line1: "40 Dock Street", city: "Newark", state: "NJ", zip: "07114", country: "US" },
	ship_to: { first_name: "Jane", last_name: "Doe", line1: "123 Main St", city: "New York", state: "NY", zip: "10001", country: "US" },
	addresses: [{ first_name: "Jane", last_name: "Doe", line1: "1 Main Street", city: "New York", state: "NY", zip: "10001", country: "US" }],
};

// ---- reading the document: each thing that it prints as code, under its heading

function printed(text) {
	const all = [], headings = [];
	let block;
	const add = (name, more) => {
		const heading = headings.filter(Boolean).slice(1).slice(-2).join(" / ");
		const same = all.filter((x) => x.heading === heading && x.plain === name).length;
		all.push({ heading, plain: name, name: same ? `${name} ${same + 1}` : name, ...more });
	};
	for (const line of text.split("\n")) {
		const [, marks, title] = /^(#+) (.*)/.exec(line) ?? [];
		const [, verb, path] = /\*\*([A-Z]+)\*\* `([^`]+)`/.exec(line) ?? [];
		if (line.startsWith("```")) {
			if (block)
				add("block", { text: block.join("\n") });
			block = block ? undefined : [];
		} else if (block) {
			block.push(line);
		} else if (title) {
			headings.length = marks.length - 1;
			headings.push(title);
		} else if (verb) {
			add(`${verb} ${path}`);
		} else {
			for (const [, code] of line.matchAll(/`([^`]+)`/g))
				add(code);
			const [, header] = /^- ((?:X|If)-[\w-]+): /.exec(line) ?? [];
			if (header)
				add(header);
		}
	}
	return all;
}

const document = skip || !shared ? [] : printed(readFileSync(join(shared, "spec/platform-api.md"), "utf8"));

const filled = (text) => text.replace(/"(\w+)": (?:\[\.\.\.\]|\{\.\.\.\})/g, (all, name) => {
	assert.ok(name in elided, `the table says nothing of ${name}`);
	return `"${name}": ${JSON.stringify(elided[name])}`;
});

// What is printed must be there, of the same type, as deep as it is printed; more may be there.
function hasShape(got, wanted, path = "") {
	assert.equal(Array.isArray(got), Array.isArray(wanted), path);
	assert.equal(typeof got, typeof wanted, path);
	if (wanted === null || typeof wanted !== "object")
		return;
	for (const [name, value] of Object.entries(wanted)) {
		assert.ok(name in got, `${path}.${name} is printed, and not there`);
		hasShape(got[name], value, `${path}.${name}`);
	}
}

// The same, with the printed values.
function hasValues(got, wanted) {
	hasShape(got, wanted);
	for (const [name, value] of Object.entries(wanted)) {
		if (value !== null && typeof value === "object")
			hasValues(got[name], value);
		else
			assert.equal(got[name], value, name);
	}
}

// ---- a sandbox with the document's ids

async function emptySandbox() {
	const t = new Tenant();
	t.id = await ctl("tenant", "create", "--name", `examples ${Math.random()}`, "--plan", "enterprise");
	return t;
}

async function sandbox() {
	const t = await emptySandbox();
	const [client] = await Promise.all([t.client({ mode: "sandbox" }), ctl("seed", "--tenant", t.id, "--mode", "sandbox")]);
	client.tenant = t;
	return client;
}

const list = async (s, query) => (await s.read(`/products?${query}`)).data;
const skus = async (s, query) => (await list(s, query)).map((p) => p.sku);
const customers = async (s, query) => (await s.read(`/customers?${query}`)).data.map((c) => c.id);
const addressPath = (printed, id) => printed.replace(/^[A-Z]+ /, "").replace("{id}", "cust_123").replace("{address_id}", id);
const day = (from) => new Date(Date.now() + from * 86400000).toISOString().slice(0, 10);
const printedPath = (text) => text.replace(/^GET /, "");

// An order of something that is in stock.
async function ordered(s, more = {}) {
	return s.make("/orders", { customer_id: "cust_123", items: [{ product_id: "prod_123", quantity: 1 }], ...more });
}
// A shipment of one, on which this happened.
async function shipmentThat(s, happened) {
	const made = await s.make("/shipments", { order_id: (await ordered(s)).id, carrier: "usps", service: "priority", ship_to: elided.ship_to });
	if (happened)
		status(await s.post(`/shipments/${made.id}/events`, { status: happened }), 201);
	return made;
}
const orders = async (s, query) => (await s.read(`/orders?${query}`)).data.map((o) => o.id);

// ---- what runs: heading → what is printed → how it runs. s: a client; text: the block

const patchBy = (path) => async (s, text) => status(await s.put(path, text), 200).body;

// An operator gives what it would give if it were asked of each product here.
const operator = (field, value, holds, raw = value) => async (s, text, name) => {
	const all = await list(s, "limit=200");
	const wanted = all.filter((p) => holds(p[field], value)).map((p) => p.sku).sort();
	assert.ok(wanted.length > 0 && wanted.length < all.length, "the operator makes a difference");
	assert.deepEqual((await skus(s, `filter[${field}][${name}]=${raw}`)).sort(), wanted);
};

const sortedBy = (get, descending = false) => async (s, text, name) => {
	const found = (await list(s, name.startsWith("sort=") ? name : `sort=${name}&order=asc`)).map(get);
	const sorted = [...found].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0) * (descending ? -1 : 1));
	assert.ok(found.length > 3);
	assert.deepEqual(found, sorted);
};

// A status of the table, by a request that has it.
const answers = (expected, code, ask) => async (s) => {
	const answer = status(await ask(s), expected);
	if (code)
		assert.equal(answer.body.error.code, code, answer.raw);
};

const faulty = (fault) => (s) => s.get("/products", { "x-souk-fault": fault });
const oneCard = { name: "One", price: 1, sku: "ONE-1" };
const requests = {
	bad: (s) => s.get("/products?colour=red"),
	keyless: (s) => new Client(undefined, "sandbox").get("/products"),
	humble: async (s) => (await s.tenant.client({ mode: "sandbox", scopes: "products:read" })).post("/products", oneCard),
	missing: (s) => s.get("/products/prod_999"),
	conflict: async (s) => s.put("/products/prod_123", { price: 5, version: 7 }),
	many: async () => {
		const s = await freeAccount();
		await Promise.all(Array.from({ length: 100 }, async () => status(await s.get("/api-keys?limit=1"), 200)));
		return s.get("/products");
	},
	invalid: (s) => s.post("/products", { name: "One", sku: "ONE-1", price: -1 }),
};

const inLanguage = async (s, headers, name, language) => {
	const answer = status(await s.get("/products/prod_456?fields=name", headers), 200);
	assert.equal(answer.body.name, name);
	assert.equal(answer.headers["content-language"], language);
};

// The date of an object in a zone is the day on which a filter by date finds it there (D47).
const inZone = async (s, zone) => {
	const { created_at: at } = await s.read("/products/prod_123");
	const day = new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date(at));
	const query = `filter[created_at][gte]=${day}&filter[created_at][lte]=${day}&filter[sku]=123`;
	const answer = status(await s.get(`/products?${query}`, { "x-timezone": zone }), 200);
	assert.equal(answer.body.data.length, 1);
};

// "Any future expiry date and any 3-digit CVC."
async function paysBy(s, number_, values) {
	const card = status(await s.post("/payments/methods", { type: "card", number: number_, cvc: "999", exp_month: 1, exp_year: new Date().getUTCFullYear() + 9 }), 201).body;
	const intent = status(await s.post("/payments/intents", { amount: 19999, currency: "usd", payment_method: card.id }), 201).body;
	hasValues(intent, values);
	return intent;
}

const here = {
	Overview: { "https://api.ecommerce-platform.com/v2": (s, text, url) => isBase("live", url) },
	"API Versioning": {
		v2: (s, text, url) => isBase("live", url),
		"https://api.ecommerce-platform.com/v2": (s, text, url) => isBase("live", url),
	},
	"API Versioning / Version Support": { v2: (s, text, url) => isBase("live", url) },
	"Testing & Sandbox": {
		test_: async (s) => {
			assert.match(s.key, /^test_/);
			refused(await new Client(s.key, "live").get("/products"), 401);
		},
		"https://sandbox-api.ecommerce-platform.com/v2": (s, text, url) => isBase("sandbox", url),
	},
	"Authentication / API Keys": {
		Authorization: async (s) => refused(await s.get("/products", { authorization: null }), 401),
		block: async (s, text) => {
			const [name, value] = text.split(": ");
			const headers = { [name]: value.replace("YOUR_API_KEY", s.key) };
			status(await new Client(undefined, "sandbox").get("/products", headers), 200);
			refused(await new Client(undefined, "sandbox").get("/products", { [name]: value }), 401);
		},
	},
	"Rate Limiting / Headers": {
		"X-RateLimit-Limit": async () => assert.equal((await (await freeAccount()).get("/products")).headers["x-ratelimit-limit"], "100"),
		"X-RateLimit-Remaining": async () => {
			const s = await freeAccount();
			for (const left of ["99", "98", "97"])
				assert.equal((await s.get("/products")).headers["x-ratelimit-remaining"], left);
		},
		"X-RateLimit-Reset": async () => {
			const reset = Number((await (await freeAccount()).get("/products")).headers["x-ratelimit-reset"]), now = Date.now() / 1000;
			assert.ok(reset > now - 1 && reset <= now + 3601);
		},
	},
	"Rate Limiting / Burst Handling": { "429 Too Many Requests": (s) => requests.many(s).then((answer) => refused(answer, 429)) },
	"Products API / List Products": {
		"GET /products": async (s, text, name) => {
			const body = await s.read(printedPath(name));
			assert.ok(body.data.length > 3 && body.data.every((p) => p.object === "product" && p.status !== "archived"));
			hasValues(body.pagination, { page: 1, limit: 50 });
		},
		page: async (s) => {
			const [one, two] = [await skus(s, "page=1&limit=2"), await skus(s, "page=2&limit=2")];
			assert.equal(new Set([...one, ...two]).size, 4);
		},
		limit: async (s) => {
			assert.equal((await list(s, "limit=2")).length, 2);
			const answer = await s.get("/products?limit=201");
			assert.equal(answer.body.pagination.limit, 200);
			assert.ok(answer.headers.warning);
		},
		status: async (s) => {
			status(await s.delete("/products/prod_789"), 204);
			for (const state of ["active", "draft", "archived"]) {
				const found = await list(s, `status=${state}`);
				assert.ok(found.length > 0 && found.every((p) => p.status === state), state);
			}
		},
		category: async (s) => {
			const found = await list(s, "category=audio");
			assert.ok(found.length > 2 && found.every((p) => p.categories.includes("audio")));
		},
		search: async (s) => {
			assert.deepEqual(await skus(s, "search=wireless"), ["123"]);
			assert.deepEqual(await skus(s, "search=EARBUDS"), ["EARBUDS-789"]);
		},
		sort: async (s) => {
			for (const [field, get] of [["created_at", (p) => Date.parse(p.created_at)], ["updated_at", (p) => Date.parse(p.updated_at)], ["price", (p) => p.price], ["name", (p) => p.name.toLowerCase()]])
				await sortedBy(get)(s, "", field);
		},
		order: async (s) => {
			const up = await skus(s, "sort=price&order=asc");
			assert.deepEqual(await skus(s, "sort=price&order=desc"), up.reverse());
		},
	},
	"Products API / Get Product": {
		"GET /products/{id}": async (s, text, name) => {
			const got = await s.read(printedPath(name).replace("{id}", "prod_456"));
			assert.deepEqual([got.id, got.variants[0].id, got.images.length, got.metadata], ["prod_456", "var_789", 2, {}]);
		},
		id: async (s) => {
			for (const key of ["prod_123", "123"])
				assert.equal((await s.read(`/products/${key}`)).id, "prod_123");
			assert.equal((await s.read("/products/HEADPHONE-456-BLACK")).id, "prod_456");
		},
	},
	"Products API / Create Product": {
		"POST /products": async (s) => refused(await s.post("/products", {}), 422, ["name:required", "price:required", "sku:required"]),
		block: async (s, text) => {
			const answer = status(await s.post("/products", filled(text)), 201);
			hasValues(answer.body, JSON.parse(filled(text)));
			assert.deepEqual(await s.read(answer.headers.location), answer.body);
		},
	},
	"Products API / Update Product": {
		"PUT /products/{id}": async (s) => assert.equal((await patchBy("/products/prod_123")(s, '{"price": 79.5}')).name, "Wireless Headphones"),
		id: async (s) => refused(await s.put("/products/123", { price: 79.5 }), 404),
	},
	"Products API / Delete Product": {
		"DELETE /products/{id}": async (s) => {
			assert.equal(status(await s.delete("/products/prod_123"), 204).bytes.length, 0);
			assert.equal((await s.read("/products/prod_123")).status, "archived");
		},
		id: async (s) => refused(await s.delete("/products/123"), 404),
	},
	"Products API / Product Variants": {
		id: async (s) => assert.equal((await s.read("/products/prod_456/variants/var_789")).object, "variant"),
		sku: async (s) => assert.equal((await s.read("/products/prod_456/variants/var_789")).sku, "HEADPHONE-456-BLACK"),
		price: async (s) => assert.equal((await patchBy("/products/prod_456/variants/var_789")(s, '{"price": 209.99}')).price, 209.99),
		inventory: async (s) => assert.equal(typeof (await s.read("/products/prod_456/variants/var_789")).inventory, "number"),
		attributes: async (s) => {
			const attributes = { size: "Large", color: "Blue" };
			const made = await s.make("/products/prod_456/variants", { sku: "HEADPHONE-456-BLUE", attributes });
			assert.deepEqual(made.attributes, attributes);
		},
		image: async (s) => {
			const image = "https://cdn.example.com/blue.jpg";
			assert.equal((await patchBy("/products/prod_456/variants/var_789")(s, { image })).image, image);
		},
	},
	"Inventory Management / Get Inventory": {
		"GET /inventory/{product_id}": async (s, text, name) => assert.equal((await s.read(printedPath(name).replace("{product_id}", "prod_123"))).total_on_hand, 450),
		block: async (s, text) => {
			const shown = await s.read("/inventory/prod_123");
			hasShape(shown, JSON.parse(text));
			assert.deepEqual([shown.product_id, shown.total_available + shown.total_reserved, shown.locations[0].warehouse_id], ["prod_123", 450, "wh_001"]);
		},
	},
	"Inventory Management / Update Inventory": {
		"POST /inventory/{product_id}/adjust": async (s) => refused(await s.post("/inventory/prod_123/adjust", {}), 422, ["quantity:required", "reason:required"]),
		block: async (s, text) => {
			const made = status(await s.post("/inventory/prod_123/adjust", text), 201).body;
			assert.deepEqual([made.warehouse_id, made.on_hand], ["wh_001", 290]);
			const [move] = (await s.read("/inventory/prod_123/movements?limit=1")).data;
			assert.deepEqual([move.quantity, move.reason, move.note], [-10, "sold", "Online order #12345"]);
		},
	},
	"Inventory Management / Inventory Alerts": {
		"POST /inventory/{product_id}/alerts": async (s) => {
			const made = status(await s.post("/inventory/prod_123/alerts", { threshold: 20 }), 201).body;
			assert.deepEqual([made.product_id, made.threshold, made.low, made.available], ["prod_123", 20, false, 450]);
		},
	},
	"Webhooks / Available Events": {
		"shipment.created": async (s, text, name) => assert.equal(traces((await shipmentThat(s)).id).events[0].type, name),
		"shipment.in_transit": async (s, text, name) => assert.equal(traces((await shipmentThat(s, "in_transit")).id).events[1].type, name),
		"shipment.delivered": async (s, text, name) => assert.equal(traces((await shipmentThat(s, "delivered")).id).events[1].type, name),
		"inventory.low": async (s) => {
			const made = status(await s.post("/inventory/prod_123/alerts", { threshold: 450 }), 201).body;
			await s.post("/inventory/prod_123/adjust", { quantity: -1, reason: "lost" });
			assert.deepEqual(traces(made.id).events.map((e) => e.type), ["alert.created", "inventory.low"]);
		},
		"inventory.out_of_stock": async (s) => {
			const made = status(await s.post("/inventory/EARBUDS-789/count", { quantity: 0 }), 200).body;
			assert.deepEqual(traces(made.id).events.map((e) => e.type).sort(), ["inventory.counted", "inventory.out_of_stock"]);
		},
		"product.created": async (s) => {
			const made = await s.make("/products", oneCard);
			assert.deepEqual(traces(made.id).events.map((e) => e.type), ["product.created"]);
		},
		"product.updated": async (s) => {
			const made = await s.make("/products", oneCard);
			await s.put(`/products/${made.id}`, { price: 2 });
			assert.deepEqual(traces(made.id).events.map((e) => e.type), ["product.created", "product.updated"]);
		},
		"order.created": async (s, text, name) => assert.deepEqual(traces((await ordered(s)).id).events.map((e) => e.type), [name]),
		"order.updated": async (s, text, name) => {
			const { id } = await ordered(s);
			status(await s.patch(`/orders/${id}/status`, { status: "processing" }), 200);
			assert.equal(traces(id).events.at(-1).type, name);
		},
		"order.cancelled": async (s, text, name) => {
			const { id } = await ordered(s);
			status(await s.post(`/orders/${id}/cancel`), 200);
			assert.equal(traces(id).events.at(-1).type, name);
		},
		"order.fulfilled": async (s, text, name) => {
			const { id } = await ordered(s);
			for (const next of ["processing", "shipped"])
				status(await s.patch(`/orders/${id}/status`, { status: next }), 200);
			assert.ok(traces(id).events.some((e) => e.type === name));
		},
		"product.deleted": async (s) => {
			const made = await s.make("/products", oneCard);
			await s.delete(`/products/${made.id}`);
			assert.deepEqual(traces(made.id).events.map((e) => e.type), ["product.created", "product.deleted"]);
		},
	},
	"Error Handling / Status Codes": {
		"200 OK": async (s) => {
			status(await s.get("/products/prod_123"), 200);
			status(await s.put("/products/prod_123", { price: 1 }), 200);
			status(await s.patch("/products/prod_123", { price: 2 }), 200);
		},
		"201 Created": answers(201, null, (s) => s.post("/products", oneCard)),
		"204 No Content": answers(204, null, (s) => s.delete("/products/prod_123")),
		"400 Bad Request": answers(400, "validation_error", requests.bad),
		"401 Unauthorized": answers(401, "authentication_error", requests.keyless),
		"403 Forbidden": answers(403, "authorization_error", requests.humble),
		"404 Not Found": answers(404, "not_found", requests.missing),
		"409 Conflict": answers(409, "conflict", requests.conflict),
		"422 Unprocessable Entity": answers(422, "validation_error", requests.invalid),
		"429 Too Many Requests": answers(429, "rate_limit_exceeded", (s) => requests.many(s)),
		"500 Internal Server Error": answers(500, "server_error", faulty("1064@1")),
		"503 Service Unavailable": answers(503, "server_error", faulty("1290@1")),
	},
	"Error Handling / Error Response Format": {
		block: async (s, text) => {
			const answer = status(await requests.invalid(s), 422);
			hasShape(answer.body, JSON.parse(text));
			hasShape(answer.body.error.details[0], JSON.parse(text).error.details[0]);
			assert.equal(answer.body.error.code, JSON.parse(text).error.code);
			assert.match(answer.body.error.request_id, /^req_/);
		},
	},
	"Error Handling / Common Error Codes": {
		authentication_error: answers(401, "authentication_error", requests.keyless),
		authorization_error: answers(403, "authorization_error", requests.humble),
		validation_error: answers(422, "validation_error", requests.invalid),
		not_found: answers(404, "not_found", requests.missing),
		conflict: answers(409, "conflict", requests.conflict),
		rate_limit_exceeded: answers(429, "rate_limit_exceeded", (s) => requests.many(s)),
		server_error: answers(500, "server_error", faulty("1064@1")),
	},
	"Error Handling / Best Practices": {
		request_id: async (s) => {
			const answer = await requests.missing(s);
			assert.equal(answer.body.error.request_id, answer.headers["x-request-id"]);
		},
	},
	"Pagination / Offset-Based Pagination": {
		page: async (s) => refused(await s.get("/products?page=0"), 400, ["page"]),
		limit: async (s) => assert.equal((await s.read("/products?limit=200")).pagination.limit, 200),
		block: async (s, text) => {
			const t = await emptySandbox();
			const { pagination } = JSON.parse(filled(text));
			await ctl("seed", "--products", String(pagination.total_items), "--tenant", t.id, "--mode", "sandbox");
			const body = await (await t.client({ mode: "sandbox" })).read("/products");
			assert.deepEqual(body.pagination, pagination);
			hasShape(body, JSON.parse(filled(text)));
		},
	},
	"Pagination / Cursor-Based Pagination": {
		cursor: async (s) => {
			const { next_cursor: next } = (await s.read("/products?cursor=&limit=2")).pagination;
			assert.equal((await s.read(`/products?cursor=${encodeURIComponent(next)}&limit=200`)).pagination.next_cursor, null);
		},
		limit: async (s) => assert.equal((await list(s, "cursor=&limit=3")).length, 3),
		block: async (s, text) => {
			const body = await s.read("/products?cursor=&limit=2");
			hasShape(body, JSON.parse(filled(text)));
			assert.equal(body.pagination.has_more, true);
			refused(await s.get(`/products?cursor=${JSON.parse(filled(text)).pagination.next_cursor}`), 400);
		},
	},
	"Caching Strategies / Client-Side Caching": {
		ETag: async (s) => {
			for (const path of ["/products", "/products/prod_123", "/products/prod_456/variants", "/products/prod_456/variants/var_789", "/products/prod_456/images", "/categories", "/categories/cat_001", "/api-keys"])
				assert.match((await s.get(path)).headers.etag, /^(W\/)?"[^"]+"$/, path);
		},
		"If-None-Match": async (s) => isNotModified(s),
		"max-age": async (s) => assert.match((await s.get("/products")).headers["cache-control"], /\bmax-age=300\b/),
		"must-revalidate": async (s) => assert.match((await s.get("/products/prod_123")).headers["cache-control"], /\bmust-revalidate\b/),
	},
	"Search & Filtering / Advanced Filtering": {
		eq: operator("sku", "123", (a, b) => a === b),
		ne: operator("sku", "123", (a, b) => a !== b),
		gt: operator("price", 99.99, (a, b) => a > b),
		gte: operator("price", 99.99, (a, b) => a >= b),
		lt: operator("price", 99.99, (a, b) => a < b),
		lte: operator("price", 99.99, (a, b) => a <= b),
		in: operator("sku", ["123", "SKU-001"], (a, b) => b.includes(a), "123,SKU-001"),
		nin: operator("sku", ["123", "SKU-001"], (a, b) => !b.includes(a), "123,SKU-001"),
		contains: operator("name", "phones", (a, b) => a.includes(b)),
		starts_with: operator("name", "Premium", (a, b) => a.startsWith(b)),
		ends_with: operator("name", "Headphones", (a, b) => a.endsWith(b)),
		block: async (s, text) => {
			const found = await list(s, printedPath(text).replace("/products?", ""));
			assert.deepEqual(found.map((p) => p.id).sort(), ["prod_123", "prod_456", "prod_789"]);
			assert.equal((await s.read(printedPath(text))).data.length, 3);
		},
	},
	"Search & Filtering / Sorting": {
		"sort=price": sortedBy((p) => p.price),
		"sort=-created_at": sortedBy((p) => Date.parse(p.created_at), true),
		"sort=category,-price": async (s, text, name) => {
			const found = (await list(s, name)).map((p) => [p.categories[0], p.price]);
			const sorted = [...found].sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : y - x));
			assert.deepEqual(found, sorted);
		},
	},
	"Localization & Internationalization / Multi-Language Content": {
		"Accept-Language": async (s) => {
			await s.put("/products/prod_456", { name: { en: "Premium Headphones", es: "Auriculares Premium", fr: "Écouteurs Premium", de: "Kopfhörer", ja: "ヘッドホン", zh: "耳机" } });
			for (const [language, name] of [["en", "Premium Headphones"], ["es", "Auriculares Premium"], ["fr", "Écouteurs Premium"], ["de", "Kopfhörer"], ["ja", "ヘッドホン"], ["zh", "耳机"]])
				await inLanguage(s, { "accept-language": language }, name, language);
		},
		"X-Language-Fallback": async (s) => {
			await inLanguage(s, { "accept-language": "de", "x-language-fallback": "fr" }, "Écouteurs Premium", "fr");
			await inLanguage(s, { "accept-language": "de" }, "Premium Headphones", "en");
		},
		block: async (s, text) => {
			assert.deepEqual((await s.read("/products/prod_456?languages=all")).name, JSON.parse(text).name);
			const { id } = await s.make("/products", { ...oneCard, ...JSON.parse(text) });
			assert.deepEqual((await s.read(`/products/${id}?languages=all`)).name, JSON.parse(text).name);
			assert.equal((await s.read(`/products/${id}`)).name, JSON.parse(text).name.en);
		},
	},
	"Localization & Internationalization / Currency Handling": {
		"X-Currency": async (s) => {
			for (const currency of ["USD", "EUR", "GBP", "JPY"]) {
				const answer = await s.get("/products/prod_456", { "x-currency": currency });
				assert.equal(status(answer, 200).body.price.currency, currency);
			}
		},
		block: async (s, text) => {
			const answer = status(await s.get("/products/prod_456", { "x-currency": "USD" }), 200);
			hasValues(answer.body, JSON.parse(text));
		},
	},
	"Localization & Internationalization / Regional Settings": {
		"X-Region": async (s) => {
			for (const region of ["US", "EU", "APAC"])
				assert.equal(status(await s.get("/products/prod_123", { "x-region": region }), 200).body.id, "prod_123");
		},
		"X-Timezone": async (s) => {
			await inZone(s, "America/New_York");
			await inZone(s, "Europe/London");
		},
	},
	"Custom Fields & Metadata / Metadata": {
		block: async (s, text) => {
			const { metadata } = JSON.parse(text);
			const key = (await s.read("/api-keys")).data[0].id;
			for (const path of ["/products/prod_456", "/products/prod_456/variants/var_789", "/categories/cat_001", `/api-keys/${key}`])
				assert.deepEqual((await patchBy(path)(s, text)).metadata, metadata, path);
			const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, "x".repeat(500)]));
			assert.deepEqual((await patchBy("/products/prod_789")(s, { metadata: many })).metadata, many);
			refused(await s.put("/products/prod_789", { metadata: { k50: "x" } }), 422, ["metadata"]);
			refused(await s.put("/products/prod_789", { metadata: { k1: "x".repeat(501) } }), 422, ["metadata.k1"]);
		},
		"block 2": async (s, text) => assert.deepEqual((await s.read(printedPath(text))).data.map((p) => p.id), ["prod_123"]),
	},
	"Multi-Tenancy / Tenant Management": {
		"X-Tenant-ID": async (s) => {
			status(await s.get("/products", { "x-tenant-id": s.tenant.id }), 200);
			refused(await s.get("/products", { "x-tenant-id": (await emptySandbox()).id }), 403);
		},
	},
	"API Health & Monitoring / Health Check": {
		"GET /health": async (s, text, name) => status(await s.get(printedPath(name)), 200),
		block: async (s, text) => {
			const wanted = JSON.parse(text), got = await s.read("/health");
			hasShape(got, wanted);
			assert.deepEqual([got.status, got.version, got.services.database], [wanted.status, wanted.version, wanted.services.database]);
		},
	},
	"API Health & Monitoring / Performance Metrics": {
		"GET /metrics": async (s, text, name) => status(await s.get(printedPath(name)), 200),
		block: async (s, text) => {
			const wanted = JSON.parse(text), got = await s.read("/metrics");
			hasShape(got, wanted);
			assert.deepEqual(Object.keys(got), Object.keys(wanted));
		},
	},
	"Request Optimization / Reduce Round Trips": {
		"/products/123?include=variants,images,reviews": async (s, text, path) => {
			const got = await s.read(path);
			assert.deepEqual([got.id, got.variants, got.images.length, got.reviews], ["prod_123", [], 1, []]);
		},
	},
	"Request Optimization / Field Selection": {
		"/products?fields=id,name,price": async (s, text, path) => {
			for (const found of (await s.read(path)).data)
				assert.deepEqual(Object.keys(found).sort(), ["id", "name", "object", "price"]);
		},
	},
	"Caching Strategies / HTTP Caching": {
		"If-None-Match": async (s) => isNotModified(s),
		"If-Modified-Since": async (s) => {
			rows(`UPDATE products p JOIN tenants t ON t.id = p.tenant_id SET p.updated_at = p.updated_at - INTERVAL 1 HOUR
				WHERE t.public_id = ${number(s.tenant.id)} AND p.id = ${number("prod_123")}`);
			const since = (await s.get("/products/prod_123")).headers["last-modified"];
			status(await s.get("/products/prod_123", { "if-modified-since": since }), 304);
		},
	},
	"Authentication Security / API Key Rotation": {
		"/api-keys/{id}/rotate": async (s, text, path) => {
			const key = await s.make("/api-keys", { name: "Till", scopes: ["products:read"] });
			const turned = status(await s.post(path.replace("{id}", key.id)), 200).body;
			for (const secret of [key.secret, turned.secret])
				status(await new Client(secret, "sandbox").get("/products"), 200);
			assert.notEqual(turned.secret, key.secret);
		},
	},
	"Audit Logs / Access Audit Logs": {
		"GET /audit-logs": async (s, text, name) => {
			await s.make("/categories", { name: "Lamps", slug: "lamps" });
			const { logs, pagination } = await s.read(printedPath(name));
			assert.equal(logs[0].action, "category.created");
			assert.equal(pagination.total_items, logs.length);
		},
		actor: (s, text, name) => findsLogs(s, name, (log) => log.actor),
		action: (s, text, name) => findsLogs(s, name, (log) => log.action.split(".")[1]),
		resource: (s, text, name) => findsLogs(s, name, (log) => log.resource),
		date_from: (s, text, name) => findsLogs(s, name, (log) => log.timestamp),
		date_to: (s, text, name) => findsLogs(s, name, (log) => log.timestamp),
		block: async (s, text) => {
			const { logs: [printed] } = JSON.parse(text), { old, new: now } = printed.changes.price;
			status(await s.put(`/products/${printed.resource_id}`, { price: old }), 200);
			status(await s.put(`/products/${printed.resource_id}`, { price: now }, { "user-agent": printed.user_agent }), 200);
			const { logs: [log] } = await s.read(`/audit-logs?resource_id=${printed.resource_id}&action=${printed.action}`);
			hasShape(log, printed);
			for (const name of ["action", "resource_id", "changes", "user_agent"])
				assert.deepEqual(log[name], printed[name]);
		},
	},
	"Security Best Practices / Request Signing": {
		"X-Signature": (s) => needsSignature(s, { "x-signature": "0".repeat(64) }),
		"X-Timestamp": (s) => needsSignature(s, { "x-timestamp": String(seconds() - 301) }),
		"X-Nonce": (s) => needsSignature(s, { "x-nonce": "another-nonce-1" }),
	},
	"Payment Processing / Refund Payment": {
		"POST /payments/{payment_id}/refund": async (s, text, name) => {
			const payment = await captured(s, 500), path = name.replace("POST ", "").replace("{payment_id}", payment);
			assert.equal(status(await s.post(path), 201).body.payment_id, payment);
		},
		block: async (s, text) => {
			const printed = JSON.parse(text), payment = await captured(s, printed.amount);
			const refund = status(await s.post(`/payments/${payment}/refund`, text), 201).body;
			hasValues(refund, printed);
			assert.equal((await s.read(`/payments/${payment}`)).status, "refunded");
		},
	},
	"Payment Processing / Payment Disputes": {
		"GET /payments/disputes": async (s, text, name) => {
			const { id } = status(await s.post(`/payments/${await captured(s, 500)}/dispute`), 201).body;
			assert.deepEqual((await s.read(printedPath(name))).data.map((d) => d.id), [id]);
		},
		"POST /payments/disputes/{id}/respond": async (s, text, name) => {
			const { id } = status(await s.post(`/payments/${await captured(s, 500)}/dispute`), 201).body;
			const evidence = { transaction_details: "Order 1001", shipping_proof: "signed", communication_logs: "\"Thank you\"" };
			hasValues(status(await s.post(name.replace("POST ", "").replace("{id}", id), evidence), 200).body, { id, status: "under_review", evidence });
		},
	},
	"Orders API / List Orders": {
		"GET /orders": async (s, text, name) => {
			const one = await ordered(s), body = await s.read(printedPath(name));
			assert.ok(body.data.some((o) => o.id === one.id && o.object === "order"));
			hasValues(body.pagination, { page: 1, limit: 50 });
		},
		page: async (s) => {
			await ordered(s), await ordered(s);
			const [one, two] = await Promise.all([1, 2].map((page) => s.read(`/orders?page=${page}&limit=1`)));
			assert.notEqual(one.data[0].id, two.data[0].id);
		},
		limit: async (s) => {
			await ordered(s), await ordered(s);
			assert.equal((await s.read("/orders?limit=1")).data.length, 1);
		},
		status: async (s, text, name) => {
			const one = await ordered(s), other = await ordered(s);
			status(await s.post(`/orders/${other.id}/cancel`), 200);
			assert.ok((await orders(s, `${name}=pending`)).includes(one.id));
			assert.deepEqual(await orders(s, `${name}=cancelled`), [other.id]);
			for (const none of ["processing", "shipped", "delivered"])
				assert.ok(!(await orders(s, `${name}=${none}`)).includes(one.id));
		},
		customer_id: async (s, text, name) => {
			const one = await ordered(s, { customer_id: "cust_456" });
			await ordered(s);
			assert.deepEqual(await orders(s, `${name}=cust_456`), [one.id]);
		},
		date_from: async (s, text, name) => {
			const one = await ordered(s);
			assert.ok((await orders(s, `${name}=2026-01-15`)).includes(one.id));
			assert.deepEqual(await orders(s, `${name}=2050-01-15`), []);
		},
		date_to: async (s, text, name) => {
			const one = await ordered(s);
			assert.ok((await orders(s, `${name}=2050-01-15`)).includes(one.id));
			assert.deepEqual(await orders(s, `${name}=2020-01-15`), []);
		},
		payment_status: async (s, text, name) => {
			const one = await ordered(s);
			assert.ok((await orders(s, `${name}=pending`)).includes(one.id));
			for (const none of ["failed", "refunded"])
				assert.deepEqual(await orders(s, `${name}=${none}`), []);
			status(await s.get(`/orders?${name}=paid`), 200);
		},
		fulfillment_status: async (s, text, name) => {
			const one = await ordered(s);
			assert.ok((await orders(s, `${name}=unfulfilled`)).includes(one.id));
			assert.deepEqual(await orders(s, `${name}=partial`), []);
			status(await s.get(`/orders?${name}=fulfilled`), 200);
		},
	},
	"Orders API / Create Order": {
		"POST /orders": async (s) => refused(await s.post("/orders", {}), 422, ["items:required"]),
		block: async (s, text) => {
			const answer = status(await s.post("/orders", filled(text)), 201), { items: [item], ...rest } = JSON.parse(filled(text));
			hasValues(answer.body, rest);
			hasValues(answer.body.items[0], item);
			assert.equal(answer.body.subtotal, 399.98);
			assert.deepEqual(await s.read(answer.headers.location), answer.body);
		},
	},
	"Orders API / Update Order Status": {
		"PATCH /orders/{id}/status": async (s, text, name) => refused(await s.patch(name.replace("PATCH ", "").replace("{id}", (await ordered(s)).id), { status: "delivered" }), 409),
		block: async (s, text) => {
			const one = await ordered(s), got = status(await s.patch(`/orders/${one.id}/status`, text), 200).body;
			hasValues(got, { id: one.id, status: "processing", version: 2 });
			const [last] = (await s.read(`/orders/${one.id}/timeline`)).data;
			hasValues(last, { note: JSON.parse(text).note, old_status: "pending", new_status: "processing" });
		},
	},
	"Orders API / Cancel Order": {
		"POST /orders/{id}/cancel": async (s, text, name) => {
			const path = name.replace("POST ", "").replace("{id}", (await ordered(s)).id);
			assert.equal(status(await s.post(path), 200).body.status, "cancelled");
			refused(await s.post(path), 409);
		},
		block: async (s, text) => {
			const one = await ordered(s), got = status(await s.post(`/orders/${one.id}/cancel`, text), 200).body;
			hasValues(got, { id: one.id, status: "cancelled", cancel_reason: JSON.parse(text).reason });
			assert.equal((await s.read(`/orders/${one.id}/timeline`)).data[0].note, JSON.parse(text).note);
		},
	},
	"Customers API / List Customers": {
		"GET /customers": async (s, text, name) => {
			const body = await s.read(printedPath(name));
			assert.deepEqual(body.data.map((c) => c.id).sort(), ["cust_123", "cust_456"]);
			hasValues(body.pagination, { page: 1, limit: 50 });
		},
		email: async (s, text, name) => assert.deepEqual(await customers(s, `${name}=Jane.Doe@example.com`), ["cust_123"]),
		name: async (s, text, name) => {
			for (const sought of ["jane", "doe", "jane%20d"])
				assert.deepEqual(await customers(s, `${name}=${sought}`), ["cust_123"], sought);
		},
		created_from: async (s, text, name) => {
			assert.equal((await customers(s, `${name}=${day(0)}`)).length, 2);
			assert.equal((await customers(s, `${name}=${day(2)}`)).length, 0);
		},
		created_to: async (s, text, name) => {
			assert.equal((await customers(s, `${name}=${day(1)}`)).length, 2);
			assert.equal((await customers(s, `${name}=${day(-2)}`)).length, 0);
		},
		tags: async (s, text, name) => assert.deepEqual(await customers(s, `${name}=vip`), ["cust_123"]),
	},
	"Customers API / Get Customer": {
		"GET /customers/{id}": async (s, text, name) => {
			const got = await s.read(printedPath(name).replace("{id}", "cust_123"));
			hasValues(got, { id: "cust_123", object: "customer", first_name: "Jane" });
		},
	},
	"Customers API / Create Customer": {
		"POST /customers": async (s, text, name) => status(await s.post(name.replace("POST ", ""), { email: "a@example.com" }), 201),
		block: async (s, text) => {
			const sent = JSON.parse(filled(text)), got = status(await s.post("/customers", sent), 201).body;
			assert.match(got.id, /^cust_/);
			hasValues(got, sent);
		},
	},
	"Customers API / Update Customer": {
		"PUT /customers/{id}": async (s, text, name) => {
			const got = status(await s.put(name.replace("PUT ", "").replace("{id}", "cust_123"), { phone: "+1-555-0100" }), 200).body;
			hasValues(got, { id: "cust_123", phone: "+1-555-0100", version: 2 });
		},
	},
	"Customers API / Customer Addresses": {
		"POST /customers/{id}/addresses": async (s, text, name) => {
			const made = status(await s.post(addressPath(name), elided.addresses[0]), 201).body;
			hasValues(made, { ...elided.addresses[0], is_default_shipping: false });
		},
		"PUT /customers/{id}/addresses/{address_id}": async (s, text, name) => {
			const [, { id }] = (await s.read("/customers/cust_123")).addresses;
			hasValues(status(await s.put(addressPath(name, id), { line2: "2nd floor" }), 200).body, { id, line2: "2nd floor", city: "Beverly Hills" });
		},
		"DELETE /customers/{id}/addresses/{address_id}": async (s, text, name) => {
			const [{ id }, other] = (await s.read("/customers/cust_123")).addresses;
			status(await s.delete(addressPath(name, id)), 204);
			const [left, none] = (await s.read("/customers/cust_123")).addresses;
			assert.deepEqual([left.id, left.is_default_shipping, none], [other.id, true, undefined]);
		},
		"POST /customers/{id}/addresses/{address_id}/set-default": async (s, text, name) => {
			const [, { id }] = (await s.read("/customers/cust_123")).addresses;
			hasValues(status(await s.post(addressPath(name, id)), 200).body, { id, is_default_shipping: true, is_default_billing: true });
		},
	},
	"Promotions & Discounts / Coupons": {
		"POST /coupons": async (s, text, name) => status(await s.post(name.replace("POST ", ""), { code: "ONE", type: "free_shipping" }), 201),
		block: async (s, text) => {
			const sent = JSON.parse(text), got = status(await s.post("/coupons", text), 201).body;
			assert.match(got.id, /^coup_/);
			hasValues(got, sent);
			assert.equal(status(await s.post("/coupons/validate", { code: "summer2026", email: "new@example.com", items: [{ product_id: "prod_456", quantity: 9 }] }), 200).body.valid, true);
		},
	},
	"Promotions & Discounts / Automatic Discounts": {
		"POST /discounts/automatic": async (s, text, name) => status(await s.post(name.replace("POST ", ""), { name: "One", type: "free_shipping" }), 201),
		block: async (s, text) => {
			const sent = JSON.parse(text), got = status(await s.post("/discounts/automatic", text), 201).body;
			assert.match(got.id, /^disc_/);
			hasValues(got, sent);
		},
	},
	"Shipping & Fulfillment / Calculate Shipping Rates": {
		"POST /shipping/rates": async (s, text, name) => {
			const asked = { destination: { country: "US", zip: "90210" }, packages: [{ weight: 1, weight_unit: "kg" }] };
			assert.ok(status(await s.post(name.replace("POST ", ""), asked), 200).body.data.length);
		},
		block: async (s, text) => {
			const { data, warnings } = status(await s.post("/shipping/rates", text), 200).body;
			hasShape(data.slice(0, 1), [{ id: "", carrier: "", service: "", cost: 0, estimated_delivery: "" }]);
			assert.deepEqual([...new Set(data.map((rate) => rate.carrier))].sort(), ["dhl", "fedex", "house", "ups", "usps"]);
			assert.deepEqual(warnings, []);
		},
	},
	"Payment Processing / Create Payment Intent": {
		"POST /payments/intents": async (s, text, name) => refused(await s.post(name.replace("POST ", ""), {}), 422, ["amount:required", "currency:required"]),
		block: async (s, text) => {
			const answer = status(await s.post("/payments/intents", text), 201);
			hasValues(answer.body, { ...JSON.parse(text), currency: "USD", status: "requires_capture" });
		},
	},
	"Payment Processing / Capture Payment": {
		"POST /payments/{intent_id}/capture": async (s, text, name) => {
			const intent = status(await s.post("/payments/intents", { amount: 19999, currency: "usd", payment_method: "pm_456" }), 201).body;
			hasValues(status(await s.post(name.replace("POST ", "").replace(/\{.*?\}/, intent.id)), 201).body, { id: intent.id, status: "succeeded", amount_captured: 19999 });
		},
	},
	"Testing & Sandbox / Test Payment Cards": {
		"4242 4242 4242 4242": (s, text, name) => paysBy(s, name, { status: "requires_capture" }),
		"4000 0000 0000 0002": async (s, text, name) => assert.equal((await paysBy(s, name, { status: "failed" })).last_error.code, "card_declined"),
		"4000 0000 0000 9995": async (s, text, name) => assert.equal((await paysBy(s, name, { status: "failed" })).last_error.decline_code, "insufficient_funds"),
		"4000 0027 6000 3184": async (s, text, name) => assert.equal((await paysBy(s, name, { status: "requires_action" })).next_action.type, "redirect_to_url"),
	},
	"Shipping & Fulfillment / Create Shipment": {
		"POST /shipments": async (s, text, name) => {
			const got = status(await s.post(name.replace("POST ", ""), { order_id: (await ordered(s)).id, carrier: "ups", service: "next_day", ship_to: elided.ship_to }), 201).body;
			assert.ok(got.tracking_number && got.label_url);
		},
		block: async (s, text) => {
			const sent = JSON.parse(filled(text)), got = status(await s.post("/shipments", filled(text)), 201).body;
			assert.match(got.id, /^shp_/);
			hasValues(got, sent);
			assert.ok(got.tracking_number && got.label_url);
		},
	},
	"Shipping & Fulfillment / Track Shipment": {
		"GET /shipments/{id}/track": async (s, text, name) => {
			const { data } = await s.read(printedPath(name).replace("{id}", "shp_123"));
			hasShape(data, [{ timestamp: "", location: "", status: "" }]);
		},
	},
	// What a client library sends for its printed calls.
	"iOS SDK / Products": {
		block: async (s, text) => {
			const [, page, limit] = /list\(page: (\d+), limit: (\d+)\)/.exec(text);
			hasValues((await s.read(`/products?page=${page}&limit=${limit}`)).pagination, { page: 1, limit: 20 });
			const [, id] = /get\(id: "(.*?)"\)/.exec(text);
			assert.equal((await s.read(`/products/${id}`)).id, "prod_123");
		},
	},
	"Android SDK / Products": { block: (s, text) => libraryList(s, text) },
	"Android SDK / Coroutines Support": { block: (s, text) => libraryList(s, text) },
};

// A filter by a value that a log shows finds that log.
async function findsLogs(s, filter, value) {
	const made = await s.post("/categories", { name: "Lamps", slug: "lamps" });
	const [log] = (await s.read(`/audit-logs?request_id=${made.headers["x-request-id"]}`)).logs;
	const { logs } = await s.read(`/audit-logs?${filter}=${encodeURIComponent(value(log))}`);
	assert.ok(logs.some((one) => one.id === log.id), `${filter} finds it`);
}

// An account of the free plan, whose requests are counted.
async function freeAccount() {
	const t = new Tenant();
	t.id = await ctl("tenant", "create", "--name", `free ${Math.random()}`, "--plan", "free");
	return t.client({ mode: "sandbox" });
}

// A signed request is taken, and refused when a header of it is another.
async function needsSignature(s, other) {
	const key = await s.make("/api-keys", { name: "signs", scopes: ["products:read"], require_signature: true });
	const client = new Client(key.secret, "sandbox"), headers = () => signed(key.signing_secret, "GET", client.url("/products"));
	status(await client.get("/products", headers()), 200);
	refused(await client.get("/products", { ...headers(), ...other }), 401);
	refused(await client.get("/products"), 401);
}

async function libraryList(s, text) {
	const [, page, limit] = /list\(page = (\d+), limit = (\d+)\)/.exec(text);
	hasValues((await s.read(`/products?page=${page}&limit=${limit}`)).pagination, { page: 1, limit: 20 });
}

async function isNotModified(s) {
	const { etag } = (await s.get("/products/prod_123")).headers;
	status(await s.get("/products/prod_123", { "if-none-match": etag }), 304);
	await s.put("/products/prod_123", { price: 1 });
	status(await s.get("/products/prod_123", { "if-none-match": etag }), 200);
}

// The hosts are the operator's; the path below them is the document's.
function isBase(mode, url) {
	assert.ok(urls[mode].endsWith("/v2") && url.endsWith("v2"));
}

// A payment of the sandbox that was captured, by its id.
async function captured(s, amount) {
	const intent = status(await s.post("/payments/intents", { amount, currency: "usd", payment_method: "card", capture_method: "automatic" }), 201).body;
	assert.equal(intent.status, "succeeded");
	return intent.payment_id;
}

// ---- what runs, and fails until something is there

const waiting = {};

// ---- what later stages run: heading → stage, and how many of the things under it

const later = {
	"Authentication / OAuth 2.0": ["B4", 7],
	"Authentication / Webhook Signatures": ["B3", 1],
	"Analytics & Reporting / Sales Reports": ["B6", 6],
	"Analytics & Reporting / Product Performance": ["B6", 1],
	"Analytics & Reporting / Customer Analytics": ["B6", 1],
	"Analytics & Reporting / Custom Reports": ["B6", 2],
	"Webhooks / Available Events": ["B2", 6],
	"Webhooks / Create Webhook": ["B3", 2],
	"Webhooks / Webhook Payload": ["B3", 1],
	"API Versioning / Version Support": ["B4", 1],
	"Caching Strategies / Client-Side Caching": ["B2", 1],
	"Batch Operations / Batch Create": ["B3", 2],
	"Batch Operations / Batch Update": ["B3", 2],
	"Batch Operations / Batch Delete": ["B3", 2],
	"Search & Filtering / Full-Text Search": ["B3", 7],
	"Localization & Internationalization / Currency Handling": ["B3", 1],
	"Custom Fields & Metadata / Custom Fields": ["B3", 2],
	"File Management / Upload File": ["B3", 5],
	"Subscriptions & Recurring Billing / Create Subscription": ["B5", 2],
	"Subscriptions & Recurring Billing / Subscription Plans": ["B5", 2],
	"Subscriptions & Recurring Billing / Subscription Lifecycle": ["B5", 3],
	"Compliance & Privacy / Data Exports": ["B3", 2],
	"Compliance & Privacy / Data Deletion": ["B3", 4],
	"Compliance & Privacy / Consent Management": ["B3", 2],
	"Multi-Tenancy / Tenant Management": ["B4", 1],
	"GraphQL API / Endpoint": ["B4", 1],
	"GraphQL API / Example Query": ["B4", 1],
	"GraphQL API / Mutations": ["B4", 1],
	"GraphQL API / Subscriptions": ["B4", 1],
	"Shopify Integration / Product Sync": ["B7", 1],
	"WooCommerce Integration / Webhook Configuration": ["B7", 3],
	"Authentication Security / OAuth Token Management": ["B4", 1],
	"Vendor Onboarding / Vendor Registration": ["B5", 2],
	"Commission & Payouts / Commission Structure": ["B5", 1],
	"Vendor Analytics / Performance Metrics": ["B5", 1],
	"Quote Management / Create Quote Request": ["B5", 2],
	"Purchase Orders / Create Purchase Order": ["B5", 1],
	"Net Terms & Credit / Credit Application": ["B5", 1],
	"Net Terms & Credit / Aging Reports": ["B5", 1],
	"Bulk Ordering / Quick Order Form": ["B5", 1],
	// Not requests: how client libraries and plug-ins of others are installed and set up.
	"SDKs & Libraries": ["client", 5],
	"iOS SDK / Installation": ["client", 2],
	"iOS SDK / Initialization": ["client", 1],
	"iOS SDK / Orders": ["B2", 1],
	"Android SDK / Installation": ["client", 1],
	"Android SDK / Initialization": ["client", 1],
	"React Native SDK / Installation": ["client", 1],
	"React Native SDK / Usage": ["B2", 1],
	"Flutter SDK / Installation": ["client", 1],
	"Flutter SDK / Usage": ["B2", 1],
	"WooCommerce Integration / Plugin Installation": ["client", 1],
	"Magento Integration / Module Installation": ["client", 2],
};

// ---- the run

const runs = (x) => here[x.heading]?.[x.name];

test("each thing that the document prints runs here, or is listed with its stage", { skip }, () => {
	const rest = {};
	for (const x of document.filter((one) => !runs(one)))
		rest[x.heading] = (rest[x.heading] ?? 0) + 1;
	assert.deepEqual(rest, Object.fromEntries(Object.entries(later).map(([heading, [, n]]) => [heading, n])));
	for (const [heading, names] of Object.entries(here))
		for (const name of Object.keys(names))
			assert.ok(document.some((x) => x.heading === heading && x.name === name), `${heading}: ${name} is not printed`);
	const run = document.filter(runs).length, listed = Object.values(later).reduce((sum, [, n]) => sum + n, 0);
	assert.equal(run + listed, document.length);
	console.log(`# ${document.length} printed: ${run} run, ${listed} listed for later`);
});

describe("verbatim", { skip, concurrency: AT_ONCE }, () => {
	for (const x of document.filter(runs))
		test(`${x.heading}: ${x.name}`, { todo: waiting[x.heading] ?? waiting[`${x.heading}: ${x.name}`] }, async () => runs(x)(await sandbox(), x.text, x.name));
});

describe("beside the document", { skip }, () => {
	let s;

	before(async () => {
		s = await sandbox();
	});

	test("each id that the document prints of what there is stands in the sandbox", async () => {
		const ids = new Set(readFileSync(join(shared, "spec/platform-api.md"), "utf8").match(/\b(prod|var|img|cat|cust|ord)_\d+\b/g));
		const places = { prod: "/products", var: "/products/prod_456/variants", cust: "/customers", ord: "/orders" };
		assert.deepEqual([...ids].sort(), ["cust_123", "cust_456", "ord_123", "prod_123", "prod_456", "prod_789", "var_789"]);
		for (const id of ids)
			status(await s.get(`${places[id.split("_")[0]]}/${id}`), 200);
	});

	test("what is listed for later is not routed: when it is, its examples run here", async () => {
		const operations = document.filter((x) => !runs(x)).map((x) => /^(?:([A-Z]+) )?(\/[a-z].*)$/.exec(x.name)).filter(Boolean);
		assert.ok(operations.length > 30);
		for (const [, verb = "GET", path] of operations)
			refused(await s.send(verb, path.replace(/\{.*?\}/g, "123"), { body: verb === "GET" ? undefined : {} }), 404);
	});

	test("a sandbox that is filled again stays as it is", async () => {
		const was = await s.read("/products?limit=200&include=variants,images");
		await ctl("seed", "--tenant", s.tenant.id, "--mode", "sandbox");
		assert.deepEqual(await s.read("/products?limit=200&include=variants,images"), was);
		assert.equal((await s.read("/products")).pagination.total_items, 6);
	});
});

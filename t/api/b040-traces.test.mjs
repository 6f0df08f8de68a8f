// Each write leaves exactly one audit row and one event, in its own transaction; what writes nothing leaves nothing.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { ctl, makeTenant, number, product, refused, rows, status, traces } from "./souk.mjs";

let shop, live;

before(async () => {
	shop = await makeTenant();
	live = shop.live;
});

// Does the write, and gives the one audit row and the one event that it left on that object.
async function leaves(id, type, write) {
	const before = id ? traces(id) : { audit: [], events: [] };
	const answer = await write();
	const after = traces(id ?? answer.body.id);
	assert.equal(after.audit.length, before.audit.length + 1, "one audit row");
	assert.equal(after.events.length, before.events.length + 1, "one event");
	const audit = after.audit.find((row) => row.request_id === answer.headers["x-request-id"]);
	const event = after.events.at(-1);
	assert.equal(audit.action, type);
	assert.equal(event.type, type);
	assert.equal(event.request_id, audit.request_id);
	assert.equal(event.version, after.events.length, "versions rise by one");
	assert.equal(event.data.object_version, event.version);
	return { audit, event, answer };
}

async function leavesNothing(id, write) {
	const before = traces(id);
	const answer = await write();
	assert.deepEqual(traces(id), before);
	return answer;
}

test("a create leaves its values, who did it, from where and with what", async () => {
	const { audit, event, answer } = await leaves(undefined, "product.created", () =>
		live.post("/products", product({ price: "12.30", metadata: { a: "1" }, variants: [{ sku: "AUD-1" }] }), { "user-agent": "till/1.0" }));
	const { body } = answer;
	assert.match(audit.actor, /^key_/);
	assert.equal(audit.ip, "127.0.0.1");
	assert.equal(audit.agent, "till/1.0");
	assert.equal(audit.resource, "product");
	assert.deepEqual(audit.changes.name, { old: null, new: body.name });
	assert.deepEqual(audit.changes.price, { old: null, new: 12.3 });
	assert.deepEqual(audit.changes.metadata, { old: {}, new: { a: "1" } });
	const child = audit.changes[`variants.${body.variants[0].id}`];
	assert.equal(child.old, null);
	assert.equal(child.new.sku, "AUD-1");
	assert.equal(event.object_type, "product");
	assert.equal(event.data.object.id, body.id);
	assert.equal(event.data.object.price, 12.3);
	assert.equal(event.data.object.variants[0].sku, "AUD-1");
	assert.deepEqual(event.data.previous_attributes, {});
});

test("an update that changes nothing leaves nothing and keeps the version", async () => {
	await live.make("/categories", { name: "Same", slug: "same" });
	const body = product({ price: 5, metadata: { a: "1" }, categories: ["same"], variants: [{ sku: "NOOP-1", price: 3 }], images: [{ url: "https://a.example/1.jpg" }] });
	const made = await live.make("/products", body);
	for (const patch of [{}, { price: "5.00" }, { price: 5.0 }, { metadata: { a: "1" } }, { metadata: {} }, { metadata: { b: null } }, { categories: ["same"] }, body,
		{ variants: [{ sku: "NOOP-1" }] }, { variants: [] }, made]) {
		const clean = patch === body ? { ...body, images: undefined } : patch;
		const answer = await leavesNothing(made.id, () => live.put(`/products/${made.id}`, clean));
		assert.equal(status(answer, 200).body.version, 1, JSON.stringify(clean));
		assert.equal(answer.body.updated_at, made.updated_at);
	}
	const child = `/products/${made.id}/variants/${made.variants[0].id}`;
	status(await leavesNothing(made.id, () => live.put(child, { price: "3" })), 200);
});

test("a deletion leaves product.deleted, its repeat nothing", async () => {
	const made = await live.make("/products", product({ status: "active" }));
	const { audit } = await leaves(made.id, "product.deleted", () => live.delete(`/products/${made.id}`));
	assert.deepEqual(audit.changes.status, { old: "active", new: "archived" });
	assert.equal(audit.changes.archived_at.old, null);
	status(await leavesNothing(made.id, () => live.delete(`/products/${made.id}`)), 204);
	await leaves(made.id, "product.updated", () => live.put(`/products/${made.id}`, { status: "draft" }));
	await leaves(made.id, "product.deleted", () => live.put(`/products/${made.id}`, { status: "archived" }));
});

test("a write to a variant or image is an update of its product", async () => {
	const made = await live.make("/products", product());
	const path = `/products/${made.id}`;
	let child;
	const added = await leaves(made.id, "product.updated", async () => {
		const answer = status(await live.post(`${path}/variants`, { sku: "CHILD-1", price: 5 }), 201);
		child = answer.body.id;
		return answer;
	});
	assert.equal(added.audit.changes[`variants.${child}`].old, null);
	const changed = await leaves(made.id, "product.updated", () => live.put(`${path}/variants/${child}`, { price: 6 }));
	assert.deepEqual(changed.audit.changes, { [`variants.${child}.price`]: { old: 5, new: 6 } });
	const gone = await leaves(made.id, "product.updated", () => live.delete(`${path}/variants/${child}`));
	assert.equal(gone.audit.changes[`variants.${child}`].new, null);
	assert.equal(gone.audit.changes[`variants.${child}`].old.sku, "CHILD-1");
	assert.deepEqual(gone.event.data.object.variants, []);
	await leaves(made.id, "product.updated", () => live.post(`${path}/images`, { url: "https://a.example/1.jpg" }));
	assert.deepEqual(traces(child), { audit: [], events: [] });
});

test("an event shows the shop's own language, no field with a scope, and nobody's view", async () => {
	const { event } = await leaves(undefined, "product.created", () =>
		live.post("/products?fields=sku", product({ name: { en: "Cup", fr: "Tasse" }, cost: 5 }), { "accept-language": "fr" }));
	assert.equal(event.data.object.name, "Cup");
	assert.equal("cost" in event.data.object, false);
	assert.equal(event.data.object.price, 199.99);
});

test("an event of a product with many variants has a hundred, and says that it was cut", async () => {
	const { event } = await leaves(undefined, "product.created", () =>
		live.post("/products", product({ variants: Array.from({ length: 101 }, (_, i) => ({ sku: `EV-${i}` })) })));
	assert.equal(event.data.object.variants.length, 100);
	assert.equal(event.data.variants_truncated, true);
});

test("writes that fail leave nothing", async () => {
	const made = await live.make("/products", product({ variants: [{ sku: "FAIL-V" }] }));
	const taken = await live.make("/products", product());
	const path = `/products/${made.id}`;
	for (const [method, to, body, headers, expected] of [
		["PUT", path, { price: -1 }, {}, 422],
		["PUT", path, { sku: taken.sku }, {}, 409],
		["PUT", path, { price: 3, variants: [{ sku: taken.sku }] }, {}, 409],
		["PUT", path, { price: 3, variants: [{ sku: "NEW-1" }, { sku: "NEW-1" }] }, {}, 409],
		["PUT", path, { price: 3, categories: ["no-such-shelf"] }, {}, 422],
		["PUT", path, { price: 3, version: 9 }, {}, 409],
		["PUT", path, { price: 3 }, { "if-match": '"9.0"' }, 412],
		["POST", `${path}/variants`, { sku: taken.sku }, {}, 409],
		["POST", `${path}/variants`, { sku: "a/b" }, {}, 422],
		["DELETE", path, undefined, { "if-match": '"9.0"' }, 412],
		["PUT", path, { price: 3, variants: [{ id: "var_7zzzzzzzzzzzz" }] }, {}, 422],
	])
		status(await leavesNothing(made.id, () => live.send(method, to, { body, headers })), expected);
	const sku = "NEVER-1";
	refused(await live.post("/products", product({ sku, variants: [{ sku: taken.sku }] })), 409);
	const [{ n }] = rows(`SELECT JSON_OBJECT('n', COUNT(*)) FROM audit_logs WHERE changes LIKE '%${sku}%' AND tenant_id = (SELECT tenant_id FROM products WHERE id = ${number(made.id)})`);
	assert.equal(n, 0);
});

test("a key made at the shell is audited too", async () => {
	await ctl("key", "create", "--tenant", shop.id, "--mode", "live", "--scopes", "products:read", "--name", "from the shell");
	const key = (await live.read("/api-keys?search=from the shell")).data[0];
	const left = traces(key.id);
	assert.equal(left.audit.length, 1);
	assert.equal(left.events.length, 1);
});

test("versions of concurrent writes to one object follow one another without a gap", async () => {
	const made = await live.make("/products", product());
	const answers = await Promise.all(Array.from({ length: 12 }, (_, i) =>
		live.send("PUT", `/products/${made.id}`, { body: { metadata: { [`k${i}`]: "v" } }, fresh: true })));
	const versions = answers.map((answer) => status(answer, 200).body.version).sort((a, b) => a - b);
	assert.deepEqual(versions, Array.from({ length: 12 }, (_, i) => i + 2));
	assert.deepEqual(traces(made.id).events.map((e) => e.version), Array.from({ length: 13 }, (_, i) => i + 1));
	assert.equal(Object.keys((await live.read(`/products/${made.id}`)).metadata).length, 12);
});

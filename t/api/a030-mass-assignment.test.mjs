// What only the server says is never taken from a body, and no answer shows a member that is not declared (S3).
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { ctl, makeTenant, product, refused, status } from "./souk.mjs";

const ENGINE = ["id", "object", "metadata", "created_at", "updated_at", "archived_at", "version"];
const WORTHLESS = { boolean: true, integer: 77, number: 77, string: "mine", array: ["mine"], object: { mine: "mine" } };

let live, resources, objects;

before(async () => {
	live = (await makeTenant()).live;
	resources = JSON.parse(await ctl("describe", "--json")).resources;
	const category = await live.make("/categories", { name: "Shelf", slug: "shelf" });
	const made = await live.make("/products", product({ categories: ["shelf"], variants: [{ sku: "MASS-V" }], images: [{ url: "https://a.example/1.jpg" }] }));
	const key = await live.make("/api-keys", { name: "k", scopes: ["products:read"] });
	objects = {
		api_key: `/api-keys/${key.id}`, category: `/categories/${category.id}`, product: `/products/${made.id}`,
		variant: `/products/${made.id}/variants/${made.variants[0].id}`, image: `/products/${made.id}/images/${made.images[0].id}`,
	};
});

const owned = (r) => r.fields.filter((f) => f.flags.includes("read_only"));

test("the server's own fields are taken back without effect on every resource", async () => {
	for (const r of resources) {
		const was = await live.read(objects[r.name]);
		const body = Object.fromEntries(owned(r).map((f) => [f.name, WORTHLESS[f.schema_type] ?? "mine"]));
		Object.assign(body, { object: "mine", created_at: "2001-01-01T00:00:00Z", updated_at: "2001-01-01T00:00:00Z", archived_at: "2001-01-01T00:00:00Z" });
		if (!r.parent)
			body.id = `${r.prefix}_123`;
		for (const method of ["PUT", "PATCH"])
			status(await live.send(method, objects[r.name], { body }), 200);
		assert.deepEqual(await live.read(objects[r.name]), was, r.name);
	}
});

test("columns that are no fields are refused by name on every resource", async () => {
	const columns = ["tenant_id", "account_id", "secret_hash", "name_i18n", "variants_count", "live", "actor", "__proto__", "constructor", "_delete", "fate", "status; DROP TABLE products"];
	for (const r of resources) {
		const was = await live.read(objects[r.name]);
		for (const name of columns) {
			const answer = await live.put(objects[r.name], `{${JSON.stringify(name)}: 1}`);
			refused(answer, 422, [`${name}:unknown_field`]);
		}
		assert.deepEqual(await live.read(objects[r.name]), was, r.name);
	}
});

test("no answer shows a member that is not declared", async () => {
	for (const r of resources) {
		const relations = (r.relations ?? []).map((one) => one.name);
		const open = r.fields.filter((f) => !f.flags.includes("internal") && !f.flags.includes("once"));
		const known = new Set([...ENGINE, ...open.map((f) => f.name), ...relations]);
		const list = objects[r.name].replace(/\/[^/]*$/, "");
		const shown = [await live.read(objects[r.name]), ...(await live.read(`${list}?limit=5`)).data];
		for (const object of shown) {
			for (const name of Object.keys(object))
				assert.ok(known.has(name), `${r.name} shows ${name}`);
			for (const relation of relations)
				for (const child of object[relation] ?? [])
					assert.equal(typeof child === "object" && ("tenant_id" in child || "product_id" in child), false);
		}
	}
});

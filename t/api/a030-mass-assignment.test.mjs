// What only the server says is never taken from a body, on any resource, in any write, at any depth; and no answer, event or
// list shows a member that is not declared (S3). Derived: describe says what is whose.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { can, declared, engine, has, of, resources, same, settable, Shop, value } from "./conformance.mjs";
import { refused, status, traces } from "./souk.mjs";

let shop;

before(async () => {
	shop = await Shop.open();
});

// Names of tables and languages that are no fields of anything.
const COLUMNS = ["tenant_id", "account_id", "name_i18n", "variants_count", "live", "actor", "__proto__", "constructor", "toString", "fate", "status; DROP TABLE products"];

const owned = (r) => r.fields.filter((f) => (has(f, "read_only") || has(f, "once")) && !has(f, "internal"));
const own = (r) => [...engine(r), ...r.fields.filter((f) => !has(f, "internal")).map((f) => f.name), ...r.relations.map((rel) => rel.name), ...r.kept_apart, r.parent_column];

// Whatever is a field somewhere else, or hidden here, and columns.
const foreign = (r) => [...new Set([...resources.flatMap((o) => [...o.fields.map((f) => f.name), ...o.relations.map((rel) => rel.name), o.parent_column]), ...COLUMNS])]
	.filter((name) => name && !own(r).includes(name));

// Values that the server's own members have not.
function claims(r) {
	const body = { object: "mine", created_at: "2001-01-01T00:00:00Z", updated_at: "2001-01-01T00:00:00Z", archived_at: "2001-01-01T00:00:00Z" };
	if (r.parent_column)
		body[r.parent_column] = `${of(r.parent).prefix}_123`;
	for (const f of owned(r))
		body[f.name] = f.type === "enum" ? f.choices.at(-1).name : f.type === "boolean" ? f.initial !== "true" : f.type === "objects" ? [{ claimed: "mine" }] : f.type === "id" ? `${of(f.to)?.prefix ?? "prod"}_7zzzzzzzzzzzz` : value(r, { ...f, example: undefined, max: f.max || 0 }, 77);
	return body;
}

const took = (f, sent, shown) => (f?.type === "objects" ? JSON.stringify(shown).includes("claimed") : f ? same(f, sent, shown) : sent === shown);

// The claims that an object took over; what one without claims says too, is the server's own word.
const taken = (r, body, shown, twin = {}) => Object.keys(body).filter((name) => JSON.stringify(twin[name]) !== JSON.stringify(shown[name])).filter((name) => took(r.fields.find((f) => f.name === name), body[name], shown[name]));

// JSON with these names, "__proto__" among them.
const naming = (names, rest = {}) => `{${[...Object.entries(rest).map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`), ...names.map((name) => `${JSON.stringify(name)}:1`)].join()}}`;

// An answer tells a hundred faults at most.
const some = (names) => Array.from({ length: Math.ceil(names.length / 50) }, (_, i) => names.slice(i * 50, (i + 1) * 50));

const writable = resources.filter((r) => can(r, "create", "get"));

for (const r of writable) {
	test(`${r.name}: the server's own members are taken back without effect`, async () => {
		const body = claims(r), { shown: twin } = await shop.make(r);
		const one = await shop.make(r, { body: { ...(await shop.body(r)), ...body, id: `${r.prefix}_123`, version: 77 } });
		assert.deepEqual(taken(r, { ...body, id: `${r.prefix}_123`, version: 77 }, one.shown, twin), [], "of a create");
		const was = await shop.read(r, one.path), left = traces(one.owner.split("/").pop());
		for (const method of can(r, "update") ? ["PUT", "PATCH"] : []) {
			const answer = status(await shop.client.send(method, one.path, { body: { ...body, ...(r.parent ? {} : { id: `${r.prefix}_123` }) } }), 200);
			assert.deepEqual(answer.body, was, "of an update");
		}
		assert.deepEqual(await shop.read(r, one.path), was);
		assert.deepEqual(traces(one.owner.split("/").pop()), left);
		for (const action of r.actions) {
			if (action.input || action.method === "DELETE")
				continue; /* what its input may hold is judged by its shape */
			const target = await shop.made(r), { body: shown } = await shop.client.send(action.method, `${target.path}/${action.name}`, { body: { ...(await shop.body(r)), ...body } });
			const moved = (name) => ["enum", "boolean"].includes(r.fields.find((f) => f.name === name)?.type); /* what it does may be what is claimed */
			assert.deepEqual(taken(r, body, shown).filter((name) => !moved(name)), [], "of an action");
			for (const f of settable(r))
				assert.deepEqual(shown[f.name], target.shown[f.name], "an action changes no field that a client sets");
		}
	});

	test(`${r.name}: hidden columns and fields of others are refused by name`, async () => {
		const one = await shop.made(r), names = foreign(r);
		for (const part of some(names)) {
			const expected = part.map((name) => `${name}:unknown_field`);
			refused(await shop.client.post(one.place, naming(part, await shop.body(r))), 422, expected);
			for (const method of can(r, "update") ? ["PUT", "PATCH"] : [])
				refused(await shop.client.send(method, one.path, { body: naming(part) }), 422, expected);
		}
		for (const name of can(r, "update") ? names : [])
			refused(await shop.client.patch(one.path, naming([name])), 422, [`${name}:unknown_field`]);
		assert.deepEqual(await shop.read(r, one.path), one.shown);
	});

	for (const rel of r.relations.filter((rel) => rel.kind === "many"))
		test(`${r.name}: nor are they taken in its ${rel.name}`, async () => {
			const to = of(rel.to), body = claims(to), fresh = { ...(await shop.body(to)), ...body, version: 77 };
			const one = await shop.make(r, { body: await shop.whole(r, { ...(await shop.body(r)), [rel.name]: [{ ...fresh, version: undefined }] }, 1) });
			const [child] = one.shown[rel.name];
			assert.deepEqual(taken(to, body, child, (await shop.made(r, { all: true })).shown[rel.name][0]), []);
			const was = await shop.read(r, one.path);
			const answer = status(await shop.client.patch(one.path, { [rel.name]: [{ ...body, id: child.id }] }), 200);
			assert.deepEqual(answer.body, was);
			for (const names of some(foreign(to).filter((name) => name !== "_delete")))
				for (const item of [{ id: child.id }, await shop.body(to)]) {
					const found = refused(await shop.client.patch(one.path, `{${JSON.stringify(rel.name)}:[${naming(names, item)}]}`), 422);
					assert.deepEqual(found.details.map((d) => `${d.field}:${d.reason}`).sort(), names.map((name) => `${rel.name}[0].${name}:unknown_field`).sort());
				}
			const absentee = refused(await shop.client.patch(one.path, { [rel.name]: [{ ...(await shop.body(to)), id: `${to.prefix}_123` }] }), 422);
			assert.deepEqual(absentee.details.map((d) => `${d.field}:${d.reason}`), [`${rel.name}[0]:unknown`], "an id is not the client's to choose");
			assert.deepEqual(await shop.read(r, one.path), was);
		});

	test(`${r.name}: no answer, list or event shows a member that is not declared`, async () => {
		const one = await shop.make(r, { all: true });
		await shop.read(r, one.path);
		assert.ok((await shop.list(r, one.place)).length > 0);
		if (can(r, "update"))
			declared(r, status(await shop.client.patch(one.path, { metadata: { a: "b" } }), 200).body);
		const { audit, events } = traces(one.owner.split("/").pop()), secret = r.fields.filter((f) => has(f, "internal") || has(f, "once"));
		for (const { changes } of audit)
			assert.deepEqual(secret.filter((f) => f.name in changes), [], "the audit has no secret");
		for (const event of events) {
			declared(of(event.object_type), event.data.object);
			for (const f of of(event.object_type).fields.filter((f) => f.scope))
				assert.equal(f.name in event.data.object, false, "a field with a scope of its own is in no event");
		}
	});
}

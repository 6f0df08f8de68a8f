// Actions and operations, derived from their rows: what they take and refuse, leave behind, repeat and rehearse, and whose they are.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { absent, can, declared, each, makeable, NEEDS, of, resources, settable, shape, Shop, top, within, wrong } from "./conformance.mjs";
import { number, refused, rows, status, traces } from "./souk.mjs";

let shop, other, tenant;

before(async () => {
	[shop, other] = await Promise.all([Shop.open(), Shop.open()]);
	const { shown } = await shop.some(top.find((r) => can(r, "create")).name);
	[tenant] = rows(`SELECT JSON_QUOTE(CAST(tenant_id AS CHAR)) FROM audit_logs WHERE resource_id = ${number(shown.id)} LIMIT 1`);
});

const left = (one) => traces(one.owner.split("/").pop());
// How much the shop has written in all, but for refusals.
const written = () => rows(`SELECT JSON_ARRAY((SELECT COUNT(*) FROM audit_logs WHERE tenant_id = ${tenant} AND action <> 'access.denied'), (SELECT COUNT(*) FROM events WHERE tenant_id = ${tenant}),
	(SELECT COUNT(*) FROM idempotency_keys WHERE tenant_id = ${tenant}))`)[0];
// What one request left.
const by = (answer) => rows(`SELECT JSON_OBJECT('audit', (SELECT COUNT(*) FROM audit_logs WHERE tenant_id = ${tenant} AND request_id = '${answer.headers["x-request-id"]}'),
	'events', (SELECT JSON_ARRAYAGG(type) FROM events WHERE tenant_id = ${tenant} AND request_id = '${answer.headers["x-request-id"]}'))`)[0];

// Each broken field of an input, with a right one beside it, is refused by name.
async function refusesBroken(does, good, send, code) {
	const s = shape(does.input), before = written();
	await each(wrong(s, true).filter(([, , fault]) => !/:unknown$/.test(fault)), async ([name, bad, fault]) => {
		const found = refused(await send({ ...good, [name]: bad }), code).details.map((d) => `${d.field}:${d.reason}`);
		assert.ok(found.includes(fault) && found.every((f) => f.startsWith(name)), `${name} = ${JSON.stringify(bad).slice(0, 80)}: ${found}, not ${fault}`);
	});
	for (const f of settable(s).filter((one) => one.flags.includes("required")))
		refused(await send({ ...good, [f.name]: undefined }), code, [`${f.name}:required`]);
	for (const f of settable(s)) {
		const [slip] = refused(await send({ ...good, [`${f.name}q`]: 1 }), code, [`${f.name}q:unknown_field`]).details;
		assert.equal(slip.nearest, f.name);
	}
	assert.deepEqual(written(), before, "nothing is written");
}

// The same request under one key gives the same bytes, and is done once.
async function repeats(send, code, key, field = "id") {
	const headers = { "idempotency-key": key }, first = status(await send(headers), code), count = written();
	for (let again = 0; again < 2; again++) {
		const answer = status(await send(headers), code);
		assert.deepEqual(answer.bytes, first.bytes);
		assert.equal(answer.headers["idempotency-replayed"], "true");
		for (const name of ["location", "etag", "content-type"])
			assert.equal(answer.headers[name], first.headers[name], name);
	}
	refused(await send(headers, `fields=${field}`), 409);
	assert.deepEqual(written(), count, "done once");
}

async function rehearses(send, code, shown) {
	const before = [written(), await shown()];
	const dry = status(await send({ prefer: "dry-run", "idempotency-key": "rehearsal" }), code);
	assert.equal(dry.headers["preference-applied"], "dry-run");
	assert.deepEqual([written(), await shown()], before, "nothing is stored");
}

for (const r of resources.filter(makeable))
	for (const action of r.actions.filter((one) => !NEEDS[`${r.name}.${one.name}`]?.elsewhere)) {
		const key = `${r.name}.${action.name}`, code = action.status ?? 200, owner = of(within(r) ?? r.name);
		const path = (one, query = "") => `${one.path}/${action.name}${query && `?${query}`}`;
		const act = async (one, { headers, body, query } = {}) => shop.client.send(action.method, path(one, query), { body: body ?? (await shop.input(key, action, one)), headers });

		test(`${key}: it makes one version, its audit row and its event`, async () => {
			const one = await shop.ready(r, action), before = left(one);
			const answer = status(await act(one), code);
			declared(r, answer.body, true);
			const { audit, events } = left(one), event = NEEDS[key]?.event ?? action.event ?? owner.events.updated;
			const steps = r.outside ? audit.length - before.audit.length : 1; /* what came of a call to the outside may be one more */
			assert.ok(steps === 1 || steps === 2);
			assert.deepEqual([answer.body.id, answer.body.version], [one.shown.id, one.shown.version + steps]);
			assert.match(answer.headers.etag, new RegExp(`^"${answer.body.version}\\.`));
			assert.deepEqual([audit.length, events.length], [before.audit.length + steps, before.events.length + steps]);
			assert.deepEqual([audit.at(-steps).action, events.at(-steps).type], [event, event]);
			assert.equal(events.at(-1).request_id, answer.headers["x-request-id"]);
		});

		test(`${key}: it is not found where nothing is, or what is another shop's`, async () => {
			const one = await shop.ready(r, action), body = await shop.input(key, action, one), before = left(one);
			refused(await shop.client.send(action.method, `${one.place}/${absent(r)}/${action.name}`, { body }), 404);
			refused(await other.client.send(action.method, path(one), { body }), 404);
			assert.deepEqual(left(one), before);
		});

		test(`${key}: a stale If-Match is 412, the right one lets it through`, async () => {
			const one = await shop.ready(r, action), before = left(one);
			for (const tag of ['"999.0000000000000000"', '"nonsense"'])
				refused(await act(one, { headers: { "if-match": tag } }), 412, []);
			assert.deepEqual(left(one), before);
			status(await act(one, { headers: { "if-match": one.etag } }), code);
		});

		test(`${key}: repeated under one Idempotency-Key it is done once, and a dry run does nothing`, async () => {
			const one = await shop.ready(r, action), body = await shop.input(key, action, one);
			const send = (headers, query) => act(one, { headers, body, query });
			const versioned = async () => { /* what a GET shows may change by itself */
				const { version, updated_at } = await shop.client.read(one.path);
				return [version, updated_at];
			};
			await rehearses(send, 200, versioned);
			await repeats(send, code, `${action.method} ${key}`);
		});

		if (action.input)
			test(`${key}: each broken field of its input is refused by name and with its reason`, async () => {
				const one = await shop.ready(r, action), good = await shop.input(key, action, one);
				await refusesBroken(action, good, (body) => act(one, { body }), 422);
				if (!action.input_optional)
					refused(await shop.client.send(action.method, path(one), {}), 400, [], "body_missing");
				assert.equal((await shop.client.read(one.path)).version, one.shown.version);
			});
	}

// The members of what an operation answers are declared.
function answers(o, body) {
	const output = of(o.output);
	if (output)
		declared(output, body, true);
	else
		Object.keys(body).forEach((name) => assert.ok(shape(o.output).fields.some((f) => f.name === name.replace(/_formatted$/, "")), `${o.name} shows ${name}`));
}

const bodied = (o) => !["GET", "DELETE"].includes(o.method);

for (const r of resources)
	for (const o of r.operations.filter((one) => !NEEDS[one.name]?.elsewhere)) {
		const send = async (path, { headers, body, client = shop.client } = {}) => client.send(o.method, path, { body, headers });
		const ask = async (more) => send(await shop.address(r, o), { body: await shop.input(o.name, o), ...more });

		test(`${o.name}: it answers what it says${o.writes ? ", and leaves what it did" : ", and leaves nothing"}`, async () => {
			const path = await shop.address(r, o), body = await shop.input(o.name, o), before = written();
			const answer = status(await send(path, { body }), o.status);
			if (o.output)
				answers(o, answer.body);
			if (!o.writes)
				assert.deepEqual(written(), before);
			else if (o.event)
				assert.ok(by(answer).audit > 0 && by(answer).events.includes(o.event), `${o.event} is among ${by(answer).events}`);
			if (o.status === 201 && answer.headers.location)
				assert.equal((await shop.client.read(answer.headers.location)).id, answer.body.id);
		});

		if (o.method === "GET")
			test(`${o.name}: its tag is that of what is answered`, async () => {
				const path = await shop.address(r, o), answer = status(await shop.client.get(path), 200);
				const again = status(await shop.client.get(path, { "if-none-match": answer.headers.etag }), 304);
				assert.equal(again.raw, "");
				refused(await shop.client.get(path, { "if-match": '"nonsense"' }), 412, []);
				status(await shop.client.head(path), 200);
			});

		if (o.path.includes("{"))
			test(`${o.name}: it is not found for another shop, or where nothing is`, async () => {
				const path = await shop.address(r, o), body = await shop.input(o.name, o), before = written();
				refused(await send(path, { body, client: other.client }), 404);
				refused(await send(`/${o.path}${path.replace(/^[^?]*/, "")}`.replace(/\{.*?\}/g, "none_1"), { body }), 404);
				assert.deepEqual(written(), before);
			});

		if (o.writes)
			test(`${o.name}: repeated under one Idempotency-Key it is done once, and a dry run does nothing`, async () => {
				const path = await shop.address(r, o), body = await shop.input(o.name, o);
				const again = (headers, query) => send(query ? `${path}${path.includes("?") ? "&" : "?"}${query}` : path, { body, headers });
				await rehearses(again, o.status === 204 ? 204 : 200, async () => 0);
				if (o.output)
					await repeats(again, o.status, o.name, of(o.output) ? "id" : shape(o.output).fields[0].name);
			});

		if (o.input && bodied(o))
			test(`${o.name}: each broken field of its input is refused by name and with its reason`, async () => {
				const path = await shop.address(r, o), good = await shop.input(o.name, o);
				await refusesBroken(o, good, (body) => send(path, { body }), 422);
				if (!o.input_optional)
					refused(await send(path, {}), 400, [], "body_missing");
			});

		if (o.input && !bodied(o))
			test(`${o.name}: what its query must have is missed by name, and what it has not is refused`, async () => {
				const path = (await shop.address(r, o)).replace(/\?.*/, "");
				const required = settable(shape(o.input)).filter((f) => f.flags.includes("required")).map((f) => `${f.name}:required`);
				if (required.length)
					refused(await send(path), 400, required);
				refused(await send(`${path}?no_such=1`), 400, ["no_such:unknown_parameter", ...required]);
				for (const f of settable(shape(o.input)).filter((one) => ["integer", "time", "id", "enum", "boolean"].includes(one.type)))
					assert.ok(refused(await send(`${path}?${f.name}=~`), 400).details.some((d) => d.field === f.name), f.name);
			});

		if (!o.input)
			test(`${o.name}: a parameter that it has not is refused`, async () => {
				refused(await send(`${(await shop.address(r, o)).replace(/\?.*/, "")}?no_such=1`), 400, ["no_such:unknown_parameter"]);
			});
	}

// Bodies, derived from the descriptors: what every resource takes, refuses, changes and leaves behind.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { can, each, FILLED, has, isOpen, isSecret, limitsOf, next, of, resources, same, settable, Shop, still, visible, within, wrong } from "./conformance.mjs";
import { refused, status, traces } from "./souk.mjs";

let shop, other;

before(async () => {
	[shop, other] = await Promise.all([Shop.open(), Shop.open()]);
});

const writable = resources.filter((r) => can(r, "create", "get"));
/* Found behind the rest: what the database knows, what is counted with what is there, what is missing elsewhere. */
const LATE = /:(unknown|too_many|required)$/;

// The child that was sent so, wherever it stands.
const telling = (r) => (settable(r).some((f) => has(f, "required")) ? settable(r).filter((f) => has(f, "required")) : settable(r).filter((f) => isOpen(r, f)));
const theSame = (r, sent, children) => children.find((child) => telling(r).every((f) => !(f.name in sent) || same(f, sent[f.name], child[f.name])));

function showsWhatWasSent(r, sent, shown) {
	for (const f of settable(r).filter((one) => one.name in sent && isOpen(r, one)))
		if (isSecret(f))
			assert.ok(!(f.name in shown), `${f.name} is never shown`);
		else
			assert.ok(same(f, sent[f.name], shown[f.name]), `${f.name}: ${JSON.stringify(sent[f.name])} is shown as ${JSON.stringify(shown[f.name])}`);
	for (const rel of r.relations.filter((one) => one.name in sent))
		if (rel.kind === "link")
			assert.deepEqual(shown[rel.name], sent[rel.name]);
		else
			sent[rel.name].forEach((child) => showsWhatWasSent(of(rel.to), child, theSame(of(rel.to), child, shown[rel.name])));
	assert.deepEqual(shown.metadata, sent.metadata ?? {});
}

// A value as a descriptor writes what a field begins with.
const asInitial = (shown) => (Array.isArray(shown) ? JSON.stringify(shown) : String(shown ?? null));

for (const r of writable) {
	test(`${r.name}: its examples make one, with the required fields and with all`, async () => {
		for (const all of [false, true]) {
			const one = await shop.make(r, { all });
			showsWhatWasSent(r, one.sent, one.shown);
			for (const f of visible(r).filter((f) => !all && !has(f, "required") && !has(f, "read_only") && !(f.name in one.sent) && f.name !== r.order && !FILLED.includes(`${r.name}.${f.name}`)))
				assert.equal(asInitial(one.shown[f.name]), String(f.initial ?? null), `${f.name} begins as declared`);
			assert.equal(one.answer.headers.location.replace(/^.*\/v2/, ""), one.path);
			assert.match(one.etag, /^"1\./);
			assert.equal(one.shown.object, r.name);
			assert.equal(one.shown.version, 1);
			assert.equal(one.shown.created_at, one.shown.updated_at);
			const read = status(await shop.client.get(one.answer.headers.location), 200);
			const once = r.fields.filter((f) => has(f, "once"));
			for (const f of once) {
				assert.equal(typeof one.shown[f.name], "string", `${f.name} is shown once`);
				assert.equal(f.name in read.body, false, `${f.name} is shown once only`);
			}
			assert.deepEqual({ ...read.body, ...Object.fromEntries(once.map((f) => [f.name, one.shown[f.name]])) }, one.shown);
			assert.deepEqual(await shop.read(r, one.path), read.body);
		}
	});

	test(`${r.name}: each choice, both ends of each range and the longest texts are taken`, async () => {
		for (const f of settable(r))
			for (const sent of limitsOf(r, f)) {
				if (isSecret(f)) {
					status(await shop.client.post(await shop.place(r), { ...(await shop.body(r, { all: true })), [f.name]: sent }), 201);
					continue;
				}
				const one = await shop.make(r, { body: { ...(await shop.body(r, { all: true })), [f.name]: sent } });
				assert.ok(same(f, sent, one.shown[f.name]), `${f.name}: ${JSON.stringify(sent).slice(0, 80)} is shown as ${JSON.stringify(one.shown[f.name]).slice(0, 80)}`);
			}
	});

	test(`${r.name}: each required field is missed by name, and all of them in one answer`, async () => {
		const place = await shop.place(r), body = await shop.body(r, { all: true });
		const required = [...settable(r).filter((f) => has(f, "required")), ...r.relations.filter((rel) => rel.min)];
		for (const f of required)
			refused(await shop.client.post(place, { ...body, [f.name]: undefined }), 422, [`${f.name}:required`]);
		if (required.length)
			refused(await shop.client.post(place, {}), 422, required.map((f) => `${f.name}:required`));
	});

	for (const create of [true, false].filter((create) => create || can(r, "update")))
		test(`${r.name}: each broken field is refused by name and with its reason by a${create ? " create" : "n update"}`, async () => {
			const one = await shop.made(r, { all: true }), body = await shop.body(r);
			const send = (part) => create ? shop.client.post(one.place, { ...body, ...part }) : shop.client.patch(one.path, part);
			const was = traces(one.owner.split("/").pop());
			await each(wrong(r, create), async ([name, bad, fault]) => {
				const e = refused(await send({ [name]: bad }), 422);
				const found = e.details.map((d) => `${d.field}:${d.reason}`);
				assert.ok(found.includes(fault) && found.every((f) => f.startsWith(name)), `${name} = ${JSON.stringify(bad).slice(0, 80)}: ${found}, not ${fault}`);
				assert.ok(e.details.every((d) => d.message.length > 5));
			});
			const worst = new Map();
			for (const [name, bad, fault] of wrong(r, create).filter(([, , fault]) => !LATE.test(fault)))
				worst.set(name, [bad, fault]);
			const all = refused(await send(Object.fromEntries([...worst].map(([name, [bad]]) => [name, bad]))), 422);
			const named = all.details.map((d) => `${d.field}:${d.reason}`);
			for (const [, fault] of worst.values())
				assert.ok(named.includes(fault), `${fault} is not among ${named}`);
			assert.deepEqual(await shop.read(r, one.path), one.shown);
			assert.deepEqual(traces(one.owner.split("/").pop()), was);
		});

	test(`${r.name}: a name that there is not is refused with the nearest one, a hidden one without`, async () => {
		const one = await shop.made(r), body = await shop.body(r);
		const names = [...settable(r).map((f) => f.name), ...r.relations.map((rel) => rel.name), "metadata"];
		const slips = Object.fromEntries(names.map((name) => [`${name}q`, 1]));
		for (const answer of [await shop.client.post(one.place, { ...body, ...slips }), ...(can(r, "update") ? [await shop.client.patch(one.path, slips)] : [])]) {
			const e = refused(answer, 422, names.map((name) => `${name}q:unknown_field`));
			for (const d of e.details)
				assert.equal(d.nearest, d.field.slice(0, -1));
		}
		const hidden = r.fields.filter((f) => has(f, "internal"));
		for (const d of refused(await shop.client.post(one.place, Object.fromEntries([["zzzzzzzz", 1], ...hidden.map((f) => [f.name, "x"])])), 422).details)
			assert.ok(!hidden.some((f) => f.name === d.nearest));
	});

	test(`${r.name}: what must be unique is refused as taken, and free for another shop`, async () => {
		const one = await shop.made(r, { all: true });
		for (const f of settable(r).filter((f) => has(f, "unique"))) {
			const body = { ...(await shop.body(r)), [f.name]: one.shown[f.name] };
			refused(await shop.client.post(one.place, body), 409, [f.name]);
			const second = await shop.made(r);
			if (can(r, "update"))
				refused(await shop.client.patch(second.path, { [f.name]: one.shown[f.name] }), 409, [f.name]);
			if (f.type !== "id")
				await other.make(r, { body: { ...(await other.body(r)), [f.name]: one.shown[f.name] } });
			const again = { ...(await shop.body(r)), [f.name]: await shop.value(r, f, next()) };
			const rivals = await each(Array(6).fill(again), (same) => shop.client.send("POST", one.place, { body: same, fresh: true }));
			assert.deepEqual(rivals.map((answer) => answer.status).sort(), [201, 409, 409, 409, 409, 409], "of several at once one wins");
		}
	});

	test(`${r.name}: it cannot refer to what is deleted`, async () => {
		const place = await shop.place(r), body = await shop.body(r);
		const links = r.relations.filter((rel) => rel.kind === "link").map((rel) => [rel.name, rel.to, (shown) => [shown[rel.by]], new RegExp(`^${rel.name}\\[0\\]:unknown$`)]);
		for (const [name, to, wanted, fault] of [...links, ...settable(r).filter((f) => f.type === "id" && isOpen(r, f)).map((f) => [f.name, f.to, (shown) => shown.id, new RegExp(`^${f.name}:(unknown|archived|not_for_sale)$`)])]) {
			if (!can(of(to), "archive"))
				continue;
			const gone = await shop.make(of(to));
			status(await shop.client.delete(gone.path), 204);
			const e = refused(await shop.client.post(place, { ...body, [name]: wanted(gone.shown) }), 422);
			assert.equal(e.details.length, 1);
			assert.match(`${e.details[0].field}:${e.details[0].reason}`, fault);
		}
	});
}

// ---- updates

// True for a status that nothing changes but archiving.
const isSole = (r, f) => r.status_field === f.name && f.choices.length === 2;

// A value that is not the one that is there.
async function another(r, f, shown) {
	for (let tries = 0; tries < 100; tries++) {
		const v = await shop.value(r, f, next());
		if (!same(f, v, shown))
			return v;
	}
	const other = f.choices?.find((c) => !same(f, c.name, shown)); /* a fixture may know one only */
	assert.ok(other, `another value for ${f.name}`);
	return other.name;
}

// What the audit says of a secret: that it was, and is, one.
const SEALED = "(sealed)";

// Sends a patch and gives what it changed; `expected`: of which name, or of none.
async function patch(one, body, name) {
	const { r } = one, was = await shop.read(r, one.path), owner = await shop.read(of(within(r) ?? r.name), one.owner);
	const answer = await shop.client.patch(one.path, body);
	if (answer.status === 422)
		return { answer };
	const now = status(answer, 200).body;
	const [before, after] = [still(r, was), still(r, now)];
	const secret = r.fields.some((f) => f.name === name && isSecret(f));
	const changed = secret ? now.version !== was.version : JSON.stringify(was[name]) !== JSON.stringify(now[name]);
	assert.deepEqual(after, changed ? { ...before, ...(secret ? {} : { [name]: now[name] }), version: was.version + 1, updated_at: now.updated_at } : before, `only ${name} of ${r.name} changes`);
	assert.deepEqual(await shop.read(r, one.path), now);
	const { version } = await shop.read(of(within(r) ?? r.name), one.owner);
	assert.equal(version, owner.version + Number(changed), "the version of what is written through");
	if (secret)
		return { answer, changed, version, name, secret, old: SEALED, new: body[name] === null ? null : SEALED };
	return { answer, changed, version, name, old: was[name], new: now[name] };
}

// Each change left the audit row and the event that say it, and nothing else did.
function checkTraces(one, before, changes) {
	const { r } = one, owner = of(within(r) ?? r.name), type = r.events.updated ?? owner.events.updated;
	const { audit, events } = traces(one.owner.split("/").pop());
	const made = changes.filter((c) => c.changed);
	assert.equal(audit.length, before.audit.length + made.length, "an audit row for each change");
	assert.equal(events.length, before.events.length + made.length, "an event for each change");
	const prefix = within(r) ? `${owner.relations.find((rel) => rel.to === r.name).name}.${one.shown.id}.` : "";
	for (const c of made) {
		const id = c.answer.headers["x-request-id"];
		const [row] = audit.filter((a) => a.request_id === id), [event] = events.filter((e) => e.request_id === id);
		const hidden = c.secret || within(r) || r.fields.find((f) => f.name === c.name)?.scope || c.name === "metadata";
		assert.deepEqual([row.action, row.resource, row.changes], [type, owner.name, { [prefix + c.name]: { old: c.old, new: c.new } }]);
		assert.deepEqual([event.type, event.version, event.data.object_version], [type, c.version, c.version]);
		assert.deepEqual(event.data.previous_attributes, hidden ? {} : { [c.name]: c.old });
	}
}

for (const r of writable.filter((r) => can(r, "update"))) {
	test(`${r.name}: each field changes alone, leaves its difference and one event, and null clears it`, async () => {
		const one = await shop.made(r, { all: true });
		const before = traces(one.owner.split("/").pop()), done = [], late = [];
		const fixed = settable(r).filter((f) => has(f, "create_only") && isOpen(r, f)), open = settable(r).filter((f) => isOpen(r, f) && !has(f, "create_only") && !isSole(r, f));
		for (const f of fixed)
			refused(await shop.client.patch(one.path, { [f.name]: await another(r, f, one.shown[f.name]) }), 422, [`${f.name}:create_only`]);
		for (const f of open) {
			const sent = await another(r, f, one.shown[f.name]);
			done.push(await patch(one, { [f.name]: sent }, f.name));
			assert.ok(done.at(-1).changed && (f.type === "map" || isSecret(f) || same(f, sent, done.at(-1).new)), `${f.name} is now ${JSON.stringify(sent)}`);
		}
		done.push(await patch(one, { metadata: { added: "1", count: null } }, "metadata"));
		assert.deepEqual(done.at(-1).new, { added: "1", origin: "derived" });
		done.push(await patch(one, { metadata: null }, "metadata"));
		for (const rel of r.relations.filter((rel) => rel.kind === "link")) {
			done.push(await patch(one, { [rel.name]: [(await shop.some(rel.to, 1)).shown[rel.by], (await shop.some(rel.to, 2)).shown[rel.by]] }, rel.name));
			done.push(await patch(one, { [rel.name]: null }, rel.name));
			assert.deepEqual(done.at(-1).new, []);
		}
		for (const f of open.filter((f) => !has(f, "required"))) {
			const change = await patch(one, { [f.name]: null }, f.name);
			if (change.answer.status === 422) /* another field needs it: then they go together */
				refused(change.answer, 422, [`${f.name}:required`]) && late.push(f.name);
			else
				done.push(change);
			if (change.changed && !isSecret(f) && f.name !== r.order && !FILLED.includes(`${r.name}.${f.name}`))
				assert.equal(asInitial(change.new), String(f.initial ?? null), `${f.name} is cleared`);
		}
		for (const name of late) /* what needed it is cleared by now */
			done.push(await patch(one, { [name]: null }, name));
		checkTraces(one, before, done);
	});

	test(`${r.name}: several fields that change together leave one audit row and one event with all of them`, async () => {
		const one = await shop.made(r, { all: true }), before = traces(one.owner.split("/").pop()), body = {};
		for (const f of settable(r).filter((f) => isOpen(r, f) && !has(f, "create_only") && f.type !== "map" && !isSole(r, f)))
			body[f.name] = await another(r, f, one.shown[f.name]);
		const now = status(await shop.client.put(one.path, body), 200).body;
		const { audit, events } = traces(one.owner.split("/").pop()), names = Object.keys(body).sort(), secret = (name) => isSecret(r.fields.find((f) => f.name === name));
		assert.deepEqual([audit.length, events.length], [before.audit.length + 1, before.events.length + 1]);
		const changes = Object.entries(audit.at(-1).changes).map(([path, change]) => [path.split(".").pop(), change]).sort();
		assert.deepEqual(changes, names.map((name) => [name, secret(name) ? { old: SEALED, new: SEALED } : { old: one.shown[name], new: now[name] }]));
		if (!within(r))
			assert.deepEqual(Object.keys(events.at(-1).data.previous_attributes).sort(), names.filter((name) => !r.fields.find((f) => f.name === name).scope && !secret(name)));
		showsWhatWasSent(r, { ...body, metadata: one.sent.metadata }, now);
	});

	test(`${r.name}: an update that changes nothing makes no version, no audit row and no event`, async () => {
		const one = await shop.made(r, { all: true }), before = traces(one.owner.split("/").pop());
		const shown = await shop.read(r, one.path);
		const bodies = [{}, shown, { metadata: {} }, { metadata: { "not there": null } }, ...settable(r).map((f) => ({ [f.name]: shown[f.name] }))];
		const all = [];
		for (const body of bodies)
			all.push(await patch(one, body, "version"));
		assert.ok(all.every((change) => change.changed === false), "nothing changes");
		checkTraces(one, before, all);
	});
}

// Lists, derived from the descriptors: each filter finds what an oracle over the rows finds, each sort orders, each walk shows
// every row once, and each choice of members is kept.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { can, described, each, engine, FOLLOWS, has, isApart, limits, makeable, objects, of, resources, settable, Shop, still, visible, within } from "./conformance.mjs";
import { number, refused, status } from "./souk.mjs";

const ROWS = 12;
const MANY = ["eq", "ne", "in", "nin"];

let shop;
const sets = new Map();

before(async () => {
	shop = await Shop.open();
});

// Rows with gaps and values that come again; two of them archived. Made once for each resource, in a shop of its own.
async function fill(r) {
	const shop = await Shop.open();
	const place = await shop.place(r, true), made = [];
	for (let i = 0; i < ROWS; i++) {
		const body = await shop.body(r, { all: true }), thin = await shop.body(r);
		for (const f of settable(r).filter((f) => !has(f, "unique") && !isApart(r, f)))
			body[f.name] = !has(f, "required") && i % 5 === 4 ? undefined : await shop.value(r, f, i % 4);
		for (const rel of r.relations)
			body[rel.name] = rel.kind === "link" && i % 5 !== 4 ? [(await shop.some(rel.to, i)).shown[rel.by], ...(i % 2 ? [(await shop.some(rel.to, i + 1)).shown[rel.by]] : [])] : rel.min ? body[rel.name] : undefined;
		await shop.whole(r, body, i);
		made.push(await shop.make(r, { place, body: i === ROWS - 1 ? thin : body }));
	}
	if (can(r, "archive"))
		for (const { path } of made.splice(4, 2))
			status(await shop.client.delete(path), 204);
	const live = await shop.list(r, place);
	for (const { shown } of made)
		assert.ok(live.some((row) => row.id === shown.id), "the list has what was made");
	const gone = r.status_field ? await shop.list(r, place, `&filter[${r.status_field}]=${r.status_archived}`) : [];
	assert.ok(!live.some((row) => row.archived_at || gone.some((one) => one.id === row.id)), "archived ones are hidden");
	return { shop, place, live, all: [...live, ...gone] };
}

function set(r) {
	if (!sets.has(r))
		sets.set(r, fill(r));
	return sets.get(r);
}

// ---- the oracle

const collator = new Intl.Collator("en", { sensitivity: "base" });
const NUMBERS = ["integer", "amount", "decimal", "price"];

function plain(type, v) {
	if (v === null || v === undefined)
		return null;
	return type === "time" ? Date.parse(v) : type === "id" ? number(v) : NUMBERS.includes(type) ? Number(v) : v;
}

function compare(type, a, b) {
	const [x, y] = [plain(type, a), plain(type, b)];
	if (x === null || y === null)
		return Number(y === null) - Number(x === null);
	return typeof x === "string" ? collator.compare(x, y) : Number(x > y) - Number(x < y);
}

const TESTS = {
	eq: (c) => c === 0, gt: (c) => c > 0, gte: (c) => c >= 0, lt: (c) => c < 0, lte: (c) => c <= 0,
	contains: (s, v) => s.includes(v), starts_with: (s, v) => s.startsWith(v), ends_with: (s, v) => s.endsWith(v),
};

// Whether a row's value, or one of the values of a link, passes.
function passes(type, op, shown, wanted) {
	if (op === "ne" || op === "nin")
		return !passes(type, "eq", shown, wanted);
	const own = Array.isArray(shown) ? shown : [shown ?? null];
	if (op === "eq" || op === "in")
		return wanted.some((w) => (w === "" ? own.length === 0 || own[0] === null : own.some((s) => s !== null && compare(type, s, w) === 0)));
	if (own[0] === null)
		return false;
	return /_|contains/.test(op) ? TESTS[op](String(own[0]).toLowerCase(), wanted[0].toLowerCase()) : TESTS[op](compare(type, own[0], wanted[0]));
}

const sought = (v) => (v === undefined ? "" : String(v)).replaceAll(",", "\\,");

// Values to ask for: one that comes once or more, another, and one that nothing has.
function wanted(target, op, rows) {
	const there = [...new Set(rows.flatMap((row) => row[target.name] ?? []))].slice(0, 3);
	assert.ok(there.length, `the rows have a ${target.name}`);
	if (op === "contains" || op === "starts_with" || op === "ends_with") {
		const s = String(there[0]), half = Math.ceil(s.length / 2);
		return [{ contains: s.slice(2, -1) || s, starts_with: s.slice(0, half), ends_with: s.slice(-3) }[op], s, "%", "_"].map((v) => [v]);
	}
	if (MANY.includes(op))
		return [[there[0]], there, [""], [there[0], ""]];
	return there.map((v) => [v]);
}

// What can be filtered by: fields, the engine's own, links.
const targets = (r) => [
	...r.fields.filter((f) => has(f, "filter")), ...r.members.filter((m) => m.operators),
	...r.relations.filter((rel) => rel.kind === "link").map((rel) => ({ ...rel, type: "link" })),
];

const listed = resources.filter((r) => can(r, "list") && makeable(r) && !FOLLOWS.includes(r.name));

for (const r of listed) {
	test(`${r.name}: each filter finds what the rows say, with each operator of its type`, async () => {
		const { shop, place, live, all } = await set(r);
		const asked = targets(r).flatMap((t) => t.operators.flatMap((op) => wanted(t, op, live).map((values) => [t, op, values])));
		await each(asked, async ([t, op, values]) => {
			/* archived rows come when their status is asked for */
			const hidden = t.name === r.status_field && (op === "eq" || op === "in") && values.includes(r.status_archived);
			const expected = (hidden ? all : live).filter((row) => passes(t.type, op, row[t.name], values)).map((row) => row.id);
			const found = await shop.list(r, place, `&filter[${t.name}][${op}]=${encodeURIComponent(values.map(sought).join(","))}`);
			assert.deepEqual(found.map((row) => row.id).sort(), expected.sort(), `filter[${t.name}][${op}]=${values}`);
		});
	});

	test(`${r.name}: filters are combined, and shorthands are filters`, async () => {
		const { shop, place, live } = await set(r), two = targets(r).slice(0, 2);
		const [a, b] = two.map((t) => live.map((row) => row[t.name]).flat().find((v) => v !== null));
		const both = await shop.list(r, place, two.map((t, i) => `&filter[${t.name}]=${encodeURIComponent(sought([a, b][i]))}`).join(""));
		const expected = live.filter((row) => two.every((t, i) => passes(t.type, "eq", row[t.name], [[a, b][i]])));
		assert.deepEqual(both.map((row) => row.id).sort(), expected.map((row) => row.id).sort());
		for (const s of r.shorthands) {
			const values = [...new Set(live.flatMap((row) => row[s.field] ?? []))];
			for (const v of values.map(sought).map(encodeURIComponent))
				assert.deepEqual(await shop.list(r, place, `&${s.name}=${v}`), await shop.list(r, place, `&filter[${s.field}][${s.op ?? "eq"}]=${v}`));
		}
	});

	test(`${r.name}: an operator that its type has not is refused with those it has, a value that it cannot have with what it could`, async () => {
		const { shop, place } = await set(r), names = described.operators.map((op) => op.name);
		for (const t of targets(r)) {
			for (const op of [...names.filter((name) => !t.operators.includes(name)), "like", "EQ", "gt3"]) {
				const [d] = refused(await shop.client.get(`${place}?filter[${t.name}][${op}]=1`), 400, [`filter[${t.name}][${op}]:unknown`]).details;
				assert.deepEqual(d.allowed, t.operators);
			}
			if (!["string", "text", "link", "list"].includes(t.type))
				for (const op of t.operators)
					for (const bad of [["no such value"], ["1.2.3"]])
						refused(await shop.client.get(`${place}?filter[${t.name}][${op}]=${encodeURIComponent(bad)}`), 400, [`filter[${t.name}][${op}]:value`]);
			for (const op of t.operators.filter((op) => !MANY.includes(op)))
				refused(await shop.client.get(`${place}?filter[${t.name}][${op}]=`), 400, [`filter[${t.name}][${op}]:value`]);
		}
		const fields = targets(r).map((t) => t.name);
		for (const f of [...r.fields.filter((f) => !has(f, "filter")), { name: `${fields[0]}q` }]) {
			const [d] = refused(await shop.client.get(`${place}?filter[${f.name}][eq]=1`), 400, [`filter[${f.name}][eq]:unknown`]).details;
			assert.ok(fields.every((name) => d.allowed.includes(name)), `${d.allowed} are those that can be`);
			assert.ok(!d.allowed.some((name) => r.fields.some((one) => one.name === name && !has(one, "filter"))));
		}
	});
}

// ---- order

const sortable = (r) => [
	...r.fields.filter((f) => has(f, "sort")), ...r.members.filter((m) => m.index),
	...r.relations.filter((rel) => rel.kind === "link").map((rel) => ({ ...rel, type: "link" })),
];
const orders = (r) => sortable(r).flatMap((t) => [[[t, 1]], [[t, -1]]]);
const written = (keys) => keys.map(([t, way]) => (way < 0 ? "-" : "") + t.name).join(",");
const own = (r) => (within(r) ? (r.order ? [[r.fields.find((f) => f.name === r.order), 1]] : []) : [[r.members.find((m) => m.name === (r.log_time ?? "created_at")), -1]]);

// By the keys, and by id in the direction of the last.
function arranged(rows, keys) {
	const first = (t, row) => (Array.isArray(row[t.name]) ? (row[t.name].join(",") || null) : row[t.name]);
	return [...rows].sort((a, b) => {
		for (const [t, way] of keys) {
			const c = compare(t.type, first(t, a), first(t, b));
			if (c)
				return c * way;
		}
		return compare("id", a.id, b.id) * (keys.at(-1)?.[1] ?? 1);
	}).map((row) => row.id);
}

for (const r of listed) {
	test(`${r.name}: each sort orders in both directions, ids decide ties, and several are taken together`, async () => {
		const { shop, place, live } = await set(r), all = sortable(r);
		const several = all.slice(1).map((t, i) => [[all[i], 1], [t, -1]]);
		const most = all.filter((t) => t.name !== "id").slice(0, limits.sorts).map((t, i) => [t, i % 2 ? 1 : -1]);
		await each([...orders(r), ...several, most], async (keys) => {
			assert.deepEqual((await shop.list(r, place, `&sort=${written(keys)}`)).map((row) => row.id), arranged(live, keys), `sort=${written(keys)}`);
		});
		assert.deepEqual((await shop.list(r, place)).map((row) => row.id), arranged(live, own(r)), "unsorted");
		for (const t of all)
			assert.deepEqual(await shop.list(r, place, `&sort=${t.name}&order=desc`), await shop.list(r, place, `&sort=-${t.name}`));
		for (const f of [...r.fields.filter((f) => !has(f, "sort")), { name: `${all[0].name}q` }]) {
			const [d] = refused(await shop.client.get(`${place}?sort=${f.name}`), 400, ["sort:unknown"]).details;
			assert.ok(all.every((t) => d.allowed.includes(t.name)));
		}
		refused(await shop.client.get(`${place}?sort=${all[0].name},-${all[0].name}`), 400, ["sort:twice"]);
	});

	test(`${r.name}: pages and cursors show the same for each sort, and a walk shows each row once while others are added`, async () => {
		const own = r.log_time ? await Shop.open() : shop, place = await own.place(r, true); /* nothing else shall be logged */
		for (let i = 0; i < 8; i++)
			await own.make(r, { place });
		await each([[], ...orders(r)], async (keys) => {
			const query = `${place}?limit=3${keys.length ? `&sort=${written(keys)}` : ""}`;
			const there = (await own.list(r, place)).map((row) => row.id), walk = [];
			for (let cursor = ""; cursor !== null;) {
				const page = await own.client.read(`${query}&cursor=${cursor}`), { pagination } = page;
				walk.push(...objects(r, page).map((row) => row.id));
				cursor = pagination.next_cursor;
				assert.equal(pagination.has_more, cursor !== null);
				if (walk.length < 7)
					await own.make(r, { place });
			}
			assert.equal(new Set(walk).size, walk.length, "none twice");
			assert.deepEqual(there.filter((id) => !walk.includes(id)), [], `none is lost: ${query}`);
		});
		await each([[], ...orders(r)], async (keys) => {
			const query = `${place}?limit=9${keys.length ? `&sort=${written(keys)}` : ""}`, pages = [], walk = [];
			for (let page = 1, more = true; more; page++) {
				const body = await own.client.read(`${query}&page=${page}`), { pagination } = body;
				pages.push(...objects(r, body).map((row) => row.id));
				more = pagination.has_next;
			}
			for (let cursor = ""; cursor !== null;) {
				const body = await own.client.read(`${query}&cursor=${cursor}`);
				walk.push(...objects(r, body).map((row) => row.id));
				cursor = body.pagination.next_cursor;
			}
			assert.deepEqual(walk, pages, query);
			assert.equal(new Set(walk).size, walk.length);
		});
	});
}

// ---- members that are shown

for (const r of resources.filter(makeable)) {
	test(`${r.name}: fields shows that member alone, include that relation, and an unknown one is refused with the nearest`, async () => {
		const one = await shop.made(r, { all: true });
		for (const name of [...visible(r).map((f) => f.name), ...engine(r).filter((m) => m !== "archived_at"), ...r.relations.map((rel) => rel.name)]) {
			const shown = await shop.read(r, `${one.path}?fields=${name}`);
			assert.deepEqual(shown, { id: one.shown.id, object: r.name, [name]: one.shown[name] });
		}
		for (const f of r.fields.filter((f) => has(f, "internal")))
			refused(await shop.client.get(`${one.path}?fields=${f.name}`), 400, ["fields:unknown"]);
		for (const f of r.fields.filter((f) => has(f, "once")))
			assert.deepEqual(await shop.read(r, `${one.path}?fields=${f.name}`), { id: one.shown.id, object: r.name });
		const name = visible(r)[0].name;
		const [d] = refused(await shop.client.get(`${one.path}?fields=${name}q`), 400, ["fields:unknown"]).details;
		assert.equal(d.nearest, name);
		for (const rel of r.relations) {
			assert.deepEqual(await shop.read(r, `${one.path}?fields=${name}&include=${rel.name}`), { id: one.shown.id, object: r.name, [name]: one.shown[name], [rel.name]: one.shown[rel.name] });
			const row = (await shop.client.read(`${one.place}?include=${rel.name}&limit=${limits.limit_max}`)).data.find((found) => found.id === one.shown.id);
			assert.deepEqual({ [rel.name]: row[rel.name] }, still(r, { [rel.name]: one.shown[rel.name] }));
			assert.equal(refused(await shop.client.get(`${one.place}?include=${rel.name}q`), 400, ["include:unknown"]).details[0].nearest, rel.name);
			for (const f of rel.kind === "many" ? visible(of(rel.to)) : []) {
				const inside = (await shop.read(r, `${one.path}?fields=${rel.name}.${f.name}`))[rel.name];
				assert.deepEqual(inside, one.shown[rel.name].map((child) => ({ id: child.id, object: rel.to, [f.name]: child[f.name] })));
			}
		}
		refused(await shop.client.get(`${one.path}?include=nothing`), 400, ["include:unknown"]);
		refused(await shop.client.get(`${one.place}?fields=${name},${name}q`), 400, ["fields:unknown"]);
	});
}

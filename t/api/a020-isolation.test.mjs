// Nothing of one tenant, nor of its other side, is seen or touched by a key of another, on any route. Derived: describe says
// what there is, and a shop makes one of each.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { can, each, has, isOpen, makeable, of, resources, routes, settable, shape, Shop, top } from "./conformance.mjs";
import { refused, status, traces } from "./souk.mjs";

const MARK = "MARKEDFOREIGN";
const operations = resources.flatMap((r) => r.operations);
const writable = resources.filter((r) => can(r, "create", "get"));

let mine, own;
const foreign = {};

// One of everything, with the mark in every text that may have any, and in metadata.
async function furnish(shop, mark) {
	const set = {};
	for (const r of [...top, ...resources.filter((one) => one.parent)].filter(makeable)) {
		const body = await shop.body(r, { all: true });
		for (const f of settable(r).filter((f) => ["string", "text"].includes(f.type) && !f.pattern && !f.known && isOpen(r, f) && !(f.max < MARK.length)))
			body[f.name] = mark;
		set[r.name] = await shop.make(r, { body: { ...body, metadata: { [mark]: mark } } });
	}
	for (const r of resources.filter((one) => one.parent && can(one, "get") && !makeable(one))) { /* what came with its owner */
		const { path: owner, shown } = set[r.parent], place = r.path.replace(/\{.*?\}/, shown.id), [child] = await shop.list(r, place);
		set[r.name] = { r, place, owner, path: `${place}/${child.id}`, shown: child };
	}
	return set;
}

before(async () => {
	mine = await Shop.open();
	const others = { "another tenant": await Shop.open(), "the own sandbox": new Shop(mine.tenant, await mine.tenant.client({ mode: "sandbox" })) };
	own = await furnish(mine, "OWN");
	for (const [whose, shop] of Object.entries(others))
		foreign[whose] = { shop, set: await furnish(shop, MARK) };
});

// What tells one object from all others, and must not come out.
const secrets = ({ r, shown }) => [shown.id, ...r.fields.filter((f) => has(f, "unique")).map((f) => shown[f.name])].filter(Boolean);

function clean(answer, where, sent = "") {
	const all = [answer.raw, JSON.stringify({ ...answer.headers, link: "" })].join();
	for (const secret of [MARK, ...Object.values(foreign).flatMap(({ set }) => Object.values(set).flatMap(secrets))])
		assert.ok(sent.includes(secret) || !all.includes(secret), `${where}: ${all.slice(0, 500)}`);
}

// What an open segment of a route names: an object of the resource itself, or of the one that the segment is called after.
const named = (route, name) => (name === "id" ? of(route.resource) : of(name.replace(/_id$/, "")));

// Its id in a set; a parent is that of the child that is asked for.
function idIn(set, route, name) {
	const r = of(route.resource), to = named(route, name);
	return name !== "id" && r.parent === to.name && set[r.name] ? set[r.name].place.split("/").at(-2) : set[to.name].shown.id;
}

// Every way of every route to the objects of `set`, nested ones below their own parent and below one of ours.
function* asked(set) {
	for (const route of routes.filter((one) => /\{/.test(one.pattern))) {
		const names = [...route.pattern.matchAll(/\{(.*?)\}/g)].map((m) => m[1]), last = names.pop(), to = named(route, last);
		assert.ok([...names, last].every((name) => named(route, name)?.name in set), `nothing to ask ${route.pattern} for`);
		const keys = [idIn(set, route, last), ...(last === "id" ? to.fields.filter((f) => has(f, "key")).map((f) => encodeURIComponent(set[to.name].shown[f.name])) : [])];
		for (const side of names.length ? [set, own] : [set])
			for (const key of keys)
				for (const method of Object.keys(route.methods))
					yield [method, names.reduce((path, name) => path.replace(`{${name}}`, idIn(side, route, name)), route.pattern).replace(`{${last}}`, key), route];
	}
}

// What an action, operation or create takes, right as far as a descriptor says.
function inputOf(route, method) {
	const r = of(route.resource), name = route.special[method], does = [...r.actions, ...operations].find((one) => one.name === name && one.method === method);
	if (does)
		return does.input && !["GET", "DELETE"].includes(method) ? mine.body(shape(does.input)) : undefined;
	return { POST: () => mine.body(r), PUT: () => ({}), PATCH: () => ({ metadata: { a: "b" } }) }[method]?.();
}

const everything = async ({ shop, set }) => {
	const shown = {};
	for (const one of Object.values(set))
		shown[one.r.name] = [await shop.read(one.r, one.path), traces(one.owner.split("/").pop())];
	return shown;
};

for (const whose of ["another tenant", "the own sandbox"]) {
	test(`every route says that nothing is there for the ids of ${whose}, and shows and changes nothing`, async () => {
		const before = await everything(foreign[whose]), { etag } = Object.values(foreign[whose].set)[0];
		const all = [...asked(foreign[whose].set)].flatMap((way) => [{}, { "idempotency-key": `${whose} ${way}` }, { "if-none-match": "*" }, { "if-none-match": etag }, { "if-match": etag }, { prefer: "dry-run" }].map((headers) => [...way, headers]));
		await each(all, async ([method, path, route, headers]) => {
			const answer = await mine.client.send(method, path, { body: await inputOf(route, method), headers });
			assert.equal(answer.status, 404, `${method} ${path} ${JSON.stringify(headers)}: ${answer.status} ${answer.raw}`);
			clean(answer, `${method} ${path}`, path);
		});
		assert.ok(all.length > 100, `${all.length} were asked`);
		assert.deepEqual(await everything(foreign[whose]), before);
	});

	test(`what ${whose} has cannot be referred to, linked, patched or hung below an own object`, async () => {
		const { set } = foreign[whose];
		for (const r of writable.filter((one) => can(one, "update"))) {
			for (const f of settable(r).filter((f) => f.type === "id")) {
				const { id } = set[f.to].shown;
				refused(await mine.client.patch(own[r.name].path, { [f.name]: id }), 422, [`${f.name}:${has(f, "create_only") ? "create_only" : "unknown"}`]);
				refused(await mine.client.post(own[r.name].place, { ...(await mine.body(r)), [f.name]: id }), 422, [`${f.name}:unknown`]);
			}
			for (const rel of r.relations) {
				const theirs = set[rel.to]?.shown ?? set[r.name].shown[rel.name][0];
				for (const item of rel.kind === "link" ? [theirs[rel.by]] : [{ id: theirs.id }, { id: theirs.id, _delete: true }])
					assert.equal(refused(await mine.client.patch(own[r.name].path, { [rel.name]: [item] }), 422, [`${rel.name}[0]:unknown`]).details.length, 1);
			}
		}
	});
}

// Bodies that are right but for one reference, at any depth: [what, body].
async function* strangers(what, takes, set) {
	for (const f of settable(takes).filter((one) => one.to in set || ["object", "objects"].includes(one.type))) {
		const body = await mine.body(takes);
		if (f.to in set) {
			yield [`${what}.${f.name}`, { ...body, [f.name]: f.type === "id" ? set[f.to].shown.id : [set[f.to].shown.id] }];
			continue;
		}
		for await (const [where, inner] of strangers(`${what}.${f.name}`, shape(f.object), set))
			yield [where, { ...body, [f.name]: f.type === "object" ? inner : [inner] }];
	}
	for (const rel of (takes.relations ?? []).filter((one) => one.kind === "many"))
		for await (const [where, inner] of strangers(`${what}.${rel.name}`, of(rel.to), set))
			yield [where, { ...(await mine.body(takes)), [rel.name]: [inner] }];
}

test("nothing that is made or done takes in what others have, at any depth", async () => {
	const { set } = foreign["another tenant"], asked = new Set();
	const refuse = async (method, path, takes, what) => {
		for await (const [where, body] of strangers(what, takes, set)) {
			const answer = await mine.client.send(method, path, { body });
			assert.ok([404, 409, 422].includes(answer.status), `${method} ${path} ${where} ${JSON.stringify(body)}: ${answer.raw}`);
			clean(answer, where, JSON.stringify(body));
			asked.add(where);
		}
	};
	for (const r of writable)
		await refuse("POST", own[r.name].place, r, r.name);
	for (const r of resources)
		for (const o of r.operations.filter((one) => one.input && !["GET", "DELETE"].includes(one.method)))
			await refuse(o.method, await mine.address(r, o), shape(o.input), o.name);
	assert.ok(asked.size > 10, [...asked].join());
});

test("no list shows anything of others, however it is asked", async () => {
	for (const r of resources.filter((one) => can(one, "list") && own[one.name])) {
		const names = ["name", ...r.fields.filter((f) => has(f, "filter")).map((f) => f.name)];
		const theirs = foreign["another tenant"].set[r.name].shown;
		const queries = ["", "limit=200", "cursor=&limit=200", "sort=-id", `search=${MARK}`, ...names.flatMap((name) => [`filter[${name}]=${MARK}`, `filter[${name}][contains]=MARK`, `filter[${name}]=${encodeURIComponent(theirs[name] ?? MARK)}`]),
			`filter[id]=${theirs.id}`, ...r.shorthands.flatMap((s) => [theirs[s.field]].flat().map((v) => `${s.name}=${encodeURIComponent(v)}`)), ...r.fields.flatMap((f) => f.choices ?? []).map((c) => `status=${c.name}`),
			...(r.relations.length ? [`include=${r.relations.map((rel) => rel.name)}`] : [])];
		for (const query of queries) {
			const answer = await mine.client.get(`${own[r.name].place}?${query}`);
			assert.ok([200, 400].includes(answer.status), `${r.plural}?${query}: ${answer.status}`);
			if (answer.status === 200)
				clean({ ...answer, headers: {} }, `${r.plural}?${query}`);
		}
	}
});

test("a key that another has can be used, finds one's own, and goes without the other's", async () => {
	const { shop, set } = foreign["another tenant"];
	for (const r of writable.filter((one) => !one.parent))
		for (const f of r.fields.filter((f) => has(f, "key"))) {
			const word = set[r.name].shown[f.name], path = `${r.path}/${encodeURIComponent(word)}`;
			refused(await mine.client.get(path), 404);
			const twin = await mine.make(r, { body: { ...(await mine.body(r)), [f.name]: word } });
			assert.equal((await mine.client.read(path)).id, twin.shown.id);
			assert.equal((await shop.client.read(path)).id, set[r.name].shown.id);
			status(await mine.client.delete(twin.path), 204);
			assert.equal((await shop.client.read(path)).id, set[r.name].shown.id);
		}
});

test("the same Idempotency-Key and body in two tenants and on both sides is as many requests", async () => {
	for (const r of writable.filter((one) => !one.parent)) {
		const required = await mine.body(r), ids = new Set();
		if (/"[a-z]+_[0-9a-z]{13}"/.test(JSON.stringify(required)))
			continue; /* what refers to something is the same in no two */
		for (const shop of [mine, ...Object.values(foreign).map((one) => one.shop)]) {
			const one = await shop.make(r, { body: required, headers: { "idempotency-key": `one for all ${r.name}` } });
			assert.equal(one.answer.headers["idempotency-replayed"], undefined);
			ids.add(one.shown.id);
		}
		assert.equal(ids.size, 3);
	}
});

// Nothing of one tenant, nor of its other side, is seen or touched by a key of another, on any route. Derived: describe says
// what there is, and a shop makes one of each.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { can, each, has, isOpen, makeable, of, resources, routes, settable, Shop, top } from "./conformance.mjs";
import { refused, status, traces } from "./souk.mjs";

const MARK = "MARKEDFOREIGN";
const writable = resources.filter((r) => can(r, "create", "get"));

let mine, own;
const foreign = {};

// One of everything, with the mark in every text that may have any, and in metadata.
async function furnish(shop, mark) {
	const set = {};
	for (const r of [...top, ...resources.filter((one) => one.parent)].filter(makeable)) {
		const body = await shop.body(r, { all: true });
		for (const f of settable(r).filter((f) => isOpen(r, f) && ["string", "text"].includes(f.type) && !f.pattern && !f.known && !(f.max < MARK.length)))
			body[f.name] = mark;
		set[r.name] = await shop.make(r, { body: { ...body, metadata: { [mark]: mark } } });
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

// Every way of every route to the objects of `set`, nested ones below their own parent and below one of ours.
function* asked(set) {
	for (const route of routes.filter((one) => one.resource in set && /\{/.test(one.pattern))) {
		const r = of(route.resource), one = set[r.name];
		const keys = !/\{id\}/.test(route.pattern) ? [""] : [one.shown.id, ...r.fields.filter((f) => has(f, "key")).map((f) => encodeURIComponent(one.shown[f.name]))];
		const parents = r.parent ? [one.place.split("/").at(-2), ...(keys[0] ? [own[r.name].place.split("/").at(-2)] : [])] : [""];
		for (const parent of parents)
			for (const key of keys)
				for (const method of Object.keys(route.methods))
					yield [method, route.pattern.replace("{id}", key).replace(/\{.*?\}/, parent), r, route.special[method]];
	}
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
		await each(all, async ([method, path, r, special, headers]) => {
			const does = r.actions.find((one) => one.method === method && path.endsWith(`/${one.name}`)) ?? r.operations.find((one) => one.name === special);
			const plain = { PUT: {}, PATCH: { metadata: { a: "b" } } }, sends = ["POST", "PUT", "PATCH"].includes(method);
			const body = does ? sends && does.input ? await mine.input(does.path ? does.name : `${r.name}.${does.name}`, does, own[r.name]) : undefined : method === "POST" ? await mine.body(r) : plain[method];
			const answer = await mine.client.send(method, path, { body, headers });
			assert.equal(answer.status, 404, `${method} ${path} ${JSON.stringify(headers)}: ${answer.raw}`);
			clean(answer, `${method} ${path}`, path);
		});
		assert.ok(all.length > 100, `${all.length} were asked`);
		assert.deepEqual(await everything(foreign[whose]), before);
	});

	test(`what ${whose} has cannot be referred to, linked, patched or hung below an own object`, async () => {
		const { set } = foreign[whose];
		for (const r of writable.filter((one) => can(one, "update"))) {
			for (const f of settable(r).filter((f) => f.type === "id"))
				for (const [answer, reason] of [[await mine.client.patch(own[r.name].path, { [f.name]: set[f.to].shown.id }), has(f, "create_only") ? "create_only" : "unknown"], [await mine.client.post(own[r.name].place, { ...(await mine.body(r)), [f.name]: set[f.to].shown.id }), "unknown"]])
					refused(answer, 422, [`${f.name}:${reason}`]);
			for (const rel of r.relations) {
				const theirs = set[rel.to]?.shown ?? set[r.name].shown[rel.name][0];
				for (const item of rel.kind === "link" ? [theirs[rel.by]] : [{ id: theirs.id }, { id: theirs.id, _delete: true }])
					assert.equal(refused(await mine.client.patch(own[r.name].path, { [rel.name]: [item] }), 422, [`${rel.name}[0]:unknown`]).details.length, 1);
			}
		}
	});
}

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
	for (const r of writable.filter((one) => !one.parent && !one.relations.some((rel) => rel.min))) {
		const required = await mine.body(r), ids = new Set();
		for (const shop of [mine, ...Object.values(foreign).map((one) => one.shop)]) {
			const one = await shop.make(r, { body: required, headers: { "idempotency-key": `one for all ${r.name}` } });
			assert.equal(one.answer.headers["idempotency-replayed"], undefined);
			ids.add(one.shown.id);
		}
		assert.equal(ids.size, 3);
	}
});

// Nothing of one tenant, nor of its other side, is seen or touched by a key of another, on any route. Derived: describe says
// what there is, and a shop makes one of each.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { can, each, has, resources, settable, Shop } from "./conformance.mjs";
import { asked, changes, furnish, inputOf, offers, queries, secrets } from "./foreign.mjs";
import { refused, status, traces } from "./souk.mjs";

const MARK = "MARKEDFOREIGN";
const writable = resources.filter((r) => can(r, "create", "get"));

let mine, own;
const foreign = {};

before(async () => {
	mine = await Shop.open();
	const others = { "another tenant": await Shop.open(), "the own sandbox": new Shop(mine.tenant, await mine.tenant.client({ mode: "sandbox" })) };
	own = await furnish(mine, "OWN");
	for (const [whose, shop] of Object.entries(others))
		foreign[whose] = { shop, set: await furnish(shop, MARK) };
});

function clean(answer, where, sent = "") {
	const all = [answer.raw, JSON.stringify({ ...answer.headers, link: "" })].join();
	for (const secret of [MARK, ...Object.values(foreign).flatMap(({ set }) => Object.values(set).flatMap(secrets))])
		assert.ok(sent.includes(secret) || !all.includes(secret), `${where}: ${all.slice(0, 500)}`);
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
		const all = [...asked(foreign[whose].set, own)].flatMap((way) => [{}, { "idempotency-key": `${whose} ${way.method} ${way.path}` }, { "if-none-match": "*" }, { "if-none-match": etag }, { "if-match": etag }, { prefer: "dry-run" }].map((headers) => ({ ...way, headers })));
		await each(all, async ({ method, path, route, headers }) => {
			const answer = await mine.client.send(method, path, { body: await inputOf(mine, route, method), headers });
			assert.equal(answer.status, 404, `${method} ${path} ${JSON.stringify(headers)}: ${answer.status} ${answer.raw}`);
			clean(answer, `${method} ${path}`, path);
		});
		assert.ok(all.length > 100, `${all.length} were asked`);
		assert.deepEqual(await everything(foreign[whose]), before);
	});

	test(`what ${whose} has cannot be referred to, linked, patched or hung below an own object`, async () => {
		const { set } = foreign[whose];
		for (const r of writable.filter((one) => can(one, "update"))) {
			for (const [body, detail] of changes(r, set))
				assert.equal(refused(await mine.client.patch(own[r.name].path, body), 422, [detail]).details.length, 1);
			for (const f of settable(r).filter((f) => f.type === "id"))
				refused(await mine.client.post(own[r.name].place, { ...(await mine.body(r)), [f.name]: set[f.to].shown.id }), 422, [`${f.name}:unknown`]);
		}
	});
}

test("nothing that is made or done takes in what others have, at any depth", async () => {
	const tried = new Set();
	for await (const [method, path, what, body] of offers(mine, own, foreign["another tenant"].set)) {
		const answer = await mine.client.send(method, path, { body });
		assert.ok([404, 409, 422].includes(answer.status), `${method} ${path} ${what} ${JSON.stringify(body)}: ${answer.raw}`);
		clean(answer, what, JSON.stringify(body));
		tried.add(what);
	}
	assert.ok(tried.size > 10, [...tried].join());
});

test("no list shows anything of others, however it is asked", async () => {
	for (const r of resources.filter((one) => can(one, "list") && own[one.name])) {
		for (const query of queries(r, foreign["another tenant"].set[r.name].shown, MARK)) {
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
	/* Keys of a live gateway are none of a sandbox. */
	for (const r of writable.filter((one) => !one.parent && one.name !== "gateway")) {
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

// Pages show every object once, by number or by cursor, also while others write.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, product, refused, status } from "./souk.mjs";

const COUNT = 23;

let shop, live, all;

async function fill(client, n, more = () => ({})) {
	const made = [];
	for (let i = 0; i < n; i++)
		made.push(await client.make("/products", product({ name: `Item ${String(i % 7).padStart(2, "0")}`, price: (i * 7) % 5, brand: i % 3 ? `B${i % 4}` : null, ...more(i) })));
	return made;
}

before(async () => {
	shop = await makeTenant();
	live = shop.live;
	all = await fill(live, COUNT);
});

const ids = (list) => list.map((o) => o.id);

async function pages(path, client = live) {
	const found = [];
	for (let page = 1; ; page++) {
		const { data, pagination } = await client.read(`${path}&page=${page}`);
		found.push(...ids(data));
		assert.equal(pagination.page, page);
		assert.equal(pagination.has_previous, page > 1);
		if (!pagination.has_next)
			return found;
		assert.ok(page < 100);
	}
}

async function walk(path, { client = live, between = () => {} } = {}) {
	const found = [];
	for (let cursor = "", steps = 0; cursor !== null; steps++) {
		const { data, pagination } = await client.read(`${path}&cursor=${cursor}`);
		found.push(...ids(data));
		assert.equal(pagination.has_more, pagination.next_cursor !== null);
		cursor = pagination.next_cursor;
		assert.ok(steps < 200);
		await between(steps);
	}
	return found;
}

test("a page has the printed members", async () => {
	const { data, pagination } = await live.read("/products?page=2&limit=10");
	assert.equal(data.length, 10);
	assert.deepEqual(pagination, { page: 2, limit: 10, total_pages: 3, total_items: COUNT, has_next: true, has_previous: true });
	const last = await live.read("/products?page=3&limit=10");
	assert.equal(last.data.length, 3);
	assert.equal(last.pagination.has_next, false);
	const beyond = await live.read("/products?page=4&limit=10");
	assert.deepEqual(beyond.data, []);
	assert.equal(beyond.pagination.total_items, COUNT);
});

test("a page by cursor has the printed members", async () => {
	const { pagination } = await live.read("/products?cursor=&limit=10");
	assert.equal(pagination.has_more, true);
	assert.match(pagination.next_cursor, /^[A-Za-z0-9_-]+$/);
	const only = await live.read("/products?cursor=&limit=200");
	assert.deepEqual(only.pagination, { limit: 200, next_cursor: null, has_more: false });
});

test("without parameters there are fifty, newest first", async () => {
	const { data, pagination } = await live.read("/products");
	assert.equal(pagination.limit, 50);
	assert.deepEqual(ids(data).sort(), ids(all).sort());
	const times = data.map((p) => Date.parse(p.created_at));
	assert.deepEqual(times, [...times].sort().reverse());
});

for (const sort of ["", "sort=price", "sort=-price", "sort=name", "sort=-name,price", "sort=brand", "sort=-brand", "sort=price,-created_at", "sort=price&order=desc",
	"sort=-updated_at", "sort=sku", "sort=brand,-price,name", "sort=id", "sort=category", "filter[price][gte]=2&sort=price", "filter[brand][ne]=B1&sort=brand"])
	test(`the walk by cursor shows what the pages show: ${sort || "unsorted"}`, async () => {
		const path = `/products?limit=4&${sort}`;
		const [byPage, byCursor] = [await pages(path), await walk(path)];
		assert.deepEqual(byCursor, byPage);
		assert.equal(new Set(byPage).size, byPage.length);
		if (!sort.includes("filter"))
			assert.equal(byPage.length, COUNT);
	});

test("a page of one and a page of all show the same", async () => {
	assert.deepEqual(await walk("/products?limit=1"), await walk("/products?limit=200"));
});

test("empty values come first ascending and last descending", async () => {
	const up = (await live.read("/products?sort=brand&limit=200")).data.map((p) => p.brand);
	const down = (await live.read("/products?sort=-brand&limit=200")).data.map((p) => p.brand);
	assert.equal(up[0], null);
	assert.equal(down.at(-1), null);
	assert.ok(up.indexOf("B0") > up.lastIndexOf(null));
});

test("while others add and remove, a walk shows each that stays exactly once", async () => {
	const own = await makeTenant();
	const stay = await fill(own.live, 20);
	const go = await fill(own.live, 5);
	for (const sort of ["sort=price", "sort=-created_at", "sort=name"]) {
		const found = await walk(`/products?limit=3&${sort}`, {
			client: own.live,
			between: async (step) => {
				await Promise.all([fill(own.live, 1), fill(own.live, 1, () => ({ price: 0, name: "AAA" }))]);
				if (go.length && step % 2)
					status(await own.live.delete(`/products/${go.pop().id}`), 204);
			},
		});
		assert.equal(new Set(found).size, found.length, "none twice");
		for (const { id } of stay)
			assert.ok(found.includes(id), "none lost");
	}
});

test("a limit beyond 200 is lowered and a warning says so", async () => {
	for (const limit of [201, 1000, 2147483647]) {
		const answer = status(await live.get(`/products?limit=${limit}`), 200);
		assert.equal(answer.body.pagination.limit, 200);
		assert.match(answer.headers.warning, /^299 .*200/);
	}
	assert.equal(status(await live.get("/products?limit=200"), 200).headers.warning, undefined);
});

for (const cursor of ["x", "eyJpZCI6MTIzfQ==", "AAAA", "%00", "ä", "A".repeat(600)])
	test(`the cursor ${cursor.slice(0, 20)} is 400`, async () => {
		refused(await live.get(`/products?cursor=${encodeURI(cursor)}`), 400);
	});

test("a cursor that was changed in any place is 400", async () => {
	const { next_cursor: cursor } = (await live.read("/products?cursor=&limit=5&sort=price")).pagination;
	for (let i = 0; i < cursor.length; i++) {
		const other = cursor[i] === "A" ? "B" : "A";
		const answer = await live.get(`/products?limit=5&sort=price&cursor=${cursor.slice(0, i)}${other}${cursor.slice(i + 1)}`);
		if (answer.status === 200) /* bits beyond the last byte mean nothing */
			assert.equal(i, cursor.length - 1);
		else
			refused(answer, 400);
	}
	refused(await live.get(`/products?limit=5&sort=price&cursor=${cursor.slice(0, -4)}`), 400);
});

test("a cursor of another list is 400", async () => {
	const { next_cursor: cursor } = (await live.read("/products?cursor=&limit=5&sort=price")).pagination;
	for (const path of ["/products?", "/products?sort=-price&", "/products?sort=name&", "/products?sort=price&filter[price][gte]=1&", "/products?sort=price&status=draft&", "/categories?"])
		refused(await live.get(`${path}limit=5&cursor=${cursor}`), 400);
	status(await live.get(`/products?sort=price&limit=7&cursor=${cursor}`), 200);
	status(await live.get(`/products?sort=price&fields=name&cursor=${cursor}`), 200);
});

test("a cursor of another tenant, or of the other side, is 400", async () => {
	const { next_cursor: cursor } = (await live.read("/products?cursor=&limit=5")).pagination;
	const other = await makeTenant();
	await other.live.make("/products", product());
	refused(await other.live.get(`/products?limit=5&cursor=${cursor}`), 400);
	refused(await (await shop.client({ mode: "sandbox" })).get(`/products?limit=5&cursor=${cursor}`), 400);
});

test("the Link header leads to the neighbours and keeps the other parameters", async () => {
	const links = (answer) => Object.fromEntries([...answer.headers.link.matchAll(/<([^>]*)>; rel="(\w+)"/g)].map((m) => [m[2], m[1]]));
	const middle = links(await live.get("/products?page=2&limit=10&sort=price&filter[price][gte]=0"));
	assert.deepEqual(Object.keys(middle).sort(), ["first", "last", "next", "prev"]);
	const next = await live.read(middle.next);
	assert.equal(next.pagination.page, 3);
	assert.deepEqual(ids(next.data), ids((await live.read("/products?page=3&limit=10&sort=price&filter[price][gte]=0")).data));
	assert.deepEqual(Object.keys(links(await live.get("/products?page=1&limit=10"))).sort(), ["first", "last", "next"]);
	assert.deepEqual(Object.keys(links(await live.get("/products?page=3&limit=10"))).sort(), ["first", "last", "prev"]);
	const keyset = links(await live.get("/products?cursor=&limit=10"));
	assert.deepEqual(Object.keys(keyset).sort(), ["first", "next"]);
	assert.equal((await live.read(keyset.next)).data.length, 10);
});

test("nested lists are paged the same way", async () => {
	const made = await live.make("/products", product({ variants: Array.from({ length: 11 }, (_, i) => ({ sku: `PG-V-${i}` })) }));
	const path = `/products/${made.id}/variants?limit=4`;
	const expected = ids(made.variants);
	assert.deepEqual(await pages(path), expected);
	assert.deepEqual(await walk(path), expected);
	assert.equal((await live.read(path)).pagination.total_items, 11);
	status(await live.delete(`/products/${made.id}`), 204);
});

test("an empty shop has an empty page", async () => {
	const { live: none } = await makeTenant();
	const { data, pagination } = await none.read("/products");
	assert.deepEqual(data, []);
	assert.deepEqual(pagination, { page: 1, limit: 50, total_pages: 0, total_items: 0, has_next: false, has_previous: false });
	assert.deepEqual(await none.read("/products?cursor="), { data: [], pagination: { limit: 50, next_cursor: null, has_more: false } });
});

test("a list that takes too long is refused, and says what to do", async () => {
	for (const path of ["/products?sort=category,-price", "/products?cursor=", "/categories?filter[name][contains]=a"]) {
		const e = refused(await live.get(path, { "x-souk-fault": "1969@1" }), 422, [], "too_expensive"); /* max_statement_time */
		assert.match(e.message, /narrow the filter/);
	}
	status(await live.get("/products?cursor="), 200);
});

// Eleven operators on text, numbers, choices, times, ids and links, over rows with gaps, wildcards, escapes and accents:
// each finds what an oracle over the rows finds. What b901 derives for every resource with plain values is shown here
// with values that could be mistaken for SQL, for patterns or for lists.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, product, refused, status } from "./souk.mjs";

const BRANDS = ["Café", "cafe", "CAFÉ", "caffe", "100%", "1000", "under_score", "underXscore", "back\\slash", "comma, Inc", "quote'", "Ångström",
	"angstrom", "東京", "🎧", "\\%", "a\tb", "%", "_", null];
const NAMES = ["Lamp", "lamp", "LÁMPARA", "Lampe de chevet", "50% off", "50 off", "a_b", "aXb", "\\", "Ünder", "under", "über 'x' OR 1=1", "--", "日本の本"];
const PRICES = [0, 0.01, 1, 9.99, 10, 10.5, 199.99, 99999999.99];
const WEIGHTS = ["0", "0.0001", "1", "1.5", "12.25", null];
const STATUSES = ["draft", "active", "active"];
const COUNT = 60;

let live, made;

before(async () => {
	live = (await makeTenant()).live;
	for (const slug of ["audio", "video", "books"])
		await live.make("/categories", { name: slug, slug });
	made = [];
	for (let i = 0; i < COUNT; i++)
		made.push(await live.make("/products", product({
			name: NAMES[i % NAMES.length],
			sku: i % 3 ? `op-${i}` : `OP_${i}%`,
			price: PRICES[(i * 5) % PRICES.length],
			brand: BRANDS[i % BRANDS.length],
			weight: WEIGHTS[i % WEIGHTS.length] ?? undefined,
			weight_unit: WEIGHTS[i % WEIGHTS.length] === null ? undefined : "kg",
			tax_class: i % 4 ? ["standard", "reduced_1"][i % 2] : null,
			status: STATUSES[i % STATUSES.length],
			categories: [["audio"], [], ["video", "audio"], ["books"]][i % 4],
		})));
});

// ---- what each type is to a person

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const KINDS = {
	people: { of: fold, tests: "T" }, /* case and accents do not matter */
	code: { of: (v) => v, tests: "T" }, /* byte for byte */
	number: { of: Number, tests: "N" },
	time: { of: Date.parse, tests: "N" },
	choice: { of: (v) => v, tests: "" },
};
const FIELDS = {
	name: ["people", ["lamp", "LAMP", "50% off", "a_b", "\\", "日本の本", "über 'x' OR 1=1", "under", "none"]],
	brand: ["people", ["cafe", "Café", "100%", "under_score", "back\\slash", "comma, Inc", "quote'", "angstrom", "ÅNGSTRÖM", "東京", "🎧", "\\%", "%", "_", "a\tb"]],
	sku: ["code", ["op-1", "OP-1", "OP_0%", "OP_3%", "op_1"]],
	tax_class: ["code", ["standard", "Standard", "reduced_1"]],
	price: ["number", ["0", "0.01", "10", "10.50", "99999999.99", "7"]],
	weight: ["number", ["0", "0.0001", "1.5", "1.5000", "12.25"]],
	status: ["choice", ["draft", "active"]],
	created_at: ["time", null],
	updated_at: ["time", null],
};
const PIECES = { name: ["amp", "LÁM", "%", "_", "\\", "'", "の", "off"], brand: ["fé", "F", "%", "_", "\\", "\\%", ", ", "'", "🎧", "京"],
	sku: ["op-", "OP", "_", "%", "-1"], tax_class: ["ed", "_", "ED", "1"] };

// What a value of a list must be written as, so that it is one. One that ends in a backslash must be the last.
const item = (v) => v.replaceAll(",", "\\,");
const list = (texts) => [...texts].sort((a, b) => a.endsWith("\\") - b.endsWith("\\")).map(item).join(",");

const TESTS = {
	eq: (v, [a]) => v !== null && v === a,
	ne: (v, [a]) => v === null || v !== a,
	in: (v, all) => v !== null && all.includes(v),
	nin: (v, all) => v === null || !all.includes(v),
	gt: (v, [a]) => v !== null && v > a,
	gte: (v, [a]) => v !== null && v >= a,
	lt: (v, [a]) => v !== null && v < a,
	lte: (v, [a]) => v !== null && v <= a,
	contains: (v, [a]) => v !== null && v.includes(a),
	starts_with: (v, [a]) => v !== null && v.startsWith(a),
	ends_with: (v, [a]) => v !== null && v.endsWith(a),
};
const ANY = ["eq", "ne", "in", "nin"], ORDERED = ["gt", "gte", "lt", "lte"], PARTS = ["contains", "starts_with", "ends_with"];

const valuesOf = (field) => FIELDS[field][1] ?? [made[0], made[29], made[59]].map((p) => p[field]);
const cell = (p, field, of) => (p[field] === null ? null : of(p[field]));

async function found(query) {
	const ids = async (more) => (await live.read(`/products?${query}&limit=200${more}`)).data.map((p) => p.id);
	const byNumber = await ids("");
	assert.deepEqual(await ids("&cursor="), byNumber, query);
	return byNumber;
}

async function check(field, op, texts) {
	const { of } = KINDS[FIELDS[field][0]];
	const values = texts.map(of);
	const expected = made.filter((p) => TESTS[op](cell(p, field, of), values)).map((p) => p.id).reverse();
	const text = ANY.includes(op) ? list(texts) : texts[0];
	assert.deepEqual(await found(`filter[${field}][${op}]=${encodeURIComponent(text)}`), expected, `${field} ${op} ${JSON.stringify(texts)}`);
}

for (const field of Object.keys(FIELDS)) {
	test(`${field}: equal and not, any and none`, async () => {
		const values = valuesOf(field);
		for (const [i, value] of values.entries()) {
			await check(field, "eq", [value]);
			await check(field, "ne", [value]);
			await check(field, "in", [value, values[(i + 1) % values.length]]);
			await check(field, "nin", [value, values[(i + 2) % values.length]]);
		}
		await check(field, "in", values);
		await check(field, "nin", values);
	});
	test(`${field}: ${KINDS[FIELDS[field][0]].tests === "N" ? "ranges" : "no ranges"}`, async () => {
		for (const op of ORDERED)
			for (const value of valuesOf(field))
				if (KINDS[FIELDS[field][0]].tests === "N")
					await check(field, op, [value]);
				else
					refused(await live.get(`/products?filter[${field}][${op}]=${encodeURIComponent(value)}`), 400, [`filter[${field}][${op}]:unknown`]);
	});
	test(`${field}: ${PIECES[field] ? "parts" : "no parts"}`, async () => {
		for (const op of PARTS)
			for (const piece of PIECES[field] ?? ["a"])
				if (PIECES[field])
					await check(field, op, [piece]);
				else
					refused(await live.get(`/products?filter[${field}][${op}]=${piece}`), 400, [`filter[${field}][${op}]:unknown`]);
	});
}

test("what is refused names the operators that there are", async () => {
	const allowed = async (field, op) => refused(await live.get(`/products?filter[${field}][${op}]=1`), 400).details[0].allowed;
	assert.deepEqual(await allowed("price", "contains"), ["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin"]);
	assert.deepEqual(await allowed("name", "gt"), ["eq", "ne", "in", "nin", "contains", "starts_with", "ends_with"]);
	assert.deepEqual(await allowed("status", "like"), ["eq", "ne", "in", "nin"]);
	assert.deepEqual(await allowed("category", "gte"), ["eq", "ne", "in", "nin"]);
});

test("nothing: an empty value is null, alone or among others", async () => {
	const none = (p) => p.brand === null;
	const ids = (passes) => made.filter(passes).map((p) => p.id).reverse();
	assert.deepEqual(await found("filter[brand]="), ids(none));
	assert.deepEqual(await found("filter[brand][ne]="), ids((p) => !none(p)));
	assert.deepEqual(await found("filter[brand][in]=caffe,"), ids((p) => none(p) || p.brand === "caffe"));
	assert.deepEqual(await found("filter[brand][nin]=,caffe"), ids((p) => !none(p) && p.brand !== "caffe"));
	assert.deepEqual(await found("filter[weight]="), ids((p) => p.weight === null));
	assert.deepEqual(await found("filter[tax_class][nin]=standard,"), ids((p) => p.tax_class !== null && p.tax_class !== "standard"));
	for (const op of [...ORDERED, ...PARTS])
		refused(await live.get(`/products?filter[${PARTS.includes(op) ? "brand" : "price"}][${op}]=`), 400);
});

test("links: any of the names, none of them, no link", async () => {
	const has = (...slugs) => (p) => p.categories.some((slug) => slugs.includes(slug));
	const ids = (passes) => made.filter(passes).map((p) => p.id).reverse();
	assert.deepEqual(await found("category=audio"), ids(has("audio")));
	assert.deepEqual(await found("filter[category][in]=video,books"), ids(has("video", "books")));
	assert.deepEqual(await found("filter[category][ne]=audio"), ids((p) => !has("audio")(p)));
	assert.deepEqual(await found("filter[category][nin]=audio,books"), ids((p) => !has("audio", "books")(p)));
	assert.deepEqual(await found("category="), ids((p) => !p.categories.length));
	assert.deepEqual(await found("filter[category][ne]="), ids((p) => p.categories.length));
	assert.deepEqual(await found("filter[category][in]=books,"), ids((p) => !p.categories.length || has("books")(p)));
	assert.deepEqual(await found("category=Audio"), []);
});

test("ids: of the list's own kind", async () => {
	assert.deepEqual(await found(`filter[id][in]=${made[3].id},${made[9].id}`), [made[9].id, made[3].id]);
	assert.equal((await found(`filter[id][nin]=${made[3].id}`)).length, COUNT - 1);
	refused(await live.get("/products?filter[id]=cat_0000000000001"), 400, ["filter[id]:value"]);
});

// ---- sorts

const RANK = (v) => (v === null ? 0 : 1); /* nothing comes first ascending */

test("up to four sorts at once, each in its direction, by page as by cursor", async () => {
	const collator = new Intl.Collator("en", { sensitivity: "base" });
	const keys = {
		price: (p) => p.price, weight: (p) => (p.weight === null ? null : Number(p.weight)), status: (p) => p.status, tax_class: (p) => p.tax_class,
		sku: (p) => p.sku, category: (p) => p.categories.join(",") || null, created_at: (p) => Date.parse(p.created_at), brand: (p) => p.brand,
	};
	const compare = (name, a, b) => {
		const [x, y] = [keys[name](a), keys[name](b)];
		if (x === null || y === null)
			return RANK(x) - RANK(y);
		return name === "brand" ? collator.compare(x, y) : x < y ? -1 : x > y ? 1 : 0;
	};
	const read = async (query) => {
		const byNumber = [], byCursor = [];
		for (let page = 1, more = true; more; page++) {
			const { data, pagination } = await live.read(`/products?${query}&limit=7&page=${page}`);
			byNumber.push(...data);
			more = pagination.has_next;
		}
		for (let cursor = ""; cursor !== null;) {
			const { data, pagination } = await live.read(`/products?${query}&limit=7&cursor=${cursor}`);
			byCursor.push(...data);
			cursor = pagination.next_cursor;
		}
		assert.deepEqual(byCursor.map((p) => p.id), byNumber.map((p) => p.id), query);
		assert.equal(new Set(byNumber.map((p) => p.id)).size, byNumber.length, query);
		return byNumber;
	};
	for (const sort of ["price", "-price", "category", "-category", "weight,-price", "-weight,price", "tax_class,-status,price,-sku", "-tax_class,weight,-price,status",
		"category,-price", "-category,-weight,tax_class", "status,created_at", "-created_at,price"]) {
		const names = sort.split(",").map((s) => [s.replace("-", ""), s[0] === "-" ? -1 : 1]);
		const rows = await read(`sort=${sort}`);
		assert.equal(rows.length, COUNT, sort);
		for (let i = 1; i < rows.length; i++) {
			let order = 0;
			for (const [name, direction] of names)
				order ||= compare(name, rows[i - 1], rows[i]) * direction;
			order ||= (rows[i - 1].id < rows[i].id ? -1 : 1) * names.at(-1)[1];
			assert.ok(order < 0, `${sort}: ${rows[i - 1].id} ${rows[i].id}`);
		}
		assert.ok((await read(`sort=${sort}&filter[price][gte]=1&status=active`)).length > 0);
	}
	for (const sort of ["brand", "-brand", "name", "-name,price"])
		assert.equal((await read(`sort=${sort}`)).length, COUNT);
	refused(await live.get("/products?sort=price,weight,status,sku,brand"), 400, ["sort:too_many"]);
});

// ---- other lists

test("variants are filtered and sorted by what they have", async () => {
	const one = await live.make("/products", product({ variants: [
		{ sku: "OV-1", name: "Rot", price: 5, weight: 1, weight_unit: "kg", position: 2 }, { sku: "OV-2", name: "blau", position: 0 }, { sku: "OV-3", name: "Grün", price: 7.5, position: 1 },
	] }));
	const skus = async (query) => (await live.read(`/products/${one.id}/variants?${query}`)).data.map((v) => v.sku);
	assert.deepEqual(await skus("filter[name]=gruen"), []);
	assert.deepEqual(await skus("filter[name]=GRUN"), ["OV-3"]);
	assert.deepEqual(await skus("filter[price][gte]=5"), ["OV-3", "OV-1"]);
	assert.deepEqual(await skus("filter[price]="), ["OV-2"]);
	assert.deepEqual(await skus("sort=-price"), ["OV-3", "OV-1", "OV-2"]);
	assert.deepEqual(await skus("sort=name&cursor="), ["OV-2", "OV-3", "OV-1"]);
	assert.deepEqual(await skus("filter[weight][lt]=2"), ["OV-1"]);
	assert.deepEqual(await skus("filter[position][in]=0,2"), ["OV-2", "OV-1"]);
	status(await live.delete(`/products/${one.id}`), 204);
});

test("keys and categories too", async () => {
	const { live: own } = await makeTenant();
	await own.make("/api-keys", { name: "Old", scopes: ["products:read"], expires_at: "2036-01-15T10:30:00Z" });
	await own.make("/api-keys", { name: "New", scopes: ["products:read"], expires_at: "2037-01-15T10:30:00Z" });
	const keys = async (query) => (await own.read(`/api-keys?${query}`)).data.map((k) => k.name);
	assert.deepEqual(await keys("filter[expires_at][gt]=2036-06-01"), ["New"]);
	assert.deepEqual((await keys("sort=-expires_at")).slice(0, 2), ["New", "Old"]);
	const parent = await own.make("/categories", { name: "Top", slug: "top", position: 3 });
	await own.make("/categories", { name: "Below", slug: "below", parent_id: parent.id, position: 1 });
	const slugs = async (query) => (await own.read(`/categories?${query}`)).data.map((c) => c.slug);
	assert.deepEqual(await slugs(`filter[parent_id]=${parent.id}`), ["below"]);
	assert.deepEqual(await slugs("filter[parent_id]="), ["top"]);
	assert.deepEqual(await slugs("sort=position"), ["below", "top"]);
	assert.deepEqual(await slugs("sort=-slug"), ["top", "below"]);
});

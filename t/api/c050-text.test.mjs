// Any text comes back byte for byte or is refused with its field; any body that is no JSON is 400, and nothing is a 5xx.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { can, each, has, isOpen, languages, limits, next, of, resources, settable, Shop, top } from "./conformance.mjs";
import { eitherTable, suite } from "./json-i.mjs";
import { makeTenant, product, refused, status } from "./souk.mjs";
import { childrenOf, places, strings } from "./text.mjs";

const AT_ONCE = 12, QUERY_BYTES = 3000;
const { SOUK_SHARED: shared, CI } = process.env;

// Without the shared material there is nothing to send; where everything must be tested, that is a failure.
const skip = shared || CI === "true" ? false : "SOUK_SHARED is not set";

let live, shop;

before(async () => {
	shop = new Shop(await makeTenant());
	live = shop.client;
});

// ---- in bodies: every string in every place, many places in one body

// Of texts that differ in case alone the first: an index may take them for one.
const apart = (texts) => [...new Map([...texts].reverse().map((s) => [s.toLowerCase(), s])).values()].reverse();

// Bodies' worth of [place, string]: each place takes the next string of its group that `choose` lets through.
function share(all, choose, from = 0) {
	const texts = strings(shared), rotated = [...texts.slice(from), ...texts.slice(0, from)], rest = new Map();
	for (const place of all)
		if (!rest.has(place.group))
			rest.set(place.group, (place.unique ? apart : (texts) => texts)(rotated.filter((s) => choose(place, s))));
	const bodies = [];
	for (let left = true; left;) {
		const body = all.map((place) => [place, rest.get(place.group).shift()]).filter(([, s]) => s !== undefined);
		left = body.length > 0;
		if (left)
			bodies.push(body);
	}
	return bodies;
}

const isKept = (place, s) => place.refuses(s) === undefined && !place.ruled?.(s);
const isRefused = (place, s) => ![undefined, "in our way"].includes(place.refuses(s));

// Rules that stand in no descriptor: what looks like an id or means something in a path is no SKU, a barcode ends in its check digit, and a ZIP code is short.
const RULES = { sku: (s) => /^[a-z]{2,8}_[0-9A-Za-z]+$/.test(s) || /^(\.\.?|import|export|batch)$/.test(s), barcode: () => true, zip: (s) => s.replace(/[ -]/g, "").length > 12 };
// Where children must be there, rules tie them to what their owner is for: the one that stands in a bare body.
// Of these but few texts are any: what a kind of credential begins with, who has a price, what a method is made of.
const CLOSED = new Set(["gateway.secret_key", "gateway.webhook_secret", "gateway.public_key", "shipment.carrier", "shipment.service", "payment_method.token", "payment_method.account_number",
	"payment_method.routing_number", "payment_method.iban", "payment_method.bic"]);
// The lines of a shipment are those of its order, and have no texts of their own.
const childrenOfMany = (r) => (r.name === "shipment" ? 0 : childrenOf(r).some((rel) => rel.min) ? 1 : 10);
const withRules = (r) => places(r, childrenOfMany(r)).filter(({ path }) => !CLOSED.has(`${r.name}.${path}`)).map((place) => ({ ...place, key: place.key ?? place.path, ruled: RULES[place.path.replace(/^.*\./, "")] }));

// `bare`: what the body must have besides; `ids`: of the children that are there.
async function bodyOf(r, share, { bare = {}, ids } = {}) {
	const body = structuredClone(bare);
	for (const rel of childrenOf(r)) {
		const n = Math.max(0, ...share.map(([place]) => (place.child?.[0] === rel.name ? place.child[1] + 1 : 0)));
		if (n)
			body[rel.name] = await Promise.all(Array.from({ length: n }, async (_, j) => (ids ? { id: ids[rel.name][j] } : (body[rel.name]?.[j] ?? shop.body(of(rel.to))))));
	}
	for (const [place, s] of share)
		place.write(body, s);
	return body;
}

class Kept {
	constructor(shown) {
		this.id = shown.id;
		this.ids = Object.fromEntries(Object.entries(shown).filter(([, v]) => Array.isArray(v)).map(([name, list]) => [name, list.map((child) => child?.id)]));
		this.texts = new Map();
	}

	add(share) {
		for (const [place, s] of share)
			this.texts.set(place.isKey ? `${place.key}${s}` : place.key, [place, s]);
	}

	check(shown, language, why) {
		for (const [key, [place, s]] of this.texts)
			if ((place.language ?? language) === language)
				assert.equal(place.read(shown, s), s, `${why}: ${key} in ${language}`);
	}
}

// What lists show, in every language.
async function checkLists(r, kept, why) {
	const include = childrenOf(r).map(({ name }) => name).join();
	for (const language of languages) {
		let seen = 0;
		for (let cursor = ""; cursor !== null;) {
			const answer = await live.get(`${r.path}?cursor=${cursor}&limit=${limits.limit_max}${include ? `&include=${include}` : ""}`, { "accept-language": language });
			for (const shown of status(answer, 200).body.data) {
				kept.get(shown.id)?.check(shown, language, why);
				seen += kept.has(shown.id);
			}
			cursor = answer.body.pagination.next_cursor;
		}
		assert.equal(seen, kept.size);
	}
}

// Every place that is refused is named with its reason, and no other; of a key that is too long only the map.
function checkRefused(answer, share) {
	const named = (d) => `${d.field.replace(/(metadata|attributes)\.[^]*$/, d.reason === "key_length" ? "$1." : "$&")}:${d.reason}`;
	if (share.length)
		assert.deepEqual(refused(answer, 422).details.map(named).sort(), share.map(([place, s]) => `${place.path}:${place.refuses(s)}`).sort());
}

for (const r of resources.filter((one) => top.includes(one) && can(one, "create")))
	describe(`${r.name}: naughty strings`, { skip }, () => {
		const all = withRules(r), kept = new Map();

		const update = async (chosen, from, why) => {
			const objects = [...kept.values()], shares = share(chosen, isKept, from);
			assert.ok(shares.length <= objects.length);
			await each(shares, async (one, i) => {
				const object = objects[i], fit = one.filter(([place]) => !place.child || object.ids[place.child[0]]?.length > place.child[1]);
				const answer = await live.patch(`${r.path}/${object.id}`, await bodyOf(r, fit, object));
				object.add(fit);
				object.check(status(answer, 200).body, languages[0], why);
			}, AT_ONCE);
			await checkLists(r, kept, why);
		};

		test("are kept byte for byte by a create, in each language", async () => {
			const shares = share(all.filter(({ plain }) => !plain), isKept);
			await each(shares, async (one) => {
				const answer = await live.post(r.path, await bodyOf(r, one, { bare: await shop.body(r) }));
				const object = new Kept(status(answer, 201).body);
				object.add(one);
				object.check(answer.body, languages[0], "created");
				kept.set(object.id, object);
			}, AT_ONCE);
			assert.equal(kept.size, shares.length);
			assert.ok(kept.size > 10); /* hundreds, where a text has a place to itself */
			await checkLists(r, kept, "created");
		});

		test("are kept by an update, as texts and as languages", async () => {
			await update(all.filter(({ unique, fixed, language, plain }) => !unique && !fixed && (plain || !language)), 100, "updated");
			await update(all.filter(({ language, plain }) => language && !plain), 200, "updated in languages");
		});

		test("are refused where they are blank, too long or of another pattern, each with its path", async () => {
			const [object] = kept.values(), bare = await shop.body(r);
			const few = all.filter(({ child }) => !child || child[1] < 2); /* an answer names a hundred faults at most */
			for (const plain of [true, false]) {
				const shares = share(few.filter((place) => (plain ? place.plain || !place.language : place.language && !place.plain)), isRefused, 50);
				await each(shares, async (one) => {
					const fit = one.filter(([place]) => !place.fixed && (!place.child || object.ids[place.child[0]]?.length > place.child[1]));
					checkRefused(await live.post(r.path, await bodyOf(r, one, { bare })), one);
					checkRefused(await live.patch(`${r.path}/${object.id}`, await bodyOf(r, fit, object)), fit);
				}, AT_ONCE);
			}
		});
	});

// ---- in addresses and headers

const filters = resources.filter((r) => can(r, "create")).flatMap((r) => settable(r).filter((f) => isOpen(r, f) && has(f, "filter") && (f.type === "string" || f.type === "text") && !r.parent).map((f) => [r, f]));

// Values of one filter, so many that they fit in an address. Behind a backslash a comma parts nothing: such a value is a last one.
function batches(texts) {
	const all = [[]];
	let bytes = 0;
	for (const s of texts) {
		const word = encodeURIComponent(s.replaceAll(",", "\\,"));
		if (bytes + word.length > QUERY_BYTES || all.at(-1).length === limits.filter_values || all.at(-1).at(-1)?.[0].endsWith("\\"))
			bytes = all.push([]) * 0;
		bytes += word.length;
		all.at(-1).push([s, word]);
	}
	return all;
}

test("naughty strings as values of a filter find what has them", { skip }, async () => {
	for (const [r, f] of filters.filter(([, one]) => !one.pattern && !one.known && !has(one, "unique"))) {
		const place = places(r).find(({ path }) => path === f.name);
		for (const batch of batches(strings(shared).filter((s) => isKept(place, s)))) {
			const query = `filter[${f.name}][in]=${batch.map(([, word]) => word).join()}`;
			const { data } = await live.read(`${r.path}?limit=${limits.limit_max}&cursor=&${query}`);
			const found = new Set(data.map((one) => one[f.name]));
			assert.deepEqual(batch.map(([s]) => s).filter((s) => !found.has(s)), [], `${r.name}.${f.name}`);
		}
	}
});

test("naughty strings in paths, queries and headers are never a fault of ours", { skip }, async () => {
	const made = await live.make("/products", product({ variants: [{ sku: `TX-${next()}` }] }));
	const own = `/products/${made.id}`, changed = `/products/${(await live.make("/products", product())).id}`;
	const asked = (answer, what) => {
		assert.ok(answer.status < 500, `${what}: ${answer.raw}`);
		if (answer.status >= 400)
			refused(answer, answer.status);
	};
	await each(strings(shared), async (text, i) => {
		const word = encodeURIComponent(text);
		for (const path of [`/products/${word}`, `${own}/variants/${word}`, `/categories/${word}`, `/products?search=${word}`, `/products?filter[sku][starts_with]=${word}`,
			`/products?filter[name][contains]=${word}`, `/products?filter[brand][ends_with]=${word}`, `/products?filter[${word}]=1`, `/products?filter[sku][${word}]=1`, `/products?${word}=1`,
			`/products?metadata[${word}]=x`, `/products?metadata[k]=${word}`, `/products?sort=${word}`, `/products?cursor=${word}`, `/products?fields=${word}`, `/products?include=${word}`])
			asked(await live.get(path), path);
		const header = Buffer.from(text).toString("latin1").replace(/[^\t\x20-\x7e\x80-\xff]/g, "");
		for (const names of [["accept-language", "user-agent", "x-request-id", "if-none-match", "x-language-fallback"], ["x-currency"], ["x-region"], ["x-timezone"]])
			asked(await live.get(own, Object.fromEntries(names.map((name) => [name, header]))), `${names}: ${header}`);
		for (const name of ["idempotency-key", "if-match", "x-tenant-id", "prefer", "user-agent"])
			asked(await live.put(changed, { price: i }, { [name]: header }), `${name}: ${header}`);
	}, AT_ONCE);
});

for (const [what, text] of [["of four bytes", "😀👩‍👩‍👧"], ["right to left", "مرحبا \u202eabc"], ["of combining marks", "Z̡̧̮̙a̴l̷g̵o"], ["with a zero inside", "a\u0000b"], ["with line ends", "a\r\nb\tc\u2028d"], ["with a mark of order", "\ufeffa\ufffe"], ["in two normal forms", "é e\u0301"], ["that looks like markup", "</script><!--&amp;\\\"'"]])
	test(`a text ${what} is kept`, async () => {
		const answer = await live.post("/products", product({ description: text }));
		if (answer.status === 422)
			refused(answer, 422, ["description"]);
		else
			assert.equal((await live.read(`/products/${status(answer, 201).body.id}`)).description, text);
	});

test("lengths are counted in characters, not in bytes", async () => {
	const made = await live.make("/products", product({ name: "😀".repeat(255) }));
	assert.equal((await live.read(`/products/${made.id}`)).name, "😀".repeat(255));
	refused(await live.post("/products", product({ name: "😀".repeat(256) })), 422, ["name:too_long"]);
});

// ---- JSON

// Workers that ended otherwise than a test told them to.
const deaths = () => readFileSync(process.env.SOUK_LOG_FILE, "utf8").split("\n").filter((line) => /"event":"worker_(died|killed)"/.test(line) && !line.includes('"exit":99')).length;

test("what is no JSON is 400 in the shape of every error, and JSON is read", { skip }, async () => {
	const files = suite(), before = deaths();
	const count = (letter) => files.filter(({ name }) => name.startsWith(letter)).length;
	assert.deepEqual([count("n_"), count("y_"), count("i_")], [188, 95, 35]);
	await each(files, async ({ name, bytes }) => {
		assert.ok(bytes.length < 1 << 20, name);
		const answer = await live.post("/products", bytes);
		assert.ok([400, 422].includes(answer.status), `${name}: ${answer.status} ${answer.raw}`);
		const e = refused(answer, answer.status);
		if (name.startsWith("n_"))
			assert.equal(answer.status, 400, name);
		if (name.startsWith("y_"))
			assert.ok(answer.status === 422 || e.reason === "body_not_an_object", `${name}: ${answer.raw}`);
	}, AT_ONCE);
	assert.equal(deaths(), before, "no worker died");
});

test("what JSON leaves to the parser is answered as t/golden/json-i.txt says; ./dev golden json-i.txt writes it anew", { skip }, async () => {
	assert.deepEqual((await eitherTable(live)).split("\n"), readFileSync(new URL("../golden/json-i.txt", import.meta.url), "utf8").split("\n"));
});

test("JSON nested deeper than anybody needs is 400", async () => {
	for (const depth of [33, 1000, 100000])
		refused(await live.post("/products", '{"a":'.repeat(depth) + "1" + "}".repeat(depth)), 400);
	refused(await live.post("/products", "[".repeat(500000)), 400);
});

test("a name that stands twice, or has a zero in it, is refused by its path, and nothing is stored", async () => {
	const { sku } = product();
	refused(await live.post("/products", `{"name":"first","price":1,"sku":"${sku}","name":"last"}`), 422, ["name:duplicate_key"]);
	refused(await live.post("/products", `{"name":"n","price":1,"sku":"${sku}","variants":[{"sku":"V"},{"sku":"W","price":1,"pr\\u0069ce":2}]}`), 422, ["variants[1].price:duplicate_key"]);
	refused(await live.post("/products", `{"name":"n","price":1,"sku":"${sku}","metadata":{"a\\u0000":"1"}}`), 422, ["metadata.a\\u0000:nul_in_name"]);
	refused(await live.get(`/products/${sku}`), 404);
});

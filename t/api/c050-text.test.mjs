// Any text comes back byte for byte or is refused with its field; any body that is no JSON is 400, and nothing is a 5xx.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { makeTenant, product, refused, status } from "./souk.mjs";

const AT_ONCE = 8;
const { SOUK_SHARED: shared, CI } = process.env;

// Without the shared material there is nothing to send; where everything must be tested, that is a failure.
const skip = shared || CI === "true" ? false : "SOUK_SHARED is not set";

let live;

before(async () => {
	live = (await makeTenant()).live;
});

async function each(list, work) {
	const rest = list.map((item, i) => [item, i]);
	await Promise.all(Array.from({ length: AT_ONCE }, async () => {
		for (let next = rest.shift(); next; next = rest.shift())
			await work(...next);
	}));
}

// Where a text can stand in a product: how it is put there, how it is found again, and what a refusal names.
const places = [
	["name", (p, s) => { p.name = s; }, (p) => p.name],
	["description", (p, s) => { p.description = s; }, (p) => p.description],
	["brand", (p, s) => { p.brand = s; }, (p) => p.brand],
	["metadata.k", (p, s) => { p.metadata = { k: s }; }, (p) => p.metadata.k],
	["images[0].alt", (p, s) => { p.images = [{ url: "https://a.example/1.jpg", alt: s }]; }, (p) => p.images[0].alt],
	["variants[0].name", (p, s) => { (p.variants[0] ??= {}).name = s; }, (p) => p.variants[0].name],
	["variants[0].attributes.a", (p, s) => { p.variants[0].attributes = { a: s }; }, (p) => p.variants[0].attributes.a],
];

// Puts the text everywhere; where it is refused, leaves it out and tries again.
async function keep(text, i) {
	let rest = places;
	for (let tries = 0; tries < 3; tries++) {
		const body = product({ variants: [{ sku: `TEXT-V${i}` }] });
		for (const [, set] of rest)
			set(body, text);
		const answer = await live.post("/products", body);
		if (answer.status === 422) {
			const named = refused(answer, 422).details.map((d) => d.field);
			assert.ok(named.length > 0 && named.every((field) => rest.some(([path]) => path === field)), answer.raw);
			rest = rest.filter(([path]) => !named.includes(path));
			continue;
		}
		const made = status(answer, 201).body;
		const read = await live.read(`/products/${made.id}`);
		for (const [path, , get] of rest)
			for (const seen of [made, read])
				assert.equal(get(seen), text, `${path} of string ${i}`);
		return rest.length;
	}
	throw new Error(`string ${i} was refused three times`);
}

test("naughty strings are kept byte for byte or refused with their field", { skip }, async () => {
	const strings = JSON.parse(readFileSync(join(shared, "contract/strings/blns.json")));
	let kept = 0;
	assert.ok(strings.length > 500);
	await each(strings, async (text, i) => {
		const n = await keep(text, i);
		kept += n;
	});
	assert.ok(kept > strings.length * places.length * 0.9, `${kept} were kept`);
});

test("naughty strings in paths, queries and headers are never a fault of ours", { skip }, async () => {
	const strings = JSON.parse(readFileSync(join(shared, "contract/strings/blns.json")));
	await each(strings, async (text, i) => {
		const word = encodeURIComponent(text);
		for (const path of [`/products/${word}`, `/products?search=${word}`, `/products?filter[name][contains]=${word}`, `/products?filter[sku]=${word}`, `/products?${word}=1`,
			`/products?sort=${word}`, `/products?cursor=${word}`, `/categories/${word}`]) {
			const answer = await live.get(path);
			assert.ok(answer.status < 500, `${path}: ${answer.raw}`);
			if (answer.status >= 400)
				refused(answer, answer.status);
		}
		const header = Buffer.from(text).toString("latin1").replace(/[^\t\x20-\x7e\x80-\xff]/g, "");
		for (const name of ["idempotency-key", "accept-language", "prefer", "user-agent", "x-tenant-id", "if-match"]) {
			const answer = await live.put(`/products/prod_${i}`, { price: 1 }, { [name]: header });
			assert.ok(answer.status < 500, `${name}: ${header}: ${answer.raw}`);
		}
	});
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

function suite() {
	const dir = mkdtempSync(join(tmpdir(), "souk-json-"));
	try {
		execFileSync("tar", ["-xJf", join(shared, "contract/json/jsontestsuite.tar.xz"), "-C", dir]);
		return ["test_parsing", "test_transform"].flatMap((part) =>
			readdirSync(join(dir, part)).map((name) => ({ name, bytes: readFileSync(join(dir, part, name)) })));
	} finally {
		rmSync(dir, { recursive: true });
	}
}

test("what is no JSON is 400 in the shape of every error, and JSON is read", { skip }, async () => {
	const files = suite();
	const count = (letter) => files.filter(({ name }) => name.startsWith(letter)).length;
	assert.equal(count("n_"), 188);
	assert.equal(count("y_"), 95);
	await each(files, async ({ name, bytes }) => {
		const answer = await live.post("/products", bytes);
		assert.ok([400, 413, 422].includes(answer.status), `${name}: ${answer.status} ${answer.raw}`);
		const e = refused(answer, answer.status);
		if (name.startsWith("n_"))
			assert.equal(answer.status, 400, name);
		if (name.startsWith("y_"))
			assert.ok(answer.status === 422 || e.reason === "body_not_an_object", `${name}: ${answer.raw}`);
	});
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

// A text is shown in the language that the client likes best of those it is there in, and the answer says in which.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { makeTenant, product, refused, statements, status, traces } from "./souk.mjs";

const names = { en: "Cup", es: "Taza", fr: "Tasse", de: "Becher", ja: "カップ", zh: "杯子" };
const all = Object.keys(names);

let live, german, whole, partly, plain;

before(async () => {
	live = (await makeTenant()).live;
	german = (await makeTenant({ language: "de" })).live;
	whole = await live.make("/products", product({ name: names, variants: [{ sku: "L-1", name: { en: "Red", fr: "Rouge" } }], images: [{ url: "https://a.example/1.jpg", alt: { en: "A cup", de: "Ein Becher" } }] }));
	partly = await live.make("/products", product({ name: { en: "Lamp", fr: "Lampe" }, description: { en: "Bright", es: "Clara" } }));
	plain = await live.make("/products", product({ name: "Spoon" }));
});

const seen = async (path, headers) => {
	const answer = status(await live.get(path, headers), 200);
	return [answer.body.name, answer.headers["content-language"]];
};

for (const language of all)
	test(`${language} is shown to who asks for it`, async () => {
		for (const tag of [language, language.toUpperCase(), `${language}-XX;q=0.7`, `nl, ${language};q=0.1`, `${language}-Hant-TW, *;q=0.5`])
			assert.deepEqual(await seen(`/products/${whole.id}?fields=name`, { "accept-language": tag }), [names[language], language], tag);
	});

test("the weights decide, and then the order", async () => {
	for (const [header, language] of [
		["fr;q=0.5, es;q=0.9", "es"], ["fr, es", "fr"], ["es;q=0.9, fr;q=0.900", "es"], ["de;q=0, ja;q=0.001", "ja"], ["zh ; q=1 , en;q=1.000", "zh"],
		["pt-BR, pt;q=0.9, fr;q=0.2", "fr"], ["*, es;q=0.5", "en"], ["es, *;q=0.5", "es"], ["*", "en"], ["nl", "en"], ["", "en"], [null, "en"],
		["es;q=2", "en"], ["fr;q=abc, es;q=0.1", "es"], [";;,,=;q", "en"], ["x".repeat(3000), "en"], ["fr;q=", "en"], ["english", "en"],
	])
		assert.deepEqual(await seen(`/products/${whole.id}?fields=name`, { "accept-language": header }), [names[language], language], header);
});

test("a text that is not there falls back: to the header's language, then to the shop's", async () => {
	for (const [language, fallback, want, told] of [
		["es", "fr", "Lampe", "es, fr"], ["es", null, "Lamp", "es, en"], ["es", "zh", "Lamp", "es, en"], ["zh", "es", "Lamp", "es, en"], ["ja", "fr-CA", "Lampe", "fr, en"],
		["fr", "es", "Lampe", "fr, es"], [null, "fr", "Lamp", "en"], ["zh", "ja", "Lamp", "en"],
	]) {
		const answer = status(await live.get(`/products/${partly.id}`, { "accept-language": language, "x-language-fallback": fallback }), 200);
		assert.deepEqual([answer.body.name, answer.headers["content-language"]], [want, told], `${language} ${fallback}`);
	}
	assert.deepEqual(await seen(`/products/${plain.id}`, { "accept-language": "ja" }), ["Spoon", "en"]);
});

test("the shop's language is what is shown by default, whatever it is", async () => {
	const made = await german.make("/products", product({ name: { de: "Tasse", en: "Cup" } }));
	for (const [language, want] of [[null, ["Tasse", "de"]], ["*", ["Tasse", "de"]], ["en", ["Cup", "en"]], ["fr", ["Tasse", "de"]]]) {
		const answer = await german.get(`/products/${made.id}`, { "accept-language": language });
		assert.deepEqual([answer.body.name, answer.headers["content-language"]], want);
	}
});

test("a list says all languages that it shows, the wanted one first", async () => {
	const answer = status(await live.get(`/products?filter[sku]=${whole.sku},${partly.sku}&sort=sku&include=variants,images`, { "accept-language": "es", "x-language-fallback": "fr" }), 200);
	assert.deepEqual(answer.body.data.map((p) => p.name), ["Taza", "Lampe"]);
	assert.equal(answer.body.data[0].variants[0].name, "Rouge");
	assert.equal(answer.body.data[0].images[0].alt, "A cup");
	assert.equal(answer.headers["content-language"], "es, fr, en");
	const none = status(await live.get("/products?fields=sku", { "accept-language": "es" }), 200);
	assert.equal(none.headers["content-language"], undefined);
	assert.equal((await live.get(`/products/${whole.id}?fields=sku`)).headers["content-language"], undefined);
	assert.equal((await live.get("/products?filter[sku]=nothing", { "accept-language": "es" })).headers["content-language"], undefined);
});

test("X-Language-Fallback that is no language of ours is refused, and nothing else is looked at", async () => {
	for (const bad of ["xx", "*", "en,fr", "english", "e", "-en", "fr;q=1", "'", "\u00ff"])
		for (const [method, path, body] of [["GET", `/products/${whole.id}`], ["GET", "/products"], ["POST", "/products", product()], ["DELETE", `/products/${whole.id}`]]) {
			const e = refused(await live.send(method, path, { body, headers: { "x-language-fallback": bad } }), 400, ["X-Language-Fallback:unknown"]);
			assert.deepEqual(e.details[0].allowed, all);
		}
	refused(await live.get("/products", { "x-language-fallback": "fn" }), 400);
	for (const good of ["EN", "fr-CA", "zh-Hant-TW", ""])
		status(await live.get("/products", { "x-language-fallback": good }), 200);
});

// ---- maps

test("?languages= shows texts as maps, of those asked or of all", async () => {
	for (const [query, want] of [["all", names], ["en,es", { en: "Cup", es: "Taza" }], ["es,en", { en: "Cup", es: "Taza" }], ["fr", { fr: "Tasse" }], ["zh%2Cja", { ja: "カップ", zh: "杯子" }], ["fr,all", names], ["fr&languages=de", { fr: "Tasse", de: "Becher" }]])
		assert.deepEqual((await live.read(`/products/${whole.id}?languages=${query}`)).name, want, query);
	const shown = await live.read(`/products/${partly.id}?languages=all`);
	assert.deepEqual([shown.name, shown.description], [{ en: "Lamp", fr: "Lampe" }, { en: "Bright", es: "Clara" }]);
	assert.deepEqual((await live.read(`/products/${plain.id}?languages=all`)).name, { en: "Spoon" });
	assert.deepEqual((await live.read(`/products/${plain.id}?languages=es,ja`)).name, {});
	assert.equal((await live.read(`/products/${plain.id}?languages=all`)).description, null);
});

test("?languages= reaches children, lists and the answers of writes", async () => {
	const { data } = await live.read(`/products?filter[sku]=${whole.sku}&include=variants,images&languages=all`);
	assert.deepEqual([data[0].name, data[0].variants[0].name, data[0].images[0].alt], [names, { en: "Red", fr: "Rouge" }, { en: "A cup", de: "Ein Becher" }]);
	assert.deepEqual((await live.read(`/products/${whole.id}/variants?languages=fr`)).data[0].name, { fr: "Rouge" });
	const made = status(await live.post("/products?languages=all", product({ name: { en: "Fork", es: "Tenedor" } })), 201).body;
	assert.deepEqual(made.name, { en: "Fork", es: "Tenedor" });
	const put = status(await live.put(`/products/${made.id}?languages=all`, { name: { es: null, fr: "Fourchette" } }), 200);
	assert.deepEqual(put.body.name, { en: "Fork", fr: "Fourchette" });
	assert.equal(put.headers["content-language"], "en, fr");
	assert.deepEqual(status(await live.put(`/products/${made.id}?languages=all`, { name: "Big fork" }), 200).body.name.en, "Big fork");
});

test("?languages= that names no language of ours is refused with the nearest", async () => {
	for (const [bad, nearest] of [["xx"], [""], ["en,"], ["EN", "en"], ["english"], ["en;q=1"], ["fr-CA"], ["*"], ["alle", undefined]])
		for (const path of ["/products", `/products/${whole.id}`]) {
			const e = refused(await live.get(`${path}?languages=${encodeURIComponent(bad)}`), 400, ["languages:unknown"]);
			assert.deepEqual(e.details[0].allowed, all);
			if (nearest)
				assert.equal(e.details[0].nearest, nearest);
		}
	const { details } = refused(await live.get("/products?langauges=all"), 400);
	assert.equal(details[0].nearest, "languages");
});

test("what is answered with a map can be sent back as it is", async () => {
	const shown = await live.read(`/products/${whole.id}?languages=all`);
	const put = status(await live.put(`/products/${whole.id}?languages=all`, shown), 200).body;
	assert.deepEqual([put.version, put.name], [shown.version, names]);
});

// ---- writes

test("the answer of a write is in the client's language; what is stored, traced and replayed is not changed by it", async () => {
	const headers = { "accept-language": "fr", "idempotency-key": "lang-1" };
	const body = product({ name: { en: "Plate", fr: "Assiette" } });
	const sent = status(await live.post("/products", body, headers), 201);
	assert.deepEqual([sent.body.name, sent.headers["content-language"]], ["Assiette", "fr"]);
	const again = status(await live.post("/products", body, headers), 201);
	assert.deepEqual([again.headers["idempotency-replayed"], again.headers["content-language"], again.raw], ["true", "fr", sent.raw]);
	refused(await live.post("/products", body, { ...headers, "accept-language": "es" }), 409, undefined, "idempotency_mismatch");
	refused(await live.post("/products", body, { ...headers, "x-language-fallback": "es" }), 409, undefined, "idempotency_mismatch");
	refused(await live.post("/products?languages=all", body, headers), 409, undefined, "idempotency_mismatch");
	const put = status(await live.put(`/products/${sent.body.id}`, { name: "Dish" }, { "accept-language": "fr" }), 200);
	assert.equal(put.body.name, "Assiette");
	const { audit, events } = traces(sent.body.id);
	assert.deepEqual(audit[1].changes.name, { old: "Plate", new: "Dish" });
	assert.deepEqual(events.map((e) => e.data.object.name), ["Plate", "Dish"]);
	assert.equal((await live.read(`/products/${sent.body.id}`)).name, "Dish");
});

test("filters, sorts and search do not depend on the language", async () => {
	const ids = async (query, headers) => status(await live.get(`/products?fields=id&${query}`, headers), 200).body.data.map((p) => p.id);
	for (const query of ["sort=name", "filter[name]=Lamp", "search=Cup", "filter[name][contains]=oo"])
		assert.deepEqual(await ids(query, { "accept-language": "fr" }), await ids(query), query);
	assert.deepEqual(await ids("filter[name]=Lampe", { "accept-language": "fr" }), []);
});

// ---- validators

test("each look has a tag of its own, and the same look is not sent twice", async () => {
	const looks = [{}, { "accept-language": "fr" }, { "accept-language": "es" }, { "accept-language": "es", "x-language-fallback": "fr" }, { "x-language-fallback": "fr" }];
	for (const path of [`/products/${partly.id}`, `/products/${partly.id}?languages=all`, `/products/${partly.id}?languages=en`]) {
		const tags = [];
		for (const headers of looks) {
			const { etag, vary } = status(await live.get(path, headers), 200).headers;
			tags.push(etag);
			assert.match(vary, /Accept-Language, X-Language-Fallback/);
			status(await live.get(path, { ...headers, "if-none-match": etag }), 304);
		}
		assert.equal(new Set(tags).size, looks.length);
		for (const headers of looks.slice(1))
			status(await live.get(path, { ...headers, "if-none-match": tags[0] }), 200);
	}
	const list = status(await live.get("/products", { "accept-language": "fr" }), 200);
	status(await live.get("/products", { "accept-language": "fr", "if-none-match": list.headers.etag }), 304);
	status(await live.get("/products", { "if-none-match": list.headers.etag }), 200);
	assert.notEqual((await live.get(`/products/${partly.id}?languages=all`)).headers.etag, (await live.get(`/products/${partly.id}?languages=en`)).headers.etag);
});

test("to ask for a language costs no statement", async () => {
	const path = `/products?filter[sku]=${whole.sku}&include=variants`;
	const usual = 2;
	const least = async (...asked) => {
		let count;
		for (let i = 0; i < 400 && count !== usual; i++) /* a worker that does not know the key asks for it first */
			count = statements(await live.get(...asked));
		return count;
	};
	assert.equal(await least(path), usual);
	assert.equal(await least(path, { "accept-language": "fr", "x-language-fallback": "de" }), usual);
	assert.equal(await least(`${path}&languages=all`), usual);
});

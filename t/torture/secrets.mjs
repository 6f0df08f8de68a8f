// S7, S9: secrets appear nowhere. Numbers of cards and accounts, CVCs, tokens, all made up for this run, are sent to where they
// belong and to where they do not, in every spelling of JSON that there is, whole and broken, with and without a key; then nothing of
// them is found in files, tables, logs, the binary log, a dump, or the memory of the workers, which are the same ones all along.
// stack: binlog
import { randomBytes, randomInt } from "node:crypto";

import { makeTenant, request, urls } from "../api/souk.mjs";
import { isShort, ok, prove, same, say } from "./rig/report.mjs";
import { inBinlog, inDump, inFiles, inMemory } from "./rig/search.mjs";
import { children, processOf } from "./rig/stack.mjs";

const ROUNDS = isShort ? 3 : 40;
const PATH = "/payments/methods", CARRIERS = "/shipping/carriers";
const digits = (n) => Array.from({ length: n }, () => randomInt(10)).join("");

function luhn(body) {
	const sum = [...body].reverse().reduce((all, c, i) => all + (i % 2 ? Number(c) : Number(c) > 4 ? 2 * c - 9 : 2 * c), 0);
	return body + ((10 - (sum % 10)) % 10);
}
const aCard = () => luhn(`4${digits(14)}`);
function anIban() {
	const account = digits(18), rest = [...`${account}131400`].reduce((all, c) => (all * 10 + Number(c)) % 97, 0);
	return `DE${String(98 - rest).padStart(2, "0")}${account}`;
}
const spaced = (card) => card.match(/.{4}/g).join(" ");
const escaped = (text) => [...text].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");

const year = new Date().getUTCFullYear() + 2;
const secrets = []; // whatever must not be found, as it was written
const secret = (text) => (secrets.push(text), text);
const kept = []; // what may pass through memory, but stands in no file or table
// A card, of which none of the ways to write it may be found.
function card() {
	const number = secret(aCard());
	secret(spaced(number));
	secret(spaced(number).replaceAll(" ", "-"));
	return number;
}
// What a carrier gives a shop to sign in with.
function aSignIn() {
	const signIn = { client_id: secret(randomBytes(12).toString("hex")), client_secret: secret(`ups ${randomBytes(30).toString("base64")}`) };
	secret(Buffer.from(`${signIn.client_id}:${signIn.client_secret}`).toString("base64"));
	return signIn;
}
const told = new Map(); // status → how often

async function send(client, body, { headers = {}, path = PATH, method = "POST" } = {}) {
	const answer = await client.send(method, path, { body, headers });
	told.set(answer.status, (told.get(answer.status) ?? 0) + 1);
	for (const text of secrets)
		if (answer.raw.includes(text))
			ok(false, `an answer has a secret in it: ${answer.raw.slice(0, 300)}`);
	return answer;
}

async function round(live, sandbox, nobody, i) {
	const whole = (number, more = {}) => ({ type: "card", number, cvc: "123", exp_month: 12, exp_year: year, ...more });
	const good = [
		[sandbox, whole(card())],
		[sandbox, whole(spaced(card()))],
		[sandbox, `{"type":"card","n\\u0075mber":"${escaped(card())}","cvc":"\\u0031\\u0032\\u0033","exp_month":1,"exp_year":${year}}`],
		[sandbox, whole(card()), { headers: { "idempotency-key": `k${i}` } }],
		[sandbox, whole(card()), { headers: { prefer: "dry-run" } }],
		[sandbox, whole(card(), { metadata: { a: "x".repeat(300) } })],
		[sandbox, whole(card(), { metadata: Object.fromEntries(Array.from({ length: 40 }, (_, k) => [`k${k}`, "x".repeat(200)])) })],
		[sandbox, { type: "ach", routing_number: "110000000", account_number: secret(digits(14)) }],
		[live, { type: "wire", iban: secret(anIban()) }],
		[live, { type: "card", token: secret(`tok_live_${randomBytes(9).toString("hex")}`) }],
		[live, { kind: "stripe", name: "Stripe", secret_key: secret(`sk_live_${randomBytes(18).toString("hex")}`), webhook_secret: secret(`whsec_${randomBytes(18).toString("hex")}`) }, { path: "/payments/gateways" }],
		[live, { name: "UPS", code: `ups_${i}`, kind: "ups", account_number: "A1B2C3", credentials: aSignIn() }, { path: CARRIERS }],
		[live, `{"name":"UPS","code":"upsx_${i}","kind":"ups","credentials":{"client_id":"${escaped(secret(randomBytes(9).toString("hex")))}" , "client_secret":${secret(`71${digits(23)}`)}}}`, { path: CARRIERS }],
		[live, { name: "UPS", code: `upsk_${i}`, kind: "ups", credentials: aSignIn() }, { path: CARRIERS, headers: { "idempotency-key": `c${i}` } }],
		[live, { name: "UPS", code: `upsd_${i}`, kind: "ups", credentials: aSignIn() }, { path: CARRIERS, headers: { prefer: "dry-run" } }],
		[live, { name: "Regional", code: `regional_${i}`, kind: "callback", callback_url: "https://carrier.example.com/", callback_secret: secret(`whsec_${randomBytes(18).toString("hex")}`) }, { path: CARRIERS }],
	];
	for (const [client, body, more] of good) {
		const answer = await send(client, body, more);
		ok(answer.status < 300, "what is right is taken");
		if (answer.body?.kind === "ups" && answer.status === 201) /* the stand-in has them from here on */
			ok((await send(client, undefined, { path: `${CARRIERS}/${answer.body.id}/test` })).body.ok, "what is kept signs in");
		if (answer.body?.brand === "visa" && answer.status === 201)
			ok((await send(sandbox, { amount: 500 + i, currency: "usd", payment_method: answer.body.id }, { path: "/payments/intents" })).status === 201, "what is kept pays");
	}
	const { secret: key } = await sandbox.make("/api-keys", { name: "k", scopes: ["products:read"] });
	kept.push(key);
	const bad = [
		[live, whole(card())],
		[sandbox, whole(card(), { cvc: secret(`7${digits(11)}`) })],
		[sandbox, whole(Number(card()))],
		[sandbox, whole([card(), { a: card() }])],
		[sandbox, whole({ number: card(), more: { number: card() } })],
		[sandbox, whole(`${card()}x`)],
		[sandbox, whole(`${card()}\u0000`)],
		[sandbox, `{"type":"card","number":"${card()}","number":"${card()}"}`],
		[sandbox, `{"type":"card","number":"${card()}"`],
		[sandbox, `{"type":"card","number":"${card()}","cvc":"\\ud800"}`],
		[sandbox, `["${card()}"]`],
		[sandbox, `"${card()}"`],
		[sandbox, `number=${card()}&cvc=123`, { headers: { "content-type": "application/x-www-form-urlencoded" } }],
		[sandbox, whole("4242424242424242", { name: card() })],
		[sandbox, whole("4242424242424242", { metadata: { note: `it is ${spaced(card())}, thanks` } })],
		[sandbox, whole("4242424242424242", { metadata: { [card()]: "a" } })],
		[sandbox, whole("4242424242424242", { billing_address: { line1: card(), city: "X", country: "US" } })],
		[sandbox, { ...whole("4242424242424242"), numbre: card() }],
		[sandbox, { type: card() }],
		[nobody, whole(card())],
		[sandbox, whole(card()), { headers: { accept: "image/png" } }],
		[sandbox, whole(card()), { headers: { "content-encoding": "gzip" } }],
		[sandbox, whole(card()), { method: "PUT", path: `${PATH}/pm_7zzzzzzzzzzzz` }],
		[sandbox, whole(card()), { method: "DELETE", path: `${PATH}/pm_7zzzzzzzzzzzz` }],
		[sandbox, { type: "wire", iban: `${secret(anIban())}1` }],
		[sandbox, { type: "ach", routing_number: "110000001", account_number: secret(digits(13)) }],
		[sandbox, { amount: 500, currency: "usd", payment_method: card() }, { path: "/payments/intents" }],
		[sandbox, { amount: 500, currency: "usd", payment_method: "card", description: spaced(card()) }, { path: "/payments/intents" }],
		[sandbox, { amount: 500, currency: "usd", payment_method: "card", metadata: { card: card() } }, { path: "/payments/intents" }],
		[sandbox, { amount: 500, currency: "usd", payment_method: { number: card() } }, { path: "/payments/intents" }],
		[live, { kind: "stripe", secret_key: [secret(`sk_live_${randomBytes(18).toString("hex")}`)] }, { path: "/payments/gateways" }],
		[live, { name: "UPS", code: "u", kind: "ups", credentials: { client_id: secret(randomBytes(9).toString("hex")) } }, { path: CARRIERS }],
		[live, { name: "UPS", code: "u", kind: "ups", credentials: { ...aSignIn(), colour: secret(randomBytes(9).toString("hex")) } }, { path: CARRIERS }],
		[live, { name: "UPS", code: "u", kind: "ups", credentials: { client_id: [aSignIn()], client_secret: aSignIn() } }, { path: CARRIERS }],
		[live, { name: "UPS", code: "u", kind: "ups", credentials: [aSignIn()] }, { path: CARRIERS }],
		[live, { name: "UPS", code: "u", kind: "ups", credentials: aSignIn().client_secret }, { path: CARRIERS }],
		[live, { name: "UPS", code: "u", kind: "table", credentials: aSignIn() }, { path: CARRIERS }],
		[live, `{"name":"UPS","kind":"ups","credentials":${JSON.stringify(aSignIn())},"credentials":${JSON.stringify(aSignIn())}}`, { path: CARRIERS }],
		[live, `{"name":"UPS","kind":"ups","credentials":{"client_id":"${aSignIn().client_id}"`, { path: CARRIERS }],
		[live, { type: "paypal", token: `${secret(randomBytes(30).toString("hex"))}${"x".repeat(300)}` }],
	];
	for (const [client, body, more] of bad) {
		const answer = await send(client, body, more);
		ok(answer.status >= 400 || answer.status === 204, `what is wrong is refused (${answer.status})`);
	}
	const large = await send(sandbox, JSON.stringify(whole(card(), { metadata: { a: "x".repeat(100000) } })));
	same(large.status, 413, "what is larger than nginx's buffer is refused before it is written to a file");
}

await prove(isShort ? 60 : 900, async () => {
	const tenant = await makeTenant();
	const sandbox = await tenant.client({ mode: "sandbox" });
	const nobody = { send: (method, path, options) => request(method, urls.sandbox + path, { ...options, headers: { authorization: "Bearer test_nobody", ...options.headers } }) };
	const control = `control${randomBytes(8).toString("hex")}`;
	await send(sandbox, { type: "paypal", name: control });
	await tenant.live.make("/products", { name: control, sku: control, price: 1 });
	const before = children(processOf("souk-api"));
	for (let i = 0; i < ROUNDS; i++)
		await round(tenant.live, sandbox, nobody, i);
	for (let i = 0; i < 40; i++) /* each worker has had another request since */
		await sandbox.get("/products?limit=1");
	say(`answers: ${[...told].sort().map(([code, n]) => `${code}: ${n}`).join(", ")}; ${secrets.length} secrets`);
	const pids = [processOf("souk-api"), ...children(processOf("souk-api"))];
	same(children(processOf("souk-api")).join(), before.join(), "the workers are those that took them");
	await Promise.all(Array.from({ length: 16 }, () => tenant.live.get(`/products?search=${control}`)));
	const memory = inMemory(pids, [...secrets, control]);
	ok(control in memory, "control: what is no secret is found in memory");
	delete memory[control];
	same(Object.keys(memory).length, 0, "secrets in the memory of master, keeper and workers");
	for (const [text, places] of Object.entries(memory).slice(0, 8))
		say(`${text}: ${places.map(({ pid, around }) => `${pid} "${around}"`).slice(0, 2).join("; ")}`);
	same(inDump([...secrets, ...kept, control]).join(), control, "a dump has the control alone");
	const logged = inBinlog([...secrets, ...kept, sandbox.key, control]);
	same(logged?.join() ?? control, control, logged ? "the binary log has the control alone" : "the binary log # SKIP this stack has none");
	const files = inFiles([...secrets, ...kept], ["*.tap"]);
	same(files.length, 0, `files with a secret ${files.slice(0, 5).join(" ")}`);
	const key = inFiles([sandbox.key]), keyed = inDump([sandbox.key]);
	same([...key, ...keyed].length, 0, `files and dump with a key ${key.slice(0, 5).join(" ")}`);
});

// What the scenarios of Stripe share: a live shop with a gateway of its own, methods by Stripe's test tokens, and signed messages.
import { createHmac } from "node:crypto";
import { asked, makeTenant, request, urls } from "./souk.mjs";

let made = 0;

// A shop whose payments go to the stand-in for Stripe under a key that nobody else has.
export async function makeShop(options) {
	const shop = await makeTenant(options);
	shop.secret = `sk_live_shop${process.pid}x${++made}`;
	shop.hook_secret = `whsec_shop${process.pid}x${made}`;
	shop.gateway = await shop.live.make("/payments/gateways", { kind: "stripe", name: "Cards", secret_key: shop.secret, webhook_secret: shop.hook_secret });
	shop.buyer = await shop.live.make("/customers", { email: `buyer${made}@example.com` });
	return shop;
}

export async function method(shop, token = "pm_card_visa", type = "card") {
	return (await shop.live.make("/payments/methods", { type, token, customer_id: shop.buyer.id })).id;
}

export async function intent(shop, more = {}, token) {
	return shop.live.make("/payments/intents", { amount: 19999, currency: "usd", customer_id: shop.buyer.id, payment_method: await method(shop, token), ...more });
}

// What the shop asked of Stripe: the bodies as fields, with path and key.
export async function askedBy(shop, path = "") {
	const { requests } = await asked("stripe", shop.secret);
	return requests.filter((rq) => rq.path.includes(path)).map((rq) => ({ method: rq.method, path: rq.path, key: rq.headers["idempotency-key"], headers: rq.headers, form: Object.fromEntries(new URLSearchParams(rq.body)) }));
}

// What Stripe has: its object of that name, and what it moved for the shop's payment.
export const there = async (kind, id) => (await asked("stripe")).state[kind][id];
export const moved = async (id) => (await asked("stripe")).state.moved.filter((one) => one.intent === id);

export async function tell(path, body) {
	const answer = await fetch(`${process.env.SOUK_FAKES}/stripe${path}`, { method: "POST", body: JSON.stringify(body) });
	return answer.json();
}

export const event = (type, object, more = {}) => ({ id: `evt_${process.pid}n${++made}`, object: "event", api_version: "2025-04-30.basil", created: Math.floor(Date.now() / 1000), livemode: true, type, data: { object }, pending_webhooks: 1, request: { id: null, idempotency_key: null }, ...more });

// Sends a message as Stripe does. `at`, `secret`, `header`, `path` and `type` spoil it.
export function hook(shop, what, { at = Math.floor(Date.now() / 1000), secret = shop.hook_secret, header, path, type = "application/json; charset=utf-8" } = {}) {
	const body = typeof what === "string" ? what : JSON.stringify(what);
	const v1 = createHmac("sha256", secret).update(`${at}.${body}`).digest("hex");
	return request("POST", new URL(path ?? `/webhook/stripe/${shop.gateway.id}`, urls.live).href, { body, headers: { "content-type": type, "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)", "stripe-signature": header === undefined ? `t=${at},v1=${v1}` : header } });
}

// Calls that are lost: how the stand-in behaves, once. libcurl itself asks again over a new connection if an old one is cut before an
// answer, as it may where a key makes that harmless.
export const lost = [
	["a time-out before it acted", { behave: "hang" }],
	["a time-out after it acted", { behave: "hang", after: true }],
	["a connection that is lost before it acted", { behave: "reset" }],
	["a connection that is lost after it acted", { behave: "reset", after: true }],
	["a 429", { behave: "answer", status: 429, body: JSON.stringify({ error: { type: "invalid_request_error", code: "rate_limit", message: "Too many requests" } }) }],
	["a 409, for the key is in use", { behave: "answer", status: 409, body: JSON.stringify({ error: { type: "idempotency_error", code: "idempotency_key_in_use", message: "in use" } }) }],
	["a 500 of something before Stripe", { behave: "answer", status: 500, body: "<html>no</html>" }],
	["an answer that is no JSON, after it acted", { behave: "answer", status: 200, body: "{", after: true }],
	["an answer that is cut, after it acted", { behave: "answer", status: 200, body: "", after: true }],
];
export const isLost = (rule, state, done) => state === "processing" || (rule.behave === "reset" && state === done);

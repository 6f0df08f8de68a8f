// What the derived tests share: the descriptors as `soukctl describe --json` prints them, values of every type, right and
// wrong, and a shop that makes whatever a resource needs. Nothing here knows a resource, but for the table of fixtures.
import assert from "node:assert/strict";
import { shipped, untracked } from "./orders.mjs";
import { ctl, makeTenant, number, rows, status } from "./souk.mjs";

export const described = JSON.parse(await ctl("describe", "--json"));
export const { limits, languages, routes } = described;
// What is kept apart (relations whose objects are written by themselves) is no part of what is sent or shown with its owner.
// Nor are operations that are no JSON (raw): those have tests of their own.
export const resources = described.resources.map((r) => ({ ...r, operations: r.operations.filter((o) => !o.raw), relations: r.relations.filter((rel) => rel.kind !== "apart"), kept_apart: r.relations.filter((rel) => rel.kind === "apart").map((rel) => rel.name) }));
export const raws = described.resources.flatMap((r) => r.operations.filter((o) => o.raw));
export const isRaw = (route, method) => raws.some((o) => o.name === route.special[method]);
// The name of the resource through which one is written, if it is nested and not kept apart.
export const within = (r) => (r.apart ? undefined : r.parent);
export const engine = (r) => r.members.map((m) => m.name);
export const of = (name) => resources.find((r) => r.name === name);
export const shape = (name) => described.shapes.find((s) => s.name === name);
export const has = (x, flag) => x.flags.includes(flag);
export const can = (r, ...verbs) => verbs.every((verb) => r.verbs.includes(verb));
export const settable = (r) => r.fields.filter((f) => !["read_only", "internal", "once"].some((flag) => has(f, flag)));
export const isSecret = (f) => has(f, "sealed") || has(f, "vault"); /* set, never shown */
export const visible = (r) => r.fields.filter((f) => !["internal", "once", "live", "sealed", "vault"].some((flag) => has(f, flag)));
export const top = resources.filter((r) => !r.parent);
export const scopes = [...new Set([...resources.flatMap((r) => r.fields.map((f) => f.scope)), ...routes.flatMap((route) => Object.values(route.methods))])].filter(Boolean).sort();
export const absent = (r) => `${r.prefix}_7zzzzzzzzzzzz`;

// A number that ends in the check digit of a GTIN.
function gtin(n) {
	const digits = String(400638130000 + n);
	const sum = [...digits].reduce((all, d, i) => all + d * (i % 2 ? 3 : 1), 0);
	return digits + ((10 - (sum % 10)) % 10);
}

// The nth day of a year, of four years that have as many.
const day = (n, year) => new Date(Date.UTC(year, 0, 1 + (n % 1400))).toISOString().slice(0, 10);

const ship_to = { line1: "123 Main St", city: "New York", state: "NY", zip: "10001", country: "US" };

// Fields whose rules say more than the descriptor: the nth value.
const FIXTURES = {
	"product.barcode": gtin,
	// A coupon would have to hold, and all names of a line to be of one thing.
	"cart.coupon_code": () => null,
	"cart_line.variant_id": () => null,
	"cart_line.sku": () => null,
	"cart.currency": (n) => ["EUR", "GBP", "JPY"][n % 3],
	"variant.barcode": gtin,
	// Of the live side; the sandbox gateway is of the other.
	"gateway.kind": () => "stripe",
	"gateway.methods": (n) => [["card", "paypal", "klarna"][n % 3]],
	"gateway.public_key": (n) => `pk_live_fake${n}`,
	"gateway.secret_key": (n) => `sk_live_fake${n}`,
	"gateway.webhook_secret": (n) => `whsec_fake${n}`,
	// What a carrier may have depends on its kind, and what its tariff says on its services.
	"carrier.kind": () => "table",
	"carrier.credentials": () => null,
	"carrier.callback_url": () => null,
	"carrier.callback_secret": () => null,
	"carrier.services": (n) => [{ code: "standard", name: `Standard ${n}` }],
	"carrier.tariff": (n) => ({ rates: [{ service: "standard", amount: n }] }),
	"return_item.order_item_id": () => "item_123",
	"shipment_item.order_item_id": () => "item_123",
	"api_key.kind": () => "secret",
	"order_item.sku": () => null,
	// With a method it would be asked for at once; an order would have to be for as much.
	"payment_intent.payment_method": () => null,
	"payment_intent.order_id": () => null,
	"payment_intent.currency": (n) => ["USD", "EUR"][n % 2],
	"payment_intent.application_fee_amount": (n) => n % 2,
	"payment_confirmation.payment_method": () => "card",
	"order.currency": (n) => ["USD", "EUR"][n % 2],
	// A coupon would have to hold, an address to be the customer's.
	"order.coupon_code": () => null,
	// A way that some carrier has a price for, where there are carriers.
	"order.shipping_method": () => null,
	"order.shipping_address_id": () => null,
	"order.billing_address_id": () => null,
	"api_key.ip_allowlist": (n) => [`10.${n % 250}.0.0/16`],
	"api_key.origins": (n) => [`https://shop-${n}.example.com`],
	"api_key.scopes": (n) => scopes.slice(n % 2, (n % 2) + 1 + (n % 3)),
	"automatic_discount.amount": (n) => 1 + (n % 90),
	"automatic_discount.conditions": (n) => ({ minimum_amount: 1 + n, customer_tags: ["vip"] }),
	"automatic_discount.currency": (n) => ["EUR", "GBP", "USD"][n % 3],
	"automatic_discount.end_date": (n) => day(n, 2031),
	"automatic_discount.start_date": (n) => day(n, 2026),
	"automatic_discount.type": (n) => ["percentage", "fixed_amount"][n % 2],
	"coupon.amount": (n) => 1 + (n % 90),
	"coupon.currency": (n) => ["EUR", "GBP", "USD"][n % 3],
	"coupon.end_date": (n) => day(n, 2031),
	"coupon.start_date": (n) => day(n, 2026),
	// A token alone is of use to methods of any type.
	"payment_method.number": () => null,
	"payment_method.cvc": () => null,
	"payment_method.exp_month": () => null,
	"payment_method.exp_year": () => null,
	"payment_method.routing_number": () => null,
	"payment_method.account_number": () => null,
	"payment_method.iban": () => null,
	"payment_method.bic": () => null,
	"coupon_restrictions.excluded_categories": () => [],
	"coupon_restrictions.product_categories": () => [],
};

// Fields that a rule fills where nothing is sent.
export const FILLED = ["cart.currency", "cart.expires_at", "cart_line.product_id", "cart_line.sku", "gateway.methods", "order.currency", "shipment.ship_to"];

// True if examples can say what a field may have.
export const isOpen = (r, f) => FIXTURES[`${r.name}.${f.name}`]?.(0) !== null;

// What more a body must have, or has otherwise, because rules tie its parts together: changes a body that was made of examples.
const WHOLE = {
	gateway: (shop, body, n) => {
		body.secret_key ??= `sk_live_fake${n}`;
		for (const name of ["secret_key", "public_key"].filter((one) => shop.client.mode === "sandbox" && body[one]))
			body[name] = body[name].replace("_live_", "_test_");
	},
	automatic_discount: (shop, body, n) => Object.assign(body, { amount: body.amount ?? 1 + (n % 90), ...(body.applies_to ? { applies_to: "order" } : {}) }),
	coupon: (shop, body, n) => Object.assign(body, { amount: body.amount ?? 1 + (n % 90) }),
	cart_line: async (shop, body) =>
		Object.assign(body, { product_id: (await shop.make(of("product"), { body: { name: "Mug", sku: `MUG-${next()}`, price: 5, status: "active" } })).shown.id }),
	order_item: async (shop, body) => {
		const { id } = await shop.sold();
		for (const name of ["product_id", "variant_id", "sku", "price"])
			delete body[name];
		return Object.assign(body, { product_id: id });
	},
	// Its lines are those of an order that has enough of each; a number that is given can be given anew.
	shipment: async (shop, body, n) => {
		const { id } = await shop.sold(), lines = Array.from({ length: Math.max((body.items ?? []).length, 1) }, () => ({ product_id: id, quantity: 9 }));
		const order = status(await shop.client.post("/orders", { items: lines, shipping_address: ship_to }), 201).body;
		Object.assign(body, { order_id: order.id, carrier: "manual", service: null });
		(body.items ?? []).forEach((item, i) => Object.assign(item, { order_item_id: order.items[i].id, quantity: 1 + (n % 3) }));
	},
	// With all of its fields one that is paid with by a token, which fits any type; else every second one is an account.
	payment_method: async (shop, body, n) => {
		const account = !("name" in body) && n % 2;
		Object.assign(body, account ? { type: "ach", routing_number: "110000000", account_number: String(100000000 + n) } : { type: "paypal", token: body.token ?? "tok_visa" });
		body.customer_id ??= (await shop.some("customer", n)).shown.id;
	},
	// Its lines are those of an order that was sent and has enough of each.
	return: async (shop, body, n) => {
		const order = await shop.sent(n);
		body.order_id = order.id;
		(body.items ?? []).forEach((item, i) => Object.assign(item, { order_item_id: order.items[i].id, quantity: 1 + (n % 3) }));
	},
};

// What an action ("order.cancel") or operation ("adjust_inventory") needs that its row does not say. All are functions of the
// shop: `ready` brings the object that an action is for into a state that it fits; `path` of an operation and `body` or `query`
// of either are what is asked, where examples do not do; `event` is the one that a rule chooses. What is `elsewhere` has tests of its own.
export const NEEDS = {
	// A customer's first method is the default already.
	"payment_method.set-default": {
		ready: async (shop, one) => {
			const other = await shop.client.make("/payments/methods", { type: "paypal", token: "tok_visa", customer_id: one.shown.customer_id });
			status(await shop.client.post(`/payments/methods/${other.id}/set-default`), 200);
		},
	},
	checkout_cart: {
		path: async (shop) => {
			const { id } = await shop.sold();
			return `/carts/${status(await shop.client.post("/carts", { lines: [{ product_id: id }] }), 201).body.id}/checkout`;
		},
		body: () => ({ payment_method: "card" }),
	},
	calculate_cart_rates: {
		path: async (shop) => {
			const { id } = await shop.sold();
			const shipping_address = { line1: "1 Road", city: "Beverly Hills", state: "CA", zip: "90210", country: "US" };
			return `/carts/${status(await shop.client.post("/carts", { lines: [{ product_id: id }], shipping_address }), 201).body.id}/rates`;
		},
	},
	"cart.coupon": {
		ready: async (shop, one, action) => {
			shop.code ??= status(await shop.client.post("/coupons", { code: "CART10", type: "percentage", amount: 10, duration: "once" }), 201).body.code;
			const { product_id } = await shop.body(of("cart_line"));
			status(await shop.client.post(`${one.path}/lines`, { product_id }), 201);
			if (action.method === "DELETE")
				status(await shop.client.post(`${one.path}/coupon`, { code: shop.code }), 200);
		},
		body: (shop) => ({ code: shop.code ?? "CART10" }),
	},
	"cart.hold": {
		ready: async (shop, one, action) => {
			status(await shop.client.post(`${one.path}/lines`, { product_id: (await shop.sold()).id }), 201);
			if (action.method === "DELETE")
				status(await shop.client.post(`${one.path}/hold`), 200);
		},
		body: () => ({ minutes: 30 }),
	},
	"return.receive": { ready: (shop, one) => follow(shop, one, "approve") },
	"return.refund": { ready: (shop, one) => follow(shop, one, "approve", "receive") },
	calculate_tax: { body: () => ({ address: { country: "US" }, items: [{ price: 199.99, quantity: 2 }] }) },
	adjust_inventory: {
		path: async (shop) => ((await shop.some("warehouse")) && shop.fill("/inventory/{product_id}/adjust")),
		body: () => ({ quantity: 5, reason: "received" }),
	},
	count_inventory: { path: async (shop) => ((await shop.some("warehouse")) && shop.fill("/inventory/{product_id}/count")) },
	set_safety_stock: { path: async (shop) => ((await shop.some("warehouse")) && shop.fill("/inventory/{product_id}/safety")) },
	transfer_inventory: {
		body: async (shop) => {
			const { id } = (await shop.make(of("product"))).shown, [from, to] = [(await shop.make(of("warehouse"))).shown.id, (await shop.make(of("warehouse"))).shown.id];
			status(await shop.client.post(`/inventory/${id}/adjust`, { quantity: 9, reason: "received", location: from }), 201);
			return { from, to, items: [{ product_id: id, quantity: 1 }] };
		},
	},
	delete_product_alert: {
		path: async (shop) => {
			const path = await shop.fill("/inventory/{product_id}/alerts");
			return `${path}/${status(await shop.client.post(path, { threshold: 3 }), 201).body.id}`;
		},
	},
	delete_product_alerts: {
		path: async (shop) => {
			const path = await shop.fill("/inventory/{product_id}/alerts");
			return status(await shop.client.post(path, { threshold: 3 }), 201) && path;
		},
	},
	"payment_intent.confirm": { elsewhere: "j020" },
	"payment_intent.capture": { elsewhere: "j020" },
	"payment_intent.cancel": { event: "payment_intent.canceled" },
	capture_payment: { elsewhere: "j020" },
	refund_payment: { path: async (shop) => `/payments/${await taken(shop)}/refund`, body: () => ({ amount: 1 }) },
	raise_dispute: { path: async (shop) => `/payments/${await taken(shop)}/dispute`, body: () => ({ amount: 1 }) },
	"dispute.respond": { elsewhere: "j050" },
	"order.status": { body: () => ({ status: "processing" }) },
	get_shipment_label: { path: async (shop) => `/shipments/${(await labelled(shop)).id}/label` },
	get_package_label: { path: async (shop) => `/shipments/${(await labelled(shop)).id}/labels/1` },
	"shipment.events": { body: () => ({ status: "in_transit", event_id: `scan-${next()}` }), event: "shipment.in_transit" },
	"customer_address.set-default": {
		ready: async (shop, one) => status(await shop.client.post(`${(await shop.make(one.r, { place: one.place })).path}/set-default`), 200),
	},
};

// Of which no two may be alike in several fields together: the one of them that keeps those of these tests apart.
const APART = { tax_rate: "tax_class" };
export const isApart = (r, f) => APART[r.name] === f.name;

// A payment as a gateway would leave it, of which these shops have none.
const paidBy = ({ shown }) => rows(`INSERT INTO payments (tenant_id, id, created_at, updated_at, intent_id, status, amount, currency, payment_method_type, gateway)
	SELECT tenant_id, id, created_at, created_at, id, 'authorized', amount, currency, 'card', 'sandbox' FROM payment_intents WHERE id = ${number(shown.id)}`);

// A payment whose money was taken, by its id: a live shop has no gateway that could.
async function taken(shop) {
	const { id } = (await shop.make(of("payment"))).shown;
	rows(`UPDATE payments SET status = 'captured', amount_captured = amount, captured_at = created_at WHERE id = ${number(id)}`);
	return id;
}

// A shipment with a label of our own: by a carrier that has a tariff.
async function labelled(shop) {
	const code = `house${next()}`, { id } = await shop.sold();
	status(await shop.client.post("/shipping/carriers", { name: "House", code, kind: "table", services: [{ code: "standard", name: "Standard" }], tariff: { rates: [{ service: "standard", amount: 500 }] } }), 201);
	const order = status(await shop.client.post("/orders", { items: [{ product_id: id, quantity: 1 }], shipping_address: ship_to }), 201).body;
	return status(await shop.client.post("/shipments", { order_id: order.id, carrier: code, service: "standard" }), 201).body;
}

// Does actions that take nothing, one after the other.
async function follow(shop, one, ...names) {
	for (const name of names)
		status(await shop.client.post(`${one.path}/${name}`), 200);
}

// Resources that are no client's to create: a request of a shop that leaves one, and the query that finds it.
const LEFT = {
	alert: async (shop) => {
		const { id } = (await shop.make(of("product"))).shown;
		return status(await shop.client.post(`/inventory/${id}/alerts`, { threshold: 3 }), 201) && `filter[product_id]=${id}`;
	},
	reorder: async (shop) => {
		const { id } = (await shop.make(of("product"))).shown, warehouse_id = (await shop.some("warehouse")).shown.id;
		status(await shop.client.post(`/inventory/${id}/alerts`, { threshold: 9, reorder_point: 9, reorder_quantity: 50, warehouse_id }), 201);
		for (const quantity of [10, -5])
			status(await shop.client.post(`/inventory/${id}/adjust`, { quantity, reason: "correction", location: warehouse_id }), 201);
		return `filter[product_id]=${id}`;
	},
	payment: async (shop) => {
		const one = await shop.make(of("payment_intent"));
		return paidBy(one) && `filter[intent_id]=${one.shown.id}`;
	},
	// Of an order that was not paid through us.
	refund: async (shop) => {
		const { id } = (await shop.make(of("order"))).shown;
		rows(`UPDATE orders SET payment_status = 'paid', amount_paid = total WHERE id = ${number(id)}`);
		return status(await shop.client.post(`/orders/${id}/cancel`, { refund: true }), 200) && `filter[order_id]=${id}`;
	},
	dispute: async (shop) => {
		const id = await taken(shop);
		return status(await shop.client.post(`/payments/${id}/dispute`), 201) && `filter[payment_id]=${id}`;
	},
	movement: async (shop) => {
		const { id } = (await shop.some("warehouse")) && (await shop.make(of("product"))).shown;
		return status(await shop.client.post(`/inventory/${id}/adjust`, { quantity: 5, reason: "received" }), 201) && `filter[product_id]=${id}`;
	},
	timeline_entry: async (shop) => {
		const { shown } = await shop.some("order");
		status(await shop.client.post(`/orders/${shown.id}/notes`, { text: `note ${next()}` }), 201);
		return `filter[order_id]=${shown.id}`;
	},
	audit_log: async (shop) => {
		const names = ["category", "api_key"], r = of(names[next() % names.length]);
		const one = await shop.make(r), answer = next() % 2 ? one.answer : status(await shop.client.patch(one.path, { metadata: { left: "1" } }), 200);
		return `request_id=${answer.headers["x-request-id"]}`;
	},
};
// Of those, the ones whose fields follow from stocks: examples cannot fill them, so their own tests ask their lists.
export const FOLLOWS = ["alert", "dispute", "movement", "payment", "payment_intent", "refund", "reorder"];
export const makeable = (r) => can(r, "get") && (can(r, "create") || r.name in LEFT);

// ---- values

// POSIX character classes as JavaScript writes them.
export const regex = (f) => f.pattern && new RegExp(f.pattern.replaceAll("[:space:]", "\\s"), "u");

// Members of published lists. Tenants of these tests count in cents, so money stays in what its example says.
const COUNTRIES = ["DE", "FR", "JP", "US"];
const listed = (f, n) => (f.name === "country" ? COUNTRIES[n % COUNTRIES.length] : f.example);

// An object of a shape; what a shop must have for it, Shop.value() puts in.
const object = (f, n) => Object.fromEntries(settable(shape(f.object)).filter((one) => one.type !== "id" && !one.to).map((one) => [one.name, value(shape(f.object), one, n)]));
const isObject = (f) => f.type === "object" || f.type === "objects";

// The example with a number behind it, of one width, in the case of the example: so that every collation orders it alike.
function text(f, n) {
	const example = [...(f.example ?? f.name)], tail = String(n).padStart(4, "0");
	for (const between of [" ", "-", ""]) {
		const s = example.slice(0, f.max - 4 - between.length).join("") + between + tail;
		if (!f.pattern || regex(f).test(s))
			return s;
	}
	throw new Error(`no value for ${f.name}: ${f.pattern} needs a fixture`);
}

function whole(f, n) {
	const from = Number(f.example ?? f.min);
	return f.max ? f.min + ((from - f.min + n) % (f.max - f.min + 1)) : from + n;
}

// Tenants of these tests count in cents.
const scaleOf = (f) => f.scale ?? 2;

function decimal(f, n) {
	const unit = 10 ** scaleOf(f), least = Math.max(f.min, Math.round(Number(f.example ?? 1) * unit));
	return (f.max ? least + (((n * unit) / 4) % (f.max - least + 1)) : least + (n * unit) / 4) / unit;
}

const moment = (f, n) => new Date(Date.parse(f.example ?? "2036-01-15T10:30:00Z") + n * 86400000).toISOString().replace(".000", "");
const choices = (r, f) => f.choices.map((c) => c.name).filter((c) => r.status_field !== f.name || c !== r.status_archived);

const WRITE = {
	boolean: (r, f, n) => n % 2 === 0,
	integer: (r, f, n) => whole(f, n),
	amount: (r, f, n) => whole(f, n),
	decimal: (r, f, n) => decimal(f, n),
	price: (r, f, n) => decimal(f, n),
	string: (r, f, n) => (f.known ? listed(f, n) : text(f, n)),
	text: (r, f, n) => text(f, n),
	enum: (r, f, n) => choices(r, f)[n % choices(r, f).length],
	time: (r, f, n) => moment(f, n),
	prices: (r, f, n) => ({ EUR: n / 4, JPY: n }),
	map: (r, f, n) => ({ size: text({ name: "size", max: 99 }, n), colour: "black" }),
	list: (r, f, n) => [text({ name: f.name, max: 99 }, n)],
	object: (r, f, n) => object(f, n),
	objects: (r, f, n) => Array.from({ length: Math.max(f.min ?? 0, 1) }, (_, i) => object(f, n + i)),
};

// The nth value of a field, but of a reference, which a shop must have.
export function value(r, f, n) {
	const fixture = FIXTURES[`${r.name}.${f.name}`];
	if (fixture)
		return fixture(n);
	assert.ok(WRITE[f.type], `these tests must be taught to write a ${f.type}`);
	return WRITE[f.type](r, f, n);
}

// The outermost values that a field takes, if its type and row say them.
export function limitsOf(r, f) {
	if (FIXTURES[`${r.name}.${f.name}`])
		return [];
	if (f.choices)
		return f.choices.map((c) => c.name);
	if (f.type === "boolean")
		return [true, false];
	if (["integer", "amount", "decimal", "price"].includes(f.type))
		return [f.min, ...(f.max ? [f.max] : [])].map((n) => (f.type === "integer" || f.type === "amount" ? n : n / 10 ** scaleOf(f)));
	if ((f.type === "string" || f.type === "text") && !f.pattern && !f.known && !has(f, "unique"))
		return ["x".repeat(Math.max(f.min ?? 1, 1)), "é".repeat(f.max), "😀".repeat(f.max), "<b>\"'\\</b> % _ \u202e ﷽".slice(0, f.max)];
	return [];
}

// Whether an answer shows what was sent.
export function same(f, sent, shown) {
	if (f.type === "time" && sent)
		return Date.parse(sent) === Date.parse(shown);
	if (f.type === "object" && sent && shown)
		return shape(f.object).fields.every((one) => !(one.name in sent) || same(one, sent[one.name], shown[one.name]));
	if (f.type === "objects" && sent && shown)
		return sent.length === shown.length && sent.every((one, i) => same({ ...f, type: "object" }, one, shown[i]));
	return JSON.stringify(sent ?? null) === JSON.stringify(shown ?? null);
}

// ---- what is refused: [value, reason, where in the value]

const KINDS = { boolean: true, integer: 7, string: "x", array: [], object: {} };
const kindsBut = (...taken) => Object.keys(KINDS).filter((kind) => !taken.includes(kind)).map((kind) => [KINDS[kind], "type"]);

function wrongLine(f) {
	const odd = ["ä b/c", "A_B", "x", "x y\tz", "\u00a0?"].filter((s) => f.pattern && !regex(f).test(s));
	assert.ok(!f.pattern || odd.length, `nothing that ${f.pattern} refuses`);
	return [
		["é".repeat(f.max + 1), "too_long"], ["😀".repeat(f.max + 1), "too_long"],
		...(has(f, "multiline") ? [] : [["", "blank"], [" \t\n ", "blank"]]),
		...(f.min > 1 ? [["y".repeat(f.min - 1), "too_short"]] : []), ...(f.known ? [["?".repeat(f.max), "unknown"]] : []), ...odd.map((s) => [s, "pattern"]),
	];
}

function wrongText(f, create) {
	const [own, other] = languages, good = text(f, 1);
	return [
		...kindsBut("string", "object"), ...wrongLine(f),
		[{ [own]: good, xx: good }, "language", ".xx"], [{ [own]: 5 }, "type", `.${own}`], [{ [own]: good, [other]: ["x"] }, "type", `.${other}`],
		[{ [own]: "é".repeat(f.max + 1) }, "too_long", `.${own}`], [{ [own]: null }, "language"], ...(create ? [[{ [other]: good }, "language"], [{}, "language"]] : []),
	];
}

const wrongWhole = (f) => [
	...kindsBut("integer"), [1.5, "not_an_integer"], [1e30, "not_an_integer"], ["7", "type"], [f.min - 1, "too_small"],
	...(f.max ? [[f.max + 1, "too_large"]] : []),
];

const wrongDecimal = (f) => [
	...kindsBut("integer", "string"), ["cheap", "type"], ["1,5", "type"], ["", "type"], [`1.${"1".repeat(scaleOf(f) + 1)}`, "too_precise"],
	["9".repeat(30), "too_large"], [(f.min - 1) / 10 ** scaleOf(f), "too_small"], ...(f.max ? [[(f.max + 1) / 10 ** scaleOf(f), "too_large"]] : []),
];

const wrongMembers = (keys, key, item) => [
	...kindsBut("object"), [{ a: { b: 1 } }, "type", ".a"], [{ a: ["b"] }, "type", ".a"], [{ "": "x" }, "key_length", "."], [{ a: "é".repeat(item + 1) }, "too_long", ".a"],
	[{ ["k".repeat(key + 1)]: "x" }, "key_length", `.${"k".repeat(key + 1)}`],
	[Object.fromEntries(Array.from({ length: keys + 1 }, (_, i) => [`k${i}`, "x"])), "too_many"],
];

// One case for each way in which a member can go wrong, in an object that is right beside it.
function wrongObject(f) {
	const inside = shape(f.object), good = object(f, 1), cases = [];
	for (const one of settable(inside)) {
		const seen = new Set();
		for (const [bad, reason, where = ""] of [...wrongOf(one, true), ...(has(one, "required") ? [[null, "required"]] : [])]) {
			if (seen.has(reason) || (one.to && reason === "unknown"))
				continue;
			seen.add(reason);
			cases.push([{ ...good, [one.name]: bad }, reason, `.${one.name}${where}`]);
		}
		if (has(one, "required"))
			cases.push([{ ...good, [one.name]: undefined }, "required", `.${one.name}`]);
	}
	return [...kindsBut("object"), ...cases, [{ ...good, no_such_field: 1 }, "unknown_field", ".no_such_field"]];
}

const wrongObjects = (f) => [
	...kindsBut("array"), [[7], "type", "[0]"], [Array(f.max + 1).fill({}), "count"], ...(f.min ? [[[], "count"]] : []),
	...wrongObject(f).filter(([bad]) => typeof bad === "object" && !Array.isArray(bad)).map(([bad, reason, where = ""]) => [[bad, ...Array(Math.max((f.min ?? 0) - 1, 0)).fill(object(f, 2))], reason, `[0]${where}`]),
];

const wrongList = (f) => [
	...kindsBut("array"), [[7], "type", "[0]"], [["x", {}], f.to ? "not_an_id" : "type", f.to ? "[0]" : "[1]"], [[""], f.to ? "not_an_id" : "type", "[0]"], [["é".repeat(f.item_max + 1)], f.to ? "not_an_id" : "type", "[0]"],
	[Array(f.max + 1).fill("x"), "count"], ...(f.min ? [[Array(f.min - 1).fill("x"), "count"]] : []),
];

const WRONG = {
	boolean: () => [...kindsBut("boolean"), ["true", "type"]],
	integer: wrongWhole,
	amount: wrongWhole,
	decimal: wrongDecimal,
	price: wrongDecimal,
	string: (f) => [...kindsBut("string"), ...wrongLine(f)],
	text: wrongText,
	enum: (f) => [...kindsBut("string"), ["no such one", "not_a_choice"], ["", "not_a_choice"], [f.choices[0].name.toUpperCase(), "not_a_choice"]],
	time: () => [...kindsBut("string"), ["soon", "not_a_time"], ["2026-01-15", "not_a_time"], ["2026-02-30T10:00:00Z", "not_a_time"], ["", "not_a_time"]],
	id: (f, create) => [...kindsBut("string"), ["x", "not_an_id"], ["", "not_an_id"], [`zz${absent(of(f.to))}`, "not_an_id"], [absent(of(f.to)).toUpperCase(), "not_an_id"], ...(create || !has(f, "create_only") ? [[absent(of(f.to)), "unknown"]] : [])],
	prices: (f) => [
		...kindsBut("object"), [{ EUR: true }, "type", ".EUR"], [{ EUR: 1.555 }, "too_precise", ".EUR"], [{ EUR: -1 }, "too_small", ".EUR"], [{ EURO: 1 }, "unknown", ".EURO"], [{ usd: 1 }, "own_currency", ".usd"],
		[Object.fromEntries(Array.from({ length: f.max + 1 }, (_, i) => [`A${i}`, 1])), "too_many"],
	],
	map: (f) => wrongMembers(f.max, f.key_max, f.item_max),
	list: wrongList,
	object: wrongObject,
	objects: wrongObjects,
};

function wrongOf(f, create) {
	assert.ok(WRONG[f.type], `these tests must be taught what a wrong ${f.type} is`);
	return WRONG[f.type](f, create);
}

// Every way in which a body can go wrong at one name: [name, value, "path:reason"…].
export function wrong(r, create) {
	const all = [];
	const add = (name, cases) => cases.forEach(([bad, reason, where = ""]) => all.push([name, bad, `${name}${where}:${reason}`]));
	for (const f of settable(r)) {
		add(f.name, wrongOf(f, create));
		if (has(f, "required"))
			add(f.name, [[null, "required"]]);
	}
	for (const rel of r.relations ?? []) {
		const child = of(rel.to), first = rel.kind === "many" && settable(child).find((f) => has(f, "required"));
		const full = [Array(rel.max + 1).fill(rel.kind === "many" ? {} : "x"), "too_many"];
		add(rel.name, [...kindsBut("array"), [[7], "type", "[0]"], full, ...(rel.min && create ? [[[], "required"]] : [])]);
		add(rel.name, rel.kind === "many" ? [[null, "type"], ...(first ? [[[{}], "required", `[0].${first.name}`]] : [])] : [[["no-such-one"], "unknown", "[0]"]]);
	}
	if (r.prefix)
		add("metadata", wrongMembers(limits.metadata_keys, limits.metadata_key_max, limits.metadata_item_max));
	return all;
}

// ---- a shop

let made = 0;
export const next = () => ++made;

// A tenant with whatever one resource needs of another.
export class Shop {
	static async open() {
		return new Shop(await makeTenant());
	}

	constructor(tenant, client = tenant.live) {
		this.tenant = tenant;
		this.client = client;
		this.kept = new Map();
	}

	// One of three objects of a resource that stay, to be referred to.
	some(name, n = 0) {
		const key = `${name} ${n % 3}`;
		if (!this.kept.has(key))
			this.kept.set(key, this.make(of(name)));
		return this.kept.get(key);
	}

	// The path of a collection; a nested one is below a parent that stays, or a fresh one.
	async place(r, fresh = false) {
		if (!r.parent)
			return r.path;
		const owner = fresh ? await this.make(of(r.parent)) : await this.some(r.parent);
		return r.path.replace(/\{.*?\}/, owner.shown.id);
	}

	// One of three orders that were sent and paid, with a thousand of each line.
	sent(n = 0) {
		const key = `sent ${n % 3}`;
		if (!this.kept.has(key))
			this.kept.set(key, Promise.all([this.sold(), this.some("customer", n)]).then(([{ id }, { shown }]) =>
				shipped(this.client, Array(2).fill({ product_id: id, quantity: 1000 }), { more: { customer_id: shown.id } })));
		return this.kept.get(key);
	}

	// A path with its open segments filled: of the object at hand, of its owner, or of one that stays.
	async fill(pattern, one) {
		const names = [...pattern.matchAll(/\{(.*?)\}/g)].map((m) => m[1]);
		let path = pattern;
		for (const name of names) {
			const to = name.replace(/_id$/, "");
			const id = name === "id" ? one.shown.id : name === "package" ? 1 : one && one.r.parent === to ? one.place.split("/").at(-2) : (await this.some(to)).shown.id;
			path = path.replace(`{${name}}`, id);
		}
		return path;
	}

	async value(r, f, n) {
		if (f.type === "id" && !FIXTURES[`${r.name}.${f.name}`])
			return (await (has(f, "unique") ? this.make(of(f.to)) : this.some(f.to, n))).shown.id;
		if (f.to && !FIXTURES[`${r.name}.${f.name}`])
			return [(await this.some(f.to, n)).shown.id];
		if (!isObject(f) || FIXTURES[`${r.name}.${f.name}`])
			return value(r, f, n);
		const inside = shape(f.object), all = [];
		for (const one of [value(r, f, n)].flat()) {
			for (const ref of settable(inside).filter((member) => member.to || isObject(member)))
				one[ref.name] = await this.value(inside, ref, n);
			all.push(one);
		}
		return f.type === "object" ? all[0] : all;
	}

	// A body whose parts fit together.
	async whole(r, body, n) {
		await WHOLE[r.name]?.(this, body, n);
		return body;
	}

	// A product that can be sold without a stock.
	sold() {
		this.kept_sold ??= this.client.make("/products", { name: "Lamp", sku: "SOLD-ALWAYS", price: 5, status: "active" }).then((p) => {
			untracked(p.id);
			return p;
		});
		return this.kept_sold;
	}

	// What may be sent: the required fields, or all, with links, children and metadata.
	async body(r, { all = false, n = next() } = {}) {
		const body = {};
		for (const f of settable(r).filter((one) => all || has(one, "required") || isApart(r, one)))
			body[f.name] = await this.value(r, f, n);
		for (const rel of (r.relations ?? []).filter((one) => one.min && !all))
			body[rel.name] = await Promise.all(Array.from({ length: rel.min }, () => this.body(of(rel.to))));
		if (!all)
			return this.whole(r, body, n);
		for (const rel of r.relations ?? [])
			body[rel.name] = rel.kind === "link" ? [(await this.some(rel.to, n)).shown[rel.by]] : [await this.body(of(rel.to), { all }), await this.body(of(rel.to))];
		await this.whole(r, body, n);
		return !r.prefix ? body : { ...body, metadata: { origin: "derived", count: String(n) } };
	}

	// An object that an action fits.
	async ready(r, action) {
		const one = await this.make(r);
		await NEEDS[`${r.name}.${action.name}`]?.ready?.(this, one, action);
		const answer = status(await this.client.get(one.path), 200);
		return { ...one, shown: answer.body, etag: answer.headers.etag };
	}

	// What an action or operation takes; undefined: nothing.
	async input(key, does, one) {
		if (!does.input || ["GET", "DELETE"].includes(does.method))
			return undefined;
		return NEEDS[key]?.body ? NEEDS[key].body(this, one) : this.body(shape(does.input));
	}

	// Where an operation is asked for, with a query if its input stands there.
	async address(r, o) {
		const needs = NEEDS[o.name] ?? {};
		const path = needs.path ? await needs.path(this) : await this.fill(`/${o.path}`, o.path.includes("{id}") ? await this.make(r) : undefined);
		if (!o.input || !["GET", "DELETE"].includes(o.method))
			return path;
		const query = needs.query ? await needs.query(this) : new URLSearchParams(await this.body(shape(o.input))).toString();
		return query ? `${path}?${query}` : path;
	}

	// Makes one: where it is, what was sent, and what was shown.
	async make(r, { all, place, body, headers } = {}) {
		if (LEFT[r.name])
			return this.find(r, await LEFT[r.name](this));
		const at = place ?? (await this.place(r)), sent = body ?? (await this.body(r, { all }));
		const answer = status(await this.client.post(at, sent, headers), 201);
		const path = `${at}/${answer.body.id}`, owner = within(r) ? at.split("/").slice(0, -1).join("/") : path;
		declared(r, answer.body, true);
		return { r, place: at, path, owner, sent, shown: answer.body, answer, etag: answer.headers.etag };
	}

	// What another request left: where it is, and what is shown.
	async find(r, query) {
		const [{ id }] = objects(r, await this.client.read(`${r.path}?${query}`)), path = `${r.path}/${id}`;
		const answer = status(await this.client.get(path), 200);
		declared(r, answer.body);
		return { r, place: r.path, path, owner: path, sent: {}, shown: answer.body, answer, etag: answer.headers.etag };
	}

	// The same, with what a GET shows.
	async made(r, options) {
		const one = await this.make(r, options);
		return { ...one, shown: await this.read(r, one.path) };
	}

	// What a GET shows; no member of it may be undeclared.
	async read(r, path) {
		const body = await this.client.read(path);
		declared(r, body);
		return body;
	}

	// All that a list shows without paging, and more if the query asks for it.
	async list(r, place, query = "") {
		const page = await this.client.read(`${place}?limit=${limits.limit_max}${query}`);
		assert.equal(page.pagination.has_next, false, "the list of a test fits on a page");
		objects(r, page).forEach((one) => declared(r, one));
		return objects(r, page);
	}
}

// The objects of a page.
export const objects = (r, page) => page[r.list_name ?? "data"];

// Objects as their versions have them: without what changes by use alone.
export function versioned(r, objects) {
	const live = r.fields.filter((f) => has(f, "unversioned")).map((f) => f.name);
	return objects.map((one) => Object.fromEntries(Object.entries(one).filter(([name]) => !live.includes(name))));
}

// An object without what is worked out whenever it is shown.
export function still(r, object) {
	const live = r.fields.filter((f) => has(f, "live")).map((f) => f.name), many = r.relations.filter((rel) => rel.kind === "many").map((rel) => rel.name);
	const kept = Object.entries(object).filter(([name]) => !live.includes(name));
	return Object.fromEntries(kept.map(([name, shown]) => [name, many.includes(name) ? shown.map((child) => still(of(r.relations.find((rel) => rel.name === name).to), child)) : shown]));
}

// An object in a field has all members of its shape, and no others.
function shaped(s, one) {
	assert.deepEqual(Object.keys(one).filter((name) => !name.endsWith("_formatted")), visible(s).filter((f) => !f.scope || f.name in one).map((f) => f.name));
	for (const f of visible(s).filter((member) => isObject(member) && one[member.name]))
		[one[f.name]].flat().forEach((inner) => shaped(shape(f.object), inner));
}

// Every member of an answer is declared, and of the kind that is declared.
export function declared(r, object, once = false) {
	for (const [name, shown] of Object.entries(object)) {
		const f = r.fields.find((one) => one.name === name), rel = r.relations.find((one) => one.name === name);
		assert.ok(engine(r).includes(name) || r.kept_apart?.includes(name) || rel || f, `${r.name} shows ${name}, which is not declared`);
		if (rel?.kind === "many")
			shown.forEach((child) => declared(of(rel.to), child));
		if (!f)
			continue;
		if (isObject(f) && shown !== null)
			[shown].flat().forEach((one) => shaped(shape(f.object), one));
		assert.ok(!has(f, "internal") && (once || !has(f, "once")), `${r.name} shows ${name}`);
		if (shown !== null)
			assert.ok(f.schema_type === "number" || f.schema_type === "integer" ? typeof shown === "number" : f.schema_type === "array" ? Array.isArray(shown) : typeof shown === f.schema_type, `${name} is no ${f.schema_type}`);
	}
}

// ---- work at once

// Does it for each, at most so many at once, and gives the results in order.
export async function each(list, work, width = 6) {
	const out = [], rest = [...list.entries()];
	await Promise.all(Array.from({ length: width }, async () => {
		for (let one = rest.shift(); one; one = rest.shift())
			out[one[0]] = await work(one[1], one[0]);
	}));
	return out;
}

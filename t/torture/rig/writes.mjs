// Every write of the API, one by one: what must be there before, and the request. {name, status, prepare(client, token),
// request(token, made) → [method, path, body], traces: audit rows and events (1), or [audit rows, events]}. A token is new for each run.

const image = (token, name) => ({ url: `https://cdn.example.com/${token}-${name}.jpg`, alt: { en: "Front", es: "Frente" } });

const shelves = async (client, token) => {
	const made = [];
	for (const name of ["a", "b", "c"])
		made.push(await client.make("POST", "/categories", { name: `Shelf ${name}`, slug: `${token}-${name}` }));
	return made;
};

const product = (token, more = {}) => ({ name: "Kettle", sku: `SKU-${token}`, price: 12.5, status: "active", ...more });

const full = (token) => product(token, {
	name: { en: "Kettle", es: "Tetera" },
	description: "Boils water",
	cost: 7.25,
	brand: "Auricle",
	weight: 1.2,
	weight_unit: "kg",
	categories: [`${token}-a`, `${token}-b`],
	variants: [
		{ sku: `SKU-${token}-RED`, name: "Red", price: 13, attributes: { colour: "red" } },
		{ sku: `SKU-${token}-BLUE`, name: "Blue", attributes: { colour: "blue" } },
	],
	images: [image(token, "one"), image(token, "two")],
	metadata: { origin: "torture", batch: token },
});

const makePlain = (client, token) => client.make("POST", "/products", product(token));
const makeFull = async (client, token) => {
	await shelves(client, token);
	return client.make("POST", "/products", full(token));
};
const makeKey = (client) => client.make("POST", "/api-keys", { name: "Till", scopes: ["products:read"] });

// ---- selling

const address = { first_name: "Jane", last_name: "Doe", line1: "123 Main St", city: "New York", state: "NY", zip: "10001", country: "US" };
const customer = (token) => ({ email: `${token}@example.com`, first_name: "Jane", last_name: "Doe" });
const coupon = (token) => ({ code: token.toUpperCase(), type: "percentage", amount: 10, duration: "once" });
const order = (token, made) => ({ customer_id: made.customer, coupon_code: token.toUpperCase(), shipping_address: address, items: [{ product_id: made.id, quantity: 2 }] });

// A product of which there are nine, in a shop that has numbered an order before.
async function makeStocked(client, token) {
	const made = await makePlain(client, token), warehouse = await client.make("POST", "/warehouses", { name: token, code: token });
	await client.make("POST", `/inventory/${made.id}/adjust`, { quantity: 10, reason: "received", location: warehouse.id });
	await client.make("POST", "/orders", { items: [{ product_id: made.id, quantity: 1 }] });
	return { id: made.id, warehouse: warehouse.id };
}

async function makeBasket(client, token) {
	await client.make("POST", "/coupons", coupon(token));
	return { ...await makeStocked(client, token), customer: (await client.make("POST", "/customers", customer(token))).id };
}

const makeOrder = async (client, token) => client.make("POST", "/orders", order(token, await makeBasket(client, token)));

async function makeCart(client, token) {
	const made = await makeStocked(client, token);
	const cart = await client.make("POST", "/carts", { lines: [{ product_id: made.id, quantity: 2 }] });
	return { id: cart.id, product: made.id };
}

export const writes = [
	{
		name: "create a product",
		short: true,
		status: 201,
		request: (token) => ["POST", "/products", product(token)],
	},
	{
		name: "create a product with all it can have",
		status: 201,
		prepare: shelves,
		request: (token) => ["POST", "/products", full(token)],
	},
	{
		name: "create a product whose SKU is taken",
		status: 409,
		traces: 0,
		prepare: makePlain,
		request: (token) => ["POST", "/products", product(token)],
	},
	{
		name: "create a product in a category that is not there",
		status: 422,
		traces: 0,
		request: (token) => ["POST", "/products", product(token, { categories: [`${token}-none`] })],
	},
	{
		name: "update a product",
		short: true,
		status: 200,
		prepare: makePlain,
		request: (token, made) => ["PUT", `/products/${made.id}`, { price: 15, brand: "Auricle", metadata: { a: "1" } }],
	},
	{
		name: "update a product that stays as it is",
		status: 200,
		traces: 0,
		prepare: makePlain,
		request: (token, made) => ["PATCH", `/products/${made.id}`, { price: 12.5 }],
	},
	{
		name: "change a product's SKU, variants, images and categories",
		status: 200,
		prepare: makeFull,
		request: (token, made) => ["PATCH", `/products/${made.id}`, {
			sku: `SKU-${token}-NEW`,
			categories: [`${token}-c`, `${token}-a`],
			variants: [
				{ id: made.variants[0].id, sku: `SKU-${token}-BLUE` },
				{ id: made.variants[1].id, sku: `SKU-${token}-RED`, price: 14 },
				{ sku: `SKU-${token}-GREEN`, name: "Green" },
			],
			images: [{ id: made.images[0].id, _delete: true }, image(token, "three")],
			metadata: { batch: null, season: "winter" },
		}],
	},
	{
		name: "archive a product by its status",
		status: 200,
		prepare: makeFull,
		request: (token, made) => ["PUT", `/products/${made.id}`, { status: "archived" }],
	},
	{
		name: "bring a product back",
		status: 200,
		prepare: async (client, token) => {
			const made = await makeFull(client, token);
			await client.make("DELETE", `/products/${made.id}`);
			return made;
		},
		request: (token, made) => ["PATCH", `/products/${made.id}`, { status: "active" }],
	},
	{
		name: "delete a product",
		status: 204,
		prepare: makeFull,
		request: (token, made) => ["DELETE", `/products/${made.id}`],
	},
	{
		name: "add a variant",
		status: 201,
		prepare: makeFull,
		request: (token, made) => ["POST", `/products/${made.id}/variants`,
			{ sku: `SKU-${token}-GREEN`, name: "Green", attributes: { colour: "green" } }],
	},
	{
		name: "update a variant",
		status: 200,
		prepare: makeFull,
		request: (token, made) => ["PUT", `/products/${made.id}/variants/${made.variants[0].id}`,
			{ sku: `SKU-${token}-GREEN`, price: 20 }],
	},
	{
		name: "delete a variant",
		status: 204,
		prepare: makeFull,
		request: (token, made) => ["DELETE", `/products/${made.id}/variants/${made.variants[0].id}`],
	},
	{
		name: "add an image",
		status: 201,
		prepare: makeFull,
		request: (token, made) => ["POST", `/products/${made.id}/images`, image(token, "three")],
	},
	{
		name: "update an image",
		status: 200,
		prepare: makeFull,
		request: (token, made) => ["PATCH", `/products/${made.id}/images/${made.images[1].id}`, { alt: "Back", position: 0 }],
	},
	{
		name: "delete an image",
		status: 204,
		prepare: makeFull,
		request: (token, made) => ["DELETE", `/products/${made.id}/images/${made.images[1].id}`],
	},
	{
		name: "create a category",
		status: 201,
		prepare: shelves,
		request: (token, made) => ["POST", "/categories",
			{ name: { en: "Tea", es: "Té" }, slug: `${token}-tea`, parent_id: made[0].id, metadata: { floor: "2" } }],
	},
	{
		name: "rename a category that a product shows",
		status: 200,
		prepare: async (client, token) => {
			const made = await shelves(client, token);
			await client.make("POST", "/products", full(token));
			return made;
		},
		request: (token, made) => ["PATCH", `/categories/${made[0].id}`, { slug: `${token}-z`, parent_id: made[2].id }],
	},
	{
		name: "delete a category that a product shows",
		status: 204,
		prepare: async (client, token) => {
			const made = await shelves(client, token);
			await client.make("POST", "/products", full(token));
			return made;
		},
		request: (token, made) => ["DELETE", `/categories/${made[0].id}`],
	},
	{
		name: "delete a category that has others below it",
		status: 409,
		traces: 0,
		prepare: async (client, token) => {
			const made = await shelves(client, token);
			await client.make("PATCH", `/categories/${made[1].id}`, { parent_id: made[0].id });
			return made;
		},
		request: (token, made) => ["DELETE", `/categories/${made[0].id}`],
	},
	{
		name: "create a key",
		status: 201,
		request: () => ["POST", "/api-keys", { name: "Till", scopes: ["products:read", "categories:*"] }],
	},
	{
		name: "update a key",
		status: 200,
		prepare: makeKey,
		request: (token, made) => ["PATCH", `/api-keys/${made.id}`, { name: "Scanner", scopes: ["products:*"] }],
	},
	{
		name: "revoke a key",
		status: 200,
		prepare: makeKey,
		request: (token, made) => ["POST", `/api-keys/${made.id}/revoke`],
	},
	{
		name: "delete a key",
		status: 204,
		prepare: makeKey,
		request: (token, made) => ["DELETE", `/api-keys/${made.id}`],
	},
	{
		name: "create a customer",
		status: 201,
		request: (token) => ["POST", "/customers", customer(token)],
	},
	{
		name: "count what came in",
		status: 201,
		prepare: makeStocked,
		request: (token, made) => ["POST", `/inventory/${made.id}/adjust`, { quantity: 5, reason: "received", location: made.warehouse }],
	},
	{
		name: "create a coupon",
		status: 201,
		request: (token) => ["POST", "/coupons", coupon(token)],
	},
	{
		name: "order what is in stock, with a coupon",
		status: 201,
		prepare: makeBasket,
		request: (token, made) => ["POST", "/orders", order(token, made)],
	},
	{
		name: "order more than there is",
		status: 409,
		traces: 0,
		prepare: makeBasket,
		request: (token, made) => ["POST", "/orders", { ...order(token, made), items: [{ product_id: made.id, quantity: 99 }] }],
	},
	{
		name: "cancel an order, which gives back stock and coupon",
		status: 200,
		prepare: makeOrder,
		request: (token, made) => ["POST", `/orders/${made.id}/cancel`],
	},
	{
		name: "send an order, which takes from stock",
		status: 200,
		traces: [1, 2],
		prepare: async (client, token) => {
			const made = await makeOrder(client, token);
			await client.make("PATCH", `/orders/${made.id}/status`, { status: "processing" });
			return made;
		},
		request: (token, made) => ["PATCH", `/orders/${made.id}/status`, { status: "shipped" }],
	},
	{
		name: "put something into a cart",
		status: 201,
		prepare: makeCart,
		request: (token, made) => ["POST", `/carts/${made.id}/lines`, { product_id: made.product }],
	},
	{
		name: "check a cart out",
		status: 201,
		traces: [2, 2],
		prepare: makeCart,
		request: (token, made) => ["POST", `/carts/${made.id}/checkout`, { payment_method: "card" }],
	},
];

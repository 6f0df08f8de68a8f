// Requests of every kind in the proportions of a shop: mostly reads, some writes, some that are refused, some sent again. What
// each must be answered with goes along.
const BASE = 40;

export class Mix {
	constructor(client, chance) {
		this.client = client;
		this.chance = chance;
		this.ids = [];
	}

	async prepare() {
		for (const slug of ["tea", "coffee", "pots"])
			await this.client.make("POST", "/categories", { name: `All ${slug}`, slug });
		for (let i = 0; i < BASE; i++)
			this.ids.push((await this.client.make("POST", "/products", this.product(`BASE-${i}`))).id);
		const { headers } = await this.client.get(`/products/${this.ids[0]}`);
		this.etag = headers.etag;
		return this;
	}

	product(sku) {
		return {
			name: { en: `Kettle ${sku}`, es: `Tetera ${sku}` }, sku, price: 12.5, status: "active", brand: "Auricle", categories: ["tea"],
			variants: [{ sku: `${sku}-RED`, price: 13 }, { sku: `${sku}-BLUE` }],
			images: [{ url: `https://cdn.example.com/${sku}.jpg`, alt: "Front" }],
			metadata: { batch: sku },
		};
	}

	any() {
		return this.ids[1 + Math.floor(this.chance() * (BASE - 1))];
	}

	// One of the kinds below; the first product is left alone, so that its tag stays good.
	request(i) {
		const id = this.any(), { client } = this;
		const kinds = [
			() => [[200], client.get(`/products/${id}`)],
			() => [[200], client.get(`/products/${id}`, { "accept-language": "es", "x-currency": "EUR", "x-region": "DE", "x-timezone": "Europe/Berlin" })],
			() => [[304], client.get(`/products/${this.ids[0]}`, { "if-none-match": this.etag })],
			() => [[200], client.get("/products?limit=20")],
			() => [[200], client.get("/products?limit=20&include=variants,images&fields=name,price,variants,images")],
			() => [[200], client.get(`/products?filter[price][gte]=10&sort=-price&limit=${5 + i % 5}`)],
			() => [[200], client.get("/products?search=base-1&category=tea&limit=10")],
			() => [[200], client.get(`/products?metadata[batch]=BASE-${i % BASE}`)],
			() => [[200], client.get(`/products/${id}/variants`)],
			() => [[200], client.get("/categories?limit=10")],
			() => [[200], client.get("/api-keys?limit=5")],
			() => [[404], client.get("/products/prod_zzz")],
			() => [[400], client.get("/products?colour=red")],
			() => [[401], client.get("/products", { authorization: "Bearer live_nobody" })],
			() => [[201], client.send("POST", "/products", this.product(`MIX-${i >> 6}`), { "idempotency-key": `mix-${i >> 6}` })], /* three times each */
			() => [[200], client.send("POST", `/products/${id}/variants`, { sku: `MIX-${i}` }, { prefer: "dry-run" })],
			() => [[200], client.send("PATCH", `/products/${id}`, { price: (i % 1000) / 100, metadata: { note: `${i % 7}` } })],
			() => [[422], client.send("POST", "/products", { name: " ", price: -1, colour: "red" })],
			() => [[409], client.send("POST", "/products", this.product("BASE-1"))],
			() => [[400], client.send("POST", "/products", "{")],
		];
		return kinds[i % kinds.length]();
	}

	// {wanted: statuses, answer}.
	async send(i) {
		const [wanted, answering] = this.request(i);
		return { wanted, answer: await answering };
	}
}

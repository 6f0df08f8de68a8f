// The label on paper: its barcode is read back by a program that knows nothing of us, its texts in whatever script.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { address, openShop, order } from "./orders.mjs";
import { makeTenant, number, refused, rows, status } from "./souk.mjs";

const has = (program) => !spawnSync(program, ["-h"]).error;
const skip = ["pdftoppm", "pdftotext", "zbarimg"].every(has) || process.env.CI === "true" ? false : "poppler-utils or zbar-tools is not installed";
const dir = mkdtempSync(join(tmpdir(), "souk-label-"));
after(() => rmSync(dir, { recursive: true }));

// What barcodes and texts there are on each page, as a printer of labels would show it (203 dots an inch).
let made = 0;
function read(pdf) {
	const at = join(dir, `label-${++made}`);
	writeFileSync(`${at}.pdf`, pdf);
	assert.equal(spawnSync("pdftoppm", ["-r", "203", "-gray", `${at}.pdf`, at]).status, 0);
	return readdirSync(dir).filter((name) => name.startsWith(`label-${made}-`) && name.endsWith(".pgm")).sort().map((name, i) => ({
		codes: spawnSync("zbarimg", ["-q", join(dir, name)], { encoding: "utf8" }).stdout.trim().split("\n"),
		text: spawnSync("pdftotext", ["-f", `${i + 1}`, "-l", `${i + 1}`, `${at}.pdf`, "-"], { encoding: "utf8" }).stdout,
		size: readFileSync(join(dir, name)).toString("latin1").split("\n").slice(1, 2)[0],
	}));
}

describe("labels", { skip, concurrency: 4 }, () => {
	let client, lamp;

	before(async () => {
		({ client, lamp } = await openShop({ mode: "sandbox" }));
	});

	const take = (more = {}) => order(client, [{ product_id: lamp.id, quantity: 1 }], { shipping_address: address, ...more });
	const send = async (more = {}) => status(await client.post("/shipments", { order_id: (await take()).id, carrier: "fedex", service: "ground", ...more }), 201).body;
	const bytes = async (s, path = "label") => {
		const { headers, bytes: body } = status(await client.get(`/shipments/${s.id}/${path}`), 200);
		return { type: headers["content-type"], file: headers["content-disposition"], body };
	};

	test("each package has a page, with the number as bars and as text", async () => {
		const box = { weight: 2.5, weight_unit: "lb", length: 12, width: 8, height: 6, dimension_unit: "in" };
		const s = await send({ packages: [box, { weight: 1, weight_unit: "kg" }], insurance_value: 500, signature_required: true, ship_from: { company: "Auricle Logistics", line1: "40 Dock Street", city: "Newark", state: "NJ", zip: "07114", country: "US" } });
		const { type, file, body } = await bytes(s), pages = read(body);
		assert.equal(type, "application/pdf");
		assert.equal(file, `inline; filename="label-${s.id}.pdf"`);
		assert.equal(pages.length, 2);
		for (const page of pages) {
			assert.deepEqual(page.codes, [`CODE-128:00${s.tracking_number}`]);
			assert.equal(page.size, "812 1218", "4 by 6 inches");
			const flat = page.text.replace(/\s+/g, " ");
			for (const part of ["Auricle Logistics", "40 Dock Street", "Newark, NJ 07114", "Jane Doe", "123 Main St", "New York, NY 10001", "FEDEX", "GROUND", "SIGNATURE REQUIRED", "INSURED 500.00 USD", s.id, "Order "])
				assert.ok(flat.includes(part), `${part} in ${flat}`);
			assert.ok(flat.replaceAll(" ", "").includes(s.tracking_number));
		}
		assert.ok(pages[0].text.includes("2.5 lb · 12 × 8 × 6 in") && pages[1].text.includes("1 kg"));
		assert.ok(pages[0].text.replaceAll(" ", "").includes("1/2") && pages[1].text.replaceAll(" ", "").includes("2/2"));
		assert.deepEqual((await bytes(s, "labels/2")).body.length, body.length);
	});

	test("whoever has a label is told so, and may ask about it without it", async () => {
		const s = await send();
		for (const path of [`/shipments/${s.id}/label`, `/shipments/${s.id}/labels/1`]) {
			const { headers } = status(await client.get(path), 200), held = { "if-none-match": headers.etag };
			assert.ok(headers.etag, path);
			status(await client.get(path, held), 304);
			assert.equal(status(await client.send("HEAD", path), 200).headers["content-length"], headers["content-length"]);
			status(await client.send("HEAD", path, { headers: held }), 304);
		}
	});

	test("addresses are written in their own script", async () => {
		for (const [line1, city, country] of [["東京都千代田区千代田1-1", "東京", "JP"], ["ул. Тверская, 7", "Москва", "RU"], ["Ερμού 15", "Αθήνα", "GR"], ["서울특별시 중구 세종대로 110", "서울", "KR"], ["ถนนสุขุมวิท", "กรุงเทพ", "TH"], ["मुंबई सेंट्रल", "मुंबई", "IN"], ["Žižkov Łódź Ångström", "Plzeň", "CZ"]]) {
			const s = await send({ carrier: "dhl", service: "express", ship_to: { first_name: "X", line1, city, country } });
			const [page] = read((await bytes(s)).body), flat = page.text.normalize("NFC").replace(/\s+/g, "");
			assert.deepEqual(page.codes, [`CODE-128:00${s.tracking_number}`]);
			// Of scripts whose signs are joined, pdftotext gives the letters in another order.
			if (!["TH", "IN"].includes(country))
				assert.ok(flat.includes(line1.normalize("NFC").replace(/\s+/g, "")), `${line1} in ${page.text}`);
		}
	});

	test("whatever stands in an address, it is text", async () => {
		for (const line1 of ["<b>&amp;</b> %s \\ \"quoted\"", "\u202Eright to left\u202C", "a\tb", "👍🏽 house", "x".repeat(128)]) {
			const s = await send({ ship_to: { ...address, line1 } });
			assert.deepEqual(read((await bytes(s)).body)[0].codes, [`CODE-128:00${s.tracking_number}`]);
		}
	});

	test("numbers of the sandbox have a check digit", async () => {
		for (let i = 0; i < 20; i++) {
			const { tracking_number: n } = await send();
			const sum = [...n].reverse().reduce((s, digit, at) => s + Number(digit) * (at % 2 ? 3 : 1), 0);
			assert.deepEqual([n.length, sum % 10], [18, 0], n);
		}
	});

	test("what a carrier sent is served as it came", async () => {
		const s = await send(), pixel = "89504e470d0a1a0a";
		rows(`INSERT INTO shipment_labels (tenant_id, shipment_id, package, created_at, content_type, bytes)
			SELECT tenant_id, id, 1, created_at, 'image/png', X'${pixel}' FROM shipments WHERE id = ${number(s.id)}`);
		const { type, file, body } = await bytes(s);
		assert.deepEqual([type, file, body.toString("hex")], ["image/png", `inline; filename="label-${s.id}.png"`, pixel]);
	});

	test("there is no label of what has none", async () => {
		const voided = await send(), other = await makeTenant();
		status(await client.post(`/shipments/${voided.id}/void`), 200);
		const manual = status(await client.post("/shipments", { order_id: (await take()).id, carrier: "manual" }), 201).body;
		for (const s of [voided, manual, { id: "shp_zzz" }])
			refused(await client.get(`/shipments/${s.id}/label`), 404);
		const s = await send();
		for (const path of ["labels/0", "labels/x", "labels/2", "labels/51"])
			refused(await client.get(`/shipments/${s.id}/${path}`), 404);
		refused(await other.live.get(`/shipments/${s.id}/label`), 404);
	});

	test("souk-label takes nothing else", () => {
		const program = join(dirname(process.env.SOUK_CTL), "souk-label");
		const run = (input) => spawnSync(program, { input });
		const whole = { number: "1Z999AA10123456784", to: ["Jane Doe"], packages: ["1 kg"] };
		assert.deepEqual(read(run(JSON.stringify(whole)).stdout)[0].codes, ["CODE-128:1Z999AA10123456784"]);
		for (const input of ["", "{", "[]", "null", JSON.stringify({ ...whole, number: "" }), JSON.stringify({ ...whole, to: [] }), JSON.stringify({ ...whole, packages: [] }), "x".repeat(300000)])
			assert.deepEqual([run(input).status, run(input).stdout.length], [65, 0], input.slice(0, 40));
		assert.equal(run(JSON.stringify({ ...whole, sscc: true })).status, 0, "a number that is no container code is drawn otherwise");
		assert.equal(run(JSON.stringify({ ...whole, number: "9".repeat(60) })).status, 0);
	});
});

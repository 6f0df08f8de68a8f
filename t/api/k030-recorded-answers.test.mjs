// What carriers really answered, recorded by others (shared/contract/shipping), is read to the right rates, labels and refusals.
// The recordings are unpacked here and kept nowhere. FedEx and DHL have none in their current form.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";

const { SOUK_SHARED: shared, SOUK_CTL, CI } = process.env;
const skip = shared || CI === "true" ? false : "SOUK_SHARED is not set";
const proof = join(dirname(SOUK_CTL), "carrier-proof");
const unpacked = mkdtempSync(join(tmpdir(), "souk-recorded-"));

after(() => rmSync(unpacked, { recursive: true }));
if (shared)
	execFileSync("tar", ["-xJf", join(shared, "contract/shipping/friendly_shipping.tar.xz"), "-C", unpacked]);

function read(kind, verb, status, file, last) {
	const args = [kind, verb, String(status), ...(last ? [join(unpacked, last)] : [])];
	return JSON.parse(execFileSync(proof, args, { input: typeof file === "string" ? readFileSync(join(unpacked, file)) : file, encoding: "utf8" }));
}

const rates = (answer) => Object.fromEntries(answer.rates.map((r) => [r.service, `${r.currency} ${r.minor} ${r.list} ${r.days}`]));

test("UPS: what the account pays, beside the list price, and business days", { skip }, () => {
	assert.deepEqual(rates(read("ups", "rates", 200, "ups_json/rates_with_negotiated_charges.json")), {
		next_day: "USD 4135 11707 1",
		"2day": "USD 2427 5455 2",
		ground: "USD 1462 2378 0",
		"3day": "USD 2197 4352 3",
		next_day_air_early: "USD 15202 15202 1",
	});
});

test("UPS: two packages with modifiers, without prices of an account", { skip }, () => {
	assert.deepEqual(rates(read("ups", "rates", 200, "ups_json/rates_with_rate_modifiers.json")), {
		next_day_air_saver: "USD 16874 16874 1",
		next_day: "USD 18620 18620 1",
		"3day": "USD 8204 8204 3",
		ground: "USD 5724 5724 0",
		next_day_air_early: "USD 25580 25580 1",
		"2day": "USD 9482 9482 2",
	});
});

test("UPS: to Canada, services that have no name of ours", { skip }, () => {
	assert.deepEqual(rates(read("ups", "rates", 200, "ups_json/ups_rates_canadian.json")), {
		worldwide_express: "USD 8501 22529 1",
		worldwide_expedited: "USD 7673 20886 0",
		standard: "USD 3003 5010 0",
		worldwide_express_plus: "USD 13251 27279 0",
		worldwide_saver: "USD 8181 21879 0",
	});
});

test("UPS: labels of one package and of two", { skip }, () => {
	const two = read("ups", "label", 200, "ups_json/labels_two_packages.json");
	assert.equal(two.outcome, "done");
	assert.equal(two.minor, 5699);
	assert.deepEqual(two.parcels, Array(2).fill({ tracking: "1ZXXXXXXXXXXXXXXXX", type: "application/zpl", bytes: 12 }));
	const negotiated = read("ups", "label", 200, "ups_json/labels_with_negotiated_rates.json");
	assert.equal(negotiated.minor, 1436);
	assert.equal(negotiated.parcels.length, 1);
});

test("UPS: an answer of another kind is none", { skip }, () => {
	assert.equal(read("ups", "rates", 200, "ups_json/city_state_lookup.json").outcome, "unreachable");
	assert.equal(read("ups", "label", 200, "ups_json/city_state_lookup.json").outcome, "unknown");
	assert.equal(read("ups", "label", 200, "ups_json/rates_with_rate_modifiers.json").outcome, "unknown");
});

test("USPS: a base rate with its fees, and days by the standards of its weight", { skip }, () => {
	const one = read("usps", "rates", 200, "usps_ship/rate_estimates/success.json", "usps_ship/timings/success.json");
	assert.deepEqual(rates(one), { first_class: "USD 12625 12625 3" });
	assert.equal(one.rates[0].delivery, Date.parse("2024-04-04T18:00:00Z"));
	const undated = read("usps", "rates", 200, "usps_ship/rate_estimates/success.json", "usps_ship/timings/invalid_dest_zip.json");
	assert.equal(undated.rates[0].days, 0);
	assert.equal(undated.rates[0].delivery, 0);
});

test("USPS: refusals keep their code and their words", { skip }, () => {
	const zip = read("usps", "rates", 400, "usps_ship/city_state/invalid_zip.json");
	assert.deepEqual([zip.outcome, zip.code, zip.message], ["refused", "400", "Invalid Zip Code."]);
	const missing = read("usps", "rates", 400, "usps_ship/rate_estimates/missing_dest_zip.json");
	assert.equal(missing.outcome, "refused");
	assert.match(missing.message, /destinationZIPCode/);
	assert.equal(read("usps", "rates", 200, "usps_ship/city_state/success.json").outcome, "unreachable");
});

test("every recorded answer, cut off anywhere, is no answer", { skip }, () => {
	const file = readFileSync(join(unpacked, "ups_json/rates_with_negotiated_charges.json"));
	for (const at of [0, 1, 100, 5000, file.length - 3])
		assert.equal(read("ups", "rates", 200, file.subarray(0, at)).outcome, "unreachable", `${at}`);
});

// Carriers of a shop that stand-ins play (t/fakes/ups.mjs …). Each has numbers of its own, by which a test finds its requests.
import { randomBytes } from "node:crypto";
import { status } from "./souk.mjs";

const hex = (bytes) => randomBytes(bytes).toString("hex");

export const secrets = (more = {}) => ({ client_id: `id${hex(6)}`, client_secret: `secret${hex(12)}`, ...more });

// What a carrier of that kind takes, and how tests find its requests: by the account, and those for tokens by `token`.
export function carrier(kind, more = {}) {
	const account_number = kind === "ups" ? hex(3).toUpperCase() : String(100000000 + (randomBytes(4).readUInt32BE() % 800000000));
	const credentials = {
		ups: () => secrets(),
		fedex: () => secrets(),
		usps: () => secrets({ crid: "56982563", mid: "904128936" }),
		dhl: () => ({ ...secrets(), username: `user${hex(4)}`, password: `word${hex(8)}`, pickup: account_number, distribution_center: "USDFW1" }),
	}[kind]();
	return { name: kind.toUpperCase(), code: kind, kind, account_number, credentials, ...more };
}

export async function addCarrier(client, kind, more) {
	const sent = carrier(kind, more);
	return { ...sent, ...status(await client.post("/shipping/carriers", sent), 201).body, credentials: sent.credentials };
}

// The printed question.
export const question = (more = {}) => ({
	origin: { zip: "10001", country: "US" },
	destination: { zip: "90210", country: "US" },
	packages: [{ weight: 2.5, length: 12, width: 8, height: 6, weight_unit: "lb", dimension_unit: "in" }],
	...more,
});

// { "ups:ground": 10, … }
export const prices = (answer) => Object.fromEntries(answer.data.map((offer) => [`${offer.carrier}:${offer.service}`, offer.cost]));
export const warned = (answer) => Object.fromEntries(answer.warnings.map((warning) => [warning.carrier, warning.code]));

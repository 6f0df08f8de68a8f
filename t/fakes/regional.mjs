// A regional carrier with a service of its own, asked by signed requests (CONVENTIONS.md, Callback carriers). It knows one secret.
import { createHmac, timingSafeEqual } from "node:crypto";

export const SECRET = "regional-carrier-secret";
export const fresh = () => ({ refused: 0 });

function isSigned({ headers, body }) {
	const wanted = createHmac("sha256", SECRET).update(`${headers["x-souk-timestamp"]}.${body}`).digest("hex");
	const given = String(headers["x-souk-signature"] ?? "");
	return given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted)) &&
		Math.abs(Date.now() / 1000 - Number(headers["x-souk-timestamp"])) < 300;
}

const answers = {
	rates: ({ packages, currency }) => ({
		rates: [
			{ service: "bike", name: "By bike", amount: 500 + Math.ceil(packages.reduce((sum, p) => sum + p.weight_kg, 0)) * 100, currency, estimated_days: 1 },
			{ service: "tram", amount: 250, currency: "EUR" },
		],
	}),
	track: () => ({ events: [{ at: "2026-01-15T10:30:00Z", status: "in_transit", text: "Left the depot", city: "Basel" }] }),
	label: ({ reference }) => ({ tracking_number: `REG${reference.replace("_", "")}`, shipment: reference, amount: 750, currency: "USD" }),
	void: () => ({}),
	check: () => ({}),
};

export function handle(request, state) {
	if (request.method !== "POST" || !isSigned(request)) {
		state.refused++;
		return { status: 401, body: { error: { code: "signature", message: "the signature does not hold" } } };
	}
	const question = request.json();
	return { status: 200, body: answers[question.question](question) };
}

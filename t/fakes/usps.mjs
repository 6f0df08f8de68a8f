// USPS (apis.usps.com): OAuth, Payments v3, Shipping Options v3, Service Standards v3, Labels v3, Tracking v3, in the shapes of its
// examples (github.com/USPS/api-examples) and of recorded answers. A client_id that begins with "bad" is unknown; labels need the
// payment authorization, and one idempotency key gives one label.
import { randomBytes, randomInt } from "node:crypto";

export const fresh = () => ({ tokens: {}, payments: {}, labels: {}, keys: {}, given: 0 });

const refuse = (status, message) => ({ status, body: { apiVersion: "/v3", error: { code: String(status), message, errors: [] } } });
const pdf = Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n").toString("base64");

function token(request, state) {
	const form = request.form();
	if (form.get("grant_type") !== "client_credentials" || !form.get("client_secret") || (form.get("client_id") ?? "bad").startsWith("bad"))
		return { status: 401, body: { error: "invalid_client", error_description: "The application id could not be found" } };
	const access_token = randomBytes(200).toString("base64url");
	state.tokens[access_token] = form.get("client_id");
	state.given++;
	return { body: { access_token, token_type: "Bearer", issued_at: Date.now(), expires_in: 28799, status: "approved", scope: "prices labels tracking", issuer: "api.usps.com", client_id: form.get("client_id") } };
}

function payment(request, state) {
	const { roles } = request.json();
	if (!["PAYER", "LABEL_OWNER"].every((name) => roles?.some((role) => role.roleName === name && role.CRID && role.MID && role.accountNumber)))
		return refuse(400, "roles of payer and label owner are required");
	const paymentAuthorizationToken = randomBytes(60).toString("base64url");
	state.payments[paymentAuthorizationToken] = true;
	return { body: { paymentAuthorizationToken, roles } };
}

const isZip = (zip) => /^\d{5}$/.test(zip ?? "");

function option(mailClass, rateIndicator, price, description, days, extras) {
	const services = (extras ?? []).map((code) => ({ extraService: String(code), name: code === 921 ? "Signature Confirmation" : "Insurance", price: code === 921 ? 3.45 : 7.25 }));
	const totalBasePrice = Math.round(price * 100) / 100;
	return { commitment: { name: `${days} Days`, scheduleDeliveryDate: `2026-04-0${days}`, guaranteedDelivery: false }, totalPrice: Math.round((totalBasePrice + services.reduce((sum, s) => sum + s.price, 0)) * 100) / 100, totalBasePrice,
		rates: [{ description, priceType: "COMMERCIAL", price: totalBasePrice, weight: 1, dimWeight: 0, fees: [], startDate: "2026-01-18", endDate: "", mailClass, zone: "08", productName: description, rateIndicator, processingCategory: "MACHINABLE", destinationEntryFacilityType: "NONE", SKU: "DPXX0XXXXC01005" }], extraServices: services };
}

function options(request) {
	const body = request.json(), p = body.packageDescription;
	if (!isZip(body.originZIPCode) || !isZip(body.destinationZIPCode))
		return refuse(400, "OASValidation: [Path '/destinationZIPCode'] Instance type (null) does not match any allowed primitive type");
	if (!(p?.weight > 0) || typeof p.weight !== "number" || !p.mailClass || !p.mailingDate || !body.pricingOptions?.[0]?.priceType)
		return refuse(400, "OASValidation: [Path '/packageDescription'] is not whole");
	if (body.destinationZIPCode === "00000")
		return refuse(400, "Invalid Zip Code.");
	const all = [["PRIORITY_MAIL", [option("PRIORITY_MAIL", "SP", 8 + p.weight, "Priority Mail", 3, p.extraServices), option("PRIORITY_MAIL", "FB", 3.01, "Priority Mail Medium Flat Rate Box", 3, p.extraServices)]],
		["PRIORITY_MAIL_EXPRESS", [option("PRIORITY_MAIL_EXPRESS", "PA", 30 + 2 * p.weight, "Priority Mail Express", 1, p.extraServices)]],
		["USPS_GROUND_ADVANTAGE", [{ ...option("USPS_GROUND_ADVANTAGE", "SP", 5 + p.weight / 2, "USPS Ground Advantage", 5, p.extraServices), commitment: undefined }]]];
	return { body: { originZIPCode: body.originZIPCode, destinationZIPCode: body.destinationZIPCode, pricingOptions: [{ priceType: body.pricingOptions[0].priceType, shippingOptions: all.map(([mailClass, rateOptions]) => ({ mailClass, rateOptions })) }] } };
}

function standards(request) {
	const q = request.query;
	if (!isZip(q.get("originZIPCode")) || !isZip(q.get("destinationZIPCode")) || !q.get("acceptanceDate"))
		return refuse(400, "originZIPCode, destinationZIPCode and acceptanceDate are required");
	return { body: ["WEIGHT_LESS_THAN_1_POUND", "WEIGHT_GREATER_THAN_OR_EQUAL_TO_1_POUND"].map((notes, i) => ({ mailClass: "USPS_GROUND_ADVANTAGE", notes, destinationType: "STREET", acceptanceDateTime: "2026-03-30T08:00:00", serviceStandard: String(4 + i), serviceStandardMessage: `${4 + i} Days`, delivery: { scheduledDeliveryDateTime: `2026-04-0${4 + i}T18:00:00`, guaranteedDelivery: false } })) };
}

function label(request, state) {
	const body = request.json(), p = body.packageDescription, key = request.headers["x-idempotency-key"];
	if (!state.payments[request.headers["x-payment-authorization-token"]])
		return refuse(401, "The payment authorization token is not valid.");
	if (!isZip(body.toAddress?.ZIPCode) || !body.toAddress.streetAddress || !body.fromAddress?.streetAddress || !p?.mailClass || !p.rateIndicator || !p.processingCategory || !(p.weight > 0) || !body.imageInfo)
		return refuse(400, "OASValidation: the label's request is not whole");
	if (key !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(key))
		return refuse(400, "X-Idempotency-Key must be a UUID");
	const trackingNumber = state.keys[key] ?? `9205590${Array.from({ length: 15 }, () => randomInt(10)).join("")}`;
	if (key)
		state.keys[key] = trackingNumber;
	state.labels[trackingNumber] = { mailClass: p.mailClass, reference: p.customerReference?.[0]?.referenceNumber };
	const meta = { labelAddress: body.toAddress, routingInformation: "420902101234", trackingNumber, postage: 7.64, extraServices: (p.extraServices ?? []).map((extraService) => ({ name: String(extraService), price: 3.45 })), zone: "08", commitment: { name: "3 Days", scheduleDeliveryDate: "2026-04-03" }, weightUOM: "LB", weight: p.weight, fees: [], SKU: "DPXX0XXXXC01005" };
	if (request.headers.accept?.includes("vnd.usps.labels+json"))
		return { status: 200, body: { ...meta, labelImage: pdf } };
	return { status: 200, headers: { "content-type": "multipart/form-data; boundary=726UYU" }, body: `--726UYU\r\nContent-type: application/json\r\n\r\n${JSON.stringify(meta)}\r\n--726UYU\r\nContent-Type: application/pdf\r\n\r\n${pdf}\r\n--726UYU--\r\n` };
}

function track(number, state) {
	if (!state.labels[number])
		return refuse(404, "The tracking number is not in our records.");
	const event = (eventType, eventCode, GMTTimestamp, eventCity) => ({ eventType, eventTimestamp: GMTTimestamp, GMTTimestamp, GMTOffset: "-7:00", eventCountry: "", eventCity, eventState: "CA", eventZIP: "90210", firm: "", name: "", authorizedAgent: false, eventCode });
	return { body: { trackingNumber: number, mailClass: state.labels[number].mailClass, statusCategory: "Out for Delivery", status: "Out for Delivery", trackingEvents: [
		event("Out for Delivery", "OF", "2026-04-03T14:10:00Z", "BEVERLY HILLS"), event("Arrived at USPS Regional Facility", "10", "2026-04-02T09:00:00Z", "LOS ANGELES"), event("Shipping Label Created, USPS Awaiting Item", "GX", "2026-03-31T20:00:00Z", "NEW YORK")] } };
}

export function handle(request, state) {
	if (request.method === "POST" && request.path === "/oauth2/v3/token")
		return token(request, state);
	if (!state.tokens[(request.headers.authorization ?? "").replace("Bearer ", "")])
		return refuse(401, "Unauthorized");
	const [, number] = /^\/(?:labels\/v3\/label|tracking\/v3\/tracking)\/([^/]+)$/.exec(request.path) ?? [];
	switch (`${request.method} ${number ? request.path.slice(0, -number.length) : request.path}`) {
	case "POST /payments/v3/payment-authorization": return payment(request, state);
	case "POST /shipments/v3/options/search": return options(request);
	case "GET /service-standards/v3/estimates": return standards(request);
	case "POST /labels/v3/label": return label(request, state);
	case "GET /tracking/v3/tracking/": return track(number, state);
	case "DELETE /labels/v3/label/":
		if (!state.labels[number])
			return refuse(404, "The label is not in our records.");
		delete state.labels[number];
		return { body: { trackingNumber: number, status: "CANCELED" } };
	default: return undefined;
	}
}

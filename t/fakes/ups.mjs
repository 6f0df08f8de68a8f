// UPS: OAuth, Rating v2409, Shipping v2409, Void, Track v1, in the shapes of its OpenAPI documents (github.com/UPS-API/
// api-documentation: OAuthClientCredentials.yaml, Rating.yaml, Shipping.yaml, Tracking.yaml) and of recorded answers. A client_id
// that begins with "bad" is unknown; one token is good until POST /_control or { "expire": true } of /_expire takes it away.
import { randomBytes } from "node:crypto";

export const fresh = () => ({ tokens: {}, shipments: {}, given: 0 });

const refuse = (status, code, message) => ({ status, body: { response: { errors: [{ code, message }] } } });
const money = (amount) => ({ CurrencyCode: "USD", MonetaryValue: amount.toFixed(2) });
const gif = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

function token(request, state) {
	const [id, secret] = Buffer.from((request.headers.authorization ?? "").replace("Basic ", ""), "base64").toString().split(":");
	if (request.form().get("grant_type") !== "client_credentials" || !id || !secret || id.startsWith("bad"))
		return refuse(401, "10401", "ClientId is Invalid");
	const access_token = randomBytes(24).toString("base64url");
	state.tokens[access_token] = id;
	state.given++;
	return { body: { token_type: "Bearer", issued_at: String(Date.now()), client_id: id, access_token, expires_in: "14399", status: "approved" } };
}

// The members that the documents require.
function missing(shipment, packaging) {
	for (const path of ["Shipper.Address.CountryCode", "ShipTo.Address.CountryCode", "ShipTo.Address.PostalCode", "ShipFrom.Address.CountryCode", "Package"])
		if (path.split(".").reduce((at, name) => at?.[name], shipment) === undefined)
			return path;
	for (const one of shipment.Package)
		if (!one[packaging]?.Code || !one.PackageWeight?.UnitOfMeasurement?.Code || !(Number(one.PackageWeight.Weight) > 0) || typeof one.PackageWeight.Weight !== "string")
			return "Package.PackageWeight";
	return undefined;
}

const pounds = (shipment) => shipment.Package.reduce((sum, one) => sum + Number(one.PackageWeight.Weight) * (one.PackageWeight.UnitOfMeasurement.Code === "KGS" ? 2.2 : 1), 0);
const extra = (shipment) => shipment.Package.reduce((sum, { PackageServiceOptions: o }) => sum + (o?.DeclaredValue ? Number(o.DeclaredValue.MonetaryValue) / 100 : 0) + (o?.DeliveryConfirmation ? 6 : 0), 0);

function rate(shipment, code, each, days) {
	const list = Math.round((each * pounds(shipment) + 10 + extra(shipment)) * 100) / 100;
	return {
		Service: { Code: code, Description: "" }, RatedShipmentAlert: [], BillingWeight: { UnitOfMeasurement: { Code: "LBS" }, Weight: pounds(shipment).toFixed(1) },
		TransportationCharges: money(list), TotalCharges: money(list),
		...(shipment.ShipmentRatingOptions?.NegotiatedRatesIndicator ? { NegotiatedRateCharges: { TotalCharge: money(list * 0.8) } } : {}),
		...(days < 4 ? { GuaranteedDelivery: { BusinessDaysInTransit: String(days) } } : {}),
		TimeInTransit: { ServiceSummary: { Service: { Description: "UPS" }, EstimatedArrival: { Arrival: { Date: "20260403", Time: "233000" }, BusinessDaysInTransit: String(days) } } },
	};
}

function shop(request) {
	const shipment = request.json().RateRequest?.Shipment;
	const lacks = shipment && missing(shipment, "PackagingType");
	if (!shipment || lacks)
		return refuse(400, "110003", `Missing or invalid ${lacks ?? "RateRequest"}`);
	if (shipment.ShipTo.Address.PostalCode === "00000")
		return refuse(400, "111286", "00000 is not a valid postal code for the specified shipment.");
	return { body: { RateResponse: { Response: { ResponseStatus: { Code: "1", Description: "Success" } }, RatedShipment: [rate(shipment, "03", 1, 4), rate(shipment, "12", 2, 3), rate(shipment, "02", 4, 2), rate(shipment, "01", 8, 1), rate(shipment, "13", 7, 1)] } } };
}

function ship(request, state) {
	const { Shipment: shipment, LabelSpecification: label } = request.json().ShipmentRequest ?? {};
	const lacks = shipment && missing(shipment, "Packaging");
	if (!shipment || lacks || !label?.LabelImageFormat?.Code || !shipment.Service?.Code || !shipment.Shipper.ShipperNumber || !shipment.PaymentInformation)
		return refuse(400, "120100", `Missing or invalid ${lacks ?? "shipper number"}`);
	const numbers = shipment.Package.map(() => `1Z${randomBytes(8).toString("hex").toUpperCase()}`);
	const price = rate(shipment, shipment.Service.Code, 1, 4);
	state.shipments[numbers[0]] = { numbers, reference: shipment.ReferenceNumber?.Value };
	const results = numbers.map((TrackingNumber) => ({ TrackingNumber, ShippingLabel: { ImageFormat: { Code: "GIF", Description: "GIF" }, GraphicImage: gif } }));
	return { body: { ShipmentResponse: { Response: { ResponseStatus: { Code: "1", Description: "Success" } }, ShipmentResults: {
		ShipmentCharges: { TotalCharges: price.TotalCharges }, NegotiatedRateCharges: { TotalCharge: price.NegotiatedRateCharges?.TotalCharge ?? price.TotalCharges },
		ShipmentIdentificationNumber: numbers[0], PackageResults: results.length === 1 ? results[0] : results } } } };
}

function recover(request, state) {
	const value = request.json().LabelRecoveryRequest?.ReferenceValues?.ReferenceNumber?.Value;
	const found = Object.entries(state.shipments).find(([, shipment]) => value && shipment.reference === value);
	if (!found)
		return refuse(404, "300100", "No shipment was found for the reference number.");
	const results = found[1].numbers.map((TrackingNumber) => ({ TrackingNumber, LabelImage: { LabelImageFormat: { Code: "GIF" }, GraphicImage: gif } }));
	return { body: { LabelRecoveryResponse: { Response: { ResponseStatus: { Code: "1", Description: "Success" } }, ShipmentIdentificationNumber: found[0], LabelResults: results.length === 1 ? results[0] : results } } };
}

function voided(number, state) {
	if (!state.shipments[number])
		return refuse(400, "190117", "Invalid shipment identification number");
	delete state.shipments[number];
	return { body: { VoidShipmentResponse: { Response: { ResponseStatus: { Code: "1", Description: "Success" } }, SummaryResult: { Status: { Code: "1", Description: "Voided" } } } } };
}

const activity = (type, description, code, gmtDate, gmtTime, city) => ({
	location: { address: { city, stateProvince: "CA", postalCode: "90210", countryCode: "US", country: "US" }, slic: "9021" },
	status: { type, description, code, statusCode: "011" }, date: gmtDate, time: gmtTime.replaceAll(":", ""), gmtDate, gmtTime, gmtOffset: "-07:00",
});

function track(number, state) {
	if (!Object.values(state.shipments).some(({ numbers }) => numbers.includes(number)))
		return { body: { trackResponse: { shipment: [{ inquiryNumber: number, warnings: [{ code: "TW0001", message: "Tracking Information Not Found" }] }] } } };
	return { body: { trackResponse: { shipment: [{ inquiryNumber: number, package: [{ trackingNumber: number, activity: [
		activity("D", "DELIVERED ", "FS", "20260403", "19:11:26", "Beverly Hills"), activity("O", "Out For Delivery Today", "OT", "20260403", "14:02:00", "Los Angeles"),
		activity("I", "Arrived at Facility", "AR", "20260402", "08:15:00", "Ontario"), activity("M", "Shipper created a label, UPS has not received the package yet. ", "MP", "20260331", "20:00:00", ""),
	] }] }] } } };
}

export function handle(request, state) {
	if (request.method === "POST" && request.path === "/security/v1/oauth/token")
		return token(request, state);
	if (request.path === "/_expire")
		return Object.keys(state.tokens).filter((t) => state.tokens[t] === request.query.get("client_id")).forEach((t) => delete state.tokens[t]) ?? { status: 204 };
	if (!state.tokens[(request.headers.authorization ?? "").replace("Bearer ", "")])
		return refuse(401, "250002", "Invalid Authentication Information.");
	if (!request.headers.transid || !request.headers.transactionsrc)
		return refuse(400, "10001", "transId and transactionSrc are required");
	const [, number] = /^\/api\/(?:shipments\/v2409\/void\/cancel|track\/v1\/details)\/([^/]+)$/.exec(request.path) ?? [];
	if (request.method === "POST" && request.path === "/api/rating/v2409/Shop")
		return shop(request);
	if (request.method === "POST" && request.path === "/api/shipments/v2409/ship")
		return ship(request, state);
	if (request.method === "POST" && request.path === "/api/labels/v1/recovery")
		return recover(request, state);
	if (request.method === "DELETE" && number)
		return voided(number, state);
	return request.method === "GET" && number ? track(number, state) : undefined;
}

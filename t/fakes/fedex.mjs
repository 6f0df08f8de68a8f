// FedEx REST: OAuth, Rates and Transit Times v1, Ship v1, Track v1, in the shapes of developer.fedex.com (API Catalog). A client_id
// that begins with "bad" is unknown.
import { randomBytes, randomInt } from "node:crypto";

export const fresh = () => ({ tokens: {}, shipments: {}, given: 0 });

const refuse = (status, code, message) => ({ status, body: { transactionId: "624deea6-b709-470c-8c39-4b5511281492", errors: [{ code, parameterList: [], message }] } });
const pdf = Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n").toString("base64");
const done = (output) => ({ body: { transactionId: "d497f5d8-4420-43ba-b72f-f1820ffb5904", output } });

function token(request, state) {
	const form = request.form();
	if (form.get("grant_type") !== "client_credentials" || !form.get("client_secret") || (form.get("client_id") ?? "bad").startsWith("bad"))
		return refuse(401, "NOT.AUTHORIZED.ERROR", "The given client credentials were not valid. Please modify your request and try again.");
	const access_token = randomBytes(300).toString("base64url");
	state.tokens[access_token] = form.get("client_id");
	state.given++;
	return { body: { access_token, token_type: "bearer", expires_in: 3599, scope: "CXS" } };
}

const weightOf = (shipment) => shipment.requestedPackageLineItems.reduce((sum, { weight, declaredValue, packageSpecialServices: s }) => sum + weight.value * (weight.units === "KG" ? 2.2 : 1) + (declaredValue ? Number(declaredValue.amount) / 100 : 0) + (s?.signatureOptionType ? 5 : 0), 0);

function whole(shipment) {
	return shipment?.pickupType && shipment.requestedPackageLineItems?.length && shipment.requestedPackageLineItems.every(({ weight }) => ["LB", "KG"].includes(weight?.units) && weight.value > 0);
}

function quote(shipment, serviceType, serviceName, each, days, word) {
	const list = Math.round((6 + each * weightOf(shipment)) * 100) / 100;
	const rated = (rateType, totalNetCharge) => ({ rateType, ratedWeightMethod: "ACTUAL", totalDiscounts: 0, totalBaseCharge: totalNetCharge, totalNetCharge, totalNetFedExCharge: totalNetCharge, shipmentRateDetail: { rateZone: "08", currency: "USD" }, currency: "USD" });
	return { serviceType, serviceName, packagingType: "YOUR_PACKAGING", commit: { dateDetail: { dayOfWeek: "FRI", dayFormat: `2026-04-0${days}T23:59:00` }, transitDays: { minimumTransitTime: word } }, ratedShipmentDetails: [rated("LIST", list), rated("ACCOUNT", Math.round(list * 75) / 100)], operationalDetail: { transitTime: word } };
}

function rates(request) {
	const { accountNumber, requestedShipment: shipment } = request.json();
	const from = shipment?.shipper?.address, to = shipment?.recipient?.address;
	if (!accountNumber?.value || !whole(shipment) || !from?.postalCode || !from.countryCode || !to?.postalCode || !to.countryCode || !shipment.rateRequestType)
		return refuse(400, "RATE.REQUEST.INVALID", "Invalid request: a required field is missing.");
	if (to.postalCode === "00000")
		return refuse(400, "RATE.LOCATION.NOSERVICE", "We do not serve this postal code.");
	if (from.countryCode !== to.countryCode)
		return shipment.customsClearanceDetail?.commodities?.length ? done({ rateReplyDetails: [quote(shipment, "FEDEX_INTERNATIONAL_PRIORITY", "FedEx International Priority®", 9, 3, "THREE_DAYS")] }) : refuse(400, "COMMODITIES.MISSING", "Commodities are required.");
	return done({ rateReplyDetails: [to.residential ? quote(shipment, "GROUND_HOME_DELIVERY", "FedEx Home Delivery®", 1, 4, "FOUR_DAYS") : quote(shipment, "FEDEX_GROUND", "FedEx Ground®", 1, 4, "FOUR_DAYS"),
		quote(shipment, "FEDEX_2_DAY", "FedEx 2Day®", 3, 2, "TWO_DAYS"), quote(shipment, "STANDARD_OVERNIGHT", "FedEx Standard Overnight®", 6, 1, "ONE_DAY"), quote(shipment, "PRIORITY_OVERNIGHT", "FedEx Priority Overnight®", 7, 1, "ONE_DAY")] });
}

function ship(request, state) {
	const { accountNumber, labelResponseOptions, requestedShipment: shipment } = request.json();
	const to = shipment?.recipients?.[0];
	if (!accountNumber?.value || !labelResponseOptions || !whole(shipment) || !shipment.serviceType || !shipment.labelSpecification?.imageType || !shipment.shippingChargesPayment || !to?.address?.streetLines || !to.contact?.personName || !shipment.shipper?.address?.streetLines)
		return refuse(400, "SHIPMENT.REQUEST.INVALID", "Invalid request: a required field is missing.");
	if (!to.contact.phoneNumber)
		return refuse(400, "PHONENUMBER.EMPTY", "Phone number is empty.");
	const numbers = shipment.requestedPackageLineItems.map(() => `7949${Array.from({ length: 8 }, () => randomInt(10)).join("")}`);
	state.shipments[numbers[0]] = { numbers, service: shipment.serviceType };
	return done({ transactionShipments: [{ masterTrackingNumber: numbers[0], serviceType: shipment.serviceType, shipDatestamp: shipment.shipDatestamp,
		pieceResponses: numbers.map((trackingNumber) => ({ trackingNumber, netRateAmount: 21.45, packageDocuments: [{ contentType: "LABEL", docType: "PDF", copiesToPrint: 1, encodedLabel: pdf }] })),
		completedShipmentDetail: { shipmentRating: { actualRateType: "PAYOR_ACCOUNT_PACKAGE", shipmentRateDetails: [{ rateType: "PAYOR_ACCOUNT_PACKAGE", totalNetCharge: 21.45 * numbers.length, currency: "USD" }] } } }] });
}

function cancel(request, state) {
	const { accountNumber, trackingNumber } = request.json();
	if (!accountNumber?.value || !trackingNumber)
		return refuse(400, "SHIPMENT.REQUEST.INVALID", "Invalid request: a required field is missing.");
	if (!state.shipments[trackingNumber])
		return refuse(404, "TRACKINGNUMBER.NOT.FOUND", "Tracking number is not found.");
	delete state.shipments[trackingNumber];
	return done({ cancelledShipment: true, cancelledHistory: true, successMessage: "Success" });
}

const scan = (date, eventType, eventDescription, city, derivedStatusCode) => ({ date, eventType, eventDescription, exceptionCode: "", exceptionDescription: "", scanLocation: { streetLines: [""], city, stateOrProvinceCode: "CA", postalCode: "90210", countryCode: "US", residential: false, countryName: "United States" }, locationType: "FEDEX_FACILITY", derivedStatusCode, derivedStatus: eventDescription });

function track(request, state) {
	const number = request.json().trackingInfo?.[0]?.trackingNumberInfo?.trackingNumber;
	const known = Object.values(state.shipments).some(({ numbers }) => numbers.includes(number));
	const result = { trackingNumberInfo: { trackingNumber: number }, ...(known
		? { scanEvents: [scan("2026-04-03T12:31:00-07:00", "DL", "Delivered", "Beverly Hills", "DL"), scan("2026-04-03T08:18:00-07:00", "OD", "On FedEx vehicle for delivery", "LOS ANGELES", "IT"), scan("2026-04-01T20:07:00-04:00", "PU", "Picked up", "NEW YORK", "PU"), scan("2026-03-31T16:00:00-04:00", "OC", "Shipment information sent to FedEx", "", "IN")] }
		: { error: { code: "TRACKING.TRACKINGNUMBER.NOTFOUND", message: "Tracking number cannot be found. Please correct the tracking number and try again." } }) };
	return done({ completeTrackResults: [{ trackingNumber: number, trackResults: [result] }] });
}

export function handle(request, state) {
	if (request.method === "POST" && request.path === "/oauth/token")
		return token(request, state);
	if (!state.tokens[(request.headers.authorization ?? "").replace("Bearer ", "")])
		return refuse(401, "NOT.AUTHORIZED.ERROR", "Access token expired. Please modify your request and try again.");
	switch (`${request.method} ${request.path}`) {
	case "POST /rate/v1/rates/quotes": return rates(request);
	case "POST /ship/v1/shipments": return ship(request, state);
	case "PUT /ship/v1/shipments/cancel": return cancel(request, state);
	case "POST /track/v1/trackingnumbers": return track(request, state);
	default: return undefined;
	}
}

// DHL Express, the MyDHL API (developer.dhl.com/api-reference/dhl-express-mydhl-api: rates, shipments, tracking, address-validate).
// Basic authentication; a username that begins with "bad" is unknown.
import { randomInt } from "node:crypto";

export const fresh = () => ({ shipments: {} });

const refuse = (status, detail, ...additionalDetails) => ({ status, body: { instance: "/expressapi", detail, title: status === 401 ? "Unauthorized" : "Bad request", message: "Bad request", status: String(status), ...(additionalDetails.length ? { additionalDetails } : {}) } });
const pdf = Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n").toString("base64");

function wrongParcels(packages, unit) {
	if (!["metric", "imperial"].includes(unit) || !packages?.length)
		return "#/unitOfMeasurement: required key [unitOfMeasurement] not found";
	return packages.every(({ weight, dimensions: d }) => weight > 0 && d?.length >= 1 && d.width >= 1 && d.height >= 1) ? undefined : "#/packages/0/dimensions: required key [dimensions] not found";
}

const wrongPlace = (at) => (at?.postalCode && at.cityName && /^[A-Z]{2}$/.test(at.countryCode ?? "") ? undefined : "#/customerDetails: required key [cityName] not found");
const isPlanned = (text) => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)? ?GMT[+-]\d{2}:\d{2}$/.test(text ?? "");

function rates(request) {
	const body = request.json(), from = body.customerDetails?.shipperDetails, to = body.customerDetails?.receiverDetails;
	const wrong = wrongPlace(from) ?? wrongPlace(to) ?? wrongParcels(body.packages, body.unitOfMeasurement);
	if (wrong || !isPlanned(body.plannedShippingDateAndTime) || typeof body.isCustomsDeclarable !== "boolean")
		return refuse(400, "Multiple problems found, see Additional Details", wrong ?? "#/plannedShippingDateAndTime");
	if (to.postalCode === "00000")
		return refuse(404, "996: The requested product(s) not available based on your search criteria.");
	const weight = body.packages.reduce((sum, p) => sum + p.weight, 0), extra = (body.valueAddedServices ?? []).length * 10;
	const product = (productName, productCode, price, day) => ({ productName, productCode, localProductCode: productCode, networkTypeCode: "TD", isCustomerAgreement: false, weight: { volumetric: 1, provided: weight, unitOfMeasurement: body.unitOfMeasurement },
		totalPrice: [{ currencyType: "BILLC", priceCurrency: "USD", price }, { currencyType: "PULCL", priceCurrency: "USD", price: price + 1 }], deliveryCapabilities: { deliveryTypeCode: "QDDC", estimatedDeliveryDateAndTime: `2026-04-0${day}T23:59:00`, totalTransitDays: String(day) } });
	return { body: { products: [from.countryCode === to.countryCode ? product("EXPRESS DOMESTIC", "N", 20 + weight + extra, 2) : product("EXPRESS WORLDWIDE", "P", 60.5 + weight + extra, 3), product("EXPRESS 9:00", "E", 99 + extra, 1)] } };
}

function ship(request, state) {
	const body = request.json(), from = body.customerDetails?.shipperDetails, to = body.customerDetails?.receiverDetails, content = body.content;
	const wrong = wrongPlace(from?.postalAddress) ?? wrongPlace(to?.postalAddress) ?? wrongParcels(content?.packages, content?.unitOfMeasurement);
	if (wrong || !isPlanned(body.plannedShippingDateAndTime) || !body.productCode || body.pickup?.isRequested === undefined || !body.accounts?.[0]?.number || !to.contactInformation?.fullName || !to.contactInformation.companyName || !to.contactInformation.phone || !to.postalAddress.addressLine1 || !content.description || !content.incoterm)
		return refuse(400, "Multiple problems found, see Additional Details", wrong ?? "#/content");
	if (content.isCustomsDeclarable && (!content.exportDeclaration?.lineItems?.length || !content.declaredValue))
		return refuse(422, "1003: Declared value and line items are required");
	const number = Array.from({ length: 10 }, () => randomInt(1, 10)).join("");
	state.shipments[number] = { product: body.productCode };
	return { status: 201, body: { shipmentTrackingNumber: number, trackingUrl: `https://express.api.dhl.com/mydhlapi/shipments/${number}/tracking`,
		packages: content.packages.map((_p, i) => ({ referenceNumber: i + 1, trackingNumber: `JD0146000${number}${i}` })), documents: [{ imageFormat: "PDF", content: pdf, typeCode: "waybillDoc" }, { imageFormat: "PDF", content: pdf, typeCode: "label" }],
		shipmentCharges: [{ currencyType: "BILLC", priceCurrency: "USD", price: 147.5 }] } };
}

function track(number, state) {
	if (!state.shipments[number])
		return refuse(404, "No data found");
	const event = (date, time, GMTOffset, typeCode, description, place) => ({ date, time, GMTOffset, typeCode, description, serviceArea: [{ code: "LAX", description: place }] });
	return { body: { shipments: [{ shipmentTrackingNumber: number, status: "Success", productCode: state.shipments[number].product, events: [event("2026-04-03", "10:02:00", "-07:00", "WC", "With delivery courier", "Los Angeles-US"), event("2026-04-02", "23:10:00", "-04:00", "DF", "Departed Facility", "New York-US"), event("2026-04-02", "18:00:00", "-04:00", "PU", "Shipment picked up", "New York-US")] }] } };
}

export function handle(request, state) {
	const [user, password] = Buffer.from((request.headers.authorization ?? "").replace("Basic ", ""), "base64").toString().split(":");
	if (!user || !password || user.startsWith("bad"))
		return refuse(401, "Unauthorized");
	const [, number] = /^\/shipments\/([^/]+)\/tracking$/.exec(request.path) ?? [];
	if (request.method === "POST" && request.path === "/rates")
		return rates(request);
	if (request.method === "POST" && request.path === "/shipments")
		return ship(request, state);
	if (request.method === "GET" && request.path === "/address-validate")
		return { body: { address: [{ countryCode: "US", postalCode: "10001", cityName: "NEW YORK" }] } };
	return request.method === "GET" && number ? track(number, state) : undefined;
}

// DHL eCommerce Solutions Americas (docs.api.dhlecs.com): access token, products, labels, tracking, all v4. A client_id that begins
// with "bad" is unknown.
import { randomBytes, randomInt } from "node:crypto";

export const fresh = () => ({ tokens: {}, packages: {}, given: 0 });

const refuse = (status, title, reason, path = "", name = "") => ({ status, body: { title, type: "https://docs.api.dhlecs.com", ...(reason ? { invalidParams: [{ name, path, reason }] } : {}) } });
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=";

function token(request, state) {
	const form = request.form();
	if (form.get("grant_type") !== "client_credentials" || !form.get("client_secret") || (form.get("client_id") ?? "bad").startsWith("bad"))
		return refuse(401, "Unauthorized");
	const access_token = randomBytes(20).toString("base64url");
	state.tokens[access_token] = form.get("client_id");
	state.given++;
	return { body: { access_token, client_id: form.get("client_id"), token_type: "Bearer", expires_in: 35999 } };
}

function wrong(body) {
	if (!body.pickup || !body.distributionCenter)
		return refuse(400, "Bad Request", "pickup and distributionCenter are required", "", "pickup");
	if (!body.consigneeAddress?.country || !body.consigneeAddress.postalCode)
		return refuse(400, "Bad Request", "is required", "consigneeAddress", "postalCode");
	if (!body.packageDetail?.packageId || !(body.packageDetail.weight?.value > 0) || !body.packageDetail.weight.unitOfMeasure)
		return refuse(400, "Bad Request", "is required", "packageDetail", "weight");
	return body.consigneeAddress.postalCode === "00000" ? refuse(400, "Bad Request", "is no postal code", "consigneeAddress", "postalCode") : undefined;
}

function products(request) {
	const body = request.json(), weight = body.packageDetail?.weight?.value;
	const product = (orderedProductId, productName, amount, days) => ({ orderedProductId, productName, trackingAvailable: "Y", rate: { amount: Math.round(amount * 100) / 100, currency: "USD", rateComponents: [] }, estimatedDeliveryDate: { deliveryDaysMin: days - 2, deliveryDaysMax: days, estimatedDeliveryMin: `2026-04-0${days - 2}`, estimatedDeliveryMax: `2026-04-0${days}` } });
	return wrong(body) ?? { body: { ...body, products: body.consigneeAddress.country === "US" ? [product("GND", "DHL SmartMail Parcel Plus Ground", 4 + weight, 6), product("EXP", "DHL SmartMail Parcel Plus Expedited", 5 + weight, 4)] : [product("PLT", "DHL Parcel International Direct", 20 + weight, 8)] } };
}

function label(request, state) {
	const body = request.json();
	if (!body.orderedProductId || !body.consigneeAddress?.address1 || !body.consigneeAddress.name)
		return refuse(400, "Bad Request", "is required", "", "orderedProductId");
	const refused = wrong(body);
	if (refused)
		return refused;
	const trackingId = `420${Array.from({ length: 27 }, () => randomInt(10)).join("")}`, { packageId } = body.packageDetail;
	state.packages[trackingId] = { packageId };
	return { body: { ...body, labels: [{ createdOn: "2026-03-30T12:00:00-04:00", packageId, dhlPackageId: trackingId.slice(3, 19), trackingId, labelData: png, encodeType: "BASE64", format: "PNG", labelDetail: { serviceLevel: "GRD" } }] } };
}

function track(request, state) {
	const id = request.query.get("trackingId"), known = state.packages[id];
	const event = (date, time, timeZone, primaryEventId, primaryEventDescription, location) => ({ date, time, timeZone, primaryEventId, primaryEventDescription, location, postalCode: "90210", country: "US" });
	return { body: { total: known ? 1 : 0, packages: known ? [{ package: { trackingId: id, packageId: known.packageId }, events: [event("2026-04-03", "12:02:00", "PT", 600, "DELIVERED", "Beverly Hills, CA, US"), event("2026-04-03", "08:00:00", "PT", 598, "OUT FOR DELIVERY", "Beverly Hills, CA, US"), event("2026-03-31", "16:00:00", "ET", 100, "LABEL CREATED", "New York, NY, US")] }] : [] } };
}

export function handle(request, state) {
	if (request.method === "POST" && request.path === "/auth/v4/accesstoken")
		return token(request, state);
	if (!state.tokens[(request.headers.authorization ?? "").replace("Bearer ", "")])
		return refuse(401, "Unauthorized");
	switch (`${request.method} ${request.path}`) {
	case "POST /shipping/v4/products": return products(request);
	case "POST /shipping/v4/label": return request.query.get("format") ? label(request, state) : refuse(400, "Bad Request", "is required", "", "format");
	case "GET /tracking/v4/package": return track(request, state);
	default: return undefined;
	}
}

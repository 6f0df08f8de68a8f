/* UPS: what is sent says all that its documents require; what comes back, in their shapes, is read to the cent and minute. */
#include "asked.h"

#include "tap.h"

#define RATED(service, list, negotiated)                                                           \
	"{\"Service\":{\"Code\":\"" service "\",\"Description\":\"\"},"                            \
	"\"TotalCharges\":{\"CurrencyCode\":\"USD\",\"MonetaryValue\":\"" list "\"}"               \
	",\"NegotiatedRateCharges\":{\"TotalCharge\":{\"CurrencyCode\":\"USD\",\"MonetaryValue\":" \
	"\"" negotiated "\"}},\"GuaranteedDelivery\":{\"BusinessDaysInTransit\":\"2\"},"           \
	"\"TimeInTransit\":{\"ServiceSummary\":{\"Service\":{\"Description\":\"UPS What\"},"       \
	"\"EstimatedArrival\":{\"Arrival\":{\"Date\":\"20260403\",\"Time\":\"233000\"},"           \
	"\"BusinessDaysInTransit\":\"4\"}}}}"

void
test_ups__a_quote_asks_for_negotiated_prices_and_days(void)
{
	struct asked t;

	asked_begin(&t, "ups", CARRIER_RATES);
	t.ask.npackages = 2;
	t.packages[0].insured_minor = 50000;
	t.ask.signature = true;
	t.ask.adapter->build(&t.ask);
	CHECK(t.ask.ncalls == 1);
	CHECK_STR(t.ask.calls[0].url,
		"https://a.example/api/rating/v2409/Shop?additionalinfo=timeintransit");
	CHECK_STR(asked_header(&t.ask.calls[0], "Authorization"), "Bearer token-one");
	CHECK_STR(asked_sent(&t, 0, "RateRequest.Shipment.ShipmentRatingOptions"),
		"{\"NegotiatedRatesIndicator\":\"Y\"}");
	CHECK_STR(asked_sent(&t, 0, "RateRequest.Shipment.NumOfPieces"), "\"2\"");
	CHECK_STR(asked_sent(&t, 0, "RateRequest.Shipment.ShipTo.Address"),
		"{\"AddressLine\":[\"9 Rodeo \\\"Drive\\\"\",\"Apt 4\"],\"City\":\"Beverly Hills\","
		"\"StateProvinceCode\":\"CA\",\"PostalCode\":\"90210-123\",\"CountryCode\":\"US\","
		"\"ResidentialAddressIndicator\":\"Y\"}");
	CHECK_STR(asked_sent(&t, 0, "RateRequest.Shipment.Package"),
		"[{\"PackagingType\":{\"Code\":\"02\"},\"Dimensions\":{\"UnitOfMeasurement\":"
		"{\"Code\":\"IN\"},\"Length\":\"12.00\",\"Width\":\"8.00\",\"Height\":\"6.00\"},"
		"\"PackageWeight\":{\"UnitOfMeasurement\":{\"Code\":\"LBS\"},\"Weight\":\"2.5\"},"
		"\"PackageServiceOptions\":{\"DeclaredValue\":{\"CurrencyCode\":\"USD\","
		"\"MonetaryValue\":\"500.00\"},\"DeliveryConfirmation\":{\"DCISType\":\"2\"}}},"
		"{\"PackagingType\":{\"Code\":\"02\"},\"Dimensions\":{\"UnitOfMeasurement\":"
		"{\"Code\":\"IN\"},\"Length\":\"12.00\",\"Width\":\"8.00\",\"Height\":\"6.00\"},"
		"\"PackageWeight\":{\"UnitOfMeasurement\":{\"Code\":\"LBS\"},\"Weight\":\"2.5\"},"
		"\"PackageServiceOptions\":{\"DeliveryConfirmation\":{\"DCISType\":\"2\"}}}]");
	arena_free(t.a);
}

void
test_ups__a_quote_is_what_the_account_pays(void)
{
	struct asked t;

	asked_begin(&t, "ups", CARRIER_RATES);
	asked_answer(&t, 200,
		"{\"RateResponse\":{\"RatedShipment\":[" RATED("03", "15.56", "14.36") "," RATED(
			"01", "117.07", "41.35") "," RATED("99", "1.005", "1.005") "]}}");
	CHECK(t.ask.outcome == CARRIER_DONE && t.ask.nrates == 3);
	CHECK(asked_rate(&t, "ground")->minor == 1436);
	CHECK(asked_rate(&t, "ground")->list_minor == 1556);
	CHECK(asked_rate(&t, "ground")->days == 4);
	CHECK(asked_rate(&t, "ground")->delivery_ms == INT64_C(1775259000000));
	CHECK_STR(asked_rate(&t, "ground")->currency, "USD");
	CHECK(asked_rate(&t, "next_day")->minor == 4135);
	/* What we have no name for keeps theirs. */
	CHECK_STR(asked_rate(&t, "service_99")->name, "UPS What");
	CHECK(asked_rate(&t, "service_99")->minor == 101);
	arena_free(t.a);
}

void
test_ups__one_rated_shipment_is_no_array(void)
{
	struct asked t;

	asked_begin(&t, "ups", CARRIER_RATES);
	asked_answer(&t, 200, "{\"RateResponse\":{\"RatedShipment\":" RATED("12", "9", "8") "}}");
	CHECK(t.ask.outcome == CARRIER_DONE && asked_rate(&t, "3day")->minor == 800);
	arena_free(t.a);
}

void
test_ups__what_went_wrong_is_told_without_secrets(void)
{
	static const struct {
		int status;
		const char *answer, *code;
		enum carrier_outcome quote, label;
	} rows[] = {
		{ 400,
			"{\"response\":{\"errors\":[{\"code\":\"111286\",\"message\":\"CA is not "
			"valid\"}]}}",
			"111286", CARRIER_REFUSED, CARRIER_REFUSED },
		{ 400, "<html>", "http_400", CARRIER_REFUSED, CARRIER_REFUSED },
		{ 401, "{}", "credentials", CARRIER_REFUSED, CARRIER_REFUSED },
		{ 429, "", "rate_limited", CARRIER_REFUSED, CARRIER_REFUSED },
		{ 500, "{\"response\":{\"errors\":[{\"code\":\"1\",\"message\":\"x\"}]}}",
			"http_500", CARRIER_UNREACHABLE, CARRIER_UNKNOWN },
		{ 200, "rubbish", "unreadable", CARRIER_UNREACHABLE, CARRIER_UNKNOWN },
		{ 200, "{}", "unreadable", CARRIER_UNREACHABLE, CARRIER_UNKNOWN },
		{ 200, "{\"RateResponse\":{\"RatedShipment\":[{}]},\"ShipmentResponse\":[]}",
			"unreadable", CARRIER_UNREACHABLE, CARRIER_UNKNOWN },
		{ 302, "", "http_302", CARRIER_UNREACHABLE, CARRIER_UNKNOWN },
		{ 403,
			"{\"response\":{\"errors\":[{\"code\":\"8\",\"message\":\"csecret is "
			"wrong\"}]}}",
			"8", CARRIER_REFUSED, CARRIER_REFUSED },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		for (int label = 0; label < 2; label++) {
			struct asked t;

			tap_row("%d %s", rows[i].status, rows[i].answer);
			asked_begin(&t, "ups", label ? CARRIER_LABEL : CARRIER_RATES);
			asked_answer(&t, rows[i].status, rows[i].answer);
			CHECK(t.ask.outcome == (label ? rows[i].label : rows[i].quote) ||
				t.ask.outcome == CARRIER_UNASKED);
			if (t.ask.outcome == CARRIER_UNASKED)
				carrier_unreadable(&t.ask);
			CHECK_STR(t.ask.code, rows[i].code);
			CHECK(t.ask.message.n && !strstr(str_z(t.a, t.ask.message), "csecret"));
			arena_free(t.a);
		}
}

void
test_ups__a_label_has_its_parcels_and_its_price(void)
{
	struct asked t;

	asked_begin(&t, "ups", CARRIER_LABEL);
	asked_answer(&t, 200,
		"{\"ShipmentResponse\":{\"ShipmentResults\":{\"ShipmentCharges\":{\"TotalCharges\":"
		"{\"CurrencyCode\":\"USD\",\"MonetaryValue\":\"56.99\"}},"
		"\"ShipmentIdentificationNumber\":\"1Z1\",\"PackageResults\":["
		"{\"TrackingNumber\":\"1Z1\",\"ShippingLabel\":{\"GraphicImage\":\"R0lGODlhAQ==\"}}"
		","
		"{\"TrackingNumber\":\"1Z2\",\"ShippingLabel\":{\"GraphicImage\":\"!\"}}]}}}");
	CHECK(t.ask.outcome == CARRIER_DONE && t.ask.label.nparcels == 2);
	CHECK_STR(t.ask.label.tracking, "1Z1");
	CHECK_STR(t.ask.label.shipment, "1Z1");
	CHECK(t.ask.label.minor == 5699);
	CHECK_STR(t.ask.label.parcels[0].type, "image/gif");
	CHECK_BYTES(t.ask.label.parcels[0].label.p, t.ask.label.parcels[0].label.n, "GIF89a\1", 7);
	CHECK_STR(t.ask.label.parcels[1].tracking, "1Z2");
	CHECK(!t.ask.label.parcels[1].label.n);
	CHECK_STR(asked_sent(&t, 0, "ShipmentRequest.Shipment.Service"), "{\"Code\":\"03\"}");
	CHECK_STR(asked_sent(&t, 0, "ShipmentRequest.Shipment.ReferenceNumber"),
		"{\"Value\":\"shp_42\"}");
	arena_free(t.a);
}

void
test_ups__no_label_over_a_border_or_of_an_unknown_service(void)
{
	struct asked t;

	asked_begin(&t, "ups", CARRIER_LABEL);
	t.ask.to.country = STR("CA");
	t.ask.adapter->build(&t.ask);
	CHECK(t.ask.outcome == CARRIER_REFUSED && !t.ask.ncalls);
	CHECK_STR(t.ask.code, "customs");
	arena_free(t.a);
	asked_begin(&t, "ups", CARRIER_LABEL);
	t.ask.service = STR("teleport");
	t.ask.adapter->build(&t.ask);
	CHECK_STR(t.ask.code, "unknown_service");
	arena_free(t.a);
}

void
test_ups__a_void_is_done_only_if_they_say_so(void)
{
	struct asked t;

	asked_begin(&t, "ups", CARRIER_VOID);
	t.ask.shipment = STR("1Z/..?x");
	asked_answer(&t, 200,
		"{\"VoidShipmentResponse\":{\"SummaryResult\":{\"Status\":{\"Code\":\"1\","
		"\"Description\":\"Voided\"}}}}");
	CHECK(t.ask.outcome == CARRIER_DONE);
	CHECK_STR(t.ask.calls[0].url,
		"https://a.example/api/shipments/v2409/void/cancel/1Z%2F..%3Fx");
	arena_free(t.a);
	asked_begin(&t, "ups", CARRIER_VOID);
	asked_answer(&t, 200,
		"{\"VoidShipmentResponse\":{\"SummaryResult\":{\"Status\":{\"Code\":\"0\","
		"\"Description\":\"too late\"}}}}");
	CHECK(t.ask.outcome == CARRIER_REFUSED);
	CHECK_STR(t.ask.message, "too late");
	arena_free(t.a);
}

void
test_ups__scans_come_oldest_first_in_utc(void)
{
	static const char answer[] =
		"{\"trackResponse\":{\"shipment\":[{\"inquiryNumber\":\"1Z\",\"package\":[{"
		"\"trackingNumber\":\"1Z\",\"activity\":["
		"{\"location\":{\"address\":{\"city\":\"ANYTOWN\",\"stateProvince\":\"GA\","
		"\"postalCode\":\"30340\",\"countryCode\":\"US\"}},\"status\":{\"type\":\"D\","
		"\"description\":\"DELIVERED "
		"\",\"code\":\"FS\"},\"date\":\"20210210\",\"time\":\"121126\","
		"\"gmtDate\":\"20210210\",\"gmtOffset\":\"-05:00\",\"gmtTime\":\"17:11:26\"},"
		"{\"status\":{\"type\":\"O\",\"description\":\"Out For Delivery Today\"},"
		"\"date\":\"20210210\",\"time\":\"093000\",\"gmtOffset\":\"-05:00\"},"
		"{\"status\":{\"type\":\"?\",\"description\":\"Delivery "
		"attempted\"},\"date\":\"20210209\","
		"\"time\":\"2359\"},"
		"{\"status\":{\"type\":\"M\",\"description\":\"Label "
		"Created\"},\"date\":\"20210208\",\"time\":\"\"},"
		"{\"status\":{\"type\":\"I\"},\"date\":\"20210230\",\"time\":\"120000\"}]}]}]}}";
	struct asked t;

	asked_begin(&t, "ups", CARRIER_TRACK);
	asked_answer(&t, 200, answer);
	if (!CHECK(t.ask.outcome == CARRIER_DONE && t.ask.nevents == 4))
		return;
	CHECK_STR(str_of(t.ask.events[0].status), "label_created");
	CHECK_STR(str_of(t.ask.events[1].status), "exception");
	CHECK_STR(str_of(t.ask.events[2].status), "out_for_delivery");
	CHECK(t.ask.events[2].at_ms == INT64_C(1612967400000));
	CHECK_STR(str_of(t.ask.events[3].status), "delivered");
	CHECK(t.ask.events[3].at_ms == INT64_C(1612977086000));
	CHECK_STR(t.ask.events[3].text, "DELIVERED");
	CHECK_STR(t.ask.events[3].city, "ANYTOWN");
	CHECK_STR(t.ask.events[3].zip, "30340");
	arena_free(t.a);
	asked_begin(&t, "ups", CARRIER_TRACK);
	asked_answer(&t, 200,
		"{\"trackResponse\":{\"shipment\":[{\"warnings\":[{\"code\":\"TW0001\","
		"\"message\":\"Tracking Information Not Found\"}]}]}}");
	CHECK(t.ask.outcome == CARRIER_REFUSED);
	CHECK_STR(t.ask.code, "TW0001");
	arena_free(t.a);
}

void
test_ups__a_label_that_may_be_bought_is_looked_for_first(void)
{
	struct asked t;

	asked_begin(&t, "ups", CARRIER_LABEL);
	t.ask.again = true;
	asked_answer(&t, 200,
		"{\"LabelRecoveryResponse\":{\"ShipmentIdentificationNumber\":\"1Z1\","
		"\"LabelResults\":{"
		"\"TrackingNumber\":\"1Z1\",\"LabelImage\":{\"GraphicImage\":\"R0lGODlhAQ==\"}}}}");
	CHECK_STR(t.ask.calls[0].url, "https://a.example/api/labels/v1/recovery");
	CHECK_STR(asked_sent(&t, 0, "LabelRecoveryRequest.ReferenceValues"),
		"{\"ReferenceNumber\":{\"Value\":\"shp_42\"},\"ShipperNumber\":\"A1B2C3\"}");
	CHECK(t.ask.outcome == CARRIER_DONE && !t.ask.more && t.ask.label.nparcels == 1);
	CHECK_STR(t.ask.label.shipment, "1Z1");
	arena_free(t.a);
	asked_begin(&t, "ups", CARRIER_LABEL);
	t.ask.again = true;
	asked_answer(&t, 404,
		"{\"response\":{\"errors\":[{\"code\":\"300100\",\"message\":\"No shipment\"}]}}");
	CHECK(t.ask.outcome == CARRIER_UNASKED && t.ask.more);
	t.ask.ncalls = 0;
	t.ask.step = 1;
	t.ask.adapter->build(&t.ask);
	CHECK_STR(t.ask.calls[0].url, "https://a.example/api/shipments/v2409/ship");
	arena_free(t.a);
	asked_begin(&t, "ups", CARRIER_LABEL);
	t.ask.again = true;
	asked_answer(&t, 503, "");
	CHECK(t.ask.outcome == CARRIER_UNKNOWN && !t.ask.more);
	arena_free(t.a);
}

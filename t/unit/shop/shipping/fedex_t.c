/* FedEx: account and list prices, words for days, labels of several pieces, scans with their offsets. */
#include "asked.h"

#include "tap.h"

#define RATED(type, price)                                                                         \
	"{\"rateType\":\"" type "\",\"totalNetCharge\":" price ",\"currency\":\"USD\"}"

void
test_fedex__a_quote_prefers_the_account(void)
{
	static const char answer[] =
		"{\"transactionId\":\"x\",\"output\":{\"rateReplyDetails\":["
		"{\"serviceType\":\"GROUND_HOME_DELIVERY\",\"serviceName\":\"FedEx Home "
		"Delivery®\","
		"\"commit\":{\"dateDetail\":{\"dayOfWeek\":\"FRI\",\"dayFormat\":\"2026-04-03T23:"
		"59:00\"},"
		"\"transitDays\":{\"minimumTransitTime\":\"FOUR_DAYS\"}},\"ratedShipmentDetails\":"
		"[" RATED("LIST", "21.5") "," RATED("ACCOUNT",
			"13.07") "]},{\"serviceType\":\"PRIORITY_OVERNIGHT\",\"serviceName\":\"x\","
				 "\"operationalDetail\":{\"transitTime\":\"ONE_DAY\","
				 "\"deliveryDate\":"
				 "\"2026-03-31\"},\"ratedShipmentDetails\":[" RATED(
					 "PREFERRED_LIST",
					 "88.88") "]},{\"serviceType\":\"FIRST_OVERNIGHT\","
						  "\"ratedShipmentDetails\":"
						  "[{\"rateType\":\"ACCOUNT\",\"totalNetCharge\":-"
						  "5,\"currency\":\"USD\"}]}]}}";
	struct asked t;

	asked_begin(&t, "fedex", CARRIER_RATES);
	t.packages[0].length_um = 304801;
	asked_answer(&t, 200, answer);
	CHECK(t.ask.outcome == CARRIER_DONE && t.ask.nrates == 2);
	CHECK(asked_rate(&t, "ground")->minor == 1307);
	CHECK(asked_rate(&t, "ground")->list_minor == 2150);
	CHECK(asked_rate(&t, "ground")->days == 4);
	CHECK(asked_rate(&t, "ground")->delivery_ms == INT64_C(1775260740000));
	CHECK(asked_rate(&t, "priority_overnight")->minor == 8888);
	CHECK(asked_rate(&t, "priority_overnight")->days == 1);
	CHECK_STR(asked_sent(&t, 0, "requestedShipment.requestedPackageLineItems"),
		"[{\"sequenceNumber\":1,\"groupPackageCount\":1,\"weight\":{\"units\":\"LB\","
		"\"value\":2.5},\"dimensions\":{\"length\":13,\"width\":8,\"height\":6,\"units\":"
		"\"IN\"},"
		"\"customerReferences\":[{\"customerReferenceType\":\"CUSTOMER_REFERENCE\","
		"\"value\":"
		"\"shp_42\"}]}]");
	CHECK_STR(asked_sent(&t, 0, "requestedShipment.recipient.address.residential"), "true");
	arena_free(t.a);
}

void
test_fedex__abroad_in_metric_with_goods(void)
{
	struct asked t;

	asked_begin(&t, "fedex", CARRIER_LABEL);
	t.ask.from.country = STR("DE");
	t.ask.service = STR("international");
	t.ask.adapter->build(&t.ask);
	CHECK_STR(t.ask.code, "customs");
	arena_free(t.a);
	asked_begin(&t, "fedex", CARRIER_LABEL);
	t.ask.from.country = STR("DE");
	t.ask.service = STR("international");
	t.item = (struct carrier_item){ .description = STR("Headphones"),
		.quantity = 2,
		.unit_minor = 9999,
		.weight_mg = 1133981 };
	t.ask.items = &t.item;
	t.ask.nitems = 1;
	t.ask.adapter->build(&t.ask);
	CHECK_STR(asked_sent(&t, 0, "requestedShipment.serviceType"),
		"\"FEDEX_INTERNATIONAL_PRIORITY\"");
	CHECK_STR(asked_sent(&t, 0, "requestedShipment.customsClearanceDetail.commodities"),
		"[{\"description\":\"Headphones\",\"countryOfManufacture\":\"DE\",\"quantity\":2,"
		"\"quantityUnits\":\"PCS\",\"weight\":{\"units\":\"KG\",\"value\":1.14},"
		"\"unitPrice\":"
		"{\"amount\":99.99,\"currency\":\"USD\"},\"customsValue\":{\"amount\":199.98,"
		"\"currency\":\"USD\"}}]");
	arena_free(t.a);
}

void
test_fedex__a_label_has_a_pdf_for_each_piece(void)
{
	static const char answer[] =
		"{\"output\":{\"transactionShipments\":[{\"masterTrackingNumber\":\"794953535000\","
		"\"serviceType\":\"FEDEX_GROUND\",\"pieceResponses\":[{\"trackingNumber\":"
		"\"794953535000\",\"packageDocuments\":[{\"contentType\":\"TERMS\","
		"\"encodedLabel\":"
		"\"JVBERi0x\"},{\"contentType\":\"LABEL\",\"docType\":\"PDF\",\"encodedLabel\":"
		"\"JVBERi0xLjQK\"}]},{\"trackingNumber\":\"794953535011\"}],"
		"\"completedShipmentDetail\":"
		"{\"shipmentRating\":{\"shipmentRateDetails\":[{\"rateType\":\"PAYOR_LIST_"
		"PACKAGE\","
		"\"totalNetCharge\":30.5,\"currency\":\"USD\"},{\"rateType\":\"PAYOR_ACCOUNT_"
		"PACKAGE\","
		"\"totalNetCharge\":21.45,\"currency\":\"USD\"}]}}}]}}";
	struct asked t;

	asked_begin(&t, "fedex", CARRIER_LABEL);
	asked_answer(&t, 200, answer);
	CHECK(t.ask.outcome == CARRIER_DONE && t.ask.label.nparcels == 2);
	CHECK(t.ask.label.minor == 2145);
	CHECK_STR(t.ask.label.tracking, "794953535000");
	CHECK_STR(t.ask.label.parcels[0].label, "%PDF-1.4\n");
	CHECK(!t.ask.label.parcels[1].label.n);
	CHECK_STR(asked_sent(&t, 0, "requestedShipment.serviceType"), "\"GROUND_HOME_DELIVERY\"");
	arena_free(t.a);
}

void
test_fedex__a_cancellation_may_be_refused(void)
{
	struct asked t;

	asked_begin(&t, "fedex", CARRIER_VOID);
	asked_answer(&t, 200,
		"{\"output\":{\"cancelledShipment\":true,\"successMessage\":\"Success\"}}");
	CHECK(t.ask.outcome == CARRIER_DONE);
	CHECK_STR(t.ask.calls[0].body,
		"{\"accountNumber\":{\"value\":\"A1B2C3\"},\"deletionControl\":"
		"\"DELETE_ALL_PACKAGES\",\"trackingNumber\":\"1Z999AA10123456784\"}");
	arena_free(t.a);
	asked_begin(&t, "fedex", CARRIER_VOID);
	asked_answer(
		&t, 200, "{\"output\":{\"cancelledShipment\":false,\"message\":\"picked up\"}}");
	CHECK(t.ask.outcome == CARRIER_REFUSED);
	CHECK_STR(t.ask.message, "picked up");
	arena_free(t.a);
}

void
test_fedex__scans_keep_their_moment(void)
{
	static const char answer[] =
		"{\"output\":{\"completeTrackResults\":[{\"trackingNumber\":\"1\",\"trackResults\":"
		"[{"
		"\"scanEvents\":[{\"date\":\"2014-01-09T13:31:00-05:00\",\"eventType\":\"DL\","
		"\"eventDescription\":\"Delivered\",\"exceptionDescription\":\"\",\"scanLocation\":"
		"{"
		"\"city\":\"Norton\",\"stateOrProvinceCode\":\"VA\",\"postalCode\":\"24273\","
		"\"countryCode\":\"US\"}},{\"date\":\"2014-01-09T04:18:00-05:00\",\"eventType\":"
		"\"OD\","
		"\"eventDescription\":\"On FedEx vehicle for delivery\"},{\"date\":"
		"\"2014-01-08T04:18:00-05:00\",\"eventType\":\"DE\",\"eventDescription\":"
		"\"Delivery exception\",\"exceptionDescription\":\"Customer not "
		"available\"}]}]}]}}";
	struct asked t;

	asked_begin(&t, "fedex", CARRIER_TRACK);
	asked_answer(&t, 200, answer);
	if (!CHECK(t.ask.outcome == CARRIER_DONE && t.ask.nevents == 3))
		return;
	CHECK_STR(t.ask.events[0].text, "Delivery exception: Customer not available");
	CHECK_STR(str_of(t.ask.events[0].status), "exception");
	CHECK_STR(str_of(t.ask.events[1].status), "out_for_delivery");
	CHECK(t.ask.events[2].at_ms == INT64_C(1389292260000));
	CHECK_STR(t.ask.events[2].state, "VA");
	arena_free(t.a);
	asked_begin(&t, "fedex", CARRIER_TRACK);
	asked_answer(&t, 200,
		"{\"output\":{\"completeTrackResults\":[{\"trackResults\":[{\"error\":{\"code\":"
		"\"TRACKING.TRACKINGNUMBER.NOTFOUND\",\"message\":\"no\"}}]}]}}");
	CHECK(t.ask.outcome == CARRIER_REFUSED);
	CHECK_STR(t.ask.code, "TRACKING.TRACKINGNUMBER.NOTFOUND");
	arena_free(t.a);
}

/* DHL: two carriers in one. Either is enough; each label goes to the one whose service it is. */
#include "asked.h"

#include "tap.h"

#define EXPRESS                                                                                    \
	"{\"products\":[{\"productName\":\"EXPRESS "                                               \
	"DOMESTIC\",\"productCode\":\"N\",\"totalPrice\":["                                        \
	"{\"currencyType\":\"PULCL\",\"priceCurrency\":\"EUR\",\"price\":1},{\"currencyType\":"    \
	"\"BILLC\",\"priceCurrency\":\"USD\",\"price\":89.255}],\"deliveryCapabilities\":{"        \
	"\"estimatedDeliveryDateAndTime\":\"2026-04-01T23:59:00\",\"totalTransitDays\":\"2\"}},"   \
	"{\"productName\":\"EXPRESS "                                                              \
	"9:00\",\"productCode\":\"I\",\"totalPrice\":[{\"currencyType\":"                          \
	"\"BILLC\",\"priceCurrency\":\"USD\",\"price\":0}]}]}"
#define ECOMMERCE                                                                                  \
	"{\"products\":[{\"orderedProductId\":\"GND\",\"productName\":\"Ground\",\"rate\":{"       \
	"\"amount\":"                                                                              \
	"8.75,\"currency\":\"USD\"},\"estimatedDeliveryDate\":{\"deliveryDaysMax\":5}},"           \
	"{\"orderedProductId\":\"MAX\",\"productName\":\"Expedited Max\",\"rate\":{\"amount\":12," \
	"\"currency\":\"USD\"}}]}"

void
test_dhl__both_are_asked_and_their_rates_stand_together(void)
{
	struct asked t;

	asked_begin(&t, "dhl", CARRIER_RATES);
	t.ask.adapter->build(&t.ask);
	if (!CHECK(t.ask.ncalls == 2 && t.ask.adapter->needs(&t.ask) == 1))
		return;
	CHECK_STR(t.ask.calls[0].url, "https://a.example/rates");
	CHECK_STR(asked_header(&t.ask.calls[0], "Authorization"), "Basic YXBpdXNlcjphcGl3b3Jk");
	CHECK_STR(t.ask.calls[1].url, "https://b.example/shipping/v4/products");
	CHECK_STR(asked_header(&t.ask.calls[1], "Authorization"), "Bearer token-one");
	CHECK_STR(asked_sent(&t, 0, "plannedShippingDateAndTime"),
		"\"2026-03-30T12:10:00GMT+00:00\"");
	CHECK_STR(asked_sent(&t, 1, "packageDetail"),
		"{\"packageId\":\"shp_42\",\"packageDescription\":\"Goods\",\"weight\":{\"value\":"
		"2.5,"
		"\"unitOfMeasure\":\"LB\"},\"dimension\":{\"length\":12,\"width\":8,\"height\":6,"
		"\"unitOfMeasure\":\"IN\"}}");
	t.ask.calls[0].status = t.ask.calls[1].status = 200;
	t.ask.calls[0].answer = STR(EXPRESS);
	t.ask.calls[1].answer = STR(ECOMMERCE);
	t.ask.adapter->parse(&t.ask);
	CHECK(t.ask.outcome == CARRIER_DONE && t.ask.nrates == 3 && !t.ask.code.n);
	CHECK(asked_rate(&t, "express")->minor == 8926);
	CHECK(asked_rate(&t, "express")->days == 2);
	CHECK(asked_rate(&t, "ecommerce")->minor == 875);
	CHECK(asked_rate(&t, "ecommerce")->days == 5);
	CHECK(asked_rate(&t, "ecommerce_max")->minor == 1200);
	arena_free(t.a);
}

void
test_dhl__one_of_them_is_enough(void)
{
	for (int which = 0; which < 2; which++) {
		struct asked t;

		asked_begin(&t, "dhl", CARRIER_RATES);
		t.ask.adapter->build(&t.ask);
		t.ask.calls[which].status = 200;
		t.ask.calls[which].answer = which ? STR(ECOMMERCE) : STR(EXPRESS);
		t.ask.calls[!which].fault = CARRIER_FAULT_NO_ANSWER;
		t.ask.adapter->parse(&t.ask);
		CHECK(t.ask.outcome == CARRIER_DONE && t.ask.nrates == (which ? 2 : 1));
		CHECK_STR(t.ask.code, "no_answer");
		arena_free(t.a);
	}
}

void
test_dhl__a_label_over_a_border_declares_its_goods(void)
{
	struct asked t;

	asked_begin(&t, "dhl", CARRIER_LABEL);
	t.ask.service = STR("express");
	t.ask.to.country = STR("DE");
	t.item = (struct carrier_item){
		.description = STR("Headphones"), .quantity = 2, .unit_minor = 9999
	};
	t.ask.items = &t.item;
	t.ask.nitems = 1;
	asked_answer(&t, 201,
		"{\"shipmentTrackingNumber\":\"1234567890\",\"packages\":[{\"referenceNumber\":1,"
		"\"trackingNumber\":\"JD014600001234567890\"}],\"documents\":[{\"imageFormat\":"
		"\"PDF\","
		"\"content\":\"JVBERi0xLjQK\",\"typeCode\":\"label\"}],\"shipmentCharges\":[{"
		"\"currencyType\":\"BILLC\",\"priceCurrency\":\"USD\",\"price\":147.50}]}");
	CHECK(t.ask.outcome == CARRIER_DONE && t.ask.label.minor == 14750);
	CHECK_STR(t.ask.label.tracking, "1234567890");
	CHECK_STR(t.ask.label.parcels[0].tracking, "JD014600001234567890");
	CHECK_STR(t.ask.label.parcels[0].type, "application/pdf");
	CHECK_STR(asked_sent(&t, 0, "productCode"), "\"P\"");
	CHECK_STR(asked_sent(&t, 0, "content.declaredValue"), "199.98");
	CHECK_STR(asked_sent(&t, 0, "content.isCustomsDeclarable"), "true");
	arena_free(t.a);
}

void
test_dhl__ecommerce_has_a_picture_for_each_package(void)
{
	struct asked t;

	asked_begin(&t, "dhl", CARRIER_LABEL);
	t.ask.service = STR("ecommerce");
	t.ask.npackages = 2;
	asked_answer(&t, 200,
		"{\"labels\":[{\"dhlPackageId\":\"4231402267890349\",\"encodeType\":\"BASE64\","
		"\"format\":\"PNG\",\"labelData\":\"iVBORw0KGgo=\",\"trackingId\":"
		"\"420191429374869903508237399523\"}]}");
	CHECK(t.ask.outcome == CARRIER_DONE && t.ask.label.nparcels == 2);
	CHECK_STR(asked_sent(&t, 1, "packageDetail.packageId"), "\"shp_42-2\"");
	CHECK_STR(asked_sent(&t, 0, "orderedProductId"), "\"GND\"");
	CHECK_STR(t.ask.label.parcels[0].type, "image/png");
	CHECK(!t.ask.label.currency.n);
	arena_free(t.a);
}

void
test_dhl__a_void_needs_nobody(void)
{
	struct asked t;

	asked_begin(&t, "dhl", CARRIER_VOID);
	t.ask.adapter->build(&t.ask);
	CHECK(t.ask.outcome == CARRIER_DONE && !t.ask.ncalls && !t.ask.adapter->needs(&t.ask));
	arena_free(t.a);
}

void
test_dhl__scans_of_both_are_in_utc(void)
{
	struct asked t;

	asked_begin(&t, "dhl", CARRIER_TRACK);
	t.ask.tracking = STR("1234567890");
	asked_answer(&t, 200,
		"{\"shipments\":[{\"events\":[{\"date\":\"2020-06-10\",\"time\":\"13:06:00\","
		"\"GMTOffset\":\"+09:00\",\"typeCode\":\"PU\",\"description\":\"Shipment picked "
		"up\","
		"\"serviceArea\":[{\"code\":\"BNE\",\"description\":\"Brisbane-AU\"}]}]}]}");
	if (!CHECK(t.ask.nevents == 1))
		return;
	CHECK(t.ask.events[0].at_ms == INT64_C(1591761960000));
	CHECK_STR(t.ask.events[0].city, "Brisbane");
	CHECK_STR(t.ask.events[0].country, "AU");
	arena_free(t.a);
	asked_begin(&t, "dhl", CARRIER_TRACK);
	t.ask.tracking = STR("420191429374869903508237399523");
	asked_answer(&t, 200,
		"{\"packages\":[{\"events\":[{\"date\":\"2026-07-01\",\"time\":\"12:00:00\","
		"\"timeZone\":\"ET\",\"primaryEventId\":600,\"primaryEventDescription\":"
		"\"DELIVERED\","
		"\"location\":\"Hebron, KY, "
		"US\",\"country\":\"US\"},{\"date\":\"2026-01-01\",\"time\":"
		"\"12:00:00\",\"timeZone\":\"ET\",\"primaryEventId\":\"100\","
		"\"primaryEventDescription\":\"LABEL CREATED\"}]}]}");
	if (!CHECK(t.ask.nevents == 2))
		return;
	CHECK(t.ask.events[0].at_ms == INT64_C(1767286800000));
	CHECK(t.ask.events[1].at_ms == INT64_C(1782921600000));
	CHECK_STR(t.ask.events[1].state, "KY");
	CHECK_STR(str_of(t.ask.events[0].status), "label_created");
	arena_free(t.a);
}

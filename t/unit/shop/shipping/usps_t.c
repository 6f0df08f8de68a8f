/* USPS: one package a call, prices of their own boxes left out, days from where they are told, labels in both of their shapes. */
#include "asked.h"

#include "tap.h"

#define OPTION(class, indicator, base, total)                                                      \
	"{\"totalBasePrice\":" base ",\"totalPrice\":" total                                       \
	",\"commitment\":{\"name\":\"3 Days\","                                                    \
	"\"scheduleDeliveryDate\":\"2026-04-02\"},\"rates\":[{\"mailClass\":\"" class              \
		"\",\"rateIndicator\":\"" indicator "\",\"price\":1,\"productName\":\"What\"}]}"

void
test_usps__each_package_is_asked_for_and_all_are_paid(void)
{
	static const char answer[] =
		"{\"pricingOptions\":[{\"priceType\":\"COMMERCIAL\",\"shippingOptions\":["
		"{\"mailClass\":\"PRIORITY_MAIL\",\"rateOptions\":[" OPTION(
			"PRIORITY_MAIL", "FB", "1.00", "1.00") "," OPTION("PRIORITY_MAIL", "SP",
			"9.85", "13.55") "," OPTION("PRIORITY_MAIL", "DR", "19.85",
			"23.55") "]},{\"mailClass\":\"USPS_CONNECT_LOCAL\",\"rateOptions\":"
				 "[" OPTION("", "SP", "4.4", "4.40") "]}]}]}";
	struct asked t;

	asked_begin(&t, "usps", CARRIER_RATES);
	t.ask.npackages = 2;
	t.ask.signature = true;
	t.packages[1].insured_minor = 60000;
	asked_answer(&t, 200, answer);
	CHECK(t.ask.outcome == CARRIER_DONE && t.ask.ncalls == 3);
	CHECK(t.ask.nrates == 2 && asked_rate(&t, "priority")->minor == 2 * 1355);
	CHECK(asked_rate(&t, "priority")->days == 3);
	CHECK(asked_rate(&t, "priority")->delivery_ms == INT64_C(1775088000000));
	CHECK(asked_rate(&t, "usps_connect_local")->minor == 880);
	CHECK_STR(t.ask.calls[0].url, "https://a.example/shipments/v3/options/search");
	CHECK_STR(asked_sent(&t, 0, "packageDescription"),
		"{\"weight\":2.5,\"length\":12,\"width\":8,\"height\":6,\"mailClass\":\"ALL\","
		"\"extraServices\":[921],\"mailingDate\":\"2026-03-30\"}");
	CHECK_STR(asked_sent(&t, 1, "packageDescription.extraServices"), "[921,931]");
	CHECK_STR(asked_sent(&t, 0, "destinationZIPCode"), "\"90210\"");
	CHECK_STR(t.ask.calls[2].url,
		"https://a.example/service-standards/v3/estimates?originZIPCode=10001&"
		"destinationZIPCode=90210&acceptanceDate=2026-03-30&mailClass=ALL");
	arena_free(t.a);
}

void
test_usps__one_package_that_cannot_be_quoted_fails_all(void)
{
	struct asked t;

	asked_begin(&t, "usps", CARRIER_RATES);
	t.ask.npackages = 2;
	t.ask.adapter->build(&t.ask);
	t.ask.calls[0].status = 200;
	t.ask.calls[0].answer =
		STR("{\"rateOptions\":[" OPTION("PRIORITY_MAIL", "SP", "1", "1") "]}");
	t.ask.calls[1].status = 400;
	t.ask.calls[1].answer = STR("{\"apiVersion\":\"/prices/v3\",\"error\":{\"code\":\"400\","
				    "\"message\":\"bad\",\"errors\":[]}}");
	t.ask.calls[2].fault = CARRIER_FAULT_NO_ANSWER;
	t.ask.adapter->parse(&t.ask);
	CHECK(t.ask.outcome == CARRIER_REFUSED && !t.ask.nrates);
	CHECK_STR(t.ask.code, "400");
	CHECK_STR(t.ask.message, "bad");
	arena_free(t.a);
}

void
test_usps__only_within_the_country(void)
{
	struct asked t;

	asked_begin(&t, "usps", CARRIER_RATES);
	t.ask.to.country = STR("DE");
	t.ask.adapter->build(&t.ask);
	CHECK(t.ask.outcome == CARRIER_REFUSED);
	CHECK_STR(t.ask.code, "not_served");
	arena_free(t.a);
}

void
test_usps__a_label_is_asked_for_once_however_often(void)
{
	static const char answer[] =
		"{\"labelAddress\":{},\"trackingNumber\":\"9205590109769900012613\","
		"\"postage\":7.64,\"extraServices\":[{\"name\":\"x\",\"price\":3.7}],"
		"\"fees\":[],\"labelImage\":\"JVBERi0xLjQK\"}";
	struct asked t, again;

	asked_begin(&t, "usps", CARRIER_LABEL);
	t.ask.service = STR("first_class");
	t.ask.npackages = 2;
	asked_answer(&t, 201, answer);
	CHECK(t.ask.outcome == CARRIER_DONE && t.ask.label.nparcels == 2);
	CHECK(t.ask.label.minor == 2 * 1134);
	CHECK_STR(t.ask.label.parcels[0].type, "application/pdf");
	CHECK_STR(t.ask.label.shipment, "9205590109769900012613,9205590109769900012613");
	CHECK_STR(asked_header(&t.ask.calls[0], "X-Payment-Authorization-Token"), "token-two");
	CHECK_STR(asked_sent(&t, 0, "toAddress"),
		"{\"firstName\":\"Bob de\",\"lastName\":\"Receiver\",\"streetAddress\":"
		"\"9 Rodeo \\\"Drive\\\"\",\"secondaryAddress\":\"Apt 4\",\"city\":\"Beverly "
		"Hills\","
		"\"state\":\"CA\",\"ZIPCode\":\"90210\",\"ZIPPlus4\":\"1234\"}");
	CHECK_STR(asked_sent(&t, 0, "packageDescription.mailClass"), "\"USPS_GROUND_ADVANTAGE\"");
	asked_begin(&again, "usps", CARRIER_LABEL);
	again.ask.service = STR("first_class");
	again.ask.adapter->build(&again.ask);
	CHECK(str_eq(asked_header(&t.ask.calls[0], "X-Idempotency-Key"),
		asked_header(&again.ask.calls[0], "X-Idempotency-Key")));
	CHECK(!str_eq(asked_header(&t.ask.calls[0], "X-Idempotency-Key"),
		asked_header(&t.ask.calls[1], "X-Idempotency-Key")));
	CHECK(asked_header(&t.ask.calls[0], "X-Idempotency-Key").n == 36);
	arena_free(again.a);
	arena_free(t.a);
}

void
test_usps__a_label_may_come_in_parts(void)
{
	struct asked t;

	asked_begin(&t, "usps", CARRIER_LABEL);
	t.ask.service = STR("priority");
	asked_answer(&t, 200,
		"--726UYUDSQB6JWJXFDY\r\nContent-type: application/json\r\n\r\n"
		"{\"trackingNumber\":\"92055\",\"postage\":7.64}\r\n--726UYUDSQB6JWJXFDY\r\n"
		"File Name: label.pdf\r\nContent-Type: application/pdf\r\n\r\nJVBERi0x\r\nLjQK\r\n"
		"--726UYUDSQB6JWJXFDY--\r\n");
	CHECK(t.ask.outcome == CARRIER_DONE && t.ask.label.nparcels == 1);
	CHECK(t.ask.label.minor == 764);
	CHECK_STR(t.ask.label.parcels[0].label, "%PDF-1.4\n");
	arena_free(t.a);
}

void
test_usps__of_several_labels_those_that_were_bought_are_told(void)
{
	struct asked t;

	for (int unknown = 0; unknown < 2; unknown++) {
		asked_begin(&t, "usps", CARRIER_LABEL);
		t.ask.service = STR("express");
		t.ask.npackages = 2;
		t.ask.adapter->build(&t.ask);
		t.ask.calls[0].status = 200;
		t.ask.calls[0].answer = STR("{\"trackingNumber\":\"92055\",\"postage\":7.64}");
		t.ask.calls[1].status = 400;
		t.ask.calls[1].fault = unknown ? CARRIER_FAULT_NO_ANSWER : CARRIER_FAULT_NONE;
		t.ask.adapter->parse(&t.ask);
		CHECK(t.ask.outcome == (unknown ? CARRIER_UNKNOWN : CARRIER_DONE));
		CHECK(t.ask.label.nparcels == 1);
		CHECK_STR(t.ask.code, unknown ? "no_answer" : "http_400");
		arena_free(t.a);
	}
}

void
test_usps__each_label_is_voided(void)
{
	struct asked t;

	asked_begin(&t, "usps", CARRIER_VOID);
	t.ask.shipment = STR("92055,92056");
	asked_answer(&t, 200, "");
	CHECK(t.ask.outcome == CARRIER_DONE && t.ask.ncalls == 2);
	CHECK_STR(t.ask.calls[1].url, "https://a.example/labels/v3/label/92056");
	arena_free(t.a);
}

void
test_usps__scans_are_in_the_time_of_their_place(void)
{
	static const char answer[] =
		"{\"trackingNumber\":\"92055\",\"statusCategory\":\"Delivered\",\"trackingEvents\":"
		"["
		"{\"eventType\":\"Delivered, Left with Individual\",\"eventTimestamp\":"
		"\"2024-04-04T07:03:12Z\",\"GMTTimestamp\":\"2024-04-04T14:03:12.041Z\","
		"\"GMTOffset\":"
		"\"-7:00\",\"eventCity\":\"BEVERLY "
		"HILLS\",\"eventState\":\"CA\",\"eventZIP\":\"90210\","
		"\"eventCode\":\"01\"},"
		"{\"eventType\":\"Out for Delivery\",\"eventTimestamp\":\"2024-04-04T06:10:00Z\","
		"\"GMTOffset\":\"-7:00\",\"eventCode\":\"OF\"},"
		"{\"eventType\":\"Notice Left (No Authorized Recipient "
		"Available)\",\"eventTimestamp\":"
		"\"2024-04-03T06:10:00Z\",\"GMTOffset\":\"-7:00\",\"eventCode\":\"??\"},"
		"{\"eventType\":\"Shipping Label Created, USPS Awaiting Item\",\"eventTimestamp\":"
		"\"2024-04-01T06:10:00\"}]}";
	struct asked t;

	asked_begin(&t, "usps", CARRIER_TRACK);
	asked_answer(&t, 200, answer);
	if (!CHECK(t.ask.outcome == CARRIER_DONE && t.ask.nevents == 4))
		return;
	CHECK_STR(str_of(t.ask.events[0].status), "label_created");
	CHECK_STR(str_of(t.ask.events[1].status), "exception");
	CHECK_STR(str_of(t.ask.events[2].status), "out_for_delivery");
	CHECK(t.ask.events[2].at_ms == INT64_C(1712236200000));
	CHECK_STR(str_of(t.ask.events[3].status), "delivered");
	CHECK(t.ask.events[3].at_ms == INT64_C(1712239392041));
	CHECK_STR(t.ask.events[3].country, "US");
	arena_free(t.a);
}

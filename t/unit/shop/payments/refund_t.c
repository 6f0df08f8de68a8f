/* When money that goes back arrives, and what of a commission goes back with it. */
#include "shop/payments/refunds.h"

#include "base/clock.h"
#include "tap.h"

static int64_t
at(const char *text)
{
	int64_t ms = 0;

	must(clock_parse(str_of(text), &ms));
	return ms;
}

void
test_refund__money_arrives_after_business_days(void)
{
	static const struct {
		const char *type, *from, *to;
	} cases[] = {
		{ "card", "2026-01-12T10:00:00Z", "2026-01-19T10:00:00Z" }, /* Monday to Monday */
		{ "card", "2026-01-16T23:59:59.999Z", "2026-01-23T23:59:59.999Z" }, /* Friday */
		{ "card", "2026-01-17T00:00:00Z", "2026-01-23T00:00:00Z" },         /* Saturday */
		{ "card", "2026-01-18T12:00:00Z", "2026-01-23T12:00:00Z" },         /* Sunday */
		{ "klarna", "2026-01-12T10:00:00Z", "2026-01-21T10:00:00Z" },
		{ "ach", "2026-01-12T10:00:00Z", "2026-01-26T10:00:00Z" },
		{ "wire", "2026-02-27T10:00:00Z", "2026-03-13T10:00:00Z" },
		{ "", "2026-12-31T10:00:00Z", "2027-01-07T10:00:00Z" },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		CHECK(refund_settles_ms(str_of(cases[i].type), at(cases[i].from)) ==
			at(cases[i].to));
}

void
test_refund__parts_of_a_fee_add_up(void)
{
	for (int64_t captured = 1; captured < 60; captured++) {
		for (int64_t fee = 0; fee <= captured; fee++) {
			struct fee_part of = { .fee = fee, .captured = captured };

			for (int64_t step = 1 + fee % 3; of.before < captured;
				step = 1 + step * 2 % 5) {
				int64_t amount = MIN(step, captured - of.before);
				int64_t part = refund_fee_part(&of, amount);

				CHECK(part >= 0 && part <= amount);
				of.before += amount;
				of.fee_before += part;
			}
			CHECK(of.fee_before == fee);
		}
	}
}

void
test_refund__a_part_of_a_fee_is_its_share(void)
{
	struct fee_part of = { .fee = 1000, .captured = 9999 };

	CHECK(refund_fee_part(&of, 9999) == 1000);
	CHECK(refund_fee_part(&of, 3333) == 333);
	CHECK(refund_fee_part(&of, 5) == 1);
	CHECK(refund_fee_part(&of, 4) == 0);
	of = (struct fee_part){ .fee = INT64_C(9000000000000000),
		.captured = INT64_C(9007199254740991) };
	CHECK(refund_fee_part(&of, INT64_C(9007199254740991)) == INT64_C(9000000000000000));
	/* Those refunds failed whose parts were rounded up. */
	of = (struct fee_part){ .fee = 3, .captured = 5, .before = 2 };
	CHECK(refund_fee_part(&of, 1) == 1);
}

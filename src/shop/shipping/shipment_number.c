/* Tracking numbers of our own: a serial shipping container code (SSCC), which a GS1-128 barcode holds behind (00). */
#include "shop/shipping/shipments.h"

#define SERIAL_DIGITS 16

/* Weights 3 and 1 alternate from the right. */
static char
check_digit(const char *digits, size_t n)
{
	int sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += ((n - i) % 2 ? 3 : 1) * (digits[i] - '0');
	return (char)('0' + (10 - sum % 10) % 10);
}

struct str
shipment_number(struct arena *a, struct id id)
{
	char text[SERIAL_DIGITS + 2];
	uint64_t left = (uint64_t)id.n;

	text[0] = '9'; /* the extension digit: of no company */
	for (int i = SERIAL_DIGITS; i > 0; i--, left /= 10)
		text[i] = (char)('0' + left % 10);
	text[SERIAL_DIGITS + 1] = check_digit(text, SERIAL_DIGITS + 1);
	return str_dup(a, (struct str){ text, sizeof(text) });
}

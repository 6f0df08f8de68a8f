/* Lengths are those of SWIFT's registry of IBANs. */
#include "shop/payments/bank.h"

#include "base/country.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

bool
bank_is_routing(struct str s)
{
	static const int weights[] = { 3, 7, 1 };
	int sum = 0;
	bool zero = true;

	if (s.n != 9)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!is_digit(s.p[i]))
			return false;
		zero = zero && s.p[i] == '0';
		sum += weights[i % 3] * (s.p[i] - '0');
	}
	return !zero && sum % 10 == 0;
}

/* How long the IBANs of a country are; 0: it has none. */
static size_t
iban_length(const char *country)
{
	static const char lengths[] = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28"
				      "CZ24DE22DJ27DK18DO28EE20EG29"
				      "ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22"
				      "IL23IQ23IS26IT27JO30KW30KZ20"
				      "LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30"
				      "NI28NL18NO15OM23PK24PL28PS29"
				      "PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28"
				      "TL23TN24TR26UA29VA22VG24XK20"
				      "YE30";

	for (const char *p = lengths; *p; p += 4) {
		if (p[0] == country[0] && p[1] == country[1])
			return (size_t)(p[2] - '0') * 10 + (size_t)(p[3] - '0');
	}
	return 0;
}

/* The number that an IBAN stands for, its first four characters last, modulo 97. */
static int
modulo_97(const char *iban, size_t n)
{
	int rest = 0;

	for (size_t i = 0; i < n; i++) {
		char c = iban[(i + 4) % n];

		if (is_digit(c))
			rest = (rest * 10 + (c - '0')) % 97;
		else
			rest = (rest * 100 + (c - 'A' + 10)) % 97;
	}
	return rest;
}

size_t
bank_iban(struct str s, char out[IBAN_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - 32) : s.p[i];

		if (c == ' ')
			continue;
		if ((!is_digit(c) && !is_capital(c)) || n == IBAN_MAX)
			return 0;
		out[n++] = c;
	}
	if (n < 5 || !is_capital(out[0]) || !is_capital(out[1]) || !is_digit(out[2]) ||
		!is_digit(out[3]) || n != iban_length(out))
		return 0;
	return modulo_97(out, n) == 1 ? n : 0;
}

bool
bank_is_bic(struct str s)
{
	if (s.n != 8 && s.n != 11)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!is_capital(s.p[i]) && (i < 6 || !is_digit(s.p[i])))
			return false;
	}
	return country_exists(str_cut(s, 4, 6)) || str_eq(str_cut(s, 4, 6), STR("XK"));
}

size_t
bank_account(struct str s, char out[17])
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ' ' || s.p[i] == '-')
			continue;
		if (!is_digit(s.p[i]) || n == 17)
			return 0;
		out[n++] = s.p[i];
	}
	return n >= 4 ? n : 0;
}

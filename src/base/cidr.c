/* inet_pton reads the addresses; what it takes is exactly the notation of RFC 4291 and dotted quads without leading zeros. */
#include "base/cidr.h"

#include <arpa/inet.h>

#define V4_BITS 96 /* of ::ffff:0:0/96, in which v4 is held */

static const unsigned char v4_head[12] = { [10] = 0xff, [11] = 0xff };

static bool
is_v4(const unsigned char address[16])
{
	return memcmp(address, v4_head, sizeof(v4_head)) == 0;
}

static bool
read_address(struct str text, unsigned char out[16])
{
	char z[INET6_ADDRSTRLEN];

	if (text.n >= sizeof(z) || memchr(text.p, 0, text.n))
		return false;
	memcpy(z, text.p, text.n);
	z[text.n] = '\0';
	if (inet_pton(AF_INET6, z, out) == 1)
		return true;
	memcpy(out, v4_head, sizeof(v4_head));
	return inet_pton(AF_INET, z, out + sizeof(v4_head)) == 1;
}

/* Clears what stands behind the prefix; true if anything was set there. */
static bool
cut_behind(unsigned char address[16], int bits)
{
	bool cut = false;

	for (int i = 0; i < 16; i++) {
		int kept = MAX(MIN(bits - 8 * i, 8), 0);
		unsigned char mask = (unsigned char)(0xff00 >> kept);

		cut |= (address[i] & (unsigned char)~mask) != 0;
		address[i] &= mask;
	}
	return cut;
}

static struct str
render(struct arena *a, const unsigned char address[16], int bits)
{
	char text[INET6_ADDRSTRLEN];
	bool v4 = is_v4(address) && bits >= V4_BITS;

	must(inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? address + sizeof(v4_head) : address, text,
		sizeof(text)));
	return str_fmt(a, "%s/%d", text, v4 ? bits - V4_BITS : bits);
}

/* The digits behind the '/', in bits of 128; false unless they are a plain number that the family has. */
static bool
read_bits(struct str text, bool v4, int *bits)
{
	int64_t n;

	if (text.n > 3 || (text.n > 1 && text.p[0] == '0') || !str_int(text, &n) || n < 0 ||
		n > (v4 ? 32 : 128))
		return false;
	*bits = (int)n + (v4 ? V4_BITS : 0);
	return true;
}

bool
cidr_parse(struct arena *a, struct str text, struct cidr *out, struct str *suggested)
{
	size_t slash;
	bool v4;

	if (suggested)
		*suggested = (struct str){ 0 };
	if (!text.n || text.n > CIDR_TEXT_MAX)
		return false;
	slash = str_find(text, '/');
	v4 = !memchr(text.p, ':', slash);
	out->bits = 128;
	if (!read_address(str_cut(text, 0, slash), out->address))
		return false;
	if (slash < text.n && !read_bits(str_cut(text, slash + 1, text.n), v4, &out->bits))
		return false;
	if (!cut_behind(out->address, out->bits))
		return true;
	if (suggested)
		*suggested = render(a, out->address, out->bits);
	return false;
}

bool
cidr_holds(const struct cidr *range, const unsigned char address[16])
{
	unsigned char bytes[16];

	memcpy(bytes, address, sizeof(bytes));
	cut_behind(bytes, range->bits);
	return memcmp(bytes, range->address, sizeof(bytes)) == 0;
}

bool
cidr_has(const struct cidr *range, struct str address)
{
	unsigned char bytes[16];

	return address.n && read_address(address, bytes) && cidr_holds(range, bytes);
}

bool
cidr_list_parse(struct arena *a, struct str text, struct cidr_list *out, struct str *suggested)
{
	struct str rest = str_trim(text).n ? text : (struct str){ 0 }, one;
	struct cidr *ranges = ARENA_ARRAY(a, text.n + 1, struct cidr);

	if (suggested)
		*suggested = (struct str){ 0 };
	*out = (struct cidr_list){ .ranges = ranges };
	while (str_split(&rest, ',', &one)) {
		if (!cidr_parse(a, str_trim(one), &ranges[out->n++], suggested))
			return false;
	}
	return true;
}

bool
cidr_list_has(const struct cidr_list *list, struct str address)
{
	for (size_t i = 0; i < list->n; i++) {
		if (cidr_has(&list->ranges[i], address))
			return true;
	}
	return false;
}

bool
cidr_list_holds(const struct cidr_list *list, const unsigned char address[16])
{
	for (size_t i = 0; i < list->n; i++) {
		if (cidr_holds(&list->ranges[i], address))
			return true;
	}
	return false;
}

struct str
cidr_network(struct arena *a, struct str address)
{
	unsigned char bytes[16];
	int bits;

	if (!address.n || !read_address(address, bytes))
		return (struct str){ 0 };
	bits = is_v4(bytes) ? V4_BITS + 24 : 48;
	cut_behind(bytes, bits);
	return render(a, bytes, bits);
}

/* Ranges of addresses: each has its own address; what is suggested instead of a slip is one, and has it too. */
#include "fuzz.h"

#include "base/cidr.h"

/* With commas between them, the same ranges. */
static void
read_list(struct fuzz *f)
{
	struct str rest = f->in, one, suggested;
	struct cidr_list list;

	if (!cidr_list_parse(f->arena, f->in, &list, &suggested))
		return;
	while (list.n && str_split(&rest, ',', &one)) {
		one = str_trim(one);
		must(cidr_list_has(&list, str_cut(one, 0, str_find(one, '/'))));
	}
}

void
fuzz_cidr(struct fuzz *f)
{
	struct str address = str_cut(f->in, 0, str_find(f->in, '/')), suggested, none, network;
	struct cidr range;

	if (cidr_parse(f->arena, f->in, &range, &suggested)) {
		must(!suggested.n && cidr_has(&range, address));
	} else if (suggested.n) {
		must(suggested.n <= CIDR_TEXT_MAX);
		must(cidr_parse(f->arena, suggested, &range, &none) && cidr_has(&range, address));
	}
	network = cidr_network(f->arena, address);
	if (network.n)
		must(cidr_parse(f->arena, network, &range, &none) && cidr_has(&range, address));
	read_list(f);
}

/* Reading what a label shall say. */
#include "programs/label.h"

#include "base/json.h"

#define TEXT_MAX 400

static struct str
text_of(const struct json *j)
{
	return j && json_kind(j) == JSON_STRING ? str_head(json_string(j), TEXT_MAX)
						: (struct str){ 0 };
}

static struct str
member(const struct json *object, const char *name)
{
	return text_of(json_get(object, name));
}

static size_t
list(const struct json *object, const char *name, struct str *to, size_t most)
{
	const struct json *array = json_get(object, name);
	size_t n = 0;

	if (!array || json_kind(array) != JSON_ARRAY)
		return 0;
	for (size_t i = 0; i < json_length(array) && n < most; i++)
		to[n++] = text_of(json_at(array, i));
	return n;
}

bool
label_read(struct arena *a, const struct json *said, struct label *to)
{
	const struct json *sscc;

	(void)a;
	if (!said || json_kind(said) != JSON_OBJECT)
		return false;
	sscc = json_get(said, "sscc");
	to->nfrom = list(said, "from", to->from, LABEL_LINES);
	to->nto = list(said, "to", to->to, LABEL_LINES);
	to->nmarks = list(said, "marks", to->marks, LABEL_LINES);
	to->npackages = list(said, "packages", to->packages, LABEL_PACKAGES);
	to->carrier = member(said, "carrier");
	to->service = member(said, "service");
	to->date = member(said, "date");
	to->order = member(said, "order");
	to->reference = member(said, "reference");
	to->number = member(said, "number");
	to->sscc = sscc && json_kind(sscc) == JSON_BOOL && json_bool(sscc);
	return to->number.n > 0 && to->nto > 0 && to->npackages > 0;
}

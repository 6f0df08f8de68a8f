/* The things, their parts and tags. */
#include "thing.h"

#include "model/type.h"
#include "tap.h"

static const struct choice states[] = {
	{ "draft", "not shown" },
	{ "active", "shown" },
	{ "archived", "kept" },
};

static const struct field thing_fields[THING__MAX] = {
	[THING_NAME] =
		LANG("name", DOC("Name."), .flags = F_REQUIRED, .max = 20, .example = "Lamp"),
	[THING_NOTE] = LANG("note", DOC("Note."), .flags = F_MULTILINE, .max = 30),
	[THING_CODE] = STRING("code", DOC("Code."), .flags = F_REQUIRED | F_UNIQUE | F_KEY,
		.min = 2, .max = 8, .pattern = "^[A-Z0-9-]+$",
		.pattern_doc = "upper-case letters, digits and '-'", .example = "L-1"),
	[THING_LABEL] = STRING("label", DOC("Label.")),
	[THING_OPEN] = BOOL("open", DOC("Open."), .initial = "true"),
	[THING_PIECES] = INTEGER("pieces", DOC("Pieces."), .max = 1000, .initial = "5"),
	[THING_DELTA] = INTEGER("delta", DOC("Delta."), .min = -10, .max = 10, .example = "-3"),
	[THING_WEIGHT] = DECIMAL("weight", 3, DOC("Weight."), .max = 100000, .example = "1.5"),
	[THING_PRICE] = PRICE("price", DOC("Price."), .prices = "prices", .example = "1.50"),
	[THING_COST] = PRICE("cost", DOC("Cost."), .scope = "things:cost"),
	[THING_FEE] = AMOUNT("fee", DOC("Fee."), .example = "150"),
	[THING_STATE] = ENUM("state", states, DOC("State."), .initial = "draft"),
	[THING_SINCE] = TIME("since", DOC("Since."), .flags = F_CREATE_ONLY),
	[THING_OWNER] = REF("owner_id", "tag", DOC("Owner."), .example = "tag_01h"),
	[THING_FACETS] = MAP("facets", DOC("Facets."), .max = 3, .example = "{\"size\":\"L\"}"),
	[THING_WORDS] = LIST("words", DOC("Words."), .min = 1, .max = 3, .example = "[\"a\"]"),
	[THING_PRICES] = PRICES("prices", DOC("Prices."), .max = 3, .example = "{\"EUR\":1.50}"),
	[THING_SERIAL] = STRING("serial", DOC("Ours, shown."), .flags = F_READ_ONLY),
	[THING_HASH] = STRING("hash", DOC("Ours."), .flags = F_INTERNAL),
	[THING_SECRET] = STRING("secret", DOC("Shown once."), .flags = F_ONCE | F_READ_ONLY),
};

static const struct relation thing_relations[] = {
	[THING_TAGS] = LINK("tags", "tag", "thing_tags", DOC("Tags."), .by = "slug", .max = 3),
	[THING_PARTS] =
		MANY("parts", "part", "thing_id", DOC("Parts."), .flags = R_INLINE, .max = 4),
};

const struct resource thing = {
	.name = "thing",
	.plural = "things",
	.prefix = "thg",
	.table = "things",
	DOC("A thing."),
	FIELDS(thing_fields),
	RELATIONS(thing_relations),
	.verbs = V_CRUD,
	STATUS(THING_STATE, 2),
	SCOPES("things"),
	EVENTS("thing"),
	PLAN,
};

static const struct field part_fields[PART__MAX] = {
	[PART_CODE] = STRING(
		"code", DOC("Code."), .flags = F_REQUIRED | F_KEY, .max = 8, .example = "P-1"),
	[PART_TITLE] = LANG("title", DOC("Title.")),
	[PART_COST] = PRICE("cost", DOC("Cost."), .scope = "things:cost"),
	[PART_FACETS] = MAP("facets", DOC("Facets."), .max = 2),
	[PART_POSITION] = INTEGER("position", DOC("Place."), .max = 1000),
};

const struct resource part = {
	.name = "part",
	.plural = "parts",
	.prefix = "part",
	.table = "parts",
	DOC("A part of a thing."),
	.parent = "thing",
	.parent_column = "thing_id",
	.order_column = "position",
	FIELDS(part_fields),
	.verbs = V_CRUD,
	NO_STATUS,
	SCOPES("things"),
	PLAN,
};

static const struct field tag_fields[] = {
	STRING("slug", DOC("Word."), .flags = F_REQUIRED | F_KEY, .example = "new"),
};

const struct resource tag = {
	.name = "tag",
	.plural = "tags",
	.prefix = "tag",
	.table = "tags",
	DOC("A word."),
	FIELDS(tag_fields),
	.verbs = V_LIST | V_GET,
	NO_STATUS,
	SCOPES("tags"),
	PLAN,
};

static const struct resource *const all[] = { &thing, &part, &tag, NULL };

void
shop_begin(struct shop *s)
{
	static const struct str everything[] = { { "*", 1 } };
	struct err *e;

	*s = (struct shop){ .a = arena_new("test", (size_t)1 << 24) };
	e = model_link(s->a, all);
	for (struct err_detail *d = e ? e->details : NULL; d; d = d->next)
		printf("# %.*s: %.*s\n", STRF(d->field), STRF(d->message));
	CHECK(!e);
	s->cx = (struct ctx){ .arena = s->a,
		.tenant = { 7 },
		.scopes = { everything, 1 },
		.currency = STR("USD"),
		.currency_digits = 2,
		.language = STR("en") };
}

void
shop_end(struct shop *s)
{
	arena_free(s->a);
}

struct json *
json_of(struct arena *a, const char *text)
{
	struct json *j = NULL;

	must(!json_parse(a, str_of(text), &j));
	return j;
}

struct str
faults_of(struct arena *a, const struct err *e)
{
	struct buf b;

	buf_init(&b, a, 256, (size_t)1 << 20);
	for (const struct err_detail *d = e ? e->details : NULL; d; d = d->next) {
		if (b.n)
			buf_char(&b, ',');
		buf_fmt(&b, "%.*s%s%s", STRF(d->field), d->field.n ? " " : "",
			reason_word(d->reason));
	}
	return b.n ? buf_view(&b) : STR("");
}

struct str
shown(struct ctx *cx, const struct rec *r, int field)
{
	const struct field *f = &r->resource->fields[field];
	struct buf b;

	if (r->v[field].state != VALUE_SET)
		return r->v[field].state == VALUE_NULL ? STR("null") : STR("unset");
	buf_init(&b, cx->arena, 256, (size_t)1 << 20);
	type_rows[f->type].render(&b, cx, f, &r->v[field]);
	return buf_view(&b);
}

/* Linking: what a whole set of descriptors becomes, and the complaint about each broken one. */
#include "model/plan.h"
#include "model/raw.h"
#include "model/summary.h"

#include "tap.h"
#include "thing.h"

#define SOUND(n)                                                                                   \
	.name = (n), .plural = n "s", .prefix = (n), .table = n "s", DOC("Something."), SCOPES(n), \
	EVENTS(n), .verbs = V_GET, PLAN

/* A resource with these fields and nothing else that could be wrong. */
#define WITH_FIELDS(id, ...)                                                                       \
	static const struct field id##_fields[] = { __VA_ARGS__ };                                 \
	static const struct resource id = { SOUND("bad"), NO_STATUS, FIELDS(id##_fields) }
#define WITH_RELATIONS(id, ...)                                                                    \
	static const struct field id##_fields[] = { STRING("name", DOC("Name.")) };                \
	static const struct relation id##_relations[] = { __VA_ARGS__ };                           \
	static const struct resource id = { SOUND("bad"), NO_STATUS, FIELDS(id##_fields),          \
		RELATIONS(id##_relations) }

static const struct choice choices[] = { { "on", "on" }, { "off", "off" } };

static const struct field sound_fields[] = { STRING("name", DOC("Name.")) };
static const struct resource sound = { SOUND("sound"), NO_STATUS, FIELDS(sound_fields) };

/* Fields. */
WITH_FIELDS(no_doc, STRING("name", .max = 3));
WITH_FIELDS(no_row, { 0 }, STRING("name", DOC("Name.")));
WITH_FIELDS(twice, STRING("name", DOC("Name.")), BOOL("name", DOC("Name.")));
WITH_FIELDS(no_example, STRING("name", DOC("Name."), .flags = F_REQUIRED));
WITH_FIELDS(required_own,
	STRING("name", DOC("Name."), .flags = F_REQUIRED | F_READ_ONLY, .example = "a"));
WITH_FIELDS(required_hidden,
	STRING("name", DOC("Name."), .flags = F_REQUIRED | F_INTERNAL, .example = "a"));
WITH_FIELDS(live_sent, STRING("name", DOC("Name."), .flags = F_LIVE));
WITH_FIELDS(live_found, STRING("name", DOC("Name."), .flags = F_LIVE | F_READ_ONLY | F_FILTER));
WITH_FIELDS(secret_number, INTEGER("name", DOC("Name."), .flags = F_SEALED));
WITH_FIELDS(secret_map, MAP("name", DOC("Name."), .flags = F_VAULT, .max = 2));
WITH_FIELDS(secret_found, STRING("name", DOC("Name."), .flags = F_SEALED | F_FILTER));
WITH_FIELDS(secret_twice, STRING("name", DOC("Name."), .flags = F_SEALED | F_VAULT));
WITH_FIELDS(no_index, STRING("name", DOC("Name."), .flags = F_SORT));
WITH_FIELDS(sorted_map, MAP("name", DOC("Name."), .flags = F_SORT, .index = "i", .max = 2));
WITH_FIELDS(sorted_list, LIST("name", DOC("Name."), .flags = F_SORT, .max = 2, .index = "name"));
WITH_FIELDS(long_list,
	LIST("a_list_that_has_far_too_long_a_name", DOC("Name."), .flags = F_FILTER, .max = 2));
WITH_FIELDS(searched_bool, BOOL("name", DOC("Name."), .flags = F_SEARCH));
WITH_FIELDS(unique_text, LANG("name", DOC("Name."), .flags = F_UNIQUE));
WITH_FIELDS(key_price, PRICE("name", DOC("Name."), .flags = F_KEY));
WITH_FIELDS(no_choices, FIELD(T_ENUM, "name", DOC("Name.")));
WITH_FIELDS(min_above, INTEGER("name", DOC("Name."), .min = 5, .max = 4));
WITH_FIELDS(no_items, MAP("name", DOC("Name.")), LIST("list", DOC("List.")));
WITH_FIELDS(scale_low, DECIMAL("name", 0, DOC("Name.")));
WITH_FIELDS(scale_high, DECIMAL("name", 10, DOC("Name.")));
WITH_FIELDS(initial_map, MAP("name", DOC("Name."), .max = 2, .initial = "{}"));
WITH_FIELDS(pattern, STRING("name", DOC("Name."), .pattern = "^[a-z"));
WITH_FIELDS(ref_nowhere, REF("name", NULL, DOC("Name.")));
WITH_FIELDS(ref_unknown, REF("name", "nobody", DOC("Name.")));
WITH_FIELDS(ref_of_nothing, REF_OF("name", "kind", DOC("Name."), .flags = F_READ_ONLY));
WITH_FIELDS(ref_of_bool, REF_OF("name", "kind", DOC("Name."), .flags = F_READ_ONLY),
	BOOL("kind", DOC("Kind.")));
WITH_FIELDS(ref_of_any, REF_OF("name", "kind", DOC("Name.")), STRING("kind", DOC("Kind.")));

/* Shapes. */
static const struct field leaf_fields[] = { STRING(
	"leaf", DOC("Leaf."), .flags = F_REQUIRED, .example = "a") };
static const struct resource leaf = SHAPE("leaf", leaf_fields, DOC("A leaf."));
static const struct resource bare = {
	.name = "bare", DOC("Bare."), FIELDS(leaf_fields), NO_STATUS
};
static const struct resource wordless = SHAPE("wordless", leaf_fields, .doc = NULL);
static const struct resource doing =
	SHAPE("doing", leaf_fields, DOC("It can be got."), .verbs = V_GET);
static const struct resource like_other = SHAPE("leaf", leaf_fields, DOC("Another leaf."));
static const struct resource like_sound = SHAPE("sound", leaf_fields, DOC("A noise."));
extern const struct resource worm;
static const struct field worm_fields[] = { OBJECT("worm", &worm, DOC("Itself.")) };
const struct resource worm = SHAPE("worm", worm_fields, DOC("A worm."));
WITH_FIELDS(object_worm, OBJECT("name", &worm, DOC("Name.")));
WITH_FIELDS(object_of_none, FIELD(T_OBJECT, "name", DOC("Name.")));
WITH_FIELDS(shape_of_text, STRING("name", DOC("Name."), .object = &leaf));
WITH_FIELDS(object_table, OBJECT("name", &sound, DOC("Name.")));
WITH_FIELDS(object_planless, OBJECT("name", &bare, DOC("Name.")));
WITH_FIELDS(object_wordless, OBJECT("name", &wordless, DOC("Name.")));
WITH_FIELDS(object_doing, OBJECT("name", &doing, DOC("Name.")));
WITH_FIELDS(
	object_twins, OBJECT("one", &leaf, DOC("One.")), OBJECT("two", &like_other, DOC("Two.")));
WITH_FIELDS(object_sound, OBJECT("name", &like_sound, DOC("Name.")));
WITH_FIELDS(objects_many, OBJECTS("name", &leaf, DOC("Name.")));
WITH_FIELDS(object_filtered, OBJECT("name", &leaf, DOC("Name."), .flags = F_FILTER));
WITH_FIELDS(object_initial, OBJECT("name", &leaf, DOC("Name."), .initial = "{}"));
WITH_FIELDS(example_object, OBJECT("name", &leaf, DOC("Name."), .example = "{}"));
WITH_FIELDS(ids_unknown, LIST("name", DOC("Name."), .max = 2, .to = "nobody"));
WITH_FIELDS(example_ids,
	LIST("name", DOC("Name."), .max = 2, .to = "sound", .example = "[\"bad_123\"]"));

/* Words of lists, other names, money of another currency. */
WITH_FIELDS(known_quiet, STRING("name", DOC("Name."), .known = known_country));
WITH_FIELDS(known_bool, BOOL("name", DOC("Name."), .known = known_country, .pattern_doc = "a"));
WITH_FIELDS(example_known,
	STRING("name", DOC("Name."), .known = known_country, .pattern_doc = "a country",
		.example = "XX"));
WITH_FIELDS(alias_taken, STRING("name", DOC("Name."), .alias = "title"),
	STRING("title", DOC("Title.")));
WITH_FIELDS(money_nowhere, PRICE("name", DOC("Name."), .money_in = "currency"));
WITH_FIELDS(money_bool, PRICE("name", DOC("Name."), .money_in = "currency"),
	BOOL("currency", DOC("Currency.")));
WITH_FIELDS(money_text, STRING("name", DOC("Name."), .money_in = "name"));

/* Values, which are looked at when the rest is right. */
WITH_FIELDS(example_long, STRING("name", DOC("Name."), .max = 2, .example = "abc"));
WITH_FIELDS(example_pattern,
	STRING("name", DOC("Name."), .pattern = "^[a-z]+$", .pattern_doc = "lower-case letters",
		.example = "A"));
WITH_FIELDS(example_int, INTEGER("name", DOC("Name."), .max = 5, .example = "6"));
WITH_FIELDS(example_word, INTEGER("name", DOC("Name."), .example = "six"));
WITH_FIELDS(example_fraction, AMOUNT("name", DOC("Name."), .example = "1.5"));
WITH_FIELDS(example_price, PRICE("name", DOC("Name."), .example = "1.505"));
WITH_FIELDS(example_choice, ENUM("name", choices, DOC("Name."), .example = "offf"));
WITH_FIELDS(example_time, TIME("name", DOC("Name."), .example = "2026-01-15"));
WITH_FIELDS(example_id, REF("name", "sound", DOC("Name."), .example = "bad_123"));
WITH_FIELDS(
	example_map, MAP("name", DOC("Name."), .max = 1, .example = "{\"a\":\"1\",\"b\":\"2\"}"));
WITH_FIELDS(example_list, LIST("name", DOC("Name."), .max = 1, .example = "[1]"));
WITH_FIELDS(initial_bool, BOOL("name", DOC("Name."), .initial = "yes"));
WITH_FIELDS(initial_choice, ENUM("name", choices, DOC("Name."), .initial = "none"));

WITH_FIELDS(sum_nobody,
	SUMMARY("name", DOC("Name."), .summary = &(const struct summary){ .of = "nobody" }));
WITH_FIELDS(sum_stranger,
	SUMMARY("name", DOC("Name."),
		.summary = &(const struct summary){ .of = "sound", .by = "name", .sum = "name" }));

/* Relations. */
WITH_RELATIONS(apart_inline,
	APART("parts", "sound", "bad_id", DOC("Parts."), .max = 1, .flags = R_INLINE));
WITH_RELATIONS(to_unknown, MANY("parts", "nobody", "bad_id", DOC("Parts."), .max = 1));
WITH_RELATIONS(to_nothing, MANY("parts", NULL, "bad_id", DOC("Parts."), .max = 1));
WITH_RELATIONS(no_most, LINK("parts", "sound", "bad_sounds", DOC("Parts."), .by = "name"));
WITH_RELATIONS(too_few, MANY("parts", "sound", "bad_id", DOC("Parts."), .min = 2, .max = 1));
WITH_RELATIONS(not_ours, MANY("parts", "sound", "bad_id", DOC("Parts."), .max = 1));
WITH_RELATIONS(no_by, LINK("parts", "sound", "bad_sounds", DOC("Parts."), .max = 1));
WITH_RELATIONS(
	wrong_by, LINK("parts", "sound", "bad_sounds", DOC("Parts."), .by = "slug", .max = 1));
WITH_RELATIONS(
	like_field, LINK("name", "sound", "bad_sounds", DOC("Parts."), .by = "name", .max = 1));
WITH_RELATIONS(two_alike,
	LINK("parts", "sound", "bad_sounds", DOC("Parts."), .by = "name", .max = 1),
	LINK("parts", "sound", "bad_sounds", DOC("Parts."), .by = "name", .max = 1));

/* The resource itself. */
#define NAMED(n) .name = (n), .plural = n "s", .prefix = (n), .table = n "s", NO_STATUS
static const struct resource nameless = {
	.plural = "bads", .prefix = "bad", .table = "bads", DOC("Bad."), NO_STATUS, PLAN
};
static const struct resource undocumented = { NAMED("bad"), PLAN };
static const struct resource open_to_read = { NAMED("bad"), DOC("Bad."), .verbs = V_LIST, PLAN };
static const struct resource open_to_write = { NAMED("bad"), DOC("Bad."), .verbs = V_UPDATE, PLAN };
static action_fn ring;
static operation_fn serve;
static outside_fn ask;
static raw_fn show;
static const struct action free_actions[] = { ACTION("ring", ring, DOC("Rings.")) };
static const struct resource open_to_act = { NAMED("bad"), DOC("Bad."), ACTIONS(free_actions),
	PLAN };
static const struct resource silent = { NAMED("bad"), DOC("Bad."), .verbs = V_CREATE,
	.scope_write = "bad:write", PLAN };
static const struct resource planless = { NAMED("bad"), DOC("Bad.") };
static const struct field too_many[FIELDS_MAX + 1] = { STRING("name", DOC("Name.")) };
static const struct resource crowded = { NAMED("bad"), DOC("Bad."), FIELDS(too_many), PLAN };
static const struct resource status_text = { SOUND("bad"), STATUS(0, 0), FIELDS(sound_fields) };
static const struct resource status_beyond = { SOUND("bad"), STATUS(1, 0), FIELDS(sound_fields) };
static const struct field choice_fields[] = { ENUM("name", choices, DOC("Name.")) };
static const struct resource status_choice = { SOUND("bad"), STATUS(0, 2), FIELDS(choice_fields) };
static const struct resource ordered = { SOUND("bad"), NO_STATUS, .order_column = "name",
	FIELDS(sound_fields) };
static const struct resource orphan = { SOUND("bad"), NO_STATUS, .parent = "nobody",
	.parent_column = "nobody_id" };
static const struct resource columnless = { SOUND("bad"), NO_STATUS, .parent = "sound" };
static const struct resource unloved = { SOUND("bad"), NO_STATUS, .parent = "sound",
	.parent_column = "sound_id" };
static const struct shorthand shorts[] = { SHORT("n", "nmae", DOC("Name.")) };
static const struct resource short_unknown = { SOUND("bad"), NO_STATUS, FIELDS(sound_fields),
	SHORTHANDS(shorts) };
static const struct shorthand words[] = { SHORT("n", "name", DOC("Name."), .word = "verb") };
static const struct resource short_word = { SOUND("bad"), NO_STATUS, FIELDS(sound_fields),
	SHORTHANDS(words) };
static const struct shorthand both[] = { SHORT(
	"n", "name", DOC("Name."), .op = "starts_with", .also = "verb") };
static const struct resource short_both = { SOUND("bad"), NO_STATUS, FIELDS(sound_fields),
	SHORTHANDS(both) };
static const struct shorthand eithers[] = { SHORT("n", "name", DOC("Name."), .also = "name") };
static const struct resource short_either = { SOUND("bad"), NO_STATUS, FIELDS(sound_fields),
	SHORTHANDS(eithers) };
static const struct shorthand times[] = { SHORT("n", "at", DOC("When."), .op = "gte") };
static const struct resource short_time = { SOUND("bad"), NO_STATUS, FIELDS(sound_fields),
	SHORTHANDS(times) };
#define DOES(id, rows, ...)                                                                        \
	static const struct rows id##_##rows[] = { __VA_ARGS__ };                                  \
	static const struct resource id = { SOUND("bad"), NO_STATUS, FIELDS(sound_fields),         \
		.rows##s = id##_##rows, .n##rows##s = COUNT(id##_##rows) }
#define SERVE(...)                                                                                 \
	{                                                                                          \
		.name = "serve", .path = "bads/serve", .run = serve, .scope = "bad:read",          \
		DOC("Serves."), __VA_ARGS__                                                        \
	}
DOES(act_get, action, ACTION("ring", ring, DOC("Rings."), .method = "GET"));
DOES(act_empty, action, { .name = "ring" });
DOES(act_mute, action, ACTION("ring", ring, DOC("Rings."), .method = "DELETE", .input = &sound));
DOES(op_bare, operation, { .name = "serve", .method = "GET" });
DOES(op_odd, operation, SERVE(.method = "FETCH", .output = &sound));
DOES(op_get, operation, SERVE(.method = "GET", .output = &sound, .writes = true));
DOES(op_idle, operation, SERVE(.method = "POST"));
DOES(op_event, operation, SERVE(.method = "POST", .output = &sound, .event = "bad.served"));
static const char *const types[] = { "text/plain", NULL };
static const struct raw typeless = { .run = show }, sent = { .run = show, .types = types },
			opened = { .run = show, .types = types, .open = true };
#define SHOW(r, ...) RAW("show", "GET", "bads/show", r, DOC("Shows."), __VA_ARGS__)
DOES(raw_typeless, operation, SHOW(&typeless, .scope = "bad:read"));
DOES(raw_scopeless, operation, SHOW(&sent, .scope = NULL));
DOES(raw_open, operation, SHOW(&opened, .scope = "bad:read"));
DOES(raw_json, operation, SHOW(&sent, .scope = "bad:read", .output = &sound));
DOES(op_twice, operation, SERVE(.method = "GET", .output = &sound),
	SERVE(.method = "POST", .output = &sound));
DOES(list_closed, listing, LISTING("sounds/bads", "name", DOC("Bads.")));

static const struct outside mute = { 0 }, sound_outside = { .call = ask },
			    idle = { .call = ask, .then = &(const struct action){ .name = "end" } };
static const struct resource outside_mute = { SOUND("bad"), NO_STATUS, FIELDS(sound_fields),
	.outside = &mute };
static const struct resource outside_idle = { SOUND("bad"), NO_STATUS, FIELDS(sound_fields),
	.outside = &idle };
static const struct field secret_fields[] = { STRING(
	"name", DOC("Name."), .flags = F_ONCE | F_READ_ONLY) };
static const struct resource outside_secret = { SOUND("bad"), NO_STATUS, FIELDS(secret_fields),
	.outside = &sound_outside };

static const struct resource written_log = { .name = "bad",
	.plural = "bads",
	.prefix = "bad",
	.table = "bads",
	DOC("Bad."),
	SCOPES("bad"),
	.verbs = V_GET | V_UPDATE,
	.log_time = "at",
	SHORTHANDS(times),
	NO_STATUS,
	PLAN };
static const struct resource same_name = { .name = "sound",
	.plural = "bads",
	.prefix = "bad",
	.table = "bads",
	DOC("Bad."),
	NO_STATUS,
	PLAN };
static const struct resource same_prefix = { .name = "bad",
	.plural = "bads",
	.prefix = "sound",
	.table = "bads",
	DOC("Bad."),
	NO_STATUS,
	PLAN };
static const struct resource same_event = { NAMED("bad"), DOC("Bad."),
	.event_updated = "sound.updated", PLAN };
static const struct field worst_fields[] = { STRING("name", .flags = F_REQUIRED | F_SORT) };
static const struct resource worst = {
	.name = "bad", FIELDS(worst_fields), .verbs = V_LIST, NO_STATUS, PLAN
};

static struct err *
ring(struct ctx *cx UNUSED, struct rec *now UNUSED, const struct rec *was UNUSED,
	const struct rec *input UNUSED)
{
	return NULL;
}

static struct err *
serve(struct ctx *cx UNUSED, const struct operation_call *call UNUSED, struct rec **out UNUSED)
{
	return NULL;
}

static struct err *
show(struct ctx *cx UNUSED, const struct raw_call *call UNUSED, struct raw_answer *out UNUSED)
{
	return NULL;
}

static struct err *
ask(struct ctx *cx UNUSED, const struct rec *rec UNUSED, struct rec **input UNUSED)
{
	return NULL;
}

/* "bad.name: has no doc" for each complaint, parted by " | ". */
static struct str
complaints(struct arena *a, const struct err *e)
{
	struct str s = STR("");

	for (const struct err_detail *d = e ? e->details : NULL; d; d = d->next)
		s = str_fmt(a, "%.*s%s%.*s: %.*s", STRF(s), s.n ? " | " : "", STRF(d->field),
			STRF(d->message));
	return s;
}

void
test_plan__complains_of_each_broken_descriptor(void)
{
	static const struct {
		const struct resource *bad;
		const char *want;
	} rows[] = {
		{ &no_doc, "bad.name: has no doc" },
		{ &no_row, "bad: has no row for field 0" },
		{ &twice, "bad.name: is there twice" },
		{ &no_example, "bad.name: is required and has no example" },
		{ &required_own, "bad.name: is required, but a client cannot set it" },
		{ &required_hidden, "bad.name: is required, but a client cannot set it" },
		{ &live_sent, "bad.name: is live, and a client can set it or look for it" },
		{ &live_found, "bad.name: is live, and a client can set it or look for it" },
		{ &secret_number, "bad.name: is a secret of a type that cannot be one" },
		{ &secret_map, "bad.name: is a secret of a type that cannot be one" },
		{ &secret_found, "bad.name: is a secret, and shown, looked for or looked up" },
		{ &secret_twice, "bad.name: is sealed, and not kept" },
		{ &no_index, "bad.name: can be sorted by and names no index" },
		{ &sorted_map, "bad.name: has a flag that does not fit its type, map" },
		{ &sorted_list, "bad.name: has a flag that does not fit its type, list" },
		{ &long_list,
			"bad.a_list_that_has_far_too_long_a_name: has too long a name for a list "
			"that is "
			"filtered by" },
		{ &searched_bool, "bad.name: has a flag that does not fit its type, boolean" },
		{ &unique_text, "bad.name: has a flag that does not fit its type, text" },
		{ &key_price, "bad.name: has a flag that does not fit its type, price" },
		{ &no_choices, "bad.name: has no choices" },
		{ &min_above, "bad.name: has a minimum above its maximum" },
		{ &no_items,
			"bad.name: needs the number of items it may have | "
			"bad.list: needs the number of items it may have" },
		{ &scale_low, "bad.name: needs a scale from 1 to 9" },
		{ &scale_high, "bad.name: needs a scale from 1 to 9" },
		{ &initial_map, "bad.name: cannot begin with a value: it is a map" },
		{ &pattern, "bad.name: has a pattern that does not compile" },
		{ &ref_nowhere, "bad.name: does not say what it refers to" },
		{ &ref_unknown, "bad.name: refers to an unknown resource, nobody" },
		{ &ref_of_nothing, "bad.name: cannot be of what kind names" },
		{ &ref_of_bool, "bad.name: cannot be of what kind names" },
		{ &ref_of_any, "bad.name: cannot be of what kind names" },
		{ &object_of_none,
			"bad.name: holds objects and has no shape, or the other way round" },
		{ &shape_of_text,
			"bad.name: holds objects and has no shape, or the other way round" },
		{ &object_table, "bad.name: is no shape, has no PLAN, or is one too many" },
		{ &object_planless, "bad.name: is no shape, has no PLAN, or is one too many" },
		{ &object_wordless,
			"wordless: is a shape, and lacks a name or doc, or is more than fields" },
		{ &object_doing,
			"doing: is a shape, and lacks a name or doc, or is more than fields" },
		{ &object_twins, "leaf: has the name of another shape" },
		{ &object_sound, "sound: has the name of a resource" },
		{ &object_worm, "worm.worm: is a shape within itself" },
		{ &objects_many, "bad.name: needs the number of items it may have" },
		{ &object_filtered, "bad.name: has a flag that does not fit its type, object" },
		{ &object_initial, "bad.name: cannot begin with a value: it is a object" },
		{ &example_object, "bad.name: has an example that must be given" },
		{ &ids_unknown, "bad.name: refers to an unknown resource, nobody" },
		{ &example_ids,
			"bad.name: has an example that must be an id that begins with "
			"sound_, not \"bad_123\"" },
		{ &known_quiet, "bad.name: is of a list and no text, or does not say which" },
		{ &known_bool, "bad.name: is of a list and no text, or does not say which" },
		{ &example_known, "bad.name: has an example that must be a country, not \"XX\"" },
		{ &alias_taken, "bad.name: has another name that is taken, title" },
		{ &money_nowhere, "bad.name: is in the currency of currency, which is no text" },
		{ &money_bool, "bad.name: is in the currency of currency, which is no text" },
		{ &money_text, "bad.name: has a currency and is no money" },
		{ &example_long,
			"bad.name: has an example that must have at most 2 characters, "
			"not 3" },
		{ &example_pattern,
			"bad.name: has an example that must be lower-case letters, not \"A\"" },
		{ &example_int, "bad.name: has an example that must be at most 5, not 6" },
		{ &example_word, "bad.name: has an example that is no JSON" },
		{ &example_fraction,
			"bad.name: has an example that must be an integer of at most "
			"64 bits, not 1.5" },
		{ &example_price,
			"bad.name: has an example that must have at most 2 digits behind "
			"the point, not 1.505" },
		{ &example_choice,
			"bad.name: has an example that must be one of on, off, not "
			"\"offf\"" },
		{ &example_time,
			"bad.name: has an example that must be a time such as "
			"2026-01-15T10:30:00Z, not \"2026-01-15\"" },
		{ &example_id,
			"bad.name: has an example that must be an id that begins with "
			"sound_, not \"bad_123\"" },
		{ &example_map, "bad.name: has an example that must have at most 1 keys" },
		{ &example_list,
			"bad.name: has an example that must be a string of 1 to 255 "
			"characters, not 1" },
		{ &initial_bool, "bad.name: has an initial value that is not true or false" },
		{ &initial_choice, "bad.name: has an initial value that is not one of on, off" },
		{ &to_unknown, "bad.parts: leads to an unknown resource, nobody" },
		{ &to_nothing, "bad.parts: leads to an unknown resource, none" },
		{ &no_most, "bad.parts: needs a maximum" },
		{ &too_few,
			"bad.parts: has a minimum that does not fit | "
			"bad.parts: leads to sound, whose parent is another" },
		{ &sum_nobody, "bad.name: sums up what does not refer to it along an index" },
		{ &sum_stranger, "bad.name: sums up what does not refer to it along an index" },
		{ &apart_inline,
			"bad.parts: is kept apart, and inline or shown along no index | "
			"bad.parts: leads to sound, whose parent is another" },
		{ &not_ours, "bad.parts: leads to sound, whose parent is another" },
		{ &no_by, "bad.parts: is shown by a field that sound does not have" },
		{ &wrong_by, "bad.parts: is shown by a field that sound does not have" },
		{ &like_field, "bad.name: is there twice" },
		{ &two_alike, "bad.parts: is there twice" },
		{ &nameless, "?: lacks a name, plural, prefix, table or doc" },
		{ &undocumented, "bad: lacks a name, plural, prefix, table or doc" },
		{ &open_to_read, "bad: can be read without a scope" },
		{ &open_to_write, "bad: can be written without a scope" },
		{ &open_to_act, "bad.ring: can be done without a scope" },
		{ &act_get, "bad.ring: has a method that no action has" },
		{ &act_empty, "bad.ring: lacks a name, doc or function" },
		{ &act_mute,
			"bad.ring: is no shape, has no PLAN, or is one too many | "
			"bad.ring: takes an input that its method cannot bring" },
		{ &op_bare, "bad.serve: lacks a name, doc, function, path or scope" },
		{ &op_odd, "bad.serve: has a method that does not fit what it does" },
		{ &op_get, "bad.serve: has a method that does not fit what it does" },
		{ &op_idle, "bad.serve: neither writes nor answers" },
		{ &op_event, "bad.serve: has an event and writes nothing" },
		{ &op_twice, "bad.serve: is there twice | bad.serve: is there twice" },
		{ &list_closed,
			"bad.sounds/bads: lacks a doc, or a path with one open segment | "
			"bad.sounds/bads: is by what is no reference that can be filtered by" },
		{ &raw_typeless,
			"bad.show: is raw, and lacks a function or types, or has what JSON has" },
		{ &raw_json,
			"bad.show: is raw, and lacks a function or types, or has what JSON has" },
		{ &raw_scopeless, "bad.show: lacks a name, doc, function, path or scope" },
		{ &raw_open, "bad.show: is open, and takes a scope" },
		{ &outside_mute,
			"bad: asks the outside and has no call, or has a parent, a log or a "
			"secret" },
		{ &outside_secret,
			"bad: asks the outside and has no call, or has a parent, a log or a "
			"secret" },
		{ &outside_idle, "bad.end: lacks a name, doc or function" },
		{ &silent, "bad: is created without an event" },
		{ &planless, "bad: has no PLAN, or more than 58 fields or 8 relations" },
		{ &crowded, "bad: has no PLAN, or more than 58 fields or 8 relations" },
		{ &status_text, "bad: has a status field that is no enum with such a choice" },
		{ &status_beyond, "bad: has a status field that is no enum with such a choice" },
		{ &status_choice, "bad: has a status field that is no enum with such a choice" },
		{ &ordered, "bad.name: orders the children and is no integer" },
		{ &orphan, "bad.parent: is not a resource, or names no column" },
		{ &columnless, "bad.parent: is not a resource, or names no column" },
		{ &unloved, "bad.parent: has no relation to it" },
		{ &short_unknown, "bad.n: is short for an unknown field" },
		{ &short_word, "bad.n: is short for an unknown field, verb" },
		{ &short_both, "bad.n: is short for an unknown field, verb, or names no operator" },
		{ &short_either,
			"bad.n: is short for an unknown field, name, or names no operator" },
		{ &short_time, "bad.n: is short for an unknown field" },
		{ &written_log, "bad: is a log, and can be written" },
		{ &same_name, "sound: has the name, plural or prefix of sound" },
		{ &same_prefix, "bad: has the name, plural or prefix of sound" },
		{ &same_event, "bad: has an event of sound" },
		{ &worst,
			"bad.name: has no doc | bad.name: is required and has no example | "
			"bad.name: can be sorted by and names no index | "
			"bad: lacks a name, plural, prefix, table or doc | "
			"bad: can be read without a scope" },
	};
	struct arena *a = arena_new("test", (size_t)1 << 24);

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct resource *const all[] = { &sound, rows[i].bad, NULL };
		struct err *e = model_link(a, all);

		tap_row("%zu: %s", i, rows[i].want);
		CHECK(e && e->code == ERR_INTERNAL);
		CHECK_STR(complaints(a, e), rows[i].want);
	}
	arena_free(a);
}

void
test_plan__finds_mistakes_of_every_resource(void)
{
	static const struct resource *const all[] = { &no_doc, &sound, &short_unknown, NULL };
	struct arena *a = arena_new("test", (size_t)1 << 20);

	CHECK_STR(complaints(a, model_link(a, all)),
		"bad.name: has no doc | bad.n: is short for an unknown field | "
		"bad: has the name, plural or prefix of bad | bad: has an event of bad");
	arena_free(a);
}

void
test_plan__points_where_names_said(void)
{
	struct shop s;

	shop_begin(&s);
	CHECK(part.plan->parent == &thing && part.plan->parent_relation == THING_PARTS);
	CHECK(!thing.plan->parent && thing.plan->parent_relation == -1);
	CHECK(thing.plan->related[THING_PARTS] == &part);
	CHECK(thing.plan->related[THING_TAGS] == &tag);
	CHECK(thing.plan->related_by[THING_TAGS] == 0 && thing.plan->related_by[THING_PARTS] == -1);
	CHECK(thing.plan->fields[THING_OWNER].to == &tag && !thing.plan->fields[THING_NAME].to);
	CHECK(thing.plan->fields[THING_CODE].pattern && !thing.plan->fields[THING_NAME].pattern);
	CHECK_STR(thing.plan->fields[THING_OWNER].json, "\"owner_id\":");
	CHECK_STR(thing.plan->plural, "things");
	shop_end(&s);
}

void
test_plan__links_the_same_twice(void)
{
	struct shop s;

	shop_begin(&s);
	shop_end(&s);
	shop_begin(&s);
	CHECK(model_find(STR("part")) == &part);
	shop_end(&s);
}

void
test_plan__finds_by_name_or_plural_only(void)
{
	static const struct {
		const char *name;
		const struct resource *want;
	} rows[] = {
		{ "thing", &thing },
		{ "things", &thing },
		{ "part", &part },
		{ "tags", &tag },
		{ "Thing", NULL },
		{ "thin", NULL },
		{ "thingss", NULL },
		{ "thg", NULL },
		{ "", NULL },
		{ NULL, NULL },
	};
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("%s", rows[i].name ? rows[i].name : "absent");
		CHECK(model_find(str_of(rows[i].name)) == rows[i].want);
	}
	CHECK(model_all()[0] == &thing && !model_all()[3]);
	shop_end(&s);
}

void
test_plan__finds_fields_and_relations(void)
{
	static const struct {
		const char *name;
		int field, relation;
	} rows[] = {
		{ "name", THING_NAME, -1 },
		{ "hash", THING_HASH, -1 },
		{ "owner_id", THING_OWNER, -1 },
		{ "tags", -1, THING_TAGS },
		{ "parts", -1, THING_PARTS },
		{ "part", -1, -1 },
		{ "id", -1, -1 },
		{ "NAME", -1, -1 },
		{ "", -1, -1 },
		{ NULL, -1, -1 },
	};
	struct shop s;

	shop_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		tap_row("%s", rows[i].name ? rows[i].name : "absent");
		CHECK(resource_field(&thing, str_of(rows[i].name)) == rows[i].field);
		CHECK(resource_relation(&thing, str_of(rows[i].name)) == rows[i].relation);
	}
	shop_end(&s);
}

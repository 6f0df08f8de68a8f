/*
 * The types: one row each. No other file has a switch on a field's type; a face that treats types
 * differently holds a table [TYPE__MAX] of its own.
 */
#ifndef SOUK_MODEL_TYPE_H
#define SOUK_MODEL_TYPE_H

#include "base/buf.h"
#include "base/json.h"
#include "db/db.h"
#include "model/rec.h"

#define TEXT_LINE_POINTS 255 /* of a text whose row says no more */
#define MAP_KEY_POINTS 64
#define ITEM_POINTS 255 /* of a list's item or a map's value */

/* Where a fault of a value is to be reported, and how it is being written. */
struct fault {
	struct ctx *cx;
	struct err **e;
	struct str path;
	bool create;
	const struct rec *rec; /* that it is a value of; NULL: of none, such as an example */
};

/* Adds a fault of the value at hand. */
void fault_add(const struct fault *at, enum reason reason, const char *fmt, ...) PRINTF(3, 4);

struct type_row {
	const char *name;          /* in describe and messages */
	const char *schema_type;   /* "type" of OpenAPI */
	const char *schema_format; /* "format" of it, or NULL */
	int columns;            /* that it takes in the table: 1, or 2 for LANG (name, name_i18n) */
	unsigned flags_refused; /* flags that make no sense with it */
	char op_class; /* in ops.def: N numbers and times, T text, L lists, A the rest, 0 not filterable */
	/* JSON (not null) → value; faults are reported, and the value stays unset. */
	void (*parse)(const struct fault *at, const struct resource *r, int field,
		const struct json *j, struct value *v);
	/* Text of a query parameter or of `initial` → value; false if it cannot be one, and says what was expected. */
	bool (*parse_text)(struct ctx *cx, const struct field *f, struct str text, struct value *v,
		const char **expected);
	/* value → values to bind, `columns` of them. */
	void (*bind)(
		struct ctx *cx, const struct field *f, const struct value *v, struct db_value *out);
	/* cells → value. */
	void (*read)(struct ctx *cx, const struct field *f, const struct db_value *cells,
		struct value *v);
	/* value (set) → JSON, as the API shows it. */
	void (*render)(struct buf *b, struct ctx *cx, const struct field *f, const struct value *v);
	/*
	 * The same as this request asked to see it, null included, perhaps with members behind it; false, with
	 * nothing written, if it is shown as ever. NULL: always so.
	 */
	bool (*show)(struct buf *b, struct ctx *cx, const struct rec *r, size_t field);
	/* *now, a patch, becomes what it makes of `was` (MAP, PRICES, LANG). NULL: a new value replaces the old. */
	void (*merge)(struct ctx *cx, const struct value *was, struct value *now);
};

extern const struct type_row type_rows[TYPE__MAX];

/* True for a field whose items stand in metadata_index too, to be filtered by. */
bool type_is_listed(const struct field *f);

/* T_OBJECT and T_OBJECTS: what a row keeps of recs, and the recs of what it keeps. */
struct str object_stored(struct ctx *cx, const struct rec *o);
struct str objects_stored(struct ctx *cx, const struct recs *all);
struct rec *object_read(struct ctx *cx, const struct field *f, const struct value *v);
struct recs objects_read(struct ctx *cx, const struct field *f, const struct value *v);

/* Equal values; null equals null and unset. */
bool value_same(const struct value *a, const struct value *b);

#endif

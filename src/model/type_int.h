/* What the files of the types share: src/model/type*.c, and nobody else. */
#ifndef SOUK_MODEL_TYPE_INT_H
#define SOUK_MODEL_TYPE_INT_H

#include "model/type.h"

#define SHOWN 40 /* bytes of a value in a message */

/* Adds a fault of a value that is no `expected`. */
void fault_kind(const struct fault *at, const char *expected, const struct json *j);
void value_set_int(struct value *v, int64_t n);
void value_set_str(struct value *v, struct str s);
/* Sets the value if it is within the field's bounds, else adds a fault; `scale` is for its message. */
void value_keep_in_bounds(
	const struct fault *at, const struct field *f, int64_t n, int scale, struct value *v);

/* ---- type_money.c */

void decimal_parse_json(const struct fault *at, const struct resource *r, int field,
	const struct json *j, struct value *v);
bool decimal_parse_text(struct ctx *cx, const struct field *f, struct str text, struct value *v,
	const char **expected);
void decimal_bind(
	struct ctx *cx, const struct field *f, const struct value *v, struct db_value *out);
void decimal_read(
	struct ctx *cx, const struct field *f, const struct db_value *cells, struct value *v);
void decimal_show(struct buf *b, struct ctx *cx, const struct field *f, const struct value *v);
void price_render(struct buf *b, struct ctx *cx, const struct field *f, const struct value *v);
void prices_parse(const struct fault *at, const struct resource *r, int field, const struct json *j,
	struct value *v);

/* ---- type_ref.c */

/* True if it has the form of an id of what the field refers to. */
bool id_is_of(const struct field *f, struct str text);
void id_fault(const struct fault *at, const struct field *f, const struct json *j);
void id_parse_json(const struct fault *at, const struct resource *r, int field,
	const struct json *j, struct value *v);
bool id_parse_text(struct ctx *cx, const struct field *f, struct str text, struct value *v,
	const char **expected);
void id_put(struct buf *b, struct ctx *cx, const struct field *f, const struct value *v);
bool id_show(struct buf *b, struct ctx *cx, const struct rec *r, size_t field);

/* ---- type_nested.c */

void map_parse_json(const struct fault *at, const struct resource *r, int field,
	const struct json *j, struct value *v);
void map_merge_value(struct ctx *cx, const struct value *was, struct value *now);
void list_parse(const struct fault *at, const struct resource *r, int field, const struct json *j,
	struct value *v);
void changes_parse(const struct fault *at, const struct resource *r, int field,
	const struct json *j, struct value *v);

/* ---- type_object.c */

void object_parse(const struct fault *at, const struct resource *r, int field, const struct json *j,
	struct value *v);
void objects_parse(const struct fault *at, const struct resource *r, int field,
	const struct json *j, struct value *v);
void object_render(struct buf *b, struct ctx *cx, const struct field *f, const struct value *v);
bool object_show(struct buf *b, struct ctx *cx, const struct rec *r, size_t field);

#endif

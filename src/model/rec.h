/*
 * One object in memory: the engine's own members and a value for each field of its descriptor. A
 * value knows whether it is unset (not read, not given), null or set. Access is typed and asserted,
 * so a rule that asks a price for its text ends the worker in the first test.
 */
#ifndef SOUK_MODEL_REC_H
#define SOUK_MODEL_REC_H

#include "model/resource.h"

enum value_state { VALUE_UNSET, VALUE_NULL, VALUE_SET };

struct value {
	enum value_state state;
	bool sealed; /* F_SEALED: s is what the column holds; else it is the secret itself */
	/* BOOL, INT, DECIMAL and PRICE and AMOUNT (scaled), ENUM (choice), TIME (ms), ID */
	int64_t i;
	/* STRING; LANG: in the tenant's language; ENUM: its name; MAP, PRICES, LIST: JSON text */
	struct str s;
	/* LANG: JSON map of the other languages, absent if there are none */
	struct str more;
};

struct recs {
	struct rec **r;
	size_t n;
	bool given; /* input: the member was there; stored: was read */
};

struct strs {
	struct str *s;
	size_t n;
	bool given;
};

struct rec {
	const struct resource *resource;
	struct id id, parent;
	int64_t version, created_at, updated_at;
	int64_t archived_at; /* 0: alive */
	struct str metadata; /* JSON text; "{}" is stored as NULL and reads as absent */
	struct value *v;     /* resource->nfields of them */
	struct recs *many;   /* by relation: REL_MANY */
	struct strs *link;   /* by relation: REL_LINK */
	int64_t *counts;     /* by relation: REL_MANY, rows there are */
	struct rec *owner;   /* of a child, while it is written; else NULL */
	/* The event that this write makes, if a rule or an action chose one; NULL: that of the verb or the action. */
	const char *event;
	bool outside; /* a rule, an action or an operation asks for its resource's call to the outside, after the commit */
	void *found; /* what a rule found out and a later one of the same write needs; in the arena */

	/* Input only. */
	bool metadata_given;   /* `metadata` is a patch then */
	bool metadata_cleared; /* null was given */
	/*
	 * Of an object in a field: the rec that has it. Of a child in a body: its owner. Money of a shape may be in its
	 * currency.
	 */
	const struct rec *holder;
	struct str path;        /* of this object in the body: "variants[2]", absent at the top */
	bool remove;            /* "_delete": true */
	bool must_be_new;       /* a child that was posted: never the patch of one that is there */
	int64_t version_wanted; /* "version" of the body; 0: not given */
	/* What a write did with a child. */
	enum { CHILD_KEPT, CHILD_ADDED, CHILD_CHANGED, CHILD_REMOVED } fate;
};

/* A rec with room for everything, all unset. */
struct rec *rec_new(struct arena *a, const struct resource *r);
/* A copy whose values and lists can be changed without touching the original's. Strings are shared. */
struct rec *rec_copy(struct arena *a, const struct rec *r);

bool rec_has(const struct rec *r, int field); /* set, not null */
bool rec_bool(const struct rec *r, int field);
int64_t rec_int(const struct rec *r, int field);     /* T_INT */
int64_t rec_decimal(const struct rec *r, int field); /* T_DECIMAL: × 10^scale */
int64_t rec_money(const struct rec *r, int field);   /* T_PRICE, T_AMOUNT: minor units */
int rec_choice(const struct rec *r, int field);      /* T_ENUM */
int64_t rec_time(const struct rec *r, int field);    /* ms */
struct id rec_ref(const struct rec *r, int field);   /* ID_NONE if null */
struct str rec_str(const struct rec *r,
	int field); /* T_STRING, T_LANG, T_MAP, T_PRICES, T_LIST; absent if null */

/*
 * The object of a T_OBJECT, *out NULL if it is null, and those of a T_OBJECTS. They are copies: a change is stored by
 * rec_set_object(). Their path is the field's, so that rec_refuse() names "shipping_address.zip".
 */
struct err *rec_object(struct ctx *cx, const struct rec *r, int field, struct rec **out) MUST_CHECK;
struct err *rec_objects(
	struct ctx *cx, const struct rec *r, int field, struct recs *out) MUST_CHECK;
/* Sets it to o, a rec of its shape; NULL: to null. What is unset in o becomes null. */
void rec_set_object(struct ctx *cx, struct rec *r, int field, const struct rec *o);
void rec_set_objects(struct ctx *cx, struct rec *r, int field, const struct recs *o);
/* Sets a field of objects that is F_LIVE to the JSON that is shown. */
void rec_set_shown(struct rec *r, int field, struct str json);
/* The digits behind the point of a T_PRICE or T_AMOUNT: its currency's. */
int rec_digits(const struct ctx *cx, const struct rec *r, int field);

void rec_set_null(struct rec *r, int field);
void rec_set_bool(struct rec *r, int field, bool b);
void rec_set_int(struct rec *r, int field, int64_t n);
void rec_set_decimal(struct rec *r, int field, int64_t scaled);
void rec_set_money(struct rec *r, int field, int64_t minor);
void rec_set_choice(struct rec *r, int field, int choice);
void rec_set_time(struct rec *r, int field, int64_t ms);
void rec_set_ref(struct rec *r, int field, struct id id);
void rec_set_str(struct rec *r, int field, struct str s);
/* Text that may be absent, which is null then; so a reference that may be none. */
void rec_set_text(struct rec *r, int field, struct str s);
void rec_set_ref_if(struct rec *r, int field, struct id id);

/*
 * The secret in a field that is F_SEALED, absent if it is null; be it as it was sent or as it is kept. ERR_INTERNAL if it does not
 * open: the row was tampered with, or the key is not in the ring. It is wiped with the arena.
 */
struct err *rec_open_sealed(
	struct ctx *cx, const struct rec *r, int field, struct str *out) MUST_CHECK;

/* True if the field's value differs; `was` NULL (create): true if it is set. */
bool rec_changed(const struct rec *now, const struct rec *was, int field);

/* The child of that id; NULL if r is NULL or has none such. */
struct rec *rec_child(const struct rec *r, int relation, struct id id);

/* The same texts in the same order. */
bool strs_same(const struct strs *a, const struct strs *b);

/* The public id, "prod_…". */
struct str rec_id_text(struct arena *a, const struct rec *r);

/* Where a member of this rec stands in the body: "variants[2].sku". */
struct str rec_path(struct arena *a, const struct rec *r, struct str name);

/* A fault of one field of this rec: ERR_VALIDATION with the field's path in the body. */
struct err *rec_refuse(struct ctx *cx, const struct rec *r, int field, enum reason reason,
	const char *fmt, ...) PRINTF(5, 6);

/* "draft, active": the choices of a T_ENUM whose bit is set in `bits`, all with UINT64_MAX; `between` parts them. */
struct str enum_list(struct arena *a, const struct field *f, uint64_t bits, const char *between);

/*
 * NULL if a T_ENUM that is as in `was` may become `to`: next[] has for each choice the bits of those that may follow it.
 * Else ERR_CONFLICT, of REASON_TRANSITION, which says what may.
 */
struct err *rec_check_step(
	struct ctx *cx, const struct rec *was, int field, int to, const unsigned *next) MUST_CHECK;

#endif

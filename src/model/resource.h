/*
 * What a resource is. A resource is a static const struct: everything that a face,
 * a check, a document or a test needs to know of it stands here, and nowhere else. Rows are written
 * with the macros at the end; model_link() turns the names in them into pointers once, at start.
 *
 * A shape is a resource without a table and verbs: fields only. It is what an object-valued field holds, what an
 * action or operation takes, and what an operation answers. A rec of a shape has no id, times, version or metadata.
 */
#ifndef SOUK_MODEL_RESOURCE_H
#define SOUK_MODEL_RESOURCE_H

#include "db/ctx.h"
#include "model/known.h"

struct rec;
struct plan;
struct operation_call;
struct raw;

/* now: as it shall be; was: as it is, NULL on create. */
typedef struct err *rule_fn(struct ctx *cx, struct rec *now, const struct rec *was);
/*
 * An action on one object: `now` may be changed and is stored. `input`: what was sent, valid and complete (NULL: the
 * action takes none). Of a child, now->owner is its owner, whose other children may be changed too.
 */
typedef struct err *action_fn(
	struct ctx *cx, struct rec *now, const struct rec *was, const struct rec *input);
/* An operation: *out is what is answered, of its `output`. One that writes leaves its own audit rows and events. */
typedef struct err *operation_fn(
	struct ctx *cx, const struct operation_call *call, struct rec **out);

/* A call to the outside, see struct outside. */
typedef struct err *outside_fn(struct ctx *cx, const struct rec *rec, struct rec **input);

enum type {
	T_NONE,
	T_BOOL,
	T_INT,
	T_DECIMAL, /* exact, `scale` digits behind the point */
	T_PRICE,   /* money as a decimal in the tenant's base currency (D59) */
	T_PRICES,  /* the same in other currencies: code → decimal, at most `max` of them (D60) */
	T_AMOUNT,  /* money as minor units */
	T_STRING,  /* one line for people or programs, at most `max` code points */
	T_LANG,    /* text with language variants (D18) */
	T_ENUM,
	T_TIME,
	T_ID,      /* a reference: `to` names the resource */
	T_MAP,     /* string → string, at most `max` keys */
	T_LIST,    /* list of strings, or of ids if `to` names a resource; at most `max` of them */
	T_OBJECT,  /* an object of the shape `object`; a write replaces it whole */
	T_OBJECTS, /* a list of them, `min` to `max` */
	T_CHANGES, /* what changed, by name: {"price":{"old":…,"new":…}}; the server's own */
	TYPE__MAX
};

enum field_flags {
	F_REQUIRED = 1 << 0,
	F_UNIQUE = 1
		<< 1, /* among live rows of the tenant: the table's unique key <name>_live holds it */
	F_FILTER = 1 << 2,
	F_SORT = 1 << 3,
	F_SEARCH = 1 << 4,    /* `search=` looks here */
	F_READ_ONLY = 1 << 5, /* the server's own: what a client sends is ignored */
	F_CREATE_ONLY = 1 << 6,
	F_KEY = 1 << 7,       /* GET /things/{id} takes it too */
	F_INTERNAL = 1 << 8,  /* stored, never shown, never accepted */
	F_MULTILINE = 1 << 9, /* T_STRING, T_LANG: may be longer than a line */
	F_ONCE = 1
		<< 10, /* a secret made by the server: no column, shown in the answer that made it, never again */
	F_UNVERSIONED = 1
		<< 11, /* how the object is used: changes beside its writes and makes no version */
	F_DISTINCT = 1
		<< 18, /* beside F_SORT: no two objects have the same, so its index is (tenant_id, it) alone */
	F_LACKING = 1 << 13, /* beside F_REQUIRED: what was imported may lack it */
	/*
	 * No column: `present` fills it, and it is shown where that runs. If it is of objects, it holds the JSON that is
	 * shown: for answers with very many of them.
	 */
	F_LIVE = 1 << 12,
	/*
	 * A secret that is kept: its column, of base64url, holds it sealed to this object. It is set, never shown; the audit says
	 * only that it changed. Rules read it by rec_open_sealed(). T_STRING, of the resource itself, or T_MAP, replaced whole.
	 */
	F_SEALED = 1 << 14,
	/*
	 * A secret that is not kept: no column. Rules have it in the request that sends it, and make something else of it. T_STRING,
	 * of a resource or of what an action or operation takes.
	 */
	F_VAULT = 1 << 15,
};

#define F_SECRET (F_SEALED | F_VAULT)
#define F_NO_COLUMN (F_ONCE | F_LIVE | F_VAULT)
/* Never shown, whoever asks. */
#define F_UNSEEN (F_INTERNAL | F_SECRET)

struct choice {
	const char *name, *doc;
};

/* Of the rows of `of` whose reference `by` names the object: what their `sum` comes to, but for those that are out. */
struct summary {
	const char *of, *by;
	const char *sum; /* a field that holds money of the tenant's currency */
	const char *unless,
		*unless_is; /* the choice of a field that leaves a row out; NULL: none */
};

/* Name, flags and limits of one field. Limits of text are code points, of numbers the stored unit. */
struct field {
	const char *name, *doc;
	enum type type;
	unsigned flags;
	int64_t min, max;
	int scale;
	const char *pattern, *pattern_doc; /* POSIX extended; what it means, for the error */
	const char *initial; /* on create, if not given; as it stands in JSON, without quotes */
	const char *example;
	known_fn *known;   /* T_STRING: the published list it is of; `pattern_doc` says which */
	const char *alias; /* another name that a body may use for it */
	const char *to;    /* T_ID, T_LIST: the resource, */
	const char
		*of; /* or the field that holds its name; only the server sets such a reference */
	const char *prices; /* T_PRICE: the T_PRICES field that overrides it, or NULL */
	/*
	 * T_PRICE, T_AMOUNT: the T_STRING field that holds the currency it is in, of the same object or, in a shape, of
	 * what holds that; X-Currency does not convert it. NULL: it is in the tenant's.
	 */
	const char *money_in;
	const struct resource *object; /* T_OBJECT, T_OBJECTS: the shape */
	const struct summary *summary; /* F_LIVE, of summary_shape: what is summed up */
	const char *scope;             /* needed to see or set it, beside the resource's own */
	/*
	 * No column: an expression that reads it from other tables, in which t is the object's row. What is written to it,
	 * the rules put there.
	 */
	const char *computed;
	/* The key (tenant_id, this column, created_at, id), D84; children are few, and found by their parent's. */
	const char *index;
	const struct choice *choices;
	size_t nchoices;
};

enum relation_kind {
	REL_MANY, /* children: rows of `to` whose column `via` is our id; we hold <name>_count */
	/*
	 * Children that may be very many, and are written by themselves: not loaded with us, not sent with us, not counted. We
	 * show the newest `max` of them that are published, if they are included.
	 */
	REL_APART,
	REL_LINK, /* many to many by table `via`; shown as `by` of the others; we hold the list as text in column <name> */
};
enum relation_flags { R_INLINE = 1 << 0, R_ARCHIVE_WITH = 1 << 1 };

struct relation {
	const char *name, *to, *via, *by, *doc;
	/*
	 * REL_LINK: the key (tenant_id, its text column, created_at, id), or NULL. REL_APART: theirs, (tenant_id, via, what
	 * says that they are published, created_at, id).
	 */
	const char *index;
	enum relation_kind kind;
	unsigned flags;
	int min; /* REL_MANY: so many must be sent with a new one */
	int max;
};

enum verb_flags {
	V_LIST = 1 << 0,
	V_GET = 1 << 1,
	V_CREATE = 1 << 2,
	V_UPDATE = 1 << 3,
	V_ARCHIVE = 1 << 4,
	V_READABLE_ARCHIVED = 1 << 5, /* by id, after archiving (D70) */
	V_PUBLIC = 1
		<< 6, /* publishable keys read it: what is published of it, if it has `published` */
	V_CRUD = V_LIST | V_GET | V_CREATE | V_UPDATE | V_ARCHIVE,
};

/* Something that is done to an object: POST /orders/{id}/cancel. It answers with the object. */
struct action {
	const char *name, *scope, *event, *doc; /* event: NULL: that of an update */
	action_fn *run;
	const char *method; /* NULL: POST */
	const char *title;  /* in documents, of a name that is no verb; NULL: "Cancel an order" */
	const struct resource *input; /* the shape of its body; NULL: it takes none */
	bool input_optional;          /* no body is as an empty one */
	int status;                   /* 0: 200 */
};

/* Something that is no verb of an object: POST /inventory/transfers. */
struct operation {
	const char *name;   /* "transfer_stock" → transferStock in documents */
	const char *method; /* GET: the input comes as parameters of the query */
	const char *path;   /* below /v2: "inventory/{product_id}/adjust" */
	const char *scope, *event, *doc;
	operation_fn *run;
	/* In a transaction, with idempotency and dry run; without: it only reads or computes. */
	bool writes;
	bool input_optional;           /* no body is as an empty one */
	int status;                    /* 0: 200, or 204 without an output */
	const struct resource *input;  /* a shape; NULL: it takes none */
	const struct resource *output; /* a shape or a resource; NULL: nothing is answered */
	/* Not JSON, and instead of `run`, `input` and `output` (model/raw.h); without a scope if it is open. */
	const struct raw *raw;
};

struct operation_call {
	const struct operation *operation;
	const struct str *keys; /* the open segments of the path, decoded, in their order */
	size_t nkeys;
	const struct rec *input; /* valid and complete; NULL: it takes none */
};

/*
 * A further path of the list. Its open segment names an object, by id or key, of the resource that `field` refers to:
 * the list has what refers to that one.
 */
struct listing {
	const char *path; /* below /v2: "inventory/{product_id}/movements" */
	const char *field, *doc;
};

/* A parameter of the list that is short for a filter: ?status=active, ?category=audio, ?date_from=2026-01-15. */
struct shorthand {
	const char *name, *field, *doc;
	const char *op;   /* the operator that it stands for; NULL: eq */
	const char *word; /* a value without a point is compared with this field instead, or NULL */
	const char *also; /* a field that may pass as well, of the same type, or NULL */
};

/* Which objects are for everybody's eyes: those whose field has that choice. */
struct published {
	int field, choice;
};

/*
 * What lies outside the database, such as a payment gateway, and is asked about an object between two transactions (D53):
 * the first writes the object and, in tables of its domain, a row of the call that is due; the second what came of it. A
 * rule or action asks for it by now->outside, an operation by (*out)->outside. Whoever dies in between leaves both to the
 * next: a repeat of the request under its Idempotency-Key, or a program that calls model_settle().
 */
struct outside {
	/*
	 * Asks the outside about the object as committed. No transaction is held; model_settle() of other objects may be
	 * called. The row of the call says what is due and has the key that makes it happen once, whoever else asks: it is read
	 * here, and if it is settled there is nothing to do. *input: what came of it, of `then`'s input; NULL: nothing. Until
	 * cx->deadline_us: a time-out is an outcome; an err is our own failure, after which all is still due.
	 */
	outside_fn *call;
	/*
	 * What the outcome does to the object, in the second transaction, with rules, audit and event as of any action, but no
	 * route. It looks first whether the call is still due, for it may have been settled meanwhile, by a late message or
	 * another asker, and the object may be archived or in another state. A refusal leaves the call due. NULL: nothing,
	 * the object is only read again.
	 */
	const struct action *then;
	/*
	 * True: nothing is lost if the call is made twice at once, with the same key, and it takes less time than taking turns.
	 * Whoever has just written the object then asks without a turn. NULL: never.
	 */
	bool (*quick)(const struct rec *rec);
};

struct resource {
	const char *name, *plural, *prefix, *table, *doc;
	const char *path;          /* of the collection, below /v2 or its owner; NULL: the plural */
	const char *parent;        /* nested resource: its owner's name, */
	const char *parent_column; /* and the column that holds the owner's id */
	const char *order_column;  /* children are read by (this, id); NULL: by id */
	/* A subselect that finds the id behind a key, with two '?': tenant, key. NULL: the F_KEY field's column. */
	const char *key_sql;
	const struct field *fields;
	size_t nfields;
	const struct relation *relations;
	size_t nrelations;
	const struct action *actions;
	size_t nactions;
	const struct operation *operations;
	size_t noperations;
	const struct listing *listings;
	size_t nlistings;
	const struct shorthand *shorthands;
	size_t nshorthands;
	/*
	 * A log: its rows are added and never changed, so they have no version, updated_at, archived_at or metadata, and
	 * created_at is shown by this name. NULL: it is none.
	 */
	const char *log_time;
	const char *list_name; /* of the objects in a page; NULL: data */
	unsigned verbs;
	int status_field; /* the field that archiving sets, and the choice; -1: none */
	int status_archived;
	const struct published *published; /* NULL: all, if V_PUBLIC says so */
	const char *scope_read, *scope_write;
	const char *event_created, *event_updated,
		*event_archived; /* NULL: the parent's .updated */
	bool no_cards;           /* a number of a card is refused wherever in a body it stands */
	int max_age_s;           /* Cache-Control (D37); 0: no-cache, -1: no-store */
	/* In this order: fill what the server owns; refuse (reads only); other tables, same transaction. */
	rule_fn *derive, *check, *apply;
	/*
	 * Before an object is shown that was read by its id, or written: what is computed anew each time. It has the whole
	 * object, and `was` is NULL. The ETag of a read then is also that of the body.
	 */
	rule_fn *present;
	/* After the commit, before the answer: for what stands outside the database, such as caches. */
	void (*committed)(struct ctx *cx);
	const struct outside *
		outside; /* asked about it; NULL: nobody is. Of a resource without parent and F_ONCE */
	const char *admin_group;
	const int *admin_columns;
	struct plan *plan; /* filled by model_link() */
};

/* clang-format off */
#define FIELD(t, n, ...) { .name = (n), .type = (t), __VA_ARGS__ }
#define BOOL(n, ...) FIELD(T_BOOL, n, __VA_ARGS__)
#define INTEGER(n, ...) FIELD(T_INT, n, __VA_ARGS__)
#define DECIMAL(n, s, ...) FIELD(T_DECIMAL, n, .scale = (s), __VA_ARGS__)
#define STRING(n, ...) FIELD(T_STRING, n, __VA_ARGS__)
#define LANG(n, ...) FIELD(T_LANG, n, __VA_ARGS__)
#define PRICE(n, ...) FIELD(T_PRICE, n, __VA_ARGS__)
#define PRICES(n, ...) FIELD(T_PRICES, n, __VA_ARGS__)
#define AMOUNT(n, ...) FIELD(T_AMOUNT, n, __VA_ARGS__)
#define ENUM(n, c, ...) FIELD(T_ENUM, n, .choices = (c), .nchoices = COUNT(c), __VA_ARGS__)
#define TIME(n, ...) FIELD(T_TIME, n, __VA_ARGS__)
#define REF(n, r, ...) FIELD(T_ID, n, .to = (r), __VA_ARGS__)
#define MAP(n, ...) FIELD(T_MAP, n, __VA_ARGS__)
#define LIST(n, ...) FIELD(T_LIST, n, __VA_ARGS__)
#define OBJECT(n, s, ...) FIELD(T_OBJECT, n, .object = (s), __VA_ARGS__)
#define OBJECTS(n, s, ...) FIELD(T_OBJECTS, n, .object = (s), __VA_ARGS__)
/* DOC and .summary follow. */
#define SUMMARY(n, ...) FIELD(T_OBJECT, n, .object = &summary_shape, .flags = F_LIVE | F_READ_ONLY, __VA_ARGS__)
#define CHANGES(n, ...) FIELD(T_CHANGES, n, __VA_ARGS__)
#define REF_OF(n, f, ...) FIELD(T_ID, n, .of = (f), __VA_ARGS__)
#define DOC(...) .doc = "" __VA_ARGS__
#define MANY(n, t, v, ...) { .name = (n), .kind = REL_MANY, .to = (t), .via = (v), __VA_ARGS__ }
#define APART(n, t, v, ...) { .name = (n), .kind = REL_APART, .to = (t), .via = (v), __VA_ARGS__ }
#define LINK(n, t, v, ...) { .name = (n), .kind = REL_LINK, .to = (t), .via = (v), __VA_ARGS__ }
#define ACTION(n, r, ...) { .name = (n), .run = (r), __VA_ARGS__ }
#define OPERATION(n, m, p, r, ...) { .name = (n), .method = (m), .path = (p), .run = (r), __VA_ARGS__ }
#define RAW(n, m, p, r, ...) { .name = (n), .method = (m), .path = (p), .raw = (r), __VA_ARGS__ }
#define LISTING(p, f, ...) { .path = (p), .field = (f), __VA_ARGS__ }
#define SHORT(n, f, ...) { .name = (n), .field = (f), __VA_ARGS__ }
#define FIELDS(a) .fields = (a), .nfields = COUNT(a)
#define RELATIONS(a) .relations = (a), .nrelations = COUNT(a)
#define ACTIONS(a) .actions = (a), .nactions = COUNT(a)
#define OPERATIONS(a) .operations = (a), .noperations = COUNT(a)
#define LISTINGS(a) .listings = (a), .nlistings = COUNT(a)
#define SHORTHANDS(a) .shorthands = (a), .nshorthands = COUNT(a)
#define SCOPES(s) .scope_read = s ":read", .scope_write = s ":write"
#define EVENTS(s) .event_created = s ".created", .event_updated = s ".updated", .event_archived = s ".deleted"
#define STATUS(f, archived) .status_field = (f), .status_archived = (archived)
#define PUBLISHED(f, c) .published = &(const struct published){ (f), (c) }
#define NO_STATUS .status_field = -1
#define ADMIN(g, ...) .admin_group = (g), .admin_columns = (const int[]){ __VA_ARGS__, -1 }
#define SHAPE(n, f, ...) { .name = (n), FIELDS(f), NO_STATUS, PLAN, __VA_ARGS__ }
#define PLAN .plan = &(struct plan){ .parent_relation = -1, .parent_field = -1, .order_field = -1 }
/* clang-format on */

#endif

/* The two traces of every write, made in its own transaction: who changed what (audit), and that it happened (event). */
#ifndef SOUK_MODEL_TRACE_H
#define SOUK_MODEL_TRACE_H

#include "db/db.h"
#include "model/rec.h"

/* The changes as JSON: {"price":{"old":99.99,"new":79.99},"variants.var_…":{…}}; "{}" if nothing differs. */
struct str trace_changes(struct ctx *cx, const struct rec *now, const struct rec *was);

/* One row of audit_logs. */
struct audit_row {
	const char *action;  /* "product.updated" */
	struct str resource; /* the name of that of the object, */
	struct id object;
	struct str changes;
	struct str reason; /* of what was refused; absent: nothing was */
	int64_t times;     /* how often that was; 0: NULL */
	int64_t at_ms;     /* when; 0: now */
};
struct err *audit_write(struct ctx *cx, const struct audit_row *row) MUST_CHECK;

/*
 * One row of events: {"object":…,"object_version":…,"previous_attributes":…} rendered with the tenant's
 * defaults, without scoped fields, at most 100 children a relation (D61).
 */
struct err *event_write(
	struct ctx *cx, const char *type, const struct rec *now, const struct rec *was) MUST_CHECK;

/*
 * While cx->traces is set, rows of both kinds are held back in it, so that the few of one transaction take one statement of each
 * kind. traces_write() writes them, before the commit; whoever gives the transaction up forgets them. Begins as { 0 }.
 */
#define TRACES_HELD 4
#define AUDIT_COLUMNS 13
#define EVENT_COLUMNS 10
struct traces {
	struct db_value audits[TRACES_HELD * AUDIT_COLUMNS], events[TRACES_HELD * EVENT_COLUMNS];
	size_t naudits, nevents; /* rows */
	size_t bytes;            /* of their texts */
};
struct err *traces_write(struct ctx *cx, struct traces *held) MUST_CHECK;

#endif

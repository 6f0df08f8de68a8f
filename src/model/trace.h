/* The two traces of every write, made in its own transaction: who changed what (audit), and that it happened (event). */
#ifndef SOUK_MODEL_TRACE_H
#define SOUK_MODEL_TRACE_H

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

#endif

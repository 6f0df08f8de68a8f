/*
 * Control O: POST /control/o/STOCK with an Idempotency-Key is H and an order in one transaction of eight
 * statements, on tables of its own (order.sql). The body sent is kept with the audit row and the event.
 */
#include "control.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define BODY_MAX 2048
#define KEY_MAX 64

static MYSQL *database;
static MYSQL_STMT *take, *order, *lines, *audit, *event, *once;
static int64_t stock_id, order_id;
static char body[BODY_MAX], key[KEY_MAX], answered[BODY_MAX];
static unsigned long body_length, key_length, answered_length;

/* Time-ordered, and different for each worker: microseconds, then the number of the process. */
static int64_t
new_id(void)
{
	static int64_t last;
	struct timespec now;
	int64_t us;

	clock_gettime(CLOCK_REALTIME, &now);
	us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
	last = us > last ? us : last + 1;
	return last << 12 | (getpid() & 4095);
}

static void
prepare(MYSQL *db, int64_t tenant)
{
	static MYSQL_BIND b[6][4];

	(void)tenant;
	database = db;
	b[0][0] = bind_int(&stock_id);
	take = control_prepare(db,
		"UPDATE souk_bench.stock SET reserved = reserved + 1"
		" WHERE tenant_id = 1 AND id = ? AND on_hand - reserved >= 1",
		b[0]);
	b[1][0] = bind_int(&order_id);
	order = control_prepare(db,
		"INSERT INTO souk_bench.orders (tenant_id, id, created_at, status, currency, total)"
		" VALUES (1, ?, NOW(3), 'pending', 'USD', 39998)",
		b[1]);
	b[2][0] = b[2][2] = bind_int(&order_id);
	b[2][1] = b[2][3] = bind_int(&stock_id);
	lines = control_prepare(db,
		"INSERT INTO souk_bench.order_lines"
		" (tenant_id, order_id, line, stock_id, quantity, price)"
		" VALUES (1, ?, 1, ?, 1, 19999), (1, ?, 2, ?, 1, 19999)",
		b[2]);
	b[3][0] = b[3][1] = bind_int(&order_id);
	b[3][2] = bind_text(body, sizeof(body), &body_length);
	audit = control_prepare(db,
		"INSERT INTO souk_bench.audit_logs"
		" (tenant_id, id, created_at, action, resource_id, changes)"
		" VALUES (1, ?, NOW(3), 'order.created', ?, ?)",
		b[3]);
	b[4][0] = b[4][1] = bind_int(&order_id);
	b[4][2] = bind_text(body, sizeof(body), &body_length);
	event = control_prepare(db,
		"INSERT INTO souk_bench.events (tenant_id, id, created_at, type, object_id, data)"
		" VALUES (1, ?, NOW(3), 'order.created', ?, ?)",
		b[4]);
	b[5][0] = bind_text(key, sizeof(key), &key_length);
	b[5][1] = bind_text(answered, sizeof(answered), &answered_length);
	once = control_prepare(db,
		"INSERT INTO souk_bench.idempotency_keys (tenant_id, key_text, created_at, body)"
		" VALUES (1, ?, NOW(3), ?)",
		b[5]);
}

static void
read_request(FCGX_Request *request)
{
	const char *given = FCGX_GetParam("HTTP_IDEMPOTENCY_KEY", request->envp);

	control_numbers(request, &stock_id, 1);
	order_id = new_id();
	key_length = (unsigned long)snprintf(key, sizeof(key), "%s", given ? given : "");
	if (!key_length || key_length >= sizeof(key))
		control_die("order", "takes an Idempotency-Key below 64 characters");
	body_length = (unsigned long)FCGX_GetStr(body, sizeof(body), request->in);
}

static const char *
answer(FCGX_Request *request, struct text *out)
{
	read_request(request);
	TEXT_LITERAL(out, "{\"id\":\"");
	text_id(out, "ord_", order_id);
	TEXT_LITERAL(
		out, "\",\"object\":\"order\",\"status\":\"pending\",\"total\":399.98,\"given\":");
	text_put(out, body, body_length);
	TEXT_LITERAL(out, "}");
	answered_length = out->n < sizeof(answered) ? out->n : sizeof(answered);
	memcpy(answered, out->p, answered_length);

	control_query(database, "BEGIN");
	control_execute(take);
	if (mysql_stmt_affected_rows(take) != 1)
		control_die("order", "out of stock");
	control_execute(order);
	control_execute(lines);
	control_execute(audit);
	control_execute(event);
	control_execute(once);
	control_query(database, "COMMIT");
	return "Status: 201 Created\r\nContent-Type: application/json\r\n\r\n";
}

int
main(int argc, char **argv)
{
	return control_run(argc, argv, &(struct control){ .prepare = prepare, .answer = answer });
}

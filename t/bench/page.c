/*
 * Control P: /control/p/MILLISECONDS/NUMBER is H and the page of 50 products before that place, newest
 * first, by one prepared SELECT along an index.
 */
#include "product.h"

#include <time.h>

static int64_t tenant, id;
static MYSQL_TIME before, same;
static MYSQL_STMT *by_place;

static void
prepare(MYSQL *db, int64_t of_tenant)
{
	static MYSQL_BIND parameters[4];

	tenant = of_tenant;
	parameters[0] = bind_int(&tenant);
	parameters[1] = (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_DATETIME, .buffer = &before };
	parameters[2] = (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_DATETIME, .buffer = &same };
	parameters[3] = bind_int(&id);
	by_place = control_prepare(db,
		"SELECT " PRODUCT_COLUMNS
		" FROM souk.products FORCE INDEX (created) WHERE tenant_id = ?"
		" AND (created_at < ? OR (created_at = ? AND id < ?))"
		" ORDER BY created_at DESC, id DESC LIMIT 50",
		parameters);
	product_bind(by_place);
}

static MYSQL_TIME
time_of(int64_t ms)
{
	struct tm tm;
	time_t seconds = (time_t)(ms / 1000);

	gmtime_r(&seconds, &tm);
	return (MYSQL_TIME){
		.year = (unsigned)tm.tm_year + 1900,
		.month = (unsigned)tm.tm_mon + 1,
		.day = (unsigned)tm.tm_mday,
		.hour = (unsigned)tm.tm_hour,
		.minute = (unsigned)tm.tm_min,
		.second = (unsigned)tm.tm_sec,
		.second_part = (unsigned long)(ms % 1000) * 1000,
		.time_type = MYSQL_TIMESTAMP_DATETIME,
	};
}

static const char *
answer(FCGX_Request *request, struct text *out)
{
	int64_t place[2];
	size_t n = 0;

	control_numbers(request, place, 2);
	before = same = time_of(place[0]);
	id = place[1];
	control_execute(by_place);
	TEXT_LITERAL(out, "{\"data\":[");
	for (; product_fetch(by_place); n++) {
		if (n)
			TEXT_LITERAL(out, ",");
		product_write(out);
	}
	mysql_stmt_free_result(by_place);
	TEXT_LITERAL(out, "],\"pagination\":{\"limit\":50}}");
	if (n != 50)
		control_die("page", "is not full");
	return "Content-Type: application/json\r\n\r\n";
}

int
main(int argc, char **argv)
{
	return control_run(argc, argv, &(struct control){ .prepare = prepare, .answer = answer });
}

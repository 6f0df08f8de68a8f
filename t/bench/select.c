/* Control S: /control/s/NUMBER is H and one prepared SELECT of that product by its primary key. */
#include "product.h"

static int64_t tenant, id;
static MYSQL_STMT *by_id;

static void
prepare(MYSQL *db, int64_t of_tenant)
{
	static MYSQL_BIND parameters[2];

	tenant = of_tenant;
	parameters[0] = bind_int(&tenant);
	parameters[1] = bind_int(&id);
	by_id = control_prepare(db,
		"SELECT " PRODUCT_COLUMNS " FROM souk.products WHERE tenant_id = ? AND id = ?",
		parameters);
	product_bind(by_id);
}

static const char *
answer(FCGX_Request *request, struct text *out)
{
	control_numbers(request, &id, 1);
	control_execute(by_id);
	if (!product_fetch(by_id))
		control_die("product", "is not there");
	product_write(out);
	mysql_stmt_free_result(by_id);
	return "Content-Type: application/json\r\n\r\n";
}

int
main(int argc, char **argv)
{
	return control_run(argc, argv, &(struct control){ .prepare = prepare, .answer = answer });
}

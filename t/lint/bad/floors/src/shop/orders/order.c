#include "shop/orders/orders.h"
#include "shop/catalog/catalog.h"
#include "shop/catalog/product.h" /* bad: not the domain's header */
#include "base/json_int.h" /* bad: private */
#include <mysql.h> /* bad: not db */

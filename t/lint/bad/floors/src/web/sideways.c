#include "admin/page.h" /* bad: sibling */
#include <fcgiapp.h> /* bad: not fcgi.c */
#include "shop/orders/orders.h"

#include "base/base.h"
#include "model/query.h" /* bad: above */
#include "dba/conn.h" /* bad: no floor */

/* Money below model/ is counted in whole numbers too. */
#include "base/money.h"

static float share; /* bad */

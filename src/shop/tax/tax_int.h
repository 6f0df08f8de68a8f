/* What the files of tax share. */
#ifndef SOUK_TAX_INT_H
#define SOUK_TAX_INT_H

#include "shop/tax/tax.h"

#define TAX_DIGITS 4 /* of a percentage, behind the point: as struct pricing_tax has it */

extern const struct operation tax_operations[1];

#endif

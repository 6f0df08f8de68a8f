/* What can be asked of stocks beside their list. For the files of this folder. */
#ifndef SOUK_INVENTORY_OPERATIONS_H
#define SOUK_INVENTORY_OPERATIONS_H

#include "model/plan.h"

#define INVENTORY_OPERATIONS 8
#define TRANSFER_MOST 50 /* items at once */

extern const struct operation inventory_operations[INVENTORY_OPERATIONS];

operation_fn inventory_show, inventory_adjust, inventory_count, inventory_set_safety,
	inventory_transfer, inventory_add_alert, inventory_remove_alert, inventory_remove_alerts;

/* Bodies. */
enum adjustment_field {
	ADJUST_QUANTITY,
	ADJUST_REASON,
	ADJUST_WAREHOUSE,
	ADJUST_VARIANT,
	ADJUST_NOTE,
	ADJUST__MAX
};
enum count_field { COUNT_QUANTITY, COUNT_WAREHOUSE, COUNT_VARIANT, COUNT_NOTE, COUNT__MAX };
enum safety_field { SAFETY_SAFETY, SAFETY_WAREHOUSE, SAFETY_VARIANT, SAFETY__MAX };
enum transfer_field { TRANSFER_FROM, TRANSFER_TO, TRANSFER_ITEMS, TRANSFER_NOTE, TRANSFER__MAX };
enum transfer_item_field {
	TRANSFER_PRODUCT,
	TRANSFER_VARIANT,
	TRANSFER_SKU,
	TRANSFER_QUANTITY,
	TRANSFER_ITEM__MAX
};
enum new_alert_field {
	NEW_ALERT_VARIANT,
	NEW_ALERT_WAREHOUSE,
	NEW_ALERT_THRESHOLD,
	NEW_ALERT_REORDER_POINT,
	NEW_ALERT_REORDER_QUANTITY,
	NEW_ALERT_SUPPLIER,
	NEW_ALERT__MAX
};

/* Answers. */
enum overview_field {
	OVERVIEW_PRODUCT,
	OVERVIEW_VARIANT,
	OVERVIEW_AVAILABLE,
	OVERVIEW_RESERVED,
	OVERVIEW_ON_HAND,
	OVERVIEW_LOCATIONS,
	OVERVIEW_VARIANTS,
	OVERVIEW__MAX
};
enum location_field {
	LOCATION_WAREHOUSE,
	LOCATION_AVAILABLE,
	LOCATION_RESERVED,
	LOCATION_ON_HAND,
	LOCATION_SAFETY,
	LOCATION__MAX
};
enum kind_field { KIND_VARIANT, KIND_SKU, KIND_AVAILABLE, KIND_RESERVED, KIND_ON_HAND, KIND__MAX };

extern const struct resource location_shape, kind_shape, overview_shape, transfer_item_shape,
	transfer_shape;

#endif

/* A picture of a product, by its address. Written through its product. */
#include "shop/catalog/catalog.h"
#include "shop/catalog/units.h"

static const struct field image_fields[IMAGE__MAX] = {
	[IMAGE_URL] = STRING("url", DOC("Where the picture is."), .flags = F_REQUIRED | F_FILTER,
		.max = 2048, .pattern = URL_PATTERN, .pattern_doc = URL_PATTERN_DOC,
		.example = "https://cdn.example.com/headphones.jpg"),
	[IMAGE_ALT] = LANG("alt", DOC("Says what it shows, for those who do not see it."),
		.flags = F_FILTER, .max = 512, .example = "Black headphones on a table"),
	[IMAGE_POSITION] =
		INTEGER("position", DOC("Its place among the others; the first is the main one."),
			.flags = F_FILTER | F_SORT, .min = 0, .max = 1000000, .example = "0"),
};

const struct resource image_resource = {
	.name = "image",
	.plural = "images",
	.prefix = "img",
	.table = "images",
	DOC("A picture of a product."),
	.parent = "product",
	.parent_column = "product_id",
	.order_column = "position",
	FIELDS(image_fields),
	.verbs = V_CRUD,
	NO_STATUS,
	SCOPES("products"),
	.max_age_s = 300,
	PLAN,
};

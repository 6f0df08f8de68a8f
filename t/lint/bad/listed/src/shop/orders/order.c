const struct resource order_resource = {
};
const struct resource refund_resource = { /* bad */
};

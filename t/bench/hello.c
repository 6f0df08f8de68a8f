/* Control H: what nginx and FastCGI cost before any work is done; a constant body as long as a product. */
#include "control.h"

static const char product[] =
	"{\"id\":\"prod_01hf8k2m3n4p5\",\"object\":\"product\",\"name\":\"Lamp with a brass foot\","
	"\"description\":\"A lamp for a desk or a shelf. The shade is linen, the foot is brass, "
	"the "
	"cable is two metres long and has a switch. It takes bulbs with an E27 base up to forty "
	"watts "
	"and comes without one. Wipe it with a dry cloth.\","
	"\"sku\":\"LAMP-000001\",\"price\":199.99,\"currency\":\"USD\",\"cost\":80.00,"
	"\"status\":\"active\",\"brand\":\"Souk\",\"barcode\":\"4006381333931\","
	"\"tax_class\":\"standard\",\"weight\":1.25,\"weight_unit\":\"kg\","
	"\"dimensions\":{\"length\":20,\"width\":20,\"height\":45,\"unit\":\"cm\"},"
	"\"categories\":[\"lamps\",\"home\"],\"variants\":[],\"images\":[],\"metadata\":{},"
	"\"created_at\":\"2026-11-24T18:00:00.000Z\",\"updated_at\":\"2026-11-24T18:00:00.000Z\","
	"\"version\":1}";

static const char *
answer(FCGX_Request *request, struct text *out)
{
	(void)request;
	text_put(out, product, sizeof(product) - 1);
	return "Content-Type: application/json\r\n\r\n";
}

int
main(int argc, char **argv)
{
	return control_run(argc, argv, &(struct control){ .answer = answer });
}

/* Barcodes, by zint. */
#include "programs/label.h"

#include <zint.h>

static bool
encode(struct arena *a, struct str text, int kind, struct label_code *out)
{
	struct zint_symbol *symbol = ZBarcode_Create();
	bool done;

	if (!symbol)
		return false;
	symbol->symbology = kind;
	done = ZBarcode_Encode(symbol, (const unsigned char *)text.p, (int)text.n) < ZINT_ERROR &&
		symbol->rows > 0 && symbol->width > 0;
	if (done) {
		out->columns = symbol->width;
		out->rows = symbol->rows;
		out->dark = ARENA_ARRAY(a, (size_t)out->columns * (size_t)out->rows, unsigned char);
		for (int row = 0; row < out->rows; row++)
			for (int i = 0; i < out->columns; i++)
				out->dark[row * out->columns + i] =
					symbol->encoded_data[row][i / 8] >> (i % 8) & 1;
	}
	ZBarcode_Delete(symbol);
	return done;
}

bool
label_encode(struct arena *a, struct str text, bool sscc, int most, struct label_code *out)
{
	bool bars;

	*out = (struct label_code){ 0 };
	if (sscc)
		bars = encode(a, str_fmt(a, "[00]%.*s", STRF(text)), BARCODE_GS1_128, out);
	else
		bars = encode(a, text, BARCODE_CODE128, out);
	return (bars && out->columns <= most) || encode(a, text, BARCODE_DATAMATRIX, out);
}

/* A shipping label as souk-label is told of it. */
#ifndef SOUK_LABEL_H
#define SOUK_LABEL_H

#include "base/base.h"

struct json;

#define LABEL_LINES 8
#define LABEL_PACKAGES 50

/* All is text as it shall stand there; absent parts are left out. */
struct label {
	struct str from[LABEL_LINES], to[LABEL_LINES], marks[LABEL_LINES];
	size_t nfrom, nto, nmarks;
	struct str carrier, service, date, order, reference;
	struct str number;                   /* under the barcode, and in it */
	bool sscc;                           /* the number is a serial shipping container code */
	struct str packages[LABEL_PACKAGES]; /* what each weighs and measures */
	size_t npackages;
};

/* False if it is no such object. */
bool label_read(struct arena *a, const struct json *said, struct label *to);

/* A PDF, in the arena; false if a library cannot. */
bool label_draw(struct arena *a, const struct label *label, struct str *pdf);

/* The bars of a line, or the squares of a matrix. */
struct label_code {
	int columns, rows;
	unsigned char *dark; /* rows × columns */
};

/* A GS1-128 or Code 128 of the text; if that has more columns than `most`, a Data Matrix. False if it cannot be encoded. */
bool label_encode(struct arena *a, struct str text, bool sscc, int most, struct label_code *out);

#endif

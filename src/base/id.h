/*
 * Ids (D19): a 63-bit number, time-ordered, made by the program, shown as a prefix and Crockford
 * base32. Bits from the top: 0 | 42 milliseconds since 2020-01-01Z | 4 host | 6 slot | 11 sequence.
 */
#ifndef SOUK_BASE_ID_H
#define SOUK_BASE_ID_H

#include "base/base.h"

#define ID_NONE ((struct id){ 0 })
#define ID_TEXT_MAX 24 /* prefix, '_', 13 characters */

/*
 * Says who this process is: host 0–15 and slot 0–63. Two processes alive at once must differ; the slot
 * is held by id_take_slot().
 */
void id_setup(int host, int slot);
/*
 * Takes the first free slot of 0–63 by a lock on `dir`/slot.N that the kernel drops with the process;
 * children do not inherit it. Comes before id_setup(); taking again gives back the slot taken before.
 * -1 if none is free or the directory cannot be written (errno).
 */
int id_take_slot(const char *dir);
/*
 * A new id, greater than every id this process made before; waits for no clock: if the clock goes
 * back or the sequence is used up, it counts on from the last millisecond given.
 */
struct id id_new(void);
/* Milliseconds since 1970 at which the id was made (0 for small, loaded ids). */
int64_t id_time_ms(struct id id);
/* Where the numbers of ids that are made at that moment begin. */
struct id id_at_ms(int64_t ms);

/*
 * Writes "prod_01h8x…" without a NUL: numbers below 32^8 (loaded ones) padded to three characters,
 * others to 13, so that ids that were made sort by age as text too. Gives the length. The prefix is
 * at most 9 bytes.
 */
size_t id_render(struct id id, const char *prefix, char out[ID_TEXT_MAX]);
struct str id_str(struct arena *a, struct id id, const char *prefix);
/* Reads the canonical form only: exact prefix, lower case, canonical padding, n > 0. */
bool id_parse(struct str s, const char *prefix, struct id *out);
/* True for ^[a-z]{2,8}_[0-9A-Za-z]+$: such a text is reserved for ids and refused as a SKU (D11). */
bool id_shaped(struct str s);

#endif

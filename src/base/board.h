/*
 * A board of versions in shared memory: which version of an object is current, as far as the
 * processes of this host have seen. What changes without making a version has a place of its own, with another number
 * for a version. It saves a conditional GET its statements, and it is never stale
 * after a write:
 *
 * - a writer touches the object's place before it commits. What the board said is void from
 *   then on, what readers that began earlier still put there is void as well, and for fifteen seconds nothing
 *   new is taken: no transaction lives that long, so what is read afterwards is what the write left;
 * - what was put there holds for five seconds, for the sake of changes made around Souk, by SQL;
 * - a place is a few words, written without a lock and checked by their sum, so that a process may die anywhere.
 */
#ifndef SOUK_BASE_BOARD_H
#define SOUK_BASE_BOARD_H

#include "base/base.h"

struct shared;

/* Before the fork. NULL: there is no board; nothing is ever known. */
void board_setup(struct shared *shared);

/* A number for one object: its tenant, what it is (a prefix of ids), its id. */
uint64_t board_key(struct id tenant, const char *prefix, struct id id);

/* The current version, or 0 if it is not known. */
int64_t board_version(uint64_t key);

/* Says when a reader began; asked for before the object is read, given back with what was read. */
uint64_t board_ticket(uint64_t key);
void board_put(uint64_t key, uint64_t ticket, int64_t version);

/* In a transaction that changes the object, or any object, before its commit. */
void board_touch(uint64_t key);
void board_touch_all(void);

#endif

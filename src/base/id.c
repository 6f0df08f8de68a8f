/*
 * Ids: a clock in the upper bits, who we are in the middle, a count below. Within one process the
 * numbers only go up, because the last millisecond given is remembered and never gone behind. The
 * slot's lock file holds that millisecond too (mapped, so it survives a kill): the next process in
 * the slot begins behind it, even if the clock was set back between the two.
 */
#include "base/id.h"
#include "base/clock.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define EPOCH_MS INT64_C(1577836800000) /* 2020-01-01T00:00:00Z */
#define SEQUENCE_BITS 11
#define SLOT_BITS 6
#define HOST_BITS 4
#define WHO_BITS (HOST_BITS + SLOT_BITS)
#define SEQUENCE_MOST ((1 << SEQUENCE_BITS) - 1)
#define SLOTS (1 << SLOT_BITS)
#define HOSTS (1 << HOST_BITS)

/* Loaded ids are below 32^8; made ones have been above since nine minutes into 2020. */
#define SMALL_DIGITS 8
#define SMALL_LEAST_DIGITS 3
#define DIGITS 13
#define SMALL (INT64_C(1) << (5 * SMALL_DIGITS))

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

static int64_t own_last_ms;
static int64_t *last_ms = &own_last_ms; /* or in the slot's file */
static int64_t who, sequence;
static int slot_fd = -1;

void
id_setup(int host, int slot)
{
	must(host >= 0 && host < HOSTS && slot >= 0 && slot < SLOTS);
	who = (int64_t)host << SLOT_BITS | slot;
	/* Whoever had the slot may have used this millisecond: the first id comes from the next. */
	*last_ms = MAX(*last_ms, clock_real_ms() - EPOCH_MS);
	sequence = SEQUENCE_MOST;
}

/* Remembers the last millisecond in the file from now on. */
static bool
map_slot(int fd)
{
	int64_t *shared;
	void *p;

	/* Room is taken before, since a full disk would turn a store into SIGBUS. */
	errno = posix_fallocate(fd, 0, sizeof(*shared));
	if (errno)
		return false;
	p = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return false;
	shared = p;
	*shared = MAX(*shared, own_last_ms);
	last_ms = shared;
	return true;
}

/* What was inherited from the master, or taken before, is not ours to write to. */
static void
drop_slot(void)
{
	own_last_ms = *last_ms;
	if (last_ms != &own_last_ms)
		munmap(last_ms, sizeof(*last_ms));
	last_ms = &own_last_ms;
	if (slot_fd >= 0)
		close(slot_fd);
	slot_fd = -1;
}

/* A lock of fcntl(2), not flock(2): it belongs to this process alone and not to its children. */
static bool
lock_file(int fd)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(fd, F_SETLK, &whole) == 0;
}

/* 1 taken, 0 held by another process, -1 failed (errno). */
static int
try_slot(const char *dir, int slot)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/slot.%d", dir, slot);
	int fd = -1, saved;

	if (n > 0 && (size_t)n < sizeof(path))
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	else
		errno = ENAMETOOLONG;
	if (fd < 0)
		return -1;
	if (lock_file(fd) && map_slot(fd)) {
		slot_fd = fd; /* open, and so locked, until this process ends */
		return 1;
	}
	saved = errno;
	close(fd);
	errno = saved;
	return saved == EAGAIN || saved == EACCES ? 0 : -1;
}

int
id_take_slot(const char *dir)
{
	int taken = 0;

	drop_slot();
	for (int slot = 0; slot < SLOTS; slot++) {
		taken = try_slot(dir, slot);
		if (taken)
			return taken > 0 ? slot : -1;
	}
	errno = EAGAIN;
	return -1;
}

struct id
id_new(void)
{
	int64_t now = clock_real_ms() - EPOCH_MS;

	if (now > *last_ms) {
		*last_ms = now;
		sequence = 0;
	} else if (sequence < SEQUENCE_MOST) {
		sequence++;
	} else {
		++*last_ms;
		sequence = 0;
	}
	return (struct id){ *last_ms << (WHO_BITS + SEQUENCE_BITS) | who << SEQUENCE_BITS |
		sequence };
}

int64_t
id_time_ms(struct id id)
{
	return id.n >= SMALL ? (id.n >> (WHO_BITS + SEQUENCE_BITS)) + EPOCH_MS : 0;
}

struct id
id_at_ms(int64_t ms)
{
	return (struct id){ MAX(ms - EPOCH_MS, 0) << (WHO_BITS + SEQUENCE_BITS) };
}

size_t
id_render(struct id id, const char *prefix, char out[ID_TEXT_MAX])
{
	struct str front = str_of(prefix);
	size_t n = front.n, count = id.n < SMALL ? SMALL_LEAST_DIGITS : DIGITS;

	must(id.n >= 0 && n + 1 + DIGITS < ID_TEXT_MAX);
	while (count < DIGITS && id.n >> (5 * count))
		count++;
	memcpy(out, front.p, n);
	out[n] = '_';
	for (size_t i = 0; i < count; i++)
		out[n + 1 + i] = alphabet[id.n >> (5 * (count - 1 - i)) & 31];
	return n + 1 + count;
}

struct str
id_str(struct arena *a, struct id id, const char *prefix)
{
	char text[ID_TEXT_MAX];
	size_t n = id_render(id, prefix, text);

	return str_dup(a, (struct str){ text, n });
}

static bool
read_digits(struct str s, int64_t *out)
{
	int64_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		const char *at = s.p[i] ? strchr(alphabet, s.p[i]) : NULL;

		if (!at || n >> (63 - 5))
			return false;
		n = n << 5 | (at - alphabet);
	}
	*out = n;
	return true;
}

/* Small numbers have no zeros in front but to fill three digits; large ones have all thirteen. */
static bool
is_canonical(struct str digits, int64_t n)
{
	if (digits.n == DIGITS)
		return n >= SMALL;
	if (digits.n < SMALL_LEAST_DIGITS || digits.n > SMALL_DIGITS)
		return false;
	return digits.n == SMALL_LEAST_DIGITS || digits.p[0] != '0';
}

bool
id_parse(struct str s, const char *prefix, struct id *out)
{
	struct str front = str_of(prefix), digits;
	int64_t n;

	if (!str_starts(s, front) || s.n == front.n || s.p[front.n] != '_')
		return false;
	digits = str_cut(s, front.n + 1, s.n);
	if (!read_digits(digits, &n) || n <= 0 || !is_canonical(digits, n))
		return false;
	*out = (struct id){ n };
	return true;
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool
id_shaped(struct str s)
{
	size_t front = str_find(s, '_');

	if (front < 2 || front > 8 || front + 1 >= s.n)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		bool fits =
			i < front ? s.p[i] >= 'a' && s.p[i] <= 'z' : i == front || is_alnum(s.p[i]);

		if (!fits)
			return false;
	}
	return true;
}

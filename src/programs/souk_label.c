/*
 * souk-label: draws a shipping label. It reads one JSON object from standard input and writes a PDF of 4 × 6 inches, a page a
 * package, to standard output. It is a program of its own, since the libraries that draw are large and what they draw comes
 * from clients: it limits itself before it reads, and can call nobody.
 */
#include "programs/label.h"

#include "base/buf.h"
#include "base/json.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define INPUT_MAX ((size_t)256 * 1024)
#define MEMORY_BYTES                                                                               \
	((rlim_t)768 * 1024 * 1024) /* of addresses: most of it is fonts that are mapped */
#define FILE_BYTES ((rlim_t)8 << 20)
#define CPU_SECONDS 3
#define ARENA_MAX ((size_t)64 << 20)

#define EXIT_DATA 65
#define EXIT_SOFTWARE 70
#define EXIT_OUTPUT 74

static void
limit(int what, rlim_t most)
{
	const struct rlimit l = { most, most };

	(void)setrlimit(what, &l);
}

#define REFUSE(call)                                                                               \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (call), 0, 1),                                         \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)

/* Neither the network nor another program. */
static void
confine(void)
{
	static struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		REFUSE(SYS_socket),
		REFUSE(SYS_socketpair),
		REFUSE(SYS_connect),
		REFUSE(SYS_execve),
		REFUSE(SYS_execveat),
		REFUSE(SYS_ptrace),
		REFUSE(SYS_process_vm_readv),
		REFUSE(SYS_kill),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { (unsigned short)COUNT(rules), rules };

	if (!ADDRESS_SANITIZER)
		limit(RLIMIT_AS, MEMORY_BYTES);
	limit(RLIMIT_CPU, CPU_SECONDS);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, FILE_BYTES);
	if (!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		(void)prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static bool
read_all(struct buf *b)
{
	char chunk[16384];
	ssize_t n;

	while ((n = read(STDIN_FILENO, chunk, sizeof(chunk))) > 0)
		buf_put(b, chunk, (size_t)n);
	return !n && !b->overflow;
}

static bool
write_all(struct str s)
{
	size_t done = 0;

	while (done < s.n) {
		ssize_t n = write(STDOUT_FILENO, s.p + done, s.n - done);

		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

int
main(void)
{
	struct arena *a;
	struct buf in;
	struct json *said;
	struct label label = { 0 };
	struct str pdf = { 0 };

	confine();
	a = arena_new("label", ARENA_MAX);
	buf_init(&in, a, 4096, INPUT_MAX);
	if (!read_all(&in) || json_parse(a, buf_view(&in), &said) || !label_read(a, said, &label))
		return EXIT_DATA;
	if (!label_draw(a, &label, &pdf))
		return EXIT_SOFTWARE;
	return write_all(pdf) ? 0 : EXIT_OUTPUT;
}

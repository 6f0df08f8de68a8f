/*
 * One FastCGI request written by hand: libfcgi has no client side. FastCGI Specification 1.0 §3.3: a
 * record is version, type, request id (2), length (2), padding, reserved, content.
 */
#include "programs/soukctl_probe.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define TIMEOUT_S 2
#define ANSWER_MAX 4096

enum { BEGIN_REQUEST = 1, PARAMS = 4, STDIN = 5 };

struct message {
	unsigned char b[512];
	size_t n;
};

static void
put(struct message *m, const void *p, size_t n)
{
	must(n <= sizeof(m->b) - m->n);
	memcpy(m->b + m->n, p, n);
	m->n += n;
}

static void
put_record(struct message *m, unsigned char type, const void *content, size_t n)
{
	const unsigned char head[] = { 1, type, 0, 1, (unsigned char)(n >> 8), (unsigned char)n, 0,
		0 };

	put(m, head, sizeof(head));
	put(m, content, n);
}

static void
put_param(struct message *m, const char *name, const char *value)
{
	const unsigned char lengths[] = { (unsigned char)strlen(name),
		(unsigned char)strlen(value) };

	put(m, lengths, sizeof(lengths));
	put(m, name, lengths[0]);
	put(m, value, lengths[1]);
}

static struct message
request(void)
{
	static const unsigned char responder[8] = { 0, 1 };
	struct message params = { .n = 0 }, m = { .n = 0 };

	put_param(&params, "REQUEST_METHOD", "GET");
	put_param(&params, "REQUEST_URI", "/livez");
	put_param(&params, "REMOTE_ADDR", "127.0.0.1");
	put_param(&params, "SOUK_MODE", "live");
	put_param(&params, "SOUK_REQUEST_ID", "req_doctor");
	put_record(&m, BEGIN_REQUEST, responder, sizeof(responder));
	put_record(&m, PARAMS, params.b, params.n);
	put_record(&m, PARAMS, "", 0);
	put_record(&m, STDIN, "", 0);
	return m;
}

static int
dial(const char *path)
{
	const struct timeval timeout = { .tv_sec = TIMEOUT_S };
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(to.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(to.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	if (!connect(fd, (const struct sockaddr *)&to, sizeof(to)))
		return fd;
	close(fd);
	return -1;
}

/* The answer up to its end, the buffer's, or a silence of two seconds; the words may be split by records. */
static const char *
listen_to(int fd)
{
	char answer[ANSWER_MAX];
	size_t n = 0;
	ssize_t got;

	do {
		got = read(fd, answer + n, sizeof(answer) - 1 - n);
		n += got > 0 ? (size_t)got : 0;
	} while (got > 0 && n < sizeof(answer) - 1);
	for (size_t i = 0; i + 7 <= n; i++) {
		if (!memcmp(answer + i, "\"alive\"", 7))
			return NULL;
	}
	return n ? "the answer was another one" : "no answer came within two seconds";
}

const char *
probe_workers(const char *socket_path)
{
	const struct message m = request();
	const char *fault;
	int fd = dial(socket_path);

	if (fd < 0)
		return strerror(errno);
	fault = send(fd, m.b, m.n, MSG_NOSIGNAL) == (ssize_t)m.n ? listen_to(fd) : strerror(errno);
	close(fd);
	return fault;
}

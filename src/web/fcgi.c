/*
 * libfcgi, wrapped: the only file that knows it. A signal while it takes a connection makes it drop what it has taken, so
 * signals are let in only where nothing is in hand: before it is asked, and while we wait for somebody to come. The wait is
 * ours too (epoll, which wakes one worker for each connection); the socket gives what is there, or nothing.
 */
#include "web/fcgi.h"

#include "base/crypto.h"
#include "base/log.h"
#include "base/vault.h"

#include <fcgiapp.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>

struct fcgi {
	FCGX_Request request;
	int epoll_fd;
	sigset_t open;   /* signals that were kept out before us: as long as we wait */
	sigset_t closed; /* and ours too: while something is in hand */
};

static volatile sig_atomic_t ending, reopening;

static void
on_end(int signal_number)
{
	(void)signal_number;
	ending = 1;
}

static void
on_reopen(int signal_number)
{
	(void)signal_number;
	reopening = 1;
}

static void
handle(int signal_number, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };

	sigemptyset(&action.sa_mask);
	must(sigaction(signal_number, &action, NULL) == 0);
}

static void
close_out_signals(struct fcgi *f)
{
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGQUIT);
	sigaddset(&ours, SIGUSR1);
	must(sigprocmask(SIG_BLOCK, &ours, &f->open) == 0 &&
		sigprocmask(SIG_BLOCK, NULL, &f->closed) == 0);
}

/* Those that came meanwhile are handled now. */
static void
let_signals_in(const struct fcgi *f)
{
	sigprocmask(SIG_SETMASK, &f->open, NULL);
	sigprocmask(SIG_SETMASK, &f->closed, NULL);
}

static void
wait_for_one(const struct fcgi *f)
{
	struct epoll_event event;

	(void)epoll_pwait(f->epoll_fd, &event, 1, -1, &f->open);
}

static int
waiting_room(int listen_fd)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLEXCLUSIVE };
	int fd = epoll_create1(EPOLL_CLOEXEC);

	must(fcntl(listen_fd, F_SETFL, fcntl(listen_fd, F_GETFL) | O_NONBLOCK) == 0);
	must(fd >= 0 && epoll_ctl(fd, EPOLL_CTL_ADD, listen_fd, &event) == 0);
	return fd;
}

struct fcgi *
fcgi_new(struct arena *a, int listen_fd)
{
	struct fcgi *f = ARENA_NEW(a, struct fcgi);

	close_out_signals(f);

	handle(SIGTERM, on_end);
	handle(SIGINT, on_end);
	handle(SIGQUIT, on_end);
	handle(SIGUSR1, on_reopen);
	handle(SIGHUP, SIG_IGN);
	handle(SIGPIPE, SIG_IGN);
	must(FCGX_Init() == 0);
	must(FCGX_InitRequest(&f->request, listen_fd, FCGI_FAIL_ACCEPT_ON_INTR) == 0);
	f->epoll_fd = waiting_room(listen_fd);
	return f;
}

bool
fcgi_accept(struct fcgi *f, struct arena *a, struct request *rq)
{
	for (;;) {
		let_signals_in(f);
		if (reopening) {
			reopening = 0;
			log_reopen();
		}
		if (ending)
			return false;
		int status = FCGX_Accept_r(&f->request);
		if (status == 0)
			break;
		if (status == -EAGAIN) {
			wait_for_one(f);
		} else if (status != -EINTR) {
			log_say(LOG_ERROR, "accept_failed", "%s", strerror(-status));
			return false;
		}
	}
	memset(rq, 0, sizeof(*rq));
	for (char **pair = f->request.envp; *pair; pair++)
		request_take(rq, a, str_of(*pair));
	request_init(rq, a);
	return true;
}

static struct err *
too_large(struct arena *a, size_t most)
{
	return err_reason(err_new(a, ERR_TOO_LARGE, "the body is larger than %zu bytes", most),
		REASON_BODY_TOO_LARGE);
}

/* As FCGX_GetStr(), but what is read is wiped where the library had it. */
static int
take_all(FCGX_Stream *in, char *out, int most)
{
	int n = 0;

	while (n < most) {
		int there = (int)MIN(in->stop - in->rdNext, most - n);

		if (there <= 0) {
			int c = FCGX_GetChar(in); /* has it read on */

			if (c == EOF)
				break;
			out[n++] = (char)c;
			crypto_wipe(in->rdNext - 1, 1);
			continue;
		}
		memcpy(out + n, in->rdNext, (size_t)there);
		crypto_wipe(in->rdNext, (size_t)there);
		in->rdNext += there;
		n += there;
	}
	return n;
}

struct err *
fcgi_read_body(struct fcgi *f, struct arena *a, struct request *rq, bool secret)
{
	size_t most = rq->body_max ? rq->body_max : REQUEST_BODY_MAX;
	int64_t length = 0;

	if (!rq->meta[META_CONTENT_LENGTH].n)
		return NULL;
	if (!str_int(rq->meta[META_CONTENT_LENGTH], &length) || length < 0)
		return err_new(a, ERR_MALFORMED, "Content-Length is not a number");
	if (length > (int64_t)most)
		return too_large(a, most);
	if (!length)
		return NULL;
	char *body = arena_alloc(a, (size_t)length);
	if (secret)
		vault_wipe_later(a, body, (size_t)length);
	int n = secret ? take_all(f->request.in, body, (int)length)
		       : FCGX_GetStr(body, (int)length, f->request.in);
	if (n != (int)length)
		return err_reason(
			err_new(a, ERR_MALFORMED, "the body ended after %d of %" PRId64 " bytes", n,
				length),
			REASON_BODY_CUT_SHORT);
	rq->body = (struct str){ body, (size_t)length };
	return NULL;
}

void
fcgi_drain(struct fcgi *f)
{
	char block[512];
	int n;

	do {
		n = take_all(f->request.in, block, sizeof(block));
		crypto_wipe(block, sizeof(block));
	} while (n == (int)sizeof(block));
}

/*
 * libfcgi waits at the end for the web server to close, so that closing first over unread input does
 * not reset the connection. When all input was read, nobody needs to wait.
 */
static void
part(FCGX_Request *request)
{
	if (FCGX_GetChar(request->in) == EOF)
		FCGX_Detach(request);
	else
		FCGX_Attach(request);
}

bool
fcgi_finish(struct fcgi *f, struct str head, struct str body)
{
	bool sent = FCGX_PutStr(head.p, (int)head.n, f->request.out) == (int)head.n;

	if (sent && body.n)
		sent = FCGX_PutStr(body.p, (int)body.n, f->request.out) == (int)body.n;
	part(&f->request);
	FCGX_Finish_r(&f->request);
	return sent;
}

/* FastCGI: requests from the web server, one at a time. The only file that includes libfcgi. */
#ifndef SOUK_WEB_FCGI_H
#define SOUK_WEB_FCGI_H

#include "web/request.h"

struct fcgi;

/*
 * Takes requests from the listening socket. Sets this process's signals: SIGTERM, SIGINT and SIGQUIT
 * end the next fcgi_accept(), SIGUSR1 opens the log anew, SIGHUP and SIGPIPE are ignored. One per process.
 */
struct fcgi *fcgi_new(struct arena *a, int listen_fd);

/*
 * Waits for a request and fills *rq, body aside; views stay until fcgi_finish(). False: this process
 * is to end (asked by a signal, or the socket failed, which is logged).
 */
bool fcgi_accept(struct fcgi *f, struct arena *a, struct request *rq);

/*
 * Reads the body into rq->body: ERR_TOO_LARGE, ERR_MALFORMED if it is cut short. `secret`: nothing of it stays in the library's
 * buffers, and with the arena it is wiped.
 */
struct err *fcgi_read_body(
	struct fcgi *f, struct arena *a, struct request *rq, bool secret) MUST_CHECK;

/* Has nothing of a body stay in the library's buffers that nobody has read. */
void fcgi_drain(struct fcgi *f);

/* Sends head and body together and ends the request; false if nobody was there to take it. */
bool fcgi_finish(struct fcgi *f, struct str head, struct str body);

#endif

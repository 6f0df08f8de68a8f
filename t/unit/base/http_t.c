/* Calls of other services: whom one may dial, and what each way to fail is called. */
#include "tap.h"

#include "base/base.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/http.h"
#include "base/log.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- a server that is there, in a process of its own */

struct server {
	int port;
	pid_t pid;
	struct arena *arena;
};

static void
say_back(int fd, const char *text)
{
	(void)!write(fd, text, strlen(text));
}

static void
answer_big(int fd)
{
	static const char block[1024] = { 'x' };

	say_back(fd, "HTTP/1.1 200 OK\r\nContent-Length: 204800\r\n\r\n");
	for (int i = 0; i < 200; i++)
		(void)!send(fd, block, sizeof(block), MSG_NOSIGNAL);
}

/* By the path that is asked for. */
static void
answer(int fd, const char *head)
{
	if (strstr(head, " /ok"))
		say_back(fd,
			"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
			"2\r\n\r\n{}");
	else if (strstr(head, " /echo"))
		say_back(fd,
			strstr(head, "\r\nX-Test: yes\r\n") && strstr(head, "a=%26")
				? "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
				: "HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n");
	else if (strstr(head, " /moved"))
		say_back(fd, "HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n");
	else if (strstr(head, " /big"))
		answer_big(fd);
	else if (strstr(head, " /late"))
		(void)poll(NULL, 0, 5000);
	/* else it is reset without an answer */
}

static void
serve(int listening)
{
	char head[4096];

	for (;;) {
		int fd = accept(listening, NULL, NULL);
		ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof(head) - 1);

		if (n > 0) {
			head[n] = '\0';
			if (!fork()) {
				answer(fd, head);
				_exit(0);
			}
		}
		close(fd);
	}
}

/* Networks: what may be dialled though it is not public. */
static struct server
begin(const char *networks)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(to);
	struct server s = { .arena = arena_new("test", 1 << 22) };
	static struct config config;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	log_open("/dev/null", LOG_ERROR);
	config = (struct config){ .outside_networks = networks,
		.services = "fedex=http://127.0.0.1:1/fedex, ups=https://ups.test" };
	http_setup(s.arena, &config);
	CHECK(!bind(fd, (struct sockaddr *)&to, n) && !listen(fd, 16) &&
		!getsockname(fd, (struct sockaddr *)&to, &n));
	s.port = ntohs(to.sin_port);
	s.pid = fork();
	if (!s.pid) {
		(void)signal(SIGCHLD, SIG_IGN);
		serve(fd);
	}
	close(fd);
	return s;
}

static void
end(struct server *s)
{
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	arena_free(s->arena);
}

static struct http_call
call_of(struct server *s, const char *method, const char *path)
{
	return (struct http_call){
		.method = method,
		.url = str_fmt(s->arena, "http://127.0.0.1:%d%s", s->port, path),
		.timeout_ms = 2000,
	};
}

/* ---- the tests */

void
test_http__says_what_came_of_a_call(void)
{
	static const struct {
		const char *method, *path;
		int status;
		enum http_fault fault;
		bool sent;
	} cases[] = {
		{ "GET", "/ok", 200, HTTP_NONE, true },
		{ "POST", "/ok", 200, HTTP_NONE, true },
		{ "GET", "/moved", 302, HTTP_NONE, true },
		{ "GET", "/big", 200, HTTP_TOO_LARGE, true },
		{ "GET", "/late", 0, HTTP_TIMEOUT, true },
		{ "POST", "/reset", 0, HTTP_REFUSED, true },
	};
	struct server s = begin("127.0.0.0/8");

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct http_call call = call_of(&s, cases[i].method, cases[i].path);

		tap_row("%s %s", cases[i].method, cases[i].path);
		call.timeout_ms = 500;
		http_do(s.arena, &call);
		CHECK(call.status == cases[i].status && call.fault == cases[i].fault);
		CHECK(call.sent == cases[i].sent);
		CHECK(call.fault != HTTP_NONE || call.status != 200 || str_eq_z(call.answer, "{}"));
	}
	end(&s);
}

void
test_http__sends_headers_and_body(void)
{
	static const struct http_header headers[] = { { "X-Test", { "yes", 3 } },
		{ "X-Empty", { "", 0 } } };
	struct server s = begin("127.0.0.0/8");
	struct http_call call = call_of(&s, "POST", "/echo");
	struct buf b;

	buf_init(&b, s.arena, 64, 1024);
	http_form(&b, "a", STR("&"));
	http_form(&b, "b[c]", STR("\xc3\xa9 +"));
	CHECK_STR(buf_view(&b), "a=%26&b%5Bc%5D=%C3%A9%20%2B");
	call.body = buf_view(&b);
	call.headers = headers;
	call.nheaders = COUNT(headers);
	http_do(s.arena, &call);
	CHECK(call.fault == HTTP_NONE && call.status == 201);
	CHECK_STR(http_basic(s.arena, STR("Aladdin"), STR("open sesame")),
		"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
	CHECK_STR(http_basic(s.arena, STR("ab"), STR("c")), "Basic YWI6Yw==");
	CHECK_STR(http_basic(s.arena, STR("a"), STR("")), "Basic YTo=");
	end(&s);
}

void
test_http__many_at_once_wait_for_one_deadline(void)
{
	struct server s = begin("127.0.0.1");
	struct http_call calls[6];
	int64_t began_us = clock_mono_us();

	for (int i = 0; i < 6; i++)
		calls[i] = call_of(&s, "GET", i % 2 ? "/ok" : "/late");
	http_do_all(s.arena, calls, 6, began_us + 400000);
	CHECK(clock_mono_us() - began_us < 1500000);
	for (int i = 0; i < 6; i++) {
		tap_row("%d", i);
		CHECK(calls[i].fault == (i % 2 ? HTTP_NONE : HTTP_TIMEOUT));
	}
	http_do_all(s.arena, calls, 1, clock_mono_us() - 1);
	CHECK(calls[0].fault == HTTP_TIMEOUT && !calls[0].sent);
	end(&s);
}

void
test_http__refuses_what_could_not_be_sent(void)
{
	static const struct http_header bad = { "X-Key", { "a\r\nX-Other: b", 13 } };
	struct server s = begin("127.0.0.0/8");
	struct http_call call = call_of(&s, "GET", "/ok");

	call.headers = &bad;
	call.nheaders = 1;
	http_do(s.arena, &call);
	CHECK(call.fault == HTTP_UNSENDABLE && !call.sent);
	call = call_of(&s, "GET", "/ok");
	call.url = STR("http://127.0.0.1:1/");
	http_do(s.arena, &call);
	CHECK(call.fault == HTTP_REFUSED && !call.sent);
	call.url = STR("https://host.invalid/");
	http_do(s.arena, &call);
	CHECK(call.fault == HTTP_DNS && !call.sent);
	end(&s);
}

/* Each of these names this machine, a private network or nothing at all. %d: a port on which somebody listens. */
static const char *const spellings[] = {
	"https://127.0.0.1:%d/",
	"https://127.1:%d/",
	"https://127.0.1:%d/",
	"https://0x7f.0.0.1:%d/",
	"https://0x7f000001:%d/",
	"https://2130706433:%d/",
	"https://017700000001:%d/",
	"https://0177.0.0.1:%d/",
	"https://0177.0.0.01:%d/",
	"https://127.127.127.127:%d/",
	"https://0.0.0.0:%d/",
	"https://0:%d/",
	"https://localhost:%d/",
	"https://LOCALHOST:%d/",
	"https://localhost.:%d/",
	"https://ip6-localhost:%d/",
	"https://%%6c%%6fcalhost:%d/",
	"https://127.0.0.1.:%d/",
	"https://[::1]:%d/",
	"https://[0:0:0:0:0:0:0:1]:%d/",
	"https://[::]:%d/",
	"https://[::ffff:127.0.0.1]:%d/",
	"https://[::ffff:7f00:1]:%d/",
	"https://[::127.0.0.1]:%d/",
	"https://[64:ff9b::127.0.0.1]:%d/",
	"https://[64:ff9b::7f00:1]:%d/",
	"https://[64:ff9b:1::7f00:1]:%d/",
	"https://[2002:7f00:1::]:%d/",
	"https://[2001:0:53aa:64c:0:0:80ff:fffe]:%d/",
	"https://[fe80::1]:%d/",
	"https://[fe80::1%%25lo]:%d/",
	"https://[fc00::1]:%d/",
	"https://[fd12:3456:789a::1]:%d/",
	"https://[ff02::1]:%d/",
	"https://[100::1]:%d/",
	"https://[2001:db8::1]:%d/",
	"https://[3fff::1]:%d/",
	"https://[5f00::1]:%d/",
	"https://10.0.0.1:%d/",
	"https://172.16.0.1:%d/",
	"https://172.31.255.255:%d/",
	"https://192.168.0.1:%d/",
	"https://169.254.169.254:%d/latest/meta-data/",
	"https://0xa9fea9fe:%d/",
	"https://2852039166:%d/",
	"https://[::ffff:169.254.169.254]:%d/",
	"https://100.64.0.1:%d/",
	"https://198.18.0.1:%d/",
	"https://192.0.2.1:%d/",
	"https://224.0.0.1:%d/",
	"https://255.255.255.255:%d/",
	"https://240.0.0.1:%d/",
	"http://127.0.0.1:%d/",
	"http://example.org:%d/",
	"https://example.org@127.0.0.1:%d/",
	"https://user:password@127.0.0.1:%d/",
	"https://127.0.0.1:%d/#example.org",
	"https://example.org\\@127.0.0.1:%d/",
	"https://127.0.0.1:%d\r\nHost: example.org/",
	"https://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1:%d/",
	"https://\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1:%d/",
	"https:///127.0.0.1:%d/",
	"https:127.0.0.1:%d",
	"//127.0.0.1:%d/",
	"127.0.0.1:%d",
	"file:///etc/passwd?%d",
	"gopher://127.0.0.1:%d/_GET",
	"dict://127.0.0.1:%d/",
	"ftp://127.0.0.1:%d/",
	"unix:///run/souk.sock?%d",
};

void
test_http__dials_nothing_that_is_not_public(void)
{
	struct server s = begin("");

	for (size_t i = 0; i < COUNT(spellings); i++) {
		struct http_call call = { .method = "GET", .timeout_ms = 1500 };

/* The texts are ours. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		call.url = str_fmt(s.arena, spellings[i], s.port);
#pragma GCC diagnostic pop
		tap_row("%.*s", STRF(call.url));
		http_do(s.arena, &call);
		CHECK(call.fault == HTTP_FORBIDDEN_ADDRESS || call.fault == HTTP_UNSENDABLE ||
			call.fault == HTTP_DNS);
		CHECK(!call.sent && !call.status);
	}
	end(&s);
}

void
test_http__networks_that_are_named_are_dialled_and_no_others(void)
{
	struct server s = begin("127.0.0.2, 10.0.0.0/8");
	struct http_call call = call_of(&s, "GET", "/ok");

	http_do(s.arena, &call);
	CHECK(call.fault == HTTP_FORBIDDEN_ADDRESS && !call.sent);
	call.url = STR("http://1.1.1.1/"); /* public, but not by plain HTTP */
	http_do(s.arena, &call);
	CHECK(call.fault == HTTP_FORBIDDEN_ADDRESS && !call.sent);
	end(&s);
}

void
test_http__knows_public_addresses(void)
{
	static const struct {
		const char *address;
		bool is;
	} cases[] = {
		{ "::ffff:8.8.8.8", true },
		{ "::ffff:1.1.1.1", true },
		{ "::ffff:172.32.0.1", true },
		{ "::ffff:172.15.255.255", true },
		{ "::ffff:100.128.0.1", true },
		{ "::ffff:100.127.255.255", false },
		{ "::ffff:9.255.255.255", true },
		{ "::ffff:11.0.0.0", true },
		{ "::ffff:223.255.255.255", true },
		{ "::ffff:192.88.99.1", false },
		{ "2606:4700::1111", true },
		{ "2a00:1450:4001::1", true },
		{ "2001:4860:4860::8888", true },
		{ "2001:1ff:ffff::1", false },
		{ "2001:200::1", true },
		{ "64:ff9b::808:808", true },
		{ "64:ff9b::a00:1", false },
		{ "2002:808:808::1", false },
		{ "4000::1", false },
		{ "1fff::1", false },
		{ "::808:808", false },
	};
	struct server s = begin("");

	for (size_t i = 0; i < COUNT(cases); i++) {
		unsigned char bytes[16];

		tap_row("%s", cases[i].address);
		CHECK(inet_pton(AF_INET6, cases[i].address, bytes) == 1);
		CHECK(http_is_public(bytes) == cases[i].is);
	}
	end(&s);
}

void
test_http__a_merchants_url_is_judged_before_it_is_kept(void)
{
	static const char *const good[] = { "https://example.org", "https://example.org/rates?a=b",
		"https://example.org:8443/x", "https://xn--mnchen-3ya.example/" };
	static const char *const bad[] = { "", "example.org", "http://example.org/", "https://",
		"https://u@example.org/", "https://example.org:22/", "https://example.org:0/",
		"https://example.org:99999/", "https://example.org/#x", "https://example.org/a b",
		"javascript:alert(1)" };
	struct server s = begin("");

	for (size_t i = 0; i < COUNT(good); i++) {
		tap_row("%s", good[i]);
		CHECK(!http_url_fault(s.arena, str_of(good[i])));
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		tap_row("%s", bad[i]);
		CHECK(http_url_fault(s.arena, str_of(bad[i])) != NULL);
	}
	CHECK_STR(http_service("ups", "https://x"), "https://ups.test");
	CHECK_STR(http_service("fedex", "https://x"), "http://127.0.0.1:1/fedex");
	CHECK_STR(http_service("stripe", "https://api.stripe.com"), "https://api.stripe.com");
	end(&s);
}

/* ---- a resolver that says one thing, and then another */

static const char *const *answers; /* of rebind.test, one after the other; NULL: it is not asked */

/*
 * libcurl's, too, since a program's own comes before libc's. All names but one are libc's to resolve.
 */
int
getaddrinfo(const char *restrict name, const char *restrict service,
	const struct addrinfo *restrict hints, struct addrinfo **restrict out)
{
	static int (*libc)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

	if (!libc) {
		void *symbol = dlsym(dlopen("libc.so.6", RTLD_LAZY), "getaddrinfo");

		memcpy(&libc, &symbol, sizeof(libc));
	}
	if (answers && name && !strcmp(name, "rebind.test")) {
		name = *answers;
		answers += answers[1] != NULL;
	}
	return libc(name, service, hints, out);
}

void
test_http__a_name_that_changes_its_mind_is_judged_when_it_is_dialled(void)
{
	static const char *const private[] = { "127.0.0.1", "10.0.0.1", "::1", "::ffff:127.0.0.1",
		"169.254.169.254", "fd00::1", "0.0.0.0", "localhost" };
	struct server s = begin("");

	for (size_t i = 0; i < COUNT(private); i++) {
		const char *const now[] = { private[i], NULL };
		struct http_call call = { .method = "GET", .timeout_ms = 1500 };

		/* Another name each time, or else libcurl remembers what it was told. */
		tap_row("%s", private[i]);
		answers = now;
		call.url = str_fmt(s.arena, "https://rebind.test:%d/", s.port + (int)i);
		http_do(s.arena, &call);
		CHECK(call.fault == HTTP_FORBIDDEN_ADDRESS && !call.sent);
	}
	answers = NULL;
	end(&s);
}

void
test_http__a_name_of_a_network_that_is_named_is_dialled(void)
{
	static const char *const here[] = { "127.0.0.1", NULL };
	struct server s = begin("127.0.0.1/32");
	struct http_call call = { .method = "GET", .timeout_ms = 1500 };

	answers = here;
	call.url = str_fmt(s.arena, "http://rebind.test:%d/ok", s.port);
	http_do(s.arena, &call);
	CHECK(call.fault == HTTP_NONE && call.status == 200);
	answers = NULL;
	end(&s);
}

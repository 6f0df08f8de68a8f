/*
 * libcurl does the work; this file decides what it may do. One multi handle of a process keeps connections and the parsed
 * certificates of the authorities. Addresses are judged when a socket is made for them, so that neither a spelling nor a
 * name that resolves to something else a moment later gets past. Only this file knows libcurl.
 */
#include "base/http.h"

#include "base/cidr.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/crowd.h"
#include "base/crypto.h"
#include "base/log.h"

#include <arpa/inet.h>
#define CURL_DISABLE_TYPECHECK /* its checks do not pass our warnings */
#include <curl/curl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_KEPT 8
#define CALLS_MOST 32 /* at once, of a process */
#define PORTS_OF_SERVICES 1024
#define HTTPS_PORT 443
#define URL_MAX 2048

/* Of 2000::/3 and of v4, what is no public host: IANA's special-purpose registries (RFC 6890 and its successors), 6to4. */
static const char closed_text[] =
	"0.0.0.0/8,10.0.0.0/8,100.64.0.0/10,127.0.0.0/8,169.254.0.0/16,172.16.0.0/12,192.0.0.0/24,"
	"192.0.2.0/24,192.31.196.0/24,192.52.193.0/24,192.88.99.0/24,192.168.0.0/16,192.175.48.0/"
	"24,"
	"198.18.0.0/15,198.51.100.0/24,203.0.113.0/24,224.0.0.0/4,240.0.0.0/4,"
	"2001::/23,2001:db8::/32,2002::/16,2620:4f:8000::/48,3fff::/20";

static const unsigned char nat64[12] = { 0x00, 0x64, 0xff, 0x9b }; /* RFC 6052 */
static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

static struct {
	struct cidr_list closed, networks;
	struct str services; /* "name=url,name=url" */
	CURLM *multi;
	bool forbidden;
} http;

static const char *const words[HTTP__FAULTS] = {
	[HTTP_NONE] = "none",
	[HTTP_TIMEOUT] = "timeout",
	[HTTP_REFUSED] = "refused",
	[HTTP_DNS] = "dns",
	[HTTP_TLS] = "tls",
	[HTTP_TOO_LARGE] = "too_large",
	[HTTP_FORBIDDEN_ADDRESS] = "forbidden_address",
	[HTTP_CROWDED] = "crowded",
	[HTTP_UNSENDABLE] = "unsendable",
};

/* A call while it is made. */
struct going {
	struct http_call *call;
	CURL *easy;
	struct curl_slist *headers;
	struct buf answer;
	bool plain;     /* by http */
	bool forbidden; /* an address was not dialled */
};

const char *
http_fault_word(enum http_fault fault)
{
	return words[fault];
}

void
http_forbid(bool forbidden)
{
	http.forbidden = forbidden;
}

/* ---- memory of libcurl: what goes through it has keys and tokens of merchants in it, so nothing is given back as it is (S7) */

static void
wiping_free(void *p)
{
	if (p)
		crypto_wipe(p, malloc_usable_size(p));
	free(p);
}

static void *
wiping_realloc(void *p, size_t n)
{
	void *larger = malloc(n);

	if (!larger)
		return NULL;
	if (p) {
		memcpy(larger, p, MIN(n, malloc_usable_size(p)));
		wiping_free(p);
	}
	return larger;
}

/* ---- settings */

void
http_setup(struct arena *a, const struct config *config)
{
	must(cidr_list_parse(a, str_of(closed_text), &http.closed, NULL));
	must(cidr_list_parse(a, str_of(config->outside_networks), &http.networks, NULL));
	http.services = str_of(config->services);
	must_have(!curl_global_init_mem(
		CURL_GLOBAL_DEFAULT, malloc, wiping_free, wiping_realloc, strdup, calloc));
}

struct str
http_service(const char *name, const char *otherwise)
{
	struct str rest = http.services.n ? http.services : (struct str){ 0 }, one;

	while (str_split(&rest, ',', &one)) {
		size_t equals = str_find(one, '=');

		if (str_eq_z(str_trim(str_cut(one, 0, equals)), name))
			return str_trim(str_cut(one, equals + 1, one.n));
	}
	return str_of(otherwise);
}

/* ---- addresses */

bool
http_is_public(const unsigned char address[16])
{
	unsigned char v4[16];
	bool v6 = memcmp(address, mapped, sizeof(mapped)) != 0;

	if (!memcmp(address, nat64, sizeof(nat64))) {
		memcpy(v4, mapped, sizeof(mapped));
		memcpy(v4 + 12, address + 12, 4);
		return !cidr_list_holds(&http.closed, v4);
	}
	return (!v6 || (address[0] & 0xe0) == 0x20) && !cidr_list_holds(&http.closed, address);
}

static bool
address_of(const struct curl_sockaddr *to, unsigned char out[16])
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (to->family == AF_INET && to->addrlen >= sizeof(v4)) {
		memcpy(&v4, &to->addr, sizeof(v4));
		memcpy(out, mapped, sizeof(mapped));
		memcpy(out + 12, &v4.sin_addr, 4);
		return true;
	}
	if (to->family == AF_INET6 && to->addrlen >= sizeof(v6)) {
		memcpy(&v6, (const void *)&to->addr, sizeof(v6));
		memcpy(out, &v6.sin6_addr, 16);
		return true;
	}
	return false;
}

static curl_socket_t
open_socket(void *arg, curlsocktype purpose UNUSED, struct curl_sockaddr *to)
{
	struct going *g = arg;
	unsigned char address[16];
	bool known = address_of(to, address);

	if (!known ||
		(!cidr_list_holds(&http.networks, address) &&
			(g->plain || !http_is_public(address)))) {
		g->forbidden = true;
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* ---- what may be called */

static char *
part_of(CURLU *u, CURLUPart part)
{
	char *text = NULL;

	return curl_url_get(u, part, &text, CURLU_DEFAULT_PORT) ? NULL : text;
}

static const char *
scheme_fault(const char *scheme)
{
	if (scheme && !strcmp(scheme, "https"))
		return NULL;
	return scheme && !strcmp(scheme, "http") && http.networks.n ? NULL
								    : "must begin with https://";
}

static const char *
parts_fault(CURLU *u)
{
	char *scheme = part_of(u, CURLUPART_SCHEME), *port = part_of(u, CURLUPART_PORT);
	char *fragment = part_of(u, CURLUPART_FRAGMENT);
	long number = port ? strtol(port, NULL, 10) : 0;
	const char *fault = scheme_fault(scheme);

	if (!fault &&
		(number <= 0 ||
			(number < PORTS_OF_SERVICES && number != HTTPS_PORT && !http.networks.n)))
		fault = "must not name a port below 1024 but 443";
	if (!fault && fragment)
		fault = "must not have a fragment";
	curl_free(scheme);
	curl_free(port);
	curl_free(fragment);
	return fault;
}

const char *
http_url_fault(struct arena *a, struct str url)
{
	CURLU *u;
	const char *fault;

	if (!url.n || url.n > URL_MAX)
		return "must be an address of at most 2048 characters";
	for (size_t i = 0; i < url.n; i++) {
		if (url.p[i] <= ' ' || url.p[i] == 0x7f || url.p[i] == '\\')
			return "must not have blanks, backslashes, control characters or letters "
			       "beyond ASCII";
	}
	u = curl_url();
	must_have(u);
	if (curl_url_set(u, CURLUPART_URL, str_z(a, url), CURLU_DISALLOW_USER))
		fault = "must be an address of the form https://host/path, without a user";
	else
		fault = parts_fault(u);
	curl_url_cleanup(u);
	return fault;
}

static bool
has_line_end(struct str s)
{
	return s.n && (memchr(s.p, '\r', s.n) || memchr(s.p, '\n', s.n) || memchr(s.p, '\0', s.n));
}

static bool
is_sendable(struct arena *a, const struct http_call *call)
{
	for (size_t i = 0; i < call->nheaders; i++) {
		if (has_line_end(call->headers[i].value))
			return false;
	}
	return !http_url_fault(a, call->url);
}

/* ---- one call */

static size_t
take(char *bytes, size_t size, size_t n, void *arg)
{
	struct going *g = arg;

	buf_put(&g->answer, bytes, size * n);
	return g->answer.overflow ? 0 : size * n;
}

static void
add_header(struct going *g, const char *line)
{
	struct curl_slist *more = curl_slist_append(g->headers, line);

	must_have(more);
	g->headers = more;
}

static void
set_headers(struct arena *a, struct going *g)
{
	const struct http_call *call = g->call;

	add_header(g, "Expect:");
	for (size_t i = 0; i < call->nheaders; i++) {
		struct str value = call->headers[i].value;

		/* libcurl leaves a header with an empty value out, unless it ends in a semicolon. */
		add_header(g,
			value.n ? str_fmt(a, "%s: %.*s", call->headers[i].name, STRF(value)).p
				: str_fmt(a, "%s;", call->headers[i].name).p);
	}
}

#define SET(option, value) must_have(!curl_easy_setopt(g->easy, option, value))

static void
set_request(struct arena *a, struct going *g)
{
	const struct http_call *call = g->call;
	bool get = !strcmp(call->method, "GET");

	SET(CURLOPT_URL, str_z(a, call->url));
	SET(CURLOPT_CUSTOMREQUEST, call->method);
	if (call->body.p) {
		SET(CURLOPT_POSTFIELDS, call->body.p);
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.n);
	} else if (!get && strcmp(call->method, "DELETE") != 0) {
		SET(CURLOPT_POSTFIELDS, "");
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)0);
	}
	set_headers(a, g);
	SET(CURLOPT_HTTPHEADER, g->headers);
	SET(CURLOPT_FRESH_CONNECT, get || call->repeatable ? 0L : 1L);
	SET(CURLOPT_USERAGENT, "Souk");
}

/* The rest of what libcurl would do if one let it. */
static void
set_limits(struct going *g, int timeout_ms)
{
	SET(CURLOPT_PROTOCOLS_STR, http.networks.n ? "https,http" : "https");
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_HTTP09_ALLOWED, 0L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_QUICK_EXIT, 1L);
	SET(CURLOPT_TIMEOUT_MS, (long)timeout_ms);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)timeout_ms);
	SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
	SET(CURLOPT_OPENSOCKETDATA, g);
	SET(CURLOPT_WRITEFUNCTION, take);
	SET(CURLOPT_WRITEDATA, g);
	SET(CURLOPT_PRIVATE, g);
}

static bool
begin(struct arena *a, struct going *g, struct http_call *call, int64_t left_ms)
{
	size_t max = call->answer_max ? call->answer_max : HTTP_ANSWER_MAX;

	call->status = 0;
	call->answer = call->type = (struct str){ 0 };
	call->sent = false;
	call->fault = HTTP_TIMEOUT;
	*g = (struct going){ .call = call, .plain = str_starts(call->url, STR("http:")) };
	must(call->timeout_ms > 0);
	if (left_ms <= 0)
		return false;
	if (!is_sendable(a, call)) {
		call->fault = HTTP_UNSENDABLE;
		return false;
	}
	buf_init(&g->answer, a, MIN(max, 4096), max);
	g->easy = curl_easy_init();
	must_have(g->easy);
	set_limits(g, (int)MIN(call->timeout_ms, left_ms));
	set_request(a, g);
	must_have(!curl_multi_add_handle(http.multi, g->easy));
	return true;
}

static enum http_fault
fault_of(const struct going *g, CURLcode code)
{
	if (code == CURLE_OK)
		return HTTP_NONE;
	must_have(code != CURLE_OUT_OF_MEMORY);
	if (g->answer.overflow)
		return HTTP_TOO_LARGE;
	switch (code) {
	case CURLE_OPERATION_TIMEDOUT:
		return HTTP_TIMEOUT;
	case CURLE_COULDNT_RESOLVE_HOST:
		return HTTP_DNS;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
		return HTTP_TLS;
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return HTTP_UNSENDABLE;
	default:
		return g->forbidden ? HTTP_FORBIDDEN_ADDRESS : HTTP_REFUSED;
	}
}

/* Host and fault alone: what stands in the URL and the headers may be a secret. */
static void
note_fault(const struct going *g)
{
	struct str url = g->call->url, host = str_cut(url, str_find(url, '/') + 2, url.n);

	log_line(LOG_WARN, "outside_failed", LOG_S("host", str_cut(host, 0, str_find(host, '/'))),
		LOG_Z("fault", words[g->call->fault]));
}

static void
end(struct arena *a, struct going *g, CURLcode code)
{
	struct http_call *call = g->call;
	long status = 0, sent = 0;
	char *type = NULL;

	call->fault = fault_of(g, code);
	(void)curl_easy_getinfo(g->easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(g->easy, CURLINFO_REQUEST_SIZE, &sent);
	(void)curl_easy_getinfo(g->easy, CURLINFO_CONTENT_TYPE, &type);
	call->sent = sent > 0;
	call->status = (int)status;
	if (type)
		call->type = str_dup(a, str_of(type));
	call->answer = buf_view(&g->answer);
	if (call->fault != HTTP_NONE)
		note_fault(g);
	(void)curl_multi_remove_handle(http.multi, g->easy);
	curl_easy_cleanup(g->easy);
	curl_slist_free_all(g->headers);
	g->easy = NULL;
}

/* Those that are done; gives how many. */
static size_t
reap(struct arena *a)
{
	CURLMsg *message;
	int left;
	size_t n = 0;

	while ((message = curl_multi_info_read(http.multi, &left))) {
		CURLcode code = message->data.result;
		struct going *g = NULL;

		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&g);
		end(a, g, code);
		n++;
	}
	return n;
}

static int64_t
left_ms(int64_t deadline_us)
{
	return deadline_us ? (deadline_us - clock_mono_us()) / 1000 : INT_MAX;
}

/* Whoever is not among the first CALLS_MOST begins when another one has ended. */
static void
run(struct arena *a, struct http_call *calls, size_t n, int64_t deadline_us)
{
	struct going *all = ARENA_ARRAY(a, n, struct going);
	size_t begun = 0, going = 0;

	for (;;) {
		int running;

		while (begun < n && going < CALLS_MOST) {
			going += begin(a, &all[begun], &calls[begun], left_ms(deadline_us));
			begun++;
		}
		if (!going || left_ms(deadline_us) <= 0)
			break;
		must_have(!curl_multi_perform(http.multi, &running));
		going -= reap(a);
		if (going)
			must_have(!curl_multi_poll(http.multi, NULL, 0,
				(int)MAX(MIN(left_ms(deadline_us), 1000), 1), NULL));
	}
	for (; begun < n; begun++)
		(void)begin(a, &all[begun], &calls[begun], 0);
	for (size_t i = 0; i < n; i++) {
		if (all[i].easy)
			end(a, &all[i], CURLE_OPERATION_TIMEDOUT);
	}
}

static void
send_away(struct http_call *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		calls[i].status = 0;
		calls[i].answer = calls[i].type = (struct str){ 0 };
		calls[i].fault = HTTP_CROWDED;
		calls[i].sent = false;
	}
}

void
http_do_all(struct arena *a, struct http_call *calls, size_t n, int64_t deadline_us)
{
	must(!http.forbidden);
	if (!http.multi) {
		must(http.closed.n);
		http.multi = curl_multi_init();
		must_have(http.multi);
		(void)curl_multi_setopt(http.multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT);
	}
	if (!crowd_enter()) {
		send_away(calls, n);
		return;
	}
	run(a, calls, n, deadline_us);
	crowd_leave();
}

void
http_do(struct arena *a, struct http_call *call)
{
	http_do_all(a, call, 1, 0);
}

/* ---- what is sent */

static bool
is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		(c && strchr("-._~", c));
}

static void
put_escaped(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (is_unreserved(s.p[i]))
			buf_char(b, s.p[i]);
		else
			buf_fmt(b, "%%%02X", (unsigned)(unsigned char)s.p[i]);
	}
}

void
http_form(struct buf *b, const char *name, struct str value)
{
	if (b->n)
		buf_char(b, '&');
	put_escaped(b, str_of(name));
	buf_char(b, '=');
	put_escaped(b, value);
}

struct str
http_basic(struct arena *a, struct str user, struct str password)
{
	struct str both = str_fmt(a, "%.*s:%.*s", STRF(user), STRF(password));

	return str_fmt(a, "Basic %s", str_base64(a, both).p);
}

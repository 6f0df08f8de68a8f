#include "base/tls.h"

#include "base/buf.h"
#include "base/crypto.h"

#include <netdb.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define VALID_DAYS 825 /* what browsers take at most of a certificate made by hand */
#define WAIT_S 2
#define ANSWER_MAX ((size_t)64 << 10)

/* ---- a certificate */

static void
drop_key(void *key)
{
	EVP_PKEY_free(key);
}

static void
drop_certificate(void *x)
{
	X509_free(x);
}

static void
drop_bio(void *bio)
{
	BIO_free_all(bio);
}

static void
drop_context(void *ctx)
{
	SSL_CTX_free(ctx);
}

static bool
looks_like_address(const char *name)
{
	return strspn(name, "0123456789.") == strlen(name);
}

static bool
add_extension(X509 *x, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *extension;
	bool added;

	X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	added = extension && X509_add_ext(x, extension, -1);
	X509_EXTENSION_free(extension);
	return added;
}

static bool
set_names(struct arena *a, X509 *x, const char *const *names, size_t n)
{
	X509_NAME *subject = X509_get_subject_name(x);
	struct buf b;

	buf_init(&b, a, 256, 4096);
	for (size_t i = 0; i < n; i++)
		buf_fmt(&b, "%s%s:%s", i ? "," : "", looks_like_address(names[i]) ? "IP" : "DNS",
			names[i]);
	return !b.overflow &&
		X509_NAME_add_entry_by_txt(
			subject, "CN", MBSTRING_UTF8, (const unsigned char *)names[0], -1, -1, 0) &&
		X509_set_issuer_name(x, subject) &&
		add_extension(x, NID_subject_alt_name, str_z(a, buf_view(&b)));
}

static bool
fill(struct arena *a, X509 *x, EVP_PKEY *key, const char *const *names, size_t n)
{
	int64_t serial;

	crypto_random(&serial, sizeof(serial));
	return X509_set_version(x, X509_VERSION_3) &&
		ASN1_INTEGER_set_int64(X509_get_serialNumber(x), serial & INT64_MAX) &&
		X509_gmtime_adj(X509_getm_notBefore(x), 0) &&
		X509_time_adj_ex(X509_getm_notAfter(x), VALID_DAYS, 0, NULL) &&
		X509_set_pubkey(x, key) && set_names(a, x, names, n) &&
		add_extension(x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
		add_extension(x, NID_key_usage, "critical,digitalSignature,keyCertSign") &&
		add_extension(x, NID_ext_key_usage, "serverAuth") &&
		X509_sign(x, key, EVP_sha256());
}

static struct str
taken(struct arena *a, BIO *bio)
{
	char *bytes = NULL;
	long n = BIO_get_mem_data(bio, &bytes);

	return str_dup(a, (struct str){ bytes, n > 0 ? (size_t)n : 0 });
}

static BIO *
new_memory(struct arena *a)
{
	BIO *bio = BIO_new(BIO_s_mem());

	must(bio);
	arena_defer(a, drop_bio, bio);
	return bio;
}

const char *
tls_self_signed(struct arena *a, const char *const *names, size_t n, struct str *key_pem,
	struct str *certificate_pem)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	BIO *key_bio = new_memory(a), *certificate_bio = new_memory(a);

	must(key && x && n > 0);
	arena_defer(a, drop_key, key);
	arena_defer(a, drop_certificate, x);
	if (!fill(a, x, key, names, n))
		return ERR_reason_error_string(ERR_get_error());
	if (!PEM_write_bio_PrivateKey(key_bio, key, NULL, NULL, 0, NULL, NULL) ||
		!PEM_write_bio_X509(certificate_bio, x))
		return ERR_reason_error_string(ERR_get_error());
	*key_pem = taken(a, key_bio);
	*certificate_pem = taken(a, certificate_bio);
	return NULL;
}

/* ---- one request */

static const char *
fault(void)
{
	unsigned long first = ERR_get_error();
	const char *said = ERR_reason_error_string(first);

	if (!first)
		said = strerror(errno ? errno : ETIMEDOUT);
	ERR_clear_error();
	return said ? said : "the TLS handshake failed";
}

/* A connected socket whose calls wait two seconds at most; -1: errno. */
static int
dial_one(const struct addrinfo *to)
{
	const struct timeval wait = { .tv_sec = WAIT_S };
	int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0), error;

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	if (!connect(fd, to->ai_addr, to->ai_addrlen))
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* The first address that takes the connection. NULL, or what went wrong with the last one. */
static const char *
dial(const char *host, const char *port, int *fd)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list;
	int status = getaddrinfo(host, port, &hints, &list);

	*fd = -1;
	if (status)
		return gai_strerror(status);
	for (const struct addrinfo *one = list; one && *fd < 0; one = one->ai_next)
		*fd = dial_one(one);
	status = errno;
	freeaddrinfo(list);
	return *fd < 0 ? strerror(status) : NULL;
}

/* Server name indication. OpenSSL's macro casts const away, which clang does not let pass: it gets a copy. */
static void
name_server(struct arena *a, SSL *ssl, const char *host)
{
	size_t n = strlen(host) + 1;
	char *name = arena_alloc(a, n);

	memcpy(name, host, n);
	must(SSL_set_tlsext_host_name(ssl, name));
}

static BIO *
tls_over(struct arena *a, int fd, const char *host)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	BIO *bio, *socket_bio = BIO_new_socket(fd, BIO_CLOSE);
	SSL *ssl = NULL;

	must(ctx && socket_bio);
	arena_defer(a, drop_context, ctx);
	bio = BIO_new_ssl(ctx, 1);
	must(bio);
	BIO_push(bio, socket_bio);
	arena_defer(a, drop_bio, bio);
	BIO_get_ssl(bio, &ssl);
	must(ssl);
	name_server(a, ssl, host);
	return bio;
}

static void
read_answer(struct arena *a, BIO *bio, struct buf *b)
{
	char block[4096];
	int n;

	buf_init(b, a, sizeof(block), ANSWER_MAX);
	do {
		n = BIO_read(bio, block, sizeof(block));
		if (n > 0)
			buf_put(b, block, (size_t)n);
	} while (!b->overflow && n > 0);
}

static int64_t
expiry(BIO *bio)
{
	SSL *ssl = NULL;
	X509 *x;
	int days = 0, seconds = 0;

	BIO_get_ssl(bio, &ssl);
	x = ssl ? SSL_get0_peer_certificate(ssl) : NULL;
	if (x)
		(void)ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(x));
	return days * INT64_C(86400) + seconds;
}

const char *
tls_get(struct arena *a, const char *host_port, const char *path, struct tls_answer *out)
{
	struct str all = str_of(host_port);
	size_t colon = str_find(all, ':');
	const char *host = str_z(a, str_cut(all, 0, colon)), *what;
	struct buf b;
	BIO *bio;
	int fd;

	what = dial(host, colon < all.n ? host_port + colon + 1 : "443", &fd);
	if (what)
		return what;
	(void)signal(SIGPIPE, SIG_IGN);
	errno = 0;
	bio = tls_over(a, fd, host);
	if (BIO_do_handshake(bio) <= 0 ||
		BIO_printf(bio, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", path,
			host) <= 0)
		return fault();
	out->expires_in_s = expiry(bio);
	read_answer(a, bio, &b);
	out->text = buf_view(&b);
	return NULL;
}

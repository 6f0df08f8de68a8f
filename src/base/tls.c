#include "base/tls.h"

#include "base/buf.h"
#include "base/crypto.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <signal.h>

#define VALID_DAYS 825 /* what browsers take at most of a certificate made by hand */
#define WAIT_MS 2000
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

/* Waits until the connection can go on; false: it took too long. */
static bool
wait_for(BIO *bio)
{
	struct pollfd p = { .events = BIO_should_read(bio) ? POLLIN : POLLOUT };

	return BIO_should_retry(bio) && BIO_get_fd(bio, &p.fd) >= 0 && poll(&p, 1, WAIT_MS) > 0;
}

/* The system's own word if it has one: the library's is about itself. */
static const char *
fault(void)
{
	unsigned long first = ERR_get_error();
	const char *said = ERR_reason_error_string(first);

	if (ERR_SYSTEM_ERROR(first))
		said = strerror(ERR_GET_REASON(first));
	else if (!first)
		said = strerror(errno ? errno : ETIMEDOUT);
	ERR_clear_error();
	return said ? said : "the TLS handshake failed";
}

static const char *
connect_to(BIO *bio)
{
	errno = 0;
	while (BIO_do_handshake(bio) <= 0)
		if (!wait_for(bio))
			return fault();
	return NULL;
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
	} while (!b->overflow && (n > 0 || wait_for(bio)));
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
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	struct str host = str_of(host_port);
	struct buf b;
	const char *what;
	BIO *bio;
	SSL *ssl;

	must(ctx);
	arena_defer(a, drop_context, ctx);
	host = str_dup(a, str_cut(host, 0, str_find(host, ':')));
	bio = BIO_new_ssl_connect(ctx);
	must(bio);
	arena_defer(a, drop_bio, bio);
	BIO_get_ssl(bio, &ssl);
	BIO_set_nbio(bio, 1);
	BIO_set_conn_hostname(bio, host_port);
	if (!SSL_set_tlsext_host_name(ssl, host.p))
		return fault();
	signal(SIGPIPE, SIG_IGN);
	what = connect_to(bio);
	if (what)
		return what;
	out->expires_in_s = expiry(bio);
	if (BIO_printf(bio, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", path,
		    host.p) <= 0)
		return fault();
	read_answer(a, bio, &b);
	out->text = buf_view(&b);
	return NULL;
}

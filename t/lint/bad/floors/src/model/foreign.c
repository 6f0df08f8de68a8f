#include <json-c/json.h> /* bad: not base/json.c */
#include <openssl/evp.h> /* bad: not base/crypto.c */
#include <stdint.h>

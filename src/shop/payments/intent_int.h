/* For the files of intents: their rules, actions and what they share. */
#ifndef SOUK_INTENT_INT_H
#define SOUK_INTENT_INT_H

#include "shop/payments/payments_int.h"

enum cancellation_reason {
	CANCELLED_BY_CUSTOMER,
	CANCELLED_DUPLICATE,
	CANCELLED_FRAUD,
	CANCELLED_ABANDONED,
	CANCELLED_ORDER,   /* the order was cancelled */
	CANCELLED_EXPIRED, /* the authorization ended */
	CANCELLATIONS
};
extern const struct choice cancellation_reasons[CANCELLATIONS];
/* Those that a caller may give. */
#define CANCELLATIONS_GIVEN CANCELLED_ORDER

#define RETURN_URL_PATTERN                                                                         \
	"^https://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?"                           \
	"([/?#][A-Za-z0-9!#$%&'()*+,./:;=?@_~-]*)?$"
#define RETURN_URL_DOC "an address that begins with https://, without blanks or a user"

enum error_field { ERROR_CODE, ERROR_DECLINE_CODE, ERROR_MESSAGE, ERROR__MAX };
enum next_action_field { NEXT_TYPE, NEXT_URL, NEXT__MAX };
extern const struct resource payment_error_shape, next_action_shape;

/*
 * Finds out what payment_method of `now` means and sets payment_method_id and payment_method_type. *found false: there is nothing
 * to pay with yet. Faults name `field` of `input`.
 */
struct err *intent_find_method(struct ctx *cx, struct rec *now, const struct rec *input, int field,
	bool *found) MUST_CHECK;
/* The same again, for its gateway: type, method, token, brand, last4. A method that is gone has no token. */
struct err *intent_read_method(
	struct ctx *cx, const struct rec *intent, struct gateway_call *details) MUST_CHECK;

/* The customer that it names is there. */
struct err *intent_check_customer(struct ctx *cx, const struct rec *now) MUST_CHECK;
/*
 * Judges the intent by its order, whose row stays locked: it is there and not cancelled, the currency is its own, and
 * no more is asked for than is open. Faults name fields of `now`.
 */
struct err *intent_check_order(struct ctx *cx, const struct rec *now) MUST_CHECK;
/* Sets the gateway that takes its type of method. */
struct err *intent_choose_gateway(struct ctx *cx, struct rec *now) MUST_CHECK;

/* Its gateway is the sandbox, which is in this house: see struct outside. */
bool intent_is_quick(const struct rec *intent);
/*
 * Writes a call of an intent as pending and has it carried out after the commit: an authorization, or what gives free all that is held.
 * intent_ask_for(): any; kind, amount and final are given.
 */
struct err *intent_ask(struct ctx *cx, struct rec *now, enum gateway_kind kind) MUST_CHECK;
struct err *intent_ask_for(struct ctx *cx, struct rec *now, struct call *c) MUST_CHECK;

/* Ends it with nothing held: canceled or, if something was captured, succeeded. */
void intent_end(struct rec *now);
/* What the gateway's last word was. */
void intent_note_error(struct ctx *cx, struct rec *now, const struct gateway_answer *a);

/* ERR_CONFLICT, of REASON_TRANSITION, unless the status is one of the bits. `done`: "captured". */
#define BIT(status) (1U << (status))
struct err *intent_check_status(
	struct ctx *cx, const struct rec *was, unsigned bits, const char *done) MUST_CHECK;

/* What a gateway said, in the second transaction: the payment, the order, the books. */
action_fn intent_settle;
/* Books what was captured. */
struct err *intent_book(
	struct ctx *cx, const struct outcome *o, struct id payment, int64_t commission) MUST_CHECK;
/* Asks the gateway about the open call. */
struct err *intent_call(struct ctx *cx, const struct rec *rec, struct rec **input) MUST_CHECK;

#define INTENT_ACTIONS 3
#define INTENT_OPERATIONS 3
extern const struct action intent_actions[INTENT_ACTIONS];
extern const struct operation intent_operations[INTENT_OPERATIONS];
/* Cancels it, for one of the reasons. */
struct err *intent_cancel(struct ctx *cx, struct rec *now, const struct rec *was,
	enum cancellation_reason why) MUST_CHECK;

#endif

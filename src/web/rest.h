/*
 * What REST does with the resources: each function answers one method of one route into the reply
 * of the call. Who may do it was settled before (serve.c).
 */
#ifndef SOUK_WEB_REST_H
#define SOUK_WEB_REST_H

#include "base/base.h"

struct call;

/* A page: {"data":[…],"pagination":{…}}. */
struct err *rest_list(struct call *c) MUST_CHECK;
/* One object, or 304. */
struct err *rest_get(struct call *c) MUST_CHECK;
/* 201 with Location. */
struct err *rest_create(struct call *c) MUST_CHECK;
/* PUT and PATCH are the same: the body is merged (D12). */
struct err *rest_update(struct call *c) MUST_CHECK;
/* 204, also when it was archived before (D13). */
struct err *rest_archive(struct call *c) MUST_CHECK;
struct err *rest_act(struct call *c) MUST_CHECK;
/* An operation that writes. */
struct err *rest_operate(struct call *c) MUST_CHECK;
/* One that does not, with a body; */
struct err *rest_compute(struct call *c) MUST_CHECK;
/* and one whose input stands in the query: with an ETag of what is answered, or 304. */
struct err *rest_ask(struct call *c) MUST_CHECK;

#endif

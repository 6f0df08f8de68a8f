/* Schemas that belong to no resource: languages, money, where a page stands, and errors. */
#include "model/language.h"
#include "web/openapi_int.h"

static void
put_languages(struct buf *b)
{
	struct str rest = STR(LANGUAGE_LIST), tag;

	LITERAL(b,
		"'Language':{'type':'string','description':'A language that text can be kept "
		"in.','enum':[");
	while (str_split(&rest, ',', &tag)) {
		json_out_comma(b);
		json_out_string(b, str_trim(tag));
	}
	LITERAL(b, "]}");
}

static void
put_shared(struct buf *b)
{
	LITERAL(b,
		"'Money':{'type':'object','additionalProperties':false,'description':'A price in "
		"the "
		"currency of X-Currency.','required':['amount','currency','formatted'],"
		"'properties':{'amount':{'type':'integer','format':'int64','description':'In minor "
		"units: cents, yen.'},'currency':{'type':'string','pattern':'^[A-Z]{3}$',"
		"'description':'ISO 4217.'},'formatted':{'type':'string','description':'As people "
		"of the asked language write it.'},'converted':{'type':'boolean','const':true,"
		"'description':'There is no price of its own in this currency.'},"
		"'rate':{'type':'string','pattern':'^[0-9]+([.][0-9]+)?$','description':'By which "
		"it was converted.'},'rate_at':{'type':'string','format':'date-time',"
		"'description':'When the rate was fixed.'}}}");
	LITERAL(b,
		"'Pages':{'type':'object','additionalProperties':false,'description':'Where a page "
		"stands that was asked for by number.','required':['page','limit','total_pages',"
		"'total_items','has_next','has_previous'],'properties':{"
		"'page':{'type':'integer','minimum':1},'limit':{'type':'integer','minimum':1},"
		"'total_pages':{'type':'integer','minimum':0},"
		"'total_items':{'type':'integer','minimum':0},'total_is_estimate':{'type':"
		"'boolean',"
		"'const':true,'description':'There are more than were counted.'},"
		"'has_next':{'type':'boolean'},'has_previous':{'type':'boolean'}}}");
	LITERAL(b,
		"'Cursors':{'type':'object','additionalProperties':false,'description':'Where a "
		"page "
		"stands that was asked for by cursor.','required':['limit','next_cursor',"
		"'has_more'],'properties':{'limit':{'type':'integer','minimum':1},"
		"'next_cursor':{'type':['string','null'],'description':'For the next page; null on "
		"the last.'},'has_more':{'type':'boolean'}}}");
}

static bool
is_first_of_code(int row)
{
	for (int i = 0; i < row; i++)
		if (strcmp(err_public((enum err_code)i), err_public((enum err_code)row)) == 0)
			return false;
	return true;
}

static void
put_codes(struct buf *b)
{
	LITERAL(b,
		"'ErrorCode':{'type':'string','description':'What kind of error it is.','enum':[");
	for (int i = 0; i < ERR__MAX; i++) {
		if (!is_first_of_code(i))
			continue;
		json_out_comma(b);
		json_out_z(b, err_public((enum err_code)i));
	}
	LITERAL(b, "]}");
}

/* New reasons may come: a closed enum would break the clients that were made before. */
static void
put_reasons(struct buf *b)
{
	LITERAL(b,
		"'Reason':{'type':'string','pattern':'^[a-z0-9_]+$','description':'Finer than the "
		"code; /docs/errors explains each. More may come.','x-extensible-enum':[");
	for (int i = REASON_NONE + 1; i < REASON__MAX; i++) {
		const struct reason_row *row = reason_row((enum reason)i);

		if (row->where == WHERE_SETUP)
			continue;
		json_out_comma(b);
		json_out_z(b, row->word);
	}
	LITERAL(b, "]}");
}

static void
put_errors(struct buf *b)
{
	put_codes(b);
	put_reasons(b);
	LITERAL(b,
		"'RequestId':{'type':'string','pattern':'^req_[0-9a-z]+$','description':'Finds the "
		"request in our log.'}");
	LITERAL(b,
		"'ErrorDetail':{'type':'object','additionalProperties':false,'description':'One "
		"fault.','required':['field','message','reason'],'properties':{"
		"'field':{'type':'string','description':'The path of the field as it was sent, or "
		"the parameter.'},'message':{'type':'string','description':'What was expected, and "
		"what came.'},'reason':{'$ref':'#/components/schemas/Reason'},"
		"'allowed':{'type':'array','items':{'type':'string'},'description':'What could "
		"have "
		"been sent.'},'nearest':{'type':'string','description':'What was probably "
		"meant.'}}}");
	LITERAL(b,
		"'Error':{'type':'object','additionalProperties':false,'description':'Every "
		"refusal.',"
		"'required':['error'],'properties':{'error':{'type':'object',"
		"'additionalProperties':false,'required':['code','message','details','request_id','"
		"reason','doc_url'],"
		"'properties':{'code':{'$ref':'#/components/schemas/ErrorCode'},"
		"'message':{'type':'string','description':'For people.'},"
		"'details':{'type':'array','maxItems':100,'items':{'$ref':'#/components/schemas/"
		"ErrorDetail'},'description':'All faults of the request.'},"
		"'request_id':{'$ref':'#/components/schemas/RequestId'},"
		"'reason':{'$ref':'#/components/schemas/Reason'},"
		"'doc_url':{'type':'string','format':'uri-reference','description':'Explains the "
		"reason.'}}}}}");
	LITERAL(b,
		"'Problem':{'type':'object','additionalProperties':false,'description':'The same "
		"as "
		"RFC 9457 writes it.','required':['type','title','status','detail','instance',"
		"'code','reason','request_id','errors'],'properties':{"
		"'type':{'type':'string','format':'uri-reference'},'title':{'type':'string'},"
		"'status':{'type':'integer','minimum':400,'maximum':599},"
		"'detail':{'type':'string'},'instance':{'type':'string','format':'uri'},"
		"'code':{'$ref':'#/components/schemas/ErrorCode'},"
		"'reason':{'$ref':'#/components/schemas/Reason'},"
		"'request_id':{'$ref':'#/components/schemas/RequestId'},"
		"'errors':{'type':'array','maxItems':100,'items':{'$ref':'#/components/schemas/"
		"ErrorDetail'}}}}");
}

void
openapi_shared_schemas(struct buf *b)
{
	put_languages(b);
	put_shared(b);
	put_errors(b);
}

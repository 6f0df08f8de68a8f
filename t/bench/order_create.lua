-- order_create.lua FILE PATH: an order of two lines, each of a random SKU of the learned FILE, under a key of its own.
local bench = require("bench")
local skus, path = {}, ""

function init(args)
	skus, path = bench.rows(args[1]), args[2]
end

function request()
	return bench.post(path,
		'{"currency":"USD","items":[{"sku":"' .. skus[math.random(#skus)][1] .. '","quantity":1},{"sku":"'
			.. skus[math.random(#skus)][1] .. '","quantity":1}],"email":"bench@example.com",'
			.. '"shipping_address":{"line1":"1 Main St","city":"Springfield","zip":"12345","country":"US"}}',
		"Idempotency-Key: " .. bench.unique() .. "\r\n")
end

-- order.lua PATH: an order of control O on one of 10,000 stock rows.
local bench = require("bench")
local path = ""

function init(args)
	path = args[1] .. "/"
end

function request()
	local stock = math.random(10000)
	return bench.post(path .. stock,
		'{"currency":"USD","items":[{"sku":"BENCH-' .. stock .. '","quantity":1},{"sku":"BENCH-' .. stock
			.. '-B","quantity":1}],"customer":{"email":"bench@example.com","name":"Ada Lovelace"},'
			.. '"shipping_address":{"line1":"1 Main St","city":"Springfield","zip":"12345","country":"US"}}',
		"Idempotency-Key: " .. bench.unique() .. "\r\n")
end

-- create.lua PATH: a product with a SKU that nobody has.
local bench = require("bench")
local path = ""

function init(args)
	path = args[1]
end

function request()
	local sku = "BENCH-" .. bench.unique()
	return bench.post(path, '{"name":"Lamp with a brass foot","sku":"' .. sku
		.. '","price":199.99,"status":"active","description":"A lamp for a desk or a shelf.","brand":"Souk"}')
end

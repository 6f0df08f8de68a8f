-- rates.lua - PATH: what it costs to send a package or three of some weight to some place; the sample's carrier has a tariff.
local bench = require("bench")
local path = ""

function init(args)
	path = args[2]
end

function request()
	local packages = {}
	for i = 1, math.random(3) do
		packages[i] = '{"weight":' .. math.random(1, 300) / 10 .. ',"weight_unit":"lb","length":12,"width":8,"height":6,"dimension_unit":"in"}'
	end
	return bench.post(path, '{"origin":{"zip":"10001","country":"US"},"destination":{"zip":"' .. math.random(10000, 99999)
		.. '","country":"US"},"carriers":["house"],"packages":[' .. table.concat(packages, ",") .. "]}")
end

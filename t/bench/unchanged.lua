-- unchanged.lua FILE PATH: GET of PATH/ID by a client that has the object; lines of FILE are an id and its ETag.
local bench = require("bench")
local rows, path = {}, ""

function init(args)
	rows = bench.rows(args[1])
	path = args[2] .. "/"
end

function request()
	local row = rows[math.random(#rows)]
	return bench.get(path .. row[1], "If-None-Match: " .. row[2] .. "\r\n")
end

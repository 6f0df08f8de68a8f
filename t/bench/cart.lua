-- cart.lua FILE PATH: GET of PATH and the first word of a random line of FILE, under the key that is its second.
local bench = require("bench")
local rows, path = {}, ""

function init(args)
	rows, path = bench.rows(args[1]), args[2] .. "/"
end

function request()
	local row = rows[math.random(#rows)]
	return "GET " .. path .. row[1] .. " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " .. row[2] .. "\r\n\r\n"
end

-- intent.lua PATH: in turns an intent whose money is held and the capture of one that is, in the sandbox.
local bench = require("bench")
local path, held = "", {}
local head = " HTTP/1.1\r\nHost: souk-sandbox\r\nAuthorization: Bearer " .. os.getenv("BENCH_SANDBOX_KEY")
	.. "\r\nContent-Type: application/json\r\nIdempotency-Key: "
local body = '{"amount":19999,"currency":"usd","payment_method":"card"}'

function init(args)
	path = args[1]
end

function request()
	local id = table.remove(held)
	if id then
		return "POST " .. path .. "/" .. id .. "/capture" .. head .. bench.unique() .. "\r\nContent-Length: 2\r\n\r\n{}"
	end
	return "POST " .. path .. "/intents" .. head .. bench.unique() .. "\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end

local explain = response
function response(status, headers, answer)
	local id = answer:match('^{"id":"(pi_%w+)".-"status":"requires_capture"')
	if id then
		held[#held + 1] = id
	end
	if explain then
		explain(status, headers, answer)
	end
end

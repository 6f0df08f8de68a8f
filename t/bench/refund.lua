-- refund.lua PATH: gives back a little of what was taken, in the sandbox: of 64 payments, which are made first.
local bench = require("bench")
local path, made, taken = "", 0, {}
local head = " HTTP/1.1\r\nHost: souk-sandbox\r\nAuthorization: Bearer " .. os.getenv("BENCH_SANDBOX_KEY")
	.. "\r\nContent-Type: application/json\r\nIdempotency-Key: "
local PAYMENTS = 64

function init(args)
	path = args[1]
end

local function post(where, body)
	return "POST " .. path .. where .. head .. bench.unique() .. "\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end

function request()
	if made < PAYMENTS or #taken == 0 then
		made = made + 1
		return post("/intents", '{"amount":99999900,"currency":"usd","payment_method":"card","capture_method":"automatic"}')
	end
	return post("/" .. taken[math.random(#taken)] .. "/refund", '{"amount":1}')
end

local explain = response
function response(status, headers, answer)
	local id = answer:match('^{"id":"pi_.-"payment_id":"(pay_%w+)"')
	if id then
		taken[#taken + 1] = id
	end
	if explain then
		explain(status, headers, answer)
	end
end

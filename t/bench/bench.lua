-- What the scripts of wrk share. wrk runs one in two states: one makes requests, the other calls done().
-- BENCH_DATA is the directory of the learned files, BENCH_KEY the API key. With BENCH_EXPLAIN nothing is
-- measured: the first answer that is an error is printed.
local bench = {}

math.randomseed(tonumber(os.getenv("BENCH_SEED")) or os.time())

local head = " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " .. os.getenv("BENCH_KEY") .. "\r\n"

-- Lines of a learned file, each split at its blanks.
function bench.rows(name)
	local rows = {}
	for line in io.lines(os.getenv("BENCH_DATA") .. "/" .. name) do
		local row = {}
		for word in line:gmatch("%S+") do
			row[#row + 1] = word
		end
		rows[#rows + 1] = row
	end
	assert(#rows > 0, name .. " is empty")
	return rows
end

-- A request as text; wrk.format() would take three times as long.
function bench.get(path, headers)
	return "GET " .. path .. head .. (headers or "") .. "\r\n"
end

function bench.post(path, body, headers)
	return "POST " .. path .. head .. (headers or "") .. "Content-Type: application/json\r\nContent-Length: "
		.. #body .. "\r\n\r\n" .. body
end

-- Unique in all runs: who we are, then a count.
local count = 0
local own = string.format("%x-%x", os.time(), math.random(0, 0xfffffff))
function bench.unique()
	count = count + 1
	return own .. "-" .. count
end

-- One line for scripts/bench.sh: requests per second, p50 and p99 in milliseconds, errors by kind.
function done(summary, latency)
	local e = summary.errors
	io.write(string.format("RESULT %.1f %.3f %.3f %d %d\n", summary.requests / (summary.duration / 1e6),
		latency:percentile(50) / 1000, latency:percentile(99) / 1000,
		e.status, e.connect + e.read + e.write + e.timeout))
end

if os.getenv("BENCH_EXPLAIN") then
	local said = false
	function response(status, headers, body)
		if status >= 400 and not said then
			said = true
			io.write("answered " .. status .. ": " .. body .. "\n")
			wrk.thread:stop()
		end
	end
end

return bench

-- get.lua FILE PATH: GET of PATH, in which $1, $2 … are the words of a random line of the learned FILE.
-- FILE - is none.
local bench = require("bench")
local rows, pieces = {}, {}

function init(args)
	rows = args[1] == "-" and {{}} or bench.rows(args[1])
	local at = 1
	for before, number, after in args[2]:gmatch("()%$(%d)()") do
		pieces[#pieces + 1] = args[2]:sub(at, before - 1)
		pieces[#pieces + 1] = tonumber(number)
		at = after
	end
	pieces[#pieces + 1] = args[2]:sub(at)
end

function request()
	local row, path = rows[math.random(#rows)], pieces[1]
	for i = 2, #pieces, 2 do
		path = path .. row[pieces[i]] .. pieces[i + 1]
	end
	return bench.get(path)
end

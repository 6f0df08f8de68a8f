# For the other checkers: walks C files and gives each line as `code`, that is without comments and without what stands
# between quotes. `place` is the path below the repository or below an example directory (t/lint/bad/NAME/).
# A line that says `lint: why` in a comment is excused; the reason must be there.

function strip(line,    out, c, i, n) {
	out = ""
	n = length(line)
	for (i = 1; i <= n; i++) {
		c = substr(line, i, 1)
		if (in_comment) {
			if (substr(line, i, 2) == "*/") {
				in_comment = 0
				i++
			}
		} else if (substr(line, i, 2) == "/*") {
			in_comment = 1
			i++
		} else if (c == "\"" || c == "'") {
			quote = c
			for (i++; i <= n && (c = substr(line, i, 1)) != quote; i++)
				if (c == "\\")
					i++
			out = out quote quote
		} else {
			out = out c
		}
	}
	return out
}

function complain(what) {
	printf "%s:%d: %s\n", FILENAME, FNR, what
	bad = 1
}

# Does `code` call or name this word?
function has_word(word) {
	return code ~ ("(^|[^A-Za-z0-9_])" word "([^A-Za-z0-9_]|$)")
}
function has_call(word) {
	return code ~ ("(^|[^A-Za-z0-9_])" word "[ \t]*\\(")
}

# Floors from the lowest up; folders with the same number are siblings.
function floor_of(folder) {
	return folder in floors ? floors[folder] : 0
}

BEGIN {
	floors["base"] = 1
	floors["db"] = 2
	floors["model"] = 3
	floors["access"] = 4
	floors["shop"] = 5
	floors["web"] = floors["graphql"] = floors["admin"] = 6
	floors["programs"] = 7
}

FNR == 1 {
	in_comment = 0
	place = FILENAME
	sub(/^\.\//, "", place)
	sub(/^t\/lint\/bad\/[^\/]*\//, "", place)
	split(place, part, "/")
	folder = part[1] == "src" ? part[2] : ""
	own_floor = floor_of(folder)
}
{
	code = strip($0)
	excused = $0 ~ /\/\* lint: [^ *]+ [^*]+\*\//
}

END { exit bad }

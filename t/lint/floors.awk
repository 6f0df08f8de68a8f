# Includes go downwards: to the own folder or to a floor below. Faces never include one another. A domain shows one header,
# <domain>.h. x_int.h stays in its folder. Each foreign library has one place.
# Run with read.awk before it.

FNR == 1 {
	if (own_floor == 0 && place ~ /^src\//)
		complain("src/" folder " is no floor")
	foreign["^mysql"] = "^src/db/"
	foreign["^ma_"] = "^src/db/"
	foreign["^errmsg\\.h"] = "^src/db/"
	foreign["^mariadb"] = "^src/db/"
	foreign["^json-c/"] = "^src/base/json\\.c$"
	foreign["^fcgi"] = "^src/web/fcgi\\.c$"
	foreign["^curl/"] = "^src/base/http\\.c$"
	foreign["^openssl/"] = "^src/base/(crypto|tls)\\.c$"
	foreign["^unicode/"] = "^src/base/"
	foreign["^csv\\.h"] = "^src/base/"
	foreign["^(cairo|pango)/"] = "^src/programs/label_draw\\.c$"
	foreign["^zint\\.h"] = "^src/programs/label_encode\\.c$"
}

# Strings are blanked in `code`, so the name is taken from the line itself.
code ~ /^[ \t]*#[ \t]*include/ && !excused {
	name = $0
	sub(/^[ \t]*#[ \t]*include[ \t]*["<]/, "", name)
	sub(/[">].*$/, "", name)
	if ($0 ~ /include[ \t]*</) {
		for (pattern in foreign)
			if (name ~ pattern && place !~ foreign[pattern])
				complain("<" name "> is only for " foreign[pattern])
		next
	}
	count = split(name, to, "/")
	if (count == 1)
		next
	target = floor_of(to[1])
	if (target == 0)
		complain("\"" name "\" is on no floor")
	else if (target > own_floor)
		complain("\"" name "\" is above src/" folder)
	else if (target == own_floor && to[1] != folder)
		complain("\"" name "\": src/" folder " and src/" to[1] " are siblings and do not know each other")
	own = place
	sub(/^src\//, "", own)
	sub(/[^\/]*$/, "", own)
	theirs = name
	sub(/[^\/]*$/, "", theirs)
	if (name ~ /_int\.h$/ && own != theirs)
		complain("\"" name "\" is private to src/" theirs)
	if (to[1] == "shop" && count == 3 && own != theirs && to[3] != to[2] ".h")
		complain("\"" name "\": only shop/" to[2] "/" to[2] ".h is for others")
}

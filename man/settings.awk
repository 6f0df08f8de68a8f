# Prints the rows of src/base/config.def: as=env as the file souk.env, every setting commented out with its default;
# as=mdoc as a list for souk.env(5). Give the words of the installation: CONFDIR, DATADIR, RUNDIR, STATEDIR.

function unquote(s) {
	gsub(/SOUK_CONFDIR */, "\"" CONFDIR "\"", s)
	gsub(/SOUK_DATADIR */, "\"" DATADIR "\"", s)
	gsub(/SOUK_STATEDIR */, "\"" STATEDIR "\"", s)
	gsub(/SOUK_RUNDIR */, "\"" RUNDIR "\"", s)
	gsub(/"/, "", s)
	return s
}
# Takes what stands before the next ", " outside of parentheses from `rest`.
function part(	depth, i, c, taken) {
	depth = 0
	for (i = 1; i <= length(rest); i++) {
		c = substr(rest, i, 1)
		if (c == "(")
			depth++
		else if (c == ")")
			depth--
		else if (c == "," && depth == 0)
			break
	}
	taken = substr(rest, 1, i - 1)
	rest = substr(rest, i + 2)
	return taken
}
# The same words as in src/base/config.c.
function words(type,	inner) {
	inner = type
	sub(/^[A-Z_]+\(?/, "", inner)
	sub(/\)$/, "", inner)
	if (type ~ /^INT/) {
		sub(/, /, " to ", inner)
		return "integer from " inner
	}
	if (type ~ /^CHOICE/)
		return "one of " unquote(inner)
	if (!(type in kinds)) {
		print "settings.awk: no words for the type " type > "/dev/stderr"
		exit 1
	}
	return kinds[type]
}

BEGIN {
	kinds["TEXT"] = kinds["SECRET"] = "text"
	kinds["PATH"] = "absolute path"
	kinds["SOCKET"] = "absolute path of at most 107 bytes"
	kinds["STREAM"] = "absolute path or -"
	kinds["NAME"] = "name of letters, digits and _"
	kinds["NAME_OR_NONE"] = "name of letters, digits and _, or nothing"
	kinds["URL_OR_NONE"] = "https:// address without a path, or nothing"
	kinds["RANGES"] = "addresses and ranges (10.0.0.0/8) with commas between, or nothing"
	kinds["SERVICES"] = "name=address pairs with commas between, or nothing"
	if (as == "env") {
		print "# Settings of Souk: KEY=value lines; a value may stand in quotes. souk.env(5) explains them all, and"
		print "# `soukctl config check` finds the faults. What is commented out is the default; the environment wins."
		print "# After a change: systemctl restart souk-api"
	}
}
/^X\(/ {
	rest = substr($0, 3, length($0) - 3)
	part()
	key = part()
	type = words(part())
	initial = unquote(part())
	doc = unquote(rest)
	if (as == "env") {
		printf "\n# %s (%s)\n#%s=%s\n", doc, type, key, initial
		next
	}
	printf ".It Ev %s\n%s%s (%s).\n", key, toupper(substr(doc, 1, 1)), substr(doc, 2), type
	printf "%s\n", initial == "" ? "Default: nothing." : "Default:\n.Ql " initial " ."
}

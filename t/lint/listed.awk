# What must stand in a list stands there: every `const struct resource x_resource` in src/shop/resources.def, every .c below
# src/, t/unit/ and t/fuzz/ in Makefile.am. Read Makefile.am and resources.def first, then the sources; read.awk before this file.

FILENAME ~ /Makefile\.am$/ {
	line = $0
	gsub(/[ \t\\]/, "", line)
	if (line ~ /\.c$/)
		built[line] = 1
	next
}
FILENAME ~ /resources\.def$/ {
	line = code
	gsub(/[^A-Za-z0-9_]+/, " ", line)
	count = split(line, word, " ")
	for (i = 1; i <= count; i++)
		listed[word[i]] = 1
	next
}

FNR == 1 && place ~ /\.c$/ && !(place in built) && !(place ~ /^t\/unit\/tap\.c$/) {
	complain(place " is not in Makefile.am")
}
place ~ /^src\// && code ~ /^const struct resource [a-z_0-9]+_resource/ {
	name = code
	sub(/^const struct resource /, "", name)
	sub(/[^a-z_0-9].*$/, "", name)
	short = name
	sub(/_resource$/, "", short)
	if (!(name in listed) && !(short in listed))
		complain(name " is not in src/shop/resources.def")
}

#!/bin/sh
# Prints the C file that lists the unit tests of the files given, found by their names: a test is
# `test_<suite>__<promise>(void)` at the start of a line, its type on the line before (style.md 13).
# Usage: sh t/unit/suites.sh FILE_t.c... > suites.c
set -eu

awk '
BEGIN {
	print "/* Made by t/unit/suites.sh from the names of the tests. */"
	print "#include \"tap.h\""
}

/^test_[a-z0-9_]+\(void\)$/ && before == "void" {
	name = $0
	sub(/\(void\)$/, "", name)
	if (!match(name, /^test_[a-z0-9_]+__[a-z0-9]/)) {
		printf "%s:%d: a test is named test_<suite>__<promise>: %s\n", FILENAME, FNR,
			name > "/dev/stderr"
		failed = 1
	}
	if (name in seen) {
		printf "%s:%d: %s is defined twice\n", FILENAME, FNR, name > "/dev/stderr"
		failed = 1
	}
	seen[name] = 1
	suite = substr(name, 6, index(name, "__") - 6)
	if (!(suite in tests))
		order[++suites] = suite
	tests[suite] = tests[suite] name "\n"
	printf "void %s(void);\n", name
}

{ before = $0 }

END {
	for (i = 1; i <= suites; i++) {
		printf "\nstatic const struct tap_test %s_tests[] = {\n", order[i]
		n = split(tests[order[i]], names, "\n")
		for (k = 1; k < n; k++)
			printf "\t{ \"%s\", %s },\n", substr(names[k], 6), names[k]
		print "\t{ 0 },\n};"
	}
	print "\nstatic const struct tap_suite suites[] = {"
	for (i = 1; i <= suites; i++)
		printf "\t{ \"%s\", %s_tests },\n", order[i], order[i]
	print "\t{ 0 },\n};\n"
	print "int\nmain(int argc, char **argv)\n{\n\treturn tap_main(argc, argv, suites);\n}"
	exit failed
}
' ${1+"$@"} </dev/null

#!/bin/sh
# Checks the checkers: in bad/NAME/, NAME.awk must complain about each line that says "bad", and about no other.
set -eu
cd "$(dirname "$0")/../.."
status=0
for checker in floors listed sizes sql type_switch words; do
	dir=t/lint/bad/$checker
	files=$(find "$dir" -name 'Makefile.am'; find "$dir" -name '*.def'; find "$dir" -name '*.[ch]' | sort)
	# shellcheck disable=SC2086
	wanted=$(grep -n '/\* .*bad' /dev/null $files | cut -d: -f1,2 | sort -u)
	# shellcheck disable=SC2086
	found=$(awk -f t/lint/read.awk -f "t/lint/$checker.awk" $files | cut -d: -f1,2 | sort -u)
	if [ "$wanted" = "$found" ] && [ -n "$wanted" ]; then
		echo "$checker.awk finds what it must"
	else
		status=1
		echo "$checker.awk should complain about:"
		echo "$wanted"
		echo "but complains about:"
		echo "$found"
	fi
done
exit $status

#!/usr/bin/env bash
# ./dev lint [NAME…]: every checker, or the named ones; `--quick` prints the names that ./dev test runs, `--list` all.
# A suppression stands on the line it is about and says why.
set -eu
. "$(dirname "$0")/packages.sh"
. "$(dirname "$0")/build.sh"
cd "$ROOT"

quick="format floors listed words sizes sql type_switch self"
slow="shell headers tidy cppcheck analyzer"

sources() { find src -name '*.[ch]' | sort; }
c_sources() { find src -name '*.c' | sort; }

lint_format() { find src t -path t/lint -prune -o -name '*.[ch]' -print0 | sort -z | xargs -0r clang-format --dry-run --Werror; }
lint_floors() { sources | xargs -r awk -f t/lint/read.awk -f t/lint/floors.awk; }
# The list and the build file are read first, then what must stand in them.
lint_listed() { { echo Makefile.am; find src -name resources.def; find src t/unit t/fuzz -name '*.c' | sort; } | xargs -r awk -f t/lint/read.awk -f t/lint/listed.awk; }
lint_words() { sources | xargs -r awk -f t/lint/read.awk -f t/lint/words.awk; }
lint_sizes() { sources | xargs -r awk -f t/lint/read.awk -f t/lint/sizes.awk; }
lint_sql() { sources | xargs -r awk -f t/lint/read.awk -f t/lint/sql.awk; }
lint_type_switch() { sources | xargs -r awk -f t/lint/read.awk -f t/lint/type_switch.awk; }
lint_self() { sh t/lint/self.sh; }
lint_shell() { shellcheck dev .ci/run scripts/*.sh t/lint/*.sh; }
lint_headers() { build_make clang check-headers && build_make debug check-headers; }
# One file a run: clang-tidy 14 takes the va_start of a second file for none (valist.Uninitialized).
lint_tidy() {
	local flags
	flags=$(pkg-config --cflags libcurl json-c openssl icu-i18n libmariadb libsystemd)
	# shellcheck disable=SC2016
	c_sources | xargs -r -P "$(nproc)" -n 1 sh -c 'flags=$1 && shift && clang-tidy --quiet "$@" -- $flags' tidy \
		"-std=c11 -Isrc -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -DSOUK_DEBUG $flags" 2>&1 |
		{ grep -v 'warnings\? generated\.$' || true; }
}
# internalAstError: cppcheck 2.10 itself fails on a compound literal behind a question mark.
lint_cppcheck() {
	cppcheck --quiet --enable=warning,performance,portability --error-exitcode=1 --inline-suppr --std=c11 \
		--suppress=missingIncludeSystem --suppress=internalAstError -j "$(nproc)" -Isrc src
}
lint_analyzer() { build_make analyze all; }

case ${1:-} in
--quick) for name in $quick; do echo "$name"; done && exit ;;
--list) for name in $quick $slow; do echo "$name"; done && exit ;;
"")
	# shellcheck disable=SC2086
	packages_need $UP_PACKAGES $LINT_PACKAGES
	# shellcheck disable=SC2086
	set -- $quick $slow
	;;
esac

status=0
mkdir -p "$VAR/log"
for name in "$@"; do
	declare -F "lint_$name" >/dev/null || die "there is no checker $name; ./dev lint --list"
	log=$VAR/log/lint-$name.log
	set +e
	(
		set -e -o pipefail
		"lint_$name"
	) >"$log" 2>&1
	result=$?
	set -e
	if [ "$result" = 0 ]; then
		printf '  %-14s clean\n' "$name"
	else
		status=1
		printf '  %-14s FAILED, all of it in %s\n' "$name" "$log"
		head -n 40 "$log" | sed 's/^/    /'
	fi
done
exit $status

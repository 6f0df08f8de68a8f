#!/usr/bin/env bash
# ./dev test [PATTERN]: quick lint, unit tests, then API tests and short torture on a fresh stack in var/test.
# Prints every test as TAP and, last, one line: N passed, N failed. SOUK_BUILD=asan (./dev asan) takes that build.
set -eu
. "$(dirname "$0")/packages.sh"
. "$(dirname "$0")/build.sh"
. "$(dirname "$0")/stack.sh"
. "$(dirname "$0")/contract.sh"

pattern=${1:-}
kind=${SOUK_BUILD:-debug}
stack=$VAR/test
whole=yes
[ -z "$pattern" ] || whole=
contract=no
passed=0 failed=0 skipped=0

# ---- counting

result() { # ok|not ok|skip, name
	case $1 in
	ok) passed=$((passed + 1)) && printf 'ok - %s\n' "$2" ;;
	skip) skipped=$((skipped + 1)) && printf 'ok - %s # SKIP\n' "$2" ;;
	*) failed=$((failed + 1)) && printf 'not ok - %s\n' "$2" ;;
	esac
}

# check NAME command…: one test that is its exit status.
check() {
	local name=$1
	shift
	if "$@"; then result ok "$name"; else result "not ok" "$name"; fi
}

# Adds what a TAP report says at its top level, or what node's summary says; a program that died without a failed test
# counts as one.
count_tap() { # file, exit status, name
	local pass fail skip
	if grep -q '^# pass ' "$1"; then
		pass=$(sed -n 's/^# pass //p' "$1" | tail -n 1)
		fail=$(awk '/^# (fail|cancelled) / { n += $3 } END { print n + 0 }' "$1")
		skip=$(awk '/^# (skipped|todo) / { n += $3 } END { print n + 0 }' "$1")
	else
		skip=$(grep -c '^ok .*# SKIP' "$1" || true)
		pass=$(($(grep -c '^ok ' "$1" || true) - skip))
		fail=$(grep -c '^not ok ' "$1" || true)
	fi
	passed=$((passed + pass)) failed=$((failed + fail)) skipped=$((skipped + skip))
	if [ "$2" != 0 ] && [ "$fail" = 0 ]; then
		result "not ok" "$3 ended with status $2"
	fi
}

# run_tap NAME command…: shows the report and counts it.
run_tap() {
	local name=$1 report status=0
	report=$stack/log/${1//\//-}.tap
	shift
	say "# $name"
	"$@" 2>&1 | tee "$report" || true
	status=${PIPESTATUS[0]}
	count_tap "$report" "$status" "$name"
}

# ---- parts

unit_tests() {
	local floor program
	db_up "$stack"
	db_unit "$stack"
	export SOUK_TEST_DB_CONFIG=$stack/etc/unit.env
	for floor in base db model access shop web; do
		program=$ROOT/build/$kind/unit-$floor
		run_tap "unit-$floor" "$program" ${pattern:+"$pattern"}
	done
}

# What ./dev fuzz once found, and what it begins with.
fuzz_tests() { run_tap fuzz "$ROOT/build/$kind/fuzz-replay" "$pattern" "$ROOT/t/fuzz/seeds"; }

# Files to run: all, or those whose name has the pattern in it.
matching() { # directory, find's name pattern
	[ -d "$ROOT/$1" ] || return 0
	find "$ROOT/$1" -maxdepth 1 -name "$2" | sort | { if [ -n "$pattern" ]; then grep -F -- "$pattern" || true; else cat; fi; }
}

api_tests() {
	local files
	mapfile -t files < <(matching t/api '*.test.mjs')
	[ ${#files[@]} -gt 0 ] || return 0
	run_tap api node --test --test-concurrency=2 --test-reporter=tap "${files[@]}"
}

# Every answer of the API tests against the contract; of a whole run also that nothing of it was left out.
contract_tests() {
	[ "$contract" = yes ] || return 0
	check "contract/answers" node "$ROOT/t/contract/check.mjs" "$SOUK_RECORD" ${whole:+--whole}
}

# Nobody on a train shall be kept from testing; the build machine shall.
contract_begin() {
	if contract_packages; then
		contract=yes
		mkdir -p "$SOUK_RECORD"
		[ -n "$pattern" ] || check "contract/lint" contract_lint
	elif [ "${CI:-}" = true ]; then
		result "not ok" "contract: no npm packages"
	else
		result skip "contract: no npm packages"
	fi
}

torture_tests() {
	local file runner
	while read -r file; do
		runner=bash
		[[ $file != *.mjs ]] || runner=node
		check "torture/$(basename "$file")" "$runner" "$file"
	done < <(matching t/torture '*-short.*')
}

start_stack() {
	export ASAN_OPTIONS="log_path=$stack/log/asan:abort_on_error=0" UBSAN_OPTIONS="print_stacktrace=1:log_path=$stack/log/asan"
	stack_up "$stack" "$(stack_free_port)" "$kind"
	# shellcheck source=/dev/null
	. "$stack/env"
	export NODE_EXTRA_CA_CERTS=$SOUK_CA
}

finish() {
	local status=$?
	trap - EXIT
	[ ! -d "$stack" ] || stack_down "$stack"
	if [ "$status" = 0 ]; then
		rm -rf "$stack"
	elif [ -d "$stack/log" ]; then
		say "# logs: $stack/log"
	fi
	[ -z "${summary:-}" ] || say "$summary"
	exit "$status"
}

# ---- the run

# shellcheck disable=SC2086
packages_need $UP_PACKAGES $TEST_PACKAGES
packages_need_node
mkdir -p "$VAR/log"
exec 8>"$VAR/test.lock"
flock -n 8 || { say "# waiting for another ./dev test" && flock 8; }

[ -n "$pattern" ] || while read -r name; do
	check "lint/$name" "$ROOT/scripts/lint.sh" "$name"
done < <("$ROOT/scripts/lint.sh" --quick)

[ "$kind" = asan ] || [ -n "$pattern" ] || build release all
build "$kind" all
build_make "$kind" check TESTS= >"$VAR/log/build-unit.log" 2>&1 || die "the unit tests do not build: see $VAR/log/build-unit.log"

trap finish EXIT
trap 'exit 130' INT TERM
stack_down "$stack"
rm -rf "$stack"
mkdir -p "$stack/log"
export SOUK_ROOT=$ROOT STACK_FAKES=yes
while read -r name; do
	[[ golden/$name != *"$pattern"* ]] || check "golden/$name" "$ROOT/scripts/golden.sh" --check "$name"
done < <("$ROOT/scripts/golden.sh" --still)
export SOUK_RECORD=$stack/answers
[ -z "$(matching t/api '*.test.mjs')" ] || contract_begin
unit_tests
fuzz_tests
if [ -n "$(matching t/api '*.test.mjs')$(matching t/torture '*-short.*')" ]; then
	start_stack
	api_tests
	contract_tests
	torture_tests
	stack_down "$stack"
	for report in "$stack"/log/asan.*; do
		[ ! -s "$report" ] || { cat "$report" && result "not ok" "sanitizers"; }
	done
fi

summary="$passed passed, $failed failed"
[ "$skipped" = 0 ] || summary="$summary, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]

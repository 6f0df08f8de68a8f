#!/usr/bin/env bash
# ./dev fuzz [NAME [SECONDS]]: feeds the targets of t/fuzz/targets.def with chance, each for SECONDS (60) on what was kept and
# what earlier runs learnt (var/fuzz/NAME), one on each core; SOUK_FUZZ_JOBS says otherwise. Fails if one crashes, hangs, or takes
# more than R28 allows, and says how to see that again.
# ./dev fuzz --branches: how many branches of the parsers are taken by the kept inputs, the learnt ones and the unit tests that
# need no database; fails below R28's 95 of a hundred. var/log/branches.txt has the lines. What a must() would do is not counted.
set -eu
. "$(dirname "$0")/packages.sh"
. "$(dirname "$0")/build.sh"

# What ASan and ICU take before the first input, and what freed memory ASan keeps, stand beside the 64 MB of an input; those are
# held by its arena and by malloc_limit_mb.
limits=(-timeout=5 -rss_limit_mb=320 -malloc_limit_mb=64)
export ASAN_OPTIONS="quarantine_size_mb=16:abort_on_error=0" UBSAN_OPTIONS="print_stacktrace=1"

# "NAME BYTES" of each target whose name is $1, or of all.
targets() { sed -n "s/^X(\\(${1:-[a-z]*}\\), \\([0-9]*\\))\$/\\1 \\2/p" "$ROOT/t/fuzz/targets.def"; }

# Beside the program under libFuzzer stands a link for each target: it asks for its own name.
link_targets() {
	local name
	targets | while read -r name _; do ln -sf fuzz-libfuzzer "$ROOT/build/fuzz/fuzz-$name"; done
}

run_target() { # name, bytes, seconds
	local corpus=$VAR/fuzz/$1 words=()
	mkdir -p "$corpus"
	cd "$ROOT"
	[ ! -f "t/fuzz/$1.dict" ] || words=("-dict=t/fuzz/$1.dict")
	nice "build/fuzz/fuzz-$1" "${limits[@]}" -max_len="$2" -max_total_time="$3" -print_final_stats=1 \
		-artifact_prefix="$corpus-" "${words[@]}" \
		"$corpus" "t/fuzz/seeds/$1" >"$VAR/log/fuzz-$1.log" 2>&1
}

stat_of() { sed -n "s/^stat::$2: *//p" "$VAR/log/fuzz-$1.log" | tail -n 1; }

# One line of what came of it; false if something was found.
report() { # name
	local log=$VAR/log/fuzz-$1.log found
	printf '  %-12s %10s runs, %6s edges, slowest %s s, %s MB\n' "$1" "$(stat_of "$1" number_of_executed_units)" \
		"$(sed -n 's/.*cov: \([0-9]*\).*/\1/p' "$log" | tail -n 1)" "$(stat_of "$1" slowest_unit_time_sec)" \
		"$(stat_of "$1" peak_rss_mb)"
	[ -e "$VAR/fuzz/$1.failed" ] || return 0
	found=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
	warn "  $1: $(grep -m 1 -E 'ERROR: |runtime error: |must_failed|arena_full' "$log" || echo "failed: see $log")"
	[ -z "$found" ] || warn "    again: build/fuzz/fuzz-$1 $found"
	return 1
}

fuzz() { # name or nothing, seconds
	local name bytes jobs=${SOUK_FUZZ_JOBS:-$(nproc)} status=0
	build fuzz fuzz-libfuzzer
	link_targets
	mkdir -p "$VAR/fuzz"
	rm -f "$VAR"/fuzz/*.failed
	while read -r name bytes; do
		while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n || true; done
		{ run_target "$name" "$bytes" "$2" || touch "$VAR/fuzz/$name.failed"; } &
	done < <(targets "$1")
	wait
	while read -r name _; do report "$name" || status=1; done < <(targets "$1")
	return $status
}

parsers="src/access/scope.c src/access/secret.c src/access/signature.c src/base/cidr.c src/base/clock.c src/base/config.c src/base/csv.c
	src/base/decimal.c src/base/id.c src/base/json.c src/base/json_names.c src/base/json_out.c src/base/json_scan.c src/base/str.c
	src/model/cursor.c src/model/language.c src/model/map.c src/model/names.c src/model/query.c src/model/type.c src/model/validate.c
	src/model/view.c src/shop/catalog/product_columns.c src/web/conditional.c src/web/links.c src/web/negotiate.c src/web/once.c
	src/web/params.c src/web/request.c src/web/route.c src/web/shown.c src/web/url.c"

take_branches() {
	local program
	rm -rf "$VAR/fuzz/.branches"
	mkdir -p "$VAR/fuzz/.branches"
	export LLVM_PROFILE_FILE=$VAR/fuzz/.branches/%p.profraw
	for program in base model access shop web; do "$ROOT/build/branches/unit-$program"; done
	"$ROOT/build/branches/fuzz-replay" "" "$ROOT/t/fuzz/seeds"
	"$ROOT/build/branches/fuzz-replay" "" "$VAR/fuzz" || true # a target may have learnt nothing yet
	llvm-profdata merge -o "$VAR/fuzz/.branches/all" "$VAR"/fuzz/.branches/*.profraw
}

branches() {
	local objects=(build/branches/fuzz-replay) program
	build branches check TESTS=
	step "taking branches" "$VAR/log/branches.log" take_branches
	for program in base model access shop web; do
		objects+=(-object "build/branches/unit-$program")
	done
	cd "$ROOT"
	# shellcheck disable=SC2046,SC2086
	llvm-cov show -show-branches=count -instr-profile="$VAR/fuzz/.branches/all" "${objects[@]}" \
		"-path-equivalence=$ROOT/build/branches/../..,$ROOT" $(printf "$ROOT/%s " $parsers) >"$VAR/log/branches.txt" 2>/dev/null
	awk -v root="$ROOT/" '
		function tell(what, n, missed) { printf "  %-36s %5d branches, %4d not taken, %6.2f %%\n", what, n, missed, 100 - 100 * missed / (n ? n : 1) }
		/^\/.*\.c:$/ { file = substr($1, length(root) + 1, length($1) - length(root) - 1); order[++files] = file }
		/Branch \(/ && !/Folded/ { n[file] += 2; missed[file] += /True: 0,/ + /False: 0\]/ }
		END {
			for (i = 1; i <= files; i++) {
				tell(order[i], n[order[i]], missed[order[i]])
				all += n[order[i]]
				not_taken += missed[order[i]]
			}
			tell("all parsers", all, not_taken)
			exit not_taken * 20 > all
		}' "$VAR/log/branches.txt"
}

# shellcheck disable=SC2086
packages_need $UP_PACKAGES clang
if [ "${1:-}" = --branches ]; then
	packages_need libcunit1-dev llvm
	branches
	exit
fi
mkdir -p "$VAR/log"
[ -n "$(targets "${1:-}")" ] || die "there is no fuzz target ${1:-}: $(targets | cut -d' ' -f1 | xargs)"
fuzz "${1:-}" "${2:-60}"

#!/usr/bin/env bash
# ./dev fuzz [NAME [SECONDS]]: feeds the targets of t/fuzz/targets.def with chance, each for SECONDS (60) on what was kept and
# what earlier runs learnt (var/fuzz/NAME), one on each core; SOUK_FUZZ_JOBS says otherwise. Fails if one crashes, hangs, or takes
# more than R28 allows, and says how to see that again.
# ./dev fuzz --branches: which branches of the parsers the kept inputs and the unit tests take.
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

# shellcheck disable=SC2086
packages_need $UP_PACKAGES clang
mkdir -p "$VAR/log"
[ -n "$(targets "${1:-}")" ] || die "there is no fuzz target ${1:-}: $(targets | cut -d' ' -f1 | xargs)"
fuzz "${1:-}" "${2:-60}"

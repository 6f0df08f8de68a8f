#!/usr/bin/env bash
# ./dev fuzz [NAME] [SECONDS]: builds t/fuzz/NAME.c with libFuzzer and the whole of src/base, and runs it on its corpus in
# var/fuzz/NAME. Without a name, every target for a minute.
set -eu
. "$(dirname "$0")/packages.sh"
. "$(dirname "$0")/build.sh"

# shellcheck disable=SC2086
packages_need $UP_PACKAGES clang
seconds=${2:-60}
targets=$(find "$ROOT/t/fuzz" -name "${1:-*}.c" 2>/dev/null | sort)
if [ -z "$targets" ]; then
	say "no fuzz targets${1:+ named $1} in t/fuzz"
	exit 0
fi
build fuzz libbase.a libdb.a libmodel.a libaccess.a libshop.a libweb.a
for target in $targets; do
	name=$(basename "$target" .c)
	mkdir -p "$VAR/fuzz/$name"
	step "building fuzz target $name" "$VAR/log/fuzz-$name.log" build_make fuzz fuzz-one FUZZ_TARGET="$target" FUZZ_PROGRAM="fuzz-$name"
	say "  $name, $seconds s"
	"$ROOT/build/fuzz/fuzz-$name" -max_total_time="$seconds" -artifact_prefix="$VAR/fuzz/" "$VAR/fuzz/$name"
done

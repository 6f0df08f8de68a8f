#!/usr/bin/env bash
# ./dev torture [NAME]: runs t/torture/NAME.mjs or NAME.sh against a stack of its own (debug build: faults can be injected).
set -eu
. "$(dirname "$0")/packages.sh"
. "$(dirname "$0")/build.sh"
. "$(dirname "$0")/stack.sh"

if [ $# = 0 ]; then
	say "scenarios:"
	find "$ROOT/t/torture" -maxdepth 1 \( -name '*.mjs' -o -name '*.sh' \) -printf '  %f\n' 2>/dev/null |
		sed 's/\.[a-z]*$//' | sort
	exit 0
fi
name=$1
shift
for file in "$ROOT/t/torture/$name.mjs" "$ROOT/t/torture/$name.sh"; do
	[ ! -f "$file" ] || break
done
[ -f "$file" ] || die "there is no t/torture/$name.mjs or .sh; ./dev torture lists what there is"

# What a scenario needs beyond the stack it says itself: "needs: package…" in a line of its head.
needs=$(sed -n '1,10s|^[#/]* needs: ||p' "$file")
# shellcheck disable=SC2086
packages_need $UP_PACKAGES $needs
packages_need_node
build debug all
stack=$VAR/torture
finish() {
	local status=$?
	trap - EXIT
	stack_down "$stack"
	[ "$status" = 0 ] || say "failed; logs: $stack/log"
	exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM
rm -rf "$stack"
export STACK_FAKES=yes
# Likewise "stack: binlog", if the database shall write one.
[ "$(sed -n '1,10s|^[#/]* stack: ||p' "$file")" != binlog ] || export STACK_BINLOG=yes
stack_up "$stack" "$(stack_free_port)" debug
# shellcheck source=/dev/null
. "$stack/env"
export NODE_EXTRA_CA_CERTS=$SOUK_CA SOUK_ROOT=$ROOT
case $file in
*.mjs) node "$file" "$@" ;;
*) bash "$file" "$@" ;;
esac

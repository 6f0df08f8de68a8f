#!/usr/bin/env bash
# ./dev golden [NAME…]: writes the files of t/golden anew, all or the named ones: each is what one command below prints.
# --list prints the names; --check [NAME…] compares instead of writing those that need no stack, as ./dev test does; the
# others are compared by tests of t/api.
set -eu
. "$(dirname "$0")/packages.sh"
. "$(dirname "$0")/build.sh"
. "$(dirname "$0")/stack.sh"

# Name, then the command.
still=(
	"describe.json" "golden_json describe --json"
	"openapi.json" "golden_json openapi"
)
# The same for what is asked of a running stack.
asked=(
	"access.txt" "node t/api/access.mjs"
	"json-i.txt" "node t/api/json-i.mjs"
)

kind=${SOUK_BUILD:-debug}
dir=$ROOT/t/golden
stack=$VAR/golden

# What soukctl prints as JSON, one member a line.
# shellcheck disable=SC2016 # a program of node's, not of the shell
golden_json() { "$ROOT/build/$kind/soukctl" "$@" | node -e 'process.stdout.write(`${JSON.stringify(JSON.parse(require("fs").readFileSync(0)), null, "\t")}\n`)'; }

golden_names() {
	local i
	for ((i = 0; i < ${#still[@]}; i += 2)); do echo "${still[i]}"; done
	[ "${1:-}" = still ] || for ((i = 0; i < ${#asked[@]}; i += 2)); do echo "${asked[i]}"; done
}

# golden_command NAME: sets `command`, and `needs` to true if it asks a stack.
golden_command() {
	local i rows=("${still[@]}" "${asked[@]}")
	for ((i = 0; i < ${#rows[@]}; i += 2)); do
		[ "${rows[i]}" = "$1" ] || continue
		command=${rows[i + 1]}
		[ "$i" -ge ${#still[@]} ] && needs=true || needs=false
		return
	done
	die "there is no golden file $1; ./dev golden --list"
}

golden_stack() {
	[ -z "${started:-}" ] || return 0
	started=yes
	trap 'stack_down "$stack"' EXIT
	rm -rf "$stack"
	stack_up "$stack" "$(stack_free_port)" "$kind"
	# shellcheck source=/dev/null
	. "$stack/env"
	export NODE_EXTRA_CA_CERTS=$SOUK_CA
}

# A file is replaced when its command has ended well.
golden_write() {
	local name=$1 command needs
	golden_command "$name"
	[ "$needs" = false ] || golden_stack
	mkdir -p "$dir" "$VAR/log"
	# shellcheck disable=SC2086
	$command >"$VAR/log/golden-$name"
	if cmp -s "$VAR/log/golden-$name" "$dir/$name"; then
		say "  $name is as it was"
	else
		cp "$VAR/log/golden-$name" "$dir/$name"
		say "  $name is written anew"
	fi
}

golden_check() {
	local name=$1 command needs
	golden_command "$name"
	[ "$needs" = false ] || die "$name is compared by a test of t/api"
	# shellcheck disable=SC2086
	$command | diff -u "$dir/$name" - || die "t/golden/$name differs from what \"$command\" prints; ./dev golden $name writes it anew"
}

action="write"
case ${1:-} in
--list) golden_names && exit ;;
--still) golden_names still && exit ;;
--check) action=check && shift ;;
esac
cd "$ROOT"
packages_need_node
[ "$action" = check ] || build "$kind" all
[ $# -gt 0 ] || mapfile -t names < <(golden_names "$([ "$action" = check ] && echo still)")
for name in "${@:-${names[@]}}"; do
	"golden_$action" "$name"
done

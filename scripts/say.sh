# What every script here shares: where the repository is, how progress is printed, how a failure names its log.
# Sourced, never run.
# shellcheck shell=bash

# For the scripts that source this file.
# shellcheck disable=SC2034
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034
VAR=${SOUK_VAR:-$ROOT/var}

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() {
	warn "dev: $*"
	exit 1
}

# step "what is done" LOG command…: one line with the seconds it took; all output goes to LOG, whose end is shown if it fails.
step() {
	local what=$1 log=$2 begun=$SECONDS status
	shift 2
	mkdir -p "$(dirname "$log")"
	printf '  %-44s ' "$what"
	# Not as the condition of an `if`: bash would then ignore errors inside the command.
	set +e
	(
		set -e
		"$@"
	) >"$log" 2>&1 </dev/null 8>&- # 8: the lock of ./dev test, which no daemon shall keep
	status=$?
	set -e
	if [ "$status" = 0 ]; then
		printf 'done, %d s\n' $((SECONDS - begun))
	else
		printf 'FAILED\n'
		tail -n 20 "$log" | sed 's/^/    | /' >&2
		die "$what failed; all of it is in $log"
	fi
}

# wait_for SECONDS command…: repeats the command until it succeeds.
wait_for() {
	local tries=$(($1 * 20))
	shift
	until "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.05
	done
}

random_hex() { od -An -v -tx1 -N "$1" /dev/urandom | tr -d ' \n'; }

# process_alive PIDFILE DIR: true if the file names a running process that was started for DIR. A process counts only
# if its command line or its environment mentions a path below DIR, so a number that the kernel gave away again is safe.
process_alive() {
	local pid
	pid=$(cat "$1" 2>/dev/null) && [ -n "$pid" ] && [ -d "/proc/$pid" ] || return 1
	[[ $(ps -o stat= -p "$pid" 2>/dev/null) != Z* ]] || return 1
	grep -aqF -- "$2/" "/proc/$pid/cmdline" 2>/dev/null || grep -aqF -- "$2/" "/proc/$pid/environ" 2>/dev/null
}

# process_stop PIDFILE DIR SECONDS: asks the process to end, and after that many seconds ends it.
process_stop() {
	local pid
	if process_alive "$1" "$2"; then
		pid=$(cat "$1")
		kill -TERM "$pid" 2>/dev/null || true
		wait_for "$3" process_gone "$1" "$2" || kill -KILL "$pid" 2>/dev/null || true
	fi
	rm -f "$1"
}
process_gone() { ! process_alive "$@"; }

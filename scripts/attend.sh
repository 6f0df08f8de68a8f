#!/usr/bin/env bash
# ./dev down|status|reload|logs|sql|seed: what one does with the stack that ./dev up has started.
set -eu
. "$(dirname "$0")/build.sh"
. "$(dirname "$0")/stack.sh"

# part NAME PIDFILE: one line with the process's number and its proportional share of memory, children included.
part() {
	local name=$1 file=$2 pid child kib total=0
	if ! process_alive "$file" "$VAR"; then
		printf '  %-10s stopped\n' "$name"
		return
	fi
	pid=$(cat "$file")
	for child in "$pid" $(ps -o pid= --ppid "$pid"); do
		kib=$(awk '/^Pss:/ { print $2 }' "/proc/$child/smaps_rollup" 2>/dev/null || true)
		total=$((total + ${kib:-0}))
	done
	all=$((all + total))
	printf '  %-10s runs as %d, %d MiB\n' "$name" "$pid" $((total / 1024))
}

status() {
	local all=0
	part MariaDB "$VAR/run/mariadb.pid"
	part souk-api "$VAR/run/souk-api.pid"
	part nginx "$VAR/run/nginx.pid"
	[ "$all" = 0 ] || printf '  %-10s %d MiB, on port %s\n' together $((all / 1024)) "$(cat "$VAR/etc/port" 2>/dev/null)"
}

need_running() { api_running "$VAR" || die "the stack does not run: ./dev up"; }

# New workers take over one by one; only another program or other settings need a new master.
reload() {
	need_running
	build release
	if api_current "$VAR" release; then
		kill -HUP "$(cat "$VAR/run/souk-api.pid")"
		say "  souk-api changes its workers"
	else
		api_up "$VAR" release
	fi
}

verb=$1
shift
case $verb in
down)
	stack_down "$VAR"
	say "stopped; the data stays in $VAR (delete it to begin anew)"
	;;
status) status ;;
reload) reload ;;
logs) exec tail -n 20 -F "$VAR"/log/souk-api.log "$VAR"/log/nginx-error.log "$VAR"/log/nginx-access.log "$VAR"/log/mariadb.log ;;
sql)
	db_running "$VAR" || die "the database does not run: ./dev up"
	db_sql "$VAR" --database souk "$@"
	;;
seed)
	[[ ${1:-} =~ ^[0-9]+$ ]] || die "usage: ./dev seed N"
	need_running
	stack_ctl "$VAR" release seed --products "$1"
	;;
esac

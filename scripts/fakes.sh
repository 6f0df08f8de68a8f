# Stand-ins for other people's services (t/fakes), for stacks that test: STACK_FAKES=yes asks for them. They listen on the
# fourth port of the stack. Sourced.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/say.sh"

fakes_wanted() { [ "${STACK_FAKES:-}" = yes ]; }
fakes_url() { printf 'http://127.0.0.1:%d' $(($1 + 3)); }

# fakes_settings PORT: what souk-api must know to ask them in place of the real ones.
fakes_settings() {
	local port=$1 file name services=""
	fakes_wanted || return 0
	for file in "$ROOT"/t/fakes/*.mjs; do
		name=$(basename "$file" .mjs)
		[ "$name" = server ] || services+=${services:+,}$name=$(fakes_url "$port")/$name
	done
	printf 'SOUK_OUTSIDE_NETWORKS=127.0.0.0/8\nSOUK_SERVICES=%s\n' "$services"
}

fakes_running() { process_alive "$1/run/fakes.pid" "$1"; }
fakes_answer() { curl -s --max-time 2 "$(fakes_url "$1")/_state"; }
fakes_start() {
	local dir=$1 port=$2
	STACK_DIR="$dir/" nohup setsid node "$ROOT/t/fakes/server.mjs" $((port + 3)) >>"$dir/log/fakes.log" 2>&1 </dev/null &
	echo $! >"$dir/run/fakes.pid"
	wait_for 10 fakes_answer "$port" || { tail -n 20 "$dir/log/fakes.log" && return 1; }
}
fakes_up() {
	! fakes_wanted || fakes_running "$1" || step "starting stand-ins for other services" "$1/log/fakes-start.log" fakes_start "$@"
}
fakes_stop() { process_stop "$1/run/fakes.pid" "$1" 5; }

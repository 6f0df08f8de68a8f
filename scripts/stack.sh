#!/usr/bin/env bash
# A private stack: MariaDB, souk-api and nginx, all below one directory. Sourced by up, test, bench and torture, which
# call stack_up DIR PORT BUILD and stack_down DIR; or run, for MariaDB alone:
#     scripts/stack.sh db-only DIR     starts it and writes DIR/etc/souk.env
#     scripts/stack.sh db-stop DIR
#     scripts/stack.sh db-sql DIR      SQL as its owner
# Below DIR: etc/ (settings, keys), db/ (data), run/ (sockets, pid files), state/, log/, tls/, tmp/, and env for a shell.
. "$(dirname "${BASH_SOURCE[0]}")/database.sh"
. "$(dirname "${BASH_SOURCE[0]}")/fakes.sh"
. "$(dirname "${BASH_SOURCE[0]}")/site.sh"

STACK_TENANT=demo

# A setting in the environment wins over etc/souk.env; one that stayed in a shell from another stack must not.
for name in "${!SOUK_@}"; do
	[[ $name == SOUK_BUILD || $name == SOUK_VAR ]] || unset "$name"
done
# Public suites and real data, beside the repository where they are at all.
if [ -d "$ROOT/../shared" ]; then
	SOUK_SHARED=$(cd "$ROOT/../shared" && pwd)
	export SOUK_SHARED
fi

# stack_settings DIR PORT: etc/souk.env, which souk-api and soukctl read, and the ring of keys that seals secrets.
# Lines of etc/souk.env.local, if there is such a file, are added. A file that would be the same is left alone: its time
# says whether souk-api has read it.
stack_settings() {
	local dir=$1 port=$2 password migrate_password
	mkdir -p "$dir/state"
	# shellcheck source=/dev/null
	. "$dir/etc/db-users"
	(
		umask 077
		[ -s "$dir/etc/keyring" ] || printf '1 %s\n' "$(random_hex 32)" >"$dir/etc/keyring"
		cat - <(fakes_settings "$port") "$dir/etc/souk.env.local" 2>/dev/null >"$dir/etc/souk.env.new" <<-ENV || true
			SOUK_DB=$(db_socket "$dir")
			SOUK_DB_NAME=souk
			SOUK_DB_USER=souk
			SOUK_DB_PASSWORD=$password
			SOUK_MIGRATE_USER=souk_migrate
			SOUK_MIGRATE_PASSWORD=$migrate_password
			SOUK_SQL_DIR=$ROOT/sql
			SOUK_LISTEN=$dir/run/souk.sock
			SOUK_RUN_DIR=$dir/run
			SOUK_STATE_DIR=$dir/state
			SOUK_WORKERS=4
			SOUK_LOG=$dir/log/souk-api.log
			SOUK_KEYRING=$dir/etc/keyring
			SOUK_BASE_URL=https://127.0.0.1:$port
			SOUK_METRICS_FROM=127.0.0.2
			SOUK_GUEST_RATE=0
		ENV
		if cmp -s "$dir/etc/souk.env.new" "$dir/etc/souk.env"; then
			rm "$dir/etc/souk.env.new"
		else
			mv "$dir/etc/souk.env.new" "$dir/etc/souk.env"
		fi
	)
}

# stack_ctl DIR BUILD argument…: soukctl with the settings of this stack.
stack_ctl() {
	local dir=$1 build=$2
	shift 2
	SOUK_CONFIG="$dir/etc/souk.env" "$ROOT/build/$build/soukctl" "$@"
}

# ---- souk-api

api_running() { process_alive "$1/run/souk-api.pid" "$1"; }
api_listens() { api_running "$1" && [ -S "$1/run/souk.sock" ]; }
# True if what runs is what was built, with the settings that are written.
api_current() {
	local dir=$1 build=$2 pid
	pid=$(cat "$dir/run/souk-api.pid")
	[ "/proc/$pid/exe" -ef "$ROOT/build/$build/souk-api" ] && [ ! "$dir/etc/souk.env" -nt "$dir/run/souk-api.pid" ]
}
# api_start DIR BUILD [PROGRAM]: what was built, or another copy of it.
api_start() {
	local dir=$1 program=${3:-$ROOT/build/$2/souk-api}
	rm -f "$dir/run/souk.sock"
	SOUK_CONFIG="$dir/etc/souk.env" nohup setsid "$program" >>"$dir/log/souk-api.log" 2>&1 </dev/null &
	echo $! >"$dir/run/souk-api.pid"
	wait_for 10 api_listens "$dir" || { tail -n 20 "$dir/log/souk-api.log" && return 1; }
}
api_stop() { process_stop "$1/run/souk-api.pid" "$1" 15; }
api_restart() {
	api_stop "$1"
	api_start "$@"
}
api_up() {
	local dir=$1 build=$2
	if ! api_running "$dir"; then
		step "starting souk-api" "$dir/log/api-start.log" api_start "$dir" "$build"
	elif ! api_current "$dir" "$build"; then
		step "restarting souk-api: it changed" "$dir/log/api-start.log" api_restart "$dir" "$build"
	fi
}
# api_answers DIR PORT: through nginx, TLS and a worker.
api_answers() { curl -sf --max-time 5 --cacert "$1/tls/ca.pem" "https://127.0.0.1:$2/livez"; }

# ---- data

# Sample data and two keys, once: a stack that has its env keeps it.
stack_keys() {
	local dir=$1 port=$2 build=$3 key test_key
	step "loading sample data" "$dir/log/seed.log" stack_ctl "$dir" "$build" seed
	key=$(stack_ctl "$dir" "$build" key create --tenant "$STACK_TENANT" --mode live --scopes '*' --name dev) ||
		die "no key could be made: see $dir/log/souk-api.log"
	test_key=$(stack_ctl "$dir" "$build" key create --tenant "$STACK_TENANT" --mode sandbox --scopes '*' --name dev) ||
		die "no sandbox key could be made: see $dir/log/souk-api.log"
	(umask 077 && printf 'SOUK_KEY=%s\nSOUK_TEST_KEY=%s\n' "$key" "$test_key" >"$dir/etc/dev-keys")
}

# DIR/env: what a shell or a test needs to talk to the stack.
stack_env() {
	local dir=$1 port=$2 build=$3 SOUK_KEY SOUK_TEST_KEY
	# shellcheck source=/dev/null
	. "$dir/etc/dev-keys"
	(
		umask 077
		cat >"$dir/env" <<-ENV
			export SOUK_URL=https://127.0.0.1:$port/v2
			export SOUK_SANDBOX_URL=https://127.0.0.1:$((port + 1))/v2
			export SOUK_CA=$dir/tls/ca.pem
			export SOUK_KEY=$SOUK_KEY
			export SOUK_TEST_KEY=$SOUK_TEST_KEY
			export SOUK_DB=$(db_socket "$dir")
			export SOUK_TENANT=$STACK_TENANT
			export SOUK_CONFIG=$dir/etc/souk.env
			export SOUK_CTL=$ROOT/build/$build/soukctl
			export SOUK_LOG_FILE=$dir/log/souk-api.log
			export SOUK_FAKES=$(fakes_wanted && fakes_url "$port")
		ENV
	)
}

# ---- the whole

# stack_up DIR PORT BUILD: every part that is missing is made, every part that does not run is started.
stack_up() {
	local dir=$1 port=$2 build=$3
	[[ $dir != *[[:space:]]* ]] || die "the path $dir has a space in it; clone to another"
	db_up "$dir"
	stack_settings "$dir" "$port"
	step "applying migrations" "$dir/log/migrate.log" stack_ctl "$dir" "$build" migrate
	fakes_up "$dir" "$port"
	api_up "$dir" "$build"
	site_up "$dir" "$port"
	wait_for 10 api_answers "$dir" "$port" || die "https://127.0.0.1:$port/livez does not answer: see $dir/log/souk-api.log"
	[ -s "$dir/etc/dev-keys" ] || stack_keys "$dir" "$port" "$build"
	stack_env "$dir" "$port" "$build"
	echo "$port" >"$dir/etc/port"
}

stack_down() {
	local dir=$1
	site_stop "$dir"
	api_stop "$dir"
	fakes_stop "$dir"
	db_stop "$dir"
}

# Four free ports in a row, below those that the kernel gives to clients.
stack_free_port() {
	local port
	while :; do
		port=$((20000 + RANDOM % 12000))
		port_taken "$port" || port_taken $((port + 1)) || port_taken $((port + 2)) || port_taken $((port + 3)) || break
	done
	echo "$port"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
	set -eu
	[ $# -ge 2 ] || die "usage: scripts/stack.sh db-only|db-stop|db-sql DIR"
	command=$1
	dir=$(mkdir -p "$2" && cd "$2" && pwd)
	shift 2
	case $command in
	db-only)
		db_up "$dir"
		stack_settings "$dir" 8443
		say "MariaDB answers on $(db_socket "$dir"); settings: SOUK_CONFIG=$dir/etc/souk.env"
		;;
	db-stop) db_stop "$dir" ;;
	db-sql) db_sql "$dir" --database souk "$@" ;;
	*) die "unknown: $command" ;;
	esac
fi

#!/usr/bin/env bash
# ./dev bench: what Souk does in a second, held against small C programs that do only what must be done.
# Measured on a stack of its own, var/bench, with 100,000 products, which is kept for the next time.
#   --json           print one line of JSON and nothing else
#   --only A,B       some lines of t/bench/subjects; their controls come along
#   --last-page [N]  also: is the last page of all products as fast as the first? With N, of so many products, on a stack
#                    of their own, var/bench-N
#   --variants       also: what does a product of 2,000 variants cost?
#   --rounds N       rounds (3)      --seconds N   length of one measurement (4)
#   --fresh          begin with an empty stack
set -eu
. "$(dirname "$0")/packages.sh"
. "$(dirname "$0")/build.sh"
. "$(dirname "$0")/stack.sh"

HERE=$ROOT/t/bench
DIR=$VAR/bench
DATA=$DIR/data
CONTROLS=$ROOT/build/bench
SIMPLE=90000
FULL=10000
ORDERS=20000
CONNECTIONS=16

# ---- set-up

# One program per control: its main file, and what it shares.
controls_build() {
	local control sources flags
	mkdir -p "$CONTROLS"
	flags=$(pkg-config --cflags --libs libmariadb)
	for control in h:hello.c s:"select.c product.c" p:"page.c product.c" o:order.c; do
		# shellcheck disable=SC2086
		sources=$(printf "$HERE/%s " control.c ${control#*:})
		# shellcheck disable=SC2086
		gcc -std=c11 -O2 -Wall -Wextra -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE \
			-o "$CONTROLS/control-${control%%:*}" $sources $flags -lfcgi
	done
}

control_listens() { [ -S "$DIR/run/control-$1.sock" ] && process_alive "$DIR/run/control-$1.pid" "$DIR"; }
controls_stop() {
	local name
	for name in h s p o; do
		process_stop "$DIR/run/control-$name.pid" "$DIR" 5
	done
}
controls_start() {
	local name
	db_sql "$DIR" <"$HERE/order.sql"
	for name in h s p o; do
		rm -f "$DIR/run/control-$name.sock"
		nohup setsid "$CONTROLS/control-$name" "$DIR/run/control-$name.sock" "$(db_socket "$DIR")" "$(id -un)" "$tenant" \
			>"$DIR/log/control-$name.log" 2>&1 </dev/null &
		echo $! >"$DIR/run/control-$name.pid"
		wait_for 10 control_listens "$name" || { tail "$DIR/log/control-$name.log" && return 1; }
	done
}

# Rewritten each time, before nginx starts.
bench_site() {
	mkdir -p "$DIR/etc/nginx.local"
	sed -e "s|@DIR@|$DIR|g; s|@PORT@|$1|" "$HERE/nginx.conf.in" >"$DIR/etc/nginx.local/bench.conf"
}

# The number below which all ids were made until now (base/id.h).
id_now() { echo $((($(date +%s%3N) - 1577836800000) << 21)); }

# Those with variants are made older than all others, so that there are pages of them alone.
bench_seed() {
	stack_ctl "$DIR" release seed --products "$FULL" --with-variants
	db_sql "$DIR" souk -e "UPDATE products SET created_at = created_at - INTERVAL 2 YEAR WHERE variants_count = 2"
	stack_ctl "$DIR" release seed --products "$SIMPLE"
	{
		echo "SET @tenant = $(bench_tenant), @until = UTC_TIMESTAMP() - INTERVAL 8 MONTH;"
		cat "$ROOT/t/data/shelves.sql"
	} | db_sql "$DIR" souk >/dev/null
	stack_ctl "$DIR" release seed --orders "$ORDERS"
	bench_carts_seed
	{
		echo "SET @tenant = $(bench_tenant);"
		cat "$HERE/orders-seed.sql"
	} | db_sql "$DIR" souk
	db_sql "$DIR" souk -e "ANALYZE TABLE products, variants, images, orders, order_items, stocks, movements, holds"
	id_now >"$DIR/etc/bench-seeded"
}

# Carts are of another tenant, so that its twenty promotions make nothing else dearer.
bench_carts_seed() {
	stack_ctl "$DIR" release tenant create --name bench-carts --plan enterprise
	stack_ctl "$DIR" release seed --tenant bench-carts --products 200
	stack_ctl "$DIR" release key create --tenant bench-carts --mode live --scopes '*' --name bench >"$DIR/etc/bench-carts-key"
}

# The live tenant that has the products.
bench_tenant() {
	db_sql "$DIR" -N souk -e "SELECT t.id FROM tenants t WHERE t.mode = 'live'
		ORDER BY (SELECT COUNT(*) FROM products p WHERE p.tenant_id = t.id) DESC LIMIT 1"
}

# What was written by a bench goes again, so that every run meets the same tables: all rows that are younger than
# the sample data. Keys of idempotency have no number; all of them go.
bench_purge() {
	local since
	since=$(cat "$DIR/etc/bench-seeded")
	{
		echo "SET foreign_key_checks = 0; TRUNCATE idempotency_keys;"
		db_sql "$DIR" -N information_schema -e "SELECT CONCAT('DELETE FROM ', table_name, ' WHERE tenant_id = $tenant AND ',
			IF(MAX(column_name = 'id'), 'id', 'product_id'), ' > $since;')
			FROM columns WHERE table_schema = 'souk' AND column_name IN ('tenant_id', 'id', 'product_id')
			GROUP BY table_name HAVING MAX(column_name = 'tenant_id') AND COUNT(*) > 1"
		bench_purge_payments
		echo "SET @tenant = $tenant;"
		cat "$HERE/orders-purge.sql"
	} | db_sql "$DIR" souk
}

# Those of payments are of the sandbox side, which has nothing else. Entries of the ledger cannot be deleted.
bench_purge_payments() {
	local table
	echo "TRUNCATE ledger_entries;"
	for table in refunds payment_intents payments gateway_calls sandbox_gateway ledger_accounts ledger_balances audit_logs events; do
		echo "DELETE FROM $table WHERE tenant_id = (SELECT s.id FROM tenants t JOIN tenants s ON s.public_id = t.public_id AND s.mode = 'sandbox' WHERE t.id = $tenant);"
	done
}

# The files that the chosen lines draw from.
bench_learn() {
	local names
	mkdir -p "$DATA"
	db_sql "$DIR" -N souk >"$DATA/rows" -e "SELECT id, CAST(UNIX_TIMESTAMP(created_at) * 1000 AS INTEGER),
		variants_count, images_count, IF(status = 'active', sku, '-') FROM products WHERE tenant_id = $tenant AND archived_at IS NULL"
	names=$(for name in "${chosen[@]}"; do how_of "$name"; done | awk '$1 != "order.lua" && $1 != "create.lua" && $1 != "intent.lua" && $1 != "refund.lua" && $2 != "-" { print $2 }' | sort -u)
	[ -z "$last_page" ] || names+=" last"
	# shellcheck disable=SC2086
	BENCH_KEY=$SOUK_KEY BENCH_CARTS_KEY=$(cat "$DIR/etc/bench-carts-key") node "$HERE/learn.mjs" "$DATA" "$url" $names
}

# ---- the table t/bench/subjects

rows() { grep -Ev '^(#|$)' "$HERE/subjects"; }
how_of() { rows | awk -v name="$1" '$1 == name { sub(/^([^ ]+ +){4}/, ""); print }'; }

# choose A,B or nothing: sets `chosen`, in the order of the table, controls included.
choose() {
	local name control wanted=$1
	for name in ${wanted//,/ }; do
		rows | awk -v name="$name" '$1 == name { found = 1 } END { exit !found }' || die "t/bench/subjects has no $name"
	done
	for name in ${wanted//,/ }; do
		control=$(rows | awk -v name="$name" '$1 == name && $2 != "-" { print $2 }')
		wanted+=,$control
	done
	while read -r name _; do
		if [ -z "$1" ] || [[ ,$wanted, == *,$name,* ]]; then
			chosen+=("$name")
		fi
	done < <(rows)
}

# ---- measuring

# load SECONDS how…: one run of wrk.
load() {
	local seconds=$1 script=$2
	shift 2
	wrk -t1 -c"$CONNECTIONS" -d"${seconds}s" --timeout 8s -s "$HERE/$script" "$url" -- "$@"
}

# An error during a measurement: the same load again until an error is answered, then what the logs say.
explain() {
	local name=$1
	shift
	warn "bench: $name was answered with errors"
	BENCH_EXPLAIN=1 load 2 "$@" | grep -a '^answered' >&2 || true
	sleep 1
	grep -a '"status":"[45]' "$DIR/log/nginx-access.log" | tail -n 3 >&2 || true
	tail -qn 3 "$DIR"/log/nginx-error.log "$DIR"/log/souk-api.log "$DIR"/log/control-*.log >&2 || true
	die "a measurement with errors is none"
}

# measure NAME SECONDS how…: adds a line to the results.
measure() {
	local name=$1 seconds=$2 out rps p50 p99 errors broken
	shift 2
	load 1 "$@" >/dev/null
	out=$(load "$seconds" "$@")
	read -r _ rps p50 p99 errors broken < <(grep '^RESULT' <<<"$out") || die "wrk said: $out"
	[ "$errors" = 0 ] || explain "$name" "$@"
	[ "$broken" = 0 ] || die "$name: $broken connections broke or got no answer"
	printf '  %-24s %9.0f/s  p50 %7.2f ms  p99 %7.2f ms\n' "$name" "$rps" "$p50" "$p99"
	echo "$name $rps $p50 $p99" >>"$DATA/results"
}

measure_all() {
	local round name how
	for ((round = 1; round <= rounds; round++)); do
		say "round $round of $rounds"
		for name in "${chosen[@]}"; do
			read -ra how < <(how_of "$name")
			measure "$name" "$seconds" "${how[@]}"
		done
	done
}

# The promise of the keyset: how far a page is from the first does not matter. Leaves what was found in `last_page`.
measure_last_page() {
	local round
	for ((round = 1; round <= rounds; round++)); do
		measure first_page 2 get.lua - '/v2/products?limit=50&cursor='
		measure last_page 2 get.lua last "/v2/products?limit=50&cursor=\$1"
	done
	last_page=$(awk '{ n[$1]++; v[$1, n[$1]] = $2 }
		function median(name, i, k, t) {
			for (i = 1; i <= n[name]; i++)
				for (k = i + 1; k <= n[name]; k++)
					if (v[name, k] < v[name, i]) { t = v[name, i]; v[name, i] = v[name, k]; v[name, k] = t }
			return v[name, int((n[name] + 1) / 2)]
		}
		END { r = median("first_page") / median("last_page")
			printf "last page: costs %.2f of the first (at most 1.2: %s)\n", r, r <= 1.2 ? "met" : "short" }' "$DATA/results")
}

# family PIDFILE: a process and its children.
family() {
	local pid
	process_alive "$1" "$DIR" || return 0
	pid=$(cat "$1")
	echo "$pid"
	pgrep -P "$pid" || true
}

# memory WHEN: proportional (PSS) and private dirty memory of the workers and of the whole stack, without the controls.
memory() {
	local pid api
	api=$(cat "$DIR/run/souk-api.pid" 2>/dev/null || true)
	for pid in $(family "$DIR/run/mariadb.pid") $(family "$DIR/run/nginx.pid") $(family "$DIR/run/souk-api.pid"); do
		awk -v worker="$([ -n "$api" ] && pgrep -P "$api" | grep -cx "$pid" || true)" '/^Pss:/ { pss = $2 }
			/^Private_Dirty:/ { dirty = $2 } END { print worker + 0, pss + 0, dirty + 0 }' "/proc/$pid/smaps_rollup" 2>/dev/null || true
	done | awk -v when="$1" '{ all += $2; if ($1) { if ($2 > pss) pss = $2; if ($3 > dirty) dirty = $3 } }
		END { printf "memory %-15s stack %6.1f MiB PSS   largest worker %5.1f MiB PSS, %5.1f MiB private\n",
			when ":", all / 1024, pss / 1024, dirty / 1024 }'
}

# ---- the whole

warn_if_busy() {
	awk -v cores="$(nproc)" '$1 > cores / 2 { printf "bench: others are at work here (load %s): ratios may be off\n", $1 }' /proc/loadavg >&2
}

bench_down() {
	local status=$?
	trap - EXIT
	controls_stop
	if [ -n "$tenant" ] && db_running "$DIR"; then
		bench_purge >>"$DIR/log/bench-purge.log" 2>&1 || warn "bench: rows of this run stay; see $DIR/log/bench-purge.log"
	fi
	stack_down "$DIR"
	[ "$status" != 0 ] || bench_forget_logs
	exit $status
}

# A bench logs a million requests; only those of one that failed are of use.
bench_forget_logs() { rm -f "$DIR"/log/{nginx-access,nginx-error,souk-api}.log; }

# A stack that was made for other tables is made anew.
bench_up() {
	local schema port
	schema=$(cat "$ROOT"/sql/*.sql | cksum)
	controls_stop
	stack_down "$DIR"
	[ "$schema" = "$(cat "$DIR/etc/bench-schema" 2>/dev/null || true)" ] || rm -rf "$DIR"
	bench_forget_logs
	port=$(stack_free_port)
	bench_site "$port"
	url=http://127.0.0.1:$port
	port=$(stack_free_port)
	stack_up "$DIR" "$port" release
	[ -s "$DIR/etc/bench-seeded" ] || step "adding $((SIMPLE + FULL)) products" "$DIR/log/bench-seed.log" bench_seed
	echo "$schema" >"$DIR/etc/bench-schema"
	# shellcheck source=/dev/null
	. "$DIR/env"
	tenant=$(bench_tenant)
	step "removing what the last bench left" "$DIR/log/bench-purge.log" bench_purge
	step "starting the controls" "$DIR/log/controls.log" controls_start
	step "learning ids, places and tags" "$DIR/log/bench-learn.log" bench_learn
}

json="" only="" last_page="" products="" variants="" rounds=3 seconds=4 tenant="" url="" chosen=()
while [ $# -gt 0 ]; do
	case $1 in
	--json) json=--json ;;
	--only) only=${2:-} && shift ;;
	--last-page)
		last_page=wanted
		if [[ ${2:-} =~ ^[1-9][0-9]+$ ]]; then
			products=$2 && shift
		fi
		;;
	--variants) variants=wanted ;;
	--rounds) rounds=${2:-} && shift ;;
	--seconds) seconds=${2:-} && shift ;;
	--fresh) rm -f "$DIR/etc/bench-schema" ;;
	*) die "usage: ./dev bench [--json] [--only A,B] [--last-page [N]] [--variants] [--rounds N] [--seconds N] [--fresh]" ;;
	esac
	shift
done
[[ $rounds =~ ^[1-9][0-9]?$ && $seconds =~ ^[1-9][0-9]?$ ]] || die "--rounds and --seconds take a number from 1 to 99"
choose "$only"
if [ -n "$products" ]; then
	((products > FULL)) || die "--last-page takes more than $FULL products"
	DIR=$VAR/bench-$products DATA=$VAR/bench-$products/data SIMPLE=$((products - FULL))
fi

bench() {
	mkdir -p "$VAR"
	exec 8>"$VAR/bench.lock"
	flock -n 8 || die "another bench runs"
	# shellcheck disable=SC2086
	packages_need $UP_PACKAGES wrk
	packages_need_node
	warn_if_busy
	build release
	step "building the controls" "$VAR/log/build-bench.log" controls_build
	trap bench_down EXIT
	trap 'exit 130' INT TERM
	bench_up
	export BENCH_DATA=$DATA BENCH_KEY=$SOUK_KEY BENCH_SANDBOX_KEY=$SOUK_TEST_KEY LUA_PATH="$HERE/?.lua;;"
	: >"$DATA/results"
	sleep 1
	memory_idle=$(memory "idle")
	measure_all
	[ -z "$last_page" ] || measure_last_page
	[ -z "$variants" ] || variants=$(node "$HERE/variants.mjs" "$url")
	sleep 1
	memory_loaded=$(memory "after the load")
}

# Progress goes to standard error; standard output is the report alone.
bench >&2
node "$HERE/report.mjs" "$HERE/subjects" "$DATA/results" $json
if [ -z "$json" ]; then
	printf '\n%s\n%s\n' "$memory_idle" "$memory_loaded"
	[ -z "$last_page" ] || say "$last_page"
	[ -z "$variants" ] || say "$variants"
fi

# A private MariaDB: own directory, own unix socket, no network, encrypted at rest from its first start. Sourced.
# All functions take the stack's directory; below it live etc/my.cnf, db/ (data), run/, log/, tmp/.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/say.sh"

db_socket() { printf '%s/run/mariadb.sock' "$1"; }

# The binary log stays off: nothing here replicates, and it costs a second flush for every commit. A scenario that looks
# for what would stand in it has STACK_BINLOG=yes.
db_configure() {
	local dir=$1
	[ "$(db_socket "$dir" | wc -c)" -le 107 ] || die "the path $dir is too long for a unix socket; clone to a shorter one"
	mkdir -p "$dir"/{db,run,log,etc,tmp}
	chmod 700 "$dir"
	if [ ! -s "$dir/etc/db.key" ]; then
		(umask 077 && printf '1;%s\n' "$(random_hex 32)" >"$dir/etc/db.key")
	fi
	cat >"$dir/etc/my.cnf" <<-CNF
		[mariadbd]
		datadir = $dir/db
		socket = $(db_socket "$dir")
		pid_file = $dir/run/mariadb.pid
		log_error = $dir/log/mariadb.log
		tmpdir = $dir/tmp
		secure_file_priv = $dir/tmp
		local_infile = OFF
		skip_networking = ON
		skip_name_resolve = ON
		default_time_zone = +00:00

		sql_mode = STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE,NO_ENGINE_SUBSTITUTION
		character_set_server = utf8mb4
		collation_server = utf8mb4_uca1400_ai_ci

		# small: the whole stack idles under 250 MiB
		innodb_buffer_pool_size = 64M
		innodb_log_file_size = 64M
		innodb_log_buffer_size = 4M
		max_connections = 48
		performance_schema = OFF
		table_open_cache = 512
		table_definition_cache = 512
		thread_cache_size = 8
		key_buffer_size = 64K
		aria_pagecache_buffer_size = 4M
		query_cache_type = OFF
		query_cache_size = 0
		tmp_table_size = 8M
		max_heap_table_size = 8M
		host_cache_size = 0
	CNF
	if [ "${STACK_BINLOG:-}" = yes ]; then
		printf 'log_bin = %s/db/binlog\nserver_id = 1\n' "$dir" >>"$dir/etc/my.cnf"
	fi
	if [ "$(id -u)" = 0 ]; then
		printf 'user = root\n' >>"$dir/etc/my.cnf"
	fi
	# what every Souk needs of a server
	sed "s|@KEY_FILE@|$dir/etc/db.key|" "$ROOT/mariadb/souk.cnf.in" >>"$dir/etc/my.cnf"
}

# Fills an empty data directory. --force: it would otherwise insist on a host name that resolves.
db_install() {
	local dir=$1
	mariadb-install-db --defaults-file="$dir/etc/my.cnf" --force --skip-test-db --skip-name-resolve \
		--auth-root-authentication-method=socket --auth-root-socket-user="$(id -un)"
}

# db_sql DIR [client options]: SQL from standard input, as the owner of the database.
db_sql() {
	local dir=$1
	shift
	mariadb --no-defaults --socket="$(db_socket "$dir")" --user="$(id -un)" --default-character-set=utf8mb4 "$@"
}
db_answers() { db_sql "$1" -e 'SELECT 1'; }

db_start() {
	local dir=$1
	MALLOC_ARENA_MAX=2 nohup setsid mariadbd --defaults-file="$dir/etc/my.cnf" >>"$dir/log/mariadb.log" 2>&1 </dev/null &
	wait_for 60 db_answers "$dir" || { tail -n 20 "$dir/log/mariadb.log" && return 1; }
}

db_stop() { process_stop "$1/run/mariadb.pid" "$1" 60; }
db_running() { process_alive "$1/run/mariadb.pid" "$1"; }

# Time zones by name, and two users: `souk` may only read and write rows, `souk_migrate` may also change tables.
# Their passwords stand in etc/db-users, which only the owner reads.
db_grant() {
	local dir=$1 password migrate_password
	password=$(random_hex 16)
	migrate_password=$(random_hex 16)
	mariadb-tzinfo-to-sql --skip-write-binlog /usr/share/zoneinfo 2>/dev/null | db_sql "$dir" mysql
	sed -e "s|@NAME@|souk|; s|@USER@|souk|; s|@AUTH@|BY '$password'|" \
		-e "s|@MIGRATE_USER@|souk_migrate|; s|@MIGRATE_AUTH@|BY '$migrate_password'|" "$ROOT/mariadb/users.sql.in" |
		db_sql "$dir"
	(umask 077 && printf 'password=%s\nmigrate_password=%s\n' "$password" "$migrate_password" >"$dir/etc/db-users")
}

# db_unit DIR: a database for the unit tests of db/, whose name must end in _test, and etc/unit.env to reach it.
db_unit() {
	local dir=$1 password
	password=$(random_hex 16)
	db_sql "$dir" <<-SQL
		CREATE OR REPLACE DATABASE souk_test CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci;
		CREATE OR REPLACE USER souk_test@localhost IDENTIFIED BY '$password';
		GRANT ALL ON \`souk\\_test\`.* TO souk_test@localhost;
	SQL
	(
		umask 077
		cat >"$dir/etc/unit.env" <<-ENV
			SOUK_DB=$(db_socket "$dir")
			SOUK_DB_NAME=souk_test
			SOUK_DB_USER=souk_test
			SOUK_DB_PASSWORD=$password
		ENV
	)
}

# db_up DIR: installs once, then starts if it does not run. etc/db-users is written last, so it marks a finished set-up.
db_up() {
	local dir=$1
	db_configure "$dir"
	if [ ! -s "$dir/etc/db-users" ]; then
		db_stop "$dir"
		rm -rf "$dir/db"
		mkdir "$dir/db"
		step "creating the encrypted database" "$dir/log/db-install.log" db_install "$dir"
		step "starting MariaDB" "$dir/log/db-start.log" db_start "$dir"
		step "loading time zones, adding database users" "$dir/log/db-grant.log" db_grant "$dir"
	elif ! db_running "$dir"; then
		step "starting MariaDB" "$dir/log/db-start.log" db_start "$dir"
	fi
}
